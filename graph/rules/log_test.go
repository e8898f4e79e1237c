package rules_test

import (
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
)

const off = "data events of org-trail are off for these S3 objects"

func TestNoLog(t *testing.T) {
	w := func() *world {
		return (&world{intent: declared()}).node("agent", graph.KindAgent, env("prod")).node("app", graph.KindRole, env("prod")).
			node("payroll", graph.KindBucket, class("restricted"), env("prod")).node("docs", graph.KindBucket, env("prod")).node("trail", graph.KindTrail)
	}
	check(t, "no-log", []testCase{
		{"one reason is one finding", w().link("agent", graph.Reads, "payroll", noLog(off)).link("app", graph.Reads, "docs", noLog(off)).link("app", graph.Writes, "docs", noLog(off)), []string{
			"high: Nothing would show access to payroll and 1 other bucket: data events of org-trail are off for these S3 objects."}},
		{"neither data nor a tool", w().node("helper", graph.KindAgent, env("prod")).link("app", graph.Invokes, "helper", noLog("data events are off for agents")), []string{
			"medium: Nothing would show access to helper: data events are off for agents."}},
		{"in a sandbox", (&world{intent: declared()}).node("nb", graph.KindRole, env("sandbox")).node("scratch", graph.KindBucket, env("sandbox")).link("nb", graph.Reads, "scratch", noLog(off)), []string{
			"medium: Nothing would show access to scratch: data events of org-trail are off for these S3 objects."}},

		{"near miss: logged", w().link("agent", graph.Reads, "payroll", logged("trail")), nil},
		{"near miss: denied", w().link("agent", graph.Reads, "payroll", noLog(off), granted(graph.Denied)), nil},
		{"near miss: how things are configured is no access", w().link("agent", graph.LogsTo, "trail", noLog("?")), nil},
		{"near miss: what stands for a kind has links of its own", w().node("every bucket", graph.KindBucket, every("arn:aws:s3:::*")).link("app", graph.Reads, "every bucket", noLog(off)), nil},

		{"not assessed: no trail was imported", w().link("agent", graph.Reads, "payroll", logUnknown("no trail was imported for the account")).link("app", graph.Reads, "docs", logUnknown("no trail was imported for the account")), []string{
			"not assessed: Whether a log would show 2 links in account 111122223333 was not assessed: no trail was imported for the account."}},
		{"not assessed: more than one reason", w().link("agent", graph.Reads, "payroll", logUnknown("a")).link("app", graph.Reads, "docs", logUnknown("b")), []string{
			"not assessed: Whether a log would show 2 links in account 111122223333 was not assessed: a, and 1 other reason."}},
	})
	fix := found(t, w().link("agent", graph.Reads, "payroll", noLog(off)).graph(t), "no-log")[0].Fix
	for _, want := range []string{`"AWS::S3::Object"`, `"arn:aws:s3:::payroll/"`} {
		if !strings.Contains(fix.After, want) {
			t.Errorf("the selector offered has no %s:\n%s", want, fix.After)
		}
	}
}

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

func TestEnvCrossing(t *testing.T) {
	w := func() *world {
		return (&world{intent: declared()}).node("experiments", graph.KindRole, account(sandbox), env("sandbox")).node("data-export", graph.KindRole, env("prod")).
			node("contracts", graph.KindBucket, env("prod"), class("confidential")).node("scratch", graph.KindBucket, account(sandbox), env("sandbox"))
	}
	check(t, "env-crossing", []testCase{
		{"into production by a role", w().link("experiments", graph.Assumes, "data-export").link("data-export", graph.Reads, "contracts"), []string{
			"high: experiments in sandbox can become data-export in prod, which can read contracts."}},
		{"the role it becomes can write", w().link("experiments", graph.Assumes, "data-export").link("data-export", graph.Reads, "contracts").link("data-export", graph.Writes, "contracts"), []string{
			"critical: experiments in sandbox can become data-export in prod, which can read contracts."}},
		{"straight", w().link("experiments", graph.Writes, "contracts"), []string{
			"critical: experiments in sandbox can write to contracts in prod."}},
		{"the other way round", w().link("data-export", graph.Reads, "scratch"), []string{
			"high: data-export in prod can read scratch in sandbox."}},

		{"near miss: within production", w().node("other", graph.KindRole, account("777788889999"), env("prod-eu")).link("other", graph.Reads, "contracts"), nil},
		{"near miss: a shared account", w().node("security", graph.KindRole, account("777788889999"), env("security")).link("security", graph.Reads, "contracts"), nil},
		{"near miss: a log account", w().node("logs", graph.KindLogBucket, account("777788889999"), env("sandbox")).link("data-export", graph.Writes, "logs"), nil},
		{"near miss: denied", w().link("experiments", graph.Assumes, "data-export", granted(graph.Denied)), nil},

		{"not assessed: an account of no environment", w().node("other", graph.KindRole, account("777788889999")).link("other", graph.Reads, "contracts"), []string{
			"not assessed: 1 link leads into or out of account 777788889999, and whether it crosses from one environment into another was not assessed: it is of none that is declared."}},
		{"not assessed: no environments", (&world{}).node("docs", graph.KindBucket), []string{
			"not assessed: Whether links cross from a sandbox into production was not assessed: no environments are declared."}},
	})
}
