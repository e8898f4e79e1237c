package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	a := demo(t)
	answers := map[string]answer{}
	for _, p := range append(a.every(t), "/static/nothing.css", "/favicon.ico", "/link/none", "/findings?sel=finding-none") {
		answers["GET "+p] = a.get(t, p)
	}
	answers["wrong host"] = a.get(t, "/", host("evil.example"))
	answers["cross-origin"] = a.post(t, "/theme", url.Values{"theme": {"dark"}}, header("Sec-Fetch-Site", "cross-site"))
	answers["wrong method"] = a.do(t, httptest.NewRequest(http.MethodDelete, "http://localhost/map", nil))
	for name, got := range answers {
		h := got.Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: Content-Security-Policy %q lacks %q", name, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q allows something unsafe", name, csp)
		}
		for key, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if h.Get(key) != want {
				t.Errorf("%s: %s is %q, want %q", name, key, h.Get(key), want)
			}
		}
		if got.page != nil && got.StatusCode != http.StatusFound && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a page may be cached: %q", name, h.Get("Cache-Control"))
		}
	}
}

// TestNoInlineScriptOrStyle keeps pages to what the Content-Security-Policy lets run.
func TestNoInlineScriptOrStyle(t *testing.T) {
	a := demo(t)
	for _, p := range append(a.every(t), "/link/none") {
		got := a.get(t, p)
		if got.page == nil {
			t.Fatalf("%s is no page", p)
		}
		walk(got.page, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			if n.Data == "style" {
				t.Errorf("%s: a style element", p)
			}
			if _, ok := attr(n, "src"); n.Data == "script" && !ok {
				t.Errorf("%s: a script without src", p)
			}
			for _, at := range n.Attr {
				if at.Key == "style" || strings.HasPrefix(at.Key, "on") || strings.HasPrefix(at.Key, "hx-on") {
					t.Errorf("%s: <%s %s=%q>", p, n.Data, at.Key, at.Val)
				}
				if (at.Key == "href" || at.Key == "src" || at.Key == "action") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(at.Val)), "javascript:") {
					t.Errorf("%s: <%s %s=%q>", p, n.Data, at.Key, at.Val)
				}
			}
		})
	}
}

func TestOnlyOwnNamesAreAnswered(t *testing.T) {
	a := demo(t)
	for name, status := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "LOCALHOST:1": 200, "localhost.": 200, "127.0.0.1:8080": 200, "127.0.0.2": 200,
		"[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "192.168.0.7:8080": 421,
		"0.0.0.0:8080": 421, "[::]": 421, "": 421, "localhost@evil.example": 421, "127.0.0.1.evil.example": 421,
	} {
		for _, path := range []string{"/", "/imports", "/static/x"} {
			got := a.get(t, path, host(name))
			if status == 421 && got.StatusCode != 421 {
				t.Errorf("%q %s: status %d, want 421", name, path, got.StatusCode)
			}
			if status == 200 && got.StatusCode == 421 {
				t.Errorf("%q %s: refused", name, path)
			}
		}
	}
}

func TestChangesComeFromOwnPagesOnly(t *testing.T) {
	a := demo(t)
	for _, c := range []struct {
		name   string
		opts   []option
		status int
	}{
		{"our own page", nil, http.StatusSeeOther},
		{"another site", []option{header("Sec-Fetch-Site", "cross-site")}, http.StatusForbidden},
		{"another port of this machine", []option{header("Sec-Fetch-Site", "same-site")}, http.StatusForbidden},
		{"an old browser, own origin", []option{header("Sec-Fetch-Site", ""), header("Origin", "http://localhost:8080")}, http.StatusSeeOther},
		{"an old browser, other origin", []option{header("Sec-Fetch-Site", ""), header("Origin", "http://evil.example")}, http.StatusForbidden},
		{"a sandboxed frame", []option{header("Sec-Fetch-Site", ""), header("Origin", "null")}, http.StatusForbidden},
	} {
		got := a.post(t, "/theme", url.Values{"theme": {"dark"}}, c.opts...)
		if got.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.name, got.StatusCode, c.status)
		}
		if c.status == http.StatusForbidden && len(got.Cookies()) > 0 {
			t.Errorf("%s: a cookie was set", c.name)
		}
	}
	e := a.edge(t, "support-agent", "reads", "hr-payroll")
	owner := url.Values{"for": {"link-" + string(e.ID)}, "owner": {"x"}, "by": {"y"}, "reason": {"z"}}
	if got := a.post(t, "/owner", owner, header("Sec-Fetch-Site", "cross-site")); got.StatusCode != http.StatusForbidden {
		t.Errorf("an owner from another site: status %d", got.StatusCode)
	}
	if as, err := a.store.Assignments(t.Context()); err != nil || len(as) != 0 {
		t.Errorf("assignments %v, %v", as, err)
	}
}

func TestOversizeBodiesAreRefused(t *testing.T) {
	a := demo(t)
	form := url.Values{"theme": {strings.Repeat("x", 65<<10)}}
	a.post(t, "/theme", form).wants(t, http.StatusRequestEntityTooLarge, in("h1", hasText("too large")))
	form = url.Values{"owner": {strings.Repeat("x", 65<<10)}}
	a.post(t, "/owner", form).wants(t, http.StatusRequestEntityTooLarge)

	// An upload beyond its bound is read no further than the bound.
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	go func() {
		part, err := m.CreateFormFile("files", "big.json")
		chunk := bytes.Repeat([]byte(" "), 1<<20)
		for i := 0; i < 200 && err == nil; i++ {
			_, err = part.Write(chunk)
		}
		_ = w.CloseWithError(err)
	}()
	req := httptest.NewRequest(http.MethodPost, "http://localhost/imports", r)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	got := a.do(t, req)
	_ = r.Close()
	got.wants(t, http.StatusRequestEntityTooLarge, in("h1", hasText("too large")))
	if list, err := a.store.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("snapshots %v, %v", list, err)
	}
}

func TestErrorsShowNoCause(t *testing.T) {
	a := demo(t)
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	got := a.get(t, "/map")
	got.wants(t, http.StatusInternalServerError, in("h1", hasText("Something went wrong")), in("#view", lacksText("sql"), lacksText("permchain.db")))
	if !strings.Contains(a.log.String(), "level=ERROR") || !strings.Contains(a.log.String(), "path=/map") {
		t.Errorf("the cause was not logged: %s", a.log)
	}
}

func TestRedirectsStayHere(t *testing.T) {
	a := demo(t)
	n := a.node(t, "hr-payroll")
	for back, want := range map[string]string{
		"/map?sel=node-x": "/map?sel=node-x", "//evil.example/": "/map", "https://evil.example/": "/map", `/\evil.example`: "/map",
		"": "/map", "javascript:alert(1)": "/map", "/a\nb": "/map",
	} {
		got := a.post(t, "/owner", url.Values{
			"for": {"node-" + n.ID.Key()}, "owner": {"people-team"}, "by": {"M. Keller"}, "reason": {"runs payroll"}, "return": {back},
		})
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
			t.Errorf("return %q leads to %d %q, want %q", back, got.StatusCode, got.Header.Get("Location"), want)
		}
	}
	for referer, want := range map[string]string{
		"http://localhost:8080/findings?group=rule": "/findings?group=rule", "http://evil.example/x": "/", "": "/", "::": "/",
		"http://localhost:8080//evil.example": "/",
	} {
		got := a.post(t, "/theme", url.Values{"theme": {"light"}}, header("Referer", referer))
		if got.Header.Get("Location") != want {
			t.Errorf("Referer %q leads to %q, want %q", referer, got.Header.Get("Location"), want)
		}
	}
}

func TestCookiesAreKeptFromScript(t *testing.T) {
	a := demo(t)
	got := a.post(t, "/theme", url.Values{"theme": {"dark"}})
	if len(got.Cookies()) != 1 {
		t.Fatalf("cookies %v", got.Cookies())
	}
	c := got.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		t.Errorf("cookie %v", c)
	}
}
