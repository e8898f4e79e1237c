package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/layout"
)

// golden compares with testdata/name; PERMCHAIN_ACCEPT=1 writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("PERMCHAIN_ACCEPT") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what was accepted; look at it and run again with PERMCHAIN_ACCEPT=1 if it is right", path)
	}
}

var (
	asFile = Options{Standalone: true, Title: "Support assistant", Snapshot: "14", Time: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		Hash: "0123456789abcdef0123", Version: "v0.1.0", Classification: "Internal"}
	asPage = Options{Href: func(kind, key string) string { return "/map?sel=" + kind + "-" + key + "&x=1" }}
)

func svgOf(t testing.TB, sc *Scene, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, sc, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSVGOfTheSupportAssistant(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	golden(t, "support-assistant.svg", []byte(svgOf(t, sc, asFile)))
	page := asPage
	page.Selected = sc.Card(graph.NodeID("hr-payroll").Key()).Key
	golden(t, "support-assistant.page.svg", []byte(svgOf(t, sc, page)))
}

// Selecting a line outlines the cards at both its ends.
func TestSelectedLineOutlinesItsEnds(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	page := asPage
	if n := strings.Count(svgOf(t, sc, page), ` end"`); n != 0 {
		t.Errorf("%d cards are outlined with nothing selected", n)
	}
	page.Selected = string(sc.Lines[0].ID)
	if n := strings.Count(svgOf(t, sc, page), ` end"`); n != 2 {
		t.Errorf("%d cards are outlined", n)
	}
}

// element is one element of a parsed drawing.
type element struct {
	name  string
	attrs map[string]string
	text  string
	path  []string // names of the elements around it
}

// parse reads a drawing back as XML.
func parse(t testing.TB, svg string) []element {
	t.Helper()
	var out []element
	var open []int
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the drawing is not XML: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attrs: map[string]string{}}
			for _, i := range open {
				e.path = append(e.path, out[i].name)
			}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			out = append(out, e)
			open = append(open, len(out)-1)
		case xml.CharData:
			if len(open) > 0 {
				out[open[len(open)-1]].text += string(tok)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

// allowed are the elements and attributes a drawing may have. None of them runs, loads or styles anything.
var (
	allowedElements   = []string{"svg", "g", "a", "rect", "path", "circle", "text", "title", "desc", "style"}
	allowedAttributes = []string{"xmlns", "class", "id", "viewBox", "width", "height", "x", "y", "rx", "cx", "cy", "r", "d", "transform",
		"role", "aria-label", "aria-labelledby", "aria-hidden", "href", "data-node", "data-lane", "data-edge", "data-from", "data-to", "textLength", "lengthAdjust"}
)

// checkSafe holds a drawing to what may be shown anywhere.
func checkSafe(t testing.TB, svg string, file bool) []element {
	t.Helper()
	es := parse(t, svg)
	for _, e := range es {
		if !slices.Contains(allowedElements, e.name) || (e.name == "style" && !file) {
			t.Errorf("element <%s>", e.name)
		}
		for name, v := range e.attrs {
			if !slices.Contains(allowedAttributes, name) {
				t.Errorf("attribute %s=%q of <%s>", name, v, e.name)
			}
		}
	}
	if strings.ContainsAny(svg, "\r\x00") || strings.Contains(svg, "url(") || strings.Contains(svg, "@import") {
		t.Error("the drawing holds a carriage return or a reference")
	}
	return es
}

func TestPageAndFileHoldTheSameDrawing(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	page, file := checkSafe(t, svgOf(t, sc, asPage), false), checkSafe(t, svgOf(t, sc, asFile), true)
	drawn := func(es []element) (out []string) {
		for _, e := range es {
			if e.name == "path" && e.attrs["class"] == "s" || e.name == "rect" && e.attrs["class"] == "c" || e.attrs["class"] == "t" {
				if e.path[1] == "g" && !slices.Contains([]string{"M0 0H34"}, e.attrs["d"]) && e.attrs["width"] != "28" {
					out = append(out, e.name+e.attrs["d"]+e.attrs["class"]+e.text)
				}
			}
		}
		return out
	}
	if a, b := drawn(page), drawn(file); !slices.Equal(a, b) || len(a) < len(sc.Cards)*2+len(sc.Lines) {
		t.Errorf("page and file differ, or lack something:\n%v\n%v", a, b)
	}
}

// TestPageIsUsableWithoutSeeing: each card and line is a link with a name, and tells the page's script what it is.
func TestPageIsUsableWithoutSeeing(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	nodes, edges := map[string]bool{}, map[string]element{}
	es := parse(t, svgOf(t, sc, asPage))
	for _, e := range es {
		if e.name != "a" {
			continue
		}
		if e.attrs["aria-label"] == "" || !strings.HasPrefix(e.attrs["href"], "/map?sel=") {
			t.Errorf("%v", e)
		}
		if k := e.attrs["data-node"]; k != "" {
			nodes[k] = true
		} else {
			edges[e.attrs["data-edge"]] = e
		}
	}
	if len(nodes) != len(sc.Cards) || len(edges) != len(sc.Lines) {
		t.Errorf("%d of %d cards, %d of %d lines", len(nodes), len(sc.Cards), len(edges), len(sc.Lines))
	}
	for _, e := range edges {
		if !nodes[e.attrs["data-from"]] || !nodes[e.attrs["data-to"]] {
			t.Errorf("line %v joins what is not drawn", e.attrs)
		}
	}
	payroll := edges[string(graph.NewEdgeID("support-agent", graph.Reads, "hr-payroll"))]
	if got, want := payroll.attrs["aria-label"], "support-agent can read hr-payroll, over-broad (s3:* on *), no owner, no log"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	if payroll.attrs["class"] != "e broad unowned" {
		t.Errorf("class %q", payroll.attrs["class"])
	}
}

func TestMarksAreDrawn(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	svg := svgOf(t, sc, asPage)
	link := func(from string, kind graph.EdgeKind, to string) string {
		_, after, ok := strings.Cut(svg, `data-edge="`+string(graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to)))+`"`)
		if !ok {
			t.Fatalf("%s %s %s is not drawn", from, kind, to)
		}
		part, _, _ := strings.Cut(after, "</a>")
		return part
	}
	for _, c := range []struct {
		from string
		kind graph.EdgeKind
		to   string
		has  []string
		not  []string
	}{
		{"support-agent", graph.Reads, "hr-payroll", []string{`class="ring"`, "✱ ◇ s3:* on *"}, []string{`class="gate"`}},
		{"support-agent", graph.Calls, "reset-access", []string{`class="gate"`, ">◇<"}, []string{`class="ring"`, "✱"}},
		{"support-agent", graph.Calls, "create-ticket", []string{`class="gate"`}, []string{`class="tag"`}},
		{"support-agent", graph.Calls, "cancel-order", []string{"✱ unconfirmed"}, []string{`class="gate"`}},
		{"orders-fn", graph.Reads, "legal-contracts", []string{">?<"}, []string{"✱"}},
		{"support-app", graph.Invokes, "support-agent", nil, []string{`class="tag"`, `class="ring"`, `class="gate"`}},
	} {
		got := link(c.from, c.kind, c.to)
		for _, s := range c.has {
			if !strings.Contains(got, s) {
				t.Errorf("%s %s %s has no %s: %s", c.from, c.kind, c.to, s, got)
			}
		}
		for _, s := range c.not {
			if strings.Contains(got, s) {
				t.Errorf("%s %s %s has %s: %s", c.from, c.kind, c.to, s, got)
			}
		}
	}
	for _, l := range sc.Lines {
		if l.Broad && l.Unowned && !strings.Contains(l.Label, "✱ ◇") {
			t.Errorf("%s: label %q", l.Sentence, l.Label)
		}
	}
}

// TestPointingAtWhatLinesShareSelectsNone: where lines to one log have merged, none of them can be pointed at.
func TestPointingAtWhatLinesShareSelectsNone(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindTrail, "trail", "")
	for i := range 4 {
		name := fmt.Sprintf("agent-%d", i)
		d.node(graph.KindAgent, name, "")
		d.edge(name, graph.LogsTo, "trail", none)
	}
	d.node(graph.KindAgent, "other", "")
	d.edge("other", graph.LogsTo, "trail", unowned)
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	merged := 0
	for _, l := range sc.Lines {
		if l.Unowned != (l.Route.Alone == len(l.Route.Points)) {
			t.Errorf("%s: %d of %d points are its own", l.Sentence, l.Route.Alone, len(l.Route.Points))
		}
		if l.Unowned {
			continue
		}
		merged++
		for _, m := range sc.Lines {
			if !m.Unowned && m.Route.Points[len(m.Route.Points)-1] != l.Route.Points[len(l.Route.Points)-1] {
				t.Errorf("%s and %s end apart", l.Sentence, m.Sentence)
			}
		}
	}
	hits := map[string]bool{}
	for _, e := range parse(t, svgOf(t, sc, asPage)) {
		if e.attrs["class"] == "hit" {
			if d := e.attrs["d"]; hits[d] {
				t.Errorf("two lines answer at %s", d)
			} else {
				hits[d] = true
			}
		}
	}
	if merged != 4 || len(hits) != 5 {
		t.Errorf("%d lines merged, %d can be pointed at", merged, len(hits))
	}
}

// TestManySignsAreSmall: of many labels those that are signs only stand on their lines.
func TestManySignsAreSmall(t *testing.T) {
	for _, n := range []int{crowded, crowded + 1} {
		d := &drawing{}
		for i := range n {
			role, model := fmt.Sprintf("r%02d", i), fmt.Sprintf("m%02d", i)
			d.node(graph.KindRole, role, "")
			d.node(graph.KindModel, model, "")
			switch i {
			case 0:
				d.edge(role, graph.Invokes, model, both)
			case 1:
				d.edge(role, graph.Invokes, model, broad(""))
			case 2:
				d.edge(role, graph.Invokes, model, unowned, func(e *graph.Edge) { e.Granted = graph.Unknown })
			default:
				d.edge(role, graph.Invokes, model, unowned)
			}
		}
		svg := svgOf(t, build(d.graph(t), d.marks, about{}, Filter{Unfold: []string{"all"}}), asPage)
		got := []int{strings.Count(svg, `class="tag"`), strings.Count(svg, `class="own"`), strings.Count(svg, `<circle class="star"`)}
		want := []int{n, 0, 0}
		if n > crowded {
			want = []int{2, n - 3, 1} // the one with words, and the one that is not known
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d labels: %v tags, ◇ and ✱, not %v", n, got, want)
		}
	}
}

// TestLegendNamesOnlyTheMarksUsed, and every sample that can be asked for is a drawing.
func TestLegendNamesOnlyTheMarksUsed(t *testing.T) {
	d := supportAssistant()
	var keys []string
	for _, it := range build(d.graph(t), d.marks, about{}, Filter{}).Legend {
		keys = append(keys, it.Key)
		checkSafe(t, LegendSVG(it.Key), false)
		if sample(it.Key) == "" {
			t.Errorf("no sample for %q", it.Key)
		}
	}
	want := []string{"allowed", "cond", "unknown", "broad", "unowned", "both", "gate", "return", "nolog", "wild", "guard", "key"}
	if !slices.Equal(keys, want) {
		t.Errorf("%v, not %v", keys, want)
	}
	plain := &drawing{}
	plain.node(graph.KindRole, "a", "")
	plain.node(graph.KindModel, "b", "")
	plain.edge("a", graph.Invokes, "b", none)
	if got := build(plain.graph(t), nil, about{}, Filter{}).Legend; len(got) != 1 || got[0].Key != "allowed" {
		t.Errorf("%v", got)
	}
}

func TestFileSaysWhatItIs(t *testing.T) {
	d := supportAssistant()
	d.edge("copy-generator", graph.Reads, "hr-payroll", none, func(e *graph.Edge) { e.Granted = graph.Denied })
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	for theme, colours := range map[string][2]string{"light": {"#f6f7f9", "#0e131b"}, "dark": {"#0e131b", "#f6f7f9"}, "": {"prefers-color-scheme", ""}} {
		o := asFile
		o.Theme = theme
		svg := svgOf(t, sc, o)
		checkSafe(t, svg, true)
		for _, s := range []string{"<title id=\"pc-title\">Support assistant</title>", "<desc id=", "Snapshot 14", "23 November 2026, 09:30 UTC",
			"sha256 0123456789ab", "permchain v0.1.0", ">Internal<", "24 of 27 nodes, 25 links", "1 denied link", colours[0]} {
			if !strings.Contains(svg, s) {
				t.Errorf("theme %q: no %q", theme, s)
			}
		}
		if colours[1] != "" && strings.Contains(svg, colours[1]) {
			t.Errorf("theme %q holds colours of the other", theme)
		}
		if strings.Contains(svg, "var(") || strings.Contains(svg, "<a ") {
			t.Errorf("theme %q: a file holds custom properties or links", theme)
		}
	}
}

// TestSameBytesForEveryOrder builds the same chain from shuffled input.
func TestSameBytesForEveryOrder(t *testing.T) {
	d := crowd(120)
	want := svgOf(t, build(d.graph(t), d.marks, about{}, Filter{}), asFile)
	r := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		e := &drawing{nodes: slices.Clone(d.nodes), edges: slices.Clone(d.edges), marks: d.marks}
		r.Shuffle(len(e.nodes), func(i, j int) { e.nodes[i], e.nodes[j] = e.nodes[j], e.nodes[i] })
		r.Shuffle(len(e.edges), func(i, j int) { e.edges[i], e.edges[j] = e.edges[j], e.edges[i] })
		if svgOf(t, build(e.graph(t), e.marks, about{}, Filter{}), asFile) != want {
			t.Fatal("a shuffled chain gives another drawing")
		}
	}
}

// TestOneOwnerChangesFewLines: what a change changes in a file is what it is about.
func TestOneOwnerChangesFewLines(t *testing.T) {
	d := supportAssistant()
	before := strings.Split(svgOf(t, build(d.graph(t), d.marks, about{}, Filter{}), asFile), "\n")
	m := d.marks[graph.NewEdgeID("HR analysts", graph.Assumes, "SupportPower")]
	m.Unowned, m.Broad, m.Label = false, true, "no owner" // as wide a label as before
	d.marks[graph.NewEdgeID("HR analysts", graph.Assumes, "SupportPower")] = m
	after := strings.Split(svgOf(t, build(d.graph(t), d.marks, about{}, Filter{}), asFile), "\n")
	changed := 0
	for _, line := range after {
		if !slices.Contains(before, line) {
			changed++
		}
	}
	if changed == 0 || changed > 3 {
		t.Errorf("%d lines changed", changed)
	}
}

func TestNothingHidesAnythingInAScene(t *testing.T) {
	for _, n := range []int{20, 60, 150, 400} {
		d := crowd(n)
		sc := build(d.graph(t), d.marks, about{}, Filter{})
		var r layout.Result
		for _, c := range sc.Cards {
			r.Nodes = append(r.Nodes, layout.PlacedNode{Rect: c.Rect})
		}
		for _, l := range sc.Lines {
			r.Edges = append(r.Edges, l.Route)
			if (l.Label != "") == l.Route.Label.Empty() || l.Label != "" && l.Route.Label.W < textWidth(l.Label, labelSize, labelBold)/100 {
				t.Errorf("label %q has %v", l.Label, l.Route.Label)
			}
		}
		q := layout.Measure(r)
		q.Crossings = 0
		if q != (layout.Quality{}) {
			t.Errorf("%d nodes: %+v", n, q)
		}
	}
}

// hostile are names that try to be something else.
var hostile = []string{
	`"><script>alert(1)</script>`, `</text></svg><script>`, `]]>`, "<![CDATA[", "a\nb\r\nc\td", "\x00\x01\x1b[31m", "\u202egnp.exe", "\u2066x\u2069",
	`' onload='alert(1)`, "&amp;&lt;&#0;", "=HYPERLINK(\"x\")", strings.Repeat("W", 500), "\xff\xfe", "名前のとても長いものがここにあります", "", " ", "\ufffe\ud7ff", "𝕏𝕏",
}

func TestHostileNamesAreHarmless(t *testing.T) {
	d := &drawing{}
	for i, name := range hostile {
		from, to := fmt.Sprintf("r%d%s", i, name), fmt.Sprintf("b%d%s", i, name)
		d.node(graph.KindRole, from, name, func(n *graph.Node) { n.Name = name; n.Unknown = name })
		d.node(graph.KindBucket, to, name, func(n *graph.Node) { n.Name = name; n.Outside = true })
		d.node(graph.KindKey, "k"+to, name)
		d.edge(from, graph.Reads, to, broad(name))
		d.edge(to, graph.GuardedBy, "k"+to, none)
	}
	sc := build(d.graph(t), d.marks, about{}, Filter{Q: "", Workload: ""})
	page := asPage
	page.Href = func(_, key string) string { return `/x"'<>&` + key }
	checkHostile(t, sc, page)
	file := asFile
	file.Title, file.Version, file.Classification, file.Link, file.Snapshot, file.Hash = hostile[0], hostile[1], hostile[2], hostile[4], hostile[5], hostile[6]
	checkHostile(t, sc, file)
}

func checkHostile(t *testing.T, sc *Scene, o Options) {
	t.Helper()
	svg := svgOf(t, sc, o)
	if strings.Contains(svg, "<script") || strings.ContainsFunc(svg, func(r rune) bool { return bad(r) && r != '\n' }) {
		t.Error("a name is not escaped")
	}
	checkSafe(t, svg, o.Standalone) // no element or attribute that a name brought in
}

// FuzzEscape: whatever is written comes back from an XML parser as what clean makes of it, in text and attributes.
func FuzzEscape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dec := xml.NewDecoder(strings.NewReader("<a b=\"" + esc(s) + "\" c='" + esc(s) + "'>" + esc(s) + "</a>"))
		tok, err := dec.Token()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		want := strings.ToValidUTF8(clean(s), "\ufffd")
		for _, a := range tok.(xml.StartElement).Attr {
			if a.Value != want {
				t.Fatalf("%q comes back as %q in an attribute", want, a.Value)
			}
		}
		var text strings.Builder
		for {
			tok, err := dec.Token()
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			if c, ok := tok.(xml.CharData); ok {
				text.WriteString(string(c))
				continue
			}
			if _, ok := tok.(xml.EndElement); !ok {
				t.Fatalf("%q opens an element", s)
			}
			break
		}
		if text.String() != want {
			t.Fatalf("%q comes back as %q", want, text.String())
		}
		if strings.ContainsFunc(clean(s), bad) {
			t.Fatalf("%q is not clean", clean(s))
		}
	})
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   string
		px   int
		want string
	}{
		{"hr-payroll", 97, "hr-payroll"},
		{"Account 882011223344", 97, "Account 8…3344"},
		{"/aws/lambda/order-tools", 97, "…/order-tools"},
		{"/aws/lambda/a-function-with-a-long-name", 97, "a-function…name"},
		{"x", 1, "…"},
	} {
		if got := fit(c.in, c.px, nameSize, nameBold); got != c.want {
			t.Errorf("fit(%q, %d) = %q, not %q", c.in, c.px, got, c.want)
		}
		if w := textWidth(fit(c.in, c.px, nameSize, nameBold), nameSize, nameBold); w > c.px*squeeze && c.px > 20 {
			t.Errorf("%q is %d wide", c.in, w)
		}
	}
}

func TestLabelsHaveRoomOverALane(t *testing.T) {
	for words, want := range map[string]string{
		"s3:* on *":                                "✱ ◇ s3:* on * ?",
		"bedrock-agentcore:* on *":                 "✱ ◇ bedrock-ag…on * ?",
		"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW": "✱ ◇ WWWWW…WW ?",
	} {
		l := &Line{Broad: true, Unowned: true, Verdict: graph.Unknown}
		if got := labelText(l, words); got != want || labelWidth(got) > mostLabel {
			t.Errorf("%q becomes %q, %d wide", words, got, labelWidth(got))
		}
	}
}

func TestFitDetail(t *testing.T) {
	for in, want := range map[string]string{
		"S3 · confidential":              "S3 · confidential",
		"OpenSearch Serverless · public": "OpenSear… · public",
		"account · outside the org":      "outside the org",
		"a line without any dot in it":   "a line without …t in it",
	} {
		if got := fitDetail(in, 90, false); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

// TestModelsLoseTheirVersionsOnlyWhenApart: two models that differ in nothing else keep theirs.
func TestModelsLoseTheirVersionsOnlyWhenApart(t *testing.T) {
	cards := []Card{{Name: "claude-3-5-sonnet-20240620-v1"}, {Name: "claude-3-haiku-20240307-v1:0"}, {Name: "claude-3-haiku-20250101-v2:0"}, {Name: "nova-20250101-v1"}}
	shortNames(cards)
	for i, want := range []string{"claude-3-5-sonnet", "", "", ""} {
		if cards[i].short != want {
			t.Errorf("%s: %q, not %q", cards[i].Name, cards[i].short, want)
		}
	}
}

// TestColoursCanBeRead reckons contrasts as WCAG 2.2 does: 4.5 for text, 3 for lines.
func TestColoursCanBeRead(t *testing.T) {
	value := func(name string, dark bool) string {
		for _, k := range tokens {
			if k.name == name {
				if dark {
					return k.dark
				}
				return k.light
			}
		}
		t.Fatalf("no token %s", name)
		return ""
	}
	for _, dark := range []bool{false, true} {
		for _, c := range []struct {
			ink   string
			on    []string
			least float64
		}{
			{"ink", []string{"bg", "lane", "node", "panel"}, 4.5}, {"ink2", []string{"bg", "lane", "node", "panel"}, 4.5},
			{"broad", []string{"node", "panel", "bg"}, 4.5}, {"un", []string{"node", "panel", "bg"}, 4.5},
			{"broad", []string{"lane"}, 3}, {"un", []string{"lane"}, 3}, {"ok", []string{"bg", "lane", "panel"}, 3}, {"accent", []string{"lane", "node"}, 3},
		} {
			for _, on := range c.on {
				if got := contrast(t, value(c.ink, dark), value(on, dark)); got < c.least {
					t.Errorf("dark %t: %s on %s has %.2f, less than %.1f", dark, c.ink, on, got, c.least)
				}
			}
		}
	}
	for _, use := range useOfToken.FindAllStringSubmatch(CSS(), -1) {
		value(use[1], false)
	}
	if left := regexp.MustCompile(`var\([^)]*\)`).FindString(fileCSS("")); left != "" {
		t.Errorf("a file's style holds %s", left)
	}
	if strings.Count(TokensCSS(), "--ink:") != 4 {
		t.Error("TokensCSS does not declare each theme by preference and by choice")
	}
}
