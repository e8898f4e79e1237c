package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/permchain/permchain/web/view"
)

const (
	inlineArray = 56  // columns an array may take on one line of the drawer before it is written one value a line
	maxMarkup   = 400 // lines of a statement shown; what is longer is read in its file
	maxDepth    = 32  // nesting of a policy statement that is laid out; AWS's own grammar needs 5
)

// jsonValue is a JSON value with its object keys in the order they were written.
type jsonValue struct {
	scalar string // as it stands in JSON; "" for arrays and objects
	text   string // the decoded string, for strings
	isText bool
	array  []jsonValue
	object []jsonField
	kind   byte // 's', '[' or '{'
}

type jsonField struct {
	key   string
	value jsonValue
}

func parseJSON(data []byte) (jsonValue, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readJSON(d, 0)
}

func readJSON(d *json.Decoder, depth int) (jsonValue, error) {
	if depth > maxDepth {
		return jsonValue{}, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return jsonValue{}, err
	}
	switch t := t.(type) {
	case json.Delim:
		v := jsonValue{kind: byte(t)}
		for d.More() {
			var key string
			if t == '{' {
				k, err := d.Token()
				if err != nil {
					return v, err
				}
				key, _ = k.(string)
			}
			item, err := readJSON(d, depth+1)
			if err != nil {
				return v, err
			}
			if t == '{' {
				v.object = append(v.object, jsonField{key, item})
			} else {
				v.array = append(v.array, item)
			}
		}
		_, err := d.Token()
		return v, err
	case string:
		return jsonValue{kind: 's', scalar: quote(t), text: t, isText: true}, nil
	case nil:
		return jsonValue{kind: 's', scalar: "null"}, nil
	default:
		return jsonValue{kind: 's', scalar: fmt.Sprint(t)}, nil
	}
}

// quote writes a JSON string for reading: < and > stay as they are.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// statementOf takes one statement out of a policy's text. AWS lets a policy with one statement leave its list
// out.
func statementOf(policy string, index int) (jsonValue, bool) {
	doc, err := parseJSON([]byte(policy))
	if err != nil || doc.kind != '{' {
		return jsonValue{}, false
	}
	for _, f := range doc.object {
		if f.key != "Statement" {
			continue
		}
		switch {
		case f.value.kind == '{' && index == 0:
			return f.value, true
		case f.value.kind == '[' && index >= 0 && index < len(f.value.array):
			return f.value.array[index], true
		}
	}
	return jsonValue{}, false
}

// marked says which values of a statement are the reason.
type marked struct {
	actions, resources map[string]bool
	principals         bool // whoever it lets in is the reason
}

func (m marked) has(element, value string) bool {
	switch element {
	case "Action", "NotAction":
		return m.actions[value]
	case "Resource", "NotResource":
		return m.resources[value]
	case "Principal", "NotPrincipal":
		return m.principals
	}
	return false
}

// layOut writes a statement as lines for reading, the reason's values marked. It reports false when it cut some
// lines off.
func layOut(v jsonValue, m marked) (lines []view.CodeLine, whole bool) {
	p := printer{marked: m, lines: []view.CodeLine{{}}}
	p.value(v, "", 0)
	if len(p.lines) > maxMarkup {
		return p.lines[:maxMarkup], false
	}
	return p.lines, true
}

type printer struct {
	marked marked
	lines  []view.CodeLine
}

func (p *printer) add(s string, mark bool) {
	l := &p.lines[len(p.lines)-1]
	if n := len(*l); n > 0 && !mark && !(*l)[n-1].Mark {
		(*l)[n-1].Text += s
		return
	}
	*l = append(*l, view.CodeSpan{Text: s, Mark: mark})
}

func (p *printer) newline(indent int) {
	p.lines = append(p.lines, view.CodeLine{{Text: strings.Repeat("  ", indent)}})
}

// value writes v. element is the statement's element it stands in, indent the level of the line it starts on.
func (p *printer) value(v jsonValue, element string, indent int) {
	switch v.kind {
	case '{':
		if len(v.object) == 0 {
			p.add("{}", false)
			return
		}
		p.add("{", false)
		for i, f := range v.object {
			p.newline(indent + 1)
			p.add(quote(f.key)+": ", false)
			in := element
			if indent == 0 {
				in = f.key
			}
			p.value(f.value, in, indent+1)
			if i < len(v.object)-1 {
				p.add(",", false)
			}
		}
		p.newline(indent)
		p.add("}", false)
	case '[':
		inline := v.width() <= inlineArray
		p.add("[", false)
		for i, item := range v.array {
			if !inline {
				p.newline(indent + 1)
			}
			p.value(item, element, indent+1)
			if i < len(v.array)-1 {
				p.add(",", false)
				if inline {
					p.add(" ", false)
				}
			}
		}
		if !inline {
			p.newline(indent)
		}
		p.add("]", false)
	default:
		p.add(v.scalar, v.isText && p.marked.has(element, v.text))
	}
}

// width is how many columns a list of scalars takes on one line; what holds more than scalars never fits.
func (v jsonValue) width() int {
	n := 2
	for _, item := range v.array {
		if item.kind != 's' {
			return inlineArray + 1
		}
		n += len(item.scalar) + 2
	}
	return n
}

// compact writes JSON with short lists on one line, as statements are shown; what is not JSON stays as it is.
func compact(text string) string {
	v, err := parseJSON([]byte(text))
	if err != nil {
		return text
	}
	p := printer{lines: []view.CodeLine{{}}}
	p.value(v, "", 0)
	lines := make([]string, len(p.lines))
	for i, l := range p.lines {
		for _, c := range l {
			lines[i] += c.Text
		}
	}
	return strings.Join(lines, "\n")
}

// maxDiff bounds the table of a line diff. A statement has tens of lines; two texts beyond this are shown one
// after the other.
const maxDiff = 400

// diff lines up two texts: what is only before, what is only after, what stays.
func diff(before, after string) []view.DiffLine {
	a, b := splitLines(before), splitLines(after)
	if len(a) > maxDiff || len(b) > maxDiff {
		var out []view.DiffLine
		for _, l := range a {
			out = append(out, view.DiffLine{Op: "-", Text: l})
		}
		for _, l := range b {
			out = append(out, view.DiffLine{Op: "+", Text: l})
		}
		return out
	}
	// common[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []view.DiffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, view.DiffLine{Op: " ", Text: a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			out = append(out, view.DiffLine{Op: "-", Text: a[i]})
			i++
		default:
			out = append(out, view.DiffLine{Op: "+", Text: b[j]})
			j++
		}
	}
	return out
}

func splitLines(s string) []string {
	s = strings.TrimRight(s, "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
