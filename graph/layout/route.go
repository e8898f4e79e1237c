package layout

import (
	"cmp"
	"slices"
)

// route turns heights into the result: it finds the widths of the gutters, the labels' places and the lines.
func (p *plan) route() Result {
	top := 0
	for i := range p.items {
		if y := p.y[i] - p.items[i].up; i == 0 || y < top {
			top = y
		}
	}
	base := (MarginY+HeaderH)*scale - top
	px := func(y int) int { return floorDiv(y+base+scale/2, scale) }
	at := make([]int, len(p.items))
	for i := range p.items {
		at[i] = px(p.y[i])
	}
	gutters := p.gutters(px)
	res := Result{Nodes: make([]PlacedNode, 0, len(p.nodes)), Edges: make([]Route, 0, len(p.edges))}
	pl := &placing{plan: p, at: at, labels: make([]Rect, len(p.edges))}
	x := MarginX + LanePad
	x0 := make([]int, p.lanes) // the left of each lane's cards
	right := 0
	for l := range p.lanes {
		x0[l] = x
		g := &gutters[l]
		pl.gutter(g, x+CardW)
		x += CardW + g.w
	}
	last := p.lanes - 1
	right = max(right, x0[last]+CardW+LanePad, x0[last]+CardW+gutters[last].w)
	top, bottom := MarginY+HeaderH, MinHeight
	for i := range p.edges {
		c := &p.edges[i]
		if c.slot >= 0 {
			pl.labels[i] = Rect{x0[p.items[c.slot].lane] + (CardW-c.in.LabelW)/2, at[c.slot] - LabelH/2, c.in.LabelW, LabelH}
		}
		if r := pl.labels[i]; !r.Empty() {
			top, bottom, right = min(top, r.Y), max(bottom, r.Y+r.H), max(right, r.X+r.W)
		}
	}
	for g := range gutters {
		for i := range gutters[g].lines {
			w := &gutters[g].lines[i]
			top, bottom = min(top, w.y), max(bottom, w.y)
		}
	}
	for i := range p.items {
		bottom = max(bottom, px(p.y[i]+p.items[i].down))
	}
	// What stands higher than the cards takes all else down with it.
	down := MarginY + HeaderH - top
	res.W, res.H = right+MarginX, bottom+down+FooterPad+MarginY
	for l := range p.lanes {
		res.Lanes = append(res.Lanes, Rect{x0[l] - LanePad, MarginY, LaneW, res.H - 2*MarginY})
	}
	for i := range p.items {
		if it := p.items[i]; it.node >= 0 {
			res.Nodes = append(res.Nodes, PlacedNode{p.nodes[it.node].ID, Rect{x0[it.lane], at[i] - CardH/2 + down, CardW, CardH}})
		}
	}
	slices.SortFunc(res.Nodes, func(a, b PlacedNode) int { return cmp.Compare(a.ID, b.ID) })

	parts := make([]*crossing, len(p.segs))
	tracks := make([]*track, len(p.edges))
	for g := range gutters {
		for i := range gutters[g].lines {
			parts[gutters[g].lines[i].seg] = &gutters[g].lines[i]
		}
		for i := range gutters[g].loops {
			tracks[gutters[g].loops[i].edge] = &gutters[g].loops[i]
		}
	}
	for i := range p.edges {
		c := &p.edges[i]
		r := Route{ID: c.in.ID, Back: c.back, Loop: c.loop, Label: pl.labels[i]}
		lane := int(p.items[c.items[0]].lane)
		left := x0[lane] + CardW
		switch {
		case c.loop && tracks[i].x > 0:
			r.Points = loopLine(left, left+tracks[i].x, tracks[i].y0, tracks[i].y1)
		case c.loop:
			r.Points = turnLine(&gutters[lane], parts[c.segs[0]], left)
		default:
			r.Points = append(r.Points, Point{left, parts[c.segs[0]].from})
			for k, s := range c.segs {
				if r.Alone == 0 && p.segs[s].edges > 1 {
					r.Points = tidy(r.Points)
					r.Alone = len(r.Points)
				}
				g, w := &gutters[lane+k], parts[s]
				left := x0[lane+k] + CardW
				y := w.from
				for _, b := range g.bends(w) {
					r.Points = straight(r.Points, left+b.x0, y)
					y = b.y1
					r.Points = curve(r.Points, left+b.x1, y)
				}
				r.Points = straight(r.Points, left+g.w, y)
			}
		}
		if r.Alone > 0 {
			r.Points = append(r.Points[:r.Alone:r.Alone], tidy(r.Points[r.Alone-1:])[1:]...)
		} else {
			r.Points = tidy(r.Points)
			r.Alone = len(r.Points)
		}
		if c.back {
			slices.Reverse(r.Points)
		}
		for k := range r.Points {
			r.Points[k].Y += down
		}
		if !r.Label.Empty() {
			r.Label.Y += down
		}
		res.Edges = append(res.Edges, r)
	}
	return res
}

// turnLine is an edge inside a lane that goes out to its label and comes back under it.
func turnLine(g *gutter, w *crossing, left int) []Point {
	out, home := w.turns()
	ps := []Point{{left, w.from}}
	ps = straight(ps, left+leave+w.lag, w.from)
	ps = curve(ps, left+leave+w.lag+g.bend, out)
	ps = straight(ps, left+w.labelX+corner, out)
	ps = straight(ps, left+w.labelX+corner, home)
	ps = straight(ps, left+leave+w.lag2+g.bend, home)
	ps = curve(ps, left+leave+w.lag2, w.to)
	return straight(ps, left, w.to)
}

// curve adds an S from the last point to (x, y), level at both ends.
func curve(ps []Point, x, y int) []Point {
	a := ps[len(ps)-1]
	m := (a.X + x) / 2
	return append(ps, Point{m, a.Y}, Point{m, y}, Point{x, y})
}

func straight(ps []Point, x, y int) []Point {
	a := ps[len(ps)-1]
	return append(ps, a, Point{x, y}, Point{x, y})
}

// loopLine goes out from (x, y0) to the track, along it and back to (x, y1), with round corners.
func loopLine(x, track, y0, y1 int) []Point {
	d := 1
	if y1 < y0 {
		d = -1
	}
	r := min(corner, (y1-y0)*d/2)
	ps := []Point{{x, y0}}
	ps = straight(ps, track-r, y0)
	ps = append(ps, Point{track - r/2, y0}, Point{track, y0 + d*r/2}, Point{track, y0 + d*r})
	ps = straight(ps, track, y1-d*r)
	ps = append(ps, Point{track, y1 - d*r/2}, Point{track - r/2, y1}, Point{track - r, y1})
	return straight(ps, x, y1)
}

// tidy joins level stretches that follow each other and drops those without length.
func tidy(ps []Point) []Point {
	level := func(q []Point) bool { return q[0].Y == q[1].Y && q[1].Y == q[2].Y && q[2].Y == q[3].Y }
	out := ps[:1:1]
	joined := false
	for i := 1; i+2 < len(ps); i += 3 {
		a := out[len(out)-1]
		if a == ps[i+2] {
			continue
		}
		if level([]Point{a, ps[i], ps[i+1], ps[i+2]}) {
			if joined {
				out[len(out)-2], out[len(out)-1] = ps[i+2], ps[i+2]
				continue
			}
			out = append(out, a, ps[i+2], ps[i+2])
			joined = true
			continue
		}
		out = append(out, ps[i:i+3]...)
		joined = false
	}
	return out
}
