package cloudformation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

const samTemplate = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Flag: {Type: String}
Conditions:
  Maybe: !Equals [!Ref Flag, x]
Globals:
  Function:
    Runtime: python3.13
    Environment: {Variables: {STAGE: prod, TABLE: overridden}}
    Tags: {team: care}
    PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ./app
      Environment: {Variables: {TABLE: !Ref Table}}
      Tags: {owner: me}
      Tracing: Active
      VpcConfig: {SubnetIds: [s]}
      AutoPublishAlias: live
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn}
      Policies:
        - AmazonBedrockFullAccess
        - arn:aws:iam::aws:policy/ReadOnlyAccess
        - AWSLambdaRole
        - !Ref Managed
        - S3ReadPolicy: {BucketName: !Ref Bucket}
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
        - AWSSecretsManagerRotationPolicy: {FunctionName: !Ref Other}
        - Version: "2012-10-17"
          Statement: [{Effect: Allow, Action: "bedrock:InvokeModel", Resource: "*"}]
        - !If [Maybe, {SQSSendMessagePolicy: {QueueName: !GetAtt Queue.QueueName}}, !Ref "AWS::NoValue"]
        - NoSuchPolicy: {}
      Events:
        Get: {Type: Api, Properties: {Path: "/orders/{id}", Method: get}}
        Post: {Type: HttpApi, Properties: {Path: /orders, Method: POST}}
        Topic: {Type: SNS, Properties: {Topic: !Ref Topic}}
        Files: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
      FunctionUrlConfig: {AuthType: NONE}
  Other:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: other, Role: !GetAtt Own.Arn, Policies: [AdministratorAccess]}
  Own: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Managed: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: []}}}
  Bucket: {Type: AWS::S3::Bucket}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: orders}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {Name: m, Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Fn}}]}
  App: {Type: AWS::Serverless::Application, Properties: {Location: ./child.yaml, Parameters: {A: b}}}
  Connect: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Machine}, Destination: {Id: Table}, Permissions: [Write]}}
`

func TestServerless(t *testing.T) {
	out := decode(t, inventory.Input{Data: []byte(samTemplate)})
	roles := map[string]inventory.Role{}
	for _, r := range out.Roles {
		roles[r.Name] = r
	}
	fn := out.Functions[0]
	if fn.ARN != "arn:aws:lambda:REGION:ACCOUNT:function:Fn" || fn.Role != inventory.Known("arn:aws:iam::ACCOUNT:role/FnRole") || fn.Runtime != "python3.13" {
		t.Errorf("%+v", fn)
	}
	if diff := cmp.Diff(map[string]string{"STAGE": "prod", "TABLE": "orders"}, fn.Env); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(inventory.Tags{"owner": "me", "team": "care"}, fn.Tags); diff != "" {
		t.Error(diff)
	}
	r := roles["FnRole"]
	if diff := cmp.Diff([]string{
		"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
		"arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
		"arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
		"arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
		"arn:aws:iam::aws:policy/AmazonBedrockFullAccess",
		"arn:aws:iam::aws:policy/ReadOnlyAccess",
		"arn:aws:iam::aws:policy/service-role/AWSLambdaRole",
		"arn:aws:iam::ACCOUNT:policy/Managed",
	}, r.Attached); diff != "" {
		t.Error(diff)
	}
	if r.Boundary != "arn:aws:iam::aws:policy/PowerUserAccess" || !strings.Contains(raw(r.Trust), `"lambda.amazonaws.com"`) {
		t.Errorf("%+v", r)
	}
	var got []string
	for _, d := range r.Inline {
		got = append(got, d.Name+" "+raw(d)+d.Unknown)
	}
	want := []string{
		`DeadLetterQueuePolicy {"Version":"2012-10-17","Statement":[{"Action":"sqs:SendMessage","Effect":"Allow","Resource":"arn:aws:sqs:REGION:ACCOUNT:Queue"}]}`,
		`FnRolePolicy4 {"Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion","s3:GetLifecycleConfiguration"],"Resource":["arn:aws:s3:::Bucket","arn:aws:s3:::Bucket/*"]}]}`,
		`FnRolePolicy5 {"Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:DeleteItem","dynamodb:PutItem","dynamodb:Scan","dynamodb:Query","dynamodb:UpdateItem","dynamodb:BatchWriteItem","dynamodb:BatchGetItem","dynamodb:DescribeTable","dynamodb:ConditionCheckItem"],"Resource":["arn:aws:dynamodb:REGION:ACCOUNT:table/orders","arn:aws:dynamodb:REGION:ACCOUNT:table/orders/index/*"]}]}`,
		`FnRolePolicy6 {"Statement":[{"Effect":"Allow","Action":["secretsmanager:DescribeSecret","secretsmanager:GetSecretValue","secretsmanager:PutSecretValue","secretsmanager:UpdateSecretVersionStage"],"Resource":"arn:aws:secretsmanager:REGION:ACCOUNT:secret:*","Condition":{"StringEquals":{"secretsmanager:resource/AllowRotationLambdaArn":"arn:aws:lambda:REGION:ACCOUNT:function:other"}}},{"Effect":"Allow","Action":["secretsmanager:GetRandomPassword"],"Resource":"*"}]}`,
		`FnRolePolicy7 {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*"}]}`,
		`FnRolePolicy8 {"Statement":[{"Effect":"Allow","Action":["sqs:SendMessage*"],"Resource":"arn:aws:sqs:REGION:ACCOUNT:Queue"}]}`,
		`FnRolePolicy9 NoSuchPolicy is not a policy template that this importer knows`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if u := r.Inline[5].Unresolved; len(u) != 1 {
		t.Errorf("a policy under an undecided condition: %+v", u)
	}
	if out.Functions[1].Role != inventory.Known("arn:aws:iam::ACCOUNT:role/Own") || roles["OtherRole"].ARN != "" {
		t.Errorf("a function with a role of its own: %+v", out.Functions[1])
	}
	m := roles["MachineRole"]
	if !strings.Contains(raw(m.Trust), "states.amazonaws.com") || m.Partial != "connector Connect grants it access that is not read" ||
		raw(m.Inline[0]) != `{"Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":"arn:aws:lambda:REGION:ACCOUNT:function:Fn*"}]}` {
		t.Errorf("%+v %s", m, raw(m.Inline[0]))
	}

	// Who may call the function: one document, a statement for each event and two for the public URL.
	if len(out.ResourcePolicies) != 1 {
		t.Fatalf("%d resource policies", len(out.ResourcePolicies))
	}
	doc := raw(out.ResourcePolicies[0].Document)
	for _, s := range []string{
		`"Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:REGION:ACCOUNT:function:Fn:live","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:REGION:ACCOUNT:ServerlessRestApi/*/GET/orders/*"}}`,
		`"AWS:SourceArn":"arn:aws:execute-api:REGION:ACCOUNT:ServerlessHttpApi/*/POST/orders"`,
		`"Principal":{"Service":"sns.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:REGION:ACCOUNT:function:Fn:live","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:REGION:ACCOUNT:Topic"}}`,
		`"Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:REGION:ACCOUNT:function:Fn:live","Condition":{"StringEquals":{"AWS:SourceAccount":"ACCOUNT"}}`,
		`"AWS:SourceArn":"arn:aws:events:REGION:ACCOUNT:rule/FnNightly"`,
		`"Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"arn:aws:lambda:REGION:ACCOUNT:function:Fn:live","Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}`,
		`"Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":true}}`,
	} {
		if !strings.Contains(doc, s) {
			t.Errorf("%s\nis not in\n%s", s, doc)
		}
	}
	if n := strings.Count(doc, `"Effect"`); n != 7 {
		t.Errorf("%d statements", n)
	}
	if n := out.NestedStacks[0]; n.Template != "./child.yaml" || n.Params["A"] != "b" {
		t.Errorf("%+v", n)
	}
	var table bool
	for _, r := range out.Resources {
		table = table || r.ARN == "arn:aws:dynamodb:REGION:ACCOUNT:table/orders"
	}
	if !table {
		t.Errorf("no table: %+v", out.Resources)
	}
	for _, s := range out.Skips {
		if strings.Contains(s.What, "IAM") || strings.Contains(s.What, "Serverless::Function") {
			t.Errorf("skipped: %+v", s)
		}
	}
}

// Every policy template gives a document of known form for its parameters.
func TestPolicyTemplates(t *testing.T) {
	if n := len(samPolicies()); n < 70 {
		t.Errorf("%d policy templates", n)
	}
	for name, p := range samPolicies() {
		given := obj(nil)
		for _, param := range p.params {
			given.fields = append(given.fields, field{param, str(nil, "given-"+param)})
		}
		at := &value{line: 1}
		doc := samDocument(at, name, given)
		root := obj(at, "Resources", obj(at, "R", obj(at, "Type", str(at, "AWS::IAM::Role"), "Properties", obj(at, "P", doc))))
		tmpl, err := newTemplate(&inventory.Input{}, root, &inventory.Facts{})
		if err != nil {
			t.Fatal(err)
		}
		v := tmpl.properties(tmpl.resources["R"]).get("P").v
		if why, ok := v.known(); !ok {
			t.Errorf("%s: %s", name, why)
		}
		s := string(v.json(nil))
		for _, param := range p.params {
			if !strings.Contains(s, "given-"+param) {
				t.Errorf("%s does not use %s: %s", name, param, s)
			}
		}
		if strings.Contains(s, "${") {
			t.Errorf("%s: %s", name, s)
		}
	}
}
