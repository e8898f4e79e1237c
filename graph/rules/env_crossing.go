package rules

import (
	"fmt"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

var envCrossing = Rule{
	ID: "env-crossing", Title: "From one environment into another", Base: High,
	About: "A principal of a sandbox reaches production data, tools or models, or one of production reaches into a sandbox. " +
		"Environments that serve all others, such as a log account, are not counted.",
	References: []Reference{sec01bp01},
	check:      checkEnvCrossing,
}

func checkEnvCrossing(c *chain, r *report) {
	if c.g.Intent == nil || len(c.g.Intent.Environments) == 0 {
		r.notAssessed(nil, Finding{
			Sentence: "Whether links cross from a sandbox into production was not assessed: no environments are declared.",
			Need:     "environments: [{name: prod, accounts: [\"…\"]}] in permchain.yaml",
		})
		return
	}
	groups := map[string][]*graph.Edge{}
	undeclared := map[string][]*graph.Edge{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if !open(e) || !reach.Carries(e.Kind) && e.Kind != graph.Administers && e.Kind != graph.Passes {
			continue
		}
		from, to := c.node(e.From), c.node(e.To)
		if from.Account == "" || to.Account == "" || from.Account == to.Account || to.Lane == graph.Logs {
			continue
		}
		switch {
		case from.Outside || to.Outside: // outside-org speaks of these
		case from.Env == "" || to.Env == "":
			acct := from.Account
			if from.Env != "" {
				acct = to.Account
			}
			undeclared[acct] = append(undeclared[acct], e)
		case production(from.Env) != production(to.Env) && !shared(from.Env) && !shared(to.Env):
			key := string(c.holder(e).ID) + "\x00" + to.Env
			groups[key] = append(groups[key], e)
		}
	}
	for _, key := range sortedKeys(groups) {
		c.reportCrossing(r, key, c.heaviestFirst(groups[key]))
	}
	for _, acct := range sortedKeys(undeclared) {
		r.notAssessed([]string{acct}, Finding{
			Sentence: fmt.Sprintf("%s into or out of %s, and whether %s from one environment into another was not assessed: it is of none that is declared.",
				some(len(undeclared[acct]), "link")+" "+lead(len(undeclared[acct])), account(acct), crosses(len(undeclared[acct]))),
			Links: ids(undeclared[acct]),
			Need:  "the environment of " + account(acct) + " in permchain.yaml",
		})
	}
}

func crosses(n int) string {
	if n == 1 {
		return "it crosses"
	}
	return "they cross"
}

func (c *chain) reportCrossing(r *report, key string, links []*graph.Edge) {
	e := links[0]
	from, to := c.node(e.From), c.node(e.To)
	var moves []Move
	for _, l := range links {
		n := c.node(l.To)
		if l.Kind == graph.Writes || l.Kind == graph.Administers || l.Kind == graph.Calls {
			moves = append(moves, Move{By: 1, Why: from.Name + " " + l.Kind.Can() + " " + n.Name})
			break
		}
	}
	s := fmt.Sprintf("%s in %s %s %s in %s", from.Name, from.Env, e.Kind.Can(), to.Name, to.Env)
	if more := c.others(links, targets, e.To); more > 0 {
		s += " and " + some(more, "other target")
	}
	f := Finding{
		Links: ids(links), Nodes: []graph.NodeID{e.From, e.To},
		Fix: Fix{Text: fmt.Sprintf("Take %s out of what lets %s in, or move what needs it into %s.", from.Env, from.Env, to.Env)},
	}
	if e.Kind == graph.Assumes {
		if next := c.worstFrom(to); next != nil {
			s += fmt.Sprintf(", which %s %s", next.Kind.Can(), c.node(next.To).Name)
			if len(moves) == 0 && c.changes(to) {
				moves = append(moves, Move{By: 1, Why: to.Name + " can change things in " + to.Env})
			}
		}
		f.Fix.Text = fmt.Sprintf("Take %s out of the trust policy of %s.", from.Name, to.Name)
	}
	f.Sentence, f.Moves = s+".", moves
	r.open([]string{key}, f)
}

// changes reports whether a role can write, call or change anything.
func (c *chain) changes(role *graph.Node) bool {
	for e := range c.g.Out(role.ID) {
		if open(e) && (e.Kind == graph.Writes || e.Kind == graph.Administers || e.Kind == graph.Calls) {
			return true
		}
	}
	return false
}
