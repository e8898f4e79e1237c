// Package snapshot puts one import's results together: the chain, what is wrong with it, and what was read.
package snapshot

import (
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/rules"
)

// Snapshot is everything known at one time from one set of imports. It never changes once it is made.
type Snapshot struct {
	ID       int64            `json:"id"` // given by the store; 0 until then
	Created  time.Time        `json:"created"`
	Hash     string           `json:"hash"` // content hash of the chain
	Graph    *graph.Graph     `json:"graph"`
	Findings []rules.Finding  `json:"findings"`
	Report   inventory.Report `json:"report"`
}
