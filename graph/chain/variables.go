package chain

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// wireVariables reads the environment of functions and runtimes: a variable that names an agent, knowledge base, model,
// bucket, table, queue or secret is how code is told what to use.
func (b *builder) wireVariables() {
	for i := range b.f.Functions {
		f := &b.f.Functions[i]
		b.wireEnv(b.nodes[graph.NodeID(unqualified(f.ARN))], f.Env, f.Source)
	}
	for i := range b.f.Runtimes {
		r := &b.f.Runtimes[i]
		b.wireEnv(b.callee("runtime", r.ARN, r.ID), r.Env, r.Source)
	}
}

func (b *builder) wireEnv(n *graph.Node, env map[string]string, src inventory.Source) {
	for _, k := range sortedKeysOf(env) {
		value, note := strings.TrimSpace(env[k]), "its variable "+k+" names it"
		if modelID.MatchString(value) {
			b.wireModel(n, value, src, note)
			continue
		}
		to := b.namedIn(k, value, n)
		if to == nil || to.ID == n.ID {
			continue
		}
		kind, ok := useOf(to)
		if !ok {
			continue
		}
		e := b.wired(n, kind, to, src, note)
		if to.Kind == graph.KindGateway || to.Kind == graph.KindRuntime {
			b.takesTokens(e, to)
		}
	}
}

// useOf is the link that naming a node in a configuration implies.
func useOf(to *graph.Node) (graph.EdgeKind, bool) {
	switch {
	case to.Kind == graph.KindGuardrail:
		return graph.GuardedBy, true
	case to.Kind == graph.KindKB:
		return graph.Retrieves, true
	case to.Lane == graph.Models:
		return graph.Invokes, true
	case to.Lane == graph.Tools:
		return graph.Calls, true
	case to.Lane == graph.Data || to.Lane == graph.Logs:
		return graph.Reads, true
	}
	return "", false
}

var (
	// modelID is a foundation model's id, or a system-defined inference profile's, which is one behind a geography.
	// https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
	modelID = regexp.MustCompile(`^(?:(?:us|eu|apac|us-gov|global|jp|au|ca|sa)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.[a-z0-9][a-z0-9.]*-[a-z0-9.:-]+$`)
	// gatewayURL is where an AgentCore gateway is called; its first label is the gateway's id.
	// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using.html
	gatewayURL = regexp.MustCompile(`^https://([^./]+)\.gateway\.bedrock-agentcore\.[^./]+\.amazonaws\.com`)
	// queueURL names a queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
	queueURL = regexp.MustCompile(`^https://sqs\.([^./]+)\.amazonaws\.com(?:\.cn)?/([^/]+)/([^/]+)$`)
	// bucketName is a general purpose bucket's name: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	// bedrockID is the id of an agent or a knowledge base.
	bedrockID = regexp.MustCompile(`^[0-9A-Z]{10}$`)
)

// namedIn finds the node that a configuration value names; nil when it names none. What the variable is called counts
// only where the value could be many things.
func (b *builder) namedIn(key, value string, near *graph.Node) *graph.Node {
	if value == "" || inventory.HoldsUnknown(value) {
		return nil
	}
	why := "named by the configuration of " + near.Name + "; not imported itself"
	if _, err := arn.Parse(value); err == nil {
		k, ok := kindOf(value)
		if !ok || k == graph.KindRole {
			return nil
		}
		n, ok := b.targetNode(value)
		if ok && k != graph.KindModel {
			unknownNode(n, why)
		}
		return n
	}
	if strings.HasPrefix(value, "s3://") {
		return b.locatedIn(value, near, why)
	}
	if m := gatewayURL.FindStringSubmatch(value); m != nil {
		id, ok := b.byID["gateway/"+m[1]]
		if !ok {
			return nil
		}
		return b.nodes[id]
	}
	if m := queueURL.FindStringSubmatch(value); m != nil {
		n := b.arnNode("arn:aws:sqs:"+m[1]+":"+m[2]+":"+m[3], graph.KindQueue, m[3])
		unknownNode(n, why)
		return n
	}
	for _, scheme := range []string{"agent/", "kb/", "bucket/", "profile/", "runtime/", "gateway/", "memory/", "guardrail/", "flow/"} {
		if id, ok := b.byID[scheme+value]; ok {
			return b.nodes[id]
		}
	}
	if n := b.namedHere(value, near); n != nil {
		return n
	}
	key = strings.ToUpper(key)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(key, w) })
	}
	switch {
	case says("BUCKET") && bucketName.MatchString(strings.ToLower(value)) && !strings.Contains(value, " "):
		n := b.bucketNode(value)
		unknownNode(n, why)
		n.Account = cmp.Or(n.Account, near.Account)
		return n
	case says("KNOWLEDGE_BASE_ID", "KNOWLEDGEBASE_ID", "KB_ID") && bedrockID.MatchString(value):
		return b.kbNode(value, near)
	case says("AGENT_ID") && bedrockID.MatchString(value):
		return b.agentOf(value, inventory.Source{})
	}
	return nil
}

// namedHere finds what stands in the same account and Region under a name that is its own there.
func (b *builder) namedHere(name string, near *graph.Node) *graph.Node {
	if b.byName == nil {
		b.byName = map[string]graph.NodeID{}
		for _, id := range sortedKeysOf(b.nodes) {
			switch n := b.nodes[id]; n.Kind {
			case graph.KindTable, graph.KindFunction, graph.KindSecret, graph.KindQueue, graph.KindTopic, graph.KindStates, graph.KindEndpoint, graph.KindVectorStore:
				key := fmt.Sprintf("%s/%s/%s", n.Account, n.Region, n.Name)
				if _, taken := b.byName[key]; taken {
					b.byName[key] = "" // a table and a queue of one name: which is meant cannot be told
					continue
				}
				b.byName[key] = id
			}
		}
	}
	return b.nodes[b.byName[fmt.Sprintf("%s/%s/%s", near.Account, near.Region, name)]]
}
