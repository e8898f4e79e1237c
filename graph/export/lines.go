package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// lines joins the drawn links between the same two cards.
func (b *builder) lines(keys map[int32]string) []Line {
	type pair struct{ from, to int32 }
	links := map[pair][]int32{}
	for i := range b.drawn {
		if b.drawn[i] {
			p := pair{b.rep[b.from[i]], b.rep[b.to[i]]}
			if p.from != p.to {
				links[p] = append(links[p], int32(i))
			}
		}
	}
	var out []Line
	for p, es := range links {
		slices.SortFunc(es, b.worse)
		l := Line{ID: b.g.Edges[es[0]].ID, From: keys[p.from], To: keys[p.to], Severity: b.mark[es[0]].Severity}
		var label string
		allCond, anyUnknown, anySure := true, false, false
		for _, i := range es {
			e := &b.g.Edges[i]
			m := b.mark[i]
			l.Links = append(l.Links, e.ID)
			if !slices.Contains(l.Kinds, e.Kind) {
				l.Kinds = append(l.Kinds, e.Kind)
			}
			l.Broad = l.Broad || m.Broad
			l.Unconfirmed = l.Unconfirmed || m.Unconfirmed
			l.Unowned = l.Unowned || m.Unowned
			label = cmp.Or(label, m.Label, derivedLabel(e, m))
			switch e.Granted {
			case graph.Unknown:
				anyUnknown, allCond = true, false
			case graph.Conditional:
			case graph.Denied:
				allCond = false
			default: // allowed, or not for IAM to decide
				allCond, anySure = false, true
			}
			l.NoLog = l.NoLog || e.Log.State == graph.No
			if confirmRank(e.Confirm) > confirmRank(l.Confirm) {
				l.Confirm = e.Confirm
			}
		}
		switch {
		case anySure:
			l.Verdict = graph.Allowed
			l.partUnknown = anyUnknown
		case anyUnknown:
			l.Verdict = graph.Unknown
		case allCond:
			l.Verdict = graph.Conditional
		default:
			l.Verdict = b.g.Edges[es[0]].Granted
		}
		words := label
		if words == nameOf(&b.g.Nodes[p.to]) {
			words = "" // its card says it
		}
		l.Label = labelText(&l, words)
		l.Sentence = b.sentence(&l, label, p.from, p.to)
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y Line) int { return cmp.Compare(x.ID, y.ID) })
	b.nameOnce(out)
	return out
}

// sameWords is the number of lines of one card with one label above which only the worst of them says the words,
// and those into data of the highest class; the others carry the marks alone.
const sameWords = 3

// crowded is the number of labels above which those that are only signs become small signs before the heads of their
// lines: so many labels would fill the picture and say nothing more.
const crowded = 24

func (b *builder) nameOnce(lines []Line) {
	type label struct{ from, text string }
	alike := map[label][]int{}
	for i := range lines {
		if lines[i].Stark() {
			k := label{lines[i].From, lines[i].Label}
			alike[k] = append(alike[k], i)
		}
	}
	for _, is := range alike {
		if len(is) <= sameWords {
			continue
		}
		slices.SortFunc(is, func(x, y int) int { return b.worse(b.edgeAt(lines[x].ID), b.edgeAt(lines[y].ID)) })
		for _, i := range is[1:] {
			if !b.topClass(b.g.Nodes[b.to[b.edgeAt(lines[i].ID)]].Class) {
				lines[i].Label = labelText(&lines[i], "")
			}
		}
	}
	labels := 0
	for i := range lines {
		if lines[i].Label != "" {
			labels++
		}
	}
	if labels <= crowded {
		return
	}
	for i := range lines {
		if l := &lines[i]; l.Label != "" && l.Verdict != graph.Unknown && l.Label == labelText(l, "") {
			l.Label, l.small = "", true
		}
	}
}

// merges reports whether a line may run in one with others to the same log: nothing is to be read on it.
func (b *builder) merges(l *Line) bool {
	e := b.edgeAt(l.ID)
	return b.g.Nodes[b.to[e]].Lane == graph.Logs && b.g.Nodes[b.from[e]].Lane < graph.Logs && lineClass(l) == "e" && l.Label == "" &&
		!l.NoLog && endRoom(l) == headLength(l)+3
}

// edgeAt is the position of a link; the chain keeps them sorted.
func (b *builder) edgeAt(id graph.EdgeID) int32 {
	i, _ := slices.BinarySearchFunc(b.g.Edges, id, func(e graph.Edge, id graph.EdgeID) int { return cmp.Compare(e.ID, id) })
	return int32(i)
}

// addWords adds to a card's second line what must be read there; what stood there gives way to it.
func addWords(detail, words string) string {
	first, _, _ := strings.Cut(detail, " · ")
	for _, d := range []string{detail, first} {
		if with := d + " · " + words; d != "" && textWidth(with, detailSize, true) <= cardText*100 {
			return with
		}
	}
	return words
}

func confirmRank(c graph.Confirmation) int {
	return slices.Index([]graph.Confirmation{"", graph.ConfirmUnknown, graph.ConfirmReturn, graph.ConfirmUser, graph.ConfirmNone}, c)
}

// derivedLabel is the wildcard of an over-broad link for which the finding names none.
func derivedLabel(e *graph.Edge, m rules.Mark) string {
	switch {
	case m.Unconfirmed:
		return "unconfirmed"
	case !m.Broad:
		return ""
	}
	a := ""
	for _, p := range e.Breadth.ActionPatterns {
		if strings.ContainsAny(p, "*?") {
			a = p
			break
		}
	}
	if slices.Contains(e.Breadth.ResourcePatterns, "*") {
		return cmp.Or(a, "any action") + " on *"
	}
	return a
}

// The signs of the two marks.
const (
	broadSign   = "✱"
	unownedSign = "◇"
)

// labelText puts a line's marks before its label's words.
func labelText(l *Line, words string) string {
	var s []string
	if l.Stark() {
		s = append(s, broadSign)
	}
	if l.Unowned {
		s = append(s, unownedSign)
	}
	said := len(s)
	if l.Stark() && words != "" {
		s = append(s, shorten(clean(words), maxLabelText))
	}
	if l.Verdict == graph.Unknown {
		s = append(s, "?")
	}
	label := strings.Join(s, " ")
	for n := maxLabelText - 1; n > 1 && labelWidth(label) > mostLabel; n-- {
		s[said] = shorten(clean(words), n)
		label = strings.Join(s, " ")
	}
	return label
}

// sentence says a line aloud.
func (b *builder) sentence(l *Line, words string, from, to int32) string {
	var s strings.Builder
	s.WriteString(b.speak(from) + " ")
	for i, k := range l.Kinds {
		if i > 0 {
			s.WriteString(" and ")
			s.WriteString(strings.TrimPrefix(k.Can(), "can "))
			continue
		}
		s.WriteString(k.Can())
	}
	s.WriteString(" " + b.speak(to))
	if l.Broad {
		s.WriteString(", over-broad")
		if words != "" {
			s.WriteString(" (" + words + ")")
		}
	}
	if l.Unconfirmed {
		s.WriteString(", without confirmation")
	}
	if l.Unowned {
		s.WriteString(", no owner")
	}
	switch l.Verdict {
	case graph.Conditional:
		s.WriteString(", only if conditions hold")
	case graph.Unknown:
		s.WriteString(", unknown")
	case graph.Denied:
		s.WriteString(", denied")
	}
	if l.partUnknown {
		s.WriteString(", in part unknown")
	}
	switch l.Confirm {
	case graph.ConfirmUser:
		s.WriteString(", after the user confirms")
	case graph.ConfirmReturn:
		s.WriteString(", after the application takes over")
	}
	if l.NoLog {
		s.WriteString(", no log")
	}
	return s.String()
}

func (b *builder) speak(k int32) string {
	if m := b.folds[k]; len(m) > 1 {
		return count(len(m), string(b.g.Nodes[k].Kind))
	}
	return nameOf(&b.g.Nodes[k])
}
