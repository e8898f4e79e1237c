package cloudformation

import (
	"fmt"

	"github.com/permchain/permchain/graph/inventory"
)

// decision is what a condition comes to: Yes, No, or Unset with the reason.
type decision struct {
	state inventory.Flag
	marks mark
	why   string
}

// condition decides a named condition.
func (t *template) condition(name string, depth int) *decision {
	if d, ok := t.decided[name]; ok {
		return d
	}
	c, ok := t.conditions[name]
	switch {
	case !ok:
		return &decision{why: fmt.Sprintf("condition %s is not in the template", name)}
	case t.deciding[name]:
		return &decision{why: fmt.Sprintf("condition %s depends on itself", name)}
	}
	t.deciding[name] = true
	d := t.test(c, depth)
	delete(t.deciding, name)
	if d.state == inventory.Unset {
		d = &decision{marks: d.marks, why: fmt.Sprintf("condition %s is not decided: %s", name, d.why)}
	}
	t.decided[name] = d
	return d
}

// test decides a condition as written.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
func (t *template) test(v *value, depth int) *decision {
	if depth > maxCalls {
		return &decision{why: "conditions are nested too deep"}
	}
	if v.kind == object && len(v.fields) == 1 && v.fields[0].key == "Condition" && v.fields[0].val.kind == text {
		return t.condition(v.fields[0].val.text, depth+1)
	}
	fn, arg := function(v)
	switch fn {
	case "Fn::Equals":
		return t.equals(arg, depth+1)
	case "Fn::Not":
		a, ok := args(arg, 1)
		if !ok {
			break
		}
		d := *t.test(a[0], depth+1)
		switch d.state {
		case inventory.Yes:
			d.state = inventory.No
		case inventory.No:
			d.state = inventory.Yes
		}
		return &d
	case "Fn::And":
		return t.all(arg, depth+1, inventory.No, inventory.Yes)
	case "Fn::Or":
		return t.all(arg, depth+1, inventory.Yes, inventory.No)
	case "":
		if v.kind == boolean || v.kind == text && (v.text == "true" || v.text == "false") {
			return &decision{state: inventory.FlagOf(v.text == "true" || v.text == "True")}
		}
	}
	return &decision{why: "it is not written as CloudFormation takes a condition"}
}

// all is And and Or: one part that comes to short decides, else the result is otherwise. Marks are of what decided.
func (t *template) all(arg *value, depth int, short, otherwise inventory.Flag) *decision {
	a, ok := args(arg, 1)
	if !ok {
		return &decision{why: "it is not written as CloudFormation takes a condition"}
	}
	out := decision{state: otherwise}
	for _, e := range a {
		if t.spent != nil || !t.spend(1) {
			return &decision{why: errSpent.Error()}
		}
		d := t.test(e, depth)
		switch d.state {
		case short:
			return d
		case inventory.Unset:
			if out.state != inventory.Unset {
				out.state, out.why = inventory.Unset, d.why
			}
		}
		out.marks |= d.marks
	}
	return &out
}

func (t *template) equals(arg *value, depth int) *decision {
	a, ok := args(arg, 2)
	if !ok {
		return &decision{why: "Fn::Equals compares two values"}
	}
	x, y := t.eval(a[0], depth), t.eval(a[1], depth)
	for _, e := range []*value{x, y} {
		if why, ok := e.known(); !ok {
			return &decision{why: why}
		}
	}
	m := x.allMarks() | y.allMarks()
	same := string(x.json(nil)) == string(y.json(nil))
	if x.scalar() && y.scalar() {
		same = x.text == y.text // CloudFormation compares texts: 1 equals "1"
	}
	if !same && m&stands != 0 {
		which := a[0]
		if x.allMarks()&stands == 0 {
			which = a[1]
		}
		return &decision{why: fmt.Sprintf("it depends on %s, and the file does not say where it is deployed", describe(which, "the stack"))}
	}
	return &decision{state: inventory.FlagOf(same), marks: m &^ stands}
}

// branch is Fn::If. Where its condition is not decided, the value is unknown and keeps both branches.
func (t *template) branch(v, arg *value, depth int) *value {
	a, ok := args(arg, 3)
	if !ok || !a[0].scalar() {
		return wrongArgs(v, "If")
	}
	d := t.condition(a[0].text, depth)
	switch d.state {
	case inventory.Yes:
		return marked(t.eval(a[1], depth), d.marks)
	case inventory.No:
		return marked(t.eval(a[2], depth), d.marks)
	}
	out := unresolved(v, "If "+a[0].text, "%s", d.why)
	for _, e := range a[1:3] {
		if r := t.eval(e, depth); r != nil {
			out.alts = append(out.alts, r)
		}
	}
	return out
}

func marked(v *value, m mark) *value {
	if v == nil || v.marks|m == v.marks {
		return v
	}
	c := *v
	c.marks |= m
	return &c
}
