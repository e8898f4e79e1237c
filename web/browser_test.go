package web_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/permchain/permchain/graph"
)

//go:embed testdata/axe.min.js
var axe string

const (
	patience    = 15 * time.Second // for one thing to happen in the browser, on a busy machine with two cores
	startWithin = 60 * time.Second
)

// chromium finds a browser, or skips; with PERMCHAIN_BROWSER=required its absence is a failure.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell", "/usr/bin/chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("PERMCHAIN_BROWSER") == "required" {
		t.Fatal("PERMCHAIN_BROWSER=required, and no Chromium or Chrome was found")
	}
	t.Skip("no Chromium or Chrome was found: install one to run the browser tests (Debian: apt-get install chromium)")
	return ""
}

// tab is one page of the browser, open on an application of its own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	app  *app
	base string
}

// browser starts a browser with a profile of its own.
func browser(t *testing.T) context.Context {
	t.Helper()
	dir, err := os.MkdirTemp("", "permchain-browser")
	if err != nil {
		t.Fatal(err)
	}
	// After a kill the browser's children may still write for a moment.
	t.Cleanup(func() {
		for range 50 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", false),
	)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	started := time.AfterFunc(startWithin, cancel)
	defer started.Stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

// open gives a test a tab with cookies and console of its own. What the page writes to the console as an error,
// a refusal by the Content-Security-Policy among them, fails the test.
func open(t *testing.T, browser context.Context, a *app) *tab {
	t.Helper()
	srv := httptest.NewServer(a)
	t.Cleanup(srv.Close)
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, app: a, base: srv.URL}
	b.do(chromedp.Navigate("about:blank"))
	messages := chromedp.Console(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			expected := strings.Contains(m.Text, "status of 404") || strings.Contains(m.Text, "status of 422") // pages that a test asks for
			if (m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException) && !expected {
				t.Errorf("the page's console: %s", m.Text)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	b.size(1440, 900)
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	// The first action makes the tab, which then lives as long as its context, so that one has no deadline.
	stop := time.AfterFunc(startWithin, func() { _ = chromedp.Cancel(b.ctx) })
	defer stop.Stop()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

func (b *tab) size(w, h int64) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: w, Height: h, DeviceScaleFactor: 1, Mobile: w < 600,
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) go_(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// eval runs an expression in the page.
func eval[T any](b *tab, js string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, startWithin)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("in the page: %s: %v", js, err)
	}
	return v
}

// until waits for an expression to hold in a page that is loaded. While the tab goes from one page to the next there
// is nothing to ask, which is no fault.
func (b *tab) until(js string) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithDeadline(b.ctx, end)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+js+`)`))
		cancel()
		if ok && err == nil {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("after %s this does not hold: %s\nat %s\nthe drawer: %.500s", patience, js,
				eval[string](b, "location.href"), eval[string](b, `document.querySelector("#drawer")?.innerText ?? ""`))
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// text is the visible text of the first element of a selector.
func (b *tab) text(selector string) string {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector(%q)", selector))
	return strings.Join(strings.Fields(eval[string](b, fmt.Sprintf("document.querySelector(%q).textContent", selector))), " ")
}

// click clicks with the mouse in the middle of what an expression finds.
func (b *tab) click(js string) {
	b.t.Helper()
	b.until(js)
	at := eval[[]float64](b, fmt.Sprintf(`(() => {
		const el = %s;
		el.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		const r = el.getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2];
	})()`, js))
	b.do(chromedp.MouseClickXY(at[0], at[1]))
}

func q(selector string) string { return fmt.Sprintf("document.querySelector(%q)", selector) }

// link finds a link by the words it begins with.
func link(within, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].find(a => a.textContent.trim().startsWith(%q))`, within+" a", words)
}

// press presses keys that stand for a letter. As from a keyboard, no letter comes of it when the page takes the key
// for something else; keys sends the letter in any case.
func (b *tab) press(letters ...string) {
	b.t.Helper()
	for _, l := range letters {
		for _, typ := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
			p := input.DispatchKeyEventParams{Type: typ, Key: l, WindowsVirtualKeyCode: int64(strings.ToUpper(l)[0])}
			if typ == input.DispatchKeyEventTypeKeyDown {
				p.Text, p.UnmodifiedText = l, l
			}
			if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

func (b *tab) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

func (b *tab) wantText(selector, want string) {
	b.t.Helper()
	if got := b.text(selector); !strings.Contains(got, want) {
		b.t.Errorf("%s says %.600q, not %q", selector, got, want)
	}
}

func TestBrowser(t *testing.T) {
	chromium(t)
	main := browser(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, context.Context)
	}{
		{"payroll", payrollJourney}, {"keyboard", keyboardJourney}, {"filters", filtersSwap}, {"owner", ownerInTheBrowser},
		{"without script", withoutScript}, {"zoom", zoomAndPan}, {"findings", findingsDrawer}, {"upload", uploadInTheBrowser},
		{"narrow", narrowPages}, {"axe", axeFindsNothing}, {"screenshot", screenshot},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, main) })
	}
}

// screenshot refreshes the picture in README.md when PERMCHAIN_SCREENSHOT names the file to write.
func screenshot(t *testing.T, main context.Context) {
	file := os.Getenv("PERMCHAIN_SCREENSHOT")
	if file == "" {
		t.Skip("PERMCHAIN_SCREENSHOT names no file to write")
	}
	a := demo(t)
	b := open(t, main, a)
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	if _, err := chromedp.Call(b.ctx, emulation.SetScrollbarsHidden, emulation.SetScrollbarsHiddenParams{Hidden: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "theme", Value: "light", URL: b.base}); err != nil {
		t.Fatal(err)
	}
	b.go_("/map?workload=support-assistant&env=prod&sel=link-" + string(e.ID))
	b.until(`document.fonts.status === "loaded"`)
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// payrollJourney is the story of the worked example: the link that stands out, its statement, its path, a log.
func payrollJourney(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	agent, payroll := a.node(t, "support-agent").ID.Key(), a.node(t, "hr-payroll").ID.Key()
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")

	b.go_("/")
	b.wantText("h1", "Acme")
	b.click(link("nav", "Map"))
	line := fmt.Sprintf(`document.querySelector('[data-from="%s"][data-to="%s"]')`, agent, payroll)
	b.until(line)
	class := eval[string](b, line+`.getAttribute("class")`)
	if !strings.Contains(class, "broad") || !strings.Contains(class, "unowned") {
		t.Errorf("the payroll link is marked %q, not over-broad and unowned", class)
	}
	name := eval[string](b, line+`.querySelector("title").textContent`)
	if !strings.Contains(name, "over-broad") || !strings.Contains(name, "no owner") {
		t.Errorf("the payroll link is called %q", name)
	}
	if got := eval[string](b, line+`.querySelector(".tag").textContent`); !strings.Contains(got, "✱") || !strings.Contains(got, "◇") || !strings.Contains(got, "s3:*") {
		t.Errorf("its label says %q", got)
	}

	// Its drawer opens in place: no reload, and nothing that is drawn moves.
	eval[bool](b, `window.here = true`)
	card := fmt.Sprintf(`(r => r.left + "," + (r.top + scrollY))(document.querySelector('[data-node="%s"]').getBoundingClientRect())`, payroll)
	before := eval[string](b, card)
	b.click(line + `.querySelector(".tag")`)
	b.until(`document.querySelector("#drawer.open")`)
	b.wantText("#drawer h2.title", "support-agent can")
	b.wantText("#drawer h2.title", "hr-payroll")
	if !eval[bool](b, `window.here === true`) {
		t.Error("selecting reloaded the page")
	}
	if !eval[bool](b, `document.querySelectorAll("header").length === 1 && document.querySelectorAll("#drawer").length === 1`) {
		t.Error("more than the drawer was swapped")
	}
	if after := eval[string](b, card); after != before {
		t.Errorf("selecting moved what is drawn from %s to %s", before, after)
	}
	if !eval[bool](b, line+`.classList.contains("on")`) {
		t.Error("the selected line is not lit")
	}
	if eval[bool](b, `document.querySelector("#drawer h2.title").textContent.includes("can change")`) {
		b.click(link("#drawer .also", "can read")) // the line stands for several links
		b.until(`document.querySelector("#drawer h2.title").textContent.includes("can read")`)
	}
	b.until(fmt.Sprintf(`location.search === "?sel=link-%s"`, e.ID))
	b.until(`document.title === "support-agent can read hr-payroll · permchain"`)
	b.wantText("#drawer .row", "✱ Over-broad · critical")
	b.wantText("#drawer .row", "◇ No owner")
	b.wantText("#drawer dl", "restricted")
	b.wantText("#drawer dl", "no log")

	// The statement, its reason marked.
	b.wantText("#drawer figcaption", "AgentAccess")
	b.wantText("#drawer pre.statement", `"Action": "s3:*"`)
	if got := eval[string](b, `[...document.querySelectorAll("#drawer pre.statement mark")].map(m => m.textContent).join(" ")`); got != `"s3:*" "*"` {
		t.Errorf("marked in the statement: %s", got)
	}

	// Along the path to a log: from payroll to the agent, to who invokes it, to what records that.
	b.wantText("#drawer .ways", "Customers can reach hr-payroll through support-agent")
	b.click(link("#drawer .ways .mini", "support-agent"))
	b.until(`document.querySelector("#drawer h2.title")?.textContent === "support-agent"`)
	b.click(link("#drawer", "support-app can invoke support-agent"))
	b.until(`document.querySelector("#drawer h2.title")?.textContent.includes("support-app can invoke")`)
	b.click(link("#drawer dl", "org-trail"))
	b.until(`document.querySelector("#drawer h2.title")?.textContent === "org-trail"`)
	b.wantText("#drawer .pill", "Trail")

	// Back through it all, and the address brings the same view back.
	b.do(chromedp.NavigateBack())
	b.until(`document.querySelector("#drawer h2.title")?.textContent.includes("support-app can invoke")`)
	b.do(chromedp.Reload())
	b.until(`document.querySelector("#drawer h2.title")?.textContent.includes("support-app can invoke")`)

	// Colours: at once, without a reload, and kept.
	eval[bool](b, `window.here = true`)
	light := eval[string](b, `getComputedStyle(document.body).backgroundColor`)
	b.click(q(`.theme button[value=dark]`))
	b.until(`document.documentElement.dataset.theme === "dark"`)
	if dark := eval[string](b, `getComputedStyle(document.body).backgroundColor`); dark == light {
		t.Errorf("dark and light are both %s", dark)
	}
	if !eval[bool](b, `window.here === true`) {
		t.Error("switching colours reloaded the page")
	}
	b.do(chromedp.Reload())
	b.until(`document.documentElement.dataset.theme === "dark" && document.querySelector('.theme button[value=dark]').getAttribute("aria-pressed") === "true"`)
	b.click(q(`.theme button[value=system]`))
	b.until(`!document.documentElement.dataset.theme`)
}

// keyboardJourney uses no mouse.
func keyboardJourney(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	b.go_("/")
	b.keys(kb.Tab)
	b.until(`document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().top >= 0`)
	b.press("/")
	b.until(`document.activeElement.id === "find"`)
	b.keys("support-agent", kb.Enter)
	b.until(`location.pathname === "/find"`)
	focus := func(js string) {
		t.Helper()
		for range 60 {
			if eval[bool](b, "Boolean("+js+")") {
				return
			}
			b.keys(kb.Tab)
		}
		t.Fatalf("Tab does not lead to %s but to %s", js, eval[string](b, `document.activeElement.outerHTML`))
	}
	focus(`document.activeElement.textContent.trim() === "On the map: support-agent"`)
	b.keys(kb.Enter)
	b.until(`location.pathname === "/map" && document.querySelector("#drawer.open h2.title")?.textContent === "support-agent"`)

	// Into the picture: one stop of Tab, at what is selected; then along the path and across.
	focus(`document.activeElement.matches("#paper a")`)
	if !eval[bool](b, `document.activeElement.classList.contains("on")`) {
		t.Error("Tab does not lead to what is selected")
	}
	b.keys(kb.ArrowRight)
	b.until(`document.activeElement.dataset.edge`)
	b.until(`document.querySelector(".pcmap.dim") && document.activeElement.classList.contains("lit")`)
	first := eval[string](b, `document.activeElement.dataset.edge`)
	b.keys(kb.ArrowDown)
	if second := eval[string](b, `document.activeElement.dataset.edge`); second == first || second == "" {
		b.keys(kb.ArrowUp)
		if eval[string](b, `document.activeElement.dataset.edge`) == first {
			t.Error("the arrows do not go across")
		}
	}
	b.keys(kb.ArrowRight)
	b.until(`document.activeElement.dataset.node`)
	b.keys(kb.ArrowLeft, kb.ArrowLeft)
	b.until(`document.activeElement.dataset.node`)
	lane := eval[string](b, `document.activeElement.dataset.lane`)
	b.keys(kb.ArrowUp)
	if got := eval[string](b, `document.activeElement.dataset.lane`); got != lane {
		t.Errorf("up leads from lane %s to %s", lane, got)
	}

	// Enter opens what has the focus and keeps it; once more goes to its page.
	key := eval[string](b, `document.activeElement.dataset.node`)
	b.keys(kb.Enter)
	b.until(fmt.Sprintf(`document.querySelector("#drawer").dataset.sel === "node-%s" && document.activeElement.dataset.node === %q`, key, key))
	b.keys(kb.Enter)
	b.until(fmt.Sprintf(`location.pathname === "/node/%s"`, key))

	// n and p step through the findings, d goes to the details, Esc closes and gives the focus back.
	b.go_("/map")
	b.press("n")
	b.until(`document.querySelector("#drawer.open .num")?.textContent.startsWith("1 of")`)
	one := b.text("#drawer h2.title")
	b.press("n")
	b.until(`document.querySelector("#drawer.open .num")?.textContent.startsWith("2 of")`)
	b.press("p")
	b.until(`document.querySelector("#drawer.open .num")?.textContent.startsWith("1 of")`)
	if again := b.text("#drawer h2.title"); again != one {
		t.Errorf("n and p lead from %q to %q", one, again)
	}
	b.press("d")
	b.until(`document.activeElement.matches("#drawer h2.title")`)
	b.keys(kb.Escape)
	b.until(`location.search === "" && !document.querySelector("#drawer.open")`)
	b.until(`document.activeElement.matches("#paper a")`)

	b.press("?")
	b.until(`document.querySelector("#help").open`)
	b.keys(kb.Escape)
	b.until(`!document.querySelector("#help").open`)

	// Letters typed into a field are letters.
	b.press("/", "n", "?", "p")
	b.until(`document.querySelector("#find").value === "n?p" && !document.querySelector("#help").open && location.search === ""`)
	b.keys(kb.Escape)
	b.until(`document.activeElement.id !== "find"`)
}

func filtersSwap(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	b.go_("/map")
	eval[bool](b, `window.here = true`)
	all := b.text(".count")
	b.click(q(".chip.is-unowned, .chip.is-un"))
	b.until(`location.search === "?unowned=1" && document.querySelector(".chip.is-un.on")`)
	if some := b.text(".count"); some == all {
		t.Errorf("the filter leaves %q", some)
	}
	b.click(`[...document.querySelectorAll("summary")].find(s => s.textContent.startsWith("Workload"))`)
	b.click(link(".menu[open]", "Support assistant"))
	b.until(`location.search === "?workload=support-assistant&unowned=1"`)
	b.until(`[...document.querySelectorAll("summary.on")].some(s => s.textContent.includes("Support assistant"))`)
	if !eval[bool](b, `window.here === true`) {
		t.Error("filtering reloaded the page")
	}
	if got := eval[int](b, `document.querySelectorAll("main").length`); got != 1 {
		t.Errorf("after a swap there are %d main elements", got)
	}
	b.until(`document.querySelector("#status").textContent.includes("nodes")`)
	b.do(chromedp.NavigateBack())
	b.until(`location.search === "?unowned=1" && document.querySelector(".chip.is-un.on") && !document.querySelector("summary.on")`)
	b.do(chromedp.NavigateBack())
	b.until(`location.search === "" && !document.querySelector(".chip.on")`)

	// A table row selects as the line does.
	b.click(link("#links", "support-agent can read hr-payroll"))
	b.until(`document.querySelector("#drawer.open") && document.querySelector("tr.sel") && document.querySelector("#paper .e.on")`)
	// A menu closes when something else is clicked, and on Esc.
	b.click(q("summary"))
	b.until(`document.querySelector(".menu[open]")`)
	b.keys(kb.Escape)
	b.until(`!document.querySelector(".menu[open]") && document.activeElement.tagName === "SUMMARY"`)
}

func ownerInTheBrowser(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	b.go_("/map?sel=link-" + string(e.ID))
	eval[bool](b, `window.here = true`)
	before := b.text("nav a[href='/findings'] span")
	b.click(q("#drawer .assign-part summary"))
	b.click(q("#owner-name"))
	b.keys("people-team", kb.Tab, "M. Keller", kb.Tab, "they run payroll", kb.Enter)
	b.until(`document.querySelector("#drawer dl")?.textContent.includes("assigned by M. Keller")`)
	b.until(`!document.querySelector("#drawer .pill.is-un")`)
	if !eval[bool](b, `window.here === true`) {
		t.Error("assigning reloaded the page")
	}
	if after := b.text("nav a[href='/findings'] span"); after == before {
		t.Errorf("the header still counts %s findings", after)
	}
	line := fmt.Sprintf(`document.querySelector('[data-from="%s"][data-to="%s"]')`, e.From.Key(), e.To.Key())
	if eval[bool](b, line+`.classList.contains("unowned")`) {
		t.Error("the line is still drawn as unowned")
	}
}

// withoutScript does the same with nothing but links and forms.
func withoutScript(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	b.go_("/map")
	b.click(q(fmt.Sprintf(`tr[data-sel="link-%s"] a`, e.ID)))
	b.until(fmt.Sprintf(`document.querySelector("#drawer.open") && location.search === "?sel=link-%s"`, e.ID))
	b.wantText("#drawer h2.title", "support-agent can read hr-payroll")
	b.click(q("#drawer a[rel=next]"))
	b.until(fmt.Sprintf(`document.querySelector("#drawer.open") && location.search !== "?sel=link-%s"`, e.ID))
	b.click(q("#drawer a.close"))
	b.until(`location.search === "" && !document.querySelector("#drawer.open")`)
	b.click(fmt.Sprintf(`document.querySelector('[data-node="%s"] rect.c')`, e.To.Key()))
	b.until(`document.querySelector("#drawer.open h2.title")?.textContent === "hr-payroll"`)
	b.click(`[...document.querySelectorAll("summary")].find(s => s.textContent.startsWith("Environment"))`)
	b.click(link(".menu[open]", "prod"))
	b.until(`location.search.startsWith("?env=prod")`)
	b.click(q(`.theme button[value=dark]`))
	b.until(`document.documentElement.dataset.theme === "dark" && location.search.startsWith("?env=prod")`)
	b.until(`document.querySelector("#help-open")`)
	if !eval[bool](b, `document.querySelector("#zoom").hidden && document.querySelector("#help-open").hidden`) {
		t.Error("without script there are controls that do nothing")
	}
	b.go_("/findings")
	b.click(q(".finding .what a"))
	b.until(`document.querySelector("#drawer.open pre, #drawer.open ul")`)
}

func zoomAndPan(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	b.go_("/map")
	width := func() float64 {
		return eval[float64](b, `document.querySelector("#paper > svg").getBoundingClientRect().width`)
	}
	fit := width()
	b.click(q(`[data-zoom=in]`))
	if got := width(); got < fit*1.2 || got > fit*1.3 {
		t.Errorf("one step in makes %.0f of %.0f", got, fit)
	}
	b.wantText("#zoom-now", "125%")
	b.click(q(`[data-zoom=in]`))
	if !eval[bool](b, `(v => v.scrollWidth > v.clientWidth)(document.querySelector("#viewport"))`) {
		t.Error("what is zoomed in cannot be scrolled to")
	}
	// Dragging moves the paper and selects nothing.
	at := eval[[]float64](b, `(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector("#viewport").getBoundingClientRect())`)
	from := eval[float64](b, `document.querySelector("#viewport").scrollLeft`)
	b.do(
		chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]),
		chromedp.MouseEvent(chromedp.MousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, at[0]-40, at[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, at[0]-80, at[1], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, at[0]-80, at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)),
	)
	if to := eval[float64](b, `document.querySelector("#viewport").scrollLeft`); to < from+60 {
		t.Errorf("dragging 80 pixels scrolls from %.0f to %.0f", from, to)
	}
	if eval[bool](b, `Boolean(document.querySelector("#drawer.open"))`) {
		t.Error("dragging selected something")
	}
	// The zoom outlasts a swap of the whole view.
	zoomed := width()
	b.click(q(".chip.is-un"))
	b.until(`document.querySelector(".chip.is-un.on")`)
	b.wantText("#zoom-now", "156%")
	b.press("0")
	b.until(`document.querySelector("#zoom-now").textContent === "100%"`)
	if width() >= zoomed {
		t.Error("0 does not fit the map")
	}
}

func findingsDrawer(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	b.go_("/findings")
	eval[bool](b, `window.here = true`)
	b.press("n")
	b.until(`document.querySelector("#drawer.open .num")?.textContent.startsWith("1 of")`)
	b.press("n")
	b.until(`document.querySelector("#drawer.open .num")?.textContent.startsWith("2 of") && document.querySelectorAll("article.sel").length === 1`)
	b.click(`[...document.querySelectorAll("summary")].find(s => s.textContent.startsWith("Grouped by"))`)
	b.click(link(".menu[open]", "Rule"))
	b.until(`location.search.includes("group=rule") && document.querySelector(".group .about")`)
	if !eval[bool](b, `window.here === true`) {
		t.Error("the list was reloaded")
	}
	b.click(q(".finding .go a"))
	b.until(`location.pathname === "/map" && document.querySelector("#drawer.open")`)
}

func uploadInTheBrowser(t *testing.T, main context.Context) {
	a := empty(t)
	b := open(t, main, a)
	zip := filepath.Join(t.TempDir(), "acme.zip")
	if err := os.WriteFile(zip, []byte(zipped(t, exampleFiles(t)...)), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"UserDetailList": [`), 0o600); err != nil {
		t.Fatal(err)
	}
	b.go_("/")
	b.wantText("h1", "Who can make your AI do what?")
	b.click(link("main", "Import files"))
	b.until(`location.pathname === "/imports"`)
	b.do(chromedp.SetUploadFiles(chromedp.ID("files"), []string{bad}))
	b.click(q("#upload button"))
	b.until(`document.querySelector("[role=alert]")?.textContent.includes("Nothing was imported")`)
	b.wantText(".file .note-bad", "bad.json")
	b.do(chromedp.SetUploadFiles(chromedp.ID("files"), []string{zip}))
	b.click(q("#upload button"))
	b.until(`document.querySelector("#outcome")?.textContent.includes("Snapshot 1 is made of")`)
	b.click(link("nav", "Map"))
	b.until(`document.querySelector("#paper .e.broad.unowned")`)
}

// narrowPages scroll down only: at 320 CSS pixels nothing needs a second direction but the map's own window
// (WCAG 2.2, 1.4.10).
func narrowPages(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	for _, w := range []int64{320, 390, 768, 1024, 1440, 2560} {
		b.size(w, 800)
		for _, p := range a.every(t) {
			b.go_(p)
			if got := eval[int64](b, `document.documentElement.scrollWidth`); got > w {
				wide := eval[string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".viewport, .around")).slice(0, 5).map(e => e.tagName + "." + e.className).join(", ")`)
				t.Errorf("%s at %d is %d wide: %s", p, w, got, wide)
			}
		}
	}
}

// axeFindsNothing runs axe-core, its best practices included, on every page in both themes at two sizes.
func axeFindsNothing(t *testing.T, main context.Context) {
	a := demo(t)
	b := open(t, main, a)
	e := a.edge(t, "support-agent", graph.Reads, "hr-payroll")
	n := a.node(t, "support-agent")
	states := []struct{ name, path, js string }{
		{"overview", "/", `document.querySelectorAll("details").forEach(d => d.open = true)`},
		{"map", "/map", ""},
		{"map, everything on", "/map?workload=support-assistant&env=prod&broad=1&unowned=1&sel=link-" + string(e.ID), `document.querySelectorAll("#drawer details").forEach(d => d.open = true)`},
		{"map, node", "/map?sel=node-" + n.ID.Key(), `document.querySelector(".menu").open = true`},
		{"map, empty", "/map?workload=nothing", ""},
		{"findings", "/findings", ""},
		{"finding", "/findings?group=rule&sel=finding-" + a.finding(t, "broad-action").ID, ""},
		{"imports", "/imports", `document.querySelectorAll("details").forEach(d => d.open = true)`},
		{"link", "/link/" + string(e.ID), `document.querySelectorAll("details").forEach(d => d.open = true)`},
		{"node", "/node/" + n.ID.Key(), ""},
		{"find", "/find?q=support", ""},
		{"nothing", "/nothing-here", ""},
		{"help", "/", `document.querySelector("#help").showModal()`},
	}
	for _, theme := range []string{"light", "dark"} {
		if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "theme", Value: theme, URL: b.base}); err != nil {
			t.Fatal(err)
		}
		for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
			b.size(size[0], size[1])
			for _, s := range states {
				b.go_(s.path)
				if s.js != "" {
					eval[any](b, s.js+"; null")
				}
				for _, v := range b.axe() {
					t.Errorf("%s, %s, %d: %s", s.name, theme, size[0], v)
				}
			}
		}
	}
	first := open(t, main, empty(t))
	for _, p := range []string{"/", "/imports"} {
		first.go_(p)
		for _, v := range first.axe() {
			t.Errorf("before the first import, %s: %s", p, v)
		}
	}
}

// axe returns what axe-core finds wrong with the page as it stands.
func (b *tab) axe() []string {
	b.t.Helper()
	if !eval[bool](b, "Boolean(window.axe)") {
		eval[any](b, axe+"\n;null")
	}
	// Transitions are waited for, so that no colour is measured on its way.
	out := eval[string](b, `(async () => {
		await Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity).map(a => a.finished.catch(() => null)));
		const r = await axe.run(document, {resultTypes: ["violations", "incomplete"]});
		return JSON.stringify(r.violations.map(v => v.id + " (" + v.impact + "): " + v.help + ": " +
			v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")));
	})()`)
	var found []string
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		b.t.Fatal(errors.Join(errors.New("axe: what it found cannot be read"), err))
	}
	return found
}
