package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// part is a resolved value in a resource, as decoders read it: what is not known is warned of when it is read.
// The zero part is missing, and every method is safe on it.
type part struct {
	t *template
	r *resource
	v *value
	// maybe says why it is not certain that the part is there: it comes from a branch of an undecided Fn::If.
	maybe string
}

// properties are the resolved Properties of a resource.
func (t *template) properties(r *resource) part {
	if r.done == nil {
		if r.done = t.resolve(r.props); r.done == nil {
			r.done = (&value{kind: object}).from(r.node)
		}
	}
	return part{t: t, r: r, v: r.done}
}

// get follows keys. Where an object is itself an undecided Fn::If, its first branch that has the key is taken, with a
// warning.
func (p part) get(keys ...string) part {
	for _, k := range keys {
		if p.v != nil && p.v.kind == unknown && len(p.v.alts) > 0 {
			p = p.either()
		}
		p.v = p.v.get(k)
	}
	return p
}

// either takes the first branch of an undecided Fn::If.
func (p part) either() part {
	p.maybe = p.v.why
	p.warn("%s; it is read as if it were so", p.v.why)
	p.v = p.v.alts[0]
	return p
}

// has reports whether there is a value that is not null.
func (p part) has() bool { return p.v != nil && p.v.kind != null }

func (p part) warn(format string, args ...any) {
	p.t.warn(p.at(), p.r.id, format, args...)
}

// at is the value whose line is said of the part.
func (p part) at() *value {
	if p.v != nil && p.v.line > 0 {
		return p.v
	}
	return p.r.node
}

// source is where the part stands.
func (p part) source() inventory.Source { return p.t.source(p.at(), p.r.id) }

// settled is the text of a scalar, and why it is not wholly known. A text with unknown parts that is the ARN of one of
// the template's own resources is known.
func (p part) settled() (s, why string) {
	if p.v == nil {
		return "", ""
	}
	if p.v.kind == unknown && len(p.v.alts) == 1 && p.v.alts[0].scalar() {
		return p.v.alts[0].text, p.v.why // that or nothing
	}
	s, why, ok := textOf(p.v)
	if !ok {
		return "", fmt.Sprintf("%s stands where a text should", p.v.kind)
	}
	if why != "" {
		if known, ok := p.t.same(s); ok {
			return known, ""
		}
	}
	return s, why
}

// str is the text of a scalar, with placeholders for what is not known, of which it warns; "" when there is none.
func (p part) str() string {
	s, why := p.settled()
	if why != "" {
		p.warn("%s of %s: %s", p.name(), p.r.id, why)
	}
	return s
}

// name is the key that the part was read from.
func (p part) name() string {
	for v := p.v; v != nil; v = v.up {
		if v.key != "" && v.key != "Ref" && !strings.HasPrefix(v.key, "Fn::") {
			return v.key
		}
	}
	return "a value"
}

// text is the text of a scalar, or unknown with its reason; known and empty when there is none.
func (p part) text() inventory.Text {
	s, why := p.settled()
	if why != "" {
		p.warn("%s of %s: %s", p.name(), p.r.id, why)
		return inventory.Text{Unknown: why, Partial: s}
	}
	return inventory.Known(s)
}

// id is a text that names something: "" when it is not wholly known, which is warned of.
func (p part) id() string {
	s, why := p.settled()
	if why != "" {
		p.warn("%s of %s: %s", p.name(), p.r.id, why)
		return ""
	}
	return s
}

// flag is a boolean, however it is written.
func (p part) flag() inventory.Flag {
	s, why := p.settled()
	if why != "" {
		return inventory.Unset
	}
	switch strings.ToLower(s) {
	case "true":
		return inventory.Yes
	case "false":
		return inventory.No
	}
	return inventory.Unset
}

// list are the elements of a list; one value where a list should be is a list of one, as CloudFormation takes it.
// Branches of an undecided Fn::If are all in it, marked by maybe and warned of.
func (p part) list() []part {
	switch {
	case !p.has():
		return nil
	case p.v.kind == unknown:
		var out []part
		for _, a := range p.v.alts {
			e := p
			e.v, e.maybe = a, p.v.why
			out = append(out, e.list()...)
		}
		if len(out) == 0 {
			p.warn("%s of %s: %s", p.name(), p.r.id, p.v.why)
		}
		return out
	case p.v.kind != list:
		return []part{p}
	}
	var out []part
	for _, v := range p.v.items {
		e := p
		e.v = v
		if v.kind == unknown && len(v.alts) > 0 {
			out = append(out, e.list()...)
			continue
		}
		out = append(out, e)
	}
	return out
}

// certain warns of a part that may not be there, and goes on with it.
func (p part) certain(what string) part {
	if p.maybe != "" {
		p.warn("%s is kept although it is not certain to be there: %s", what, p.maybe)
	}
	return p
}

// strs are the texts of a list; what is not wholly known is left out, with a warning.
func (p part) strs() []string {
	var out []string
	for _, e := range p.list() {
		if s := e.id(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// texts are the texts of a list, with placeholders for what is not known, the list itself included.
func (p part) texts() []string {
	if p.v != nil && p.v.kind == unknown {
		if len(p.v.alts) == 0 {
			return []string{p.str()}
		}
		var out []string
		for _, a := range p.v.alts {
			e := p
			e.v, e.maybe = a, p.v.why
			out = append(out, e.certain("a value of "+p.name()+" of "+p.r.id).texts()...)
		}
		return out
	}
	var out []string
	for _, e := range p.list() {
		if s := e.str(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// each are the keys and values of an object.
func (p part) each() []namedPart {
	if p.v != nil && p.v.kind == unknown && len(p.v.alts) > 0 {
		p = p.either()
	}
	if p.v == nil || p.v.kind != object {
		return nil
	}
	out := make([]namedPart, 0, len(p.v.fields))
	for _, f := range p.v.fields {
		e := p
		e.v = f.val
		out = append(out, namedPart{f.key, e})
	}
	return out
}

type namedPart struct {
	key string
	part
}

// env are environment variables. Values keep their placeholders: they say what a name is made of.
func (p part) env() map[string]string {
	vars := p.each()
	if len(vars) == 0 {
		return nil
	}
	out := make(map[string]string, len(vars))
	for _, v := range vars {
		out[v.key], _ = v.settled()
	}
	return out
}

// tags reads tags from a list of Key and Value, or from a map. A resource without any has none.
func (p part) tags() inventory.Tags {
	out := inventory.Tags{}
	if p.v != nil && p.v.kind == object {
		for _, f := range p.each() {
			out[f.key], _ = f.settled()
		}
		return out
	}
	for _, e := range p.list() {
		if k, _ := e.get("Key").settled(); k != "" {
			out[k], _ = e.get("Value").settled()
		}
	}
	return out
}

// attributes collects what a resource shows; empty values are left out.
func attributes(pairs ...string) map[string]string {
	var out map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			if out == nil {
				out = map[string]string{}
			}
			out[pairs[i]] = pairs[i+1]
		}
	}
	return out
}

// byType are the resources of the types that are created or may be, in document order.
func (t *template) byType(types ...string) []*resource {
	var out []*resource
	for _, r := range t.order {
		if slices.Contains(types, r.typ) && t.created(r) {
			out = append(out, r)
		}
	}
	return out
}

// created reports whether a resource is created, or may be. A condition that only a parameter's default makes false
// leaves a resource out only when somebody said how the template is deployed: otherwise it may well be deployed
// another way, and a review must see what it then can do.
func (t *template) created(r *resource) bool {
	if r.cond == "" {
		return true
	}
	d := t.condition(r.cond, 0)
	return d.state != inventory.No || d.marks&byDefault != 0
}

// uncertain warns of resources that are taken although they may not be created, once for each condition, and says which
// are left out.
func (t *template) uncertain() {
	kept := map[string][]string{}
	var order []*resource
	for _, r := range t.order {
		if r.cond == "" {
			continue
		}
		switch d := t.condition(r.cond, 0); {
		case d.state == inventory.No && d.marks&byDefault == 0:
			t.out.Skips = append(t.out.Skips, inventory.Skip{What: r.typ + " " + r.id, Why: "condition " + r.cond + " is false, so it is not created", Source: t.source(r.node, r.id)})
		case d.state != inventory.Yes && (t.decoder(r.typ) != nil || slices.Contains(elsewhere, r.typ) || slices.Contains(partTypes, r.typ)):
			if kept[r.cond] == nil {
				order = append(order, r)
			}
			kept[r.cond] = append(kept[r.cond], r.id)
		}
	}
	for _, r := range order {
		what := strings.Join(kept[r.cond], ", ")
		if d := t.condition(r.cond, 0); d.state == inventory.Unset {
			t.warn(r.node, r.id, "kept although it is not certain that they are created: %s: %s", what, d.why)
		} else {
			t.warn(r.node, r.id, "kept although they are created only when condition %s holds, which by the parameters' defaults it does not (give the stack's parameters to leave them out): %s", r.cond, what)
		}
	}
}

// arnOf is the ARN of a template's own resource of one of the types that a text names: by its name, id or ARN, or as
// Ref gives it. The first in the document wins.
func (t *template) arnOf(s string, types ...string) (string, *resource, bool) {
	if t.byName == nil {
		t.byName = map[[2]string]*resource{}
		for _, r := range t.order {
			x := t.identity(r, 0)
			for _, name := range []string{x.arn, x.name, x.id, x.ref} {
				if key := [2]string{r.typ, name}; name != "" && t.byName[key] == nil {
					t.byName[key] = r
				}
			}
		}
	}
	for _, typ := range types {
		if r := t.byName[[2]string{typ, s}]; r != nil {
			return t.identity(r, 0).arn, r, true
		}
	}
	return "", nil, false
}
