package bedrock

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestModels(t *testing.T) {
	runCases(t, []decodeCase{
		{"a foundation model", "m.json", "bedrock get-foundation-model", `{"modelDetails": {"modelArn": "arn:m", "modelId": "m", "modelName": "M", "providerName": "P"}}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:m", ID: "m", Name: "M", Provider: "P", Kind: "foundation"}}}},
		{"custom models", "m.json", "bedrock list-custom-models", `{"modelSummaries": [{"modelArn": "arn:x/c1", "modelName": "C", "baseModelArn": "arn:b", "customizationType": "FINE_TUNING"}]}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/c1", ID: "c1", Name: "C", Kind: "custom", Base: "arn:b"}}}},
		{"a custom model", "m.json", "bedrock get-custom-model", `{"modelArn": "arn:x/c1", "modelName": "C", "baseModelArn": "arn:b", "jobArn": "arn:j"}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/c1", ID: "c1", Name: "C", Kind: "custom", Base: "arn:b"}}}},
		{"imported models", "m.json", "bedrock list-imported-models", `{"modelSummaries": [{"modelArn": "arn:x/i1", "modelName": "I", "modelArchitecture": "llama"}]}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/i1", ID: "i1", Name: "I", Kind: "imported"}}}},
		{"an imported model", "m.json", "bedrock get-imported-model", `{"modelArn": "arn:x/i1", "modelName": "I", "modelDataSource": {"s3DataSource": {"s3Uri": "s3://b"}}}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/i1", ID: "i1", Name: "I", Kind: "imported"}}}},
		{"provisioned throughput", "m.json", "bedrock list-provisioned-model-throughputs", `{"provisionedModelSummaries": [{"provisionedModelArn": "arn:x/p1", "provisionedModelName": "P", "modelArn": "arn:m", "foundationModelArn": "arn:f"}]}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/p1", ID: "p1", Name: "P", Kind: "provisioned", Base: "arn:m"}}}},
		{"one provisioned throughput", "m.json", "bedrock get-provisioned-model-throughput", `{"provisionedModelArn": "arn:x/p1", "modelArn": "arn:m"}`,
			inventory.Facts{Models: []inventory.Model{{ARN: "arn:x/p1", ID: "p1", Kind: "provisioned", Base: "arn:m"}}}},
		{"an inference profile", "m.json", "bedrock get-inference-profile", `{"inferenceProfileArn": "arn:p", "inferenceProfileId": "eu.m", "inferenceProfileName": "EU M", "type": "SYSTEM_DEFINED", "models": [{"modelArn": "arn:1"}, {"modelArn": "arn:2"}]}`,
			inventory.Facts{Profiles: []inventory.InferenceProfile{{ARN: "arn:p", ID: "eu.m", Name: "EU M", Type: "SYSTEM_DEFINED", Models: []string{"arn:1", "arn:2"}}}}},
		{"guardrails", "m.json", "bedrock list-guardrails", `{"guardrails": [{"id": "g", "arn": "arn:g", "name": "G", "version": "DRAFT"}]}`,
			inventory.Facts{Guardrails: []inventory.Guardrail{{ARN: "arn:g", ID: "g", Name: "G", Version: "DRAFT"}}}},
		{"a guardrail with every part", "m.json", "bedrock get-guardrail", `{"guardrailId": "g", "guardrailArn": "arn:g", "name": "G", "version": "2", "wordPolicy": {}, "topicPolicy": {}, "contentPolicy": {},
			"sensitiveInformationPolicy": {}, "contextualGroundingPolicy": {}, "automatedReasoningPolicy": {}}`,
			inventory.Facts{Guardrails: []inventory.Guardrail{{ARN: "arn:g", ID: "g", Name: "G", Version: "2",
				Policies: []string{"automated reasoning", "content", "grounding", "sensitive information", "topics", "words"}}}}},
		{"no models and no guardrails", "m.json", "bedrock list-guardrails", `{"guardrails": []}`, inventory.Facts{}},
	})
}

func TestInvocationLogging(t *testing.T) {
	const format = "bedrock get-model-invocation-logging-configuration"
	here := inventory.InvocationLogging{Account: inventory.Known("111122223333"), Region: inventory.Known("eu-central-1")}
	on := here
	on.Configured, on.LogGroup, on.Role, on.LargeBucket, on.Text, on.Image = true, "/inv", "arn:r", "big", inventory.Yes, inventory.No
	runCases(t, []decodeCase{
		{"to a log group, large data to a bucket", "x.json", format, `{"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/inv", "roleArn": "arn:r", "largeDataDeliveryS3Config": {"bucketName": "big"}},
			"textDataDeliveryEnabled": true, "imageDataDeliveryEnabled": false}}`, inventory.Facts{InvocationLogging: []inventory.InvocationLogging{on}}},
		{"off, by the file's name", "prod/get-model-invocation-logging-configuration.json", format, `{}`, inventory.Facts{InvocationLogging: []inventory.InvocationLogging{here}}},
		{"off, named as the operation", "bedrock.GetModelInvocationLoggingConfiguration_1.json", format, `{"loggingConfig": null}`, inventory.Facts{InvocationLogging: []inventory.InvocationLogging{here}}},
	})

	got := decode(t, inventory.Input{File: "get-model-invocation-logging-configuration.json", Data: []byte(`{}`)})
	if l := got.InvocationLogging[0]; l.Configured || l.Account.Unknown == "" || l.Region.Unknown == "" || len(got.Inferred) != 1 {
		t.Errorf("off, nobody knows where: %+v, inferred %v", l, got.Inferred)
	}
}

func TestAgentCore(t *testing.T) {
	const why = "list-gateway-targets does not print it: import get-gateway-target"
	runCases(t, []decodeCase{
		{"runtimes", "r.json", "bedrock-agentcore-control list-agent-runtimes", `{"agentRuntimes": [{"agentRuntimeArn": "arn:r", "agentRuntimeId": "r-1", "agentRuntimeName": "r", "status": "READY"}]}`,
			inventory.Facts{Runtimes: []inventory.Runtime{{ARN: "arn:r", ID: "r-1", Name: "r", Listed: true, Role: inventory.Unsure("list-agent-runtimes does not print it: import get-agent-runtime")}}}},
		{"a runtime with a token authorizer, from code", "r.json", "bedrock-agentcore-control get-agent-runtime", `{"agentRuntimeArn": "arn:r", "agentRuntimeName": "r", "agentRuntimeId": "r-1", "roleArn": "arn:role",
			"networkConfiguration": {"networkMode": "VPC"}, "environmentVariables": {"KB": "K1"}, "authorizerConfiguration": {"customJWTAuthorizer": {"discoveryUrl": "https://x", "allowedClients": ["web"]}},
			"agentRuntimeArtifact": {"codeConfiguration": {"code": {"s3": {"bucket": "b", "prefix": "p.zip"}}}}}`,
			inventory.Facts{Runtimes: []inventory.Runtime{{ARN: "arn:r", ID: "r-1", Name: "r", Role: inventory.Known("arn:role"), Network: "VPC", Artifact: "s3://b/p.zip",
				Authorizer: "CUSTOM_JWT", Issuer: "https://x", Clients: []string{"web"}, Env: map[string]string{"KB": "K1"}}}}},
		{"endpoints of a runtime", "r.json", "bedrock-agentcore-control list-agent-runtime-endpoints", `{"runtimeEndpoints": [{"name": "DEFAULT", "agentRuntimeEndpointArn": "arn:r/e", "agentRuntimeArn": "arn:r", "liveVersion": "3", "status": "READY"}]}`,
			inventory.Facts{RuntimeEndpoints: []inventory.RuntimeEndpoint{{ARN: "arn:r/e", Name: "DEFAULT", Runtime: "arn:r", Version: "3"}}}},
		{"gateways", "g.json", "bedrock-agentcore-control list-gateways", `{"items": [{"gatewayId": "g-1", "name": "g", "status": "READY", "authorizerType": "AWS_IAM"}]}`,
			inventory.Facts{Gateways: []inventory.Gateway{{ARN: "arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/g-1", ID: "g-1", Name: "g", Authorizer: "AWS_IAM", Listed: true,
				Role: inventory.Unsure("list-gateways does not print it: import get-gateway")}}}},
		{"a gateway with an interceptor and a policy engine", "g.json", "bedrock-agentcore-control get-gateway", `{"gatewayArn": "arn:g", "gatewayId": "g-1", "name": "g", "authorizerType": "CUSTOM_JWT", "roleArn": "arn:role",
			"interceptorConfigurations": [{"interceptor": {"lambda": {"arn": "arn:f"}}}], "policyEngineConfiguration": {"arn": "arn:e", "mode": "LOG_ONLY"}}`,
			inventory.Facts{Gateways: []inventory.Gateway{{ARN: "arn:g", ID: "g-1", Name: "g", Role: inventory.Known("arn:role"), Authorizer: "CUSTOM_JWT", Interceptors: []string{"arn:f"}, PolicyEngine: "arn:e LOG_ONLY"}}}},
		{"targets", "t.json", "bedrock-agentcore-control list-gateway-targets", `{"items": [{"targetId": "T", "name": "t", "status": "READY", "targetType": "OPEN_API_SCHEMA"}, {"targetId": "U", "name": "u", "status": "READY", "targetType": "TELEPATHY"}]}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{ID: "T", Name: "t", Kind: "openapi", Lambda: inventory.Unsure(why)}, {ID: "U", Name: "u", Kind: "TELEPATHY", Lambda: inventory.Unsure(why)}}}},
		{"a Lambda target with its tools", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"lambda": {"lambdaArn": "arn:f",
			"toolSchema": {"inlinePayload": [{"name": "refund", "description": "Refund"}]}}}}, "credentialProviderConfigurations": [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "lambda", Lambda: inventory.Known("arn:f"),
				Tools: []inventory.Operation{{Name: "refund", Description: "Refund"}}, Credentials: []string{"GATEWAY_IAM_ROLE"}}}}},
		{"an OpenAPI target", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"openApiSchema": {"inlinePayload": "{\"paths\": {\"/a\": {\"get\": {}}}}"}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "openapi", Tools: []inventory.Operation{{Name: "GET /a", Method: "GET"}}}}}},
		{"an OpenAPI target in a bucket", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"openApiSchema": {"s3": {"uri": "s3://b/k"}}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "openapi", Endpoint: "s3://b/k", Schema: "s3://b/k"}}}},
		{"a REST API", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"apiGateway": {"restApiId": "a1", "stage": "prod"}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "api gateway", Endpoint: "a1/prod"}}}},
		{"knowledge bases behind a connector", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"connector": {"source": {"connectorId": "bedrock-knowledge-bases"},
			"configurations": [{"name": "a", "parameterValues": {"retrievers": [{"configuration": {"knowledgeBase": {"knowledgeBaseId": "K1"}}}]}}, {"name": "b", "parameterValues": {"knowledgeBaseId": "K2"}}]}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "connector", Endpoint: "bedrock-knowledge-bases", KBs: []string{"K1", "K2"}}}}},
		{"a runtime behind a gateway", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"http": {"agentcoreRuntime": {"arn": "arn:r"}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "runtime", Endpoint: "arn:r"}}}},
		{"a kind that came later", "t.json", "bedrock-agentcore-control get-gateway-target", `{"gatewayArn": "arn:g", "targetId": "T", "name": "t", "targetConfiguration": {"mcp": {"telepathy": {"endpoint": "https://t"}}}}`,
			inventory.Facts{GatewayTargets: []inventory.GatewayTarget{{Gateway: "arn:g", ID: "T", Name: "t", Kind: "telepathy", Endpoint: "https://t"}}}},
		{"memories", "m.json", "bedrock-agentcore-control list-memories", `{"memories": [{"arn": "arn:m", "id": "m-1", "status": "ACTIVE"}]}`,
			inventory.Facts{Memories: []inventory.Memory{{ARN: "arn:m", ID: "m-1", Name: "m-1", Role: inventory.Unsure("list-memories does not print it: import get-memory")}}}},
		{"a memory", "m.json", "bedrock-agentcore-control get-memory", `{"memory": {"arn": "arn:m", "id": "m-1", "name": "m", "status": "ACTIVE", "encryptionKeyArn": "arn:k", "eventExpiryDuration": 90}}`,
			inventory.Facts{Memories: []inventory.Memory{{ARN: "arn:m", ID: "m-1", Name: "m", Key: "arn:k", Role: inventory.Known("")}}}},
	})
}

func TestSageMakerAndLambda(t *testing.T) {
	runCases(t, []decodeCase{
		{"endpoints", "e.json", "sagemaker list-endpoints", `{"Endpoints": [{"EndpointName": "e", "EndpointArn": "arn:e", "EndpointStatus": "InService"}]}`,
			inventory.Facts{Endpoints: []inventory.Endpoint{{ARN: "arn:e", Name: "e", Listed: true, Role: inventory.Unsure("list-endpoints does not print it: import describe-endpoint")}}}},
		{"a configuration", "e.json", "sagemaker describe-endpoint-config", `{"EndpointConfigArn": "arn:c", "EndpointConfigName": "c", "ProductionVariants": [{"ModelName": "m1"}, {"VariantName": "components"}], "ExecutionRoleArn": "arn:r"}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:c", Name: "c", Type: "AWS::SageMaker::EndpointConfig", Attrs: map[string]string{"models": "m1", "role": "arn:r"}}}}},
		{"a model", "e.json", "sagemaker describe-model", `{"ModelArn": "arn:m", "ModelName": "m", "ExecutionRoleArn": "arn:r", "CreationTime": "2026-01-01"}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:m", Name: "m", Type: "AWS::SageMaker::Model", Attrs: map[string]string{"role": "arn:r"}}}}},
		{"a function with tags, a log group of its own and variables", "f.json", "lambda get-function", `{"Configuration": {"FunctionName": "f", "FunctionArn": "arn:f", "Role": "arn:r", "Runtime": "python3.13",
			"LoggingConfig": {"LogGroup": "/g"}, "Environment": {"Variables": {"TABLE": "orders"}}}, "Code": {}, "Tags": {"owner": "x"}}`,
			inventory.Facts{Functions: []inventory.Function{{ARN: "arn:f", Name: "f", Role: inventory.Known("arn:r"), LogGroup: "/g", Runtime: "python3.13",
				Env: map[string]string{"TABLE": "orders"}, Tags: inventory.Tags{"owner": "x"}}}}},
		{"a configuration alone", "f.json", "lambda get-function-configuration", `{"FunctionName": "f", "FunctionArn": "arn:f", "Handler": "h"}`,
			inventory.Facts{Functions: []inventory.Function{{ARN: "arn:f", Name: "f", Role: inventory.Unsure("the function's configuration printed no Role")}}}},
		{"no functions", "f.json", "lambda list-functions", `{"Functions": []}`, inventory.Facts{}},
	})

	// get-function says that there are no tags; a configuration does not say.
	if got := decode(t, input("f.json", `{"Configuration": {"FunctionName": "f", "FunctionArn": "arn:f"}}`)); got.Functions[0].Tags == nil {
		t.Error("tags of get-function without any are not known")
	}
	if got := decode(t, input("f.json", `{"FunctionName": "f", "FunctionArn": "arn:f", "Role": "arn:r"}`)); got.Functions[0].Tags != nil {
		t.Error("tags of get-function-configuration are known")
	}
}

func TestLogsAndStorage(t *testing.T) {
	bucket := func(name string, attrs map[string]string, tags inventory.Tags) inventory.Facts {
		return inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:aws:s3:::" + name, Name: name, Account: "111122223333", Type: "AWS::S3::Bucket", Attrs: attrs, Tags: tags}}}
	}
	runCases(t, []decodeCase{
		{"log groups, with and without an end", "l.json", "logs describe-log-groups", `{"logGroups": [
			{"logGroupName": "/a", "arn": "arn:aws:logs:eu-central-1:111122223333:log-group:/a:*", "retentionInDays": 30, "kmsKeyId": "arn:k"},
			{"logGroupName": "/b", "arn": "arn:x:*", "logGroupArn": "arn:x", "logGroupClass": "INFREQUENT_ACCESS"}]}`,
			inventory.Facts{Resources: []inventory.Resource{
				{ARN: "arn:aws:logs:eu-central-1:111122223333:log-group:/a", Name: "/a", Type: "AWS::Logs::LogGroup", Attrs: map[string]string{"retention": "30", "kms key": "arn:k"}},
				{ARN: "arn:x", Name: "/b", Type: "AWS::Logs::LogGroup", Attrs: map[string]string{"retention": "never expires", "kms key": "", "encryption": "no customer key", "class": "INFREQUENT_ACCESS"}}}}},
		{"buckets", "b.json", "s3api list-buckets", `{"Buckets": [{"Name": "b", "CreationDate": "2026-01-01"}], "Owner": {"ID": "x"}}`, bucket("b", nil, nil)},
		{"tags", "get-bucket-tagging-b.json", "s3api get-bucket-tagging", `{"TagSet": [{"Key": "owner", "Value": "x"}]}`, bucket("b", nil, inventory.Tags{"owner": "x"})},
		{"tags of nobody knows what", "tags.json", "s3api get-bucket-tagging", `{"TagSet": [{"Key": "owner", "Value": "x"}]}`,
			inventory.Facts{Skips: []inventory.Skip{{What: "get-bucket-tagging", Why: "get-bucket-tagging does not print which bucket it is of: name the file get-bucket-tagging-BUCKET.json"}}}},
		{"access logs", "get-bucket-logging-b.json", "s3api get-bucket-logging", `{"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "b/"}}`, bucket("b", map[string]string{"access log bucket": "logs"}, nil)},
		{"encryption", "get-bucket-encryption-b.json", "s3api get-bucket-encryption", `{"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:k"}}]}}`,
			bucket("b", map[string]string{"encryption": "aws:kms", "kms key": "arn:k"}, nil)},
		{"objects that go after 90 days", "get-bucket-lifecycle-configuration-b.json", "s3api get-bucket-lifecycle-configuration", `{"Rules": [
			{"ID": "tmp", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 100}}, {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 7}},
			{"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}, {"ID": "old", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 120}}]}`,
			bucket("b", map[string]string{"retention": "90"}, nil)},
		{"a part that goes sooner", "get-bucket-lifecycle-configuration-b.json", "s3api get-bucket-lifecycle-configuration", `{"Rules": [
			{"Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}, {"Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 1}},
			{"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 90}}]}`,
			bucket("b", map[string]string{"retention": "90 d, but 1 d for a part"}, nil)},
		{"only a part that goes", "get-bucket-lifecycle-configuration-b.json", "s3api get-bucket-lifecycle-configuration", `{"Rules": [
			{"Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30}}]}`,
			bucket("b", map[string]string{"retention": "never expires, but 30 d for a part"}, nil)},
		{"objects that go on a day", "get-bucket-lifecycle-configuration-b.json", "s3api get-bucket-lifecycle-configuration", `{"Rules": [
			{"Status": "Enabled", "Filter": {}, "Expiration": {"Date": "2026-12-01T00:00:00Z"}}]}`,
			bucket("b", map[string]string{"retention": "never expires, but objects go on 2026-12-01T00:00:00Z"}, nil)},
		{"objects that only move", "get-bucket-lifecycle-configuration-b.json", "s3api get-bucket-lifecycle-configuration", `{"Rules": [{"Status": "Enabled", "Filter": {}, "Transitions": [{"Days": 30}]}]}`,
			bucket("b", map[string]string{"retention": "never expires"}, nil)},
		{"a table", "t.json", "dynamodb describe-table", `{"Table": {"TableName": "t", "TableArn": "arn:t", "SSEDescription": {"KMSMasterKeyArn": "arn:k"}}}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:t", Name: "t", Type: "AWS::DynamoDB::Table", Attrs: map[string]string{"kms key": "arn:k"}}}}},
		{"collections", "c.json", "opensearchserverless list-collections", `{"collectionSummaries": [{"id": "c1", "name": "c", "status": "ACTIVE", "arn": "arn:c1"}]}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:c1", Name: "c", Type: "AWS::OpenSearchServerless::Collection"}}}},
		{"who reads a collection", "p.json", "opensearchserverless get-access-policy", `{"accessPolicyDetail": {"type": "data", "name": "p", "policy": [
			{"Rules": [{"ResourceType": "index", "Resource": ["index/c/*"], "Permission": ["aoss:ReadDocument"]}], "Principal": ["arn:r1"]}, {"Rules": [], "Principal": ["arn:r2"]}]}}`,
			inventory.Facts{DataAccess: []inventory.DataAccess{{Name: "p", Principals: []string{"arn:r1"}, Rules: []inventory.DataRule{{Type: "index", Resources: []string{"index/c/*"}, Permissions: []string{"aoss:ReadDocument"}}}},
				{Name: "p", Principals: []string{"arn:r2"}}}}},
		{"who reads a collection, as text", "p.json", "opensearchserverless get-access-policy", `{"accessPolicyDetail": {"type": "data", "name": "p", "policy": "[{\"Principal\": [\"arn:r1\"]}]"}}`,
			inventory.Facts{DataAccess: []inventory.DataAccess{{Name: "p", Principals: []string{"arn:r1"}}}}},
		{"an access policy cut off", "p.json", "opensearchserverless get-access-policy", `{"accessPolicyDetail": {"type": "data", "name": "p", "policy": "["}}`,
			inventory.Facts{DataAccess: []inventory.DataAccess{{Name: "p", Unknown: "the policy is not JSON: line 1:2: ends before an array that begins on line 1 is closed: the file is cut off"}}}},
		{"secrets", "s.json", "secretsmanager list-secrets", `{"SecretList": [{"ARN": "arn:s", "Name": "s", "KmsKeyId": "arn:k", "Tags": [{"Key": "team", "Value": "x"}]}]}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:s", Name: "s", Type: "AWS::SecretsManager::Secret", Attrs: map[string]string{"kms key": "arn:k"}, Tags: inventory.Tags{"team": "x"}}}}},
		{"keys", "k.json", "kms list-keys", `{"Keys": [{"KeyId": "1", "KeyArn": "arn:1"}]}`, inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:1", Name: "1", Type: "AWS::KMS::Key"}}}},
		{"a key", "k.json", "kms describe-key", `{"KeyMetadata": {"KeyId": "1", "Arn": "arn:1", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Description": "prompts"}}`,
			inventory.Facts{Resources: []inventory.Resource{{ARN: "arn:1", Name: "prompts", Type: "AWS::KMS::Key", Attrs: map[string]string{"manager": "CUSTOMER", "state": "Enabled", "description": "prompts"}}}}},
	})
}

func TestTrails(t *testing.T) {
	const arn = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/t"
	runCases(t, []decodeCase{
		{"a trail with selectors of its own, which this does not print", "t.json", "cloudtrail describe-trails", `{"trailList": [{"Name": "t", "S3BucketName": "b", "TrailARN": "` + arn + `", "IsMultiRegionTrail": true,
			"IsOrganizationTrail": false, "HasCustomEventSelectors": true, "CloudWatchLogsLogGroupArn": "arn:g:*", "KmsKeyId": "arn:k"}]}`,
			inventory.Facts{Trails: []inventory.Trail{{ARN: arn, Name: "t", Bucket: "b", LogGroup: "arn:g", Key: "arn:k", MultiRegion: inventory.Yes, Organization: inventory.No}}}},
		{"a trail as it was made records management events", "t.json", "cloudtrail get-trail", `{"Trail": {"Name": "t", "S3BucketName": "b", "TrailARN": "` + arn + `", "HasCustomEventSelectors": false}}`,
			inventory.Facts{Trails: []inventory.Trail{{ARN: arn, Name: "t", Bucket: "b", SelectorsKnown: true, Selectors: []inventory.Selector{{Category: "Management", ReadWrite: "All"}}}}}},
		{"status", "get-trail-status-t.json", "cloudtrail get-trail-status", `{"IsLogging": false, "StopLoggingTime": "2026-11-01"}`,
			inventory.Facts{Trails: []inventory.Trail{{ARN: arn, Name: "t", Logging: inventory.No}}}},
		{"status of nobody knows what", "x.json", "cloudtrail get-trail-status", `{"IsLogging": true, "StartLoggingTime": "2026-11-01"}`,
			inventory.Facts{Skips: []inventory.Skip{{What: "the status of a trail", Why: "get-trail-status does not print which trail it is of: name the file get-trail-status-NAME.json"}}}},
		{"an event data store", "s.json", "cloudtrail get-event-data-store", `{"EventDataStoreArn": "arn:eds", "Name": "lake", "Status": "ENABLED", "OrganizationEnabled": true,
			"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]}`,
			inventory.Facts{Trails: []inventory.Trail{{ARN: "arn:eds", Name: "lake", EventStore: true, Logging: inventory.Yes, Organization: inventory.Yes, SelectorsKnown: true,
				Selectors: []inventory.Selector{{Category: "Management", ReadWrite: "All"}}}}}},
		{"event data stores, whose selectors a listing leaves out", "s.json", "cloudtrail list-event-data-stores", `{"EventDataStores": [{"EventDataStoreArn": "arn:eds", "Name": "lake", "Status": "STOPPED_INGESTION"}]}`,
			inventory.Facts{Trails: []inventory.Trail{{ARN: "arn:eds", Name: "lake", EventStore: true, Logging: inventory.No}}}},
	})
}

func TestSelectors(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []inventory.Selector
	}{
		{"basic: management and two buckets", `{"TrailARN": "a/t", "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
			"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::a/", "arn:aws:s3:::b/x"]}], "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}`,
			[]inventory.Selector{{Category: "Management", ReadWrite: "WriteOnly", ExcludeSource: []string{"kms.amazonaws.com"}},
				{Category: "Data", ReadWrite: "WriteOnly", ResourceTypes: []string{"AWS::S3::Object"}, ARNPrefixes: []string{"arn:aws:s3:::a/", "arn:aws:s3:::b/x"}}}},
		{"basic: everything, and nothing", `{"TrailARN": "a/t", "EventSelectors": [{"IncludeManagementEvents": false, "DataResources": [
			{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}, {"Type": "AWS::S3::Object", "Values": ["arn:aws-cn:s3:::"]},
			{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}, {"Type": "AWS::DynamoDB::Table", "Values": []}]}]}`,
			[]inventory.Selector{{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}},
				{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}},
				{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::Lambda::Function"}}}},
		{"advanced", `{"TrailARN": "a/t", "AdvancedEventSelectors": [
			{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]},
			{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::Bedrock::AgentAlias"]}, {"Field": "readOnly", "Equals": ["false"]}]},
			{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}, {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::a/"], "NotStartsWith": ["arn:aws:s3:::a/tmp/"]}]}]}`,
			[]inventory.Selector{{Category: "Management", ReadWrite: "All", ExcludeSource: []string{"kms.amazonaws.com"}},
				{Category: "Data", ReadWrite: "WriteOnly", ResourceTypes: []string{"AWS::Bedrock::AgentAlias"}},
				{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}, ARNPrefixes: []string{"arn:aws:s3:::a/"}, NotARN: []string{"arn:aws:s3:::a/tmp/"}}}},
		{"advanced: what a selector cannot say is kept in words", `{"TrailARN": "a/t", "AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
			{"Field": "eventName", "Equals": ["PutObject", "DeleteObject"]}, {"Field": "resources.ARN", "EndsWith": [".pdf"]}]}]}`,
			[]inventory.Selector{{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}, Partial: "eventName Equals PutObject, DeleteObject; resources.ARN EndsWith .pdf"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input("s.json", c.data)
			if format, _ := recognize(t, in); format != "cloudtrail get-event-selectors" {
				t.Errorf("recognised as %q", format)
			}
			got := decode(t, in).Trails[0]
			if diff := cmp.Diff(c.want, got.Selectors); diff != "" || !got.SelectorsKnown || got.Name != "t" {
				t.Errorf("%+v; selectors (-want +got):\n%s", got, diff)
			}
		})
	}
}
