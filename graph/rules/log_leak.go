package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

var logLeak = Rule{
	ID: "log-leak", Title: "The log says what the data may not", Base: High,
	About:      "People who cannot read the data can read the log that holds the prompts and answers about it.",
	References: []Reference{llm02, agentsec05bp01},
	check:      checkLogLeak,
}

func checkLogLeak(c *chain, r *report) {
	logs := c.promptLogs()
	if len(logs) == 0 {
		return
	}
	if c.top() < 0 {
		r.notAssessed(nil, Finding{
			Sentence: fmt.Sprintf("Whether more people can read %s than the data in it was not assessed: no data classes are declared.", list(c.namesOf(sortedKeys(logs)))),
			Nodes:    sortedKeys(logs),
			Need:     "classes and data in permchain.yaml",
		})
		return
	}
	callers := c.people()
	for _, id := range sortedKeys(logs) {
		c.checkPromptLog(r, c.node(id), logs[id], callers)
	}
}

// promptLogs are the log groups and buckets that record model invocations, with the links that they record.
func (c *chain) promptLogs() map[graph.NodeID][]*graph.Edge {
	out := map[graph.NodeID][]*graph.Edge{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if e.Kind != graph.Invokes || !open(e) || e.Log.State != graph.Yes || c.node(e.To).Lane != graph.Models {
			continue
		}
		if to := c.node(e.To).Kind; to != graph.KindModel && to != graph.KindProfile && to != graph.KindRuntime {
			continue
		}
		if l := c.node(e.Log.To); l.Kind == graph.KindLogGroup || l.Kind == graph.KindLogBucket {
			out[l.ID] = append(out[l.ID], e)
		}
	}
	return out
}

// content is sensitive data that may come into a log, and whether anything shows that it does.
type content struct {
	data  *graph.Node
	shown bool // the link into the data is wired, used or declared
}

// contents lists the sensitive data that those whose invocations a log records can reach, heaviest first.
func (c *chain) contents(recorded []*graph.Edge) []content {
	writes := map[graph.NodeID]bool{}
	for _, e := range recorded {
		// What a person puts into a prompt by hand is theirs to judge; what an application does is by design.
		if n := c.node(e.From); n.Kind != graph.KindUser && n.RoleClass != graph.RoleHuman && n.RoleClass != graph.RoleAdmin {
			writes[e.From] = true
		}
	}
	inside := c.x.ReachedFrom(func(n *graph.Node) bool { return writes[n.ID] }, graph.Retrieves, graph.Indexes, graph.Reads, graph.Calls, graph.Invokes)
	found := map[graph.NodeID]bool{}
	for _, id := range sortedKeys(inside) {
		if to := c.node(id); to.Lane != graph.Data || !c.sensitive(to) {
			continue
		}
		for l := range c.g.In(id) {
			if inside[l.From] && reach.Carries(l.Kind) && l.Kind != graph.Writes && reach.StrengthOf(l) >= reach.Conditioned {
				found[id] = found[id] || c.needed(l)
			}
		}
	}
	var out []content
	for _, id := range sortedKeys(found) {
		out = append(out, content{c.node(id), found[id]})
	}
	slices.SortStableFunc(out, func(a, b content) int {
		return cmp.Or(cmp.Compare(b2i(b.shown), b2i(a.shown)), cmp.Compare(c.rank(b.data), c.rank(a.data)))
	})
	return out
}

func (c *chain) checkPromptLog(r *report, log *graph.Node, recorded []*graph.Edge, callers map[graph.NodeID]bool) {
	held := c.contents(recorded)
	if len(held) == 0 {
		return
	}
	var readers, maybe []graph.NodeID
	for _, who := range c.x.Reaching(log.ID, graph.Assumes, graph.MemberOf, graph.Reads) {
		switch {
		case !callers[who.Node]:
		case who.Strength == reach.Uncertain:
			maybe = append(maybe, who.Node)
		default:
			readers = append(readers, who.Node)
		}
	}
	if len(readers) == 0 {
		if len(maybe) > 0 || !c.principalsImported(log.Account) {
			s := fmt.Sprintf("Who can read %s is not known, so whether it tells more people about %s than may read that was not assessed.", log.Name, held[0].data.Name)
			r.notAssessed([]string{string(log.ID)}, Finding{Sentence: s, Nodes: append([]graph.NodeID{log.ID}, maybe...),
				Need: "aws iam get-account-authorization-details of " + account(log.Account)})
		}
		return
	}
	for _, h := range held {
		allowed := map[graph.NodeID]bool{}
		for _, who := range c.x.Reaching(h.data.ID, graph.Assumes, graph.MemberOf, graph.Reads) {
			allowed[who.Node] = true
		}
		var more []graph.NodeID
		count := 0
		for _, who := range readers {
			if !allowed[who] {
				more = append(more, who)
				count += people(c.node(who))
			}
		}
		if len(more) > 0 {
			c.reportLogLeak(r, log, h, held, more, count)
			return
		}
	}
}

// principalsImported reports whether the users or roles of an account were imported.
func (c *chain) principalsImported(account string) bool {
	return slices.ContainsFunc(c.g.Nodes, func(n graph.Node) bool {
		return (n.Kind == graph.KindRole || n.Kind == graph.KindUser) && n.Account == account && n.Unknown == "" && !n.Wildcard
	})
}

func (c *chain) reportLogLeak(r *report, log *graph.Node, h content, held []content, more []graph.NodeID, count int) {
	verb, tail := "holds", ""
	var moves []Move
	if !h.shown {
		verb = "can hold"
		moves = append(moves, Move{By: -1, Why: "nothing shows that " + h.data.Name + " is read"})
	}
	if count > 1 {
		tail = fmt.Sprintf(" (%d people)", count)
	}
	s := fmt.Sprintf("%s %s answers about %s, and %s%s can read it without being able to read %s.", log.Name, verb, h.data.Name, list(c.namesOf(more)), tail, h.data.Name)
	var links []graph.EdgeID
	var edges []*graph.Edge
	f := Finding{Nodes: append([]graph.NodeID{log.ID, h.data.ID}, more...)}
	for _, who := range more {
		paths, _ := c.x.Paths(who, log.ID, reach.Limit{Paths: 1, Kinds: []graph.EdgeKind{graph.Assumes, graph.MemberOf, graph.Reads}})
		for _, p := range paths {
			last := p.Edges[len(p.Edges)-1]
			links = append(links, last)
			edges = append(edges, c.g.Edge(last))
			if len(f.Paths) < maxPaths {
				f.Paths = append(f.Paths, p)
			}
		}
	}
	var others []string
	for _, o := range held {
		if o.data.ID != h.data.ID {
			others = append(others, o.data.Name)
		}
	}
	f.Detail = h.data.Name + " is " + h.data.Class + "."
	if len(others) > 0 {
		f.Detail += " It may hold answers about " + list(others) + ", too."
	}
	f.Sentence, f.Links = s, links
	f.Moves = append(moves, c.byEnvironment(edges)...)
	f.Fix = Fix{Text: fmt.Sprintf("Let only those read %s who may read %s; mask what is sensitive before it is logged, or keep the prompts of this workload in a log of its own.", log.Name, strings.TrimSpace(h.data.Name))}
	r.open([]string{string(log.ID)}, f)
}
