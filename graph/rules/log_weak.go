package rules

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

var logWeak = Rule{
	ID: "log-weak", Title: "A prompt log that is weakly kept", Base: Low,
	About: "A log of prompts and answers, or of a workload's runtime or function, is encrypted by no key of the customer's, " +
		"never expires, or is kept for fewer days than the workload declares; or no log keeps a workload's prompts at all.",
	References: []Reference{agentsec05bp01, gensec01bp04},
	check:      checkLogWeak,
}

func checkLogWeak(c *chain, r *report) {
	logs := c.keptLogs()
	questions := openQuestions{}
	for _, id := range sortedKeys(logs) {
		c.checkKept(r, logs[id], questions)
	}
	questions.report(c, r)
	declared := false
	if c.g.Intent != nil {
		for i := range c.g.Intent.Workloads {
			if w := &c.g.Intent.Workloads[i]; w.Retention > 0 {
				declared = true
				c.checkPromptsKept(r, w)
			}
		}
	}
	var ends []graph.NodeID // logs that do not keep for ever
	for _, id := range sortedKeys(logs) {
		if k := retention(c.node(id)); !k.forEver() {
			ends = append(ends, id)
		}
	}
	if !declared && len(ends) > 0 {
		r.notAssessed(nil, Finding{
			Sentence: fmt.Sprintf("Whether %s %s kept long enough was not assessed: no workload declares how long.", list(c.namesOf(ends)), is(len(ends))),
			Nodes:    ends,
			Need:     "retention: 90d of a workload in permchain.yaml",
		})
	}
}

// keptLog is a log group or bucket that keeps prompts and answers, or what a workload's code writes of them.
type keptLog struct {
	node *graph.Node
	of   []string // the runtimes and functions whose own log it is; none for a log of model invocations
	// use are by workload the links that put something into the log: its calls, and its runtimes and functions that log there.
	use    map[string][]*graph.Edge
	others []*graph.Edge  // links that put something into it for no workload
	copies []graph.NodeID // other logs that the same model invocation logging writes to
}

// keptLogs are the logs of model invocations, of runtimes, and of functions that belong to a workload.
func (c *chain) keptLogs() map[graph.NodeID]*keptLog {
	out := map[graph.NodeID]*keptLog{}
	add := func(id graph.NodeID, e *graph.Edge, workloads []string) *keptLog {
		l := out[id]
		if l == nil {
			l = &keptLog{node: c.node(id), use: map[string][]*graph.Edge{}}
			out[id] = l
		}
		for _, w := range workloads {
			l.use[w] = append(l.use[w], e)
		}
		if len(workloads) == 0 {
			l.others = append(l.others, e)
		}
		return l
	}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		from, to := c.node(e.From), c.node(e.To)
		switch {
		case e.Kind == graph.LogsTo && keeps(to):
			switch {
			case from.Kind == graph.KindModel, from.Kind == graph.KindProfile:
				add(to.ID, e, nil) // whose prompts these are, the calls say
			case from.Kind == graph.KindRuntime, from.Kind == graph.KindFunction && len(from.Workloads) > 0:
				l := add(to.ID, e, from.Workloads)
				l.of = append(l.of, from.Name)
			}
		case e.Kind != graph.Invokes || !open(e) || e.Log.State != graph.Yes || !keeps(c.node(e.Log.To)):
		case to.Kind == graph.KindRuntime:
			var workloads []string
			if shown(e) {
				workloads = to.Workloads
			}
			l := add(e.Log.To, e, workloads)
			l.of = append(l.of, to.Name)
		case to.Kind == graph.KindModel, to.Kind == graph.KindProfile:
			all := c.destinations(e)
			var workloads []string
			if shown(e) {
				workloads = from.Workloads
			}
			for _, id := range all {
				l := add(id, e, workloads)
				l.copies = append(l.copies, all...)
			}
		}
	}
	for id, l := range out {
		slices.Sort(l.of)
		l.of = slices.Compact(l.of)
		slices.Sort(l.copies)
		l.copies = slices.DeleteFunc(slices.Compact(l.copies), func(other graph.NodeID) bool { return other == id })
	}
	return out
}

// keeps reports whether a log keeps what is said; a trail keeps that something was said.
func keeps(n *graph.Node) bool { return n.Kind == graph.KindLogGroup || n.Kind == graph.KindLogBucket }

// shown reports whether anything shows that a link is used: what is only allowed leaves nothing to keep.
func shown(e *graph.Edge) bool {
	return e.Wired == graph.Yes || e.Intended == graph.Yes || e.Used.State == graph.Yes
}

// destinations are all the logs that the invocation logging behind a call writes to. The link itself names the first;
// the model's links to its logs, by the configuration that shows them, the others.
func (c *chain) destinations(call *graph.Edge) []graph.NodeID {
	all := []graph.NodeID{call.Log.To}
	if call.Log.Source == (graph.Source{}) {
		return all
	}
	for e := range c.g.Out(call.To) {
		if e.Kind != graph.LogsTo || e.To == call.Log.To || !slices.ContainsFunc(e.Evidence, func(ev graph.Evidence) bool { return ev.Source == call.Log.Source }) {
			continue
		}
		all = append(all, e.To)
	}
	return all
}

// checkKept looks at how one log is encrypted and for how long it keeps what it is given.
func (c *chain) checkKept(r *report, l *keptLog, questions openQuestions) {
	n := l.node
	var says, fixes []string
	var fix Fix
	customer, unread := c.customerKey(n)
	switch {
	case unread != "":
		questions.add(n, byKey, unread)
	case !customer:
		says = append(says, "is encrypted by no customer key")
		fixes = append(fixes, keyFix(n))
	}
	own := len(says) > 0 // the log itself is weak, whoever uses it

	kept := retention(n)
	asking := c.asking(l, kept)
	switch {
	case kept.forEver():
		says = append(says, "keeps "+l.holds()+" for ever, since nothing there expires")
		fix = retentionFix(n, 0, c.longest(l))
		fixes = append(fixes, fix.Text)
		own = true
	case len(asking) > 0:
		says = append(says, fmt.Sprintf("keeps %s for %s where %s", l.holds(), days(kept.most), l.mustKeep(asking)))
		fix = retentionFix(n, kept.most, asking[0].Retention)
		fixes = append(fixes, fix.Text)
	case kept.unread != "":
		questions.add(n, byTime, kept.unread)
	}
	if len(says) == 0 {
		return
	}
	f := Finding{
		Sentence: fmt.Sprintf("%s %s.", l.name(), reach.And(says)),
		Nodes:    []graph.NodeID{n.ID},
		Fix:      Fix{Text: strings.Join(fixes, " "), Before: fix.Before, After: fix.After},
	}
	if own {
		f.Workloads = sortedKeys(l.use)
	} else {
		for _, w := range asking {
			f.Workloads = append(f.Workloads, w.Name)
		}
	}
	var links []*graph.Edge
	for _, w := range f.Workloads {
		links = append(links, l.use[w]...)
	}
	if len(links) == 0 {
		links = l.others
	}
	f.Links = ids(links)
	var detail []string
	if len(l.of) > 0 {
		detail = append(detail, "The log is "+n.Name+".")
	}
	if len(asking) > 0 {
		detail = append(detail, c.longerCopies(l, kept.most)...)
	}
	f.Detail = strings.Join(detail, " ")
	f.Evidence = describedBy(n)
	f.Moves = c.weighLog(n, links)
	r.open([]string{string(n.ID)}, f)
}

// describedBy is where the configuration of a log stands. What says a bucket's encryption and lifecycle does not say the
// bucket, so that its files are named after the commands that printed them; where none is, any may be it.
func describedBy(n *graph.Node) []graph.Evidence {
	var all, named []graph.Evidence
	for _, s := range n.Sources {
		ev := graph.Evidence{Kind: graph.ByConfiguration, Source: s, Note: "how " + n.Name + " is kept"}
		all = append(all, ev)
		if file := path.Base(s.File); strings.Contains(file, "bucket-encryption") || strings.Contains(file, "bucket-lifecycle") {
			named = append(named, ev)
		}
	}
	if len(named) > 0 {
		return named
	}
	return addEvidence(nil, all)
}

// weighLog lists what makes a weak log weigh more. It is low as it is: nothing makes it weigh less.
func (c *chain) weighLog(n *graph.Node, links []*graph.Edge) []Move {
	var moves []Move
	if k := c.rank(n); k > 0 && k == c.top() {
		moves = append(moves, Move{By: 1, Why: n.Name + " is " + n.Class})
	}
	return append(moves, slices.DeleteFunc(c.byRisk(links), func(m Move) bool { return m.By < 0 })...)
}

// name is how a log is spoken of: a runtime's or function's by what writes it, since nobody reads its path aloud.
func (l *keptLog) name() string {
	if len(l.of) == 0 {
		return l.node.Name
	}
	return "The log of " + list(l.of)
}

func (l *keptLog) holds() string {
	if len(l.of) > 0 {
		return "what it records"
	}
	return "prompts and answers"
}

// mustKeep says which workloads ask for more days, longest first.
func (l *keptLog) mustKeep(asking []*graph.Workload) string {
	what := "them"
	if len(l.of) > 0 {
		what = "prompts and answers"
	}
	if len(asking) == 1 {
		return fmt.Sprintf("%s must keep %s for %d", title(asking[0]), what, asking[0].Retention)
	}
	var names []string
	for _, w := range asking {
		names = append(names, fmt.Sprintf("%s (%d)", title(w), w.Retention))
	}
	return fmt.Sprintf("%s must keep %s longer", list(names), what)
}

// asking lists the workloads that use a log and declare that they must keep prompts longer than it does, longest first.
func (c *chain) asking(l *keptLog, k keeping) []*graph.Workload {
	var out []*graph.Workload
	for _, name := range sortedKeys(l.use) {
		if w := c.g.Intent.Workload(name); w != nil && k.most > 0 && k.most < w.Retention {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b *graph.Workload) int { return b.Retention - a.Retention })
	return out
}

// longest is the most days that a workload using a log asks for; 0 when none asks.
func (c *chain) longest(l *keptLog) int {
	most := 0
	for name := range l.use {
		if w := c.g.Intent.Workload(name); w != nil {
			most = max(most, w.Retention)
		}
	}
	return most
}

// longerCopies names the other logs of the same calls that keep them longer. They do not make up for a short one: which
// of them takes everything, and which only what is too large for a log event, the chain does not say.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CloudWatchConfig.html
func (c *chain) longerCopies(l *keptLog, than int) []string {
	var out []string
	for _, id := range l.copies {
		switch k, n := retention(c.node(id)), c.node(id); {
		case k.forEver():
			out = append(out, fmt.Sprintf("Model invocation logging also writes to %s, which keeps what it gets for ever.", n.Name))
		case k.unread == "" && k.most > than:
			out = append(out, fmt.Sprintf("Model invocation logging also writes to %s, which keeps what it gets for %s.", n.Name, days(k.most)))
		}
	}
	return out
}

// checkPromptsKept looks for model calls of a workload that no log keeps.
func (c *chain) checkPromptsKept(r *report, w *graph.Workload) {
	var lost, unclear []*graph.Edge
	for _, id := range w.Members {
		for e := range c.g.Out(id) {
			if to := c.node(e.To); e.Kind != graph.Invokes || !open(e) || !shown(e) || to.Kind != graph.KindModel && to.Kind != graph.KindProfile {
				continue
			}
			switch e.Log.State {
			case graph.Yes:
				if keeps(c.node(e.Log.To)) {
					return
				}
				lost = append(lost, e) // a trail shows the call, and keeps neither prompt nor answer
			case graph.No:
				lost = append(lost, e)
			default:
				unclear = append(unclear, e)
			}
		}
	}
	switch {
	case len(lost) > 0:
		r.open([]string{w.Name}, Finding{
			Sentence: fmt.Sprintf("%s must keep prompts and answers for %s, and no log keeps them.", title(w), days(w.Retention)),
			Links:    ids(lost), Workloads: []string{w.Name},
			Moves: riskOf(w),
			Fix:   Fix{Text: "Turn on model invocation logging for text in the account and Region, to a log group or bucket that keeps it that long."},
		})
	case len(unclear) > 0:
		r.notAssessed([]string{w.Name}, Finding{
			Sentence: fmt.Sprintf("%s must keep prompts and answers for %s, and whether any log keeps them was not assessed.", title(w), days(w.Retention)),
			Links:    ids(unclear), Workloads: []string{w.Name},
			Need: "aws bedrock get-model-invocation-logging-configuration",
		})
	}
}

func riskOf(w *graph.Workload) []Move {
	if w.Risk == "high" {
		return []Move{{By: 1, Why: title(w) + " is a workload of high risk"}}
	}
	return nil
}

func days(n int) string { return some(n, "day") }

// customerKey reports whether a key of the customer's own encrypts what a log holds; unread says why that is not known.
// A log group without a key is encrypted by CloudWatch Logs, a bucket by S3 or the account's aws/s3 key.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
func (c *chain) customerKey(n *graph.Node) (customer bool, unread string) {
	by, keys := n.Attr("encryption"), n.Attr("kms key")
	switch {
	case strings.Contains(by, disagree), n.Kind == graph.KindLogGroup && by != "" && keys != "":
		return false, "what was imported disagrees about the key"
	case keys != "":
		for k := range strings.SplitSeq(strings.ReplaceAll(keys, disagree, ""), " / ") {
			if !c.awsManaged(k) {
				customer = true
			}
		}
		return customer, ""
	case by != "":
		return false, ""
	case n.Kind == graph.KindLogGroup:
		return false, notListed
	}
	return false, "get-bucket-encryption was not imported"
}

// disagree stands behind an attribute of which two sources say different things.
const disagree = " (sources disagree)"

// awsManaged reports whether a key is known to be AWS's own: by its alias, or by what describe-key says of it.
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
func (c *chain) awsManaged(key string) bool {
	if strings.HasPrefix(key, "alias/aws/") || strings.Contains(key, ":alias/aws/") {
		return true
	}
	n := c.g.Node(graph.NodeID(key))
	return n != nil && n.Attr("manager") == "AWS"
}

// keeping is for how long a log keeps what it holds: at most some days, all of it exactly that long unless unread says
// what is not known. With neither it keeps it for ever.
type keeping struct {
	most   int
	unread string
}

func (k keeping) forEver() bool { return k.most == 0 && k.unread == "" }

// retention reads how long a log keeps what it holds. Its importers say "never expires" of a log group without retention
// and of a bucket whose lifecycle expires nothing; behind days stands what keeps a part of it shorter.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
func retention(n *graph.Node) keeping {
	v := n.Attr("retention")
	switch {
	case v == "never expires":
		return keeping{}
	case v == "" && n.Kind == graph.KindLogGroup:
		return keeping{unread: notListed}
	case v == "":
		return keeping{unread: "get-bucket-lifecycle-configuration was not imported"}
	case strings.Contains(v, disagree):
		return keeping{unread: "its retention reads " + v}
	}
	first, _, partly := strings.Cut(v, ", ")
	most, err := strconv.Atoi(strings.TrimSuffix(first, " d"))
	if err != nil || most <= 0 {
		return keeping{unread: "its retention reads " + v}
	}
	if partly {
		return keeping{most, "its retention reads " + v}
	}
	return keeping{most: most}
}

func keyFix(n *graph.Node) string {
	if n.Kind == graph.KindLogGroup {
		return "Let a customer managed key encrypt it: aws logs associate-kms-key --log-group-name " + n.Name + " --kms-key-id KEY-ARN."
	}
	return "Let a customer managed key encrypt what comes into " + n.Name + " by default: aws s3api put-bucket-encryption."
}

// retentionFix says how to let a log keep what it holds for some days: as many as are asked for, if any are. has is what
// it keeps now, 0 for ever.
func retentionFix(n *graph.Node, has, want int) Fix {
	switch {
	case n.Kind != graph.KindLogGroup && want == 0:
		return Fix{Text: "Let a lifecycle rule expire the objects of " + n.Name + "."}
	case n.Kind != graph.KindLogGroup:
		return Fix{Text: fmt.Sprintf("Let the lifecycle rule of %s expire objects after %s.", n.Name, days(want))}
	case want == 0:
		return Fix{Text: "Set the log group's retention: aws logs put-retention-policy --log-group-name " + n.Name + "."}
	}
	i := slices.IndexFunc(groupRetentions, func(d int) bool { return d >= want })
	if i < 0 {
		return Fix{Text: fmt.Sprintf("CloudWatch Logs keeps events for at most %d days or for ever: keep a copy in a bucket whose objects expire after %s.", groupRetentions[len(groupRetentions)-1], days(want))}
	}
	fix := Fix{
		Text:  "Set the log group's retention; CloudWatch Logs knows only certain numbers of days, of which this is the next.",
		After: fmt.Sprintf(`"retentionInDays": %d`, groupRetentions[i]),
	}
	if has > 0 {
		fix.Before = fmt.Sprintf(`"retentionInDays": %d`, has)
	}
	return fix
}

// groupRetentions are the numbers of days that a log group can keep its events.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var groupRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
