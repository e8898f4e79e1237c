package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

// signIns links those who come in with a token to the runtimes and gateways that accept it. IAM has no say there: the
// issuer's users get in, through the clients that are allowed.
// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html
func (b *builder) signIns() {
	for i := range b.f.Runtimes {
		if r := &b.f.Runtimes[i]; tokens(r.Authorizer) {
			b.letInTokens(b.callee("runtime", r.ARN, r.ID), graph.Invokes, r.Issuer, r.Clients, r.Source)
		}
	}
	for i := range b.f.Gateways {
		if g := &b.f.Gateways[i]; tokens(g.Authorizer) && !g.Listed {
			b.letInTokens(b.callee("gateway", g.ARN, g.ID), graph.Calls, g.Issuer, g.Clients, g.Source)
		}
	}
}

// tokens reports whether an authorizer takes tokens rather than IAM signatures.
func tokens(authorizer string) bool {
	return authorizer == "CUSTOM_JWT" || authorizer == "AUTHENTICATE_ONLY"
}

func (b *builder) letInTokens(n *graph.Node, kind graph.EdgeKind, issuer string, clients []string, s inventory.Source) {
	host := strings.TrimSuffix(strings.TrimPrefix(issuer, "https://"), "/.well-known/openid-configuration")
	id, name, detail := "federated/"+host, "Users of "+host, "OIDC"
	if strings.HasPrefix(host, "cognito-idp.") { // https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
		name, detail = "Users of "+lastSegment(host), "Cognito"
	}
	if host == "" {
		id, name = "federated/of/"+string(n.ID), "Users of "+n.Name
	}
	clients = slices.Sorted(slices.Values(clients))
	if len(clients) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(clients, "\n")))
		id += "/" + hex.EncodeToString(sum[:4])
	}
	who := b.node(graph.NodeID(id), graph.KindFederated, name)
	who.Detail = detail
	attr(who, "identity provider", host)
	if p := b.userPool(host); p != nil {
		b.poolUsers(who, p)
	}
	for _, c := range clients {
		listAttr(who, "clients", c)
	}
	if host == "" {
		unknownNode(who, "whose tokens "+n.Name+" accepts was not imported")
	}
	e := b.edge(who.ID, kind, n.ID)
	e.Wired, e.Granted = graph.Yes, graph.Allowed
	e.Breadth.PrincipalScope = graph.ScopeExact
	note := n.Name + " accepts their tokens"
	if len(clients) > 0 {
		note += ", given to " + strings.Join(clients, " or ")
	}
	addEvidence(e, configured(s, note))
}

// takesTokens says of a link that IAM does not decide it, when its target takes tokens or asks for nothing.
func (b *builder) takesTokens(e *graph.Edge, to *graph.Node) {
	if a := to.Attr("authorizer"); tokens(a) || a == "NONE" {
		e.Granted, e.GrantedUnknown, e.BlockedBy = graph.NotApplicable, "", ""
	}
}
