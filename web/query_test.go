package web

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/permchain/permchain/web/view"
)

func TestMapAddressBringsBackTheView(t *testing.T) {
	for _, address := range []string{
		"/map",
		"/map?workload=support-assistant&env=prod&broad=1&unowned=1&notwired=1&reaches=restricted&sel=link-4711",
		"/map?snapshot=3&kind=reads&q=hr+payroll&focus=0123456789abcdef&hops=3&denied=1&implied=1&unfold=fold-a&unfold=fold-b&sel=node-x",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseMapQuery(u.Query()).href(); got != address {
			t.Errorf("%s comes back as %s", address, got)
		}
	}
}

func TestMapAddressDropsWhatItDoesNotKnow(t *testing.T) {
	for query, want := range map[string]string{
		"broad=2&unowned=yes&hops=3&snapshot=-1&zoom=4": "/map",
		"focus=x&hops=99":                                       "/map?focus=x",
		"q=" + strings.Repeat("x", 300):                         "/map",
		"workload=%00&sel=%ff":                                  "/map",
		"q=+x+&unfold=a&unfold=a&snapshot=99999999999999999999": "/map?q=x&unfold=a",
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseMapQuery(v).href(); got != want {
			t.Errorf("%.60s: %s, want %s", query, got, want)
		}
	}
}

func TestFindingsAddressBringsBackTheList(t *testing.T) {
	for query, want := range map[string]string{
		"severity=HIGH&rule=no-log&workload=x&status=open&group=rule&sort=sentence&sel=finding-1": "/findings?severity=high&rule=no-log&workload=x&status=open&group=rule&sort=sentence&sel=finding-1",
		"severity=dire&status=closed&group=colour&sort=up&snapshot=0":                             "/findings",
		"snapshot=2": "/findings?snapshot=2",
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseFindingsQuery(v).href(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func FuzzMapQuery(f *testing.F) {
	f.Add("workload=a&broad=1&sel=link-x&unfold=b")
	f.Add("q=%3Cscript%3E&focus=..%2F&hops=2")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q := parseMapQuery(v)
		u, err := url.Parse(q.href())
		if err != nil || u.Path != "/map" || u.Host != "" {
			t.Fatalf("%q leads to %q, %v", query, q.href(), err)
		}
		if again := parseMapQuery(u.Query()); !reflect.DeepEqual(again, q) {
			t.Fatalf("%q: %+v comes back as %+v", query, q, again)
		}
	})
}

func TestLocalPath(t *testing.T) {
	for s, want := range map[string]string{
		"/": "/", "/map?x=1#y": "/map?x=1#y", "": "", "map": "", "//evil.example": "", `/\evil.example`: "", "/\t/evil.example": "",
		"https://evil.example": "", "javascript:alert(1)": "", "/a\r\nSet-Cookie: x": "",
	} {
		if got := localPath(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestNamesAreSetOff(t *testing.T) {
	show := func(ss []view.Span) string {
		var b strings.Builder
		for _, s := range ss {
			if s.Bold {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		return b.String()
	}
	for _, c := range []struct {
		sentence string
		names    []string
		want     string
	}{
		{"Customers can reach hr-payroll through support-agent.", []string{"Customers", "hr-payroll", "support-agent"}, "[Customers] can reach [hr-payroll] through support-agent."},
		{"support-agent-role and support-agent", []string{"support-agent"}, "support-agent-role and [support-agent]"},
		{"a b", []string{"", "zzz"}, "a b"},
		{"x reads y", []string{"y", "x"}, "[x] reads [y]"},
		{"hr and hr", []string{"hr", "hr"}, "[hr] and [hr]"},
		{"", []string{"x"}, ""},
	} {
		if got := show(bolden(c.sentence, 2, c.names...)); got != c.want {
			t.Errorf("%q: %q, want %q", c.sentence, got, c.want)
		}
	}
}
