package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
)

var broadPrincipal = Rule{
	ID: "broad-principal", Title: "The door is open to too many", Base: High,
	About: "A trust or resource policy lets in anyone, a whole other account or the organization, or an AWS service without " +
		"saying for whose resource it acts (confused deputy).",
	References: []Reference{gensec01bp01, sec03bp07, confusedDeputy},
	check:      checkBroadPrincipal,
}

// door is a statement that lets callers in to one node.
type door struct {
	stmt  *iam.Statement // nil when configuration, not a policy, opens it
	ev    graph.Evidence
	to    *graph.Node
	key   []string
	links []*graph.Edge
}

func checkBroadPrincipal(c *chain, r *report) {
	doors := map[string]*door{}
	unknown := map[string][]*graph.Node{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if !open(e) || !c.widePrincipal(e) {
			continue
		}
		ev, stmt := c.doorOf(e)
		key := []string{string(e.To), string(e.Breadth.PrincipalScope)}
		if stmt != nil {
			key = append(key, statementKey(ev.Policy, stmt))
		}
		id := strings.Join(key, "\x00")
		if doors[id] == nil {
			doors[id] = &door{stmt: stmt, ev: ev, to: c.node(e.To), key: key}
		}
		doors[id].links = append(doors[id].links, e)
	}
	for _, id := range sortedKeys(doors) {
		c.reportDoor(r, doors[id])
	}
	for i := range c.g.Nodes {
		if n := &c.g.Nodes[i]; n.Kind == graph.KindRole && !n.Wildcard && !n.Outside && n.Unknown != "" && c.actors[n.ID] {
			unknown[n.Account] = append(unknown[n.Account], n)
		}
	}
	for _, acct := range sortedKeys(unknown) {
		var names []string
		var nodes []graph.NodeID
		for _, n := range unknown[acct] {
			names, nodes = append(names, n.Name), append(nodes, n.ID)
		}
		r.notAssessed([]string{acct}, Finding{
			Sentence: fmt.Sprintf("Who can become %s of %s is not known, so whether too many can was not assessed.", list(names), account(acct)),
			Nodes:    nodes,
			Need:     "the trust policies of the roles: aws iam get-account-authorization-details of " + account(acct),
		})
	}
}

// widePrincipal reports whether a link comes through a door that is wider than one caller. A role that trusts its own
// account leaves the choice to that account's policies, and is not wide by that.
func (c *chain) widePrincipal(e *graph.Edge) bool {
	switch e.Breadth.PrincipalScope {
	case graph.ScopeAll, graph.ScopeOrg, graph.ScopeService:
		return true
	case graph.ScopeAccount:
		from, to := c.node(e.From), c.node(e.To)
		return from.Account == "" || from.Account != to.Account
	}
	return false
}

// doorOf finds the statement of a trust or resource policy behind a link; else the first evidence there is.
func (c *chain) doorOf(e *graph.Edge) (graph.Evidence, *iam.Statement) {
	for i := range e.Evidence {
		if ev := &e.Evidence[i]; ev.Kind == graph.ByPolicy && ev.Layer == "resource" && ev.Effect == "Allow" {
			return *ev, c.statement(ev)
		}
	}
	if len(e.Evidence) > 0 {
		return e.Evidence[0], nil
	}
	return graph.Evidence{}, nil
}

func (c *chain) reportDoor(r *report, d *door) {
	slices.SortFunc(d.links, func(a, b *graph.Edge) int { return strings.Compare(string(a.ID), string(b.ID)) })
	e := d.links[0]
	from := c.node(e.From)
	verb := e.Kind.Can()
	who, label := from.Name, "any principal"
	moves := c.weigh(weighing{class: true, effect: true, env: true, risk: true}, d.links)
	text := ""
	switch e.Breadth.PrincipalScope {
	case graph.ScopeAll:
		who = "Anyone"
		if from.Kind == graph.KindFederated {
			who = "Anyone whom " + from.Name + " knows"
			text = "Name the audience and subject in the trust policy's condition."
		} else {
			text = "Name the principals, or take the statement away."
		}
		label = "anyone"
		moves = append(moves, Move{By: 1, Why: "nobody has to be of the organization"})
	case graph.ScopeOrg:
		who, label = from.Name, "any in the organization"
		moves = append(moves, Move{By: -1, Why: "it stays in the organization"})
		text = "Name the accounts or roles that need it."
	case graph.ScopeAccount:
		if from.Kind == graph.KindAccount {
			who = "Any principal in " + from.Name
		} else {
			who = "Any principal in " + account(from.Account)
		}
		text = "Name the role in that account that needs it; for a third party add a condition on sts:ExternalId."
		if from.Outside {
			moves = append(moves, Move{By: 1, Why: from.Name + " is outside the organization"})
		}
	case graph.ScopeService:
		who, label = "The service "+from.Name, "no source condition"
		moves = append(moves, Move{By: -1, Why: "it takes another customer who makes the service act"})
		text = fmt.Sprintf("Add a condition on aws:SourceArn or aws:SourceAccount, so that %s acts only for resources of %s.", from.Name, account(d.to.Account))
	}
	s := who + " " + verb + " " + d.to.Name
	if next := c.worstFrom(d.to); next != nil && e.Kind == graph.Assumes {
		s += " and so " + strings.Replace(next.Kind.Can(), "can ", "", 1) + " " + c.node(next.To).Name
	}
	switch e.Breadth.PrincipalScope {
	case graph.ScopeService:
		s += " for whoever makes it: its policy does not say for whose resource"
	case graph.ScopeAccount:
		s += ": the whole account is let in"
	}
	f := Finding{
		Sentence: s + ".",
		Label:    label,
		Links:    ids(d.links),
		Nodes:    []graph.NodeID{d.to.ID},
		Moves:    moves,
		Fix:      Fix{Text: text},
	}
	if d.stmt != nil {
		f.Evidence = []graph.Evidence{d.ev}
		if p := c.g.Policy(d.ev.Policy); p != nil && e.Breadth.PrincipalScope == graph.ScopeService && d.to.Account != "" {
			before, fields := rawStatement(p.Text, d.ev.Statement)
			f.Fix.Before, f.Fix.After = before, withSourceAccount(fields, d.to.Account)
		}
	}
	r.open(d.key, f)
}

// worstFrom is the heaviest thing that whoever comes in at a node can do next; nil when nothing is known.
func (c *chain) worstFrom(n *graph.Node) *graph.Edge {
	var next []*graph.Edge
	for e := range c.g.Out(n.ID) {
		if open(e) && (e.Kind == graph.Administers || e.Kind == graph.Reads || e.Kind == graph.Writes || e.Kind == graph.Invokes || e.Kind == graph.Retrieves || e.Kind == graph.Calls) {
			next = append(next, e)
		}
	}
	if len(next) == 0 {
		return nil
	}
	return c.heaviestFirst(next)[0]
}

// withSourceAccount adds a condition on aws:SourceAccount to a statement, beside those it has.
func withSourceAccount(fields []field, account string) string {
	if len(fields) == 0 {
		return ""
	}
	const operator = "StringEquals"
	key, value := `"aws:SourceAccount"`, `"`+account+`"`
	var out []field
	done := false
	for _, f := range fields {
		if strings.EqualFold(f.name, "Condition") {
			done = true
			var blocks []field
			merged := false
			for _, b := range members(f.value) {
				if b.name == operator {
					merged = true
					b.value = []byte(strings.Replace(string(b.value), "{", "{"+key+": "+value+", ", 1))
				}
				blocks = append(blocks, b)
			}
			if !merged {
				blocks = append(blocks, field{operator, []byte("{" + key + ": " + value + "}")})
			}
			f.value = []byte(compose(blocks))
		}
		out = append(out, f)
	}
	if !done {
		out = append(out, field{"Condition", []byte(`{"` + operator + `": {` + key + ": " + value + "}}")})
	}
	return compose(out)
}
