package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
)

var mixedAudience = Rule{
	ID: "mixed-audience", Title: "One index for different audiences", Base: High,
	About: "One knowledge base or vector store indexes data of different classes or owners: whoever may retrieve one part " +
		"retrieves from all of it.",
	References: []Reference{llm08, gensec01bp03},
	check:      checkMixedAudience,
}

func checkMixedAudience(c *chain, r *report) {
	byStore := map[graph.NodeID][]graph.NodeID{} // knowledge bases by vector store
	for i := range c.g.Nodes {
		kb := &c.g.Nodes[i]
		if kb.Kind != graph.KindKB || kb.Wildcard {
			continue
		}
		var sources []*graph.Edge
		for e := range c.g.Out(kb.ID) {
			switch {
			case indexed(e):
				sources = append(sources, e)
			case e.Kind == graph.Reads && e.Wired == graph.Yes && c.node(e.To).Kind == graph.KindVectorStore:
				byStore[e.To] = append(byStore[e.To], kb.ID)
			}
		}
		c.reportMixture(r, kb, sources)
	}
	for _, id := range sortedKeys(byStore) {
		if len(byStore[id]) < 2 {
			continue
		}
		// Knowledge bases that are each mixed are reported above; here, what only the shared store brings together.
		var sources []*graph.Edge
		for _, kb := range byStore[id] {
			for e := range c.g.Out(kb) {
				if indexed(e) {
					sources = append(sources, e)
				}
			}
		}
		c.reportMixture(r, c.node(id), sources)
	}
}

func (c *chain) reportMixture(r *report, holder *graph.Node, sources []*graph.Edge) {
	if len(sources) < 2 {
		return
	}
	byClass := map[int][]string{}
	owners := map[string]bool{}
	var unclassed []string
	highest := -1
	for _, e := range sources {
		n := c.node(e.To)
		if rank := c.rank(n); rank >= 0 {
			highest = max(highest, rank)
			if !slices.Contains(byClass[rank], n.Name) {
				byClass[rank] = append(byClass[rank], n.Name)
			}
		} else if !slices.Contains(unclassed, n.Name) {
			unclassed = append(unclassed, n.Name)
		}
		if n.Owner.Name != "" {
			owners[n.Owner.Name] = true
		}
	}
	nodes := []graph.NodeID{holder.ID}
	for _, e := range sources {
		nodes = append(nodes, e.To)
	}
	verb := "indexes"
	if holder.Kind == graph.KindVectorStore {
		verb = "holds the vectors of"
	}
	if len(byClass) < 2 && len(owners) < 2 {
		if len(unclassed) > 0 {
			r.notAssessed([]string{string(holder.ID)}, Finding{
				Sentence: fmt.Sprintf("%s %s %s, and whether they are for the same people was not assessed: no class is declared for %s.", holder.Name, verb, some(len(nodes)-1, "source"), list(unclassed)),
				Links:    ids(sources), Nodes: nodes,
				Need: "data: [{match: …, class: …}] in permchain.yaml",
			})
		}
		return
	}
	var parts []string
	for rank := highest; rank >= 0; rank-- {
		if names := byClass[rank]; len(names) > 0 {
			slices.Sort(names)
			parts = append(parts, fmt.Sprintf("%s (%s)", list(names), c.g.Intent.Classes[rank]))
		}
	}
	if len(unclassed) > 0 {
		slices.Sort(unclassed)
		parts = append(parts, list(unclassed)+" (no class)")
	}
	f := Finding{
		Links: ids(sources), Nodes: nodes,
		Moves: c.byEnvironment(sources),
		Fix:   Fix{Text: "Make one knowledge base, with a vector store or index of its own, for each audience."},
	}
	if len(byClass) >= 2 {
		f.Sentence = fmt.Sprintf("%s %s %s together: whoever retrieves one can retrieve all.", holder.Name, verb, strings.Join(parts, " and "))
	} else {
		f.Sentence = fmt.Sprintf("%s %s data of %s together: whoever retrieves one can retrieve all.", holder.Name, verb, list(sortedKeys(owners)))
		f.Moves = append(f.Moves, Move{By: -1, Why: "only the owners differ, not the classes"})
	}
	if len(owners) > 1 {
		f.Detail = "Owners: " + list(sortedKeys(owners)) + "."
	}
	r.open([]string{string(holder.ID)}, f)
}
