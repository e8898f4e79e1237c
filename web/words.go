package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/web/view"
)

// links makes the addresses that a page's parts lead to. On the map a thing is selected in place; elsewhere it
// has its own page.
type links struct {
	st *state
	q  *mapQuery // the map's filters; nil off the map
}

func (l links) node(id graph.NodeID) string {
	if l.st.g.Node(id) == nil {
		return ""
	}
	if l.q != nil {
		return l.q.selecting("node-" + id.Key()).href()
	}
	return l.st.pinned("/node/" + id.Key())
}

func (l links) link(id graph.EdgeID) string {
	if l.st.g.Edge(id) == nil {
		return ""
	}
	if l.q != nil {
		return l.q.selecting("link-" + string(id)).href()
	}
	return l.st.pinned("/link/" + string(id))
}

// pinned keeps an address on the snapshot that is looked at, when it is not the latest.
func (st *state) pinned(path string) string {
	if st.latest {
		return path
	}
	return fmt.Sprintf("%s?snapshot=%d", path, st.snap.ID)
}

// sentence is a link in words with its ends as links.
func (l links) sentence(e *graph.Edge) []view.Span {
	return []view.Span{
		{Text: l.st.name(e.From), Href: l.node(e.From)},
		{Text: " " + e.Kind.Can() + " "},
		{Text: l.st.name(e.To), Href: l.node(e.To)},
	}
}

// way is a path in words and as cards.
func (l links) way(p reach.Path) view.Way {
	return view.Way{Sentence: l.named(l.st.x.Sentence(p), p), Stops: l.stops(p)}
}

// named sets off the ends of a path in a sentence that names them.
func (l links) named(sentence string, p reach.Path) []view.Span {
	if len(p.Edges) == 0 {
		return []view.Span{{Text: sentence}}
	}
	first, last := l.st.g.Edge(p.Edges[0]), l.st.g.Edge(p.Edges[len(p.Edges)-1])
	if first == nil || last == nil {
		return []view.Span{{Text: sentence}}
	}
	names := []string{l.st.name(first.From), l.st.name(last.To)}
	for _, id := range p.Edges {
		if e := l.st.g.Edge(id); e != nil {
			names = append(names, l.st.name(e.To))
		}
	}
	return bolden(sentence, 2, names...)
}

// bolden sets off the first place of each name, where it stands as a word of its own; at most so many of them, the
// names given first before the others.
func bolden(sentence string, most int, names ...string) []view.Span {
	type at struct{ from, to int }
	var marks []at
	for _, n := range names {
		if n == "" || len(marks) == most {
			continue
		}
		for from := 0; ; {
			i := strings.Index(sentence[from:], n)
			if i < 0 {
				break
			}
			a := at{from + i, from + i + len(n)}
			from = a.to
			free := !slices.ContainsFunc(marks, func(m at) bool { return a.from < m.to && m.from < a.to })
			if free && edge(sentence, a.from-1) && edge(sentence, a.to) {
				marks = append(marks, a)
				break
			}
		}
	}
	slices.SortFunc(marks, func(a, b at) int { return a.from - b.from })
	var out []view.Span
	pos := 0
	for _, m := range marks {
		if m.from > pos {
			out = append(out, view.Span{Text: sentence[pos:m.from]})
		}
		out = append(out, view.Span{Text: sentence[m.from:m.to], Bold: true})
		pos = m.to
	}
	if pos < len(sentence) {
		out = append(out, view.Span{Text: sentence[pos:]})
	}
	return out
}

// edge reports whether a name may begin or end beside the byte at i.
func edge(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return true
	}
	c := s[i]
	return c == ' ' || c == ',' || c == '.' || c == ';' || c == ':' || c == '(' || c == ')' || c == '\'' || c == '"'
}

// stops draws a path small: its cards, the lines between them, and at the end the log of its last hop.
func (l links) stops(p reach.Path) []view.Stop {
	var out []view.Stop
	var last *graph.Edge
	for i, id := range p.Edges {
		e := l.st.g.Edge(id)
		if e == nil {
			return nil
		}
		if i == 0 {
			out = append(out, view.Stop{Name: l.st.name(e.From), Href: l.node(e.From)})
		}
		class, words := l.st.line(e)
		out = append(out, view.Stop{Name: l.st.name(e.To), Href: l.node(e.To), Line: class, LineText: words})
		last = e
	}
	if last != nil {
		switch last.Log.State {
		case graph.Yes:
			if last.Log.To != last.To {
				out = append(out, view.Stop{Name: l.st.name(last.Log.To), Href: l.node(last.Log.To), Line: "line", LineText: "logged in"})
			}
		case graph.No:
			out = append(out, view.Stop{Line: "line", NoLog: true})
		}
	}
	return out
}

// line is the class of a link's line and the same in words.
func (st *state) line(e *graph.Edge) (class, words string) {
	m := st.marks[e.ID]
	words = e.Kind.Can()
	broad := m.Broad || m.Unconfirmed
	switch {
	case broad && m.Unowned:
		return "both", words + ", over-broad, no owner:"
	case m.Unconfirmed && !m.Broad:
		return "broad", words + ", unconfirmed:"
	case broad:
		return "broad", words + ", over-broad:"
	case m.Unowned:
		return "unowned", words + ", no owner:"
	case e.Granted == graph.Conditional:
		return "cond", words + ", if conditions hold:"
	case e.Granted == graph.Unknown:
		return "cond", words + ", not known:"
	}
	return "line", words + ":"
}

// pills are the marks of a link in words.
func (st *state) pills(e *graph.Edge) []view.Pill {
	m := st.marks[e.ID]
	var out []view.Pill
	if m.Broad {
		out = append(out, view.Pill{Text: "✱ Over-broad" + ofSeverity(m.Severity), Kind: "broad"})
	}
	if m.Unconfirmed {
		sev := ""
		if !m.Broad {
			sev = ofSeverity(m.Severity)
		}
		out = append(out, view.Pill{Text: "✱ Unconfirmed" + sev, Kind: "broad"})
	}
	if m.Unowned {
		out = append(out, view.Pill{Text: "◇ No owner", Kind: "un"})
	}
	switch e.Granted {
	case graph.Unknown:
		out = append(out, view.Pill{Text: "? Unknown"})
	case graph.Denied:
		out = append(out, view.Pill{Text: "Denied"})
	}
	if len(out) == 0 && m.Severity > 0 {
		out = append(out, view.Pill{Text: titled(m.Severity.String())})
	}
	return out
}

func ofSeverity(s rules.Severity) string {
	if s == 0 {
		return ""
	}
	return " · " + s.String()
}

// titled writes a word with a capital.
func titled(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// verdict says in words whether IAM allows a link.
func verdict(e *graph.Edge) (text, note string) {
	switch e.Granted {
	case graph.Allowed:
		return "Allowed, no condition", ""
	case graph.Conditional:
		conds := make([]string, len(e.Conditions))
		for i, c := range e.Conditions {
			conds[i] = c.String()
		}
		return "Allowed only if", strings.Join(conds, " and ")
	case graph.Denied:
		return "Denied", e.BlockedBy
	case graph.Unknown:
		return "Unknown", e.GrantedUnknown
	}
	return "Not decided by IAM", ""
}

// shortVerdict is the verdict in a table.
func shortVerdict(e *graph.Edge) string {
	switch e.Granted {
	case graph.Conditional:
		return "conditional"
	case graph.NotApplicable, "":
		return ""
	}
	return string(e.Granted)
}

// why sets the states of a link side by side: granted, wired, used.
func (st *state) why(e *graph.Edge) string {
	from, to := st.name(e.From), st.name(e.To)
	granted := e.Granted == graph.Allowed || e.Granted == graph.Conditional
	var s string
	switch {
	case granted && e.Wired == graph.Yes:
		s = "Granted, and the configuration makes " + from + " do it."
	case granted && e.Wired == graph.No:
		s = "Granted, but nothing in the configuration wires " + from + " to " + to + "."
	case granted:
		s = "Granted. Whether anything makes " + from + " do it is not known."
	case e.Granted == graph.Denied && e.Wired == graph.Yes:
		s = "The configuration makes " + from + " do it, but IAM denies it."
	case e.Granted == graph.Denied:
		s = "IAM denies it."
	case e.Granted == graph.Unknown && e.Wired == graph.Yes:
		s = "The configuration makes " + from + " do it. Whether IAM allows it is not known."
	case e.Granted == graph.Unknown:
		s = "Whether IAM allows it is not known."
	case e.Wired == graph.Yes:
		s = "Configured so; IAM does not decide it."
	}
	switch e.Used.State {
	case graph.Yes:
		s += fmt.Sprintf(" Used %s", times(e.Used.Count))
		if e.Used.Last != "" {
			s += ", last " + day(e.Used.Last)
		}
		s += "."
	case graph.No:
		s += " Not used in the time that the imported logs cover."
	}
	if e.Intended == graph.No {
		s += " Its workload does not declare it."
	}
	return strings.TrimSpace(s)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// day shortens an RFC 3339 instant to its day; anything else stays as it is.
func day(instant string) string {
	if len(instant) >= 10 && instant[4] == '-' {
		return instant[:10]
	}
	return instant
}

// shortLog is the log in a table.
func (st *state) shortLog(e *graph.Edge) string {
	switch e.Log.State {
	case graph.Yes:
		return st.name(e.Log.To)
	case graph.No:
		return "no log"
	case graph.StateUnknown:
		return "not known"
	}
	return ""
}

// ownerOf is who answers for a link, in words.
func (st *state) ownerOf(e *graph.Edge) graph.Owner { return review.Owner(st.g, e) }

// ownerFact shows an owner with where that is known from.
func ownerFact(o graph.Owner) view.Fact {
	if o.Name == "" {
		return view.Fact{Term: "Owner", Value: []view.Span{{Text: "nobody"}}}
	}
	return view.Fact{Term: "Owner", Value: []view.Span{{Text: o.Name}}, Note: o.Source}
}

// count says a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
