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
	// also is appended to the target's ARN to name a second thing that the actions act on, either of which is enough:
	// a runtime, or an endpoint of it.
	also string
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
	{kind: graph.Invokes, target: graph.KindRuntime, actions: []string{"bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeForUser",
		"bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream", "bedrock-agentcore:InvokeAgentRuntimeCommand"},
		needed: []string{"bedrock-agentcore:InvokeAgentRuntime"}, every: "arn:aws:bedrock-agentcore:*:*:runtime/*", everyName: "every agent runtime", also: "/runtime-endpoint/*"},
	{kind: graph.Invokes, target: graph.KindFlow, actions: []string{"bedrock:InvokeFlow"}, needed: []string{"bedrock:InvokeFlow"},
		every: "arn:aws:bedrock:*:*:flow/*/alias/*", everyName: "every flow"},
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
	{kind: graph.Reads, target: graph.KindVectorStore, actions: []string{"aoss:APIAccessAll"}, needed: []string{"aoss:APIAccessAll"},
		every: "arn:aws:aoss:*:*:collection/*", everyName: "every collection"},
	{kind: graph.Reads, target: graph.KindVectorStore, actions: []string{"s3vectors:QueryVectors", "s3vectors:GetVectors"}, needed: []string{"s3vectors:QueryVectors"},
		every: "arn:aws:s3vectors:*:*:bucket/*", everyName: "every vector bucket"},
	{kind: graph.Reads, target: graph.KindVectorStore, actions: []string{"es:ESHttpGet", "es:ESHttpPost"}, needed: []string{"es:ESHttpGet"}},
	{kind: graph.Reads, target: graph.KindVectorStore, actions: []string{"neptune-graph:ReadDataViaQuery"}, needed: []string{"neptune-graph:ReadDataViaQuery"}},
	{kind: graph.Reads, target: graph.KindIndex, actions: []string{"kendra:Query", "kendra:Retrieve"}, needed: []string{"kendra:Retrieve"},
		every: "arn:aws:kendra:*:*:index/*", everyName: "every index"},
	{kind: graph.Reads, target: graph.KindDatabase, actions: []string{"rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"},
		needed: []string{"rds-data:ExecuteStatement"}, every: "arn:aws:rds:*:*:cluster:*", everyName: "every database"},
	{kind: graph.Reads, target: graph.KindDatabase, actions: []string{"redshift-data:ExecuteStatement"}, needed: []string{"redshift-data:ExecuteStatement"}},
	{kind: graph.Reads, target: graph.KindMemory, actions: []string{"bedrock-agentcore:GetEvent", "bedrock-agentcore:ListEvents", "bedrock-agentcore:RetrieveMemoryRecords"},
		needed: []string{"bedrock-agentcore:RetrieveMemoryRecords"}, every: "arn:aws:bedrock-agentcore:*:*:memory/*", everyName: "every memory"},
	{kind: graph.Writes, target: graph.KindMemory, actions: []string{"bedrock-agentcore:CreateEvent", "bedrock-agentcore:BatchCreateMemoryRecords",
		"bedrock-agentcore:BatchUpdateMemoryRecords", "bedrock-agentcore:DeleteEvent", "bedrock-agentcore:DeleteMemoryRecord"},
		needed: []string{"bedrock-agentcore:CreateEvent"}, every: "arn:aws:bedrock-agentcore:*:*:memory/*", everyName: "every memory"},
	{kind: graph.Reads, target: graph.KindLogGroup, actions: []string{"logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery"},
		needed: []string{"logs:FilterLogEvents"}, every: "arn:aws:logs:*:*:log-group:*", everyName: "every log group"},

	{kind: graph.Calls, target: graph.KindFunction, actions: []string{"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}, needed: []string{"lambda:InvokeFunction"},
		every: "arn:aws:lambda:*:*:function:*", everyName: "every function"},
	{kind: graph.Calls, target: graph.KindGateway, actions: []string{"bedrock-agentcore:InvokeGateway"}, needed: []string{"bedrock-agentcore:InvokeGateway"},
		every: "arn:aws:bedrock-agentcore:*:*:gateway/*", everyName: "every gateway"},
	{kind: graph.Calls, target: graph.KindStates, actions: []string{"states:StartExecution", "states:StartSyncExecution"}, needed: []string{"states:StartExecution"},
		every: "arn:aws:states:*:*:stateMachine:*", everyName: "every state machine"},
	{kind: graph.Calls, target: graph.KindAPI, actions: []string{"execute-api:Invoke"}, needed: []string{"execute-api:Invoke"},
		every: "arn:aws:execute-api:*:*:*", everyName: "every API", content: "/*"},
	{kind: graph.Calls, target: graph.KindTopic, actions: []string{"sns:Publish"}, needed: []string{"sns:Publish"},
		every: "arn:aws:sns:*:*:*", everyName: "every topic"},
	{kind: graph.Calls, target: graph.KindQueue, actions: []string{"sqs:SendMessage"}, needed: []string{"sqs:SendMessage"},
		every: "arn:aws:sqs:*:*:*", everyName: "every queue"},

	// Asked only where configuration puts a guardrail there: without this permission it does not work.
	// https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html
	{kind: graph.GuardedBy, target: graph.KindGuardrail, actions: []string{"bedrock:ApplyGuardrail"}, needed: []string{"bedrock:ApplyGuardrail"}},

	{kind: graph.Decrypts, target: graph.KindKey, actions: []string{"kms:Decrypt"}, needed: []string{"kms:Decrypt"},
		every: "arn:aws:kms:*:*:key/*", everyName: "every key"},
	{kind: graph.Passes, target: graph.KindRole, actions: []string{"iam:PassRole"}, needed: []string{"iam:PassRole"},
		every: "arn:aws:iam::*:role/*", everyName: "every role"},

	{kind: graph.Administers, target: graph.KindAgent, actions: []string{"bedrock:UpdateAgent", "bedrock:CreateAgentActionGroup", "bedrock:UpdateAgentActionGroup", "bedrock:AssociateAgentKnowledgeBase", "bedrock:DeleteAgent"},
		needed: []string{"bedrock:UpdateAgent"}, every: "arn:aws:bedrock:*:*:agent/*", everyName: "every agent"},
	{kind: graph.Administers, target: graph.KindRuntime, actions: []string{"bedrock-agentcore:UpdateAgentRuntime", "bedrock-agentcore:DeleteAgentRuntime"},
		needed: []string{"bedrock-agentcore:UpdateAgentRuntime"}, every: "arn:aws:bedrock-agentcore:*:*:runtime/*", everyName: "every agent runtime"},
	{kind: graph.Administers, target: graph.KindGateway, actions: []string{"bedrock-agentcore:UpdateGateway", "bedrock-agentcore:CreateGatewayTarget", "bedrock-agentcore:UpdateGatewayTarget"},
		needed: []string{"bedrock-agentcore:UpdateGateway"}, every: "arn:aws:bedrock-agentcore:*:*:gateway/*", everyName: "every gateway"},
	{kind: graph.Administers, target: graph.KindMemory, actions: []string{"bedrock-agentcore:UpdateMemory", "bedrock-agentcore:DeleteMemory"},
		needed: []string{"bedrock-agentcore:UpdateMemory"}, every: "arn:aws:bedrock-agentcore:*:*:memory/*", everyName: "every memory"},
	{kind: graph.Administers, target: graph.KindFlow, actions: []string{"bedrock:UpdateFlow", "bedrock:DeleteFlow"},
		needed: []string{"bedrock:UpdateFlow"}, every: "arn:aws:bedrock:*:*:flow/*", everyName: "every flow"},
	{kind: graph.Administers, target: graph.KindEndpoint, actions: []string{"sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint"},
		needed: []string{"sagemaker:UpdateEndpoint"}, every: "arn:aws:sagemaker:*:*:endpoint/*", everyName: "every endpoint"},
	{kind: graph.Administers, target: graph.KindKB, actions: []string{"bedrock:UpdateKnowledgeBase", "bedrock:CreateDataSource", "bedrock:UpdateDataSource", "bedrock:DeleteKnowledgeBase"},
		needed: []string{"bedrock:UpdateKnowledgeBase"}, every: "arn:aws:bedrock:*:*:knowledge-base/*", everyName: "every knowledge base"},
	{kind: graph.Administers, target: graph.KindFunction, actions: []string{"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission"},
		needed: []string{"lambda:UpdateFunctionCode"}, every: "arn:aws:lambda:*:*:function:*", everyName: "every function"},
	{kind: graph.Administers, target: graph.KindRole, actions: []string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary"},
		needed: []string{"iam:PutRolePolicy"}, every: "arn:aws:iam::*:role/*", everyName: "every role"},
	// To make keys or a password for a user is to become the user; to change a policy or a group is to change whoever has it.
	{kind: graph.Administers, target: graph.KindUser, actions: []string{"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:PutUserPolicy",
		"iam:AttachUserPolicy", "iam:DeleteUserPermissionsBoundary"},
		needed: []string{"iam:PutUserPolicy"}, every: "arn:aws:iam::*:user/*", everyName: "every user"},
	{kind: graph.Administers, target: graph.KindGroup, actions: []string{"iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup"},
		needed: []string{"iam:PutGroupPolicy"}, every: "arn:aws:iam::*:group/*", everyName: "every group"},
	{kind: graph.Administers, target: graph.KindPolicy, actions: []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"},
		needed: []string{"iam:CreatePolicyVersion"}, every: "arn:aws:iam::*:policy/*", everyName: "every policy"},
	{kind: graph.Administers, target: graph.KindBucket, actions: []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl"},
		needed: []string{"s3:PutBucketPolicy"}, every: everyBucket, everyName: "every bucket"},
	{kind: graph.Administers, target: graph.KindLogBucket, actions: []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration"},
		needed: []string{"s3:PutBucketPolicy"}, every: everyBucket, everyName: "every bucket"},
	{kind: graph.Administers, target: graph.KindTable, actions: []string{"dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:PutResourcePolicy"},
		needed: []string{"dynamodb:UpdateTable"}, every: "arn:aws:dynamodb:*:*:table/*", everyName: "every table"},
	{kind: graph.Administers, target: graph.KindSecret, actions: []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret",
		"secretsmanager:PutResourcePolicy"},
		needed: []string{"secretsmanager:PutSecretValue"}, every: "arn:aws:secretsmanager:*:*:secret:*", everyName: "every secret"},
	{kind: graph.Administers, target: graph.KindDatabase, actions: []string{"rds:ModifyDBCluster", "rds:DeleteDBCluster"},
		needed: []string{"rds:ModifyDBCluster"}, every: "arn:aws:rds:*:*:cluster:*", everyName: "every database"},
	{kind: graph.Administers, target: graph.KindTopic, actions: []string{"sns:SetTopicAttributes", "sns:AddPermission", "sns:DeleteTopic"},
		needed: []string{"sns:SetTopicAttributes"}, every: "arn:aws:sns:*:*:*", everyName: "every topic"},
	{kind: graph.Administers, target: graph.KindQueue, actions: []string{"sqs:SetQueueAttributes", "sqs:AddPermission", "sqs:DeleteQueue"},
		needed: []string{"sqs:SetQueueAttributes"}, every: "arn:aws:sqs:*:*:*", everyName: "every queue"},
	{kind: graph.Administers, target: graph.KindStates, actions: []string{"states:UpdateStateMachine", "states:DeleteStateMachine"},
		needed: []string{"states:UpdateStateMachine"}, every: "arn:aws:states:*:*:stateMachine:*", everyName: "every state machine"},
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
	case n.Kind == graph.KindFlow && a.kind == graph.Invokes:
		return n.ARN + "/alias/*"
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
		return isOpenTarget(n)
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
