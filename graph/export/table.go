package export

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// Row is one link of the drawing as a line of the table under it.
type Row struct {
	Edge     graph.EdgeID
	Line     graph.EdgeID // the drawn line it is part of
	From, To string       // names
	FromID   graph.NodeID
	ToID     graph.NodeID
	Kind     graph.EdgeKind
	Verdict  graph.Verdict
	Marks    []string // "over-broad", "no owner", "unconfirmed", "user confirms", "application decides"
	Label    string   // the wildcard behind over-broad: "s3:* on *"
	Severity rules.Severity
	Owner    string // of the link, else of its target; "" when nobody is known
	Source   string // where the owner comes from
	Log      string // the log that would show it; "" when none would or it is not known
	LogState graph.State
	LogWhy   string
}

// Table lists the drawn links, one a row: the worst first, then by lane and name.
func (sc *Scene) Table() []Row {
	var rows []Row
	lane := map[graph.EdgeID]graph.Lane{}
	for i := range sc.Lines {
		l := &sc.Lines[i]
		for _, id := range l.Links {
			e := sc.g.Edge(id)
			from, to, m := sc.g.Node(e.From), sc.g.Node(e.To), sc.marks[id]
			lane[id] = from.Lane
			r := Row{Edge: id, Line: l.ID, From: nameOf(from), To: nameOf(to), FromID: from.ID, ToID: to.ID, Kind: e.Kind,
				Verdict: e.Granted, Severity: m.Severity, LogState: cmp.Or(e.Log.State, graph.StateUnknown), LogWhy: e.Log.Why}
			if m.Broad {
				r.Marks = append(r.Marks, "over-broad")
				r.Label = cmp.Or(m.Label, derivedLabel(e, m))
			}
			if m.Unconfirmed {
				r.Marks = append(r.Marks, "unconfirmed")
			}
			if m.Unowned {
				r.Marks = append(r.Marks, "no owner")
			}
			switch e.Confirm {
			case graph.ConfirmUser:
				r.Marks = append(r.Marks, "user confirms")
			case graph.ConfirmReturn:
				r.Marks = append(r.Marks, "application decides")
			}
			owner := e.Owner
			if owner.Name == "" {
				owner = to.Owner
			}
			r.Owner, r.Source = owner.Name, owner.Source
			if log := sc.g.Node(e.Log.To); log != nil && e.Log.State == graph.Yes {
				r.Log = nameOf(log)
			}
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), cmp.Compare(lane[x.Edge], lane[y.Edge]), cmp.Compare(x.From, y.From),
			cmp.Compare(kindRank(x.Kind), kindRank(y.Kind)), cmp.Compare(x.To, y.To), cmp.Compare(x.Edge, y.Edge))
	})
	return rows
}
