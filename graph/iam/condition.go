package iam

import (
	"net/netip"
	"strings"
)

// condition is a Condition made ready: its operator taken apart, its values read as what the operator compares.
type condition struct {
	op     operator
	bad    bool   // no such operator: what it asks is not known
	key    string // in lower case
	values []operand
	src    Condition
}

// operand is one value of a condition. Values without variables are read once, here.
type operand struct {
	text    string    // the value, or the pattern that it is
	vars    *template // nil when the value has no variables
	num     float64   // numeric operators; dates as milliseconds since 1970
	prefix  netip.Prefix
	invalid bool // not a value of the operator's kind: it fits nothing, and a negated operator does not hold either
}

func compileCondition(c Condition, version string) condition {
	op, ok := parseOperator(c.Operator)
	out := condition{op: op, bad: !ok, key: strings.ToLower(c.Key), src: c, values: make([]operand, len(c.Values))}
	for i, v := range c.Values {
		text, vars := parseTemplate(v, version)
		out.values[i] = operand{text: text, vars: vars}
		if vars == nil {
			out.values[i].read(op)
		}
	}
	return out
}

// read takes the value's text as what the operator compares.
func (o *operand) read(op operator) {
	switch op.family {
	case famNumeric:
		var ok bool
		o.num, ok = number(o.text)
		o.invalid = !ok
	case famDate:
		var ok bool
		o.num, ok = instant(o.text)
		o.invalid = !ok
	case famIP:
		var ok bool
		o.prefix, ok = network(o.text)
		o.invalid = !ok
	case famARN:
		o.invalid = !arnShaped(o.text)
	case famBool:
		_, ok := boolean(o.text)
		o.invalid = !ok
	}
}

// outcome is how one value of the request compares with one operand.
type outcome uint8

const (
	differs outcome = iota
	fits
	unfit // one of the two is not of the operator's kind
	unsure
)

// eval says whether a condition holds of a request.
//
// Absent keys: a condition does not hold, unless it is negated, has IfExists, or is ForAllValues; ForAnyValue never
// holds of an absent key.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func (c *condition) eval(q *query) truth {
	if c.bad {
		return maybe
	}
	return c.evalKey(q, q.ctx.get(c.key))
}

// evalKey is eval of an operator that exists, with the condition's key looked up.
func (c *condition) evalKey(q *query, v *contextKey) truth {
	if c.op.family == famNull {
		return c.null(v.presence)
	}
	switch v.presence {
	case NotKnown:
		return maybe
	case ValueUnknown:
		return maybe
	case Absent:
		return c.absent()
	}
	switch c.op.set {
	case forAll:
		if !v.multi {
			return c.holds(q, v.one)
		}
		out := yes
		for _, s := range v.many {
			out = min(out, c.holds(q, s))
		}
		return out
	case forAny:
		if !v.multi {
			return c.holds(q, v.one)
		}
		out := no
		for _, s := range v.many {
			out = max(out, c.holds(q, s))
		}
		return out
	}
	if v.multi {
		return c.multi(q, v.many)
	}
	return c.holds(q, v.one)
}

// multi is a plain operator on a multi-valued key. AWS says to use ForAllValues or ForAnyValue and does not say what
// comes of it otherwise; nothing is granted by it, so it does not hold.
func (c *condition) multi(*query, []string) truth { return no }

func (c *condition) absent() truth {
	switch {
	case c.op.ifExists:
		return yes
	case c.op.set == forAll:
		return yes
	case c.op.set == forAny:
		return no
	}
	return truthOf(c.op.negated)
}

// null is the Null operator: "true" when the key must be absent, "false" when it must be there.
func (c *condition) null(p Presence) truth {
	out := no
	for i := range c.values {
		want, ok := boolean(c.values[i].text)
		if !ok {
			continue
		}
		switch p {
		case NotKnown:
			out = max(out, maybe)
		case Absent:
			out = max(out, truthOf(want))
		default:
			out = max(out, truthOf(!want))
		}
	}
	return out
}

// holds says whether the condition holds of one value of the request: some operand fits, or for a negated operator
// none does. What is not of the operator's kind makes either fail.
func (c *condition) holds(q *query, s string) truth {
	out := no
	for i := range c.values {
		switch c.compare(q, &c.values[i], s) {
		case fits:
			return truthOf(!c.op.negated)
		case unfit:
			if c.op.negated {
				return no
			}
		case unsure:
			out = maybe
		}
	}
	if out == no && c.op.negated {
		return yes
	}
	return out
}

func (c *condition) compare(q *query, o *operand, s string) outcome {
	var text string
	state := resolved
	if o.vars != nil {
		text, state = o.vars.expand(q)
		if state == unresolved {
			return unfit
		}
		if state == open && c.op.family != famString && c.op.family != famARN {
			return unsure
		}
		if state == resolved && (c.op.family == famNumeric || c.op.family == famDate || c.op.family == famIP) {
			r := operand{text: text}
			r.read(c.op)
			return c.compareRead(&r, text, s)
		}
	} else {
		text = o.text
	}
	if state == open {
		// The text has * where the unknown value goes: what does not match so cannot match at all.
		if c.op.family == famARN && !arnShaped(text) {
			return unsure
		}
		like := c.op
		like.cmp = cmpLike
		if c.op.cmp == cmpFold || compareText(like, text, s) == fits {
			return unsure
		}
		return compareText(like, text, s)
	}
	return c.compareRead(o, text, s)
}

func (c *condition) compareRead(o *operand, text, s string) outcome {
	switch c.op.family {
	case famString, famARN:
		return compareText(c.op, text, s)
	case famNumeric:
		return compareNumeric(c.op.cmp, o, s)
	case famDate:
		return compareDate(c.op.cmp, o, s)
	case famIP:
		return compareIP(o, s)
	case famBool:
		return compareBool(text, s)
	}
	return compareBinary(text, s)
}

func compareText(op operator, text, s string) outcome {
	if op.family == famARN {
		return compareARN(text, s)
	}
	return compareString(op.cmp, text, s)
}
