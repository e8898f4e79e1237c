package rules

import (
	"fmt"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

var outsideOrg = Rule{
	ID: "outside-org", Title: "In or out of the organization", Base: High,
	About:      "A link starts in, or leads to, an account outside the organization.",
	References: []Reference{sec03bp07},
	check:      checkOutsideOrg,
}

func checkOutsideOrg(c *chain, r *report) {
	groups := map[string][]*graph.Edge{}
	unknown := map[graph.NodeID][]*graph.Edge{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if !open(e) || !reach.Carries(e.Kind) && e.Kind != graph.Administers && e.Kind != graph.Passes {
			continue
		}
		from, to := c.node(e.From), c.node(e.To)
		switch {
		case from.Outside && !to.Outside:
			groups["in\x00"+string(e.From)] = append(groups["in\x00"+string(e.From)], e)
		case to.Outside && !from.Outside:
			id := "out\x00" + string(c.holder(e).ID) + "\x00" + to.Account
			groups[id] = append(groups[id], e)
		case from.Lane == graph.Callers && from.Account == "" && from.Unknown != "" && (from.Kind == graph.KindUser || from.Kind == graph.KindAccount):
			unknown[e.From] = append(unknown[e.From], e)
		}
	}
	for _, key := range sortedKeys(groups) {
		links := c.heaviestFirst(groups[key])
		e := links[0]
		from, to := c.node(e.From), c.node(e.To)
		s := from.Name + " " + e.Kind.Can() + " " + to.Name
		if more := c.others(links, targets, e.To); more > 0 {
			s += " and " + some(more, "other target")
		}
		f := Finding{Links: ids(links), Moves: c.weigh(weighing{class: true, effect: true, env: true, risk: true}, links)}
		if from.Outside {
			if next := c.worstFrom(to); next != nil && e.Kind == graph.Assumes {
				s += fmt.Sprintf(", which %s %s", next.Kind.Can(), c.node(next.To).Name)
			}
			f.Sentence = s + ", from outside the organization."
			f.Nodes = []graph.NodeID{from.ID}
			f.Fix.Text = "Name the one role in that account that may enter, with a condition on sts:ExternalId if it is a third party's, or take the grant away. An RCP on aws:PrincipalOrgID closes this for all."
		} else {
			f.Sentence = s + fmt.Sprintf(", in %s, which is outside the organization.", account(to.Account))
			f.Nodes = []graph.NodeID{to.ID}
			f.Fix.Text = "Move the target into the organization, or take the grant away. An SCP on aws:ResourceOrgID closes this for all."
		}
		r.open([]string{key}, f)
	}
	for _, id := range sortedKeys(unknown) {
		n := c.node(id)
		r.notAssessed([]string{string(id)}, Finding{
			Sentence: fmt.Sprintf("%s %s %s, and whether it is of the organization was not assessed: %s.", n.Name, unknown[id][0].Kind.Can(), c.node(unknown[id][0].To).Name, n.Unknown),
			Links:    ids(unknown[id]),
			Nodes:    []graph.NodeID{id},
			Need:     "aws organizations list-accounts, and the account that the principal is in",
		})
	}
	c.reportUnknownMembership(r)
}

// reportUnknownMembership reports links between accounts when nothing says which accounts are the organization's.
func (c *chain) reportUnknownMembership(r *report) {
	if c.g.Intent != nil && len(c.g.Intent.Environments) > 0 {
		return
	}
	var links []*graph.Edge
	for i := range c.g.Nodes {
		n := &c.g.Nodes[i]
		if n.Outside || n.Kind == graph.KindOrg {
			return // the organization's accounts are known
		}
	}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		from, to := c.node(e.From), c.node(e.To)
		if open(e) && reach.Carries(e.Kind) && from.Account != "" && to.Account != "" && from.Account != to.Account {
			links = append(links, e)
		}
	}
	if len(links) == 0 {
		return
	}
	links = c.heaviestFirst(links)
	r.notAssessed([]string{"organization"}, Finding{
		Sentence: fmt.Sprintf("%s between accounts, such as %q, and which accounts are the organization's was not imported.", some(len(links), "link")+" "+lead(len(links)), c.g.Sentence(links[0])),
		Links:    ids(links),
		Need:     "aws organizations list-accounts, or environments in permchain.yaml",
	})
}

func lead(n int) string {
	if n == 1 {
		return "leads"
	}
	return "lead"
}
