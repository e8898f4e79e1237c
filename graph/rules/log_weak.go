package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
)

var logWeak = Rule{
	ID: "log-weak", Title: "A prompt log that is not kept long enough", Base: Low,
	About:      "A workload's prompts and answers are kept for fewer days than it declares, or by no log at all.",
	References: []Reference{agentsec05bp01, gensec01bp04},
	check:      checkLogWeak,
}

func checkLogWeak(c *chain, r *report) {
	if c.g.Intent == nil || !slices.ContainsFunc(c.g.Intent.Workloads, func(w graph.Workload) bool { return w.Retention > 0 }) {
		if logs := c.promptLogs(); len(logs) > 0 {
			r.notAssessed(nil, Finding{
				Sentence: fmt.Sprintf("Whether %s %s kept long enough was not assessed: no workload declares how long.", list(c.namesOf(sortedKeys(logs))), is(len(logs))),
				Nodes:    sortedKeys(logs),
				Need:     "retention: 90d of a workload in permchain.yaml",
			})
		}
		return
	}
	for i := range c.g.Intent.Workloads {
		if w := &c.g.Intent.Workloads[i]; w.Retention > 0 {
			c.checkRetention(r, w)
		}
	}
}

// checkRetention looks at every log that the workload's own model calls go to.
func (c *chain) checkRetention(r *report, w *graph.Workload) {
	logs := map[graph.NodeID][]*graph.Edge{}
	var lost, unclear []*graph.Edge
	prompt := c.promptLogs()
	for _, id := range w.Members {
		for e := range c.g.Out(id) {
			if to := c.node(e.To); e.Kind != graph.Invokes || !open(e) || e.Wired != graph.Yes && e.Intended != graph.Yes && e.Used.State != graph.Yes ||
				to.Kind != graph.KindModel && to.Kind != graph.KindProfile {
				continue
			}
			switch e.Log.State {
			case graph.Yes:
				if _, ok := prompt[e.Log.To]; ok {
					logs[e.Log.To] = append(logs[e.Log.To], e)
				} else {
					lost = append(lost, e) // a trail shows the call, and keeps neither prompt nor answer
				}
			case graph.No:
				lost = append(lost, e)
			default:
				unclear = append(unclear, e)
			}
		}
	}
	moves := c.riskOf(w)
	for _, id := range sortedKeys(logs) {
		n := c.node(id)
		switch days, why := retention(n); {
		case why != "":
			r.notAssessed([]string{w.Name, string(id)}, Finding{
				Sentence: fmt.Sprintf("%s must keep prompts and answers for %d days, and how long %s keeps them was not assessed: %s.", title(w), w.Retention, n.Name, why),
				Nodes:    []graph.NodeID{id}, Links: ids(logs[id]), Workloads: []string{w.Name},
				Need: needRetention(n),
			})
		case days > 0 && days < w.Retention:
			r.open([]string{w.Name, string(id)}, Finding{
				Sentence: fmt.Sprintf("%s must keep prompts and answers for %d days, and %s keeps them for %d.", title(w), w.Retention, n.Name, days),
				Links:    ids(logs[id]), Nodes: []graph.NodeID{id}, Workloads: []string{w.Name},
				Moves: moves,
				Fix:   retentionFix(n, days, w.Retention),
			})
		}
	}
	if len(lost) > 0 && len(logs) == 0 {
		r.open([]string{w.Name}, Finding{
			Sentence: fmt.Sprintf("%s must keep prompts and answers for %d days, and no log keeps them.", title(w), w.Retention),
			Links:    ids(lost), Workloads: []string{w.Name},
			Moves: moves,
			Fix:   Fix{Text: "Turn on model invocation logging for text in the account and Region, to a log group or bucket that keeps it that long."},
		})
	}
	if len(unclear) > 0 && len(logs) == 0 && len(lost) == 0 {
		r.notAssessed([]string{w.Name}, Finding{
			Sentence: fmt.Sprintf("%s must keep prompts and answers for %d days, and whether any log keeps them was not assessed.", title(w), w.Retention),
			Links:    ids(unclear), Workloads: []string{w.Name},
			Need: "aws bedrock get-model-invocation-logging-configuration",
		})
	}
}

func (c *chain) riskOf(w *graph.Workload) []Move {
	if w.Risk == "high" {
		return []Move{{By: 1, Why: title(w) + " is a workload of high risk"}}
	}
	return nil
}

// retention is how many days a log keeps what it holds, 0 for ever; why says why that is not known. A log group without
// a retention never expires.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
func retention(n *graph.Node) (days int, why string) {
	if v := n.Attr("retention"); v != "" {
		days, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(v, "days"), "d")))
		if err != nil {
			return 0, "its retention reads " + v
		}
		return days, ""
	}
	switch {
	case n.Unknown != "":
		return 0, n.Unknown
	case n.Kind == graph.KindLogGroup && len(n.Sources) > 0:
		return 0, ""
	}
	return 0, "its lifecycle was not imported"
}

func needRetention(n *graph.Node) string {
	if n.Kind == graph.KindLogGroup {
		return "aws logs describe-log-groups --log-group-name-prefix " + n.Name
	}
	return "aws s3api get-bucket-lifecycle-configuration --bucket " + n.Name
}

func retentionFix(n *graph.Node, days, want int) Fix {
	if n.Kind != graph.KindLogGroup {
		return Fix{Text: fmt.Sprintf("Let the lifecycle rule of %s expire objects after %d days.", n.Name, want)}
	}
	allowed := want
	for _, d := range groupRetentions {
		if d >= want {
			allowed = d
			break
		}
	}
	return Fix{
		Text:   "Set the log group's retention; CloudWatch Logs knows only certain numbers of days, of which this is the next.",
		Before: fmt.Sprintf(`"retentionInDays": %d`, days), After: fmt.Sprintf(`"retentionInDays": %d`, allowed),
	}
}

// groupRetentions are the numbers of days that a log group can keep its events.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var groupRetentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
