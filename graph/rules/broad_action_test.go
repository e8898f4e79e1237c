package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/rules"
)

const (
	s3Star  = `{"Sid": "AgentAccess", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}`
	allStar = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
)

// support is the assistant of the worked example: wired to product-docs, able to read everything.
func support() *world {
	w := &world{intent: declared()}
	w.policy("support-agent-role inline", "AgentAccess", s3Star)
	w.node("Customers", graph.KindFederated).node("support-app", graph.KindRole, roleClass(graph.RoleRuntime), env("prod"))
	w.node("support-agent", graph.KindAgent, env("prod"), runsAs("support-agent-role"))
	w.node("support-agent-role", graph.KindRole, roleClass(graph.RoleRuntime), env("prod"))
	w.node("product-docs", graph.KindBucket, class("public"), env("prod")).node("hr-payroll", graph.KindBucket, class("restricted"), env("prod"))
	w.node("every bucket", graph.KindBucket, every("arn:aws:s3:::*"))
	w.link("Customers", graph.Assumes, "support-app", wired).link("support-app", graph.Invokes, "support-agent")
	opts := []edgeOption{as("support-agent-role"), by("support-agent-role inline", 0), needs("s3:GetObject")}
	w.link("support-agent", graph.Reads, "every bucket", opts...)
	w.link("support-agent", graph.Reads, "hr-payroll", append(opts, unwired)...)
	w.link("support-agent", graph.Reads, "product-docs", append(opts, wired)...)
	return w
}

func TestBroadAction(t *testing.T) {
	role := func(policy string, opts ...nodeOption) *world {
		w := &world{intent: declared()}
		return w.policy("p", "Access", policy).node("app", graph.KindRole, append(opts, roleClass(graph.RoleRuntime))...).node("docs", graph.KindBucket, class("internal"))
	}
	read := []edgeOption{by("p", 0), needs("s3:GetObject")}
	check(t, "broad-action", []testCase{
		{"a service wildcard", support(), []string{
			"critical: support-agent can read hr-payroll and 1 other target: its role support-agent-role allows s3:* on every bucket, and nothing wires the agent to this one."}},
		{"a service wildcard on one bucket", role(`{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"]}`).
			link("app", graph.Reads, "docs", append(read, used)...), []string{
			"high: app can read docs: its policy Access allows s3:* on docs, where s3:GetObject is enough."}},
		{"everything but some", role(`{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`).link("app", graph.Reads, "docs", read...), []string{
			"high: app can read docs: its policy Access allows everything but iam:* on everything."}},
		{"a wildcard that manages permissions", role(`{"Effect": "Allow", "Action": "s3:*Object*", "Resource": "arn:aws:s3:::docs/*"}`).link("app", graph.Reads, "docs", read...), []string{
			"high: app can read docs: its policy Access allows s3:*Object* on docs."}},
		{"in a sandbox only", role(`{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::docs/*"}`, env("sandbox")).
			node("scratch", graph.KindBucket, env("sandbox")).link("app", graph.Reads, "scratch", read...), []string{
			"medium: app can read scratch: its policy Access allows s3:* on scratch."}},
		{"users who share a policy are one cause", (&world{intent: declared()}).policy("group p", "Analysts", s3Star).
			node("ana", graph.KindUser).node("ben", graph.KindUser).node("docs", graph.KindBucket).
			link("ana", graph.Reads, "docs", by("group p", 0), needs("s3:GetObject")).link("ben", graph.Reads, "docs", by("group p", 0), needs("s3:GetObject")), []string{
			"medium: ana and 1 other can read docs: the policy Analysts allows s3:* on every bucket."}},

		{"near miss: reading by a reading wildcard", role(`{"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::docs/*"}`).link("app", graph.Reads, "docs", read...), nil},
		{"near miss: the wildcard is of another service", role(`{"Effect": "Allow", "Action": ["s3:GetObject", "xray:*"], "Resource": "arn:aws:s3:::docs/*"}`).link("app", graph.Reads, "docs", read...), nil},
		{"near miss: denied", role(s3Star).link("app", graph.Reads, "docs", append(read, granted(graph.Denied))...), nil},
		{"near miss: AWS's own role", role(s3Star, func(n *graph.Node) { n.ARN = "arn:aws:iam::" + prod + ":role/aws-service-role/x/y" }).link("app", graph.Reads, "docs", read...), nil},

		{"not assessed: the role was not imported", (&world{}).node("agent", graph.KindAgent, runsAs("ghost")).node("ghost", graph.KindRole, unknown("not imported")), []string{
			"not assessed: What ghost of account 111122223333 may do is not known, so whether they are allowed more actions than they need was not assessed."}},
		{"a role that nothing acts as is of no matter", (&world{}).node("ghost", graph.KindRole, unknown("not imported")), nil},
	})
}

// What two statements grant alike is not the fault of the broad one.
func TestBroadActionLeavesNarrowGrants(t *testing.T) {
	w := support()
	w.policy("narrow", "Docs", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::product-docs/*"}`)
	by("narrow", 0)(w, &w.edges[len(w.edges)-1])
	g := w.graph(t)
	f := found(t, g, "broad-action")[0]
	for _, id := range f.Links {
		if e := g.Edge(id); e.To == "product-docs" {
			t.Errorf("the link to product-docs, which a narrow statement grants too, is blamed")
		}
	}
	if f.Fix.After != "" || f.Fix.Before == "" {
		t.Errorf("the broad statement is not needed at all, but the fix is %+v", f.Fix)
	}
}

func TestBroadActionFix(t *testing.T) {
	f := found(t, support().graph(t), "broad-action")[0]
	wantBefore := `{
  "Sid": "AgentAccess",
  "Effect": "Allow",
  "Action": "s3:*",
  "Resource": "*"
}`
	wantAfter := `{
  "Sid": "AgentAccess",
  "Effect": "Allow",
  "Action": "s3:GetObject",
  "Resource": "arn:aws:s3:::product-docs/*"
}`
	if diff := cmp.Diff(rules.Fix{Text: "Grant only what is wired, used or declared.", Before: wantBefore, After: wantAfter}, f.Fix); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f.Label != "s3:* on *" {
		t.Errorf("label %q", f.Label)
	}
	wantMoves := []rules.Move{{By: 1, Why: "hr-payroll is restricted"}}
	if diff := cmp.Diff(wantMoves, f.Moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	if len(f.Paths) == 0 || len(f.Links) != 3 {
		t.Errorf("%d paths, %d links", len(f.Paths), len(f.Links))
	}

	// What is kept is allowed by the statement offered, and what is to go is not.
	doc, err := iam.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + f.Fix.After + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	pol := &iam.Policies{Identity: []*iam.Policy{iam.Compile("fix", doc)}}
	for resource, want := range map[string]iam.Decision{"arn:aws:s3:::product-docs/a.pdf": iam.Allow, "arn:aws:s3:::hr-payroll/2026.csv": iam.ImplicitDeny} {
		got := iam.Evaluate(&iam.Request{Principal: iam.Principal{ARN: "arn:aws:iam::" + prod + ":role/support-agent-role", Account: prod},
			Action: "s3:GetObject", Resource: resource, ResourceAccount: prod}, pol)
		if got.Decision != want {
			t.Errorf("%s: %v, want %v", resource, got.Decision, want)
		}
	}
}

// To declare data is to need to read it, and no more.
func TestFixKeepsWhatIsDeclared(t *testing.T) {
	w := support()
	opts := []edgeOption{as("support-agent-role"), by("support-agent-role inline", 0), intended}
	w.node("orders", graph.KindBucket, class("internal")).link("support-agent", graph.Reads, "orders", append(opts, needs("s3:GetObject"))...)
	w.link("support-agent", graph.Administers, "orders", append(opts, needs("s3:PutBucketPolicy"))...)
	after := found(t, w.graph(t), "broad-action")[0].Fix.After
	if !strings.Contains(after, `"arn:aws:s3:::orders/*"`) || strings.Contains(after, "PutBucketPolicy") {
		t.Errorf("orders are declared data, to be read:\n%s", after)
	}
}

func TestFixOfManyKinds(t *testing.T) {
	w := (&world{intent: declared()}).policy("p", "All", `{"Sid": "All", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}`)
	w.node("kb", graph.KindKB, runsAs("kb-role")).node("kb-role", graph.KindRole, roleClass(graph.RoleService)).node("docs", graph.KindBucket)
	w.node("anthropic.claude-x", graph.KindModel).node("orders", graph.KindTable)
	opts := []edgeOption{as("kb-role"), by("p", 0)}
	w.link("kb", graph.Indexes, "docs", append(opts, needs("s3:GetObject"), wired)...)
	w.link("kb", graph.Invokes, "anthropic.claude-x", append(opts, needs("bedrock:InvokeModel"), wired)...)
	w.link("kb", graph.Reads, "orders", append(opts, needs("dynamodb:GetItem", "dynamodb:Query"), unwired)...)
	f := found(t, w.graph(t), "broad-action")[0]
	var statements []map[string]any
	if err := json.Unmarshal([]byte(f.Fix.After), &statements); err != nil {
		t.Fatalf("%v in\n%s", err, f.Fix.After)
	}
	secure := map[string]any{"Bool": map[string]any{"aws:SecureTransport": "true"}}
	want := []map[string]any{
		{"Sid": "All", "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-x", "Condition": secure},
		{"Sid": "All2", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*", "Condition": secure},
		{"Sid": "All3", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::docs", "Condition": secure},
	}
	if diff := cmp.Diff(want, statements); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(f.Fix.After, "orders") {
		t.Error("what is not wired is kept")
	}
}

// A fingerprint outlives a file's new name, the order of what is imported, and other statements before this one.
func TestFingerprintIsStable(t *testing.T) {
	a := found(t, support().graph(t), "broad-action")[0].ID
	w := support()
	for i := range w.nodes {
		w.nodes[i].Sources = []graph.Source{{File: "elsewhere.json", Line: i}}
	}
	for i := range w.edges {
		for j := range w.edges[i].Evidence {
			w.edges[i].Evidence[j].Statement = 1
			w.edges[i].Evidence[j].Source = graph.Source{File: "b.json"}
		}
	}
	w.policies[0].Text = `{"Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}, ` + s3Star + `]}`
	if b := found(t, w.graph(t), "broad-action")[0].ID; a != b {
		t.Errorf("%s, then %s", a, b)
	}
	// Without a Sid the statement's content names it, whatever the order of its lists.
	content := func(statement string) string {
		w := (&world{}).policy("p", "Access", statement).node("app", graph.KindRole).node("docs", graph.KindBucket).
			link("app", graph.Reads, "docs", by("p", 0), needs("s3:GetObject"))
		return found(t, w.graph(t), "broad-action")[0].ID
	}
	x := content(`{"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}`)
	if y := content(`{"Resource": "*", "Action": ["kms:*", "s3:*"], "Effect": "Allow"}`); x != y {
		t.Errorf("%s, then %s", x, y)
	}
	if z := content(`{"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}`); x == z {
		t.Error("another statement has the same fingerprint")
	}
}
