package chain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// wire adds what configuration makes a workload do. Whether IAM lets it is asked here only where a service acts by
// itself (Bedrock calling an agent's function); the rest is asked in grants, of the role that the actor runs as.
func (b *builder) wire() {
	b.wireAgents()
	b.wireKnowledgeBases()
	b.wireGateways()
	b.wireVariables()
	b.wireFlows()
	b.wireEntries()
	b.signIns()
	for i := range b.f.Profiles {
		p := &b.f.Profiles[i]
		for _, m := range p.Models {
			e := b.edge(graph.NodeID(p.ARN), graph.Invokes, b.modelNode(m).ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(p.Source, "a destination of the inference profile"))
		}
	}
}

// wired marks a link as configured. IAM's answer is denied until grants finds otherwise, or unknown when the actor's
// role was not imported.
func (b *builder) wired(from *graph.Node, kind graph.EdgeKind, to *graph.Node, s inventory.Source, note string) *graph.Edge {
	e := b.edge(from.ID, kind, to.ID)
	e.Wired = graph.Yes
	addEvidence(e, configured(s, note))
	if e.Granted != graph.NotApplicable {
		return e
	}
	switch role := b.nodes[from.RunsAs]; {
	case role == nil:
		e.Granted, e.GrantedUnknown = graph.Unknown, "the role that "+from.Name+" runs as is not known"
	case b.principals[role.ARN] == nil:
		e.Granted, e.GrantedUnknown = graph.Unknown, "the role "+role.Name+" was not imported"
	case b.principals[role.ARN].partial != "":
		e.Granted, e.GrantedUnknown = graph.Unknown, b.principals[role.ARN].partial
	default:
		e.Granted, e.BlockedBy = graph.Denied, "no statement of "+role.Name+" allows it"
	}
	if from.RunsAs != "" {
		e.As = from.RunsAs
	}
	return e
}

func (b *builder) wireAgents() {
	for i := range b.f.Agents {
		a := &b.f.Agents[i]
		n := b.callee("agent", a.ARN, a.ID)
		if a.Guardrail.OK() {
			b.wired(n, graph.GuardedBy, b.guardrail(a.Guardrail.Value, n), a.Source, "the agent's guardrail")
		}
		if a.Listed {
			continue
		}
		if a.Model.OK() {
			b.wireModel(n, a.Model.Value, a.Source, "the agent's foundation model")
		}
		for _, fn := range a.OverrideLambda {
			// Like an action group's function, it lets Bedrock in by its own policy.
			// https://docs.aws.amazon.com/bedrock/latest/userguide/lambda-parser.html
			f := b.functionNode(fn, "named by the agent "+n.Name+"; the function itself was not imported")
			e := b.edge(n.ID, graph.Calls, f.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(a.Source, "it parses what the agent thinks, or orchestrates it"))
			b.serviceMayCall(e, n, f, "bedrock.amazonaws.com")
		}
	}
	for i := range b.f.AgentKBs {
		k := &b.f.AgentKBs[i]
		agent := b.agentOf(k.Agent, k.Source)
		if agent == nil || !b.served(agent, k.AgentVersion) || k.State == "DISABLED" {
			continue
		}
		b.wired(agent, graph.Retrieves, b.kbNode(k.KB, agent), k.Source, "associated with the agent")
	}
	for i := range b.f.ActionGroups {
		b.wireActionGroup(&b.f.ActionGroups[i])
	}
	for i := range b.f.Collaborators {
		c := &b.f.Collaborators[i]
		agent := b.agentOf(c.Agent, c.Source)
		if agent == nil || c.AliasARN == "" {
			continue
		}
		if to, ok := b.targetNode(c.AliasARN); ok && to.ID != agent.ID {
			unknownNode(to, "named as a collaborator of "+agent.Name+"; not imported itself")
			b.wired(agent, graph.Invokes, to, c.Source, "a collaborator of the agent")
		}
	}
}

// wireModel wires an actor to a model. Through an inference profile it needs the models at its destinations, too.
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
func (b *builder) wireModel(n *graph.Node, ref string, s inventory.Source, note string) {
	m := b.resolveModel(ref, n.Account, n.Region)
	b.wired(n, graph.Invokes, m, s, note)
	if m.Kind != graph.KindProfile {
		return
	}
	for i := range b.f.Profiles {
		if p := &b.f.Profiles[i]; p.ARN == m.ARN {
			for _, dest := range p.Models {
				b.wired(n, graph.Invokes, b.modelNode(dest), s, note+", a destination of "+m.Name)
			}
		}
	}
	// A system-defined profile that was not imported still says by its id which model it leads to, if not where.
	// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
	if id := m.Attr("model id"); id != "" && len(m.Sources) == 0 {
		to := b.modelNode(id)
		b.wired(n, graph.Invokes, to, s, note+", behind "+m.Name)
		e := b.edge(m.ID, graph.Invokes, to.ID)
		e.Wired = graph.Yes
		addEvidence(e, configured(s, "the id of the inference profile names the model"))
	}
}

func (b *builder) guardrail(ref string, near *graph.Node) *graph.Node {
	if id, ok := b.byID["guardrail/"+ref]; ok {
		return b.nodes[id]
	}
	a := ref
	if _, err := arn.Parse(ref); err != nil {
		a = fmt.Sprintf("arn:aws:bedrock:%s:%s:guardrail/%s", near.Region, near.Account, ref)
	}
	if inventory.HoldsUnknown(ref) {
		return b.openTarget(a, graph.KindGuardrail, near.Account, "which guardrail it is, is not known: "+inventory.ShowUnknown(lastSegment(a)))
	}
	n := b.arnNode(a, graph.KindGuardrail, lastSegment(a))
	unknownNode(n, "named by "+near.Name+"; get-guardrail was not imported")
	b.byID["guardrail/"+ref] = n.ID
	return n
}

func (b *builder) agentOf(ref string, s inventory.Source) *graph.Node {
	if id, ok := b.byID["agent/"+ref]; ok {
		return b.nodes[id]
	}
	if ref == "" {
		b.gap("which agent a part in "+s.File+" belongs to", "aws bedrock-agent get-agent")
		return nil
	}
	if n, ok := b.targetNode(ref); ok {
		unknownNode(n, "named by a part of it; get-agent was not imported")
		return n
	}
	n := b.node(graph.NodeID("agent/"+ref), graph.KindAgent, ref)
	unknownNode(n, "named by a part of it; get-agent was not imported, so its role and model are not known")
	b.gap("the agent "+ref, "aws bedrock-agent get-agent --agent-id "+ref)
	b.byID["agent/"+ref] = n.ID
	return n
}

func (b *builder) kbNode(ref string, near *graph.Node) *graph.Node {
	if id, ok := b.byID["kb/"+ref]; ok {
		return b.nodes[id]
	}
	a := ref
	if _, err := arn.Parse(ref); err != nil {
		a = fmt.Sprintf("arn:aws:bedrock:%s:%s:knowledge-base/%s", near.Region, near.Account, ref)
	}
	if inventory.HoldsUnknown(ref) {
		return b.openTarget(a, graph.KindKB, near.Account, "which knowledge base it is, is not known: "+inventory.ShowUnknown(lastSegment(a)))
	}
	n := b.arnNode(a, graph.KindKB, lastSegment(a))
	unknownNode(n, "named by "+near.Name+"; get-knowledge-base was not imported, so what it indexes is not known")
	b.gap("the knowledge base "+n.Name, "aws bedrock-agent get-knowledge-base --knowledge-base-id "+n.Name)
	b.byID["kb/"+ref] = n.ID
	return n
}

// served reports whether callers of an agent get this version. An alias says which version it serves; a version's
// parts that were not imported leave the draft as the best that is known.
// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-deploy.html
func (b *builder) served(agent *graph.Node, version string) bool {
	serves := strings.Split(agent.Attr(servesVersion), listSeparator)
	serves = slices.DeleteFunc(serves, func(v string) bool { return !b.versionImported(agent, v) })
	if len(serves) == 0 || version == "" {
		return version == "" || version == "DRAFT"
	}
	return slices.Contains(serves, version)
}

// servesVersion is the attribute of an agent that says which versions its aliases serve.
const servesVersion = "serves version"

func (b *builder) versionImported(agent *graph.Node, version string) bool {
	for i := range b.f.ActionGroups {
		if b.f.ActionGroups[i].AgentVersion == version && b.byID["agent/"+b.f.ActionGroups[i].Agent] == agent.ID {
			return true
		}
	}
	for i := range b.f.AgentKBs {
		if b.f.AgentKBs[i].AgentVersion == version && b.byID["agent/"+b.f.AgentKBs[i].Agent] == agent.ID {
			return true
		}
	}
	return false
}

// wireActionGroup makes a tool of each operation of an action group.
func (b *builder) wireActionGroup(g *inventory.ActionGroup) {
	agent := b.agentOf(g.Agent, g.Source)
	if agent == nil || g.State == "DISABLED" || !b.served(agent, g.AgentVersion) {
		return
	}
	name := cmp.Or(g.Name, g.ID, g.Signature)
	if bucket := b.locatedIn(g.Schema, agent, "named as where the schema of the action group "+name+" is; the bucket itself was not imported"); bucket != nil {
		// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html: the service role reads it
		b.wired(agent, graph.Reads, bucket, g.Source, "holds the API schema of the action group "+name)
	}
	ops := g.Operations
	if len(ops) == 0 {
		ops = []inventory.Operation{{Name: name}}
	}
	var fn *graph.Node
	if g.Lambda.OK() {
		fn = b.functionNode(g.Lambda.Value, "named by the action group "+name+"; the function itself was not imported")
	}
	for _, op := range ops {
		t := b.node(graph.NodeID("tool/"+string(agent.ID)+"/"+name+"/"+op.Name), graph.KindActionGroup, op.Name)
		t.Account, t.Region = agent.Account, agent.Region
		addSource(t, g.Source)
		attr(t, "action group", name)
		attr(t, "operation", op.Name)
		attr(t, "description", op.Description)
		if g.SchemaUnknown != "" {
			t.Unknown = g.SchemaUnknown
		}
		e := b.edge(agent.ID, graph.Calls, t.ID)
		e.Wired = graph.Yes
		addEvidence(e, configured(g.Source, "an operation of the action group "+name))
		switch {
		case g.Executor == "return of control":
			e.Confirm = graph.ConfirmReturn
			attr(t, "executor", "return of control")
		case op.Confirm == inventory.Yes:
			e.Confirm = graph.ConfirmUser
		case op.Confirm == inventory.No:
			e.Confirm = graph.ConfirmNone
		default:
			e.Confirm = graph.ConfirmUnknown
		}
		attr(t, "confirmation", string(e.Confirm))
		switch {
		case fn != nil:
			attr(t, "function", fn.Name)
			b.serviceMayCall(e, agent, fn, "bedrock.amazonaws.com")
			c := b.edge(t.ID, graph.Calls, fn.ID)
			b.carriedOut[t.ID] = c.ID
			c.Wired = graph.Yes
			c.Granted, c.Conditions, c.GrantedUnknown, c.BlockedBy = e.Granted, e.Conditions, e.GrantedUnknown, e.BlockedBy
			addEvidence(c, configured(g.Source, "the function behind the action group "+name))
			for _, ev := range e.Evidence {
				if ev.Kind == graph.ByPolicy {
					addEvidence(c, ev)
				}
			}
		case g.Lambda.Unknown != "":
			e.Granted, e.GrantedUnknown = graph.Unknown, g.Lambda.Unknown
		case g.Executor == "return of control", g.Executor == "built-in":
			e.Granted = graph.Allowed // carried out by the caller, or inside the service: no IAM decision stands between
		default:
			e.Granted, e.GrantedUnknown = graph.Unknown, "what carries out "+op.Name+" was not imported"
		}
		if g.Signature != "" {
			attr(t, "built-in", g.Signature)
		}
	}
}

// serviceMayCall asks whether a service may call a function for an actor: the function's resource policy decides, with
// the actor as the source.
// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html (resource-based policy for action groups)
func (b *builder) serviceMayCall(e *graph.Edge, actor, fn *graph.Node, svc string) {
	pol, ok := b.resource[fn.ARN]
	if !ok {
		e.Granted, e.GrantedUnknown = graph.Unknown, b.needResourcePolicy(fn)
		return
	}
	p := &principal{arn: svc, account: actor.Account, kind: graph.KindService}
	v := b.ask(p, &iam.Policies{Resource: pol}, []string{"lambda:InvokeFunction"}, fn.ARN, fn, map[string][]string{
		"aws:sourcearn": {actor.ARN}, "aws:sourceaccount": {actor.Account}, "aws:principalisawsservice": {"true"},
	})
	if v.Verdict == graph.Denied {
		v.blocked = "the resource policy of " + fn.Name + " does not let " + svc + " call it for " + actor.Name
	}
	b.setVerdict(e, v)
}

// wireFlows links a flow to what its steps use.
func (b *builder) wireFlows() {
	for i := range b.f.Flows {
		f := &b.f.Flows[i]
		n := b.nodes[graph.NodeID(f.ARN)]
		for _, step := range f.Nodes {
			note := "the step " + step.Name
			if step.Guardrail.OK() {
				b.wired(n, graph.GuardedBy, b.guardrail(step.Guardrail.Value, n), f.Source, note)
			}
			if !step.Target.OK() {
				continue
			}
			switch step.Kind {
			case "model":
				b.wireModel(n, step.Target.Value, f.Source, note)
			case "knowledge base":
				b.wired(n, graph.Retrieves, b.kbNode(step.Target.Value, n), f.Source, note)
			case "bucket":
				kind := graph.Reads
				if step.Write {
					kind = graph.Writes
				}
				bucket := b.bucketNode(strings.TrimPrefix(step.Target.Value, "arn:aws:s3:::"))
				unknownNode(bucket, "named by the flow "+n.Name+"; not imported itself")
				b.wired(n, kind, bucket, f.Source, note)
			case "agent", "function":
				if to, ok := b.targetNode(step.Target.Value); ok {
					unknownNode(to, "named by the flow "+n.Name+"; not imported itself")
					kind := graph.Calls
					if step.Kind == "agent" {
						kind = graph.Invokes
					}
					b.wired(n, kind, to, f.Source, note)
				}
			}
		}
	}
}

func sortedKeysOf[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// nestedStacks notes the stacks that a template makes of templates that were not imported: what they hold is not seen.
func (b *builder) nestedStacks() {
	if len(b.f.NestedStacks) == 0 {
		return
	}
	read := map[string]bool{}
	for _, n := range b.nodes {
		for _, s := range n.Sources {
			read[lastSegment(s.File)] = true
		}
	}
	for i := range b.f.NestedStacks {
		if st := &b.f.NestedStacks[i]; !read[lastSegment(st.Template)] {
			b.gap("what the nested stack "+st.LogicalID+" makes", "its template, "+inventory.ShowUnknown(st.Template))
		}
	}
}
