package rules

import (
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
)

// WorstPath is a path that a reader should know of, said in a sentence.
type WorstPath struct {
	Sentence string       `json:"sentence"`
	Path     reach.Path   `json:"path"`
	Finding  string       `json:"finding"` // ID of the finding that it shows
	Rule     string       `json:"rule"`
	Severity Severity     `json:"severity"`
	Log      graph.NodeID `json:"log,omitempty"` // where its last hop shows; "" when nothing shows it, or that is not known
	NoLog    bool         `json:"noLog,omitempty"`
}

// aboutPath are the rules whose findings are best said as the path itself; the others' own sentences say more.
var aboutPath = []string{"broad-action", "broad-resource", "over-clearance", "no-log", "unapproved-model"}

// Worst picks up to n paths from findings in the order of Check, none of which is part of another: five paths tell
// five things.
func Worst(g *graph.Graph, fs []Finding, n int) []WorstPath {
	x := reach.New(g)
	var out []WorstPath
	said := map[string]bool{}
	for i := range fs {
		f := &fs[i]
		if len(out) == n || f.Status != Open {
			break
		}
		for _, p := range f.Paths {
			if len(p.Edges) == 0 || len(p.Edges) == 1 && slices.Contains(aboutPath, f.Rule) && hasLonger(f.Paths) {
				continue
			}
			last := g.Edge(p.Edges[len(p.Edges)-1])
			sentence := f.Sentence
			if slices.Contains(aboutPath, f.Rule) {
				sentence = x.Sentence(p)
			}
			if last == nil || said[sentence] || told(out, p) {
				continue
			}
			said[sentence] = true
			w := WorstPath{Sentence: sentence, Path: p, Finding: f.ID, Rule: f.Rule, Severity: f.Severity}
			switch last.Log.State {
			case graph.Yes:
				w.Log = last.Log.To
			case graph.No:
				w.NoLog = true
			}
			out = append(out, w)
			break
		}
	}
	return out
}

// told reports whether a path is part of one that was picked, goes on from one, or ends in the same link.
func told(picked []WorstPath, p reach.Path) bool {
	within := func(a, b reach.Path) bool {
		return !slices.ContainsFunc(a.Edges, func(e graph.EdgeID) bool { return !slices.Contains(b.Edges, e) })
	}
	return slices.ContainsFunc(picked, func(w WorstPath) bool {
		return within(w.Path, p) || within(p, w.Path) || w.Path.Edges[len(w.Path.Edges)-1] == p.Edges[len(p.Edges)-1]
	})
}

func hasLonger(ps []reach.Path) bool {
	return slices.ContainsFunc(ps, func(p reach.Path) bool { return len(p.Edges) > 1 })
}
