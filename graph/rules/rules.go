// Package rules says what is wrong with a chain, and what could not be judged. Each rule stands in a file of
// its own; a rule reads the chain and reports causes, and Check weighs, words and orders them.
package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
)

// Rule is one thing permchain looks for.
type Rule struct {
	ID         string // stable, in lower case: "broad-action"
	Title      string
	About      string // one or two sentences: when it fires
	Base       Severity
	References []Reference

	check func(*chain, *report)
}

// registry lists the rules in the order of the documentation.
var registry = []*Rule{
	&broadAction, &broadResource, &broadPrincipal, &adminRuntime, &outsideOrg,
	&unowned, &unapprovedModel, &boundaryBreak, &mixedAudience, &overClearance,
	&unconfirmedAction, &noLog, &logLeak, &logWeak, &envCrossing,
}

// All returns the rules in their documented order.
func All() []Rule {
	out := make([]Rule, len(registry))
	for i, r := range registry {
		out[i] = *r
	}
	return out
}

// Bounds of what a finding carries. The links of a cause are never cut; what explains it is.
const (
	maxEvidence = 12  // statements and configuration shown with one finding: a screenful
	maxPaths    = 3   // paths shown with one finding
	withPaths   = 100 // heaviest findings whose paths are looked up here; a page asks reach for the rest when it shows them
)

// Check runs every rule over a chain. The findings are sorted: open before not assessed, heavier before lighter,
// then by rule and ID. The chain is only read; the same chain gives the same findings.
func Check(g *graph.Graph) []Finding {
	c := newChain(g)
	rep := &report{c: c}
	for _, r := range registry {
		rep.rule = r
		r.check(c, rep)
	}
	out := rep.findings()
	slices.SortFunc(out, order)
	for i := range out[:min(len(out), withPaths)] {
		c.addPaths(&out[i])
	}
	return out
}

func order(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Status, a.Status), // "open" sorts after "not assessed"
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.ID, b.ID),
	)
}

// report gathers what the rules find. Check sets rule before each of them runs.
type report struct {
	c      *chain
	rule   *Rule
	drafts []draft
}

// draft is a finding with what only the report needs of it.
type draft struct {
	Finding
	grants []*grant // the statements that are the cause, so that two rules do not report one statement twice
}

// open reports a cause. identity names it by what does not change with files or their order.
func (r *report) open(identity []string, f Finding, grants ...*grant) {
	f.Status = Open
	r.add(identity, f, grants)
}

// notAssessed reports what could not be judged; f.Need says what would let it be.
func (r *report) notAssessed(identity []string, f Finding) {
	f.Status = NotAssessed
	r.add(append([]string{"not assessed"}, identity...), f, nil)
}

func (r *report) add(identity []string, f Finding, grants []*grant) {
	sum := sha256.Sum256([]byte(r.rule.ID + "\x00" + strings.Join(identity, "\x00")))
	f.ID = hex.EncodeToString(sum[:8])
	f.Rule, f.Base, f.References = r.rule.ID, r.rule.Base, r.rule.References
	if f.Status == Open {
		s := int(f.Base)
		for _, m := range f.Moves {
			s += m.By
		}
		f.Severity = Severity(min(max(s, int(Low)), int(Critical)))
	}
	r.drafts = append(r.drafts, draft{f, grants})
}

// covers says which rules' findings a rule's finding makes superfluous when both are about one statement: taking away
// a role's administrator access answers the rest.
var covers = map[string][]string{
	"admin-runtime": {"broad-action", "broad-resource", "over-clearance"},
}

// findings drops what another finding already says, joins what one identity was reported for more than once, and
// settles the order of what is inside.
func (r *report) findings() []Finding {
	covered := map[string]map[*grant]bool{} // by rule
	for _, d := range r.drafts {
		for _, rule := range covers[d.Rule] {
			for _, g := range d.grants {
				if covered[rule] == nil {
					covered[rule] = map[*grant]bool{}
				}
				covered[rule][g] = true
			}
		}
	}
	at := map[string]int{}
	var out []Finding
	for _, d := range r.drafts {
		if len(d.grants) > 0 && !slices.ContainsFunc(d.grants, func(g *grant) bool { return !covered[d.Rule][g] }) {
			continue
		}
		if i, twice := at[d.ID]; twice {
			out[i].Links = append(out[i].Links, d.Links...)
			out[i].Nodes = append(out[i].Nodes, d.Nodes...)
			continue
		}
		at[d.ID] = len(out)
		out = append(out, d.Finding)
	}
	for i := range out {
		r.c.settle(&out[i])
	}
	return out
}

// settle sorts and completes a finding.
func (c *chain) settle(f *Finding) {
	slices.Sort(f.Links)
	f.Links = slices.Compact(f.Links)
	slices.Sort(f.Nodes)
	f.Nodes = slices.Compact(f.Nodes)
	for _, id := range f.Links {
		e := c.g.Edge(id)
		f.Workloads = append(f.Workloads, c.workloads(e)...)
		if len(f.Evidence) < maxEvidence {
			f.Evidence = addEvidence(f.Evidence, e.Evidence)
		}
	}
	for _, id := range f.Nodes {
		f.Workloads = append(f.Workloads, c.node(id).Workloads...)
	}
	slices.Sort(f.Workloads)
	f.Workloads = slices.Compact(f.Workloads)
}

// addEvidence adds what is not there yet, up to maxEvidence.
func addEvidence(to, more []graph.Evidence) []graph.Evidence {
	for _, ev := range more {
		if len(to) == maxEvidence {
			return to
		}
		if !slices.ContainsFunc(to, func(o graph.Evidence) bool {
			return o.Kind == ev.Kind && o.Policy == ev.Policy && o.Statement == ev.Statement && o.Source == ev.Source && o.Note == ev.Note
		}) {
			to = append(to, ev)
		}
	}
	return to
}

// addPaths looks up some ways on which a finding's cause lies: those of its heaviest link that has any.
func (c *chain) addPaths(f *Finding) {
	if len(f.Paths) > 0 || f.Status != Open {
		return
	}
	links := make([]*graph.Edge, len(f.Links))
	for i, id := range f.Links {
		links[i] = c.g.Edge(id)
	}
	for _, e := range c.heaviestFirst(links) {
		if f.Paths = c.x.Through(e.ID, maxPaths); len(f.Paths) > 0 {
			return
		}
	}
}
