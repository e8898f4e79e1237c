package chain

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// A template may name a resource by a parameter that nobody gave a value for. The evaluator takes such a statement for
// one that speaks of anything, and its effect for unknown. The chain shows it as what it is: an unknown link to one
// resource that is not known, not to every resource there is.

// grantOf is what a statement grants. why says that nothing of it is known, so that it can only be said that the
// principal's permissions are not wholly known.
func (b *builder) grantOf(pol *iam.Policy, stmt *iam.Statement) (g grant, why string) {
	g = grant{policy: pol, stmt: stmt}
	written := b.writtenStatement(pol.ID(), stmt)
	if written == stmt {
		return g, ""
	}
	if len(written.Actions)+len(written.NotActions) == 0 {
		return g, stmt.Invalid
	}
	about := *stmt
	about.Resources = nil
	for _, r := range written.Resources {
		switch {
		case !inventory.HoldsUnknown(r):
			about.Resources = append(about.Resources, r)
		case partlyKnown(r):
			g.partly = append(g.partly, inventory.Widen(r))
			g.open = append(g.open, r)
		default:
			g.open = append(g.open, r)
		}
	}
	if len(about.Resources) == 0 && len(stmt.NotResources) == 0 {
		about.Resources = []string{""} // none that is known: no resource has an empty name
	}
	g.stmt = &about
	return g, ""
}

// writtenStatement is a statement as it was written, with placeholders for what is not known.
func (b *builder) writtenStatement(policy string, stmt *iam.Statement) *iam.Statement {
	if doc := b.written[policy]; doc != nil && stmt.Index < len(doc.Statements) && b.isOpen(policy, stmt.Index) {
		return &doc.Statements[stmt.Index]
	}
	return stmt
}

func (b *builder) isOpen(policy string, index int) bool {
	return slices.ContainsFunc(b.policies[policy].Unresolved, func(u graph.UnresolvedStatement) bool { return u.Statement == index })
}

// partlyKnown reports whether a resource with a placeholder still names something: "arn:aws:s3:::${Stage}-orders" does.
func partlyKnown(r string) bool {
	p, err := arn.Parse(r)
	if err != nil {
		return false
	}
	wide := inventory.Widen(openName(p))
	return strings.Trim(wide, "*?-_./: ") != ""
}

// openName is the part of an ARN that names the resource itself, without its type or what is inside it.
func openName(p arn.ARN) string {
	switch {
	case p.Service == "s3":
		name, _, _ := strings.Cut(p.Resource, "/")
		return name
	case p.Service == "sqs" || p.Service == "sns" || p.ResourceType() == "":
		return p.Resource
	}
	return p.ResourceID()
}

// openTarget makes a node of a resource whose name is not known: for the parameter that names it, in one account.
// a is its ARN with placeholders, or a placeholder alone.
func (b *builder) openTarget(a string, kind graph.NodeKind, account, why string) *graph.Node {
	name := a
	if p, err := arn.Parse(a); err == nil {
		name = openName(p)
		if kind == graph.KindBucket {
			p.Resource = name
			a = p.String()
		}
	}
	n := b.node(graph.NodeID("open/"+account+"/"+string(kind)+"/"+a), kind, name)
	n.ARN, n.Account = a, account
	if n.Unknown == "" && len(n.Sources) == 0 {
		n.Unknown = why
	}
	return n
}

// isOpenTarget reports whether a node is one whose name is not known.
func isOpenTarget(n *graph.Node) bool { return strings.HasPrefix(string(n.ID), "open/") }

// openTargets makes nodes of the resources that a statement names and that are not known.
func (b *builder) openTargets(g grant, p *principal) {
	for _, r := range g.open {
		if a, err := arn.Parse(r); err == nil {
			if kind, ok := kindOf(r); ok && kind != graph.KindRole && grantsAny(g.stmt, kind) && !(partlyKnown(r) && b.namesKnown(inventory.Widen(r), kind)) {
				if a.Account != "" && !inventory.HoldsUnknown(a.Account) && a.Account != p.account {
					continue
				}
				b.openTarget(r, kind, p.account, g.stmt.Invalid)
			}
			continue
		}
		// Nothing of it is known but what the actions do. Wildcard actions would make it one of everything.
		var kinds []graph.NodeKind
		for i := range accessTable {
			row := &accessTable[i]
			if row.target != graph.KindLogBucket && row.kind != graph.Administers && row.kind != graph.GuardedBy && actsExactly(g.stmt, row.actions) && !slices.Contains(kinds, row.target) {
				kinds = append(kinds, row.target)
			}
		}
		if slices.Contains(kinds, graph.KindModel) { // a model or a profile: the action is the same
			kinds = slices.DeleteFunc(kinds, func(k graph.NodeKind) bool { return k == graph.KindProfile })
		}
		for _, k := range kinds {
			b.openTarget(r, k, p.account, g.stmt.Invalid)
		}
	}
}

// namesKnown reports whether a pattern with a known part reaches something that was imported.
func (b *builder) namesKnown(pattern string, kind graph.NodeKind) bool {
	for _, n := range b.nodes {
		if n.Kind == kind && !n.Wildcard && n.Pattern == "" && !isOpenTarget(n) && n.ARN != "" && !wideFor(pattern, n.ARN) && mayName(pattern, n.ARN) &&
			(arn.Overlap(pattern, n.ARN) || arn.Overlap(pattern, n.ARN+"/*")) {
			return true
		}
	}
	return false
}

// mayName reports whether a pattern in which wildcards stand for what a template leaves open can mean a resource's bucket:
// a parameter is a part of its name, and no name holds a slash, as what a policy's own wildcard matches may.
func mayName(pattern, resource string) bool {
	p, err := arn.Parse(pattern)
	if err != nil || p.Service != "s3" {
		return true
	}
	r, err := arn.Parse(resource)
	return err == nil && r.Service == "s3" && arn.Overlap(openName(p), openName(r))
}

// grantsAny reports whether a statement grants any access to targets of a kind.
func grantsAny(s *iam.Statement, kind graph.NodeKind) bool {
	return slices.ContainsFunc(accessTable, func(a access) bool { return a.target == kind && actsAny(s, a.actions) })
}

// actsExactly reports whether a statement names one of the actions without a wildcard.
func actsExactly(s *iam.Statement, actions []string) bool {
	return slices.ContainsFunc(s.Actions, func(a string) bool {
		return !arn.HasWildcard(a) && slices.ContainsFunc(actions, func(want string) bool { return strings.EqualFold(a, want) })
	})
}

// reach says how a grant reaches a resource (which may be a pattern).
func (g grant) reach(resource string) int {
	for _, r := range g.open {
		if base := strings.TrimSuffix(resource, "/*"); inventory.HoldsUnknown(base) && (r == base || strings.HasPrefix(r, base+"/") || strings.HasPrefix(r, base+":")) {
			return reachNamed
		}
	}
	out := statementReach(g.stmt, resource)
	for _, r := range g.partly {
		if mayName(r, resource) {
			out = max(out, reachOf(r, resource))
		}
	}
	return out
}
