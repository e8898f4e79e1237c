// Package rules says what is wrong with a chain, and what could not be judged. Each rule stands in a file of
// its own; a rule reads the chain and reports causes, and Check weighs, words and orders them.
package rules

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
)

// Rule is one thing permchain looks for.
type Rule struct {
	ID         string // stable, in lower case: "broad-action"
	Title      string
	About      string // one or two sentences: when it fires
	Base       Severity
	References []Reference

	check func(*chain, *report)
}

// registry lists the rules in the order of RULES.
var registry []*Rule

// All returns the rules in their documented order.
func All() []Rule {
	out := make([]Rule, len(registry))
	for i, r := range registry {
		out[i] = *r
	}
	return out
}

// Check runs every rule over a chain. The findings are sorted: open before not assessed, heavier before lighter,
// then by rule and ID. The chain is only read; the same chain gives the same findings.
func Check(g *graph.Graph) []Finding {
	c := &chain{g: g}
	rep := &report{}
	for _, r := range registry {
		r.check(c, rep)
	}
	slices.SortFunc(rep.out, order)
	return rep.out
}

type chain struct{ g *graph.Graph }
type report struct{ out []Finding }

func order(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Status, a.Status), // "open" sorts after "not assessed"
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.ID, b.ID),
	)
}
