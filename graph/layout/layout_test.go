package layout

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/permchain/permchain/graph"
)

// randomChain is a chain in so many lanes of equal length. Each link leads one lane on and, skip times in a hundred,
// one more, again and again. With all set there are also links leftwards, within a lane and from a card to itself,
// both ways between two cards, and a label on every third.
func randomChain(seed uint64, lanes, nodes, edges, skip int, all bool) Input {
	r := rand.New(rand.NewPCG(seed, 1))
	in := Input{Lanes: lanes}
	by := make([][]graph.NodeID, lanes)
	for i := range nodes {
		l := i * lanes / nodes
		if all {
			l = r.IntN(lanes)
		}
		id := graph.NodeID(fmt.Sprintf("n%04d", i))
		by[l] = append(by[l], id)
		in.Nodes = append(in.Nodes, Node{ID: id, Lane: l})
	}
	seen := map[[2]graph.NodeID]bool{}
	for tries := 0; len(in.Edges) < edges && tries < 50*edges; tries++ {
		l := r.IntN(lanes - 1)
		m := l + 1
		for m < lanes-1 && r.IntN(100) < skip {
			m++
		}
		if all && r.IntN(100) < 15 {
			l, m = m, l
		}
		if all && r.IntN(100) < 10 {
			m = l
		}
		if len(by[l]) == 0 || len(by[m]) == 0 {
			continue
		}
		a, b := by[l][r.IntN(len(by[l]))], by[m][r.IntN(len(by[m]))]
		if seen[[2]graph.NodeID{a, b}] {
			continue
		}
		seen[[2]graph.NodeID{a, b}] = true
		e := Edge{ID: fmt.Sprintf("e%05d", len(in.Edges)), From: a, To: b}
		if all && r.IntN(3) == 0 {
			e.LabelW = 20 + r.IntN(140) // some wider than a card
		}
		if all && r.IntN(5) == 0 {
			e.Run = 10 + r.IntN(20)
		}
		if all {
			e.Width = 1 + r.IntN(4)
			e.Look = fmt.Sprint(e.Width)
			e.Merge = r.IntN(4) == 0
		}
		in.Edges = append(in.Edges, e)
	}
	return in
}

// TestNothingHidesAnything lays out random chains with everything that can occur in them.
func TestNothingHidesAnything(t *testing.T) {
	for _, size := range []int{1, 2, 5, 12, 24, 60, 150} {
		for seed := range uint64(1 + 600/(size+20)) {
			in := randomChain(seed, 6, size, 2*size, 25, true)
			r := Place(in)
			if q := Measure(r); q.LinesOverCards+q.LinesUnderLabels+q.LabelsOverCards+q.LabelsOverLabels > 0 {
				t.Errorf("%d nodes, seed %d: %+v", size, seed, q)
			}
			checkPlaces(t, in, r)
		}
	}
}

// TestLoopsTouchNothing lays out lanes whose cards are joined far up and down with labels, as in templates.
func TestLoopsTouchNothing(t *testing.T) {
	for seed := range uint64(15) {
		in := randomChain(seed, 4, 60, 60, 10, true)
		r := rand.New(rand.NewPCG(seed, 2))
		for i := range 40 {
			a, b := in.Nodes[r.IntN(60)], in.Nodes[r.IntN(60)]
			if a.Lane != b.Lane {
				continue
			}
			in.Edges = append(in.Edges, Edge{ID: fmt.Sprintf("loop%02d", i), From: a.ID, To: b.ID, LabelW: r.IntN(2) * (20 + r.IntN(90)), Run: r.IntN(30)})
		}
		res := Place(in)
		if q := Measure(res); q.LinesOverCards+q.LinesUnderLabels+q.LabelsOverCards+q.LabelsOverLabels > 0 {
			t.Errorf("seed %d: %+v", seed, q)
		}
		checkPlaces(t, in, res)
	}
}

// checkPlaces checks what holds of every drawing: all is there, inside, in its lane and apart, and lines begin and
// end at the cards they join.
func checkPlaces(t *testing.T, in Input, r Result) {
	t.Helper()
	lane := map[graph.NodeID]int{}
	for _, n := range in.Nodes {
		lane[n.ID] = n.Lane
	}
	if len(r.Nodes) != len(in.Nodes) || len(r.Edges) != len(in.Edges) || len(r.Lanes) != in.Lanes {
		t.Fatalf("%d nodes, %d edges, %d lanes come out as %d, %d, %d", len(in.Nodes), len(in.Edges), in.Lanes, len(r.Nodes), len(r.Edges), len(r.Lanes))
	}
	inside := func(a, b Rect) bool {
		return a.X >= b.X && a.Y >= b.Y && a.X+a.W <= b.X+b.W && a.Y+a.H <= b.Y+b.H
	}
	all := Rect{0, 0, r.W, r.H}
	place := map[graph.NodeID]Rect{}
	for i, n := range r.Nodes {
		place[n.ID] = n.Rect
		if !inside(n.Rect, r.Lanes[lane[n.ID]]) || n.Rect.Y < MarginY+HeaderH {
			t.Errorf("card %s at %v is not in its lane %v", n.ID, n.Rect, r.Lanes[lane[n.ID]])
		}
		for _, m := range r.Nodes[:i] {
			if n.Rect.Overlaps(m.Rect) {
				t.Errorf("cards %s and %s overlap", n.ID, m.ID)
			}
		}
	}
	ends := map[string]Edge{}
	for _, e := range in.Edges {
		ends[e.ID] = e
	}
	for _, e := range r.Edges {
		want := ends[e.ID]
		if (want.LabelW > 0) != !e.Label.Empty() || !e.Label.Empty() && !inside(e.Label, all) {
			t.Errorf("label of %s, %d wide, is at %v", e.ID, want.LabelW, e.Label)
		}
		ps := e.Points
		if len(ps)%3 != 1 || len(ps) < 4 {
			t.Fatalf("line %s has %d points", e.ID, len(ps))
		}
		for _, p := range ps {
			if p.X < 0 || p.X > r.W || p.Y < 0 || p.Y > r.H {
				t.Errorf("line %s leaves the drawing at %v", e.ID, p)
			}
		}
		from, to := place[want.From], place[want.To]
		fromX, toX := from.X+CardW, to.X
		if e.Back {
			fromX, toX = from.X, to.X+CardW
		}
		if e.Loop {
			toX = to.X + CardW
		}
		first, last := ps[0], ps[len(ps)-1]
		if first.X != fromX || first.Y <= from.Y || first.Y >= from.Y+CardH || last.X != toX || last.Y <= to.Y || last.Y >= to.Y+CardH {
			t.Errorf("line %s from %v to %v runs from %v to %v", e.ID, from, to, first, last)
		}
		if ps[len(ps)-2].Y != last.Y || ps[1].Y != first.Y {
			t.Errorf("line %s does not leave and arrive level", e.ID)
		}
	}
}

func TestPlaceIsTheSameForEveryOrder(t *testing.T) {
	in := randomChain(7, 6, 40, 90, 25, true)
	want, _ := json.Marshal(Place(in))
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(in.Nodes), func(i, j int) { in.Nodes[i], in.Nodes[j] = in.Nodes[j], in.Nodes[i] })
		r.Shuffle(len(in.Edges), func(i, j int) { in.Edges[i], in.Edges[j] = in.Edges[j], in.Edges[i] })
		if got, _ := json.Marshal(Place(in)); string(got) != string(want) {
			t.Fatal("a shuffled input gives another drawing")
		}
	}
}

func TestPlaceOfLittle(t *testing.T) {
	for name, in := range map[string]Input{
		"nothing":          {},
		"no nodes":         {Lanes: 6},
		"a stranger's end": {Lanes: 2, Nodes: []Node{{ID: "a"}}, Edges: []Edge{{ID: "e", From: "a", To: "b"}}},
		"lanes beyond":     {Lanes: 2, Nodes: []Node{{ID: "a", Lane: -3}, {ID: "b", Lane: 9}}, Edges: []Edge{{ID: "e", From: "a", To: "b"}}},
		"only to itself":   {Lanes: 1, Nodes: []Node{{ID: "a"}}, Edges: []Edge{{ID: "e", From: "a", To: "a", LabelW: 50}, {ID: "f", From: "a", To: "a"}}},
	} {
		r := Place(in)
		if r.W <= 0 || r.H <= 0 || len(r.Lanes) != max(in.Lanes, 1) {
			t.Errorf("%s: %+v", name, r)
		}
		if q := Measure(r); q != (Quality{}) {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

// TestEveryCrossingIsFromTheOrder holds the geometry to the search: without labels and loops, lines cross on paper
// exactly as often as in the order found, which shows both counters right.
func TestEveryCrossingIsFromTheOrder(t *testing.T) {
	for seed := range uint64(10) {
		in := randomChain(seed, 6, 50, 100, 20, false)
		p := newPlan(in)
		p.order()
		s := &search{plan: p}
		s.init()
		want := 0
		for l := range p.lanes - 1 {
			want += s.crossings(l)
		}
		if s.cost() != 2*want {
			t.Errorf("seed %d: cost %d for %d crossings", seed, s.cost(), want)
		}
		if got := Measure(Place(in)).Crossings; got != want {
			t.Errorf("seed %d: %d crossings drawn, %d in the order", seed, got, want)
		}
	}
}

func TestCrossings(t *testing.T) {
	for name, c := range map[string]struct {
		lines [][]Point
		want  int
	}{
		"none":           {nil, 0},
		"side by side":   {[][]Point{{{0, 0}, {10, 0}}, {{0, 5}, {10, 5}}}, 0},
		"one":            {[][]Point{{{0, 0}, {10, 10}}, {{0, 10}, {10, 0}}}, 1},
		"one, backwards": {[][]Point{{{10, 10}, {0, 0}}, {{0, 10}, {10, 0}}}, 1},
		"a shared start": {[][]Point{{{0, 0}, {10, 10}}, {{0, 0}, {10, 0}}}, 0},
		"a shared end":   {[][]Point{{{0, 0}, {10, 5}}, {{0, 10}, {10, 5}}}, 0},
		"two":            {[][]Point{{{0, 0}, {10, 10}, {20, 0}}, {{0, 5}, {20, 5}}}, 2},
		"upright":        {[][]Point{{{5, 0}, {5, 10}}, {{0, 5}, {10, 5}}, {{0, 20}, {10, 20}}}, 1},
		"not itself":     {[][]Point{{{0, 5}, {10, 5}, {10, 10}, {5, 10}, {5, 0}}}, 0},
	} {
		if got := Crossings(c.lines); got != c.want {
			t.Errorf("%s: %d, not %d", name, got, c.want)
		}
	}
}

// TestMeasureSees shows that the counters can count: each fault is drawn once.
func TestMeasureSees(t *testing.T) {
	line := func(id string, y int, label Rect) Route {
		return Route{ID: id, Points: []Point{{0, y}, {0, y}, {100, y}, {100, y}}, Label: label}
	}
	r := Result{
		Nodes: []PlacedNode{{"a", Rect{40, 0, 20, 20}}, {"b", Rect{40, 100, 20, 20}}},
		Edges: []Route{
			line("e1", 10, Rect{}),                 // behind a
			line("e2", 50, Rect{30, 45, 20, 10}),   // its own label, fine
			line("e3", 54, Rect{45, 48, 20, 10}),   // through e2's label, as e2 is through its; labels touch
			line("e4", 200, Rect{50, 110, 30, 10}), // label on b
			line("e5", 20, Rect{}),                 // along a's border, fine
		},
	}
	want := Quality{LinesOverCards: 1, LinesUnderLabels: 2, LabelsOverCards: 1, LabelsOverLabels: 1}
	if got := Measure(r); got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
}
