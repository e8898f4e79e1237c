package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/web/view"
)

const (
	maxWorst    = 5 // paths on the first page: as many as are read
	maxNobodys  = 4 // things without an owner named there; the map has the rest
	maxGapsSaid = 3 // gaps named in the line; the rest stand in its table
)

// overview is the first page.
func (s *server) overview(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	page := view.Overview{
		Title: st.title(), Meta: st.meta(),
		Unowned: st.nobodys(), Shares: st.shares(), Worst: st.worst(), Severities: st.severities(), Workloads: st.workloads(),
		AllHref: findingsQuery{Snapshot: st.pin()}.href(),
		NotHref: findingsQuery{Snapshot: st.pin(), Status: "not-assessed"}.href(),
	}
	page.NotAssessed = len(st.findings) - st.open
	for _, g := range st.g.Gaps {
		page.Gaps = append(page.Gaps, view.Gap{What: g.What, Effect: g.Effect, Need: g.Need})
	}
	page.GapLine = st.gapLine()
	return s.show(w, r, http.StatusOK, s.frame(r, st, "Overview", "/"), view.OverviewPage(page))
}

// title names the organization and its environments: "Acme, prod and sandbox".
func (st *state) title() string {
	in := st.g.Intent
	if in == nil || in.Organization == "" {
		return "Overview"
	}
	if len(in.Environments) == 0 {
		return in.Organization
	}
	return in.Organization + ", " + reach.And(in.Environments)
}

func (st *state) meta() string {
	return fmt.Sprintf("Snapshot %d, %s, from %s", st.snap.ID, when(st.snap.Created), count(len(st.snap.Report.Files), "file", "files"))
}

// gapLine says in one sentence what was not seen.
func (st *state) gapLine() string {
	if len(st.g.Gaps) == 0 {
		return ""
	}
	var said []string
	for i, g := range st.g.Gaps {
		if i == maxGapsSaid {
			said = append(said, fmt.Sprintf("%d more", len(st.g.Gaps)-i))
			break
		}
		said = append(said, g.What)
	}
	s := "Not seen: " + reach.And(said) + "."
	unknown := 0
	for i := range st.g.Edges {
		if st.g.Edges[i].Granted == graph.Unknown {
			unknown++
		}
	}
	if unknown > 0 {
		s += " " + count(unknown, "link is", "links are") + " unknown because of it."
	}
	return s
}

// shares says how far the links are owned, known and logged. There are no decisions yet, so none are counted.
func (st *state) shares() []view.Share {
	sh := review.ShareOf(st.g, nil)
	owned := view.Share{Percent: sh.Owned.Percent(), Of: "of links have an owner", Note: "every link that needs one"}
	if n := sh.Owned.Missing(); n > 0 {
		owned.Note = count(n, "has none", "have none")
		if sh.UnownedTop > 0 {
			owned.Note += fmt.Sprintf(", %d of them into %s data", sh.UnownedTop, sh.TopClass)
		}
		owned.Href = mapQuery{Snapshot: st.pin(), Unowned: true}.href()
	}
	var known review.Share
	conditional := 0
	for i := range st.g.Edges {
		e := &st.g.Edges[i]
		if !review.Access(e) {
			continue
		}
		known.Of++
		switch e.Granted {
		case graph.Unknown:
		case graph.Conditional:
			conditional++
			known.Have++
		default:
			known.Have++
		}
	}
	sure := view.Share{Percent: known.Percent(), Of: "have a known verdict", Note: "none unknown"}
	if n := known.Missing(); n > 0 {
		sure.Note = fmt.Sprintf("%d unknown, because something was not imported", n)
	}
	if conditional > 0 {
		sure.Note += fmt.Sprintf("; %d only if conditions hold", conditional)
	}
	logged := view.Share{Percent: sh.Logged.Percent(), Of: "would show in a log", Note: "every link leaves a trace"}
	if sh.NoTrace > 0 || sh.LogUnknown > 0 {
		var parts []string
		if sh.NoTrace > 0 {
			part := count(sh.NoTrace, "leaves no trace", "leave no trace")
			if sh.NoTraceAgent > 0 {
				part += fmt.Sprintf(", %d of them from agents", sh.NoTraceAgent)
			}
			parts = append(parts, part)
		}
		if sh.LogUnknown > 0 {
			parts = append(parts, fmt.Sprintf("%d not known", sh.LogUnknown))
		}
		logged.Note = strings.Join(parts, "; ")
	}
	return []view.Share{owned, sure, logged}
}

// worst are the worst paths, each with a way to it on the map.
func (st *state) worst() []view.Worst {
	l := links{st: st}
	var out []view.Worst
	for _, p := range rules.Worst(st.g, st.findings, maxWorst) {
		item := view.Worst{Severity: p.Severity.String(), Sentence: l.named(p.Sentence, p.Path), Stops: l.stops(p.Path)}
		if p.Rule == "unowned" {
			item.Severity = "unowned"
		}
		sel := "link-" + string(p.Path.Edges[len(p.Path.Edges)-1])
		if f := st.byID[p.Finding]; f != nil {
			sel = cmp.Or(st.selOf(f), sel)
		}
		item.Href = mapQuery{Snapshot: st.pin(), Sel: sel}.href()
		out = append(out, item)
	}
	return out
}

// nobodys lists what nobody owns, with the links that lead into it.
func (st *state) nobodys() []view.FindingLine {
	var out []view.FindingLine
	for i := range st.findings {
		f := &st.findings[i]
		if f.Rule != "unowned" || len(out) == maxNobodys {
			continue
		}
		line := view.FindingLine{Severity: "unowned", Sentence: f.Sentence, Href: st.findingHref(f)}
		if on := st.selOf(f); on != "" {
			line.Href = mapQuery{Snapshot: st.pin(), Unowned: true, Sel: on}.href()
		}
		out = append(out, line)
	}
	return out
}

// severities counts open findings, with a bar each.
func (st *state) severities() []view.SeverityRow {
	counts := map[rules.Severity]int{}
	most := 1
	for i := range st.findings {
		if f := &st.findings[i]; f.Status == rules.Open {
			counts[f.Severity]++
			most = max(most, counts[f.Severity])
		}
	}
	var out []view.SeverityRow
	for _, s := range slices.Backward([]rules.Severity{rules.Low, rules.Medium, rules.High, rules.Critical}) {
		n := counts[s]
		width := 0
		if n > 0 {
			width = max(100*n/most, 3)
		}
		out = append(out, view.SeverityRow{
			Name: titled(s.String()), Class: s.String(), Open: n, Width: width,
			Href: findingsQuery{Snapshot: st.pin(), Severity: s.String()}.href(),
		})
	}
	return out
}

func (st *state) workloads() []view.WorkloadRow {
	var out []view.WorkloadRow
	for _, w := range review.Workloads(st.g, rules.Broad(st.marks), nil) {
		q := mapQuery{Snapshot: st.pin(), Workload: w.Name}
		row := view.WorkloadRow{
			Name: cmp.Or(w.Title, w.Name), Purpose: w.Purpose, Risk: w.Risk, High: w.Risk == "high", Owner: w.Owner, Review: w.Review,
			Links: w.Links, Broad: w.Broad, Unowned: w.Unowned, Href: q.href(),
		}
		q.Broad = true
		row.BroadHref = q.href()
		q.Broad, q.Unowned = false, true
		row.UnownedHref = q.href()
		if !w.Next.IsZero() {
			row.Review = w.Next.Format("2 Jan 2006")
		}
		out = append(out, row)
	}
	return out
}
