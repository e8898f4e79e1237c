// Package review holds what people say about a chain: who owns what, which workloads there are and how they
// stand.
package review

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/permchain/permchain/graph"
)

// Assignment is an owner given by a person, for a node or (Edge set) for one link. The last one for a thing
// holds; an empty Owner takes an earlier assignment back.
type Assignment struct {
	Node   graph.NodeID `json:"node,omitempty"`
	Edge   graph.EdgeID `json:"edge,omitempty"`
	Owner  string       `json:"owner"`
	By     string       `json:"by"`
	Reason string       `json:"reason,omitempty"`
	At     time.Time    `json:"at"`
}

// assignedBy starts the Source of an owner that a person gave.
const assignedBy = "assigned by "

// Assigned reports whether a person gave the owner, as against a tag or permchain.yaml.
func Assigned(o graph.Owner) bool { return o.Name != "" && strings.HasPrefix(o.Source, assignedBy) }

// Apply returns a copy of the chain in which assigned owners stand in place of imported ones. The latest assignment
// of a thing holds (of equal times the later in the list); one for a thing that is not in the chain waits until it
// is. The chain given is not changed.
func Apply(g *graph.Graph, as []Assignment) *graph.Graph {
	ordered := slices.Clone(as)
	slices.SortStableFunc(ordered, func(a, b Assignment) int { return a.At.Compare(b.At) })
	nodes, edges := map[graph.NodeID]Assignment{}, map[graph.EdgeID]Assignment{}
	for _, a := range ordered {
		if a.Edge != "" {
			edges[a.Edge] = a
		} else {
			nodes[a.Node] = a
		}
	}
	out := graph.Graph{Nodes: slices.Clone(g.Nodes), Edges: slices.Clone(g.Edges), Policies: g.Policies, Gaps: g.Gaps, Intent: g.Intent}
	for i := range out.Nodes {
		if a, ok := nodes[out.Nodes[i].ID]; ok && a.Owner != "" {
			out.Nodes[i].Owner = graph.Owner{Name: a.Owner, Source: assignedBy + a.By}
		}
	}
	for i := range out.Edges {
		if a, ok := edges[out.Edges[i].ID]; ok && a.Owner != "" {
			out.Edges[i].Owner = graph.Owner{Name: a.Owner, Source: assignedBy + a.By}
		}
	}
	copied, err := graph.New(out.Nodes, out.Edges, out.Policies, out.Gaps, out.Intent)
	if err != nil {
		// A chain that was indexed once cannot fail to be indexed again: identities are as they were.
		panic(fmt.Sprintf("review: a copy of a sound chain is unsound: %v", err))
	}
	copied.Governance = g.Governance
	return copied
}

// Owner says who answers for a link: whoever was assigned to it, or to its target; else its own owner; else its
// target's. What nobody in the organization can own, a provider's model or a node that stands for everything of a
// kind, is answered for by whoever owns the start of the link, or the role it acts as. The zero Owner means nobody.
func Owner(g *graph.Graph, e *graph.Edge) graph.Owner {
	to := g.Node(e.To)
	switch {
	case Assigned(e.Owner):
		return e.Owner
	case to != nil && Assigned(to.Owner):
		return to.Owner
	case e.Owner.Name != "":
		return e.Owner
	case to == nil:
		return graph.Owner{}
	case to.Owner.Name != "" || !ownerless(to):
		return to.Owner
	}
	for _, id := range []graph.NodeID{e.From, e.As} {
		if n := g.Node(id); n != nil && n.Owner.Name != "" {
			return n.Owner
		}
	}
	return graph.Owner{}
}

// ownerless reports whether a node is nobody's in the organization: a foundation model belongs to its provider and a
// system-defined profile to AWS, and a wildcard is no thing at all.
func ownerless(n *graph.Node) bool {
	return n.Wildcard || n.Kind == graph.KindModel && n.Account == "" || n.Kind == graph.KindProfile && n.Attr("type") != "APPLICATION"
}

// NeedsOwner reports whether somebody must answer for a link: it leads into data, a tool, a model, an agent or a log,
// and it is open (a denied link that nothing wires leads nowhere).
func NeedsOwner(g *graph.Graph, e *graph.Edge) bool {
	switch e.Kind {
	case graph.Invokes, graph.Retrieves, graph.Reads, graph.Writes, graph.Calls, graph.Indexes, graph.LogsTo, graph.Administers:
	default:
		return false
	}
	to := g.Node(e.To)
	if to == nil || !Live(e) {
		return false
	}
	return to.Lane == graph.Models || to.Lane == graph.Data || to.Lane == graph.Tools || to.Lane == graph.Logs
}

// Access reports whether a link is access that a reviewer decides about: somebody can do something with it. How
// things are configured to each other ("runs as", "logs to", "guarded by") is not.
func Access(e *graph.Edge) bool {
	switch e.Kind {
	case graph.RunsAs, graph.LogsTo, graph.GuardedBy:
		return false
	}
	return Live(e)
}

// Live reports whether a link is open, may be, or is at least wired.
func Live(e *graph.Edge) bool { return e.Granted != graph.Denied || e.Wired == graph.Yes }
