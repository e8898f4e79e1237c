package bedrock

import "github.com/permchain/permchain/graph/inventory"

// flowFormats are those of `aws bedrock-agent` about flows.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetFlow.html
var flowFormats = []format{
	{"bedrock-agent list-flows", listed("flowSummaries"), list("flowSummaries", (*decoder).listedFlow)},
	{"bedrock-agent get-flow", flat("arn", "id", "executionRoleArn", "version"), one("", (*decoder).flow)},
}

func (d *decoder) listedFlow(v inventory.Value) error {
	if err := need(v, "arn"); err != nil {
		return err
	}
	const why = "list-flows does not print it: import get-flow"
	d.out.Flows = append(d.out.Flows, inventory.Flow{ARN: v.Get("arn").Str(), ID: v.Get("id").Str(), Name: v.Get("name").Str(),
		Role: inventory.Unsure(why), Unknown: why, Source: d.source(v)})
	return nil
}

func (d *decoder) flow(v inventory.Value) error {
	if err := need(v, "arn", "id"); err != nil {
		return err
	}
	f := inventory.Flow{ARN: v.Get("arn").Str(), ID: v.Get("id").Str(), Name: v.Get("name").Str(),
		Role: text(v, "get-flow", "executionRoleArn"), Key: v.Get("customerEncryptionKeyArn").Str(), Source: d.source(v)}
	if definition := v.Get("definition"); definition.Exists() {
		f.Nodes = flowNodes(definition)
	} else {
		f.Unknown = "get-flow printed no definition"
	}
	d.out.Flows = append(d.out.Flows, f)
	return nil
}

// flowNodes are the steps of a definition that use something, those of its loops included. Inputs, outputs and
// conditions use nothing.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_FlowNodeConfiguration.html
func flowNodes(definition inventory.Value) []inventory.FlowNode {
	const cmd = "get-flow"
	var out []inventory.FlowNode
	for n := range definition.Get("nodes").Items() {
		for key, c := range n.Get("configuration").Fields() {
			node := inventory.FlowNode{Name: n.Get("name").Str()}
			node.Guardrail = inventory.Known(c.Get("guardrailConfiguration").Get("guardrailIdentifier").Str())
			switch key {
			case "knowledgeBase":
				node.Kind, node.Target = "knowledge base", text(c, cmd, "knowledgeBaseId")
				if m := c.Get("modelId").Str(); m != "" {
					out = append(out, inventory.FlowNode{Name: node.Name, Kind: "model", Target: inventory.Known(m), Guardrail: node.Guardrail})
				}
			case "prompt":
				node.Kind, node.Target = "prompt", text(c.Get("sourceConfiguration").Get("resource"), cmd, "promptArn")
				if inline := c.Get("sourceConfiguration").Get("inline"); inline.Exists() {
					node.Kind, node.Target = "model", text(inline, cmd, "modelId")
				}
			case "agent":
				node.Kind, node.Target = "agent", text(c, cmd, "agentAliasArn")
			case "lambdaFunction":
				node.Kind, node.Target = "function", text(c, cmd, "lambdaArn")
			case "storage", "retrieval":
				node.Kind, node.Write = "bucket", key == "storage"
				node.Target = text(c.Get("serviceConfiguration").Get("s3"), cmd, "bucketName")
			case "lex":
				node.Kind, node.Target = "lex", text(c, cmd, "botAliasArn")
			case "inlineCode":
				node.Kind = "inline code"
			case "loop":
				out = append(out, flowNodes(c.Get("definition"))...)
				continue
			default:
				continue
			}
			out = append(out, node)
		}
	}
	return out
}
