package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
)

var noLog = Rule{
	ID: "no-log", Title: "No log would show it", Base: High,
	About:      "No log would show this access: invocation logging or data events are off, or nothing writes one.",
	References: []Reference{gensec01bp04, agentsec05bp01, cis48, cis49},
	check:      checkNoLog,
}

func checkNoLog(c *chain, r *report) {
	groups := map[string][]*graph.Edge{}
	unknown := map[string][]*graph.Edge{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		to := c.node(e.To)
		if !review.Access(e) || !open(e) || e.Kind == graph.MemberOf || to.Wildcard && to.Kind != graph.KindModel {
			continue // what is known of a kind has links of its own, with their own logs
		}
		acct := cmp.Or(to.Account, c.node(e.From).Account)
		switch e.Log.State {
		case graph.No:
			key := acct + "\x00" + string(to.Kind) + "\x00" + e.Log.Why
			groups[key] = append(groups[key], e)
		case graph.StateUnknown:
			unknown[acct] = append(unknown[acct], e)
		}
	}
	for _, key := range sortedKeys(groups) {
		c.reportNoLog(r, key, c.heaviestFirst(groups[key]))
	}
	for _, acct := range sortedKeys(unknown) {
		links := c.heaviestFirst(unknown[acct])
		reasons := map[string]int{}
		for _, e := range links {
			reasons[e.Log.Why]++
		}
		common := sortedKeys(reasons)
		slices.SortStableFunc(common, func(a, b string) int { return reasons[b] - reasons[a] })
		s := fmt.Sprintf("Whether a log would show %s in %s was not assessed", some(len(links), "link"), account(acct))
		if common[0] != "" {
			s += ": " + common[0]
			if len(common) > 1 {
				s += ", and " + some(len(common)-1, "other reason")
			}
		}
		r.notAssessed([]string{acct}, Finding{
			Sentence: s + ".",
			Links:    ids(links),
			Need:     "aws cloudtrail describe-trails and get-event-selectors, and aws bedrock get-model-invocation-logging-configuration, of " + account(acct),
		})
	}
}

func (c *chain) reportNoLog(r *report, key string, links []*graph.Edge) {
	e := links[0]
	to := c.node(e.To)
	seen := map[graph.NodeID]bool{}
	var touched []graph.NodeID
	for _, l := range links {
		if !seen[l.To] {
			seen[l.To] = true
			touched = append(touched, l.To)
		}
	}
	what := to.Name
	if n := len(touched) - 1; n > 0 {
		what += " and " + some(n, "other "+string(to.Kind))
	}
	s := fmt.Sprintf("Nothing would show access to %s", what)
	if e.Log.Why != "" {
		s += ": " + e.Log.Why
	}
	var moves []Move
	if to.Lane != graph.Data && to.Lane != graph.Tools {
		moves = append(moves, Move{By: -1, Why: "neither data nor a tool is touched"})
	}
	moves = append(moves, c.byEnvironment(links)...)
	agents := map[graph.NodeID]bool{}
	for _, l := range links {
		if review.Agent(c.node(l.From)) {
			agents[l.From] = true
		}
	}
	f := Finding{
		Sentence: s + ".",
		Label:    "no log",
		Links:    ids(links),
		Nodes:    touched,
		Moves:    moves,
		Fix:      c.logFix(to, touched),
	}
	if len(agents) > 0 {
		f.Detail = fmt.Sprintf("%s %s among those who leave no trace.", list(c.namesOf(sortedKeys(agents))), is(len(agents)))
	}
	r.open([]string{key}, f)
}

// dataEvents names the resource type that a trail's selector must have to record access to a kind of node.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
var dataEvents = map[graph.NodeKind]string{
	graph.KindBucket: "AWS::S3::Object", graph.KindLogBucket: "AWS::S3::Object", graph.KindTable: "AWS::DynamoDB::Table",
	graph.KindFunction: "AWS::Lambda::Function", graph.KindKB: "AWS::Bedrock::KnowledgeBase", graph.KindAgent: "AWS::Bedrock::AgentAlias",
	graph.KindTopic: "AWS::SNS::Topic", graph.KindQueue: "AWS::SQS::Queue", graph.KindRuntime: "AWS::BedrockAgentCore::Runtime",
	graph.KindGateway: "AWS::BedrockAgentCore::Gateway",
}

// selectorARNs bounds how many resources a suggested selector names; with more of them it records all of the type.
const selectorARNs = 10

func (c *chain) logFix(n *graph.Node, touched []graph.NodeID) Fix {
	switch n.Kind {
	case graph.KindModel, graph.KindProfile:
		return Fix{Text: "Turn on model invocation logging in the account and Region: aws bedrock put-model-invocation-logging-configuration."}
	}
	typ, ok := dataEvents[n.Kind]
	if !ok {
		return Fix{Text: "Record management events in a trail of every Region that is logging."}
	}
	type selector struct {
		Field      string
		Equals     []string `json:",omitempty"`
		StartsWith []string `json:",omitempty"`
	}
	fields := []selector{{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.type", Equals: []string{typ}}}
	var arns []string
	for _, id := range touched {
		if m := c.node(id); !m.Wildcard && m.ARN != "" {
			switch m.Kind {
			case graph.KindBucket, graph.KindLogBucket:
				arns = append(arns, m.ARN+"/")
			case graph.KindAgent: // the events name an alias of the agent
			default:
				arns = append(arns, m.ARN)
			}
		}
	}
	slices.Sort(arns)
	if len(arns) == len(touched) && len(arns) <= selectorARNs {
		fields = append(fields, selector{Field: "resources.ARN", StartsWith: arns})
	}
	text, err := json.MarshalIndent(struct {
		Name           string
		FieldSelectors []selector
	}{"Access to " + typ, fields}, "", "  ")
	if err != nil {
		return Fix{Text: "Add an event selector for " + typ + " to a trail."}
	}
	return Fix{Text: "Add this advanced event selector to a trail or event data store of the account.", After: string(text)}
}
