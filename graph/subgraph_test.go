package graph

import (
	"reflect"
	"testing"
)

func links(pairs ...[2]NodeID) []*Edge {
	var out []*Edge
	for _, p := range pairs {
		out = append(out, &Edge{ID: NewEdgeID(p[0], Assumes, p[1]), From: p[0], Kind: Assumes, To: p[1]})
	}
	return out
}

func TestSubgraph(t *testing.T) {
	s := Sub([]NodeID{"z", "a", "b", "c", "d", "a"}, links([2]NodeID{"a", "b"}, [2]NodeID{"b", "c"}, [2]NodeID{"c", "a"}, [2]NodeID{"a", "b"},
		[2]NodeID{"d", "d"}, [2]NodeID{"d", "outside"}))
	if got, want := s.Components(), [][]NodeID{{"a", "b", "c"}, {"d"}, {"z"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("components %v, want %v", got, want)
	}
	if got, want := s.Cycles(), [][]NodeID{{"a", "b", "c"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("cycles %v, want %v", got, want)
	}
	if got := Sub([]NodeID{"a", "b"}, links([2]NodeID{"a", "b"})).Cycles(); got != nil {
		t.Errorf("a chain has no cycle, got %v", got)
	}
}

func TestEdgeIDDoesNotMixItsParts(t *testing.T) {
	if NewEdgeID("a", "reads", "b") == NewEdgeID("a", "read", "sb") || NewEdgeID("ab", "reads", "c") == NewEdgeID("a", "reads", "bc") {
		t.Error("two links have one identity")
	}
}

func TestNewRefusesFaults(t *testing.T) {
	n := []Node{{ID: "a"}, {ID: "b"}}
	e := Edge{ID: NewEdgeID("a", Reads, "b"), From: "a", Kind: Reads, To: "b"}
	for name, try := range map[string]func() error{
		"a repeated node":   func() error { _, err := New([]Node{{ID: "a"}, {ID: "a"}}, nil, nil, nil, nil); return err },
		"a repeated link":   func() error { _, err := New(n, []Edge{e, e}, nil, nil, nil); return err },
		"a dangling link":   func() error { _, err := New(n[:1], []Edge{e}, nil, nil, nil); return err },
		"a repeated policy": func() error { _, err := New(nil, nil, []Policy{{ID: "p"}, {ID: "p"}}, nil, nil); return err },
	} {
		if try() == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
