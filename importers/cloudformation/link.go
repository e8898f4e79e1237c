package cloudformation

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// exports takes what the template exports for Fn::ImportValue of others.
func (t *template) exports() {
	if t.outputs == nil {
		return
	}
	for _, f := range t.loops(t.outputs.fields) {
		if c := f.val.get("Condition").str(); c != "" && t.condition(c, 0).state == inventory.No {
			continue
		}
		name := t.resolve(f.val.dig("Export", "Name"))
		if name == nil {
			continue
		}
		if !name.scalar() || name.why != "" {
			why, _ := name.known()
			t.warn(name, f.key, "the export of output %s has no known name: %s", f.key, why)
			continue
		}
		t.out.Exports = append(t.out.Exports, inventory.Export{Name: name.text, Value: t.output(f.val),
			Account: t.account, Region: t.region, Source: t.source(f.val, f.key)})
	}
}

// output is the value of an output.
func (t *template) output(o *value) inventory.Text {
	s, why, ok := textOf(t.resolve(o.get("Value")))
	if !ok {
		return inventory.Unsure("the output is not a text")
	}
	if why == "" {
		return inventory.Known(s)
	}
	if known, ok := t.same(s); ok {
		return inventory.Known(known)
	}
	return inventory.Text{Unknown: why, Partial: s}
}

// importLabel is the label of the placeholder for a value that another template exports.
func importLabel(name string) string { return "import " + name }

// importReason says why such a value is not known.
func importReason(name string) string {
	return "another stack exports it as " + name + ", and no template of this import does"
}

// maxHops is how far exports may be exports of exports; AWS's own limits leave hardly more than a few.
const maxHops = 8

// scope is where an export's name is good for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html: unique within a Region of
// an account.
type scope struct{ account, region string }

// Resolve puts what templates export in the place of what others import, once the facts of all of them are merged. A
// name that two templates of one account and Region export differently is nobody's: it stays unknown.
func Resolve(facts *inventory.Facts) {
	if len(facts.Imports) == 0 || len(facts.Exports) == 0 {
		return
	}
	scopes := map[string]scope{} // by file
	for _, im := range facts.Imports {
		scopes[im.Source.File] = scope{im.Account, im.Region}
	}
	for range maxHops {
		l := linker{scopes: scopes, exports: exportsByScope(facts.Exports)}
		l.walk(reflect.ValueOf(facts).Elem(), inventory.Source{})
		if !l.changed {
			break
		}
	}
	// What was told as open and is not any more.
	l := linker{scopes: scopes, exports: exportsByScope(facts.Exports)}
	facts.Warnings = slices.DeleteFunc(facts.Warnings, func(w inventory.Warning) bool {
		_, name, ok := strings.Cut(w.Text, "another stack exports it as ")
		if ok {
			name, _, ok = strings.Cut(name, ", and no template of this import does")
		}
		_, known := l.exported(scopes[w.Source.File], name)
		return ok && known
	})
}

// exportsByScope are the exports by the placeholder that stands for them.
func exportsByScope(exports []inventory.Export) map[scope]map[string]inventory.Text {
	out := map[scope]map[string]inventory.Text{}
	for _, e := range exports {
		s, key := scope{e.Account, e.Region}, placeholder(importLabel(e.Name))
		if out[s] == nil {
			out[s] = map[string]inventory.Text{}
		}
		if was, again := out[s][key]; again && was != e.Value {
			e.Value = inventory.Unsure("several templates export %s", e.Name)
		}
		out[s][key] = e.Value
	}
	return out
}

// linker replaces placeholders of imports throughout facts.
type linker struct {
	scopes  map[string]scope
	exports map[scope]map[string]inventory.Text
	changed bool
}

func (l *linker) exported(s scope, name string) (string, bool) {
	e, ok := l.exports[s][placeholder(importLabel(name))]
	return e.Value, ok && e.Unknown == ""
}

var (
	textType   = reflect.TypeFor[inventory.Text]()
	docType    = reflect.TypeFor[inventory.PolicyDoc]()
	sourceType = reflect.TypeFor[inventory.Source]()
)

// walk goes through a fact. from is the source of the innermost fact that has one.
func (l *linker) walk(v reflect.Value, from inventory.Source) {
	switch v.Kind() {
	case reflect.Struct:
		switch v.Type() {
		case sourceType:
			return
		case textType:
			l.text(v.Addr().Interface().(*inventory.Text), from)
			return
		case docType:
			l.document(v.Addr().Interface().(*inventory.PolicyDoc))
			return
		}
		if s := v.FieldByName("Source"); s.IsValid() && s.Type() == sourceType {
			from = s.Interface().(inventory.Source)
			if _, ok := l.scopes[from.File]; !ok {
				return // not of a template that imports anything
			}
		}
		for i := range v.NumField() {
			l.walk(v.Field(i), from)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			l.walk(v.Index(i), from)
		}
	case reflect.Map:
		if v.Type().Elem().Kind() != reflect.String || v.Type().Key().Kind() != reflect.String {
			return
		}
		for it := v.MapRange(); it.Next(); {
			if s, ok := l.replace(it.Value().String(), from, false); ok {
				v.SetMapIndex(it.Key(), reflect.ValueOf(s).Convert(v.Type().Elem()))
			}
		}
	case reflect.String:
		if s, ok := l.replace(v.String(), from, false); ok {
			v.SetString(s)
		}
	}
}

// replace puts in what is exported; ok reports whether there was anything.
func (l *linker) replace(s string, from inventory.Source, inJSON bool) (string, bool) {
	start := placeholderStart + importLabel("")
	if !strings.Contains(s, start) {
		return s, false
	}
	exports := l.exports[l.scopes[from.File]]
	did := false
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, start)
		b.WriteString(before)
		if !ok {
			break
		}
		label, rest, _ := strings.Cut(after, placeholderEnd)
		s = rest
		key := start + label + placeholderEnd
		e, ok := exports[key]
		if !ok || e.Unknown != "" {
			b.WriteString(key)
			continue
		}
		did = true
		val := e.Value
		if inJSON {
			quoted := appendString(nil, val)
			val = string(quoted[1 : len(quoted)-1])
		}
		b.WriteString(val)
	}
	l.changed = l.changed || did
	return b.String(), did
}

func (l *linker) text(t *inventory.Text, from inventory.Source) {
	if s, ok := l.replace(t.Partial, from, false); ok {
		t.Partial = s
		if !strings.Contains(s, placeholderStart) {
			*t = inventory.Known(s)
		}
	}
}

// document puts exports into a policy document. A statement with nothing open left is no longer unresolved, unless it
// was for another reason.
func (l *linker) document(d *inventory.PolicyDoc) {
	if _, ok := l.scopes[d.Source.File]; !ok || !bytes.Contains(d.Raw, []byte(placeholderStart)) {
		return
	}
	s, ok := l.replace(string(d.Raw), d.Source, true)
	if !ok {
		return
	}
	d.Raw = json.RawMessage(s)
	var parsed struct{ Statement []json.RawMessage }
	if json.Unmarshal(d.Raw, &parsed) != nil {
		return
	}
	d.Unresolved = slices.DeleteFunc(slices.Clone(d.Unresolved), func(u inventory.Unresolved) bool {
		return u.Statement < len(parsed.Statement) && !bytes.Contains(parsed.Statement[u.Statement], []byte(placeholderStart)) &&
			strings.HasPrefix(u.Reason, "another stack exports it as ")
	})
}
