package export

import (
	"slices"

	"github.com/permchain/permchain/graph"
)

// absorb draws as one card what is read as one: a tool and the function behind it that does nothing else, and a trail
// and the bucket that it delivers to. A card of its own remains for what a finding names, what a mark is on, what
// anything else is drawn to lead to, and what the filter is about.
func (b *builder) absorb() {
	b.inside = map[int32][]int32{}
	if slices.Contains(b.f.Unfold, "all") {
		return
	}
	for i := range b.g.Nodes {
		k, n := int32(i), &b.g.Nodes[i]
		if !b.node[i] || n.ID == b.f.Focus || b.about.nodes[n.ID] {
			continue
		}
		switch n.Kind {
		case graph.KindFunction:
			if link, ok := b.onlyLink(k, graph.Calls); ok && b.isTool(b.from[link]) {
				b.merge(b.from[link], k, link)
			}
		case graph.KindBucket, graph.KindLogBucket:
			if link, ok := b.onlyLink(k, graph.LogsTo); ok && b.g.Nodes[b.from[link]].Kind == graph.KindTrail && len(b.drawnOf(b.out[k])) == 0 {
				b.merge(b.from[link], k, link)
			}
		}
	}
}

func (b *builder) drawnOf(links []int32) (out []int32) {
	for _, e := range links {
		if b.drawn[e] {
			out = append(out, e)
		}
	}
	return out
}

// onlyLink is the only drawn link to a node, if it is of that kind and nothing stands out on it, and if all that leads
// on from the node is its log.
func (b *builder) onlyLink(k int32, kind graph.EdgeKind) (int32, bool) {
	in := b.drawnOf(b.in[k])
	if len(in) != 1 || b.g.Edges[in[0]].Kind != kind || b.standsOut(in[0]) {
		return 0, false
	}
	for _, e := range b.drawnOf(b.out[k]) {
		if b.g.Edges[e].Kind != graph.LogsTo {
			return 0, false
		}
	}
	return in[0], true
}

// standsOut reports whether a link is drawn as more than a plain line.
func (b *builder) standsOut(k int32) bool {
	e, m := &b.g.Edges[k], &b.mark[k]
	return m.Broad || m.Unowned || m.Unconfirmed || e.Granted != graph.Allowed && e.Granted != graph.NotApplicable ||
		slices.ContainsFunc(m.Findings, func(id string) bool { return !b.about.general[id] })
}

// isTool reports whether a node is a tool that only calls its function and logs.
func (b *builder) isTool(k int32) bool {
	calls := 0
	for _, e := range b.drawnOf(b.out[k]) {
		if b.g.Edges[e].Kind != graph.LogsTo {
			calls++
		}
	}
	kind := b.g.Nodes[k].Kind
	return calls == 1 && (kind == graph.KindActionGroup || kind == graph.KindTool)
}

// merge lets the card of one node stand for another too, which the link joins to it.
func (b *builder) merge(into, k, link int32) {
	b.inside[into] = append(b.inside[into], k)
	b.drawn[link], b.node[k] = false, false
	b.hide(byCard, link)
	for _, e := range b.drawnOf(b.out[k]) {
		b.from[e] = into
		b.out[into] = append(b.out[into], e)
	}
}

// detail is a card's second line, as far as marks do not write it.
func (b *builder) detail(k int32) string {
	n, in := &b.g.Nodes[k], b.inside[k]
	switch {
	case len(in) == 0:
		return n.Detail
	case n.Kind == graph.KindTrail:
		return "CloudTrail to S3"
	}
	return "Lambda " + nameOf(&b.g.Nodes[in[0]])
}
