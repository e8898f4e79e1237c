package export

import (
	"github.com/permchain/permchain/graph"
)

// LegendItem explains one mark of the drawing. Key names its sample: see LegendSVG.
type LegendItem struct {
	Key, Text string
}

// legend lists the marks that the scene uses, and no others.
func (sc *Scene) legend() []LegendItem {
	used := map[string]bool{}
	for i := range sc.Lines {
		l := &sc.Lines[i]
		switch {
		case l.Stark() && l.Unowned:
			used["both"] = true
		case l.Stark():
			used["broad"] = true
		case l.Unowned:
			used["unowned"] = true
		case l.Verdict == graph.Allowed:
			used["allowed"] = true
		case l.Verdict == graph.NotApplicable:
			used["allowed"] = true
		}
		switch l.Verdict {
		case graph.Conditional:
			used["cond"] = true
		case graph.Unknown:
			used["unknown"] = true
		case graph.Denied:
			used["denied"] = true
		}
		switch l.Confirm {
		case graph.ConfirmUser:
			used["gate"] = true
		case graph.ConfirmReturn:
			used["return"] = true
		}
		if l.NoLog {
			used["nolog"] = true
		}
	}
	for i := range sc.Cards {
		c := &sc.Cards[i]
		if c.Wildcard {
			used["wild"] = true
		}
		if c.Folded() {
			used["fold"] = true
		}
		if c.Unknown != "" {
			used["gap"] = true
		}
		for _, g := range c.Guards {
			if g.Kind == graph.KindKey {
				used["key"] = true
			} else {
				used["guard"] = true
			}
		}
	}
	var out []LegendItem
	for _, it := range []LegendItem{
		{"allowed", "allowed"},
		{"cond", "only if conditions hold"},
		{"unknown", "? not known"},
		{"denied", "denied"},
		{"broad", "✱ over-broad"},
		{"unowned", "◇ no owner"},
		{"both", "✱ ◇ both"},
		{"gate", "the user confirms"},
		{"return", "the application decides"},
		{"nolog", "no log"},
		{"wild", "stands for every one"},
		{"fold", "several alike"},
		{"gap", "not imported itself"},
		{"guard", "guardrail"},
		{"key", "customer key"},
	} {
		if used[it.Key] {
			out = append(out, it)
		}
	}
	return out
}
