package resourcepolicy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph/inventory"
)

func wrap(policy string) string { return fmt.Sprintf(`{"Policy": %q}`, policy) }

func statement(body string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},` + body + `}]}`
}

func TestDecode(t *testing.T) {
	const (
		key    = "1234abcd-12ab-34cd-56ef-1234567890ab"
		keyDoc = `"Action":"kms:*","Resource":"*"`
	)
	for _, c := range []struct {
		name, data   string
		in           inventory.Input
		want, reason string // the ARN, or a part of why it is unknown
		inferred     bool
	}{
		{"bucket by its statement", wrap(statement(`"Action":"s3:GetObject","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/logs/*"]`)), inventory.Input{}, "arn:aws:s3:::b", "", false},
		{"two buckets", wrap(statement(`"Action":"s3:GetObject","Resource":["arn:aws:s3:::b","arn:aws:s3:::c/*"]`)), inventory.Input{}, "", "arn:aws:s3:::b and arn:aws:s3:::c", false},
		{"bucket by file name", wrap(statement(`"Action":["s3:GetObject","S3:PutObject"],"Resource":"arn:aws:s3:::*"`)), inventory.Input{File: "d/get-bucket-policy-hr-payroll.json"}, "arn:aws:s3:::hr-payroll", "", true},
		{"bucket by file name, the other way", wrap(statement(`"Action":"s3:*","Resource":"*"`)), inventory.Input{File: "hr-payroll.bucket-policy.json"}, "arn:aws:s3:::hr-payroll", "", true},
		{"nothing to go by", wrap(statement(`"Action":"s3:GetObject","Resource":"*"`)), inventory.Input{File: "policy.json"}, "", `statements name only "*"; name the file after it`, false},
		{"access point", wrap(statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/*"`)), inventory.Input{}, "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", "", false},
		{"function", wrap(statement(`"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:f"`)), inventory.Input{}, "arn:aws:lambda:eu-west-1:111122223333:function:f", "", false},
		{"key, nothing known", wrap(statement(keyDoc)), inventory.Input{File: "get-key-policy-invocations.json", Account: "111122223333", Region: "eu-west-1"}, "", "does not say which key", false},
		{"key by file name", wrap(statement(keyDoc)), inventory.Input{File: "key-policy-" + key + ".json", Account: "111122223333", Region: "eu-west-1"}, "arn:aws:kms:eu-west-1:111122223333:key/" + key, "", true},
		{"key by file name, no account", wrap(statement(keyDoc)), inventory.Input{File: "key-policy-" + key + ".json"}, "", "account and Region of key " + key, false},
		{"key by the user", wrap(statement(keyDoc)), inventory.Input{As: "arn:aws:kms:eu-west-1:111122223333:key/x"}, "arn:aws:kms:eu-west-1:111122223333:key/x", "", false},
		{"secret", `{"ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf","Name":"s","ResourcePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`, inventory.Input{}, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf", "", false},
		{"secret without", `{"ARN":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf","Name":"s"}`, inventory.Input{}, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf", "", false},
		{"queue", `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111122223333:q","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}}`, inventory.Input{}, "arn:aws:sqs:eu-west-1:111122223333:q", "", false},
		{"queue without", `{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:111122223333:q"}}`, inventory.Input{}, "arn:aws:sqs:eu-west-1:111122223333:q", "", false},
		{"repository", `{"registryId":"111122223333","repositoryName":"app","policyText":"{\"Version\":\"2008-10-17\",\"Statement\":[]}"}`, inventory.Input{Region: "eu-west-1"}, "arn:aws:ecr:eu-west-1:111122223333:repository/app", "", false},
		{"repository, no Region", `{"registryId":"111122223333","repositoryName":"app","policyText":"{\"Version\":\"2008-10-17\",\"Statement\":[]}"}`, inventory.Input{}, "", "does not say the Region", false},
		{"table", wrap(statement(`"Action":"dynamodb:Query","Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*"`)), inventory.Input{}, "arn:aws:dynamodb:eu-west-1:111122223333:table/t", "", false},
		{"unreadable", `{"Policy": "{\"Version\": "}`, inventory.Input{}, "", "cannot be read", false},
		{"bare", statement(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`), inventory.Input{File: "x.json"}, "arn:aws:s3:::b", "", false},
		{"bare by the user", statement(`"Action":"s3:GetObject","Resource":"*"`), inventory.Input{As: "arn:aws:s3:::b"}, "arn:aws:s3:::b", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Data = []byte(c.data)
			doc, err := inventory.ParseJSON(c.in.Data)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := Recognize(doc.Shape(c.in.File, c.in.As)); !ok {
				t.Fatal("not recognised")
			}
			var out inventory.Facts
			if err := Decode(c.in, &out); err != nil {
				t.Fatal(err)
			}
			if len(out.ResourcePolicies) != 1 {
				t.Fatalf("%d policies; skips %v", len(out.ResourcePolicies), out.Skips)
			}
			rp := out.ResourcePolicies[0]
			if rp.Resource.Value != c.want || (c.reason == "") != (rp.Resource.Unknown == "") || !strings.Contains(rp.Resource.Unknown, c.reason) {
				t.Errorf("resource %+v, want %q %q", rp.Resource, c.want, c.reason)
			}
			if (len(out.Inferred) > 0) != c.inferred || (len(out.Warnings) > 0) != (c.reason != "") {
				t.Errorf("inferred %v, warnings %v", out.Inferred, out.Warnings)
			}
			if rp.Document.Raw == nil && rp.Document.Unknown == "" {
				t.Error("no document and no reason")
			}
		})
	}
}

func TestBareSkipped(t *testing.T) {
	for _, c := range []struct{ data, why string }{
		{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "does not say what it is attached to"},
		{statement(`"Action":"sts:AssumeRole"`), "trust policy"},
		{statement(`"Action":"s3:GetObject","Resource":"*"`), "which resource it sits on"},
		{`{"Statement":[]}`, "no statements"},
		{`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*"},{"Effect":"Allow","Action":"s3:*"}]}`, "some of its statements"},
		{`{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`, "which resource it sits on"},
	} {
		var out inventory.Facts
		if err := Decode(inventory.Input{File: "x.json", Data: []byte(c.data)}, &out); err != nil {
			t.Fatal(err)
		}
		if out.Count() != 0 || len(out.Skips) != 1 || !strings.Contains(out.Skips[0].Why, c.why) {
			t.Errorf("%s: took %d, skips %v", c.data, out.Count(), out.Skips)
		}
	}
}

func TestBareResourceControl(t *testing.T) {
	var out inventory.Facts
	err := Decode(inventory.Input{File: "d/perimeter.json", Data: []byte(`{"Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:*","sqs:*"],"Resource":"*"}]}`)}, &out)
	if err != nil || len(out.OrgPolicies) != 1 || out.OrgPolicies[0].Name != "perimeter" || out.OrgPolicies[0].Type != "RESOURCE_CONTROL_POLICY" || len(out.Inferred) != 1 {
		t.Errorf("%v: %+v", err, out)
	}
}

func TestRecognizeNot(t *testing.T) {
	for _, data := range []string{
		`[]`, `{"Policy":{"PolicySummary":{}}}`, `{"Policy":"deny"}`, `{"Statement":[{"Sid":"x"}]}`, `{"Statement":[{"Effect":"Allow"}],"Resources":{}}`,
		`{"ARN":"arn:aws:s3:::b","Name":"s"}`, `{"Attributes":{"a":"b"}}`,
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

// FuzzDecode wants no panic, and that a policy is either on a known resource or says why not.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{wrap(statement(`"Action":"s3:*","Resource":"arn:aws:s3:::b"`)), `{"Attributes":{"Policy":"%7B%7D"}}`, statement(`"Action":[],"Resource":[1]`),
		`{"Statement":[{"Effect":"Deny","Principal":"*","Action":["a:*","b:*"]}]}`, `{"policyText":"{\"Version\":1}","repositoryName":"r"}`, `{"Policy":"{\"Version\":1,\"Statement\":{\"Resource\":\"arn:aws:dynamodb:::table//\"}}"}`} {
		f.Add([]byte(s))
	}
	shared, err := filepath.Glob("../../../shared/corpus/5-policies/*/*.json")
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
		if Decode(inventory.Input{File: "get-bucket-policy-b-1.json", Data: data}, &out) != nil {
			return
		}
		for _, p := range out.ResourcePolicies {
			if (p.Resource.Value == "") == (p.Resource.Unknown == "") || p.Document.Raw == nil && p.Document.Unknown == "" {
				t.Errorf("%+v", p)
			}
		}
	})
}
