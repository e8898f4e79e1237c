package rules

import (
	"fmt"
	"slices"

	"github.com/permchain/permchain/graph"
)

// weighing says which of the things that a severity may depend on a rule looks at. What a rule's base already
// contains ("critical if restricted") it does not weigh a second time.
type weighing struct {
	class  bool // the highest data class that is reached
	effect bool // what a tool does in the world
	env    bool // production or not
	risk   bool // the risk tier of the workload
	start  bool // who stands at the start
}

var weighAll = weighing{class: true, effect: true, env: true, risk: true, start: true}

// weigh lists what moves the severity of a finding about some links, and by how much.
func (c *chain) weigh(w weighing, links []*graph.Edge) []Move {
	var moves []Move
	if len(links) == 0 {
		return nil
	}
	if w.class {
		moves = append(moves, c.byClass(links)...)
	}
	if w.effect {
		moves = append(moves, c.byEffect(links)...)
	}
	if w.env {
		moves = append(moves, c.byEnvironment(links)...)
	}
	if w.risk {
		moves = append(moves, c.byRisk(links)...)
	}
	if w.start {
		moves = append(moves, c.byStart(links)...)
	}
	return moves
}

// byClass: data of the highest class weighs more; when all that is reached is of the lowest, it weighs less.
func (c *chain) byClass(links []*graph.Edge) []Move {
	highest, harmless := -1, true
	var worst *graph.Node
	for _, e := range links {
		n := c.node(e.To)
		r := c.rank(n)
		if r > highest {
			highest, worst = r, n
		}
		harmless = harmless && r == 0 && !n.Wildcard
	}
	switch {
	case highest > 0 && highest == c.top():
		return []Move{{By: 1, Why: worst.Name + " is " + worst.Class}}
	case harmless:
		return []Move{{By: -1, Why: "all that is reached is " + worst.Class}}
	}
	return nil
}

// grave effects are those that cannot be taken back with an apology.
func grave(effect string) bool {
	return effect == "financial" || effect == "legal" || effect == "safety"
}

func (c *chain) byEffect(links []*graph.Edge) []Move {
	for _, e := range links {
		if n := c.node(e.To); grave(n.Effect) {
			return []Move{{By: 1, Why: fmt.Sprintf("%s has a %s effect", n.Name, n.Effect)}}
		}
	}
	return nil
}

// byEnvironment: what is known to be outside production altogether weighs less.
func (c *chain) byEnvironment(links []*graph.Edge) []Move {
	env := ""
	for _, e := range links {
		for _, id := range []graph.NodeID{e.From, e.To} {
			switch n := c.node(id); {
			case production(n.Env), n.Outside:
				return nil
			case n.Env != "":
				env = n.Env
			case n.Account != "":
				return nil // an account of no declared environment may be production
			}
		}
	}
	if env == "" || shared(env) {
		return nil
	}
	return []Move{{By: -1, Why: "only in " + env}}
}

// byRisk: the same link weighs more in a workload of high risk, and less where all workloads are of low risk.
func (c *chain) byRisk(links []*graph.Edge) []Move {
	var names []string
	for _, e := range links {
		names = append(names, c.workloads(e)...)
	}
	slices.Sort(names)
	low := ""
	for _, name := range slices.Compact(names) {
		w := c.g.Intent.Workload(name)
		switch {
		case w == nil:
		case w.Risk == "high":
			return []Move{{By: 1, Why: title(w) + " is a workload of high risk"}}
		case w.Risk == "low" && low == "":
			low = title(w)
		case w.Risk != "low":
			low = "-" // a workload of moderate or unstated risk takes part
		}
	}
	if low == "" || low == "-" {
		return nil
	}
	return []Move{{By: -1, Why: low + " is a workload of low risk"}}
}

// byStart: what strangers can set in motion weighs more, what administrators hold by their office less.
func (c *chain) byStart(links []*graph.Edge) []Move {
	people := true
	for _, e := range links {
		switch {
		case c.anyone[e.From]:
			return []Move{{By: 1, Why: "anyone can start it"}}
		case c.outsiders[e.From]:
			return []Move{{By: 1, Why: "somebody outside the organization can start it"}}
		}
		h := c.holder(e)
		people = people && (h.RoleClass == graph.RoleHuman || h.Kind == graph.KindUser)
	}
	if people {
		return []Move{{By: -1, Why: "only people inside the organization hold it, each under a name of their own"}}
	}
	return nil
}

func title(w *graph.Workload) string {
	if w.Title != "" {
		return w.Title
	}
	return w.Name
}
