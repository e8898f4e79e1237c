package reach_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

// chainOf builds a small chain from lines such as "customers assumes support-app" or "agent reads payroll unknown".
// The last word may be a verdict.
func chainOf(t testing.TB, nodes []graph.Node, lines ...string) *graph.Graph {
	t.Helper()
	var edges []graph.Edge
	for _, l := range lines {
		w := strings.Fields(l)
		e := graph.Edge{From: graph.NodeID(w[0]), Kind: graph.EdgeKind(strings.ReplaceAll(w[1], "-", " ")), To: graph.NodeID(w[2]), Granted: graph.Allowed}
		if len(w) > 3 {
			e.Granted = graph.Verdict(w[3])
		}
		e.ID = graph.NewEdgeID(e.From, e.Kind, e.To)
		edges = append(edges, e)
	}
	g, err := graph.New(nodes, edges, nil, nil, &graph.Intent{Classes: []string{"public", "internal", "confidential", "restricted"}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func node(id string, kind graph.NodeKind) graph.Node {
	return graph.Node{ID: graph.NodeID(id), Kind: kind, Lane: kind.Lane(), Name: id}
}

func names(ids ...string) []graph.Node {
	var out []graph.Node
	for _, id := range ids {
		out = append(out, node(id, graph.KindRole))
	}
	return out
}

// words writes a path as its nodes, which a test can be read by.
func words(g *graph.Graph, p reach.Path) string {
	var b strings.Builder
	for i, id := range p.Edges {
		e := g.Edge(id)
		if i == 0 {
			b.WriteString(string(e.From))
		}
		b.WriteString(" " + string(e.To))
	}
	return b.String()
}

func allWords(g *graph.Graph, ps []reach.Path) []string {
	var out []string
	for _, p := range ps {
		out = append(out, words(g, p))
	}
	return out
}

func TestPaths(t *testing.T) {
	tests := []struct {
		name     string
		links    []string
		from, to string
		lim      reach.Limit
		want     []string
		more     bool
	}{
		{name: "the strong before the short", links: []string{"a assumes b unknown", "a assumes c", "c assumes b"}, from: "a", to: "b",
			want: []string{"a c b", "a b"}},
		{name: "no node twice", links: []string{"a assumes b", "b assumes a", "b assumes c", "c assumes b"}, from: "a", to: "c", want: []string{"a b c"}},
		{name: "denied is not walked", links: []string{"a assumes b", "b reads c denied"}, from: "a", to: "c"},
		{name: "what does not carry access is not walked", links: []string{"a runs-as b", "b reads c"}, from: "a", to: "c"},
		{name: "changing is not using", links: []string{"a administers b", "b reads c"}, from: "a", to: "c"},
		{name: "what is indexed is reached", links: []string{"a retrieves b", "b indexes c n/a"}, from: "a", to: "c", want: []string{"a b c"}},
		{name: "only these kinds", links: []string{"a reads c", "a assumes b", "b reads c", "a invokes d", "d reads c"}, from: "a", to: "c",
			lim: reach.Limit{Kinds: []graph.EdgeKind{graph.Assumes, graph.Reads}}, want: []string{"a c", "a b c"}},
		{name: "too long", links: []string{"a assumes b", "b assumes c", "c assumes d"}, from: "a", to: "d", lim: reach.Limit{Hops: 2}},
		{name: "bounded by hops", links: []string{"a assumes c", "a assumes b", "b assumes c", "b assumes d", "d assumes c"}, from: "a", to: "c", lim: reach.Limit{Hops: 2},
			want: []string{"a c", "a b c"}, more: true},
		{name: "bounded by number", links: []string{"a assumes b", "a assumes c", "b assumes d", "c assumes d", "a assumes d"}, from: "a", to: "d",
			lim: reach.Limit{Paths: 1}, want: []string{"a d"}, more: true},
		{name: "to itself", links: []string{"a assumes b", "b assumes a"}, from: "a", to: "a"},
		{name: "from nowhere", links: []string{"a assumes b"}, from: "x", to: "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := chainOf(t, names("a", "b", "c", "d"), tt.links...)
			got, more := reach.New(g).Paths(graph.NodeID(tt.from), graph.NodeID(tt.to), tt.lim)
			if diff := cmp.Diff(tt.want, allWords(g, got)); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
			if more != tt.more {
				t.Errorf("more = %v, want %v", more, tt.more)
			}
		})
	}
}

func TestAlsoWalks(t *testing.T) {
	g := chainOf(t, names("a", "b", "c"), "a administers b", "b reads c")
	got, _ := reach.New(g, graph.Administers).Paths("a", "c", reach.Limit{})
	if diff := cmp.Diff([]string{"a b c"}, allWords(g, got)); diff != "" {
		t.Error(diff)
	}
}

func TestReached(t *testing.T) {
	nodes := []graph.Node{node("app", graph.KindRole), node("agent", graph.KindAgent), node("docs", graph.KindBucket), node("payroll", graph.KindBucket), node("staff", graph.KindUser)}
	nodes[0].RoleClass = graph.RoleRuntime
	g := chainOf(t, nodes, "staff assumes app", "app invokes agent conditional", "agent reads docs", "app reads docs unknown", "agent reads payroll unknown")
	x := reach.New(g)
	want := []reach.Reached{
		{Node: "agent", Strength: reach.Conditioned, Hops: 2},
		{Node: "app", Strength: reach.Certain, Hops: 1},
		{Node: "docs", Strength: reach.Conditioned, Hops: 3}, // the stronger way, not the shorter
		{Node: "payroll", Strength: reach.Uncertain, Hops: 3},
	}
	if diff := cmp.Diff(want, x.Reachable("staff")); diff != "" {
		t.Errorf("Reachable (-want +got):\n%s", diff)
	}
	back := x.Reaching("payroll")
	want = []reach.Reached{
		{Node: "agent", Strength: reach.Uncertain, Hops: 1}, {Node: "app", Strength: reach.Uncertain, Hops: 2}, {Node: "staff", Strength: reach.Uncertain, Hops: 3},
	}
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("Reaching (-want +got):\n%s", diff)
	}
	if got := x.OfClass(back, graph.RoleRuntime); len(got) != 1 || got[0].Node != "app" {
		t.Errorf("OfClass = %v", got)
	}
	if got := x.OfLane(back, graph.Callers); len(got) != 1 || got[0].Node != "staff" {
		t.Errorf("OfLane = %v", got)
	}
	if got := x.Reachable("staff", graph.Assumes); len(got) != 1 {
		t.Errorf("Reachable by assuming only = %v", got)
	}
}

func TestThrough(t *testing.T) {
	nodes := []graph.Node{
		node("anyone", graph.KindAnyone), node("staff", graph.KindUser), node("app", graph.KindRole), node("agent", graph.KindAgent),
		node("docs", graph.KindBucket), node("payroll", graph.KindBucket), node("cancel", graph.KindActionGroup), node("alone", graph.KindRole),
	}
	nodes[4].Class, nodes[5].Class, nodes[6].Effect = "public", "restricted", "financial"
	g := chainOf(t, nodes, "staff assumes app", "anyone assumes app", "app invokes agent", "agent reads docs", "agent reads payroll", "agent calls cancel", "alone reads docs")
	x := reach.New(g)
	got := x.Through(graph.NewEdgeID("app", graph.Invokes, "agent"), 4)
	want := []string{"anyone app agent payroll", "anyone app agent cancel", "staff app agent payroll", "staff app agent cancel"}
	gotWords := allWords(g, got)
	slices.Sort(gotWords[:2]) // of equal weight, ordered by ID
	slices.Sort(gotWords[2:])
	slices.Sort(want[:2])
	slices.Sort(want[2:])
	if diff := cmp.Diff(want, gotWords); diff != "" {
		t.Errorf("Through (-want +got):\n%s", diff)
	}
	if got := allWords(g, x.Through(graph.NewEdgeID("alone", graph.Reads, "docs"), 5)); !slices.Equal(got, []string{"alone docs"}) {
		t.Errorf("a link between ends = %v", got)
	}
	if got := x.Through("no such link", 5); got != nil {
		t.Errorf("a link that is not there = %v", got)
	}
}

func TestSentence(t *testing.T) {
	nodes := []graph.Node{
		node("Customers", graph.KindFederated), node("support-app", graph.KindRole), node("support-agent", graph.KindAgent), node("hr-payroll", graph.KindBucket),
		node("handbook-kb", graph.KindKB), node("legal-contracts", graph.KindBucket), node("cancel-order", graph.KindActionGroup), node("org-trail", graph.KindTrail),
		node("partner", graph.KindAccount), node("ml-deploy", graph.KindRole), node("every model", graph.KindModel), node("deploy-admin", graph.KindRole),
	}
	nodes[10].ID = "every"
	build := func(lines ...string) (*graph.Graph, reach.Path) {
		g := chainOf(t, nodes, lines...)
		var p reach.Path
		for _, l := range lines {
			w := strings.Fields(l)
			p.Edges = append(p.Edges, graph.NewEdgeID(graph.NodeID(w[0]), graph.EdgeKind(w[1]), graph.NodeID(w[2])))
		}
		return g, p
	}
	tests := []struct {
		name  string
		links []string
		log   graph.LogState // of the last link
		want  string
	}{
		{"through an agent", []string{"Customers assumes support-app", "support-app invokes support-agent", "support-agent reads hr-payroll"}, graph.LogState{State: graph.No},
			"Customers can reach hr-payroll through support-agent. Nothing logs the read."},
		{"a single link", []string{"support-agent calls cancel-order"}, graph.LogState{State: graph.Yes, To: "org-trail"},
			"support-agent can call cancel-order. The call shows in org-trail."},
		{"as a role", []string{"partner assumes ml-deploy", "ml-deploy invokes every"}, graph.LogState{State: graph.StateUnknown, Why: "the trail's selectors were not imported"},
			"partner can invoke every model as ml-deploy. Whether a log shows the invocation is not known: the trail's selectors were not imported."},
		{"into a role", []string{"partner assumes ml-deploy", "ml-deploy assumes deploy-admin"}, graph.LogState{State: graph.StateUnknown},
			"partner can become deploy-admin by way of ml-deploy. Whether a log shows the change of role is not known."},
		{"conditional", []string{"support-app invokes support-agent conditional"}, graph.LogState{State: graph.No},
			"support-app can invoke support-agent, under conditions. Nothing logs the invocation."},
		{"unknown", []string{"support-agent reads hr-payroll unknown"}, graph.LogState{State: graph.No},
			"support-agent may be able to read hr-payroll. Nothing logs the read."},
		{"no log known", []string{"support-agent reads hr-payroll"}, graph.LogState{},
			"support-agent can read hr-payroll. Which log would show it is not known."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, p := build(tt.links...)
			g.Edge(p.Edges[len(p.Edges)-1]).Log = tt.log
			if got := reach.New(g).Sentence(p); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("what could be indexed and is not", func(t *testing.T) {
		g, p := build("Customers retrieves handbook-kb", "handbook-kb indexes legal-contracts")
		g.Edge(p.Edges[1]).Wired = graph.No
		if got, _ := reach.New(g).Paths("Customers", "legal-contracts", reach.Limit{}); got != nil {
			t.Errorf("reached by %v", got)
		}
	})
	t.Run("the log of an earlier hop", func(t *testing.T) {
		g, p := build("Customers retrieves handbook-kb", "handbook-kb indexes legal-contracts n/a")
		g.Edge(p.Edges[0]).Log = graph.LogState{State: graph.No}
		want := "Customers can reach legal-contracts through handbook-kb. Nothing logs the retrieval."
		if got := reach.New(g).Sentence(p); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	if got := reach.New(chainOf(t, nodes)).Sentence(reach.Path{Edges: []graph.EdgeID{"gone"}}); got != "" {
		t.Errorf("a path of another chain = %q", got)
	}
}

// random makes a chain of n nodes and m links of every kind and verdict.
func random(t testing.TB, r *rand.Rand, n, m int) *graph.Graph {
	kinds := []graph.EdgeKind{graph.Assumes, graph.Invokes, graph.Reads, graph.RunsAs, graph.Indexes, graph.Administers}
	verdicts := []graph.Verdict{graph.Allowed, graph.Allowed, graph.Conditional, graph.Unknown, graph.Denied, graph.NotApplicable}
	nodes := make([]graph.Node, n)
	for i := range nodes {
		nodes[i] = node(fmt.Sprintf("n%05d", i), graph.KindRole)
	}
	seen := map[graph.EdgeID]bool{}
	var edges []graph.Edge
	for range m {
		e := graph.Edge{From: nodes[r.IntN(n)].ID, Kind: kinds[r.IntN(len(kinds))], To: nodes[r.IntN(n)].ID, Granted: verdicts[r.IntN(len(verdicts))]}
		if e.ID = graph.NewEdgeID(e.From, e.Kind, e.To); !seen[e.ID] {
			seen[e.ID] = true
			edges = append(edges, e)
		}
	}
	g, err := graph.New(nodes, edges, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// slowPaths is the plainest search there is: every simple path, by recursion over the links as they stand.
func slowPaths(g *graph.Graph, from, to graph.NodeID) (out []string) {
	on := map[graph.NodeID]bool{from: true}
	var links []string
	var walk func(n graph.NodeID)
	walk = func(n graph.NodeID) {
		for e := range g.Out(n) {
			if !reach.Carries(e.Kind) || e.Granted == graph.Denied || on[e.To] {
				continue
			}
			links = append(links, string(e.ID))
			if e.To == to {
				out = append(out, strings.Join(links, " "))
			} else {
				on[e.To] = true
				walk(e.To)
				delete(on, e.To)
			}
			links = links[:len(links)-1]
		}
	}
	walk(from)
	slices.Sort(out)
	return out
}

func TestAgainstBruteForce(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 5))
		n := 2 + r.IntN(6)
		g := random(t, r, n, r.IntN(3*n))
		x := reach.New(g)
		from, to := g.Nodes[0].ID, g.Nodes[n-1].ID
		paths, more := x.Paths(from, to, reach.Limit{Hops: n, Paths: 100_000})
		if more {
			t.Fatalf("seed %d: cut off without a bound that could cut", seed)
		}
		var got []string
		for i, p := range paths {
			var ids []string
			for _, e := range p.Edges {
				ids = append(ids, string(e))
			}
			got = append(got, strings.Join(ids, " "))
			if i > 0 && x.Strength(paths[i-1]) < x.Strength(p) {
				t.Fatalf("seed %d: a weak path stands before a strong one", seed)
			}
		}
		slices.Sort(got)
		want := slowPaths(g, from, to)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d: paths (-want +got):\n%s", seed, diff)
		}
		// A node is reached at the strength of its strongest path, and reaching is reachable read backwards.
		reached := x.Reachable(from)
		i := slices.IndexFunc(reached, func(r reach.Reached) bool { return r.Node == to })
		if (i >= 0) != (len(want) > 0) {
			t.Fatalf("seed %d: reached %v, paths %d", seed, i >= 0, len(want))
		}
		if i >= 0 && reached[i].Strength != x.Strength(paths[0]) {
			t.Fatalf("seed %d: reached as %v, strongest path %v", seed, reached[i].Strength, x.Strength(paths[0]))
		}
		back := x.Reaching(to)
		j := slices.IndexFunc(back, func(r reach.Reached) bool { return r.Node == from })
		if (i >= 0) != (j >= 0) || i >= 0 && (reached[i].Strength != back[j].Strength || reached[i].Hops != back[j].Hops) {
			t.Fatalf("seed %d: forwards %v, backwards %v", seed, reached, back)
		}
		for _, e := range g.Edges {
			for _, p := range x.Through(e.ID, 3) {
				if x.Strength(p) == reach.Closed || !slices.Contains(p.Edges, e.ID) {
					t.Fatalf("seed %d: %v is no way through %s", seed, p, e.ID)
				}
				met := map[graph.NodeID]bool{g.Edge(p.Edges[0]).From: true}
				for k, id := range p.Edges {
					l := g.Edge(id)
					if k > 0 && g.Edge(p.Edges[k-1]).To != l.From || met[l.To] {
						t.Fatalf("seed %d: %v is no simple path", seed, p)
					}
					met[l.To] = true
				}
			}
		}
	}
}

func TestBoundHoldsOnDenseChain(t *testing.T) {
	// Every node leads to every other: there are more simple paths than anybody could list.
	var lines []string
	var nodes []graph.Node
	for i := range 24 {
		nodes = append(nodes, node(fmt.Sprint("n", i), graph.KindRole))
		for j := range 24 {
			if i != j {
				lines = append(lines, fmt.Sprintf("n%d assumes n%d", i, j))
			}
		}
	}
	g := chainOf(t, nodes, lines...)
	paths, more := reach.New(g).Paths("n0", "n1", reach.Limit{})
	if len(paths) != reach.DefaultPaths || !more {
		t.Errorf("%d paths, more %v", len(paths), more)
	}
}

func BenchmarkReach(b *testing.B) {
	for _, m := range []int{1_000, 10_000, 100_000} {
		g := random(b, rand.New(rand.NewPCG(1, 2)), m/4, m)
		x := reach.New(g)
		from, to := g.Nodes[0].ID, g.Nodes[len(g.Nodes)-1].ID
		name := fmt.Sprintf("links=%d/", m)
		b.Run(name+"New", func(b *testing.B) {
			for b.Loop() {
				reach.New(g)
			}
		})
		b.Run(name+"Paths", func(b *testing.B) {
			for b.Loop() {
				x.Paths(from, to, reach.Limit{})
			}
		})
		b.Run(name+"Reachable", func(b *testing.B) {
			for b.Loop() {
				x.Reachable(from)
			}
		})
		b.Run(name+"Through", func(b *testing.B) {
			for b.Loop() {
				x.Through(g.Edges[0].ID, 5)
			}
		})
	}
}
