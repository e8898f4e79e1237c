package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/export"
)

// mapQuery is the map's address: filters and selection. The zero value is the default view of the latest
// snapshot. What is not understood is dropped, so that an address always leads to a map.
type mapQuery struct {
	Snapshot                 int64 // 0 is the latest
	Workload, Env            string
	Broad, Unowned, NotWired bool
	Reaches, Kind, Q         string
	Focus                    string // a node's key
	Hops                     int
	Denied, Implied          bool
	Unfold                   []string
	Sel                      string // "node-KEY", "link-ID", "fold-KEY"; "" for nothing
}

const (
	maxHops   = 6   // hops round a focus; beyond that it is the whole map
	maxUnfold = 40  // folded cards drawn one by one
	maxFilter = 200 // bytes of a filter's value
)

func parseMapQuery(v url.Values) mapQuery {
	text := func(key string) string {
		s := v.Get(key)
		if len(s) > maxFilter || checkText(s, maxFilter) != nil {
			return ""
		}
		return s
	}
	flag := func(key string) bool { return v.Get(key) == "1" }
	q := mapQuery{
		Workload: text("workload"), Env: text("env"), Broad: flag("broad"), Unowned: flag("unowned"), NotWired: flag("notwired"),
		Reaches: text("reaches"), Kind: text("kind"), Q: strings.TrimSpace(text("q")), Focus: text("focus"),
		Denied: flag("denied"), Implied: flag("implied"), Sel: text("sel"),
	}
	if id, err := strconv.ParseInt(v.Get("snapshot"), 10, 64); err == nil && id > 0 {
		q.Snapshot = id
	}
	if n, err := strconv.Atoi(v.Get("hops")); err == nil && n > 0 && n <= maxHops && q.Focus != "" {
		q.Hops = n
	}
	for _, k := range v["unfold"] {
		if len(q.Unfold) < maxUnfold && len(k) <= maxFilter && !slices.Contains(q.Unfold, k) {
			q.Unfold = append(q.Unfold, k)
		}
	}
	return q
}

// href is the one address of this view: what is at its default is left out, the rest stands in a fixed order.
func (q mapQuery) href() string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+url.QueryEscape(value))
		}
	}
	flag := func(key string, on bool) {
		if on {
			parts = append(parts, key+"=1")
		}
	}
	if q.Snapshot > 0 {
		add("snapshot", strconv.FormatInt(q.Snapshot, 10))
	}
	add("workload", q.Workload)
	add("env", q.Env)
	flag("broad", q.Broad)
	flag("unowned", q.Unowned)
	flag("notwired", q.NotWired)
	add("reaches", q.Reaches)
	add("kind", q.Kind)
	add("q", q.Q)
	add("focus", q.Focus)
	if q.Hops > 0 {
		add("hops", strconv.Itoa(q.Hops))
	}
	flag("denied", q.Denied)
	flag("implied", q.Implied)
	for _, k := range q.Unfold {
		add("unfold", k)
	}
	add("sel", q.Sel)
	if len(parts) == 0 {
		return "/map"
	}
	return "/map?" + strings.Join(parts, "&")
}

// selecting is the same view with another thing selected; "" selects nothing.
func (q mapQuery) selecting(sel string) mapQuery {
	q.Sel = sel
	return q
}

// filtered reports whether anything narrows the view.
func (q mapQuery) filtered() bool {
	q.Snapshot, q.Sel, q.Denied, q.Implied, q.Unfold = 0, "", false, false, nil
	return q.href() != "/map"
}

// filter is the query as the drawing takes it.
func (q mapQuery) filter(g *graph.Graph) export.Filter {
	f := export.Filter{
		Workload: q.Workload, Env: q.Env, Broad: q.Broad, Unowned: q.Unowned, NotWired: q.NotWired,
		Reaches: q.Reaches, Kind: q.Kind, Q: q.Q, Hops: q.Hops, Denied: q.Denied, Implied: q.Implied, Unfold: q.Unfold,
	}
	if n := g.NodeByKey(q.Focus); n != nil && q.Focus != "" {
		f.Focus = n.ID
	}
	return f
}
