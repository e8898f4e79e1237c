package chain

import (
	"cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

func (b *builder) wireGateways() {
	for i := range b.f.GatewayTargets {
		t := &b.f.GatewayTargets[i]
		id, ok := b.byID["gateway/"+t.Gateway]
		if t.Gateway == "" {
			n := b.node(graph.NodeID("tool/"+cmp.Or(t.ID, t.Name)), graph.KindTool, cmp.Or(t.Name, t.ID))
			unknownNode(n, "listed without its gateway: get-gateway-target says which it is")
			n.Sources = append(n.Sources, source(t.Source))
			b.gap("which gateway the target "+t.Name+" belongs to", "aws bedrock-agentcore-control get-gateway-target")
			continue
		}
		if !ok {
			n := b.node(graph.NodeID("gateway/"+t.Gateway), graph.KindGateway, t.Gateway)
			unknownNode(n, "named by its target "+t.Name+"; get-gateway was not imported")
			b.byID["gateway/"+t.Gateway] = n.ID
			id = n.ID
		}
		gw := b.nodes[id]
		for _, kb := range t.KBs {
			b.wired(gw, graph.Retrieves, b.kbNode(kb, gw), t.Source, "the connector "+cmp.Or(t.Name, t.ID))
		}
		ops := t.Tools
		if len(ops) == 0 {
			ops = []inventory.Operation{{Name: cmp.Or(t.Name, t.ID)}}
		}
		var fn *graph.Node
		if t.Lambda.OK() {
			fn = b.arnNode(unqualified(t.Lambda.Value), graph.KindFunction, lastSegment(unqualified(t.Lambda.Value)))
			unknownNode(fn, "named by the gateway target "+t.Name+"; the function itself was not imported")
		}
		for _, op := range ops {
			tool := b.node(graph.NodeID("tool/"+string(gw.ID)+"/"+cmp.Or(t.Name, t.ID)+"/"+op.Name), graph.KindTool, op.Name)
			tool.Account, tool.Region = gw.Account, gw.Region
			addSource(tool, t.Source)
			attr(tool, "gateway target", cmp.Or(t.Name, t.ID))
			attr(tool, "kind", t.Kind)
			attr(tool, "endpoint", t.Endpoint)
			attr(tool, "description", op.Description)
			e := b.edge(gw.ID, graph.Calls, tool.ID)
			e.Wired = graph.Yes
			e.Confirm = graph.ConfirmNone // a gateway carries a call out; it has no confirmation of its own
			addEvidence(e, configured(t.Source, "a tool of the gateway target "+cmp.Or(t.Name, t.ID)))
			if fn == nil {
				e.Granted, e.GrantedUnknown = graph.Unknown, cmp.Or(t.Lambda.Unknown, "it is reached with credentials of its own, which IAM does not decide")
				continue
			}
			attr(tool, "function", fn.Name)
			b.wired(gw, graph.Calls, fn, t.Source, "the function behind the gateway target "+t.Name)
			e.Granted, e.GrantedUnknown = graph.NotApplicable, ""
			tf := b.edge(tool.ID, graph.Calls, fn.ID)
			b.carriedOut[tool.ID] = tf.ID
			tf.Wired = graph.Yes
			addEvidence(tf, configured(t.Source, "the function behind the gateway target "+t.Name))
		}
	}
	for i := range b.f.Gateways {
		g := &b.f.Gateways[i]
		gw := b.nodes[graph.NodeID(g.ARN)]
		for _, fn := range g.Interceptors {
			n := b.arnNode(unqualified(fn), graph.KindFunction, lastSegment(unqualified(fn)))
			unknownNode(n, "named as an interceptor of "+gw.Name)
			b.wired(gw, graph.Calls, n, g.Source, "intercepts every call")
		}
		if g.Authorizer == "NONE" {
			anyone := b.node("anyone", graph.KindAnyone, "Anyone")
			e := b.edge(anyone.ID, graph.Calls, gw.ID)
			e.Wired, e.Granted = graph.Yes, graph.Allowed
			e.Breadth.PrincipalScope = graph.ScopeAll
			addEvidence(e, configured(g.Source, "the gateway's authorizer is NONE"))
		}
	}
}
