package chain

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

// An endpoint, its configuration and its model come in three outputs. The model's role is what the endpoint runs as.
func TestEndpointRunsAsItsModel(t *testing.T) {
	sm := func(s string) string { return "arn:aws:sagemaker:eu-central-1:" + prod + ":" + s }
	f := &inventory.Facts{
		Endpoints: []inventory.Endpoint{{ARN: sm("endpoint/rank"), Name: "rank", Config: "rank-v2"}},
		Resources: []inventory.Resource{
			{ARN: sm("endpoint-config/rank-v2"), Name: "rank-v2", Type: "AWS::SageMaker::EndpointConfig", Attrs: map[string]string{"models": "ranker"}},
			{ARN: sm("model/ranker"), Name: "ranker", Type: "AWS::SageMaker::Model", Attrs: map[string]string{"role": "arn:aws:iam::" + prod + ":role/ranker"}},
		},
		Roles: []inventory.Role{role(prod, "ranker", lets(`{"Service":"sagemaker.amazonaws.com"}`), allow(`"s3:GetObject"`, `"arn:aws:s3:::weights/*"`))},
	}
	g := build(t, f)
	must(t, g, "rank", graph.RunsAs, "ranker")
	if e := must(t, g, "rank", graph.Reads, "weights"); e.Granted != graph.Allowed {
		t.Errorf("granted %s", e.Granted)
	}
	f.Resources = f.Resources[:1]
	g = build(t, f)
	if n := g.Node(graph.NodeID(sm("endpoint/rank"))); n.Unknown == "" {
		t.Error("without the model, which role it runs as is not known")
	}
	if !slices.ContainsFunc(g.Gaps, func(x graph.Gap) bool { return strings.Contains(x.Need, "describe-model --model-name ranker") }) {
		t.Errorf("gaps %+v", g.Gaps)
	}
	// A model of that name in another Region is another model.
	f.Resources = append(f.Resources, inventory.Resource{ARN: "arn:aws:sagemaker:us-east-1:" + prod + ":model/ranker", Name: "ranker", Type: "AWS::SageMaker::Model",
		Attrs: map[string]string{"role": "arn:aws:iam::" + prod + ":role/ranker"}})
	if link(t, build(t, f), "rank", graph.RunsAs, "ranker") != nil {
		t.Error("joined with a model of another Region")
	}
}

// Two aliases of an agent may serve two versions; what either has, callers reach. A draft that none serves counts only
// where no alias is known.
func TestServedVersions(t *testing.T) {
	f := supportFacts()
	group := func(version, op string) inventory.ActionGroup {
		return inventory.ActionGroup{Agent: "AG1", AgentVersion: version, Name: "g" + version, State: "ENABLED", Executor: "return of control", Operations: []inventory.Operation{{Name: op}}}
	}
	f.ActionGroups = []inventory.ActionGroup{group("1", "look_up"), group("2", "cancel"), group("DRAFT", "refund")}
	f.AgentAliases = []inventory.AgentAlias{{AgentID: "AG1", ID: "A", Name: "live", Versions: []string{"1"}}, {AgentID: "AG1", ID: "B", Name: "next", Versions: []string{"2"}}}
	g := build(t, f)
	must(t, g, "support-agent", graph.Calls, "look_up")
	must(t, g, "support-agent", graph.Calls, "cancel")
	if link(t, g, "support-agent", graph.Calls, "refund") != nil {
		t.Error("no alias serves the draft")
	}
	if n := g.Node(graph.NodeID(agentARN("AG1"))); strings.Contains(n.Attr(servesVersion), "disagree") {
		t.Errorf("two aliases are no contradiction: %q", n.Attr(servesVersion))
	}
	f.AgentAliases = nil
	must(t, build(t, f), "support-agent", graph.Calls, "refund")
}

// Code is told what to use by variables: by ARN, by URL, by name, or by an id under a telling name.
func TestVariables(t *testing.T) {
	f := supportFacts()
	f.Functions = []inventory.Function{{ARN: orderTools, Name: "order-tools", Role: inventory.Known("arn:aws:iam::" + prod + ":role/tools"), Env: map[string]string{
		"TABLE": "orders", "QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/" + prod + "/returns", "KNOWLEDGE_BASE_ID": "KB1", "MODEL": "eu.anthropic.claude-3-haiku-20240307-v1:0",
		"UPLOAD_BUCKET": "uploads", "LOG_LEVEL": "INFO", "GREETING": "hello",
	}}}
	f.Resources = append(f.Resources, inventory.Resource{ARN: "arn:aws:dynamodb:eu-central-1:" + prod + ":table/orders", Name: "orders", Account: prod, Region: "eu-central-1", Tags: inventory.Tags{}})
	g := build(t, f)
	for to, kind := range map[string]graph.EdgeKind{"orders": graph.Reads, "returns": graph.Calls, "support-kb": graph.Retrieves, "uploads": graph.Reads} {
		if e := must(t, g, "order-tools", kind, to); e.Wired != graph.Yes {
			t.Errorf("%s: wired %s", to, e.Wired)
		}
	}
	if !slices.ContainsFunc(g.Edges, func(e graph.Edge) bool {
		return e.From == graph.NodeID(orderTools) && e.Kind == graph.Invokes && g.Node(e.To).Kind == graph.KindProfile
	}) {
		t.Errorf("the model's profile is not linked: %v", sentences(g))
	}
	for i := range g.Nodes {
		if n := g.Nodes[i].Name; n == "INFO" || n == "hello" {
			t.Errorf("%s is no resource", n)
		}
	}
}

// A system-defined profile that nothing describes is behind the model of its id.
func TestSystemProfile(t *testing.T) {
	f := supportFacts()
	f.Agents[0].Model = inventory.Known("eu.anthropic.claude-x")
	g := build(t, f)
	p := must(t, g, "support-agent", graph.Invokes, "eu.anthropic.claude-x")
	if n := g.Node(p.To); n.Kind != graph.KindProfile || n.Account != prod || n.Unknown == "" {
		t.Errorf("%+v", n)
	}
	must(t, g, "eu.anthropic.claude-x", graph.Invokes, "claude-x")
}
