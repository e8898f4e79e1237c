package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/reach"
	"github.com/permchain/permchain/graph/review"
)

// chain is the graph with what several rules ask of it, worked out once. Rules only read it.
type chain struct {
	g *graph.Graph
	x *reach.Index

	documents map[string]*iam.Document // parsed policies by ID; nil for one that cannot be read
	grants    []*grant                 // what statements grant, by policy, statement and holder
	anyone    map[graph.NodeID]bool    // reached by anyone
	outsiders map[graph.NodeID]bool    // reached by somebody outside the organization
	actors    map[graph.NodeID]bool    // roles that something runs as
	callers   map[graph.NodeID][]*graph.Edge
}

func newChain(g *graph.Graph) *chain {
	c := &chain{g: g, x: reach.New(g), documents: map[string]*iam.Document{}, actors: map[graph.NodeID]bool{}, callers: map[graph.NodeID][]*graph.Edge{}}
	for i := range g.Nodes {
		if r := g.Nodes[i].RunsAs; r != "" {
			c.actors[r] = true
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		switch {
		case e.Kind == graph.RunsAs:
			c.actors[e.To] = true
		case e.Kind == graph.Assumes && open(e):
			c.callers[e.To] = append(c.callers[e.To], e)
		}
	}
	c.anyone = c.x.ReachedFrom(func(n *graph.Node) bool { return n.Kind == graph.KindAnyone })
	c.outsiders = c.x.ReachedFrom(func(n *graph.Node) bool { return n.Outside })
	c.grants = c.findGrants()
	return c
}

// open reports whether a link may be used as far as IAM is concerned.
func open(e *graph.Edge) bool { return e.Granted != graph.Denied }

// node is never nil: an edge's ends are nodes, and anything else is an empty one.
func (c *chain) node(id graph.NodeID) *graph.Node {
	if n := c.g.Node(id); n != nil {
		return n
	}
	return &graph.Node{ID: id, Name: string(id)}
}

// holder is whose permissions a link is made of: the role the actor runs as, else the actor.
func (c *chain) holder(e *graph.Edge) *graph.Node { return c.node(cmp.Or(e.As, e.From)) }

func (c *chain) workloads(e *graph.Edge) []string { return review.WorkloadsOf(c.g, e) }

// rank is the position of a node's data class from low to high, -1 when it has none that is declared.
func (c *chain) rank(n *graph.Node) int { return c.g.Intent.ClassRank(n.Class) }

// top is the rank of the highest class; -1 when no classes are declared.
func (c *chain) top() int {
	if c.g.Intent == nil {
		return -1
	}
	return len(c.g.Intent.Classes) - 1
}

// sensitive reports whether a node's class is in the upper half of those declared, and not the lowest: of public,
// internal, confidential and restricted the last two.
func (c *chain) sensitive(n *graph.Node) bool {
	r := c.rank(n)
	return r > 0 && r >= (c.top()+2)/2
}

// production reports whether an environment's name says that it is the real thing.
func production(env string) bool {
	env = strings.ToLower(env)
	return strings.HasPrefix(env, "prod") || env == "prd" || env == "live"
}

// shared reports whether an environment's name says that it serves all others: logs, security, the network.
func shared(env string) bool {
	env = strings.ToLower(env)
	for _, word := range []string{"shared", "security", "audit", "log", "network", "management", "infra", "tooling", "identity"} {
		if strings.Contains(env, word) {
			return true
		}
	}
	return false
}

// notWired reports whether it is known that no configuration makes the start of a link use it. An agent's and a
// knowledge base's configuration says all that they use; a function's code can use what no file names.
func (c *chain) notWired(e *graph.Edge) bool {
	from := c.node(e.From)
	return e.Wired == graph.No || e.Wired != graph.Yes && from.Unknown == "" && (from.Kind == graph.KindAgent || from.Kind == graph.KindKB)
}

// needed reports whether something shows that a link is needed: configuration, use, or what the workload declares. To
// declare data means to read it, and to declare a log to write there: neither asks for more.
func (c *chain) needed(e *graph.Edge) bool {
	if e.Wired == graph.Yes || e.Used.State == graph.Yes {
		return true
	}
	if e.Intended != graph.Yes {
		return false
	}
	switch c.node(e.To).Lane {
	case graph.Models:
		return e.Kind == graph.Invokes
	case graph.Data:
		return e.Kind == graph.Reads || e.Kind == graph.Retrieves || e.Kind == graph.Indexes
	case graph.Tools:
		return e.Kind == graph.Calls
	}
	return false
}

// serviceLinked reports whether a role is AWS's own, whose policies nobody else can change.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
func serviceLinked(n *graph.Node) bool { return strings.Contains(n.ARN, ":role/aws-service-role/") }

// heaviestFirst orders links by what their target weighs: everything before data of a class that matters, that before
// handing out permissions, that before what stands for all of a kind, that before the rest; then by how little shows
// that they are needed, then by ID.
func (c *chain) heaviestFirst(links []*graph.Edge) []*graph.Edge {
	type weighed struct {
		*graph.Edge
		by [7]int8 // what counts first stands first; more is heavier
	}
	all := make([]weighed, len(links))
	for i, e := range links {
		to := c.node(e.To)
		all[i] = weighed{e, [7]int8{
			b2i(to.Kind == graph.KindEverything), int8(max(c.rank(to), 0)), b2i(grave(to.Effect)), b2i(handsOut(e, to)),
			b2i(to.Wildcard), int8(c.x.Weight(to)), b2i(!c.needed(e)),
		}}
	}
	slices.SortFunc(all, func(a, b weighed) int {
		return cmp.Or(slices.Compare(b.by[:], a.by[:]), cmp.Compare(verbOrder(a.Kind), verbOrder(b.Kind)), cmp.Compare(a.ID, b.ID))
	})
	out := make([]*graph.Edge, len(all))
	for i := range all {
		out[i] = all[i].Edge
	}
	return out
}

// handsOut reports whether a link lets its start give out permissions: change what every role, user or group may do, or
// what every policy says, or everything.
func handsOut(e *graph.Edge, to *graph.Node) bool {
	if e.Kind != graph.Administers || !to.Wildcard {
		return false
	}
	switch to.Kind {
	case graph.KindRole, graph.KindUser, graph.KindGroup, graph.KindPolicy, graph.KindEverything:
		return true
	}
	return false
}

// verbOrder puts what people ask about first: reading before changing before the rest.
func verbOrder(k graph.EdgeKind) int {
	if i := slices.Index(verbs, k); i >= 0 {
		return i
	}
	return len(verbs)
}

var verbs = []graph.EdgeKind{graph.Reads, graph.Retrieves, graph.Indexes, graph.Calls, graph.Invokes, graph.Writes, graph.Assumes}

func b2i(b bool) int8 {
	if b {
		return 1
	}
	return 0
}

func ids(links []*graph.Edge) []graph.EdgeID {
	out := make([]graph.EdgeID, len(links))
	for i, e := range links {
		out[i] = e.ID
	}
	return out
}

// unknownPrincipals are the users and roles whose own policies were not imported although something in the chain acts
// as them or they act themselves, by account.
func (c *chain) unknownPrincipals() map[string][]*graph.Node {
	out := map[string][]*graph.Node{}
	for i := range c.g.Nodes {
		n := &c.g.Nodes[i]
		if n.Unknown == "" || n.Outside || n.Kind != graph.KindRole && n.Kind != graph.KindUser {
			continue
		}
		acts := c.actors[n.ID]
		for e := range c.g.Out(n.ID) {
			acts = acts || review.Access(e)
		}
		if acts {
			out[n.Account] = append(out[n.Account], n)
		}
	}
	return out
}

// sortedKeys is the keys of a map in order, so that nothing seen depends on the map's.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
