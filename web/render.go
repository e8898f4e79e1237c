package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/permchain/permchain/web/view"
)

// part is how much of a page an answer holds.
type part int

const (
	partPage   part = iota // all of it
	partView               // the content: what stands in #view
	partDrawer             // the drawer
)

// partOf reads what htmx means to replace. A history restore replaces the body, so it gets the whole page, as
// does every request that is not htmx's.
func partOf(r *http.Request) part {
	if r.Header.Get("HX-Request") != "true" || r.Header.Get("HX-History-Restore-Request") == "true" {
		return partPage
	}
	switch r.Header.Get("HX-Target") {
	case "main#view":
		return partView
	case "aside#drawer":
		return partDrawer
	}
	return partPage
}

// show answers with content inside its page, or with the content alone where htmx asked for no more.
func (s *server) show(w http.ResponseWriter, r *http.Request, status int, p view.Page, content templ.Component) error {
	frame := view.Layout(p)
	if partOf(r) == partView {
		frame = view.Part(p)
	}
	return render(w, r.WithContext(templ.WithChildren(r.Context(), content)), status, frame)
}

// render draws into a buffer and then writes, so that there is no half page.
func render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var buf bytes.Buffer
	if err := c.Render(r.Context(), &buf); err != nil {
		return fmt.Errorf("render %s: %w", r.URL.Path, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Pages stay out of every cache: they show who can reach what, and the same path answers with a whole page or a
	// part of it.
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "HX-Request, HX-Target, Cookie")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the reader may have gone
	return nil
}

// localPath takes a path and query of this application from what a form or header says, or "" when it points
// anywhere else. A leading "//" or "/\" names another host to a browser.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return ""
	}
	return s
}
