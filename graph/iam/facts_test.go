package iam

import (
	"slices"
	"testing"
)

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func TestFacts(t *testing.T) {
	role := Facts{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/svc/app"}, Tags: map[string]string{"Team": "chat"}, OrgID: "o-one"}.Context()
	user := Facts{Principal: Principal{ARN: "arn:aws:iam::111122223333:user/people/ann"}, NoOrg: true}.Context()
	service := Facts{Principal: Principal{Kind: PrincipalService, Service: "bedrock.amazonaws.com"}, SourceAccount: "111122223333"}.Context()
	anyone := Facts{Principal: Principal{Kind: PrincipalAnonymous}}.Context()
	session := Facts{Principal: Principal{ARN: "arn:aws:sts::111122223333:assumed-role/app/s"}}.Context()
	for _, c := range []struct {
		name  string
		ctx   *Context
		key   string
		p     Presence
		value string
	}{
		{"role", &role, "AWS:PrincipalARN", Present, "arn:aws:iam::111122223333:role/svc/app"},
		{"role", &role, "aws:PrincipalTag/team", Present, "chat"},
		{"role", &role, "aws:PrincipalTag/owner", Absent, ""},
		{"role", &role, "aws:PrincipalOrgID", Present, "o-one"},
		{"role", &role, "aws:SourceAccount", Absent, ""},
		{"role", &role, "aws:username", Absent, ""},
		{"role", &role, "aws:SourceIp", NotKnown, ""},
		{"role", &role, "aws:SecureTransport", ValueUnknown, ""},
		{"user", &user, "aws:username", Present, "ann"},
		{"user", &user, "aws:PrincipalTag/team", NotKnown, ""},
		{"user", &user, "aws:PrincipalOrgID", Absent, ""},
		{"service", &service, "aws:PrincipalIsAWSService", Present, "true"},
		{"service", &service, "aws:SourceAccount", Present, "111122223333"},
		{"service", &service, "aws:SourceArn", NotKnown, ""},
		{"service", &service, "aws:PrincipalArn", Absent, ""},
		{"anyone", &anyone, "aws:PrincipalType", Present, "Anonymous"},
		{"session", &session, "aws:PrincipalArn", ValueUnknown, ""},
	} {
		v, p := c.ctx.Get(c.key)
		if p != c.p || c.p == Present && !slices.Equal(v, []string{c.value}) {
			t.Errorf("%s: %s is %v %q, want %v %q", c.name, c.key, p, v, c.p, c.value)
		}
	}
}

func TestLint(t *testing.T) {
	doc, err := Parse([]byte(`{"Statement":[
		{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjekt","nosuch:Thing","bedrock:Invoke*"],"Resource":"*",
		 "Condition":{"StringEquals":{"aws:PrincipalTag/team":"a","aws:PrincipleOrgID":"o","bedrock:GuardrailIdentifier":"g","s3:ExistingObjectTag/class":"x","s3:Nope":"y","token.actions.githubusercontent.com:sub":"z"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range Lint(doc) {
		got = append(got, p.Pointer+" "+p.Message)
	}
	want := []string{"/Statement/0/Action/1 s3:GetObjekt stands for no known action", "/Statement/0/Action/2 no service is known by the prefix of nosuch:Thing",
		"/Statement/0/Condition/StringEquals/aws:PrincipleOrgID aws:PrincipleOrgID is not a known condition key", "/Statement/0/Condition/StringEquals/s3:Nope s3:Nope is not a known condition key"}
	if !slices.Equal(got, want) {
		t.Errorf("Lint: %q\nwant %q", got, want)
	}
}

func TestLintAs(t *testing.T) {
	doc, err := Parse([]byte(`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
		{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for layer, want := range map[Layer][]string{
		LayerIdentity: {"/Statement/1"}, LayerBoundary: {"/Statement/1"}, LayerSession: {"/Statement/1"}, LayerSCP: {"/Statement/1"},
		LayerResource: {"/Statement/0"}, LayerEndpoint: nil,
		LayerRCP: {"/Statement/0", "/Statement/0/Effect", "/Statement/1/Principal"},
	} {
		var got []string
		for _, p := range LintAs(doc, layer) {
			got = append(got, p.Pointer)
			if !p.Refused {
				t.Errorf("%s: %v is a warning", layer, p)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", layer, got, want)
		}
	}
}

// TestAskerFixed asks what policies do not decide, through an index.
func TestAskerFixed(t *testing.T) {
	admin := mustCompile(t, "admin", []byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	x := NewIndex([]Subject{
		{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/admin"}, Identity: []*Policy{admin}},
		{Principal: Principal{Kind: PrincipalAnonymous}},
	})
	a := x.Asker()
	for _, c := range []struct {
		action, resource string
		want             [2]Decision
	}{
		{"iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", [2]Decision{ImplicitDeny, ImplicitDeny}},
		{"sts:GetCallerIdentity", "*", [2]Decision{Allow, ImplicitDeny}},
		{"kms:DeleteAlias", "arn:aws:kms:us-east-1:111122223333:alias/aws/s3", [2]Decision{ImplicitDeny, ImplicitDeny}},
		{"iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", [2]Decision{Allow, ImplicitDeny}},
	} {
		a.About(&Target{Action: c.action, Resource: c.resource})
		for i, want := range c.want {
			if got := a.Decide(i).Decision; got != want {
				t.Errorf("%s on %s, subject %d: %v, want %v", c.action, c.resource, i, got, want)
			}
			if got := a.Explain(i).Decision; got != want {
				t.Errorf("explain %s on %s, subject %d: %v, want %v", c.action, c.resource, i, got, want)
			}
		}
	}
}
