package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

func TestBroadResource(t *testing.T) {
	app := func(statement string) *world {
		w := &world{intent: declared()}
		return w.policy("p", "Access", statement).node("app", graph.KindRole, roleClass(graph.RoleRuntime)).
			node("every model", graph.KindModel, every("arn:aws:bedrock:*::foundation-model/*")).node("anthropic.claude-x", graph.KindModel).
			node("docs", graph.KindBucket, class("internal")).node("hr-payroll", graph.KindBucket, class("restricted"))
	}
	invoke := []edgeOption{by("p", 0), needs("bedrock:InvokeModel")}
	read := []edgeOption{by("p", 0), needs("s3:GetObject")}
	check(t, "broad-resource", []testCase{
		{"every model", app(`{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}`).link("app", graph.Invokes, "every model", invoke...), []string{
			"high: app can invoke every model: its policy Access allows bedrock:InvokeModel on every model."}},
		{"every model by its ARN", app(`{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/*"}`).link("app", graph.Invokes, "every model", invoke...), []string{
			"high: app can invoke every model: its policy Access allows bedrock:InvokeModel on every model."}},
		{"every bucket, said by the heaviest", app(`{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::*"}`).
			link("app", graph.Reads, "docs", read...).link("app", graph.Reads, "hr-payroll", read...), []string{
			"critical: app can read hr-payroll and 1 other target: its policy Access allows s3:GetObject and s3:ListBucket on every bucket."}},
		{"all but some", app(`{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::hr-*"}`).link("app", graph.Reads, "docs", read...), []string{
			"high: app can read docs: its policy Access allows s3:GetObject on everything but arn:aws:s3:::hr-*."}},
		{"under conditions", app(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "support"}}}`).
			link("app", graph.Reads, "docs", append(read, granted(graph.Conditional))...), []string{
			"medium: app can, under conditions, read docs: its policy Access allows s3:GetObject on every bucket."}},

		{"near miss: a name", app(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}`).link("app", graph.Reads, "docs", read...), nil},
		{"near miss: a pattern with a name in it", app(`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::do*"}`).link("app", graph.Reads, "docs", read...), nil},
		{"near miss: any Region of one model", app(`{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.claude-*"}`).
			link("app", graph.Invokes, "anthropic.claude-x", invoke...), nil},
		{"near miss: the wide pattern is of another service", app(`{"Effect": "Allow", "Action": ["s3:GetObject", "dynamodb:GetItem"], "Resource": ["arn:aws:s3:::docs/*", "arn:aws:dynamodb:*:*:table/*"]}`).
			link("app", graph.Reads, "docs", read...), nil},
		{"near miss: too wide in actions, too, which is one cause", app(s3Star).link("app", graph.Reads, "docs", read...), nil},

		{"not assessed: the role was not imported", (&world{}).node("agent", graph.KindAgent, runsAs("ghost")).node("ghost", graph.KindRole, unknown("not imported")), []string{
			"not assessed: What ghost of account 111122223333 may do is not known, so whether they reach more resources than they need was not assessed."}},
	})
}

func TestNothingShowsWhatIsNeeded(t *testing.T) {
	w := (&world{}).policy("p", "Access", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`).node("app", graph.KindRole, roleClass(graph.RoleRuntime)).
		node("docs", graph.KindBucket).link("app", graph.Reads, "docs", by("p", 0), needs("s3:GetObject"))
	want := rules.Fix{Text: "Name the actions and resources that app needs. Nothing imported shows what these are: import CloudTrail events of account 111122223333, or declare the workload's models, data and tools in permchain.yaml."}
	if diff := cmp.Diff(want, found(t, w.graph(t), "broad-resource")[0].Fix); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProfileNeedsItsModels(t *testing.T) {
	w := (&world{}).policy("p", "Access", `{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}`).node("app", graph.KindRole, roleClass(graph.RoleRuntime)).
		node("eu.claude", graph.KindProfile, func(n *graph.Node) { n.ARN = "arn:aws:bedrock:eu-central-1:" + prod + ":inference-profile/eu.claude" }).
		node("anthropic.claude-x", graph.KindModel).
		link("app", graph.Invokes, "eu.claude", by("p", 0), needs("bedrock:InvokeModel"), used).
		link("eu.claude", graph.Invokes, "anthropic.claude-x", wired)
	want := `{
  "Effect": "Allow",
  "Action": "bedrock:InvokeModel",
  "Resource": [
    "arn:aws:bedrock:*::foundation-model/anthropic.claude-x",
    "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.claude"
  ]
}`
	if diff := cmp.Diff(want, found(t, w.graph(t), "broad-resource")[0].Fix.After); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
