package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// contracts is a workload of one agent that calls a model, and must keep what is said for some days.
func contracts(days int, risk string) *world {
	w := (&world{}).declare(func(in *graph.Intent) {
		in.Workloads = []graph.Workload{{Name: "contracts", Title: "Contract summarizer", Retention: days, Risk: risk, Members: []graph.NodeID{"agent"}}}
	})
	return w.node("agent", graph.KindAgent, of("contracts")).node("anthropic.claude-x", graph.KindModel).node("trail", graph.KindTrail)
}

// calls lets the agent call the model.
func calls(w *world, opts ...edgeOption) *world {
	return w.link("agent", graph.Invokes, "anthropic.claude-x", append(opts, wired)...)
}

// Attributes of logs, as the importers say them.
var (
	own     = attr("kms key", "arn:aws:kms:eu-central-1:111122223333:key/1")
	noKey   = attr("encryption", "no customer key")
	forEver = attr("retention", "never expires")
)

func kept(retention string) nodeOption { return attr("retention", retention) }

func TestLogWeak(t *testing.T) {
	group := func(days int, risk string, opts ...nodeOption) *world {
		return calls(contracts(days, risk).node("prompt-logs", graph.KindLogGroup, opts...), logged("prompt-logs"))
	}
	bucket := func(opts ...nodeOption) *world {
		return calls(contracts(365, "").node("prompt-archive", graph.KindLogBucket, opts...), logged("prompt-archive"))
	}
	// writer is a workload's runtime or function and the log group that it writes to.
	writer := func(kind graph.NodeKind, opts ...nodeOption) *world {
		w := contracts(365, "").node("summarizer", kind, of("contracts")).node("/aws/summarizer", graph.KindLogGroup, opts...)
		return w.link("summarizer", graph.LogsTo, "/aws/summarizer", wired)
	}
	lost := "low: Contract summarizer must keep prompts and answers for 365 days, and no log keeps them."
	check(t, "log-weak", []testCase{
		{"kept too short", group(365, "moderate", own, kept("30 d")), []string{
			"low: prompt-logs keeps prompts and answers for 30 days where Contract summarizer must keep them for 365."}},
		{"in a workload of high risk", group(365, "high", own, kept("30 d")), []string{
			"medium: prompt-logs keeps prompts and answers for 30 days where Contract summarizer must keep them for 365."}},
		{"of the highest class", group(365, "", own, kept("1 d"), class("restricted")), []string{
			"medium: prompt-logs keeps prompts and answers for 1 day where Contract summarizer must keep them for 365."}},
		{"low risk makes it no lighter than low", group(365, "low", own, kept("30 d")), []string{
			"low: prompt-logs keeps prompts and answers for 30 days where Contract summarizer must keep them for 365."}},
		{"without a customer key", group(365, "", noKey, kept("400 d")), []string{"low: prompt-logs is encrypted by no customer key."}},
		{"a bucket under AWS's key", bucket(attr("encryption", "aws:kms"), kept("400 d")), []string{"low: prompt-archive is encrypted by no customer key."}},
		{"a bucket under AWS's key by its alias", bucket(attr("encryption", "aws:kms"), attr("kms key", "arn:aws:kms:eu-central-1:111122223333:alias/aws/s3"), kept("400 d")), []string{
			"low: prompt-archive is encrypted by no customer key."}},
		{"a bucket under a key that AWS manages", bucket(attr("encryption", "aws:kms"), attr("kms key", "aws-key"), kept("400 d")).node("aws-key", graph.KindKey, attr("manager", "AWS")), []string{
			"low: prompt-archive is encrypted by no customer key."}},
		{"never expires", group(365, "", own, forEver), []string{"low: prompt-logs keeps prompts and answers for ever, since nothing there expires."}},
		{"a bucket of which nothing expires", bucket(own, forEver), []string{"low: prompt-archive keeps prompts and answers for ever, since nothing there expires."}},
		{"each weakness in one sentence", group(365, "", noKey, kept("90 d")), []string{
			"low: prompt-logs is encrypted by no customer key and keeps prompts and answers for 90 days where Contract summarizer must keep them for 365."}},
		{"a part that goes sooner makes it no longer", bucket(own, kept("90 d, but 1 d for a part")), []string{
			"low: prompt-archive keeps prompts and answers for 90 days where Contract summarizer must keep them for 365."}},
		{"whoever uses it", (&world{}).node("anyagent", graph.KindAgent).node("anthropic.claude-x", graph.KindModel).node("prompt-logs", graph.KindLogGroup, noKey, forEver).
			link("anyagent", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")), []string{
			"low: prompt-logs is encrypted by no customer key and keeps prompts and answers for ever, since nothing there expires."}},
		{"the log group of a runtime", writer(graph.KindRuntime, noKey, kept("30 d")), []string{
			"low: The log of summarizer is encrypted by no customer key and keeps what it records for 30 days where Contract summarizer must keep prompts and answers for 365."}},
		{"the log group of a function", writer(graph.KindFunction, own, kept("30 d")), []string{
			"low: The log of summarizer keeps what it records for 30 days where Contract summarizer must keep prompts and answers for 365."}},
		{"a trail shows the call and keeps no prompt", calls(contracts(365, ""), logged("trail")), []string{lost}},
		{"not logged", calls(contracts(365, ""), noLog("model invocation logging is off")), []string{lost}},

		{"near miss: long enough, with a key", group(365, "", own, kept("365 d")), nil},
		{"near miss: a bucket, long enough, with a key", bucket(attr("encryption", "aws:kms"), own, kept("400 d")), nil},
		{"near miss: two names of one key", group(365, "", attr("kms key", "alias/prompts / arn:aws:kms:eu-central-1:111122223333:key/1 (sources disagree)"), kept("400 d")), nil},
		{"near miss: nothing declared about how long", calls(contracts(0, ""), logged("trail")), nil},
		{"near miss: a function of no workload", (&world{}).node("fn", graph.KindFunction).node("/aws/fn", graph.KindLogGroup, noKey, forEver).
			link("fn", graph.LogsTo, "/aws/fn", wired), nil},
		{"near miss: short for a workload that does not use it", group(90, "", own, kept("90 d")).declare(func(in *graph.Intent) {
			in.Workloads = append(in.Workloads, graph.Workload{Name: "desk", Retention: 365})
		}), nil},
		{"near miss: a call that is only allowed", contracts(365, "").node("prompt-logs", graph.KindLogGroup, own, kept("30 d")).
			link("agent", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")), nil},

		{"not assessed: the log group was not listed", group(365, "", imported()), []string{
			"not assessed: Whether a customer key encrypts prompt-logs, and how long it is kept, was not assessed: describe-log-groups was not imported, or does not list it."}},
		{"not assessed: a bucket's encryption", bucket(kept("400 d")), []string{
			"not assessed: Whether a customer key encrypts prompt-archive was not assessed: get-bucket-encryption was not imported."}},
		{"not assessed: a bucket's lifecycle", bucket(own), []string{
			"not assessed: How long prompt-archive is kept was not assessed: get-bucket-lifecycle-configuration was not imported."}},
		{"not assessed: one part, the other is weak", bucket(attr("encryption", "AES256")), []string{
			"low: prompt-archive is encrypted by no customer key.",
			"not assessed: How long prompt-archive is kept was not assessed: get-bucket-lifecycle-configuration was not imported."}},
		{"not assessed: sources disagree on the time", group(365, "", own, kept("30 d / 90 d (sources disagree)")), []string{
			"not assessed: How long prompt-logs is kept was not assessed: its retention reads 30 d / 90 d (sources disagree)."}},
		{"not assessed: sources disagree on the key", group(365, "", own, noKey, kept("400 d")), []string{
			"not assessed: Whether a customer key encrypts prompt-logs was not assessed: what was imported disagrees about the key."}},
		{"not assessed: sources disagree on the encryption", bucket(attr("encryption", "AES256 / aws:kms (sources disagree)"), kept("400 d")), []string{
			"not assessed: Whether a customer key encrypts prompt-archive was not assessed: what was imported disagrees about the key."}},
		{"not assessed: a part goes sooner", bucket(own, kept("400 d, but 1 d for a part")), []string{
			"not assessed: How long prompt-archive is kept was not assessed: its retention reads 400 d, but 1 d for a part."}},
		{"not assessed: only a part goes", bucket(own, kept("never expires, but 30 d for a part")), []string{
			"not assessed: How long prompt-archive is kept was not assessed: its retention reads never expires, but 30 d for a part."}},
		{"not assessed: whether it is logged is not known", calls(contracts(365, ""), logUnknown("?")), []string{
			"not assessed: Contract summarizer must keep prompts and answers for 365 days, and whether any log keeps them was not assessed."}},
		{"not assessed: nothing declared", (&world{}).node("agent", graph.KindAgent).node("anthropic.claude-x", graph.KindModel).node("prompt-logs", graph.KindLogGroup, own, kept("30 d")).
			link("agent", graph.Invokes, "anthropic.claude-x", logged("prompt-logs")), []string{
			"not assessed: Whether prompt-logs is kept long enough was not assessed: no workload declares how long."}},
	})
}

// Logs of which the same is not known are said together.
func TestLogWeakTogether(t *testing.T) {
	w := contracts(90, "")
	for _, fn := range []string{"a", "b", "c", "d"} {
		w.node(fn, graph.KindFunction, of("contracts")).node("/aws/lambda/"+fn, graph.KindLogGroup).link(fn, graph.LogsTo, "/aws/lambda/"+fn)
	}
	fs := found(t, w.graph(t), "log-weak")
	want := "Whether a customer key encrypts /aws/lambda/a, /aws/lambda/b, /aws/lambda/c and 1 more, and how long they are kept, was not assessed: describe-log-groups was not imported, or does not list them."
	if len(fs) != 1 || fs[0].Sentence != want || len(fs[0].Nodes) != 4 || fs[0].Need != "aws logs describe-log-groups of account 111122223333" {
		t.Errorf("%+v", fs)
	}
}

// Everything that one log is used for is in its one finding: who asks for more, and what else keeps the same calls.
func TestLogWeakShared(t *testing.T) {
	config := graph.Source{File: "prod/get-model-invocation-logging-configuration.json"}
	w := contracts(365, "").declare(func(in *graph.Intent) {
		in.Workloads = append(in.Workloads, graph.Workload{Name: "desk", Title: "Access desk", Retention: 400, Members: []graph.NodeID{"desk-agent"}},
			graph.Workload{Name: "copy", Title: "Campaign drafts", Retention: 30, Risk: "high", Members: []graph.NodeID{"copy-agent"}})
	})
	w.node("desk-agent", graph.KindAgent, of("desk")).node("copy-agent", graph.KindAgent, of("copy"))
	w.node("prompt-logs", graph.KindLogGroup, own, kept("90 d"), imported()).node("prompt-archive", graph.KindLogBucket, attr("encryption", "AES256"), kept("1000 d"))
	w.node("elsewhere", graph.KindLogBucket, own, kept("1000 d"))
	from := func(s graph.Source) edgeOption {
		return func(_ *world, e *graph.Edge) {
			e.Evidence = append(e.Evidence, graph.Evidence{Kind: graph.ByConfiguration, Source: s})
		}
	}
	for _, a := range []string{"agent", "desk-agent", "copy-agent"} {
		w.link(a, graph.Invokes, "anthropic.claude-x", wired, logged("prompt-logs"), func(_ *world, e *graph.Edge) { e.Log.Source = config })
	}
	w.link("anthropic.claude-x", graph.LogsTo, "prompt-logs", from(config)).link("anthropic.claude-x", graph.LogsTo, "prompt-archive", from(config))
	w.link("anthropic.claude-x", graph.LogsTo, "elsewhere", from(graph.Source{File: "sandbox/other.json"}))

	fs := found(t, w.graph(t), "log-weak")
	if len(fs) != 2 {
		t.Fatalf("%q", said(fs))
	}
	short, open := fs[0], fs[1]
	if short.Nodes[0] != "prompt-logs" {
		short, open = open, short
	}
	if want := "prompt-logs keeps prompts and answers for 90 days where Access desk (400) and Contract summarizer (365) must keep them longer."; short.Sentence != want {
		t.Errorf("%q, want %q", short.Sentence, want)
	}
	if want := "Model invocation logging also writes to prompt-archive, which keeps what it gets for 1000 days."; short.Detail != want {
		t.Errorf("detail %q, want %q", short.Detail, want)
	}
	// Campaign drafts is content with 90 days: it neither is in the finding nor makes it heavier.
	if !slices.Equal(short.Workloads, []string{"contracts", "desk"}) || len(short.Links) != 2 || short.Severity != rules.Low {
		t.Errorf("of %q, %d links, %v", short.Workloads, len(short.Links), short.Severity)
	}
	if !slices.ContainsFunc(short.Evidence, func(ev graph.Evidence) bool { return ev.Source.File == "prod/dump.json" }) {
		t.Errorf("evidence %+v: not where the log is described", short.Evidence)
	}
	// A log without a key is weak for all of them.
	if open.Sentence != "prompt-archive is encrypted by no customer key." || !slices.Equal(open.Workloads, []string{"contracts", "copy", "desk"}) || open.Severity != rules.Medium {
		t.Errorf("%v %q of %q", open.Severity, open.Sentence, open.Workloads)
	}
}

func TestLogWeakFix(t *testing.T) {
	tests := []struct {
		name   string
		kind   graph.NodeKind
		days   int
		opts   []nodeOption
		before string
		after  string
		text   string
	}{
		{"CloudWatch Logs knows no 300 days", graph.KindLogGroup, 300, []nodeOption{own, kept("30 d")}, `"retentionInDays": 30`, `"retentionInDays": 365`, "of which this is the next"},
		{"for ever", graph.KindLogGroup, 90, []nodeOption{own, forEver}, "", `"retentionInDays": 90`, "Set the log group's retention"},
		{"for ever, and nobody asks", graph.KindLogGroup, 0, []nodeOption{own, forEver}, "", "", "aws logs put-retention-policy --log-group-name the-log."},
		{"longer than CloudWatch Logs can", graph.KindLogGroup, 5000, []nodeOption{own, kept("30 d")}, "", "", "at most 3653 days"},
		{"without a key", graph.KindLogGroup, 90, []nodeOption{noKey, kept("90 d")}, "", "", "aws logs associate-kms-key --log-group-name the-log"},
		{"without a key and too short", graph.KindLogGroup, 90, []nodeOption{noKey, kept("1 d")}, `"retentionInDays": 1`, `"retentionInDays": 90`, "associate-kms-key"},
		{"a bucket", graph.KindLogBucket, 90, []nodeOption{own, kept("30 d")}, "", "", "expire objects after 90 days"},
		{"a bucket for ever, and nobody asks", graph.KindLogBucket, 0, []nodeOption{attr("encryption", "AES256"), forEver}, "", "", "Let a lifecycle rule expire"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := calls(contracts(tt.days, "").node("the-log", tt.kind, tt.opts...), logged("the-log"))
			fix := found(t, w.graph(t), "log-weak")[0].Fix
			if fix.Before != tt.before || fix.After != tt.after || !strings.Contains(fix.Text, tt.text) {
				t.Errorf("fix %+v", fix)
			}
		})
	}
}
