package inventory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a JSON document.
const (
	// MaxJSONDepth is far beyond what AWS prints (an event nests about 15 deep) and keeps a file of brackets cheap.
	MaxJSONDepth = 200
	// MaxJSONValues bounds the memory of one document: 24 bytes for each value and key, 144 MB at most. A listing of
	// 10,000 roles with their policies has about 3 million.
	MaxJSONValues = 6_000_000
)

// SyntaxError says where a document is not JSON, or what bound it passes.
type SyntaxError struct {
	Line, Column int // 1-based; Column counts bytes
	Msg          string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d:%d: %s", e.Line, e.Column, e.Msg) }

// JSON is a document that was read once: where each value begins and ends, so that a fact can say from where it is.
// It is immutable and keeps the bytes it was made from.
type JSON struct {
	data   []byte
	values []value
	lines  []int32 // offset at which each line begins
	base   int     // lines of the file before the document
	at     string  // pointer of the document in the file
}

// value is a value or a key. Values stand in document order, each key before its value.
type value struct {
	start, end int32 // of its text in data
	next       int32 // index of what follows its subtree
	parent     int32 // index of the container, -1 at the top
	ord        int32 // which element or field of its container
	kind       Kind
	key        bool
	escaped    bool // a string with a backslash
}

// Value is one value of a JSON document. The zero Value is missing, and every method is safe on it.
type Value struct {
	doc *JSON
	i   int32
}

// ParseJSON reads exactly one JSON document, bounded by MaxJSONDepth and MaxJSONValues. The error is a *SyntaxError.
func ParseJSON(data []byte) (*JSON, error) {
	doc, n, err := ParseJSONPrefix(data)
	if err != nil {
		return nil, err
	}
	for n < len(data) && isSpace(data[n]) {
		n++
	}
	if n < len(data) {
		return nil, (&JSON{data: data}).fail(n, "more text after the end of the JSON value")
	}
	return doc, nil
}

// ParseJSONPrefix reads the JSON document that data begins with and says how many bytes it took: CLI output that was
// appended to one file, and JSON lines, are several in a row.
func ParseJSONPrefix(data []byte) (doc *JSON, n int, err error) {
	doc = &JSON{data: data}
	if len(data) > math.MaxInt32 {
		return doc, 0, &SyntaxError{1, 1, "larger than 2 GiB"}
	}
	if n, err = doc.parse(); err != nil {
		return doc, n, err
	}
	doc.data = data[:n:n]
	doc.lines = append(doc.lines, 0)
	for i := 0; ; {
		j := bytes.IndexByte(doc.data[i:], '\n')
		if j < 0 {
			return doc, n, nil
		}
		i += j + 1
		doc.lines = append(doc.lines, int32(i))
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func (d *JSON) fail(offset int, format string, args ...any) error {
	offset = min(offset, len(d.data))
	line := bytes.Count(d.data[:offset], []byte{'\n'}) + 1
	column := offset - (bytes.LastIndexByte(d.data[:offset], '\n') + 1) + 1
	return &SyntaxError{line, column, fmt.Sprintf(format, args...)}
}

// parse fills values. It keeps its own stack: nesting costs no goroutine stack.
func (d *JSON) parse() (int, error) {
	var stack []int32 // open containers
	data, i := d.data, 0
	const (
		wantValue = iota
		wantFirst // a value or the end of the array
		wantKey
		wantFirstKey // a key or the end of the object
		wantNext     // a comma or the end
	)
	state := wantValue
	for {
		for i < len(data) && isSpace(data[i]) {
			i++
		}
		if i >= len(data) {
			if len(d.values) == 0 {
				return i, d.fail(i, "there is nothing in it")
			}
			if len(stack) == 0 {
				return i, d.fail(i, "ends where a value should be")
			}
			open := d.values[stack[len(stack)-1]]
			at := d.fail(int(open.start), "").(*SyntaxError)
			return i, d.fail(i, "ends before %s that begins on line %d is closed: the file is cut off", open.kind, at.Line)
		}
		if len(d.values) >= MaxJSONValues {
			return i, d.fail(i, "more than %d values in one document", MaxJSONValues)
		}
		if len(d.values) == manyValues && cap(d.values) < 2*manyValues {
			d.values = slices.Grow(d.values, d.guess(i))
		}
		c := data[i]
		switch state {
		case wantNext:
			top := stack[len(stack)-1]
			isObject := d.values[top].kind == Object
			switch {
			case c == ',' && isObject:
				state = wantKey
			case c == ',':
				state = wantValue
			case c == '}' && isObject, c == ']' && !isObject:
				stack = d.close(stack, i+1)
			default:
				return i, d.fail(i, "%s where a comma or the end of %s should be", quoteByte(c), d.values[top].kind)
			}
			i++
		case wantKey, wantFirstKey:
			if c == '}' && state == wantFirstKey {
				stack = d.close(stack, i+1)
				i++
				state = wantNext
				break
			}
			if c != '"' {
				return i, d.fail(i, "%s where a key in quotes should be", quoteByte(c))
			}
			end, escaped, err := d.text(i)
			if err != nil {
				return i, err
			}
			top := stack[len(stack)-1]
			d.values = append(d.values, value{start: int32(i), end: int32(end), parent: top, kind: String, key: true,
				escaped: escaped, next: int32(len(d.values) + 1), ord: d.values[top].end})
			for i = end; i < len(data) && isSpace(data[i]); {
				i++
			}
			if i < len(data) && data[i] != ':' {
				return i, d.fail(i, "%s where the colon after a key should be", quoteByte(data[i]))
			}
			i++
			state = wantValue
			continue
		default:
			if c == ']' && state == wantFirst {
				stack = d.close(stack, i+1)
				i++
				state = wantNext
				break
			}
			v := value{start: int32(i), parent: -1, next: int32(len(d.values) + 1)}
			if len(stack) > 0 {
				// While a container is open its end counts its children.
				v.parent = stack[len(stack)-1]
				v.ord = d.values[v.parent].end
				d.values[v.parent].end++
			}
			switch {
			case c == '{' || c == '[':
				if len(stack) >= MaxJSONDepth {
					return i, d.fail(i, "nested more than %d deep", MaxJSONDepth)
				}
				v.kind, state = Object, wantFirstKey
				if c == '[' {
					v.kind, state = Array, wantFirst
				}
				stack = append(stack, int32(len(d.values)))
				d.values = append(d.values, v)
				i++
				continue
			case c == '"':
				end, escaped, err := d.text(i)
				if err != nil {
					return i, err
				}
				v.kind, v.end, v.escaped = String, int32(end), escaped
			default:
				end, kind, err := d.word(i)
				if err != nil {
					return i, err
				}
				v.kind, v.end = kind, int32(end)
			}
			i = int(v.end)
			d.values = append(d.values, v)
			state = wantNext
		}
		if len(stack) == 0 {
			return i, nil
		}
	}
}

// manyValues is where a document is taken for large, and room is made for all of it at once: growing step by step costs
// five times the memory.
const manyValues = 1 << 16

// guess is how many more values there may be, by the bytes that stand before or after one. Those in strings count too,
// which costs address space and no memory.
func (d *JSON) guess(from int) int {
	n := 0
	for _, c := range []byte(",:[{") {
		n += bytes.Count(d.data[from:], []byte{c})
	}
	return min(n+1, MaxJSONValues-manyValues)
}

// close ends the innermost container. Until then its end counted its children.
func (d *JSON) close(stack []int32, end int) []int32 {
	top := stack[len(stack)-1]
	d.values[top].end = int32(end)
	d.values[top].next = int32(len(d.values))
	return stack[:len(stack)-1]
}

func quoteByte(c byte) string {
	if c < ' ' || c >= 0x7f {
		return fmt.Sprintf("byte 0x%02x", c)
	}
	return strconv.QuoteRune(rune(c))
}

// text finds the end of the string that begins at i.
func (d *JSON) text(i int) (end int, escaped bool, err error) {
	for j := i + 1; j < len(d.data); j++ {
		switch c := d.data[j]; {
		case c == '"':
			return j + 1, escaped, nil
		case c < ' ':
			return 0, false, d.fail(j, "%s inside a string", quoteByte(c))
		case c == '\\':
			escaped = true
			j++
			if j >= len(d.data) {
				break
			}
			switch d.data[j] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for k := 1; k <= 4; k++ {
					if j+k < len(d.data) && !isHex(d.data[j+k]) {
						return 0, false, d.fail(j+k, "%s in a \\u escape", quoteByte(d.data[j+k]))
					}
				}
				j += 4
			default:
				return 0, false, d.fail(j, "\\%c is no escape in JSON", d.data[j])
			}
		}
	}
	return 0, false, d.fail(i, "a string that begins here is not closed: the file is cut off")
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// word finds the end and kind of the number, true, false or null that begins at i.
func (d *JSON) word(i int) (int, Kind, error) {
	end := i
	for end < len(d.data) && strings.IndexByte(" \n\t\r,]}:[{\"", d.data[end]) < 0 {
		end++
	}
	switch w := d.data[i:end]; {
	case string(w) == "true" || string(w) == "false":
		return end, Bool, nil
	case string(w) == "null":
		return end, Null, nil
	case len(w) > 0 && (w[0] == '-' || '0' <= w[0] && w[0] <= '9') && json.Valid(w):
		return end, Number, nil
	case end == len(d.data) && len(w) > 0 && (strings.HasPrefix("true", string(w)) || strings.HasPrefix("false", string(w)) || strings.HasPrefix("null", string(w))):
		return 0, 0, d.fail(end, "ends inside a word: the file is cut off")
	}
	return 0, 0, d.fail(i, "%s where a JSON value should be", quoteByte(d.data[i]))
}

// Root is the document's value.
func (d *JSON) Root() Value {
	if d == nil || len(d.values) == 0 {
		return Value{}
	}
	return Value{d, 0}
}

// Bytes are what the document was read from.
func (d *JSON) Bytes() []byte { return d.data }
