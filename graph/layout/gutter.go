package layout

import (
	"cmp"
	"slices"
)

// Room between two lanes, in pixels from card to card.
const (
	bendLeast   = 18  // the width in which a line goes from one height to another, at least …
	bendMost    = 40  // … and at most, where there is room
	rebend      = 14  // the same behind a label
	lagGap      = 3   // between two lines that bend one after the other, beside their strokes
	lagMost     = 60  // how much later than the first the last of them bends; beyond that they get closer
	lagStep     = 5   // a line that goes up or down by less bends where it likes
	leave       = 4   // every line leaves level over this length
	trackInset  = 12  // from a card to the first line of an edge inside its lane
	labelClear  = 4   // between a label in a gutter and anything else
	linesClear  = 6   // between two lines beside a label
	corner      = 6   // radius of a turn
	compareMost = 200 // lines of a gutter above which they no longer bend one after the other: nobody could follow them
)

// gutter is the room between the cards of lane l and those of the next, or right of the last lane's cards. All x in
// it are from the right of lane l's cards, all y in pixels.
type gutter struct {
	lane  int
	last  bool // nothing is right of it
	w     int
	bend  int
	lines []crossing
	loops []track
	// With labels in it: where they end at most, and the width of what bends behind them.
	labels bool
	end    int
	behind int
}

// crossing is one segment's way through a gutter: the heights at which it leaves and arrives, and at which it passes
// the labels that stand in the gutter.
type crossing struct {
	seg         int32
	edge        int32
	a, b        int32 // its items
	from, to, y int
	lead, run   int // over which it is level at its ends
	label       int // width of its label, when that stands in the gutter
	labelX      int
	turn        bool // an edge inside a lane, that comes back from its label
	lag, lag2   int  // how much later than others it bends, before and behind the labels; of a turn, out and back
	line        []Point
	lo, hi      int // of line
}

// track is the way of an edge inside the lane: out from its first card, along x, and back to its second.
type track struct {
	edge   int32
	y0, y1 int
	x      int
}

func (t *track) lo() int { return min(t.y0, t.y1) }
func (t *track) hi() int { return max(t.y0, t.y1) }

// gutters finds what passes each gutter.
func (p *plan) gutters(px func(int) int) []gutter {
	gs := make([]gutter, p.lanes)
	for l := range gs {
		gs[l].lane, gs[l].last = l, l == p.lanes-1
	}
	for s := range p.segs {
		seg := &p.segs[s]
		c := &p.edges[seg.edge]
		a, b := p.ends(int32(s))
		g := &gs[p.items[a].lane]
		if c.loop {
			g.loops = append(g.loops, track{edge: seg.edge, y0: px(p.y[a] + c.portA), y1: px(p.y[b] + c.portB)})
			continue
		}
		below, above := c.ends(int(seg.k))
		w := crossing{seg: int32(s), edge: seg.edge, a: a, b: b, from: px(p.y[a] + below), to: px(p.y[b] + above), lead: leave, run: leave}
		switch {
		case c.back && seg.k == 0:
			w.lead = max(LevelRun, c.in.Run)
		case !c.back && int(seg.k)+2 == len(c.items):
			w.run = max(LevelRun, c.in.Run)
		case p.isCard(b):
			w.run = LevelRun
		}
		g.lines = append(g.lines, w)
	}
	return gs
}

// shape finds the heights of a gutter's lines beside its labels, where they bend, and its width. standing are the
// edges whose labels stand in it.
func (p *plan) shape(g *gutter, standing map[int32]bool) {
	g.labels = false
	g.lines = slices.DeleteFunc(g.lines, func(w crossing) bool { return w.turn })
	for i := range g.lines {
		w := &g.lines[i]
		w.y, w.label, w.lag, w.lag2 = w.to, 0, 0, 0
		if standing[w.edge] && p.labelGutter(w.edge) == g.lane {
			w.label = p.edges[w.edge].in.LabelW
			g.labels = true
		}
	}
	for _, t := range g.loops {
		if c := &p.edges[t.edge]; standing[t.edge] {
			run := max(LevelRun, c.in.Run)
			g.lines = append(g.lines, crossing{edge: t.edge, seg: c.segs[0], from: t.y0, to: t.y1, lead: run, label: c.in.LabelW, turn: true})
			g.labels = true
		}
	}
	if g.labels {
		p.passLabels(g)
	}
	p.tracks(g, standing)
	p.stagger(g, 0)
	g.bend, g.behind = bendLeast, 0
	for i := range g.lines {
		if w := &g.lines[i]; !w.turn && w.y != w.to {
			g.behind = rebend
		}
	}
	if g.behind > 0 {
		g.behind += p.stagger(g, 1)
	}
	g.w, g.end = 0, 0
	if !g.last {
		g.w = MinGutter + 2*LanePad
	}
	for i := range g.lines {
		if w := &g.lines[i]; !w.turn {
			g.w = max(g.w, leave+w.lag+bendLeast+w.run)
		}
	}
	for i := range g.loops {
		if t := &g.loops[i]; t.x > 0 {
			g.w = max(g.w, t.x+2)
		}
	}
	if !g.labels {
		g.bend = min(bendMost, g.w)
		for i := range g.lines {
			g.bend = min(g.bend, g.w-g.lines[i].run-leave-g.lines[i].lag)
		}
		p.draw(g)
		return
	}
	run := 0
	for i := range g.lines {
		w := &g.lines[i]
		if w.label == 0 {
			continue
		}
		w.labelX = g.beside(i)
		end := w.labelX + w.label
		if g.behind == 0 {
			end += w.run
		}
		run = max(run, w.run)
		g.end = max(g.end, end)
	}
	if g.behind > 0 {
		g.w = max(g.w, g.end+g.behind+run)
	} else {
		g.w = max(g.w, g.end)
	}
	for i := range g.lines {
		if w := &g.lines[i]; w.label > 0 && !w.turn {
			w.labelX = g.end - w.label
			if g.behind == 0 {
				w.labelX = g.w - w.run - w.label
			}
		}
	}
	if g.behind > 0 { // what bends there has all the room
		g.behind = g.w - g.end
	}
	p.draw(g)
}

// labelGutter is where the label of an edge stands that stands in a gutter: before the card it arrives at.
func (p *plan) labelGutter(e int32) int {
	c := &p.edges[e]
	if c.back || c.loop {
		return int(p.items[c.items[0]].lane)
	}
	return int(p.items[c.items[len(c.items)-1]].lane) - 1
}

// passLabels finds the heights at which lines pass the labels of a gutter: those at which they arrive, or as near as
// the labels leave room for.
func (p *plan) passLabels(g *gutter) {
	slices.SortFunc(g.lines, func(a, b crossing) int {
		at := func(w *crossing) int {
			if w.turn {
				return w.from + w.to
			}
			return 2 * w.to
		}
		return cmp.Or(cmp.Compare(at(&a), at(&b)), cmp.Compare(a.from, b.from), cmp.Compare(a.edge, b.edge), cmp.Compare(a.seg, b.seg))
	})
	var st stack
	for i := range g.lines {
		w := &g.lines[i]
		want := w.to
		if w.turn {
			want = (w.from + w.to) / 2
		}
		gap := 0
		if i > 0 {
			v := &g.lines[i-1]
			gap = max(0, min(linesClear, w.to-v.to))
			switch {
			case w.label > 0 && v.label > 0:
				gap = LabelH + labelClear
			case w.label > 0 || v.label > 0:
				gap = LabelH/2 + labelClear + 1
			}
			if w.turn || v.turn {
				gap += 2
			}
		}
		st.add(gap, wish{want, 1})
	}
	st.solve(func(i, y int) { g.lines[i].y = y })
}

// tracks gives each edge inside the lane whose label does not stand in the gutter the nearest free track right of
// the cards: inner ones first. Those that look alike and share an end may share a track.
func (p *plan) tracks(g *gutter, standing map[int32]bool) {
	slices.SortFunc(g.loops, func(a, b track) int {
		return cmp.Or(cmp.Compare(a.hi()-a.lo(), b.hi()-b.lo()), cmp.Compare(a.lo(), b.lo()), cmp.Compare(a.edge, b.edge))
	})
	for i := range g.loops {
		t := &g.loops[i]
		t.x = 0
		if standing[t.edge] {
			continue
		}
		in := &p.edges[t.edge].in
		alike := func(e int32) bool {
			c, o := &p.edges[t.edge], &p.edges[e]
			return in.LabelW <= 0 && o.in.LabelW <= 0 && in.Look == o.in.Look &&
				(c.items[0] == o.items[0] || c.items[1] == o.items[1] || c.items[0] == o.items[1] || c.items[1] == o.items[0])
		}
		t.x = max(trackInset, in.Run+2)
		for again := true; again; {
			again = false
			for j := range g.loops[:i] {
				o := &g.loops[j]
				apart := lagGap + (in.Width+p.edges[o.edge].in.Width+2)/2
				if o.x == t.x && alike(o.edge) {
					continue
				}
				if o.x > 0 && o.x > t.x-apart && o.x < t.x+apart && o.lo() < t.hi()+portPitch && t.lo() < o.hi()+portPitch {
					t.x = o.x + apart
					again = true
				}
			}
		}
	}
}

// stagger lets lines that go down side by side bend one after the other: of two, the one that ends lower bends
// first, and so does of two that go up the one that ends higher. So they stay apart and cross no more than before.
// Lines that look alike and share an end may bend together. part is 0 for what is before the labels and 1 for what
// is behind them. It returns how much later than the first the last one bends.
func (p *plan) stagger(g *gutter, part int) int {
	type turn struct {
		lag    *int
		w      *crossing
		lo, hi int
		back   bool
	}
	most := 0
	var done []turn
	for _, down := range []bool{true, false} {
		var turns []turn
		add := func(w *crossing, lag *int, from, to int, back bool) {
			if down {
				*lag = 0
				if part == 0 {
					*lag = w.lead - leave
					most = max(most, *lag)
				}
			}
			if d := to - from; down && d > lagStep || !down && -d > lagStep {
				turns = append(turns, turn{lag: lag, w: w, lo: min(from, to), hi: max(from, to), back: back})
			}
		}
		for i := range g.lines {
			w := &g.lines[i]
			switch {
			case part == 1 && !w.turn:
				add(w, &w.lag2, w.y, w.to, false)
			case part == 0 && !w.turn:
				add(w, &w.lag, w.from, w.y, false)
			case part == 0:
				add(w, &w.lag, w.from, w.y, false)
				add(w, &w.lag2, w.to, w.y, true)
			}
		}
		if len(turns) > compareMost {
			continue
		}
		slices.SortFunc(turns, func(a, b turn) int {
			byEnd := cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi))
			if down {
				byEnd = cmp.Or(cmp.Compare(b.hi, a.hi), cmp.Compare(b.lo, a.lo))
			}
			back := 0
			if a.back != b.back {
				if back = 1; b.back {
					back = -1
				}
			}
			return cmp.Or(byEnd, cmp.Compare(a.w.edge, b.w.edge), cmp.Compare(a.w.seg, b.w.seg), back)
		})
		for i := range turns {
			t := &turns[i]
			in := &p.edges[t.w.edge].in
			for j := range turns[:i] {
				o := &turns[j]
				if o.lo >= t.hi+linesClear || t.lo >= o.hi+linesClear {
					continue
				}
				other := &p.edges[o.w.edge].in
				apart := lagGap + (max(in.Width, 1)+max(other.Width, 1)+1)/2
				if in.LabelW > 0 || other.LabelW > 0 {
					apart += 2
				}
				if in.LabelW <= 0 && other.LabelW <= 0 && in.Look == other.Look && !t.w.turn && !o.w.turn && (t.w.a == o.w.a || t.w.b == o.w.b) {
					apart = 0
				}
				*t.lag = max(*t.lag, *o.lag+apart)
			}
			for j := range g.loops {
				if o := &g.loops[j]; part == 0 && o.x > 0 && o.lo() < t.hi && t.lo < o.hi() {
					*t.lag = max(*t.lag, o.x+lagGap+2-leave-bendLeast/2)
				}
			}
			most = max(most, *t.lag)
		}
		done = append(done, turns...)
	}
	if most > lagMost {
		for _, t := range done {
			least := 0
			if part == 0 {
				least = t.w.lead - leave
			}
			*t.lag = max(least, *t.lag*lagMost/most)
		}
		most = lagMost
	}
	return most
}

// beside is how near to the left the label of line i may stand: behind its own bend, and behind all that goes up or
// down past it. Right of that all is level, and no nearer to the label than passLabels let it.
func (g *gutter) beside(i int) int {
	w := &g.lines[i]
	x := w.lead
	if w.from != w.y {
		x = leave + w.lag + g.bend
	}
	if w.turn {
		x = max(leave+w.lag, leave+w.lag2) + g.bend
	}
	lo, hi := w.y-LabelH/2-labelClear, w.y+LabelH/2+labelClear
	past := func(lag, from, to int) {
		if max(from, to) < lo || min(from, to) > hi {
			return
		}
		out := 1024
		if to > hi && to > from {
			out = easeBack(hi-from, to-from)
		}
		if to < lo && to < from {
			out = easeBack(from-lo, from-to)
		}
		x = max(x, leave+lag+g.bend*out/1024)
	}
	for j := range g.lines {
		v := &g.lines[j]
		switch {
		case j == i:
		case v.turn:
			past(v.lag, v.from, v.y)
			past(v.lag2, v.to, v.y)
		default:
			past(v.lag, v.from, v.y)
		}
	}
	for j := range g.loops {
		if t := &g.loops[j]; t.x > 0 && t.lo() < hi && t.hi() > lo {
			x = max(x, t.x)
		}
	}
	return x + labelClear
}

// turns are the heights at which a line that comes back from its label goes there, and comes back.
func (w *crossing) turns() (out, home int) {
	if w.from > w.to {
		return w.y + LabelH/4, w.y - LabelH/4
	}
	return w.y - LabelH/4, w.y + LabelH/4
}

// bendAt is one curve of a line: from x0, where it is as high as it was, to y1 at x1.
type bendAt struct{ x0, x1, y1 int }

// bends are the curves in which a line passes a gutter.
func (g *gutter) bends(w *crossing) []bendAt {
	first := bendAt{leave + w.lag, leave + w.lag + g.bend, w.y}
	if w.y == w.to {
		return []bendAt{first}
	}
	return []bendAt{first, {g.end + w.lag2, g.end + w.lag2 + rebend, w.to}}
}

// draw finds the points of a gutter's lines, for comparing them with labels.
func (p *plan) draw(g *gutter) {
	for i := range g.lines {
		w := &g.lines[i]
		w.line = append(w.line[:0], Point{0, w.from})
		curve := func(x0, x1, from, to int) {
			for k := range easeSteps + 1 {
				w.line = append(w.line, Point{x0 + (x1-x0)*k/easeSteps, from + (to-from)*ease[k]/1000})
			}
		}
		if w.turn {
			out, home := w.turns()
			curve(leave+w.lag, leave+w.lag+g.bend, w.from, out)
			w.line = append(w.line, Point{w.labelX, out}, Point{w.labelX, home})
			for k := easeSteps; k >= 0; k-- {
				x0 := leave + w.lag2
				w.line = append(w.line, Point{x0 + g.bend*k/easeSteps, w.to + (home-w.to)*ease[k]/1000})
			}
			w.line = append(w.line, Point{0, w.to})
		} else {
			from := w.from
			for _, b := range g.bends(w) {
				curve(b.x0, b.x1, from, b.y1)
				from = b.y1
			}
			w.line = append(w.line, Point{g.w, w.to})
		}
		w.lo, w.hi = min(w.from, w.to, w.y-LabelH/4), max(w.from, w.to, w.y+LabelH/4)
	}
}

// easeSteps is how finely a curve is followed where lines are compared.
const easeSteps = 16

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

// easeBack is how much of its way across, in 1024ths and rounded up, a curve has made that has made part of its way
// down.
func easeBack(part, whole int) int {
	for i := range easeSteps {
		if ease[i]*whole >= part*1000 {
			return i * 1024 / easeSteps
		}
	}
	return 1024
}
