package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/permchain/permchain/graph"
)

func TestPages(t *testing.T) {
	a := demo(t)
	payroll := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	agent := a.node(t, "support-agent")
	broad := a.finding(t, "broad-action")
	for _, c := range []struct {
		path   string
		status int
		checks []func(*testing.T, *html.Node)
	}{
		{"/", 200, []func(*testing.T, *html.Node){
			in("title", hasText("Overview · permchain")), in("h1", hasText("Acme")), in(".share", times(3), hasText("of links have an owner")),
			in(".path a.open", hasAttr("href", "/map?sel=")), in("th[scope=row]", hasText("Support assistant")),
			in("nav a[aria-current=page]", hasText("Overview"), times(1)), in(".foot", hasText("Snapshot 1")),
		}},
		{"/map", 200, []func(*testing.T, *html.Node){
			in("svg.pcmap", hasAttr("role", "group")), in("[data-node="+agent.ID.Key()+"]", hasText("support-agent")),
			in("#links tr", hasText("support-agent can read hr-payroll")), in(".chip.is-broad", hasText("✱ Over-broad")),
			in(".chip.is-un", hasText("◇ Unowned")), in(".count", hasText("nodes")), in(".legend", hasText("over-broad")),
			in("#drawer h2", hasText("What stands out")), in("#drawer a[rel=next]", times(1)),
		}},
		{"/map?broad=1&unowned=1", 200, []func(*testing.T, *html.Node){
			in(".chip.is-broad.on", hasAttr("href", "/map?unowned=1")), in(".chip.is-un.on", hasAttr("href", "/map?broad=1")), in(".reset", hasAttr("href", "/map")),
		}},
		{"/map?workload=support-assistant", 200, []func(*testing.T, *html.Node){
			in("title", hasText("Map of Support assistant")), in("summary.on", hasText("Workload Support assistant")),
			in(".menu a[aria-current=true]", hasText("Support assistant")),
		}},
		{"/map?workload=nothing", 200, []func(*testing.T, *html.Node){in("#view", hasText("No link matches these filters")), in(".empty a.btn", hasText("Clear filters"))}},
		{"/map?sel=link-" + string(payroll.ID), 200, []func(*testing.T, *html.Node){
			in("title", hasText("support-agent can read hr-payroll")), in("#drawer.open .pill.is-broad", hasText("Over-broad · critical")),
			in("#drawer .pill.is-un", hasText("No owner")), in("[data-edge="+string(payroll.ID)+"]", hasAttr("class", " on")),
			in("tr.sel", hasText("support-agent can read hr-payroll"), times(1)), in("#drawer a.close", hasAttr("href", "/map")),
		}},
		{"/map?sel=node-" + agent.ID.Key(), 200, []func(*testing.T, *html.Node){
			in("#drawer h2", hasText("support-agent")), in("#drawer", hasText("What it can do"), hasText("Who can do what to it"), hasText("support-agent-role")),
		}},
		{"/map?sel=link-none", 404, []func(*testing.T, *html.Node){in("h1", hasText("Not in this snapshot"))}},
		{"/map?snapshot=9", 404, []func(*testing.T, *html.Node){in("h1", hasText("no such snapshot"))}},
		{"/map?snapshot=x", 404, nil},
		{"/map?snapshot=1", 200, []func(*testing.T, *html.Node){in("#links a", hasAttr("href", "/map?snapshot=1&sel=link-")), in("nav a", hasAttr("href", "/findings?snapshot=1"))}},
		{"/findings", 200, []func(*testing.T, *html.Node){
			in(".finding .what", hasText(broad.Sentence)), in(".because", hasText("High to begin with; +1")), in(".group h2", hasText("Critical")),
			in("#not-assessed td"), in(".finding .go a", hasAttr("href", "/map?sel=")),
		}},
		{"/findings?group=rule&rule=unowned", 200, []func(*testing.T, *html.Node){in(".group h2", times(1)), in(".finding", hasText("no owner")), in(".group .about")}},
		{"/findings?severity=critical", 200, []func(*testing.T, *html.Node){in(".sevname", hasText("critical"), lacksText("high"))}},
		{"/findings?status=not-assessed", 200, []func(*testing.T, *html.Node){not(".finding"), in("#not-assessed")}},
		{"/findings?status=open", 200, []func(*testing.T, *html.Node){in(".finding"), not("#not-assessed")}},
		{"/findings?workload=support-assistant&group=workload&status=open", 200, []func(*testing.T, *html.Node){in(".group h2", times(1), hasText("Support assistant"))}},
		{"/findings?severity=low&rule=broad-principal", 200, []func(*testing.T, *html.Node){in(".empty", hasText("No open finding matches")), in(".empty a.btn")}},
		{"/findings?sel=finding-" + broad.ID, 200, []func(*testing.T, *html.Node){
			in("#drawer h2", hasText(broad.Sentence)), in("#drawer", hasText("Why this severity"), hasText("OWASP")), in("#drawer pre.statement mark"), in("#drawer pre.diff .add"),
			in("#drawer a[rel=next]"),
		}},
		{"/findings?sel=finding-none", 404, nil},
		{"/link/" + string(payroll.ID), 200, []func(*testing.T, *html.Node){in("h1", hasText("support-agent can read hr-payroll")), in("pre.statement mark", hasText(`"s3:*"`)), in(".around svg.pcmap")}},
		{"/link/none", 404, nil},
		{"/node/" + agent.ID.Key(), 200, []func(*testing.T, *html.Node){in("h1", hasText("support-agent")), in("main dt", hasText("Runs as"))}},
		{"/node/none", 404, nil},
		{"/find?q=payroll", 200, []func(*testing.T, *html.Node){in("th a", hasText("hr-payroll")), in("h2", hasText("Data sources")), in("#find", hasAttr("value", "payroll"))}},
		{"/find?q=zzzz", 200, []func(*testing.T, *html.Node){in(".lede", hasText("Nothing in this snapshot"))}},
		{"/find", 200, []func(*testing.T, *html.Node){in(".lede", hasText("Type a part of a name"))}},
		{"/find?q=" + strings.Repeat("x", 300), 422, nil},
		{"/imports", 200, []func(*testing.T, *html.Node){in("form#upload", hasAttr("enctype", "multipart/form-data")), in(".file", hasText("permchain.yaml")), in("tr.sel", hasText("Snapshot 1"))}},
		{"/nothing-here", 404, []func(*testing.T, *html.Node){in("h1", hasText("no such page"))}},
		{"/static/nothing", 404, nil},
	} {
		t.Run(c.path, func(t *testing.T) { a.get(t, c.path).wants(t, c.status, c.checks...) })
	}
}

// TestPayrollDrawer holds the drawer against what the design shows of this link.
func TestPayrollDrawer(t *testing.T) {
	a := demo(t)
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	for name, got := range map[string]answer{
		"on the map":     a.get(t, "/map?sel=link-"+string(e.ID)),
		"swapped in":     a.get(t, "/map?sel=link-"+string(e.ID), htmx("aside#drawer")),
		"of another one": a.get(t, "/link/"+string(e.ID), htmx("aside#drawer")),
	} {
		t.Run(name, func(t *testing.T) {
			got.wants(t, 200,
				in("aside#drawer", hasAttr("data-sel", "link-"+string(e.ID)), hasAttr("data-page", "/link/"+string(e.ID)), times(1)),
				in("#drawer h2.title", hasText("support-agent can read hr-payroll")),
				in("#drawer .drawer-head", hasText("Granted, but nothing in the configuration wires support-agent to hr-payroll.")),
				in("#drawer dl", hasText("IAM says Allowed, no condition"), hasText("Acting as support-agent-role"), hasText("s3:* →"), hasText("needed"),
					hasText("Data class restricted"), hasText("support-agent is only cleared for internal"), hasText("Would show in"), hasText("Owner nobody")),
				in("#drawer figcaption", hasText("support-agent-role / inline policy / AgentAccess")),
				in("#drawer pre.statement", hasText(`"Effect": "Allow"`)),
				in("#drawer pre.statement mark", hasText(`"s3:*"`), hasText(`"*"`), times(2)),
				in("#drawer figure small", hasText("account-authorization-details.json:")),
				in("#drawer pre.diff .del", hasText("s3:*")), in("#drawer pre.diff .add", hasText("s3:GetObject")),
				in("#drawer .ways li", hasText("Customers can reach hr-payroll through support-agent")),
				in("#drawer .ways .mini", hasText("support-app")), in("#drawer .mini .l.both"),
				in("#drawer form[action=/owner] input[name=for]", times(2)),
			)
		})
	}
}

func TestPartsForHTMX(t *testing.T) {
	a := demo(t)
	part := a.get(t, "/map?broad=1", htmx("main#view"))
	part.wants(t, 200, in("main#view", times(1)), in("nav#pages[hx-swap-oob=true]", times(1)), in("title", hasText("Map")), not("header"), not("link"))
	drawer := a.get(t, "/map", htmx("aside#drawer"))
	drawer.wants(t, 200, in("aside#drawer", times(1)), not("main"), not("svg.pcmap"))
	// What htmx restores from history replaces the whole body.
	a.get(t, "/map", htmx("body"), header("HX-History-Restore-Request", "true")).wants(t, 200, in("header.top"), in("main#view"))
	a.get(t, "/map?sel=link-none", htmx("aside#drawer")).wants(t, 404, in("aside#drawer h2", hasText("Not in this snapshot")), not("main"))
	a.get(t, "/nowhere", htmx("main#view")).wants(t, 404, in("main#view h1", hasText("no such page")), not("header"))
}

func TestHeadAnswersAsGet(t *testing.T) {
	a := demo(t)
	got := a.do(t, httptest.NewRequest(http.MethodHead, "http://localhost/map", nil))
	if got.StatusCode != 200 {
		t.Errorf("HEAD /map: status %d", got.StatusCode)
	}
	got = a.do(t, httptest.NewRequest(http.MethodDelete, "http://localhost/map", nil))
	got.wants(t, http.StatusMethodNotAllowed, in("h1", hasText("does not work here")))
}

func TestBeforeTheFirstImport(t *testing.T) {
	a := empty(t)
	for _, p := range []string{"/", "/map", "/findings", "/find?q=x"} {
		a.get(t, p).wants(t, 200, in("h1", hasText("Who can make your AI do what?")), in("main a[href=/imports]"), in("main pre", hasText("permchain demo")))
	}
	a.get(t, "/imports").wants(t, 200, in(".lede", hasText("Nothing is imported yet")), in("details[open] pre", hasText("aws iam get-account-authorization-details")))
}

func TestThemeIsKept(t *testing.T) {
	a := demo(t)
	a.get(t, "/").wants(t, 200, in("button[aria-pressed=true]", hasAttr("value", "system")), not("html[data-theme]"))
	for _, theme := range []string{"light", "dark"} {
		got := a.post(t, "/theme", url.Values{"theme": {theme}})
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/map?unowned=1" {
			t.Fatalf("%s: status %d to %q", theme, got.StatusCode, got.Header.Get("Location"))
		}
		page := a.get(t, "/", header("Cookie", got.Cookies()[0].String()))
		page.wants(t, 200, in("button[aria-pressed=true]", hasAttr("value", theme), times(1)), in("html", hasAttr("data-theme", theme)))
	}
	got := a.post(t, "/theme", url.Values{"theme": {"system"}})
	if c := got.Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the system's colours leave the cookie %v", c)
	}
	a.post(t, "/theme", url.Values{"theme": {"pink"}}).wants(t, http.StatusUnprocessableEntity, in("#view", hasText("pink")))
	a.get(t, "/", header("Cookie", "theme=\"><script>")).wants(t, 200, not("html[data-theme]"))
}

func TestAssignOwner(t *testing.T) {
	a := demo(t)
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	to := a.node(t, "hr-payroll")
	path := "/map?sel=link-" + string(e.ID)
	give := func(form url.Values) answer {
		form.Set("return", path)
		return a.post(t, "/owner", form)
	}
	ok := func() url.Values {
		return url.Values{"for": {"node-" + to.ID.Key()}, "owner": {"people-team"}, "by": {"M. Keller"}, "reason": {"they run payroll"}}
	}
	for field, bad := range map[string]string{
		"owner": "", "by": " ", "reason": "", "for": "node-none",
	} {
		form := ok()
		form.Set(field, bad)
		if got := give(form); got.StatusCode != http.StatusUnprocessableEntity && got.StatusCode != http.StatusNotFound {
			t.Errorf("%s=%q: status %d", field, bad, got.StatusCode)
		}
	}
	for _, bad := range []url.Values{
		{"for": {"everything"}, "owner": {"x"}, "by": {"y"}, "reason": {"z"}},
		{"for": {"node-" + to.ID.Key()}, "owner": {strings.Repeat("x", 121)}, "by": {"y"}, "reason": {"z"}},
		{"for": {"node-" + to.ID.Key()}, "owner": {"a\nb"}, "by": {"y"}, "reason": {"z"}},
		{"for": {"node-" + to.ID.Key()}, "owner": {"\xff"}, "by": {"y"}, "reason": {"z"}},
	} {
		give(bad).wants(t, http.StatusUnprocessableEntity)
	}
	if as, err := a.store.Assignments(t.Context()); err != nil || len(as) != 0 {
		t.Fatalf("after refusals the store holds %v, %v", as, err)
	}

	got := give(ok())
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != path {
		t.Fatalf("status %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	as, err := a.store.Assignments(t.Context())
	if err != nil || len(as) != 1 || as[0].Node != to.ID || as[0].Reason != "they run payroll" || !as[0].At.Equal(made.Add(3600e9)) {
		t.Fatalf("the store holds %+v, %v", as, err)
	}
	after := a.get(t, path, header("Cookie", got.Cookies()[0].Name+"="+got.Cookies()[0].Value))
	after.wants(t, 200,
		in("#drawer dl", hasText("Owner people-team"), hasText("assigned by M. Keller")),
		in("#drawer .pill.is-broad"), not("#drawer .pill.is-un"),
		in("#owner-by", hasAttr("value", "M. Keller")),
		in("#drawer summary", hasText("Change the owner")),
	)
	// The link alone, by another person: it counts for that link only.
	give(url.Values{"for": {"link-" + string(e.ID)}, "owner": {"security"}, "by": {"A. Okafor"}, "reason": {"until it is cut"}}).wants(t, http.StatusSeeOther)
	a.get(t, path).wants(t, 200, in("#drawer dl", hasText("Owner security"), hasText("assigned by A. Okafor")))
	a.get(t, "/node/"+to.ID.Key()).wants(t, 200, in("main dl", hasText("Owner people-team")))
}

// TestNoDeadLinks follows every local link of every sort of page once.
func TestNoDeadLinks(t *testing.T) {
	a := demo(t)
	const most = 700 // of some hundreds; a page that makes endless addresses would show here
	seen := map[string]bool{}
	var queue []string
	for _, p := range a.every(t) {
		if p != "/nothing-here" {
			queue = append(queue, p)
		}
	}
	perPage := map[string]int{}
	for len(queue) > 0 && len(seen) < most {
		p := queue[0]
		queue = queue[1:]
		if seen[p] {
			continue
		}
		seen[p] = true
		got := a.get(t, p)
		if got.StatusCode != 200 && got.StatusCode != 302 {
			t.Errorf("%s: status %d", p, got.StatusCode)
			continue
		}
		if got.page == nil {
			continue
		}
		for _, l := range find(got.page, "[href]") {
			href, _ := attr(l, "href")
			href, _, _ = strings.Cut(href, "#")
			if !strings.HasPrefix(href, "/") || seen[href] {
				continue
			}
			// Of the many addresses of one page a few stand for the rest.
			page, _, _ := strings.Cut(strings.TrimPrefix(href, "/"), "?")
			page, _, _ = strings.Cut(page, "/")
			if perPage[page]++; perPage[page] < 90 {
				queue = append(queue, href)
			}
		}
	}
}

// TestLabels makes sure that every control has a name and every id stands once.
func TestLabels(t *testing.T) {
	a := demo(t)
	for _, p := range a.every(t) {
		page := a.get(t, p).page
		ids := map[string]int{}
		labels := map[string]bool{}
		walk(page, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[id]++
			}
			if f, ok := attr(n, "for"); ok && n.Data == "label" {
				labels[f] = true
			}
		})
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: id %q stands %d times", p, id, n)
			}
		}
		walk(page, func(n *html.Node) {
			if n.Type != html.ElementNode || n.Data != "input" {
				return
			}
			kind, _ := attr(n, "type")
			id, _ := attr(n, "id")
			inLabel := n.Parent != nil && n.Parent.Data == "label"
			if kind != "hidden" && !labels[id] && !inLabel {
				t.Errorf("%s: input %q has no label", p, id)
			}
		})
	}
}

func BenchmarkMap(b *testing.B) {
	a := demo(b)
	e := a.edge(b, "support-agent", graph.Reads, "hr-payroll")
	for _, path := range []string{"/", "/map", fmt.Sprintf("/map?sel=link-%s", e.ID), "/findings"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if got := a.get(b, path); got.StatusCode != 200 {
					b.Fatal(got.StatusCode)
				}
			}
		})
	}
}
