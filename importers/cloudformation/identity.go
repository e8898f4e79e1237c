package cloudformation

import (
	"cmp"
	"slices"
	"strings"
)

// What stands for an account, a Region and a stack's name that neither the file nor the user says. They are the same
// for all templates of an import, and no ARN of AWS holds them: an account is twelve digits, a Region is lower case.
const (
	UnknownAccount = "ACCOUNT"
	UnknownRegion  = "REGION"
	UnknownStack   = "STACK"
)

// identity is what a resource is called.
type identity struct {
	id    string // its generated id, or its name where it has no other
	name  string // its physical name
	arn   string
	ref   string            // what Ref returns
	attrs map[string]string // what Fn::GetAtt returns
	marks mark
}

// alias says that a text with unknown parts is known to be an ARN of the template: a bucket that is named by a
// parameter without a value is the one that policies name by the same parameter.
type alias struct{ from, to string }

// identity works out what a resource is called. A name that is not known, or that CloudFormation would generate, is
// made of the stack's name and the logical id; so are generated ids.
func (t *template) identity(r *resource, depth int) *identity {
	if x, ok := t.ids[r.id]; ok {
		return x
	}
	generated := r.id
	if t.stack != "" {
		generated = t.stack + "-" + r.id
	}
	rule, known := identities[r.typ]
	x := &identity{id: generated, name: generated, marks: stands}
	partial := "" // the name as far as it is known, when it is not known
	if rule.name != "" && !t.naming[r.id] && depth <= maxCalls {
		t.naming[r.id] = true
		n := t.eval(r.props.get(rule.name), depth+1)
		delete(t.naming, r.id)
		switch {
		case n == nil || !n.scalar() && n.kind != unknown:
		case n.why != "":
			partial = n.text
		case n.text != "":
			x.name, x.marks = n.text, n.marks
		}
	}
	if rule.generated {
		x.marks = stands
	}
	fill := func(pattern, name string) string { return t.fill(pattern, r, x, name, depth) }
	if known {
		x.arn = fill(rule.arn, x.name)
		x.ref = fill(cmp.Or(rule.ref, "{name}"), x.name)
		x.attrs = make(map[string]string, len(rule.attrs))
		for attr, pattern := range rule.attrs {
			x.attrs[attr] = fill(pattern, x.name)
		}
		if partial != "" {
			// The placeholder in the name is the same wherever the name is built from the same parts.
			t.aliases = append(t.aliases, alias{fill(rule.arn, partial), x.arn})
			t.unsorted = true
		}
	} else {
		service, kind := "unknown", r.typ
		if parts := strings.Split(r.typ, "::"); len(parts) == 3 {
			service, kind = strings.ToLower(parts[1]), strings.ToLower(parts[2])
		}
		x.arn = t.arn(service, kind+"/"+generated)
		x.ref = generated
	}
	if strings.Contains(x.arn, ":"+t.account+":") || strings.Contains(x.arn, ":"+t.region+":") {
		x.marks |= t.standIns
	}
	if !t.naming[r.id] {
		t.ids[r.id] = x
	}
	return x
}

// fill puts values into a pattern: {p} the partition, {r} the Region, {a} the account, {u} the domain of endpoints,
// {name}, {id}, {arn}, {path} (of IAM), and {.Property} the text of a property, or the last part of it when it is an
// ARN where an id is wanted.
func (t *template) fill(pattern string, r *resource, x *identity, name string, depth int) string {
	var b strings.Builder
	for rest := pattern; ; {
		before, after, ok := strings.Cut(rest, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		key, tail, _ := strings.Cut(after, "}")
		rest = tail
		switch key {
		case "p":
			b.WriteString(t.partition)
		case "r":
			b.WriteString(t.region)
		case "a":
			b.WriteString(t.account)
		case "u":
			b.WriteString(t.suffix)
		case "id":
			b.WriteString(x.id)
		case "name":
			b.WriteString(name)
		case "arn":
			b.WriteString(x.arn)
		case "path":
			b.WriteString(cmp.Or(t.property(r, "Path", depth), "/"))
		default:
			b.WriteString(t.property(r, strings.TrimPrefix(key, "."), depth))
		}
	}
	return b.String()
}

// property is the text of a property that another's identity is part of. "Id|Arn" names two properties of which one
// is given; of an ARN only what follows the last slash counts, unless the property is asked for as "=Name".
func (t *template) property(r *resource, name string, depth int) string {
	whole := strings.HasPrefix(name, "=")
	for n := range strings.SplitSeq(strings.TrimPrefix(name, "="), "|") {
		if t.naming[r.id] {
			break
		}
		t.naming[r.id] = true
		v := t.eval(r.props.get(n), depth+1)
		delete(t.naming, r.id)
		if s, why, ok := textOf(v); ok && s != "" && why == "" {
			if !whole && strings.HasPrefix(s, "arn:") {
				s = s[strings.LastIndexAny(s, "/:")+1:]
			}
			return s
		}
	}
	if strings.TrimPrefix(name, "=") == "Path" {
		return ""
	}
	return r.id + "." + strings.TrimPrefix(name, "=") // opaque, like a generated id
}

// same gives a text the identity of the template's own resource, where the text is the same resource's ARN built
// from the same unknown parts, or something within it. ok reports whether nothing unknown is left.
func (t *template) same(s string) (string, bool) {
	if t.unsorted {
		t.unsorted = false
		slices.SortFunc(t.aliases, func(a, b alias) int { // the longest first
			return cmp.Or(cmp.Compare(len(b.from), len(a.from)), cmp.Compare(a.from, b.from))
		})
	}
	for _, a := range t.aliases {
		rest, ok := strings.CutPrefix(s, a.from)
		if ok && (rest == "" || rest[0] == '/' || rest[0] == ':') {
			return a.to + rest, !strings.Contains(rest, placeholderStart)
		}
	}
	return s, false
}

// identityRule says what the resources of a type are called. Patterns are those of fill.
type identityRule struct {
	name      string // the property that names it; "" for none
	generated bool   // its ARN holds an id that AWS generates, whatever its name
	arn       string
	ref       string // "" is "{name}"
	attrs     map[string]string
}

func attrs(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// identities are taken from the "Return values" of each type's page in the CloudFormation template reference
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html) and
// from the service authorization reference's ARN formats.
var identities = map[string]identityRule{
	"AWS::IAM::Role":            {name: "RoleName", arn: "arn:{p}:iam::{a}:role{path}{name}", attrs: attrs("Arn", "{arn}", "RoleId", "{id}")},
	"AWS::IAM::User":            {name: "UserName", arn: "arn:{p}:iam::{a}:user{path}{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::IAM::Group":           {name: "GroupName", arn: "arn:{p}:iam::{a}:group{path}{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::IAM::ManagedPolicy":   {name: "ManagedPolicyName", arn: "arn:{p}:iam::{a}:policy{path}{name}", ref: "{arn}", attrs: attrs("PolicyArn", "{arn}")},
	"AWS::IAM::InstanceProfile": {name: "InstanceProfileName", arn: "arn:{p}:iam::{a}:instance-profile{path}{name}", attrs: attrs("Arn", "{arn}")},

	"AWS::Bedrock::Agent": {name: "AgentName", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:agent/{id}", ref: "{id}",
		attrs: attrs("AgentArn", "{arn}", "AgentId", "{id}", "AgentVersion", "DRAFT")},
	"AWS::Bedrock::AgentAlias": {name: "AgentAliasName", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:agent-alias/{.AgentId}/{id}", ref: "{.AgentId}|{id}",
		attrs: attrs("AgentAliasArn", "{arn}", "AgentAliasId", "{id}")},
	"AWS::Bedrock::KnowledgeBase": {name: "Name", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:knowledge-base/{id}", ref: "{id}",
		attrs: attrs("KnowledgeBaseArn", "{arn}", "KnowledgeBaseId", "{id}")},
	"AWS::Bedrock::DataSource": {name: "Name", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:knowledge-base/{.KnowledgeBaseId}/data-source/{id}", ref: "{.KnowledgeBaseId}|{id}",
		attrs: attrs("DataSourceId", "{id}")},
	"AWS::Bedrock::Guardrail": {name: "Name", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:guardrail/{id}", ref: "{arn}",
		attrs: attrs("GuardrailArn", "{arn}", "GuardrailId", "{id}", "Version", "DRAFT")},
	"AWS::Bedrock::GuardrailVersion": {generated: true, arn: "arn:{p}:bedrock:{r}:{a}:guardrail/{.GuardrailIdentifier}", ref: "{.GuardrailIdentifier}|VERSION",
		attrs: attrs("GuardrailArn", "{arn}", "GuardrailId", "{.GuardrailIdentifier}", "Version", "VERSION")},
	"AWS::Bedrock::ApplicationInferenceProfile": {name: "InferenceProfileName", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:application-inference-profile/{id}", ref: "{arn}",
		attrs: attrs("InferenceProfileArn", "{arn}", "InferenceProfileIdentifier", "{arn}", "InferenceProfileId", "{id}")},
	"AWS::Bedrock::Prompt": {name: "Name", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:prompt/{id}", ref: "{arn}",
		attrs: attrs("Arn", "{arn}", "Id", "{id}", "Version", "DRAFT")},
	"AWS::Bedrock::PromptVersion": {generated: true, arn: "{=PromptArn}:VERSION", ref: "{arn}", attrs: attrs("Arn", "{arn}", "Version", "VERSION")},
	"AWS::Bedrock::Flow": {name: "Name", generated: true, arn: "arn:{p}:bedrock:{r}:{a}:flow/{id}", ref: "{arn}",
		attrs: attrs("Arn", "{arn}", "Id", "{id}", "Version", "DRAFT")},
	"AWS::Bedrock::FlowAlias":   {name: "Name", generated: true, arn: "{=FlowArn}/alias/{id}", ref: "{arn}|{=FlowArn}", attrs: attrs("Arn", "{arn}", "Id", "{id}", "FlowId", "{.FlowArn}")},
	"AWS::Bedrock::FlowVersion": {generated: true, arn: "{=FlowArn}/version/VERSION", ref: "{=FlowArn}|VERSION", attrs: attrs("Version", "VERSION", "FlowId", "{.FlowArn}")},

	"AWS::BedrockAgentCore::Runtime": {name: "AgentRuntimeName", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:runtime/{id}", ref: "{id}",
		attrs: attrs("AgentRuntimeArn", "{arn}", "AgentRuntimeId", "{id}", "AgentRuntimeVersion", "VERSION")},
	"AWS::BedrockAgentCore::RuntimeEndpoint": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:runtime/{.AgentRuntimeId}/runtime-endpoint/{name}", ref: "{arn}",
		attrs: attrs("AgentRuntimeEndpointArn", "{arn}", "AgentRuntimeArn", "arn:{p}:bedrock-agentcore:{r}:{a}:runtime/{.AgentRuntimeId}", "Id", "{name}")},
	"AWS::BedrockAgentCore::Gateway": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:gateway/{id}", ref: "{id}",
		attrs: attrs("GatewayArn", "{arn}", "GatewayIdentifier", "{id}", "GatewayUrl", "https://{id}.gateway.bedrock-agentcore.{r}.{u}/mcp")},
	"AWS::BedrockAgentCore::GatewayTarget": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:gateway/{.GatewayIdentifier}/target/{id}", ref: "{.GatewayIdentifier}|{id}",
		attrs: attrs("TargetId", "{id}", "GatewayArn", "arn:{p}:bedrock-agentcore:{r}:{a}:gateway/{.GatewayIdentifier}")},
	"AWS::BedrockAgentCore::Memory": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:memory/{id}", ref: "{arn}",
		attrs: attrs("MemoryArn", "{arn}", "MemoryId", "{id}")},
	"AWS::BedrockAgentCore::BrowserCustom": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:browser-custom/{id}", ref: "{id}",
		attrs: attrs("BrowserArn", "{arn}", "BrowserId", "{id}")},
	"AWS::BedrockAgentCore::CodeInterpreterCustom": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:code-interpreter-custom/{id}", ref: "{id}",
		attrs: attrs("CodeInterpreterArn", "{arn}", "CodeInterpreterId", "{id}")},
	"AWS::BedrockAgentCore::PolicyEngine": {name: "Name", generated: true, arn: "arn:{p}:bedrock-agentcore:{r}:{a}:policy-engine/{id}", ref: "{arn}",
		attrs: attrs("PolicyEngineArn", "{arn}", "PolicyEngineId", "{id}")},
	"AWS::BedrockAgentCore::WorkloadIdentity": {name: "Name", arn: "arn:{p}:bedrock-agentcore:{r}:{a}:workload-identity-directory/default/workload-identity/{name}",
		attrs: attrs("WorkloadIdentityArn", "{arn}")},

	"AWS::Lambda::Function":     {name: "FunctionName", arn: "arn:{p}:lambda:{r}:{a}:function:{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::Serverless::Function": {name: "FunctionName", arn: "arn:{p}:lambda:{r}:{a}:function:{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::Lambda::Alias":        {name: "Name", arn: "arn:{p}:lambda:{r}:{a}:function:{.FunctionName}:{name}", ref: "{arn}", attrs: attrs("AliasArn", "{arn}")},
	"AWS::Lambda::Version":      {generated: true, arn: "arn:{p}:lambda:{r}:{a}:function:{.FunctionName}:VERSION", ref: "{arn}", attrs: attrs("FunctionArn", "{arn}", "Version", "VERSION")},
	"AWS::Lambda::LayerVersion": {name: "LayerName", generated: true, arn: "arn:{p}:lambda:{r}:{a}:layer:{name}:VERSION", ref: "{arn}", attrs: attrs("LayerVersionArn", "{arn}")},

	"AWS::S3::Bucket": {name: "BucketName", arn: "arn:{p}:s3:::{name}", attrs: attrs("Arn", "{arn}", "DomainName", "{name}.s3.{u}",
		"RegionalDomainName", "{name}.s3.{r}.{u}", "DualStackDomainName", "{name}.s3.dualstack.{r}.{u}")},
	"AWS::KMS::Key":              {generated: true, arn: "arn:{p}:kms:{r}:{a}:key/{id}", ref: "{id}", attrs: attrs("Arn", "{arn}", "KeyId", "{id}")},
	"AWS::KMS::ReplicaKey":       {generated: true, arn: "arn:{p}:kms:{r}:{a}:key/{id}", ref: "{id}", attrs: attrs("Arn", "{arn}", "KeyId", "{id}")},
	"AWS::KMS::Alias":            {name: "AliasName", arn: "arn:{p}:kms:{r}:{a}:{name}"},
	"AWS::DynamoDB::Table":       {name: "TableName", arn: "arn:{p}:dynamodb:{r}:{a}:table/{name}", attrs: attrs("Arn", "{arn}", "StreamArn", "{arn}/stream/LATEST")},
	"AWS::DynamoDB::GlobalTable": {name: "TableName", arn: "arn:{p}:dynamodb:{r}:{a}:table/{name}", attrs: attrs("Arn", "{arn}", "StreamArn", "{arn}/stream/LATEST")},
	// Secrets Manager adds a hyphen and six characters to the name
	// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html), which policies write as -??????.
	"AWS::SecretsManager::Secret": {name: "Name", generated: true, arn: "arn:{p}:secretsmanager:{r}:{a}:secret:{name}-XXXXXX", ref: "{arn}", attrs: attrs("Id", "{arn}")},
	"AWS::SNS::Topic":             {name: "TopicName", arn: "arn:{p}:sns:{r}:{a}:{name}", ref: "{arn}", attrs: attrs("TopicArn", "{arn}", "TopicName", "{name}")},
	"AWS::SQS::Queue": {name: "QueueName", arn: "arn:{p}:sqs:{r}:{a}:{name}", ref: "https://sqs.{r}.{u}/{a}/{name}",
		attrs: attrs("Arn", "{arn}", "QueueName", "{name}", "QueueUrl", "https://sqs.{r}.{u}/{a}/{name}")},
	"AWS::StepFunctions::StateMachine": {name: "StateMachineName", arn: "arn:{p}:states:{r}:{a}:stateMachine:{name}", ref: "{arn}", attrs: attrs("Arn", "{arn}", "Name", "{name}")},
	"AWS::Logs::LogGroup":              {name: "LogGroupName", arn: "arn:{p}:logs:{r}:{a}:log-group:{name}", attrs: attrs("Arn", "{arn}:*")},
	"AWS::CloudTrail::Trail":           {name: "TrailName", arn: "arn:{p}:cloudtrail:{r}:{a}:trail/{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::CloudTrail::EventDataStore":  {name: "Name", generated: true, arn: "arn:{p}:cloudtrail:{r}:{a}:eventdatastore/{id}", ref: "{arn}", attrs: attrs("EventDataStoreArn", "{arn}")},
	"AWS::OpenSearchServerless::Collection": {name: "Name", generated: true, arn: "arn:{p}:aoss:{r}:{a}:collection/{id}", ref: "{id}",
		attrs: attrs("Id", "{id}", "Arn", "{arn}", "CollectionEndpoint", "https://{id}.{r}.aoss.{u}", "DashboardEndpoint", "https://{id}.{r}.aoss.{u}/_dashboards")},
	"AWS::S3Vectors::VectorBucket":         {name: "VectorBucketName", arn: "arn:{p}:s3vectors:{r}:{a}:bucket/{name}", ref: "{arn}", attrs: attrs("VectorBucketArn", "{arn}")},
	"AWS::S3Vectors::Index":                {name: "IndexName", arn: "arn:{p}:s3vectors:{r}:{a}:bucket/{.VectorBucketName|VectorBucketArn}/index/{name}", ref: "{arn}", attrs: attrs("IndexArn", "{arn}")},
	"AWS::OpenSearchService::Domain":       {name: "DomainName", arn: "arn:{p}:es:{r}:{a}:domain/{name}", attrs: attrs("Arn", "{arn}", "DomainArn", "{arn}")},
	"AWS::NeptuneGraph::Graph":             {name: "GraphName", generated: true, arn: "arn:{p}:neptune-graph:{r}:{a}:graph/{id}", ref: "{id}", attrs: attrs("GraphArn", "{arn}", "GraphId", "{id}")},
	"AWS::Kendra::Index":                   {name: "Name", generated: true, arn: "arn:{p}:kendra:{r}:{a}:index/{id}", ref: "{id}", attrs: attrs("Arn", "{arn}", "Id", "{id}")},
	"AWS::RDS::DBCluster":                  {name: "DBClusterIdentifier", arn: "arn:{p}:rds:{r}:{a}:cluster:{name}", attrs: attrs("DBClusterArn", "{arn}", "MasterUserSecret.SecretArn", "arn:{p}:secretsmanager:{r}:{a}:secret:rds!cluster-{id}-XXXXXX")},
	"AWS::RDS::DBInstance":                 {name: "DBInstanceIdentifier", arn: "arn:{p}:rds:{r}:{a}:db:{name}", attrs: attrs("DBInstanceArn", "{arn}", "MasterUserSecret.SecretArn", "arn:{p}:secretsmanager:{r}:{a}:secret:rds!db-{id}-XXXXXX")},
	"AWS::RedshiftServerless::Workgroup":   {name: "WorkgroupName", generated: true, arn: "arn:{p}:redshift-serverless:{r}:{a}:workgroup/{id}", attrs: attrs("Workgroup.WorkgroupArn", "{arn}", "Workgroup.WorkgroupId", "{id}", "Workgroup.WorkgroupName", "{name}")},
	"AWS::SageMaker::Endpoint":             {name: "EndpointName", arn: "arn:{p}:sagemaker:{r}:{a}:endpoint/{name}", ref: "{arn}", attrs: attrs("EndpointName", "{name}")},
	"AWS::SageMaker::EndpointConfig":       {name: "EndpointConfigName", arn: "arn:{p}:sagemaker:{r}:{a}:endpoint-config/{name}", ref: "{arn}", attrs: attrs("EndpointConfigName", "{name}")},
	"AWS::SageMaker::Model":                {name: "ModelName", arn: "arn:{p}:sagemaker:{r}:{a}:model/{name}", ref: "{arn}", attrs: attrs("ModelName", "{name}")},
	"AWS::ECR::Repository":                 {name: "RepositoryName", arn: "arn:{p}:ecr:{r}:{a}:repository/{name}", attrs: attrs("Arn", "{arn}", "RepositoryUri", "{a}.dkr.ecr.{r}.{u}/{name}")},
	"AWS::Cognito::UserPool":               {name: "UserPoolName", generated: true, arn: "arn:{p}:cognito-idp:{r}:{a}:userpool/{id}", ref: "{id}", attrs: attrs("Arn", "{arn}", "UserPoolId", "{id}", "ProviderName", "cognito-idp.{r}.{u}/{id}", "ProviderURL", "https://cognito-idp.{r}.{u}/{id}")},
	"AWS::Events::Rule":                    {name: "Name", arn: "arn:{p}:events:{r}:{a}:rule/{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::Events::EventBus":                {name: "Name", arn: "arn:{p}:events:{r}:{a}:event-bus/{name}", attrs: attrs("Arn", "{arn}", "Name", "{name}")},
	"AWS::CodeBuild::Project":              {name: "Name", arn: "arn:{p}:codebuild:{r}:{a}:project/{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::Kinesis::Stream":                 {name: "Name", arn: "arn:{p}:kinesis:{r}:{a}:stream/{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::KinesisFirehose::DeliveryStream": {name: "DeliveryStreamName", arn: "arn:{p}:firehose:{r}:{a}:deliverystream/{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::SSM::Parameter":                  {name: "Name", arn: "arn:{p}:ssm:{r}:{a}:parameter/{name}"},
	"AWS::ApiGateway::RestApi":             {name: "Name", generated: true, arn: "arn:{p}:apigateway:{r}::/restapis/{id}", ref: "{id}", attrs: attrs("RestApiId", "{id}", "RootResourceId", "{id}.RootResourceId")},
	"AWS::ApiGateway::Resource":            {generated: true, arn: "arn:{p}:apigateway:{r}::/restapis/{.RestApiId}/resources/{id}", ref: "{id}"},
	"AWS::ApiGatewayV2::Integration":       {generated: true, arn: "arn:{p}:apigateway:{r}::/apis/{.ApiId}/integrations/{id}", ref: "{id}"},
	"AWS::Serverless::Api":                 {name: "Name", generated: true, arn: "arn:{p}:apigateway:{r}::/restapis/{id}", ref: "{id}", attrs: attrs("RestApiId", "{id}", "RootResourceId", "{id}.RootResourceId")},
	"AWS::Serverless::HttpApi":             {name: "Name", generated: true, arn: "arn:{p}:apigateway:{r}::/apis/{id}", ref: "{id}", attrs: attrs("ApiId", "{id}")},
	"AWS::Cognito::UserPoolClient":         {name: "ClientName", generated: true, arn: "arn:{p}:cognito-idp:{r}:{a}:userpool/{.UserPoolId}/client/{id}", ref: "{id}", attrs: attrs("ClientId", "{id}")},
	"AWS::Logs::DeliverySource":            {name: "Name", arn: "arn:{p}:logs:{r}:{a}:delivery-source:{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::Logs::DeliveryDestination":       {name: "Name", arn: "arn:{p}:logs:{r}:{a}:delivery-destination:{name}", attrs: attrs("Arn", "{arn}")},
	"AWS::SageMaker::NotebookInstance":     {name: "NotebookInstanceName", arn: "arn:{p}:sagemaker:{r}:{a}:notebook-instance/{name}", ref: "{arn}", attrs: attrs("NotebookInstanceName", "{name}")},
	"AWS::SageMaker::Pipeline":             {name: "PipelineName", arn: "arn:{p}:sagemaker:{r}:{a}:pipeline/{name}"},
	"AWS::ECS::TaskDefinition":             {name: "Family", generated: true, arn: "arn:{p}:ecs:{r}:{a}:task-definition/{name}:VERSION", ref: "{arn}", attrs: attrs("TaskDefinitionArn", "{arn}")},
	"AWS::ApiGatewayV2::Api":               {name: "Name", generated: true, arn: "arn:{p}:apigateway:{r}::/apis/{id}", ref: "{id}", attrs: attrs("ApiId", "{id}", "ApiEndpoint", "https://{id}.execute-api.{r}.{u}")},
	"AWS::CloudFormation::Stack":           {generated: true, arn: "arn:{p}:cloudformation:{r}:{a}:stack/{id}/ID", ref: "{arn}"},
	"AWS::Organizations::Policy":           {name: "Name", generated: true, arn: "arn:{p}:organizations::{a}:policy/{id}", ref: "{id}", attrs: attrs("Arn", "{arn}", "Id", "{id}")},
}
