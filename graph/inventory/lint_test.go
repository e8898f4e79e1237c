package inventory

import (
	"encoding/json"
	"testing"
)

func TestLint(t *testing.T) {
	policy := func(statement string) PolicyDoc {
		return PolicyDoc{Name: "P", Raw: json.RawMessage(`{"Version":"2012-10-17","Statement":[` + statement + `]}`), Source: Source{File: "f.json", Pointer: "/x"}, Lines: []int{7}}
	}
	for _, c := range []struct{ name, statement, want, at string }{
		{"a known action", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, "", ""},
		{"an action that does not exist", `{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjet"],"Resource":"*"}`,
			"policy P of app: s3:GetObjet stands for no known action", "/x/Statement/0/Action/1"},
		{"a service that does not exist", `{"Effect":"Allow","Action":"s4:*","Resource":"*"}`, "policy P of app: no service is known by the prefix of s4:*", "/x/Statement/0/Action/0"},
		{"a key that does not exist", `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrg":"o-1"}}}`,
			"policy P of app: aws:PrincipalOrg is not a known condition key", "/x/Statement/0/Condition/StringEquals/aws:PrincipalOrg"},
	} {
		f := Facts{Roles: []Role{{Name: "app", Inline: []PolicyDoc{policy(c.statement)}}}}
		f.Lint()
		switch {
		case c.want == "" && len(f.Warnings) > 0:
			t.Errorf("%s: %v", c.name, f.Warnings)
		case c.want != "" && (len(f.Warnings) != 1 || f.Warnings[0].Text != c.want || f.Warnings[0].Source.Pointer != c.at || f.Warnings[0].Source.Line != 7):
			t.Errorf("%s: %+v", c.name, f.Warnings)
		}
	}
	f := Facts{Roles: []Role{{Name: "app", Inline: []PolicyDoc{policy(`{"Effect":"Allow","Action":"s3:GetObjet","Resource":"*"}`)}}}}
	f.Roles[0].Inline[0].Unresolved = []Unresolved{{Statement: 0, Reason: "a parameter has no value"}}
	f.Lint()
	if len(f.Warnings) != 0 {
		t.Errorf("a statement that is not wholly known is warned of elsewhere: %v", f.Warnings)
	}
}
