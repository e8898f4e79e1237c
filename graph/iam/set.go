package iam

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// Reach says how much of a set of resources is allowed.
type Reach int

// Reaches.
const (
	None Reach = iota
	Part       // SetResult.Parts says which
	All        // but for SetResult.Holes
)

// String is the reach as a word.
func (r Reach) String() string { return [...]string{"none", "part", "all"}[r] }

// SetResult is the answer for all resources that a pattern matches. Its Result is that of the part that is allowed best:
// a part allowed outright stands before one allowed on conditions.
type SetResult struct {
	Result
	Reach Reach

	// Parts are patterns within the request's that together are what is allowed, outright or on conditions; none when
	// Reach is None. For All it is the request's own pattern. Each pattern's own answer is in Answers.
	Parts []string
	// Holes are patterns within the parts that are not allowed: that a Deny takes out, or a NotResource leaves out.
	// A hole that depends on conditions counts as a hole.
	Holes []string

	// Answers are the parts that some statement speaks of, each with its own answer, allowed or not; sorted by pattern.
	Answers []PartAnswer
}

// PartAnswer is the answer for one part of a set.
type PartAnswer struct {
	Pattern string
	Holes   []string
	Result  Result
}

// maxParts bounds the parts that a set is split into. Policies of real accounts give under a hundred; what would give
// more is answered Unknown.
const maxParts = 512

// EvaluateSet answers a request whose Resource is a pattern ("arn:aws:s3:::b/*") for all that it matches. It splits the
// set where statements do, answers each part, and puts them together. Holes are told from parts exactly, by the patterns
// alone.
func EvaluateSet(req *Request, p *Policies) SetResult {
	q := query{}
	q.prepare(req, p, &identity{})
	if d, why, ok := q.fixed(); ok {
		return oneAnswer(q.resource, Result{Decision: d, Known: d, Why: why})
	}
	if q.span == point {
		q.resource = req.Resource
		if q.resource == "" {
			q.resource = "*"
		}
		return oneAnswer(q.resource, q.evaluate(p))
	}
	sp := splitter{q: &q}
	parts := sp.split(p)
	answers := make([]PartAnswer, 0, len(parts))
	for _, part := range parts {
		a := query{}
		a.prepare(req, p, &identity{})
		a.span, a.resource = within, part
		a.trust = a.needsTrust()
		ans := PartAnswer{Pattern: part, Result: a.evaluate(p), Holes: sp.holes(part, p)}
		answers = append(answers, ans)
	}
	out := SetResult{Answers: answers}
	out.settle(q.resource)
	if sp.overflow {
		out.Unknown = "the policies split the resources into more parts than are told apart"
		out.Decision = Unknown
		out.Why = "whether " + req.Action + " on " + q.resource + " is allowed is not known: " + out.Unknown
	}
	return out
}

func oneAnswer(pattern string, r Result) SetResult {
	out := SetResult{Answers: []PartAnswer{{Pattern: pattern, Result: r}}}
	out.settle(pattern)
	return out
}

// rank orders decisions by how much they allow.
func rank(d Decision) int {
	switch d {
	case Allow:
		return 4
	case Conditional:
		return 3
	case Unknown:
		return 2
	case ImplicitDeny:
		return 0
	}
	return 1
}

// settle puts the answers of the parts together.
func (s *SetResult) settle(whole string) {
	// Within a part allowed as well or better, and without holes there, a part says nothing more.
	keep := s.Answers[:0:0]
next:
	for i, a := range s.Answers {
		for j, b := range s.Answers {
			if i == j || !arn.Covers(b.Pattern, a.Pattern) || a.Pattern == b.Pattern && j > i {
				continue
			}
			if rank(b.Result.Decision) >= rank(a.Result.Decision) && rank(a.Result.Decision) >= 2 && !anyOverlap(b.Holes, a.Pattern) {
				continue next
			}
		}
		keep = append(keep, a)
	}
	s.Answers = keep
	slices.SortFunc(s.Answers, func(a, b PartAnswer) int { return strings.Compare(a.Pattern, b.Pattern) })
	best := -1
	for i, a := range s.Answers {
		r := rank(a.Result.Decision)
		if best < 0 || r > rank(s.Answers[best].Result.Decision) || r == rank(s.Answers[best].Result.Decision) && a.Pattern == whole {
			best = i
		}
		if r >= 3 {
			s.Parts = append(s.Parts, a.Pattern)
			s.Holes = append(s.Holes, a.Holes...)
		}
	}
	if best >= 0 {
		s.Result = s.Answers[best].Result
	}
	s.Parts = arn.Widest(s.Parts)
	slices.Sort(s.Holes)
	s.Holes = arn.Widest(slices.Compact(s.Holes))
	switch {
	case len(s.Parts) == 0:
		s.Reach, s.Holes = None, nil
	case len(s.Parts) == 1 && arn.Covers(s.Parts[0], whole):
		s.Reach = All
	default:
		s.Reach = Part
	}
}

func anyOverlap(list []string, pattern string) bool {
	for _, h := range list {
		if arn.Overlap(h, pattern) {
			return true
		}
	}
	return false
}

// splitter cuts a set where the patterns of statements do.
type splitter struct {
	q        *query
	overflow bool
}

// split returns the parts of the request's set that statements speak of: what each Allow of the principal's and the
// resource's policies takes in, cut by what the limiting layers take in, and by what Denies with NotResource leave.
// The whole is among them.
func (sp *splitter) split(p *Policies) []string {
	q := sp.q
	whole := q.resource
	var grants []string
	for _, pol := range p.Identity {
		grants = sp.patterns(grants, pol, LayerIdentity, EffectAllow)
	}
	if p.Resource != nil {
		grants = sp.patterns(grants, p.Resource, LayerResource, EffectAllow)
	}
	parts := sp.cut([]string{whole}, grants)
	if !q.same || q.trust {
		// Both sides must allow: cut by each again, so that a part lies in one pattern of each.
		parts = sp.cut(parts, grants)
	}
	limit := func(policies []*Policy, layer Layer) {
		var l []string
		for _, pol := range policies {
			l = sp.patterns(l, pol, layer, EffectAllow)
		}
		parts = sp.cut(parts, l)
	}
	limit(p.Boundary, LayerBoundary)
	limit(p.Session, LayerSession)
	for _, lv := range p.SCP {
		limit(lv.Policies, LayerSCP)
	}
	limit(p.Endpoint, LayerEndpoint)
	sp.each(p, func(pol *Policy, layer Layer) {
		for i := range pol.statements {
			s := &pol.statements[i]
			if s.effect == EffectDeny && s.notResource {
				parts = sp.cut(parts, sp.statement(nil, s, layer))
			}
		}
	})
	slices.Sort(parts)
	return slices.Compact(parts)
}

// each calls f for every policy with its layer.
func (sp *splitter) each(p *Policies, f func(*Policy, Layer)) {
	lists := [...]struct {
		layer    Layer
		policies []*Policy
	}{{LayerIdentity, p.Identity}, {LayerBoundary, p.Boundary}, {LayerSession, p.Session}, {LayerEndpoint, p.Endpoint}}
	for _, l := range lists {
		for _, pol := range l.policies {
			f(pol, l.layer)
		}
	}
	if p.Resource != nil {
		f(p.Resource, LayerResource)
	}
	for _, lv := range p.SCP {
		for _, pol := range lv.Policies {
			f(pol, LayerSCP)
		}
	}
	for _, lv := range p.RCP {
		for _, pol := range lv.Policies {
			f(pol, LayerRCP)
		}
	}
}

// patterns adds the Resource patterns of a policy's statements of one effect whose action matches.
func (sp *splitter) patterns(out []string, pol *Policy, layer Layer, e Effect) []string {
	for i := range pol.statements {
		if s := &pol.statements[i]; s.effect == e && !s.notResource {
			out = sp.statement(out, s, layer)
		}
	}
	return out
}

// statement adds the patterns of one statement that lie within the set in part only.
func (sp *splitter) statement(out []string, s *statement, layer Layer) []string {
	if s.actions.matches(sp.q) == s.notAction {
		return out
	}
	for i := range s.resources {
		r := &s.resources[i]
		if r.any {
			continue
		}
		text := r.text
		if r.vars != nil {
			t, state := r.vars.expand(sp.q)
			if state == unresolved {
				continue
			}
			text = strings.Clone(t)
		}
		if r.short && !literalShort(layer) {
			text = padded(text)
		}
		if !arn.Covers(text, sp.q.resource) && arn.Overlap(text, sp.q.resource) && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// cut adds to the parts what each pattern takes in of each.
func (sp *splitter) cut(parts, patterns []string) []string {
	seen := map[string]bool{}
	for _, p := range parts {
		seen[p] = true
	}
	out := parts
	for _, part := range parts {
		for _, pat := range patterns {
			in, ok := arn.Intersect(part, pat)
			if !ok || len(out)+len(in) > maxParts {
				sp.overflow = true
				return out
			}
			for _, s := range in {
				if !seen[s] {
					seen[s] = true
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// holes returns what statements take out of a part: Denies that lie inside it, and what an Allow with NotResource
// leaves out. Denies whose conditions cannot hold take out nothing.
func (sp *splitter) holes(part string, p *Policies) []string {
	var out []string
	sp.each(p, func(pol *Policy, layer Layer) {
		for i := range pol.statements {
			s := &pol.statements[i]
			if (s.effect == EffectDeny) == s.notResource || !s.applies(sp.q, layer) {
				continue
			}
			for _, pat := range sp.statement(nil, s, layer) {
				if arn.Covers(pat, part) {
					continue
				}
				in, ok := arn.Intersect(part, pat)
				if !ok {
					in = []string{pat}
				}
				out = append(out, in...)
			}
		}
	})
	slices.Sort(out)
	return arn.Widest(slices.Compact(out))
}

// applies reports whether a statement may speak to the request's principal and context at all.
func (s *statement) applies(q *query, layer Layer) bool {
	switch layer {
	case LayerSCP:
		if !q.underSCP() {
			return false
		}
	case LayerRCP:
		if !q.underRCP() {
			return false
		}
	case LayerResource:
		if s.names(q).any() == no {
			return false
		}
	case LayerEndpoint:
		if s.principals != nil && s.names(q).any() == no {
			return false
		}
	default:
		if q.kind != PrincipalAWS {
			return false
		}
	}
	return s.matchConditions(q) > no
}
