package inventory

import (
	"testing"

	"github.com/permchain/permchain/graph/iam"
)

// A statement that is not wholly known must never come to "denied by nothing allowing it": the answer is unknown, in
// every element and in both versions of the policy language.
func TestParseUnresolved(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		action    string // "" is s3:GetObject
		want      iam.Decision
	}{
		{"resource", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${unresolved B}/*"}]}`, "", iam.Unknown},
		{"resource, old version", `{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${unresolved B}/*"}]}`, "", iam.Unknown},
		{"whole resource", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"${unresolved B}"}]}`, "", iam.Unknown},
		{"reference read at deployment", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{resolve:ssm:/bucket}}/*"}]}`, "", iam.Unknown},
		{"NotResource", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","NotResource":["${unresolved B}"]}]}`, "", iam.Unknown},
		{"action", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"${unresolved B}","Resource":"*"}]}`, "", iam.Unknown},
		{"NotAction", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["${unresolved B}"],"Resource":"*"}]}`, "", iam.Unknown},
		{"effect", `{"Version":"2012-10-17","Statement":[{"Effect":"${unresolved B}","Action":"s3:GetObject","Resource":"*"}]}`, "", iam.Unknown},
		{"condition", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"${unresolved B}"}}}]}`, "", iam.Unknown},
		{"whole statement", `{"Version":"2012-10-17","Statement":["${unresolved B}"]}`, "", iam.Unknown},
		{"deny", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"${unresolved B}"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`, "", iam.Unknown},

		// What is known of a statement still says what it has nothing to do with.
		{"another service", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"${unresolved B}"}]}`, "s3:PutObject", iam.ImplicitDeny},
		{"known condition", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"${unresolved B}","Condition":{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}}]}`, "", iam.ImplicitDeny},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := PolicyDoc{Raw: []byte(c.doc), Unresolved: []Unresolved{{Statement: 0, Reason: "parameter B has no value"}, {Statement: 9}}}
			doc, err := d.Parse()
			if err != nil {
				t.Fatal(err)
			}
			if doc.Statements[0].Invalid == "" {
				t.Error("the statement counts as one that AWS would take")
			}
			action := c.action
			if action == "" {
				action = "s3:GetObject"
			}
			got := iam.Evaluate(&iam.Request{Action: action, Resource: "arn:aws:s3:::real/object", ResourceAccount: "111122223333",
				Principal: iam.Principal{Kind: iam.PrincipalAWS, ARN: "arn:aws:iam::111122223333:role/r", Account: "111122223333"},
				Context:   iam.NewContext(map[string][]string{"aws:PrincipalAccount": {"111122223333"}})},
				&iam.Policies{Identity: []*iam.Policy{iam.Compile("p", doc)}})
			if got.Decision != c.want {
				t.Errorf("%v, want %v", got.Decision, c.want)
			}
		})
	}
}

func TestParseResolved(t *testing.T) {
	d := PolicyDoc{Raw: []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)}
	doc, err := d.Parse()
	if err != nil || doc.Statements[0].Invalid != "" {
		t.Errorf("%v %+v", err, doc)
	}
	if _, err := (&PolicyDoc{Raw: []byte(`[]`)}).Parse(); err == nil {
		t.Error("a list was taken for a policy document")
	}
}
