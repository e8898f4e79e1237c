package cloudformation

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestLambdaPermissions(t *testing.T) {
	out := factsOf(t, `
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Role: !GetAtt R.Arn, LoggingConfig: {LogGroup: /mine}, Runtime: python3.13, Environment: {Variables: {A: !Ref Open}}}}
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: `+allowRole+`}}
  Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref Fn}}
  P1: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: bedrock.amazonaws.com, SourceArn: "arn:aws:bedrock:x:1:agent/A", SourceAccount: !Ref "AWS::AccountId"}}
  P2: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt Fn.Arn, Action: "lambda:InvokeFunction", Principal: "111122223333"}}
  P3: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Live, Action: "lambda:InvokeFunctionUrl", Principal: "*", FunctionUrlAuthType: NONE, PrincipalOrgID: o-1}}
  P4: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Open, Action: "lambda:InvokeFunction", Principal: "arn:aws:iam::1:role/x"}}
  P5: {Type: AWS::Lambda::Permission, Properties: {FunctionName: "444455556666:function:far", Action: "lambda:InvokeFunction", Principal: !Ref Open}}
`)
	if diff := cmp.Diff([]inventory.Function{{ARN: "arn:aws:lambda:REGION:ACCOUNT:function:f", Name: "f", Role: inventory.Known("arn:aws:iam::ACCOUNT:role/R"), LogGroup: "/mine",
		Runtime: "python3.13", Env: map[string]string{"A": "${unresolved Open}"}, Tags: inventory.Tags{}, Source: out.Functions[0].Source}}, out.Functions); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, p := range out.ResourcePolicies {
		got = append(got, p.Resource.Value+p.Resource.Unknown+" "+raw(p.Document))
	}
	const fn = "arn:aws:lambda:REGION:ACCOUNT:function:f"
	want := []string{
		fn + ` {"Version":"2012-10-17","Statement":[` +
			`{"Sid":"P1","Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + fn + `","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:bedrock:x:1:agent/A"},"StringEquals":{"AWS:SourceAccount":"ACCOUNT"}}},` +
			`{"Sid":"P2","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"lambda:InvokeFunction","Resource":"` + fn + `"},` +
			`{"Sid":"P3","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"` + fn + `:live","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1","lambda:FunctionUrlAuthType":"NONE"}}}]}`,
		`parameter Open has no default, and no value was given {"Version":"2012-10-17","Statement":[{"Sid":"P4","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/x"},"Action":"lambda:InvokeFunction","Resource":"${unresolved Open}"}]}`,
		`arn:aws:lambda:REGION:444455556666:function:far {"Version":"2012-10-17","Statement":[{"Sid":"P5","Effect":"Allow","Principal":"${unresolved Open}","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:REGION:444455556666:function:far"}]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if l := out.ResourcePolicies[0].Document.Lines; len(l) != 3 || l[1] != l[0]+1 {
		t.Errorf("lines of the statements: %v", l)
	}
}

func TestResourcePolicies(t *testing.T) {
	out := factsOf(t, `
  Bucket: {Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {DestinationBucketName: logs}, BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref Key}}]}, Tags: [{Key: a, Value: b}]}}
  BP: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Bucket, PolicyDocument: {Statement: []}}}
  BP2: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: elsewhere, PolicyDocument: {Statement: []}}}
  Topic: {Type: AWS::SNS::Topic}
  TP: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Statement: []}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: alias/mine}}
  QP: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue, "https://sqs.eu-west-1.amazonaws.com/111122223333/far"], PolicyDocument: {Statement: []}}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: s}}
  SP: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Secret, ResourcePolicy: {Statement: []}}}
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}}}
  Name: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/mine, TargetKeyId: !Ref Key}}
  Default: {Type: AWS::KMS::Key}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: t, ResourcePolicy: {PolicyDocument: {Statement: []}}}}
  Vectors: {Type: AWS::S3Vectors::VectorBucket, Properties: {VectorBucketName: v}}
  VP: {Type: AWS::S3Vectors::VectorBucketPolicy, Properties: {VectorBucketArn: !Ref Vectors, Policy: '{"Statement":[]}'}}
  Repo: {Type: AWS::ECR::Repository, Properties: {RepositoryName: r, RepositoryPolicyText: {Statement: []}}}
`)
	var got []string
	for _, p := range out.ResourcePolicies {
		got = append(got, p.Resource.Value+p.Resource.Unknown+" "+p.Account)
	}
	want := []string{"arn:aws:s3:::Bucket ACCOUNT", "arn:aws:s3:::elsewhere ACCOUNT", "arn:aws:sns:REGION:ACCOUNT:Topic ", "arn:aws:sqs:REGION:ACCOUNT:Queue ",
		"arn:aws:sqs:eu-west-1:111122223333:far ", "arn:aws:secretsmanager:REGION:ACCOUNT:secret:s-XXXXXX ", "arn:aws:kms:REGION:ACCOUNT:key/Key ",
		"arn:aws:kms:REGION:ACCOUNT:key/Default ", "arn:aws:dynamodb:REGION:ACCOUNT:table/t ", "arn:aws:s3vectors:REGION:ACCOUNT:bucket/v ", "arn:aws:ecr:REGION:ACCOUNT:repository/r "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if d := raw(out.ResourcePolicies[7].Document); !strings.Contains(d, `"AWS":"arn:aws:iam::ACCOUNT:root"`) {
		t.Errorf("the default key policy: %s", d)
	}
	const key = "arn:aws:kms:REGION:ACCOUNT:key/Key"
	b := out.Resources[0]
	if diff := cmp.Diff(map[string]string{"access log bucket": "logs", "encryption": "aws:kms", "kms key": key}, b.Attrs); diff != "" || b.Tags["a"] != "b" || b.Account != "ACCOUNT" {
		t.Error(diff, b)
	}
	for _, r := range out.Resources {
		if r.Type == "AWS::SQS::Queue" && r.Attrs["kms key"] != key {
			t.Errorf("a key by its alias: %+v", r)
		}
		if r.Type == "AWS::KMS::Key" && r.ARN == key && r.Name != "alias/mine" {
			t.Errorf("a key's name: %+v", r)
		}
	}
}

func TestOtherResources(t *testing.T) {
	out := factsOf(t, `
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: m, RoleArn: r}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /l, RetentionInDays: 30, KmsKeyId: k}}
  Forever: {Type: AWS::Logs::LogGroup}
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {DBClusterIdentifier: c, Engine: aurora-postgresql, DatabaseName: d}}
  Col: {Type: AWS::OpenSearchServerless::Collection, Properties: {Name: vectors, Type: VECTORSEARCH}}
  Index: {Type: AWS::S3Vectors::Index, Properties: {IndexName: i, VectorBucketName: v}}
  Access:
    Type: AWS::OpenSearchServerless::AccessPolicy
    Properties:
      Name: access
      Type: data
      Policy: !Sub '[{"Rules":[{"ResourceType":"index","Resource":["index/vectors/*"],"Permission":["aoss:ReadDocument"]}],"Principal":["arn:aws:iam::${AWS::AccountId}:role/r"]}]'
  Bad: {Type: AWS::OpenSearchServerless::AccessPolicy, Properties: {Name: bad, Type: data, Policy: "nonsense"}}
`)
	var got []string
	for _, r := range out.Resources {
		b, err := json.Marshal(r.Attrs)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.ARN+" "+r.Name+" "+string(b))
	}
	want := []string{
		`arn:aws:states:REGION:ACCOUNT:stateMachine:m m {"role":"r"}`,
		`arn:aws:logs:REGION:ACCOUNT:log-group:/l /l {"kms key":"k","retention":"30"}`,
		`arn:aws:logs:REGION:ACCOUNT:log-group:Forever Forever {"encryption":"no customer key","retention":"never expires"}`,
		`arn:aws:rds:REGION:ACCOUNT:cluster:c c {"database":"d","engine":"aurora-postgresql"}`,
		`arn:aws:aoss:REGION:ACCOUNT:collection/Col vectors {"type":"VECTORSEARCH"}`,
		`arn:aws:s3vectors:REGION:ACCOUNT:bucket/v/index/i i null`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	a := out.DataAccess[0]
	if !cmp.Equal(a.Principals, []string{"arn:aws:iam::ACCOUNT:role/r"}) || a.Rules[0].Permissions[0] != "aoss:ReadDocument" || a.Rules[0].Resources[0] != "index/vectors/*" {
		t.Errorf("%+v", a)
	}
	if out.DataAccess[1].Unknown == "" {
		t.Errorf("%+v", out.DataAccess[1])
	}
}

func TestTrails(t *testing.T) {
	out := factsOf(t, `
  Plain: {Type: AWS::CloudTrail::Trail, Properties: {TrailName: plain, S3BucketName: b, IsLogging: true}}
  Basic:
    Type: AWS::CloudTrail::Trail
    Properties:
      S3BucketName: b
      IsLogging: false
      IsMultiRegionTrail: true
      CloudWatchLogsLogGroupArn: !GetAtt G.Arn
      EventSelectors:
        - ReadWriteType: WriteOnly
          ExcludeManagementEventSources: [kms.amazonaws.com]
          DataResources:
            - {Type: AWS::S3::Object, Values: ["arn:aws:s3:::"]}
            - {Type: AWS::Lambda::Function, Values: [!Sub "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f"]}
            - {Type: AWS::DynamoDB::Table, Values: []}
        - {IncludeManagementEvents: false, DataResources: [{Type: AWS::S3::Object, Values: [!Sub "arn:aws:s3:::${Open}/"]}]}
  Advanced:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      Name: lake
      AdvancedEventSelectors:
        - FieldSelectors:
            - {Field: eventCategory, Equals: [Data]}
            - {Field: resources.type, Equals: [AWS::Bedrock::AgentAlias]}
            - {Field: resources.ARN, StartsWith: ["arn:x"]}
            - {Field: readOnly, Equals: ["false"]}
            - {Field: eventName, Equals: [InvokeAgent]}
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /t}}
`)
	for i := range out.Trails {
		out.Trails[i].Source = inventory.Source{}
	}
	const why = "parameter Open has no default, and no value was given"
	want := []inventory.Trail{
		{ARN: "arn:aws:cloudtrail:REGION:ACCOUNT:trail/plain", Name: "plain", Bucket: "b", MultiRegion: inventory.No, Organization: inventory.No, Logging: inventory.Yes, SelectorsKnown: true,
			Selectors: []inventory.Selector{{Category: "Management", ReadWrite: "All"}}},
		{ARN: "arn:aws:cloudtrail:REGION:ACCOUNT:trail/Basic", Name: "Basic", Bucket: "b", LogGroup: "arn:aws:logs:REGION:ACCOUNT:log-group:/t", MultiRegion: inventory.Yes, Organization: inventory.No, Logging: inventory.No, SelectorsKnown: true,
			Selectors: []inventory.Selector{
				{Category: "Management", ReadWrite: "WriteOnly", ExcludeSource: []string{"kms.amazonaws.com"}},
				{Category: "Data", ReadWrite: "WriteOnly", ResourceTypes: []string{"AWS::S3::Object"}},
				{Category: "Data", ReadWrite: "WriteOnly", ResourceTypes: []string{"AWS::Lambda::Function"}, ARNPrefixes: []string{"arn:aws:lambda:REGION:ACCOUNT:function:f"}},
				{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}, ARNPrefixes: []string{"arn:aws:s3:::${unresolved Open}/"}, Partial: why},
			}},
		{ARN: "arn:aws:cloudtrail:REGION:ACCOUNT:eventdatastore/Advanced", Name: "lake", EventStore: true, MultiRegion: inventory.Yes, Organization: inventory.No, Logging: inventory.Yes, SelectorsKnown: true,
			Selectors: []inventory.Selector{{Category: "Data", ReadWrite: "WriteOnly", ResourceTypes: []string{"AWS::Bedrock::AgentAlias"}, ARNPrefixes: []string{"arn:x"}, Partial: "eventName Equals InvokeAgent"}}},
	}
	if diff := cmp.Diff(want, out.Trails); diff != "" {
		t.Error(diff)
	}
}

func TestSageMaker(t *testing.T) {
	out := factsOf(t, `
  End: {Type: AWS::SageMaker::Endpoint, Properties: {EndpointName: e, EndpointConfigName: !GetAtt Conf.EndpointConfigName}}
  Conf: {Type: AWS::SageMaker::EndpointConfig, Properties: {ProductionVariants: [{ModelName: !GetAtt Model.ModelName}]}}
  Model: {Type: AWS::SageMaker::Model, Properties: {ExecutionRoleArn: "arn:aws:iam::1:role/m"}}
  Far: {Type: AWS::SageMaker::Endpoint, Properties: {EndpointName: far, EndpointConfigName: elsewhere}}
`)
	if e := out.Endpoints[0]; e.ARN != "arn:aws:sagemaker:REGION:ACCOUNT:endpoint/e" || e.Role != inventory.Known("arn:aws:iam::1:role/m") || e.Config != "Conf" {
		t.Errorf("%+v", e)
	}
	if e := out.Endpoints[1]; e.Role.Unknown == "" || e.Config != "elsewhere" {
		t.Errorf("%+v", e)
	}
	if out.Resources[0].Attrs["models"] != "Model" || out.Resources[1].Attrs["role"] != "arn:aws:iam::1:role/m" {
		t.Errorf("%+v", out.Resources)
	}
}
