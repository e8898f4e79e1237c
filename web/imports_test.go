package web_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/permchain/permchain/importers/example"
)

// file is one file of an upload.
type file struct{ name, body string }

// upload sends files as the form does. Paths of a folder go as browsers send them.
func (a *app) upload(t testing.TB, keepGoing bool, files ...file) answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", `form-data; name="files"; filename="`+f.name+`"`)
		w, err := m.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.body)); err != nil {
			t.Fatal(err)
		}
	}
	if keepGoing {
		if err := m.WriteField("keepgoing", "1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost/imports", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return a.do(t, r)
}

// exampleFiles are the worked example's files with their paths.
func exampleFiles(t testing.TB) []file {
	t.Helper()
	var out []file
	err := fs.WalkDir(example.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(example.FS(), p)
		out = append(out, file{p, string(data)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func zipped(t testing.TB, files ...file) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestUploadMakesASnapshot(t *testing.T) {
	files := exampleFiles(t)
	want, err := imported()
	if err != nil {
		t.Fatal(err)
	}
	for name, sent := range map[string][]file{
		"a folder": files,
		"a zip":    {{"acme.zip", zipped(t, files...)}},
	} {
		t.Run(name, func(t *testing.T) {
			a := empty(t)
			got := a.upload(t, false, sent...)
			if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/imports?made=1" {
				t.Fatalf("status %d to %q: %.300s", got.StatusCode, got.Header.Get("Location"), got.body)
			}
			snap, err := a.store.Latest(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(snap.Graph.Nodes) != len(want.Graph.Nodes) || len(snap.Graph.Edges) != len(want.Graph.Edges) {
				t.Errorf("%d nodes, %d links; the example has %d and %d", len(snap.Graph.Nodes), len(snap.Graph.Edges), len(want.Graph.Nodes), len(want.Graph.Edges))
			}
			a.get(t, "/imports?made=1").wants(t, 200,
				in("[role=status]", hasText("Snapshot 1 is made of")),
				in(".file", hasText("account-authorization-details.json"), hasText("roles")),
			)
			a.get(t, "/map").wants(t, 200, in("#links", hasText("support-agent can read hr-payroll")))
		})
	}
}

// TestBadUploadsChangeNothing: a clear word for each, and the last good snapshot stays.
func TestBadUploadsChangeNothing(t *testing.T) {
	var good file
	for _, f := range exampleFiles(t) {
		if strings.HasSuffix(f.name, "prod/iam/account-authorization-details.json") {
			good = f
		}
	}
	a := demo(t)
	for name, c := range map[string]struct {
		files  []file
		checks []func(*testing.T, *html.Node)
	}{
		"no file":        {nil, []func(*testing.T, *html.Node){in("[role=alert]", hasText("No file was chosen"))}},
		"not JSON":       {[]file{{"iam.json", "hello"}}, []func(*testing.T, *html.Node){in(".file", hasText("iam.json")), in(".file .note-bad")}},
		"cut off":        {[]file{{"iam.json", good.body[:len(good.body)/2]}}, []func(*testing.T, *html.Node){in(".file .note-bad", hasText("iam.json"))}},
		"deep":           {[]file{{"x.json", strings.Repeat("[", 200_000)}}, []func(*testing.T, *html.Node){in(".file .note-bad")}},
		"empty":          {[]file{{"x.json", ""}}, []func(*testing.T, *html.Node){in("[role=alert]", hasText("Nothing was imported"))}},
		"another kind":   {[]file{{"x.json", `{"hello": "world"}`}}, []func(*testing.T, *html.Node){in("[role=alert]", hasText("Nothing was imported"))}},
		"zip slip":       {[]file{{"x.zip", zipped(t, file{"../../evil.json", good.body})}}, []func(*testing.T, *html.Node){in("[role=alert]", hasText("Nothing was imported"))}},
		"one bad of two": {[]file{good, {"bad.json", "{"}}, []func(*testing.T, *html.Node){in("[role=alert]", hasText("1 file could not be read")), in(".file", hasText("bad.json"))}},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.upload(t, false, c.files...)
			got.wants(t, http.StatusUnprocessableEntity, append(c.checks, in("form#upload"), in("#report .file", lacksText("goroutine")))...)
			list, err := a.store.List(t.Context())
			if err != nil || len(list) != 1 {
				t.Fatalf("snapshots %v, %v", list, err)
			}
		})
	}

	// Asked to go on, it keeps what can be read and says what could not.
	got := a.upload(t, true, good, file{"bad.json", "{"})
	if got.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d: %.300s", got.StatusCode, got.body)
	}
	a.get(t, "/imports").wants(t, 200, in("tr.sel", hasText("Snapshot 2"), hasText("1 not read")), in(".file .note-bad"), in("td a", hasAttr("href", "/findings?snapshot=1")))
}

func TestUploadedNamesStayInside(t *testing.T) {
	a := empty(t)
	for _, name := range []string{"../../etc/passwd", "/etc/passwd", `C:\Users\x\bad.json`, "a/../../b.json", strings.Repeat("d/", 400) + "x.json", "prod/./bad.json"} {
		got := a.upload(t, false, file{name, "{"})
		got.wants(t, http.StatusUnprocessableEntity, in(".file .name", times(1)))
		for _, n := range find(got.page, ".file .name b") {
			if s := text(n); strings.Contains(s, "..") || strings.HasPrefix(s, "/") || strings.Contains(s, `\`) {
				t.Errorf("%q is shown as %q", name, s)
			}
		}
	}
	got := a.upload(t, false, file{"<script>alert(1)</script>.json", "{"})
	got.wants(t, http.StatusUnprocessableEntity, in(".file .name", hasText("alert(1)")), in("main", times(1)), not(".file script"))
}
