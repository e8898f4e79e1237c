package cloudtrail

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

const role = `"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app/s1","accountId":"111122223333",
 "sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/svc/app"}}}`

func event(rest string) string {
	return `{"eventVersion":"1.11",` + role + `,"awsRegion":"eu-central-1","recipientAccountId":"111122223333",` + rest + `}`
}

func invoke(when string) string {
	return event(`"eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","eventTime":"` + when + `","requestParameters":{"modelId":"anthropic.claude-3-haiku-20240307-v1:0"}`)
}

func decode(t *testing.T, data string) *inventory.Facts {
	t.Helper()
	doc, err := inventory.ParseJSON([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if format, ok := Recognize(doc.Shape("f.json", "")); !ok || format != Events {
		t.Fatalf("recognised as %q: %.80s", format, data)
	}
	var out inventory.Facts
	if err := Decode(inventory.Input{File: "f.json", Data: []byte(data)}, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// TestDeliveries: the same event gives the same usage however it is delivered.
func TestDeliveries(t *testing.T) {
	e := invoke("2026-11-20T10:00:00Z")
	want := inventory.Usage{Principal: "arn:aws:iam::111122223333:role/svc/app", Session: "arn:aws:sts::111122223333:assumed-role/app/s1",
		Action: "bedrock:InvokeModel", Resource: "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
		Account: "111122223333", Region: "eu-central-1", Count: 1, First: "2026-11-20T10:00:00Z", Last: "2026-11-20T10:00:00Z"}
	for _, c := range []struct {
		name, data, pointer string
		line                int
	}{
		{"log file", `{"Records":[` + e + `]}`, "/Records/0", 1},
		{"array", "[\n" + e + `]`, "/0", 2},
		{"event", e, "", 1},
		{"EventBridge", `{"detail-type":"AWS API Call via CloudTrail","detail":` + e + `}`, "", 1},
		{"several of EventBridge", `[{"detail":` + e + `}]`, "/0", 1},
		{"lookup-events", fmt.Sprintf(`{"Events":[{"EventId":"1","CloudTrailEvent":%q}]}`, e), "/Events/0/CloudTrailEvent", 1},
		{"log group", fmt.Sprintf(`{"events":[{"message":%q}]}`, e), "/events/0/message", 1},
		{"subscription", fmt.Sprintf(`{"logEvents":[{"message":%q}]}`, e), "/logEvents/0/message", 1},
	} {
		got := decode(t, c.data)
		want.Source = inventory.Source{File: "f.json", Pointer: c.pointer, Line: c.line}
		if d := cmp.Diff([]inventory.Usage{want}, got.Usages); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		window := inventory.Window{Account: "111122223333", First: want.First, Last: want.Last, Events: 1, Source: want.Source}
		if d := cmp.Diff([]inventory.Window{window}, got.Windows); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestFolding(t *testing.T) {
	denied := event(`"eventSource":"bedrock.amazonaws.com","eventName":"Converse","eventTime":"2026-11-19T10:00:00Z","errorCode":"AccessDenied","requestParameters":{"modelId":"anthropic.claude-3-haiku-20240307-v1:0"}`)
	across := event(`"eventSource":"bedrock.amazonaws.com","eventName":"Converse","eventTime":"2026-11-21T10:00:00Z","errorCode":"ThrottlingException","additionalEventData":{"inferenceRegion":"eu-west-1"},"requestParameters":{"modelId":"anthropic.claude-3-haiku-20240307-v1:0"}`)
	got := decode(t, `[`+invoke("2026-11-20T10:00:00Z")+`,`+denied+`,`+across+`]`)
	if len(got.Usages) != 1 {
		t.Fatalf("%d usages", len(got.Usages))
	}
	u := got.Usages[0]
	if u.Count != 3 || u.Denied != 1 || u.Failed != 1 || u.First != "2026-11-19T10:00:00Z" || u.Last != "2026-11-21T10:00:00Z" || u.Source.Pointer != "/1" ||
		len(u.InferenceRegions) != 1 || u.InferenceRegions[0] != "eu-west-1" {
		t.Errorf("%+v", u)
	}
}

// TestFoldOrder: facts of many documents fold into the same, whichever way they come.
func TestFoldOrder(t *testing.T) {
	var docs []*inventory.Facts
	for i := range 12 {
		file := fmt.Sprintf("f%d.json", i/3)
		var f inventory.Facts
		data := invoke(fmt.Sprintf("2026-11-%02dT10:00:00Z", 1+i*5%17))
		if err := Decode(inventory.Input{File: file, Data: []byte(data), Lines: i}, &f); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, &f)
	}
	var want *inventory.Facts
	for range 20 {
		got := &inventory.Facts{}
		for _, i := range rand.Perm(len(docs)) {
			got.Merge(docs[i])
		}
		Fold(got)
		if want == nil {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
	if len(want.Usages) != 1 || want.Usages[0].Count != 12 {
		t.Errorf("%+v", want.Usages)
	}
	apart := foldWindows([]inventory.Window{{Account: "1", First: "a", Last: "b", Source: inventory.Source{File: "x"}}, {Account: "1", First: "c", Last: "d", Source: inventory.Source{File: "y"}}})
	if len(apart) != 2 {
		t.Errorf("windows that do not overlap became %+v", apart)
	}
}

func TestCaller(t *testing.T) {
	for _, c := range []struct{ id, principal, session, service string }{
		{`{"type":"IAMUser","arn":"arn:aws:iam::1:user/u"}`, "arn:aws:iam::1:user/u", "", ""},
		{`{"type":"Root","arn":"arn:aws:iam::1:root"}`, "arn:aws:iam::1:root", "", ""},
		{`{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s"}`, "arn:aws:sts::1:assumed-role/r/s", "arn:aws:sts::1:assumed-role/r/s", ""},
		{`{"type":"FederatedUser","arn":"arn:aws:sts::1:federated-user/f","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::1:user/u"}}}`, "arn:aws:iam::1:user/u", "arn:aws:sts::1:federated-user/f", ""},
		{`{"type":"WebIdentityUser","identityProvider":"arn:aws:iam::1:oidc-provider/x"}`, "arn:aws:iam::1:oidc-provider/x", "", ""},
		{`{"type":"AWSAccount","accountId":"999988887777","principalId":"AROA:s"}`, "999988887777", "", ""},
		{`{"type":"AWSService","invokedBy":"bedrock.amazonaws.com"}`, "", "", "bedrock.amazonaws.com"},
		{`{"type":"IAMUser","arn":"arn:aws:iam::1:user/u","invokedBy":"AWS Internal"}`, "arn:aws:iam::1:user/u", "", ""},
	} {
		got := decode(t, `[{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","userIdentity":`+c.id+`}]`)
		if len(got.Usages) != 1 || got.Usages[0].Principal != c.principal || got.Usages[0].Session != c.session || got.Usages[0].Service != c.service {
			t.Errorf("%s: %+v", c.id, got.Usages)
		}
	}
}

func TestActionAndResource(t *testing.T) {
	const (
		here   = "arn:aws:bedrock:eu-central-1:111122223333:"
		lambda = "arn:aws:lambda:eu-central-1:111122223333:function:f"
	)
	for _, c := range []struct{ source, name, rest, action, resource string }{
		{"bedrock", "ConverseStream", `"requestParameters":{"modelId":"eu.anthropic.claude-sonnet-4-20250514-v1:0"}`, "bedrock:InvokeModelWithResponseStream", here + "inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0"},
		{"bedrock", "InvokeModel", `"requestParameters":{"modelId":"arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/x"}`, "bedrock:InvokeModel", here + "provisioned-model/x"},
		{"bedrock", "InvokeModel", `"requestParameters":{"modelId":"my-provisioned"}`, "bedrock:InvokeModel", ""},
		{"bedrock", "InvokeAgent", `"requestParameters":{"agentId":"A","agentAliasId":"B"}`, "bedrock:InvokeAgent", here + "agent-alias/A/B"},
		{"bedrock", "InvokeAgent", `"resources":[{"ARN":"` + here + `guardrail/g"},{"ARN":"` + here + `agent-alias/A/B"}]`, "bedrock:InvokeAgent", here + "agent-alias/A/B"},
		{"bedrock", "Retrieve", `"requestParameters":{"knowledgeBaseId":"K"}`, "bedrock:Retrieve", here + "knowledge-base/K"},
		{"bedrock", "UpdateAgent", `"requestParameters":{"agentId":"A"}`, "bedrock:UpdateAgent", here + "agent/A"},
		{"s3", "GetObject", `"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/k/l"},{"type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}]`, "s3:GetObject", "arn:aws:s3:::b"},
		{"s3", "ListObjects", `"requestParameters":{"bucketName":"b"}`, "s3:ListBucket", "arn:aws:s3:::b"},
		{"lambda", "Invoke", `"resources":[{"ARN":"` + lambda + `:7"}]`, "lambda:InvokeFunction", lambda},
		{"lambda", "UpdateFunctionCode20150331v2", `"requestParameters":{"functionName":"` + lambda + `"}`, "lambda:UpdateFunctionCode", lambda},
		{"lambda", "AddPermission20150331", `"requestParameters":{"functionName":"111122223333:function:f:prod"}`, "lambda:AddPermission", lambda},
		{"dynamodb", "Query", `"resources":[{"ARN":"arn:aws:dynamodb:eu-central-1:111122223333:table/t/index/i"},{"ARN":"arn:aws:dynamodb:eu-central-1:111122223333:table/t"}]`, "dynamodb:Query", "arn:aws:dynamodb:eu-central-1:111122223333:table/t"},
		{"dynamodb", "TransactWriteItems", `"resources":[{"ARN":"arn:aws:dynamodb:eu-central-1:111122223333:table/a"},{"ARN":"arn:aws:dynamodb:eu-central-1:111122223333:table/b"}]`, "dynamodb:TransactWriteItems", ""},
		{"sts", "AssumeRole", `"requestParameters":{"roleArn":"arn:aws:iam::1:role/r"}`, "sts:AssumeRole", "arn:aws:iam::1:role/r"},
		{"secretsmanager", "GetSecretValue", `"requestParameters":{"secretId":"s"}`, "secretsmanager:GetSecretValue", ""},
		{"sqs", "SendMessage", `"requestParameters":{"queueUrl":"https://sqs.eu-central-1.amazonaws.com/111122223333/q"}`, "sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:q"},
		{"monitoring", "PutMetricAlarm", ``, "cloudwatch:PutMetricAlarm", ""},
	} {
		rest := `"eventSource":"` + c.source + `.amazonaws.com","eventName":"` + c.name + `"`
		if c.rest != "" {
			rest += "," + c.rest
		}
		got := decode(t, event(rest))
		if len(got.Usages) != 1 || got.Usages[0].Action != c.action || got.Usages[0].Resource != c.resource {
			t.Errorf("%s %s: %+v", c.name, c.rest, got.Usages)
		}
	}
}

func TestSkipped(t *testing.T) {
	got := decode(t, `[`+invoke("2026-11-20T10:00:00Z")+`,{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/u"}},
	 {"eventSource":"s3.amazonaws.com","eventName":"GetObject","userIdentity":{"type":"IAMUser"}},{"eventSource":"s3.amazonaws.com","eventName":"GetObject","userIdentity":{"type":"IAMUser"}},{}]`)
	if len(got.Usages) != 1 || len(got.Skips) != 3 || got.Skips[1].What != "2 events" {
		t.Errorf("usages %v, skips %v", got.Usages, got.Skips)
	}
}

func TestRecognizeNot(t *testing.T) {
	for _, data := range []string{
		`[]`, `{}`, `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{}}]}`, `{"events":[{"message":"hello"}]}`, `{"Events":[]}`,
	} {
		doc, err := inventory.ParseJSON([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if format, ok := Recognize(doc.Shape("f.json", "")); ok {
			t.Errorf("%s is taken for %q", data, format)
		}
	}
}

// FuzzDecode wants no panic, and folding to keep every event that became a usage.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"Records":[` + invoke("2026-11-20T10:00:00Z") + `]}`))
	f.Add([]byte(`{"Events":[{"CloudTrailEvent":"{}"},{"CloudTrailEvent":"x"},1]}`))
	f.Add([]byte(`{"detail":{"eventSource":"sqs.amazonaws.com","eventName":"x","userIdentity":{"arn":"a"},"requestParameters":{"queueUrl":"https://sqs.a.amazonaws.com//"}}}`))
	f.Add([]byte(`{"digestStartTime":1}`))
	shared, err := filepath.Glob("../../../shared/corpus/6-cloudtrail/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range shared {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out inventory.Facts
		if Decode(inventory.Input{File: "f", Data: data}, &out) != nil {
			return
		}
		count := func() (n int) {
			for _, u := range out.Usages {
				n += u.Count
			}
			return n
		}
		before := count()
		Fold(&out)
		if after := count(); before != after {
			t.Errorf("%d events before folding, %d after", before, after)
		}
	})
}
