package web

import (
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/snapshot"
)

func TestRolesThatBecomeEachOther(t *testing.T) {
	assumes := func(from, to graph.NodeID, v graph.Verdict) graph.Edge {
		return graph.Edge{ID: graph.NewEdgeID(from, graph.Assumes, to), From: from, Kind: graph.Assumes, To: to, Granted: v}
	}
	role := func(id graph.NodeID) graph.Node {
		return graph.Node{ID: id, Kind: graph.KindRole, Lane: graph.Roles, Name: string(id)}
	}
	g, err := graph.New([]graph.Node{role("a"), role("b"), role("c"), role("d")},
		[]graph.Edge{assumes("a", "b", graph.Allowed), assumes("b", "c", graph.Conditional), assumes("c", "a", graph.Allowed), assumes("c", "d", graph.Allowed),
			assumes("d", "c", graph.Denied)}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	st := newState(&snapshot.Snapshot{Graph: g}, nil)
	names := func(id graph.NodeID) string {
		var out strings.Builder
		for _, s := range st.becomeEachOther(links{st: st}, id) {
			out.WriteString(s.Text)
		}
		return out.String()
	}
	if got := names("a"); got != "b, c" {
		t.Errorf("a is in a circle with %q", got)
	}
	if got := names("d"); got != "" {
		t.Errorf("a denied link closes no circle, got %q", got)
	}
}
