package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// reader reads JSON as it stands: objects with their keys in order, repeated ones included. encoding/json can do that
// only token by token, which takes most of the time that a thousand policies take to read. It takes exactly what
// json.Valid takes.
type reader struct {
	data  string
	pos   int
	depth int
}

func (r *reader) fail(message string) error {
	if r.pos >= len(r.data) {
		return fmt.Errorf("byte %d: %w", r.pos, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("byte %d: %s", r.pos, message)
}

func (r *reader) space() {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\n', '\t', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next byte that is not white space, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.pos < len(r.data) {
		return r.data[r.pos]
	}
	return 0
}

// value reads one value: *object, []any, string, json.Number, bool or nil.
func (r *reader) value() (any, error) {
	switch c := r.peek(); c {
	case '{', '[':
		if r.depth++; r.depth > maxDepth {
			return nil, fmt.Errorf("byte %d: nested more than %d deep", r.pos, maxDepth)
		}
		r.pos++
		var v any
		var err error
		if c == '{' {
			v, err = r.object()
		} else {
			v, err = r.list()
		}
		r.depth--
		return v, err
	case '"':
		return r.string()
	case 't':
		return true, r.word("true")
	case 'f':
		return false, r.word("false")
	case 'n':
		return nil, r.word("null")
	}
	return r.number()
}

func (r *reader) object() (*object, error) {
	o := &object{}
	o.keys, o.vals = o.room.keys[:0], o.room.vals[:0]
	if r.peek() == '}' {
		r.pos++
		return o, nil
	}
	for {
		if r.peek() != '"' {
			return nil, r.fail("invalid character, want a key")
		}
		k, err := r.string()
		if err != nil {
			return nil, err
		}
		if r.peek() != ':' {
			return nil, r.fail("invalid character, want a colon")
		}
		r.pos++
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		if o.keys, o.vals = append(o.keys, k), append(o.vals, v); len(o.keys) > maxKeys {
			return nil, fmt.Errorf("byte %d: an object has more than %d keys", r.pos, maxKeys)
		}
		switch r.peek() {
		case ',':
			r.pos++
		case '}':
			r.pos++
			return o, nil
		default:
			return nil, r.fail("invalid character, want a comma or the end of the object")
		}
	}
}

func (r *reader) list() ([]any, error) {
	list := []any{}
	if r.peek() == ']' {
		r.pos++
		return list, nil
	}
	for {
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		switch r.peek() {
		case ',':
			r.pos++
		case ']':
			r.pos++
			return list, nil
		default:
			return nil, r.fail("invalid character, want a comma or the end of the list")
		}
	}
}

func (r *reader) word(w string) error {
	if len(r.data)-r.pos < len(w) || r.data[r.pos:r.pos+len(w)] != w {
		return r.fail("invalid character, want " + w)
	}
	r.pos += len(w)
	return nil
}

func (r *reader) digits() bool {
	from := r.pos
	for r.pos < len(r.data) && r.data[r.pos] >= '0' && r.data[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > from
}

func (r *reader) next(any string) bool {
	if r.pos < len(r.data) {
		for i := range len(any) {
			if r.data[r.pos] == any[i] {
				r.pos++
				return true
			}
		}
	}
	return false
}

func (r *reader) number() (any, error) {
	from := r.pos
	r.next("-")
	if !r.next("0") && !r.digits() {
		return nil, r.fail("invalid character, want a value")
	}
	if r.next(".") && !r.digits() {
		return nil, r.fail("invalid character in a number")
	}
	if r.next("eE") {
		r.next("+-")
		if !r.digits() {
			return nil, r.fail("invalid character in a number")
		}
	}
	return json.Number(r.data[from:r.pos]), nil
}

// string reads a string. Most have no escapes and are a part of the document.
func (r *reader) string() (string, error) {
	r.pos++
	from := r.pos
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; {
		case c == '"':
			s := r.data[from:r.pos]
			r.pos++
			if !utf8.ValidString(s) {
				s = string([]rune(s)) // as encoding/json reads it: U+FFFD for what is no character
			}
			return s, nil
		case c == '\\':
			return r.escaped(from)
		case c < ' ':
			return "", r.fail("invalid character in a string")
		}
		r.pos++
	}
	return "", r.fail("")
}

var errEscape = errors.New("invalid escape in a string")

// escaped reads the rest of a string that has escapes.
func (r *reader) escaped(from int) (string, error) {
	out := []byte(r.data[from:r.pos])
	for r.pos < len(r.data) {
		c := r.data[r.pos]
		switch {
		case c == '"':
			r.pos++
			return string([]rune(string(out))), nil
		case c < ' ':
			return "", r.fail("invalid character in a string")
		case c != '\\':
			out = append(out, c)
			r.pos++
			continue
		}
		r.pos++
		if r.pos >= len(r.data) {
			break
		}
		e := r.data[r.pos]
		r.pos++
		switch e {
		case '"', '\\', '/':
			out = append(out, e)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			c, ok := r.hex()
			if !ok {
				return "", r.fail(errEscape.Error())
			}
			if utf16.IsSurrogate(c) {
				at := r.pos
				second := utf8.RuneError
				if r.next("\\") && r.next("u") {
					if second, ok = r.hex(); !ok {
						return "", r.fail(errEscape.Error())
					}
				}
				if c = utf16.DecodeRune(c, second); c == utf8.RuneError {
					r.pos = at // a half alone; what follows stands for itself
				}
			}
			out = utf8.AppendRune(out, c)
		default:
			return "", r.fail(errEscape.Error())
		}
	}
	return "", r.fail("")
}

// hex reads the four digits of a \u escape.
func (r *reader) hex() (rune, bool) {
	if len(r.data)-r.pos < 4 {
		r.pos = len(r.data)
		return 0, false
	}
	text := r.data[r.pos : r.pos+4]
	if text[0] == '+' || text[0] == '-' || text[0] == '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		return 0, false
	}
	r.pos += 4
	return rune(n), true
}
