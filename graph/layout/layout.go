// Package layout places the cards of a chain in fixed lanes and routes the links between them. It gives
// positions only: no colours, no text, no HTML.
//
// A link that crosses a lane it has no end in gets a slot of that lane, kept free for it as a card's place is,
// so that nothing runs behind a card. Between two lanes every link takes its place in one common order, and so
// does every label, in a column of its own; what cannot cross in that order does not cross on paper.
//
// All arithmetic is in integers and every order is total, so the same input, in any order and on any machine,
// gives the same result.
package layout

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
)

// Sizes in CSS pixels. The cards and lanes are those of the design; the rest keeps lines and labels apart.
const (
	CardW  = 136 // width of a card
	CardH  = 44  // height of a card
	LaneW  = 156 // width of a lane's band; a card stands LanePad inside it
	LabelH = 18  // height of a label

	LanePad   = (LaneW - CardW) / 2
	MarginX   = 8  // left and right of the drawing
	MarginY   = 4  // above and below the lanes
	HeaderH   = 60 // from the top of a lane to its first card, for the lane's title
	FooterPad = 18 // from the last card to the end of its lane
	MinGutter = 36 // between two lanes that have nothing but a few plain links between them
	LevelRun  = 10 // every line arrives level over this length
	MinHeight = 300
)

// Node is one card to place.
type Node struct {
	ID    graph.NodeID
	Lane  int
	Order int // breaks ties: of two cards that could stand either way, the lower stands higher
}

// Edge is one link to route. Its ends may stand in any two lanes, in the same lane, or be the same card.
type Edge struct {
	ID       string
	From, To graph.NodeID
	LabelW   int // width of its label in pixels; 0 when it has none
	Run      int // how many pixels before its end it must run level, for what is drawn there; at least LevelRun
	Weight   int // how straight it wants to be; 0 counts as 1
}

// Input is what to place. Nodes and Edges may be in any order; an edge with an end that is no node is left out.
type Input struct {
	Lanes int
	Nodes []Node
	Edges []Edge
}

// Point is a place in the drawing, y downwards.
type Point struct{ X, Y int }

// Rect is an upright rectangle.
type Rect struct{ X, Y, W, H int }

// Empty reports whether the rectangle covers nothing.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Overlaps reports whether two rectangles share more than a border.
func (r Rect) Overlaps(s Rect) bool {
	return !r.Empty() && !s.Empty() && r.X < s.X+s.W && s.X < r.X+r.W && r.Y < s.Y+s.H && s.Y < r.Y+r.H
}

// PlacedNode is a card with its place.
type PlacedNode struct {
	ID   graph.NodeID
	Rect Rect
}

// Route is the line of an edge, drawn from its From to its To as cubic Bézier curves: Points[0] is the start,
// and each three points after it are two control points and an end. The line leaves and arrives horizontally.
type Route struct {
	ID     string
	Points []Point
	Label  Rect // zero when it has no label
	// Back is set when the line runs leftwards, so that it leaves on the left of a card and arrives on the right
	// of another; Loop when both its ends are on the right of cards in one lane.
	Back, Loop bool
}

// Result is a finished layout. Lanes are in order; Nodes and Edges are sorted by ID.
type Result struct {
	W, H  int
	Lanes []Rect
	Nodes []PlacedNode
	Edges []Route
}

// Place lays the input out.
func Place(in Input) Result {
	p := newPlan(in)
	p.order()
	p.assignPorts()
	p.settle()
	p.align()
	return p.route()
}

// scale is how many units of height make a pixel while placing, so that averages keep a part of one.
const scale = 16

// item is what takes room in a lane: a card, or the slot of an edge that passes through.
type item struct {
	node int32 // index in plan.nodes, or -1 for a slot
	edge int32 // index in plan.edges for a slot, else -1
	lane int32
}

// chain is the way of an edge from its left end to its right end: the items it touches, one in each lane.
type chain struct {
	in    Edge
	items []int32 // at least one; both ends of a loop
	back  bool    // the edge itself runs from right to left
	loop  bool    // both ends in one lane: items are the From and the To card
	label int     // gutter that holds its label, -1 for none
	// Heights of its two ends above or below the middle of their cards, in units of scale.
	portA, portB int
}

// plan is the work on one input.
type plan struct {
	lanes  int
	nodes  []Node
	edges  []chain
	items  []item
	layers [][]int32 // item indices in each lane, top to bottom
	pos    []int32   // index of an item in its layer
	y      []int     // middle of an item, in units of scale
	// Neighbours of an item in the lane to its left and right, and the edge that joins them, one after another:
	// those of item i are at left[leftAt[i]:leftAt[i+1]].
	left, right     []link
	leftAt, rightAt []int32
	// loops are the edges inside a lane: those of item i are at loop[loopAt[i]:loopAt[i+1]].
	loop   []link
	loopAt []int32
}

type link struct{ item, edge int32 }

func newPlan(in Input) *plan {
	p := &plan{lanes: max(in.Lanes, 1)}
	p.nodes = slices.Clone(in.Nodes)
	for i := range p.nodes {
		p.nodes[i].Lane = min(max(p.nodes[i].Lane, 0), p.lanes-1)
		p.lanes = max(p.lanes, 1)
	}
	slices.SortFunc(p.nodes, func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	at := make(map[graph.NodeID]int32, len(p.nodes))
	for i, n := range p.nodes {
		at[n.ID] = int32(i)
		p.items = append(p.items, item{node: int32(i), edge: -1, lane: int32(n.Lane)})
	}
	sorted := slices.Clone(in.Edges)
	slices.SortFunc(sorted, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.LabelW, b.LabelW))
	})
	for _, e := range sorted {
		f, okF := at[e.From]
		t, okT := at[e.To]
		if !okF || !okT {
			continue
		}
		c := chain{in: e, label: -1}
		a, b := f, t
		if p.items[f].lane > p.items[t].lane {
			a, b, c.back = t, f, true
		}
		c.loop = p.items[a].lane == p.items[b].lane
		c.items = append(c.items, a)
		for l := p.items[a].lane + 1; l < p.items[b].lane; l++ {
			p.items = append(p.items, item{node: -1, edge: int32(len(p.edges)), lane: l})
			c.items = append(c.items, int32(len(p.items)-1))
		}
		c.items = append(c.items, b)
		p.edges = append(p.edges, c)
	}
	p.layers = make([][]int32, p.lanes)
	p.pos = make([]int32, len(p.items))
	for i := range p.items {
		l := p.items[i].lane
		p.pos[i] = int32(len(p.layers[l]))
		p.layers[l] = append(p.layers[l], int32(i))
	}
	p.join()
	return p
}

// join fills the neighbour lists.
func (p *plan) join() {
	n := len(p.items)
	p.leftAt, p.rightAt, p.loopAt = make([]int32, n+1), make([]int32, n+1), make([]int32, n+1)
	each := func(f func(a, b, e int32, loop bool)) {
		for i := range p.edges {
			c := &p.edges[i]
			for k := 1; k < len(c.items); k++ {
				f(c.items[k-1], c.items[k], int32(i), c.loop)
			}
		}
	}
	each(func(a, b, _ int32, loop bool) {
		if loop {
			p.loopAt[a+1]++
			p.loopAt[b+1]++
			return
		}
		p.rightAt[a+1]++
		p.leftAt[b+1]++
	})
	for i := range n {
		p.leftAt[i+1] += p.leftAt[i]
		p.rightAt[i+1] += p.rightAt[i]
		p.loopAt[i+1] += p.loopAt[i]
	}
	p.left, p.right, p.loop = make([]link, p.leftAt[n]), make([]link, p.rightAt[n]), make([]link, p.loopAt[n])
	nl, nr, no := slices.Clone(p.leftAt), slices.Clone(p.rightAt), slices.Clone(p.loopAt)
	put := func(list []link, next []int32, at int32, l link) { list[next[at]] = l; next[at]++ }
	each(func(a, b, e int32, loop bool) {
		if loop {
			put(p.loop, no, a, link{b, e})
			put(p.loop, no, b, link{a, e})
			return
		}
		put(p.right, nr, a, link{b, e})
		put(p.left, nl, b, link{a, e})
	})
}

func (p *plan) leftOf(i int32) []link  { return p.left[p.leftAt[i]:p.leftAt[i+1]] }
func (p *plan) rightOf(i int32) []link { return p.right[p.rightAt[i]:p.rightAt[i+1]] }
func (p *plan) loopsOf(i int32) []link { return p.loop[p.loopAt[i]:p.loopAt[i+1]] }

func (p *plan) isCard(i int32) bool { return p.items[i].node >= 0 }
