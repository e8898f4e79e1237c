package rules

import "github.com/permchain/permchain/graph"

var broadResource = Rule{
	ID: "broad-resource", Title: "Every resource, where some are meant", Base: High,
	About: "A statement's resources reach everything of a kind, of an account, or everything, where the workload has named " +
		"targets. A statement that is too wide in its actions as well is reported once, by broad-action.",
	References: []Reference{llm06, gensec01bp01, gensec01bp03},
	check:      checkBroadResource,
}

func checkBroadResource(c *chain, r *report) {
	c.reportGrants(r, func(g *grant) bool { return !g.broadInActions() },
		func(l *granted) bool { return len(l.wide) > 0 && c.narrowable(l.Edge) })
	c.reportUnknownPrincipals(r, "whether they reach more resources than they need")
}

// narrowable reports whether a link could be granted by name. Writing one's own log group is granted by pattern in
// AWS's own policies, since the group is made by the first write.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
func (c *chain) narrowable(e *graph.Edge) bool {
	return e.Kind != graph.Writes || c.node(e.To).Kind != graph.KindLogGroup
}
