package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/export"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web/view"
)

const (
	maxStandsOut = 9  // findings named in the drawer while nothing is selected
	maxMenu      = 40 // choices of a menu; a longer list is what the search is for
)

// chainMap is the map, or its drawer for htmx.
func (s *server) chainMap(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	q := parseMapQuery(r.URL.Query())
	q.Snapshot = st.pin()
	sc := st.scene(q)
	stops := st.stopsOf(sc)
	drawer, title, err := s.mapDrawer(r, st, q, sc, stops)
	if err != nil {
		return err
	}
	if partOf(r) == partDrawer {
		return render(w, r, http.StatusOK, view.DrawerAnswer(title, drawer))
	}
	list, err := s.store.List(r.Context())
	if err != nil {
		return err
	}
	page := view.Map{Bar: st.mapBar(q, sc, list), Drawer: drawer}
	switch {
	case sc.Empty() && q.filtered():
		page.Empty = "No link matches these filters."
	case sc.Empty():
		page.Empty = "This snapshot has no links. Its files may hold no principals, or nothing of an AI workload."
	default:
		if page.SVG, err = st.svg(sc, q.Sel, links{st: st, q: &q}); err != nil {
			return err
		}
		for _, it := range sc.Legend {
			page.Legend = append(page.Legend, view.LegendItem{SVG: export.LegendSVG(it.Key), Text: it.Text})
		}
		page.Rows = st.mapRows(q, sc)
	}
	page.Notes = st.hiddenNotes(q, sc)
	return s.show(w, r, http.StatusOK, s.frame(r, st, title, "/map"), view.MapPage(page))
}

// svg draws a scene whose cards and lines lead to l's addresses. A second click on what is selected goes to its
// own page.
func (st *state) svg(sc *export.Scene, sel string, l links) (string, error) {
	kind, key, _ := strings.Cut(sel, "-")
	selected := key
	switch kind {
	case "link":
		if line := lineOf(sc, graph.EdgeID(key)); line != nil {
			selected = string(line.ID)
		}
	case "node":
		if n := st.g.NodeByKey(key); n != nil {
			if card := sc.CardOf(n.ID); card != nil {
				selected = card.Key
			}
		}
	}
	page := links{st: st}
	href := func(kind, key string) string {
		switch kind {
		case "link":
			if key == selected {
				return page.link(graph.EdgeID(key))
			}
			return l.link(graph.EdgeID(key))
		case "fold":
			if l.q == nil {
				return ""
			}
			return l.q.selecting("fold-" + key).href()
		}
		n := st.g.NodeByKey(key)
		switch {
		case n == nil:
			return ""
		case key == selected:
			return page.node(n.ID)
		}
		return l.node(n.ID)
	}
	var b bytes.Buffer
	if err := export.SVG(&b, sc, export.Options{Href: href, Selected: selected}); err != nil {
		return "", err
	}
	// Its <title> names a link of the drawing, and is what a pointer shows. Said once more as aria-label it would
	// have to repeat the text on the card, too (WCAG 2.2, 2.5.3).
	return repeatedName.ReplaceAllString(b.String(), "$1"), nil
}

// repeatedName is the aria-label of a link in the drawing; values stand escaped, so none holds a quote or >.
var repeatedName = regexp.MustCompile(`(<a [^>]*?) aria-label="[^"]*"`)

// lineOf is the drawn line that a link is part of.
func lineOf(sc *export.Scene, id graph.EdgeID) *export.Line {
	for i := range sc.Lines {
		if slices.Contains(sc.Lines[i].Links, id) {
			return &sc.Lines[i]
		}
	}
	return nil
}

// stop is one thing that `n` and `p` lead to.
type stop struct {
	sel string
	f   *rules.Finding
}

// stopsOf lists the drawn things that findings are about, the heaviest first, each once.
func (st *state) stopsOf(sc *export.Scene) []stop {
	drawn := map[graph.EdgeID]bool{}
	for i := range sc.Lines {
		for _, id := range sc.Lines[i].Links {
			drawn[id] = true
		}
	}
	var out []stop
	seen := map[string]bool{}
	for i := range st.findings {
		f := &st.findings[i]
		if f.Status != rules.Open {
			continue
		}
		sel := ""
		for _, id := range st.heaviest(f.Links) {
			if drawn[id] {
				sel = "link-" + string(id)
				break
			}
		}
		if sel == "" && len(f.Links) == 0 {
			for _, id := range f.Nodes {
				if sc.CardOf(id) != nil {
					sel = "node-" + id.Key()
					break
				}
			}
		}
		if sel != "" && !seen[sel] {
			seen[sel] = true
			out = append(out, stop{sel, f})
		}
	}
	return out
}

// mapDrawer is what stands beside the map, and the page's title.
func (s *server) mapDrawer(r *http.Request, st *state, q mapQuery, sc *export.Scene, stops []stop) (view.Drawer, string, error) {
	l := links{st: st, q: &q}
	d := view.Drawer{Around: view.Around{Sel: q.Sel, Close: q.selecting("").href(), Boost: view.Boost("#drawer")}}
	d.Around.Pager = pager(q, stops)
	kind, key, _ := strings.Cut(q.Sel, "-")
	switch {
	case q.Sel == "":
		d.Around.Close = ""
		d.Rest = st.rest(q, stops)
		return d, st.mapTitle(q), nil
	case kind == "link" && st.g.Edge(graph.EdgeID(key)) != nil:
		e := st.g.Edge(graph.EdgeID(key))
		d.Around.Page = links{st: st}.link(e.ID)
		d.Link = st.linkDetail(l, e, s.assignForm(r, st, e, nil, q.href(), view.Boost("#view")))
		return d, st.g.Sentence(e), nil
	case kind == "node" && st.g.NodeByKey(key) != nil:
		n := st.g.NodeByKey(key)
		d.Around.Page = links{st: st}.node(n.ID)
		d.Node = st.nodeDetail(l, n, maxListed, s.assignForm(r, st, nil, n, q.href(), view.Boost("#view")))
		if focus := q.focusing(key); focus.Focus != q.Focus {
			d.Around.Back = focus.href()
			d.Around.BackText = "Only around it"
		}
		return d, st.name(n.ID), nil
	case kind == "fold" && sc.Card(key) != nil && sc.Card(key).Folded():
		d.Node = st.foldDetail(l, q, sc.Card(key))
		return d, d.Node.Title, nil
	}
	return d, "", fmt.Errorf("map selection %q: %w", q.Sel, errNoThing)
}

// focusing is the map of what stands around a node, the node selected.
func (q mapQuery) focusing(key string) mapQuery {
	return mapQuery{Snapshot: q.Snapshot, Focus: key, Sel: "node-" + key}
}

func (st *state) mapTitle(q mapQuery) string {
	if q.Workload != "" {
		return "Map of " + st.workloadTitle(q.Workload)
	}
	return "Map"
}

// pager leads from what is selected to the finding before and after it.
func pager(q mapQuery, stops []stop) view.Pager {
	at := slices.IndexFunc(stops, func(s stop) bool { return s.sel == q.Sel })
	var p view.Pager
	if len(stops) == 0 {
		return p
	}
	if at < 0 {
		p.Next = q.selecting(stops[0].sel).href()
		return p
	}
	p.Label = fmt.Sprintf("%d of %d", at+1, len(stops))
	if at > 0 {
		p.Prev = q.selecting(stops[at-1].sel).href()
	}
	if at < len(stops)-1 {
		p.Next = q.selecting(stops[at+1].sel).href()
	}
	return p
}

// rest is the drawer with nothing selected: what stands out in this view.
func (st *state) rest(q mapQuery, stops []stop) *view.Rest {
	r := &view.Rest{Title: "What stands out", Hint: "Select a card or a line to see what grants it, who reaches it and which log would show it."}
	if len(stops) == 0 {
		r.Title = "Nothing stands out"
		r.Hint = "No open finding is on what is drawn. " + r.Hint
		return r
	}
	for i, s := range stops {
		if i == maxStandsOut {
			r.More = len(stops) - i
			r.MoreHref = findingsQuery{Snapshot: q.Snapshot, Workload: q.Workload}.href()
			break
		}
		r.Findings = append(r.Findings, view.FindingLine{Severity: s.f.Severity.String(), Sentence: s.f.Sentence, Href: q.selecting(s.sel).href()})
	}
	r.Next = r.Findings[0].Href
	return r
}

// foldDetail says what a card that stands for several nodes hides, and how to draw them one by one.
func (st *state) foldDetail(l links, q mapQuery, c *export.Card) *view.Node {
	d := &view.Node{Title: c.Name, Why: c.Detail, Pills: []view.Pill{{Text: "Drawn as one"}}}
	q.Unfold = append(slices.Clone(q.Unfold), c.Key)
	q.Sel = ""
	d.Facts = append(d.Facts, view.Fact{Term: "One by one", Value: []view.Span{{Text: "Draw them separately", Href: q.href()}}})
	for i, id := range c.Members {
		if i == maxDetail {
			d.DoesMore = len(c.Members) - i
			break
		}
		d.Does = append(d.Does, view.LinkLine{Text: []view.Span{{Text: st.name(id), Href: l.node(id)}}})
	}
	d.DoesTitle = "What it stands for"
	return d
}

// mapBar is the row of filters.
func (st *state) mapBar(q mapQuery, sc *export.Scene, list []store.Summary) view.Bar {
	bar := view.Bar{Count: sc.Counts.String()}
	with := func(change func(*mapQuery)) string {
		n := q
		n.Sel, n.Unfold = "", nil
		change(&n)
		return n.href()
	}

	snaps := view.Menu{Label: "Snapshot", Value: snapshotName(st.snap.ID, when(st.snap.Created)), On: q.Snapshot != 0}
	for i, sum := range newestFirst(list) {
		if i == maxMenu {
			break
		}
		id := sum.ID
		if i == 0 {
			id = 0
		}
		snaps.Items = append(snaps.Items, view.MenuItem{
			Text: fmt.Sprintf("Snapshot %d", sum.ID), Note: when(sum.Created), On: sum.ID == st.snap.ID,
			Href: with(func(n *mapQuery) { n.Snapshot = id }),
		})
	}
	bar.Menus = append(bar.Menus, snaps)

	menu := func(label, none, now string, set func(*mapQuery, string), values []string, say func(string) string) {
		if len(values) == 0 {
			return
		}
		m := view.Menu{Label: label, Value: none, On: now != ""}
		m.Items = append(m.Items, view.MenuItem{Text: titled(none), Href: with(func(n *mapQuery) { set(n, "") }), On: now == ""})
		for _, v := range values {
			m.Items = append(m.Items, view.MenuItem{Text: say(v), Href: with(func(n *mapQuery) { set(n, v) }), On: v == now})
			if v == now {
				m.Value = say(v)
			}
		}
		bar.Menus = append(bar.Menus, m)
	}
	same := func(s string) string { return s }
	menu("Workload", "all", q.Workload, func(n *mapQuery, v string) { n.Workload = v }, st.workloadNames(), st.workloadTitle)
	if in := st.g.Intent; in != nil {
		menu("Environment", "all", q.Env, func(n *mapQuery, v string) { n.Env = v }, in.Environments, same)
	}

	broad, unowned, notWired := st.marked(q, sc)
	chip := func(text, kind string, n int, on bool, turn func(*mapQuery)) {
		bar.Chips = append(bar.Chips, view.Chip{Text: text, Value: strconv.Itoa(n), Kind: kind, On: on, Href: with(turn)})
	}
	chip("✱ Over-broad", "broad", broad, q.Broad, func(n *mapQuery) { n.Broad = !n.Broad })
	chip("◇ Unowned", "un", unowned, q.Unowned, func(n *mapQuery) { n.Unowned = !n.Unowned })
	chip("Granted, not wired", "", notWired, q.NotWired, func(n *mapQuery) { n.NotWired = !n.NotWired })
	if in := st.g.Intent; in != nil {
		classes := slices.Clone(in.Classes)
		slices.Reverse(classes) // the highest first: it is what is asked for
		menu("Reaches", "any data", q.Reaches, func(n *mapQuery, v string) { n.Reaches = v }, classes, same)
	}
	if n := st.g.NodeByKey(q.Focus); q.Focus != "" && n != nil {
		bar.Chips = append(bar.Chips, view.Chip{Text: "Around", Value: st.name(n.ID), On: true, Href: with(func(n *mapQuery) { n.Focus, n.Hops = "", 0 })})
	}
	if q.Kind != "" {
		bar.Chips = append(bar.Chips, view.Chip{Text: "Kind", Value: q.Kind, On: true, Href: with(func(n *mapQuery) { n.Kind = "" })})
	}
	if q.Q != "" {
		bar.Chips = append(bar.Chips, view.Chip{Text: "Named", Value: q.Q, On: true, Href: with(func(n *mapQuery) { n.Q = "" })})
	}
	if q.filtered() {
		bar.Reset = mapQuery{Snapshot: q.Snapshot}.href()
	}
	return bar
}

// marked counts the links that the chips would choose among those that the other filters leave.
func (st *state) marked(q mapQuery, sc *export.Scene) (broad, unowned, notWired int) {
	if q.Broad || q.Unowned || q.NotWired {
		q.Broad, q.Unowned, q.NotWired = false, false, false
		sc = st.scene(q)
	}
	for _, row := range sc.Table() {
		e, m := st.g.Edge(row.Edge), st.marks[row.Edge]
		if m.Broad || m.Unconfirmed {
			broad++
		}
		if m.Unowned {
			unowned++
		}
		if e.Wired == graph.No && (e.Granted == graph.Allowed || e.Granted == graph.Conditional) {
			notWired++
		}
	}
	return broad, unowned, notWired
}

func snapshotName(id int64, made string) string {
	day := made
	if parts := strings.Fields(made); len(parts) >= 2 {
		day = parts[0] + " " + parts[1]
	}
	return fmt.Sprintf("%d · %s", id, day)
}

func newestFirst(list []store.Summary) []store.Summary {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b store.Summary) int { return cmp.Compare(b.ID, a.ID) })
	return out
}

// mapRows is the drawing as a table: what is drawn stands in it, one link a row.
func (st *state) mapRows(q mapQuery, sc *export.Scene) []view.MapRow {
	var out []view.MapRow
	for _, row := range sc.Table() {
		e := st.g.Edge(row.Edge)
		sel := "link-" + string(row.Edge)
		v := view.MapRow{
			Sel: sel, Href: q.selecting(sel).href(), Line: string(row.Line), From: row.From, To: row.To, Verb: row.Kind.Can(),
			Verdict: shortVerdict(e), Owner: st.ownerOf(e).Name, Log: st.shortLog(e), On: sel == q.Sel,
		}
		if row.Severity > 0 {
			v.Severity = row.Severity.String()
		}
		if v.Owner == "" && review.NeedsOwner(st.g, e) {
			v.Owner = "nobody"
		}
		for _, m := range row.Marks {
			p := view.Pill{Text: m}
			switch m {
			case "over-broad":
				p.Kind, p.Text = "broad", "✱ over-broad"
				if row.Label != "" {
					p.Text = "✱ " + row.Label
				}
			case "unconfirmed":
				p.Kind, p.Text = "broad", "✱ unconfirmed"
			case "no owner":
				p.Kind, p.Text = "un", "◇ no owner"
			case "user confirms":
				p.Text = "‖ user confirms"
			}
			if !slices.Contains(v.Marks, p) {
				v.Marks = append(v.Marks, p)
			}
		}
		out = append(out, v)
	}
	return out
}

// hiddenNotes says what is not drawn and how to draw it.
func (st *state) hiddenNotes(q mapQuery, sc *export.Scene) []view.HiddenNote {
	var out []view.HiddenNote
	for _, h := range sc.Hidden {
		n := view.HiddenNote{Text: h.String()}
		show := q.selecting("")
		switch h.Show {
		case "denied":
			show.Denied = true
			n.Href = show.href()
		case "implied":
			show.Implied = true
			n.Href = show.href()
		}
		out = append(out, n)
	}
	return out
}
