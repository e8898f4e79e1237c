package reach

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
)

// Through lists ways that use a link, each from a caller to an end of the chain, the worst first and at most max: who
// stands furthest out at the start, then what weighs most at the end, then how sure and how short the way is. For
// each caller and each end only a shortest way is taken. A link that is not walked has none.
func (x *Index) Through(e graph.EdgeID, max int) []Path {
	l, ok := x.edge(e)
	if !ok || x.strength[l] == Closed || max <= 0 {
		return nil
	}
	before := x.ways(x.from[l], &x.in, x.from, x.to, x.Exposure)
	after := x.ways(x.to[l], &x.out, x.to, x.from, x.Weight)
	// The best max of each side hold the best max pairs, save where two sides meet in one node.
	before, after = before[:min(len(before), max)], after[:min(len(after), max)]
	type pair struct {
		worth    [2]int
		strength Strength
		links    []int32
	}
	var pairs []pair
	for _, b := range before {
		for _, a := range after {
			links := make([]int32, 0, len(b.links)+1+len(a.links))
			links = append(append(links, b.links...), l)
			for _, m := range slices.Backward(a.links) {
				links = append(links, m)
			}
			if x.simple(links) {
				pairs = append(pairs, pair{[2]int{b.worth, a.worth}, x.weakest(links), links})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.worth[0]+b.worth[1], a.worth[0]+a.worth[1]), cmp.Compare(b.worth[1], a.worth[1]),
			cmp.Compare(b.strength, a.strength), cmp.Compare(len(a.links), len(b.links)), slices.Compare(a.links, b.links))
	})
	var out []Path
	for _, p := range pairs[:min(len(pairs), max)] {
		out = append(out, x.path(p.links))
	}
	return out
}

// way is a shortest way between a node and a last one; its links start at the last one.
type way struct {
	last  int32
	worth int
	links []int32
}

// ways walks breadth first from a node and returns a shortest way to each node where the walk can go no further, the
// worthiest first. A node that nothing leads on from is its own last one, by an empty way. next and prev are the
// ends of a link in the direction of the walk.
func (x *Index) ways(from int32, adj *adjacency, next, prev []int32, worth func(*graph.Node) int) []way {
	const unmet = -2
	by := make([]int32, len(x.g.Nodes)) // the link each node was met by; -1 for the first
	for i := range by {
		by[i] = unmet
	}
	by[from] = -1
	queue := []int32{from}
	var lasts []int32
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		if len(adj.of(n)) == 0 {
			lasts = append(lasts, n)
		}
		for _, l := range adj.of(n) {
			if by[next[l]] == unmet {
				by[next[l]] = l
				queue = append(queue, next[l])
			}
		}
	}
	if len(lasts) == 0 {
		lasts = []int32{from} // only cycles lead on
	}
	out := make([]way, 0, len(lasts))
	for _, n := range lasts {
		w := way{last: n, worth: worth(&x.g.Nodes[n])}
		for m := n; by[m] >= 0; m = prev[by[m]] {
			w.links = append(w.links, by[m])
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b way) int {
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(len(a.links), len(b.links)), cmp.Compare(a.last, b.last))
	})
	return out
}

// simple reports whether the links meet no node twice.
func (x *Index) simple(links []int32) bool {
	on := map[int32]bool{x.from[links[0]]: true}
	for _, l := range links {
		if on[x.to[l]] {
			return false
		}
		on[x.to[l]] = true
	}
	return true
}

// Exposure says how far out a caller stands, from 0 (a service) to 5 (anyone).
func (x *Index) Exposure(n *graph.Node) int {
	switch {
	case n.Kind == graph.KindAnyone:
		return 5
	case n.Outside:
		return 4
	case n.Kind == graph.KindAccount, n.Kind == graph.KindOrg, n.Kind == graph.KindFederated:
		return 3
	case n.Kind == graph.KindUser, n.Kind == graph.KindGroup, n.RoleClass == graph.RoleHuman:
		return 2
	case n.Kind == graph.KindService:
		return 0
	}
	return 1
}

// Weight says how much the end of a way weighs, from 0: a tool that acts in the world, or data of a high class, most.
func (x *Index) Weight(n *graph.Node) int {
	switch n.Effect {
	case "financial", "legal", "safety":
		return 5
	case "customer-visible":
		return 4
	}
	if r := x.g.Intent.ClassRank(n.Class); r >= 0 {
		if top := len(x.g.Intent.Classes) - 1; r > 0 {
			return 5 - min(top-r, 3)
		}
		return 1 // the lowest class: it is meant to be seen
	}
	w := 0
	switch n.Lane {
	case graph.Data:
		w = 3
	case graph.Tools, graph.Logs, graph.Roles:
		w = 2
	case graph.Models:
		w = 1
	}
	if n.Wildcard {
		w++
	}
	return w
}
