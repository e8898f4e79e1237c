package layout

import (
	"cmp"
	"slices"
)

// bounds are what heights must keep beside the distances in each lane.
type bounds struct {
	low, high []int // of each item; nil before there are any
	// Items that an item must stay below, and above: the ends of lines that come past their labels.
	below, above [][]distance
	lo, hi       []int // scratch
}

// boundSlack is how much higher than it must be a drawing may be, in pixels, for lines to be straight.
const boundSlack = CardH / 2

// distance is that to another item's middle, at least.
type distance struct {
	item  int32
	least int
}

// ranks puts all items in one order from the top. Of those in different lanes at one height, in the upper half the
// left ones come first and in the lower half the right ones, so that lines that would be level come from outside.
func (p *plan) ranks() []int32 {
	order := make([]int32, len(p.items))
	lo, hi := 0, 0
	for i := range order {
		order[i] = int32(i)
		lo, hi = min(lo, p.y[i]), max(hi, p.y[i])
	}
	mid := (lo + hi) / 2
	slices.SortFunc(order, func(a, b int32) int {
		lanes := cmp.Compare(p.items[a].lane, p.items[b].lane)
		if p.y[a] > mid {
			lanes = -lanes
		}
		return cmp.Or(cmp.Compare(p.y[a], p.y[b]), lanes, cmp.Compare(p.pos[a], p.pos[b]))
	})
	return order
}

// bound keeps all lanes within the least height in which all distances can be kept, around where they are now, and
// moves what is beyond it or too near. order is that of ranks: every distance leads on in it.
func (p *plan) bound(order []int32) {
	b := &p.bounds
	n := len(p.items)
	b.low, b.high, b.lo, b.hi = make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	b.below, b.above = make([][]distance, n), make([][]distance, n)
	for s := range p.segs {
		c := &p.edges[p.segs[s].edge]
		if c.side == 0 {
			continue
		}
		l, r := p.ends(int32(s))
		up, down, least := l, r, p.hangDrop(int32(s))
		if c.side > 0 {
			up, down = r, l
		}
		b.below[down] = append(b.below[down], distance{up, least})
		b.above[up] = append(b.above[up], distance{down, least})
	}
	// The longest ways to the top and to the bottom.
	height := 0
	for _, i := range order {
		layer, at := p.layers[p.items[i].lane], p.pos[i]
		b.low[i] = p.items[i].up
		if at > 0 {
			b.low[i] = b.low[layer[at-1]] + p.apart(layer[at-1], i)
		}
		for _, d := range b.below[i] {
			b.low[i] = max(b.low[i], b.low[d.item]+d.least)
		}
	}
	tail := b.high
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		layer, at := p.layers[p.items[i].lane], p.pos[i]
		tail[i] = p.items[i].down
		if int(at)+1 < len(layer) {
			tail[i] = tail[layer[at+1]] + p.apart(i, layer[at+1])
		}
		for _, d := range b.above[i] {
			tail[i] = max(tail[i], tail[d.item]+d.least)
		}
		height = max(height, b.low[i]+tail[i])
	}
	height += boundSlack * scale
	shift := 0
	for i := range n {
		b.high[i] = height - tail[i]
		shift += p.y[i] - (b.low[i]+b.high[i])/2
	}
	shift /= max(n, 1)
	for _, i := range order {
		b.low[i] += shift
		b.high[i] += shift
		y := max(p.y[i], b.low[i])
		layer, at := p.layers[p.items[i].lane], p.pos[i]
		if at > 0 {
			y = max(y, p.y[layer[at-1]]+p.apart(layer[at-1], i))
		}
		for _, d := range b.below[i] {
			y = max(y, p.y[d.item]+d.least)
		}
		p.y[i] = min(y, b.high[i])
	}
}

// keepBounds brings a lane that keeps its distances back into its bounds, and keeps its distances.
func (p *plan) keepBounds(l int) {
	b := &p.bounds
	if b.low == nil {
		return
	}
	layer := p.layers[l]
	for k, i := range layer {
		b.lo[i] = b.low[i]
		for _, d := range b.below[i] {
			b.lo[i] = max(b.lo[i], p.y[d.item]+d.least)
		}
		if k > 0 {
			b.lo[i] = max(b.lo[i], b.lo[layer[k-1]]+p.apart(layer[k-1], i))
		}
	}
	for k := len(layer) - 1; k >= 0; k-- {
		i := layer[k]
		b.hi[i] = b.high[i]
		for _, d := range b.above[i] {
			b.hi[i] = min(b.hi[i], p.y[d.item]-d.least)
		}
		if k+1 < len(layer) {
			b.hi[i] = min(b.hi[i], b.hi[layer[k+1]]-p.apart(i, layer[k+1]))
		}
		p.y[i] = max(min(p.y[i], b.hi[i]), b.lo[i])
	}
}
