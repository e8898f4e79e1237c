package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/web/view"
)

const maxHits = 60 // of each kind; a search that finds more wants another word

// find searches names: of nodes, and of findings by their sentence.
func (s *server) find(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if err := checkText(q, maxFilter); err != nil {
		return refuse("What you search for %s.", err)
	}
	page := view.Found{Query: q}
	if q == "" {
		page.Empty = "Type a part of a name, an ARN, an owner or a finding."
	} else {
		page.Kinds = slices.Concat(st.findNodes(q), st.findFindings(q))
		if len(page.Kinds) == 0 {
			page.Empty = "Nothing in this snapshot has that in its name, ARN, owner or findings."
		}
	}
	p := s.frame(r, st, "Search", "")
	p.Find = q
	return s.show(w, r, http.StatusOK, p, view.FindPage(page))
}

// findNodes lists nodes lane by lane: those whose name is the word, then those whose name begins with it, then
// the rest.
func (st *state) findNodes(q string) []view.FoundKind {
	low := strings.ToLower(q)
	type hit struct {
		n    *graph.Node
		rank int
	}
	byLane := map[graph.Lane][]hit{}
	for i := range st.g.Nodes {
		n := &st.g.Nodes[i]
		name := strings.ToLower(n.Name)
		rank := -1
		switch {
		case name == low:
			rank = 0
		case strings.HasPrefix(name, low):
			rank = 1
		case strings.Contains(name, low):
			rank = 2
		case strings.Contains(strings.ToLower(string(n.ID)), low), strings.Contains(strings.ToLower(n.ARN), low),
			strings.Contains(strings.ToLower(n.Owner.Name), low), strings.Contains(strings.ToLower(n.Detail), low):
			rank = 3
		}
		if rank >= 0 {
			byLane[n.Lane] = append(byLane[n.Lane], hit{n, rank})
		}
	}
	lanes := append(slices.Clone(graph.DrawnLanes), graph.Guards)
	best := map[graph.Lane]int{}
	for _, lane := range lanes {
		slices.SortFunc(byLane[lane], func(a, b hit) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.n.Name, b.n.Name), cmp.Compare(a.n.ID, b.n.ID))
		})
		if len(byLane[lane]) > 0 {
			best[lane] = byLane[lane][0].rank
		}
	}
	slices.SortStableFunc(lanes, func(a, b graph.Lane) int { return cmp.Compare(best[a], best[b]) }) // the best hit first
	var out []view.FoundKind
	for _, lane := range lanes {
		hits := byLane[lane]
		if len(hits) == 0 {
			continue
		}
		k := view.FoundKind{Title: lane.Title()}
		l := links{st: st}
		for i, h := range hits {
			if i == maxHits {
				k.More = fmt.Sprintf("%d more: say more of the name", len(hits)-i)
				break
			}
			note := cmp.Or(h.n.Detail, string(h.n.Kind))
			if h.n.Account != "" {
				note += " · " + accountText(h.n.Account)
			}
			item := view.Hit{Text: st.name(h.n.ID), Note: note, Href: l.node(h.n.ID)}
			if lane != graph.Guards {
				item.Map = mapQuery{Snapshot: st.pin(), Focus: h.n.ID.Key(), Sel: "node-" + h.n.ID.Key()}.href()
			}
			k.Hits = append(k.Hits, item)
		}
		out = append(out, k)
	}
	return out
}

func (st *state) findFindings(q string) []view.FoundKind {
	low := strings.ToLower(q)
	k := view.FoundKind{Title: "Findings"}
	more := 0
	for i := range st.findings {
		f := &st.findings[i]
		if f.Status != rules.Open || !strings.Contains(strings.ToLower(f.Sentence+" "+f.Rule), low) {
			continue
		}
		if len(k.Hits) == maxHits {
			more++
			continue
		}
		h := view.Hit{Text: f.Sentence, Note: f.Severity.String(), Href: st.findingHref(f)}
		if on := st.selOf(f); on != "" {
			h.Map = mapQuery{Snapshot: st.pin(), Sel: on}.href()
		}
		k.Hits = append(k.Hits, h)
	}
	if len(k.Hits) == 0 {
		return nil
	}
	if more > 0 {
		k.More = fmt.Sprintf("%d more: say more of the sentence", more)
	}
	return []view.FoundKind{k}
}
