package layout

import (
	"cmp"
	"slices"
)

// Room between two lanes, in pixels from card to card.
const (
	bend       = 30 // a line's way from one height to another
	bendMost   = 64 // the same where many lines do so
	plainMost  = 120
	trackInset = 12 // from a card to the first line of an edge inside its lane
	trackPitch = 8
	labelClear = 4 // between a label and anything else
	linesClear = 6 // between two lines beside a label
	corner     = 8 // radius of a turn
)

// gutter is the room between the cards of lane l and those of the next, or right of the last lane's cards.
type gutter struct {
	x0, x1   int // from the right of the cards to the left of the next
	tracks   int
	column   int // width of its widest label, 0 when it has none
	cx0, cx1 int // the label column
	lines    []crossing
}

// crossing is one line's way through a gutter: the heights, in units of scale, at which it leaves and arrives, and
// at which it passes the column of labels.
type crossing struct {
	edge        int32
	k           int // it joins items k and k+1 of its chain
	from, to, y int
	label       bool
	turn        bool // an edge inside a lane, that comes back from its label
}

// route turns places into the result: it finds the widths of the gutters, the labels' places and the lines.
func (p *plan) route() Result {
	top := 0
	for i := range p.items {
		if h := p.reach(int32(i)); i == 0 || p.y[i]-h < top {
			top = p.y[i] - h
		}
	}
	for i := range p.items {
		p.y[i] -= top
	}
	gutters := p.gutters()
	// A column of labels may stand higher than the cards: everything else comes down for it.
	top = 0
	for g := range gutters {
		for _, c := range gutters[g].lines {
			if gutters[g].column > 0 {
				top = min(top, c.y-(LabelH/2)*scale)
			}
		}
	}
	base := (MarginY+HeaderH)*scale - top
	px := func(y int) int { return floorDiv(y+base+scale/2, scale) }

	res := Result{Nodes: make([]PlacedNode, 0, len(p.nodes)), Edges: make([]Route, 0, len(p.edges))}
	bottom := MinHeight
	x := MarginX
	laneX := make([]int, p.lanes)
	for l := range p.lanes {
		laneX[l] = x
		g := &gutters[l]
		g.x0 = x + LaneW - LanePad
		g.x1 = g.x0 + p.width(g, l)
		g.cx0 = g.x0 + p.leadIn(g)
		g.cx1 = g.cx0 + g.column
		x = g.x1 - LanePad
		for _, c := range g.lines {
			if g.column > 0 {
				bottom = max(bottom, px(c.y)+LabelH/2)
			}
		}
	}
	last := &gutters[p.lanes-1]
	res.W = max(last.x0+LanePad, last.x1) + MarginX
	for i := range p.items {
		bottom = max(bottom, px(p.y[i]+p.reach(int32(i))))
	}
	res.H = bottom + FooterPad + 2*MarginY
	for l := range p.lanes {
		res.Lanes = append(res.Lanes, Rect{laneX[l], MarginY, LaneW, res.H - 2*MarginY})
	}
	for i := range p.items {
		if it := p.items[i]; it.node >= 0 {
			res.Nodes = append(res.Nodes, PlacedNode{p.nodes[it.node].ID, Rect{laneX[it.lane] + LanePad, px(p.y[i]) - CardH/2, CardW, CardH}})
		}
	}
	slices.SortFunc(res.Nodes, func(a, b PlacedNode) int { return cmp.Compare(a.ID, b.ID) })

	through := make([][]*crossing, len(p.edges))
	for g := range gutters {
		for i := range gutters[g].lines {
			c := &gutters[g].lines[i]
			through[c.edge] = append(through[c.edge], c)
		}
	}
	tracks := p.tracks()
	for i := range p.edges {
		c := &p.edges[i]
		r := Route{ID: c.in.ID, Back: c.back, Loop: c.loop}
		first := int(p.items[c.items[0]].lane)
		switch {
		case c.loop && len(through[i]) == 0:
			g := &gutters[first]
			r.Points = loopLine(g.x0, g.x0+trackInset+trackPitch*tracks[i], px(p.y[c.items[0]]+c.portA), px(p.y[c.items[1]]+c.portB))
		case c.loop:
			g, w := &gutters[first], through[i][0]
			y := px(w.y)
			up, down := y-5, y+5
			if w.from > w.to {
				up, down = down, up
			}
			r.Label = Rect{g.cx0, y - LabelH/2, c.in.LabelW, LabelH}
			r.Points = append(r.Points, Point{g.x0, px(w.from)})
			r.Points = curve(r.Points, g.cx0+corner, up)
			r.Points = straight(r.Points, g.cx0+corner, down)
			r.Points = curve(r.Points, g.x0, px(w.to))
		default:
			r.Points = append(r.Points, Point{gutters[first].x0, px(through[i][0].from)})
			for k, w := range through[i] {
				g := &gutters[first+k]
				y := px(w.y)
				if k > 0 {
					r.Points = straight(r.Points, g.x0, px(w.from))
				}
				if g.column > 0 {
					r.Points = curve(r.Points, g.cx0, y)
					r.Points = straight(r.Points, g.cx1, y)
				}
				r.Points = curve(r.Points, g.x1, px(w.to))
				if w.label {
					r.Label = Rect{g.cx0 + (g.column-c.in.LabelW)/2, y - LabelH/2, c.in.LabelW, LabelH}
				}
			}
		}
		r.Points = tidy(r.Points)
		if c.back {
			slices.Reverse(r.Points)
		}
		res.Edges = append(res.Edges, r)
	}
	return res
}

// reach is half the height an item takes.
func (p *plan) reach(it int32) int {
	if p.isCard(it) {
		return CardH / 2 * scale
	}
	return linePitch / 2 * scale
}

// gutters finds what passes each gutter, which of them holds an edge's label, and the heights in its column.
func (p *plan) gutters() []gutter {
	gs := make([]gutter, p.lanes)
	p.placeLabels()
	for i := range p.edges {
		c := &p.edges[i]
		first := int(p.items[c.items[0]].lane)
		if c.loop {
			if c.in.LabelW > 0 {
				gs[first].lines = append(gs[first].lines, crossing{edge: int32(i), from: p.y[c.items[0]] + c.portA,
					to: p.y[c.items[1]] + c.portB, label: true, turn: true})
				gs[first].column = max(gs[first].column, c.in.LabelW)
			}
			continue
		}
		for k := range len(c.items) - 1 {
			g := &gs[first+k]
			leave, arrive := c.ends(k)
			w := crossing{edge: int32(i), k: k, from: p.y[c.items[k]] + leave, to: p.y[c.items[k+1]] + arrive}
			if c.label == first+k {
				w.label = true
				g.column = max(g.column, c.in.LabelW)
			}
			g.lines = append(g.lines, w)
		}
	}
	tracks := p.tracks()
	for i := range p.edges {
		if c := &p.edges[i]; c.loop && c.in.LabelW == 0 {
			g := &gs[p.items[c.items[0]].lane]
			g.tracks = max(g.tracks, tracks[i]+1)
		}
	}
	var r regression
	for g := range gs {
		if gs[g].column == 0 {
			continue
		}
		lines := gs[g].lines
		// Lines that do not cross between the lanes are in the order of this sum too, so the column adds no crossing.
		slices.SortFunc(lines, func(a, b crossing) int {
			return cmp.Or(cmp.Compare(a.from+a.to, b.from+b.to), cmp.Compare(a.from, b.from), cmp.Compare(a.edge, b.edge))
		})
		r.reset()
		for i := range lines {
			gap := 0
			if i > 0 {
				gap = linesClear * scale
				switch {
				case lines[i].label && lines[i-1].label:
					gap = (LabelH + labelClear) * scale
				case lines[i].label || lines[i-1].label:
					gap = (LabelH/2 + labelClear + 1) * scale
				}
			}
			w := 2
			if d := lines[i].from - lines[i].to; d < 2*scale && d > -2*scale {
				w = 8 // a straight line stays so
			}
			r.add(gap, w*(lines[i].from+lines[i].to)/2, w)
		}
		for i, y := range r.solve() {
			lines[i].y = y
		}
	}
	return gs
}

// placeLabels chooses the gutter that holds each label: of those its edge passes, the one with the fewest so far,
// nearest to where the edge arrives.
func (p *plan) placeLabels() {
	count := make([]int, p.lanes)
	for i := range p.edges {
		c := &p.edges[i]
		if c.in.LabelW <= 0 {
			continue
		}
		first := int(p.items[c.items[0]].lane)
		if c.loop || len(c.items) == 2 {
			c.label = first
			count[first]++
		}
	}
	for i := range p.edges {
		c := &p.edges[i]
		if c.in.LabelW <= 0 || c.label >= 0 {
			continue
		}
		first := int(p.items[c.items[0]].lane)
		best := -1
		for k := range len(c.items) - 1 {
			g := first + k
			if !c.back {
				g = first + len(c.items) - 2 - k
			}
			if best < 0 || count[g] < count[best] {
				best = g
			}
		}
		c.label = best
		count[best]++
	}
}

// tracks gives each edge inside a lane the nearest free track right of the cards: inner ones first.
func (p *plan) tracks() []int {
	out := make([]int, len(p.edges))
	type span struct{ lane, lo, hi, edge int }
	var spans []span
	for i := range p.edges {
		c := &p.edges[i]
		if !c.loop || c.in.LabelW > 0 {
			continue
		}
		a, b := p.y[c.items[0]]+c.portA, p.y[c.items[1]]+c.portB
		spans = append(spans, span{int(p.items[c.items[0]].lane), min(a, b), max(a, b), i})
	}
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.hi-a.lo, b.hi-b.lo), cmp.Compare(a.lo, b.lo), cmp.Compare(a.edge, b.edge))
	})
	for i, s := range spans {
		for again := true; again; {
			again = false
			for _, t := range spans[:i] {
				if t.lane == s.lane && out[t.edge] == out[s.edge] && t.lo < s.hi+portPitch*scale && s.lo < t.hi+portPitch*scale {
					out[s.edge]++
					again = true
				}
			}
		}
	}
	return out
}

// leadIn is the width left of a gutter's column of labels: that of its bends and its tracks.
func (p *plan) leadIn(g *gutter) int {
	w := min(max(bend, 16+len(g.lines)), bendMost)
	if g.tracks > 0 {
		w = max(w, trackInset+trackPitch*g.tracks+corner)
	}
	return w
}

// width of a gutter from card to card.
func (p *plan) width(g *gutter, l int) int {
	if g.column > 0 {
		w := p.leadIn(g) + g.column
		if l < p.lanes-1 {
			return max(w+min(max(bend+6, 16+len(g.lines)), bendMost), MinGutter+2*LanePad)
		}
		return w
	}
	tracks := 0
	if g.tracks > 0 {
		tracks = trackInset + trackPitch*g.tracks
	}
	if l == p.lanes-1 {
		return tracks
	}
	return max(MinGutter+2*LanePad, min(36+2*len(g.lines), plainMost), tracks+bend)
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
