package layout

// easeSteps is how finely a curve is followed where lines are compared.
const easeSteps = 32

// ease is how much of its way down, in thousandths, a curve has made after so many of easeSteps of its way across.
var ease = func() (out [easeSteps + 1]int) {
	k := 0
	for i := range out {
		// The curve's control points are half way across, so that after t of 4096 it is 1.5t - 1.5t² + t³ across
		// and 3t² - 2t³ down.
		const n = 4096
		for k < n && (3*k*n*n-3*k*k*n+2*k*k*k)*easeSteps < 2*n*n*n*i {
			k++
		}
		out[i] = (3*k*k*n - 2*k*k*k) / (n * n * n / 1000)
	}
	return out
}()

// height of a line at x in its gutter, in units of scale.
func (g *gutter) height(w *crossing, x int) int {
	s := func(x0, x1, y0, y1 int) int {
		at := (x - x0) * 1024 * easeSteps / (x1 - x0)
		i, part := at/1024, at%1024
		e := ease[i]*(1024-part) + ease[i+1]*part
		return y0 + floorDiv((y1-y0)*e, 1024*1000)
	}
	y := w.from
	for _, b := range g.bends(w) {
		if x <= b.x0 {
			return y
		}
		if x < b.x1 {
			return s(b.x0, b.x1, y, b.y1)
		}
		y = b.y1
	}
	return y
}

// straightenMost is how many lines a gutter may have for all of them to be compared with each other.
const straightenMost = 120

// straighten lets lines without a label pass the column of labels in one curve, where that touches no label and
// meets no other line more often.
func (p *plan) straighten(g *gutter) {
	if g.column == 0 || len(g.lines) > straightenMost {
		return
	}
	const step = 6
	at := make([][]int, len(g.lines))
	heights := func(w *crossing) (hs []int) {
		for x := g.b0; x <= g.b1; x += step {
			hs = append(hs, g.height(w, x))
		}
		return hs
	}
	for i := range g.lines {
		at[i] = heights(&g.lines[i])
	}
	for range 2 {
		for i := range g.lines {
			w := &g.lines[i]
			if w.label || w.turn || w.direct {
				continue
			}
			w.direct = true
			hs := heights(w)
			if w.direct = p.clear(g, i, hs, at, step); w.direct {
				at[i] = hs
			}
		}
	}
}

// clear reports whether line i may have the given heights.
func (p *plan) clear(g *gutter, i int, hs []int, at [][]int, step int) bool {
	w := &g.lines[i]
	for j := range g.lines {
		v := &g.lines[j]
		if j == i {
			continue
		}
		if v.label {
			left := g.cx0 - labelClear
			width := p.edges[v.edge].in.LabelW + 2*labelClear
			if !v.turn {
				left += (g.column - p.edges[v.edge].in.LabelW) / 2
			}
			for k := 1; k < len(hs); k++ {
				x := g.b0 + k*step
				if x > left && x-step < left+width && max(hs[k-1], hs[k]) > v.y-(LabelH/2+labelClear)*scale && min(hs[k-1], hs[k]) < v.y+(LabelH/2+labelClear)*scale {
					return false
				}
			}
		}
		if v.turn {
			continue // its own curves are left of its label and meet lines as they are counted
		}
		if !sameMeetings(w, v, hs, at[j]) {
			return false
		}
	}
	return true
}

// sameMeetings reports whether two lines meet once when their ends are in different orders, and else never come
// nearer than they are at their ends, or linesClear.
func sameMeetings(w, v *crossing, hs, other []int) bool {
	crosses := (w.from < v.from) != (w.to < v.to) && w.from != v.from && w.to != v.to
	changes, last := 0, 0
	room := min(linesClear*scale, max(w.from-v.from, v.from-w.from), max(w.to-v.to, v.to-w.to))
	for k := range hs {
		d := hs[k] - other[k]
		if !crosses && d < room && d > -room {
			return false
		}
		sign := 0
		if d > 0 {
			sign = 1
		} else if d < 0 {
			sign = -1
		}
		if sign != 0 && last != 0 && sign != last {
			changes++
		}
		if sign != 0 {
			last = sign
		}
	}
	if crosses {
		return changes <= 1
	}
	return changes == 0
}
