package chain

import (
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// wireFunctions reads a function's environment: a variable that names an agent, knowledge base, bucket, table, queue
// or secret is how its code is told what to use.
func (b *builder) wireFunctions() {
	type configuredEnv struct {
		id  graph.NodeID
		env map[string]string
		src inventory.Source
	}
	var all []configuredEnv
	for i := range b.f.Functions {
		f := &b.f.Functions[i]
		all = append(all, configuredEnv{graph.NodeID(unqualified(f.ARN)), f.Env, f.Source})
	}
	for i := range b.f.Runtimes {
		r := &b.f.Runtimes[i]
		all = append(all, configuredEnv{graph.NodeID(r.ARN), r.Env, r.Source})
	}
	for _, c := range all {
		n := b.nodes[c.id]
		for _, k := range sortedKeysOf(c.env) {
			to, kind := b.namedIn(c.env[k], n)
			if to == nil || to.ID == n.ID {
				continue
			}
			b.wired(n, kind, to, c.src, "its variable "+k+" names it")
		}
	}
}

// namedIn finds the node that a configuration value names, and the link that naming it implies.
func (b *builder) namedIn(value string, near *graph.Node) (*graph.Node, graph.EdgeKind) {
	value = strings.TrimPrefix(strings.TrimSpace(value), "s3://")
	if value == "" {
		return nil, ""
	}
	var n *graph.Node
	if _, err := arn.Parse(value); err == nil {
		if k, ok := kindOf(value); !ok || k == graph.KindRole {
			return nil, ""
		}
		n, _ = b.targetNode(value)
	} else {
		for _, prefix := range []string{"agent/", "kb/", "bucket/", "profile/", "runtime/", "gateway/"} {
			if id, ok := b.byID[prefix+value]; ok {
				n = b.nodes[id]
				break
			}
		}
		if n == nil {
			for _, svc := range []string{"dynamodb:%s:%s:table/", "lambda:%s:%s:function:"} {
				if found, ok := b.nodes[graph.NodeID("arn:aws:"+fmt.Sprintf(svc, near.Region, near.Account)+value)]; ok {
					n = found
					break
				}
			}
		}
		if n == nil {
			if found, ok := b.nodes[graph.NodeID("model/"+value)]; ok {
				n = found
			}
		}
	}
	if n == nil {
		return nil, ""
	}
	if n.Kind != graph.KindModel {
		unknownNode(n, "named by the configuration of "+near.Name+"; not imported itself")
	}
	switch n.Lane {
	case graph.Models:
		return n, graph.Invokes
	case graph.Tools:
		return n, graph.Calls
	}
	if n.Kind == graph.KindKB {
		return n, graph.Retrieves
	}
	if n.Lane == graph.Data || n.Lane == graph.Logs {
		return n, graph.Reads
	}
	return nil, ""
}
