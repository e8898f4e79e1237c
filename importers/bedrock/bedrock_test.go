package bedrock

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/importers/example"
)

// input is a document as the importers hand it over, from an account and Region that are known.
func input(file, data string) inventory.Input {
	return inventory.Input{File: file, Data: []byte(data), Account: "111122223333", Region: "eu-central-1"}
}

func recognize(t testing.TB, in inventory.Input) (string, bool) {
	t.Helper()
	doc, err := inventory.ParseJSON(in.Data)
	if err != nil {
		t.Fatalf("%s: %v", in.File, err)
	}
	return Recognize(doc.Shape(in.File, in.As))
}

func decode(t testing.TB, in inventory.Input) inventory.Facts {
	t.Helper()
	var out inventory.Facts
	if err := Decode(in, &out); err != nil {
		t.Fatalf("%s: %v", in.File, err)
	}
	return out
}

// decodeCase is one output and what it must give; sources, inferences and warnings are tested apart.
type decodeCase struct {
	name, file, format, data string
	want                     inventory.Facts
}

func runCases(t *testing.T, cases []decodeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := input(c.file, c.data)
			if format, _ := recognize(t, in); format != c.format {
				t.Errorf("recognised as %q, want %q", format, c.format)
			}
			got := decode(t, in)
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreTypes(inventory.Source{}), cmpopts.IgnoreFields(inventory.Facts{}, "Warnings", "Inferred"),
				cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSources(t *testing.T) {
	got := decode(t, input("prod/agents.json", "{\n  \"agentSummaries\": [\n    {\"agentId\": \"AAAAAAAAA1\"},\n    {\"agentId\": \"AAAAAAAAA2\"}\n  ]\n}"))
	want := []inventory.Source{
		{File: "prod/agents.json", Pointer: "/agentSummaries/0", Line: 3},
		{File: "prod/agents.json", Pointer: "/agentSummaries/1", Line: 4},
	}
	for i, a := range got.Agents {
		if a.Source != want[i] {
			t.Errorf("agent %d is from %+v, want %+v", i, a.Source, want[i])
		}
	}
}

// What another command, another importer's format or nothing in particular prints must be left alone.
func TestNotRecognized(t *testing.T) {
	for _, data := range []string{
		`{}`, `[]`, `null`, `"x"`, `{"loggingConfig": {}}`,
		`{"agent": "x"}`, `{"agent": {}}`, `{"items": []}`, `{"items": [{"name": "a"}]}`,
		`{"Functions": [{"name": "a"}]}`, `{"Endpoints": [{"EndpointIdentifier": "dms"}]}`,
		`{"Keys": ["a"]}`, `{"Table": {"Name": "glue", "DatabaseName": "d"}}`, `{"Buckets": [1]}`,
		`{"TagSet": [], "VersionId": "an object's"}`, `{"Policy": "{}"}`, `{"Records": []}`, `{"memories": [{"text": "x"}]}`,
		`{"dataSource": {"name": "appsync"}}`, `{"IsLogging": true}`, `{"Trail": {"Name": "x"}}`,
		`{"UserDetailList": [], "RoleDetailList": []}`, `{"Resources": {"A": {"Type": "AWS::Bedrock::Agent"}}}`,
	} {
		in := input("x.json", data)
		if format, ok := recognize(t, in); ok {
			t.Errorf("%s is recognised as %s", data, format)
		}
		if err := Decode(in, &inventory.Facts{}); err == nil {
			t.Errorf("%s is decoded without an error", data)
		}
	}
}

func TestErrorsAndSkips(t *testing.T) {
	for _, c := range []struct{ name, data, err string }{
		{"cut off", `{"agent": {"agentId": "A"`, "cut off"},
		{"an id that is no text", `{"agent": {"agentId": 7, "agentArn": "arn:aws:bedrock:eu-central-1:111122223333:agent/A"}}`,
			"bedrock-agent get-agent: /agent: agentId is missing"},
	} {
		err := Decode(input("x.json", c.data), &inventory.Facts{})
		if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error is %v, want %q in it", c.name, err, c.err)
		}
	}

	got := decode(t, input("x.json", `{"agentSummaries": [{"agentName": "no id"}, 3, {"agentId": "AAAAAAAAA1"}], "nextToken": "t"}`))
	var why []string
	for _, s := range got.Skips {
		why = append(why, s.What+": "+s.Why)
	}
	if diff := cmp.Diff([]string{
		"/agentSummaries/0: /agentSummaries/0: agentId is missing",
		"/agentSummaries/1: is a number where an object should be",
	}, why); diff != "" || len(got.Agents) != 1 {
		t.Errorf("skips (-want +got), with %d agents:\n%s", len(got.Agents), diff)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Source.Pointer != "/nextToken" {
		t.Errorf("a listing that goes on gives %+v", got.Warnings)
	}
}

func TestSubject(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"prod/get-bucket-tagging-product-docs.json", "product-docs"},
		{"get-bucket-tagging.product.docs.json", "product.docs"},
		{"product-docs.get-bucket-tagging.json.gz", "product-docs"},
		{"dump.zip!s3/get-bucket-tagging_product-docs.json", "product-docs"},
		{`prod\GetBucketTagging product-docs.json`, "product-docs"},
		{"get-bucket-tagging.json", ""},
		{"a-get-bucket-tagging-b.json", ""},
		{"tags.json", ""},
	} {
		if got := subject(c.file, "get-bucket-tagging"); got != c.want {
			t.Errorf("subject(%q) = %q, want %q", c.file, got, c.want)
		}
	}
}

func TestIDInName(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"list-agent-aliases-PXINSLJAOL.json", "PXINSLJAOL"},
		{"PXINSLJAOL_aliases.json", "PXINSLJAOL"},
		{"list-agent-aliases.json", ""},
		{"PXINSLJAOL-64XULLPD7A.json", ""}, // which?
		{"list-agent-aliases-support-agent.json", ""},
	} {
		if got := idInName(c.file); got != c.want {
			t.Errorf("idInName(%q) = %q, want %q", c.file, got, c.want)
		}
	}
}

func TestPartition(t *testing.T) {
	for region, want := range map[string]string{"eu-central-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov",
		"us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eusc-de-east-1": "aws-eusc", "": "aws"} {
		if got := partition(region); got != want {
			t.Errorf("partition(%q) = %q, want %q", region, got, want)
		}
	}
}

// Every output of the worked example is read, and nothing in it is skipped or warned of.
func TestExample(t *testing.T) {
	known := 0
	err := fs.WalkDir(example.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".json") {
			return err
		}
		data, err := fs.ReadFile(example.FS(), name)
		if err != nil {
			return err
		}
		in := input(name, string(data))
		if _, ok := recognize(t, in); !ok {
			return nil
		}
		known++
		got := decode(t, in)
		if got.Count() == 0 || len(got.Skips)+len(got.Warnings) > 0 {
			t.Errorf("%s gave %d facts, skips %v, warnings %v", name, got.Count(), got.Skips, got.Warnings)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if known < 30 {
		t.Errorf("%d outputs of the example are recognised, want 30 at least", known)
	}
}

// corpus is the folder of shared inputs beside the project; the test is skipped where there is none.
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
	dir = filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared corpus is not beside the project")
	}
	return dir
}

// TestCorpus holds what each real output gives against what its source says is in it.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(corpus(t), "4-bedrock-api")
	const nova = "arn:aws:bedrock:us-east-1:644160558196:"
	for _, c := range []struct {
		file, format string
		check        func(inventory.Facts) bool
	}{
		{"aws-samples__amazon-bedrock-samples/notebook-agent-action-group.json", "bedrock-agent get-agent-action-group", func(f inventory.Facts) bool {
			g := f.ActionGroups[0]
			return g.Executor == "lambda" && g.Lambda.Value == "arn:aws:lambda:us-east-1:061051260563:function:restaurant-agent-mistral-lambda" &&
				g.Agent == "PXINSLJAOL" && g.AgentVersion == "DRAFT" && len(g.Operations) == 3 && g.State == "ENABLED" &&
				g.Operations[2].Name == "delete_booking" && g.Operations[2].Confirm == inventory.No && g.SchemaUnknown == ""
		}},
		{"aws-samples__amazon-bedrock-samples/notebook-create-agent.json", "bedrock-agent get-agent", func(f inventory.Facts) bool {
			a := f.Agents[0]
			return a.Model.Value == "us.amazon.nova-pro-v1:0" && a.Collaboration == "DISABLED" && a.Version == "DRAFT" && a.Guardrail == inventory.Known("") &&
				a.Role.Value == "arn:aws:iam::061051260563:role/AmazonBedrockExecutionRoleForAgents_restaurant-agent-mistral" && a.Status == "CREATING"
		}},
		{"aws__agentcore-cli/get-agent-runtime-container.json", "bedrock-agentcore-control get-agent-runtime", func(f inventory.Facts) bool {
			r := f.Runtimes[0]
			return r.Network == "PUBLIC" && r.Role.Value == "arn:aws:iam::685197708687:role/tf_acc_test_1997929140646926281" &&
				r.Artifact == "public.ecr.aws/y5s8y8h8/harness-us-west-2:latest" && r.Authorizer == "AWS_IAM"
		}},
		{"aws__agentcore-cli/get-gateway-target-mcpserver.json", "bedrock-agentcore-control get-gateway-target", func(f inventory.Facts) bool {
			g := f.GatewayTargets[0]
			return g.Kind == "mcp server" && g.Endpoint == "https://mcp.context7.com/mcp" &&
				g.Gateway == "arn:aws:bedrock-agentcore:us-west-2:685197708687:gateway/agentcore-cli-gateway-read-fixture-a-l6opkbe2kd"
		}},
		{"aws__agentcore-cli/get-gateway.json", "bedrock-agentcore-control get-gateway", func(f inventory.Facts) bool {
			g := f.Gateways[0]
			return g.Authorizer == "NONE" && g.Role.Value == "arn:aws:iam::685197708687:role/AgentCoreCliGatewayReadFixtureRole"
		}},
		{"aws__agentcore-cli/list-gateway-targets-page1.json", "bedrock-agentcore-control list-gateway-targets", func(f inventory.Facts) bool {
			return len(f.GatewayTargets) == 1 && f.GatewayTargets[0].Kind == "mcp server" && len(f.Warnings) == 2 // no gateway; more pages
		}},
		{"cloud-custodian__cloud-custodian/test_aws_lambda_source__lambda.ListFunctions.json", "lambda list-functions", func(f inventory.Facts) bool {
			return len(f.Functions) == 2 && f.Functions[0].Name == "myIOTFunction" && f.Functions[1].Role.Value == "arn:aws:iam::644160558196:role/lambda_basic_execution"
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_agent_base__bedrock-agent.GetAgent.json", "bedrock-agent get-agent", func(f inventory.Facts) bool {
			a := f.Agents[0]
			return a.Status == "PREPARED" && a.Key == "arn:aws:kms:us-east-1:644160558196:key/082cd05f-96d1-49f6-a5ac-32093d2cfe38" && a.Model.Value == "anthropic.claude-v2"
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_agent_base__bedrock-agent.ListAgents.json", "bedrock-agent list-agents", func(f inventory.Facts) bool {
			return len(f.Agents) == 2 && f.Agents[1].Name == "c7n-test-2" && f.Agents[1].Listed && f.Agents[1].ARN == "" && f.Agents[1].Role.Unknown != ""
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_application_inference_profile_v2__bedrock.ListInferenceProfiles.json", "bedrock list-inference-profiles", func(f inventory.Facts) bool {
			p := f.Profiles[0]
			return p.Type == "APPLICATION" && cmp.Equal(p.Models, []string{"arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0",
				"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0"}) && p.ARN == nova+"application-inference-profile/4cbyr2n9st9w"
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_foundation_model_value_filter__bedrock.ListFoundationModels.json", "bedrock list-foundation-models", func(f inventory.Facts) bool {
			return len(f.Models) == 2 && f.Models[0].Provider == "NVIDIA" && f.Models[1].ID == "amazon.nova-2-multimodal-embeddings-v1:0"
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_guardrail__bedrock.GetGuardrail.json", "bedrock get-guardrail", func(f inventory.Facts) bool {
			g := f.Guardrails[0]
			return g.ARN == nova+"guardrail/j67bckj8wqa9" && g.Version == "DRAFT" && cmp.Equal(g.Policies, []string{"content"})
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_knowledge_base__bedrock-agent.GetKnowledgeBase.json", "bedrock-agent get-knowledge-base", func(f inventory.Facts) bool {
			k := f.KnowledgeBases[0]
			return k.Type == "VECTOR" && k.Storage == "OPENSEARCH_SERVERLESS" && cmp.Equal(k.StorageARNs, []string{"arn:aws:aoss:us-east-1:644160558196:collection/i4jn4zi5tme0nmlg2l3m"}) &&
				k.StorageDetail == "bedrock-knowledge-base-default-index" && k.EmbeddingModel == "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1"
		}},
		{"cloud-custodian__cloud-custodian/test_bedrock_model_invocation_logging__bedrock.GetModelInvocationLoggingConfiguration.json", "bedrock get-model-invocation-logging-configuration", func(f inventory.Facts) bool {
			l := f.InvocationLogging[0]
			return l.Configured && l.Bucket == "test-bedrock-1" && l.Prefix == "logging/" && l.LogGroup == "" && l.Image == inventory.No && l.Text == inventory.Yes && l.Account.Unknown != ""
		}},
		{"cloud-custodian__cloud-custodian/test_sagemaker_endpoints__api.sagemaker.DescribeEndpoint.json", "sagemaker describe-endpoint", func(f inventory.Facts) bool {
			e := f.Endpoints[0]
			return e.Name == "kmeans-2018-01-18-19-25-36-887" && e.Config == e.Name && e.Role.Unknown != ""
		}},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			in := inventory.Input{File: c.file, Data: data}
			if format, _ := recognize(t, in); format != c.format {
				t.Errorf("recognised as %q, want %q", format, c.format)
			}
			if got := decode(t, in); !c.check(got) {
				t.Errorf("gave %+v", got)
			}
		})
	}
}

// Nothing of the corpus that is another importer's is taken for an output of these commands.
func TestCorpusOfOthers(t *testing.T) {
	dir := corpus(t)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".json") || strings.Contains(name, "4-bedrock-api") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		doc, err := inventory.ParseJSON(data)
		if err != nil {
			return nil
		}
		if format, ok := Recognize(doc.Shape(name, "")); ok {
			t.Errorf("%s is recognised as %s", name, format)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzDecode: no input panics, and what is recognised is decoded or refused with an error.
func FuzzDecode(f *testing.F) {
	err := fs.WalkDir(example.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".json") {
			data, err := fs.ReadFile(example.FS(), name)
			f.Add(name, data)
			return err
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		doc, err := inventory.ParseJSON(data)
		if err != nil {
			return
		}
		_, ok := Recognize(doc.Shape(name, ""))
		var out inventory.Facts
		err = Decode(inventory.Input{File: name, Data: data, Doc: doc, Account: "111122223333", Region: "eu-central-1"}, &out)
		if !ok && err == nil {
			t.Error("decoded what is not recognised")
		}
	})
}
