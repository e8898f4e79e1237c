package chain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// resourceKinds says which node an ARN of a service, and of a resource type within it, is.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var resourceKinds = []struct {
	service, prefix string
	kind            graph.NodeKind
	policies        bool // whether things of the service have a policy of their own, and the actions tell of what kind they are
}{
	{"s3", "", graph.KindBucket, true},
	{"dynamodb", "table/", graph.KindTable, true},
	{"secretsmanager", "secret:", graph.KindSecret, true},
	{"kms", "key/", graph.KindKey, true},
	{"logs", "log-group:", graph.KindLogGroup, false},
	{"lambda", "function:", graph.KindFunction, true},
	{"sqs", "", graph.KindQueue, true},
	{"sns", "", graph.KindTopic, true},
	{"execute-api", "", graph.KindAPI, true},
	{"states", "stateMachine:", graph.KindStates, false},
	{"aoss", "collection/", graph.KindVectorStore, false},
	{"s3vectors", "", graph.KindVectorStore, false},
	{"neptune-graph", "", graph.KindVectorStore, false},
	{"es", "domain/", graph.KindVectorStore, false},
	{"rds", "cluster:", graph.KindDatabase, false},
	{"rds", "db:", graph.KindDatabase, false},
	{"redshift", "", graph.KindDatabase, false},
	{"redshift-serverless", "", graph.KindDatabase, false},
	{"kendra", "index/", graph.KindIndex, false},
	{"bedrock", "agent/", graph.KindAgent, false},
	{"bedrock", "agent-alias/", graph.KindAgent, false},
	{"bedrock", "knowledge-base/", graph.KindKB, false},
	{"bedrock", "guardrail/", graph.KindGuardrail, false},
	{"bedrock", "foundation-model/", graph.KindModel, false},
	{"bedrock", "custom-model/", graph.KindModel, false},
	{"bedrock", "imported-model/", graph.KindModel, false},
	{"bedrock", "provisioned-model/", graph.KindModel, false},
	{"bedrock", "inference-profile/", graph.KindProfile, false},
	{"bedrock", "application-inference-profile/", graph.KindProfile, false},
	{"bedrock", "flow/", graph.KindFlow, false},
	{"bedrock-agentcore", "runtime/", graph.KindRuntime, false},
	{"bedrock-agentcore", "gateway/", graph.KindGateway, false},
	{"bedrock-agentcore", "memory/", graph.KindMemory, false},
	{"sagemaker", "endpoint/", graph.KindEndpoint, false},
	{"iam", "role/", graph.KindRole, false},
	{"iam", "user/", graph.KindUser, false},
	{"iam", "group/", graph.KindGroup, false},
	{"iam", "policy/", graph.KindPolicy, false},
	{"cloudtrail", "trail/", graph.KindTrail, false},
	{"cloudtrail", "eventdatastore/", graph.KindEventStore, false},
}

// kindOf says which kind of node an ARN is; false for what has no place in the chain.
func kindOf(a string) (graph.NodeKind, bool) {
	p, err := arn.Parse(a)
	if err != nil {
		return "", false
	}
	for _, k := range resourceKinds {
		if k.service == p.Service && strings.HasPrefix(p.Resource, k.prefix) {
			return k.kind, true
		}
	}
	return "", false
}

// targetNode returns the node that a concrete ARN stands for, made if need be: objects stand for their bucket, log
// streams for their group, an agent's alias for the agent, a model in any Region for the model.
// The second result is false when the ARN has no place in the chain.
func (b *builder) targetNode(a string) (*graph.Node, bool) {
	kind, ok := kindOf(a)
	if !ok {
		return nil, false
	}
	p, _ := arn.Parse(a)
	switch kind {
	case graph.KindModel:
		return b.modelNode(a), true
	case graph.KindBucket:
		name, _, _ := strings.Cut(p.Resource, "/")
		return b.bucketNode(name), true
	case graph.KindAPI:
		p.Resource, _, _ = strings.Cut(p.Resource, "/")
		return b.arnNode(p.String(), kind, p.Resource), true
	case graph.KindFunction:
		return b.arnNode(unqualified(a), kind, lastSegment(unqualified(a))), true
	case graph.KindLogGroup:
		return b.logGroupNode(a), true
	case graph.KindAgent:
		parts := strings.Split(p.Resource, "/")
		if len(parts) < 2 {
			return nil, false
		}
		if id, ok := b.byID["agent/"+parts[1]]; ok {
			return b.nodes[id], true
		}
		p.Resource = "agent/" + parts[1]
		n := b.arnNode(p.String(), kind, parts[1])
		b.byID["agent/"+parts[1]] = n.ID
		return n, true
	case graph.KindKB:
		id := p.ResourceID()
		if known, ok := b.byID["kb/"+id]; ok {
			return b.nodes[known], true
		}
	case graph.KindRole:
		return b.roleNode(a), true
	case graph.KindUser, graph.KindGroup:
		return b.arnNode(a, kind, lastSegment(a)), true
	case graph.KindPolicy:
		n := b.arnNode(a, kind, lastSegment(a))
		n.Lane = graph.Roles // whoever may change it changes what others may do
		return n, true
	case graph.KindTable, graph.KindRuntime, graph.KindFlow:
		// An index belongs to its table, an endpoint to its runtime, an alias to its flow.
		parts := strings.Split(p.Resource, "/")
		p.Resource = strings.Join(parts[:min(2, len(parts))], "/")
		return b.arnNode(p.String(), kind, parts[min(1, len(parts)-1)]), true
	case graph.KindSecret:
		return b.arnNode(a, kind, secretName(p.Resource)), true
	}
	return b.arnNode(a, kind, cmp.Or(p.ResourceID(), p.Resource)), true
}

// secretName drops the six characters that Secrets Manager adds to a secret's ARN.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
func secretName(resource string) string {
	name := strings.TrimPrefix(resource, "secret:")
	if i := len(name) - 7; i > 0 && name[i] == '-' {
		return name[:i]
	}
	return name
}

// functionNode is the node of a function named by an ARN, which may hold a version or alias.
func (b *builder) functionNode(a, why string) *graph.Node {
	a = unqualified(a)
	n := b.arnNode(a, graph.KindFunction, lastSegment(a))
	unknownNode(n, why)
	return n
}

func (b *builder) bucketNode(name string) *graph.Node {
	if id, ok := b.byID["bucket/"+name]; ok {
		return b.nodes[id]
	}
	n := b.arnNode("arn:aws:s3:::"+name, graph.KindBucket, name)
	b.byID["bucket/"+name] = n.ID
	return n
}

func (b *builder) logGroupNode(a string) *graph.Node {
	p, err := arn.Parse(a)
	if err != nil {
		return b.arnNode(a, graph.KindLogGroup, a)
	}
	name := strings.TrimPrefix(p.Resource, "log-group:")
	name, _, _ = strings.Cut(name, ":")
	p.Resource = "log-group:" + name
	return b.arnNode(p.String(), graph.KindLogGroup, name)
}

// modelNode is the node of a model named by an id or an ARN. One model is one node in every Region: reviewers decide
// about a model; the Regions are facts of its links.
func (b *builder) modelNode(ref string) *graph.Node {
	id, region := ref, ""
	if p, err := arn.Parse(ref); err == nil {
		region = p.Region
		if p.ResourceType() != "foundation-model" {
			n := b.arnNode(ref, graph.KindModel, p.ResourceID())
			attr(n, "kind", strings.ReplaceAll(p.ResourceType(), "-", " "))
			return n
		}
		id = p.ResourceID()
	}
	n := b.node(graph.NodeID("model/"+id), graph.KindModel, modelName(id))
	attr(n, "model id", id)
	if region != "" && !arn.HasWildcard(region) {
		listAttr(n, "seen in", region)
	}
	return n
}

// modelName shortens a model id for a card: the provider and the version's date go, the rest stays.
func modelName(id string) string {
	name := id
	if _, rest, ok := strings.Cut(id, "."); ok {
		name = rest
	}
	if strings.Contains(name, inventory.UnresolvedMark) {
		return name
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

// resolveModel finds what an agent's or knowledge base's model reference means: a model, or an inference profile.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_Agent.html (foundationModel)
func (b *builder) resolveModel(ref, account, region string) *graph.Node {
	if p, err := arn.Parse(ref); err == nil {
		if strings.Contains(p.ResourceType(), "inference-profile") {
			return b.profileNode(ref)
		}
		return b.modelNode(ref)
	}
	if id, ok := b.byID["profile/"+ref]; ok {
		return b.nodes[id]
	}
	if geo, _, ok := strings.Cut(ref, "."); ok && slices.Contains(profileGeographies, geo) {
		return b.profileNode(fmt.Sprintf("arn:aws:bedrock:%s:%s:inference-profile/%s", region, account, ref))
	}
	return b.modelNode(ref)
}

// profileGeographies start the ids of system-defined inference profiles.
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
var profileGeographies = []string{"us", "eu", "apac", "us-gov", "global", "jp", "au", "ca", "sa"}

func (b *builder) profileNode(a string) *graph.Node {
	p, _ := arn.Parse(a)
	n := b.arnNode(a, graph.KindProfile, p.ResourceID())
	if geo, model, ok := strings.Cut(p.ResourceID(), "."); ok && p.ResourceType() == "inference-profile" && slices.Contains(profileGeographies, geo) {
		attr(n, "model id", model)
	}
	unknownNode(n, "named by a reference; the inference profile itself was not imported, so its destination Regions are not known")
	return n
}
