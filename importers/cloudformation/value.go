package cloudformation

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// kind says what a value is. A template as parsed holds none of kind unknown; resolving makes them.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
	unknown
)

func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object", "unknown"}[k]
}

// value is one value of a template, as written or as resolved. Values are never changed once made.
type value struct {
	kind   kind
	marks  mark
	text   string   // a scalar as written; of an unknown value the placeholder that stands for it
	why    string   // why the value (kind unknown), or a part of its text, is not known; "" when all of it is
	items  []*value // of a list
	fields []field  // of an object, in the order of the document
	alts   []*value // of an unknown Fn::If: its branches, resolved

	line int    // of the file, 1-based
	up   *value // the container it was read from; nil at the top
	key  string // its key in up, when that is an object
	at   int    // its index in up, when that is a list
}

type field struct {
	key string
	val *value
}

// mark says how far a known value can be trusted.
type mark uint8

const (
	// stands: the text holds a stand-in (the account ACCOUNT, a logical id for a generated name). It is good for
	// telling resources apart, and not for comparing with anything else.
	stands mark = 1 << iota
	// byDefault: a parameter's default decided it, and nobody said how the template is deployed.
	byDefault
)

// get returns the value of a key of an object; nil when there is none.
func (v *value) get(key string) *value {
	if v == nil || v.kind != object {
		return nil
	}
	for i := range v.fields {
		if v.fields[i].key == key {
			return v.fields[i].val
		}
	}
	return nil
}

// dig follows keys.
func (v *value) dig(keys ...string) *value {
	for _, k := range keys {
		v = v.get(k)
	}
	return v
}

// scalar reports whether the value is a known scalar other than null, in whole or in part.
func (v *value) scalar() bool {
	return v != nil && (v.kind == text || v.kind == number || v.kind == boolean)
}

// known reports whether all of a value, to its leaves, is known. The reason is that of the first part that is not.
func (v *value) known() (why string, ok bool) {
	if v == nil {
		return "", true
	}
	if v.why != "" || v.kind == unknown {
		return v.why, false
	}
	for _, e := range v.items {
		if why, ok := e.known(); !ok {
			return why, false
		}
	}
	for _, f := range v.fields {
		if why, ok := f.val.known(); !ok {
			return why, false
		}
	}
	return "", true
}

// maxReasons is how many reasons are told of one statement.
const maxReasons = 5

// reasons adds why parts of a value are not known, each once.
func (v *value) reasons(to []string) []string {
	if v == nil {
		return to
	}
	to = because(v.why, to)
	for _, e := range v.items {
		to = e.reasons(to)
	}
	for _, f := range v.fields {
		to = f.val.reasons(to)
	}
	return to
}

func because(why string, to []string) []string {
	if why == "" || len(to) >= maxReasons || slices.Contains(to, why) {
		return to
	}
	return append(to, why)
}

// allMarks are the marks of a value and of everything in it.
func (v *value) allMarks() mark {
	if v == nil {
		return 0
	}
	m := v.marks
	for _, e := range v.items {
		m |= e.allMarks()
	}
	for _, f := range v.fields {
		m |= f.val.allMarks()
	}
	return m
}

// pointer is the JSON pointer of the value in its template (RFC 6901).
func (v *value) pointer() string {
	var parts []string
	for ; v != nil && v.up != nil; v = v.up {
		if v.up.kind == list {
			parts = append(parts, strconv.Itoa(v.at))
		} else {
			parts = append(parts, pointerEscape.Replace(v.key))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/")
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// from copies where a value was read from one to another that was worked out from it.
func (v *value) from(src *value) *value {
	if src != nil {
		v.line, v.up, v.key, v.at = src.line, src.up, src.key, src.at
	}
	return v
}

// str makes a known string that was read where src was.
func str(src *value, s string) *value { return (&value{kind: text, text: s}).from(src) }

// obj makes an object that was read where src was, from keys and values in turn; nil values are left out.
func obj(src *value, keysAndValues ...any) *value {
	v := (&value{kind: object}).from(src)
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		if val := keysAndValues[i+1].(*value); val != nil {
			v.fields = append(v.fields, field{keysAndValues[i].(string), val})
		}
	}
	return v
}

// arr makes a list that was read where src was.
func arr(src *value, items ...*value) *value { return (&value{kind: list, items: items}).from(src) }

// json appends the value as JSON. A number that JSON has no such spelling for (an account id with a leading zero) is
// written as a string; an unknown value is written as the string of its placeholder.
func (v *value) json(b []byte) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	switch v.kind {
	case null:
		return append(b, "null"...)
	case boolean:
		if strings.EqualFold(v.text, "true") {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case number:
		if json.Valid([]byte(v.text)) {
			return append(b, v.text...)
		}
	case list:
		b = append(b, '[')
		for i, e := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.json(b)
		}
		return append(b, ']')
	case object:
		b = append(b, '{')
		for i, f := range v.fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, f.key), ':')
			b = f.val.json(b)
		}
		return append(b, '}')
	}
	return appendString(b, v.text)
}

// appendString appends a JSON string without the escapes that encoding/json makes for HTML, so that a policy reads as
// it was written.
func appendString(b []byte, s string) []byte {
	var sb strings.Builder
	enc := json.NewEncoder(&sb)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string always encodes
		return strconv.AppendQuote(b, s)
	}
	return append(b, strings.TrimSuffix(sb.String(), "\n")...)
}
