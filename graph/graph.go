// Package graph holds the chain: nodes, the links between them, what shows each link, and the order in
// which they are kept. It knows nothing of AWS formats, SQL or HTTP.
//
// A Graph is built once (by graph/chain), sorted, and from then on only read. Everything in it is plain
// data that survives a round trip through JSON unchanged.
package graph

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// Gap is something permchain did not see, and what that leaves unknown.
type Gap struct {
	What   string `json:"what"`   // "key policies of account 111122223333"
	Effect string `json:"effect"` // "7 links are unknown"
	Need   string `json:"need"`   // what to import: "aws kms get-key-policy --key-id … --policy-name default"
	Count  int    `json:"count,omitempty"`
}

// Graph is the whole chain. Nodes, Edges and Policies are sorted by ID; build one with New.
type Graph struct {
	Nodes    []Node   `json:"nodes"`
	Edges    []Edge   `json:"edges"`
	Policies []Policy `json:"policies"`
	Gaps     []Gap    `json:"gaps,omitempty"`
	Intent   *Intent  `json:"intent,omitempty"`

	Governance Governance `json:"governance,omitzero"`

	node map[NodeID]int
	edge map[EdgeID]int
	pol  map[string]int
	out  [][]int32 // edge indices by from-node index
	in   [][]int32 // edge indices by to-node index
}

// New sorts and indexes a chain. Its errors are faults of the builder: a repeated identity, or an edge whose
// end is not among the nodes.
func New(nodes []Node, edges []Edge, policies []Policy, gaps []Gap, intent *Intent) (*Graph, error) {
	g := &Graph{Nodes: nodes, Edges: edges, Policies: policies, Gaps: gaps, Intent: intent}
	return g, g.index()
}

func (g *Graph) index() error {
	slices.SortFunc(g.Nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Edges, func(a, b Edge) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Policies, func(a, b Policy) int { return cmp.Compare(a.ID, b.ID) })
	g.node = make(map[NodeID]int, len(g.Nodes))
	for i := range g.Nodes {
		if _, dup := g.node[g.Nodes[i].ID]; dup {
			return fmt.Errorf("graph: node %s stands twice", g.Nodes[i].ID)
		}
		g.node[g.Nodes[i].ID] = i
	}
	g.edge = make(map[EdgeID]int, len(g.Edges))
	g.out, g.in = make([][]int32, len(g.Nodes)), make([][]int32, len(g.Nodes))
	for i := range g.Edges {
		e := &g.Edges[i]
		if _, dup := g.edge[e.ID]; dup {
			return fmt.Errorf("graph: link %s %s %s stands twice", e.From, e.Kind, e.To)
		}
		g.edge[e.ID] = i
		f, okF := g.node[e.From]
		t, okT := g.node[e.To]
		if !okF || !okT {
			return fmt.Errorf("graph: link %s %s %s has an end that is no node", e.From, e.Kind, e.To)
		}
		g.out[f] = append(g.out[f], int32(i))
		g.in[t] = append(g.in[t], int32(i))
	}
	g.pol = make(map[string]int, len(g.Policies))
	for i := range g.Policies {
		if _, dup := g.pol[g.Policies[i].ID]; dup {
			return fmt.Errorf("graph: policy %s stands twice", g.Policies[i].ID)
		}
		g.pol[g.Policies[i].ID] = i
	}
	return nil
}

// UnmarshalJSON reads a stored chain and indexes it.
func (g *Graph) UnmarshalJSON(data []byte) error {
	type plain Graph
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*g = Graph(p)
	return g.index()
}

// Node returns the node of that identity, or nil.
func (g *Graph) Node(id NodeID) *Node {
	if i, ok := g.node[id]; ok {
		return &g.Nodes[i]
	}
	return nil
}

// NodeByKey returns the node whose ID has that Key, or nil.
func (g *Graph) NodeByKey(key string) *Node {
	for i := range g.Nodes {
		if g.Nodes[i].ID.Key() == key {
			return &g.Nodes[i]
		}
	}
	return nil
}

// Edge returns the link of that identity, or nil.
func (g *Graph) Edge(id EdgeID) *Edge {
	if i, ok := g.edge[id]; ok {
		return &g.Edges[i]
	}
	return nil
}

// Policy returns the policy of that ID, or nil.
func (g *Graph) Policy(id string) *Policy {
	if i, ok := g.pol[id]; ok {
		return &g.Policies[i]
	}
	return nil
}

// Out yields the links that start at a node, by ID.
func (g *Graph) Out(id NodeID) func(yield func(*Edge) bool) { return g.adjacent(id, g.out) }

// In yields the links that end at a node, by ID.
func (g *Graph) In(id NodeID) func(yield func(*Edge) bool) { return g.adjacent(id, g.in) }

func (g *Graph) adjacent(id NodeID, lists [][]int32) func(yield func(*Edge) bool) {
	return func(yield func(*Edge) bool) {
		i, ok := g.node[id]
		if !ok {
			return
		}
		for _, e := range lists[i] {
			if !yield(&g.Edges[e]) {
				return
			}
		}
	}
}

// Sentence says a link in words: "support-agent can read hr-payroll".
func (g *Graph) Sentence(e *Edge) string {
	return g.name(e.From) + " " + e.Kind.Can() + " " + g.name(e.To)
}

func (g *Graph) name(id NodeID) string {
	if n := g.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	return string(id)
}

// Hash is the content hash of the chain, the same for the same facts.
func (g *Graph) Hash() string {
	h := sha256.New()
	// The chain is plain sorted data, so its JSON is canonical; Marshal cannot fail on it.
	_ = json.NewEncoder(h).Encode(g)
	return hex.EncodeToString(h.Sum(nil))
}
