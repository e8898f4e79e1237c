package chain_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/chain"
	"github.com/permchain/permchain/importers"
)

// corpus is the folder of real inputs beside the project, or skips the test where it is absent.
func corpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real inputs is not beside the project")
	}
	return dir
}

// chainOf imports files of the corpus together and builds their chain.
func chainOf(t testing.TB, dir string, files ...string) *graph.Graph {
	t.Helper()
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.Join(dir, filepath.FromSlash(f)))
	}
	facts, _, err := importers.Import(t.Context(), paths, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := chain.Build(facts)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// described counts the nodes that the files describe, by kind: what is only named, and patterns, are not of them.
func described(g *graph.Graph) string {
	count := map[graph.NodeKind]int{}
	for _, n := range g.Nodes {
		if n.Unknown == "" && !n.Wildcard && n.Pattern == "" {
			count[n.Kind]++
		}
	}
	var out []string
	for k, n := range count {
		out = append(out, fmt.Sprintf("%s %d", k, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// told is a link in words: "agent calls tool: allowed, wired, confirmation none".
func told(g *graph.Graph, e *graph.Edge) string {
	var s strings.Builder
	s.WriteString(g.Node(e.From).Name + " " + string(e.Kind) + " " + g.Node(e.To).Name + ": " + string(e.Granted))
	switch e.Wired {
	case graph.Yes:
		s.WriteString(", wired")
	case graph.No:
		s.WriteString(", not wired")
	}
	if e.Confirm != "" {
		s.WriteString(", confirmation " + string(e.Confirm))
	}
	for _, c := range e.Conditions {
		s.WriteString(", if " + c.Key)
	}
	return s.String()
}

// inFile is what somebody who read a file found in it.
type inFile struct {
	files string // separated by spaces when they are imported together
	nodes string // described, see there
	links []string
	no    []string // links that must not be there, as far as they are told
}

const (
	authz     = "1-iam-authz/"
	templates = "3-cloudformation/aws-samples__amazon-bedrock-samples/"
	agentcore = "3-cloudformation/smoell__agentcore-samples/"
	api       = "4-bedrock-api/"
	custodian = api + "cloud-custodian__cloud-custodian/"
	policies  = "5-policies/cloud-custodian__cloud-custodian/"
	scps      = "5-policies/aws-samples__service-control-policy-examples/"
	perimeter = "5-policies/aws-samples__data-perimeter-policy-examples/"
)

var read = []inFile{
	// Account dumps. Groups' policies are the members' own links; an administrator's are implied by one to everything.
	{files: authz + "salesforce__cloudsplaining/example_authz_v2.json", nodes: "group 1, role 2, service 1, user 1", links: []string{
		"BlakeBortles member of GOAT: n/a, wired",
		"BlakeBortles administers everything: allowed",
		"GOAT reads every bucket: allowed", "GOAT writes every bucket: allowed", // the role of that name
		"MyOtherRole reads every bucket: allowed", "MyOtherRole writes every bucket: allowed",
		"ssm assumes GOAT: allowed, wired", "ssm assumes MyOtherRole: allowed, wired",
	}},
	{files: authz + "salesforce__cloudsplaining/example-authz-details.json", nodes: "group 2, role 3, service 2, user 3", links: []string{
		"obama member of admin: n/a, wired", "userwithlotsofpermissions member of admin: n/a, wired", "biden member of biden: n/a, wired",
		"obama administers everything: allowed", "userwithlotsofpermissions administers everything: allowed",
		"biden reads every bucket: allowed", "biden writes every table: allowed", "biden administers every function: allowed", // AWSLambdaFullAccess
		"biden passes every role: allowed", "biden calls every topic: allowed", "biden calls every queue: allowed",
		"biden administers every database: allowed", // AmazonRDSFullAccess of the group
		"MyRole passes every role: allowed", "MyOtherRole passes every role: allowed",
		"OverprivilegedEC2 reads every secret: allowed", "OverprivilegedEC2 writes every bucket: allowed", "OverprivilegedEC2 administers every user: allowed",
		"ec2 assumes OverprivilegedEC2: allowed, wired", "ssm assumes MyRole: allowed, wired",
	}},
	{files: authz + "BishopFox__iam-vulnerable/gaad-iam-vulnerable.json", nodes: "group 3, policy 1, role 45, service 10, user 41",
		links: []string{
			"privesc-AssumeRole-starting-role assumes privesc-AssumeRole-intermediate-role: allowed",
			"privesc-AssumeRole-intermediate-role assumes privesc-AssumeRole-ending-role: allowed",
			"privesc-AssumeRole-ending-role administers everything: allowed",
			"privesc-sre-user member of privesc-sre-group: n/a, wired", "privesc-sre-user assumes privesc-sre-role: allowed",
			"privesc-sre-user administers every policy: allowed", "privesc-sre-user passes every role: allowed", // iam:* of the group
			"privesc-high-priv-service-role administers everything: allowed",
			"lambda assumes privesc-high-priv-service-role: allowed, wired", "ec2 assumes privesc-high-priv-service-role: allowed, wired",
			"moto assumes fn1-privesc3-partial-role: allowed",
			// The account's root is let in: whoever may assume by policies of their own.
			"fn4-exploitableNotAction-user assumes privesc-permissive-role-trust: allowed",
			"privesc14-UpdatingAssumeRolePolicy-user assumes privesc-permissive-role-trust: allowed",
			"privesc-high-priv-service-role assumes privesc-permissive-role-trust: allowed",
			// Ways to more permissions, one by one.
			"privesc1-CreateNewPolicyVersion-user administers every policy: allowed",
			"privesc2-SetExistingDefaultPolicyVersion-user administers every policy: allowed",
			"privesc3-CreateEC2WithExistingInstanceProfile-user passes every role: allowed",
			"privesc4-CreateAccessKey-user administers every user: allowed",
			"privesc5-CreateLoginProfile-user administers every user: allowed",
			"privesc6-UpdateLoginProfile-user administers every user: allowed",
			"privesc7-AttachUserPolicy-user administers every user: allowed",
			"privesc8-AttachGroupPolicy-user administers every group: allowed",
			"privesc9-AttachRolePolicy-role administers every role: allowed",
			"privesc10-PutUserPolicy-user administers every user: allowed",
			"privesc11-PutGroupPolicy-role administers every group: allowed",
			"privesc12-PutRolePolicy-user administers every role: allowed",
			"privesc13-AddUserToGroup-user administers every group: allowed",
			"privesc14-UpdatingAssumeRolePolicy-user administers every role: allowed",
			"privesc15-PassExistingRoleToNewLambdaThenInvoke-user calls every function: allowed",
			"privesc16-PassRoleToNewLambdaThenTriggerWithNewDynamo-user passes every role: allowed",
			"privesc17-EditExistingLambdaFunctionWithRole-user administers every function: allowed",
			"privesc18-PassExistingRoleToNewGlueDevEndpoint-user passes every role: allowed",
			"privesc20-PassExistingRoleToCloudFormation-user passes every role: allowed",
			"privesc21-PassExistingRoleToNewDataPipeline-user passes every role: allowed",
			"privesc-sageMakerCreateNotebookPassRole-user passes every role: allowed",
			"privesc-codeBuildCreateProjectPassRole-role passes every role: allowed",
			"fn1-privesc3-partial-user passes every role: allowed",
			"fn2-exploitableResourceConstraint-user administers fn2-exploitableResourceConstraint: allowed", // arn:aws:iam::*:policy/fn2-*
			"fn3-exploitableConditionConstraint-user administers every policy: conditional, if aws:TokenIssueTime",
			"fn4-exploitableNotAction-user administers every user: allowed", "fn4-exploitableNotAction-user passes every role: allowed",
		},
		no: []string{"fp1-", "fp2-", "fp3-", "fp4-", "privesc-AssumeRole-start-user ", "privesc-sre-group "}}, // denied, or nothing granted

	{files: templates + "agent_template.yaml", nodes: "API 1, action group 1, agent 1, anyone 1, function 3, model 1, role 4, secret 1, service 3",
		links: []string{
			"aws-billing-agentv3 invokes claude-3-haiku-20240307-v1: allowed, wired",
			"aws-billing-agentv3 calls SavingsPlanAgent: allowed, wired, confirmation unknown", // the schema is in a bucket
			"aws-billing-agentv3 calls AWSBillingAgent: allowed, wired, confirmation unknown",
			"SavingsPlanAgent calls aws-billing-agentv3-SPAgent-<Region>: allowed, wired",
			"AWSBillingAgent calls aws-billing-agentv3-<Region>: allowed, wired",
			"aws-billing-agentv3 calls UserInputAction: allowed, wired, confirmation unknown",
			"aws-billing-agentv3 reads ${SourceBucket}: unknown, wired",
			"bedrock calls aws-billing-agentv3-<Region>: allowed", "bedrock calls aws-billing-agentv3-SPAgent-<Region>: allowed",
			"bedrock assumes AmazonBedrockExecutionRoleForAgents_aws-billing-agentv3: allowed, wired",
			"lambda assumes aws-billing-agentv3-lambda-role-<Region>: allowed, wired",
			"aws-billing-agentv3-<Region> logs to /aws/lambda/aws-billing-agentv3-<Region>: n/a, wired",
			// Under a condition that is false by default, and kept as nobody says how it is deployed.
			"Anyone calls aws-billing-agentv3-slack-integration-api: allowed, wired",
			"aws-billing-agentv3-slack-integration-api calls aws-billing-agentv3-slack-integration-<Region>: allowed, wired",
			"aws-billing-agentv3-slack-integration-<Region> invokes aws-billing-agentv3: allowed, wired",
			"aws-billing-agentv3-slack-integration-<Region> reads aws-billing-agentv3-slack-bot-secrets: allowed, wired",
		},
		no: []string{"aws-billing-agentv3 reads every bucket", "aws-billing-agentv3 invokes every model"}},
	{files: templates + "hr-resources.yml", nodes: "agent 1, function 1, model 1, role 2, service 2, topic 1", links: []string{
		"HRAgent invokes titan-text-premier-v1: allowed, wired", "HRAgent invokes every model: allowed, not wired",
		"HRAgent retrieves every knowledge base: allowed, not wired", "HRAgent reads every bucket: allowed, not wired",
		"HRAgent calls every function: allowed, not wired",
		"HRAgent reads your-code-assets-bucket-name: allowed, wired", // where its schemas are
		"HRAgent calls employee-timeoff-database: allowed, wired, confirmation unknown",
		"HRAgent calls generate-image: allowed, wired, confirmation unknown",
		"HRAgent calls send-email: allowed, wired, confirmation unknown",
		"HRAgent calls send-slack-message: allowed, wired, confirmation unknown",
		"send-email calls <stack>-HRFunction: allowed, wired",
		"<stack>-HRFunction calls SNSTopic: allowed, wired", "<stack>-HRFunction calls every topic: allowed",
		"<stack>-HRFunction reads your-code-assets-bucket-name: allowed, wired",
		"<stack>-HRFunction writes every bucket: allowed", "<stack>-HRFunction invokes every model: allowed",
		"bedrock calls <stack>-HRFunction: allowed", // without SourceArn
		"bedrock assumes AmazonBedrockExecutionRoleForAgents_HRAgent: allowed, wired",
		"<stack>-HRFunction logs to /aws/lambda/<stack>-HRFunction: n/a, wired",
	}},
	{files: templates + "sam-003-bedrock-agent.yaml", nodes: "action group 3, agent 1, function 1, log group 1, model 1, role 2, service 2", links: []string{
		"insurance-claims-agent-app-test invokes claude-3-sonnet-20240229-v1: allowed, wired",
		"insurance-claims-agent-app-test invokes every model: allowed, not wired",
		"insurance-claims-agent-app-test calls GET /listClaims: allowed, wired, confirmation none",
		"insurance-claims-agent-app-test calls GET /getClaim/{claimId}: allowed, wired, confirmation none",
		"insurance-claims-agent-app-test calls PUT /updateClaim/{claimId}: allowed, wired, confirmation none",
		"PUT /updateClaim/{claimId} calls ClaimsActionGroupLambdaExecutor: allowed, wired",
		"bedrock calls ClaimsActionGroupLambdaExecutor: allowed",
		"ClaimsActionGroupLambdaExecutor logs to /aws/lambda/ClaimsActionGroupLambdaExecutor: n/a, wired",
	}},
	{files: templates + "kb-infra-template.template", nodes: "knowledge base 1", links: []string{
		"e2e-rag-knowledgebase indexes ${Q01pInputBucketName}: unknown, wired",
		"e2e-rag-knowledgebase reads vector store of e2e-rag-knowledgebase: unknown, wired",
	}},
	{files: templates + "kb-role-template.template", nodes: "role 1, service 1", links: []string{
		"bedrock assumes KbRole: allowed, wired", "KbRole invokes every model: allowed", "KbRole reads every collection: allowed",
		"KbRole reads every database: allowed", "KbRole reads ${Q01pInputBucketName}: unknown",
	}, no: []string{"KbRole reads every bucket"}}, // one that is not known is not all of them
	{files: templates + "01-knowledge-bases.yaml", nodes: "bucket 1, function 1, knowledge base 2, role 2, service 2", links: []string{
		"bmkb-obs-financial indexes bmkb-obs-kb-src-<account>-<Region>: allowed, wired",
		"bmkb-obs-weather indexes bmkb-obs-kb-src-<account>-<Region>: allowed, wired",
		"bmkb-obs-ingest-sync reads bmkb-obs-kb-src-<account>-<Region>: allowed",
		"bmkb-obs-ingest-sync writes bmkb-obs-kb-src-<account>-<Region>: allowed",
		"bedrock assumes bmkb-obs-kb-role: allowed, wired", "lambda assumes bmkb-obs-ingest-sync-role: allowed, wired",
	}},
	{files: templates + "02-agentic-gateway.yaml", nodes: "gateway 1, role 1, service 1, tool 2", links: []string{
		"bmkb-obs-gateway calls AgenticRetrieveStream: n/a, wired, confirmation none",
		"bmkb-obs-gateway retrieves ${import bmkb-obs-financial-kb-id}: unknown, wired", // another stack's
		"bmkb-obs-gateway retrieves ${import bmkb-obs-weather-kb-id}: unknown, wired",
		"bedrock-agentcore assumes bmkb-obs-gateway-role: allowed, wired",
	}},
	{files: templates + "01-knowledge-bases.yaml " + templates + "02-agentic-gateway.yaml",
		nodes: "bucket 1, function 1, gateway 1, knowledge base 2, role 3, service 3, tool 2", links: []string{
			"bmkb-obs-gateway retrieves bmkb-obs-financial: allowed, wired", "bmkb-obs-gateway retrieves bmkb-obs-weather: allowed, wired",
			"AgenticRetrieveStream retrieves bmkb-obs-financial: n/a, wired", "AgenticRetrieveStream retrieves bmkb-obs-weather: n/a, wired",
			"bmkb-obs-financial indexes bmkb-obs-kb-src-<account>-<Region>: allowed, wired",
		}, no: []string{"bmkb-obs-gateway retrieves ${import"}},
	{files: "3-cloudformation/awslabs__generative-ai-cdk-constructs/cdk-issue747.template.json", nodes: "action group 2, agent 2, function 1, model 1, role 3, service 2",
		links: []string{
			"bedrock-agent-awscdkbedrockagentsintegtest-agent-ce42f3b2 invokes claude-3-sonnet-20240229-v1: allowed, wired",
			"bedrock-agent-awscdkbedrockagentsintegtest-agent2-79af7bea invokes claude-3-sonnet-20240229-v1: allowed, wired",
			"bedrock-agent-awscdkbedrockagentsintegtest-agent-ce42f3b2 calls GET /hello: allowed, wired, confirmation none",
			"bedrock-agent-awscdkbedrockagentsintegtest-agent2-79af7bea calls GET /hello: allowed, wired, confirmation none",
			"GET /hello calls ActionGroupFunctionFE14D1CB: allowed, wired",
			"bedrock-agent-awscdkbedrockagentsintegtest-agent-ce42f3b2 calls ActionGroupFunctionFE14D1CB: allowed, not wired",
			"bedrock calls ActionGroupFunctionFE14D1CB: allowed",
			"lambda assumes ActionGroupFunctionServiceRole77660D62: allowed, wired",
		}, no: []string{"bedrock-agent-awscdkbedrockagentsintegtest-agent-ce42f3b2 calls UserInputAction", // built-in ones are disabled
			"bedrock-agent-awscdkbedrockagentsintegtest-agent-ce42f3b2 calls CodeInterpreterAction"}},
	{files: agentcore + "cdk-supportAgentDemo-AgentCoreStack.template.json",
		nodes: "agent runtime 1, federated identity 1, function 2, gateway 1, memory 1, role 4, service 2, tool 5", links: []string{
			"Users of supportAgentDemoCognitoUserPool75D512A6 invokes supportAgentDemo_Agent: allowed, wired",
			"Users of supportAgentDemoCognitoUserPool75D512A6 calls supportAgentDemo-Gateway: allowed, wired",
			"supportAgentDemo_Agent calls supportAgentDemo-Gateway: n/a, wired", // by GATEWAY_URL, with a token
			"supportAgentDemo_Agent reads supportAgentDemo_Memory_v2: allowed, wired", "supportAgentDemo_Agent writes supportAgentDemo_Memory_v2: allowed",
			"supportAgentDemo_Agent invokes every model: allowed",
			"supportAgentDemo-Gateway calls get_customer: n/a, wired, confirmation none",
			"supportAgentDemo-Gateway calls list_customers: n/a, wired, confirmation none",
			"supportAgentDemo-Gateway calls get_order: n/a, wired, confirmation none",
			"supportAgentDemo-Gateway calls list_orders: n/a, wired, confirmation none",
			"supportAgentDemo-Gateway calls process_refund: n/a, wired, confirmation none",
			"process_refund calls supportAgentDemoOrderLambda908A73CA: n/a, wired", "get_customer calls supportAgentDemoCustomerLambdaCA16CF1C: n/a, wired",
			"supportAgentDemo-Gateway calls supportAgentDemoOrderLambda908A73CA: allowed, wired",
			"supportAgentDemo-Gateway calls supportAgentDemoCustomerLambdaCA16CF1C: allowed, wired",
			"supportAgentDemoOrderLambda908A73CA logs to /aws/lambda/supportAgentDemoOrderLambda908A73CA: n/a, wired",
			"bedrock-agentcore assumes supportAgentDemoAgentCoreRuntimeRoleA63A4053: allowed, wired",
		}, no: []string{"Anyone "}}, // only an administrator makes users of the pool
	{files: agentcore + "customer-support-stack.yaml", nodes: ""}, // seven nested stacks, each a gap: see TestCorpusNestedStacks
	{files: agentcore + "data-masking-stack.yaml", nodes: "function 2, guardrail 1, role 2, service 2", links: []string{
		"agentcore-data-masking-interceptor guarded by agentcore-pii-masking-guardrail: allowed, wired", // by its variable
		"bedrock-agentcore calls agentcore-data-masking-interceptor: allowed",
		"bedrock-agentcore calls agentcore-data-masking-employee-tool: allowed",
		"lambda assumes agentcore-data-masking-tool-role: allowed, wired",
		"agentcore-data-masking-employee-tool logs to /aws/lambda/agentcore-data-masking-employee-tool: n/a, wired",
	}},
	{files: agentcore + "multi-agent-runtime.yaml", nodes: "agent runtime 2, build 2, function 1, role 4, service 3", links: []string{
		"<stack>_OrchestratorAgent invokes <stack>_SpecialistAgent: allowed, wired", // by AGENT2_ARN
		"<stack>_OrchestratorAgent invokes every agent runtime: allowed", "<stack>_OrchestratorAgent invokes every model: allowed",
		"<stack>_SpecialistAgent invokes every model: allowed",
		// BedrockAgentCoreFullAccess, of which the template says only the name.
		"<stack>_SpecialistAgent administers every agent runtime: allowed", "<stack>_SpecialistAgent calls every gateway: allowed",
		"<stack>_SpecialistAgent reads every memory: allowed", "<stack>_SpecialistAgent reads bedrock-agentcore*: allowed",
		"<stack>_SpecialistAgent passes *BedrockAgentCore*: conditional, if iam:PassedToService",
		"bedrock-agentcore assumes <stack>-agent1-execution-role: allowed, wired",
		"codebuild assumes <stack>-codebuild-role: allowed, wired", "lambda assumes <stack>-custom-resource-role: allowed, wired",
	}},

	{files: api + "aws-samples__amazon-bedrock-samples/notebook-create-agent.json", nodes: "agent 1, model 1", links: []string{
		"restaurant-agent-mistral invokes us.amazon.nova-pro-v1:0: unknown, wired", "restaurant-agent-mistral invokes nova-pro-v1: unknown, wired",
		"us.amazon.nova-pro-v1:0 invokes nova-pro-v1: n/a, wired",
	}},
	{files: api + "aws-samples__amazon-bedrock-samples/notebook-agent-action-group.json", nodes: "action group 3", links: []string{
		"PXINSLJAOL calls get_booking_details: unknown, wired, confirmation none", // its agent and function were not imported
		"PXINSLJAOL calls create_booking: unknown, wired, confirmation none",
		"PXINSLJAOL calls delete_booking: unknown, wired, confirmation none",
		"delete_booking calls restaurant-agent-mistral-lambda: unknown, wired",
	}},
	{files: api + "aws-samples__amazon-bedrock-samples/notebook-create-agent.json " + api + "aws-samples__amazon-bedrock-samples/notebook-agent-action-group.json",
		nodes: "action group 3, agent 1, model 1", links: []string{
			"restaurant-agent-mistral calls delete_booking: unknown, wired, confirmation none",
		}, no: []string{"PXINSLJAOL "}},
	{files: api + "aws__agentcore-cli/get-agent-runtime-container.json", nodes: "agent runtime 1", links: []string{
		"agentcore_cli_runtime_read_only_fixture runs as tf_acc_test_1997929140646926281: n/a, wired"}},
	{files: api + "aws__agentcore-cli/get-gateway.json", nodes: "anyone 1, gateway 1", links: []string{
		"Anyone calls agentcore-cli-gateway-read-fixture-a: allowed, wired", // authorizerType NONE
		"agentcore-cli-gateway-read-fixture-a runs as AgentCoreCliGatewayReadFixtureRole: n/a, wired"}},
	{files: api + "aws__agentcore-cli/get-gateway-target-mcpserver.json", nodes: "tool 1", links: []string{
		"agentcore-cli-gateway-read-fixture-a-l6opkbe2kd calls agentcore-cli-gateway-read-target-a1: unknown, wired, confirmation none"}},
	{files: api + "aws__agentcore-cli/list-gateway-targets-page1.json", nodes: ""}, // it does not say the gateway: the tool is unknown
	{files: api + "aws__agentcore-cli/get-gateway.json " + api + "aws__agentcore-cli/get-gateway-target-mcpserver.json " + api + "aws__agentcore-cli/list-gateway-targets-page1.json",
		nodes: "anyone 1, gateway 1, tool 1", links: []string{
			"agentcore-cli-gateway-read-fixture-a calls agentcore-cli-gateway-read-target-a1: unknown, wired, confirmation none"}},
	{files: custodian + "test_aws_lambda_source__lambda.ListFunctions.json", nodes: "function 2", links: []string{
		"c7n-cleanup runs as lambda_basic_execution: n/a, wired", "myIOTFunction runs as myIOTLambdaRole: n/a, wired"}},
	{files: custodian + "test_bedrock_agent_base__bedrock-agent.GetAgent.json", nodes: "agent 1, model 1", links: []string{
		"c7n-test invokes claude-v2: unknown, wired",
		"c7n-test guarded by 082cd05f-96d1-49f6-a5ac-32093d2cfe38: n/a, wired", // its key
		"c7n-test runs as AmazonBedrockExecutionRoleForAgents_c7n_test: n/a, wired"}},
	{files: custodian + "test_bedrock_agent_base__bedrock-agent.ListAgents.json", nodes: ""}, // listed, and nothing more: see TestCorpusListed
	{files: custodian + "test_bedrock_application_inference_profile_v2__bedrock.ListInferenceProfiles.json", nodes: "inference profile 1, model 1", links: []string{
		"c7n-test-profile-1c079276 invokes nova-2-lite-v1: n/a, wired"}},
	{files: custodian + "test_bedrock_foundation_model_value_filter__bedrock.ListFoundationModels.json", nodes: "model 2"},
	{files: custodian + "test_bedrock_guardrail__bedrock.GetGuardrail.json", nodes: "guardrail 1"},
	{files: custodian + "test_bedrock_knowledge_base__bedrock-agent.GetKnowledgeBase.json", nodes: "knowledge base 1, model 1", links: []string{
		"knowledge-base-quick-start-e4hzu invokes titan-embed-text-v1: unknown, wired",
		"knowledge-base-quick-start-e4hzu reads i4jn4zi5tme0nmlg2l3m: unknown, wired",
		"knowledge-base-quick-start-e4hzu runs as AmazonBedrockExecutionRoleForKnowledgeBase_e4hzu: n/a, wired"}},
	{files: custodian + "test_bedrock_model_invocation_logging__bedrock.GetModelInvocationLoggingConfiguration.json", nodes: "log bucket 1"},
	{files: custodian + "test_sagemaker_endpoints__api.sagemaker.DescribeEndpoint.json", nodes: ""}, // an endpoint of which the role is not known

	// A resource's own policy lets in whoever is not imported.
	{files: policies + "test_aws_lambda_source__lambda.GetPolicy.json", nodes: "function 1, service 1", links: []string{"iot calls c7n-cleanup: allowed"}},
	{files: policies + "test_cfn_topic_filter__sns.GetTopicAttributes.json", nodes: "topic 1", no: []string{"Anyone "}}, // its policy speaks of another topic
	{files: policies + "test_cloudtrail_enable__s3.GetBucketPolicy.json", nodes: "bucket 1, service 1", links: []string{
		"cloudtrail writes nosetest-bucket: conditional, if s3:x-amz-acl"}},
	{files: policies + "test_cross_account_kms_condition_keys_2__kms.GetKeyPolicy.json", nodes: ""}, // a key that the file does not name
	{files: policies + "test_cross_account_sqs__sqs.GetQueueAttributes.json", nodes: "anyone 1, queue 1", links: []string{"Anyone calls c7n-cross-check: allowed"}},
	{files: policies + "test_secrets_manager_cross_account__secretsmanager.GetResourcePolicy.json", nodes: "account 1, secret 1", links: []string{
		"Account 123456789012 reads c7n-test-key: allowed", "Account 123456789012 administers c7n-test-key: allowed"}},
	{files: policies + "test_aws_lambda_source__lambda.GetPolicy.json " + custodian + "test_aws_lambda_source__lambda.ListFunctions.json", nodes: "function 2, service 1", links: []string{
		"iot calls c7n-cleanup: allowed", "c7n-cleanup runs as lambda_basic_execution: n/a, wired"}},

	// What limits others, or stands for nobody until something has it, makes no nodes.
	{files: perimeter + "identity_perimeter_rcp.json"}, {files: perimeter + "org-describe-policy-identity-perimeter.json"},
	{files: perimeter + "resource_perimeter_scp.json"},
	{files: scps + "Deny-Bedrock-model-invocation-except-approved-models.json"},
	{files: scps + "Deny-access-to-AWS-based-on-the-requested-AWS-region-with-Bedrock-CRIS.json"},
	{files: scps + "Deny-modifications-to-specific-Amazon-Lambda-functions.json"},
	{files: scps + "org-describe-policy-deny-unapproved-models.json"}, {files: scps + "org-describe-policy-region-cris.json"},
	{files: scps + "org-list-accounts.json"}, {files: scps + "org-list-ous-root.json"}, {files: scps + "org-list-policies-for-target-ou.json"},
	{files: scps + "org-list-policies-scp.json"}, {files: scps + "org-list-roots.json"},
	{files: "5-policies/iann0036__iam-dataset/AmazonBedrockFullAccess.json"}, {files: "5-policies/iann0036__iam-dataset/BedrockAgentCoreFullAccess.json"},
}

// nothing are the files that give nothing when they are imported alone, and why.
var nothing = map[string]string{
	agentcore + "gateway-stack.yaml": "gateway-stack.yaml:544:19: mapping values are not allowed in this context", // published broken
	scps + "org-list-parents.json":   "there is nothing in it",                                                    // of whom these are the parents is in the file's name, where it is anywhere
}

// TestCorpus: what somebody read in a file is in its chain.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	for _, c := range read {
		t.Run(c.files[strings.LastIndexByte(c.files, '/')+1:], func(t *testing.T) {
			g := chainOf(t, dir, strings.Fields(c.files)...)
			if got := described(g); got != c.nodes {
				t.Errorf("described nodes:\n got %s\nwant %s", got, c.nodes)
			}
			var links []string
			for i := range g.Edges {
				links = append(links, told(g, &g.Edges[i]))
			}
			slices.Sort(links)
			for _, want := range c.links {
				if !slices.Contains(links, want) {
					t.Errorf("no link %q", want)
				}
			}
			for _, no := range c.no {
				for _, l := range links {
					if strings.HasPrefix(l, no) && !strings.Contains(l, " assumes ") && !strings.Contains(l, " member of ") && !strings.Contains(l, ": conditional") {
						t.Errorf("a link %q", l)
					}
				}
			}
			if t.Failed() {
				t.Log("all links:\n" + strings.Join(links, "\n"))
			}
		})
	}
}

// TestCorpusIsRead: every file of these kinds in the corpus's own list was read, or is known to give nothing.
func TestCorpusIsRead(t *testing.T) {
	dir := corpus(t)
	f, err := os.Open(filepath.Join(dir, "SOURCES.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		cols := strings.Split(s.Text(), "\t")
		switch cols[0] {
		case "1-iam-authz", "3-cloudformation", "4-bedrock-api", "5-policies":
			why, broken := nothing[cols[1]]
			if !broken && !slices.ContainsFunc(read, func(c inFile) bool { return c.files == cols[1] }) {
				t.Errorf("%s: nobody has read it", cols[1])
			}
			if broken {
				_, report, err := importers.Import(t.Context(), []string{filepath.Join(dir, cols[1])}, importers.Options{})
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("%s: error %v, report %+v", cols[1], err, report)
				}
			}
		}
	}
}

// TestCorpusTogether: the chain of all files at once is built, the same each time, and keeps what each gives alone.
func TestCorpusTogether(t *testing.T) {
	dir := corpus(t)
	var all []string
	for _, c := range read {
		if !strings.Contains(c.files, " ") {
			all = append(all, c.files)
		}
	}
	g := chainOf(t, dir, all...)
	slices.Reverse(all)
	if again := chainOf(t, dir, all...); again.Hash() != g.Hash() {
		t.Error("in another order it is another chain")
	}
	for _, name := range []string{"HRAgent", "aws-billing-agentv3", "bmkb-obs-financial", "supportAgentDemo_Agent", "c7n-test", "BlakeBortles", "privesc-sre-user", "restaurant-agent-mistral"} {
		if !slices.ContainsFunc(g.Nodes, func(n graph.Node) bool { return n.Name == name }) {
			t.Errorf("%s is lost among the others", name)
		}
	}
	for _, n := range g.Nodes {
		if strings.Contains(n.Name, "${unresolved") || strings.Contains(n.Name, "STACK-") || strings.Contains(n.Detail, "ACCOUNT") || n.Name == "" {
			t.Errorf("a name for machines: %q, %q", n.Name, n.Detail)
		}
	}
}

// A listing names things without saying where they are: each is a node of its own, and the same as what another file
// describes.
func TestCorpusListed(t *testing.T) {
	dir := corpus(t)
	list := custodian + "test_bedrock_agent_base__bedrock-agent.ListAgents.json"
	agents := func(g *graph.Graph) string {
		var out []string
		for _, n := range g.Nodes {
			if n.Kind == graph.KindAgent {
				out = append(out, fmt.Sprintf("%s %t", n.Name, n.Unknown == ""))
			}
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	if got := agents(chainOf(t, dir, list)); got != "c7n-test false, c7n-test-2 false" {
		t.Error(got)
	}
	if got := agents(chainOf(t, dir, list, custodian+"test_bedrock_agent_base__bedrock-agent.GetAgent.json")); got != "c7n-test true, c7n-test-2 false" {
		t.Error(got)
	}
}

// What a template makes of templates that were not imported is said not to be seen.
func TestCorpusNestedStacks(t *testing.T) {
	g := chainOf(t, corpus(t), agentcore+"customer-support-stack.yaml")
	n := 0
	for _, gap := range g.Gaps {
		if strings.HasPrefix(gap.What, "what the nested stack ") && strings.Contains(gap.Need, "${TemplateBaseURL}/") {
			n++
		}
	}
	if n != 7 {
		t.Errorf("%d gaps: %+v", n, g.Gaps)
	}
}

// How wide a grant is, and which part of its target it reaches, as the files say.
func TestCorpusBreadth(t *testing.T) {
	dir := corpus(t)
	find := func(g *graph.Graph, from string, kind graph.EdgeKind, to string) *graph.Edge {
		t.Helper()
		for i := range g.Edges {
			if e := &g.Edges[i]; e.Kind == kind && g.Node(e.From).Name == from && g.Node(e.To).Name == to {
				return e
			}
		}
		t.Fatalf("no link %s %s %s", from, kind, to)
		return nil
	}
	e := find(chainOf(t, dir, policies+"test_cloudtrail_enable__s3.GetBucketPolicy.json"), "cloudtrail", graph.Writes, "nosetest-bucket")
	if e.Breadth.PrincipalScope != graph.ScopeService || !slices.Equal(e.Part, []string{"arn:aws:s3:::nosetest-bucket/AWSLogs/644160558196/*"}) {
		t.Errorf("%+v, part %v", e.Breadth, e.Part)
	}
	e = find(chainOf(t, dir, policies+"test_aws_lambda_source__lambda.GetPolicy.json"), "iot", graph.Calls, "c7n-cleanup")
	if e.Breadth.PrincipalScope != graph.ScopeExact || !strings.Contains(e.Evidence[0].Note, "rule/iotbutton_G030JF051537S76R") {
		t.Errorf("%+v, evidence %+v", e.Breadth, e.Evidence)
	}
	g := chainOf(t, dir, templates+"sam-003-bedrock-agent.yaml")
	e = find(g, "insurance-claims-agent-app-test", graph.Invokes, "claude-3-sonnet-20240229-v1")
	if e.Breadth.ResourceScope != graph.ScopeKind || !slices.Equal(e.Part, []string{"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0"}) {
		t.Errorf("%+v, part %v", e.Breadth, e.Part)
	}
	g = chainOf(t, dir, templates+"hr-resources.yml")
	if e = find(g, "bedrock", graph.Calls, "<stack>-HRFunction"); e.Breadth.PrincipalScope != graph.ScopeService {
		t.Errorf("without SourceArn: %+v", e.Breadth)
	}
	if e = find(g, "HRAgent", graph.Reads, "every bucket"); e.Breadth.ResourceScope != graph.ScopeAll || e.As == "" {
		t.Errorf("%+v as %q", e.Breadth, e.As)
	}
	g = chainOf(t, dir, authz+"BishopFox__iam-vulnerable/gaad-iam-vulnerable.json")
	if e = find(g, "fn4-exploitableNotAction-user", graph.Administers, "every role"); !e.Breadth.NotAction {
		t.Errorf("%+v", e.Breadth)
	}
	if n := g.Node("arn:aws:iam::123456789012:role/fp2-allow-and-deny-multiple-policies-role"); n.RoleClass == graph.RoleAdmin {
		t.Error("a role whose every action is denied is no administrator's")
	}
	if e = find(g, "fn2-exploitableResourceConstraint-user", graph.Administers, "fn2-exploitableResourceConstraint"); e.Breadth.ResourceScope != graph.ScopeNamed {
		t.Errorf("%+v", e.Breadth)
	}
}

// TestCorpusOrganization: the organization's listings, under the names that say what they are of, put the real SCP on the
// accounts below its unit, and the chain says that it takes the models away.
func TestCorpusOrganization(t *testing.T) {
	dir := corpus(t)
	accounts := regexp.MustCompile(`"Id": "(\d{12})"`).FindAllSubmatch(content(t, dir, scps+"org-list-accounts.json"), -1)
	if len(accounts) < 2 {
		t.Fatal("no member accounts")
	}
	account := string(accounts[len(accounts)-1][1])
	var files []importers.File
	for name, from := range map[string]string{
		"list-accounts.json": "org-list-accounts.json", "list-roots.json": "org-list-roots.json",
		"organizational-units-for-parent-r-d9x9.json":         "org-list-ous-root.json",
		"list-parents-" + account + ".json":                   "org-list-parents.json",
		"list-policies-for-target-ou-d9x9-vnyft41z.json":      "org-list-policies-for-target-ou.json",
		"describe-policy-p-s89hykw2.json":                     "org-describe-policy-deny-unapproved-models.json",
		"describe-policy-p-ddcamsm6-which-is-nowhere-on.json": "org-describe-policy-region-cris.json",
	} {
		data := content(t, dir, scps+from)
		files = append(files, importers.File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	dump := `{"RoleDetailList": [{"RoleName": "app", "Arn": "arn:aws:iam::` + account + `:role/app", "Path": "/", "RoleId": "AROAAPP", "AssumeRolePolicyDocument":
		{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
		"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-x"},
			{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}]}}], "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": []}]}`
	files = append(files, importers.File{Name: "gaad.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(dump)), nil }})
	links := func(files []importers.File) string {
		facts, report, err := importers.ImportFiles(t.Context(), files, importers.Options{})
		if err != nil {
			t.Fatalf("%v: %+v", err, report)
		}
		g, err := chain.Build(facts)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for i := range g.Edges {
			if e := &g.Edges[i]; g.Node(e.From).Name == "app" {
				out = append(out, told(g, e))
			}
		}
		slices.Sort(out)
		return strings.Join(out, "; ")
	}
	if got := links(files[len(files)-1:]); got != "app invokes claude-x: allowed; app reads docs: allowed" {
		t.Errorf("without the organization: %s", got)
	}
	if got := links(files); got != "app reads docs: allowed" {
		t.Errorf("with it, in account %s: %s", account, got)
	}
}

func content(t *testing.T, dir, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
