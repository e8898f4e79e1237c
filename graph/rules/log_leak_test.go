package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

// recorded is an assistant whose prompts go to a log that more people read than its data.
func recorded() *world {
	w := &world{intent: declared()}
	w.node("assistant", graph.KindAgent).node("kb", graph.KindKB).node("hr-cases", graph.KindBucket, class("confidential")).node("anthropic.claude-x", graph.KindModel)
	w.node("prompt-logs", graph.KindLogGroup, imported(), attr("retention", "30 d")).node("trail", graph.KindTrail)
	w.node("Developers", graph.KindFederated, detail("120 people")).node("Developer", graph.KindRole, roleClass(graph.RoleHuman))
	w.node("HR", graph.KindFederated, detail("6 people")).node("HRAnalyst", graph.KindRole, roleClass(graph.RoleHuman))
	w.link("Developers", graph.Assumes, "Developer").link("HR", graph.Assumes, "HRAnalyst")
	w.link("HRAnalyst", graph.Reads, "hr-cases").link("HRAnalyst", graph.Reads, "prompt-logs")
	w.link("assistant", graph.Invokes, "anthropic.claude-x", wired, logged("prompt-logs"))
	return w.link("assistant", graph.Retrieves, "kb", wired).link("kb", graph.Indexes, "hr-cases", wired)
}

func TestLogLeak(t *testing.T) {
	check(t, "log-leak", []testCase{
		{"more people read the log", recorded().link("Developer", graph.Reads, "prompt-logs"), []string{
			"high: prompt-logs holds answers about hr-cases, and Developers (120 people) can read it without being able to read hr-cases."}},
		{"data that is granted and not used", (&world{intent: declared()}).node("fn", graph.KindFunction).node("payroll", graph.KindBucket, class("restricted")).node("anthropic.claude-x", graph.KindModel).
			node("prompt-logs", graph.KindLogBucket).node("ana", graph.KindUser).link("fn", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")).
			link("fn", graph.Reads, "payroll").link("ana", graph.Reads, "prompt-logs"), []string{
			"medium: prompt-logs can hold answers about payroll, and ana can read it without being able to read payroll."}},

		{"near miss: those who read it may read the data", recorded(), nil},
		{"near miss: they may not", recorded().link("Developer", graph.Reads, "prompt-logs", granted(graph.Denied)), nil},
		{"near miss: nothing sensitive is in it", (&world{intent: declared()}).node("fn", graph.KindFunction).node("docs", graph.KindBucket, class("public")).node("anthropic.claude-x", graph.KindModel).
			node("prompt-logs", graph.KindLogBucket).node("ana", graph.KindUser).link("fn", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")).
			link("fn", graph.Reads, "docs").link("ana", graph.Reads, "prompt-logs"), nil},
		{"near miss: a trail holds no prompts", (&world{intent: declared()}).node("fn", graph.KindFunction).node("payroll", graph.KindBucket, class("restricted")).node("anthropic.claude-x", graph.KindModel).
			node("trail", graph.KindTrail).node("ana", graph.KindUser).link("fn", graph.Invokes, "anthropic.claude-x", logged("trail")).
			link("fn", graph.Reads, "payroll", wired).link("ana", graph.Reads, "trail"), nil},

		{"not assessed: no classes", (&world{}).node("fn", graph.KindFunction).node("anthropic.claude-x", graph.KindModel).node("prompt-logs", graph.KindLogGroup).
			link("fn", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")), []string{
			"not assessed: Whether more people can read prompt-logs than the data in it was not assessed: no data classes are declared."}},
		{"not assessed: who reads it is not known", (&world{intent: declared()}).node("fn", graph.KindFunction).node("payroll", graph.KindBucket, class("restricted")).node("anthropic.claude-x", graph.KindModel).
			node("prompt-logs", graph.KindLogBucket).link("fn", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")).link("fn", graph.Reads, "payroll", wired), []string{
			"not assessed: Who can read prompt-logs is not known, so whether it tells more people about payroll than may read that was not assessed."}},
	})
}
