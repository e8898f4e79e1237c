package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web"
)

var made = time.Date(2026, 11, 23, 9, 12, 0, 0, time.UTC)

// imported is the worked example, through the real importers; made once for all tests, which only read it.
var imported = sync.OnceValues(func() (*snapshot.Snapshot, error) {
	facts, report, err := importers.ImportFS(context.Background(), example.FS(), importers.Options{Strict: true})
	if err != nil {
		return nil, err
	}
	return snapshot.Make(facts, report, made)
})

// app is the application over a database of its own.
type app struct {
	http.Handler
	store *store.Store
	log   *bytes.Buffer
	snap  *snapshot.Snapshot // what demo stored; nil before the first import
}

// empty is the application before the first import.
func empty(t testing.TB) *app {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "permchain.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	a := &app{store: st, log: new(bytes.Buffer)}
	a.Handler, err = web.New(web.Config{
		Store: st, Logger: slog.New(slog.NewTextHandler(a.log, nil)), Version: "test",
		Now: func() time.Time { return made.Add(time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// demo is the application over the worked example.
func demo(t testing.TB) *app {
	t.Helper()
	snap, err := imported()
	if err != nil {
		t.Fatalf("the worked example: %v", err)
	}
	own := *snap // Save sets the ID
	a := empty(t)
	if err := a.store.Save(t.Context(), &own); err != nil {
		t.Fatal(err)
	}
	a.snap = &own
	return a
}

// edge is the link between two nodes by their names.
func (a *app) edge(t testing.TB, from string, kind graph.EdgeKind, to string) *graph.Edge {
	t.Helper()
	g := a.snap.Graph
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Kind == kind && g.Node(e.From).Name == from && g.Node(e.To).Name == to {
			return e
		}
	}
	t.Fatalf("the worked example has no link %s %s %s", from, kind, to)
	return nil
}

func (a *app) node(t testing.TB, name string) *graph.Node {
	t.Helper()
	for i := range a.snap.Graph.Nodes {
		if n := &a.snap.Graph.Nodes[i]; n.Name == name {
			return n
		}
	}
	t.Fatalf("the worked example has no node %s", name)
	return nil
}

// finding is the first open finding of a rule.
func (a *app) finding(t testing.TB, rule string) *rules.Finding {
	t.Helper()
	for i := range a.snap.Findings {
		if f := &a.snap.Findings[i]; f.Rule == rule && f.Status == rules.Open {
			return f
		}
	}
	t.Fatalf("the worked example has no open finding of %s", rule)
	return nil
}

// answer is what a request got.
type answer struct {
	*http.Response
	page *html.Node
	body string
}

type option func(*http.Request)

// htmx makes a request one of htmx's for an element.
func htmx(target string) option {
	return func(r *http.Request) {
		r.Header.Set("HX-Request", "true")
		r.Header.Set("HX-Target", target)
	}
}

func header(key, value string) option { return func(r *http.Request) { r.Header.Set(key, value) } }

func host(name string) option { return func(r *http.Request) { r.Host = name } }

// get asks for a page as a browser on this machine would.
func (a *app) get(t testing.TB, path string, opts ...option) answer {
	t.Helper()
	return a.do(t, httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil), opts...)
}

// post sends a form from one of our own pages.
func (a *app) post(t testing.TB, path string, form url.Values, opts ...option) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Referer", "http://localhost:8080/map?unowned=1")
	return a.do(t, r, opts...)
}

func (a *app) do(t testing.TB, r *http.Request, opts ...option) answer {
	t.Helper()
	for _, o := range opts {
		o(r)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := answer{Response: res, body: string(body)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if got.page, err = html.Parse(strings.NewReader(got.body)); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// wants checks a page's status and structure.
func (g answer) wants(t *testing.T, status int, checks ...func(*testing.T, *html.Node)) {
	t.Helper()
	if g.StatusCode != status {
		t.Errorf("status %d, want %d: %.400s", g.StatusCode, status, g.body)
	}
	if g.page == nil {
		if len(checks) > 0 {
			t.Fatalf("the answer is no page but %q", g.Header.Get("Content-Type"))
		}
		return
	}
	for _, c := range checks {
		c(t, g.page)
	}
}

// every lists an address of each sort of page of the worked example.
func (a *app) every(t testing.TB) []string {
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	n := a.node(t, "support-agent")
	return []string{
		"/", "/map", "/map?workload=support-assistant&env=prod&broad=1&unowned=1", fmt.Sprintf("/map?sel=link-%s", e.ID),
		fmt.Sprintf("/map?focus=%s&sel=node-%s", n.ID.Key(), n.ID.Key()), "/map?workload=nothing",
		"/findings", "/findings?group=rule&sort=sentence", "/findings?sel=finding-" + a.finding(t, "broad-action").ID,
		"/findings?status=not-assessed", "/findings?severity=low&rule=broad-action",
		fmt.Sprintf("/link/%s", e.ID), fmt.Sprintf("/node/%s", n.ID.Key()),
		"/find", "/find?q=payroll", "/find?q=zzzz", "/imports", "/imports?snapshot=1", "/nothing-here",
	}
}
