package layout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/permchain/permchain/graph"
)

// rows is a chain of so many cards in each lane, each joined to its neighbours at the same place.
func rows(lanes, n int) Input {
	in := Input{Lanes: lanes}
	for l := range lanes {
		for i := range n {
			in.Nodes = append(in.Nodes, Node{ID: graph.NodeID(fmt.Sprintf("n%d-%d", l, i)), Lane: l, Order: i})
			if l > 0 {
				in.Edges = append(in.Edges, Edge{ID: fmt.Sprintf("e%d-%d", l, i), From: graph.NodeID(fmt.Sprintf("n%d-%d", l-1, i)), To: graph.NodeID(fmt.Sprintf("n%d-%d", l, i))})
			}
		}
	}
	return in
}

// TestLabelsTakeNoWidth: few labels hang over the lanes or stand on slots, and the gutters stay as narrow as without.
func TestLabelsTakeNoWidth(t *testing.T) {
	for name, label := range map[string][]int{"the first": {0}, "the last": {4}, "both": {0, 4}, "one between": {2}} {
		in := rows(4, 5)
		want := Place(in).W
		for i := range in.Edges {
			for _, row := range label {
				if in.Edges[i].ID == fmt.Sprintf("e%d-%d", 1+row%3, row) {
					in.Edges[i].LabelW = 90
				}
			}
		}
		in.Edges = append(in.Edges, Edge{ID: "far", From: "n0-1", To: "n3-3", LabelW: 90})
		r := Place(in)
		if r.W != want {
			t.Errorf("%s: %d wide, not %d", name, r.W, want)
		}
		if q := Measure(r); q.LinesUnderLabels+q.LabelsOverCards+q.LabelsOverLabels+q.LinesOverCards > 0 {
			t.Errorf("%s: %+v", name, q)
		}
		checkPlaces(t, in, r)
	}
}

// TestLabelsBelongToTheirLines: a label touches its own line, wherever it found room.
func TestLabelsBelongToTheirLines(t *testing.T) {
	for seed := range uint64(40) {
		in := randomChain(seed, 6, 40, 60, 25, true)
		for _, e := range Place(in).Edges {
			if l := e.Label; !l.Empty() && !passes(flatten(e.Points), Rect{l.X - 1, l.Y - 1, l.W + 2, l.H + 2}) {
				t.Errorf("seed %d: label %v of %s is off its line %v", seed, l, e.ID, e.Points)
			}
		}
	}
}

// TestNoHigherThanItsLongestLane: a drawing without labels is as high as its longest lane must be, and little more.
func TestNoHigherThanItsLongestLane(t *testing.T) {
	for seed := range uint64(20) {
		in := randomChain(seed, 6, 60, 90, 30, false)
		p := newPlan(in)
		p.order()
		most := 0
		for _, layer := range p.layers {
			h := CardH
			for i := 1; i < len(layer); i++ {
				h += p.apart(layer[i-1], layer[i]) / scale
			}
			most = max(most, h)
		}
		if h := Place(in).H; h > MarginY+HeaderH+most+boundSlack+FooterPad+MarginY+1 {
			t.Errorf("seed %d: %d high, the longest lane needs %d", seed, h, most)
		}
	}
}

// TestSqueezeKeepsLinesLevel: taking height out leaves no lane too tight and bends no line.
func TestSqueezeKeepsLinesLevel(t *testing.T) {
	for seed := range uint64(20) {
		p := newPlan(randomChain(seed, 5, 30, 40, 20, false))
		p.order()
		p.assignPorts()
		p.settle()
		r := rand.New(rand.NewPCG(seed, 3))
		order := p.ranks()
		down := 0
		for _, i := range order { // room to take out
			if r.IntN(5) == 0 {
				down += r.IntN(200) * scale
			}
			p.y[i] += down
		}
		level := map[int]bool{}
		drop := func(s int) int {
			a, b := p.ends(int32(s))
			leave, arrive := p.edges[p.segs[s].edge].ends(int(p.segs[s].k))
			return p.y[b] + arrive - p.y[a] - leave
		}
		for s := range p.segs {
			level[s] = drop(s) == 0
		}
		before := slices.Max(p.y) - slices.Min(p.y)
		p.squeeze()
		for s := range p.segs {
			if level[s] && drop(s) != 0 {
				t.Errorf("seed %d: segment %d was level", seed, s)
			}
		}
		for _, layer := range p.layers {
			for i := 1; i < len(layer); i++ {
				if p.y[layer[i]]-p.y[layer[i-1]] < p.apart(layer[i-1], layer[i]) {
					t.Errorf("seed %d: items %d and %d are too near", seed, layer[i-1], layer[i])
				}
			}
		}
		if after := slices.Max(p.y) - slices.Min(p.y); after > before {
			t.Errorf("seed %d: %d high, before %d", seed, after, before)
		}
	}
}

// TestLinesMerge: lines that may merge share all from where they meet, and no others do.
func TestLinesMerge(t *testing.T) {
	in := Input{Lanes: 5, Nodes: []Node{{ID: "a", Lane: 0}, {ID: "b", Lane: 1}, {ID: "c", Lane: 1}, {ID: "d", Lane: 3}, {ID: "log", Lane: 4}, {ID: "log2", Lane: 4}}}
	for _, from := range []graph.NodeID{"a", "b", "c", "d"} {
		in.Edges = append(in.Edges, Edge{ID: "m-" + string(from), From: from, To: "log", Merge: true})
	}
	in.Edges = append(in.Edges,
		Edge{ID: "other look", From: "b", To: "log", Merge: true, Look: "dashed"}, Edge{ID: "other end", From: "b", To: "log2", Merge: true},
		Edge{ID: "labelled", From: "c", To: "log", Merge: true, LabelW: 30}, Edge{ID: "not to merge", From: "a", To: "log"})
	r := Place(in)
	lines := map[string]Route{}
	for _, e := range r.Edges {
		lines[e.ID] = e
	}
	end := lines["m-d"].Points[len(lines["m-d"].Points)-1]
	for _, id := range []string{"m-a", "m-b", "m-c"} {
		e := lines[id]
		if e.Alone < 4 || e.Alone >= len(e.Points) || e.Points[len(e.Points)-1] != end {
			t.Errorf("%s: %d of %d points alone, ends at %v", id, e.Alone, len(e.Points), e.Points[len(e.Points)-1])
		}
	}
	b, c := lines["m-b"], lines["m-c"]
	if !slices.Equal(b.Points[b.Alone-1:], c.Points[c.Alone-1:]) || slices.Equal(b.Points[:b.Alone], c.Points[:c.Alone]) {
		t.Errorf("b and c do not run as one from where they meet:\n%v\n%v", b.Points, c.Points)
	}
	for _, id := range []string{"m-d", "other look", "other end", "labelled", "not to merge"} {
		if e := lines[id]; e.Alone != len(e.Points) {
			t.Errorf("%s shares a part", id)
		}
	}
	if q := Measure(r); q.LinesOverCards+q.LinesUnderLabels+q.LabelsOverCards+q.LabelsOverLabels > 0 {
		t.Errorf("%+v", q)
	}
	checkPlaces(t, in, r)
}
