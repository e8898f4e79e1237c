package bedrock

import (
	"fmt"

	"github.com/permchain/permchain/graph/inventory"
)

// actionFormats are those of `aws bedrock-agent` about what agents can do.
var actionFormats = []format{
	{"bedrock-agent list-agent-action-groups", listed("actionGroupSummaries"), list("actionGroupSummaries", (*decoder).listedActionGroup)},
	{"bedrock-agent get-agent-action-group", wrapped("agentActionGroup", "agentId", "actionGroupName"), one("agentActionGroup", (*decoder).actionGroup)},
}

// listedActionGroup keeps that the action group exists; a listing prints neither executor nor schema.
func (d *decoder) listedActionGroup(v inventory.Value) error {
	if err := need(v, "actionGroupId"); err != nil {
		return err
	}
	const why = "list-agent-action-groups does not print it: import get-agent-action-group"
	d.out.ActionGroups = append(d.out.ActionGroups, inventory.ActionGroup{Agent: d.agentOf(v), ID: v.Get("actionGroupId").Str(),
		Name: v.Get("actionGroupName").Str(), State: v.Get("actionGroupState").Str(), Lambda: inventory.Unsure(why),
		SchemaUnknown: why, Source: d.source(v)})
	return nil
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_AgentActionGroup.html
func (d *decoder) actionGroup(v inventory.Value) error {
	if err := need(v, "agentId", "actionGroupName"); err != nil {
		return err
	}
	g := inventory.ActionGroup{Agent: v.Get("agentId").Str(), AgentVersion: v.Get("agentVersion").Text(),
		ID: v.Get("actionGroupId").Str(), Name: v.Get("actionGroupName").Str(), State: v.Get("actionGroupState").Str(),
		Signature: v.Get("parentActionSignature").Str(), Source: d.source(v)}

	executor := v.Get("actionGroupExecutor")
	control := executor.Get("customControl").Str()
	switch {
	case executor.Get("lambda").Str() != "":
		g.Executor, g.Lambda = "lambda", inventory.Known(executor.Get("lambda").Str())
	case control == "RETURN_CONTROL":
		g.Executor = "return of control"
	case control != "":
		g.Executor = control // a value that came later
	case g.Signature != "":
		g.Executor = "built-in"
	case executor.Exists():
		g.Lambda = inventory.Unsure("the executor is of a kind that is not known")
	}

	functions, api := v.Get("functionSchema").Get("functions"), v.Get("apiSchema")
	switch {
	case functions.Kind() == inventory.Array:
		for f := range functions.Items() {
			g.Operations = append(g.Operations, inventory.Operation{Name: f.Get("name").Str(),
				Description: f.Get("description").Str(), Confirm: confirmation(f.Get("requireConfirmation").Str())})
		}
	case api.Get("payload").Str() != "":
		ops, err := operations(api.Get("payload").Str())
		if err != nil {
			g.SchemaUnknown = fmt.Sprintf("the OpenAPI schema cannot be read: %v", err)
			d.warn(api.Get("payload"), "action group %s: %s", g.Name, g.SchemaUnknown)
		}
		g.Operations = ops
	case api.Get("s3").Exists():
		g.Schema = "s3://" + api.Get("s3").Get("s3BucketName").Str() + "/" + api.Get("s3").Get("s3ObjectKey").Str()
		g.SchemaUnknown = "the OpenAPI schema is in " + g.Schema + ", which was not imported"
	case g.Signature != "":
		// A built-in action group has no schema of its own; its signature says what it does.
	default:
		g.SchemaUnknown = "neither a function schema nor an OpenAPI schema was printed"
	}
	d.out.ActionGroups = append(d.out.ActionGroups, g)
	return nil
}

// confirmation reads requireConfirmation. Absent, it is not known: the service always prints it, but a CLI from before
// December 2024 leaves it out. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_Function.html
func confirmation(s string) inventory.Flag {
	switch s {
	case "ENABLED":
		return inventory.Yes
	case "DISABLED":
		return inventory.No
	}
	return inventory.Unset
}
