package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/web/view"
)

const (
	maxListed   = 14 // links of a node listed in its drawer
	maxReached  = 4  // paths to a node shown
	maxSources  = 6  // places a node was read in
	maxFindings = 12 // findings of a node listed
)

// node is a node's own page, or its drawer for htmx.
func (s *server) node(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	n := st.g.NodeByKey(chi.URLParam(r, "key"))
	if n == nil {
		return fmt.Errorf("node %q: %w", chi.URLParam(r, "key"), errNoThing)
	}
	sel := "node-" + n.ID.Key()
	onMap := mapQuery{Snapshot: st.pin(), Sel: sel}.href()
	l := links{st: st}
	if partOf(r) == partDrawer {
		return render(w, r, http.StatusOK, view.DrawerAnswer(st.name(n.ID), view.Drawer{
			Around: view.Around{Sel: sel, Page: l.node(n.ID), Back: onMap},
			Node:   st.nodeDetail(l, n, maxListed, s.assignForm(r, st, nil, n, r.URL.RequestURI(), "")),
		}))
	}
	t := view.Thing{Node: st.nodeDetail(l, n, maxDetail, s.assignForm(r, st, nil, n, r.URL.RequestURI(), "")), Map: onMap}
	if t.Around, err = st.around(n.ID, "node", n.ID.Key(), l); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, s.frame(r, st, n.Name, ""), view.ThingPage(t))
}

// nodeDetail says all there is to say of a node. listed bounds its lists of links.
func (st *state) nodeDetail(l links, n *graph.Node, listed int, form *view.Assign) *view.Node {
	d := &view.Node{Title: st.name(n.ID), Why: cmp.Or(n.Unknown, n.Detail), Assign: form}
	d.Pills = append(d.Pills, view.Pill{Text: titled(string(n.Kind))})
	if n.Wildcard {
		d.Pills = append(d.Pills, view.Pill{Text: "✱ Stands for all", Kind: "broad"})
	}
	if n.Outside {
		d.Pills = append(d.Pills, view.Pill{Text: "Outside the organization", Kind: "broad"})
	}
	owned := n.Owner.Name != ""
	if !owned && slices.ContainsFunc(st.byNode[n.ID], func(f *rules.Finding) bool { return f.Rule == "unowned" && f.Status == rules.Open }) {
		d.Pills = append(d.Pills, view.Pill{Text: "◇ No owner", Kind: "un"})
	}
	d.Facts = st.nodeFacts(l, n)

	// The findings on the node itself come first, then those on its links.
	seen := map[string]bool{}
	add := func(f *rules.Finding) {
		if f.Status == rules.Open && !seen[f.ID] && len(d.Findings) < maxFindings {
			seen[f.ID] = true
			d.Findings = append(d.Findings, view.FindingLine{Severity: f.Severity.String(), Sentence: f.Sentence, Href: st.findingHref(f)})
		}
	}
	for _, f := range st.byNode[n.ID] {
		add(f)
	}
	var does, gets []*graph.Edge
	for e := range st.g.Out(n.ID) {
		does = append(does, e)
	}
	for e := range st.g.In(n.ID) {
		gets = append(gets, e)
	}
	slices.SortFunc(does, st.worse)
	slices.SortFunc(gets, st.worse)
	for _, e := range slices.Concat(does, gets) {
		for _, f := range st.findingsOf(e.ID) {
			add(f)
		}
	}
	d.Does, d.DoesMore = st.linkLines(l, does, listed)
	d.Gets, d.GetsMore = st.linkLines(l, gets, listed)
	d.Ways = st.waysTo(l, n)
	for i, s := range n.Sources {
		if i == maxSources {
			d.Proofs = append(d.Proofs, view.Proof{Text: count(len(n.Sources)-i, "more place", "more places")})
			break
		}
		where := s.String()
		if s.Address != "" && where != s.Address {
			where += " (" + s.Address + ")"
		}
		d.Proofs = append(d.Proofs, view.Proof{Where: where})
	}
	return d
}

// worse orders links for reading: the heaviest marks first, then by what they say.
func (st *state) worse(a, b *graph.Edge) int {
	ma, mb := st.marks[a.ID], st.marks[b.ID]
	return cmp.Or(
		cmp.Compare(mb.Severity, ma.Severity),
		cmp.Compare(len(mb.Findings), len(ma.Findings)),
		cmp.Compare(st.g.Sentence(a), st.g.Sentence(b)),
		cmp.Compare(a.ID, b.ID),
	)
}

func (st *state) linkLines(l links, es []*graph.Edge, most int) (lines []view.LinkLine, more int) {
	for i, e := range es {
		if i == most {
			return lines, len(es) - most
		}
		lines = append(lines, st.linkLine(l, e))
	}
	return lines, 0
}

// linkLine is a link in a list: the whole sentence leads to the link.
func (st *state) linkLine(l links, e *graph.Edge) view.LinkLine {
	line := view.LinkLine{Text: []view.Span{{Text: st.g.Sentence(e), Href: l.link(e.ID)}}}
	m := st.marks[e.ID]
	switch {
	case m.Broad || m.Unconfirmed:
		text := "✱ " + cmp.Or(m.Label, "over-broad")
		if m.Unowned {
			text += " ◇ no owner"
		}
		line.Pills = append(line.Pills, view.Pill{Text: text, Kind: "broad"})
	case m.Unowned:
		line.Pills = append(line.Pills, view.Pill{Text: "◇ no owner", Kind: "un"})
	}
	if v := shortVerdict(e); v != "" && v != string(graph.Allowed) {
		line.Pills = append(line.Pills, view.Pill{Text: v})
	}
	return line
}

// waysTo lists the ways to a node from those who stand furthest out.
func (st *state) waysTo(l links, n *graph.Node) []view.Way {
	if n.Lane == graph.Callers {
		return nil
	}
	from := st.x.OfLane(st.x.Reaching(n.ID), graph.Callers)
	slices.SortFunc(from, func(a, b reach.Reached) int {
		return cmp.Or(
			cmp.Compare(st.x.Exposure(st.g.Node(b.Node)), st.x.Exposure(st.g.Node(a.Node))),
			cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.Hops, b.Hops), cmp.Compare(a.Node, b.Node))
	})
	var out []view.Way
	for _, f := range from {
		if len(out) == maxReached {
			break
		}
		if paths, _ := st.x.Paths(f.Node, n.ID, reach.Limit{Paths: 1}); len(paths) > 0 {
			out = append(out, l.way(paths[0]))
		}
	}
	return out
}

func (st *state) nodeFacts(l links, n *graph.Node) []view.Fact {
	var fs []view.Fact
	text := func(term, value, note string) {
		if value != "" {
			fs = append(fs, view.Fact{Term: term, Value: []view.Span{{Text: value}}, Note: note})
		}
	}
	if n.ARN != "" {
		fs = append(fs, view.Fact{Term: "ARN", Mono: true, Value: []view.Span{{Text: n.ARN}}})
	}
	if n.Wildcard {
		fs = append(fs, view.Fact{Term: "Pattern", Mono: true, Value: []view.Span{{Text: n.Pattern}}})
	}
	account := accountText(n.Account)
	if account != "" && n.Region != "" {
		account += ", " + n.Region
	}
	text("Account", account, "")
	text("Environment", n.Env, "")
	if n.RoleClass != "" {
		text("Role class", string(n.RoleClass), n.RoleClassWhy)
	}
	if n.RunsAs != "" {
		fs = append(fs, view.Fact{Term: "Runs as", Value: []view.Span{{Text: st.name(n.RunsAs), Href: l.node(n.RunsAs)}}})
	}
	if round := st.becomeEachOther(l, n.ID); len(round) > 0 {
		fs = append(fs, view.Fact{Term: "In a circle", Value: round, Note: "each of them can become the others, so the access of one is the access of all"})
	}
	text("Data class", n.Class, "")
	text("Effect", n.Effect, "")
	if len(n.Workloads) > 0 {
		titles := make([]string, len(n.Workloads))
		for i, name := range n.Workloads {
			titles[i] = st.workloadTitle(name)
		}
		text(pick(len(titles) == 1, "Workload", "Workloads"), strings.Join(titles, ", "), "")
	}
	if n.Owner.Name != "" || n.Lane >= graph.Models {
		fs = append(fs, ownerFact(n.Owner))
	}
	for _, a := range n.Attrs {
		text(titled(a.Key), a.Value, "")
	}
	if len(n.Tags) > 0 {
		tags := make([]string, len(n.Tags))
		for i, t := range n.Tags {
			tags[i] = t.Key + "=" + t.Value
		}
		text("Tags", strings.Join(tags, ", "), "")
	}
	return fs
}

func pick(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// workloadTitle is what a declared workload is called.
func (st *state) workloadTitle(name string) string {
	if w := st.g.Intent.Workload(name); w != nil && w.Title != "" {
		return w.Title
	}
	return name
}

// becomeEachOther names the others of a circle in which everybody can become everybody else, nil when there is none.
func (st *state) becomeEachOther(l links, id graph.NodeID) []view.Span {
	if n := st.g.Node(id); n.Kind != graph.KindRole && n.Kind != graph.KindUser {
		return nil
	}
	var ids []graph.NodeID
	var assumes []*graph.Edge
	for i := range st.g.Edges {
		if e := &st.g.Edges[i]; e.Kind == graph.Assumes && (e.Granted == graph.Allowed || e.Granted == graph.Conditional) {
			ids, assumes = append(ids, e.From, e.To), append(assumes, e)
		}
	}
	for _, circle := range graph.Sub(ids, assumes).Cycles() {
		if !slices.Contains(circle, id) {
			continue
		}
		var out []view.Span
		for _, other := range circle {
			if other == id {
				continue
			}
			if len(out) > 0 {
				out = append(out, view.Span{Text: ", "})
			}
			out = append(out, view.Span{Text: st.name(other), Href: l.node(other)})
		}
		return out
	}
	return nil
}

// accountText is an account as a fact: its number, or words for one that a template leaves open.
func accountText(id string) string {
	if id == graph.StandInAccount {
		return graph.AccountWords(id)
	}
	return id
}
