package web_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A page is checked by its structure: in("#drawer h2", hasText("support-agent can read hr-payroll")).

// check looks at the elements that a selector found.
type check struct {
	what string
	ok   func([]*html.Node) error
}

// in applies checks to the elements of a page that a selector finds. A selector is tag, #id, .class and
// [attribute=value] in any combination; a space leads to a descendant.
func in(selector string, checks ...check) func(*testing.T, *html.Node) {
	return func(t *testing.T, page *html.Node) {
		t.Helper()
		found := find(page, selector)
		for _, c := range checks {
			if err := c.ok(found); err != nil {
				t.Errorf("%s %s: %v", selector, c.what, err)
			}
		}
		if len(checks) == 0 && len(found) == 0 {
			t.Errorf("%s: nothing matches", selector)
		}
	}
}

// not reports a failure when anything matches.
func not(selector string) func(*testing.T, *html.Node) { return in(selector, times(0)) }

// hasText wants an element whose text, its white space folded, contains want.
func hasText(want string) check {
	return check{fmt.Sprintf("has text %q", want), func(ns []*html.Node) error {
		var seen []string
		for _, n := range ns {
			s := text(n)
			if strings.Contains(s, want) {
				return nil
			}
			seen = append(seen, s)
		}
		return fmt.Errorf("in %.600q", seen)
	}}
}

// lacksText wants no element whose text contains s.
func lacksText(s string) check {
	return check{fmt.Sprintf("lacks text %q", s), func(ns []*html.Node) error {
		for _, n := range ns {
			if got := text(n); strings.Contains(got, s) {
				return fmt.Errorf("found in %.600q", got)
			}
		}
		return nil
	}}
}

// times wants exactly so many elements.
func times(want int) check {
	return check{fmt.Sprintf("stands %d times", want), func(ns []*html.Node) error {
		if len(ns) != want {
			return fmt.Errorf("stands %d times", len(ns))
		}
		return nil
	}}
}

// hasAttr wants an element with that attribute, its value containing want.
func hasAttr(name, want string) check {
	return check{fmt.Sprintf("has %s=%q", name, want), func(ns []*html.Node) error {
		var seen []string
		for _, n := range ns {
			v, ok := attr(n, name)
			if ok && strings.Contains(v, want) {
				return nil
			}
			seen = append(seen, v)
		}
		return fmt.Errorf("in %.400q", seen)
	}}
}

func text(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		if n.Type == html.ElementNode && !slices.Contains([]string{"a", "b", "span", "mark", "small", "code", "text"}, n.Data) {
			b.WriteByte(' ')
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := range n.ChildNodes() {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func find(root *html.Node, selector string) []*html.Node {
	at := []*html.Node{root}
	for part := range strings.FieldsSeq(selector) {
		want := parsePart(part)
		var next []*html.Node
		for _, n := range at {
			walk(n, func(d *html.Node) {
				if d != n && want.matches(d) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			})
		}
		at = next
	}
	return at
}

type part struct {
	tag, id string
	classes []string
	attrs   [][2]string
}

func parsePart(s string) part {
	var p part
	s, rest, _ := strings.Cut(s, "[")
	for rest != "" {
		var one string
		one, rest, _ = strings.Cut(rest, "]")
		k, v, _ := strings.Cut(one, "=")
		p.attrs = append(p.attrs, [2]string{k, v})
		rest = strings.TrimPrefix(rest, "[")
	}
	for s != "" {
		end := strings.IndexAny(s[1:], "#.") + 1
		if end == 0 {
			end = len(s)
		}
		switch s[0] {
		case '#':
			p.id = s[1:end]
		case '.':
			p.classes = append(p.classes, s[1:end])
		default:
			p.tag = s[:end]
		}
		s = s[end:]
	}
	return p
}

func (p part) matches(n *html.Node) bool {
	if n.Type != html.ElementNode || (p.tag != "" && p.tag != n.Data) {
		return false
	}
	if id, _ := attr(n, "id"); p.id != "" && p.id != id {
		return false
	}
	class, _ := attr(n, "class")
	for _, c := range p.classes {
		if !slices.Contains(strings.Fields(class), c) {
			return false
		}
	}
	for _, a := range p.attrs {
		v, ok := attr(n, a[0])
		if !ok || (a[1] != "" && v != a[1]) {
			return false
		}
	}
	return true
}

func TestFindSelectsByStructure(t *testing.T) {
	page, err := html.Parse(strings.NewReader(`<div id="a"><p class="x y">one <b>two</b></p><p data-k="v">three</p></div><p>four</p>`))
	if err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]int{
		"p": 3, "#a p": 2, "p.x.y": 1, "p.y b": 1, "[data-k=v]": 1, "p[data-k]": 1, "p.z": 0, "#b p": 0, "div p b": 1,
	} {
		if got := len(find(page, selector)); got != want {
			t.Errorf("%s finds %d, want %d", selector, got, want)
		}
	}
	if got := text(find(page, "#a")[0]); got != "one two three" {
		t.Errorf("text %q", got)
	}
}
