// Package reach walks the chain: which ways lead from one node to another, what lies behind a link, who reaches
// what. It works on compact adjacency arrays and never on the whole cross product.
package reach

import "github.com/permchain/permchain/graph"

// Path is a way through the chain: links that follow one another.
type Path struct {
	Edges []graph.EdgeID `json:"edges"`
}
