package export

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/layout"
)

// Options says how to write a scene. A page sets Href and Selected and carries CSS; a file sets Standalone, and what
// stands around the drawing.
type Options struct {
	// Href gives the address of a card ("node" and graph.NodeID.Key, "fold" and Card.Key) or line ("link" and
	// graph.EdgeID). nil, or "" for one, draws it without a link.
	Href func(kind, key string) string
	// Selected is the key of the card or the ID of the line that is selected, "" for none.
	Selected string

	Standalone     bool   // a file of its own: title, legend, footer and style inside
	Theme          string // of a file: "light", "dark", or "" for what the reader prefers
	Title          string // of a file; "" is "Permission chain"
	Snapshot       string // of a file: the snapshot's id
	Time           time.Time
	Hash           string // of a file: the snapshot's content hash; its first twelve digits are shown
	Version        string // of a file: permchain's
	Classification string // of a file: "Internal", "TLP:AMBER" …
	Link           string // of a file: where the drawing came from
}

// SVG writes the scene as SVG: real text, a name and description for every card and line, no scripts, no inline
// style. The page and the file hold the same drawing. The same scene and options give the same bytes.
func SVG(w io.Writer, sc *Scene, o Options) error {
	s := &svg{w: bufio.NewWriter(w), sc: sc, o: o}
	if o.Standalone {
		s.file()
	} else {
		s.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pcmap\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"group\" aria-label=\"%s\">\n",
			sc.W, sc.H, sc.W, sc.H, esc("Permission chain map: "+sc.Scope+", "+sc.Counts.String()))
		s.drawing()
		s.print("</svg>\n")
	}
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("export svg: %w", err)
	}
	return nil
}

type svg struct {
	w    *bufio.Writer
	sc   *Scene
	o    Options
	ends map[string]bool // keys of the cards at the ends of the selected line
}

func (s *svg) print(text string)                 { _, _ = s.w.WriteString(text) } // bufio keeps the first error for Flush
func (s *svg) printf(format string, args ...any) { _, _ = fmt.Fprintf(s.w, format, args...) }

// drawing writes lanes, lines and cards.
func (s *svg) drawing() {
	s.print("<g class=\"lanes\">\n")
	has := map[graph.Lane]bool{}
	for i := range s.sc.Cards {
		has[s.sc.Cards[i].Lane] = true
	}
	for _, b := range s.sc.Lanes {
		s.printf("<rect class=\"lane\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"10\"/>", b.Rect.X, b.Rect.Y, b.Rect.W, b.Rect.H)
		s.printf("<text class=\"lane-t\" x=\"%d\" y=\"%d\">%s</text>", b.Rect.X+10, b.Rect.Y+24, esc(b.Lane.Title()))
		s.printf("<text class=\"lane-s\" x=\"%d\" y=\"%d\">%s</text>", b.Rect.X+10, b.Rect.Y+41, esc(b.Lane.Subtitle()))
		if !has[b.Lane] {
			s.printf("<text class=\"none\" x=\"%d\" y=\"%d\">none here</text>", b.Rect.X+10, b.Rect.Y+layout.HeaderH+16)
		}
		s.print("\n")
	}
	s.print("</g>\n<g class=\"edges\">\n")
	// What stands out is drawn last.
	order := make([]*Line, 0, len(s.sc.Lines))
	for i := range s.sc.Lines {
		order = append(order, &s.sc.Lines[i])
	}
	slices.SortStableFunc(order, func(x, y *Line) int { return cmp.Compare(rank(x), rank(y)) })
	for _, l := range order {
		if string(l.ID) == s.o.Selected {
			s.ends = map[string]bool{l.From: true, l.To: true}
		}
		s.line(l)
	}
	s.print("</g>\n<g class=\"cards\">\n")
	for i := range s.sc.Cards {
		s.card(&s.sc.Cards[i])
	}
	s.print("</g>\n")
}

func rank(l *Line) int {
	r := 0
	if l.Unowned {
		r = 1
	}
	if l.Stark() {
		r += 2
	}
	return r
}

// open begins a card's or line's element: a link where it leads somewhere.
func (s *svg) open(class, kind, key, attrs, name string) string {
	href := ""
	if s.o.Href != nil {
		href = s.o.Href(kind, key)
	}
	if key == s.o.Selected {
		class += " on"
	}
	if href == "" {
		s.printf("<g class=\"%s\" %s role=\"img\" aria-label=\"%s\">", class, attrs, esc(name))
		return "</g>\n"
	}
	s.printf("<a class=\"%s\" href=\"%s\" %s aria-label=\"%s\">", class, esc(href), attrs, esc(name))
	return "</a>\n"
}

// lineClass names the marks of a line.
func lineClass(l *Line) string {
	c := "e"
	if l.Stark() {
		c += " broad"
	}
	if l.Unowned {
		c += " unowned"
	}
	switch l.Verdict {
	case graph.Conditional:
		c += " cond"
	case graph.Unknown:
		c += " unknown"
	case graph.Denied:
		c += " denied"
	}
	return c
}

// strokeWidth is how wide a line is drawn, as in map.css.
func strokeWidth(l *Line) int {
	switch {
	case l.Stark():
		return 4
	case l.Unowned:
		return 2
	}
	return 1
}

// headLength is the length of a line's arrowhead.
func headLength(l *Line) int {
	switch {
	case l.Stark():
		return 10
	case l.Unowned:
		return 8
	}
	return 7
}

// endRoom is how much of a line's end its head, its ring and its gate take.
func endRoom(l *Line) int {
	room := headLength(l) + 3
	if l.small && l.Unowned {
		room += 10
	}
	if l.small && l.Stark() {
		room += 12
	}
	if l.NoLog {
		room += 9
	}
	if l.Confirm == graph.ConfirmUser || l.Confirm == graph.ConfirmReturn {
		room += 10
	}
	return room
}

func (s *svg) line(l *Line) {
	ps := l.Route.Points
	if len(ps) < 4 {
		return
	}
	end := s.open(lineClass(l), "link", string(l.ID),
		fmt.Sprintf("data-edge=\"%s\" data-from=\"%s\" data-to=\"%s\"", esc(string(l.ID)), esc(l.From), esc(l.To)), l.Sentence)
	s.printf("<title>%s</title>", esc(l.Sentence))
	head := headLength(l)
	d := pathData(ps, head-2)
	if !s.o.Standalone {
		hit := d
		if n := l.Route.Alone; n > 1 && n < len(ps) { // where it runs in one with others, pointing at it would pick any of them
			hit = pathData(ps[:n], 0)
		}
		s.printf("<path class=\"hit\" d=\"%s\"/>", hit)
	}
	s.printf("<path class=\"s\" d=\"%s\"/>", d)
	s.print(arrow(ps, head))
	at := head
	if l.small && l.Unowned {
		p := pointBefore(ps, at+5)
		s.printf("<path class=\"own\" d=\"M%d %dl4 -4l4 4l-4 4z\"/>", p.X-4, p.Y)
		at += 10
	}
	if l.small && l.Stark() {
		p := pointBefore(ps, at+6)
		s.printf("<circle class=\"star\" cx=\"%d\" cy=\"%d\" r=\"5.5\"/><path class=\"star\" d=\"M%d %dv7M%d %dl6 4M%d %dl-6 4\"/>",
			p.X, p.Y, p.X, p.Y-3, p.X-3, p.Y-2, p.X+3, p.Y-2)
		at += 12
	}
	if l.NoLog {
		p := pointBefore(ps, at+5)
		s.printf("<circle class=\"ring\" cx=\"%d\" cy=\"%d\" r=\"3.5\"/>", p.X, p.Y)
		at += 9
	}
	s.gate(ps, at, l.Confirm)
	if r := l.Route.Label; !r.Empty() {
		s.printf("<g class=\"tag\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"9\"/><text x=\"%s\" y=\"%s\"%s>%s</text></g>",
			r.X, r.Y, r.W, r.H, half(2*r.X+r.W), tenths(10*r.Y+126), lengthOf(l.Label, labelSize, labelBold, 0), esc(l.Label))
	}
	s.print(end)
}

// gate draws what stands before a tool's effect: two bars for the user's confirmation, and a bar with the way back
// for an application that takes over.
func (s *svg) gate(ps []layout.Point, at int, c graph.Confirmation) {
	if c != graph.ConfirmUser && c != graph.ConfirmReturn {
		return
	}
	p, q := pointBefore(ps, at+4), pointBefore(ps, at+8)
	if c == graph.ConfirmUser {
		s.printf("<path class=\"gate\" d=\"M%d %dv9M%d %dv9\"/>", p.X, p.Y-4, q.X, q.Y-4)
		return
	}
	dx := 3
	if q.X > p.X {
		dx = -3
	}
	s.printf("<path class=\"gate\" d=\"M%d %dv9M%d %dl%d 4l%d 4\"/>", p.X, p.Y-4, q.X, q.Y-4, -dx, dx)
}

// arrow draws a line's head, pointing at the card it arrives at.
func arrow(ps []layout.Point, length int) string {
	e, h := ps[len(ps)-1], 3
	dx := length
	if arrivesLeftwards(ps) {
		dx = -length
	}
	if length > 7 {
		h = length / 2
	}
	return fmt.Sprintf("<path class=\"h\" d=\"M%d %dL%d %dL%d %dz\"/>", e.X-dx, e.Y-h, e.X, e.Y, e.X-dx, e.Y+h)
}

func arrivesLeftwards(ps []layout.Point) bool {
	n := len(ps)
	for i := n - 2; i >= 0; i-- {
		if ps[i].X != ps[n-1].X {
			return ps[i].X > ps[n-1].X
		}
	}
	return false
}

// pointBefore is the point on a line so many pixels, measured level, before its end.
func pointBefore(ps []layout.Point, back int) layout.Point {
	n := len(ps)
	end := ps[n-1]
	x := end.X - back
	if arrivesLeftwards(ps) {
		x = end.X + back
	}
	for i := n - 4; i >= 0; i -= 3 {
		a, b := ps[i], ps[i+3]
		if min(a.X, b.X) <= x && x <= max(a.X, b.X) && a.X != b.X {
			best, bestD := a, -1
			for k := 0; k <= 32; k++ {
				p := onCurve(ps[i:i+4], k, 32)
				d := max(p.X-x, x-p.X)
				if bestD < 0 || d < bestD {
					best, bestD = p, d
				}
			}
			return layout.Point{X: x, Y: best.Y}
		}
	}
	return layout.Point{X: x, Y: end.Y}
}

// onCurve is the point k/n along a cubic curve, in whole numbers.
func onCurve(c []layout.Point, k, n int) layout.Point {
	j := n - k
	f := func(a, b, c, d int) int {
		sum := a*j*j*j + 3*b*j*j*k + 3*c*j*k*k + d*k*k*k
		return (2*sum + n*n*n) / (2 * n * n * n)
	}
	return layout.Point{X: f(c[0].X, c[1].X, c[2].X, c[3].X), Y: f(c[0].Y, c[1].Y, c[2].Y, c[3].Y)}
}

// pathData writes a route as SVG path data, ending so many pixels before its end.
func pathData(ps []layout.Point, trim int) string {
	ps = slices.Clone(ps)
	n := len(ps)
	d := -trim
	if arrivesLeftwards(ps) {
		d = trim
	}
	if c := ps[n-2]; c != ps[n-1] {
		ps[n-2].X += d
	}
	ps[n-1].X += d
	if ps[n-3].Y == ps[n-1].Y && ps[n-4].Y == ps[n-1].Y { // a level stretch
		ps[n-2] = ps[n-1]
	}
	var s strings.Builder
	fmt.Fprintf(&s, "M%d %d", ps[0].X, ps[0].Y)
	for i := 1; i+2 < n; i += 3 {
		a, b, c, e := ps[i-1], ps[i], ps[i+1], ps[i+2]
		switch {
		case a.Y == b.Y && b.Y == c.Y && c.Y == e.Y:
			fmt.Fprintf(&s, "H%d", e.X)
		case a.X == b.X && b.X == c.X && c.X == e.X:
			fmt.Fprintf(&s, "V%d", e.Y)
		default:
			fmt.Fprintf(&s, "C%d %d %d %d %d %d", b.X, b.Y, c.X, c.Y, e.X, e.Y)
		}
	}
	return s.String()
}

func half(doubled int) string { return tenths(doubled * 5) }

// tenths writes a number of tenths with one decimal, or none when it is whole.
func tenths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	if n%10 == 0 {
		return fmt.Sprintf("%s%d", sign, n/10)
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

// lengthOf keeps text to the room reckoned for it where it fills most of it, whatever font the reader has. room 0
// is text with a frame made to measure.
func lengthOf(text string, size int, bold bool, room int) string {
	w := textWidth(text, size, bold)
	if room > 0 {
		if w < room*85 {
			return ""
		}
		w = min(w, room*100)
	}
	return fmt.Sprintf(" textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\"", tenths(w/10))
}

// Room on a card, in pixels: cardText is that for text, right of its icon.
const (
	cardText   = layout.CardW - cardTextX - 6
	cardTextX  = 30
	guardW     = 13 // a guard's mark
	guardsMost = 2  // marks on a card; its name says all
)

func (s *svg) card(c *Card) {
	var class strings.Builder
	class.WriteString("n")
	for _, f := range []struct {
		on   bool
		name string
	}{{c.Tone == ToneBroad, "broad"}, {c.Tone == ToneUnowned, "unowned"}, {c.Wildcard, "wild"}, {c.Outside, "outside"},
		{c.Unknown != "", "gap"}, {c.Folded(), "fold"}, {s.ends[c.Key], "end"}} {
		if f.on {
			class.WriteString(" " + f.name)
		}
	}
	kind := "node"
	if c.Folded() {
		kind = "fold"
	}
	var name strings.Builder
	name.WriteString(c.Name)
	if !c.Folded() {
		name.WriteString(", " + string(c.Kind))
	}
	if c.Detail != "" && c.Detail != string(c.Kind) {
		name.WriteString(", " + c.Detail)
	}
	for _, g := range c.Guards {
		name.WriteString(", " + guardWords(g))
	}
	if c.Unknown != "" {
		name.WriteString(", " + c.Unknown)
	}
	end := s.open(class.String(), kind, c.Key, fmt.Sprintf("data-node=\"%s\" data-lane=\"%d\" transform=\"translate(%d %d)\"", esc(c.Key), c.Lane, c.Rect.X, c.Rect.Y), name.String())
	s.printf("<title>%s</title>", esc(name.String()))
	if c.Folded() {
		s.printf("<rect class=\"pile\" x=\"5\" y=\"5\" width=\"%d\" height=\"%d\" rx=\"8\"/>", layout.CardW-4, layout.CardH-1)
	}
	s.printf("<rect class=\"c\" width=\"%d\" height=\"%d\" rx=\"8\"/>", layout.CardW, layout.CardH)
	icon := Icon(c.Kind)
	if c.Outside && c.Kind != graph.KindAnyone {
		icon = outsideIcon
	}
	s.printf("<path class=\"ic\" transform=\"translate(8 14)\" d=\"%s\"/>", icon)
	// Marks of what guards it stand beside the name, or beside the second line where the name needs the room.
	shown := cmp.Or(c.short, c.Name)
	guards := c.Guards[:min(len(c.Guards), guardsMost)]
	nameRoom, detailRoom, guardY := cardText, cardText, 25
	if taken := guardW * len(guards); fits(shown, cardText-taken, nameSize, nameBold) {
		nameRoom, guardY = cardText-taken, 8
	} else {
		detailRoom -= taken
	}
	for i, g := range guards {
		s.printf("<path class=\"gi\" transform=\"translate(%d %d) scale(.75)\" d=\"%s\"/>", layout.CardW-6-guardW*(i+1), guardY, Icon(g.Kind))
	}
	t, d := fit(shown, nameRoom, nameSize, nameBold), fitDetail(c.Detail, detailRoom, c.Tone != TonePlain)
	s.printf("<text class=\"t\" x=\"%d\" y=\"%d\"%s>%s</text>", cardTextX, titleY(d), lengthOf(t, nameSize, nameBold, nameRoom), esc(t))
	if d != "" {
		s.printf("<text class=\"s\" x=\"%d\" y=\"34\"%s>%s</text>", cardTextX, lengthOf(d, detailSize, c.Tone != TonePlain, detailRoom), esc(d))
	}
	s.print(end)
}

// titleY is the baseline of a card's name: in the middle when nothing stands under it.
func titleY(detail string) int {
	if detail == "" {
		return 26
	}
	return 19
}

func guardWords(g Guard) string {
	if g.Kind == graph.KindKey {
		return "encrypted with " + g.Name
	}
	return "guarded by " + g.Name
}
