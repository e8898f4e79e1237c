// Package layout places the cards of a chain in fixed lanes and routes the links between them. It gives
// positions only: no colours, no text, no HTML.
//
// A link that crosses a lane it has no end in gets a slot of that lane, kept free for it as a card's place is,
// so that nothing runs behind a card. Its label stands on it there. Links that may merge share their slots from
// the lane on where they meet. Between two lanes every link bends once, and lines that run side by side bend one
// after the other, so that what does not cross in the order of the lanes does not cross on paper. The label of a
// link between neighbouring lanes stands where its line goes up or down, as far over the lanes as the cards
// there leave room, and in the gutter itself where they leave none.
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
	CardW  = 144 // width of a card
	CardH  = 44  // height of a card
	LaneW  = 164 // width of a lane's band; a card stands LanePad inside it
	LabelH = 18  // height of a label

	LanePad   = (LaneW - CardW) / 2
	MarginX   = 8  // left and right of the drawing
	MarginY   = 4  // above and below the lanes
	HeaderH   = 58 // from the top of a lane to its first card, for the lane's title
	FooterPad = 14 // from the last card to the end of its lane
	MinGutter = 26 // between two lanes that have nothing but a few plain links between them
	LevelRun  = 10 // every line arrives level over this length
	MinHeight = 300
)

// Node is one card to place.
type Node struct {
	ID    graph.NodeID
	Lane  int
	Order int // breaks ties: of two cards that could stand either way, the lower stands higher
	// Weight is how much it matters that it stands high. A drawing could as well stand on its head: it is turned so
	// that the weight is rather in its upper half.
	Weight int
}

// Edge is one link to route. Its ends may stand in any two lanes, in the same lane, or be the same card.
type Edge struct {
	ID       string
	From, To graph.NodeID
	LabelW   int    // width of its label in pixels; 0 when it has none
	Run      int    // how many pixels before its end it must run level, for what is drawn there; at least LevelRun
	Weight   int    // how straight it wants to be; 0 counts as 1
	Width    int    // of its stroke, in pixels; 0 counts as 1
	Look     string // lines that look alike and share an end may run as close as one line
	Merge    bool   // it may run in one line with others of its look that lead rightwards to the same card; not with a label
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
	// Alone is how many of Points belong to this line only: from the last of them on it runs in one with others.
	// len(Points) when it merges with none.
	Alone int
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
	p.turnUp()
	p.assignPorts()
	p.labelSlots()
	p.settle()
	order := p.ranks()
	p.labelRoom(order)
	p.assignPorts()
	p.bound(order)
	p.settleTurns(boundTurns)
	p.align()
	p.squeeze()
	return p.route()
}

// scale is how many units of height make a pixel while placing, so that averages keep a part of one.
const scale = 16

// item is what takes room in a lane: a card, or the slot of a line that passes through.
type item struct {
	node int32 // index in plan.nodes, or -1 for a slot
	lane int32
	// up and down are how far it reaches above and below its middle, in units of scale: a card half its height and
	// what it keeps free for labels, a slot nothing or half the height of its label.
	up, down int
	// tagUp and tagDown are set when what it reaches is a label's room, which needs less of a gap.
	tagUp, tagDown bool
}

// chain is the way of an edge from its left end to its right end: the items it touches, one in each lane.
type chain struct {
	in    Edge
	items []int32 // at least one; both ends of a loop
	segs  []int32 // what joins them, indices in plan.segs
	back  bool    // the edge itself runs from right to left
	loop  bool    // both ends in one lane: items are the From and the To card
	merge int32   // lines of one number here arrive as one; -1 for a line alone
	slot  int32   // item on which its label stands, -1 when it is none
	// Heights of its two ends above or below the middle of their cards, in units of scale.
	portA, portB int
	// side is where its label may hang, of a line between neighbouring lanes: above its right card (-1) or below
	// it (+1). The line is then to come from there.
	side int
}

// segment is the part of a line between two neighbouring lanes, or a loop. Lines that have merged share it.
type segment struct {
	edge   int32 // the first of its edges
	k      int32 // it joins items k and k+1 of that edge's chain
	weight int
	edges  int32
}

// plan is the work on one input.
type plan struct {
	lanes      int
	nodes      []Node
	edges      []chain
	segs       []segment
	items      []item
	layers     [][]int32 // item indices in each lane, top to bottom
	pos        []int32   // index of an item in its layer
	y          []int     // middle of an item, in units of scale
	bounds     bounds
	regression regression
	// Neighbours of an item in the lane to its left and right, and what joins them, one after another: those of item
	// i are at left[leftAt[i]:leftAt[i+1]].
	left, right     []link
	leftAt, rightAt []int32
	// loops are the edges inside a lane: those of item i are at loop[loopAt[i]:loopAt[i+1]].
	loop   []link
	loopAt []int32
}

type link struct{ item, seg int32 }

func newPlan(in Input) *plan {
	p := &plan{lanes: max(in.Lanes, 1)}
	p.nodes = slices.Clone(in.Nodes)
	for i := range p.nodes {
		p.nodes[i].Lane = min(max(p.nodes[i].Lane, 0), p.lanes-1)
	}
	slices.SortFunc(p.nodes, func(a, b Node) int {
		return cmp.Or(cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	at := make(map[graph.NodeID]int32, len(p.nodes))
	for i, n := range p.nodes {
		at[n.ID] = int32(i)
		p.items = append(p.items, item{node: int32(i), lane: int32(n.Lane), up: CardH / 2 * scale, down: CardH / 2 * scale})
	}
	sorted := slices.Clone(in.Edges)
	slices.SortFunc(sorted, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.LabelW, b.LabelW))
	})
	type way struct {
		to   int32
		look string
	}
	merges := map[way]int32{}
	type stop struct{ merge, lane int32 }
	slots := map[stop]int32{} // of lines that merge
	var onward []int32        // the segment that leaves a slot, -1 for none yet, by item
	for _, e := range sorted {
		f, okF := at[e.From]
		t, okT := at[e.To]
		if !okF || !okT {
			continue
		}
		c := chain{in: e, slot: -1, merge: -1}
		a, b := f, t
		if p.items[f].lane > p.items[t].lane {
			a, b, c.back = t, f, true
		}
		c.loop = p.items[a].lane == p.items[b].lane
		if e.Merge && e.LabelW <= 0 && !c.back && !c.loop {
			w := way{b, e.Look}
			if _, ok := merges[w]; !ok {
				merges[w] = int32(len(merges))
			}
			c.merge = merges[w]
		}
		c.items = append(c.items, a)
		for l := p.items[a].lane + 1; l < p.items[b].lane; l++ {
			s, ok := slots[stop{c.merge, l}]
			if c.merge < 0 || !ok {
				s = int32(len(p.items))
				p.items = append(p.items, item{node: -1, lane: l})
				if c.merge >= 0 {
					slots[stop{c.merge, l}] = s
				}
			}
			c.items = append(c.items, s)
		}
		c.items = append(c.items, b)
		for len(onward) < len(p.items) {
			onward = append(onward, -1)
		}
		weight := max(e.Weight, 1)
		for k := range len(c.items) - 1 {
			s := onward[c.items[k]]
			if p.isCard(c.items[k]) || s < 0 {
				s = int32(len(p.segs))
				p.segs = append(p.segs, segment{edge: int32(len(p.edges)), k: int32(k)})
				onward[c.items[k]] = s
			}
			p.segs[s].weight += weight
			p.segs[s].edges++
			c.segs = append(c.segs, s)
		}
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

// ends are the items that a segment joins.
func (p *plan) ends(s int32) (a, b int32) {
	seg := &p.segs[s]
	items := p.edges[seg.edge].items
	return items[seg.k], items[seg.k+1]
}

// join fills the neighbour lists.
func (p *plan) join() {
	n := len(p.items)
	p.leftAt, p.rightAt, p.loopAt = make([]int32, n+1), make([]int32, n+1), make([]int32, n+1)
	each := func(f func(a, b, s int32, loop bool)) {
		for i := range p.segs {
			a, b := p.ends(int32(i))
			f(a, b, int32(i), p.edges[p.segs[i].edge].loop)
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
	each(func(a, b, s int32, loop bool) {
		if loop {
			put(p.loop, no, a, link{b, s})
			put(p.loop, no, b, link{a, s})
			return
		}
		put(p.right, nr, a, link{b, s})
		put(p.left, nl, b, link{a, s})
	})
}

func (p *plan) leftOf(i int32) []link  { return p.left[p.leftAt[i]:p.leftAt[i+1]] }
func (p *plan) rightOf(i int32) []link { return p.right[p.rightAt[i]:p.rightAt[i+1]] }
func (p *plan) loopsOf(i int32) []link { return p.loop[p.loopAt[i]:p.loopAt[i+1]] }

func (p *plan) isCard(i int32) bool { return p.items[i].node >= 0 }
