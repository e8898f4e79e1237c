package export

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
)

// foldLeast is how many nodes alike make a fold; two are quicker read by their names.
const foldLeast = 3

// fold draws nodes as one that are of one kind and have the same neighbours and the same marks, when there are more
// than FoldAbove. One pass finds them all: two nodes that folding makes alike were so before.
func (b *builder) fold() {
	b.folds = map[int32][]int32{}
	if b.cards() <= FoldAbove || slices.Contains(b.f.Unfold, "all") {
		return
	}
	lines := b.byNode()
	groups := map[string][]int32{}
	var order []string
	for i := range b.g.Nodes {
		k := int32(i)
		if !b.node[i] || b.g.Nodes[i].ID == b.f.Focus {
			continue
		}
		sig := b.signature(k, lines[k])
		if groups[sig] == nil {
			order = append(order, sig)
		}
		groups[sig] = append(groups[sig], k)
	}
	for _, sig := range order {
		members := groups[sig]
		if len(members) < foldLeast || slices.Contains(b.f.Unfold, b.foldKey(members)) {
			continue
		}
		for _, m := range members {
			b.rep[m] = members[0]
		}
		b.folds[members[0]] = members
	}
}

// foldKey names a fold by its members, so that it is the same as long as they are.
func (b *builder) foldKey(members []int32) string {
	h := sha256.New()
	for _, m := range members {
		h.Write([]byte(b.g.Nodes[m].ID))
		h.Write([]byte{0})
	}
	return "fold-" + hex.EncodeToString(h.Sum(nil)[:6])
}

// byNode lists the drawn links at each node.
func (b *builder) byNode() [][]int32 {
	out := make([][]int32, len(b.node))
	for i, ok := range b.drawn {
		if ok {
			out[b.from[i]] = append(out[b.from[i]], int32(i))
			out[b.to[i]] = append(out[b.to[i]], int32(i))
		}
	}
	return out
}

// signature is equal for two nodes exactly when one card may stand for both.
func (b *builder) signature(k int32, lines []int32) string {
	n := &b.g.Nodes[k]
	parts := make([]string, 0, len(lines))
	var s []byte
	for _, i := range lines {
		e, m := &b.g.Edges[i], &b.mark[i]
		other, dir := b.to[i], byte('>')
		if b.to[i] == k {
			other, dir = b.from[i], '<'
		}
		s = strconv.AppendInt(append(s[:0], dir), int64(other), 10)
		for _, w := range []string{string(e.Kind), string(e.Granted), m.Label, string(e.Confirm)} {
			s = append(append(s, '|'), w...)
		}
		for _, flag := range []bool{m.Broad, m.Unowned, m.Unconfirmed, e.Log.State == graph.No} {
			s = strconv.AppendBool(s, flag)
		}
		parts = append(parts, string(strconv.AppendInt(s, int64(m.Severity), 10)))
	}
	slices.Sort(parts)
	s = s[:0]
	for _, w := range []string{string(n.Kind), n.Class, n.Env, n.Effect} {
		s = append(append(s, w...), '|')
	}
	for _, flag := range []bool{n.Wildcard, n.Outside, n.Unknown != "", n.Owner.Name != ""} {
		s = strconv.AppendBool(s, flag)
	}
	s = strconv.AppendInt(s, int64(n.Lane), 10)
	for _, g := range b.guards[k] {
		s = append(append(s, '|'), g.ID...)
	}
	for _, p := range parts {
		s = append(append(s, '\n'), p...)
	}
	return string(s)
}

// foldCard makes a card say how many it stands for and what they hide.
func (b *builder) foldCard(c *Card, members []int32) {
	c.Key = b.foldKey(members)
	c.ID = ""
	broad, unowned := 0, 0
	owned := true
	for _, m := range members {
		c.Members = append(c.Members, b.g.Nodes[m].ID)
		var hasBroad, hasUnowned bool
		for _, list := range [][]int32{b.out[m], b.in[m]} {
			for _, e := range list {
				if b.drawn[e] {
					k := b.mark[e]
					hasBroad = hasBroad || k.Broad || k.Unconfirmed
					hasUnowned = hasUnowned || k.Unowned
				}
			}
		}
		if hasBroad {
			broad++
		}
		if hasUnowned {
			unowned++
		}
		owned = owned && b.g.Nodes[m].Owner.Name != ""
	}
	slices.Sort(c.Members)
	c.Name = count(len(members), string(c.Kind))
	var says []string
	if unowned > 0 {
		says = append(says, fmt.Sprintf("%d unowned", unowned))
	}
	if broad > 0 {
		says = append(says, fmt.Sprintf("%d over-broad", broad))
	}
	switch {
	case len(says) > 0:
		c.Detail = strings.Join(says, ", ")
		if c.Tone == TonePlain {
			c.Tone = ToneUnowned
			if broad > 0 {
				c.Tone = ToneBroad
			}
		}
	case b.g.Nodes[members[0]].Class != "":
		c.Detail = b.g.Nodes[members[0]].Class
	default:
		c.Detail = nameOf(&b.g.Nodes[members[0]]) + " …"
	}
}

// limit keeps the worst paths when there are more than MostCards cards: links with the heaviest findings first, each
// with the shortest way that callers have to it and its log, until the picture is full.
func (b *builder) limit() {
	if b.cards() <= MostCards {
		return
	}
	before := b.node
	order := make([]int32, 0, len(b.drawn))
	for i, ok := range b.drawn {
		if ok {
			order = append(order, int32(i))
		}
	}
	dist := b.fromFocus()
	slices.SortFunc(order, func(x, y int32) int {
		far := func(e int32) int {
			if dist == nil {
				return 0
			}
			return max(dist[b.from[e]], dist[b.to[e]])
		}
		calm := func(e int32) int {
			if b.sensitive(b.g.Nodes[b.to[e]].Class) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(far(x), far(y)), cmp.Compare(b.mark[y].Severity, b.mark[x].Severity),
			cmp.Compare(calm(x), calm(y)), b.worse(x, y))
	})
	parent := b.fromCallers()
	keep := make([]bool, len(b.node))
	links := make([]bool, len(b.drawn))
	cards := map[int32]bool{}
	if at, ok := b.at[b.f.Focus]; ok {
		keep[at], cards[at] = true, true
	}
	for _, e := range order {
		path := []int32{e}
		for n := b.from[e]; parent[n] >= 0; n = b.from[parent[n]] {
			path = append(path, parent[n])
		}
		path = append(path, b.toLog(b.drawn, b.to[e])...)
		more := map[int32]bool{}
		for _, l := range path {
			for _, n := range []int32{b.rep[b.from[l]], b.rep[b.to[l]]} {
				if !cards[n] {
					more[n] = true
				}
			}
		}
		if len(cards)+len(more) > MostCards {
			break
		}
		for n := range more {
			cards[n] = true
		}
		for _, l := range path {
			links[l] = true
		}
	}
	for i, ok := range b.drawn {
		if ok && cards[b.rep[b.from[i]]] && cards[b.rep[b.to[i]]] {
			links[i] = true
		}
		if links[i] {
			keep[b.from[i]], keep[b.to[i]] = true, true
		} else if ok {
			b.hide(bySize, int32(i))
		}
	}
	for i := range before {
		if before[i] && !keep[i] {
			b.hiddenFor(bySize).Nodes++
		}
	}
	b.node, b.drawn = keep, links
}

// fromFocus is how many hops each node is from the focus, or nil without one.
func (b *builder) fromFocus() []int {
	start, ok := b.at[b.f.Focus]
	if !ok {
		return nil
	}
	const far = 1 << 20
	dist := make([]int, len(b.node))
	for i := range dist {
		dist[i] = far
	}
	dist[start] = 0
	lines := b.byNode()
	for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, e := range lines[n] {
			for _, m := range []int32{b.from[e], b.to[e]} {
				if dist[m] == far {
					dist[m] = dist[n] + 1
					queue = append(queue, m)
				}
			}
		}
	}
	return dist
}

// fromCallers is, for each node, the link by which the shortest way from a caller arrives, or -1.
func (b *builder) fromCallers() []int32 {
	parent := make([]int32, len(b.node))
	seen := make([]bool, len(b.node))
	var queue []int32
	for i := range parent {
		parent[i] = -1
		if b.node[i] && b.g.Nodes[i].Lane == graph.Callers {
			seen[i] = true
			queue = append(queue, int32(i))
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, e := range b.out[queue[0]] {
			if t := b.to[e]; b.drawn[e] && !seen[t] && b.g.Edges[e].Kind != graph.LogsTo {
				seen[t] = true
				parent[t] = e
				queue = append(queue, t)
			}
		}
	}
	return parent
}

func (b *builder) cards() int {
	n := 0
	for i := range b.node {
		if b.node[i] && b.rep[i] == int32(i) {
			n++
		}
	}
	return n
}
