package cloudformation

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

// shared is a folder of the inputs that stand beside the project; the test is skipped where they are not.
func shared(t testing.TB, path string) string {
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
	p := filepath.Join(filepath.Dir(dir), "shared", path)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("the shared inputs are not here: %v", err)
	}
	return p
}

func corpus(t testing.TB) map[string][]byte {
	root := shared(t, "corpus/3-cloudformation")
	out := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out[filepath.Base(path)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tally counts what a template gave.
func tally(f *inventory.Facts) string {
	var out []string
	add := func(n int, what string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(len(f.Roles), "roles")
	add(len(f.AttachedPolicies), "attached policies")
	add(len(f.ResourcePolicies), "resource policies")
	add(len(f.Agents), "agents")
	add(len(f.AgentAliases), "aliases")
	add(len(f.ActionGroups), "action groups")
	add(len(f.KnowledgeBases), "knowledge bases")
	add(len(f.DataSources), "data sources")
	add(len(f.Guardrails), "guardrails")
	add(len(f.Runtimes), "runtimes")
	add(len(f.RuntimeEndpoints), "runtime endpoints")
	add(len(f.Gateways), "gateways")
	add(len(f.GatewayTargets), "targets")
	add(len(f.Memories), "memories")
	add(len(f.Functions), "functions")
	add(len(f.Resources), "resources")
	add(len(f.APIs), "APIs")
	add(len(f.UserPools), "user pools")
	add(len(f.NestedStacks), "nested stacks")
	add(len(f.Exports), "exports")
	add(len(f.Imports), "imports")
	return strings.Join(out, ", ")
}

// What every file of the corpus is known to hold (its SOURCES.tsv, and what was read in it), and what is said of it.
// Resources that only a parameter's default leaves out are in: nobody says how these were deployed.
func TestCorpus(t *testing.T) {
	files := corpus(t)
	want := map[string]struct{ facts, skips string }{
		"01-knowledge-bases.yaml":     {"2 roles, 2 knowledge bases, 2 data sources, 1 functions, 1 resources, 3 exports", "Custom::IngestSync IngestSync"},
		"02-agentic-gateway.yaml":     {"1 roles, 1 gateways, 2 targets, 2 exports, 2 imports", ""},
		"agent_template.yaml":         {"4 roles, 3 resource policies, 1 agents, 1 aliases, 3 action groups, 3 functions, 1 resources, 1 APIs", "AWS::Lambda::LayerVersion SlackBoltLayer|AWS::ApiGateway::Deployment SlackIntegrationDeployment"},
		"hr-resources.yml":            {"2 roles, 2 attached policies, 1 resource policies, 1 agents, 4 action groups, 1 functions, 1 resources", ""},
		"kb-infra-template.template":  {"1 knowledge bases, 1 data sources", ""},
		"kb-role-template.template":   {"1 roles", ""},
		"sam-003-bedrock-agent.yaml":  {"2 roles, 1 resource policies, 1 agents, 1 aliases, 1 action groups, 1 functions, 1 resources", ""},
		"cdk-issue747.template.json":  {"3 roles, 2 attached policies, 1 resource policies, 2 agents, 6 action groups, 1 functions", ""},
		"customer-support-stack.yaml": {"7 nested stacks", ""},
		"data-masking-stack.yaml":     {"2 roles, 2 resource policies, 1 guardrails, 2 functions", ""},
		"multi-agent-runtime.yaml":    {"4 roles, 2 resource policies, 2 runtimes, 1 functions, 4 resources, 8 exports", "Custom::CodeBuildTrigger (2)"},
		"cdk-supportAgentDemo-AgentCoreStack.template.json": {"4 roles, 1 attached policies, 1 runtimes, 2 runtime endpoints, 1 gateways, 2 targets, 1 memories, 2 functions, 1 user pools",
			"AWS::Cognito::UserPoolResourceServer supportAgentDemoCognitoUserPoolsupportAgentDemoCognitoResourceServer846FAFB2|AWS::Cognito::UserPoolDomain supportAgentDemoCognitoUserPoolsupportAgentDemoCognitoDomain49513BF4"},
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			var out inventory.Facts
			err := Decode(inventory.Input{File: name, Data: data}, &out)
			if name == "gateway-stack.yaml" { // published broken
				if e, ok := errors.AsType[*inventory.SyntaxError](err); !ok || e.Line != 544 || err.Error() != "read template gateway-stack.yaml: line 544:19: mapping values are not allowed in this context" {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			w, ok := want[name]
			if !ok {
				t.Fatalf("a file that nobody has read: %s", tally(&out))
			}
			var skips []string
			for _, s := range out.Skips {
				skips = append(skips, s.What)
			}
			if got := tally(&out); got != w.facts {
				t.Errorf("got  %s\nwant %s", got, w.facts)
			}
			if got := strings.Join(skips, "|"); got != w.skips {
				t.Errorf("skipped %s\nwant    %s", got, w.skips)
			}
			sound(t, &out)

			var again inventory.Facts
			if err := Decode(inventory.Input{File: name, Data: data}, &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(out, again); diff != "" {
				t.Error("read again it is not the same:", diff)
			}
		})
	}
	for name := range want {
		if files[name] == nil {
			t.Errorf("%s is not in the corpus", name)
		}
	}
}

// Every file that SOURCES.tsv lists is there to be read.
func TestCorpusIsWhole(t *testing.T) {
	f, err := os.Open(shared(t, "corpus/SOURCES.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := corpus(t)
	for s := bufio.NewScanner(f); s.Scan(); {
		if cols := strings.Split(s.Text(), "\t"); cols[0] == "3-cloudformation" && files[filepath.Base(cols[1])] == nil {
			t.Errorf("%s is missing", cols[1])
		}
	}
}

// sound checks what must hold of any template's facts: places, JSON, and that nothing unknown passes for known.
func sound(t testing.TB, f *inventory.Facts) {
	t.Helper()
	checkDoc := func(d inventory.PolicyDoc) {
		if d.Source.Line == 0 || d.Source.Address == "" {
			t.Errorf("policy %s has no place: %+v", d.Name, d.Source)
		}
		if (d.Raw == nil) == (d.Unknown == "") {
			t.Errorf("policy %s is both or neither known: %+v", d.Name, d)
		}
		if d.Raw == nil {
			return
		}
		var parsed struct{ Statement json.RawMessage }
		if err := json.Unmarshal(d.Raw, &parsed); err != nil {
			t.Errorf("policy %s: %v in %s", d.Name, err, d.Raw)
			return
		}
		var statements []json.RawMessage
		if json.Unmarshal(parsed.Statement, &statements) != nil {
			return
		}
		for i, s := range statements {
			var parts map[string]json.RawMessage
			if json.Unmarshal(s, &parts) == nil {
				delete(parts, "Sid")
				s, _ = json.Marshal(parts)
			}
			named := slices.ContainsFunc(d.Unresolved, func(u inventory.Unresolved) bool { return u.Statement == i && u.Reason != "" })
			if strings.Contains(string(s), inventory.UnresolvedMark) && !named {
				t.Errorf("statement %d of policy %s holds something unknown and is not named: %s", i, d.Name, s)
			}
		}
	}
	for _, r := range f.Roles {
		checkDoc(r.Trust)
		for _, d := range r.Inline {
			checkDoc(d)
		}
		if !strings.HasPrefix(r.ARN, "arn:") || strings.Contains(r.ARN, inventory.UnresolvedMark) {
			t.Errorf("role %s", r.ARN)
		}
	}
	for _, a := range f.AttachedPolicies {
		checkDoc(a.Policy)
	}
	for _, r := range f.ResourcePolicies {
		checkDoc(r.Document)
	}
	for _, w := range f.Warnings {
		if w.Text == "" || w.Source.Line == 0 {
			t.Errorf("warning without a place: %+v", w)
		}
	}
	for _, s := range f.Skips {
		if s.What == "" || s.Why == "" || s.Source.Line == 0 {
			t.Errorf("skip: %+v", s)
		}
	}
}

// One file in detail, as it reads: the agent, what it calls, what that may do.
func TestCorpusAgent(t *testing.T) {
	data, ok := corpus(t)["sam-003-bedrock-agent.yaml"]
	if !ok {
		t.Fatal("the file is gone")
	}
	out := decode(t, inventory.Input{File: "sam.yaml", Data: data, Account: "111122223333", Region: "us-east-1", Stack: "claims", Params: map[string]string{"PolicyStoreId": "ps", "KmsKeyId": "k", "UserPoolId": "u"}})
	fn := "arn:aws:lambda:us-east-1:111122223333:function:claims-ClaimsActionGroupLambdaExecutor"
	if g := out.ActionGroups[0]; g.Lambda != inventory.Known(fn) || len(g.Operations) != 3 || g.Operations[2].Name != "PUT /updateClaim/{claimId}" || g.Operations[2].Confirm != inventory.No {
		t.Errorf("%+v", g)
	}
	if a := out.Agents[0]; a.Role != inventory.Known("arn:aws:iam::111122223333:role/AmazonBedrockExecutionRoleForAgents_agentAccess") || a.Role.Value != out.Roles[0].ARN {
		t.Errorf("%+v", a)
	}
	if out.Functions[0].ARN != fn || out.Functions[0].Role.Value != out.Roles[1].ARN {
		t.Errorf("%+v", out.Functions)
	}
	if got := raw(out.Roles[1].Inline[0]); !strings.Contains(got, "arn:aws:verifiedpermissions::111122223333:policy-store/ps") {
		t.Error(got)
	}
	if l := out.Resources[0]; l.ARN != "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/claims-ClaimsActionGroupLambdaExecutor" || l.Attrs["retention"] != "7" {
		t.Errorf("%+v", l)
	}
	if len(out.Warnings) != 0 {
		t.Errorf("%+v", out.Warnings)
	}
}

// Two files of one import: the gateway's targets retrieve from the knowledge bases that the other stack exports.
func TestCorpusImports(t *testing.T) {
	files := corpus(t)
	out := merged(t, inventory.Input{File: "02", Data: files["02-agentic-gateway.yaml"]}, inventory.Input{File: "01", Data: files["01-knowledge-bases.yaml"]})
	var kbs []string
	for _, g := range out.GatewayTargets {
		kbs = append(kbs, g.KBs...)
	}
	if !slices.Equal(kbs, []string{"FinancialKnowledgeBase", "WeatherKnowledgeBase"}) {
		t.Errorf("%v", kbs)
	}
	for _, r := range out.Roles {
		for _, d := range r.Inline {
			if len(d.Unresolved) > 0 {
				t.Errorf("%+v", d.Unresolved)
			}
		}
	}
	if len(out.Warnings) > 0 {
		t.Errorf("%+v", out.Warnings)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{exporter, importer, samTemplate, "Resources: {A: {Type: AWS::S3::Bucket}}",
		`{"Resources": {"A": {"Type": "AWS::IAM::Role", "Properties": {"Policies": {"Fn::If": ["C", {"Ref": "A"}, 1]}}}}}`,
		"Conditions: {C: !Equals [!Ref P, !Ref C]}\nParameters: {P: {}}\nResources: {A: {Type: AWS::Lambda::Permission, Condition: C, Properties: !If [C, {}, []]}}",
		"Resources: {'Fn::ForEach::X': [A, [b], {'${A}': {Type: AWS::Bedrock::Agent, Properties: {ActionGroups: !If [C, [1], {}]}}}]}"} {
		f.Add([]byte(s))
	}
	if _, err := os.Stat("../../../shared/corpus/3-cloudformation"); err == nil {
		files := corpus(f)
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for n := range files {
				if !yield(n) {
					return
				}
			}
		}) {
			f.Add(files[name])
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out inventory.Facts
		if err := Decode(inventory.Input{File: "f", Data: data}, &out); err != nil {
			return
		}
		sound(t, &out)
		Resolve(&out)
	})
}

// large is a template of n resources: roles with policies, functions, agents that call them, buckets.
func large(n int) []byte {
	var b strings.Builder
	b.WriteString("Parameters: {Env: {Type: String, Default: prod}}\nConditions: {Prod: !Equals [!Ref Env, prod]}\nResources:\n")
	for i := range n / 4 {
		fmt.Fprintf(&b, `
  Bucket%[1]d: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Env}-data-%[1]d"}}
  Role%[1]d:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["s3:GetObject", "s3:ListBucket"], Resource: [!GetAtt Bucket%[1]d.Arn, !Sub "${Bucket%[1]d.Arn}/*"]}
              - {Effect: Allow, Action: "bedrock:InvokeModel", Resource: !If [Prod, !Sub "arn:aws:bedrock:${AWS::Region}::foundation-model/*", "*"]}
  Fn%[1]d: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role%[1]d.Arn, Environment: {Variables: {BUCKET: !Ref Bucket%[1]d}}}}
  Agent%[1]d:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: !Join ["-", [agent, !Ref Env, "%[1]d"]]
      AgentResourceRoleArn: !GetAtt Role%[1]d.Arn
      ActionGroups: [{ActionGroupName: g, ActionGroupExecutor: {Lambda: !GetAtt Fn%[1]d.Arn}, FunctionSchema: {Functions: [{Name: f}]}}]
`, i)
	}
	return []byte(b.String())
}

func BenchmarkDecode(b *testing.B) {
	data := large(500)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		var out inventory.Facts
		if err := Decode(inventory.Input{File: "large.yaml", Data: data}, &out); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLarge(t *testing.T) {
	out := decode(t, inventory.Input{Data: large(500)})
	if len(out.Roles) != 125 || len(out.Agents) != 125 || len(out.Warnings) != 0 {
		t.Errorf("%s; %+v", tally(out), out.Warnings)
	}
	sound(t, out)
}
