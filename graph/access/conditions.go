package access

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
)

// AnyOf is the Operator of a condition that stands for alternatives: its Values are those, in words, and one of them must
// hold.
const AnyOf = "any of"

// Conditions turns a tree of conditions into the list that people read: all of it must hold. Alternatives are one
// condition, AnyOf. name names a statement for people.
func Conditions(r *iam.Residual, name func(iam.StatementRef) string) []graph.Condition {
	return conditions(r, false, name)
}

func conditions(r *iam.Residual, negated bool, name func(iam.StatementRef) string) []graph.Condition {
	if r == nil {
		return nil
	}
	switch r.Op {
	case "condition":
		return []graph.Condition{{Operator: r.Condition.Operator, Key: r.Condition.Key, Values: r.Condition.Values, Negated: negated, From: name(r.From)}}
	case "not":
		return conditions(r.Items[0], !negated, name)
	}
	all := r.Op == "and" != negated // not (a or b) is not a and not b
	var out []graph.Condition
	var options []string
	for _, item := range r.Items {
		cs := conditions(item, negated, name)
		out = append(out, cs...)
		texts := make([]string, len(cs))
		for i := range cs {
			texts[i] = Words(cs[i])
		}
		options = append(options, strings.Join(texts, " and "))
	}
	if all || len(options) == 1 {
		return slices.CompactFunc(out, func(x, y graph.Condition) bool { return x.String() == y.String() })
	}
	slices.Sort(options)
	return []graph.Condition{{Operator: AnyOf, Values: slices.Compact(options)}}
}

// Words writes a condition for people, as its String does, and alternatives one after the other.
func Words(c graph.Condition) string {
	if c.Operator == AnyOf && c.Key == "" {
		return "(" + strings.Join(c.Values, ") or (") + ")"
	}
	return c.String()
}
