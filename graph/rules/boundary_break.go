package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/reach"
)

var boundaryBreak = Rule{
	ID: "boundary-break", Title: "Reached through an assistant, not directly", Base: High,
	About: "Somebody reaches data through an agent or knowledge base that they cannot reach directly. What a knowledge base " +
		"filters by metadata does not change who can retrieve it. Data of the lowest class has no boundary, and what a workload " +
		"within its clearance is declared to give its own users is meant.",
	References: []Reference{llm02, llm08, gensec01bp03},
	check:      checkBoundaryBreak,
}

func checkBoundaryBreak(c *chain, r *report) {
	callers := c.people()
	direct := map[graph.NodeID]map[graph.NodeID]reach.Strength{}
	unseen := map[string][]graph.NodeID{} // knowledge bases that nobody is known to reach, by account
	for i := range c.g.Nodes {
		kb := &c.g.Nodes[i]
		if kb.Kind != graph.KindKB || kb.Wildcard {
			continue
		}
		sources := c.bounded(kb)
		if len(sources) == 0 {
			continue
		}
		var reached []reach.Reached
		for _, who := range c.x.Reaching(kb.ID) {
			if callers[who.Node] {
				reached = append(reached, who)
			}
		}
		if len(reached) == 0 {
			unseen[kb.Account] = append(unseen[kb.Account], kb.ID)
			continue
		}
		for _, e := range sources {
			c.checkBoundary(r, kb, e, reached, direct)
		}
	}
	for _, acct := range sortedKeys(unseen) {
		r.notAssessed([]string{"callers", acct}, Finding{
			Sentence: fmt.Sprintf("Nobody is known to reach %s of %s, so whether people get more there than they have themselves was not assessed.", list(c.namesOf(unseen[acct])), account(acct)),
			Nodes:    unseen[acct],
			Need:     "aws iam get-account-authorization-details of " + account(acct) + ", and people behind federated roles in permchain.yaml",
		})
	}
}

// bounded are the links to what a knowledge base indexes, save data of the lowest class.
func (c *chain) bounded(kb *graph.Node) []*graph.Edge {
	var out []*graph.Edge
	for e := range c.g.Out(kb.ID) {
		if indexed(e) && c.rank(c.node(e.To)) != 0 {
			out = append(out, e)
		}
	}
	return out
}

// indexed reports whether a link leads from a knowledge base to one of its sources.
func indexed(e *graph.Edge) bool {
	return e.Kind == graph.Indexes && open(e) && e.Wired != graph.No
}

// people are the callers behind whom persons stand: users, people who sign in, anyone; and roles for people of whom it
// is not known who enters them.
func (c *chain) people() map[graph.NodeID]bool {
	out := map[graph.NodeID]bool{}
	for i := range c.g.Nodes {
		n := &c.g.Nodes[i]
		switch n.Kind {
		case graph.KindUser, graph.KindAnyone:
			out[n.ID] = true
		case graph.KindFederated:
			for e := range c.g.Out(n.ID) {
				out[n.ID] = out[n.ID] || e.Kind != graph.Assumes || c.node(e.To).RoleClass != graph.RoleAutomation
			}
		case graph.KindRole:
			out[n.ID] = n.RoleClass == graph.RoleHuman && len(c.callers[n.ID]) == 0
		}
	}
	return out
}

// directly is what somebody can read without an agent, knowledge base or function in between.
func (c *chain) directly(who graph.NodeID, memo map[graph.NodeID]map[graph.NodeID]reach.Strength) map[graph.NodeID]reach.Strength {
	if m, ok := memo[who]; ok {
		return m
	}
	m := map[graph.NodeID]reach.Strength{}
	for _, r := range c.x.Reachable(who, graph.Assumes, graph.MemberOf, graph.Reads) {
		m[r.Node] = r.Strength
	}
	memo[who] = m
	return m
}

func (c *chain) checkBoundary(r *report, kb *graph.Node, e *graph.Edge, reached []reach.Reached, memo map[graph.NodeID]map[graph.NodeID]reach.Strength) {
	source := c.node(e.To)
	var broken, unclear []graph.NodeID
	why := ""
	for _, p := range reached {
		who := c.node(p.Node)
		if c.meant(e, kb, source, who) {
			continue
		}
		switch strength := c.directly(p.Node, memo)[source.ID]; {
		case strength >= reach.Conditioned:
		case strength == reach.Uncertain:
			unclear, why = append(unclear, p.Node), "whether IAM lets them is not known"
		case source.Kind == graph.KindSource:
			unclear, why = append(unclear, p.Node), source.Name+" is outside AWS and decides that itself"
		case p.Strength == reach.Uncertain:
			unclear, why = append(unclear, p.Node), "whether they reach "+kb.Name+" is not known either"
		default:
			if gap := c.unknownAccess(p.Node); gap != "" {
				unclear, why = append(unclear, p.Node), gap
			} else {
				broken = append(broken, p.Node)
			}
		}
	}
	if len(broken) == 0 {
		if len(unclear) > 0 {
			r.notAssessed([]string{string(kb.ID), string(source.ID)}, Finding{
				Sentence: fmt.Sprintf("%s can reach %s through %s, and whether they can open it themselves was not assessed: %s.", list(c.namesOf(unclear)), source.Name, kb.Name, why),
				Links:    []graph.EdgeID{e.ID},
				Nodes:    append([]graph.NodeID{kb.ID, source.ID}, unclear...),
				Need:     c.needAccess(source),
			})
		}
		return
	}
	slices.SortStableFunc(broken, func(a, b graph.NodeID) int {
		na, nb := c.node(a), c.node(b)
		if d := c.x.Exposure(nb) - c.x.Exposure(na); d != 0 {
			return d
		}
		return people(nb) - people(na)
	})
	f := Finding{
		Sentence: fmt.Sprintf("%s can reach %s through %s and cannot open it %s.", list(c.namesOf(broken)), source.Name, c.entry(broken[0], kb), themselves(len(broken), c.node(broken[0]))),
		Links:    []graph.EdgeID{e.ID},
		Nodes:    append([]graph.NodeID{kb.ID, source.ID}, broken...),
		Fix:      Fix{Text: fmt.Sprintf("Give %s a knowledge base of its own, which only those can retrieve from who may read it; or let those who use %s read it. A metadata filter is set by the caller's application and is no boundary.", source.Name, kb.Name)},
	}
	if source.Class != "" {
		f.Detail = source.Name + " is " + source.Class + "."
		if c.rank(source) == c.top() {
			f.Moves = append(f.Moves, Move{By: 1, Why: source.Name + " is " + source.Class})
		}
	} else {
		f.Detail = "The class of " + source.Name + " is not declared."
	}
	if len(unclear) > 0 {
		f.Detail += fmt.Sprintf(" Of %s it is not known: %s.", list(c.namesOf(unclear)), why)
	}
	f.Moves = append(f.Moves, c.byEnvironment([]*graph.Edge{e})...)
	for _, who := range broken[:min(len(broken), maxPaths)] {
		// The way that the finding is about: through the knowledge base, though a worse way to the same data may exist.
		paths, _ := c.x.Paths(who, kb.ID, reach.Limit{Paths: 2 * maxPaths})
		if len(paths) == 0 {
			continue
		}
		// The way that the workload is made for tells more than the way of an administrator who reaches everything.
		p := paths[max(0, slices.IndexFunc(paths, func(p reach.Path) bool { return c.g.Edge(p.Edges[len(p.Edges)-1]).Wired == graph.Yes }))]
		p.Edges = append(slices.Clone(p.Edges), e.ID)
		f.Paths = append(f.Paths, p)
		f.Links = append(f.Links, entering(c, p, kb)...)
	}
	r.open([]string{string(kb.ID), string(source.ID)}, f)
}

// entering are the links of a path that lead into the knowledge base.
func entering(c *chain, p reach.Path, kb *graph.Node) []graph.EdgeID {
	var out []graph.EdgeID
	for _, id := range p.Edges {
		if c.g.Edge(id).To == kb.ID {
			out = append(out, id)
		}
	}
	return out
}

// entry names what people talk to: the agent on the way when there is one, else the knowledge base.
func (c *chain) entry(who graph.NodeID, kb *graph.Node) string {
	paths, _ := c.x.Paths(who, kb.ID, reach.Limit{Paths: 1})
	if len(paths) == 0 {
		return kb.Name
	}
	for _, id := range paths[0].Edges {
		if n := c.node(c.g.Edge(id).To); n.Lane == graph.Models && n.ID != kb.ID {
			return n.Name + " and " + kb.Name
		}
	}
	return kb.Name
}

func themselves(n int, first *graph.Node) string {
	if n == 1 && first.Kind == graph.KindUser {
		return "directly"
	}
	return "themselves"
}

// meant reports whether a workload is declared to give these people this data, and is cleared for it.
func (c *chain) meant(e *graph.Edge, kb, source, who *graph.Node) bool {
	if e.Intended != graph.Yes || c.g.Intent == nil {
		return false
	}
	for _, name := range c.workloads(e) {
		w := c.g.Intent.Workload(name)
		if w == nil || w.Clearance == "" || c.rank(source) < 0 || c.rank(source) > c.g.Intent.ClassRank(w.Clearance) || !slices.Contains(kb.Workloads, name) {
			continue
		}
		if slices.ContainsFunc(w.Users, func(p string) bool {
			return arn.Match(p, who.Name) || arn.Match(p, string(who.ID)) || who.ARN != "" && arn.Match(p, who.ARN)
		}) {
			return true
		}
	}
	return false
}

// unknownAccess says why somebody's own access is not wholly known: they, or a role that they can become, were not
// imported. "" when it is known.
func (c *chain) unknownAccess(who graph.NodeID) string {
	all := []graph.NodeID{who}
	for _, r := range c.x.Reachable(who, graph.Assumes, graph.MemberOf) {
		all = append(all, r.Node)
	}
	for _, id := range all {
		if n := c.node(id); n.Unknown != "" {
			return "of " + n.Name + ", " + strings.TrimSuffix(n.Unknown, ".")
		}
	}
	return ""
}

func (c *chain) needAccess(source *graph.Node) string {
	if source.Kind == graph.KindSource {
		return "who may open " + source.Name + ", which no AWS file says"
	}
	return "aws iam get-account-authorization-details of " + account(source.Account) + ", and the resource policy of " + source.Name
}
