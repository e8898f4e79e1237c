package chain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// joinIdentities makes nodes of users, groups and roles.
func (b *builder) joinIdentities() {
	for i := range b.f.Users {
		u := &b.f.Users[i]
		n := b.arnNode(u.ARN, graph.KindUser, u.Name)
		addSource(n, u.Source)
		setTags(n, u.Tags)
	}
	for i := range b.f.Groups {
		g := &b.f.Groups[i]
		n := b.arnNode(g.ARN, graph.KindGroup, g.Name)
		addSource(n, g.Source)
	}
	for i := range b.f.Roles {
		r := &b.f.Roles[i]
		n := b.roleNode(r.ARN)
		addSource(n, r.Source)
		setTags(n, r.Tags)
		attr(n, "last used", r.LastUsed)
		for _, p := range r.InstanceProfiles {
			listAttr(n, "instance profile", lastSegment(p))
		}
		if r.Boundary != "" {
			attr(n, "boundary", lastSegment(r.Boundary))
		}
	}
}

// roleNode is the node of a role, named as people name it: an Identity Center role by its permission set
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html: AWSReservedSSO_NAME_SUFFIX).
func (b *builder) roleNode(a string) *graph.Node {
	name := lastSegment(a)
	set := ""
	if rest, ok := strings.CutPrefix(name, "AWSReservedSSO_"); ok {
		if i := strings.LastIndexByte(rest, '_'); i > 0 {
			set = rest[:i]
			name = set
		}
	}
	n := b.arnNode(a, graph.KindRole, name)
	attr(n, "permission set", set)
	return n
}

func lastSegment(s string) string {
	if i := strings.LastIndexAny(s, "/:"); i >= 0 {
		return s[i+1:]
	}
	return s
}

// unknownNode marks a node that only a reference names.
func unknownNode(n *graph.Node, why string) {
	if len(n.Sources) == 0 && n.Unknown == "" {
		n.Unknown = why
	}
}

// seen clears the mark of unknownNode once a fact describes the node itself.
func seen(n *graph.Node, s inventory.Source) {
	n.Unknown = ""
	addSource(n, s)
}

// joinWorkloadParts makes nodes of models, agents, knowledge bases and what belongs to them.
func (b *builder) joinWorkloadParts() {
	for _, a := range arnsFirst(b.f.Agents, func(a *inventory.Agent) string { return a.ARN }) {
		n := b.called("agent", a.ARN, a.ID, graph.KindAgent, a.Name)
		setTags(n, a.Tags)
		if a.Listed {
			addSource(n, a.Source)
			continue
		}
		seen(n, a.Source)
		attr(n, "status", a.Status)
		attr(n, "foundation model", a.Model.Value)
		b.runsAs(n, a.Role, a.Source, "the agent's service role")
		b.lockedBy(n, a.Key, a.Source)
	}
	for i := range b.f.Agents { // a listed agent that nothing else describes
		if n := b.callee("agent", b.f.Agents[i].ARN, b.f.Agents[i].ID); b.f.Agents[i].Listed && n.RunsAs == "" && n.Attr("status") == "" {
			n.Unknown = "only listed: get-agent was not imported, so its role, tools and data are not known"
		}
	}
	for i := range b.f.AgentAliases {
		al := &b.f.AgentAliases[i]
		if id, ok := b.byID["agent/"+al.AgentID]; ok {
			n := b.nodes[id]
			addSource(n, al.Source)
			if al.Name != "TSTALIASID" && al.ID != "TSTALIASID" {
				for _, v := range al.Versions {
					listAttr(n, servesVersion, v)
				}
				listAttr(n, "alias", al.Name)
			}
		}
	}
	for _, k := range arnsFirst(b.f.KnowledgeBases, func(k *inventory.KnowledgeBase) string { return k.ARN }) {
		n := b.called("kb", k.ARN, k.ID, graph.KindKB, k.Name)
		setTags(n, k.Tags)
		if k.Listed {
			addSource(n, k.Source)
			continue
		}
		seen(n, k.Source)
		attr(n, "type", k.Type)
		attr(n, "storage", k.Storage)
		b.runsAs(n, k.Role, k.Source, "the knowledge base's service role")
	}
	for i := range b.f.KnowledgeBases {
		if n := b.callee("kb", b.f.KnowledgeBases[i].ARN, b.f.KnowledgeBases[i].ID); b.f.KnowledgeBases[i].Listed && n.RunsAs == "" && n.Attr("type") == "" {
			n.Unknown = "only listed: get-knowledge-base was not imported, so its role, store and sources are not known"
		}
	}
	for i := range b.f.Guardrails {
		g := &b.f.Guardrails[i]
		n := b.arnNode(g.ARN, graph.KindGuardrail, cmp.Or(g.Name, g.ID))
		b.byID["guardrail/"+g.ID] = n.ID
		b.byID["guardrail/"+g.ARN] = n.ID
		addSource(n, g.Source)
		attr(n, "policies", strings.Join(g.Policies, ", "))
	}
	for i := range b.f.Profiles {
		p := &b.f.Profiles[i]
		n := b.arnNode(p.ARN, graph.KindProfile, cmp.Or(p.Name, p.ID))
		b.byID["profile/"+p.ID] = n.ID
		addSource(n, p.Source)
		setTags(n, p.Tags)
		attr(n, "type", p.Type)
		if regions := profileRegions(p.Models); regions != "" {
			attr(n, "destination Regions", regions)
		}
	}
	for i := range b.f.Runtimes {
		r := &b.f.Runtimes[i]
		n := b.called("runtime", r.ARN, r.ID, graph.KindRuntime, r.Name)
		addSource(n, r.Source)
		setTags(n, r.Tags)
		attr(n, "network", r.Network)
		attr(n, "artifact", r.Artifact)
		attr(n, "authorizer", r.Authorizer)
		if !r.Listed {
			b.runsAs(n, r.Role, r.Source, "the runtime's execution role")
		}
	}
	for i := range b.f.Gateways {
		g := &b.f.Gateways[i]
		n := b.called("gateway", g.ARN, g.ID, graph.KindGateway, g.Name)
		addSource(n, g.Source)
		setTags(n, g.Tags)
		attr(n, "authorizer", g.Authorizer)
		attr(n, "policy engine", g.PolicyEngine)
		if !g.Listed {
			b.runsAs(n, g.Role, g.Source, "the gateway's service role")
		}
	}
	for _, m := range arnsFirst(b.f.Memories, func(m *inventory.Memory) string { return m.ARN }) {
		n := b.called("memory", m.ARN, m.ID, graph.KindMemory, m.Name)
		addSource(n, m.Source)
		b.lockedBy(n, m.Key, m.Source)
		if m.Role.OK() {
			b.runsAs(n, m.Role, m.Source, "the memory's execution role")
		}
	}
	b.joinEndpoints()
	for i := range b.f.Flows {
		fl := &b.f.Flows[i]
		n := b.arnNode(fl.ARN, graph.KindFlow, cmp.Or(fl.Name, fl.ID))
		b.byID["flow/"+fl.ID] = n.ID
		seen(n, fl.Source)
		setTags(n, fl.Tags)
		n.Unknown = fl.Unknown
		b.lockedBy(n, fl.Key, fl.Source)
		b.runsAs(n, fl.Role, fl.Source, "the flow's service role")
	}
	for i := range b.f.RuntimeEndpoints {
		ep := &b.f.RuntimeEndpoints[i]
		id, ok := b.byID["runtime/"+ep.Runtime]
		if !ok {
			id = graph.NodeID(ep.Runtime)
		}
		if n, ok := b.nodes[id]; ok {
			addSource(n, ep.Source)
			listAttr(n, "endpoint", strings.TrimSpace(ep.Name+" v"+ep.Version))
		}
	}
	for i := range b.f.Functions {
		fn := &b.f.Functions[i]
		n := b.arnNode(unqualified(fn.ARN), graph.KindFunction, fn.Name)
		addSource(n, fn.Source)
		setTags(n, fn.Tags)
		attr(n, "runtime", fn.Runtime)
		b.runsAs(n, fn.Role, fn.Source, "the function's execution role")
	}
}

// called is the node of a thing that other facts name by its ARN or by its id. Listings that do not say their account
// and Region give no ARN: the thing is then what another file describes under the same id, else a node of its own.
func (b *builder) called(scheme, a, id string, kind graph.NodeKind, name string) *graph.Node {
	var n *graph.Node
	switch known, ok := b.byID[scheme+"/"+id]; {
	case a != "":
		n = b.arnNode(a, kind, cmp.Or(name, id))
	case ok:
		n = b.nodes[known]
	default:
		n = b.node(graph.NodeID(scheme+"/"+id), kind, cmp.Or(name, id))
	}
	if n.Name == id && name != "" {
		n.Name = name
	}
	if id != "" {
		b.byID[scheme+"/"+id] = n.ID
	}
	if a != "" {
		b.byID[scheme+"/"+a] = n.ID
	}
	return n
}

// callee is the node that called has made of a fact.
func (b *builder) callee(scheme, a, id string) *graph.Node {
	return b.nodes[b.byID[scheme+"/"+cmp.Or(a, id)]]
}

// arnsFirst lists facts so that those that name themselves stand before those that only have an id.
func arnsFirst[T any](facts []T, arnOf func(*T) string) []*T {
	out := make([]*T, 0, len(facts))
	for _, named := range []bool{true, false} {
		for i := range facts {
			if (arnOf(&facts[i]) != "") == named {
				out = append(out, &facts[i])
			}
		}
	}
	return out
}

// unqualified is a function's ARN without a version or alias.
func unqualified(a string) string {
	p, err := arn.Parse(a)
	if err != nil || p.Service != "lambda" {
		return a
	}
	if parts := strings.Split(p.Resource, ":"); len(parts) > 2 {
		p.Resource = parts[0] + ":" + parts[1]
	}
	return p.String()
}

func profileRegions(models []string) string {
	var out []string
	for _, m := range models {
		if p, err := arn.Parse(m); err == nil {
			out = append(out, cmp.Or(p.Region, "every Region (global)"))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// runsAs links an actor to the role whose permissions are its own.
func (b *builder) runsAs(n *graph.Node, role inventory.Text, s inventory.Source, note string) {
	switch {
	case role.Unknown != "":
		attr(n, "role", "unknown: "+role.Unknown)
		return
	case role.Value == "":
		return
	}
	r := b.roleNode(role.Value)
	unknownNode(r, "named as the role of "+n.Name+"; the role itself was not imported, so what it may do is not known")
	if n.RunsAs == "" || n.RunsAs > r.ID { // an endpoint with several models may run as several; the first names it
		n.RunsAs = r.ID
	}
	e := b.edge(n.ID, graph.RunsAs, r.ID)
	e.Wired = graph.Yes
	addEvidence(e, configured(s, note))
	if !slices.Contains(b.actors[r.ID], n.ID) {
		b.actors[r.ID] = append(b.actors[r.ID], n.ID)
		slices.Sort(b.actors[r.ID])
	}
}

// joinResources makes nodes of everything else that stands in the chain by its ARN.
func (b *builder) joinResources() {
	for i := range b.f.Resources {
		r := &b.f.Resources[i]
		n, ok := b.targetNode(r.ARN)
		if !ok {
			continue
		}
		seen(n, r.Source)
		n.Account, n.Region = cmp.Or(n.Account, r.Account), cmp.Or(n.Region, r.Region)
		if r.Name != "" && n.Kind != graph.KindLogGroup {
			n.Name = r.Name
		}
		setTags(n, r.Tags)
		for _, k := range sortedKeysOf(r.Attrs) {
			attr(n, k, attrValue(k, r.Attrs[k]))
		}
		b.lockedBy(n, r.Attrs["kms key"], r.Source)
	}
	for i := range b.f.Trails {
		t := &b.f.Trails[i]
		kind := graph.KindTrail
		if t.EventStore {
			kind = graph.KindEventStore
		}
		n := b.arnNode(t.ARN, kind, t.Name)
		addSource(n, t.Source)
		if t.Bucket != "" {
			attr(n, "bucket", t.Bucket)
			lb := b.bucketNode(t.Bucket)
			b.asLog(lb, "holds the events of "+t.Name)
			e := b.edge(n.ID, graph.LogsTo, lb.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(t.Source, t.Name+" delivers to this bucket"))
		}
		if t.LogGroup != "" {
			lg := b.logGroupNode(t.LogGroup)
			unknownNode(lg, "named as where "+t.Name+" delivers to; not imported itself")
			attr(lg, "holds", "the events of "+t.Name)
			e := b.edge(n.ID, graph.LogsTo, lg.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(t.Source, t.Name+" delivers to this log group"))
		}
		b.lockedBy(n, t.Key, t.Source)
	}
	for i := range b.f.InvocationLogging {
		l := &b.f.InvocationLogging[i]
		for _, bucket := range []string{l.Bucket, l.LargeBucket} {
			if bucket != "" {
				n := b.bucketNode(bucket)
				addSource(n, l.Source)
				b.asLog(n, "holds prompts and answers")
			}
		}
		if l.LogGroup != "" && l.Account.OK() && l.Region.OK() {
			n := b.logGroupNode(fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", l.Region.Value, l.Account.Value, l.LogGroup))
			addSource(n, l.Source)
			attr(n, "holds", "prompts and answers")
		}
	}
	// A bucket with no account in its ARN is in the account whose files describe it.
	for i := range b.f.ResourcePolicies {
		if r := b.f.ResourcePolicies[i].Resource; r.OK() {
			if n, ok := b.targetNode(r.Value); ok {
				addSource(n, b.f.ResourcePolicies[i].Source)
			}
		}
	}
	for i := range b.f.Models {
		m := &b.f.Models[i]
		if m.Kind == "foundation" {
			// A Region lists hundreds. Each is a node, so that it can be found; links to it are drawn where something names
			// it, and the link to "every model" stands for the rest.
			n := b.modelNode(cmp.Or(m.ARN, m.ID))
			addSource(n, m.Source)
			attr(n, "provider", m.Provider)
			b.listed[n.ID] = true
			continue
		}
		n := b.arnNode(m.ARN, graph.KindModel, cmp.Or(m.Name, m.ID))
		addSource(n, m.Source)
		attr(n, "kind", m.Kind)
		attr(n, "base model", m.Base)
	}
}

// lockedBy links a thing to the key that encrypts it, where it is named by its ARN.
func (b *builder) lockedBy(n *graph.Node, key string, s inventory.Source) {
	if key == "" {
		return
	}
	attr(n, "kms key", key)
	if kind, ok := kindOf(key); !ok || kind != graph.KindKey || inventory.HoldsUnknown(key) {
		return
	}
	k, _ := b.targetNode(key)
	unknownNode(k, "named as the key of "+n.Name+"; not imported itself")
	e := b.edge(n.ID, graph.GuardedBy, k.ID)
	e.Wired = graph.Yes
	addEvidence(e, configured(s, n.Name+" is encrypted with it"))
}

// asLog moves a bucket to the log lane.
func (b *builder) asLog(n *graph.Node, holds string) {
	n.Kind, n.Lane = graph.KindLogBucket, graph.Logs
	attr(n, "holds", holds)
}

// attrValue puts a unit to a number where people would ask for it.
func attrValue(key, value string) string {
	if key == "retention" {
		if days, err := strconv.Atoi(value); err == nil {
			return fmt.Sprintf("%d d", days)
		}
	}
	return value
}
