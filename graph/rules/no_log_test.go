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
