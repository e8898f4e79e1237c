// Package export draws the chain: one scene, said once, and writers that put it on a page or in a file.
//
// Build chooses what is drawn and says what is not. The writers add nothing to it: the same cards, lines, marks and
// words stand in every format.
package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/layout"
	"github.com/permchain/permchain/graph/rules"
)

// Filter says what to draw. The zero value is the default view. Workload, Env and Focus narrow the scope; Reaches,
// Kind and Q choose links within it; of Broad, Unowned and NotWired each that is set adds its links. Whatever is
// chosen is drawn with what it takes to read it: the ways that callers have to it, and the log that would show it.
type Filter struct {
	Workload string // a declared workload's name
	Env      string // an environment's name

	Broad    bool // links that are over-broad, or act without confirmation
	Unowned  bool
	NotWired bool // granted, but nothing in the configuration makes the workload do it

	Reaches string // a data class: links on ways into data of that class
	Kind    string // a link kind ("reads") or a node kind ("bucket")
	Q       string // part of a name, an ARN or an owner, in any case

	Focus graph.NodeID // what stands around this node …
	Hops  int          // … in so many hops; 0 means DefaultHops

	Denied  bool // draw denied links too
	Implied bool // draw every link that a wildcard link stands for too

	Unfold []string // keys of folded cards to draw one by one; "all" for every one
}

// Bounds of a picture that a person can read.
const (
	DefaultHops = 2
	FoldAbove   = 60  // cards above which those alike are drawn as one
	MostCards   = 150 // cards above which only the worst paths are drawn
)

// Tone is how a card's second line stands out.
type Tone string

// Tones. ToneBroad is vermilion, ToneUnowned violet.
const (
	TonePlain   Tone = ""
	ToneBroad   Tone = "broad"
	ToneUnowned Tone = "unowned"
)

// Guard is a key or guardrail that protects a card's node, drawn as a small mark on the card.
type Guard struct {
	ID   graph.NodeID
	Kind graph.NodeKind
	Name string
}

// Card is one node, or several alike, in a lane.
type Card struct {
	Key    string // graph.NodeID.Key of its node, or "fold-…"
	ID     graph.NodeID
	Kind   graph.NodeKind
	Lane   graph.Lane
	Name   string // whole; writers shorten it
	Detail string
	Tone   Tone

	Wildcard, Outside bool
	Unknown           string // why it is not wholly known; "" when it is
	Guards            []Guard

	Members []graph.NodeID // of a fold, sorted; nil for a single node
	Within  []graph.NodeID // nodes that are read as one with this one and have no card of their own: a tool's function

	Rect layout.Rect

	short string // Name as the drawing has it; "" for Name
}

// Folded reports whether the card stands for several nodes.
func (c *Card) Folded() bool { return len(c.Members) > 0 }

// Line is what joins two cards: one link, or all that lead from one to the other.
type Line struct {
	ID       graph.EdgeID   // its worst link
	Links    []graph.EdgeID // all of them, the worst first
	Kinds    []graph.EdgeKind
	From, To string // keys of cards

	Broad, Unowned, Unconfirmed bool

	Verdict  graph.Verdict // allowed when any of its links is; else unknown, then conditional, then denied
	Confirm  graph.Confirmation
	NoLog    bool
	Severity rules.Severity
	Label    string // its marks and their words: "✱ s3:* on *"; "" when it carries none
	Sentence string // "support-agent can read hr-payroll, over-broad (s3:* on *), no owner"

	Route layout.Route

	small       bool // small signs before its head say its marks, not a label
	partUnknown bool // a link of it is unknown and another is not
}

// Stark reports whether the line is drawn thick: it is over-broad, or acts without confirmation.
func (l *Line) Stark() bool { return l.Broad || l.Unconfirmed }

// Hidden is something that is not drawn, and why.
type Hidden struct {
	Why      string // "denied links"
	Nodes    int
	Links    int
	Findings int    // links among them that carry a finding
	Show     string // the filter parameter that would draw them: "denied", "implied"; "" when there is none
}

// String says it in words: "12 denied links, 2 of them with findings".
func (h Hidden) String() string {
	s := h.Why
	if h.Findings > 0 {
		s += fmt.Sprintf(" (%d with findings)", h.Findings)
	}
	return s
}

// Counts says how much of the chain is drawn.
type Counts struct {
	Nodes, AllNodes int
	Links, AllLinks int
	Cards, Lines    int
}

// String is the counts as every page says them: "24 of 412 nodes, 23 links".
func (c Counts) String() string {
	return fmt.Sprintf("%d of %s, %s", c.Nodes, count(c.AllNodes, "node"), count(c.Links, "link"))
}

// Scene is a drawing: what is in it, where, and what was left out. Cards are sorted by lane and height, Lines by ID.
type Scene struct {
	Filter Filter
	Scope  string // the filter in words: "Support assistant, prod"; "everything" for the default view
	Cards  []Card
	Lines  []Line
	Counts Counts
	Hidden []Hidden
	Legend []LegendItem
	W, H   int
	Lanes  []LaneBand

	g     *graph.Graph
	marks map[graph.EdgeID]rules.Mark
}

// LaneBand is a lane's column.
type LaneBand struct {
	Lane graph.Lane
	Rect layout.Rect
}

// Card returns the card with that key, or nil.
func (sc *Scene) Card(key string) *Card {
	for i := range sc.Cards {
		if sc.Cards[i].Key == key {
			return &sc.Cards[i]
		}
	}
	return nil
}

// CardOf returns the card that a node is drawn as, or nil: its own, the fold it is in, or the one it is read as one with.
func (sc *Scene) CardOf(id graph.NodeID) *Card {
	for i := range sc.Cards {
		if c := &sc.Cards[i]; c.ID == id || slices.Contains(c.Members, id) || slices.Contains(c.Within, id) {
			return c
		}
	}
	return nil
}

// Empty reports whether nothing is drawn.
func (sc *Scene) Empty() bool { return len(sc.Cards) == 0 }

// Description says what is drawn and what is not, for readers who do not see it.
func (sc *Scene) Description() string {
	parts := []string{sc.Scope + ": " + sc.Counts.String() + "."}
	for _, h := range sc.Hidden {
		parts = append(parts, "Not drawn: "+h.String()+".")
	}
	return strings.Join(parts, " ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

// plural of the names of node kinds and the few other nouns that are counted.
func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "ry"), strings.HasSuffix(noun, "cy"), strings.HasSuffix(noun, "ty"):
		return noun[:len(noun)-1] + "ies"
	case strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "s"):
		return noun + "es"
	case noun == string(graph.KindAnyone):
		return noun
	}
	return noun + "s"
}
