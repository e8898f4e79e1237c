package inventory

import "slices"

// Bounds of a Shape: deep and wide enough to tell formats apart, and no more, so that looking at a document
// costs little however large it is.
const (
	ShapeDepth  = 4      // "Resources" → logical id → "Type" → its text is the deepest that a format is known by
	ShapeFields = 2048   // a template has at most 500 resources; no listing has that many keys in one object
	ShapeParts  = 50_000 // all parts together: the memory of a shape is at most a few MB
	ShapeText   = 256    // long enough for an ARN, a type name or a version
)

// Kind says what a JSON or YAML value is.
type Kind uint8

// Kinds of values. Missing is the zero value: there is none.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String is the kind's name in messages.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Shape is a cheap summary of one document, enough to tell what format it is in. Each importer package has
//
//	func Recognize(s inventory.Shape) (format string, ok bool)
//	func Decode(in inventory.Input, out *inventory.Facts) error
//
// Recognize must be certain: it goes by what only this format has. format is the name shown to people, such as
// "account authorization details".
type Shape struct {
	File string // as the user gave it: a hint only, for documents that do not say what they are
	YAML bool   // YAML that is not JSON
	As   string // what the user said it is: SourceRule.As
	Root Part
}

// Part is one value of a Shape. Below ShapeDepth nothing is kept: Fields and First are nil there, and Len still counts.
type Part struct {
	Kind   Kind
	Text   string  // of a String, Number or Bool: its first ShapeText bytes
	Tag    string  // of YAML: an explicit local tag such as "!Ref"
	Len    int     // fields of an Object, elements of an Array
	Fields []Field // of an Object: its first ShapeFields fields in document order
	First  *Part   // of an Array: its first element
}

// Field is a key of an object and its value.
type Field struct {
	Key   string
	Value Part
}

// Get follows keys from a part; the key "[]" is the first element of an array. It returns a Part of kind Missing
// where there is nothing.
func (p Part) Get(path ...string) Part {
	for _, key := range path {
		switch {
		case p.Kind == Array && key == "[]" && p.First != nil:
			p = *p.First
		case p.Kind == Object:
			i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Key == key })
			if i < 0 {
				return Part{}
			}
			p = p.Fields[i].Value
		default:
			return Part{}
		}
	}
	return p
}

// Has reports whether there is a value, null included, at the end of the path.
func (p Part) Has(path ...string) bool { return p.Get(path...).Kind != Missing }

// HasAll reports whether the part is an object with all of the keys.
func (p Part) HasAll(keys ...string) bool {
	return p.Kind == Object && !slices.ContainsFunc(keys, func(k string) bool { return !p.Has(k) })
}

// HasAny reports whether the part is an object with one of the keys.
func (p Part) HasAny(keys ...string) bool {
	return p.Kind == Object && slices.ContainsFunc(keys, func(k string) bool { return p.Has(k) })
}

// Only reports whether the part is an object with no key but these.
func (p Part) Only(keys ...string) bool {
	return p.Kind == Object && p.Len == len(p.Fields) &&
		!slices.ContainsFunc(p.Fields, func(f Field) bool { return !slices.Contains(keys, f.Key) })
}
