package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestLogWeak(t *testing.T) {
	w := func(days int, risk string, logOpts ...nodeOption) *world {
		w := (&world{}).declare(func(in *graph.Intent) {
			in.Workloads = []graph.Workload{{Name: "contracts", Title: "Contract summarizer", Retention: days, Risk: risk, Members: []graph.NodeID{"agent"}}}
		})
		w.node("agent", graph.KindAgent, of("contracts")).node("anthropic.claude-x", graph.KindModel).node("trail", graph.KindTrail)
		return w.node("prompt-logs", graph.KindLogGroup, append(logOpts, imported())...)
	}
	to := func(w *world, opts ...edgeOption) *world {
		return w.link("agent", graph.Invokes, "anthropic.claude-x", append(opts, wired)...)
	}
	bucket := func(w *world, name string) *world {
		return to(w.node(name, graph.KindLogBucket), logged(name))
	}
	check(t, "log-weak", []testCase{
		{"kept too short", to(w(365, "moderate", attr("retention", "30 d")), logged("prompt-logs")), []string{
			"low: Contract summarizer must keep prompts and answers for 365 days, and prompt-logs keeps them for 30."}},
		{"in a workload of high risk", to(w(365, "high", attr("retention", "30 d")), logged("prompt-logs")), []string{
			"medium: Contract summarizer must keep prompts and answers for 365 days, and prompt-logs keeps them for 30."}},
		{"a trail shows the call and keeps no prompt", to(w(365, ""), logged("trail")), []string{
			"low: Contract summarizer must keep prompts and answers for 365 days, and no log keeps them."}},
		{"not logged", to(w(365, ""), noLog("model invocation logging is off")), []string{
			"low: Contract summarizer must keep prompts and answers for 365 days, and no log keeps them."}},

		{"near miss: long enough", to(w(365, "", attr("retention", "400 d")), logged("prompt-logs")), nil},
		{"near miss: a log group that never expires", to(w(365, ""), logged("prompt-logs")), nil},
		{"near miss: nothing declared about how long", to(w(0, ""), logged("trail")), nil},

		{"not assessed: a bucket's lifecycle was not imported", bucket(w(365, ""), "prompt-archive"), []string{
			"not assessed: Contract summarizer must keep prompts and answers for 365 days, and how long prompt-archive keeps them was not assessed: its lifecycle was not imported."}},
		{"not assessed: sources disagree", to(w(365, "", attr("retention", "30 d / 90 d (sources disagree)")), logged("prompt-logs")), []string{
			"not assessed: Contract summarizer must keep prompts and answers for 365 days, and how long prompt-logs keeps them was not assessed: its retention reads 30 d / 90 d (sources disagree)."}},
		{"not assessed: whether it is logged is not known", to(w(365, ""), logUnknown("?")), []string{
			"not assessed: Contract summarizer must keep prompts and answers for 365 days, and whether any log keeps them was not assessed."}},
		{"not assessed: nothing declared", (&world{}).node("agent", graph.KindAgent).node("anthropic.claude-x", graph.KindModel).node("prompt-logs", graph.KindLogGroup).
			link("agent", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")), []string{
			"not assessed: Whether prompt-logs is kept long enough was not assessed: no workload declares how long."}},
	})
	fix := found(t, to(w(300, "", attr("retention", "30 d")), logged("prompt-logs")).graph(t), "log-weak")[0].Fix
	if fix.Before != `"retentionInDays": 30` || fix.After != `"retentionInDays": 365` {
		t.Errorf("fix %+v: CloudWatch Logs knows no 300 days", fix)
	}
}
