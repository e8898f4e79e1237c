package chain

import (
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
)

// access is one row of the table that says what a link of a kind to a target of a kind needs. It is what makes
// "needed" in graph.Breadth mean something.
//
// Action names and resource types are those of the Service Authorization Reference:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
type access struct {
	kind   graph.EdgeKind
	target graph.NodeKind
	// actions: holding any of them makes the link. needed: the least set that does the job.
	actions, needed []string
	// every is the pattern of all resources of the target's kind, and everyName its node's name; "" where a
	// wildcard grant is not drawn as a node of its own.
	every, everyName string
	// content is appended to the target's ARN to name what the actions act on: "/*" for the objects of a bucket.
	content string
	// lessResource marks actions that take no resource, so that they are asked of "*" (RetrieveAndGenerate).
	lessResource []string
}

const (
	everyModel  = "arn:aws:bedrock:*::foundation-model/*"
	everyBucket = "arn:aws:s3:::*"
)

// accessTable holds every link kind that IAM decides, in the order in which links of one pair are listed.
var accessTable = []access{
	{kind: graph.Invokes, target: graph.KindModel, actions: []string{"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"},
		needed: []string{"bedrock:InvokeModel"}, every: everyModel, everyName: "every model"},
	{kind: graph.Invokes, target: graph.KindProfile, actions: []string{"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"},
		needed: []string{"bedrock:InvokeModel"}},
	{kind: graph.Invokes, target: graph.KindAgent, actions: []string{"bedrock:InvokeAgent"}, needed: []string{"bedrock:InvokeAgent"},
		every: "arn:aws:bedrock:*:*:agent-alias/*", everyName: "every agent"},
	{kind: graph.Invokes, target: graph.KindRuntime, actions: []string{"bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeForUser"},
		needed: []string{"bedrock-agentcore:InvokeAgentRuntime"}, every: "arn:aws:bedrock-agentcore:*:*:runtime/*", everyName: "every agent runtime"},
	{kind: graph.Invokes, target: graph.KindFlow, actions: []string{"bedrock:InvokeFlow"}, needed: []string{"bedrock:InvokeFlow"},
		every: "arn:aws:bedrock:*:*:flow/*", everyName: "every flow"},
	{kind: graph.Invokes, target: graph.KindEndpoint, actions: []string{"sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"},
		needed: []string{"sagemaker:InvokeEndpoint"}, every: "arn:aws:sagemaker:*:*:endpoint/*", everyName: "every endpoint"},

	{kind: graph.Retrieves, target: graph.KindKB, actions: []string{"bedrock:Retrieve"}, needed: []string{"bedrock:Retrieve"},
		every: "arn:aws:bedrock:*:*:knowledge-base/*", everyName: "every knowledge base"},

	{kind: graph.Reads, target: graph.KindBucket, actions: []string{"s3:GetObject"}, needed: []string{"s3:GetObject"},
		every: everyBucket, everyName: "every bucket", content: "/*"},
	{kind: graph.Writes, target: graph.KindBucket, actions: []string{"s3:PutObject", "s3:DeleteObject"}, needed: []string{"s3:PutObject"},
		every: everyBucket, everyName: "every bucket", content: "/*"},
	{kind: graph.Reads, target: graph.KindLogBucket, actions: []string{"s3:GetObject"}, needed: []string{"s3:GetObject"},
		every: everyBucket, everyName: "every bucket", content: "/*"},
	{kind: graph.Writes, target: graph.KindLogBucket, actions: []string{"s3:PutObject", "s3:DeleteObject"}, needed: []string{"s3:PutObject"},
		every: everyBucket, everyName: "every bucket", content: "/*"},
	{kind: graph.Reads, target: graph.KindTable, actions: []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"},
		needed: []string{"dynamodb:GetItem", "dynamodb:Query"}, every: "arn:aws:dynamodb:*:*:table/*", everyName: "every table"},
	{kind: graph.Writes, target: graph.KindTable, actions: []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"},
		needed: []string{"dynamodb:PutItem", "dynamodb:UpdateItem"}, every: "arn:aws:dynamodb:*:*:table/*", everyName: "every table"},
	{kind: graph.Reads, target: graph.KindSecret, actions: []string{"secretsmanager:GetSecretValue"}, needed: []string{"secretsmanager:GetSecretValue"},
		every: "arn:aws:secretsmanager:*:*:secret:*", everyName: "every secret"},
	{kind: graph.Reads, target: graph.KindVectorStore, actions: []string{"aoss:APIAccessAll", "s3vectors:QueryVectors", "s3vectors:GetVectors", "rds-data:ExecuteStatement", "es:ESHttpGet", "es:ESHttpPost", "neptune-graph:ReadDataViaQuery"},
		needed: []string{"aoss:APIAccessAll"}},
	{kind: graph.Reads, target: graph.KindIndex, actions: []string{"kendra:Query", "kendra:Retrieve"}, needed: []string{"kendra:Retrieve"}},
	{kind: graph.Reads, target: graph.KindDatabase, actions: []string{"rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"},
		needed: []string{"rds-data:ExecuteStatement"}},
	{kind: graph.Reads, target: graph.KindMemory, actions: []string{"bedrock-agentcore:GetEvent", "bedrock-agentcore:ListEvents", "bedrock-agentcore:RetrieveMemoryRecords"},
		needed: []string{"bedrock-agentcore:RetrieveMemoryRecords"}},
	{kind: graph.Reads, target: graph.KindLogGroup, actions: []string{"logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery"},
		needed: []string{"logs:FilterLogEvents"}, every: "arn:aws:logs:*:*:log-group:*", everyName: "every log group"},

	{kind: graph.Calls, target: graph.KindFunction, actions: []string{"lambda:InvokeFunction"}, needed: []string{"lambda:InvokeFunction"},
		every: "arn:aws:lambda:*:*:function:*", everyName: "every function"},
	{kind: graph.Calls, target: graph.KindGateway, actions: []string{"bedrock-agentcore:InvokeGateway"}, needed: []string{"bedrock-agentcore:InvokeGateway"}},
	{kind: graph.Calls, target: graph.KindStates, actions: []string{"states:StartExecution", "states:StartSyncExecution"}, needed: []string{"states:StartExecution"},
		every: "arn:aws:states:*:*:stateMachine:*", everyName: "every state machine"},
	{kind: graph.Calls, target: graph.KindTopic, actions: []string{"sns:Publish"}, needed: []string{"sns:Publish"}},
	{kind: graph.Calls, target: graph.KindQueue, actions: []string{"sqs:SendMessage"}, needed: []string{"sqs:SendMessage"}},

	{kind: graph.Decrypts, target: graph.KindKey, actions: []string{"kms:Decrypt"}, needed: []string{"kms:Decrypt"},
		every: "arn:aws:kms:*:*:key/*", everyName: "every key"},
	{kind: graph.Passes, target: graph.KindRole, actions: []string{"iam:PassRole"}, needed: []string{"iam:PassRole"},
		every: "arn:aws:iam::*:role/*", everyName: "every role"},

	{kind: graph.Administers, target: graph.KindAgent, actions: []string{"bedrock:UpdateAgent", "bedrock:CreateAgentActionGroup", "bedrock:UpdateAgentActionGroup", "bedrock:AssociateAgentKnowledgeBase", "bedrock:DeleteAgent"},
		needed: []string{"bedrock:UpdateAgent"}, every: "arn:aws:bedrock:*:*:agent/*", everyName: "every agent"},
	{kind: graph.Administers, target: graph.KindRuntime, actions: []string{"bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:DeleteAgentRuntime"},
		needed: []string{"bedrock-agentcore:UpdateAgentRuntime"}},
	{kind: graph.Administers, target: graph.KindGateway, actions: []string{"bedrock-agentcore:UpdateGateway", "bedrock-agentcore:CreateGatewayTarget", "bedrock-agentcore:UpdateGatewayTarget"},
		needed: []string{"bedrock-agentcore:UpdateGateway"}},
	{kind: graph.Administers, target: graph.KindKB, actions: []string{"bedrock:UpdateKnowledgeBase", "bedrock:CreateDataSource", "bedrock:UpdateDataSource", "bedrock:DeleteKnowledgeBase"},
		needed: []string{"bedrock:UpdateKnowledgeBase"}, every: "arn:aws:bedrock:*:*:knowledge-base/*", everyName: "every knowledge base"},
	{kind: graph.Administers, target: graph.KindFunction, actions: []string{"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission"},
		needed: []string{"lambda:UpdateFunctionCode"}, every: "arn:aws:lambda:*:*:function:*", everyName: "every function"},
	{kind: graph.Administers, target: graph.KindRole, actions: []string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary"},
		needed: []string{"iam:PutRolePolicy"}, every: "arn:aws:iam::*:role/*", everyName: "every role"},
	{kind: graph.Administers, target: graph.KindBucket, actions: []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl"},
		needed: []string{"s3:PutBucketPolicy"}, every: everyBucket, everyName: "every bucket"},
	{kind: graph.Administers, target: graph.KindLogBucket, actions: []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration"},
		needed: []string{"s3:PutBucketPolicy"}, every: everyBucket, everyName: "every bucket"},
	{kind: graph.Administers, target: graph.KindLogGroup, actions: []string{"logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy"},
		needed: []string{"logs:PutRetentionPolicy"}, every: "arn:aws:logs:*:*:log-group:*", everyName: "every log group"},
	{kind: graph.Administers, target: graph.KindTrail, actions: []string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"},
		needed: []string{"cloudtrail:UpdateTrail"}},
	{kind: graph.Administers, target: graph.KindGuardrail, actions: []string{"bedrock:UpdateGuardrail", "bedrock:DeleteGuardrail"}, needed: []string{"bedrock:UpdateGuardrail"}},
	{kind: graph.Administers, target: graph.KindKey, actions: []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, needed: []string{"kms:PutKeyPolicy"},
		every: "arn:aws:kms:*:*:key/*", everyName: "every key"},
}

// service is the prefix of an action: "s3" of "s3:GetObject".
func service(action string) string {
	s, _, _ := strings.Cut(action, ":")
	return strings.ToLower(s)
}

// resourceOf is what the actions of a row act on, for a known target. Agents are invoked through an alias, whose ARN
// holds the agent's id (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html).
func (a *access) resourceOf(n *graph.Node) string {
	switch {
	case n.Kind == graph.KindModel && n.ARN == "":
		return "arn:aws:bedrock:*::foundation-model/" + strings.TrimPrefix(string(n.ID), "model/")
	case n.Kind == graph.KindAgent && a.kind == graph.Invokes:
		if p, err := arn.Parse(n.ARN); err == nil {
			p.Resource = "agent-alias/" + p.ResourceID() + "/*"
			return p.String()
		}
	case n.Kind == graph.KindLogGroup:
		// logs:GetLogEvents acts on a log stream, FilterLogEvents on the group; both lie under "GROUP:*".
		return strings.TrimSuffix(n.ARN, ":*") + ":*"
	}
	return n.ARN + a.content
}

// applies reports whether an action of the row can act on this very target: the reading actions of vector stores
// belong to the service that holds them.
func (a *access) applies(action string, n *graph.Node) bool {
	if n.Kind != graph.KindVectorStore && n.Kind != graph.KindDatabase {
		return true
	}
	p, err := arn.Parse(n.ARN)
	if err != nil {
		return false
	}
	switch p.Service {
	case "rds":
		return service(action) == "rds-data"
	case "redshift", "redshift-serverless":
		return service(action) == "redshift-data"
	}
	return service(action) == p.Service
}

// readLevels are the access levels that a link of the kind has by its nature; what a grant holds beyond them is
// graph.Breadth.ExtraAccess.
func readLevels(k graph.EdgeKind) []string {
	switch k {
	case graph.Reads, graph.Retrieves, graph.Indexes, graph.Decrypts:
		return []string{"Read", "List"}
	case graph.Administers:
		return []string{"Read", "List", "Write", "Tagging", "Permissions management"}
	default:
		return []string{"Read", "List", "Write"}
	}
}
