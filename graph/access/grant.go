package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// Grant is one answer: allowed, conditional or unknown, for all that was asked about or a part of it. Nothing is made of
// what is denied.
type Grant struct {
	Decision   graph.Verdict     `json:"decision"`             // allowed, conditional or unknown
	Conditions []graph.Condition `json:"conditions,omitempty"` // all must hold, when it is conditional
	Unknown    string            `json:"unknown,omitempty"`    // why it is unknown
	Resources  []string          `json:"resources"`            // the resources it holds for, as patterns
	Part       bool              `json:"part,omitempty"`       // these are only some of what was asked about
	Holes      []string          `json:"holes,omitempty"`      // patterns inside Resources that it does not hold for
	Statements []graph.Evidence  `json:"statements,omitempty"` // those that decided: Allows before Denies, those of the principal and the resource first
}

// rank orders decisions by how much they allow.
func rank(v graph.Verdict) int {
	return slices.Index([]graph.Verdict{graph.Denied, graph.Unknown, graph.Conditional, graph.Allowed}, v)
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

// answer is what the evaluator said of one part of a set.
type answer struct {
	pattern string
	holes   []string
	verdict graph.Verdict
	unknown string
	result  *iam.Result
	left    bool // it is denied by what is known, and a policy that was not imported could let anybody in
	others  bool // it is about another account's resource, which a pattern around it does not stand for
}

// answers takes a set apart into its answers, as far as they can be about anything there is.
func answers(set *iam.SetResult, about string) []answer {
	out := make([]answer, 0, len(set.Answers))
	for i := range set.Answers {
		a := &set.Answers[i]
		if len(set.Answers) > 1 && !Meets(a.Pattern, about) {
			continue
		}
		one := answer{pattern: arn.Show(a.Pattern), verdict: verdictOf(a.Result.Decision), unknown: a.Result.Unknown, result: &a.Result}
		for _, h := range a.Holes {
			if Meets(h, about) {
				one.holes = append(one.holes, arn.Show(h))
			}
		}
		out = append(out, one)
	}
	return out
}

// alike is the same for answers that people would take for one.
func (x *Index) alike(a *answer) string {
	key := string(a.verdict) + "\x00" + a.unknown
	if a.verdict == graph.Conditional {
		key += "\x00" + a.result.Residual.String()
	}
	if a.others {
		key += "\x00others"
	}
	return key
}

// within puts the answers of resources inside a pattern among those of the pattern: where they are the same they say
// nothing more, elsewhere they are holes in what is around them. Of another account's resource, which is not part of what
// is around it, only what is allowed counts.
func (x *Index) within(all, inner []answer, own bool) []answer {
	out := slices.Clone(all)
	for i := range inner {
		in := &inner[i]
		if !own {
			in.others = true
			said := slices.ContainsFunc(all, func(a answer) bool { return a.others && a.pattern == in.pattern })
			if in.verdict != graph.Denied && !said {
				out = append(out, *in)
			}
			continue
		}
		same := false
		for j := range all {
			if !arn.Covers(all[j].pattern, in.pattern) || slices.ContainsFunc(all[j].holes, func(h string) bool { return arn.Covers(h, in.pattern) }) {
				continue
			}
			if x.alike(&all[j]) == x.alike(in) {
				same = true
				continue
			}
			out[j].holes = append(slices.Clone(out[j].holes), in.pattern)
		}
		if !same {
			out = append(out, *in)
		}
	}
	return out
}

// grants folds answers that are alike. The first is the one that allows most. whole is what was asked about.
func (x *Index) grants(all []answer, whole string) []Grant {
	var out []Grant
	var refs [][]iam.StatementRef
	at := map[string]int{}
	for i := range all {
		a := &all[i]
		if a.verdict == graph.Denied {
			continue
		}
		key := x.alike(a)
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			g := Grant{Decision: a.verdict, Unknown: a.unknown}
			if a.verdict == graph.Conditional {
				g.Conditions = Conditions(a.result.Residual, x.name)
			}
			out, refs = append(out, g), append(refs, nil)
		}
		g := &out[n]
		g.Resources = append(g.Resources, a.pattern)
		g.Holes = append(g.Holes, a.holes...)
		refs[n] = append(append(refs[n], a.result.Allows...), a.result.Denies...)
	}
	// What cuts a hole decides too.
	for i := range all {
		if a := &all[i]; a.verdict == graph.Denied && len(a.result.Denies) > 0 {
			for n := range out {
				if slices.Contains(out[n].Holes, a.pattern) {
					refs[n] = append(refs[n], a.result.Denies...)
				}
			}
		}
	}
	for i := range out {
		g := &out[i]
		slices.Sort(g.Resources)
		g.Resources = arn.Widest(slices.Compact(g.Resources))
		g.Part = !(len(g.Resources) == 1 && g.Resources[0] == whole)
		slices.Sort(g.Holes)
		g.Holes = arn.Widest(slices.Compact(g.Holes))
		g.Statements = x.statements(refs[i])
	}
	slices.SortStableFunc(out, func(a, b Grant) int { return rank(b.Decision) - rank(a.Decision) })
	return out
}

// statements are the evidence of statements, each once.
func (x *Index) statements(refs []iam.StatementRef) []graph.Evidence {
	var out []graph.Evidence
	seen := map[iam.StatementRef]bool{}
	for _, r := range refs {
		if seen[r] {
			continue
		}
		seen[r] = true
		if ev, ok := x.statement(r); ok {
			out = append(out, ev)
		}
	}
	slices.SortFunc(out, compareStatements)
	return out
}

// layers in the order in which people ask about them.
var layers = []string{string(iam.LayerIdentity), string(iam.LayerResource), string(iam.LayerBoundary), string(iam.LayerSession), string(iam.LayerSCP), string(iam.LayerRCP), string(iam.LayerEndpoint)}

func compareStatements(a, b graph.Evidence) int {
	return cmp.Or(strings.Compare(a.Effect, b.Effect), slices.Index(layers, a.Layer)-slices.Index(layers, b.Layer),
		strings.Compare(a.Policy, b.Policy), a.Statement-b.Statement)
}
