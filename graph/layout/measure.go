package layout

import (
	"cmp"
	"slices"
)

// Quality counts what a reader trips over in a drawing.
type Quality struct {
	Crossings        int // two lines that cross, once for each time they do
	LinesOverCards   int // lines that run behind a card
	LinesUnderLabels int // lines that run behind another line's label
	LabelsOverCards  int
	LabelsOverLabels int
}

// Measure counts the faults of a drawing from its geometry alone: it knows nothing of how it was made. Curves are
// followed in measureSteps straight pieces.
func Measure(r Result) Quality {
	var q Quality
	lines := make([][]Point, len(r.Edges))
	for i := range r.Edges {
		lines[i] = flatten(r.Edges[i].Points)
	}
	q.Crossings = Crossings(lines)
	for i := range r.Edges {
		label := r.Edges[i].Label
		for _, n := range r.Nodes {
			if passes(lines[i], n.Rect) {
				q.LinesOverCards++
			}
			if label.Overlaps(n.Rect) {
				q.LabelsOverCards++
			}
		}
		if label.Empty() {
			continue
		}
		for j := range r.Edges {
			if j > i && label.Overlaps(r.Edges[j].Label) {
				q.LabelsOverLabels++
			}
			if j != i && passes(lines[j], label) {
				q.LinesUnderLabels++
			}
		}
	}
	return q
}

// measureSteps is how many straight pieces stand for a curve, and fine how many units a pixel has while measuring.
const (
	measureSteps = 12
	fine         = 1 << 10
)

// flatten turns a route into a polyline of points in fine units.
func flatten(ps []Point) []Point {
	if len(ps) == 0 {
		return nil
	}
	out := []Point{{ps[0].X * fine, ps[0].Y * fine}}
	for i := 0; i+3 < len(ps); i += 3 {
		steps := measureSteps
		if a, b, c, d := ps[i], ps[i+1], ps[i+2], ps[i+3]; (a.Y == b.Y && b.Y == c.Y && c.Y == d.Y) || (a.X == b.X && b.X == c.X && c.X == d.X) {
			steps = 1
		}
		for k := 1; k <= steps; k++ {
			j := steps - k
			at := func(a, b, c, d int) int {
				return (a*j*j*j + 3*b*j*j*k + 3*c*j*k*k + d*k*k*k) * fine / (steps * steps * steps)
			}
			out = append(out, Point{at(ps[i].X, ps[i+1].X, ps[i+2].X, ps[i+3].X), at(ps[i].Y, ps[i+1].Y, ps[i+2].Y, ps[i+3].Y)})
		}
	}
	return out
}

// passes reports whether a polyline enters a rectangle by more than its border.
func passes(line []Point, r Rect) bool {
	x0, x1, y0, y1 := r.X*fine+fine/2, (r.X+r.W)*fine-fine/2, r.Y*fine+fine/2, (r.Y+r.H)*fine-fine/2
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		if a.X > b.X {
			a, b = b, a
		}
		if b.X <= x0 || a.X >= x1 {
			continue
		}
		lo, hi := a.Y, b.Y
		if a.X != b.X {
			lo, hi = heightAt(a, b, max(a.X, x0)), heightAt(a, b, min(b.X, x1))
		}
		if lo > hi {
			lo, hi = hi, lo
		}
		if hi > y0 && lo < y1 {
			return true
		}
	}
	return false
}

// heightAt is the height of the piece from a to b, which is not upright, at x.
func heightAt(a, b Point, x int) int { return a.Y + floorDiv((b.Y-a.Y)*(x-a.X), b.X-a.X) }

// Crossings counts how often polylines cross each other, in any units. Lines that only touch, as at a port they
// share, do not cross. A line is followed from left to right in strips between the places where any line has a
// corner: two lines cross in a strip exactly when they leave it in the other order. Lines that meet at the border of
// two strips keep the order they came in, so that a crossing just there counts once. What lines have in one counts
// once.
func Crossings(lines [][]Point) int {
	type piece struct {
		a, b Point // a is left of b
		line int
		way  int // the line and the direction in which it is here, for knowing it again in the next strip
	}
	var pieces, upright []piece
	var xs []int
	drawn := map[[2]Point]bool{}
	for l, ps := range lines {
		for i := 1; i < len(ps); i++ {
			a, b := ps[i-1], ps[i]
			if drawn[[2]Point{a, b}] {
				continue
			}
			drawn[[2]Point{a, b}] = true
			xs = append(xs, a.X, b.X)
			switch {
			case a.X < b.X:
				pieces = append(pieces, piece{a, b, l, 2 * l})
			case a.X > b.X:
				pieces = append(pieces, piece{b, a, l, 2*l + 1})
			case a.Y != b.Y:
				upright = append(upright, piece{a, b, l, 2 * l})
			}
		}
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	slices.SortFunc(pieces, func(p, q piece) int { return cmp.Compare(p.a.X, q.a.X) })
	type span struct{ in, rank, out, way int }
	var active []piece
	var spans []span
	var tree []int
	// The rank of each way in the last strip, and which strip that was.
	rank, strip := make([]int, 2*len(lines)), make([]int, 2*len(lines))
	total, next := 0, 0
	for k := 1; k < len(xs); k++ {
		x0, x1 := xs[k-1], xs[k]
		active = slices.DeleteFunc(active, func(p piece) bool { return p.b.X <= x0 })
		for next < len(pieces) && pieces[next].a.X <= x0 {
			active = append(active, pieces[next])
			next++
		}
		spans = spans[:0]
		for _, p := range active {
			s := span{heightAt(p.a, p.b, x0), -1, heightAt(p.a, p.b, x1), p.way}
			if k > 1 && strip[p.way] == k-1 {
				s.rank = rank[p.way]
			}
			spans = append(spans, s)
		}
		slices.SortFunc(spans, func(s, t span) int {
			return cmp.Or(cmp.Compare(s.in, t.in), cmp.Compare(s.rank, t.rank), cmp.Compare(s.out, t.out))
		})
		total += inversions(len(spans), func(i int) int { return spans[i].out }, &tree)
		slices.SortStableFunc(spans, func(s, t span) int { return cmp.Compare(s.out, t.out) })
		for i, s := range spans {
			rank[s.way], strip[s.way] = i, k
		}
	}
	for _, u := range upright {
		lo, hi := min(u.a.Y, u.b.Y), max(u.a.Y, u.b.Y)
		for _, p := range pieces {
			if p.line != u.line && p.a.X < u.a.X && u.a.X <= p.b.X {
				if y := heightAt(p.a, p.b, u.a.X); y > lo && y < hi {
					total++
				}
			}
		}
	}
	return total
}

// inversions counts pairs i < j with key(i) > key(j). tree is room for its counts.
func inversions(n int, key func(int) int, tree *[]int) int {
	keys := make([]int, n)
	for i := range n {
		keys[i] = key(i)
	}
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	*tree = slices.Grow((*tree)[:0], len(sorted)+1)[:len(sorted)+1]
	clear(*tree)
	total := 0
	for i, k := range keys {
		r, _ := slices.BinarySearch(sorted, k)
		notAbove := 0
		for at := r + 1; at > 0; at -= at & -at {
			notAbove += (*tree)[at]
		}
		total += i - notAbove
		for at := r + 1; at < len(*tree); at += at & -at {
			(*tree)[at]++
		}
	}
	return total
}
