package chain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// everything links actors of an administrator to one node, "everything in ACCOUNT", which stands for all its other
// links. It returns that link for each actor.
func (b *builder) everything(p *principal, from []graph.NodeID) map[graph.NodeID]graph.EdgeID {
	stmt, v := b.administers(p)
	if stmt == nil || v.Verdict == graph.Denied {
		return nil
	}
	name := "everything"
	if where := cmp.Or(b.envOf(p.account), b.accountName(p.account)); where != "" {
		name += " in " + where
	}
	n := b.node(graph.NodeID("everything/"+p.account), graph.KindEverything, name)
	n.Wildcard, n.Pattern, n.Account, n.Detail = true, "*", p.account, "every action on *"
	out := map[graph.NodeID]graph.EdgeID{}
	for _, f := range from {
		e := b.edge(f, graph.Administers, n.ID)
		b.setVerdict(e, v)
		e.Breadth = graph.Breadth{ActionPatterns: []string{"*"}, ActionsGranted: iam.ActionCount("*"), ResourcePatterns: []string{"*"},
			ResourceScope: graph.ScopeAll, Conditions: len(stmt.Conditions), ExtraAccess: []string{"Permissions management", "Tagging", "Write"}}
		if f != p.node {
			e.As = p.node
		}
		out[f] = e.ID
	}
	return out
}

// administers finds the statement that allows a principal every action on everything, and what comes of it in the end;
// nil when there is none.
func (b *builder) administers(p *principal) (*iam.Statement, verdict) {
	for _, g := range p.grants {
		s := g.stmt
		if !slices.ContainsFunc(s.Actions, func(a string) bool { return a == "*" || a == "*:*" }) || !slices.Contains(s.Resources, "*") {
			continue
		}
		pol := p.pol
		probe := &graph.Node{Account: p.account}
		// "Everything" is more than any one action can show: the probe is one that only administrators hold.
		return s, b.ask(p, &pol, []string{"iam:CreatePolicyVersion"}, "arn:aws:iam::"+p.account+":policy/*", probe, nil)
	}
	return nil, verdict{Verdict: graph.Denied}
}

// everyLinks links a principal's actors to the node that stands for every resource of the row's kind, when a statement
// reaches all of them. It returns that link for each actor, so that links to known resources can name it.
func (b *builder) everyLinks(p *principal, row *access, concerned []grant, from []graph.NodeID, all map[graph.NodeID]graph.EdgeID) map[graph.NodeID]graph.EdgeID {
	if row.every == "" {
		return all
	}
	pattern := row.every
	if q, err := arn.Parse(pattern); err == nil && q.Account == "*" {
		q.Account = p.account
		pattern = q.String()
	} else if q.Service == "iam" {
		q.Account = p.account
		pattern = q.String()
	}
	resource := pattern + row.content
	if !slices.ContainsFunc(concerned, func(g grant) bool { return g.reach(resource) == reachWide }) {
		return nil
	}
	pol := p.pol
	probe := &graph.Node{Account: p.account}
	v := b.ask(p, &pol, row.actions, resource, probe, nil)
	if v.Verdict == graph.Denied {
		return nil
	}
	id := graph.NodeID("every/" + strings.TrimPrefix(row.everyName, "every ") + "/" + p.account)
	detail := lastSegment(strings.TrimSuffix(row.every, "/*")) + "/*"
	if row.target == graph.KindModel {
		id, detail = "every/model", "foundation-model/*"
	}
	n := b.node(id, row.target, row.everyName)
	if row.target == graph.KindModel && len(b.listed) > 0 {
		attr(n, "models listed", strconv.Itoa(len(b.listed)))
	}
	n.Wildcard, n.Pattern = true, pattern
	if row.target != graph.KindModel {
		n.Account = p.account
		if env := b.envOf(p.account); env != "" && env != b.mainEnv() {
			n.Name += " in " + env
		}
		detail = row.every
		if q, err := arn.Parse(row.every); err == nil {
			detail = q.Service + " · " + q.Resource
		}
	}
	n.Detail = detail
	if n.Lane == graph.Callers || n.Kind == graph.KindPolicy {
		n.Lane = graph.Roles // whoever may change users or policies can act as them, as with roles
	}
	out := map[graph.NodeID]graph.EdgeID{}
	for _, f := range from {
		e := b.edge(f, row.kind, n.ID)
		b.setVerdict(e, v)
		b.widen(e, row, v, resource)
		if f != p.node {
			e.As = p.node
		}
		if top, ok := all[f]; ok {
			e.ImpliedBy = top
		}
		b.unwired(e)
		out[f] = e.ID
	}
	return out
}
