package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

// logHops is how far from a link its log is looked for; logs stand one or two hops behind what they record.
const logHops = 3

// choose marks the links that the filter draws.
func (b *builder) choose() {
	scope := slices.Clone(b.may)
	if b.f.Workload != "" {
		scope = b.workload(scope)
	}
	if b.f.Env != "" {
		scope = b.environment(scope)
	}
	if b.f.Focus != "" {
		scope = b.around(scope)
	}
	seeds, any := b.seeds(scope)
	if !any {
		b.drawn = scope
		return
	}
	b.drawn = seeds
	b.context(scope, seeds)
}

// up adds every link by which access leads to the given nodes.
func (b *builder) up(within, into []bool, nodes []int32) {
	seen := make([]bool, len(b.node))
	for len(nodes) > 0 {
		n := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, e := range b.in[n] {
			if within[e] && reach.Carries(b.g.Edges[e].Kind) {
				into[e] = true
				nodes = append(nodes, b.from[e])
			}
		}
	}
}

// down adds every link that access leads on by from the given nodes, and the logs of what it meets.
func (b *builder) down(within, into []bool, nodes []int32) {
	seen := make([]bool, len(b.node))
	for len(nodes) > 0 {
		n := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		for _, e := range b.out[n] {
			if !within[e] {
				continue
			}
			into[e] = true
			if reach.Carries(b.g.Edges[e].Kind) {
				nodes = append(nodes, b.to[e])
				continue
			}
			// Not followed further, but where it ends has a log, too.
			for _, l := range b.out[b.to[e]] {
				if within[l] && b.g.Edges[l].Kind == graph.LogsTo {
					into[l] = true
				}
			}
		}
	}
}

// workload keeps who comes to act through a workload's members, and what these reach. People who use it may use
// others too, and its data and logs may be others' as well: neither leads on to those.
func (b *builder) workload(within []bool) []bool {
	into := make([]bool, len(within))
	var acting, members []int32
	add := func(i int32) {
		switch n := &b.g.Nodes[i]; n.Lane {
		case graph.Callers, graph.Logs, graph.Guards:
		case graph.Data:
			members = append(members, i)
		default:
			members = append(members, i)
			if n.Kind != graph.KindModel && n.Kind != graph.KindProfile {
				acting = append(acting, i)
			}
		}
	}
	for i := range b.g.Nodes {
		if slices.Contains(b.g.Nodes[i].Workloads, b.f.Workload) {
			add(int32(i))
		}
	}
	if w := b.g.Intent.Workload(b.f.Workload); w != nil {
		for _, id := range w.Members {
			if i, ok := b.at[id]; ok {
				add(i)
			}
		}
	}
	b.up(within, into, acting)
	b.down(within, into, members)
	return into
}

func (b *builder) environment(within []bool) []bool {
	into := make([]bool, len(within))
	var from []int32
	for i, ok := range within {
		if ok && (b.g.Nodes[b.from[i]].Env == b.f.Env || b.g.Nodes[b.to[i]].Env == b.f.Env) {
			into[i] = true
			from = append(from, b.from[i])
		}
	}
	b.up(within, into, from)
	return into
}

// around keeps the links between nodes at most so many hops from the focus, whatever their direction.
func (b *builder) around(within []bool) []bool {
	into := make([]bool, len(within))
	start, ok := b.at[b.f.Focus]
	if !ok {
		return into
	}
	hops := cmp.Or(b.f.Hops, DefaultHops)
	dist := make([]int, len(b.node))
	dist[start] = 1
	queue := []int32{start}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if dist[n] > hops {
			continue
		}
		for _, list := range [][]int32{b.out[n], b.in[n]} {
			for _, e := range list {
				if !within[e] {
					continue
				}
				for _, m := range []int32{b.from[e], b.to[e]} {
					if dist[m] == 0 {
						dist[m] = dist[n] + 1
						queue = append(queue, m)
					}
				}
			}
		}
	}
	for i, ok := range within {
		into[i] = ok && dist[b.from[i]] > 0 && dist[b.to[i]] > 0
	}
	return into
}

// seeds are the links that the filter chooses; any is false when it chooses none in particular.
func (b *builder) seeds(within []bool) (seeds []bool, any bool) {
	f := &b.f
	marks := f.Broad || f.Unowned || f.NotWired
	if !marks && f.Reaches == "" && f.Kind == "" && f.Q == "" {
		return nil, false
	}
	var into []bool
	if f.Reaches != "" {
		into = make([]bool, len(within))
		var data []int32
		for i := range b.g.Nodes {
			if b.g.Nodes[i].Class == f.Reaches {
				data = append(data, int32(i))
			}
		}
		b.up(within, into, data)
	}
	seeds = make([]bool, len(within))
	for i, ok := range within {
		e := &b.g.Edges[i]
		m := &b.mark[i]
		seeds[i] = ok &&
			(!marks || (f.Broad && (m.Broad || m.Unconfirmed)) || (f.Unowned && m.Unowned) || (f.NotWired && notWired(e))) &&
			(into == nil || into[i]) &&
			(f.Kind == "" || b.ofKind(int32(i))) &&
			(f.Q == "" || b.matches(b.from[i]) || b.matches(b.to[i]))
	}
	return seeds, true
}

func notWired(e *graph.Edge) bool {
	return e.Wired == graph.No && (e.Granted == graph.Allowed || e.Granted == graph.Conditional)
}

func (b *builder) ofKind(e int32) bool {
	k := b.f.Kind
	return string(b.g.Edges[e].Kind) == k || string(b.g.Nodes[b.from[e]].Kind) == k || string(b.g.Nodes[b.to[e]].Kind) == k
}

// matches reports whether a node is one that Q asks for.
func (b *builder) matches(k int32) bool {
	n, q := &b.g.Nodes[k], strings.ToLower(b.f.Q)
	for _, s := range []string{n.Name, string(n.ID), n.ARN, n.Owner.Name, n.Detail} {
		if strings.Contains(strings.ToLower(s), q) {
			return true
		}
	}
	return false
}

// context adds to the seeds what it takes to read them: the ways from callers, and a log.
func (b *builder) context(within, seeds []bool) {
	var from []int32
	into := slices.Clone(seeds)
	for i, ok := range seeds {
		if ok {
			from = append(from, b.from[i])
			for _, e := range b.toLog(within, b.to[i]) {
				into[e] = true
			}
		}
	}
	b.up(within, into, from)
	b.drawn = into
}

// toLog is the links from a node to its logs or, when it has none of its own, the shortest way to one.
func (b *builder) toLog(within []bool, n int32) (links []int32) {
	if b.g.Nodes[n].Lane == graph.Logs {
		return nil
	}
	for _, e := range b.out[n] {
		if within[e] && b.g.Nodes[b.to[e]].Lane == graph.Logs {
			links = append(links, e)
		}
	}
	if links != nil {
		return links
	}
	type step struct{ node, by, from, hops int32 }
	steps := []step{{node: n, from: -1}}
	seen := map[int32]bool{n: true}
	for i := 0; i < len(steps) && steps[i].hops < logHops; i++ {
		for _, e := range b.out[steps[i].node] {
			t := b.to[e]
			if !within[e] || seen[t] {
				continue
			}
			seen[t] = true
			steps = append(steps, step{t, e, int32(i), steps[i].hops + 1})
			if b.g.Nodes[t].Lane == graph.Logs {
				for at := len(steps) - 1; at > 0; at = int(steps[at].from) {
					links = append(links, steps[at].by)
				}
				return links
			}
		}
	}
	return nil
}

// scope says the filter in words.
func (b *builder) scope() string {
	f := &b.f
	var s []string
	add := func(ok bool, words string) {
		if ok {
			s = append(s, words)
		}
	}
	if f.Workload != "" {
		title := f.Workload
		if w := b.g.Intent.Workload(f.Workload); w != nil {
			title = cmp.Or(w.Title, title)
		}
		s = append(s, title)
	}
	add(f.Env != "", f.Env)
	add(f.Broad, "over-broad links")
	add(f.Unowned, "links without an owner")
	add(f.NotWired, "granted, not wired")
	add(f.Reaches != "", "reaches "+f.Reaches+" data")
	add(f.Kind != "", "“"+f.Kind+"”")
	add(f.Q != "", "matching “"+f.Q+"”")
	if f.Focus != "" {
		name := string(f.Focus)
		if n := b.g.Node(f.Focus); n != nil {
			name = nameOf(n)
		}
		s = append(s, "around "+name+", "+count(cmp.Or(f.Hops, DefaultHops), "hop"))
	}
	add(f.Denied, "with denied links")
	add(f.Implied, "with every link of a wildcard")
	if len(s) == 0 {
		return "Everything"
	}
	return strings.Join(s, ", ")
}
