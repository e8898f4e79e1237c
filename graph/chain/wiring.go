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
	b.wireFunctions()
	b.wireFlows()
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
		n := b.nodes[graph.NodeID(a.ARN)]
		if a.Listed {
			continue
		}
		if a.Model.OK() {
			b.wireModel(n, a.Model.Value, a.Source, "the agent's foundation model")
		}
		if a.Guardrail.OK() {
			g := b.guardrail(a.Guardrail.Value, n)
			e := b.edge(n.ID, graph.GuardedBy, g.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(a.Source, "the agent's guardrail"))
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
	for i := range b.f.Profiles {
		if p := &b.f.Profiles[i]; p.ARN == m.ARN {
			for _, dest := range p.Models {
				b.wired(n, graph.Invokes, b.modelNode(dest), s, note+", a destination of "+m.Name)
			}
		}
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
	serves := agent.Attr("serves version")
	if serves == "" || version == "" || !b.versionImported(agent, serves) {
		return version == "" || version == "DRAFT"
	}
	return slices.Contains(strings.Split(serves, " / "), version)
}

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
	ops := g.Operations
	if len(ops) == 0 {
		ops = []inventory.Operation{{Name: name}}
	}
	var fn *graph.Node
	if g.Lambda.OK() {
		fn = b.arnNode(unqualified(g.Lambda.Value), graph.KindFunction, lastSegment(unqualified(g.Lambda.Value)))
		unknownNode(fn, "named by the action group "+name+"; the function itself was not imported")
	}
	for _, op := range ops {
		t := b.node(graph.NodeID("tool/"+agent.ARN+"/"+name+"/"+op.Name), graph.KindActionGroup, op.Name)
		t.Account, t.Region = agent.Account, agent.Region
		addSource(t, g.Source)
		attr(t, "action group", name)
		attr(t, "operation", strings.TrimSpace(op.Method+" "+op.Name))
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

func (b *builder) wireKnowledgeBases() {
	for i := range b.f.KnowledgeBases {
		k := &b.f.KnowledgeBases[i]
		n := b.nodes[graph.NodeID(k.ARN)]
		if k.EmbeddingModel != "" {
			b.wireModel(n, k.EmbeddingModel, k.Source, "embeds with this model")
		}
		for _, a := range k.StorageARNs[:min(1, len(k.StorageARNs))] {
			store, ok := b.targetNode(a)
			if !ok {
				continue
			}
			if store.Kind == graph.KindBucket || store.Kind == graph.KindDatabase {
				attr(store, "holds vectors of", k.Name)
			}
			unknownNode(store, "named as the vector store of "+n.Name+"; not imported itself")
			attr(store, "storage", storageName(k.Storage))
			b.wired(n, graph.Reads, store, k.Source, "its vector store")
		}
		if len(k.StorageARNs) == 0 && k.StorageDetail != "" {
			store := b.node(graph.NodeID("store/"+k.StorageDetail), graph.KindVectorStore, k.StorageDetail)
			attr(store, "storage", storageName(k.Storage))
			addSource(store, k.Source)
			e := b.edge(n.ID, graph.Reads, store.ID)
			e.Wired = graph.Yes
			e.Granted, e.GrantedUnknown = graph.Unknown, "it is outside AWS, with permissions of its own"
			addEvidence(e, configured(k.Source, "its vector store"))
		}
		for _, s := range k.Secrets {
			if sec, ok := b.targetNode(s); ok {
				unknownNode(sec, "named as a secret of "+n.Name)
				b.wired(n, graph.Reads, sec, k.Source, "the secret that opens its store")
			}
		}
	}
	for i := range b.f.DataSources {
		d := &b.f.DataSources[i]
		if d.KB == "" {
			continue
		}
		kb := b.kbNode(d.KB, &graph.Node{Name: "the data source " + d.Name})
		attr(kb, "data sources", cmp.Or(d.Name, d.ID))
		switch {
		case d.Bucket.OK():
			bucket := b.bucketNode(strings.TrimPrefix(d.Bucket.Value, "arn:aws:s3:::"))
			unknownNode(bucket, "named as a data source of "+kb.Name+"; the bucket itself was not imported")
			if bucket.Account == "" {
				bucket.Account = kb.Account
			}
			e := b.wired(kb, graph.Indexes, bucket, d.Source, "data source "+cmp.Or(d.Name, d.ID))
			for _, p := range d.Prefixes {
				if !slices.Contains(e.Part, bucket.ARN+"/"+p+"*") {
					e.Part = append(e.Part, bucket.ARN+"/"+p+"*")
				}
			}
		case d.Bucket.Unknown != "":
			src := b.node(graph.NodeID("source/"+string(kb.ID)+"/"+cmp.Or(d.Name, d.ID)), graph.KindSource, cmp.Or(d.Name, d.ID))
			src.Unknown = d.Bucket.Unknown
			addSource(src, d.Source)
			e := b.edge(kb.ID, graph.Indexes, src.ID)
			e.Wired, e.Granted, e.GrantedUnknown = graph.Yes, graph.Unknown, d.Bucket.Unknown
			addEvidence(e, configured(d.Source, "data source "+cmp.Or(d.Name, d.ID)))
		default:
			name := cmp.Or(d.Location, d.Name, d.ID)
			src := b.node(graph.NodeID("source/"+strings.ToLower(d.Type)+"/"+name), graph.KindSource, name)
			src.Detail = strings.ToLower(d.Type)
			addSource(src, d.Source)
			e := b.edge(kb.ID, graph.Indexes, src.ID)
			e.Wired = graph.Yes
			e.Granted, e.GrantedUnknown = graph.Unknown, "it is outside AWS, with permissions of its own"
			addEvidence(e, configured(d.Source, "data source "+cmp.Or(d.Name, d.ID)))
			if d.Secret != "" {
				if sec, ok := b.targetNode(d.Secret); ok {
					unknownNode(sec, "named as the secret of a data source of "+kb.Name)
					b.wired(kb, graph.Reads, sec, d.Source, "the secret that opens the data source "+d.Name)
				}
			}
		}
	}
}

// storageName says a storage type as people do.
func storageName(t string) string {
	switch t {
	case "OPENSEARCH_SERVERLESS":
		return "OpenSearch Serverless"
	case "OPENSEARCH_MANAGED_CLUSTER":
		return "OpenSearch"
	case "S3_VECTORS":
		return "S3 Vectors"
	case "RDS":
		return "Aurora"
	case "PINECONE":
		return "Pinecone"
	case "REDIS_ENTERPRISE_CLOUD":
		return "Redis"
	case "MONGO_DB_ATLAS":
		return "MongoDB"
	case "NEPTUNE_ANALYTICS":
		return "Neptune"
	}
	return t
}

func (b *builder) wireGateways() {
	for i := range b.f.GatewayTargets {
		t := &b.f.GatewayTargets[i]
		id, ok := b.byID["gateway/"+t.Gateway]
		if t.Gateway == "" {
			n := b.node(graph.NodeID("tool/"+cmp.Or(t.ID, t.Name)), graph.KindTool, cmp.Or(t.Name, t.ID))
			unknownNode(n, "listed without its gateway: get-gateway-target says which it is")
			n.Sources = append(n.Sources, source(t.Source))
			b.gap("which gateway the target "+t.Name+" belongs to", "aws bedrock-agentcore-control get-gateway-target")
			continue
		}
		if !ok {
			n := b.node(graph.NodeID("gateway/"+t.Gateway), graph.KindGateway, t.Gateway)
			unknownNode(n, "named by its target "+t.Name+"; get-gateway was not imported")
			b.byID["gateway/"+t.Gateway] = n.ID
			id = n.ID
		}
		gw := b.nodes[id]
		for _, kb := range t.KBs {
			b.wired(gw, graph.Retrieves, b.kbNode(kb, gw), t.Source, "the connector "+cmp.Or(t.Name, t.ID))
		}
		ops := t.Tools
		if len(ops) == 0 {
			ops = []inventory.Operation{{Name: cmp.Or(t.Name, t.ID)}}
		}
		var fn *graph.Node
		if t.Lambda.OK() {
			fn = b.arnNode(unqualified(t.Lambda.Value), graph.KindFunction, lastSegment(unqualified(t.Lambda.Value)))
			unknownNode(fn, "named by the gateway target "+t.Name+"; the function itself was not imported")
		}
		for _, op := range ops {
			tool := b.node(graph.NodeID("tool/"+string(gw.ID)+"/"+cmp.Or(t.Name, t.ID)+"/"+op.Name), graph.KindTool, op.Name)
			tool.Account, tool.Region = gw.Account, gw.Region
			addSource(tool, t.Source)
			attr(tool, "gateway target", cmp.Or(t.Name, t.ID))
			attr(tool, "kind", t.Kind)
			attr(tool, "endpoint", t.Endpoint)
			attr(tool, "description", op.Description)
			e := b.edge(gw.ID, graph.Calls, tool.ID)
			e.Wired = graph.Yes
			e.Confirm = graph.ConfirmNone // a gateway carries a call out; it has no confirmation of its own
			addEvidence(e, configured(t.Source, "a tool of the gateway target "+cmp.Or(t.Name, t.ID)))
			if fn == nil {
				e.Granted, e.GrantedUnknown = graph.Unknown, cmp.Or(t.Lambda.Unknown, "it is reached with credentials of its own, which IAM does not decide")
				continue
			}
			attr(tool, "function", fn.Name)
			b.wired(gw, graph.Calls, fn, t.Source, "the function behind the gateway target "+t.Name)
			e.Granted, e.GrantedUnknown = graph.NotApplicable, ""
			tf := b.edge(tool.ID, graph.Calls, fn.ID)
			b.carriedOut[tool.ID] = tf.ID
			tf.Wired = graph.Yes
			addEvidence(tf, configured(t.Source, "the function behind the gateway target "+t.Name))
		}
	}
	for i := range b.f.Gateways {
		g := &b.f.Gateways[i]
		gw := b.nodes[graph.NodeID(g.ARN)]
		for _, fn := range g.Interceptors {
			n := b.arnNode(unqualified(fn), graph.KindFunction, lastSegment(unqualified(fn)))
			unknownNode(n, "named as an interceptor of "+gw.Name)
			b.wired(gw, graph.Calls, n, g.Source, "intercepts every call")
		}
		if g.Authorizer == "NONE" {
			anyone := b.node("anyone", graph.KindAnyone, "Anyone")
			e := b.edge(anyone.ID, graph.Calls, gw.ID)
			e.Wired, e.Granted = graph.Yes, graph.Allowed
			e.Breadth.PrincipalScope = graph.ScopeAll
			addEvidence(e, configured(g.Source, "the gateway's authorizer is NONE"))
		}
	}
}

// wireFlows links a flow to what its steps use.
func (b *builder) wireFlows() {
	for i := range b.f.Flows {
		f := &b.f.Flows[i]
		n := b.nodes[graph.NodeID(f.ARN)]
		for _, step := range f.Nodes {
			note := "the step " + step.Name
			if step.Guardrail.OK() {
				g := b.edge(n.ID, graph.GuardedBy, b.guardrail(step.Guardrail.Value, n).ID)
				g.Wired = graph.Yes
				addEvidence(g, configured(f.Source, note))
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

// wireFunctions reads a function's environment: a variable that names an agent, knowledge base, bucket, table, queue
// or secret is how its code is told what to use.
func (b *builder) wireFunctions() {
	type configuredEnv struct {
		id  graph.NodeID
		env map[string]string
		src inventory.Source
	}
	var all []configuredEnv
	for i := range b.f.Functions {
		f := &b.f.Functions[i]
		all = append(all, configuredEnv{graph.NodeID(unqualified(f.ARN)), f.Env, f.Source})
	}
	for i := range b.f.Runtimes {
		r := &b.f.Runtimes[i]
		all = append(all, configuredEnv{graph.NodeID(r.ARN), r.Env, r.Source})
	}
	for _, c := range all {
		n := b.nodes[c.id]
		for _, k := range sortedKeysOf(c.env) {
			to, kind := b.namedIn(c.env[k], n)
			if to == nil || to.ID == n.ID {
				continue
			}
			b.wired(n, kind, to, c.src, "its variable "+k+" names it")
		}
	}
}

// namedIn finds the node that a configuration value names, and the link that naming it implies.
func (b *builder) namedIn(value string, near *graph.Node) (*graph.Node, graph.EdgeKind) {
	value = strings.TrimPrefix(strings.TrimSpace(value), "s3://")
	if value == "" {
		return nil, ""
	}
	var n *graph.Node
	if _, err := arn.Parse(value); err == nil {
		if k, ok := kindOf(value); !ok || k == graph.KindRole {
			return nil, ""
		}
		n, _ = b.targetNode(value)
	} else {
		for _, prefix := range []string{"agent/", "kb/", "bucket/", "profile/", "runtime/", "gateway/"} {
			if id, ok := b.byID[prefix+value]; ok {
				n = b.nodes[id]
				break
			}
		}
		if n == nil {
			for _, svc := range []string{"dynamodb:%s:%s:table/", "lambda:%s:%s:function:"} {
				if found, ok := b.nodes[graph.NodeID("arn:aws:"+fmt.Sprintf(svc, near.Region, near.Account)+value)]; ok {
					n = found
					break
				}
			}
		}
		if n == nil {
			if found, ok := b.nodes[graph.NodeID("model/"+value)]; ok {
				n = found
			}
		}
	}
	if n == nil {
		return nil, ""
	}
	if n.Kind != graph.KindModel {
		unknownNode(n, "named by the configuration of "+near.Name+"; not imported itself")
	}
	switch n.Lane {
	case graph.Models:
		return n, graph.Invokes
	case graph.Tools:
		return n, graph.Calls
	}
	if n.Kind == graph.KindKB {
		return n, graph.Retrieves
	}
	if n.Lane == graph.Data || n.Lane == graph.Logs {
		return n, graph.Reads
	}
	return nil, ""
}

// nameModels notes which of the listed models something configures, or a policy names one by one.
func (b *builder) nameModels() {
	for _, e := range b.edges {
		b.named[e.To] = true
	}
	for _, p := range b.principals {
		for _, g := range p.grants {
			for _, r := range g.stmt.Resources {
				if q, err := arn.Parse(r); err == nil && q.Service == "bedrock" && q.ResourceType() == "foundation-model" && !arn.HasWildcard(q.Resource) {
					b.named[graph.NodeID("model/"+q.ResourceID())] = true
				}
			}
		}
	}
}

// namedTargets makes nodes of the concrete resources that policies name and nothing else describes, so that a link to
// them is seen. Only resources that stand in the picture count; a policy may name many that have no place in it.
func (b *builder) namedTargets() {
	for _, p := range b.sortedPrincipals() {
		for _, g := range p.grants {
			for _, r := range g.stmt.Resources {
				b.namedTarget(r, g, p)
			}
		}
	}
	for _, a := range sortedKeysOf(b.resource) {
		if n, ok := b.targetNode(a); ok {
			addSource(n, inventory.Source(b.policies[a+" resource policy"].Source))
		}
	}
}

func (b *builder) namedTarget(r string, g grant, p *principal) {
	if strings.Contains(r, "${") {
		return
	}
	q, err := arn.Parse(r)
	if err != nil {
		return
	}
	kind, ok := kindOf(r)
	if !ok || kind == graph.KindRole || kind == graph.KindTrail || kind == graph.KindGuardrail {
		return
	}
	// The actions of the statement must be of the target's own service, or "arn:…:key/x" under "s3:*" would count.
	if !slices.ContainsFunc(accessTable, func(a access) bool {
		return a.target == kind && actsAny(g.stmt, a.actions)
	}) {
		return
	}
	id := q.Resource
	switch kind {
	case graph.KindBucket:
		id, _, _ = strings.Cut(id, "/")
	case graph.KindLogGroup:
		id = strings.TrimSuffix(strings.TrimPrefix(id, "log-group:"), ":*")
		id, _, _ = strings.Cut(id, ":")
	case graph.KindModel:
		q.Region = "" // a wildcard Region still names one model
	case graph.KindAgent:
		parts := strings.Split(id, "/")
		id = parts[min(1, len(parts)-1)]
	case graph.KindSecret:
		id = strings.TrimRight(id, "?*-") // "secret:name-??????" names one secret
		if id == "secret:" {
			return
		}
	}
	if arn.HasWildcard(id) || arn.HasWildcard(q.Account) || (arn.HasWildcard(q.Region) && kind != graph.KindModel) || id == "" {
		b.namedPattern(r, kind, g)
		return
	}
	if kind == graph.KindSecret {
		for nid := range b.nodes {
			if n := b.nodes[nid]; n.Kind == graph.KindSecret && arn.Match(r, n.ARN) {
				return
			}
		}
		r = strings.TrimRight(r, "?*-")
	}
	if kind == graph.KindModel {
		r = "arn:aws:bedrock:" + q.Region + ":" + q.Account + ":" + q.Resource
	}
	n, ok := b.targetNode(r)
	if !ok {
		return
	}
	if n.Account == "" && kind == graph.KindBucket {
		n.Account = p.account
	}
	why := "named only by the policy " + b.policies[g.policy.ID()].Name
	if kind == graph.KindModel || kind == graph.KindProfile {
		return // a model is what its id says; nothing of it needs importing
	}
	unknownNode(n, why+"; the "+string(kind)+" itself was not imported")
}

// namedPattern makes a node for a pattern that is narrower than "every" and reaches nothing that was imported.
func (b *builder) namedPattern(r string, kind graph.NodeKind, g grant) {
	for i := range accessTable {
		row := &accessTable[i]
		if row.target != kind || !actsAny(g.stmt, row.actions) {
			continue
		}
		resource := row.every + row.content
		if row.every == "" || wideFor(stripVariables(r), resource) {
			return
		}
		for _, n := range b.nodes {
			if n.Kind == kind && !n.Wildcard && arn.Relate(r, row.resourceOf(n)) != arn.Disjoint {
				return
			}
		}
		q, _ := arn.Parse(r)
		name := q.Resource
		if t := q.ResourceType(); t != "" {
			name = q.ResourceID()
		}
		n := b.node(graph.NodeID("pattern/"+r), kind, name)
		n.ARN, n.Pattern, n.Account, n.Region = r, r, q.Account, q.Region
		if arn.HasWildcard(n.Account) {
			n.Account = ""
		}
		n.Unknown = "a pattern that reaches nothing imported: what it stands for is not known"
		n.Detail = string(kind) + " pattern"
		return
	}
}

func sortedKeysOf[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
