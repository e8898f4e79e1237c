package web

import "github.com/permchain/permchain/web/view"

// commands are what a newcomer runs to get files. All are read-only: the AWS managed policies SecurityAudit and
// AmazonBedrockReadOnly allow them.
var commands = []view.Command{
	{
		Title: "A folder for each account",
		Why:   "The folder's name tells whose the files are where they do not say it themselves.",
		Text: `account=$(aws sts get-caller-identity --query Account --output text)
region=eu-central-1                # once for each Region that you use
mkdir -p "$account/$region" && cd "$account"`,
	},
	{
		Title: "Who may do what",
		Why:   "Users, groups, roles, their policies and trust. The one file that nothing works without.",
		Text:  `aws iam get-account-authorization-details > iam.json`,
	},
	{
		Title: "Models, guardrails and the prompt log",
		Why:   "Which models there are, what guards them and where prompts and answers are kept.",
		Text: `aws bedrock list-foundation-models --region $region > $region/foundation-models.json
aws bedrock list-inference-profiles --region $region > $region/inference-profiles.json
aws bedrock get-model-invocation-logging-configuration --region $region > $region/invocation-logging.json
for id in $(aws bedrock list-guardrails --region $region --query 'guardrails[].id' --output text); do
  aws bedrock get-guardrail --guardrail-identifier $id --region $region > $region/guardrail-$id.json
done`,
	},
	{
		Title: "Agents and what they are wired to",
		Why:   "Action groups say what an agent can do and whether it asks first.",
		Text: `for a in $(aws bedrock-agent list-agents --region $region --query 'agentSummaries[].agentId' --output text); do
  aws bedrock-agent get-agent --agent-id $a --region $region > $region/agent-$a.json
  aws bedrock-agent list-agent-aliases --agent-id $a --region $region > $region/agent-$a-aliases.json
  aws bedrock-agent list-agent-knowledge-bases --agent-id $a --agent-version DRAFT --region $region > $region/agent-$a-kbs.json
  for g in $(aws bedrock-agent list-agent-action-groups --agent-id $a --agent-version DRAFT --region $region \
      --query 'actionGroupSummaries[].actionGroupId' --output text); do
    aws bedrock-agent get-agent-action-group --agent-id $a --agent-version DRAFT --action-group-id $g \
      --region $region > $region/agent-$a-group-$g.json
  done
done`,
	},
	{
		Title: "Knowledge bases and where their content comes from",
		Why:   "People reach through a knowledge base what it has indexed.",
		Text: `for k in $(aws bedrock-agent list-knowledge-bases --region $region --query 'knowledgeBaseSummaries[].knowledgeBaseId' --output text); do
  aws bedrock-agent get-knowledge-base --knowledge-base-id $k --region $region > $region/kb-$k.json
  for d in $(aws bedrock-agent list-data-sources --knowledge-base-id $k --region $region \
      --query 'dataSourceSummaries[].dataSourceId' --output text); do
    aws bedrock-agent get-data-source --knowledge-base-id $k --data-source-id $d --region $region > $region/kb-$k-source-$d.json
  done
done`,
	},
	{
		Title: "Logs",
		Why:   "Which hops would show, and where.",
		Text: `aws cloudtrail describe-trails --region $region > $region/trails.json
for t in $(aws cloudtrail describe-trails --region $region --query 'trailList[].TrailARN' --output text); do
  aws cloudtrail get-event-selectors --trail-name $t --region $region > "$region/selectors-$(basename $t).json"
done`,
	},
	{
		Title: "Policies that sit on resources, and what the organization forbids",
		Why:   "Without them a link may be wider or narrower than it seems; permchain then says unknown.",
		Text: `aws s3api get-bucket-policy --bucket NAME > $region/bucket-policy-NAME.json
aws lambda get-policy --function-name NAME --region $region > $region/lambda-policy-NAME.json
aws kms get-key-policy --key-id ID --policy-name default --region $region > $region/key-policy-ID.json
aws organizations list-policies --filter SERVICE_CONTROL_POLICY > scps.json
aws organizations describe-policy --policy-id p-… > scp-p-….json
aws organizations list-targets-for-policy --policy-id p-… > scp-p-…-targets.json`,
	},
	{
		Title: "What was meant",
		Why:   "A permchain.yaml beside them names workloads, owners, data classes and approved models. CloudFormation templates can go along as they are.",
		Text: `version: 1
organization: Acme
classes: [public, internal, confidential, restricted]
environments: [{name: prod, accounts: ["111122223333"]}]
owners: [{match: "support-*", owner: customer-care}]
data: [{match: "hr-*", class: restricted}]
workloads:
  - {name: support, title: Support assistant, owner: customer-care, clearance: internal, members: [support-agent]}`,
	},
}
