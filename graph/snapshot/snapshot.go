// Package snapshot puts one import's results together: the chain, what is wrong with it, and what was read.
package snapshot

import (
	"fmt"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/chain"
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

// Make works the chain out of what was imported and checks it. now is when the snapshot is made; it is kept in UTC to
// the second, so that a snapshot is the same after it was stored. The error is a fault of the chain's builder: what the
// facts leave open is in the chain as unknown.
func Make(facts *inventory.Facts, report inventory.Report, now time.Time) (*Snapshot, error) {
	g, err := chain.Build(facts)
	if err != nil {
		return nil, fmt.Errorf("make a snapshot: %w", err)
	}
	return &Snapshot{
		Created:  now.UTC().Truncate(time.Second),
		Hash:     g.Hash(),
		Graph:    g,
		Findings: rules.Check(g),
		Report:   report,
	}, nil
}
