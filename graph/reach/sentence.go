package reach

import (
	"strings"

	"github.com/permchain/permchain/graph"
)

// Sentence says a path in words that answer the three questions: which principal calls, which resource is touched,
// which log would show it. "Customers can reach hr-payroll through support-agent. Nothing logs the read."
// A path that is empty or not of this chain has none.
func (x *Index) Sentence(p Path) string {
	edges := make([]*graph.Edge, 0, len(p.Edges))
	for _, id := range p.Edges {
		e := x.g.Edge(id)
		if e == nil {
			return ""
		}
		edges = append(edges, e)
	}
	if len(edges) == 0 {
		return ""
	}
	return x.claim(edges) + " " + x.trace(edges)
}

// claim is the first sentence: who can do what, and through whom.
func (x *Index) claim(edges []*graph.Edge) string {
	last := edges[len(edges)-1]
	strength := Certain
	for _, e := range edges {
		strength = min(strength, StrengthOf(e))
	}
	who, what := x.name(edges[0].From), x.name(last.To)
	var roles, through []string
	for _, e := range edges[1:] {
		switch n := x.g.Node(e.From); {
		case n == nil || n.Kind == graph.KindGroup:
		case n.Lane == graph.Roles:
			roles = append(roles, n.Name)
		default:
			through = append(through, n.Name)
		}
	}
	s := who + " " + verb(last.Kind, len(edges), strength) + " " + what
	switch {
	case len(through) > 0:
		s += " through " + And(through)
	case len(roles) > 0 && last.Kind == graph.Assumes:
		s += " by way of " + And(roles)
	case len(roles) > 0:
		s += " as " + roles[len(roles)-1]
	}
	if strength == Conditioned {
		s += ", under conditions"
	}
	return s + "."
}

func verb(k graph.EdgeKind, hops int, s Strength) string {
	can := k.Can()
	if hops > 1 && (k == graph.Reads || k == graph.Retrieves || k == graph.Indexes) {
		can = "can reach"
	}
	if s == Uncertain {
		can = strings.Replace(can, "can ", "may be able to ", 1)
	}
	return can
}

// trace is the second sentence: the log of the last hop that has a log of its own.
func (x *Index) trace(edges []*graph.Edge) string {
	for i := len(edges) - 1; i >= 0; i-- {
		e := edges[i]
		act := Act(e.Kind)
		switch e.Log.State {
		case graph.Yes:
			return "The " + act + " shows in " + x.name(e.Log.To) + "."
		case graph.No:
			return "Nothing logs the " + act + "."
		case graph.StateUnknown:
			if e.Log.Why != "" {
				return "Whether a log shows the " + act + " is not known: " + e.Log.Why + "."
			}
			return "Whether a log shows the " + act + " is not known."
		}
	}
	return "Which log would show it is not known."
}

// Act names what is done along a link: "read", "call".
func Act(k graph.EdgeKind) string {
	switch k {
	case graph.Assumes:
		return "change of role"
	case graph.Invokes:
		return "invocation"
	case graph.Retrieves:
		return "retrieval"
	case graph.Reads, graph.Indexes:
		return "read"
	case graph.Writes:
		return "write"
	case graph.Calls:
		return "call"
	case graph.Administers:
		return "change"
	case graph.Decrypts:
		return "decryption"
	}
	return "access"
}

// And joins names as a sentence does: "a, b and c".
func And(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func (x *Index) name(id graph.NodeID) string {
	if n := x.g.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	return string(id)
}
