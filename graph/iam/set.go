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

	// Parts are patterns within the request's that together hold all that is allowed, outright or on conditions; none
	// when Reach is None. For All it is the request's own pattern.
	Parts []string
	// Holes are patterns within the parts that are not allowed. Where something inside a hole is allowed again, Answers
	// says so; the hole stands.
	Holes []string

	// Answers are the parts that statements tell apart, each with its own answer, allowed or not; sorted by pattern. A
	// resource has the answer of the narrowest pattern that it matches.
	Answers []PartAnswer
}

// PartAnswer is the answer for one part of a set: for all that Pattern matches but for Holes, which have answers of
// their own.
type PartAnswer struct {
	Pattern string
	Holes   []string
	Result  Result
}

// maxParts bounds the parts that a set is split into. Policies of real accounts give under a hundred; what would give
// more is answered Unknown.
const maxParts = 512

// EvaluateSet answers a request whose Resource is a pattern ("arn:aws:s3:::b/*") for all that it matches. It cuts the set
// along the patterns of every statement that could speak: what matches the same patterns has the same answer, so that
// asking once for each part answers for all of it, exactly.
func EvaluateSet(req *Request, p *Policies) SetResult {
	q := query{}
	q.prepare(req, p, &identity{})
	if d, why, ok := q.fixed(); ok {
		return oneAnswer(q.resource, Result{Decision: d, Known: d, Why: why})
	}
	if q.span == point {
		return oneAnswer(q.resource, q.evaluate(p))
	}
	sp := splitter{q: &q}
	parts := sp.split(p)
	if sp.overflow {
		r := Result{Decision: Unknown, Unknown: "the policies split the resources into more parts than are told apart"}
		r.Why = r.why(&q)
		return SetResult{Result: r}
	}
	out := SetResult{Answers: make([]PartAnswer, 0, len(parts))}
	for _, part := range parts {
		a := query{}
		a.prepare(req, p, &identity{})
		a.span, a.resource = within, part
		a.trust = a.needsTrust()
		out.Answers = append(out.Answers, PartAnswer{Pattern: part, Result: a.evaluate(p)})
	}
	out.settle(q.resource)
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
	}
	return 0
}

// open reports whether a part is allowed, outright or on conditions.
func (a *PartAnswer) open() bool { return rank(a.Result.Decision) >= 3 }

// score orders the answers of parts by which speaks for the set.
func score(a *PartAnswer) int {
	n := 2 * rank(a.Result.Decision)
	if a.Result.Decision == ExplicitDeny && len(a.Result.Allows) > 0 {
		n++ // denied what is otherwise allowed: that is the answer where nothing is
	}
	return n
}

// Of returns the answer for a resource, or for all that a pattern matches: that of the narrowest part which takes it in.
// It is nil when no part does.
func (s *SetResult) Of(pattern string) *PartAnswer {
	var out *PartAnswer
	for i := range s.Answers {
		if a := &s.Answers[i]; arn.Covers(a.Pattern, pattern) && (out == nil || arn.Covers(out.Pattern, a.Pattern)) {
			out = a
		}
	}
	return out
}

// settle puts the answers of the parts together.
func (s *SetResult) settle(whole string) {
	slices.SortFunc(s.Answers, func(a, b PartAnswer) int { return strings.Compare(a.Pattern, b.Pattern) })
	n := len(s.Answers)
	inside := make([][]int, n) // the parts that lie in each
	for i := range n {
		for j := range n {
			if i != j && arn.Covers(s.Answers[i].Pattern, s.Answers[j].Pattern) {
				inside[i] = append(inside[i], j)
			}
		}
	}
	alike := func(a, b *PartAnswer) bool {
		return a.Result.Decision == b.Result.Decision &&
			(a.Result.Decision != Conditional || a.Result.Residual.String() == b.Result.Residual.String())
	}
	var holes []string
	drop := make([]bool, n)
	for i := range n {
		a := &s.Answers[i]
		for _, j := range inside[i] {
			b := &s.Answers[j]
			switch {
			case !a.open():
			case !b.open():
				holes = append(holes, b.Pattern)
				a.Holes = append(a.Holes, b.Pattern)
			case rank(b.Result.Decision) < rank(a.Result.Decision) || !alike(a, b) && rank(b.Result.Decision) == rank(a.Result.Decision):
				a.Holes = append(a.Holes, b.Pattern)
			}
		}
		a.Holes = arn.Widest(a.Holes)
	}
	// An allowed part says nothing more where every part around it is allowed alike.
	for j := range n {
		around, same := false, true
		for i := range n {
			if slices.Contains(inside[i], j) {
				around = true
				same = same && s.Answers[i].open() && alike(&s.Answers[i], &s.Answers[j])
			}
		}
		drop[j] = around && same
	}
	best := -1
	for i := range s.Answers {
		a := &s.Answers[i]
		if best < 0 || score(a) > score(&s.Answers[best]) || score(a) == score(&s.Answers[best]) && a.Pattern == whole {
			best = i
		}
		if a.open() {
			s.Parts = append(s.Parts, a.Pattern)
		}
	}
	if best >= 0 {
		s.Result = s.Answers[best].Result
	}
	s.Parts = arn.Widest(s.Parts)
	slices.Sort(holes)
	s.Holes = arn.Widest(slices.Compact(holes))
	switch {
	case len(s.Parts) == 0:
		s.Reach = None
	case len(s.Parts) == 1 && arn.Covers(s.Parts[0], whole):
		s.Reach = All
	default:
		s.Reach = Part
	}
	kept := s.Answers[:0]
	for i, a := range s.Answers {
		if !drop[i] {
			kept = append(kept, a)
		}
	}
	s.Answers = kept
}

// splitter cuts a set along the patterns of statements.
type splitter struct {
	q        *query
	overflow bool
}

// split returns the parts of the request's set, the whole among them: every pattern of a statement that could speak, as
// far as it lies in the set, and all that such patterns have in common.
func (sp *splitter) split(p *Policies) []string {
	var patterns []string
	sp.each(p, func(pol *Policy, layer Layer) {
		for i := range pol.statements {
			if s := &pol.statements[i]; s.speaksOf(sp.q) && s.applies(sp.q, layer) {
				patterns = sp.statement(patterns, s, layer)
			}
		}
	})
	slices.Sort(patterns)
	parts := []string{sp.q.resource}
	for _, pat := range slices.Compact(patterns) {
		parts = sp.cut(parts, pat)
	}
	slices.Sort(parts)
	return parts
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

// statement adds the patterns of one statement that take in some of the set and not all.
func (sp *splitter) statement(out []string, s *statement, layer Layer) []string {
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
		readings := []string{text}
		if r.short {
			// Some layers read a short ARN as the text it is, some with its missing parts as wildcards.
			if readings = []string{padded(text)}; literalShort(layer) || layer == LayerSCP || layer == LayerRCP {
				readings = append(readings, text)
			}
		}
		for _, t := range readings {
			if !arn.Covers(t, sp.q.resource) && arn.Overlap(t, sp.q.resource) {
				out = append(out, t)
			}
		}
	}
	return out
}

// cut adds what a pattern takes in of each part.
func (sp *splitter) cut(parts []string, pattern string) []string {
	out := parts
	for _, part := range parts {
		in, ok := arn.Intersect(part, pattern)
		if !ok || sp.overflow {
			sp.overflow = true
			return out
		}
		for _, s := range in {
			if !slices.ContainsFunc(out, func(o string) bool { return o == s || arn.Relate(o, s) == arn.Equal }) {
				out = append(out, s)
			}
		}
		if len(out) > maxParts {
			sp.overflow = true
		}
	}
	return out
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
