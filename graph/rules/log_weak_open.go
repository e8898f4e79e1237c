package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
)

// What may not be known of a log.
const (
	byKey  = "key"
	byTime = "time"
)

// notListed is why nothing is known of a log group.
const notListed = "describe-log-groups was not imported, or does not list it"

// openQuestions gathers what is not known of logs, so that many of which the same is not known are said at once.
type openQuestions map[graph.NodeID]*openQuestion

type openQuestion struct {
	node *graph.Node
	what map[string]bool // byKey, byTime
	why  []string
}

func (q openQuestions) add(n *graph.Node, what, why string) {
	o := q[n.ID]
	if o == nil {
		o = &openQuestion{node: n, what: map[string]bool{}}
		q[n.ID] = o
	}
	o.what[what] = true
	if !slices.Contains(o.why, why) {
		o.why = append(o.why, why)
	}
}

// report says, by account and kind of log, what could not be assessed and what would let it be.
func (q openQuestions) report(c *chain, r *report) {
	groups := map[string][]*openQuestion{}
	for _, id := range sortedKeys(q) {
		o := q[id]
		key := strings.Join([]string{o.node.Account, string(o.node.Kind), fmt.Sprint(o.what[byKey], o.what[byTime]), strings.Join(o.why, "\x01")}, "\x00")
		groups[key] = append(groups[key], o)
	}
	for _, key := range sortedKeys(groups) {
		all := groups[key]
		var nodes []graph.NodeID
		for _, o := range all {
			nodes = append(nodes, o.node.ID)
		}
		names := list(c.namesOf(nodes))
		they, why := "it is", strings.Join(all[0].why, ", and ")
		if len(all) > 1 {
			they, why = "they are", strings.ReplaceAll(why, "list it", "list them")
		}
		var s string
		switch o := all[0]; {
		case o.what[byKey] && o.what[byTime]:
			s = fmt.Sprintf("Whether a customer key encrypts %s, and how long %s kept, was not assessed: %s.", names, they, why)
		case o.what[byKey]:
			s = fmt.Sprintf("Whether a customer key encrypts %s was not assessed: %s.", names, why)
		default:
			s = fmt.Sprintf("How long %s %s kept was not assessed: %s.", names, is(len(all)), why)
		}
		r.notAssessed([]string{key}, Finding{Sentence: s, Nodes: nodes, Need: needLog(all)})
	}
}

// needLog says what to import to know how logs are encrypted and kept.
func needLog(all []*openQuestion) string {
	o := all[0]
	if o.node.Kind == graph.KindLogGroup {
		return "aws logs describe-log-groups of " + account(o.node.Account)
	}
	bucket := o.node.Name
	if len(all) > 1 {
		bucket = "BUCKET, for each"
	}
	var commands []string
	if o.what[byKey] {
		commands = append(commands, "get-bucket-encryption")
	}
	if o.what[byTime] {
		commands = append(commands, "get-bucket-lifecycle-configuration")
	}
	return fmt.Sprintf("aws s3api %s --bucket %s", strings.Join(commands, " and "), bucket)
}
