package inventory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value reads the input's document; it is Missing when the input is not JSON, and the error is then a *SyntaxError.
// Lines and pointers of the values are those of the whole file.
func (in *Input) Value() (Value, error) {
	if in.Doc == nil {
		doc, err := ParseJSON(in.Data)
		if err != nil {
			return Value{}, err
		}
		in.Doc = doc
	}
	in.Doc.base, in.Doc.at = in.Lines, in.At
	return in.Doc.Root(), nil
}

// Source is where in the input's file a value stands.
func (in *Input) Source(v Value) Source {
	return Source{File: in.File, Pointer: v.Pointer(), Line: v.Line()}
}

// Kind is what the value is; Missing when there is none.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Missing
	}
	return v.doc.values[v.i].kind
}

// Exists reports whether there is a value that is not null.
func (v Value) Exists() bool { return v.Kind() > Null }

// Raw is the value's own text; nil when missing. It must not be changed.
func (v Value) Raw() json.RawMessage {
	if v.doc == nil {
		return nil
	}
	x := v.doc.values[v.i]
	return json.RawMessage(v.doc.data[x.start:x.end:x.end])
}

// Line is the 1-based line of the file that the value begins on; 0 when missing.
func (v Value) Line() int {
	if v.doc == nil {
		return 0
	}
	n, found := slices.BinarySearch(v.doc.lines, v.doc.values[v.i].start)
	if found {
		n++
	}
	return v.doc.base + n
}

// Pointer is the value's JSON pointer (RFC 6901) in the file; "" is the whole document, and for a missing value.
func (v Value) Pointer() string {
	if v.doc == nil {
		return ""
	}
	var parts []string
	for i := v.i; ; {
		x := v.doc.values[i]
		if x.parent < 0 {
			break
		}
		if v.doc.values[x.parent].kind == Array {
			parts = append(parts, strconv.Itoa(int(x.ord)))
		} else {
			parts = append(parts, pointerEscape.Replace(v.doc.string(i-1)))
		}
		i = x.parent
	}
	if len(parts) == 0 {
		return v.doc.at
	}
	slices.Reverse(parts)
	return v.doc.at + "/" + strings.Join(parts, "/")
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Get follows keys of objects. Where a key is repeated the last one counts, as it does for encoding/json and for
// most of what reads JSON; Repeated finds such keys.
func (v Value) Get(path ...string) Value {
	for _, key := range path {
		found := Value{}
		for i, end := v.children(); i < end; i = v.doc.values[i+1].next {
			if !v.doc.values[i].key {
				return Value{} // an array
			}
			if v.doc.keyIs(i, key) {
				found = Value{v.doc, i + 1}
			}
		}
		v = found
	}
	return v
}

// First is the first of the keys that the object has with a value that is not null: the same thing is named
// differently by different printers.
func (v Value) First(keys ...string) Value {
	for _, key := range keys {
		if c := v.Get(key); c.Exists() {
			return c
		}
	}
	return Value{}
}

// children are the indexes from the first child (a key, in an object) to what follows the last.
func (v Value) children() (int32, int32) {
	if k := v.Kind(); k != Object && k != Array {
		return 0, 0
	}
	return v.i + 1, v.doc.values[v.i].next
}

// Fields are the keys and values of an object in document order; none for anything else.
func (v Value) Fields() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Kind() != Object {
			return
		}
		for i, end := v.children(); i < end; i = v.doc.values[i+1].next {
			if !yield(v.doc.string(i), Value{v.doc, i + 1}) {
				return
			}
		}
	}
}

// Items are the elements of an array in order; none for anything else.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for i, end := v.children(); i < end; i = v.doc.values[i].next {
			if !yield(Value{v.doc, i}) {
				return
			}
		}
	}
}

// Len is the number of fields or elements.
func (v Value) Len() int {
	n := 0
	i, end := v.children()
	for ; i < end; n++ {
		if v.doc.values[i].key {
			i++
		}
		i = v.doc.values[i].next
	}
	return n
}

// Str is the text of a string, and "" for anything else.
func (v Value) Str() string {
	if v.Kind() != String {
		return ""
	}
	return v.doc.string(v.i)
}

// Text is what a scalar says: a string's text, a number, true or false as written; "" for anything else.
func (v Value) Text() string {
	switch v.Kind() {
	case String:
		return v.doc.string(v.i)
	case Number, Bool:
		return string(v.Raw())
	}
	return ""
}

// Strings are the strings of an array, or the one string; what is not a string is left out. nil when missing.
func (v Value) Strings() []string {
	if v.Kind() == String {
		return []string{v.Str()}
	}
	var out []string
	for e := range v.Items() {
		if e.Kind() == String {
			out = append(out, e.Str())
		}
	}
	return out
}

// Flag is Yes or No for a boolean, also one in quotes, and Unset for anything else.
func (v Value) Flag() Flag {
	switch strings.ToLower(v.Text()) {
	case "true":
		return Yes
	case "false":
		return No
	}
	return Unset
}

// Int is a number without a fraction; ok is false for anything else.
func (v Value) Int() (n int, ok bool) {
	n, err := strconv.Atoi(v.Text())
	return n, err == nil && v.Kind() != Bool
}

// Decode is json.Unmarshal of the value; the error names the pointer.
func (v Value) Decode(into any) error {
	if v.doc == nil {
		return fmt.Errorf("there is no value")
	}
	if err := json.Unmarshal(v.Raw(), into); err != nil {
		return fmt.Errorf("%s: %w", v.Pointer(), err)
	}
	return nil
}

// Repeated yields the values whose key their object has had before. What is in a policy document (an object that has
// a Statement) is left out: iam.Parse rules on it.
func (d *JSON) Repeated() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := int32(0); i < int32(len(d.values)); i++ {
			v := Value{d, i}
			if d.values[i].kind != Object {
				continue
			}
			if v.Get("Statement").Exists() {
				i = d.values[i].next - 1
				continue
			}
			if !v.repeats(yield) {
				return
			}
		}
	}
}

// fewKeys is the number up to which comparing each key with each is quicker than a map.
const fewKeys = 12

func (v Value) repeats(yield func(string, Value) bool) bool {
	if v.Len() <= fewKeys {
		start, end := v.children()
		for i := start; i < end; i = v.doc.values[i+1].next {
			for j := start; j < i; j = v.doc.values[j+1].next {
				if v.doc.sameKey(i, j) {
					if !yield(v.doc.string(i), Value{v.doc, i + 1}) {
						return false
					}
					break
				}
			}
		}
		return true
	}
	seen := make(map[string]bool, v.Len())
	for key, value := range v.Fields() {
		if seen[key] && !yield(key, value) {
			return false
		}
		seen[key] = true
	}
	return true
}

func (d *JSON) sameKey(i, j int32) bool {
	if d.values[i].escaped || d.values[j].escaped {
		return d.string(i) == d.string(j)
	}
	return bytes.Equal(d.quoted(i), d.quoted(j))
}

func (d *JSON) keyIs(i int32, key string) bool {
	if d.values[i].escaped {
		return d.string(i) == key
	}
	return string(d.quoted(i)) == key
}

// quoted is what stands between the quotes of a string.
func (d *JSON) quoted(i int32) []byte {
	return d.data[d.values[i].start+1 : d.values[i].end-1]
}

func (d *JSON) string(i int32) string {
	x := d.values[i]
	if !x.escaped && utf8.Valid(d.quoted(i)) {
		return string(d.quoted(i))
	}
	var s string
	if err := json.Unmarshal(d.data[x.start:x.end], &s); err != nil {
		return string(d.quoted(i)) // the reader accepts no escape that json does not
	}
	return s
}

// Shape summarises the document for Recognize.
func (d *JSON) Shape(file, as string) Shape {
	left := ShapeParts
	return Shape{File: file, As: as, Root: d.Root().part(0, &left)}
}

func (v Value) part(depth int, left *int) Part {
	*left--
	p := Part{Kind: v.Kind()}
	switch p.Kind {
	case String, Number, Bool:
		p.Text = v.Text()
		if len(p.Text) > ShapeText {
			p.Text = p.Text[:ShapeText]
		}
	case Array:
		p.Len = v.Len()
		if first, end := v.children(); depth < ShapeDepth && first < end {
			e := Value{v.doc, first}.part(depth+1, left)
			p.First = &e
		}
	case Object:
		p.Len = v.Len()
		if depth >= ShapeDepth || *left <= 0 {
			break
		}
		p.Fields = make([]Field, 0, min(p.Len, ShapeFields))
		for key, value := range v.Fields() {
			if len(p.Fields) == ShapeFields || *left <= 0 {
				break
			}
			p.Fields = append(p.Fields, Field{key, value.part(depth+1, left)})
		}
	}
	return p
}
