package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/permchain/permchain/graph"
)

// WorkloadSummary is one row of the list of workloads.
type WorkloadSummary struct {
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	Risk    string `json:"risk,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Links   int    `json:"links"`   // access that starts or ends at a part of the workload
	Broad   int    `json:"broad"`   // of these, over-broad
	Unowned int    `json:"unowned"` // links that need an owner and have none
	Review  string `json:"review,omitempty"`
	// Next is when the next review is due; zero when no date follows from what was declared and held.
	Next time.Time `json:"next,omitzero"`
}

// Workloads summarizes the declared workloads, in the order they were declared. broad holds the links that findings
// call over-broad; held says when a workload was last reviewed (nil or a missing name: never).
func Workloads(g *graph.Graph, broad map[graph.EdgeID]bool, held map[string]time.Time) []WorkloadSummary {
	if g.Intent == nil {
		return nil
	}
	rows := make([]WorkloadSummary, len(g.Intent.Workloads))
	at := map[string]int{}
	for i, w := range g.Intent.Workloads {
		rows[i] = WorkloadSummary{Name: w.Name, Title: w.Title, Purpose: w.Purpose, Risk: w.Risk, Owner: w.Owner, Review: w.Review}
		rows[i].Next, _ = NextReview(w.Review, held[w.Name])
		at[w.Name] = i
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		needs := NeedsOwner(g, e) && Owner(g, e).Name == ""
		if !needs && !Access(e) {
			continue
		}
		for _, name := range WorkloadsOf(g, e) {
			row, ok := at[name]
			if !ok {
				continue
			}
			if needs {
				rows[row].Unowned++
			}
			if Access(e) {
				rows[row].Links++
				if broad[e.ID] {
					rows[row].Broad++
				}
			}
		}
	}
	return rows
}

// WorkloadsOf names the workloads that a link starts or ends in, sorted.
func WorkloadsOf(g *graph.Graph, e *graph.Edge) []string {
	var out []string
	for _, id := range []graph.NodeID{e.From, e.As, e.To} {
		if n := g.Node(id); n != nil {
			out = append(out, n.Workloads...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// cadences are the words that permchain.yaml knows for how often a workload is reviewed, in months and days.
var cadences = map[string][2]int{
	"weekly": {0, 7}, "monthly": {1, 0}, "quarterly": {3, 0}, "half-yearly": {6, 0}, "yearly": {12, 0}, "annually": {12, 0},
}

// NextReview says when a review is due: the declared date, or the last one held plus the cadence ("quarterly",
// "90d"). It is false when no date follows: nothing declared, nothing held yet, or a word that is not known.
func NextReview(review string, held time.Time) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, review); err == nil {
		return day, true
	}
	if held.IsZero() {
		return time.Time{}, false
	}
	review = strings.ToLower(review)
	if c, ok := cadences[review]; ok {
		return held.AddDate(0, c[0], c[1]), true
	}
	if days, err := strconv.Atoi(strings.TrimSuffix(review, "d")); err == nil && days > 0 && strings.HasSuffix(review, "d") {
		return held.AddDate(0, 0, days), true
	}
	return time.Time{}, false
}

// Share is how many of a number of links have something.
type Share struct {
	Have int `json:"have"`
	Of   int `json:"of"`
}

// Percent is the share in whole percent. It says 0 or 100 only when that is exact, so that one missing link still
// shows; a share of nothing is 100.
func (s Share) Percent() int {
	switch {
	case s.Of == 0 || s.Have == s.Of:
		return 100
	case s.Have == 0:
		return 0
	}
	return min(max((s.Have*100+s.Of/2)/s.Of, 1), 99)
}

// Missing is how many have it not.
func (s Share) Missing() int { return s.Of - s.Have }

// Shares is how far a chain is owned, decided and logged.
type Shares struct {
	Owned        Share  `json:"owned"`
	UnownedTop   int    `json:"unownedTop"`         // unowned links into data of the highest class
	TopClass     string `json:"topClass,omitempty"` // the highest declared class; "" when none is declared
	Decided      Share  `json:"decided"`
	Stale        int    `json:"stale"` // decided for access that has changed since
	Logged       Share  `json:"logged"`
	NoTrace      int    `json:"noTrace"`      // links that no log would show
	NoTraceAgent int    `json:"noTraceAgent"` // of these, links that start at an agent
	LogUnknown   int    `json:"logUnknown"`   // links of which it is not known
}

// Decided is what is known of decisions: the evidence hash that each decided link was decided for.
type Decided map[graph.EdgeID]string

// ShareOf counts a chain.
func ShareOf(g *graph.Graph, decided Decided) Shares {
	var s Shares
	if g.Intent != nil && len(g.Intent.Classes) > 0 {
		s.TopClass = g.Intent.Classes[len(g.Intent.Classes)-1]
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		if NeedsOwner(g, e) {
			s.Owned.Of++
			switch to := g.Node(e.To); {
			case Owner(g, e).Name != "":
				s.Owned.Have++
			case s.TopClass != "" && to.Class == s.TopClass:
				s.UnownedTop++
			}
		}
		if !Access(e) {
			continue
		}
		s.Decided.Of++
		if hash, ok := decided[e.ID]; ok && hash == e.EvidenceHash {
			s.Decided.Have++
		} else if ok {
			s.Stale++
		}
		switch e.Log.State {
		case graph.Yes:
			s.Logged.Have++
		case graph.No:
			s.NoTrace++
			if Agent(g.Node(e.From)) {
				s.NoTraceAgent++
			}
		default:
			s.LogUnknown++
		}
		s.Logged.Of++
	}
	return s
}

// Agent reports whether a node acts on a model's word: an agent, its alias, a flow or an agent runtime.
func Agent(n *graph.Node) bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case graph.KindAgent, graph.KindAgentAlias, graph.KindRuntime, graph.KindFlow:
		return true
	}
	return false
}

// String says a share as people read it: "82% (41 of 50)".
func (s Share) String() string { return fmt.Sprintf("%d%% (%d of %d)", s.Percent(), s.Have, s.Of) }
