package static_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/permchain/permchain/static"
)

func TestAssetsAreServedUnderHashedNamesOnly(t *testing.T) {
	a, err := static.New(static.Extra{Name: "map.css", Data: []byte(".e{marker-end:url(\"#a\")}")})
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{
		"app.css": "text/css; charset=utf-8", "map.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"vendor/htmx.min.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
		"fonts/inter-latin.woff2": "font/woff2", "fonts/inter-latin-ext.woff2": "font/woff2",
		"fonts/inter.LICENSE.txt": "text/plain; charset=utf-8", "vendor/htmx.LICENSE.txt": "text/plain; charset=utf-8",
	}
	hashed := regexp.MustCompile(`^/static/.+\.[0-9a-f]{12}\.[a-z0-9]+$`)
	for name, want := range types {
		p := a.Path(name)
		if !hashed.MatchString(p) {
			t.Errorf("%s is served as %q, which carries no hash", name, p)
			continue
		}
		w := get(a, p)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want || w.Body.Len() == 0 {
			t.Errorf("%s: status %d, type %q, %d bytes", p, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if c := w.Header().Get("Cache-Control"); !strings.Contains(c, "immutable") {
			t.Errorf("%s: Cache-Control %q", p, c)
		}
	}
	for _, p := range []string{"/static/app.css", "/static/", "/static/../static.go", "/static/static.go", "/static/app.000000000000.css"} {
		if w := get(a, p); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", p, w.Code)
		}
	}
	if a.Path("nothing.css") != "" {
		t.Error("a file that is not there has a path")
	}
}

func TestStyleSheetRefersToHashedFiles(t *testing.T) {
	a, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	css := get(a, a.Path("app.css")).Body.String()
	refs := regexp.MustCompile(`url\("([^"]+)"\)`).FindAllStringSubmatch(css, -1)
	if len(refs) < 2 {
		t.Fatalf("app.css refers to %d files; the fonts are missing", len(refs))
	}
	for _, m := range refs {
		if w := get(a, m[1]); w.Code != http.StatusOK {
			t.Errorf("app.css refers to %s: status %d", m[1], w.Code)
		}
	}
	if _, err := static.New(static.Extra{Name: "x.css", Data: []byte(`a{b:url("gone.png")}`)}); err == nil {
		t.Error("a reference to a file that is not there is no error")
	}
}

func TestSameContentSameName(t *testing.T) {
	name := func(css string) string {
		a, err := static.New(static.Extra{Name: "map.css", Data: []byte(css)})
		if err != nil {
			t.Fatal(err)
		}
		return a.Path("map.css")
	}
	first, again, other := name("a{}"), name("a{}"), name("b{}")
	if first != again || first == other {
		t.Errorf("names do not follow content: %s, %s, %s", first, again, other)
	}
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	r.URL.Path = path // as it came, not cleaned
	h.ServeHTTP(w, r)
	return w
}

// TestContrast counts WCAG 2.2's contrast (1.4.3, 1.4.11) of the tokens, in both themes, on every surface that they
// stand on.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	type pair struct{ light, dark string }
	tokens := map[string]pair{}
	for _, m := range regexp.MustCompile(`--([a-z0-9]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(css), -1) {
		tokens[m[1]] = pair{m[2], m[3]}
	}
	const text, line = 4.5, 3
	for _, c := range []struct {
		fore  string
		least float64
		on    string
	}{
		{"ink", text, "bg panel lane node accentbg broadbg unbg goodbg"},
		{"ink2", text, "bg panel lane node accentbg broadbg unbg goodbg"},
		{"ink3", text, "bg panel lane"},
		{"accent", text, "bg panel lane unbg accentbg"},
		{"broad", text, "bg panel lane node broadbg accentbg"},
		{"un", text, "bg panel lane node unbg accentbg"},
		{"good", text, "bg panel goodbg"},
		{"onaccent", text, "accent"},
		{"control", line, "bg panel"},
		{"ok", line, "bg panel lane"},
	} {
		for surface := range strings.FieldsSeq(c.on) {
			f, okF := tokens[c.fore]
			b, okB := tokens[surface]
			if !okF || !okB {
				t.Fatalf("token --%s or --%s is not declared with light-dark()", c.fore, surface)
			}
			for theme, r := range map[string]float64{"light": ratio(f.light, b.light), "dark": ratio(f.dark, b.dark)} {
				if r < c.least {
					t.Errorf("%s: --%s on --%s has a contrast of %.2f, less than %.1f", theme, c.fore, surface, r, c.least)
				}
			}
		}
	}
}

func ratio(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(hex string) float64 {
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		panic(fmt.Sprintf("%s is no colour", hex))
	}
	part := func(c uint64) float64 {
		x := float64(c) / 255
		if x <= .04045 {
			return x / 12.92
		}
		return math.Pow((x+.055)/1.055, 2.4)
	}
	return .2126*part(v>>16) + .7152*part(v>>8&255) + .0722*part(v&255)
}
