// Package view draws the pages. Its models are typed and hold only what is shown; handlers in package web fill
// them. Nothing here reads a store, a graph or a request.
package view

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// spans writes a sentence. It is written by hand because templ puts a space between two expressions, and a
// sentence knows its own spaces.
func spans(s []Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, p := range s {
			if p.Bold {
				b.WriteString("<b>")
			}
			if p.Href != "" {
				b.WriteString(`<a class="name-link" href="` + templ.EscapeString(p.Href) + `"`)
				if !onMap(p.Href) {
					b.WriteString(` hx-boost="false"`)
				}
				b.WriteString(">")
			}
			b.WriteString(templ.EscapeString(p.Text))
			if p.Href != "" {
				b.WriteString("</a>")
			}
			if p.Bold {
				b.WriteString("</b>")
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// code writes lines of code as they are, with their spaces.
func code(lines []CodeLine) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for i, l := range lines {
			if i > 0 {
				b.WriteByte('\n')
			}
			for _, c := range l {
				if c.Mark {
					b.WriteString("<mark>" + templ.EscapeString(c.Text) + "</mark>")
				} else {
					b.WriteString(templ.EscapeString(c.Text))
				}
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// diffText writes a diff. The signs stand in the text, so that it is read without its colours.
func diffText(lines []DiffLine) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, l := range lines {
			class := ""
			switch l.Op {
			case "-":
				class = ` class="del"`
			case "+":
				class = ` class="add"`
			}
			b.WriteString("<span" + class + ">" + templ.EscapeString(l.Op+" "+l.Text) + "</span>")
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// onMap reports whether an address is a view of the map, which the map's drawer can swap in.
func onMap(href string) bool { return href == "/map" || strings.HasPrefix(href, "/map?") }

// elsewhere keeps htmx away from a link that leads to another page.
func elsewhere(href string) templ.Attributes {
	if onMap(href) {
		return nil
	}
	return templ.Attributes{"hx-boost": "false"}
}
