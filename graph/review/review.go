// Package review holds what people say about a chain: who owns what, which workloads there are and how they
// stand.
package review

import (
	"time"

	"github.com/permchain/permchain/graph"
)

// Assignment is an owner given by a person, for a node or (Edge set) for one link. The last one for a thing
// holds; an empty Owner takes an earlier assignment back.
type Assignment struct {
	Node   graph.NodeID `json:"node,omitempty"`
	Edge   graph.EdgeID `json:"edge,omitempty"`
	Owner  string       `json:"owner"`
	By     string       `json:"by"`
	Reason string       `json:"reason,omitempty"`
	At     time.Time    `json:"at"`
}
