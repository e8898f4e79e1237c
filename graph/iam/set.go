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

// MarshalText writes a reach as String does.
func (r Reach) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// SetResult is the answer for all resources that a pattern matches. Its Result is that of the part that is allowed best:
// a part allowed outright stands before one allowed on conditions. Its Denies name the statements behind the holes too.
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

// maxParts bounds the parts that a set is split into. Policies of real accounts give under a hundred; what is left when
// there would be more is answered Unknown.
const maxParts = 512

// maxCuts bounds how often a part is held against a pattern, so that policies made to be slow are not.
const maxCuts = 1 << 13

// EvaluateSet answers a request whose Resource is a pattern ("arn:aws:s3:::b/*") for all that it matches. It cuts the set
// along the patterns of statements, but only where that can change the answer, and asks once for each part.
func EvaluateSet(req *Request, p *Policies) SetResult {
	q := query{}
	q.prepare(req, p, &identity{})
	if d, why, ok := q.fixed(); ok {
		return oneAnswer(q.resource, Result{Decision: d, Known: d, Why: why})
	}
	if q.span == point {
		return oneAnswer(q.resource, q.evaluate(p))
	}
	whole := arn.Normal(q.resource)
	sp := splitter{q: &q}
	sp.collect(p)
	seen := map[string]bool{whole: true}
	var out SetResult
	cuts := 0
	for queue := []string{whole}; len(queue) > 0; queue = queue[1:] {
		part := queue[0]
		a := query{}
		a.prepare(req, p, &identity{})
		a.span, a.resource = within, part
		a.trust = a.needsTrust()
		r, l, notes := a.answer(p)
		for _, c := range sp.relevant(&a, &r, l, notes) {
			in, ok := arn.Intersect(part, c.pattern)
			if cuts++; !ok || len(seen)+len(in) > maxParts || cuts > maxCuts {
				r.giveUp(&a)
				break
			}
			for _, s := range in {
				if !seen[s] {
					seen[s] = true
					queue = append(queue, s)
				}
			}
		}
		out.Answers = append(out.Answers, PartAnswer{Pattern: part, Result: r})
	}
	out.settle(whole)
	return out
}

// giveUp makes an answer unknown because its part is not uniform and cannot be split further.
func (r *Result) giveUp(q *query) {
	r.Decision, r.Known = Unknown, ImplicitDeny
	r.Unknown = "the policies split the resources into more parts than are told apart"
	r.Why = r.why(q)
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
	// What is open is allowed, outright or on conditions. Where that is known of nothing, it is what would be allowed if
	// what is missing were not there.
	sure := slices.ContainsFunc(s.Answers, func(a PartAnswer) bool { return rank(a.Result.Decision) >= 3 })
	open := func(a *PartAnswer) bool {
		return rank(a.Result.Decision) >= 3 || !sure && a.Result.Decision == Unknown && rank(a.Result.Known) >= 3
	}
	alike := func(a, b *PartAnswer) bool {
		return a.Result.Decision == b.Result.Decision && a.Result.Known == b.Result.Known &&
			(a.Result.Known != Conditional || a.Result.Residual.String() == b.Result.Residual.String())
	}
	var holes []string
	drop := make([]bool, n)
	for i := range n {
		a := &s.Answers[i]
		for _, j := range inside[i] {
			b := &s.Answers[j]
			switch {
			case !open(a):
			case !open(b):
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
				same = same && open(&s.Answers[i]) && alike(&s.Answers[i], &s.Answers[j])
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
		if open(a) {
			s.Parts = append(s.Parts, a.Pattern)
		}
	}
	if best >= 0 {
		s.Result = s.Answers[best].Result
		// The Denies that make the holes decide the set too.
		all := slices.Clone(s.Denies)
		for i := range s.Answers {
			if a := &s.Answers[i]; a.Result.Decision == ExplicitDeny && slices.Contains(holes, a.Pattern) {
				all = append(all, a.Result.Denies...)
			}
		}
		s.Denies = sortRefs(all)
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
	q    *query
	cuts []cut
}

// cut is one pattern of a statement that takes in some of the set and not all.
type cut struct {
	pattern string
	layer   Layer
	s       *statement
	helps   bool   // what matches the pattern is allowed more, not less
	sure    bool   // the statement's conditions hold
	why     string // its conditions, when they are open
}

// collect finds the cuts that the statements which could speak make.
func (sp *splitter) collect(p *Policies) {
	types := resourcePatterns(sp.q.req.Action)
	sp.each(p, func(pol *Policy, layer Layer) {
		for i := range pol.statements {
			s := &pol.statements[i]
			if !s.speaksOf(sp.q) || !s.applies(sp.q, layer) {
				continue
			}
			c := cut{layer: layer, s: s, helps: (s.effect == EffectAllow) != s.notResource, why: s.openConditions(sp.q)}
			c.sure = c.why == ""
			for _, pattern := range sp.statement(nil, s, layer) {
				c.pattern = arn.Normal(pattern)
				// A pattern of which the action has no resource tells none apart.
				if len(types) == 0 || slices.ContainsFunc(types, func(t string) bool { return sameService(t, c.pattern) && arn.Overlap(t, c.pattern) }) {
					sp.cuts = append(sp.cuts, c)
				}
			}
		}
	})
	slices.SortStableFunc(sp.cuts, func(a, b cut) int { return strings.Compare(a.pattern, b.pattern) })
}

// resourcePatterns returns the patterns of the resource types that an action is known to take.
func resourcePatterns(action string) (out []string) {
	a, ok := LookupAction(action)
	if !ok {
		return nil
	}
	for _, rt := range ResourceTypes(a.Service) {
		if slices.Contains(a.Resources, rt.Name) {
			out = append(out, rt.Pattern())
		}
	}
	if len(out) != len(a.Resources) {
		return nil // some are of another service
	}
	return out
}

// openConditions writes what of a statement is open, "" when nothing is.
func (s *statement) openConditions(q *query) string {
	var b strings.Builder
	for i := range s.conditions {
		if c := &s.conditions[i]; c.eval(q) == maybe {
			b.WriteString(c.src.Operator + "\x00" + c.key + "\x00" + strings.Join(c.src.Values, "\x00") + "\x01")
		}
	}
	for i := range s.resources {
		if r := &s.resources[i]; r.vars != nil {
			if _, state := r.vars.expand(q); state == open {
				b.WriteString(r.src + "\x02")
			}
		}
	}
	if s.invalid != "" {
		b.WriteString(s.invalid)
	}
	return b.String()
}

// relevant returns the cuts that could give something inside a part another answer than the part has:
//
//   - what is allowed is only lost to a pattern that allows less;
//   - what a Deny with Resource takes in stays denied; what a Deny with NotResource takes in is let go by its own
//     patterns only;
//   - what is denied for want of an Allow needs one in each layer that is silent: the patterns of one such layer take in
//     all that could be allowed, with those of the resource's policy, which may make a layer needless;
//   - what is allowed on conditions may be lost, or be allowed on others.
func (sp *splitter) relevant(q *query, r *Result, l *layers, list []note) []cut {
	rule := r.Known
	if l.folded || l.doubtful() || q.objects != bucketsObjects {
		rule = Unknown
	}
	var wanted func(c *cut) bool
	switch rule {
	case Allow:
		wanted = func(c *cut) bool { return !c.helps }
	case ExplicitDeny:
		var by *statement
		for i := range list {
			n := &list[i]
			if s := &n.policy.statements[n.statement]; n.t == yes && n.doubt == "" && s.effect == EffectDeny {
				if !s.notResource {
					return nil
				}
				by = s
			}
		}
		wanted = func(c *cut) bool { return c.s == by }
	case ImplicitDeny:
		first := l.silent(q).first()
		wanted = func(c *cut) bool {
			return c.helps && c.s.effect == EffectAllow && (c.layer == first || c.layer == LayerResource)
		}
	default:
		has := map[string]bool{}
		for i := range list {
			n := &list[i]
			s := &n.policy.statements[n.statement]
			has[string(n.layer)+string(s.effect)+s.openConditions(q)] = true
		}
		wanted = func(c *cut) bool {
			return !c.helps || c.s.effect == EffectDeny || c.sure || !has[string(c.layer)+string(c.s.effect)+c.why]
		}
	}
	var out []cut
	last := ""
	for i := range sp.cuts {
		c := &sp.cuts[i]
		if wanted(c) && c.pattern != last && arn.Overlap(c.pattern, q.resource) && !arn.Covers(c.pattern, q.resource) {
			out = append(out, *c)
			last = c.pattern
		}
	}
	return out
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
			if !sameService(t, sp.q.resource) {
				// A * can take ":" too, so that arn:*:sagemaker:* matches an S3 object with ":sagemaker:" in its key. No
				// policy means that, and telling such parts apart would hide the others.
				continue
			}
			if !arn.Covers(t, sp.q.resource) && arn.Overlap(t, sp.q.resource) {
				out = append(out, t)
			}
		}
	}
	return out
}

// sameService reports whether two patterns could be of one service: whether either leaves it open, or both name the same.
func sameService(a, b string) bool {
	x, ok := arn.Split(a)
	y, ok2 := arn.Split(b)
	return !ok || !ok2 || arn.HasWildcard(x.Service) || arn.HasWildcard(y.Service) || x.Service == y.Service
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
		if g, _ := s.speaksTo(q); g.any() == no {
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
