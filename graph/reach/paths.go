package reach

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
)

// Path is a way through the chain: links that follow one another and meet no node twice.
type Path struct {
	Edges []graph.EdgeID `json:"edges"`
}

// Limit bounds an answer. A zero field means its default.
type Limit struct {
	Hops  int              // longest path; DefaultHops
	Paths int              // most paths; DefaultPaths
	Steps int              // most links looked at; DefaultSteps
	Kinds []graph.EdgeKind // walk only these; nil for all that the index walks
}

// Bounds of an answer that is asked for without any: a path of more than ten links is no longer read, a hundred paths
// are no longer compared, and 400,000 links are looked at in well under the 50 ms that a page may take.
const (
	DefaultHops  = 10
	DefaultPaths = 100
	DefaultSteps = 400_000
)

func (l Limit) withDefaults() Limit {
	l.Hops = cmp.Or(max(l.Hops, 0), DefaultHops)
	l.Paths = cmp.Or(max(l.Paths, 0), DefaultPaths)
	l.Steps = cmp.Or(max(l.Steps, 0), DefaultSteps)
	return l
}

// Paths lists the ways from one node to another: the strongest first, then the shortest, then by the IDs of their
// links. Short paths are looked for before long ones, so that a bound cuts off the long. more says that a bound did,
// or that paths longer than lim.Hops may exist.
func (x *Index) Paths(from, to graph.NodeID, lim Limit) (paths []Path, more bool) {
	lim = lim.withDefaults()
	start, ok1 := x.node(from)
	end, ok2 := x.node(to)
	if !ok1 || !ok2 || start == end {
		return nil, false
	}
	s := search{x: x, lim: lim, end: end, away: x.distances(end, lim.Kinds), on: map[int32]bool{start: true}}
	if s.away[start] < 0 {
		return nil, false
	}
	for n := s.away[start]; n <= lim.Hops && !s.stopped; n++ {
		s.deeper = false
		s.walk(start, n)
		if !s.deeper {
			break // no path was cut short, so there is none that is longer
		}
	}
	found := make([]candidate, len(s.found))
	for i, links := range s.found {
		found[i] = candidate{links: links, strength: x.weakest(links)}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.strength, a.strength), cmp.Compare(len(a.links), len(b.links)), slices.Compare(a.links, b.links))
	})
	for _, c := range found {
		paths = append(paths, x.path(c.links))
	}
	return paths, s.stopped || s.deeper
}

type candidate struct {
	links    []int32
	strength Strength
}

func (x *Index) weakest(links []int32) Strength {
	s := Certain
	for _, l := range links {
		s = min(s, x.strength[l])
	}
	return s
}

func (x *Index) path(links []int32) Path {
	p := Path{Edges: make([]graph.EdgeID, len(links))}
	for i, l := range links {
		p.Edges[i] = x.g.Edges[l].ID
	}
	return p
}

// Strength is that of a path's weakest link; Closed for a path with a link that is not walked, or none.
func (x *Index) Strength(p Path) Strength {
	if len(p.Edges) == 0 {
		return Closed
	}
	s := Certain
	for _, id := range p.Edges {
		l, ok := x.edge(id)
		if !ok {
			return Closed
		}
		s = min(s, x.strength[l])
	}
	return s
}

// search looks for all paths of one length after another. away prunes every step that cannot arrive in time.
type search struct {
	x       *Index
	lim     Limit
	end     int32
	away    []int // links to the end, -1 for never
	on      map[int32]bool
	links   []int32
	found   [][]int32
	steps   int
	stopped bool // a bound was met
	deeper  bool // a longer path may exist
}

// walk goes on from a node with exactly left links to go.
func (s *search) walk(n int32, left int) {
	for _, l := range s.x.out.of(n) {
		if s.stopped {
			return
		}
		if len(s.lim.Kinds) > 0 && !slices.Contains(s.lim.Kinds, s.x.g.Edges[l].Kind) {
			continue
		}
		m := s.x.to[l]
		if s.steps++; s.steps > s.lim.Steps {
			s.stopped = true
			return
		}
		switch {
		case s.on[m] || s.away[m] < 0:
		case m == s.end:
			if left > 1 {
				continue // found when shorter paths were looked for
			}
			if len(s.found) == s.lim.Paths {
				s.stopped = true
				return
			}
			s.found = append(s.found, append(slices.Clone(s.links), l))
		case s.away[m] > left-1:
			s.deeper = true
		default:
			s.on[m] = true
			s.links = append(s.links, l)
			s.walk(m, left-1)
			s.links = s.links[:len(s.links)-1]
			delete(s.on, m)
		}
	}
}

// distances counts for each node the links of the shortest way to end.
func (x *Index) distances(end int32, kinds []graph.EdgeKind) []int {
	d := make([]int, len(x.g.Nodes))
	for i := range d {
		d[i] = -1
	}
	d[end] = 0
	queue := []int32{end}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, l := range x.in.of(n) {
			if len(kinds) > 0 && !slices.Contains(kinds, x.g.Edges[l].Kind) {
				continue
			}
			if m := x.from[l]; d[m] < 0 {
				d[m] = d[n] + 1
				queue = append(queue, m)
			}
		}
	}
	return d
}
