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

const maxOnLinks = 12 // links of a finding listed in its drawer

// findings lists what is wrong and what could not be judged.
func (s *server) findings(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	q := parseFindingsQuery(r.URL.Query())
	q.Snapshot = st.pin()
	shown := st.pickFindings(q)
	page := view.Findings{
		Lede:   "What is wrong, heaviest first, and what moved each one’s weight. A finding is a cause: it names every link it touches.",
		Bar:    st.findingsBar(q, len(shown)),
		Groups: st.groups(q, shown),
	}
	if q.Status != "open" {
		page.NotAssessed = st.notAssessed(q)
	}
	if len(shown) == 0 && q.Status != "not-assessed" {
		page.Empty = "No open finding"
		if q.filtered() {
			page.Empty = "No open finding matches"
		}
	}
	if q.Sel != "" {
		d, err := st.findingDrawer(q, shown)
		if err != nil {
			return err
		}
		page.Drawer = d
	}
	title := "Findings"
	if page.Drawer != nil {
		title = page.Drawer.Finding.Title
	}
	return s.show(w, r, http.StatusOK, s.frame(r, st, title, "/findings"), view.FindingsPage(page))
}

// pickFindings are the open findings that the filters leave, in the order they are listed.
func (st *state) pickFindings(q findingsQuery) []*rules.Finding {
	var out []*rules.Finding
	for i := range st.findings {
		f := &st.findings[i]
		if f.Status != rules.Open || q.Status == "not-assessed" ||
			(q.Severity != "" && f.Severity.String() != q.Severity) ||
			(q.Rule != "" && f.Rule != q.Rule) ||
			(q.Workload != "" && !slices.Contains(f.Workloads, q.Workload)) {
			continue
		}
		out = append(out, f)
	}
	if q.Sort == "sentence" {
		slices.SortStableFunc(out, func(a, b *rules.Finding) int { return strings.Compare(a.Sentence, b.Sentence) })
	}
	return out
}

// groups orders the findings into sections.
func (st *state) groups(q findingsQuery, fs []*rules.Finding) []view.FindingGroup {
	titles := map[string]rules.Rule{}
	for _, r := range rules.All() {
		titles[r.ID] = r
	}
	type key struct{ id, title, about string }
	keys := func(f *rules.Finding) []key {
		switch q.Group {
		case "rule":
			return []key{{f.Rule, cmp.Or(titles[f.Rule].Title, f.Rule), titles[f.Rule].About}}
		case "workload":
			if len(f.Workloads) == 0 {
				return []key{{"", "Outside every declared workload", ""}}
			}
			var ks []key
			for _, w := range f.Workloads {
				if q.Workload == "" || w == q.Workload {
					ks = append(ks, key{w, st.workloadTitle(w), ""})
				}
			}
			return ks
		}
		return []key{{f.Severity.String(), titled(f.Severity.String()), ""}}
	}
	var groups []view.FindingGroup
	at := map[string]int{}
	for _, f := range fs {
		for _, k := range keys(f) {
			i, ok := at[k.id]
			if !ok {
				i = len(groups)
				at[k.id] = i
				groups = append(groups, view.FindingGroup{Title: k.title, About: k.about})
			}
			groups[i].Items = append(groups[i].Items, st.findingItem(q, f))
		}
	}
	return groups
}

func (st *state) findingItem(q findingsQuery, f *rules.Finding) view.FindingItem {
	sel := "finding-" + f.ID
	item := view.FindingItem{
		Sel: sel, Href: q.selecting(sel).href(), Severity: f.Severity.String(), Sentence: f.Sentence,
		Because: because(f), Rule: f.Rule,
	}
	if on := st.selOf(f); on != "" {
		item.Map = mapQuery{Snapshot: q.Snapshot, Sel: on}.href()
	}
	var ws []string
	for _, w := range f.Workloads {
		ws = append(ws, st.workloadTitle(w))
	}
	item.Workloads = strings.Join(ws, ", ")
	return item
}

// because says in one line what moved a finding's severity away from its rule's.
func because(f *rules.Finding) string {
	if len(f.Moves) == 0 {
		return ""
	}
	var parts []string
	for _, m := range f.Moves {
		parts = append(parts, fmt.Sprintf("%+d %s", m.By, m.Why))
	}
	return titled(f.Base.String()) + " to begin with; " + strings.Join(parts, "; ")
}

// selOf is what a finding selects on the map: its first link, else its first node; "" when it has neither.
func (st *state) selOf(f *rules.Finding) string {
	for _, id := range st.heaviest(f.Links) {
		return "link-" + string(id)
	}
	for _, id := range f.Nodes {
		if st.g.Node(id) != nil {
			return "node-" + id.Key()
		}
	}
	return ""
}

// heaviest orders links so that the one with most to say comes first.
func (st *state) heaviest(ids []graph.EdgeID) []graph.EdgeID {
	out := slices.DeleteFunc(slices.Clone(ids), func(id graph.EdgeID) bool { return st.g.Edge(id) == nil })
	slices.SortStableFunc(out, func(a, b graph.EdgeID) int {
		ea, eb := st.g.Edge(a), st.g.Edge(b)
		ma, mb := st.marks[a], st.marks[b]
		return cmp.Or(
			cmp.Compare(mb.Severity, ma.Severity),
			cmp.Compare(st.x.Weight(st.g.Node(eb.To)), st.x.Weight(st.g.Node(ea.To))),
			cmp.Compare(len(mb.Findings), len(ma.Findings)),
		)
	})
	return out
}

// findingHref is a finding's address.
func (st *state) findingHref(f *rules.Finding) string {
	return findingsQuery{Snapshot: st.pin(), Sel: "finding-" + f.ID}.href()
}

func (st *state) notAssessed(q findingsQuery) []view.NotAssessed {
	titles := map[string]string{}
	for _, r := range rules.All() {
		titles[r.ID] = r.Title
	}
	var out []view.NotAssessed
	for i := range st.findings {
		f := &st.findings[i]
		if f.Status != rules.NotAssessed || (q.Rule != "" && f.Rule != q.Rule) ||
			(q.Workload != "" && len(f.Workloads) > 0 && !slices.Contains(f.Workloads, q.Workload)) {
			continue
		}
		out = append(out, view.NotAssessed{Rule: f.Rule, Title: cmp.Or(titles[f.Rule], f.Rule), Sentence: f.Sentence, Need: f.Need})
	}
	return out
}

// findingsBar is the row of filters; each choice counts what it would leave.
func (st *state) findingsBar(q findingsQuery, shown int) view.Bar {
	bar := view.Bar{Count: fmt.Sprintf("%d of %s", shown, count(st.open, "open finding", "open findings"))}
	with := func(change func(*findingsQuery)) string {
		n := q.selecting("")
		change(&n)
		return n.href()
	}
	left := func(change func(*findingsQuery)) string {
		n := q
		change(&n)
		return fmt.Sprint(len(st.pickFindings(n)))
	}
	menu := func(label, none, now string, set func(*findingsQuery, string), values []string, say func(string) string) {
		m := view.Menu{Label: label, Value: none, On: now != ""}
		m.Items = append(m.Items, view.MenuItem{Text: titled(none), Href: with(func(n *findingsQuery) { set(n, "") }), On: now == ""})
		for _, v := range values {
			item := view.MenuItem{Text: say(v), On: v == now}
			item.Href = with(func(n *findingsQuery) { set(n, v) })
			item.Note = left(func(n *findingsQuery) { set(n, v) })
			if item.On {
				m.Value = item.Text
			}
			m.Items = append(m.Items, item)
		}
		bar.Menus = append(bar.Menus, m)
	}
	menu("Severity", "all", q.Severity, func(n *findingsQuery, v string) { n.Severity = v },
		[]string{rules.Critical.String(), rules.High.String(), rules.Medium.String(), rules.Low.String()}, titled)
	var ruleIDs []string
	titles := map[string]string{}
	for _, r := range rules.All() {
		ruleIDs = append(ruleIDs, r.ID)
		titles[r.ID] = r.Title
	}
	menu("Rule", "all", q.Rule, func(n *findingsQuery, v string) { n.Rule = v }, ruleIDs, func(v string) string { return cmp.Or(titles[v], v) })
	if ws := st.workloadNames(); len(ws) > 0 {
		menu("Workload", "all", q.Workload, func(n *findingsQuery, v string) { n.Workload = v }, ws, st.workloadTitle)
	}
	status := view.Menu{Label: "Status", Value: "all", On: q.Status != ""}
	for _, c := range []struct{ value, text string }{{"", "All"}, {"open", "Open"}, {"not-assessed", "Not assessed"}} {
		item := view.MenuItem{Text: c.text, On: q.Status == c.value, Href: with(func(n *findingsQuery) { n.Status = c.value })}
		if item.On && c.value != "" {
			status.Value = c.text
		}
		status.Items = append(status.Items, item)
	}
	bar.Menus = append(bar.Menus, status)
	group := view.Menu{Label: "Grouped by", Value: cmp.Or(q.Group, "severity"), On: q.Group != ""}
	for _, v := range []string{"", "rule", "workload"} {
		group.Items = append(group.Items, view.MenuItem{
			Text: titled(cmp.Or(v, "severity")), On: q.Group == v, Href: with(func(n *findingsQuery) { n.Group = v }),
		})
	}
	bar.Menus = append(bar.Menus, group)
	sort := view.Menu{Label: "Sorted by", Value: cmp.Or(q.Sort, "severity"), On: q.Sort != ""}
	for _, v := range []string{"", "sentence"} {
		sort.Items = append(sort.Items, view.MenuItem{
			Text: titled(cmp.Or(v, "severity")), On: q.Sort == v, Href: with(func(n *findingsQuery) { n.Sort = v }),
		})
	}
	bar.Menus = append(bar.Menus, sort)
	if q.filtered() {
		bar.Reset = with(func(n *findingsQuery) { n.Severity, n.Rule, n.Workload, n.Status = "", "", "", "" })
	}
	return bar
}

func (st *state) workloadNames() []string {
	if st.g.Intent == nil {
		return nil
	}
	var out []string
	for _, w := range st.g.Intent.Workloads {
		out = append(out, w.Name)
	}
	return out
}

// findingDrawer shows the selected finding beside the list.
func (st *state) findingDrawer(q findingsQuery, shown []*rules.Finding) (*view.Drawer, error) {
	id, _ := strings.CutPrefix(q.Sel, "finding-")
	f := st.byID[id]
	if f == nil {
		return nil, fmt.Errorf("finding %q: %w", id, errNoThing)
	}
	d := &view.Drawer{Finding: st.findingDetail(links{st: st}, f)}
	d.Around = view.Around{Sel: q.Sel, Close: q.selecting("").href(), Boost: view.Boost("#view")}
	if on := st.selOf(f); on != "" {
		d.Around.Back = mapQuery{Snapshot: q.Snapshot, Sel: on}.href()
	}
	if at := slices.Index(shown, f); at >= 0 {
		p := &d.Around.Pager
		p.Label = fmt.Sprintf("%d of %d", at+1, len(shown))
		if at > 0 {
			p.Prev = q.selecting("finding-" + shown[at-1].ID).href()
		}
		if at < len(shown)-1 {
			p.Next = q.selecting("finding-" + shown[at+1].ID).href()
		}
	}
	return d, nil
}

func (st *state) findingDetail(l links, f *rules.Finding) *view.FindingDetail {
	d := &view.FindingDetail{Title: f.Sentence, Detail: f.Detail, Rule: f.Rule, ID: f.ID}
	kind := ""
	if f.Severity >= rules.High {
		kind = "broad"
	}
	if f.Status == rules.NotAssessed {
		d.Pills = append(d.Pills, view.Pill{Text: "Not assessed"})
	} else {
		d.Pills = append(d.Pills, view.Pill{Text: titled(f.Severity.String()), Kind: kind})
	}
	if f.Rule == "unowned" {
		d.Pills = append(d.Pills, view.Pill{Text: "◇ No owner", Kind: "un"})
	}
	d.Moves = append(d.Moves, titled(f.Base.String())+" to begin with")
	for _, m := range f.Moves {
		d.Moves = append(d.Moves, fmt.Sprintf("%+d: %s", m.By, m.Why))
	}
	if len(f.Moves) > 0 {
		d.Moves = append(d.Moves, "so "+f.Severity.String())
	}
	for i, id := range st.heaviest(f.Links) {
		if i == maxOnLinks {
			d.Links = append(d.Links, view.LinkLine{Text: []view.Span{{Text: count(len(f.Links)-i, "more link", "more links")}}})
			break
		}
		d.Links = append(d.Links, st.linkLine(l, st.g.Edge(id)))
	}
	scope := graph.Scope("")
	if f.Rule == "broad-principal" {
		scope = graph.ScopeAll
	}
	grants, blocks, proofs := st.evidence(f.Evidence, []*rules.Finding{f}, scope)
	d.Grants, d.Proofs = append(grants, blocks...), proofs
	if f.Fix.Text != "" || f.Fix.Before != "" || f.Fix.After != "" {
		d.Fixes = []view.Fix{fixOf(f)}
	}
	for i, p := range f.Paths {
		if i == maxWays {
			break
		}
		d.Ways = append(d.Ways, l.way(p))
	}
	for _, r := range rules.All() {
		if r.ID == f.Rule {
			d.About = r.About
		}
	}
	for _, ref := range f.References {
		text := ref.ID
		if ref.Title != "" {
			text += " " + ref.Title
		}
		if ref.Version != "" {
			text += " (" + ref.Version + ")"
		}
		d.References = append(d.References, view.Reference{Text: text, Href: ref.URL})
	}
	return d
}
