package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

// named is how many names a sentence says before it counts the rest: more are not listened to.
const named = 3

// list says names as a sentence does: "a, b and c", or "a, b, c and 4 more".
func list(names []string) string {
	if len(names) <= named {
		return reach.And(names)
	}
	return strings.Join(names[:named], ", ") + " and " + strconv.Itoa(len(names)-named) + " more"
}

// namesOf collects the names of nodes in their order, each once.
func (c *chain) namesOf(ids []graph.NodeID) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if n := c.node(id).Name; !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// some counts things: "1 link", "3 links", "2 policies", "5 days".
func some(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	plural := one + "s"
	if strings.HasSuffix(one, "s") || strings.HasSuffix(one, "ch") {
		plural = one + "es"
	} else if stem, ok := strings.CutSuffix(one, "y"); ok && !strings.HasSuffix(stem, "e") && !strings.HasSuffix(stem, "a") {
		plural = stem + "ies"
	}
	return strconv.Itoa(n) + " " + plural
}

// account says an account: "account 111122223333", or "the account" when its number is not known.
func account(id string) string { return graph.AccountWords(id) }

// everyOf says what "*" means for the actions of a service.
var everyOf = map[string]string{
	"s3": "every bucket", "dynamodb": "every table", "lambda": "every function", "secretsmanager": "every secret", "kms": "every key",
	"logs": "every log group", "iam": "every role and policy", "sts": "every role", "bedrock": "everything in Bedrock",
	"bedrock-agentcore": "everything in AgentCore", "sagemaker": "everything in SageMaker", "sns": "every topic", "sqs": "every queue",
	"states": "every state machine", "aoss": "every collection", "kendra": "every index", "cloudtrail": "every trail",
}

// everyKind says all of a kind: "every bucket".
func everyKind(k graph.NodeKind) string { return "every " + string(k) }

// service is the part of an action before its colon, in lower case; "" for "*".
func service(action string) string {
	s, _, ok := strings.Cut(action, ":")
	if !ok || strings.ContainsAny(s, "*?") {
		return ""
	}
	return strings.ToLower(s)
}

// people counts who stands behind a node: what its card says ("84 people"), else one for a user, else none.
func people(n *graph.Node) int {
	var count int
	if _, err := fmt.Sscanf(n.Detail, "%d people", &count); err == nil {
		return count
	}
	if n.Kind == graph.KindUser {
		return 1
	}
	return 0
}
