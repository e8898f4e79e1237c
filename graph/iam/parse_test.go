package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseProblems(t *testing.T) {
	for _, c := range []struct {
		name, in string
		pointer  string // of a problem that must be there
		message  string // part of it
		invalid  bool   // the first statement's effect is then unknown
	}{
		{"mis-cased element", `{"Statement":[{"effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Statement/0/effect", `must be written "Effect"`, true},
		{"repeated element", `{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Statement/0/Effect", "stands twice", true},
		{"repeated Statement", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}],"Statement":[]}`, "/Statement", "stands twice", true},
		{"unknown element", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Actions":"s3:Get*"}}`, "/Statement/Actions", "not an element", true},
		{"both Action and NotAction", `{"Statement":[{"Effect":"Allow","Action":"s3:*","NotAction":"iam:*","Resource":"*"}]}`, "/Statement/0", "both Action and NotAction", true},
		{"no action", `{"Statement":[{"Effect":"Allow","Resource":"*"}]}`, "/Statement/0", "must have Action", true},
		{"effect in lower case", `{"Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}`, "/Statement/0/Effect", `must be "Allow"`, true},
		{"wrong type", `{"Statement":[{"Effect":"Allow","Action":{"a":1},"Resource":"*"}]}`, "/Statement/0/Action", "must be a string", true},
		{"number among actions", `{"Statement":[{"Effect":"Allow","Action":["s3:*",1],"Resource":"*"}]}`, "/Statement/0/Action", "strings only", true},
		{"operator", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"a":"b"}}}]}`, "/Statement/0/Condition/StringIs", "not a condition operator", true},
		{"Null with IfExists", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NullIfExists":{"a":"true"}}}]}`, "/Statement/0/Condition/NullIfExists", "not a condition operator", true},
		{"condition key twice in other case", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true","AWS:securetransport":"false"}}}]}`, "/Statement/0/Condition/Bool/AWS:securetransport", "stands twice", true},
		{"resource that is no ARN", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}`, "/Statement/0/Resource/0", "neither an ARN nor *", true},
		{"action without a service", `{"Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}`, "/Statement/0/Action/0", "no service prefix", true},
		{"wildcard in the service", `{"Statement":[{"Effect":"Allow","Action":"s*:Get*","Resource":"*"}]}`, "/Statement/0/Action/0", "cannot hold a wildcard", true},
		{"version", `{"Version":"2012-10-18","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Version", "2012-10-17", true},
		{"no statement", `{"Version":"2012-10-17"}`, "", "no Statement", false},
		{"empty Action", `{"Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}`, "/Statement/0/Action", "is empty", true},
		{"statement that is no object", `{"Statement":["x"]}`, "/Statement/0", "must be an object", true},
		{"blank action", `{"Statement":[{"Effect":"Allow","Action":"s3: ","Resource":"*"}]}`, "/Statement/0/Action/0", "no action can be named", false},
		{"short ARN", `{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs"}]}`, "/Statement/0/Resource/0", "is short", false},
		{"both Resource and NotResource", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","NotResource":"arn:aws:s3:::x"}]}`, "/Statement/0", "both Resource and NotResource", true},
		{"both Principal and NotPrincipal", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*","NotPrincipal":{"AWS":"111122223333"}}]}`, "/Statement/0", "both Principal and NotPrincipal", true},
		{"effect twice in other case", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","EFFECT":"Deny"}]}`, "/Statement/0/EFFECT", `must be written "Effect"`, true},
		{"effect that is a list", `{"Statement":[{"Effect":["Allow"],"Action":"s3:*","Resource":"*"}]}`, "/Statement/0/Effect", `must be "Allow"`, true},
		{"no effect", `{"Statement":[{"Action":"s3:*","Resource":"*"}]}`, "/Statement/0/Effect", `must be "Allow"`, true},
		{"mis-cased Statement", `{"statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/statement", `must be written "Statement"`, true},
		{"unknown key beside Statement", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}],"Comment":"x"}`, "/Comment", "not an element", true},
		{"Version that is a number", `{"Version":2012,"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Version", "2012-10-17", true},
		{"Id that is a number", `{"Id":1,"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Id", "must be a string", true},
		{"Sid that is a number", `{"Statement":[{"Sid":1,"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, "/Statement/0/Sid", "must be a string", true},
		{"Statement that is a string", `{"Statement":"x"}`, "/Statement", "must be a list", false},
		{"null statement", `{"Statement":[null]}`, "/Statement/0", "must be an object", true},
		{"Resource that is null", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":null}]}`, "/Statement/0/Resource", "must be a string", true},
		{"Resource that is empty", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":[]}]}`, "/Statement/0/Resource", "is empty", true},
		{"NotAction and no service", `{"Statement":[{"Effect":"Allow","NotAction":["iam"],"Resource":"*"}]}`, "/Statement/0/NotAction/0", "no service prefix", true},
		{"second resource", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["*","s3:bucket"]}]}`, "/Statement/0/Resource/1", "neither an ARN nor *", true},
		{"Condition that is a list", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]}]}`, "/Statement/0/Condition", "must be an object", true},
		{"operator that is a list", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":["x"]}}]}`, "/Statement/0/Condition/Bool", "object of keys", true},
		{"operator twice", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"a":"true"},"Bool":{"b":"true"}}}]}`, "/Statement/0/Condition/Bool", "stands twice", true},
		{"set operator that is none", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForSomeValues:StringEquals":{"a":"b"}}}]}`, "/Statement/0/Condition/ForSomeValues:StringEquals", "not a condition operator", true},
		{"Principal that is a number", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":1}]}`, "/Statement/0/Principal", "must be", true},
		{"kind of principal", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"aws":"111122223333"}}]}`, "/Statement/0/Principal/aws", `must be written "AWS"`, true},
		{"wildcard in a principal", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/*"]}}]}`, "/Statement/0/Principal/AWS/1", "without wildcards", true},
		{"principal that is a name", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"admin"}}]}`, "/Statement/0/Principal/AWS/0", "names no principal", true},
		{"NotPrincipal with Allow", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","NotPrincipal":{"AWS":"111122223333"}}]}`, "/Statement/0/NotPrincipal", "does not support", false},
		{"over-long", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::` + strings.Repeat("x", awsDocument) + `"}]}`, "", "more than any kind of policy may have", false},
		{"Sid twice", `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"sqs:*","Resource":"*"},{"Sid":"A","Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`, "/Statement/1/Sid", "statement 0 too", false},
		{"key with a slash", `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:RequestTag/x":{}}}}]}`, "/Statement/0/Condition/Bool/aws:RequestTag~1x", "must be a string", true},
	} {
		doc, err := Parse([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		found := false
		for _, p := range doc.Problems {
			found = found || p.Pointer == c.pointer && strings.Contains(p.Message, c.message)
		}
		if !found {
			t.Errorf("%s: problems %v, want one at %q with %q", c.name, doc.Problems, c.pointer, c.message)
		}
		if len(doc.Statements) == 0 {
			continue
		}
		p := Compile("p", doc)
		if got := p.statements[0].invalid != ""; got != c.invalid {
			t.Errorf("%s: invalid is %v (%s)", c.name, got, p.statements[0].invalid)
		}
		if c.invalid {
			// Whatever it says, it is never an Allow, and never hides that it might be a Deny.
			req := Request{Principal: Principal{ARN: "arn:aws:iam::111122223333:user/u"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/1"}
			for _, policies := range []*Policies{{Identity: []*Policy{p}}, {Resource: p}, {Identity: []*Policy{p}, Boundary: []*Policy{p}, SCP: []Level{{"r", []*Policy{p}}}}} {
				if d := Evaluate(&req, policies).Decision; d == Allow {
					t.Errorf("%s: allowed", c.name)
				}
			}
			// What is allowed elsewhere is not known where it might be a Deny of that action, and an Allow of it changes nothing.
			admin := mustCompile(t, "admin", []byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
			want := Unknown
			if p.statements[0].effect == EffectAllow {
				want = Allow
			}
			if d := Evaluate(&req, &Policies{Identity: []*Policy{admin, p}}).Decision; d != want && !strings.HasPrefix(c.pointer, "/Statement/0/Action") && !strings.HasPrefix(c.pointer, "/Statement/0/NotAction") {
				t.Errorf("%s: beside an allow %v, want %v", c.name, d, want)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", "unexpected EOF"},
		{"not JSON", "hello", "want a value"},
		{"truncated", `{"Statement":[{"Effect":"All`, "unexpected EOF"},
		{"a list", `[]`, "want an object, got a list"},
		{"two documents", `{"Statement":[]}{}`, "something follows"},
		{"nested", strings.Repeat("[", 1000), "nested more than"},
		{"nested in an object", `{"Statement":` + strings.Repeat(`{"a":`, 500), "nested more than"},
		{"keys without end", `{"Statement":[{` + strings.Repeat(`"a":1,`, 100_000), "more than 1024 keys"},
		{"too long", `{"Id":"` + strings.Repeat("x", maxDocument) + `"}`, "bytes, more than"},
	} {
		doc, err := Parse([]byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want an error with %q", c.name, doc, err, c.want)
		}
	}
}

func TestParseBounds(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(`{"Statement":[`)
	for range 5000 {
		b.WriteString(`{"Effect":"Nope"},`)
	}
	b.WriteString(`{}]}`)
	doc, err := Parse(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Problems) > maxProblems {
		t.Errorf("%d problems kept, want at most %d", len(doc.Problems), maxProblems)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`,
		`{"Statement":{"Effect":"Deny","NotAction":["iam:*"],"NotResource":"arn:aws:s3:::${aws:username}/*","Principal":{"AWS":["1"],"Service":"x"},"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a*",true,1.5]}}}}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*:*","Resource":["arn:aws","${*}"],"Condition":{"IpAddress":{"aws:SourceIp":"::1/200"},"DateLessThan":{"aws:CurrentTime":"2024"},"NumericLessThan":{"a":"1e999"},"Null":{"b":"x"}}}]}`,
		`{"Statement":[[]]}`, `{"Statement":null}`, "{", `{"\u0000":1}`,
	} {
		f.Add([]byte(s))
	}
	for _, name := range []string{"AmazonBedrockFullAccess", "AmazonS3ReadOnlyAccess", "PowerUserAccess"} {
		f.Add([]byte(loadManaged().Policies["arn:aws:iam::aws:policy/"+name]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkReader(t, data)
		doc, err := Parse(data)
		if err != nil {
			return
		}
		p := Compile("p", doc)
		for _, ctx := range []Context{NewContext(nil), Discover(map[string][]string{"aws:SourceIp": {"::1"}, "a": {"1"}})} {
			for _, res := range []string{"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/1", ""} {
				req := Request{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: res, Context: ctx}
				all := &Policies{Identity: []*Policy{p}, Resource: p, Boundary: []*Policy{p}, SCP: []Level{{"root", []*Policy{p}}}}
				start := time.Now()
				r := EvaluateSet(&req, all)
				if d := time.Since(start); d > 2*time.Second {
					t.Errorf("takes %v", d)
				}
				if d := Evaluate(&req, all).Decision; d != r.Decision {
					t.Errorf("Evaluate says %v, EvaluateSet %v", d, r.Decision)
				}
				if r.Decision == Allow && len(doc.Statements) == 0 {
					t.Error("allowed by nothing")
				}
			}
		}
	})
}

// checkReader holds the JSON reader against encoding/json.
func checkReader(t *testing.T, data []byte) {
	r := &reader{data: string(data)}
	v, err := r.value()
	r.space()
	if e := fmt.Sprint(err); strings.Contains(e, "nested more") || strings.Contains(e, "more than 1024 keys") {
		return
	}
	if ok := err == nil && r.pos == len(data); ok != json.Valid(data) {
		t.Fatalf("%q: read is %v (%v), json.Valid %v", data, ok, err, json.Valid(data))
	}
	if s, ok := v.(string); ok && err == nil && r.pos == len(data) {
		var want string
		if err := json.Unmarshal(data, &want); err != nil || s != want {
			t.Fatalf("%q: read %q, encoding/json %q", data, s, want)
		}
	}
}

func TestReader(t *testing.T) {
	for _, s := range []string{`"a"`, `"\u00e9\n\"\\\/\b\f\r\t"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\u12"`, `"\x"`, "\"\xff\"", "\"\x01\"",
		`-0.5e+3`, `01`, `1.`, `1e`, `-`, `.5`, `+1`, `tru`, `true`, `[1,]`, `[1 2]`, `{"a":1,}`, `{"a"}`, `{,}`, `[`, `{"a":[{}],"a":null}`, ` [ ] `, `"\u+123"`, `nul`, `""x`, `"é\n€"`} {
		checkReader(t, []byte(s))
	}
}
