package rules_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

func TestAll(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.All() {
		if seen[r.ID] || r.Title == "" || r.About == "" || r.Base < rules.Low || r.Base > rules.Critical {
			t.Errorf("rule %+v", r)
		}
		seen[r.ID] = true
		if len(r.References) == 0 {
			t.Errorf("%s answers to nothing", r.ID)
		}
		for _, ref := range r.References {
			if ref.ID == "" || ref.Title == "" || ref.Version == "" || !strings.HasPrefix(ref.URL, "https://") {
				t.Errorf("%s: reference %+v", r.ID, ref)
			}
		}
	}
	for _, id := range []string{"broad-action", "broad-resource", "broad-principal", "unowned", "unconfirmed-action", "no-log", "unapproved-model", "boundary-break",
		"admin-runtime", "log-leak", "log-weak", "env-crossing", "outside-org", "mixed-audience", "over-clearance"} {
		if !seen[id] {
			t.Errorf("there is no rule %s", id)
		}
	}
}

func TestSeverity(t *testing.T) {
	for s := rules.Low; s <= rules.Critical; s++ {
		if back, err := rules.ParseSeverity(strings.ToUpper(s.String())); err != nil || back != s {
			t.Errorf("%v reads back as %v, %v", s, back, err)
		}
	}
	if _, err := rules.ParseSeverity("severe"); err == nil {
		t.Error("a word that is no severity is read")
	}
	for _, s := range []rules.Severity{0, rules.Low, rules.Critical} {
		text, err := json.Marshal(s)
		var back rules.Severity
		if err != nil || json.Unmarshal(text, &back) != nil || back != s {
			t.Errorf("%v as %s reads back as %v", s, text, back)
		}
	}
	if got := rules.Severity(9).String(); got != "none" {
		t.Errorf("Severity(9) = %s", got)
	}
}

// everything is a chain in which several rules fire.
func everything() *world {
	w := support().policy("ml-deploy trust", "trust policy", trustAccount)
	w.node("Account 8820…", graph.KindAccount, account(partner), outside()).node("ml-deploy", graph.KindRole, roleClass(graph.RoleAutomation))
	w.node("cancel_order", graph.KindActionGroup, effect("financial"), owned("care"))
	w.link("Account 8820…", graph.Assumes, "ml-deploy", door("ml-deploy trust", 0), scope(graph.ScopeAccount))
	w.link("support-agent", graph.Calls, "cancel_order", confirm(graph.ConfirmNone), wired)
	return w.link("ml-deploy", graph.Reads, "product-docs", noLog(off))
}

func TestCheckOrderAndDeterminism(t *testing.T) {
	g := everything().graph(t)
	fs := rules.Check(g)
	if again := rules.Check(everything().graph(t)); !cmp.Equal(fs, again) {
		t.Errorf("twice the same chain, two answers:\n%s", cmp.Diff(fs, again))
	}
	// What was built in another order is the same chain.
	w := everything()
	slices.Reverse(w.nodes)
	slices.Reverse(w.edges)
	slices.Reverse(w.policies)
	if other := rules.Check(w.graph(t)); !cmp.Equal(fs, other) {
		t.Errorf("the order of what is imported changes the answer:\n%s", cmp.Diff(fs, other))
	}
	sound(t, g, fs)
	var ranks []int
	for _, f := range fs {
		ranks = append(ranks, map[rules.Status]int{rules.Open: 10, rules.NotAssessed: 0}[f.Status]+int(f.Severity))
	}
	if !slices.IsSortedFunc(ranks, func(a, b int) int { return b - a }) {
		t.Errorf("not sorted: %v", said(fs))
	}
	var text []byte
	var err error
	if text, err = json.Marshal(fs); err != nil {
		t.Fatal(err)
	}
	var back []rules.Finding
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fs, back); diff != "" {
		t.Errorf("changed by storing them (-want +got):\n%s", diff)
	}
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{16}$`)

// sound holds what is true of the findings of any chain.
func sound(t testing.TB, g *graph.Graph, fs []rules.Finding) {
	t.Helper()
	byRule := map[string]rules.Rule{}
	for _, r := range rules.All() {
		byRule[r.ID] = r
	}
	seen := map[string]bool{}
	for _, f := range fs {
		what := fmt.Sprintf("%s %q", f.Rule, f.Sentence)
		if !fingerprint.MatchString(f.ID) || seen[f.ID] {
			t.Errorf("%s: ID %q is repeated or no fingerprint", what, f.ID)
		}
		seen[f.ID] = true
		if _, ok := byRule[f.Rule]; !ok || f.Base != byRule[f.Rule].Base {
			t.Errorf("%s: not of a known rule", what)
		}
		if f.Sentence == "" || strings.Contains(f.Sentence, "  ") || !strings.HasSuffix(f.Sentence, ".") || strings.Contains(f.Sentence, "%!") || strings.Contains(f.Fix.Text+f.Detail, "%!") {
			t.Errorf("%s: not a sentence to be read aloud", what)
		}
		switch f.Status {
		case rules.Open:
			sum := int(f.Base)
			for _, m := range f.Moves {
				sum += m.By
				if m.By == 0 || m.Why == "" {
					t.Errorf("%s: a move that says nothing: %+v", what, m)
				}
			}
			if want := rules.Severity(min(max(sum, 1), 4)); f.Severity != want {
				t.Errorf("%s: severity %v, its moves make %v", what, f.Severity, want)
			}
			if f.Fix.Text == "" || len(f.Links) == 0 {
				t.Errorf("%s: no way to fix it, or no link", what)
			}
		case rules.NotAssessed:
			if f.Need == "" || f.Severity != 0 {
				t.Errorf("%s: need %q, severity %v", what, f.Need, f.Severity)
			}
		default:
			t.Errorf("%s: status %q", what, f.Status)
		}
		for _, id := range f.Links {
			if g.Edge(id) == nil {
				t.Errorf("%s: no link %s", what, id)
			}
		}
		for _, id := range f.Nodes {
			if g.Node(id) == nil {
				t.Errorf("%s: no node %s", what, id)
			}
		}
		for _, p := range f.Paths {
			for i, id := range p.Edges {
				if e := g.Edge(id); e == nil || i > 0 && g.Edge(p.Edges[i-1]).To != e.From {
					t.Errorf("%s: %v is no path", what, p)
				}
			}
		}
		if !slices.IsSorted(f.Links) || !slices.IsSorted(f.Nodes) || !slices.IsSorted(f.Workloads) {
			t.Errorf("%s: not sorted inside", what)
		}
	}
}

func TestMarks(t *testing.T) {
	g := everything().graph(t)
	marks := rules.Marks(g, rules.Check(g))
	id := graph.NewEdgeID
	tests := []struct {
		link graph.EdgeID
		want rules.Mark
	}{
		{id("support-agent", graph.Reads, "hr-payroll"), rules.Mark{Broad: true, Unowned: true, Label: "s3:* on *", Severity: rules.Critical}},
		{id("support-agent", graph.Calls, "cancel_order"), rules.Mark{Unconfirmed: true, Label: "unconfirmed", Severity: rules.Critical}},
		{id("Account 8820…", graph.Assumes, "ml-deploy"), rules.Mark{Broad: true, Label: "any principal", Severity: rules.Critical}},
		{id("ml-deploy", graph.Reads, "product-docs"), rules.Mark{Unowned: true, Label: "no owner", Severity: rules.High}},
	}
	for _, tt := range tests {
		got := marks[tt.link]
		if len(got.Findings) == 0 {
			t.Errorf("%s: no findings", tt.link)
		}
		got.Findings = nil
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.link, diff)
		}
	}
	if m, ok := marks[id("Customers", graph.Assumes, "support-app")]; ok {
		t.Errorf("a link without a finding is marked %+v", m)
	}
	if broad := rules.Broad(marks); !broad[id("support-agent", graph.Reads, "hr-payroll")] || broad[id("support-agent", graph.Calls, "cancel_order")] {
		t.Errorf("broad links %v", broad)
	}
	// Findings of another chain mark nothing here.
	if m := rules.Marks(g, []rules.Finding{{Rule: "unowned", Links: []graph.EdgeID{"gone"}}}); len(m) != 0 {
		t.Errorf("marks of links that are not there: %v", m)
	}
}

func TestWorst(t *testing.T) {
	w := everything()
	for i := range w.edges {
		if w.edges[i].To == "hr-payroll" {
			w.edges[i].Log = graph.LogState{State: graph.No, Why: off}
		}
	}
	g := w.graph(t)
	var got []string
	worst := rules.Worst(g, rules.Check(g), 5)
	for _, p := range worst {
		got = append(got, p.Severity.String()+": "+p.Sentence)
	}
	want := []string{
		"critical: Customers can reach hr-payroll through support-agent. Nothing logs the read.",
		"critical: Any principal in Account 8820… can become ml-deploy and so read product-docs: the whole account is let in.",
		"critical: support-agent can call cancel_order for whoever asks, without confirmation: it is declared to have a financial effect.",
	}
	if diff := cmp.Diff(want, got[:min(len(got), 3)]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(worst) > 0 && !worst[0].NoLog {
		t.Error("the path to payroll leaves no trace, and does not say so")
	}
	if got := rules.Worst(g, rules.Check(g), 1); len(got) != 1 {
		t.Errorf("asked for one, got %d", len(got))
	}
	if got := rules.Worst(g, nil, 5); got != nil {
		t.Errorf("of no findings: %v", got)
	}
}

func TestCheckOfNothing(t *testing.T) {
	g := (&world{}).graph(t)
	fs := rules.Check(g)
	sound(t, g, fs)
	for _, f := range fs {
		if f.Status == rules.Open {
			t.Errorf("an empty chain has a fault: %s", f.Sentence)
		}
	}
}

// What a policy's text holds can be anything: a fix is valid JSON of that statement, or none.
func FuzzFix(f *testing.F) {
	for _, s := range []string{`{"Statement": ` + s3Star + `}`, `{"Statement": [` + allStar + `, ` + s3Star + `]}`, `{"Statement": []}`, `{"Statement": "x"}`, `{`, ``,
		`{"Statement": {"Sid": 3, "Effect": "Allow", "Action": ["s3:*"], "Resource": {"a": 1}, "Action": "x"}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := support()
		w.policies[0].Text = text
		g := w.graph(t)
		for _, f := range rules.Check(g) {
			if f.Fix.Before != "" && f.Rule == "broad-action" && !json.Valid([]byte(f.Fix.Before)) {
				t.Errorf("before is no JSON:\n%s", f.Fix.Before)
			}
			if f.Fix.After != "" && f.Rule == "broad-action" && !json.Valid([]byte(f.Fix.After)) && !json.Valid([]byte("["+f.Fix.After+"]")) {
				t.Errorf("after is no JSON:\n%s", f.Fix.After)
			}
		}
	})
}

// large is a chain of many roles whose statements reach many buckets.
func large(b *testing.B, roles, buckets, each int) *graph.Graph {
	w := &world{intent: declared()}
	for i := range buckets {
		w.node(fmt.Sprint("bucket-", i), graph.KindBucket, class([]string{"public", "internal", "confidential", "restricted"}[i%4]), env("prod"))
	}
	w.node("trail", graph.KindTrail)
	for i := range roles {
		p := fmt.Sprint("policy-", i)
		w.policies = append(w.policies, graph.Policy{ID: p, Name: p, Text: `{"Version": "2012-10-17", "Statement": [` + s3Star + `]}`})
		role := fmt.Sprint("role-", i)
		w.node(role, graph.KindRole, roleClass(graph.RoleRuntime), env("prod"))
		ev := graph.Evidence{Kind: graph.ByPolicy, Effect: "Allow", Layer: "identity", Policy: p}
		for j := range each {
			e := graph.Edge{From: graph.NodeID(role), Kind: graph.Reads, To: graph.NodeID(fmt.Sprint("bucket-", (i+j)%buckets)), Granted: graph.Allowed,
				Log: graph.LogState{State: graph.No, Why: off}, Evidence: []graph.Evidence{ev}}
			e.Breadth.ActionsNeeded = []string{"s3:GetObject"}
			e.ID = graph.NewEdgeID(e.From, e.Kind, e.To)
			w.edges = append(w.edges, e)
		}
	}
	return w.graph(b)
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []struct{ roles, buckets, each int }{{10, 100, 100}, {100, 100, 100}, {1000, 200, 100}} {
		g := large(b, n.roles, n.buckets, n.each)
		b.Run(fmt.Sprintf("links=%d", len(g.Edges)), func(b *testing.B) {
			for b.Loop() {
				rules.Check(g)
			}
		})
	}
}
