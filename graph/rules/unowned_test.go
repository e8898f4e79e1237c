package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestUnowned(t *testing.T) {
	w := func() *world {
		return (&world{intent: declared()}).node("agent", graph.KindAgent, owned("care"), env("prod")).node("app", graph.KindRole)
	}
	check(t, "unowned", []testCase{
		{"production data", w().node("hr-payroll", graph.KindBucket, env("prod")).link("agent", graph.Reads, "hr-payroll"), []string{
			"high: hr-payroll has no owner, and agent can read it."}},
		{"a production tool", w().node("reset-access", graph.KindActionGroup, env("prod")).link("agent", graph.Calls, "reset-access"), []string{
			"high: reset-access has no owner, and agent can call it."}},
		{"a log", w().node("prompt-archive", graph.KindLogBucket, env("prod")).link("agent", graph.LogsTo, "prompt-archive").link("app", graph.Reads, "prompt-archive"), []string{
			"medium: prompt-archive has no owner, and 2 links lead into it, from agent and app."}},
		{"in a sandbox", w().node("scratch", graph.KindBucket, env("sandbox"), account(sandbox)).node("notebook", graph.KindEndpoint, env("sandbox"), account(sandbox)).link("notebook", graph.Reads, "scratch"), []string{
			"low: scratch has no owner, and notebook can read it."}},
		{"a provider's model, used by nobody's role", w().node("anthropic.claude-x", graph.KindModel).link("app", graph.Invokes, "anthropic.claude-x"), []string{
			"medium: Nobody answers for who uses anthropic.claude-x: app has no owner."}},

		{"near miss: the target has one", w().node("docs", graph.KindBucket, owned("data"), env("prod")).link("app", graph.Reads, "docs"), nil},
		{"near miss: the link has one", w().node("docs", graph.KindBucket, env("prod")).link("app", graph.Reads, "docs", func(_ *world, e *graph.Edge) { e.Owner.Name = "data" }), nil},
		{"near miss: a provider's model, used by an owned agent", w().node("anthropic.claude-x", graph.KindModel).link("agent", graph.Invokes, "anthropic.claude-x"), nil},
		{"near miss: a role is no thing to own here", w().link("app", graph.Assumes, "agent"), nil},
		{"near miss: denied", w().node("docs", graph.KindBucket, env("prod")).link("app", graph.Reads, "docs", granted(graph.Denied)), nil},

		{"not assessed: nothing says who owns anything", (&world{}).node("app", graph.KindRole).node("docs", graph.KindBucket).node("more", graph.KindBucket).
			link("app", graph.Reads, "docs").link("app", graph.Writes, "docs").link("app", graph.Reads, "more"), []string{
			"not assessed: Nothing imported says who owns anything, so 3 links into 2 things stand without an owner."}},
	})
}
