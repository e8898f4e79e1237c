package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestUnapprovedModel(t *testing.T) {
	profile := func(id string) nodeOption {
		return func(n *graph.Node) { n.ARN = "arn:aws:bedrock:eu-central-1:" + prod + ":inference-profile/" + id }
	}
	w := func() *world {
		return (&world{intent: declared()}).node("app", graph.KindRole, roleClass(graph.RoleRuntime)).node("anthropic.claude-x", graph.KindModel).node("meta.llama-x", graph.KindModel)
	}
	check(t, "unapproved-model", []testCase{
		{"a model that is not listed", w().link("app", graph.Invokes, "meta.llama-x").link("app", graph.Invokes, "anthropic.claude-x"), []string{
			"high: app can invoke meta.llama-x, which is not an approved model."}},
		{"every model", w().node("every model", graph.KindModel, every("arn:aws:bedrock:*::foundation-model/*")).link("app", graph.Invokes, "every model").
			link("app", graph.Invokes, "meta.llama-x", impliedBy("app", graph.Invokes, "every model")).
			link("app", graph.Invokes, "anthropic.claude-x", impliedBy("app", graph.Invokes, "every model")), []string{
			"high: app can invoke every model, so also those that are not approved, such as meta.llama-x."}},
		{"a profile of a model that is not listed", w().node("eu profile", graph.KindProfile, profile("eu.meta.llama-x")).link("app", graph.Invokes, "eu profile"), []string{
			"high: app can invoke eu profile, which is not an approved model."}},
		{"a profile by the models behind it", w().node("ours", graph.KindProfile, profile("abc123")).link("app", graph.Invokes, "ours").link("ours", graph.Invokes, "meta.llama-x", wired), []string{
			"high: app can invoke ours, which is not an approved model."}},
		{"in a workload of low risk", w().declare(func(in *graph.Intent) {
			in.Workloads = []graph.Workload{{Name: "copy", Title: "Campaign drafts", Risk: "low"}}
		}).
			node("copy-role", graph.KindRole, of("copy")).link("copy-role", graph.Invokes, "meta.llama-x"), []string{
			"medium: copy-role can invoke meta.llama-x, which is not an approved model."}},

		{"near miss: listed", w().link("app", graph.Invokes, "anthropic.claude-x"), nil},
		{"near miss: a profile of a listed model", w().node("eu profile", graph.KindProfile, profile("eu.anthropic.claude-x")).link("app", graph.Invokes, "eu profile"), nil},
		{"near miss: denied", w().link("app", graph.Invokes, "meta.llama-x", granted(graph.Denied)), nil},
		{"near miss: an agent is no model", w().node("agent", graph.KindAgent).link("app", graph.Invokes, "agent"), nil},
		{"near miss: an empty list that everything is on", w().declare(func(in *graph.Intent) { in.ApprovedModels = []string{"*"} }).link("app", graph.Invokes, "meta.llama-x"), nil},

		{"not assessed: no list", (&world{}).node("app", graph.KindRole).node("meta.llama-x", graph.KindModel).link("app", graph.Invokes, "meta.llama-x"), []string{
			"not assessed: 1 model can be invoked, and whether it is approved was not assessed: no list of approved models is declared."}},
		{"not assessed: a profile whose models are not known", w().node("ours", graph.KindProfile, profile("abc123")).link("app", graph.Invokes, "ours"), []string{
			"not assessed: Which models ours stands for is not known, so whether they are approved was not assessed."}},
	})
}
