package layout

import (
	"cmp"
	"slices"
)

// Distances that keep lines apart, in pixels.
const (
	cardGap   = 16 // between two cards
	slotGap   = 10 // between a card and a line that passes it
	linePitch = 7  // between two lines that pass side by side
	tagGap    = 5  // between a label and anything above or below it
	portInset = 8  // from a card's corner to its first line
	portPitch = 8  // between two lines at a card, where there is room for it
)

// Weights in the vertical placement: a line that only passes through wants to be straight most.
const (
	weightCards = 2
	weightEnd   = 3 // a card and a slot
	weightSlots = 10
	weightLoop  = 1
	weightTag   = 40 // times that of another line: there is no room for its label if it comes from elsewhere
	firm        = 16 // how much more an item with lines weighs than one without
	settleTurns = 14 // turns after which lanes no longer move by a pixel on any input tried
	boundTurns  = 8  // and once they are bounded
)

const farOut = 1 << 30 // beyond every key of an end

// end is where a line meets the side of a card. Ends are sorted from the top by part and key; those of one group
// share a place.
type end struct {
	edge      int32
	part, key int
	group     int32 // -1 for none
	second    bool  // it is the end that portB tells of
}

// assignPorts spreads the ends of lines over the sides of their cards, in the order of what they lead to.
func (p *plan) assignPorts() {
	var ends []end
	for i := range p.items {
		it := int32(i)
		if !p.isCard(it) {
			continue
		}
		ends = ends[:0]
		for _, n := range p.leftOf(it) {
			e := p.segs[n.seg].edge
			key := int(p.pos[n.item]) * scale
			// A line that comes past its label is the outermost, and the nearer the further out, so that no other
			// passes there on the side of the label.
			if side := p.edges[e].side; side != 0 {
				key = side*farOut - key
			}
			ends = append(ends, end{edge: e, key: key, group: p.edges[e].merge, second: true})
		}
		gather(ends)
		p.spread(ends)
		ends = ends[:0]
		for _, n := range p.rightOf(it) {
			ends = append(ends, end{edge: p.segs[n.seg].edge, part: 1, key: int(p.pos[n.item]), group: -1})
		}
		for k, n := range p.loopsOf(it) {
			// Upward loops leave at the top, the nearest first; downward ones at the bottom, the nearest last: so an
			// inner loop never meets an outer one. A card's line to itself has both its ends here, one after the other.
			edge := p.segs[n.seg].edge
			e := end{edge: edge, part: 2, group: -1, second: p.edges[edge].items[0] != it}
			switch d := int(p.pos[n.item] - p.pos[it]); {
			case d < 0:
				e.part, e.key = 0, -d
			case d > 0:
				e.key = -d
			default:
				e.second = k > 0 && p.loopsOf(it)[k-1].seg == n.seg
			}
			ends = append(ends, e)
		}
		p.spread(ends)
	}
}

// gather puts the ends of a group in the middle of their keys.
func gather(ends []end) {
	for i := range ends {
		if ends[i].group < 0 {
			continue
		}
		first, sum, n := true, 0, 0
		for j := range ends {
			if ends[j].group == ends[i].group {
				first = first && j >= i
				sum += ends[j].key
				n++
			}
		}
		for j := range ends {
			if first && ends[j].group == ends[i].group {
				ends[j].key = sum / n
			}
		}
	}
}

func (p *plan) spread(ends []end) {
	slices.SortFunc(ends, func(a, b end) int {
		second := 0
		if a.second != b.second {
			if second = 1; b.second {
				second = -1
			}
		}
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.key, b.key), cmp.Compare(a.group, b.group), cmp.Compare(a.edge, b.edge), second)
	})
	same := func(k int) bool { return k > 0 && ends[k].group >= 0 && ends[k].group == ends[k-1].group }
	n := 0
	for k := range ends {
		if !same(k) {
			n++
		}
	}
	pitch := portPitch * scale
	if n > 1 {
		pitch = min(pitch, (CardH-2*portInset)*scale/(n-1))
	}
	at := -1
	for k, e := range ends {
		if !same(k) {
			at++
		}
		y := (2*at - (n - 1)) * pitch / 2
		if e.second {
			p.edges[e.edge].portB = y
		} else {
			p.edges[e.edge].portA = y
		}
	}
}

// ends is how far above or below their items' middles an edge leaves item k and arrives at item k+1.
func (c *chain) ends(k int) (leave, arrive int) {
	if k == 0 {
		leave = c.portA
	}
	if k+2 == len(c.items) {
		arrive = c.portB
	}
	return leave, arrive
}

// apart is the least distance between the middles of two items, a above b.
func (p *plan) apart(a, b int32) int {
	ia, ib := &p.items[a], &p.items[b]
	gap := linePitch
	switch ca, cb := p.isCard(a), p.isCard(b); {
	case ia.tagDown || ib.tagUp:
		gap = tagGap
	case ca && cb:
		gap = cardGap
	case ca || cb:
		gap = slotGap
	}
	return ia.down + ib.up + gap*scale
}

// settle gives every item its height: turn by turn each lane takes the heights that are nearest, in the sum of
// weighted squares, to where its items' lines come from and go to, with the distances kept. For one lane that is
// an isotonic regression, and solved exactly.
func (p *plan) settle() {
	p.y = make([]int, len(p.items))
	for _, layer := range p.layers {
		for i := 1; i < len(layer); i++ {
			p.y[layer[i]] = p.y[layer[i-1]] + p.apart(layer[i-1], layer[i])
		}
	}
	// Begin from lanes centred on each other, so that a short lane does not start at the top of a long one.
	for _, layer := range p.layers {
		if len(layer) == 0 {
			continue
		}
		mid := p.y[layer[len(layer)-1]] / 2
		for _, it := range layer {
			p.y[it] -= mid
		}
	}
	for l := 1; l < p.lanes; l++ {
		p.settleLane(l, true, false)
	}
	for l := p.lanes - 2; l >= 0; l-- {
		p.settleLane(l, false, true)
	}
	p.settleTurns(settleTurns)
}

// settleTurns goes over the lanes so many times, forth and back.
func (p *plan) settleTurns(turns int) {
	for turn := range turns {
		for k := range p.lanes {
			l := k
			if turn%2 == 1 {
				l = p.lanes - 1 - k
			}
			p.settleLane(l, true, true)
		}
	}
}

// settleLane settles one lane by the lines on the given sides.
func (p *plan) settleLane(l int, left, right bool) {
	layer := p.layers[l]
	r := &p.regression
	r.reset()
	for i, it := range layer {
		want, weight := 0, 0
		p.wishes(it, left, right, func(y, w int) {
			want += w * y
			weight += w
		})
		gap := 0
		if i > 0 {
			gap = p.apart(layer[i-1], it)
		}
		if weight == 0 {
			r.add(gap, p.y[it], 1) // nothing holds it: it gives way to everything
		} else {
			r.add(gap, want*firm, weight*firm)
		}
	}
	for i, y := range r.solve() {
		p.y[layer[i]] = y
	}
	p.keepBounds(l)
}

// wishes gives where an item's lines would have it, and with what weight.
func (p *plan) wishes(it int32, left, right bool, wish func(y, w int)) {
	weight := func(n link) int {
		w := weightCards
		switch a, b := p.isCard(it), p.isCard(n.item); {
		case !a && !b:
			w = weightSlots
		case !a || !b:
			w = weightEnd
		}
		return w * p.segs[n.seg].weight
	}
	if left {
		for _, n := range p.leftOf(it) {
			wish(p.y[n.item]+p.drop(n.seg), weight(n))
		}
	}
	if right {
		for _, n := range p.rightOf(it) {
			wish(p.y[n.item]-p.drop(n.seg), weight(n))
		}
	}
	for _, n := range p.loopsOf(it) {
		if n.item != it {
			wish(p.y[n.item], weightLoop)
		}
	}
}

// drop is how much lower a segment would have its right item than its left: so that its line is straight, or comes
// from where its label hangs.
func (p *plan) drop(s int32) int {
	seg := &p.segs[s]
	c := &p.edges[seg.edge]
	leave, arrive := c.ends(int(seg.k))
	if c.side != 0 {
		return -c.side * p.hangDrop(s)
	}
	return leave - arrive
}

// alignTurns is how often align goes over the lanes.
const alignTurns = 6

// align makes level what is nearly so: lane by lane it takes the heights that are nearest in the sum of weighted
// distances, not squares, so that a line is rather straight than two lines are nearly so. What that leaves open
// stays where it is.
func (p *plan) align() {
	var points []wish
	var s stack
	for turn := range alignTurns {
		for k := range p.lanes {
			l := k
			if turn%2 == 1 {
				l = p.lanes - 1 - k
			}
			layer := p.layers[l]
			s.reset()
			for i, it := range layer {
				gap := 0
				if i > 0 {
					gap = p.apart(layer[i-1], it)
				}
				points = append(points[:0], wish{p.y[it], 1})
				p.wishes(it, true, true, func(y, w int) { points = append(points, wish{y, w * firm}) })
				s.add(gap, points...)
			}
			s.solve(func(i, y int) { p.y[layer[i]] = y })
			p.keepBounds(l)
		}
	}
}

// wish is a height that something would have, and its weight.
type wish struct{ y, weight int }

func compareWishes(a, b wish) int {
	return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.weight, b.weight))
}

// stack is an isotonic regression like regression, in the sum of weighted distances: each block of items that
// touch stands at the weighted median of what they wish.
type stack struct {
	offset []int
	blocks []medianBlock
}

func (s *stack) reset() { s.offset, s.blocks = s.offset[:0], s.blocks[:0] }

// add puts the next item below the last, at least gap from it.
func (s *stack) add(gap int, wishes ...wish) {
	off := gap
	if n := len(s.offset); n > 0 {
		off += s.offset[n-1]
	}
	s.offset = append(s.offset, off)
	b := medianBlock{points: make([]wish, len(wishes)), n: 1}
	for i, w := range wishes {
		b.points[i] = wish{w.y - off, w.weight}
	}
	slices.SortFunc(b.points, compareWishes)
	b.find()
	for n := len(s.blocks); n > 0 && s.blocks[n-1].y >= b.y; n = len(s.blocks) {
		b = s.blocks[n-1].join(b)
		s.blocks = s.blocks[:n-1]
	}
	s.blocks = append(s.blocks, b)
}

// solve tells each item's place.
func (s *stack) solve(place func(i, y int)) {
	i := 0
	for _, b := range s.blocks {
		for range b.n {
			place(i, b.y+s.offset[i])
			i++
		}
	}
}

// medianBlock is a run of items that move as one.
type medianBlock struct {
	points []wish // sorted
	y, n   int
}

func (b *medianBlock) find() {
	total := 0
	for _, w := range b.points {
		total += w.weight
	}
	sum := 0
	for _, w := range b.points {
		if sum += w.weight; 2*sum >= total {
			b.y = w.y
			return
		}
	}
}

func (b medianBlock) join(c medianBlock) medianBlock {
	out := medianBlock{points: make([]wish, 0, len(b.points)+len(c.points)), n: b.n + c.n}
	i, j := 0, 0
	for i < len(b.points) || j < len(c.points) {
		if j == len(c.points) || (i < len(b.points) && compareWishes(b.points[i], c.points[j]) <= 0) {
			out.points = append(out.points, b.points[i])
			i++
		} else {
			out.points = append(out.points, c.points[j])
			j++
		}
	}
	out.find()
	return out
}

// regression is a weighted isotonic regression with least distances: it finds the y that minimise
// Σ weight·(y − want)² with y[i] ≥ y[i-1] + gap[i], by pooling adjacent violators.
type regression struct {
	offset []int // sum of the gaps above
	blocks []block
	out    []int
}

type block struct{ sum, weight, n int }

func (r *regression) reset() { r.offset, r.blocks, r.out = r.offset[:0], r.blocks[:0], r.out[:0] }

// add puts the next item below the last: gap is the least distance to it, sum the weighted sum of the places it
// wants, weight that of their weights.
func (r *regression) add(gap, sum, weight int) {
	off := gap
	if n := len(r.offset); n > 0 {
		off += r.offset[n-1]
	}
	r.offset = append(r.offset, off)
	b := block{sum: sum - off*weight, weight: weight, n: 1}
	for len(r.blocks) > 0 {
		last := r.blocks[len(r.blocks)-1]
		if floorDiv(last.sum, last.weight) < floorDiv(b.sum, b.weight) {
			break
		}
		b = block{b.sum + last.sum, b.weight + last.weight, b.n + last.n}
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	r.blocks = append(r.blocks, b)
}

func (r *regression) solve() []int {
	for _, b := range r.blocks {
		y := floorDiv(b.sum, b.weight)
		for range b.n {
			r.out = append(r.out, y+r.offset[len(r.out)])
		}
	}
	return r.out
}

// floorDiv rounds down for negative numbers too, so that a place does not depend on which side of zero it is.
func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
