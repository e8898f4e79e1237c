package chain

import (
	"fmt"
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// usage marks what CloudTrail shows: which links were used, and how long a window would have shown the others.
func (b *builder) usage() {
	for i := range b.f.Usages {
		u := &b.f.Usages[i]
		if u.Count <= u.Denied {
			continue // only refused attempts
		}
		to, kind := b.usedTarget(u)
		if to == nil {
			continue
		}
		from := b.usedBy(u, to, kind)
		if from == nil {
			continue
		}
		id := graph.NewEdgeID(from.ID, kind, to.ID)
		e, ok := b.edges[id]
		if !ok {
			// Used, and nothing imported says how: a surprise that must be seen.
			e = b.edge(from.ID, kind, to.ID)
			e.Granted, e.GrantedUnknown = graph.Unknown, "it was used, and no imported policy allows it"
			if from.RunsAs != "" {
				e.As = from.RunsAs
			}
		}
		e.Used.State = graph.Yes
		e.Used.Count += u.Count - u.Denied
		e.Used.Last = max(e.Used.Last, u.Last)
		addEvidence(e, graph.Evidence{Kind: graph.ByEvent, Source: source(u.Source), Note: fmt.Sprintf("%s by %s, last %s", u.Action, lastSegment(u.Principal), u.Last)})
	}
	for _, e := range b.edges {
		if e.Used.State == "" {
			e.Used.State, e.Used.Why = graph.StateUnknown, "no imported log would have shown it"
		}
	}
}

// usedTarget finds the node and the link kind that an event's action and resource stand for.
func (b *builder) usedTarget(u *inventory.Usage) (*graph.Node, graph.EdgeKind) {
	if u.Resource == "" {
		return nil, ""
	}
	n, ok := b.targetNode(u.Resource)
	if !ok {
		return nil, ""
	}
	if u.Action == "sts:AssumeRole" || u.Action == "sts:AssumeRoleWithSAML" || u.Action == "sts:AssumeRoleWithWebIdentity" {
		return n, graph.Assumes
	}
	for i := range accessTable {
		if accessTable[i].target == n.Kind && slices.Contains(accessTable[i].actions, u.Action) {
			return n, accessTable[i].kind
		}
	}
	return nil, ""
}

// usedBy is the node whose link an event shows: the one actor that runs as the role, or the role or user itself.
func (b *builder) usedBy(u *inventory.Usage, to *graph.Node, kind graph.EdgeKind) *graph.Node {
	id := graph.NodeID(u.Principal)
	for _, a := range b.actors[id] {
		if _, ok := b.edges[graph.NewEdgeID(a, kind, to.ID)]; ok {
			return b.nodes[a]
		}
	}
	if n, ok := b.nodes[id]; ok {
		return n
	}
	if a, err := arn.Parse(u.Principal); err == nil && a.ResourceType() == "role" { // an assumed role's ARN has no path
		return b.nodes[graph.NodeID(b.sessionRole(a))]
	}
	return nil
}
