package rules

import (
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
	acts := c.actsFor(w)
	causes, grants := map[string][]*graph.Edge{}, map[string]*grant{}
	unclassed := map[graph.NodeID]bool{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		to := c.node(e.To)
		if !acts[e.From] || to.Lane != graph.Data || to.Wildcard || to.Kind == graph.KindKB || !reach.Carries(e.Kind) || reach.StrengthOf(e) == reach.Closed || e.Kind == graph.Writes {
			continue
		}
		switch rank := c.rank(to); {
		case rank > clearance:
			key, g := c.cause(e)
			causes[key] = append(causes[key], e)
			grants[key] = g
		case rank < 0 && (to.Kind == graph.KindBucket || to.Kind == graph.KindTable || to.Kind == graph.KindSource || to.Kind == graph.KindDatabase):
			unclassed[to.ID] = true
		}
	}
	for _, key := range sortedKeys(causes) {
		c.reportClearance(r, w, key, grants[key], c.heaviestFirst(causes[key]))
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

// actsFor are the nodes that act for a workload: its members, save those who use it, and what these are wired to, use
// or declare, and so on. What they could call and do not is not the workload.
func (c *chain) actsFor(w *graph.Workload) map[graph.NodeID]bool {
	acts := map[graph.NodeID]bool{}
	var queue []graph.NodeID
	for _, id := range w.Members {
		if c.node(id).Lane != graph.Callers {
			acts[id] = true
			queue = append(queue, id)
		}
	}
	for i := 0; i < len(queue); i++ {
		for e := range c.g.Out(queue[i]) {
			if !acts[e.To] && reach.Carries(e.Kind) && reach.StrengthOf(e) != reach.Closed && c.needed(e) {
				acts[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	return acts
}

// cause names why a link is there: its configuration, or the first of the statements that allow it.
func (c *chain) cause(e *graph.Edge) (string, *grant) {
	if e.Wired == graph.Yes {
		return "wired\x00" + string(e.From), nil
	}
	for i := range e.Evidence {
		if ev := &e.Evidence[i]; ev.Kind == graph.ByPolicy && ev.Effect == "Allow" {
			if g := c.grantOf(e, ev); g != nil {
				return g.key, g
			}
		}
	}
	return "unsaid\x00" + string(e.From), nil
}

func (c *chain) reportClearance(r *report, w *graph.Workload, cause string, g *grant, links []*graph.Edge) {
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
	f := Finding{
		Sentence:  s + ".",
		Links:     ids(links),
		Nodes:     []graph.NodeID{e.From, e.To},
		Workloads: []string{w.Name},
		Moves:     c.weigh(weighing{class: true, env: true}, links),
		Fix:       c.clearanceFix(w, e),
	}
	if g == nil {
		r.open([]string{w.Name, cause}, f)
		return
	}
	r.open([]string{w.Name, cause}, f, g)
}

func (c *chain) clearanceFix(w *graph.Workload, e *graph.Edge) Fix {
	n := c.node(e.To)
	if e.Wired == graph.Yes {
		return Fix{Text: fmt.Sprintf("Take %s out of what %s is wired to, or have the workload cleared for %s data.", n.Name, c.node(e.From).Name, n.Class)}
	}
	return Fix{Text: fmt.Sprintf("Name the data that %s needs in the statement, so that %s is no longer of it.", title(w), n.Name)}
}
