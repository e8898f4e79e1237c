package chain

import (
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	answers "github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// widen states how much wider than needed a grant is.
func (b *builder) widen(e *graph.Edge, row *access, v verdict, resource string) {
	br := &e.Breadth
	br.ActionsNeeded = row.needed
	if len(v.actions) > 0 && !slices.ContainsFunc(row.needed, func(a string) bool { return slices.Contains(v.actions, a) }) {
		br.ActionsNeeded = v.actions[:1]
	}
	var patterns, resources []string
	narrowest, conditions := -1, -1
	for _, r := range v.refs {
		p := b.compiled[r.Policy]
		if r.Effect != iam.EffectAllow || p == nil || r.Index >= len(p.Document().Statements) || (r.Layer != iam.LayerIdentity && r.Layer != iam.LayerResource) {
			continue
		}
		s := b.writtenStatement(r.Policy, &p.Document().Statements[r.Index])
		if len(s.NotActions) > 0 {
			br.NotAction = true
		}
		for _, a := range s.Actions {
			if slices.ContainsFunc(row.actions, func(want string) bool { return matchAction(a, want) }) {
				patterns = append(patterns, a)
			}
		}
		widest := 0
		for _, res := range s.Resources {
			if answers.Meets(stripVariables(res), resource) {
				resources = append(resources, res)
				widest = max(widest, scopeRank(scopeOf(stripVariables(res), resource)))
			}
		}
		if len(s.NotResources) > 0 {
			widest = scopeRank(graph.ScopeAll)
		}
		if r.Layer == iam.LayerIdentity {
			// The widest statement is what makes the link wide: taking a narrow one away would change nothing.
			if widest > narrowest {
				narrowest, conditions = widest, len(s.Conditions)
			}
		}
	}
	slices.Sort(patterns)
	slices.Sort(resources)
	br.ActionPatterns, br.ResourcePatterns = slices.Compact(patterns), slices.Compact(resources)
	if to := b.nodes[e.To]; to.Pattern != "" && !to.Wildcard && narrowest >= 0 {
		narrowest = max(narrowest, scopeRank(graph.ScopeNamed)) // the pattern is what is granted, not one resource
	}
	if narrowest >= 0 {
		br.ResourceScope = []graph.Scope{graph.ScopeExact, graph.ScopeNamed, graph.ScopeService, graph.ScopeKind, graph.ScopeAccount, graph.ScopeOrg, graph.ScopeAll}[narrowest]
		br.Conditions = conditions
	}
	b.countActions(br, row)
}

// actionCount is what countActions found for a set of patterns.
type actionCount struct {
	granted int
	extra   []string
}

// countActions says how many actions of the target's service the patterns stand for, and which access levels they
// hold beyond the link's own. Many links share their patterns, so each set is counted once.
func (b *builder) countActions(br *graph.Breadth, row *access) {
	svc := service(row.actions[0])
	key := svc + "\x00" + string(row.kind) + "\x00" + strings.Join(br.ActionPatterns, "\x00")
	c, ok := b.counted[key]
	if !ok {
		names, levels := map[string]bool{}, map[string]bool{}
		for _, p := range br.ActionPatterns {
			if p == "*" || p == "*:*" {
				p = svc + ":*"
			}
			for _, a := range iam.MatchingActions(p) {
				names[a.Name] = true
				if !slices.Contains(readLevels(row.kind), a.Access) {
					levels[a.Access] = true
				}
			}
		}
		c = actionCount{len(names), slices.Sorted(maps.Keys(levels))}
		b.counted[key] = c
	}
	br.ActionsGranted, br.ExtraAccess = c.granted, c.extra
}

// scopeOf says how wide one resource pattern is, for a link to the resource.
func scopeOf(pattern, resource string) graph.Scope {
	switch {
	case pattern == "*":
		return graph.ScopeAll
	case wideFor(pattern, resource):
		return graph.ScopeKind
	case !arn.HasWildcard(pattern):
		return graph.ScopeExact
	}
	// A wildcard only behind the target's own name ("bucket/*", "log-group:x:*"), or only where the ARN names Region or
	// account, still means this one resource.
	switch arn.Relate(pattern, strings.TrimRight(resource, "*")) {
	case arn.Equal:
		return graph.ScopeExact
	}
	p, errP := arn.Parse(pattern)
	r, errR := arn.Parse(resource)
	if errP == nil && errR == nil {
		base := strings.TrimRight(r.Resource, "*:/")
		if strings.HasPrefix(p.Resource, base) && !arn.HasWildcard(base) {
			return graph.ScopeExact
		}
	}
	return graph.ScopeNamed
}
