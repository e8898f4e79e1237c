package bedrock

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// agentFormats are those of `aws bedrock-agent` about agents, their versions, aliases and collaborators.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Agents_for_Amazon_Bedrock.html
var agentFormats = []format{
	{"bedrock-agent list-agents", listed("agentSummaries"), list("agentSummaries", (*decoder).listedAgent)},
	{"bedrock-agent get-agent", wrapped("agent", "agentId", "agentArn"), one("agent", (*decoder).agent)},
	{"bedrock-agent get-agent-version", wrapped("agentVersion", "agentId", "agentArn"), one("agentVersion", (*decoder).agent)},
	{"bedrock-agent list-agent-versions", listed("agentVersionSummaries"), list("agentVersionSummaries", (*decoder).listedVersion)},
	{"bedrock-agent list-agent-aliases", listed("agentAliasSummaries"), list("agentAliasSummaries", (*decoder).alias)},
	{"bedrock-agent get-agent-alias", wrapped("agentAlias", "agentAliasId"), one("agentAlias", (*decoder).alias)},
	{"bedrock-agent list-agent-collaborators", listed("agentCollaboratorSummaries"), list("agentCollaboratorSummaries", (*decoder).collaborator)},
	{"bedrock-agent get-agent-collaborator", wrapped("agentCollaborator", "agentId"), one("agentCollaborator", (*decoder).collaborator)},
}

func (d *decoder) listedAgent(v inventory.Value) error {
	if err := need(v, "agentId"); err != nil {
		return err
	}
	id := v.Get("agentId").Str()
	const why = "list-agents does not print it: import get-agent"
	a := inventory.Agent{ARN: d.arn("bedrock", "agent/"+id), ID: id, Name: v.Get("agentName").Str(),
		Role: inventory.Unsure(why), Model: inventory.Unsure(why), Guardrail: inventory.Unsure(why),
		Status: v.Get("agentStatus").Str(), Listed: true, Source: d.source(v)}
	// A listing prints the guardrail of an agent that has one; older CLIs leave it out.
	if g := v.Get("guardrailConfiguration").Get("guardrailIdentifier"); g.Str() != "" {
		a.Guardrail = inventory.Known(g.Str())
		a.GuardrailVersion = v.Get("guardrailConfiguration").Get("guardrailVersion").Str()
	}
	d.out.Agents = append(d.out.Agents, a)
	return nil
}

// agent reads get-agent (whose version is DRAFT) and get-agent-version.
func (d *decoder) agent(v inventory.Value) error {
	if err := need(v, "agentId", "agentArn"); err != nil {
		return err
	}
	const cmd = "get-agent"
	a := inventory.Agent{
		ARN: v.Get("agentArn").Str(), ID: v.Get("agentId").Str(), Name: v.Get("agentName").Str(),
		Version:       v.First("version", "agentVersion").Str(),
		Role:          text(v, cmd, "agentResourceRoleArn"),
		Model:         text(v, cmd, "foundationModel"),
		Guardrail:     inventory.Known(v.Get("guardrailConfiguration").Get("guardrailIdentifier").Str()),
		Collaboration: v.Get("agentCollaboration").Str(),
		Memory:        inventory.FlagOf(v.Get("memoryConfiguration").Get("enabledMemoryTypes").Len() > 0),
		Key:           v.Get("customerEncryptionKeyArn").Str(),
		Status:        v.Get("agentStatus").Str(),
		Instruction:   strings.TrimSpace(v.Get("instruction").Str()),
		Source:        d.source(v),
	}
	if a.Version == "" {
		a.Version = "DRAFT" // what get-agent is of; the CLI of 2024 did not print it
	}
	a.GuardrailVersion = v.Get("guardrailConfiguration").Get("guardrailVersion").Str()
	for _, f := range []inventory.Value{
		v.Get("promptOverrideConfiguration").Get("overrideLambda"),
		v.Get("customOrchestration").Get("executor").Get("lambda"),
	} {
		if f.Str() != "" {
			a.OverrideLambda = append(a.OverrideLambda, f.Str())
		}
	}
	d.out.Agents = append(d.out.Agents, a)
	return nil
}

func (d *decoder) listedVersion(v inventory.Value) error {
	d.skip(v, "version "+v.Get("agentVersion").Text()+" of "+v.Get("agentName").Str(),
		"a listing says nothing of what a version may do: import get-agent-version")
	return nil
}

// alias reads list-agent-aliases, which does not print the agent, and get-agent-alias, which does.
func (d *decoder) alias(v inventory.Value) error {
	if err := need(v, "agentAliasId"); err != nil {
		return err
	}
	a := inventory.AgentAlias{ARN: v.Get("agentAliasArn").Str(), ID: v.Get("agentAliasId").Str(),
		Name: v.Get("agentAliasName").Str(), AgentID: d.agentOf(v), Source: d.source(v)}
	if a.ARN == "" && a.AgentID != "" {
		a.ARN = d.arn("bedrock", "agent-alias/"+a.AgentID+"/"+a.ID)
	}
	for r := range v.Get("routingConfiguration").Items() {
		if version := r.Get("agentVersion").Text(); version != "" {
			a.Versions = append(a.Versions, version)
		}
	}
	d.out.AgentAliases = append(d.out.AgentAliases, a)
	return nil
}

// agentOf is the agent that a part belongs to: as printed, else as the file's name says, else "" with a warning.
func (d *decoder) agentOf(v inventory.Value) string {
	if id := v.Get("agentId").Str(); id != "" {
		return id
	}
	id := idInName(d.in.File)
	if id == "" {
		d.warn(v, "this listing does not print its agent, and the file's name holds no agent id: it is joined to none")
		return ""
	}
	d.infer(v, "agent %s from the file's name", id)
	return id
}

func (d *decoder) collaborator(v inventory.Value) error {
	if err := need(v, "agentId"); err != nil {
		return err
	}
	c := inventory.Collaborator{Agent: v.Get("agentId").Str(), AgentVersion: v.Get("agentVersion").Text(),
		Name: v.Get("collaboratorName").Str(), AliasARN: v.Get("agentDescriptor").Get("aliasArn").Str(), Source: d.source(v)}
	switch v.Get("relayConversationHistory").Str() {
	case "TO_COLLABORATOR":
		c.ShareHistory = inventory.Yes
	case "DISABLED":
		c.ShareHistory = inventory.No
	}
	d.out.Collaborators = append(d.out.Collaborators, c)
	return nil
}
