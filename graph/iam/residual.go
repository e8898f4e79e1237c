package iam

import (
	"slices"

	"github.com/permchain/permchain/graph/arn"
)

// The two trees without conditions. They never stand inside another.
var (
	always = &Residual{Op: "and"}
	never  = &Residual{Op: "or"}
)

func allOf(list ...*Residual) *Residual { return combine("and", always, never, list) }
func anyOf(list ...*Residual) *Residual { return combine("or", never, always, list) }

// combine makes an "and" or "or" without empty, single, nested or repeated items. neutral changes nothing in it, final
// decides it.
func combine(op string, neutral, final *Residual, list []*Residual) *Residual {
	var items []*Residual
	seen := map[string]bool{}
	add := func(r *Residual) {
		if k := r.Op + r.String(); !seen[k] {
			seen[k] = true
			items = append(items, r)
		}
	}
	for _, r := range list {
		switch {
		case r == final:
			return final
		case r == neutral:
		case r.Op == op:
			for _, i := range r.Items {
				add(i)
			}
		default:
			add(r)
		}
	}
	switch len(items) {
	case 0:
		return neutral
	case 1:
		return items[0]
	}
	return &Residual{Op: op, Items: items}
}

// residual writes layers.access as conditions: what the notes are sure of falls away.
func (l *layers) residual(q *query, p *Policies, list []note) *Residual {
	allows := func(layer Layer, level int, way func(granted) truth) *Residual {
		out := never
		for i := range list {
			n := &list[i]
			if n.layer == layer && n.level == level && n.doubt == "" && n.effect() == EffectAllow && way(n.how) > no {
				out = anyOf(out, n.residual(q, way(n.how)))
			}
		}
		return out
	}
	any := func(g granted) truth { return g.any() }
	limit := func(layer Layer, policies []*Policy) *Residual {
		if len(policies) == 0 {
			return always
		}
		return allows(layer, 0, any)
	}
	direct := allows(LayerResource, 0, func(g granted) truth { return g.direct })
	role := allows(LayerResource, 0, func(g granted) truth { return g.role })
	anyone := allows(LayerResource, 0, func(g granted) truth { return g.anyone })
	account := allows(LayerResource, 0, func(g granted) truth { return g.account })
	id := allows(LayerIdentity, 0, any)
	if q.who.form == formRoot {
		id = always
	}
	session := limit(LayerSession, p.Session)
	own := allOf(limit(LayerBoundary, p.Boundary), session)
	var grant *Residual
	switch {
	case q.kind != PrincipalAWS:
		grant = anyOf(direct, anyone, role, account)
	case !q.same:
		grant = allOf(anyOf(direct, anyone, role, account), id, own)
	case q.trust:
		grant = anyOf(direct, allOf(anyone, session), allOf(role, own), allOf(account, id, own))
	default:
		grant = anyOf(direct, allOf(anyone, session), allOf(role, own), allOf(id, own))
	}
	all := []*Residual{grant}
	if q.underSCP() {
		for i := range p.SCP {
			all = append(all, allows(LayerSCP, i, any))
		}
	}
	all = append(all, limit(LayerEndpoint, p.Endpoint))
	for i := range list {
		if n := &list[i]; n.doubt == "" && n.effect() == EffectDeny {
			all = append(all, n.negation(q))
		}
	}
	return allOf(all...)
}

func (n *note) effect() Effect { return n.policy.statements[n.statement].effect }

// residual is what must hold for an Allow to count: its conditions that are open, the values of variables in its
// Resource, the session it names.
func (n *note) residual(q *query, how truth) *Residual {
	s := &n.policy.statements[n.statement]
	ref := n.ref()
	var all []*Residual
	if how == maybe {
		all = append(all, leaf(Condition{"StringEquals", "sts:RoleSessionName", []string{n.how.session}}, ref, false))
	}
	if n.open {
		all = append(all, leaf(s.openResource(q, false), ref, false))
	}
	for i := range s.conditions {
		switch c := &s.conditions[i]; c.eval(q) {
		case no:
			return never
		case maybe:
			all = append(all, leaf(c.src, ref, false))
		}
	}
	return allOf(all...)
}

// negation is what must hold for a Deny not to apply.
func (n *note) negation(q *query) *Residual {
	s := &n.policy.statements[n.statement]
	ref := n.ref()
	if n.t == yes {
		return never
	}
	var some []*Residual
	if n.how.any() == maybe {
		some = append(some, leaf(Condition{"StringNotEquals", "sts:RoleSessionName", []string{n.how.session}}, ref, true))
	}
	if n.open {
		some = append(some, leaf(s.openResource(q, true), ref, true))
	}
	for i := range s.conditions {
		switch c := &s.conditions[i]; c.eval(q) {
		case no:
			return always
		case maybe:
			some = append(some, c.negation(ref))
		}
	}
	return anyOf(some...)
}

func leaf(c Condition, from StatementRef, negated bool) *Residual {
	return &Residual{Op: "condition", Condition: c, From: from, Negated: negated}
}

// openResource says as a condition what an open Resource asks: that the request's resource is like one of the patterns
// once their variables have values. Its key is "resource", which is no key of AWS.
func (s *statement) openResource(q *query, negated bool) Condition {
	c := Condition{Operator: "StringLike", Key: "resource"}
	if negated != s.notResource {
		c.Operator = "StringNotLike"
	}
	for i := range s.resources {
		r := &s.resources[i]
		if r.vars == nil {
			continue
		}
		if text, state := r.vars.expand(q); state == open && arn.Overlap(text, q.resource) {
			c.Values = append(c.Values, r.src)
		}
	}
	return c
}

// negation turns a condition round. The result holds exactly when the condition does not:
//
//   - StringEquals and the like have an opposite, which also holds of an absent key as the other does not;
//   - with IfExists the key must also be there, and the opposite stands without IfExists;
//   - orderings and Bool do not hold of an absent key, so that their opposite takes IfExists;
//   - not every value is one that is not: ForAllValues and ForAnyValue change places.
func (c *condition) negation(ref StatementRef) *Residual {
	_, bare, ifExists := splitOperator(c.src.Operator)
	b := findBase(bare)
	out := Condition{Key: c.src.Key, Values: c.src.Values}
	turned := func(op string) *Residual {
		out.Operator = op
		return leaf(out, ref, true)
	}
	present := leaf(Condition{"Null", c.src.Key, []string{"false"}}, ref, true)
	if c.op.family == famNull {
		out.Values = make([]string, len(c.src.Values))
		for i, v := range c.src.Values {
			want, _ := boolean(v)
			out.Values[i] = map[bool]string{true: "false", false: "true"}[want]
		}
		slices.Sort(out.Values)
		out.Values = slices.Compact(out.Values)
		return turned("Null")
	}
	opposite := b.opposite
	several := len(c.src.Values) > 1
	ordering := c.op.cmp >= cmpLess
	switch {
	case c.op.family == famBool && !several && len(c.src.Values) == 1:
		opposite = "Bool"
		if v, _ := boolean(c.src.Values[0]); v {
			out.Values = []string{"false"}
		} else {
			out.Values = []string{"true"}
		}
	case opposite == "" || ordering && several:
		return &Residual{Op: "not", Items: []*Residual{leaf(c.src, ref, false)}}
	}
	switch c.op.set {
	case forAny:
		if ifExists {
			return allOf(present, turned("ForAllValues:"+opposite))
		}
		return turned("ForAllValues:" + opposite)
	case forAll:
		return allOf(present, turned("ForAnyValue:"+opposite))
	}
	switch {
	case ifExists && (c.op.negated || ordering || c.op.family == famBool):
		return turned(opposite)
	case ifExists:
		return allOf(present, turned(opposite))
	case ordering || c.op.family == famBool:
		return turned(opposite + "IfExists")
	}
	return turned(opposite)
}
