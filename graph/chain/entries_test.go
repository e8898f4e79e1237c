package chain

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

const (
	orderTools = "arn:aws:lambda:eu-central-1:" + prod + ":function:order-tools"
	orderAPI   = "arn:aws:apigateway:eu-central-1::/restapis/a1b2c3"
)

// apiFacts are an API with one route, answered by a function whose policy lets this API call it.
func apiFacts(route inventory.Route) *inventory.Facts {
	route.Method, route.Path, route.Function = "POST", "/orders", inventory.Known(orderTools)
	return &inventory.Facts{
		APIs:      []inventory.API{{ARN: orderAPI, ID: "a1b2c3", Name: "orders", Account: prod, Type: "REST", Routes: []inventory.Route{route}}},
		Functions: []inventory.Function{{ARN: orderTools, Name: "order-tools", Role: inventory.Known("arn:aws:iam::" + prod + ":role/tools")}},
		ResourcePolicies: []inventory.ResourcePolicy{{Resource: inventory.Known(orderTools), Document: doc(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + orderTools + `",
			"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:execute-api:eu-central-1:` + prod + `:a1b2c3/*/POST/orders"}}}]}`)}},
	}
}

func TestAPIs(t *testing.T) {
	g := build(t, apiFacts(inventory.Route{Auth: "NONE"}))
	open := must(t, g, "Anyone", graph.Calls, "orders")
	if open.Granted != graph.Allowed || open.Breadth.PrincipalScope != graph.ScopeAll || !slices.Equal(open.Part, []string{"arn:aws:execute-api:eu-central-1:" + prod + ":a1b2c3/*/POST/orders"}) {
		t.Errorf("granted %s to %s of %v", open.Granted, open.Breadth.PrincipalScope, open.Part)
	}
	if e := must(t, g, "orders", graph.Calls, "order-tools"); e.Granted != graph.Allowed || e.Wired != graph.Yes {
		t.Errorf("granted %s (%s%s) wired %s", e.Granted, e.GrantedUnknown, e.BlockedBy, e.Wired)
	}

	g = build(t, apiFacts(inventory.Route{Auth: "NONE", Key: inventory.Yes}))
	must(t, g, "Holders of a key of orders", graph.Calls, "orders")
	if link(t, g, "Anyone", graph.Calls, "orders") != nil {
		t.Error("who has no key does not get in")
	}
	must(t, build(t, apiFacts(inventory.Route{Auth: "COGNITO_USER_POOLS"})), "Users signed in to orders", graph.Calls, "orders")
	if g := build(t, apiFacts(inventory.Route{Auth: "AWS_IAM"})); link(t, g, "Anyone", graph.Calls, "orders") != nil {
		t.Error("IAM decides who calls it")
	}

	f := apiFacts(inventory.Route{Auth: "NONE"})
	f.APIs[0].ID, f.APIs[0].ARN = "zzzzzz", "arn:aws:apigateway:eu-central-1::/restapis/zzzzzz"
	if e := must(t, build(t, f), "orders", graph.Calls, "order-tools"); e.Granted != graph.Denied || !strings.Contains(e.BlockedBy, "order-tools") {
		t.Errorf("the permission is for another API: %s %q", e.Granted, e.BlockedBy)
	}
	f.ResourcePolicies = nil
	if e := must(t, build(t, f), "orders", graph.Calls, "order-tools"); e.Granted != graph.Unknown {
		t.Errorf("without the function's policy: %s", e.Granted)
	}
}

// Whoever has a token of the issuer gets in, and IAM has no say. Where anyone can register for one, anyone gets in.
func TestTokens(t *testing.T) {
	const pool = "eu-central-1_AbCdEf"
	f := &inventory.Facts{
		Runtimes: []inventory.Runtime{
			{ARN: "arn:aws:bedrock-agentcore:eu-central-1:" + prod + ":runtime/front-x", ID: "front-x", Name: "front", Authorizer: "CUSTOM_JWT",
				Issuer: "https://cognito-idp.eu-central-1.amazonaws.com/" + pool + "/.well-known/openid-configuration", Clients: []string{"web"},
				Env: map[string]string{"BACK_ARN": "arn:aws:bedrock-agentcore:eu-central-1:" + prod + ":runtime/back-y"}},
			{ARN: "arn:aws:bedrock-agentcore:eu-central-1:" + prod + ":runtime/back-y", ID: "back-y", Name: "back"},
		},
		UserPools: []inventory.UserPool{{ID: pool, Name: "shoppers", SelfSignUp: inventory.Yes}},
	}
	g := build(t, f)
	if e := must(t, g, "Users of shoppers", graph.Invokes, "front"); e.Granted != graph.Allowed {
		t.Errorf("granted %s", e.Granted)
	}
	if e := must(t, g, "Anyone", graph.Assumes, "Users of shoppers"); e.Breadth.PrincipalScope != graph.ScopeAll {
		t.Errorf("scope %s", e.Breadth.PrincipalScope)
	}
	if e := must(t, g, "front", graph.Invokes, "back"); e.Wired != graph.Yes || e.Granted != graph.Unknown {
		t.Errorf("one runtime names the other in a variable, and its role was not imported: wired %s granted %s", e.Wired, e.Granted)
	}
	f.UserPools[0].SelfSignUp = inventory.No
	f.Runtimes[1].Authorizer = "CUSTOM_JWT"
	g = build(t, f)
	if link(t, g, "Anyone", graph.Assumes, "Users of shoppers") != nil {
		t.Error("nobody can register")
	}
	if e := must(t, g, "front", graph.Invokes, "back"); e.Granted != graph.NotApplicable {
		t.Errorf("a runtime that takes tokens leaves IAM out: %s", e.Granted)
	}
	must(t, g, "Users of back", graph.Invokes, "back") // the file does not say whose tokens
}

func TestGatewayOpenToAnyone(t *testing.T) {
	f := &inventory.Facts{
		Gateways: []inventory.Gateway{{ARN: "arn:aws:bedrock-agentcore:eu-central-1:" + prod + ":gateway/gw-1", ID: "gw-1", Name: "gw", Authorizer: "NONE"}},
		GatewayTargets: []inventory.GatewayTarget{{Gateway: "gw-1", ID: "T1", Name: "orders", Kind: "lambda", Lambda: inventory.Known(orderTools),
			Tools: []inventory.Operation{{Name: "cancel_order"}}, Credentials: []string{"GATEWAY_IAM_ROLE"}}},
	}
	g := build(t, f)
	must(t, g, "Anyone", graph.Calls, "gw")
	must(t, g, "gw", graph.Calls, "cancel_order")
	must(t, g, "cancel_order", graph.Calls, "order-tools")
	if e := must(t, g, "gw", graph.Calls, "order-tools"); e.Granted != graph.Unknown {
		t.Errorf("the gateway's role was not imported: %s", e.Granted)
	}
}

// A delivery says where a thing logs to, so its callers' hops are seen there.
func TestDelivery(t *testing.T) {
	f := supportFacts()
	f.Deliveries = []inventory.Delivery{{Resource: inventory.Known(f.KnowledgeBases[0].ARN), LogType: "APPLICATION_LOGS",
		Destination: inventory.Known("arn:aws:logs:eu-central-1:" + prod + ":log-group:/kb/support")}}
	g := build(t, f)
	must(t, g, "support-kb", graph.LogsTo, "/kb/support")
	if l := must(t, g, "support-agent", graph.Retrieves, "support-kb").Log; l.State != graph.Yes || g.Node(l.To).Name != "/kb/support" {
		t.Errorf("log %+v", l)
	}
	f.Deliveries[0].LogType = "TRACES"
	if l := must(t, build(t, f), "support-agent", graph.Retrieves, "support-kb").Log; l.State == graph.Yes {
		t.Errorf("traces do not show who asked for what: %+v", l)
	}
}
