// Package reach walks the chain: which ways lead from one node to another, what lies behind a link, who reaches
// what. It works on compact adjacency arrays and never on the whole cross product.
package reach

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
)

// Carries reports whether a link of the kind passes access on: who has its start can make use of its end.
//
//   - assumes, member of: the caller acts as the role or group.
//   - invokes, retrieves, calls: the caller makes the target act, and the target uses what it can reach.
//   - reads, writes: the caller touches the target.
//   - indexes: a knowledge base hands out what it has indexed, so whoever retrieves from it reaches the source (but not
//     what it could index and does not: StrengthOf).
//
// Not walked: "runs as", because a role's permissions are already the actor's own links; "logs to", because data
// flows along it and access does not; "guarded by"; "decrypts", because a key alone gives nothing; "administers" and
// "passes", because changing a thing is another question than using it. New walks these too when asked.
func Carries(k graph.EdgeKind) bool {
	switch k {
	case graph.Assumes, graph.MemberOf, graph.Invokes, graph.Retrieves, graph.Calls, graph.Reads, graph.Writes, graph.Indexes:
		return true
	}
	return false
}

// Strength is how sure it is that a link, or the weakest link of a path, is open.
type Strength uint8

// Strengths from weak to strong. Uncertain is a link whose verdict is unknown; Closed is one that is not walked.
const (
	Closed Strength = iota
	Uncertain
	Conditioned
	Certain
)

// String says a strength in one word.
func (s Strength) String() string {
	return [...]string{"closed", "unknown", "conditional", "allowed"}[s]
}

// StrengthOf is the strength of one link by its verdict. A link that IAM does not decide is certain; a denied one is
// closed even where it is wired, since what is wired and denied does not work. So is what a knowledge base may index
// and is known not to: nobody retrieves it there.
func StrengthOf(e *graph.Edge) Strength {
	if e.Kind == graph.Indexes && e.Wired == graph.No {
		return Closed
	}
	switch e.Granted {
	case graph.Denied:
		return Closed
	case graph.Conditional:
		return Conditioned
	case graph.Unknown:
		return Uncertain
	}
	return Certain
}

// Index answers questions of reach about one chain. It is read-only once made and safe for concurrent use.
type Index struct {
	g        *graph.Graph
	from, to []int32    // node positions by link position
	strength []Strength // by link position; Closed for links that are not walked
	out, in  adjacency
}

// adjacency lists link positions by node position: those of node n are links[start[n]:start[n+1]].
type adjacency struct{ start, links []int32 }

func (a *adjacency) of(n int32) []int32 { return a.links[a.start[n]:a.start[n+1]] }

// New indexes a chain for walking the kinds that carry access, and the kinds given besides.
func New(g *graph.Graph, also ...graph.EdgeKind) *Index {
	x := &Index{
		g:        g,
		from:     make([]int32, len(g.Edges)),
		to:       make([]int32, len(g.Edges)),
		strength: make([]Strength, len(g.Edges)),
	}
	position := make(map[graph.NodeID]int32, len(g.Nodes))
	for i := range g.Nodes {
		position[g.Nodes[i].ID] = int32(i)
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		x.from[i], x.to[i] = position[e.From], position[e.To]
		if Carries(e.Kind) || slices.Contains(also, e.Kind) {
			x.strength[i] = StrengthOf(e)
		}
	}
	x.out = x.adjacent(x.from, len(g.Nodes))
	x.in = x.adjacent(x.to, len(g.Nodes))
	return x
}

// adjacent counts, then fills: two passes, two allocations, and links of a node in the order of their IDs.
func (x *Index) adjacent(end []int32, nodes int) adjacency {
	a := adjacency{start: make([]int32, nodes+1)}
	for i, s := range x.strength {
		if s != Closed {
			a.start[end[i]+1]++
		}
	}
	for n := range nodes {
		a.start[n+1] += a.start[n]
	}
	a.links = make([]int32, a.start[nodes])
	next := slices.Clone(a.start[:nodes])
	for i, s := range x.strength {
		if s != Closed {
			a.links[next[end[i]]] = int32(i)
			next[end[i]]++
		}
	}
	return a
}

// Graph is the chain the index is of.
func (x *Index) Graph() *graph.Graph { return x.g }

// node finds a node's position; the chain keeps its nodes sorted.
func (x *Index) node(id graph.NodeID) (int32, bool) {
	i, ok := slices.BinarySearchFunc(x.g.Nodes, id, func(n graph.Node, id graph.NodeID) int { return cmp.Compare(n.ID, id) })
	return int32(i), ok
}

func (x *Index) edge(id graph.EdgeID) (int32, bool) {
	i, ok := slices.BinarySearchFunc(x.g.Edges, id, func(e graph.Edge, id graph.EdgeID) int { return cmp.Compare(e.ID, id) })
	return int32(i), ok
}

// Reached is a node that a walk came to.
type Reached struct {
	Node     graph.NodeID
	Strength Strength // of the strongest way there: that way's weakest link
	Hops     int      // links of the shortest way of that strength
}

// Reachable lists what can be reached from a node, by ID and without the node itself. With kinds given only links
// of these are walked.
func (x *Index) Reachable(from graph.NodeID, kinds ...graph.EdgeKind) []Reached {
	return x.spread(from, &x.out, x.to, kinds)
}

// Reaching lists who can reach a node, by ID and without the node itself. With kinds given only links of these are
// walked.
func (x *Index) Reaching(to graph.NodeID, kinds ...graph.EdgeKind) []Reached {
	return x.spread(to, &x.in, x.from, kinds)
}

// spread walks breadth first once for each strength, strong links first, so that each node is met at the strength
// of its strongest way.
func (x *Index) spread(id graph.NodeID, adj *adjacency, next []int32, kinds []graph.EdgeKind) []Reached {
	root, ok := x.node(id)
	if !ok {
		return nil
	}
	met := map[int32]Reached{}
	hops := map[int32]int{}
	for s := Certain; s >= Uncertain; s-- {
		clear(hops)
		hops[root] = 0
		queue := []int32{root}
		for len(queue) > 0 {
			n := queue[0]
			queue = queue[1:]
			for _, l := range adj.of(n) {
				if x.strength[l] < s || len(kinds) > 0 && !slices.Contains(kinds, x.g.Edges[l].Kind) {
					continue
				}
				m := next[l]
				if _, seen := hops[m]; seen {
					continue
				}
				hops[m] = hops[n] + 1
				queue = append(queue, m)
				if _, stronger := met[m]; !stronger {
					met[m] = Reached{Node: x.g.Nodes[m].ID, Strength: s, Hops: hops[m]}
				}
			}
		}
	}
	out := make([]Reached, 0, len(met))
	for _, r := range met {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Reached) int { return cmp.Compare(a.Node, b.Node) })
	return out
}

// OfLane keeps what stands in a lane.
func (x *Index) OfLane(rs []Reached, l graph.Lane) []Reached {
	return x.keep(rs, func(n *graph.Node) bool { return n.Lane == l })
}

// OfClass keeps the roles of a class.
func (x *Index) OfClass(rs []Reached, c graph.RoleClass) []Reached {
	return x.keep(rs, func(n *graph.Node) bool { return n.RoleClass == c })
}

func (x *Index) keep(rs []Reached, ok func(*graph.Node) bool) []Reached {
	var out []Reached
	for _, r := range rs {
		if n := x.g.Node(r.Node); n != nil && ok(n) {
			out = append(out, r)
		}
	}
	return out
}

// ReachedFrom is the set of nodes that can be reached from any of the nodes chosen, these included. With kinds given
// only links of these are walked.
func (x *Index) ReachedFrom(chosen func(*graph.Node) bool, kinds ...graph.EdgeKind) map[graph.NodeID]bool {
	var queue []int32
	seen := make([]bool, len(x.g.Nodes))
	for i := range x.g.Nodes {
		if chosen(&x.g.Nodes[i]) {
			seen[i] = true
			queue = append(queue, int32(i))
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, l := range x.out.of(queue[i]) {
			if m := x.to[l]; !seen[m] && (len(kinds) == 0 || slices.Contains(kinds, x.g.Edges[l].Kind)) {
				seen[m] = true
				queue = append(queue, m)
			}
		}
	}
	out := make(map[graph.NodeID]bool, len(queue))
	for _, n := range queue {
		out[x.g.Nodes[n].ID] = true
	}
	return out
}
