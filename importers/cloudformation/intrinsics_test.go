package cloudformation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

// decode reads a template that must be readable.
func decode(t testing.TB, in inventory.Input) *inventory.Facts {
	t.Helper()
	var out inventory.Facts
	if in.File == "" {
		in.File = "t.yaml"
	}
	if err := Decode(in, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// value resolves one value in a template with parameters, mappings, conditions and resources to refer to.
func evaluate(t *testing.T, expr string, in inventory.Input) string {
	t.Helper()
	const sections = `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Given: {Type: String}
  Default: {Type: String, Default: prod}
  Open: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path/to}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Number: {Type: Number, Default: 3}
Mappings:
  Sizes:
    eu-central-1: {small: t3, list: [x, y]}
    us-east-1: {small: t2}
Conditions:
  Yes: !Equals [!Ref Default, prod]
  No: !Not [Condition: Yes]
  Both: !And [Condition: Yes, !Equals [1, "1"]]
  Either: !Or [Condition: No, Condition: Yes]
  Unknown: !Equals [!Ref Open, x]
  ShortOr: !Or [Condition: Unknown, Condition: Yes]
  ShortAnd: !And [Condition: Unknown, Condition: No]
  Loop: !Not [Condition: Loop]
  InFrankfurt: !Equals [!Ref "AWS::Region", eu-central-1]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Named: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${Default}-data"}}
  Role: {Type: "AWS::IAM::Role", Properties: {Path: /service/}}
  Fn: {Type: "AWS::Lambda::Function", Properties: {FunctionName: app}}
  Queue: {Type: "AWS::SQS::Queue"}
  Topic: {Type: "AWS::SNS::Topic"}
  Secret1: {Type: "AWS::SecretsManager::Secret", Properties: {Name: db}}
  Key: {Type: "AWS::KMS::Key"}
  Agent: {Type: "AWS::Bedrock::Agent", Properties: {AgentName: helper}}
  Alias: {Type: "AWS::Bedrock::AgentAlias", Properties: {AgentId: !Ref Agent, AgentAliasName: live}}
  KB: {Type: "AWS::Bedrock::KnowledgeBase"}
  Source: {Type: "AWS::Bedrock::DataSource", Properties: {KnowledgeBaseId: !Ref KB}}
  Guard: {Type: "AWS::Bedrock::Guardrail"}
  Logs: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: /app}}
  Index: {Type: "AWS::S3Vectors::Index", Properties: {IndexName: i, VectorBucketArn: "arn:aws:s3vectors:eu-central-1:111122223333:bucket/vb"}}
  Param: {Type: "AWS::SSM::Parameter", Properties: {Value: stored}}
  Nested: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: child.yaml}}
  Thing: {Type: "Custom::Thing", Properties: {ServiceToken: !GetAtt Fn.Arn}}
  Other: {Type: "AWS::Foo::Bar"}
  Ping: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref Pong}}
  Pong: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref Ping}}
  Probe:
    Type: AWS::Probe::Probe
    Properties:
      Value: `
	in.Data = []byte(sections + strings.ReplaceAll(expr, "\n", "\n      "))
	if in.Params == nil {
		in.Params = map[string]string{"Given": "given"}
	}
	tmpl, err := read(&in, &inventory.Facts{})
	if err != nil {
		t.Fatal(err)
	}
	v := tmpl.resolve(tmpl.resources["Probe"].props).get("Value")
	if v == nil {
		return "nothing"
	}
	if why, ok := v.known(); !ok {
		return string(v.json(nil)) + " because " + why
	}
	return string(v.json(nil))
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		{`!Ref Given`, `"given"`},
		{`!Ref Default`, `"prod"`},
		{`{Ref: List}`, `["a","b","c"]`},
		{`!Ref Open`, `"${unresolved Open}" because parameter Open has no default, and no value was given`},
		{`!Ref Secret`, `"${unresolved Secret}" because parameter Secret is a secret (NoEcho), which is not read`},
		{`!Ref Stored`, `"${unresolved Stored}" because parameter Stored is read from the Parameter Store at /path/to`},
		{`!Ref Nobody`, `"${unresolved Nobody}" because Nobody is neither a parameter nor a resource of the template`},
		{`!Ref AWS::NoValue`, `nothing`},
		{`!Ref AWS::AccountId`, `"ACCOUNT"`},
		{`!Ref AWS::Region`, `"REGION"`},
		{`!Ref AWS::Partition`, `"aws"`},
		{`!Ref AWS::URLSuffix`, `"amazonaws.com"`},
		{`!Ref AWS::StackName`, `"STACK"`},
		{`!Ref AWS::StackId`, `"arn:aws:cloudformation:REGION:ACCOUNT:stack/STACK/ID"`},
		{`!Ref AWS::NotificationARNs`, `"${unresolved AWS..NotificationARNs}" because AWS::NotificationARNs is not known before the stack is deployed`},

		{`!Sub "${Default}/${AWS::AccountId}/${Bucket}/${Bucket.Arn}"`, `"prod/ACCOUNT/Bucket/arn:aws:s3:::Bucket"`},
		{`!Sub ["${A}-${Default}", {A: !Ref Given}]`, `"given-prod"`},
		{`!Sub "home/${!aws:username}"`, `"home/${aws:username}"`},
		{`!Sub "arn:aws:s3:::${Open}/*"`, `"arn:aws:s3:::${unresolved Open}/*" because parameter Open has no default, and no value was given`},
		{`!Sub "no end ${Default"`, `"no end ${Default"`},
		{`!Sub "a ${Param.Value} b"`, `"a stored b"`},
		{`{"Fn::Sub": "${Default}"}`, `"prod"`},
		{`!Sub "${List}"`, `"${unresolved List}" because List is a list, not a text`},

		{`!Join [":", [a, !Ref Default, !Ref "AWS::NoValue", 3]]`, `"a:prod:3"`},
		{`!Join [",", !Ref List]`, `"a,b,c"`},
		{`!Join ["", ["arn:aws:s3:::", !Ref Open]]`, `"arn:aws:s3:::${unresolved Open}" because parameter Open has no default, and no value was given`},
		{`!Join [",", !Ref Open]`, `"${unresolved Open}" because parameter Open has no default, and no value was given`},
		{`!Split ["-", a-b-c]`, `["a","b","c"]`},
		{`!Select [1, !Split ["|", !Ref Source]]`, `"Source"`},
		{`!Select [1, !Ref List]`, `"b"`},
		{`!Select ["9", !Ref List]`, `"${unresolved Select}" because Fn::Select of element 9 of a list of 3`},
		{`!Select [0, !Split ["/", !Sub "a/b${Open}/c"]]`, `"a"`},
		{`!Select [2, !Split ["/", !Sub "a/b${Open}/c"]]`, `"${unresolved Split}" because parameter Open has no default, and no value was given`},
		{`!Select [0, !GetAZs ""]`, `"${unresolved GetAZs}" because the Availability Zones are those of the account`},
		{`!Base64 hello`, `"aGVsbG8="`},
		{`!Cidr [10.0.0.0/16, 3, 8]`, `["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]`},
		{`!Select [1, !Cidr [10.0.0.0/16, 2, 12]]`, `"10.0.16.0/20"`},
		{`!Cidr ["2001:db8::/56", 2, 64]`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		{`!Cidr [10.0.0.0/24, 9, 6]`, `"${unresolved Cidr}" because 10.0.0.0/24 does not hold 9 networks of 6 host bits`},
		{`!Cidr [nonsense, 1, 8]`, `"${unresolved Cidr}" because Fn::Cidr is not written as CloudFormation takes it`},
		{`{"Fn::Length": [1, 2, 3]}`, `3`},
		{`{"Fn::Length": !Ref List}`, `3`},
		{`{"Fn::ToJsonString": {a: !Ref Default, b: [1, true]}}`, `"{\"a\":\"prod\",\"b\":[1,true]}"`},
		{`{"Fn::ToJsonString": {a: !Ref Open}}`, `"{\"a\":\"${unresolved Open}\"}" because parameter Open has no default, and no value was given`},

		{`!FindInMap [Sizes, us-east-1, small]`, `"t2"`},
		{`!FindInMap [Sizes, eu-central-1, list]`, `["x","y"]`},
		{`!FindInMap [Sizes, nowhere, small]`, `"${unresolved FindInMap}" because the mapping has no key "nowhere"`},
		{`!FindInMap [Sizes, nowhere, small, {DefaultValue: t4}]`, `"t4"`},
		{`!FindInMap [Sizes, !Ref "AWS::Region", small]`, `"${unresolved FindInMap}" because it depends on AWS::Region, and the file does not say where it is deployed`},
		{`!ImportValue shared-bucket`, `"${unresolved import shared-bucket}" because another stack exports it as shared-bucket, and no template of this import does`},
		{`!ImportValue {"Fn::Sub": "${Default}-bucket"}`, `"${unresolved import prod-bucket}" because another stack exports it as prod-bucket, and no template of this import does`},
		{`{"Fn::Transform": {Name: "AWS::Include"}}`, `"${unresolved Transform}" because a macro makes this value when the stack is deployed`},
		{`!Nonsense [1]`, `"${unresolved Fn..Nonsense}" because Fn::Nonsense is not a function this importer knows`},
		{`"{{resolve:ssm:/app/key}}"`, `"{{resolve:ssm:/app/key}}" because it is read from ssm /app/key when the stack is deployed`},

		{`!If [Yes, a, b]`, `"a"`},
		{`!If [No, a, b]`, `"b"`},
		{`!If [No, a, !Ref "AWS::NoValue"]`, `nothing`},
		{`!If [Both, a, b]`, `"a"`},
		{`!If [Either, a, b]`, `"a"`},
		{`!If [ShortOr, a, b]`, `"a"`},
		{`!If [ShortAnd, a, b]`, `"b"`},
		{`!If [Unknown, a, b]`, `"${unresolved If Unknown}" because condition Unknown is not decided: parameter Open has no default, and no value was given`},
		{`!If [Loop, a, b]`, `"${unresolved If Loop}" because condition Loop is not decided: condition Loop depends on itself`},
		{`!If [Missing, a, b]`, `"${unresolved If Missing}" because condition Missing is not in the template`},
		{`!If [InFrankfurt, a, b]`, `"${unresolved If InFrankfurt}" because condition InFrankfurt is not decided: it depends on AWS::Region, and the file does not say where it is deployed`},
		{`[a, !If [No, b, !Ref "AWS::NoValue"], c]`, `["a","c"]`},
		{`{"Fn::Equals": [!Ref Default, prod]}`, `true`},
		{`{"Fn::Equals": [!Ref "AWS::Region", !Ref "AWS::Region"]}`, `true`},

		{`!Ref Named`, `"prod-data"`},
		{`!GetAtt Named.Arn`, `"arn:aws:s3:::prod-data"`},
		{`{"Fn::GetAtt": "Named.Arn"}`, `"arn:aws:s3:::prod-data"`},
		{`{"Fn::GetAtt": [Named, !Sub "Arn"]}`, `"arn:aws:s3:::prod-data"`},
		{`!GetAtt Role.Arn`, `"arn:aws:iam::ACCOUNT:role/service/Role"`},
		{`!Ref Role`, `"Role"`},
		{`!GetAtt Fn.Arn`, `"arn:aws:lambda:REGION:ACCOUNT:function:app"`},
		{`!Ref Queue`, `"https://sqs.REGION.amazonaws.com/ACCOUNT/Queue"`},
		{`!GetAtt Queue.Arn`, `"arn:aws:sqs:REGION:ACCOUNT:Queue"`},
		{`!Ref Topic`, `"arn:aws:sns:REGION:ACCOUNT:Topic"`},
		{`!Ref Secret1`, `"arn:aws:secretsmanager:REGION:ACCOUNT:secret:db-XXXXXX"`},
		{`!GetAtt Key.Arn`, `"arn:aws:kms:REGION:ACCOUNT:key/Key"`},
		{`!Ref Agent`, `"Agent"`},
		{`!GetAtt Agent.AgentArn`, `"arn:aws:bedrock:REGION:ACCOUNT:agent/Agent"`},
		{`!GetAtt Alias.AgentAliasArn`, `"arn:aws:bedrock:REGION:ACCOUNT:agent-alias/Agent/Alias"`},
		{`!Ref Alias`, `"Agent|Alias"`},
		{`!Ref Source`, `"KB|Source"`},
		{`!Ref Guard`, `"arn:aws:bedrock:REGION:ACCOUNT:guardrail/Guard"`},
		{`!GetAtt Guard.GuardrailId`, `"Guard"`},
		{`!GetAtt Logs.Arn`, `"arn:aws:logs:REGION:ACCOUNT:log-group:/app:*"`},
		{`!Ref Index`, `"arn:aws:s3vectors:REGION:ACCOUNT:bucket/vb/index/i"`},
		{`!GetAtt Param.Value`, `"stored"`},
		{`!GetAtt Nested.Outputs.Role`, `"${unresolved Nested.Outputs.Role}" because it is an output of the nested stack Nested, whose template is another file`},
		{`!GetAtt Thing.BucketArn`, `"${unresolved Thing.BucketArn}" because the custom resource Thing returns it when the stack is deployed`},
		{`!GetAtt Other.Arn`, `"arn:aws:foo:REGION:ACCOUNT:bar/Other"`},
		{`!GetAtt Other.Endpoint`, `"Other.Endpoint"`},
		{`!Ref Other`, `"Other"`},
		{`!GetAtt Nobody.Arn`, `"${unresolved Nobody.Arn}" because Nobody is no resource of the template`},
		{`!Ref Ping`, `"Ping"`},
	} {
		t.Run(c.expr, func(t *testing.T) {
			if got := evaluate(t, c.expr, inventory.Input{}); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// What the user says of where a template is deployed takes the place of the stand-ins.
func TestWhereDeployed(t *testing.T) {
	in := inventory.Input{Account: "111122223333", Region: "eu-central-1", Stack: "support", Params: map[string]string{"Open": "x", "List": "p,q"}}
	for _, c := range []struct{ expr, want string }{
		{`!Sub "${AWS::AccountId} ${AWS::Region} ${AWS::StackName}"`, `"111122223333 eu-central-1 support"`},
		{`!GetAtt Bucket.Arn`, `"arn:aws:s3:::support-Bucket"`},
		{`!GetAtt Role.Arn`, `"arn:aws:iam::111122223333:role/service/support-Role"`},
		{`!GetAtt Agent.AgentArn`, `"arn:aws:bedrock:eu-central-1:111122223333:agent/support-Agent"`},
		{`!Ref Open`, `"x"`},
		{`!Ref List`, `["p","q"]`},
		{`!If [Unknown, a, b]`, `"a"`},
		{`!If [InFrankfurt, a, b]`, `"a"`},
		{`!FindInMap [Sizes, !Ref "AWS::Region", small]`, `"t3"`},
	} {
		if got := evaluate(t, c.expr, in); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.expr, got, c.want)
		}
	}
	for _, c := range []struct{ region, want string }{
		{"cn-north-1", `"aws-cn amazonaws.com.cn"`}, {"us-gov-west-1", `"aws-us-gov amazonaws.com"`}, {"eu-west-1", `"aws amazonaws.com"`},
	} {
		if got := evaluate(t, `!Sub "${AWS::Partition} ${AWS::URLSuffix}"`, inventory.Input{Region: c.region}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.region, got, c.want)
		}
	}
}

// JSON and YAML, long form and short, come to the same facts.
func TestJSONAndYAML(t *testing.T) {
	y := decode(t, inventory.Input{File: "t", Data: []byte(`
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      ManagedPolicyArns:
        - !Sub "arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess"
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn}
`)})
	j := decode(t, inventory.Input{File: "t", Data: []byte("{\"Resources\": {\n\t\"Role\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\n\t\t\"AssumeRolePolicyDocument\": {\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"lambda.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}},\n" +
		"\t\t\"ManagedPolicyArns\": [{\"Fn::Sub\": \"arn:${AWS::Partition}:iam::aws:policy\\/ReadOnlyAccess\"}]}},\n\t\"Fn\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {\"Role\": {\"Fn::GetAtt\": [\"Role\", \"Arn\"]}}}}}")})
	ignore := cmp.FilterPath(func(p cmp.Path) bool { n := p.Last().String(); return n == ".Source" || n == ".Lines" }, cmp.Ignore())
	if diff := cmp.Diff(y, j, ignore); diff != "" {
		t.Error(diff)
	}
	if j.Roles[0].Source.Line != 2 || j.Functions[0].Source.Line != 5 || j.Roles[0].Source.Pointer != "/Resources/Role" {
		t.Errorf("places in JSON: %+v %+v", j.Roles[0].Source, j.Functions[0].Source)
	}
	if s := y.Roles[0].Source; s != (inventory.Source{File: "t", Pointer: "/Resources/Role", Line: 3, Address: "Role"}) {
		t.Errorf("place in YAML: %+v", s)
	}
}

// Fn::ForEach is written out, in Resources and inside of them.
func TestForEach(t *testing.T) {
	out := decode(t, inventory.Input{Data: []byte(`
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "red,green"}
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - "Bucket${Name}":
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "data-${Name}"
          Tags: [{Key: colour, Value: !Ref Name}]
  Fn::ForEach::Queues:
    - Id
    - [a.b]
    - "Queue&{Id}":
        Type: AWS::SQS::Queue
  Fn::ForEach::Unknown:
    - X
    - !GetAZs ""
    - "Q${X}": {Type: AWS::SQS::Queue}
`)})
	var got []string
	for _, r := range out.Resources {
		got = append(got, r.ARN+" "+r.Tags["colour"])
	}
	want := []string{"arn:aws:s3:::data-red red", "arn:aws:s3:::data-green green", "arn:aws:sqs:REGION:ACCOUNT:Queueab "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(out.Warnings) != 1 || !strings.Contains(out.Warnings[0].Text, "Fn::ForEach::Unknown") {
		t.Errorf("warnings: %+v", out.Warnings)
	}
}

// A macro that is not known is told of.
func TestMacro(t *testing.T) {
	out := decode(t, inventory.Input{Data: []byte("Transform: [AWS::LanguageExtensions, MyMacro]\nResources: {Q: {Type: AWS::SQS::Queue}}\n")})
	if len(out.Warnings) != 1 || !strings.Contains(out.Warnings[0].Text, "macro MyMacro") {
		t.Errorf("warnings: %+v", out.Warnings)
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", 5000)
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", "t.yaml: line 1:1: there is nothing in it"},
		{"not an object", "- a\n- b\n", "a template is an object, and this is a list"},
		{"no resources", "Parameters: {}\n", "without Resources"},
		{"bad YAML", "Resources:\n  A: b: c\n", "line 2:"},
		{"cut-off JSON", "{\n \"Resources\": {\n  \"A\": {", "line 3:"},
		{"JSON with a stray comma", "{\n\"Resources\": {},\n}", "line 3:1"},
		{"repeated key", "Resources:\n  A: {Type: X::Y}\n  B: {Type: X::Y}\n  A: {Type: X::Z}\n", `line 4:3: key "A" is there twice in one object, first on line 2`},
		{"repeated key in JSON", "{\"Resources\": {\n\"A\": {\"Type\": \"X::Y\"},\n\"A\": {\"Type\": \"X::Y\"}}}", `line 3:1: key "A" is there twice`},
		{"repeated key in a policy", "Resources:\n  A:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Statement:\n          - Effect: Allow\n            Effect: Deny\n", "line 8:"},
		{"nested too deep", "Resources: {A: {Type: X::Y, Properties: {P: " + deep, "deep"},
		{"nested too deep in JSON", `{"Resources": {"A": {"Type": "X::Y", "Properties": {"P": ` + strings.Repeat("[", 150) + strings.Repeat("]", 150) + `}}}}`, "nested more than 128 deep"},
		{"alias bomb", bomb.String() + "Resources: {A: {Type: X::Y}}\n", "more than 500000 values"},
		{"alias of itself", "Resources: &r\n  A: *r\n", `anchor "r" holds itself`},
		{"unknown alias", "Resources: {A: *nobody}\n", "nobody"},
		{"a list as key", "Resources: {[a]: b}\n", "a key that is not a string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out inventory.Facts
			err := Decode(inventory.Input{File: "t.yaml", Data: []byte(c.data)}, &out)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "t.yaml") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Functions that make much of little are stopped.
func TestExpansion(t *testing.T) {
	var doubling strings.Builder
	doubling.WriteString("Resources:\n  N0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: xxxxxxxxxxxxxxxx}}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&doubling, "  N%d: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${N%d}${N%d}'}}\n", i, i-1, i-1)
	}
	out := decode(t, inventory.Input{Data: []byte(doubling.String())})
	if len(out.Resources) != 40 {
		t.Errorf("%d buckets", len(out.Resources))
	}
	for _, r := range out.Resources {
		if len(r.Name) > maxText {
			t.Errorf("a name of %d bytes", len(r.Name))
		}
	}

	var facts inventory.Facts
	for name, data := range map[string]string{
		"eight million resources": "Transform: AWS::LanguageExtensions\nResources:\n" +
			"  Fn::ForEach::A: [A, [" + strings.TrimSuffix(strings.Repeat("a,", 200), ",") + "], {'Fn::ForEach::B': [B, [" + strings.TrimSuffix(strings.Repeat("b,", 200), ",") +
			"], {'Fn::ForEach::C': [C, [" + strings.TrimSuffix(strings.Repeat("c,", 200), ",") + "], {'Q${A}${B}${C}': {Type: 'AWS::SQS::Queue'}}]}]}]\n",
		"a long text many times": "Parameters: {P: {Type: String, Default: " + strings.Repeat("x", 200_000) + "}}\nResources: {A: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {" +
			strings.Repeat("A: [", 1) + strings.TrimSuffix(strings.Repeat("!Ref P, ", 1000), ", ") + "]}}}}}\n",
		"many resources": "Resources:\n" + func() string {
			var b strings.Builder
			for i := range 6000 {
				fmt.Fprintf(&b, "  Q%d: {Type: 'AWS::SQS::Queue'}\n", i)
			}
			return b.String()
		}(),
	} {
		if err := Decode(inventory.Input{File: "t.yaml", Data: []byte(data)}, &facts); err == nil || !strings.Contains(err.Error(), "expand") || !strings.Contains(err.Error(), "t.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
