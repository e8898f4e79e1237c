package review_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
)

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func node(id string, kind graph.NodeKind, owner string, workloads ...string) graph.Node {
	n := graph.Node{ID: graph.NodeID(id), Kind: kind, Lane: kind.Lane(), Name: id, Workloads: workloads}
	if owner != "" {
		n.Owner = graph.Owner{Name: owner, Source: "tag owner"}
	}
	return n
}

func edge(from string, kind graph.EdgeKind, to string, with ...func(*graph.Edge)) graph.Edge {
	e := graph.Edge{ID: graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to)), From: graph.NodeID(from), Kind: kind, To: graph.NodeID(to),
		Granted: graph.Allowed, EvidenceHash: "h1", Log: graph.LogState{State: graph.StateUnknown}}
	for _, f := range with {
		f(&e)
	}
	return e
}

func chain(t *testing.T) *graph.Graph {
	t.Helper()
	nodes := []graph.Node{
		node("customers", graph.KindFederated, ""), node("app", graph.KindRole, "care", "support"), node("agent", graph.KindAgent, "care", "support"),
		node("payroll", graph.KindBucket, ""), node("docs", graph.KindBucket, "data-platform", "support"), node("cancel", graph.KindActionGroup, "", "support"),
		node("model", graph.KindModel, ""), node("trail", graph.KindTrail, ""),
	}
	nodes[3].Class = "restricted"
	edges := []graph.Edge{
		edge("customers", graph.Assumes, "app", func(e *graph.Edge) { e.Log = graph.LogState{State: graph.Yes, To: "trail"} }),
		edge("app", graph.Invokes, "agent"),
		edge("agent", graph.Reads, "payroll", func(e *graph.Edge) { e.Log = graph.LogState{State: graph.No} }),
		edge("agent", graph.Reads, "docs"),
		edge("agent", graph.Calls, "cancel", func(e *graph.Edge) { e.Owner = graph.Owner{Name: "orders", Source: "permchain.yaml owners[1]"} }),
		edge("agent", graph.Invokes, "model"),
		edge("customers", graph.Invokes, "model"),
		edge("agent", graph.LogsTo, "trail"),
		edge("agent", graph.RunsAs, "app"),
		edge("agent", graph.Writes, "payroll", func(e *graph.Edge) { e.Granted = graph.Denied }),
	}
	g, err := graph.New(nodes, edges, nil, nil, &graph.Intent{
		Classes:   []string{"public", "restricted"},
		Workloads: []graph.Workload{{Name: "support", Title: "Support assistant", Risk: "moderate", Owner: "care", Review: "quarterly"}, {Name: "copy", Review: "2026-12-02"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestOwner(t *testing.T) {
	g := chain(t)
	find := func(g *graph.Graph, from string, kind graph.EdgeKind, to string) *graph.Edge {
		e := g.Edge(graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to)))
		if e == nil {
			t.Fatalf("no link %s %s %s", from, kind, to)
		}
		return e
	}
	at := day("2026-11-01")
	tests := []struct {
		name     string
		assigned []review.Assignment
		from     string
		kind     graph.EdgeKind
		to       string
		want     graph.Owner
	}{
		{"nobody", nil, "agent", graph.Reads, "payroll", graph.Owner{}},
		{"the target's", nil, "agent", graph.Reads, "docs", graph.Owner{Name: "data-platform", Source: "tag owner"}},
		{"the link's own", nil, "agent", graph.Calls, "cancel", graph.Owner{Name: "orders", Source: "permchain.yaml owners[1]"}},
		{"a provider's model is answered for by who uses it", nil, "agent", graph.Invokes, "model", graph.Owner{Name: "care", Source: "tag owner"}},
		{"a user of a model whom nobody owns", nil, "customers", graph.Invokes, "model", graph.Owner{}},
		{"assigned to the node", []review.Assignment{{Node: "payroll", Owner: "hr", By: "anna", At: at}}, "agent", graph.Reads, "payroll", graph.Owner{Name: "hr", Source: "assigned by anna"}},
		{"assigned to the node beats the link's own", []review.Assignment{{Node: "cancel", Owner: "hr", By: "anna", At: at}}, "agent", graph.Calls, "cancel", graph.Owner{Name: "hr", Source: "assigned by anna"}},
		{"assigned to the link beats all", []review.Assignment{{Node: "cancel", Owner: "hr", By: "anna", At: at}, {Edge: graph.NewEdgeID("agent", graph.Calls, "cancel"), Owner: "shop", By: "ben", At: at}},
			"agent", graph.Calls, "cancel", graph.Owner{Name: "shop", Source: "assigned by ben"}},
		{"the later assignment holds", []review.Assignment{{Node: "payroll", Owner: "new", By: "anna", At: day("2026-11-02")}, {Node: "payroll", Owner: "old", By: "anna", At: at}},
			"agent", graph.Reads, "payroll", graph.Owner{Name: "new", Source: "assigned by anna"}},
		{"taken back", []review.Assignment{{Node: "docs", Owner: "hr", By: "anna", At: at}, {Node: "docs", By: "anna", At: at}}, "agent", graph.Reads, "docs", graph.Owner{Name: "data-platform", Source: "tag owner"}},
		{"for what is not there", []review.Assignment{{Node: "gone", Owner: "hr", By: "anna", At: at}}, "agent", graph.Reads, "payroll", graph.Owner{}},
	}
	before, _ := json.Marshal(g)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			applied := review.Apply(g, tt.assigned)
			if got := review.Owner(applied, find(applied, tt.from, tt.kind, tt.to)); got != tt.want {
				t.Errorf("owner = %+v, want %+v", got, tt.want)
			}
		})
	}
	if after, _ := json.Marshal(g); string(after) != string(before) {
		t.Error("Apply changed the chain it was given")
	}
}

func TestApplyKeepsAllElse(t *testing.T) {
	g := chain(t)
	g.Governance = graph.Governance{OrgID: "o-a1b2c3d4e5", Principals: []graph.Governed{{Node: "agent", Kind: graph.KindRole}}}
	if review.Apply(g, nil).Hash() != g.Hash() {
		t.Error("a copy without assignments is not the same chain")
	}
}

func TestWorkloads(t *testing.T) {
	g := chain(t)
	broad := map[graph.EdgeID]bool{graph.NewEdgeID("agent", graph.Reads, "payroll"): true, graph.NewEdgeID("agent", graph.Writes, "payroll"): true}
	got := review.Workloads(g, broad, map[string]time.Time{"support": day("2026-09-02")})
	want := []review.WorkloadSummary{
		// Access: assumes, invokes agent, reads payroll, reads docs, calls cancel, invokes model; not "logs to",
		// "runs as", or what is denied. Unowned: payroll and the trail.
		{Name: "support", Title: "Support assistant", Risk: "moderate", Owner: "care", Links: 6, Broad: 1, Unowned: 2, Review: "quarterly", Next: day("2026-12-02")},
		{Name: "copy", Review: "2026-12-02", Next: day("2026-12-02")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := review.Workloads(&graph.Graph{}, nil, nil); got != nil {
		t.Errorf("without intent: %v", got)
	}
}

func TestNextReview(t *testing.T) {
	held := day("2026-01-31")
	tests := []struct {
		review string
		held   time.Time
		want   string // "" for none
	}{
		{"2026-12-02", time.Time{}, "2026-12-02"},
		{"quarterly", day("2026-02-28"), "2026-05-28"},
		{"Yearly", held, "2027-01-31"},
		{"weekly", held, "2026-02-07"},
		{"90d", held, "2026-05-01"},
		{"quarterly", time.Time{}, ""},
		{"90", held, ""},
		{"-3d", held, ""},
		{"now and then", held, ""},
		{"", held, ""},
	}
	for _, tt := range tests {
		got, ok := review.NextReview(tt.review, tt.held)
		if ok != (tt.want != "") || ok && got.Format(time.DateOnly) != tt.want {
			t.Errorf("NextReview(%q, %v) = %v, %v; want %q", tt.review, tt.held, got, ok, tt.want)
		}
	}
}

func TestShares(t *testing.T) {
	got := review.ShareOf(chain(t), review.Decided{graph.NewEdgeID("agent", graph.Reads, "docs"): "h1", graph.NewEdgeID("agent", graph.Reads, "payroll"): "h0"})
	want := review.Shares{
		Owned: review.Share{Have: 4, Of: 7}, UnownedTop: 1, TopClass: "restricted",
		Decided: review.Share{Have: 1, Of: 7}, Stale: 1,
		Logged: review.Share{Have: 1, Of: 7}, NoTrace: 1, NoTraceAgent: 1, LogUnknown: 5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct{ have, of, want int }{{0, 0, 100}, {0, 5, 0}, {5, 5, 100}, {999, 1000, 99}, {1, 1000, 1}, {41, 50, 82}, {1, 3, 33}, {2, 3, 67}} {
		if got := (review.Share{Have: tt.have, Of: tt.of}).Percent(); got != tt.want {
			t.Errorf("%d of %d = %d%%, want %d%%", tt.have, tt.of, got, tt.want)
		}
	}
}
