package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

var overClearance = Rule{
	ID: "over-clearance", Title: "Data above the workload's clearance", Base: High,
	About:      "A workload reaches data of a higher class than it is cleared for, itself or through what it calls.",
	References: []Reference{llm02, gensec01bp03},
	check:      checkOverClearance,
}

func checkOverClearance(c *chain, r *report) {
	if c.g.Intent == nil {
		r.notAssessed(nil, Finding{
			Sentence: "Whether workloads reach data above their clearance was not assessed: no workloads are declared.",
			Need:     "a permchain.yaml with classes, data and workloads",
		})
		return
	}
	for i := range c.g.Intent.Workloads {
		w := &c.g.Intent.Workloads[i]
		clearance := c.g.Intent.ClassRank(w.Clearance)
		if clearance < 0 {
			r.notAssessed([]string{w.Name}, Finding{
				Sentence: fmt.Sprintf("Whether %s reaches data above its clearance was not assessed: it declares none.", title(w)),
				Nodes:    w.Members, Workloads: []string{w.Name},
				Need: "clearance: … of the workload " + w.Name + " in permchain.yaml",
			})
			continue
		}
		c.checkClearance(r, w, clearance)
	}
}

func (c *chain) checkClearance(r *report, w *graph.Workload, clearance int) {
	acts := c.x.ReachedFrom(func(n *graph.Node) bool {
		return n.Lane != graph.Callers && slices.Contains(w.Members, n.ID) // those who use it are not the workload
	})
	causes := map[string][]*graph.Edge{}
	unclassed := map[graph.NodeID]bool{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		to := c.node(e.To)
		if !acts[e.From] || to.Lane != graph.Data || to.Wildcard || to.Kind == graph.KindKB || !reach.Carries(e.Kind) || reach.StrengthOf(e) == reach.Closed || e.Kind == graph.Writes {
			continue
		}
		switch rank := c.rank(to); {
		case rank > clearance:
			causes[c.cause(e)] = append(causes[c.cause(e)], e)
		case rank < 0 && (to.Kind == graph.KindBucket || to.Kind == graph.KindTable || to.Kind == graph.KindSource || to.Kind == graph.KindDatabase):
			unclassed[to.ID] = true
		}
	}
	for _, key := range sortedKeys(causes) {
		c.reportClearance(r, w, key, c.heaviestFirst(causes[key]))
	}
	if len(unclassed) > 0 {
		nodes := sortedKeys(unclassed)
		r.notAssessed([]string{w.Name}, Finding{
			Sentence: fmt.Sprintf("Whether %s is cleared for %s was not assessed: no class is declared for %s.", title(w), list(c.namesOf(nodes)), it(len(nodes))),
			Nodes:    nodes, Workloads: []string{w.Name},
			Need: "data: [{match: …, class: …}] in permchain.yaml",
		})
	}
}

func it(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// cause names why a link is there: the start and the statements that allow it, the widest first, or its configuration.
func (c *chain) cause(e *graph.Edge) string {
	holder := string(cmp.Or(e.As, e.From))
	if e.Wired == graph.Yes {
		return holder + "\x00wired\x00" + string(e.From)
	}
	for i := range e.Evidence {
		if ev := &e.Evidence[i]; ev.Kind == graph.ByPolicy && ev.Effect == "Allow" {
			return holder + "\x00" + statementKey(ev.Policy, c.statement(ev))
		}
	}
	return holder + "\x00" + string(e.From)
}

func (c *chain) reportClearance(r *report, w *graph.Workload, cause string, links []*graph.Edge) {
	var data []string
	for _, e := range links {
		if n := c.node(e.To); !slices.Contains(data, n.Name+" ("+n.Class+")") {
			data = append(data, n.Name+" ("+n.Class+")")
		}
	}
	e := links[0]
	s := fmt.Sprintf("%s is cleared for %s data, and %s %s %s", title(w), w.Clearance, c.node(e.From).Name, e.Kind.Can(), list(data))
	if c.notWired(e) {
		s += ", though nothing wires it to"
	}
	r.open([]string{w.Name, cause}, Finding{
		Sentence:  s + ".",
		Links:     ids(links),
		Nodes:     []graph.NodeID{e.From, e.To},
		Workloads: []string{w.Name},
		Moves:     c.weigh(weighing{class: true, env: true}, links),
		Fix:       c.clearanceFix(w, e),
	})
}

func (c *chain) clearanceFix(w *graph.Workload, e *graph.Edge) Fix {
	n := c.node(e.To)
	if e.Wired == graph.Yes {
		return Fix{Text: fmt.Sprintf("Take %s out of what %s is wired to, or have the workload cleared for %s data.", n.Name, c.node(e.From).Name, n.Class)}
	}
	return Fix{Text: fmt.Sprintf("Name the data that %s needs in the statement, so that %s is no longer of it.", title(w), n.Name)}
}
