// Package cloudformation reads AWS CloudFormation templates, also those of SAM and those that the CDK synthesises, in
// YAML and JSON, into inventory facts.
//
// # What a template does not say
//
// A template is not what is deployed: it has parameters, and most of its resources have no name before CloudFormation
// gives them one. Yet what refers to what within a template is certain, and that is what a chain is made of. So every
// resource gets an identity, and Ref and Fn::GetAtt give that identity wherever they stand:
//
//   - The account, Region and stack that neither the file nor the user says are [UnknownAccount], [UnknownRegion] and
//     [UnknownStack]. They are the same for all templates of an import and can match nothing of AWS.
//   - A name that CloudFormation would generate is the logical id, behind the stack's name and a hyphen when that is
//     known: arn:aws:iam::ACCOUNT:role/AgentRole, or arn:aws:iam::111122223333:role/support-AgentRole. Ids that AWS
//     generates (of agents, knowledge bases, keys) are made in the same way: two stacks of one template in one account
//     must not be taken for one. A secret's ARN ends in -XXXXXX.
//   - A name made of parameters without a value is treated like a generated one. Where another part of the template
//     builds the same ARN of the same parameters, as policies do with bucket names, it is known to be that resource.
//   - A parameter is the value given for it, else its default. Secret ones (NoEcho) and those read from the Parameter
//     Store are not known.
//
// # What stays unknown
//
// A value that cannot be worked out is an unknown [inventory.Text] with its reason. In a longer text the placeholder
// "${unresolved …}" stands for it, and the rest is kept. In policy documents the statements that hold one, or that are
// in a branch of an undecided Fn::If, are named in [inventory.PolicyDoc].Unresolved with the reason: whatever evaluates
// the document must take their effect for unknown. Nothing unknown is dropped, and none becomes "*".
//
// A resource whose condition is not decided is kept, with a warning. So is one whose condition is false only by a
// parameter's default while nobody said how the template is deployed (no stack and no parameters were given). Within a
// resource defaults decide.
//
// Reading is bounded in depth, in values and in what functions may expand to; see the constants.
package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// Recognize knows a template by its Resources, each of which has a Type such as "AWS::S3::Bucket".
func Recognize(s inventory.Shape) (format string, ok bool) {
	if b := s.Root.Get("TemplateBody"); s.Root.Has("StagesAvailable") || s.Root.Only("TemplateBody") {
		if b.Kind == inventory.Object || b.Kind == inventory.String {
			return "cloudformation get-template", true
		}
	}
	rs := s.Root.Get("Resources")
	if rs.Kind != inventory.Object {
		return "", false
	}
	typed := slices.ContainsFunc(rs.Fields, func(f inventory.Field) bool {
		return strings.Contains(f.Value.Get("Type").Text, "::") || strings.HasPrefix(f.Key, "Fn::ForEach::")
	})
	if !typed && !s.Root.Has("AWSTemplateFormatVersion") && !s.Root.Has("Transform") {
		return "", false
	}
	if serverless(s.Root.Get("Transform")) {
		return "SAM template", true
	}
	return "CloudFormation template", true
}

func serverless(transform inventory.Part) bool {
	if transform.Kind == inventory.Array {
		transform = transform.Get("[]")
	}
	return strings.HasPrefix(transform.Text, "AWS::Serverless")
}

// Decode reads a template. An error names the file, and the line where there is one; it is or wraps an
// [inventory.SyntaxError] when the text is at fault.
func Decode(in inventory.Input, out *inventory.Facts) error {
	t, err := read(&in, out)
	if err != nil {
		return err
	}
	t.attach()
	t.permissions()
	t.uncertain()
	for _, r := range t.order {
		if !t.created(r) {
			continue
		}
		if take := t.decoder(r.typ); take != nil {
			take(t.properties(r))
		}
	}
	t.skipped()
	t.exports()
	if t.spent != nil {
		return fmt.Errorf("read template %s: %w", in.File, t.spent)
	}
	return nil
}

// read parses a template and applies its transforms.
func read(in *inventory.Input, out *inventory.Facts) (*template, error) {
	root, err := parse(in)
	if err != nil {
		return nil, fmt.Errorf("read template %s: %w", in.File, err)
	}
	if root, err = unwrap(root); err != nil {
		return nil, fmt.Errorf("read template %s: TemplateBody: %w", in.File, err)
	}
	t, err := newTemplate(in, root, out)
	if err != nil {
		return nil, fmt.Errorf("read template %s: %w", in.File, err)
	}
	return t, nil
}

// unwrap returns the template that `aws cloudformation get-template` prints: an object when it was written in JSON, else
// a text. All of a text stands on one line of the file.
func unwrap(root *value) (*value, error) {
	body := root.get("TemplateBody")
	switch {
	case body == nil || root.get("Resources") != nil:
		return root, nil
	case body.kind != text:
		return body, nil
	}
	inner, err := parse(&inventory.Input{Data: []byte(body.text)})
	if err != nil {
		return nil, err
	}
	inner.up, inner.key = body.up, body.key
	inner.stand(body.line)
	return inner, nil
}

// stand puts a value and all in it on one line.
func (v *value) stand(line int) {
	v.line = line
	for _, e := range v.items {
		e.stand(line)
	}
	for _, f := range v.fields {
		f.val.stand(line)
	}
}

// decoder is what takes resources of a type; nil for a type that is not taken by itself.
func (t *template) decoder(typ string) func(part) {
	switch typ {
	case "AWS::IAM::Role":
		return t.role
	case "AWS::IAM::User":
		return t.user
	case "AWS::IAM::Group":
		return t.group
	case "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
		return t.inlinePolicy
	case "AWS::IAM::ManagedPolicy":
		return t.managedPolicy
	case "AWS::Organizations::Policy":
		return t.orgPolicy

	case "AWS::Bedrock::Agent":
		return t.agent
	case "AWS::Bedrock::AgentAlias":
		return t.agentAlias
	case "AWS::Bedrock::KnowledgeBase":
		return t.knowledgeBase
	case "AWS::Bedrock::DataSource":
		return t.dataSource
	case "AWS::Bedrock::Guardrail":
		return t.guardrail
	case "AWS::Bedrock::ApplicationInferenceProfile":
		return t.inferenceProfile
	case "AWS::Bedrock::Prompt":
		return t.prompt
	case "AWS::Bedrock::Flow":
		return t.flow
	case "AWS::Bedrock::ResourcePolicy":
		return func(p part) { t.policyOn(p, "ResourceArn", "PolicyDocument", "bedrock", "AWS::Bedrock::Guardrail") }

	case "AWS::BedrockAgentCore::Runtime":
		return t.runtime
	case "AWS::BedrockAgentCore::RuntimeEndpoint":
		return t.runtimeEndpoint
	case "AWS::BedrockAgentCore::Gateway":
		return t.gateway
	case "AWS::BedrockAgentCore::GatewayTarget":
		return t.gatewayTarget
	case "AWS::BedrockAgentCore::Memory":
		return t.memory
	case "AWS::BedrockAgentCore::BrowserCustom", "AWS::BedrockAgentCore::CodeInterpreterCustom":
		return t.builtInTool

	case "AWS::Lambda::Function":
		return t.function
	case "AWS::S3::Bucket":
		return t.bucket
	case "AWS::S3::BucketPolicy":
		return func(p part) { t.policyOn(p, "Bucket", "PolicyDocument", "s3", "AWS::S3::Bucket") }
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return t.kmsKey
	case "AWS::DynamoDB::Table":
		return t.table
	case "AWS::DynamoDB::GlobalTable":
		return t.globalTable
	case "AWS::SecretsManager::Secret":
		return t.secret
	case "AWS::SecretsManager::ResourcePolicy":
		return func(p part) {
			t.policyOn(p, "SecretId", "ResourcePolicy", "secretsmanager", "AWS::SecretsManager::Secret")
		}
	case "AWS::SNS::Topic":
		return t.topic
	case "AWS::SNS::TopicPolicy":
		return func(p part) { t.policyOn(p, "Topics", "PolicyDocument", "sns", "AWS::SNS::Topic") }
	case "AWS::SQS::Queue":
		return t.named("KmsMasterKeyId")
	case "AWS::SQS::QueuePolicy":
		return func(p part) { t.policyOn(p, "Queues", "PolicyDocument", "sqs", "AWS::SQS::Queue") }
	case "AWS::ECR::Repository":
		return t.repository
	case "AWS::StepFunctions::StateMachine":
		return t.stateMachine
	case "AWS::OpenSearchServerless::Collection":
		return t.collection
	case "AWS::OpenSearchServerless::AccessPolicy":
		return t.dataAccess
	case "AWS::OpenSearchService::Domain":
		return func(p part) {
			t.named("EncryptionAtRestOptions", "KmsKeyId")(p)
			if doc := p.get("AccessPolicies"); doc.has() {
				t.resourcePolicy(p, inventory.Known(t.identity(p.r, 0).arn), "access policy", doc)
			}
		}
	case "AWS::S3Vectors::VectorBucket":
		return t.named("EncryptionConfiguration", "KmsKeyArn")
	case "AWS::S3Vectors::Index":
		return t.vectorIndex
	case "AWS::S3Vectors::VectorBucketPolicy":
		return t.vectorBucketPolicy
	case "AWS::RDS::DBCluster", "AWS::RDS::DBInstance":
		return t.database
	case "AWS::NeptuneGraph::Graph":
		return t.named("KmsKeyIdentifier")
	case "AWS::Kendra::Index":
		return t.named("ServerSideEncryptionConfiguration", "KmsKeyId")

	case "AWS::Logs::LogGroup":
		return t.logGroup
	case "AWS::CloudTrail::Trail":
		return t.trail
	case "AWS::CloudTrail::EventDataStore":
		return t.eventDataStore
	case "AWS::SageMaker::Endpoint":
		return t.endpoint
	case "AWS::SageMaker::EndpointConfig":
		return t.endpointConfig
	case "AWS::SageMaker::Model":
		return t.model
	case "AWS::CloudFormation::Stack":
		return t.nestedStack

	case "AWS::ApiGateway::RestApi", "AWS::Serverless::Api":
		return t.restAPI
	case "AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi":
		return t.httpAPI
	case "AWS::Cognito::UserPool":
		return t.userPool
	case "AWS::Logs::Delivery":
		return t.delivery
	case "AWS::CodeBuild::Project":
		return t.acting("ServiceRole")
	case "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::Pipeline":
		return t.acting("RoleArn")
	case "AWS::ECS::TaskDefinition":
		return t.acting("TaskRoleArn")
	}
	return nil
}

// elsewhere are types that have no facts of their own, because they are read with others.
var elsewhere = []string{
	"AWS::IAM::InstanceProfile", "AWS::IAM::UserToGroupAddition", // in the role or user they are for
	"AWS::Lambda::Permission",                                     // in the policy of their function
	"AWS::KMS::Alias",                                             // the name of its key
	"AWS::ApiGateway::Resource", "AWS::ApiGatewayV2::Integration", // in the routes of their API
	"AWS::Logs::DeliverySource", "AWS::Logs::DeliveryDestination", // in the delivery between them
}

// partTypes are read with what they belong to, when that is in the template.
var partTypes = []string{
	"AWS::Lambda::Url", "AWS::Lambda::EventSourceMapping", "AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route",
	"AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolClient", "AWS::SNS::Subscription",
}

// skipReasons says of types that a reader would expect in a chain why they are not taken.
var skipReasons = map[string]string{
	"AWS::Bedrock::GuardrailVersion":              "a version of a guardrail stands for the guardrail",
	"AWS::Bedrock::PromptVersion":                 "a version of a prompt stands for the prompt",
	"AWS::Bedrock::FlowVersion":                   "a version of a flow stands for the flow",
	"AWS::Bedrock::FlowAlias":                     "an alias of a flow stands for the flow",
	"AWS::BedrockAgentCore::WorkloadIdentity":     "a workload identity grants nothing by itself",
	"AWS::Lambda::Alias":                          "an alias of a function stands for the function",
	"AWS::Lambda::Version":                        "a version of a function stands for the function",
	"AWS::Lambda::LayerVersion":                   "code that runs as the functions that use it",
	"AWS::CloudFormation::CustomResource":         "what a custom resource does is in the code of its function, whose role is read",
	"AWS::CloudFormation::Macro":                  "what a macro does is in the code of its function, whose role is read",
	"AWS::Cognito::IdentityPool":                  "which roles its identities get is in the roles' trust policies",
	"AWS::OpenSearchServerless::SecurityPolicy":   "encryption and network policies of collections are not read",
	"AWS::OpenSearchServerless::Index":            "an index stands for its collection",
	"AWS::Serverless::Connector":                  "what a connector grants is not read; the role it grants it to is marked",
	"AWS::SecretsManager::RotationSchedule":       "rotation is not part of an AI permission chain",
	"AWS::SecretsManager::SecretTargetAttachment": "it copies a connection into the secret",
	"AWS::Logs::ResourcePolicy":                   "policies of CloudWatch Logs are not read",
}

// skipped adds a skip for each type that is not taken, with how many resources are of it.
func (t *template) skipped() {
	var order []*resource
	count := map[string]int{}
	for _, r := range t.order {
		if t.decoder(r.typ) != nil || slices.Contains(elsewhere, r.typ) || t.taken[r.id] || !t.created(r) {
			continue
		}
		if count[r.typ]++; count[r.typ] == 1 {
			order = append(order, r)
		}
	}
	for _, r := range order {
		s := inventory.Skip{What: r.typ + " " + r.id, Why: skipReasons[r.typ], Source: t.source(r.node, r.id)}
		if n := count[r.typ]; n > 1 {
			s.What = fmt.Sprintf("%s (%d)", r.typ, n)
		}
		switch {
		case s.Why != "":
		case slices.Contains(partTypes, r.typ):
			s.Why = "what it belongs to is not in the template"
		case strings.HasPrefix(r.typ, "Custom::"):
			s.Why = skipReasons["AWS::CloudFormation::CustomResource"]
		default:
			s.Why = "not part of an AI permission chain"
		}
		t.out.Skips = append(t.out.Skips, s)
	}
}
