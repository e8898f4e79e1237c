package rules

import (
	"fmt"
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
)

var unowned = Rule{
	ID: "unowned", Title: "Nobody answers for it", Base: Medium,
	About:      "Neither a link nor what it leads to has an owner. A provider's model is answered for by whoever uses it.",
	References: []Reference{govern21},
	check:      checkUnowned,
}

func checkUnowned(c *chain, r *report) {
	byTarget := map[graph.NodeID][]*graph.Edge{}
	total := 0
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if review.NeedsOwner(c.g, e) && review.Owner(c.g, e).Name == "" {
			target := e.To
			if wide := c.g.Edge(e.ImpliedBy); wide != nil && c.nobodys(c.node(e.To)) {
				target = wide.To // one caller without an owner, not one for each model that the wildcard reaches
			}
			byTarget[target] = append(byTarget[target], e)
			total++
		}
	}
	if total == 0 {
		return
	}
	if !c.anyOwner() {
		var links []*graph.Edge
		for _, id := range sortedKeys(byTarget) {
			links = append(links, byTarget[id]...)
		}
		r.notAssessed(nil, Finding{
			Sentence: fmt.Sprintf("Nothing imported says who owns anything, so %s into %s %s without an owner.", some(total, "link"), some(len(byTarget), "thing"), stand(total)),
			Label:    "no owner",
			Links:    ids(links),
			Need:     "owners in permchain.yaml, or tags named owner or team",
		})
		return
	}
	for _, id := range sortedKeys(byTarget) {
		c.reportUnowned(r, c.node(id), byTarget[id])
	}
}

func stand(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

// anyOwner reports whether any source of owners was imported at all.
func (c *chain) anyOwner() bool {
	return slices.ContainsFunc(c.g.Nodes, func(n graph.Node) bool { return n.Owner.Name != "" }) ||
		slices.ContainsFunc(c.g.Edges, func(e graph.Edge) bool { return e.Owner.Name != "" })
}

func (c *chain) reportUnowned(r *report, n *graph.Node, links []*graph.Edge) {
	links = c.heaviestFirst(links)
	var who []graph.NodeID
	for _, e := range links {
		who = append(who, e.From)
	}
	slices.Sort(who)
	who = slices.Compact(who)
	s := fmt.Sprintf("%s has no owner, and %s %s", n.Name, list(c.namesOf(who)), links[0].Kind.Can())
	if len(who) > 1 {
		s = fmt.Sprintf("%s has no owner, and %s lead into it, from %s", n.Name, some(len(links), "link"), list(c.namesOf(who)))
	} else {
		s += " it"
	}
	if c.nobodys(n) {
		s = fmt.Sprintf("Nobody answers for who uses %s: %s %s no owner", n.Name, list(c.namesOf(who)), has(len(who)))
	}
	var moves []Move
	switch {
	case production(n.Env) && (n.Lane == graph.Data || n.Lane == graph.Tools):
		what := "data"
		if n.Lane == graph.Tools {
			what = "a tool"
		}
		moves = append(moves, Move{By: 1, Why: "it is " + what + " in " + n.Env})
	default:
		moves = c.byEnvironment(links)
	}
	r.open([]string{string(n.ID)}, Finding{
		Sentence: s + ".",
		Label:    "no owner",
		Links:    ids(links),
		Nodes:    []graph.NodeID{n.ID},
		Moves:    moves,
		Fix:      Fix{Text: fmt.Sprintf("Assign an owner to %s: in permchain.yaml, by a tag named owner, or here.", c.ownable(n, who))},
	})
}

// ownable is what an owner can be given to: the node, or who uses it when the node is nobody's in the organization.
func (c *chain) ownable(n *graph.Node, who []graph.NodeID) string {
	if c.nobodys(n) {
		return list(c.namesOf(who))
	}
	return n.Name
}

// nobodys reports whether a node is nobody's in the organization, so that who uses it is asked for.
func (c *chain) nobodys(n *graph.Node) bool {
	return n.Wildcard || n.Kind == graph.KindModel && n.Account == ""
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}
