package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/permchain/permchain/graph"
)

var unconfirmedAction = Rule{
	ID: "unconfirmed-action", Title: "Acts without asking", Base: High,
	About: "A tool with a financial, legal, safety or customer-visible effect, or one that writes or deletes, is called without " +
		"confirmation. A user's own confirmation is shown as another thing than an independent approval.",
	References: []Reference{llm06, asi02, asi09, agentsec04bp02, map35},
	check:      checkUnconfirmedAction,
}

func checkUnconfirmedAction(c *chain, r *report) {
	unknown := map[graph.NodeID][]*graph.Edge{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		tool := c.node(e.To)
		if tool.Attr("built-in") != "" {
			continue // AWS's own tools carry out nothing that a confirmation could name
		}
		if e.Kind != graph.Calls || e.Confirm == "" || tool.Kind != graph.KindActionGroup && tool.Kind != graph.KindTool {
			continue
		}
		acts, why := c.acts(tool)
		switch {
		case acts && e.Confirm == graph.ConfirmNone:
			c.reportUnconfirmed(r, e, tool, why)
		case e.Confirm == graph.ConfirmUnknown && tool.Effect != "none" && (acts || reads(tool) != graph.Yes):
			unknown[e.From] = append(unknown[e.From], e)
		case e.Confirm == graph.ConfirmNone && !acts && tool.Effect == "" && reads(tool) == graph.StateUnknown:
			unknown[e.From] = append(unknown[e.From], e)
		}
	}
	for _, id := range sortedKeys(unknown) {
		links := unknown[id]
		var tools []graph.NodeID
		confirm := false
		for _, e := range links {
			tools = append(tools, e.To)
			confirm = confirm || e.Confirm == graph.ConfirmUnknown
		}
		f := Finding{
			Sentence: fmt.Sprintf("What %s of %s %s in the world is not known, so whether it should be confirmed was not assessed.", list(c.namesOf(tools)), c.node(id).Name, does(len(c.namesOf(tools)))),
			Links:    ids(links), Nodes: tools,
			Need: "tools: [{match: …, effect: …}] in permchain.yaml",
		}
		if confirm {
			f.Sentence = fmt.Sprintf("Whether %s asks before it calls %s is not known, so it was not assessed.", c.node(id).Name, list(c.namesOf(tools)))
			f.Need = "aws bedrock-agent get-agent-action-group with its function or API schema"
		}
		r.notAssessed([]string{string(id)}, f)
	}
}

func does(n int) string {
	if n == 1 {
		return "does"
	}
	return "do"
}

// acts reports whether a tool does something in the world, and how that is known: what is declared comes before what
// its operation says.
func (c *chain) acts(tool *graph.Node) (bool, string) {
	switch tool.Effect {
	case "none":
		return false, ""
	case "":
	default:
		return true, "it is declared to have a " + tool.Effect + " effect"
	}
	if reads(tool) == graph.No {
		return true, "its operation " + operation(tool) + " changes something"
	}
	return false, ""
}

func operation(tool *graph.Node) string {
	op := tool.Attr("operation")
	if op == "" {
		return tool.Name
	}
	if method, rest, ok := strings.Cut(op, " "); ok && strings.HasPrefix(rest, method+" ") {
		return rest // the operation's own name begins with its method
	}
	return op
}

// Words that begin the names of operations. An operation of neither list is not judged.
var (
	readingWords = []string{"get", "list", "search", "find", "describe", "lookup", "look", "check", "query", "read", "retrieve", "fetch", "show", "view", "count",
		"calculate", "compute", "estimate", "validate", "verify", "summarize", "translate", "classify", "explain", "track", "status", "head", "options", "is", "has"}
	writingWords = []string{"create", "update", "delete", "cancel", "reset", "send", "refund", "remove", "add", "set", "put", "post", "patch", "write", "insert",
		"approve", "reject", "transfer", "pay", "charge", "order", "book", "submit", "close", "open", "grant", "revoke", "disable", "enable", "start", "stop",
		"terminate", "restart", "assign", "change", "modify", "edit", "issue", "place", "schedule", "notify", "email", "publish", "execute", "run", "unlock", "lock",
		"rotate", "reserve", "escalate", "register", "purge", "drop", "invoke", "deploy", "upload", "move", "rename", "replace", "process", "save", "store"}
)

// reads says whether a tool only reads: by its HTTP method, else by the verb its operation begins with.
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 (safe methods)
func reads(tool *graph.Node) graph.State {
	verb := words(operation(tool))
	method := ""
	for len(verb) > 0 && slices.Contains(httpMethods, verb[0]) && strings.Contains(strings.ToLower(operation(tool)), verb[0]+" ") {
		method, verb = verb[0], verb[1:]
	}
	path := strings.Contains(operation(tool), "/")
	switch method {
	case "get", "head", "options":
		return graph.Yes
	case "put", "patch", "delete":
		return graph.No
	case "post": // agents are often given searches as POST: the operation's name says which, or the last part of its path
		if path {
			verb = words(lastPart(strings.TrimRight(operation(tool), "/")))
		}
		if len(verb) > 0 && slices.Contains(readingWords, verb[0]) {
			return graph.Yes
		}
		return graph.No
	}
	switch {
	case len(verb) == 0:
		return graph.StateUnknown
	case slices.Contains(readingWords, verb[0]):
		return graph.Yes
	case slices.Contains(writingWords, verb[0]):
		return graph.No
	}
	return graph.StateUnknown
}

var httpMethods = []string{"get", "head", "options", "post", "put", "patch", "delete"}

// words splits "cancelOrder", "cancel_order" and "Cancel-Order" alike, in lower case.
func words(s string) []string {
	var out []string
	var w []rune
	end := func() {
		if len(w) > 0 {
			out = append(out, strings.ToLower(string(w)))
			w = nil
		}
	}
	prevLower := false
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && prevLower:
			end()
			w = append(w, r)
		default:
			w = append(w, r)
		}
		prevLower = unicode.IsLower(r)
	}
	end()
	return out
}

func (c *chain) reportUnconfirmed(r *report, e *graph.Edge, tool *graph.Node, why string) {
	from := c.node(e.From)
	var moves []Move
	if tool.Effect != "" {
		moves = append(moves, Move{By: 1, Why: "a " + tool.Effect + " effect is declared"})
	}
	moves = append(moves, c.weigh(weighing{env: true, risk: true, start: true}, []*graph.Edge{e})...)
	fix := Fix{Text: fmt.Sprintf("Ask before %s is called.", tool.Name)}
	op := operation(tool)
	switch {
	case tool.Kind == graph.KindTool:
		fix.Text = fmt.Sprintf("A gateway has no confirmation of its own: let the agent that calls %s ask, or put a policy in front of the gateway.", tool.Name)
	case strings.Contains(op, "/"):
		// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-userconfirmation.html
		fix.Text += " In the API schema of the action group set x-requireConfirmation for the operation. This asks the user; an independent approval needs return of control."
		fix.Before, fix.After = `"x-requireConfirmation": "DISABLED"`, `"x-requireConfirmation": "ENABLED"`
	default:
		fix.Text += " In the function schema of the action group set requireConfirmation. This asks the user; an independent approval needs return of control."
		fix.Before = fmt.Sprintf("{\n  \"name\": %q,\n  \"requireConfirmation\": \"DISABLED\"\n}", op)
		fix.After = fmt.Sprintf("{\n  \"name\": %q,\n  \"requireConfirmation\": \"ENABLED\"\n}", op)
	}
	r.open([]string{string(e.From), string(e.To)}, Finding{
		Sentence: fmt.Sprintf("%s can call %s for whoever asks, without confirmation: %s.", from.Name, tool.Name, why),
		Label:    "unconfirmed",
		Links:    []graph.EdgeID{e.ID},
		Nodes:    []graph.NodeID{tool.ID},
		Moves:    moves,
		Fix:      fix,
	})
}
