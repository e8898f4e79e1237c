package export

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// sentences of a scene, sorted, without their marks.
func sentences(sc *Scene) []string {
	var out []string
	for _, l := range sc.Lines {
		s, _, _ := strings.Cut(l.Sentence, ",")
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func cardNames(sc *Scene) []string {
	var out []string
	for _, c := range sc.Cards {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

func hiddenOf(sc *Scene, part string) *Hidden {
	for i := range sc.Hidden {
		if strings.Contains(sc.Hidden[i].Why, part) {
			return &sc.Hidden[i]
		}
	}
	return nil
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// TestWhatIsNotDrawn: each kind of link that is left out is counted, with its findings.
func TestWhatIsNotDrawn(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindService, "lambda", "service")
	d.node(graph.KindService, "partner", "service")
	d.node(graph.KindRole, "app-role", "runtime role")
	d.node(graph.KindRole, "lone-role", "role")
	d.node(graph.KindFunction, "app", "Lambda")
	d.node(graph.KindBucket, "docs", "S3")
	d.node(graph.KindBucket, "payroll", "S3", func(n *graph.Node) { n.Class = "restricted" })
	d.node(graph.KindBucket, "notes", "S3", func(n *graph.Node) { n.Class = "internal" })
	d.node(graph.KindBucket, "every bucket", "s3:::*", func(n *graph.Node) { n.Wildcard = true })
	d.node(graph.KindActionGroup, "refund", "tool", func(n *graph.Node) { n.Effect = "financial" })
	d.node(graph.KindActionGroup, "ping", "tool", func(n *graph.Node) { n.Effect = "none" })
	d.node(graph.KindKey, "key", "key")
	d.edge("lambda", graph.Assumes, "app-role", none)
	d.edge("partner", graph.Assumes, "app-role", broad("any account"))
	d.edge("app", graph.RunsAs, "app-role", none)
	d.edge("docs", graph.GuardedBy, "key", none)
	d.edge("app", graph.Decrypts, "key", broad("kms:*"))
	d.edge("app", graph.Reads, "docs", none, func(e *graph.Edge) { e.Granted = graph.Denied })
	d.edge("app", graph.Reads, "every bucket", broad("s3:*"))
	wild := graph.NewEdgeID("app", graph.Reads, "every bucket")
	implied := func(e *graph.Edge) { e.ImpliedBy = wild }
	d.edge("app", graph.Reads, "payroll", none, implied)
	d.edge("app", graph.Reads, "notes", none, implied)
	d.edge("app", graph.Calls, "refund", none, implied)
	d.edge("app", graph.Calls, "ping", none, implied)
	g := d.graph(t)

	sc := build(g, d.marks, about{}, Filter{})
	drawn := []string{"app can call refund", "app can read every bucket", "app can read payroll", "partner can become app-role"}
	same(t, "default", sentences(sc), slices.Clone(drawn))
	for part, want := range map[string]Hidden{
		"denied":       {Links: 1, Show: "denied"},
		"wildcard":     {Links: 2, Show: "implied"},
		"services":     {Links: 1},
		"keys":         {Links: 2, Findings: 1},
		"run as":       {Links: 1},
		"without a dr": {Nodes: 4}, // the lone role, and what only links that are not drawn lead to
	} {
		h := hiddenOf(sc, part)
		if h == nil {
			t.Errorf("nothing says %q: %v", part, sc.Hidden)
			continue
		}
		want.Why = h.Why
		if *h != want {
			t.Errorf("%q: %+v, not %+v", part, *h, want)
		}
	}
	if c := sc.Card(graph.NodeID("docs").Key()); c != nil {
		t.Errorf("docs is drawn, which only a denied link leads to: %+v", c)
	}

	same(t, "denied", sentences(build(g, d.marks, about{}, Filter{Denied: true})), append([]string{"app can read docs"}, drawn...))
	same(t, "implied", sentences(build(g, d.marks, about{}, Filter{Implied: true})), append([]string{"app can call ping", "app can read notes"}, drawn...))

	// A finding of its own draws an implied link; the wildcard's, or a general one, does not.
	notes := graph.NewEdgeID("app", graph.Reads, "notes")
	for finding, want := range map[string]int{"own": 5, "f-" + string(wild): 4, "general": 4} {
		d.marks[notes] = rules.Mark{Findings: []string{finding}}
		if got := len(build(g, d.marks, about{general: map[string]bool{"general": true}}, Filter{}).Lines); got != want {
			t.Errorf("finding %s: %d lines, not %d", finding, got, want)
		}
	}
}

// TestServicesAreDrawnWhenOverBroad, or when the filter is about them.
func TestServicesAreDrawnWhenOverBroad(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindService, "bedrock", "service")
	d.node(graph.KindService, "events", "service")
	d.node(graph.KindRole, "app-role", "")
	d.node(graph.KindModel, "model", "")
	d.node(graph.KindFunction, "app", "Lambda")
	d.node(graph.KindLogBucket, "logs", "S3")
	d.edge("bedrock", graph.Assumes, "app-role", broad("no source condition"))
	d.edge("bedrock", graph.Calls, "app", none)
	d.edge("bedrock", graph.Writes, "logs", unowned)
	d.edge("events", graph.Calls, "app", none)
	d.edge("app-role", graph.Invokes, "model", none)
	g := d.graph(t)
	sc := build(g, d.marks, about{}, Filter{})
	always := []string{"app-role can invoke model", "bedrock can become app-role"}
	same(t, "default", sentences(sc), slices.Clone(always))
	if h := hiddenOf(sc, "AWS services"); h == nil || h.Links != 3 || h.Findings != 1 {
		t.Errorf("%v", sc.Hidden)
	}
	for name, c := range map[string]struct {
		f    Filter
		want []string
	}{
		"focus on it":         {Filter{Focus: "events", Hops: 1}, []string{"events can call app"}},
		"focus on its target": {Filter{Focus: "app", Hops: 1}, []string{"bedrock can call app", "events can call app"}},
		"by name":             {Filter{Q: "events"}, []string{"events can call app"}},
		"by kind":             {Filter{Kind: "service"}, []string{"bedrock can become app-role", "bedrock can call app", "bedrock can write to logs", "events can call app"}},
		"unowned":             {Filter{Unowned: true}, []string{"bedrock can write to logs"}},
	} {
		same(t, name, sentences(build(g, d.marks, about{}, c.f)), c.want)
	}
}

// TestEachFindingHasALine: where all links of a finding are left out for their wildcard's, the worst is drawn.
func TestEachFindingHasALine(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindAgent, "agent", "")
	d.node(graph.KindBucket, "every bucket", "", func(n *graph.Node) { n.Wildcard = true })
	d.edge("agent", graph.Reads, "every bucket", broad("s3:*"))
	for _, b := range []string{"a", "b", "c", "d"} {
		d.node(graph.KindBucket, b, "", func(n *graph.Node) { n.Class = "confidential" })
		d.edge("agent", graph.Reads, b, none, func(e *graph.Edge) { e.ImpliedBy = graph.NewEdgeID("agent", graph.Reads, "every bucket") })
	}
	mark := func(b string, s rules.Severity, findings ...string) {
		d.marks[graph.NewEdgeID("agent", graph.Reads, graph.NodeID(b))] = rules.Mark{Severity: s, Findings: findings}
	}
	mark("a", rules.Low, "leak")
	mark("b", rules.High, "leak", "general")
	mark("c", rules.High, "general")
	g := d.graph(t)
	know := about{general: map[string]bool{"general": true}}
	same(t, "default", sentences(build(g, d.marks, know, Filter{})), []string{"agent can read b", "agent can read every bucket"})
	same(t, "data of that class", sentences(build(g, d.marks, know, Filter{Reaches: "confidential"})),
		[]string{"agent can read a", "agent can read b", "agent can read c", "agent can read d"})
	same(t, "who reaches it", sentences(build(g, d.marks, know, Filter{Focus: "d", Hops: 1})), []string{"agent can read d"})
}

// TestReadAsOne: a tool and its function, a trail and its bucket are one card, unless there is more to either.
func TestReadAsOne(t *testing.T) {
	make := func() *drawing {
		d := &drawing{}
		d.node(graph.KindAgent, "agent", "")
		d.node(graph.KindActionGroup, "reset", "access")
		d.node(graph.KindFunction, "it-fn", "Lambda")
		d.node(graph.KindLogGroup, "it-log", "CloudWatch")
		d.node(graph.KindTrail, "trail", "CloudTrail")
		d.node(graph.KindLogBucket, "trail-bucket", "S3")
		d.node(graph.KindKey, "key", "customer key")
		d.edge("agent", graph.Calls, "reset", none)
		d.edge("reset", graph.Calls, "it-fn", none)
		d.edge("it-fn", graph.LogsTo, "it-log", none)
		d.edge("it-fn", graph.GuardedBy, "key", none)
		d.edge("agent", graph.LogsTo, "trail", none)
		d.edge("trail", graph.LogsTo, "trail-bucket", none)
		return d
	}
	d := make()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	same(t, "cards", cardNames(sc), []string{"agent", "reset", "it-log", "trail"})
	same(t, "lines", sentences(sc), []string{"agent can call reset", "agent logs to trail", "reset logs to it-log"})
	reset, trail := sc.CardOf("it-fn"), sc.CardOf("trail-bucket")
	if reset == nil || reset.Name != "reset" || reset.Detail != "Lambda it-fn" || reset.Folded() || len(reset.Guards) != 1 {
		t.Errorf("the tool's card: %+v", reset)
	}
	if trail == nil || trail.Name != "trail" || trail.Detail != "CloudTrail to S3" || sc.CardOf("nothing") != nil {
		t.Errorf("the trail's card: %+v", trail)
	}
	if h := hiddenOf(sc, "inside a card"); h == nil || h.Links != 2 || sc.Counts.Nodes != 6 || sc.Counts.Links != 3 {
		t.Errorf("%v, %+v", sc.Hidden, sc.Counts)
	}
	if rows := sc.Table(); !slices.ContainsFunc(rows, func(r Row) bool { return r.From == "it-fn" && r.To == "it-log" }) {
		t.Errorf("%+v", rows)
	}

	apart := []string{"agent", "it-fn", "it-log", "reset", "trail", "trail-bucket"}
	for name, change := range map[string]func(d *drawing) (about, Filter){
		"findings on both": func(*drawing) (about, Filter) {
			return about{nodes: map[graph.NodeID]bool{"it-fn": true, "trail-bucket": true}}, Filter{}
		},
		"unfolded": func(*drawing) (about, Filter) { return about{}, Filter{Unfold: []string{"all"}} },
		"other links": func(d *drawing) (about, Filter) {
			d.edge("agent", graph.Calls, "it-fn", none)
			d.edge("agent", graph.LogsTo, "trail-bucket", none)
			return about{}, Filter{}
		},
		"marks": func(d *drawing) (about, Filter) {
			d.marks = map[graph.EdgeID]rules.Mark{
				graph.NewEdgeID("reset", graph.Calls, "it-fn"):         {Broad: true, Findings: []string{"f"}},
				graph.NewEdgeID("trail", graph.LogsTo, "trail-bucket"): {Findings: []string{"f"}},
			}
			return about{}, Filter{}
		},
	} {
		d := make()
		a, f := change(d)
		same(t, name, cardNames(build(d.graph(t), d.marks, a, f)), slices.Clone(apart))
	}
	more := make()
	more.node(graph.KindTable, "orders", "")
	more.edge("it-fn", graph.Reads, "orders", none)
	same(t, "a function that does more", cardNames(build(more.graph(t), more.marks, about{}, Filter{})),
		[]string{"agent", "it-fn", "it-log", "orders", "reset", "trail"})
}

func TestFiltersKeepWhatItTakesToReadThem(t *testing.T) {
	d := supportAssistant()
	g := d.graph(t)
	for name, c := range map[string]struct {
		f    Filter
		want []string
	}{
		"unowned": {Filter{Unowned: true}, []string{
			"HR analysts can become SupportPower",
			"Support agents can become SupportPower", // who else comes to the start of a link that stands out
			"SupportPower can invoke every model",
			"Customers can become support-app", "support-app can invoke support-agent",
			"support-agent can read hr-payroll", "support-agent can call reset-access",
			"reset-access logs to org-trail", "hr-payroll logs to prompt-archive",
		}},
		"not wired": {Filter{NotWired: true}, []string{
			"Customers can become support-app", "support-app can invoke support-agent", "support-agent can read hr-payroll",
			"hr-payroll logs to prompt-archive",
		}},
		"reaches confidential": {Filter{Reaches: "confidential"}, []string{
			"Customers can become support-app", "support-app can invoke support-agent", "support-agent can call cancel-order",
			"cancel-order can call orders-fn", "orders-fn can read legal-contracts", "cancel-order logs to org-trail",
			"support-agent can call cancel-order",
		}},
		"indexes": {Filter{Kind: "indexes"}, []string{
			"Customers can become support-app", "support-app can invoke support-agent", "support-agent can retrieve from support-kb",
			"support-kb indexes product-docs", "product-docs logs to org-trail",
		}},
		"search":  {Filter{Q: "COPY"}, []string{"Marketing can become copy-generator", "copy-generator can invoke claude-sonnet"}},
		"focus":   {Filter{Focus: "create-ticket", Hops: 1}, []string{"support-agent can call create-ticket", "create-ticket logs to invocations"}},
		"nothing": {Filter{Q: "no such thing"}, nil},
	} {
		sc := build(g, d.marks, about{}, c.f)
		c.want = slices.Compact(slices.Sorted(slices.Values(c.want)))
		same(t, name, sentences(sc), c.want)
		if sc.Empty() != (len(c.want) == 0) {
			t.Errorf("%s: empty %t", name, sc.Empty())
		}
	}
	sc := build(g, d.marks, about{}, Filter{Workload: "support"})
	same(t, "workload", cardNames(sc), []string{"Account 882011223344", "Customers", "cancel-order", "claude-sonnet", "create-ticket", "hr-payroll",
		"invocations", "legal-contracts", "orders-fn", "org-trail", "product-docs", "prompt-archive", "reset-access", "support-agent", "support-app",
		"support-kb", "support-vectors", "titan-embed-v2"}[1:])
	if !strings.HasPrefix(sc.Scope, "Support assistant") {
		t.Errorf("scope %q", sc.Scope)
	}
}

func TestParallelLinksAreOneLine(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindAgent, "a", "")
	d.node(graph.KindBucket, "b", "")
	d.edge("a", graph.Reads, "b", none)
	d.edge("a", graph.Writes, "b", broad("s3:Put*"))
	d.edge("a", graph.Administers, "b", none, func(e *graph.Edge) { e.Granted = graph.Unknown })
	d.edge("b", graph.LogsTo, "a", none)
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	if len(sc.Lines) != 2 || sc.Counts.Links != 4 || sc.Counts.Lines != 2 {
		t.Fatalf("%d lines, %+v", len(sc.Lines), sc.Counts)
	}
	for _, l := range sc.Lines {
		if len(l.Links) != 3 {
			continue
		}
		if l.ID != graph.NewEdgeID("a", graph.Writes, "b") || l.Label != "✱ s3:Put*" || l.Verdict != graph.Allowed ||
			l.Sentence != "a can write to and change and read b, over-broad (s3:Put*), in part unknown" {
			t.Errorf("%+v", l)
		}
	}
	rows := sc.Table()
	if len(rows) != 4 || rows[0].Kind != graph.Writes || rows[0].Label != "s3:Put*" || rows[0].Owner != "platform" {
		t.Errorf("%+v", rows)
	}
}

// TestUnknownIsNeverDrawnAsSafe: neither alone nor beside a conditional or denied link.
func TestUnknownIsNeverDrawnAsSafe(t *testing.T) {
	for _, beside := range []graph.Verdict{"", graph.Conditional, graph.Denied} {
		d := &drawing{}
		d.node(graph.KindAgent, "a", "")
		d.node(graph.KindBucket, "b", "")
		d.edge("a", graph.Reads, "b", none, func(e *graph.Edge) { e.Granted = graph.Unknown })
		if beside != "" {
			d.edge("a", graph.Writes, "b", none, func(e *graph.Edge) { e.Granted = beside })
		}
		l := build(d.graph(t), d.marks, about{}, Filter{Denied: true}).Lines[0]
		if l.Verdict != graph.Unknown || l.Label != "?" || !strings.Contains(lineClass(&l), "unknown") {
			t.Errorf("beside %q: %+v", beside, l)
		}
	}
}

// alike is a chain of one agent, many roles that invoke it and as many teams, of which some links stand out.
func alike(roles int) *drawing {
	d := &drawing{}
	d.node(graph.KindAgent, "agent", "")
	for i := range roles {
		role := fmt.Sprintf("role-%03d", i)
		d.node(graph.KindRole, role, "")
		m := none
		if i%2 == 1 {
			m = unowned
		}
		d.edge(role, graph.Invokes, "agent", m)
	}
	return d
}

func TestNodesAlikeAreFolded(t *testing.T) {
	few := alike(FoldAbove - 1)
	if sc := build(few.graph(t), few.marks, about{}, Filter{}); len(sc.Cards) != FoldAbove || sc.Counts.Nodes != FoldAbove {
		t.Errorf("%d cards of %d nodes", len(sc.Cards), sc.Counts.Nodes)
	}
	d := alike(80)
	g := d.graph(t)
	sc := build(g, d.marks, about{}, Filter{})
	if len(sc.Cards) != 3 || len(sc.Lines) != 2 || sc.Counts.Nodes != 81 || sc.Counts.Links != 80 {
		t.Fatalf("%d cards, %d lines, %+v", len(sc.Cards), len(sc.Lines), sc.Counts)
	}
	var fold *Card
	for i := range sc.Cards {
		if c := &sc.Cards[i]; c.Detail == "40 unowned" {
			fold = c
		}
	}
	if fold == nil || fold.Name != "40 roles" || len(fold.Members) != 40 || fold.Tone != ToneUnowned {
		t.Fatalf("%+v", sc.Cards)
	}
	if got := len(build(g, d.marks, about{}, Filter{Unfold: []string{fold.Key}}).Cards); got != 42 {
		t.Errorf("unfolded: %d cards", got)
	}
	if got := len(build(g, d.marks, about{}, Filter{Unfold: []string{"all"}}).Cards); got != 81 {
		t.Errorf("all unfolded: %d cards", got)
	}
	same(t, "table rows", []string{fmt.Sprint(len(sc.Table()))}, []string{"80"})
}

// TestTooMuchShowsTheWorst: beyond MostCards the heaviest findings are drawn, each with its way from a caller, and
// the rest is counted.
func TestTooMuchShowsTheWorst(t *testing.T) {
	d := crowd(2000)
	d.node(graph.KindUser, "eve", "")
	d.node(graph.KindRole, "deploy", "")
	d.node(graph.KindBucket, "crown-jewels", "", func(n *graph.Node) { n.Class = "restricted" })
	d.node(graph.KindLogGroup, "audit", "")
	d.edge("eve", graph.Assumes, "deploy", none)
	d.edge("deploy", graph.Writes, "crown-jewels", rules.Mark{Broad: true, Severity: rules.Critical, Label: "*"})
	d.edge("crown-jewels", graph.LogsTo, "audit", none)
	g := d.graph(t)
	sc := build(g, d.marks, about{}, Filter{})
	if len(sc.Cards) > MostCards || len(sc.Cards) < MostCards*3/4 {
		t.Errorf("%d cards", len(sc.Cards))
	}
	have := sentences(sc)
	for _, want := range []string{"eve can become deploy", "deploy can write to crown-jewels", "crown-jewels logs to audit"} {
		if !slices.Contains(have, want) {
			t.Errorf("%q is not drawn", want)
		}
	}
	h := hiddenOf(sc, "worst paths")
	if h == nil || h.Nodes == 0 || h.Findings == 0 {
		t.Fatalf("%v", sc.Hidden)
	}
	marked := 0
	for _, l := range sc.Lines {
		for _, id := range l.Links {
			if len(d.marks[id].Findings) > 0 {
				marked++
			}
		}
	}
	if marked+h.Findings != len(d.marks) {
		t.Errorf("%d links with findings drawn, %d said hidden, of %d", marked, h.Findings, len(d.marks))
	}
	near := build(g, d.marks, about{}, Filter{Focus: "trail-0"})
	if len(near.Cards) > MostCards || near.Card(graph.NodeID("trail-0").Key()) == nil {
		t.Errorf("focus: %d cards", len(near.Cards))
	}
}

// TestWildcardIsNamedOnce: of many lines of one card with the same words the worst says them, and those into the
// highest class.
func TestWildcardIsNamedOnce(t *testing.T) {
	d := &drawing{}
	d.node(graph.KindRole, "admin", "")
	for i := range 6 {
		b := fmt.Sprintf("bucket-%d", i)
		d.node(graph.KindBucket, b, "", func(n *graph.Node) {
			if i == 4 {
				n.Class = "restricted"
			}
		})
		m := broad("* on *")
		if i == 2 {
			m.Severity = rules.Critical
		}
		d.edge("admin", graph.Reads, b, m)
	}
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	for _, l := range sc.Lines {
		want := "✱"
		if to := sc.Card(l.To).Name; to == "bucket-2" || to == "bucket-4" {
			want = "✱ * on *"
		}
		if l.Label != want || !strings.Contains(l.Sentence, "(* on *)") {
			t.Errorf("%s: %q", l.Sentence, l.Label)
		}
	}
}

func TestGuardsAreMarksOnCards(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	agent, payroll := sc.Card(graph.NodeID("support-agent").Key()), sc.Card(graph.NodeID("hr-payroll").Key())
	if len(agent.Guards) != 1 || agent.Guards[0].Name != "pii-filter" || len(payroll.Guards) != 1 || payroll.Guards[0].Kind != graph.KindKey {
		t.Errorf("%+v, %+v", agent.Guards, payroll.Guards)
	}
	if svg := svgOf(t, sc, asPage); strings.Count(svg, `class="gi"`) != 2 || !strings.Contains(svg, "guarded by pii-filter") || !strings.Contains(svg, "encrypted with data-key") {
		t.Error("the guards are not drawn")
	}
}

func TestCardTones(t *testing.T) {
	d := supportAssistant()
	sc := build(d.graph(t), d.marks, about{}, Filter{})
	for name, want := range map[string]struct {
		tone   Tone
		detail string
	}{
		"hr-payroll":           {ToneBroad, "S3 · restricted"},
		"Account 882011223344": {ToneBroad, "outside the org"},
		"cancel-order":         {ToneBroad, "no confirmation"},
		"prompt-archive":       {ToneUnowned, "S3 · no owner"},
		"support-app":          {TonePlain, "runtime role"},
		"legal-contracts":      {TonePlain, "S3 · confidential"},
	} {
		if c := sc.Card(graph.NodeID(name).Key()); c.Tone != want.tone || c.Detail != want.detail {
			t.Errorf("%s: %q %q", name, c.Tone, c.Detail)
		}
	}
}

func TestCountsAreSaid(t *testing.T) {
	for _, c := range []struct {
		in   Counts
		want string
	}{
		{Counts{Nodes: 24, AllNodes: 412, Links: 23}, "24 of 412 nodes, 23 links"},
		{Counts{Nodes: 1, AllNodes: 1, Links: 1}, "1 of 1 node, 1 link"},
	} {
		if got := c.in.String(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
	for noun, want := range map[string]string{"federated identity": "federated identities", "index": "indexes", "agent alias": "agent aliases",
		"memory": "memories", "role": "roles", "policy": "policies", "queue": "queues", "anyone": "anyone", "gateway": "gateways"} {
		if got := plural(noun); got != want {
			t.Errorf("plural of %s: %s", noun, got)
		}
	}
}

func TestEnvironmentShowsWhatComesInto(t *testing.T) {
	d := &drawing{}
	in := func(env string) func(*graph.Node) { return func(n *graph.Node) { n.Env = env } }
	d.node(graph.KindUser, "ann", "", in(""))
	d.node(graph.KindRole, "experiments", "", in("sandbox"))
	d.node(graph.KindBucket, "scratch", "", in("sandbox"))
	d.node(graph.KindBucket, "live", "", in("prod"))
	d.node(graph.KindTrail, "trail", "", in("prod"))
	d.edge("ann", graph.Assumes, "experiments", none)
	d.edge("experiments", graph.Reads, "scratch", none)
	d.edge("experiments", graph.Reads, "live", none)
	d.edge("live", graph.LogsTo, "trail", none)
	g := d.graph(t)
	same(t, "prod", sentences(build(g, d.marks, about{}, Filter{Env: "prod"})),
		[]string{"ann can become experiments", "experiments can read live", "live logs to trail"})
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{60, 150, 2000, 20000} {
		d := crowd(n)
		g := d.graph(b)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				build(g, d.marks, about{}, Filter{})
			}
		})
	}
}
