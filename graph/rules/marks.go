package rules

import "github.com/permchain/permchain/graph"

// Mark is what the map shows on a link: the signals, the words of its label and the findings behind them.
type Mark struct {
	Broad       bool     `json:"broad,omitempty"`
	Unowned     bool     `json:"unowned,omitempty"`
	Unconfirmed bool     `json:"unconfirmed,omitempty"`
	Label       string   `json:"label,omitempty"`    // "s3:* on *", "any principal", "unconfirmed", "no owner"
	Severity    Severity `json:"severity,omitempty"` // of the heaviest open finding on the link; 0 for none
	Findings    []string `json:"findings,omitempty"` // IDs of all findings on the link, in the order of Check
}

// Marks gathers the signals of every link that findings touch. A link without findings is not in the map.
func Marks(g *graph.Graph, fs []Finding) map[graph.EdgeID]Mark {
	marks := make(map[graph.EdgeID]Mark)
	for i := range fs {
		f := &fs[i]
		for _, id := range f.Links {
			m := marks[id]
			m.Findings = append(m.Findings, f.ID)
			if f.Status == Open {
				m.Severity = max(m.Severity, f.Severity)
			}
			marks[id] = m
		}
	}
	return marks
}
