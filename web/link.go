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
	maxWays       = 5   // paths shown in a drawer; more are not read
	maxStatements = 4   // statements shown at once; a link granted by more is no different for a reader
	maxDetail     = 200 // links of a node listed; the table of the map has the rest
)

// link is a link's own page, or its drawer for htmx.
func (s *server) link(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if err != nil {
		return err
	}
	e := st.g.Edge(graph.EdgeID(chi.URLParam(r, "id")))
	if e == nil {
		return fmt.Errorf("link %q: %w", chi.URLParam(r, "id"), errNoThing)
	}
	sel := "link-" + string(e.ID)
	onMap := mapQuery{Snapshot: st.pin(), Sel: sel}.href()
	l := links{st: st}
	if partOf(r) == partDrawer {
		return render(w, r, http.StatusOK, view.DrawerAnswer(st.g.Sentence(e), view.Drawer{
			Around: view.Around{Sel: sel, Page: l.link(e.ID), Back: onMap},
			Link:   st.linkDetail(l, e, s.assignForm(r, st, e, nil, r.URL.RequestURI(), "")),
		}))
	}
	t := view.Thing{Link: st.linkDetail(l, e, s.assignForm(r, st, e, nil, r.URL.RequestURI(), "")), Map: onMap}
	if t.Around, err = st.around(e.From, "link", string(e.ID), l); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, s.frame(r, st, st.g.Sentence(e), ""), view.ThingPage(t))
}

// linkDetail says all there is to say of a link.
func (st *state) linkDetail(l links, e *graph.Edge, form *view.Assign) *view.Link {
	d := &view.Link{Pills: st.pills(e), Title: l.sentence(e), Why: st.why(e), To: st.name(e.To), Assign: form}
	d.Also = st.also(l, e)
	d.Facts = st.linkFacts(l, e)
	found := st.findingsOf(e.ID)
	d.Grants, d.Blocks, d.Proofs = st.evidence(e.Evidence, found, e.Breadth.PrincipalScope)
	for _, f := range found {
		if f.Status == rules.Open {
			d.Findings = append(d.Findings, view.FindingLine{Severity: f.Severity.String(), Sentence: f.Sentence, Href: st.findingHref(f)})
		}
		if f.Status == rules.Open && (f.Fix.Text != "" || f.Fix.Before != "" || f.Fix.After != "") {
			fix := fixOf(f)
			if !slices.ContainsFunc(d.Fixes, func(o view.Fix) bool { return o.Text == fix.Text && slices.Equal(o.Diff, fix.Diff) }) {
				d.Fixes = append(d.Fixes, fix)
			}
		}
	}
	paths := st.x.Through(e.ID, maxWays)
	for _, p := range paths {
		d.Ways = append(d.Ways, l.way(p))
	}
	d.Without = st.without(e)
	return d
}

// narrowing are the rules whose change leaves what is wired and takes the rest.
var narrowing = []string{"broad-action", "broad-resource", "admin-runtime"}

func fixOf(f *rules.Finding) view.Fix {
	fix := view.Fix{Text: f.Fix.Text, Narrow: f.Fix.After != "" && slices.Contains(narrowing, f.Rule)}
	if f.Fix.Before != "" || f.Fix.After != "" {
		fix.Diff = diff(compact(f.Fix.Before), compact(f.Fix.After))
	}
	return fix
}

// also names the other links between the same two nodes: "It also can write to and can change it."
func (st *state) also(l links, e *graph.Edge) []view.Span {
	var others []*graph.Edge
	for o := range st.g.Out(e.From) {
		if o.To == e.To && o.ID != e.ID && o.Kind != graph.RunsAs {
			others = append(others, o)
		}
	}
	if len(others) == 0 {
		return nil
	}
	slices.SortFunc(others, st.worse)
	spans := []view.Span{{Text: "It also "}}
	for i, o := range others {
		switch {
		case i > 0 && i == len(others)-1:
			spans = append(spans, view.Span{Text: " and "})
		case i > 0:
			spans = append(spans, view.Span{Text: ", "})
		}
		spans = append(spans, view.Span{Text: o.Kind.Can(), Href: l.link(o.ID)})
	}
	return append(spans, view.Span{Text: " it."})
}

func (st *state) linkFacts(l links, e *graph.Edge) []view.Fact {
	var fs []view.Fact
	v, note := verdict(e)
	fs = append(fs, view.Fact{Term: "IAM says", Value: []view.Span{{Text: v}}, Note: note})
	if e.As != "" && e.As != e.From {
		fs = append(fs, view.Fact{Term: "Acting as", Value: []view.Span{{Text: st.name(e.As), Href: l.node(e.As)}}})
	}
	if b := e.Breadth; len(b.ActionPatterns) > 0 {
		f := view.Fact{Term: "Actions", Mono: true, Value: []view.Span{{Text: strings.Join(b.ActionPatterns, ", ")}}}
		if b.NotAction {
			f.Value[0].Text = "everything but " + f.Value[0].Text
		}
		if b.ActionsGranted > 0 {
			f.Value[0].Text += fmt.Sprintf(" → %s", count(b.ActionsGranted, "action", "actions"))
			if n := len(b.ActionsNeeded); n > 0 {
				f.Value[0].Text += fmt.Sprintf(", %d needed", n)
			}
		}
		if len(b.ExtraAccess) > 0 {
			f.Note = "also grants " + strings.ToLower(strings.Join(b.ExtraAccess, ", "))
		}
		fs = append(fs, f)
	}
	if b := e.Breadth; len(b.ResourcePatterns) > 0 {
		fs = append(fs, view.Fact{Term: "On", Mono: true, Value: []view.Span{{Text: strings.Join(b.ResourcePatterns, ", ")}}})
	}
	if len(e.Part) > 0 {
		fs = append(fs, view.Fact{Term: "Only the part", Mono: true, Value: []view.Span{{Text: strings.Join(e.Part, ", ")}}})
	}
	if len(e.Holes) > 0 {
		fs = append(fs, view.Fact{Term: "Except", Mono: true, Value: []view.Span{{Text: strings.Join(e.Holes, ", ")}}})
	}
	if f, ok := st.classFact(e); ok {
		fs = append(fs, f)
	}
	switch e.Confirm {
	case graph.ConfirmNone:
		fs = append(fs, view.Fact{Term: "Confirmation", Value: []view.Span{{Text: "none: it acts at once"}}})
	case graph.ConfirmUser:
		fs = append(fs, view.Fact{Term: "Confirmation", Value: []view.Span{{Text: "the end user says yes"}}, Note: "not an independent approval"})
	case graph.ConfirmReturn:
		fs = append(fs, view.Fact{Term: "Confirmation", Value: []view.Span{{Text: "the application decides (return of control)"}}})
	case graph.ConfirmUnknown:
		fs = append(fs, view.Fact{Term: "Confirmation", Value: []view.Span{{Text: "not known"}}})
	}
	shown := view.Fact{Term: "Would show in"}
	switch e.Log.State {
	case graph.Yes:
		shown.Value, shown.Note = []view.Span{{Text: st.name(e.Log.To), Href: l.node(e.Log.To)}}, e.Log.Why
	case graph.No:
		shown.Value, shown.Note = []view.Span{{Text: "no log"}}, e.Log.Why
	default:
		shown.Value, shown.Note = []view.Span{{Text: "not known"}}, e.Log.Why
	}
	if e.Kind != graph.LogsTo {
		fs = append(fs, shown)
	}
	fs = append(fs, ownerFact(st.ownerOf(e)))
	if e.ImpliedBy != "" {
		if w := st.g.Edge(e.ImpliedBy); w != nil {
			fs = append(fs, view.Fact{Term: "Implied by", Value: []view.Span{{Text: st.g.Sentence(w), Href: l.link(w.ID)}}})
		}
	}
	return fs
}

// classFact holds the target's data class against the clearance of the workloads that the link starts in.
func (st *state) classFact(e *graph.Edge) (view.Fact, bool) {
	to, from := st.g.Node(e.To), st.g.Node(e.From)
	if to == nil || to.Class == "" {
		return view.Fact{}, false
	}
	f := view.Fact{Term: "Data class", Value: []view.Span{{Text: to.Class}}}
	if from == nil {
		return f, true
	}
	var cleared []string
	for _, name := range from.Workloads {
		w := st.g.Intent.Workload(name)
		if w == nil || w.Clearance == "" {
			continue
		}
		s := "cleared for " + w.Clearance
		if have, need := st.g.Intent.ClassRank(w.Clearance), st.g.Intent.ClassRank(to.Class); have >= 0 && need > have {
			s = "only cleared for " + w.Clearance
		}
		if !slices.Contains(cleared, s) {
			cleared = append(cleared, s)
		}
	}
	if len(cleared) > 0 {
		f.Note = st.name(e.From) + " is " + strings.Join(cleared, " and ")
	}
	return f, true
}

// evidence sorts what shows a link into statements that grant, statements that block, and the rest. A value that
// a finding names as its reason is marked in the statement, as are those the evidence itself names.
func (st *state) evidence(evs []graph.Evidence, found []*rules.Finding, principals graph.Scope) (grants, blocks []view.Statement, proofs []view.Proof) {
	for _, ev := range evs {
		if ev.Kind != graph.ByPolicy {
			proofs = append(proofs, proofOf(ev))
			continue
		}
		m := marked{actions: map[string]bool{}, resources: map[string]bool{}}
		mark := func(x graph.Evidence) {
			for _, a := range x.Actions {
				m.actions[a] = true
			}
			for _, r := range x.Resources {
				m.resources[r] = true
			}
		}
		mark(ev)
		for _, f := range found {
			for _, x := range f.Evidence {
				if x.Kind == graph.ByPolicy && x.Policy == ev.Policy && x.Statement == ev.Statement {
					mark(x)
				}
			}
			m.principals = m.principals || f.Rule == "broad-principal"
		}
		m.principals = m.principals && principals != "" && principals != graph.ScopeExact
		switch {
		case ev.Effect == "Deny":
			if len(blocks) < maxStatements {
				blocks = append(blocks, st.statement(ev, m))
			}
		case ceiling(ev.Layer): // it lets through and grants nothing
			proofs = append(proofs, st.letThrough(ev))
		case len(grants) < maxStatements:
			grants = append(grants, st.statement(ev, m))
		}
	}
	return grants, blocks, proofs
}

// ceiling reports whether a policy layer only bounds what others grant.
func ceiling(layer string) bool {
	switch layer {
	case "boundary", "session", "scp", "rcp", "endpoint":
		return true
	}
	return false
}

// letThrough names a statement of a bounding layer that allows.
func (st *state) letThrough(ev graph.Evidence) view.Proof {
	name := ev.Policy
	where := ev.Source.String()
	if p := st.g.Policy(ev.Policy); p != nil {
		name = p.Name
		if p.Holder != "" {
			name = p.Holder + " / " + p.Name
		}
		where = cmp.Or(where, p.Source.String())
	}
	return view.Proof{Text: fmt.Sprintf("Not cut off by %s (%s), statement %d", name, layerName(ev.Layer), ev.Statement+1), Where: where}
}

func layerName(layer string) string {
	switch layer {
	case "scp", "rcp":
		return strings.ToUpper(layer)
	case "boundary":
		return "permissions boundary"
	}
	return layer + " policy"
}

func proofOf(ev graph.Evidence) view.Proof {
	text := ev.Note
	if text == "" {
		text = map[graph.EvidenceKind]string{
			graph.ByConfiguration: "Configuration", graph.ByEvent: "Log events", graph.ByIntent: "permchain.yaml",
		}[ev.Kind]
	}
	where := ev.Source.String()
	if a := ev.Source.Address; a != "" && !strings.Contains(where, a) {
		where += " (" + a + ")"
	}
	return view.Proof{Text: text, Where: where}
}

// statement lays one statement of a policy out for reading.
func (st *state) statement(ev graph.Evidence, m marked) view.Statement {
	s := view.Statement{Where: ev.Source.String(), Note: ev.Note}
	says := []string{fmt.Sprintf("statement %d", ev.Statement+1)}
	if ev.Sid != "" {
		says = append(says, ev.Sid)
	}
	p := st.g.Policy(ev.Policy)
	if p == nil {
		s.Policy = ev.Policy
		s.Says = strings.Join(says, ", ")
		return s
	}
	s.Holder, s.Kind, s.Policy = p.Holder, p.Kind, p.Name
	if s.Policy == s.Kind || strings.EqualFold(s.Policy, p.Holder+" "+p.Kind) {
		s.Kind = ""
	}
	s.Says = strings.Join(says, ", ")
	if s.Where == "" {
		s.Where = p.Source.String()
	}
	if v, ok := statementOf(p.Text, ev.Statement); ok {
		var whole bool
		s.Lines, whole = layOut(v, m)
		s.Cut = !whole
	}
	return s
}

// around draws what stands next to a node: one hop each way.
func (st *state) around(id graph.NodeID, kind, key string, l links) (string, error) {
	sc := st.scene(mapQuery{Focus: id.Key(), Hops: 1})
	if sc.Empty() || len(sc.Lines) == 0 {
		return "", nil
	}
	return st.svg(sc, kind+"-"+key, l)
}

// without says how many callers would no longer reach a link's target if the link went.
func (st *state) without(e *graph.Edge) string {
	if !reach.Carries(e.Kind) || reach.StrengthOf(e) == reach.Closed {
		return ""
	}
	before := st.callersOf(e.To, "")
	left := st.callersOf(e.To, e.ID)
	to := st.name(e.To)
	switch {
	case before == 0:
		return ""
	case left == before && before == 1:
		return "Without this link the one caller that reaches " + to + " still does, another way."
	case left == before:
		return fmt.Sprintf("Without this link all %d callers that reach %s still do, other ways.", before, to)
	case left == 0 && before == 1:
		return "Without this link nobody reaches " + to + " any more."
	case left == 0:
		return fmt.Sprintf("Without this link none of the %d callers reaches %s any more.", before, to)
	}
	return fmt.Sprintf("Without this link %d of the %d callers that reach %s no longer do.", before-left, before, to)
}

// callersOf counts who stands in the first lane and reaches a node by links other than one.
func (st *state) callersOf(to graph.NodeID, but graph.EdgeID) int {
	seen := map[graph.NodeID]bool{to: true}
	queue := []graph.NodeID{to}
	n := 0
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for e := range st.g.In(at) {
			if e.ID == but || seen[e.From] || !reach.Carries(e.Kind) || reach.StrengthOf(e) == reach.Closed {
				continue
			}
			seen[e.From] = true
			queue = append(queue, e.From)
			if from := st.g.Node(e.From); from != nil && from.Lane == graph.Callers {
				n++
			}
		}
	}
	return n
}
