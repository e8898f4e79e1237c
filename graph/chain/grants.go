package chain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	answers "github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// verdict is what the evaluator said of one link, over all the actions that make it.
type verdict struct {
	graph.Verdict
	conditions []graph.Condition
	unknown    string
	blocked    string
	part       []string
	holes      []string
	actions    []string // the actions that are allowed, if under conditions
	refs       []iam.StatementRef
}

// asking is a question's resource and the node it belongs to: what a request for it brings is the same for everybody.
type asking struct {
	node     *graph.Node
	resource string
}

// verdictRank orders verdicts by how much they let through.
func verdictRank(v graph.Verdict) int {
	return slices.Index([]graph.Verdict{graph.Denied, graph.Unknown, graph.Conditional, graph.Allowed}, v)
}

// ask evaluates each action on a resource and keeps the widest answer. pol holds every layer, with the resource's own.
func (b *builder) ask(p *principal, pol *iam.Policies, actions []string, resource string, target *graph.Node, extra map[string][]string) verdict {
	who := iam.Principal{ARN: p.arn, Account: p.account}
	if p.kind == graph.KindService {
		who = iam.Principal{Kind: iam.PrincipalService, Service: p.arn}
	}
	if p.keysOf == nil {
		ctx := answers.PrincipalKeys(who, p.keys, p.tagsKnown)
		p.keysOf = &ctx
	}
	base, ok := b.asked[asking{target, resource}]
	if !ok || extra != nil {
		keys := answers.RequestKeys(resource, target.Account, b.orgs.orgOf(target.Account), target.Tags)
		base = &keys
		for k, v := range extra {
			base.Set(k, v[0])
		}
		if extra == nil {
			b.asked[asking{target, resource}] = base
		}
	}
	ctx := p.keysOf.Over(base)
	out := verdict{Verdict: graph.Denied}
	var denies []iam.StatementRef
	first := true
	for _, action := range actions {
		req := iam.Request{Principal: who, Action: action, Resource: resource, ResourceAccount: target.Account, Context: ctx}
		if req.ResourceAccount == "" {
			req.ResourceAccount = p.account // an S3 bucket whose account is not known is taken to be the caller's
		}
		r := iam.EvaluateSet(&req, pol)
		v := verdictOf(r.Decision)
		var part []string
		if r.Reach == iam.Part {
			if part = answers.Plausible(r.Parts, resource); len(part) == 0 && len(r.Parts) > 0 {
				v = graph.Denied // of what there can be, none
			}
		}
		if v != graph.Denied {
			out.actions = append(out.actions, action)
			out.refs = append(out.refs, r.Allows...)
		}
		if first || verdictRank(v) > verdictRank(out.Verdict) {
			first = false
			out.Verdict, out.unknown = v, r.Unknown
			out.conditions, out.part, out.holes, out.blocked = nil, nil, nil, ""
			if v == graph.Conditional {
				out.conditions = b.conditions(r.Residual)
			}
			out.part = part
			out.holes = answers.Plausible(r.Holes, resource)
			if v == graph.Denied {
				out.blocked = r.Why
			}
		}
		if v == graph.Denied || len(r.Holes) > 0 {
			denies = append(denies, r.Denies...)
		}
	}
	if out.Verdict == graph.Denied || len(out.holes) > 0 {
		out.refs = append(out.refs, denies...)
	}
	return out
}

func verdictOf(d iam.Decision) graph.Verdict {
	switch d {
	case iam.Allow:
		return graph.Allowed
	case iam.Conditional:
		return graph.Conditional
	case iam.Unknown:
		return graph.Unknown
	}
	return graph.Denied
}

// conditions are what remains of an answer to hold, for people.
func (b *builder) conditions(r *iam.Residual) []graph.Condition {
	return answers.Conditions(r, func(ref iam.StatementRef) string { return b.statementName(ref.Policy, ref.Index, ref.Sid) })
}

// statementName names a statement for people: "SupportAgentRole / AgentAccess / statement 2".
func (b *builder) statementName(policy string, index int, sid string) string {
	p := b.policies[policy]
	if p == nil {
		p = &graph.Policy{Name: policy}
	}
	return p.StatementName(index, sid)
}

// policySource is where a statement stands in the imported file.
func (b *builder) policySource(policy string, s *iam.Statement) graph.Source {
	p, ok := b.policies[policy]
	if !ok {
		return graph.Source{}
	}
	return p.StatementSource(s.Index, s.Pointer)
}

// setVerdict writes an answer to a link. A link found in two ways keeps the wider answer.
func (b *builder) setVerdict(e *graph.Edge, v verdict) {
	if e.Granted != graph.NotApplicable && verdictRank(e.Granted) >= verdictRank(v.Verdict) &&
		!(e.Granted == graph.Denied && v.Verdict == graph.Denied && v.blocked != "") { // "nothing allows it" gives way to what blocks it
		return
	}
	e.Granted, e.Conditions, e.GrantedUnknown, e.BlockedBy = v.Verdict, v.conditions, v.unknown, v.blocked
	if v.part != nil { // what configuration says of the part that is used stays
		e.Part = v.part
	}
	e.Holes = v.holes
	seen := map[string]bool{}
	for _, r := range v.refs {
		key := r.Policy + "\x00" + strconv.Itoa(r.Index)
		p := b.compiled[r.Policy]
		if r.Policy == "p-FullAWSAccess" || r.Policy == "p-RCPFullAWSAccess" {
			continue // every account has them: they say nothing about this link
		}
		if seen[key] || p == nil || r.Index >= len(p.Document().Statements) {
			continue
		}
		seen[key] = true
		s := b.writtenStatement(r.Policy, &p.Document().Statements[r.Index])
		effect := "Allow"
		if r.Effect == iam.EffectDeny {
			effect = "Deny"
		}
		addEvidence(e, graph.Evidence{Kind: graph.ByPolicy, Effect: effect, Layer: string(r.Layer), Policy: r.Policy, Statement: r.Index, Sid: s.Sid,
			Actions: s.Actions, Resources: s.Resources, Source: b.policySource(r.Policy, s)})
	}
}

// grants evaluates every principal against every target that one of its statements, or the target's own policy, could
// concern. Pairs that no statement can match are never asked about.
func (b *builder) grants() {
	targets := map[graph.NodeKind][]*graph.Node{}
	for _, id := range sortedKeysOf(b.nodes) {
		n := b.nodes[id]
		if !n.Wildcard {
			targets[n.Kind] = append(targets[n.Kind], n)
		}
	}
	for _, p := range b.sortedPrincipals() {
		if p.kind == graph.KindGroup {
			continue // what a group grants is asked of each member, with the member's own boundary
		}
		from := b.drawnFrom(p)
		all := b.everything(p, from)
		for i := range accessTable {
			row := &accessTable[i]
			concerned := p.concerned(row.actions)
			every := b.everyLinks(p, row, concerned, from, all)
			for _, n := range targets[row.target] {
				b.pair(p, row, n, concerned, from, every)
			}
		}
	}
}

// drawnFrom is the nodes whose links a principal's permissions are: the actors that run as a role, and the principal
// itself when somebody other than a service can become it, or nobody is known to run as it.
func (b *builder) drawnFrom(p *principal) []graph.NodeID {
	actors := b.actors[p.node]
	if p.kind != graph.KindRole || len(actors) == 0 || b.humanEntry(p.node) {
		return append([]graph.NodeID{p.node}, actors...)
	}
	return actors
}

// humanEntry reports whether anybody but an AWS service can become the role.
func (b *builder) humanEntry(role graph.NodeID) bool {
	return b.entered[role]
}

// concerned are the identity statements that could allow any of the actions.
func (p *principal) concerned(actions []string) []grant {
	var out []grant
	for _, g := range p.grants {
		if actsAny(g.stmt, actions) {
			out = append(out, g)
		}
	}
	return out
}

// acts reports whether a statement's Action or NotAction takes an action in. Action names are not case-sensitive.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func acts(s *iam.Statement, action string) bool {
	if len(s.NotActions) > 0 {
		return !slices.ContainsFunc(s.NotActions, func(p string) bool { return matchAction(p, action) })
	}
	return slices.ContainsFunc(s.Actions, func(p string) bool { return matchAction(p, action) })
}

func actsAny(s *iam.Statement, actions []string) bool {
	return slices.ContainsFunc(actions, func(a string) bool { return acts(s, a) })
}

func matchAction(pattern, action string) bool {
	plain := strings.IndexAny(pattern, "*?")
	if plain < 0 {
		return strings.EqualFold(pattern, action)
	}
	// Most patterns are of another service; that is seen without making two lower-case strings.
	if len(action) < plain || !strings.EqualFold(pattern[:plain], action[:plain]) {
		return false
	}
	return pattern[plain:] == "*" || arn.Match(strings.ToLower(pattern[plain:]), strings.ToLower(action[plain:]))
}

// mayAct reports whether any identity statement could allow one of the actions, or whether that is not known.
func (p *principal) mayAct(actions []string) bool {
	return p.partial != "" || len(p.concerned(actions)) > 0
}

// pair evaluates one principal against one known target.
func (b *builder) pair(p *principal, row *access, n *graph.Node, concerned []grant, from []graph.NodeID, every map[graph.NodeID]graph.EdgeID) {
	if n.ID == p.node {
		return
	}
	resource := row.resourceOf(n)
	if resource == "" || resource == row.content {
		return
	}
	own, hasOwn := b.resource[n.ARN]
	named, wide := false, false
	for _, g := range concerned {
		reach := g.reach(resource)
		if row.also != "" {
			reach = max(reach, g.reach(n.ARN+row.also))
		}
		named, wide = named || reach == reachNamed, wide || reach == reachWide
	}
	crossAccount := n.Account != "" && p.account != "" && n.Account != p.account
	switch {
	case !named && !wide && !hasOwn:
		return
	case !named && !wide && hasOwn && !mentions(own, p, row.actions):
		return
	case crossAccount && !hasOwn && !named:
		return // "*" in one account says nothing about another account's resources, whose own policy was not imported
	case crossAccount && hasOwn && !named && !mentions(own, p, row.actions):
		return
	}
	// Changing or passing a role matters here for the roles that a workload runs as; of the others, and of users, groups
	// and policies, the link to "every role" tells, unless the grant names this one.
	if row.every != "" && strings.HasPrefix(row.every, "arn:aws:iam:") && !named && len(b.actors[n.ID]) == 0 {
		return
	}
	if b.listed[n.ID] && !named && !b.named[n.ID] {
		return
	}
	actions := slices.DeleteFunc(slices.Clone(row.actions), func(a string) bool { return !row.applies(a, n) })
	if len(actions) == 0 {
		return
	}
	pol := p.pol
	pol.RCP = b.orgs.rcp(b, n.Account)
	if hasOwn {
		pol.Resource = own
	} else if crossAccount || n.Kind == graph.KindKey {
		pol.Missing = append(slices.Clone(pol.Missing), iam.Missing{Layer: iam.LayerResource, Reason: b.needResourcePolicy(n)})
	}
	v := b.ask(p, &pol, actions, resource, n, nil)
	if row.also != "" && v.Verdict == graph.Denied {
		if w := b.ask(p, &pol, actions, n.ARN+row.also, n, nil); w.Verdict != graph.Denied {
			v, resource = w, n.ARN+row.also
		}
	}
	if strings.HasPrefix(n.ARN, "arn:aws:aoss:") && verdictRank(v.Verdict) > verdictRank(graph.Unknown) {
		b.dataAccess(p, n, &v)
	}
	for _, f := range from {
		if f == n.ID {
			continue
		}
		kind := row.kind
		if b.nodes[f].Kind == graph.KindKB && kind == graph.Reads && (n.Kind == graph.KindBucket || n.Kind == graph.KindSource) {
			kind = graph.Indexes // what a knowledge base reads, it indexes
		}
		id := graph.NewEdgeID(f, kind, n.ID)
		old, exists := b.edges[id]
		if (v.Verdict == graph.Denied || row.kind == graph.GuardedBy) && (!exists || old.Wired != graph.Yes) {
			continue
		}
		e := b.edge(f, kind, n.ID)
		b.setVerdict(e, v)
		if v.Verdict != graph.Denied {
			b.widen(e, row, v, resource)
		}
		if f != p.node {
			e.As = p.node
		}
		b.unwired(e)
		if !named && e.Wired != graph.Yes {
			e.ImpliedBy = every[f]
		}
	}
}

// unwired says of a link that nothing configures it, where that is known. An agent and a knowledge base do only what
// their configuration says, and that was imported; what code in a function or a person does is not written down anywhere.
func (b *builder) unwired(e *graph.Edge) {
	if n := b.nodes[e.From]; e.Wired == graph.StateUnknown && n.Unknown == "" && (n.Kind == graph.KindAgent || n.Kind == graph.KindKB) {
		e.Wired = graph.No
	}
}

// The ways in which a statement's Resource element can reach a resource.
const (
	reachNone  = iota
	reachWide  // by a pattern that names nothing of it: "*", "arn:aws:s3:::*"
	reachNamed // by its name, or a pattern with a part of its name
)

// statementReach says how a statement's Resource or NotResource reaches a resource (which may be a pattern).
func statementReach(s *iam.Statement, resource string) int {
	if len(s.NotResources) > 0 {
		for _, r := range s.NotResources {
			if rel := arn.Relate(stripVariables(r), resource); rel == arn.Contains || rel == arn.Equal {
				return reachNone
			}
		}
		return reachWide
	}
	out := reachNone
	for _, r := range s.Resources {
		out = max(out, reachOf(stripVariables(r), resource))
	}
	return out
}

func reachOf(pattern, resource string) int {
	switch {
	case !answers.Meets(pattern, resource):
		return reachNone
	case wideFor(pattern, resource):
		return reachWide
	}
	return reachNamed
}

// stripVariables widens policy variables to "*", so that a pattern with one is asked about and the evaluator decides.
// What a template does not say stays as it is: it stands for one name, whatever that is.
func stripVariables(pattern string) string {
	if strings.Contains(pattern, inventory.UnresolvedMark) {
		return pattern
	}
	for {
		i := strings.Index(pattern, "${")
		if i < 0 {
			return pattern
		}
		j := strings.IndexByte(pattern[i:], '}')
		if j < 0 {
			return pattern
		}
		pattern = pattern[:i] + "*" + pattern[i+j+1:]
	}
}

// wideFor reports whether a pattern reaches every resource of the resource's type: it names no part of its id.
func wideFor(pattern, resource string) bool {
	if pattern == "*" {
		return true
	}
	r, err := arn.Parse(resource)
	if err != nil {
		return false
	}
	p, err := arn.Parse(pattern)
	if err != nil {
		// A pattern such as "arn:aws:s3*": it names no resource.
		return strings.HasSuffix(pattern, "*") && strings.Count(pattern, ":") < 5
	}
	id := p.Resource
	if r.Service == "s3" || r.Service == "sqs" || r.Service == "sns" {
		return strings.Trim(id, "*?/") == "" // these ARNs hold a name and no type before it
	}
	for _, sep := range []string{"/", ":"} {
		if t, _, ok := strings.Cut(r.Resource, sep); ok && strings.HasPrefix(id, t+sep) {
			id = id[len(t)+1:]
			break
		}
	}
	return strings.Trim(id, "*?/:") == ""
}

// mentions reports whether a resource policy has an Allow statement that could let the principal in.
func mentions(pol *iam.Policy, p *principal, actions []string) bool {
	if pol == nil {
		return false
	}
	for i := range pol.Document().Statements {
		s := &pol.Document().Statements[i]
		if s.Effect != iam.EffectAllow || !actsAny(s, actions) {
			continue
		}
		if s.Principal == nil || s.Principal.Any {
			return true
		}
		for _, a := range s.Principal.AWS {
			if a == "*" || a == p.arn || accountOf(a) == p.account {
				return true
			}
		}
	}
	return false
}

func (b *builder) sortedPrincipals() []*principal {
	out := make([]*principal, 0, len(b.principals))
	for _, a := range sortedKeysOf(b.principals) {
		out = append(out, b.principals[a])
	}
	return out
}
