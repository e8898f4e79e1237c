package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/reach"
)

var broadAction = Rule{
	ID: "broad-action", Title: "More actions than needed", Base: High,
	About: "A statement allows more actions on its targets than the links need: a service wildcard, an allow with NotAction, " +
		"or a wildcard that takes in writing or managing permissions where the link only reads.",
	References: []Reference{llm06, asi03, agentsec03bp03},
	check:      checkBroadAction,
}

func checkBroadAction(c *chain, r *report) {
	// Links that the same statement makes too wide by its resources belong to the same cause.
	c.reportGrants(r, (*grant).broadInActions, (*granted).broad)
	c.reportUnknownPrincipals(r, "whether they are allowed more actions than they need")
}

// reportGrants reports the grants that fire a rule, with their links that belong to the cause. Statements of one holder
// that make the very same links are one cause: taking one of them away would change nothing.
func (c *chain) reportGrants(r *report, fires func(*grant) bool, belongs func(*granted) bool) {
	type cause struct {
		grants []*grant
		links  []*graph.Edge
	}
	causes := map[string]*cause{}
	var order []string
	for _, g := range c.grants {
		if serviceLinked(g.holder) || !fires(g) {
			continue
		}
		links := g.pick(belongs)
		if len(links) == 0 {
			continue
		}
		parts := []string{string(g.holder.ID)}
		for _, e := range links {
			parts = append(parts, string(e.ID))
		}
		key := strings.Join(parts, "\x00")
		if causes[key] == nil {
			causes[key] = &cause{links: links}
			order = append(order, key)
		}
		causes[key].grants = append(causes[key].grants, g)
	}
	for _, key := range order {
		c.reportGrant(r, causes[key].grants, c.heaviestFirst(causes[key].links))
	}
}

// reportGrant reports statements that are too wide for their links, which stand heaviest first.
func (c *chain) reportGrant(r *report, grants []*grant, links []*graph.Edge) {
	g, worst := grants[0], links[0]
	actions := g.patterns(func(l *granted) []string { return l.actions })
	moves := c.weigh(weighAll, links)
	for _, e := range links {
		if n := c.node(e.To); handsOut(e, n) {
			moves = append(moves, Move{By: 1, Why: "it can give itself and others any permission"})
			break
		}
	}
	if g.holder.RoleClass == graph.RoleAdmin {
		moves = append(moves, Move{By: -2, Why: g.holder.Name + " is a role of administrators: wide access is its purpose"})
	}
	if n := max(len(g.stmt.Conditions), len(worst.Conditions)); n > 0 && worst.Granted == graph.Conditional {
		moves = append(moves, Move{By: -1, Why: "it holds only under " + some(n, "condition")})
	}
	f := Finding{
		Sentence: c.grantSentence(g, links),
		Detail:   c.grantDetail(g, links, actions),
		Label:    c.grantLabel(g, worst),
		Links:    ids(links),
		Nodes:    []graph.NodeID{g.holder.ID},
		Moves:    moves,
		Fix:      c.leastPrivilege(g),
	}
	var identity, also []string
	for i, o := range grants {
		identity = append(identity, o.key)
		f.Evidence = addEvidence(f.Evidence, o.evidence())
		if i > 0 {
			also = append(also, o.where())
		}
	}
	if len(also) > 0 {
		f.Detail += " The same is granted by " + list(also) + "."
		f.Fix.Text += " Do the same with " + list(also) + ", which grants it again."
	}
	r.open(identity, f, grants...)
}

// grantSentence says a grant by its worst link: "support-agent can read hr-payroll: its role SupportAgentRole allows
// s3:* on every bucket, and nothing wires the agent to this one."
func (c *chain) grantSentence(g *grant, links []*graph.Edge) string {
	worst := links[0]
	actions, wides := g.of(worst)
	from, to := c.node(worst.From), c.node(worst.To)
	who := from.Name
	if more := c.others(links, starts, worst.From); more > 0 {
		who += " and " + some(more, "other")
	}
	can := worst.Kind.Can()
	switch worst.Granted {
	case graph.Unknown:
		can = strings.Replace(can, "can ", "may be able to ", 1)
	case graph.Conditional:
		can = strings.Replace(can, "can ", "can, under conditions, ", 1)
	}
	s := who + " " + can + " " + to.Name
	if more := c.others(links, targets, worst.To); more > 0 && !to.Wildcard {
		s += " and " + some(more, "other target")
	}
	s += ": "
	switch {
	case worst.As != "" && worst.As != worst.From:
		s += "its role " + g.holder.Name + " allows "
	case g.holder.Kind == graph.KindUser:
		s += "the policy " + g.policy.Name + " allows "
	default:
		s += "its policy " + g.policy.Name + " allows "
	}
	s += c.grantedWords(g, worst, actions) + " on " + c.reachWords(g, worst, actions, wides)
	switch {
	case c.notWired(worst) && !to.Wildcard:
		s += ", and nothing wires the " + kindWord(from) + " to this one"
	case len(actions) > 0 && c.needed(worst) && len(worst.Breadth.ActionsNeeded) > 0:
		s += ", where " + reach.And(worst.Breadth.ActionsNeeded) + " is enough"
	}
	return s + "."
}

// others counts the known nodes at one end of links, this one apart.
func (c *chain) others(links []*graph.Edge, end func(*graph.Edge) graph.NodeID, apart graph.NodeID) int {
	seen := map[graph.NodeID]bool{apart: true}
	for _, e := range links {
		if !c.node(end(e)).Wildcard {
			seen[end(e)] = true
		}
	}
	return len(seen) - 1
}

func starts(e *graph.Edge) graph.NodeID  { return e.From }
func targets(e *graph.Edge) graph.NodeID { return e.To }

func kindWord(n *graph.Node) string {
	switch n.Kind {
	case graph.KindAgent, graph.KindAgentAlias, graph.KindRuntime:
		return "agent"
	}
	return string(n.Kind)
}

// grantedWords says which actions: "s3:*", "every action", or those of the worst link.
func (c *chain) grantedWords(g *grant, worst *graph.Edge, actions []string) string {
	switch {
	case slices.Contains(actions, "*") || slices.Contains(actions, "*:*"):
		return "every action"
	case len(g.stmt.NotActions) > 0:
		return "everything but " + list(g.stmt.NotActions)
	case len(actions) > 0:
		return list(actions)
	}
	var own []string
	for _, p := range g.stmt.Actions {
		if slices.ContainsFunc(worst.Breadth.ActionsNeeded, func(a string) bool { return service(a) == service(p) }) {
			own = append(own, p)
		}
	}
	if len(own) == 0 {
		own = g.stmt.Actions
	}
	return list(own)
}

// reachWords says on what: "every bucket", "everything", or the target's name.
func (c *chain) reachWords(g *grant, worst *graph.Edge, actions, wides []string) string {
	to := c.node(worst.To)
	switch {
	case len(wides) == 0:
		return to.Name
	case len(g.stmt.NotResources) > 0:
		return "everything but " + list(g.stmt.NotResources)
	case slices.Contains(actions, "*"), to.Kind == graph.KindEverything, len(g.stmt.NotActions) > 0:
		return "everything"
	case to.Wildcard:
		return to.Name
	}
	if len(actions) > 0 {
		if words, ok := everyOf[service(actions[0])]; ok {
			return words
		}
	}
	return everyKind(to.Kind)
}

// grantLabel names the wildcard on the map: "s3:* on *", "bedrock:*", "every model".
func (c *chain) grantLabel(g *grant, worst *graph.Edge) string {
	actions, wides := g.of(worst)
	to := c.node(worst.To)
	switch {
	case len(actions) > 0 && len(wides) > 0:
		return actions[0] + " on *"
	case len(actions) > 0:
		return actions[0]
	case to.Wildcard:
		return to.Name
	}
	return everyKind(to.Kind)
}

func (c *chain) grantDetail(g *grant, links []*graph.Edge, actions []string) string {
	var parts []string
	total := 0
	for _, p := range actions {
		total += iam.ActionCount(p)
	}
	var needs []string
	show := 0
	for _, e := range links {
		if c.needed(e) {
			show++
			needs = append(needs, e.Breadth.ActionsNeeded...)
		}
	}
	slices.Sort(needs)
	needs = slices.Compact(needs)
	if total > 0 {
		s := fmt.Sprintf("%s %s for %s", list(actions), stands(len(actions)), some(total, "action"))
		if len(needs) > 0 {
			s += fmt.Sprintf("; %s needed", list(needs)+" "+is(len(needs)))
		}
		parts = append(parts, s+".")
	}
	parts = append(parts, fmt.Sprintf("The statement makes %s; %s shown by configuration, logs or permchain.yaml to be needed.",
		some(len(links), "link"), cmp.Or(countOrNone(show), "none")+" "+is(show)))
	parts = append(parts, "Statement: "+g.where()+".")
	return strings.Join(parts, " ")
}

func stands(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

func is(n int) string {
	if n == 1 || n == 0 {
		return "is"
	}
	return "are"
}

func countOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// reportUnknownPrincipals reports, by account, the principals whose policies were not imported.
func (c *chain) reportUnknownPrincipals(r *report, what string) {
	byAccount := c.unknownPrincipals()
	for _, acct := range sortedKeys(byAccount) {
		var names []string
		var nodes []graph.NodeID
		for _, n := range byAccount[acct] {
			names = append(names, n.Name)
			nodes = append(nodes, n.ID)
		}
		r.notAssessed([]string{acct}, Finding{
			Sentence: fmt.Sprintf("What %s of %s may do is not known, so %s was not assessed.", list(names), account(acct), what),
			Nodes:    nodes,
			Need:     "aws iam get-account-authorization-details of " + account(acct),
		})
	}
}
