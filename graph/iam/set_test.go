package iam

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEvaluateSet(t *testing.T) {
	stmt := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	allow := func(resources ...string) string {
		return `{"Effect":"Allow","Action":"s3:GetObject","Resource":["` + strings.Join(resources, `","`) + `"]}`
	}
	deny := func(resources ...string) string {
		return `{"Effect":"Deny","Action":"s3:GetObject","Resource":["` + strings.Join(resources, `","`) + `"]}`
	}
	for _, c := range []struct {
		name               string
		identity, boundary string
		missing            Layer
		resource           string
		decision           Decision
		reach              Reach
		parts, holes       []string
	}{
		{name: "all of it", identity: allow("*"), resource: "arn:aws:s3:::b/*", decision: Allow, reach: All, parts: []string{"arn:aws:s3:::b/*"}},
		{name: "none of it", identity: allow("arn:aws:s3:::c/*"), resource: "arn:aws:s3:::b/*", decision: ImplicitDeny, reach: None},
		{name: "two folders", identity: allow("arn:aws:s3:::b/x/*", "arn:aws:s3:::b/y/*"), resource: "arn:aws:s3:::b/*", decision: Allow, reach: Part,
			parts: []string{"arn:aws:s3:::b/x/*", "arn:aws:s3:::b/y/*"}},
		{name: "crossing patterns", identity: allow("arn:aws:s3:::*/*.iso"), resource: "arn:aws:s3:::b/*", decision: Allow, reach: Part, parts: []string{"arn:aws:s3:::b/*.iso"}},
		{name: "a hole across", identity: allow("arn:aws:s3:::b/*") + "," + deny("arn:aws:s3:::*/AWSLogs/*"), resource: "arn:aws:s3:::b/*", decision: Allow, reach: All,
			parts: []string{"arn:aws:s3:::b/*"}, holes: []string{"arn:aws:s3:::b/*/AWSLogs/*", "arn:aws:s3:::b/AWSLogs/*"}},
		{name: "what two limits leave", identity: allow("arn:aws:s3:::b/x/*"), boundary: allow("arn:aws:s3:::*/2024/*"), resource: "arn:aws:s3:::b/*", decision: Allow, reach: Part,
			parts: []string{"arn:aws:s3:::b/x/*/2024/*", "arn:aws:s3:::b/x/2024/*"}},
		{name: "limits that do not meet", identity: allow("arn:aws:s3:::b/x/*"), boundary: allow("arn:aws:s3:::b/y/*"), resource: "arn:aws:s3:::b/*", decision: ImplicitDeny, reach: None},
		{name: "all denied", identity: allow("*") + "," + deny("arn:aws:s3:::b*"), resource: "arn:aws:s3:::b/*", decision: ExplicitDeny, reach: None},
		{name: "denied but for a folder", identity: allow("*") + `,{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::b/public/*"}`, resource: "arn:aws:s3:::b/*",
			decision: Allow, reach: Part, parts: []string{"arn:aws:s3:::b/public/*"}},
		{name: "with something missing, what is known is said", identity: allow("arn:aws:s3:::b/x/*"), missing: LayerResource, resource: "arn:aws:s3:::b/*", decision: Unknown, reach: Part,
			parts: []string{"arn:aws:s3:::b/x/*"}},
		{name: "one resource", identity: allow("arn:aws:s3:::b/x"), resource: "arn:aws:s3:::b/x", decision: Allow, reach: All, parts: []string{"arn:aws:s3:::b/x"}},
	} {
		p := &Policies{Identity: []*Policy{mustCompile(t, "identity", []byte(stmt(c.identity)))}}
		if c.boundary != "" {
			p.Boundary = []*Policy{mustCompile(t, "boundary", []byte(stmt(c.boundary)))}
		}
		if c.missing != "" {
			p.Missing = []Missing{{c.missing, "not imported"}}
		}
		req := Request{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: c.resource, Context: Discover(nil)}
		r := EvaluateSet(&req, p)
		slices.Sort(r.Parts)
		if r.Decision != c.decision || r.Reach != c.reach || !slices.Equal(r.Parts, c.parts) || !slices.Equal(r.Holes, c.holes) {
			t.Errorf("%s: %v, %v of it: %q but %q", c.name, r.Decision, r.Reach, r.Parts, r.Holes)
		}
		if len(c.holes) > 0 && len(r.Denies) == 0 {
			t.Errorf("%s: no statement makes the holes", c.name)
		}
	}
}

// TestEvaluateSetOverflow asks what cannot be told apart within bounds: the answer is unknown where it is not known, and
// what is known stands.
func TestEvaluateSetOverflow(t *testing.T) {
	var deny []string
	for i := range 40 {
		deny = append(deny, fmt.Sprintf(`{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*k%d*","Condition":{"StringEquals":{"aws:PrincipalTag/t%d":"x"}}}`, i, i))
	}
	doc := `{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},` + strings.Join(deny, ",") + `]}`
	req := Request{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", Context: Discover(nil)}
	r := EvaluateSet(&req, &Policies{Identity: []*Policy{mustCompile(t, "many", []byte(doc))}})
	if n := len(r.Answers); n > maxParts {
		t.Errorf("%d parts, want at most %d", n, maxParts)
	}
	unknown := 0
	for _, a := range r.Answers {
		if a.Result.Decision == Unknown {
			unknown++
		}
		if a.Result.Decision == Allow && a.Pattern != "arn:aws:s3:::b/*" {
			t.Errorf("%s is allowed whatever its conditions", a.Pattern)
		}
	}
	if unknown == 0 {
		t.Error("nothing is unknown")
	}
}

func TestReadCases(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"{\"kind\":\"header\"}\n\n{", "line 3"},
		{`{"kind":"other"}`, "neither decision nor match"},
	} {
		if _, err := ReadCases(strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want an error with %q", c.in, err, c.want)
		}
	}
	// A case that expects the wrong thing fails, and says what came out.
	cases, err := ReadCases(strings.NewReader(`{"id":"x","kind":"decision","request":{"principal":{"type":"aws","arn":"arn:aws:iam::111122223333:role/app"},"action":"s3:GetObject","resource":{"arn":"arn:aws:s3:::b/1"},"context":{}},"policies":{"identity":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}]},"expect":{"decision":"explicit_deny"}}
{"id":"y","kind":"decision","request":{"principal":{"type":"aws"},"action":"s3:GetObject","resource":{"arn":"*"},"context":{}},"policies":{"identity":["no"]},"expect":{"decision":"allow"}}`))
	if err != nil || len(cases) != 2 {
		t.Fatal(cases, err)
	}
	if o := cases[0].Run(); o.Pass || o.Got != "allow" || o.Want != "explicit_deny" || o.Why == "" {
		t.Errorf("%+v", o)
	}
	if o := cases[1].Run(); o.Pass || o.Got != "error" {
		t.Errorf("%+v", o)
	}
}
