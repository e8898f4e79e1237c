package layout

import (
	"cmp"
	"slices"
)

// Room between two lanes, in pixels from card to card.
const (
	bend       = 22 // the width in which a line goes from one height to another
	lagStep    = 5  // how much later one begins to than another that would run close beside it
	lagsMost   = 9  // of these, beyond which they get closer
	plain      = 36 // the width of a curve where there are no labels, and so more room
	leave      = 4  // every line leaves level over this length
	trackInset = 12 // from a card to the first line of an edge inside its lane
	trackPitch = 8
	labelClear = 4 // between a label and anything else
	linesClear = 6 // between two lines beside a label
	corner     = 8 // radius of a turn
	labelWiden = 2 // what a pixel more of width costs in pixels of height, when a label's gutter is chosen
)

// gutter is the room between the cards of lane l and those of the next, or right of the last lane's cards.
type gutter struct {
	x0, x1   int // from the right of the cards to the left of the next
	b0, b1   int // where bends begin and end
	tracks   int
	column   int // width of its widest label, 0 when it has none
	cx0, cx1 int // the label column
	lines    []crossing
	lag      [2]int // width taken by lines that turn later than others, before and after the column
}

// crossing is one line's way through a gutter: the heights, in units of scale, at which it leaves and arrives, and
// at which it passes the column of labels.
type crossing struct {
	edge        int32
	k           int // it joins items k and k+1 of its chain
	from, to, y int
	label       bool
	turn        bool   // an edge inside a lane, that comes back from its label
	direct      bool   // it goes past the column in one curve
	lag         [2]int // how much later than others it turns, before and after the column; of a turn, out and back
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
		lead, run := p.runs(g)
		g.x0 = x + LaneW - LanePad
		g.b0 = g.x0 + lead
		g.cx0 = g.b0 + bendWidth(g, 0)
		g.cx1 = g.cx0 + g.column
		g.x1 = g.x0 + p.width(g, l, lead, run)
		g.b1 = g.x1 - run
		p.straighten(g)
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
			out, back := w.lag[0], w.lag[1]
			r.Points = straight(r.Points, g.b0+out, px(w.from))
			r.Points = curve(r.Points, g.cx0-(g.lag[0]-out), up)
			r.Points = straight(r.Points, g.cx0+corner, up)
			r.Points = straight(r.Points, g.cx0+corner, down)
			r.Points = straight(r.Points, g.cx0-(g.lag[0]-back), down)
			r.Points = curve(r.Points, g.b0+back, px(w.to))
			r.Points = straight(r.Points, g.x0, px(w.to))
		default:
			r.Points = append(r.Points, Point{gutters[first].x0, px(through[i][0].from)})
			for k, w := range through[i] {
				g := &gutters[first+k]
				y := px(w.y)
				y0 := px(w.from)
				for _, b := range g.bends(w) {
					r.Points = straight(r.Points, b.x0, y0)
					y0 = px(b.y1)
					r.Points = curve(r.Points, b.x1, y0)
				}
				r.Points = straight(r.Points, g.x1, y0)
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
	for g := range gs {
		if gs[g].column == 0 {
			continue
		}
		lines := gs[g].lines
		// Lines that do not cross between the lanes are in the order of this sum too, so the column adds no crossing.
		slices.SortFunc(lines, func(a, b crossing) int {
			return cmp.Or(cmp.Compare(a.from+a.to, b.from+b.to), cmp.Compare(a.from, b.from), cmp.Compare(a.edge, b.edge))
		})
		// A line does its turn before or after the column rather than half and half; before it, where it can.
		var st stack
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
			st.add(gap, wish{lines[i].to, 4}, wish{lines[i].from, 3})
		}
		st.solve(func(i, y int) { lines[i].y = y })
	}
	for g := range gs {
		if gs[g].column == 0 {
			gs[g].stagger(0, func(w *crossing) (int, int) { return w.from, w.to })
			continue
		}
		gs[g].stagger(0, func(w *crossing) (int, int) { return w.from, w.y })
		gs[g].stagger(1, func(w *crossing) (int, int) { return w.y, w.to })
	}
	return gs
}

// stagger lets lines that go down side by side turn one after the other: of two, the one that ends lower turns
// first, and so does of two that go up the one that ends higher. So they stay apart and cross no more than before.
// An edge inside the lane goes to its label and comes back in curves of its own.
func (g *gutter) stagger(part int, ends func(*crossing) (from, to int)) {
	type turn struct {
		lag           *int
		lo, hi, level int
		edge          int32
		back          bool
	}
	most := 0
	var done []turn
	for _, down := range []bool{true, false} {
		var turns []turn
		add := func(w *crossing, lag *int, from, to int, back bool) {
			if d := to - from; down && d > lagStep*scale || !down && -d > lagStep*scale {
				turns = append(turns, turn{lag: lag, lo: min(from, to), hi: max(from, to), edge: w.edge, back: back})
			}
		}
		for i := range g.lines {
			w := &g.lines[i]
			switch from, to := ends(w); {
			case !w.turn:
				add(w, &w.lag[part], from, to, false)
			case part == 0:
				add(w, &w.lag[0], w.from, w.y, false)
				add(w, &w.lag[1], w.to, w.y, true)
			}
		}
		if len(turns) > straightenMost {
			continue
		}
		slices.SortFunc(turns, func(a, b turn) int {
			byEnd := cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi))
			if down {
				byEnd = cmp.Or(cmp.Compare(b.hi, a.hi), cmp.Compare(b.lo, a.lo))
			}
			if byEnd == 0 && a.edge == b.edge && a.back != b.back {
				if a.back {
					return 1
				}
				return -1
			}
			return cmp.Or(byEnd, cmp.Compare(a.edge, b.edge))
		})
		for i := range turns {
			t := &turns[i]
			for _, o := range turns[:i] {
				if o.lo < t.hi && t.lo < o.hi {
					t.level = max(t.level, o.level+1)
				}
			}
			most = max(most, t.level)
		}
		done = append(done, turns...)
	}
	g.lag[part] = min(most, lagsMost) * lagStep
	for _, t := range done {
		*t.lag = t.level * g.lag[part] / max(most, 1)
	}
}

// placeLabels chooses the gutter that holds each label: of those its edge passes one that holds labels anyway, of
// these the emptiest, and of these the nearest to where the edge arrives.
func (p *plan) placeLabels() {
	count, width := make([]int, p.lanes), make([]int, p.lanes)
	put := func(c *chain, g int) {
		c.label = g
		count[g]++
		width[g] = max(width[g], c.in.LabelW)
	}
	for i := range p.edges {
		if c := &p.edges[i]; c.in.LabelW > 0 && (c.loop || len(c.items) == 2) {
			put(c, int(p.items[c.items[0]].lane))
		}
	}
	for i := range p.edges {
		c := &p.edges[i]
		if c.in.LabelW <= 0 || c.label >= 0 {
			continue
		}
		first, last := int(p.items[c.items[0]].lane), int(p.items[c.items[len(c.items)-1]].lane)-1
		best, bestCost := -1, 0
		for k := range last - first + 1 {
			g := last - k
			if c.back {
				g = first + k
			}
			cost := count[g]*LabelH + max(0, c.in.LabelW-width[g])*labelWiden
			if best < 0 || cost < bestCost {
				best, bestCost = g, cost
			}
		}
		put(c, best)
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

// bendWidth is the width in which lines go from one height to another, before or after a gutter's column of labels:
// that of one curve, with its lag, and before the column past all tracks.
func bendWidth(g *gutter, part int) int {
	w := bend + g.lag[part]
	if g.tracks > 0 && part == 0 {
		w = max(w, trackInset-leave+trackPitch*g.tracks+corner)
	}
	return w
}

// bendAt is one curve of a line: from x0, where it is as high as it was, to y1 at x1.
type bendAt struct{ x0, x1, y1 int }

// bends are the curves in which a line passes a gutter.
func (g *gutter) bends(w *crossing) []bendAt {
	if g.column == 0 {
		slack := g.lag[0] - w.lag[0]
		return []bendAt{{g.b0 + w.lag[0], g.b1 - slack, w.to}}
	}
	if w.direct {
		return []bendAt{{g.b0, g.b1, w.to}}
	}
	return []bendAt{
		{g.b0 + w.lag[0], g.cx0 - (g.lag[0] - w.lag[0]), w.y},
		{g.cx1 + w.lag[1], g.b1 - (g.lag[1] - w.lag[1]), w.to},
	}
}

// runs are the lengths over which lines are level on the left and on the right of a gutter.
func (p *plan) runs(g *gutter) (lead, run int) {
	lead, run = leave, LevelRun
	for _, w := range g.lines {
		c := &p.edges[w.edge]
		switch {
		case w.turn, c.back && w.k == 0:
			lead = max(lead, c.in.Run, LevelRun)
		case !c.back && w.k+2 == len(c.items):
			run = max(run, c.in.Run)
		}
	}
	return lead, run
}

// width of a gutter from card to card.
func (p *plan) width(g *gutter, l, lead, run int) int {
	least := MinGutter + 2*LanePad
	switch {
	case l == p.lanes-1 && g.column > 0:
		return lead + bendWidth(g, 0) + g.column
	case l == p.lanes-1 && g.tracks > 0:
		return trackInset + trackPitch*g.tracks
	case l == p.lanes-1:
		return 0
	case g.column > 0:
		return max(least, lead+bendWidth(g, 0)+g.column+bendWidth(g, 1)+run)
	}
	return max(least, lead+max(bendWidth(g, 0), plain+g.lag[0])+run)
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
