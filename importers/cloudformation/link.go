package cloudformation

import (
	"github.com/permchain/permchain/graph/inventory"
)

// exports takes what the template exports for Fn::ImportValue of others.
func (t *template) exports() {
	if t.outputs == nil {
		return
	}
	for _, f := range t.loops(t.outputs.fields) {
		if !t.holds(f.val) {
			continue
		}
		name := t.resolve(f.val.dig("Export", "Name"))
		if !name.scalar() {
			continue
		}
		if name.why != "" {
			t.warn(name, f.key, "the export of output %s has no known name: %s", f.key, name.why)
			continue
		}
		t.out.Exports = append(t.out.Exports, inventory.Export{Name: name.text, Value: t.output(f.val), Source: t.source(f.val, f.key)})
	}
}

// output is the value of an output.
func (t *template) output(o *value) inventory.Text {
	s, why, ok := textOf(t.resolve(o.get("Value")))
	switch {
	case !ok:
		return inventory.Unsure("the output is not a text")
	case why != "":
		if known, ok := t.same(s); ok {
			return inventory.Known(known)
		}
		return inventory.Unsure("%s", why)
	}
	return inventory.Known(s)
}

// holds reports whether an output's condition holds, or may.
func (t *template) holds(o *value) bool {
	c := o.get("Condition")
	return c.str() == "" || t.condition(c.str(), 0).state != inventory.No
}
