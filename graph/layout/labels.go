package layout

import (
	"cmp"
	"slices"
)

// Labels that hang over a lane.
const (
	hangRow  = CardH/2 + tagGap + LabelH/2 // from the middle of a card to that of the label next to it
	hangMost = 2                           // labels kept free for above or below one card
)

// labelSlots lets a label stand on the slot of its line, in the emptiest lane that the line passes, of these the
// nearest to where it arrives.
func (p *plan) labelSlots() {
	height := make([]int, p.lanes)
	for l, layer := range p.layers {
		for i := 1; i < len(layer); i++ {
			height[l] += p.apart(layer[i-1], layer[i])
		}
	}
	for i := range p.edges {
		c := &p.edges[i]
		n := len(c.items)
		if c.in.LabelW <= 0 || c.loop || n == 2 || c.in.LabelW > CardW {
			continue
		}
		best := -1
		for k := 1; k < n-1; k++ {
			at := n - 1 - k
			if c.back {
				at = k
			}
			if best < 0 || height[p.items[c.items[at]].lane] < height[p.items[c.items[best]].lane] {
				best = at
			}
		}
		c.slot = c.items[best]
		it := &p.items[c.slot]
		it.up, it.down = LabelH/2*scale, LabelH/2*scale
		it.tagUp, it.tagDown = true, true
		height[it.lane] += (LabelH + 2*tagGap - linePitch) * scale
	}
}

// labelRoom keeps room above or below cards for the labels of lines between neighbouring lanes, on the side that
// each line comes from. order is that of ranks.
func (p *plan) labelRoom(order []int32) {
	rank := make([]int, len(p.items))
	for k, i := range order {
		rank[i] = k
	}
	for i := range p.edges {
		c := &p.edges[i]
		if c.in.LabelW <= 0 || c.slot >= 0 || len(c.items) > 2 || c.items[0] == c.items[1] || c.in.LabelW > CardW {
			continue
		}
		a, b := c.items[0], c.items[1]
		side := -1
		if rank[a] > rank[b] {
			if c.loop { // it hangs above its lower card
				b = a
			} else {
				side = 1
			}
		}
		it := &p.items[b]
		room := (LabelH + tagGap) * scale
		most := CardH/2*scale + hangMost*room
		switch {
		case side < 0 && it.up+room <= most:
			it.up, it.tagUp = it.up+room, true
		case side > 0 && it.down+room <= most:
			it.down, it.tagDown = it.down+room, true
		default:
			continue
		}
		if !c.loop {
			c.side = side
		}
	}
}

// hangDrop is how far the middles of the cards must be from each other that a segment joins which comes past its
// label: the label is next to the right one, and clear of the lines that leave the left one.
func (p *plan) hangDrop(s int32) int {
	c := &p.edges[p.segs[s].edge]
	a := c.items[0]
	drop := -c.side*c.portA + 2*scale
	for _, n := range p.rightOf(a) {
		if n.seg == s {
			continue
		}
		o := &p.edges[p.segs[n.seg].edge]
		drop = max(drop, -c.side*o.portA+(LabelH/2+hangClear+1)*scale)
	}
	return drop + hangRow*scale
}

// squeeze takes out heights at which every lane has room to spare, from the top down. Lines that are level stay so,
// and those that come past their labels do.
func (p *plan) squeeze() {
	// keep are heights between two items that may shrink by so much at most.
	type keep struct{ lo, hi, spare int }
	var keeps []keep
	for s := range p.segs {
		c := &p.edges[p.segs[s].edge]
		if c.loop {
			continue
		}
		a, b := p.ends(int32(s))
		leave, arrive := c.ends(int(p.segs[s].k))
		lo, hi := min(p.y[a], p.y[b]), max(p.y[a], p.y[b])
		if lo == hi {
			continue
		}
		d := p.y[b] + arrive - p.y[a] - leave
		switch {
		case d > -scale && d < scale:
			keeps = append(keeps, keep{lo, hi, 0})
		case c.side != 0:
			keeps = append(keeps, keep{lo, hi, max(0, -c.side*(p.y[b]-p.y[a])-p.hangDrop(int32(s)))})
		}
	}
	slices.SortFunc(keeps, func(a, b keep) int { return cmp.Compare(a.lo, b.lo) })
	order := make([]int32, len(p.items))
	for i := range order {
		order[i] = int32(i)
	}
	y := slices.Clone(p.y)
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(y[a], y[b]), cmp.Compare(a, b)) })
	below := make([]int, p.lanes) // in each lane, the first item not above the cut
	spare := make([]int, p.lanes) // and what there is to spare between it and the one above
	var active []keep
	gone, met := 0, 0
	for i := 0; i < len(order); {
		at := y[order[i]]
		room := -1
		least := func(n int) {
			if room < 0 || n < room {
				room = n
			}
		}
		for l, layer := range p.layers {
			moved := false
			for below[l] < len(layer) && y[layer[below[l]]] < at {
				below[l]++
				moved = true
			}
			n := below[l]
			if n == 0 || n == len(layer) {
				continue
			}
			if moved {
				spare[l] = max(0, y[layer[n]]-y[layer[n-1]]-p.apart(layer[n-1], layer[n]))
			}
			least(spare[l])
		}
		for met < len(keeps) && keeps[met].lo < at {
			active = append(active, keeps[met])
			met++
		}
		active = slices.DeleteFunc(active, func(k keep) bool { return k.hi < at })
		for _, k := range active {
			least(k.spare)
		}
		if i == 0 || room < 0 { // nothing above, or nothing beside it to stay apart from
			room = 0
		}
		for l := range spare {
			spare[l] -= room
		}
		for k := range active {
			active[k].spare -= room
		}
		gone += room
		for ; i < len(order) && y[order[i]] == at; i++ {
			p.y[order[i]] -= gone
		}
	}
}
