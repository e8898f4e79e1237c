package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

func (b *builder) wireGateways() {
	described := map[string]bool{} // targets of which a file says more than that there is one
	for i := range b.f.GatewayTargets {
		if t := &b.f.GatewayTargets[i]; t.Gateway != "" && t.Lambda.Unknown == "" {
			described[t.ID] = true
		}
	}
	for i := range b.f.GatewayTargets {
		switch t := &b.f.GatewayTargets[i]; {
		case t.Gateway != "" && (t.Lambda.Unknown == "" || !described[t.ID]):
			b.wireTarget(b.gatewayNode(t), t)
		case t.Gateway == "" && !described[t.ID]:
			n := b.node(graph.NodeID("tool/"+cmp.Or(t.ID, t.Name)), graph.KindTool, cmp.Or(t.Name, t.ID))
			unknownNode(n, "listed without its gateway: get-gateway-target says which it is")
			attr(n, "kind", t.Kind)
			addSource(n, t.Source)
			b.gap("which gateway the target "+t.Name+" belongs to", "aws bedrock-agentcore-control get-gateway-target")
		}
	}
	for i := range b.f.Gateways {
		g := &b.f.Gateways[i]
		gw := b.callee("gateway", g.ARN, g.ID)
		for _, fn := range g.Interceptors {
			n := b.functionNode(fn, "named as an interceptor of "+gw.Name)
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

// gatewayNode is the gateway that a target belongs to.
func (b *builder) gatewayNode(t *inventory.GatewayTarget) *graph.Node {
	if id, ok := b.byID["gateway/"+t.Gateway]; ok {
		return b.nodes[id]
	}
	a, id := "", t.Gateway
	if p, err := arn.Parse(t.Gateway); err == nil {
		a, id = t.Gateway, p.ResourceID()
	}
	n := b.called("gateway", a, id, graph.KindGateway, "")
	unknownNode(n, "named by its target "+cmp.Or(t.Name, t.ID)+"; get-gateway was not imported, so its role and who may call it are not known")
	b.gap("the gateway "+n.Name, "aws bedrock-agentcore-control get-gateway --gateway-identifier "+id)
	return n
}

// wireTarget makes a tool of each operation of a gateway's target, and links it to what carries it out.
func (b *builder) wireTarget(gw *graph.Node, t *inventory.GatewayTarget) {
	name := cmp.Or(t.Name, t.ID)
	ops := t.Tools
	if len(ops) == 0 {
		ops = []inventory.Operation{{Name: name}}
	}
	var behind []*graph.Node // what carries the tools out
	kind := graph.Calls
	switch {
	case t.Lambda.OK():
		fn := b.functionNode(t.Lambda.Value, "named by the gateway target "+name+"; the function itself was not imported")
		b.wired(gw, graph.Calls, fn, t.Source, "the function behind the gateway target "+name)
		behind = append(behind, fn)
	case len(t.KBs) > 0:
		kind = graph.Retrieves
		for _, kb := range t.KBs {
			n := b.kbNode(kb, gw)
			b.wired(gw, graph.Retrieves, n, t.Source, "the connector "+name)
			behind = append(behind, n)
		}
	case t.Kind == "runtime":
		if n, ok := b.targetNode(t.Endpoint); ok && n.Kind == graph.KindRuntime {
			kind = graph.Invokes
			unknownNode(n, "named by the gateway target "+name+"; not imported itself")
			b.takesTokens(b.wired(gw, graph.Invokes, n, t.Source, "the runtime behind the gateway target "+name), n)
			behind = append(behind, n)
		}
	}
	for _, op := range ops {
		tool := b.node(graph.NodeID("tool/"+string(gw.ID)+"/"+name+"/"+op.Name), graph.KindTool, op.Name)
		tool.Account, tool.Region = gw.Account, gw.Region
		addSource(tool, t.Source)
		attr(tool, "gateway target", name)
		attr(tool, "kind", t.Kind)
		attr(tool, "endpoint", t.Endpoint)
		attr(tool, "schema", t.Schema)
		attr(tool, "credentials", strings.Join(t.Credentials, listSeparator))
		attr(tool, "description", op.Description)
		e := b.edge(gw.ID, graph.Calls, tool.ID)
		e.Wired = graph.Yes
		e.Confirm = graph.ConfirmNone // a gateway carries a call out; it has no confirmation of its own
		addEvidence(e, configured(t.Source, "a tool of the gateway target "+name))
		if len(behind) == 0 {
			e.Granted, e.GrantedUnknown = graph.Unknown, cmp.Or(t.Lambda.Unknown, targetAuth(t))
			continue
		}
		for _, to := range behind {
			if to.Kind == graph.KindFunction {
				attr(tool, "function", to.Name)
			}
			by := b.edge(tool.ID, kind, to.ID)
			b.carriedOut[tool.ID] = by.ID
			by.Wired = graph.Yes
			addEvidence(by, configured(t.Source, "what carries out the gateway target "+name))
		}
	}
}

// targetAuth says how a gateway gets at a target, where that is not for IAM alone to decide.
// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-outbound-auth.html
func targetAuth(t *inventory.GatewayTarget) string {
	switch {
	case len(t.Credentials) == 0:
		return "it is reached without credentials, as far as the file says: who else reaches it is for it to decide"
	case slices.Contains(t.Credentials, "GATEWAY_IAM_ROLE"):
		return "it is reached with the gateway's role, and what it needs there was not imported"
	}
	return "it is reached with credentials of its own (" + strings.Join(t.Credentials, listSeparator) + "), which IAM does not decide"
}
