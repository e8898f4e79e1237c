package graph

import (
	"cmp"
	"slices"

	dg "github.com/dominikbraun/graph"
)

// Subgraph is the part of a chain that one view works on. Its answers come from dominikbraun/graph, which keeps one
// edge between two nodes and visits them in no fixed order; so parallel links count once here, and everything is
// sorted before it is returned. The whole chain is never handed to it: see Graph.Out and graph/reach for that.
type Subgraph struct {
	directed dg.Graph[NodeID, NodeID]
	either   dg.Graph[NodeID, NodeID] // the same links without their direction
	nodes    []NodeID
}

// Sub makes the subgraph of some nodes and of the links between them. Links with an end outside are left out, and so
// are repeated nodes.
func Sub(nodes []NodeID, links []*Edge) *Subgraph {
	s := &Subgraph{
		directed: dg.New(func(id NodeID) NodeID { return id }, dg.Directed()),
		either:   dg.New(func(id NodeID) NodeID { return id }),
		nodes:    slices.Compact(slices.Sorted(slices.Values(nodes))),
	}
	for _, id := range s.nodes {
		// A vertex is refused only when it is there already, and the list holds each once.
		_ = s.directed.AddVertex(id)
		_ = s.either.AddVertex(id)
	}
	for _, e := range links {
		// An edge is refused when it stands already, or an end is missing: both are left out, as said above.
		_ = s.directed.AddEdge(e.From, e.To)
		_ = s.either.AddEdge(e.From, e.To)
	}
	return s
}

// Components are the chains that hang together, whichever way the links point: largest first, then by their first
// node; each sorted.
func (s *Subgraph) Components() [][]NodeID {
	seen := make(map[NodeID]bool, len(s.nodes))
	var out [][]NodeID
	for _, id := range s.nodes {
		if seen[id] {
			continue
		}
		var part []NodeID
		_ = dg.BFS(s.either, id, func(n NodeID) bool { // it fails only for a start that is no vertex
			seen[n] = true
			part = append(part, n)
			return false
		})
		slices.Sort(part)
		out = append(out, part)
	}
	slices.SortFunc(out, func(a, b []NodeID) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return out
}

// Cycles are the groups of nodes that all lead to each other, as roles that can become one another do. A node that
// leads to itself only through its own link is not one. Sorted like Components.
func (s *Subgraph) Cycles() [][]NodeID {
	strong, err := dg.StronglyConnectedComponents(s.directed)
	if err != nil {
		return nil // only for an undirected graph
	}
	var out [][]NodeID
	for _, c := range strong {
		if len(c) > 1 {
			slices.Sort(c)
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b []NodeID) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return out
}
