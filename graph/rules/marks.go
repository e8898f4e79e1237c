package rules

import (
	"slices"

	"github.com/permchain/permchain/graph"
)

// Mark is what the map shows on a link: the signals, the words of its label and the findings behind them.
type Mark struct {
	Broad       bool     `json:"broad,omitempty"`
	Unowned     bool     `json:"unowned,omitempty"`
	Unconfirmed bool     `json:"unconfirmed,omitempty"`
	Label       string   `json:"label,omitempty"`    // "s3:* on *", "any principal", "unconfirmed", "no owner"
	Severity    Severity `json:"severity,omitempty"` // of the heaviest open finding on the link; 0 for none
	Findings    []string `json:"findings,omitempty"` // IDs of all findings on the link, in the order of Check
}

// signals says which mark the findings of a rule set. Those of other rules only add to Severity and Findings.
var signals = map[string]func(*Mark){
	"broad-action":       func(m *Mark) { m.Broad = true },
	"broad-resource":     func(m *Mark) { m.Broad = true },
	"broad-principal":    func(m *Mark) { m.Broad = true },
	"admin-runtime":      func(m *Mark) { m.Broad = true },
	"unowned":            func(m *Mark) { m.Unowned = true },
	"unconfirmed-action": func(m *Mark) { m.Unconfirmed = true },
}

// labelled orders the rules by whose words the one label of a link has: a wildcard before a missing confirmation before
// a missing owner.
var labelled = []string{"admin-runtime", "broad-action", "broad-resource", "broad-principal", "unconfirmed-action", "unowned"}

// Marks gathers the signals of every link that findings touch. A link without findings is not in the map. An owner is
// missing, and so marked, even where nothing was imported that could name one; other findings that were not assessed
// set no signal.
func Marks(g *graph.Graph, fs []Finding) map[graph.EdgeID]Mark {
	marks := make(map[graph.EdgeID]Mark)
	from := make(map[graph.EdgeID]int) // place in labelled of the rule that gave the label
	for i := range fs {
		f := &fs[i]
		for _, id := range f.Links {
			if g.Edge(id) == nil {
				continue
			}
			m := marks[id]
			m.Findings = append(m.Findings, f.ID)
			if f.Status == Open {
				m.Severity = max(m.Severity, f.Severity)
			}
			if signal, ok := signals[f.Rule]; ok && (f.Status == Open || f.Rule == "unowned") {
				signal(&m)
				if place := slices.Index(labelled, f.Rule); f.Label != "" && (m.Label == "" || place < from[id]) {
					m.Label, from[id] = f.Label, place
				}
			}
			marks[id] = m
		}
	}
	return marks
}

// Broad lists the links that are marked over-broad, for counts of workloads.
func Broad(marks map[graph.EdgeID]Mark) map[graph.EdgeID]bool {
	out := make(map[graph.EdgeID]bool)
	for id, m := range marks {
		if m.Broad {
			out[id] = true
		}
	}
	return out
}
