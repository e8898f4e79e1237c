package iam

import (
	"slices"
	"strings"
)

// fold finds what a tree of conditions says whatever the keys are, where that is easily and exactly seen: alternatives of
// which one always holds ("team is chat" or "team is not chat"), and demands that never hold together ("team is chat" and
// "team is hr"). Elsewhere, as with overlapping wildcards or ranges, the tree stays as it is.
func (q *query) fold(r *Residual) *Residual {
	switch r.Op {
	case "and", "or":
		items := make([]*Residual, len(r.Items))
		for i, it := range r.Items {
			items[i] = q.fold(it)
		}
		if r.Op == "or" {
			if r = anyOf(items...); r.Op == "or" && r != never && q.exhaustive(r.Items) {
				return always
			}
		} else if r = allOf(items...); r.Op == "and" && r != always && q.contradictory(r.Items) {
			return never
		}
	}
	return r
}

// exhaustive reports whether two conditions are each other's opposite.
func (q *query) exhaustive(items []*Residual) bool {
	seen := map[string]bool{}
	for _, it := range items {
		if it.Op == "condition" && plain(it.Condition) {
			seen[q.key(it.Condition)] = true
		}
	}
	for _, it := range items {
		if it.Op != "condition" || !plain(it.Condition) {
			continue
		}
		c := compileCondition(it.Condition, "")
		if n := c.negation(StatementRef{}); n.Op == "condition" && seen[q.key(n.Condition)] {
			return true
		}
	}
	return false
}

// contradictory reports whether conditions cannot hold together: one is the opposite of another, or the values that the
// StringEquals of a key leave have none in common, apart from those that its StringNotEquals take away.
func (q *query) contradictory(items []*Residual) bool {
	if q.exhaustive(items) { // of two opposites one holds, and the other does not
		return true
	}
	left := map[string][]string{}
	each := func(operator string, f func(key string, values []string)) {
		for _, it := range items {
			if it.Op == "condition" && it.Condition.Operator == operator && plain(it.Condition) {
				f(strings.ToLower(it.Condition.Key), it.Condition.Values)
			}
		}
	}
	each("StringEquals", func(key string, values []string) {
		if have, ok := left[key]; ok {
			values = slices.DeleteFunc(slices.Clone(have), func(v string) bool { return !has(values, v) })
		}
		left[key] = values
	})
	each("StringNotEquals", func(key string, values []string) {
		if have, ok := left[key]; ok {
			left[key] = slices.DeleteFunc(slices.Clone(have), func(v string) bool { return has(values, v) })
		}
	})
	for _, values := range left {
		if len(values) == 0 {
			return true
		}
	}
	return false
}

// key writes a condition so that two which mean the same are written the same. Where the key is known to be there,
// IfExists says nothing.
func (q *query) key(c Condition) string {
	op := c.Operator
	if set, bare, ifExists := splitOperator(op); ifExists && q.ctx.get(strings.ToLower(c.Key)).presence == ValueUnknown {
		op = set + bare
	}
	return leafKey(op, c.Key, c.Values)
}

// plain reports whether a condition or its opposite holds of every value that its key can have: its values have no
// variables, which may have none; the key is no list under an operator for single values; and what is compared is text or
// a boolean, of which none is malformed.
func plain(c Condition) bool {
	set, bare, _ := splitOperator(c.Operator)
	b := findBase(bare)
	if b == nil || c.Key == "resource" || b.op.family != famString && b.op.family != famBool && b.op.family != famNull {
		return false
	}
	if set == "" && b.op.family != famNull && slices.Contains(listKeys, strings.ToLower(c.Key)) {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(v string) bool {
		_, ok := boolean(v)
		return strings.Contains(v, "${") || b.op.family != famString && !ok
	})
}

// listKeys are the global keys with several values.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
var listKeys = []string{"aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths",
	"aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths"}

// foldAnswer makes of a conditional answer what its conditions always or never allow.
func (r *Result) foldAnswer(q *query, l *layers) {
	switch q.fold(r.Residual) {
	case always:
		r.become(Allow)
		r.Denies = nil
	case never:
		l.folded = true
		r.Why = q.req.Action + " on " + q.resource + " is not allowed: it takes " + r.Residual.String() + ", which never holds"
		r.become(ExplicitDeny)
		for _, leaf := range r.Residual.Leaves() {
			r.BlockedBy = append(r.BlockedBy, leaf.From.Layer)
			if !leaf.Negated {
				r.become(ImplicitDeny)
				r.Absent = append(r.Absent, leaf.From.Layer)
			}
		}
		r.BlockedBy, r.Absent = inOrder(r.BlockedBy), inOrder(r.Absent)
	default:
		return
	}
	r.Residual = nil
}

// become replaces a conditional decision.
func (r *Result) become(d Decision) {
	if r.Decision == r.Known {
		r.Decision = d
	}
	r.Known = d
}

// inOrder returns layers once each, in the order in which they are named.
func inOrder(list []Layer) (out []Layer) {
	for _, p := range places {
		if slices.Contains(list, p) {
			out = append(out, p)
		}
	}
	return out
}
