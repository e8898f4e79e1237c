package iam

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReference(t *testing.T) {
	a, m := DataVersion()
	if a == "" || m == "" {
		t.Fatalf("versions %q and %q", a, m)
	}
	aDay, mDay := DataDates()
	for _, day := range []string{aDay, mDay} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			t.Error(err)
		}
	}
	if n := len(Services()); n < 300 {
		t.Errorf("%d services", n)
	}
	get, ok := LookupAction("S3:getobject")
	if !ok || get.String() != "s3:GetObject" || get.Access != "Read" || !slices.Contains(get.Resources, "object") {
		t.Errorf("s3:GetObject is %+v", get)
	}
	for action, access := range map[string]string{"s3:ListBucket": "List", "bedrock:InvokeModel": "Read", "iam:PutRolePolicy": "Permissions management", "bedrock:TagResource": "Tagging", "s3:PutObject": "Write"} {
		if a, ok := LookupAction(action); !ok || a.Access != access {
			t.Errorf("%s has access %q, want %q", action, a.Access, access)
		}
	}
	if !ResourceLess("s3:ListAllMyBuckets") || ResourceLess("s3:GetObject") || ResourceLess("none:Such") {
		t.Error("ResourceLess")
	}
	all := ActionCount("s3:*")
	if all != len(Actions("s3")) || all < 100 || ActionCount("s3:get*") >= all || ActionCount("s3:get*") != len(MatchingActions("S3:Get*")) {
		t.Errorf("s3:* stands for %d actions, s3:Get* for %d", all, ActionCount("s3:get*"))
	}
	if ActionCount("*") < 10_000 || ActionCount("nothing") != 0 || ActionCount("s3:") != 0 {
		t.Error("ActionCount")
	}
	for _, rt := range ResourceTypes("bedrock") {
		if p := rt.Pattern(); !strings.HasPrefix(p, "arn:*:bedrock:") || strings.Contains(p, "${") {
			t.Errorf("%s has the pattern %q", rt.Name, p)
		}
	}
	if !RCPSupports("s3") || RCPSupports("bedrock") {
		t.Error("RCPSupports")
	}
	if ServiceName("bedrock") != "Amazon Bedrock" {
		t.Errorf("bedrock is %q", ServiceName("bedrock"))
	}
}

// TestManagedPolicies reads every embedded policy: each parses, and AWS would refuse none of them.
func TestManagedPolicies(t *testing.T) {
	arns := ManagedPolicies()
	if len(arns) < 1000 {
		t.Errorf("%d policies", len(arns))
	}
	for _, a := range arns {
		doc, ok := ManagedPolicy(a)
		if !ok {
			t.Errorf("%s does not parse", a)
			continue
		}
		p := Compile(a, doc)
		for i := range p.statements {
			if p.statements[i].invalid != "" {
				t.Errorf("%s statement %d: %s", a, i, p.statements[i].invalid)
			}
		}
	}
	if _, ok := ManagedPolicy("arn:aws:iam::aws:policy/NoSuchPolicy"); ok {
		t.Error("a policy that does not exist")
	}
}
