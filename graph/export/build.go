package export

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/layout"
	"github.com/permchain/permchain/graph/rules"
)

// Build makes the scene of a chain and its findings through a filter.
//
// Some links are never drawn, others not without being asked for, and Scene.Hidden counts them: "runs as" (an
// actor's links are its role's), links to keys and guardrails (marks on the cards), those of AWS services that are not
// over-broad, denied links, and links that a link to a wildcard already stands for. Of the last those are drawn that
// lead into data of the highest class or to a tool with a financial, legal or safety effect, and one for each finding
// that no drawn link carries. Things that are read as one are one card: see absorb.
func Build(g *graph.Graph, fs []rules.Finding, f Filter) *Scene {
	a := about{general: map[string]bool{}, nodes: map[graph.NodeID]bool{}}
	for i := range fs {
		if fs[i].Status != rules.Open || generalRules[fs[i].Rule] {
			a.general[fs[i].ID] = true
			continue
		}
		for _, n := range fs[i].Nodes {
			a.nodes[n] = true
		}
	}
	return build(g, rules.Marks(g, fs), a, f)
}

// about is what the findings are about, beside the links.
type about struct {
	general map[string]bool       // findings that are no reason to draw a link
	nodes   map[graph.NodeID]bool // what the others name
}

// generalRules find what a wildcard brings with it wherever it leads. They are no reason to draw a link that the
// wildcard's own link stands for.
var generalRules = map[string]bool{
	"no-log": true, "granted-not-wired": true, "granted-not-used": true, "undecided": true, "undeclared": true, "data-no-class": true,
}

// build is Build with marks made.
func build(g *graph.Graph, marks map[graph.EdgeID]rules.Mark, a about, f Filter) *Scene {
	b := &builder{g: g, f: f, marks: marks, about: a, hidden: map[reason]*Hidden{}}
	b.index()
	b.eligible()
	b.choose()
	b.collect()
	b.absorb()
	b.fold()
	b.limit()
	return b.scene()
}

type builder struct {
	g     *graph.Graph
	f     Filter
	marks map[graph.EdgeID]rules.Mark

	about about
	mark  []rules.Mark // of each edge

	at       map[graph.NodeID]int32
	from, to []int32 // ends of each edge
	out, in  [][]int32
	may      []bool  // edges that may be drawn
	drawn    []bool  // edges that are
	node     []bool  // nodes that are
	rep      []int32 // the node that stands for each node: itself, or the first of its fold
	folds    map[int32][]int32
	inside   map[int32][]int32 // nodes that a card stands for besides its own
	guards   map[int32][]Guard
	runBy    []bool // roles that an actor runs as
	hidden   map[reason]*Hidden
}

// reason is why something is not drawn, in the order in which it is said.
type reason int

const (
	byDenied reason = iota
	byWildcard
	byService
	byGuard
	byRunsAs
	byCard
	byAlone
	bySize
	byFilter
)

var whyHidden = map[reason]struct{ noun, tail, show string }{
	byDenied:   {"denied link", "", "denied"},
	byWildcard: {"link", " that a wildcard link stands for", "implied"},
	byService:  {"link", " from AWS services", ""},
	byGuard:    {"link", " to keys and guardrails, shown on the cards", ""},
	byRunsAs:   {"link", " from actors to the roles they run as", ""},
	byCard:     {"link", " inside a card", ""},
	byAlone:    {"node", " without a drawn link", ""},
	bySize:     {"node", " beyond the worst paths", ""},
	byFilter:   {"link", " outside the filter", ""},
}

func (b *builder) index() {
	b.at = make(map[graph.NodeID]int32, len(b.g.Nodes))
	for i := range b.g.Nodes {
		b.at[b.g.Nodes[i].ID] = int32(i)
	}
	n, m := len(b.g.Nodes), len(b.g.Edges)
	b.from, b.to, b.may, b.drawn = make([]int32, m), make([]int32, m), make([]bool, m), make([]bool, m)
	b.out, b.in, b.node, b.rep = make([][]int32, n), make([][]int32, n), make([]bool, n), make([]int32, n)
	b.mark = make([]rules.Mark, m)
	for i := range b.g.Edges {
		e := &b.g.Edges[i]
		b.from[i], b.to[i], b.mark[i] = b.at[e.From], b.at[e.To], b.marks[e.ID]
	}
	for i := range b.rep {
		b.rep[i] = int32(i)
	}
}

func (b *builder) hiddenFor(r reason) *Hidden {
	if b.hidden[r] == nil {
		b.hidden[r] = &Hidden{}
	}
	return b.hidden[r]
}

func (b *builder) hide(r reason, e int32) {
	h := b.hiddenFor(r)
	h.Links++
	if len(b.mark[e].Findings) > 0 {
		h.Findings++
	}
}

// eligible sorts out the links that are not drawn in any view, or only when asked for.
func (b *builder) eligible() {
	b.guards, b.runBy = map[int32][]Guard{}, make([]bool, len(b.g.Nodes))
	var implied []int32
	for i := range b.g.Edges {
		e, k := &b.g.Edges[i], int32(i)
		from, to := &b.g.Nodes[b.from[i]], &b.g.Nodes[b.to[i]]
		switch {
		case e.Kind == graph.RunsAs:
			b.runBy[b.to[i]] = true
			b.hide(byRunsAs, k)
		case from.Lane == graph.Guards || to.Lane == graph.Guards:
			if e.Kind == graph.GuardedBy {
				b.guards[b.from[i]] = append(b.guards[b.from[i]], Guard{to.ID, to.Kind, nameOf(to)})
			}
			b.hide(byGuard, k)
		case e.From == e.To:
			b.hide(byRunsAs, k)
		case e.Granted == graph.Denied && !b.f.Denied:
			b.hide(byDenied, k)
		case from.Kind == graph.KindService && !b.mark[k].Broad && !b.serviceAsked(k):
			b.hide(byService, k)
		case e.ImpliedBy != "" && !b.f.Implied && !b.ofInterest(k):
			implied = append(implied, k)
		default:
			b.may[i] = true
		}
	}
	b.witnesses(implied)
	for i, ok := range b.may {
		if ok {
			b.out[b.from[i]] = append(b.out[b.from[i]], int32(i))
			b.in[b.to[i]] = append(b.in[b.to[i]], int32(i))
		}
	}
	b.sortGuards()
}

// witnesses lets one of the given links be drawn for each finding that no other link shows, the worst it is on, and
// hides the rest.
func (b *builder) witnesses(implied []int32) {
	shown := map[string]bool{}
	show := func(k int32) {
		for _, id := range b.mark[k].Findings {
			shown[id] = true
		}
	}
	for i, ok := range b.may {
		if ok {
			show(int32(i))
		}
	}
	slices.SortFunc(implied, b.worse)
	for _, k := range implied {
		news := func(id string) bool { return !shown[id] && !b.about.general[id] }
		if slices.ContainsFunc(b.mark[k].Findings, news) {
			b.may[k] = true
			show(k)
			continue
		}
		b.hide(byWildcard, k)
	}
}

// sortGuards puts the guards of each node in one order, so that nodes with the same ones are alike.
func (b *builder) sortGuards() {
	for _, gs := range b.guards {
		slices.SortFunc(gs, func(x, y Guard) int {
			return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
		})
	}
}

// serviceAsked reports whether the filter asks for a service's link.
func (b *builder) serviceAsked(k int32) bool {
	f := &b.f
	return f.Focus != "" && (b.g.Edges[k].From == f.Focus || b.g.Edges[k].To == f.Focus) ||
		f.Unowned && b.mark[k].Unowned || f.Kind == string(graph.KindService) || f.Q != "" && b.matches(b.from[k])
}

// ofInterest reports whether a link that a wildcard stands for is drawn all the same: for where it leads, or because
// the filter asks who reaches that.
func (b *builder) ofInterest(k int32) bool {
	f, to := &b.f, &b.g.Nodes[b.to[k]]
	switch to.Effect {
	case "financial", "legal", "safety":
		return true
	}
	return b.topClass(to.Class) || f.Focus == to.ID || f.Reaches != "" && f.Reaches == to.Class || f.Unowned && b.mark[k].Unowned ||
		f.Q != "" && b.matches(b.to[k])
}

// sensitive reports whether a data class is one of the two highest declared, or called confidential or restricted.
func (b *builder) sensitive(class string) bool {
	switch strings.ToLower(class) {
	case "":
		return false
	case "confidential", "restricted":
		return true
	}
	r := b.g.Intent.ClassRank(class)
	return r > 0 && r >= len(b.g.Intent.Classes)-2
}

// topClass reports whether a data class is the highest declared, or called restricted.
func (b *builder) topClass(class string) bool {
	if strings.EqualFold(class, "restricted") {
		return true
	}
	r := b.g.Intent.ClassRank(class)
	return r > 0 && r == len(b.g.Intent.Classes)-1
}

// collect finds the nodes of the drawn links, and those without links that are drawn all the same: what is declared of
// the workload that the filter names, of which it is worth knowing that nothing reaches it.
func (b *builder) collect() {
	for i := range b.drawn {
		if b.drawn[i] {
			b.node[b.from[i]], b.node[b.to[i]] = true, true
		} else if b.may[i] {
			b.hide(byFilter, int32(i))
		}
	}
	if !b.picky() && b.f.Env == "" {
		for i := range b.g.Nodes {
			n := &b.g.Nodes[i]
			if b.node[i] || n.Lane == graph.Guards || n.Wildcard {
				continue
			}
			if n.Lane >= graph.Models && b.f.Workload != "" && slices.Contains(n.Workloads, b.f.Workload) {
				b.node[i] = true
				continue
			}
			if len(b.out[i])+len(b.in[i]) == 0 && n.Kind != graph.KindService && !b.runBy[i] {
				b.hiddenFor(byAlone).Nodes++
			}
		}
	}
	if at, ok := b.at[b.f.Focus]; ok && b.f.Focus != "" {
		b.node[at] = true
	}
}

// picky reports whether the filter chooses links rather than a scope.
func (b *builder) picky() bool {
	f := &b.f
	return f.Broad || f.Unowned || f.NotWired || f.Reaches != "" || f.Kind != "" || f.Q != "" || f.Focus != ""
}

// severity orders links: the worst first.
func (b *builder) worse(x, y int32) int {
	ex, ey := &b.g.Edges[x], &b.g.Edges[y]
	mx, my := &b.mark[x], &b.mark[y]
	weight := func(m *rules.Mark) int {
		w := 0
		if m.Broad || m.Unconfirmed {
			w += 2
		}
		if m.Unowned {
			w++
		}
		return w
	}
	return cmp.Or(
		cmp.Compare(my.Severity, mx.Severity),
		cmp.Compare(weight(my), weight(mx)),
		cmp.Compare(len(my.Findings), len(mx.Findings)),
		cmp.Compare(kindRank(ex.Kind), kindRank(ey.Kind)),
		cmp.Compare(ex.ID, ey.ID),
	)
}

// kindRank orders link kinds by how much they let somebody do.
func kindRank(k graph.EdgeKind) int {
	order := []graph.EdgeKind{graph.Administers, graph.Passes, graph.Writes, graph.Calls, graph.Reads, graph.Retrieves,
		graph.Invokes, graph.Assumes, graph.MemberOf, graph.Indexes, graph.Decrypts, graph.LogsTo, graph.GuardedBy, graph.RunsAs}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}

// scene puts the cards and lines together and places them.
func (b *builder) scene() *Scene {
	sc := &Scene{Filter: b.f, Scope: b.scope(), g: b.g, marks: b.marks}
	in := layout.Input{Lanes: len(graph.DrawnLanes)}
	keys := map[int32]string{}
	for i := range b.g.Nodes {
		k := int32(i)
		if !b.node[i] || b.rep[i] != k {
			continue
		}
		c := b.card(k)
		keys[k] = c.Key
		sc.Cards = append(sc.Cards, c)
		in.Nodes = append(in.Nodes, layout.Node{ID: graph.NodeID(c.Key), Lane: int(c.Lane)})
		sc.Counts.Nodes += max(1, len(c.Members)) + len(c.Within)
	}
	// Cards that could stand either way stand by name.
	byName := make([]int, len(sc.Cards))
	for i := range byName {
		byName[i] = i
	}
	slices.SortFunc(byName, func(x, y int) int {
		return cmp.Or(cmp.Compare(sc.Cards[x].Name, sc.Cards[y].Name), cmp.Compare(sc.Cards[x].Key, sc.Cards[y].Key))
	})
	for order, i := range byName {
		in.Nodes[i].Order = order
	}
	shortNames(sc.Cards)
	sc.Lines = b.lines(keys)
	// What stands out stands rather high: that part of a long drawing is seen first.
	weight := map[string]int{}
	for i := range sc.Lines {
		if l := &sc.Lines[i]; l.Stark() {
			weight[l.From] += int(l.Severity)
			weight[l.To] += int(l.Severity)
		}
	}
	for i := range in.Nodes {
		in.Nodes[i].Weight = weight[string(in.Nodes[i].ID)]
	}
	for i := range sc.Lines {
		l := &sc.Lines[i]
		sc.Counts.Links += len(l.Links)
		e := layout.Edge{ID: string(l.ID), From: graph.NodeID(l.From), To: graph.NodeID(l.To)}
		if l.Label != "" {
			e.LabelW = labelWidth(l.Label)
		}
		e.Run, e.Look, e.Width = endRoom(l), lineClass(l), strokeWidth(l)
		e.Merge = b.merges(l)
		in.Edges = append(in.Edges, e)
	}
	res := layout.Place(in)
	sc.W, sc.H = res.W, res.H
	for i, r := range res.Lanes {
		sc.Lanes = append(sc.Lanes, LaneBand{graph.DrawnLanes[i], r})
	}
	rects := make(map[graph.NodeID]layout.Rect, len(res.Nodes))
	for _, n := range res.Nodes {
		rects[n.ID] = n.Rect
	}
	for i := range sc.Cards {
		sc.Cards[i].Rect = rects[graph.NodeID(sc.Cards[i].Key)]
	}
	for i, r := range res.Edges { // both are sorted by ID
		sc.Lines[i].Route = r
	}
	slices.SortFunc(sc.Cards, func(x, y Card) int {
		return cmp.Or(cmp.Compare(x.Lane, y.Lane), cmp.Compare(x.Rect.Y, y.Rect.Y), cmp.Compare(x.Key, y.Key))
	})
	sc.Counts.AllNodes, sc.Counts.AllLinks = len(b.g.Nodes), len(b.g.Edges)
	sc.Counts.Cards, sc.Counts.Lines = len(sc.Cards), len(sc.Lines)
	for r := byDenied; r <= byFilter; r++ {
		h := b.hidden[r]
		if h == nil || h.Links+h.Nodes == 0 {
			continue
		}
		w := whyHidden[r]
		n := h.Links
		if w.noun == "node" {
			n = h.Nodes
		}
		if n == 0 {
			continue
		}
		h.Why, h.Show = count(n, w.noun)+w.tail, w.show
		sc.Hidden = append(sc.Hidden, *h)
	}
	sc.Legend = sc.legend()
	return sc
}

func nameOf(n *graph.Node) string { return cmp.Or(n.Name, string(n.ID)) }

// card draws node k, or the fold it stands for.
func (b *builder) card(k int32) Card {
	n := &b.g.Nodes[k]
	c := Card{Key: n.ID.Key(), ID: n.ID, Kind: n.Kind, Lane: n.Lane, Name: nameOf(n), Detail: b.detail(k),
		Wildcard: n.Wildcard, Outside: n.Outside, Unknown: n.Unknown, Guards: b.guards[k]}
	var unowned, unconfirmed bool
	for _, e := range b.in[k] {
		if b.drawn[e] {
			m := b.mark[e]
			unowned = unowned || m.Unowned
			unconfirmed = unconfirmed || m.Unconfirmed
		}
	}
	switch {
	case n.Outside || b.topClass(n.Class):
		c.Tone = ToneBroad
	case unconfirmed:
		c.Tone = ToneBroad
		c.Detail = "no confirmation"
	case unowned && n.Owner.Name == "" && n.Lane >= graph.Data:
		c.Tone = ToneUnowned
		c.Detail = addWords(c.Detail, "no owner")
	}
	for _, i := range b.inside[k] {
		c.Within = append(c.Within, b.g.Nodes[i].ID)
		for _, g := range b.guards[i] {
			if !slices.Contains(c.Guards, g) {
				c.Guards = append(slices.Clip(c.Guards), g)
			}
		}
	}
	if members := b.folds[k]; len(members) > 1 {
		b.foldCard(&c, members)
	}
	return c
}
