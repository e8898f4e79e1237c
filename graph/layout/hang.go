package layout

import "slices"

// Where labels of lines between neighbouring lanes hang.
const (
	hangClear = 3  // between such a label and anything else
	hangHold  = 6  // how far such a label reaches over to the other side of its line
	hangRows  = 64 // heights at which it is tried
	hangTries = 24 // labels of one gutter above which all of them stand in it: there is no room for so many
)

// placing finds the labels' places, one gutter after the other.
type placing struct {
	*plan
	at     []int  // middles of the items, in pixels
	labels []Rect // of each edge, as far as placed
	hung   []Rect // of these, those that reach over the lane left of the gutter
}

// gutter shapes a gutter whose left end is at x, and places its labels: where its lines go up or down, if there is
// room, else in the gutter, which then grows.
func (pl *placing) gutter(g *gutter, x int) {
	standing := map[int32]bool{}
	var hanging []int32
	for i := range pl.edges {
		c := &pl.edges[i]
		e := int32(i)
		if c.in.LabelW <= 0 || c.slot >= 0 || pl.labelGutter(e) != g.lane {
			continue
		}
		if len(c.items) > 2 || c.items[0] == c.items[1] || c.in.LabelW > CardW {
			standing[e] = true
		} else {
			hanging = append(hanging, e)
		}
	}
	if len(hanging) > hangTries {
		for _, e := range hanging {
			standing[e] = true
		}
		hanging = nil
	}
	before := pl.hung
	for {
		pl.shape(g, standing)
		pl.hung = append([]Rect(nil), before...)
		var fixed []Rect
		for i := range g.lines {
			if w := &g.lines[i]; w.label > 0 {
				r := Rect{x + w.labelX, w.y - LabelH/2, w.label, LabelH}
				pl.labels[w.edge] = r
				fixed = append(fixed, r)
			}
		}
		pl.hung = append(pl.hung, fixed...)
		failed := 0
		for _, e := range hanging {
			if standing[e] {
				continue
			}
			r, ok := pl.hang(g, x, e)
			if !ok {
				standing[e] = true
				failed++
				continue
			}
			pl.labels[e] = r
			pl.hung = append(pl.hung, r)
		}
		if failed == 0 {
			break
		}
	}
	pl.hung = pl.hung[len(before):]
}

// hang finds a free place for an edge's label on its own line, the nearest to its right end.
func (pl *placing) hang(g *gutter, x int, e int32) (Rect, bool) {
	c := &pl.edges[e]
	w := c.in.LabelW
	try := func(left, y int) (Rect, bool) {
		r := Rect{left, y - LabelH/2, w, LabelH}
		return r, pl.free(g, x, e, r)
	}
	if c.loop {
		var t *track
		for i := range g.loops {
			if g.loops[i].edge == e {
				t = &g.loops[i]
			}
		}
		low := c.items[0]
		if pl.at[c.items[1]] > pl.at[low] {
			low = c.items[1]
		}
		first := pl.at[low] - CardH/2 - tagGap - LabelH/2
		last := t.lo() + LabelH/2
		step := max(2, (first-last)/hangRows)
		for y := first; y >= last; y -= step {
			for _, left := range []int{x + t.x + hangHold - w, x + t.x - w/2, x + t.x - hangHold} {
				if r, ok := try(left, y); ok {
					return r, true
				}
			}
		}
		return Rect{}, false
	}
	var own *crossing
	for i := range g.lines {
		if g.lines[i].edge == e {
			own = &g.lines[i]
		}
	}
	start := leave + own.lag
	end := start + g.bend
	if own.from == own.to {
		if r, ok := try(x+(own.lead+g.w-own.run-w)/2, own.to); ok && w <= g.w-own.lead-own.run {
			return r, true
		}
	}
	// On the level part behind its bend, or before it.
	if left := g.w - own.run - w; left >= end-hangHold {
		if r, ok := try(x+left, own.to); ok {
			return r, true
		}
	}
	if own.lead+w <= start+hangHold {
		if r, ok := try(x+own.lead, own.from); ok {
			return r, true
		}
	}
	first := pl.at[own.b] - CardH/2 - tagGap - LabelH/2
	dir := -1
	if own.from > own.to {
		first = pl.at[own.b] + CardH/2 + tagGap + LabelH/2
		dir = 1
	}
	drop := (own.from - first) * dir
	if drop < 0 { // it leaves beside where its label would hang, or lower
		if drop < -hangHold {
			return Rect{}, false
		}
		drop = 0
	}
	step := max(2, drop/hangRows)
	for d := 0; d <= drop; d += step {
		y := first + dir*d
		at := start + g.bend*easeBack(max(own.from-y, y-own.from), max(own.to-own.from, own.from-own.to))/1024
		for _, left := range []int{at - hangHold, at - hangHold/2, at, at - w/2, at + hangHold - w, at + hangHold/2 - w} {
			if r, ok := try(x+left, y); ok {
				return r, true
			}
		}
	}
	return Rect{}, false
}

// free reports whether a label may stand at r: in the gutter or over its lanes, clear of cards, of other lines and
// of other labels.
func (pl *placing) free(g *gutter, x int, e int32, r Rect) bool {
	if r.X < x-CardW || (!g.last && r.X+r.W > x+g.w+CardW) {
		return false
	}
	big := Rect{r.X - hangClear, r.Y - hangClear, r.W + 2*hangClear, r.H + 2*hangClear}
	if r.X < x+hangClear && !pl.rowsFree(g.lane, big.Y, big.Y+big.H) {
		return false
	}
	if !g.last && r.X+r.W > x+g.w-hangClear && !pl.rowsFree(g.lane+1, big.Y, big.Y+big.H) {
		return false
	}
	if slices.ContainsFunc(pl.hung, big.Overlaps) {
		return false
	}
	rel := big
	rel.X -= x
	for i := range g.lines {
		w := &g.lines[i]
		if w.edge != e && w.hi > rel.Y && w.lo < rel.Y+rel.H && touches(w.line, rel) {
			return false
		}
	}
	for i := range g.loops {
		t := &g.loops[i]
		if t.edge == e || t.x == 0 {
			continue
		}
		if t.x > rel.X && t.x < rel.X+rel.W && t.hi() > rel.Y && t.lo() < rel.Y+rel.H {
			return false
		}
		for _, y := range []int{t.y0, t.y1} {
			if rel.X < t.x && y > rel.Y && y < rel.Y+rel.H {
				return false
			}
		}
	}
	return true
}

// rowsFree reports whether no card of the lane, and no line through it, is between two heights.
func (pl *placing) rowsFree(lane, y0, y1 int) bool {
	if y0 < MarginY+HeaderH-tagGap-hangClear-LabelH {
		return false
	}
	layer := pl.layers[lane]
	lo, hi := 0, len(layer)
	for lo < hi { // the first item below y0
		if m := (lo + hi) / 2; pl.at[layer[m]]+pl.half(layer[m]) > y0 {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo == len(layer) || pl.at[layer[lo]]-pl.half(layer[lo]) >= y1
}

// half is half the height of what an item shows.
func (pl *placing) half(it int32) int {
	switch {
	case pl.isCard(it):
		return CardH / 2
	case pl.items[it].tagUp:
		return LabelH / 2
	}
	return 1
}

// touches reports whether a line enters a rectangle.
func touches(line []Point, r Rect) bool {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if a.X > b.X {
			a, b = b, a
		}
		if b.X <= r.X || a.X >= r.X+r.W {
			continue
		}
		lo, hi := a.Y, b.Y
		if a.X != b.X {
			lo, hi = heightAt(a, b, max(a.X, r.X)), heightAt(a, b, min(b.X, r.X+r.W))
		}
		if lo > hi {
			lo, hi = hi, lo
		}
		if hi > r.Y && lo < r.Y+r.H {
			return true
		}
	}
	return false
}
