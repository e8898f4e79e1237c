package rules

import (
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

// Severity is how much a finding weighs. The zero value is no severity.
type Severity int

// Severities from light to heavy.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severityNames = [...]string{Low: "low", Medium: "medium", High: "high", Critical: "critical"}

// String is the severity's name in lower case; "none" for the zero value.
func (s Severity) String() string {
	if s < Low || s > Critical {
		return "none"
	}
	return severityNames[s]
}

// ParseSeverity reads what String writes, in any case.
func ParseSeverity(s string) (Severity, error) {
	for v := Low; v <= Critical; v++ {
		if strings.EqualFold(s, severityNames[v]) {
			return v, nil
		}
	}
	return 0, fmt.Errorf("severity %q is none of low, medium, high, critical", s)
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name; "none" and "" are the zero value.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 || string(text) == "none" {
		*s = 0
		return nil
	}
	v, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// Status says whether a finding was found or could not be looked for.
type Status string

// Statuses.
const (
	Open        Status = "open"
	NotAssessed Status = "not assessed"
)

// Move is one reason why a severity differs from its rule's base, and by how many steps.
type Move struct {
	By  int    `json:"by"`
	Why string `json:"why"`
}

// Fix is what would end a finding. Before and After are the text to change, shown as a diff; both are "" when
// the fix is said in words only, and After alone is "" when what stands in Before should go.
type Fix struct {
	Text   string `json:"text,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Reference is a published control or risk that a rule answers to.
type Reference struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Version string `json:"version"`
	URL     string `json:"url,omitempty"`
}

// Finding is one fault, or one thing that could not be looked at. One cause is one finding, whatever number of
// links it touches. Links and Nodes are sorted by ID; Links may be empty when the fault is a node's.
type Finding struct {
	ID         string           `json:"id"` // 16 hex digits; the same as long as the cause is, in whatever files and order it is imported
	Rule       string           `json:"rule"`
	Status     Status           `json:"status"`
	Severity   Severity         `json:"severity"`        // Base with Moves applied, clamped to low … critical
	Base       Severity         `json:"base"`            // the rule's own
	Moves      []Move           `json:"moves,omitempty"` // in the order they were weighed
	Sentence   string           `json:"sentence"`        // to be read aloud
	Detail     string           `json:"detail,omitempty"`
	Label      string           `json:"label,omitempty"` // the mark's words on the map: "s3:* on *"
	Links      []graph.EdgeID   `json:"links,omitempty"`
	Nodes      []graph.NodeID   `json:"nodes,omitempty"`
	Paths      []reach.Path     `json:"paths,omitempty"` // some paths the cause lies on, worst first
	Evidence   []graph.Evidence `json:"evidence,omitempty"`
	Fix        Fix              `json:"fix,omitzero"`
	References []Reference      `json:"references,omitempty"`
	Workloads  []string         `json:"workloads,omitempty"` // declared workloads it touches, sorted
	Need       string           `json:"need,omitempty"`      // NotAssessed: what to import or declare
}
