package web

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/reach"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web/view"
)

// state is a snapshot as the pages show it: the owners that people assigned laid over the chain, and the
// findings that hold then. It is read-only once made.
type state struct {
	snap     *snapshot.Snapshot
	g        *graph.Graph
	findings []rules.Finding
	marks    map[graph.EdgeID]rules.Mark
	x        *reach.Index
	byID     map[string]*rules.Finding
	byNode   map[graph.NodeID][]*rules.Finding
	open     int // findings that are open
	scenes   *scenes
	latest   bool // the request asked for no snapshot by name, so addresses name none either
}

// keptStates is how many states stay in memory: the one that everybody looks at and a few that are looked back
// at.
const keptStates = 4

// cache keeps states by snapshot and by what is assigned. A state depends on nothing else, so it never goes
// stale; a new assignment is a new key.
type cache struct {
	mu   sync.Mutex
	kept []cached // the last used last
}

type cached struct {
	key   string
	state *state
}

// errEmpty says that nothing was imported yet; pages answer it with how to begin.
var errEmpty = errors.New("no snapshot yet")

// load finds the state a request asks for: of the snapshot its ?snapshot= names, else of the latest. It fails
// with errEmpty when there is none at all.
func (s *server) load(r *http.Request) (*state, error) {
	ctx := r.Context()
	var snap *snapshot.Snapshot
	var err error
	if v := r.URL.Query().Get("snapshot"); v != "" {
		id, perr := strconv.ParseInt(v, 10, 64)
		if perr != nil || id <= 0 {
			return nil, fmt.Errorf("snapshot %q: %w", v, store.ErrNotFound)
		}
		snap, err = s.store.Snapshot(ctx, id)
	} else if snap, err = s.store.Latest(ctx); errors.Is(err, store.ErrNotFound) {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	kept, err := s.stateOf(ctx, snap)
	if err != nil {
		return nil, err
	}
	st := *kept // the same chain, for this request's addresses
	st.latest = !r.URL.Query().Has("snapshot")
	return &st, nil
}

// pin is the snapshot that addresses must name: 0 for the latest, which they leave out.
func (st *state) pin() int64 {
	if st.latest {
		return 0
	}
	return st.snap.ID
}

func (s *server) stateOf(ctx context.Context, snap *snapshot.Snapshot) (*state, error) {
	as, err := s.store.Assignments(ctx)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	for _, a := range as {
		fmt.Fprintf(h, "%q %q %q %q\n", a.Node, a.Edge, a.Owner, a.By)
	}
	key := fmt.Sprintf("%d %x", snap.ID, h.Sum64())

	c := &s.current
	c.mu.Lock() // held while a state is made, so that two requests do not make the same one
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.kept, func(k cached) bool { return k.key == key }); i >= 0 {
		hit := c.kept[i]
		c.kept = append(slices.Delete(c.kept, i, i+1), hit)
		return hit.state, nil
	}
	st := newState(snap, as)
	if c.kept = append(c.kept, cached{key, st}); len(c.kept) > keptStates {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	return st, nil
}

func newState(snap *snapshot.Snapshot, as []review.Assignment) *state {
	st := &state{snap: snap, g: snap.Graph, findings: snap.Findings, scenes: new(scenes)}
	if len(as) > 0 {
		st.g = review.Apply(snap.Graph, as)
		st.findings = rules.Check(st.g)
	}
	st.marks = rules.Marks(st.g, st.findings)
	st.x = reach.New(st.g)
	st.byID = make(map[string]*rules.Finding, len(st.findings))
	st.byNode = map[graph.NodeID][]*rules.Finding{}
	for i := range st.findings {
		f := &st.findings[i]
		st.byID[f.ID] = f
		if f.Status == rules.Open {
			st.open++
		}
		for _, n := range f.Nodes {
			st.byNode[n] = append(st.byNode[n], f)
		}
	}
	return st
}

// findingsOf returns the findings on a link, in the order of Check.
func (st *state) findingsOf(e graph.EdgeID) []*rules.Finding {
	m := st.marks[e]
	out := make([]*rules.Finding, 0, len(m.Findings))
	for _, id := range m.Findings {
		if f := st.byID[id]; f != nil {
			out = append(out, f)
		}
	}
	return out
}

// name is what a node is called.
func (st *state) name(id graph.NodeID) string {
	if n := st.g.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	return string(id)
}

// when writes an instant as people in a meeting say it.
func when(t time.Time) string { return t.Local().Format("2 Jan 2006 15:04") }

// frame is what stands around a page's content. st is nil where there is no snapshot, on is the page's address
// in the header.
func (s *server) frame(r *http.Request, st *state, title, on string) view.Page {
	p := view.Page{Title: title, Theme: themeOf(r), Version: s.version, Assets: s.paths}
	p.Nav = []view.NavItem{
		{Label: "Overview", Href: "/"},
		{Label: "Map", Href: "/map"},
		{Label: "Findings", Href: "/findings"},
		{Label: "Imports", Href: "/imports"},
	}
	if st != nil {
		p.Nav[2].Count = st.open
		hash := st.snap.Hash
		p.Footer = fmt.Sprintf("Snapshot %d · %s · %s", st.snap.ID, when(st.snap.Created), hash[:min(len(hash), 12)])
	}
	for i := range p.Nav {
		p.Nav[i].On = p.Nav[i].Href == on
		if v := r.URL.Query().Get("snapshot"); v != "" && p.Nav[i].Href != "/imports" && st != nil {
			p.Nav[i].Href += "?snapshot=" + strconv.FormatInt(st.snap.ID, 10)
		}
	}
	return p
}
