package bedrock

import (
	"testing"

	"github.com/permchain/permchain/graph/inventory"
)

func TestAgents(t *testing.T) {
	const listed = "list-agents does not print it: import get-agent"
	runCases(t, []decodeCase{
		{"a listing gives names and ARNs, and leaves the rest unknown", "list-agents.json", "bedrock-agent list-agents",
			`{"agentSummaries": [{"agentId": "AAAAAAAAA1", "agentName": "a", "agentStatus": "PREPARED",
			  "guardrailConfiguration": {"guardrailIdentifier": "g1", "guardrailVersion": "2"}}]}`,
			inventory.Facts{Agents: []inventory.Agent{{ARN: "arn:aws:bedrock:eu-central-1:111122223333:agent/AAAAAAAAA1", ID: "AAAAAAAAA1", Name: "a",
				Status: "PREPARED", Listed: true, Role: inventory.Unsure(listed), Model: inventory.Unsure(listed),
				Guardrail: inventory.Known("g1"), GuardrailVersion: "2"}}}},
		{"a working draft with functions of its own", "a.json", "bedrock-agent get-agent",
			`{"agent": {"agentId": "AAAAAAAAA1", "agentArn": "arn:a", "agentName": "a", "agentResourceRoleArn": "arn:r", "foundationModel": "eu.m",
			  "agentCollaboration": "SUPERVISOR_SOMEHOW", "memoryConfiguration": {"enabledMemoryTypes": ["SESSION_SUMMARY"]}, "instruction": "\n be kind ",
			  "promptOverrideConfiguration": {"overrideLambda": "arn:f1"}, "customOrchestration": {"executor": {"lambda": "arn:f2"}}}}`,
			inventory.Facts{Agents: []inventory.Agent{{ARN: "arn:a", ID: "AAAAAAAAA1", Name: "a", Version: "DRAFT", Role: inventory.Known("arn:r"),
				Model: inventory.Known("eu.m"), Guardrail: inventory.Known(""), OverrideLambda: []string{"arn:f1", "arn:f2"},
				Collaboration: "SUPERVISOR_SOMEHOW", Memory: inventory.Yes, Instruction: "be kind"}}}},
		{"a version, and an agent that has no role yet", "v.json", "bedrock-agent get-agent-version",
			`{"agentVersion": {"agentId": "AAAAAAAAA1", "agentArn": "arn:a", "version": "7", "foundationModel": "m"}}`,
			inventory.Facts{Agents: []inventory.Agent{{ARN: "arn:a", ID: "AAAAAAAAA1", Version: "7", Model: inventory.Known("m"), Memory: inventory.No,
				Role: inventory.Unsure("get-agent printed no agentResourceRoleArn")}}}},
		{"aliases of the agent in the file's name", "list-agent-aliases-AAAAAAAAA1.json", "bedrock-agent list-agent-aliases",
			`{"agentAliasSummaries": [{"agentAliasId": "TSTALIASID", "agentAliasName": "test", "routingConfiguration": [{"agentVersion": "DRAFT"}]}]}`,
			inventory.Facts{AgentAliases: []inventory.AgentAlias{{ARN: "arn:aws:bedrock:eu-central-1:111122223333:agent-alias/AAAAAAAAA1/TSTALIASID",
				ID: "TSTALIASID", Name: "test", AgentID: "AAAAAAAAA1", Versions: []string{"DRAFT"}}}}},
		{"an alias", "a.json", "bedrock-agent get-agent-alias",
			`{"agentAlias": {"agentId": "A", "agentAliasId": "L", "agentAliasArn": "arn:l", "routingConfiguration": [{"agentVersion": "1"}, {"agentVersion": "2"}]}}`,
			inventory.Facts{AgentAliases: []inventory.AgentAlias{{ARN: "arn:l", ID: "L", AgentID: "A", Versions: []string{"1", "2"}}}}},
		{"collaborators", "c.json", "bedrock-agent list-agent-collaborators",
			`{"agentCollaboratorSummaries": [
			   {"agentId": "A", "agentVersion": "3", "collaboratorName": "b", "agentDescriptor": {"aliasArn": "arn:b"}, "relayConversationHistory": "TO_COLLABORATOR"},
			   {"agentId": "A", "agentVersion": "3", "collaboratorName": "c", "relayConversationHistory": "LATER"}]}`,
			inventory.Facts{Collaborators: []inventory.Collaborator{
				{Agent: "A", AgentVersion: "3", Name: "b", AliasARN: "arn:b", ShareHistory: inventory.Yes}, {Agent: "A", AgentVersion: "3", Name: "c"}}}},
		{"a collaborator", "c.json", "bedrock-agent get-agent-collaborator",
			`{"agentCollaborator": {"agentId": "A", "agentVersion": "DRAFT", "collaboratorName": "b", "relayConversationHistory": "DISABLED"}}`,
			inventory.Facts{Collaborators: []inventory.Collaborator{{Agent: "A", AgentVersion: "DRAFT", Name: "b", ShareHistory: inventory.No}}}},
		{"versions in a listing say nothing to keep", "v.json", "bedrock-agent list-agent-versions",
			`{"agentVersionSummaries": [{"agentName": "a", "agentVersion": "1"}]}`,
			inventory.Facts{Skips: []inventory.Skip{{What: "version 1 of a", Why: "a listing says nothing of what a version may do: import get-agent-version"}}}},
	})
}

// A listing that does not say its agent is joined to none, with a warning, unless the file's name says it: then that is told.
func TestAgentOfListing(t *testing.T) {
	const data = `{"agentAliasSummaries": [{"agentAliasId": "L1"}, {"agentAliasId": "L2"}]}`
	got := decode(t, input("aliases.json", data))
	if got.AgentAliases[0].AgentID != "" || got.AgentAliases[0].ARN != "" || len(got.Warnings) != 2 || len(got.Inferred) != 0 {
		t.Errorf("without a name: %+v", got)
	}
	got = decode(t, input("AAAAAAAAA1-aliases.json", data))
	if got.AgentAliases[1].AgentID != "AAAAAAAAA1" || len(got.Warnings) != 0 || len(got.Inferred) != 1 || got.Inferred[0].Text != "agent AAAAAAAAA1 from the file's name" {
		t.Errorf("with a name: %+v", got)
	}
}

func TestActionGroups(t *testing.T) {
	const list = "list-agent-action-groups does not print it: import get-agent-action-group"
	group := func(rest string) string {
		return `{"agentActionGroup": {"agentId": "A", "agentVersion": "7", "actionGroupId": "G", "actionGroupName": "g", "actionGroupState": "ENABLED"` + rest + `}}`
	}
	want := func(change func(*inventory.ActionGroup)) inventory.Facts {
		g := inventory.ActionGroup{Agent: "A", AgentVersion: "7", ID: "G", Name: "g", State: "ENABLED"}
		change(&g)
		return inventory.Facts{ActionGroups: []inventory.ActionGroup{g}}
	}
	const format = "bedrock-agent get-agent-action-group"
	runCases(t, []decodeCase{
		{"functions, confirmed, not confirmed, and from a CLI that does not know of confirmation", "g.json", format,
			group(`, "actionGroupExecutor": {"lambda": "arn:f"}, "functionSchema": {"functions": [
			  {"name": "cancel", "requireConfirmation": "ENABLED"}, {"name": "look", "description": "Look", "requireConfirmation": "DISABLED"}, {"name": "old"}]}`),
			want(func(g *inventory.ActionGroup) {
				g.Executor, g.Lambda = "lambda", inventory.Known("arn:f")
				g.Operations = []inventory.Operation{{Name: "cancel", Confirm: inventory.Yes}, {Name: "look", Description: "Look", Confirm: inventory.No}, {Name: "old"}}
			})},
		{"OpenAPI as YAML, returned to the caller", "g.json", format,
			group(`, "actionGroupExecutor": {"customControl": "RETURN_CONTROL"}, "apiSchema": {"payload":
			  "openapi: 3.0.0\npaths:\n  /orders/{id}/cancel:\n    post: {description: Cancel, x-requireConfirmation: ENABLED}\n  /orders:\n    parameters: []\n    get: {summary: List}\n"}`),
			want(func(g *inventory.ActionGroup) {
				g.Executor = "return of control"
				g.Operations = []inventory.Operation{{Name: "GET /orders", Method: "GET", Description: "List", Confirm: inventory.No},
					{Name: "POST /orders/{id}/cancel", Method: "POST", Description: "Cancel", Confirm: inventory.Yes}}
			})},
		{"OpenAPI as JSON", "g.json", format,
			group(`, "actionGroupExecutor": {"lambda": "arn:f"}, "apiSchema": {"payload": "{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"delete\": {\"x-requireConfirmation\": \"DISABLED\"}}}}"}`),
			want(func(g *inventory.ActionGroup) {
				g.Executor, g.Lambda = "lambda", inventory.Known("arn:f")
				g.Operations = []inventory.Operation{{Name: "DELETE /a", Method: "DELETE", Confirm: inventory.No}}
			})},
		{"a schema that cannot be read", "g.json", format, group(`, "apiSchema": {"payload": "openapi: 3"}`),
			want(func(g *inventory.ActionGroup) {
				g.SchemaUnknown = "the OpenAPI schema cannot be read: it has no paths"
			})},
		{"a schema in a bucket", "g.json", format, group(`, "apiSchema": {"s3": {"s3BucketName": "b", "s3ObjectKey": "k/api.json"}}`),
			want(func(g *inventory.ActionGroup) {
				g.Schema, g.SchemaUnknown = "s3://b/k/api.json", "the OpenAPI schema is in s3://b/k/api.json, which was not imported"
			})},
		{"built in", "g.json", format, group(`, "parentActionSignature": "AMAZON.CodeInterpreter"`),
			want(func(g *inventory.ActionGroup) { g.Executor, g.Signature = "built-in", "AMAZON.CodeInterpreter" })},
		{"values that came later", "g.json", format, group(`, "actionGroupExecutor": {"customControl": "ASK_A_COLLEAGUE"}, "functionSchema": {"functions": []}`),
			want(func(g *inventory.ActionGroup) { g.Executor = "ASK_A_COLLEAGUE" })},
		{"an executor of a kind that came later", "g.json", format, group(`, "actionGroupExecutor": {"mcp": "x"}`),
			want(func(g *inventory.ActionGroup) {
				g.Lambda = inventory.Unsure("the executor is of a kind that is not known")
				g.SchemaUnknown = "neither a function schema nor an OpenAPI schema was printed"
			})},
		{"a listing", "list-agent-action-groups-AAAAAAAAA1.json", "bedrock-agent list-agent-action-groups",
			`{"actionGroupSummaries": [{"actionGroupId": "G", "actionGroupName": "g", "actionGroupState": "DISABLED"}]}`,
			inventory.Facts{ActionGroups: []inventory.ActionGroup{{Agent: "AAAAAAAAA1", ID: "G", Name: "g", State: "DISABLED",
				Lambda: inventory.Unsure(list), SchemaUnknown: list}}}},
	})
}

func TestOperations(t *testing.T) {
	for _, c := range []struct{ schema, err string }{
		{"", "it is empty"},
		{"paths: [1]", "it has no paths"},
		{"{", "neither JSON nor YAML"},
	} {
		if _, err := operations(c.schema); err == nil || len(err.Error()) < len(c.err) || err.Error()[:len(c.err)] != c.err {
			t.Errorf("operations(%q): error %v, want %q", c.schema, err, c.err)
		}
	}
	// An alias stands for what it names; a path that is no object has no operations.
	got, err := operations("paths:\n  /a: &a {get: {}}\n  /b: *a\n  /c: 3\n")
	if err != nil || len(got) != 2 || got[1].Name != "GET /b" {
		t.Errorf("with aliases: %+v, %v", got, err)
	}
}

func FuzzOperations(f *testing.F) {
	f.Add("openapi: 3.0.0\npaths:\n  /a:\n    get: {x-requireConfirmation: ENABLED}\n")
	f.Add(`{"paths": {"/a": {"post": {"description": "d"}}}}`)
	f.Add("paths: &p\n  /a: *p\n")
	f.Fuzz(func(t *testing.T, schema string) {
		ops, err := operations(schema)
		if err != nil && ops != nil {
			t.Error("operations beside an error")
		}
	})
}
