package web

import (
	"slices"
	"sync"

	"github.com/permchain/permchain/graph/export"
)

// keptScenes is how many drawings of one state stay in memory: those of the filters that a meeting goes back and
// forth between. Selecting asks for the same drawing again and again.
const keptScenes = 12

// scenes keeps drawings by their filters. A drawing is only read once it is made.
type scenes struct {
	mu   sync.Mutex
	kept []drawn // the last used last
}

type drawn struct {
	key string
	sc  *export.Scene
}

// scene is the drawing of the map's filters; the selection is no part of it.
func (st *state) scene(q mapQuery) *export.Scene {
	q.Snapshot, q.Sel = 0, ""
	key := q.href()
	c := st.scenes
	c.mu.Lock() // held while it is drawn, so that two requests do not draw the same
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.kept, func(d drawn) bool { return d.key == key }); i >= 0 {
		hit := c.kept[i]
		c.kept = append(slices.Delete(c.kept, i, i+1), hit)
		return hit.sc
	}
	sc := export.Build(st.g, st.findings, q.filter(st.g))
	if c.kept = append(c.kept, drawn{key, sc}); len(c.kept) > keptScenes {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	return sc
}
