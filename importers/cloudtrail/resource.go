package cloudtrail

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// resourceOf is the ARN of what an event was done to, from its resources or its request parameters; "" when it names none
// that an ARN can be made from with certainty. Objects are folded into their bucket: a log names millions of them.
func resourceOf(e inventory.Value, action, account, region string) string {
	service, _, _ := strings.Cut(action, ":")
	m := maker{partition: partitionOf(e.Get("userIdentity", "arn").Str(), region), region: region, account: account}
	if r := listed(e.Get("resources"), service); r != "" && service == "lambda" {
		return m.function(r)
	} else if r != "" {
		return r
	}
	p := e.Get("requestParameters")
	if p.Kind() != inventory.Object {
		return ""
	}
	switch service {
	case "bedrock":
		return m.bedrock(p)
	case "s3":
		if b := p.Get("bucketName").Str(); b != "" {
			return bucketOf(m.of("s3", "", "", b))
		}
	case "lambda":
		return m.function(p.Get("functionName").Str())
	case "dynamodb":
		return m.named("dynamodb", "table/", p.Get("tableName"))
	case "secretsmanager":
		return ifARN(p.Get("secretId").Str()) // by name, the ARN has six more characters that the event does not tell
	case "sagemaker":
		if n := p.Get("endpointName"); n.Exists() {
			return strings.ToLower(m.named("sagemaker", "endpoint/", n)) // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
		}
	case "logs":
		return m.named("logs", "log-group:", p.Get("logGroupName"))
	case "kms":
		return ifARN(p.Get("keyId").Str())
	case "sts":
		return ifARN(p.Get("roleArn").Str())
	case "sns":
		return ifARN(p.First("topicArn", "targetArn").Str())
	case "states":
		return ifARN(p.Get("stateMachineArn").Str())
	case "sqs":
		return m.queue(p.Get("queueUrl").Str())
	case "bedrock-agentcore":
		return ifARN(p.First("agentRuntimeArn", "runtimeArn", "gatewayArn", "memoryArn").Str())
	}
	return ""
}

// listed is the ARN in an event's resources that is of the action's own service: S3 lists the object and its bucket, and
// a key stands beside what it encrypts.
func listed(resources inventory.Value, service string) string {
	var found []string
	for r := range resources.Items() {
		a := r.First("ARN", "arn").Str()
		parsed, err := arn.Parse(a)
		if err != nil {
			continue
		}
		if parsed.Service == service || service == "sts" && parsed.Service == "iam" {
			found = append(found, bucketOf(a))
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	switch {
	case len(found) == 0:
		return ""
	case len(found) == 1:
		return found[0]
	case service == "bedrock":
		for _, kind := range preferred {
			for _, a := range found {
				if strings.Contains(a, kind) {
					return a
				}
			}
		}
	case !slices.ContainsFunc(found, func(a string) bool { return !strings.HasPrefix(a, found[0]) }):
		return found[0] // a table and its indexes or streams
	}
	return ""
}

// preferred is, of several resources of one Bedrock event, which one the call is made on: not the guardrail it passes, and
// the alias rather than the agent.
var preferred = []string{":agent-alias/", ":knowledge-base/", ":flow/", ":agent/", ":application-inference-profile/", ":inference-profile/", ":foundation-model/"}

// bucketOf turns the ARN of an object into that of its bucket, and leaves others as they are.
func bucketOf(s string) string {
	a, err := arn.Parse(s)
	if err != nil || a.Service != "s3" || strings.HasPrefix(a.Resource, "accesspoint/") {
		return s
	}
	a.Resource, _, _ = strings.Cut(a.Resource, "/")
	return a.String()
}

func ifARN(s string) string {
	if _, err := arn.Parse(s); err != nil {
		return ""
	}
	return s
}

// partitionOf is that of the caller, or else of the Region.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func partitionOf(caller, region string) string {
	if a, err := arn.Parse(caller); err == nil && a.Partition != "" {
		return a.Partition
	}
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// maker makes ARNs in the account and Region of an event.
type maker struct{ partition, region, account string }

func (m maker) of(service, region, account, resource string) string {
	return arn.ARN{Partition: m.partition, Service: service, Region: region, Account: account, Resource: resource}.String()
}

// named is the ARN of what a parameter names, or the parameter itself when it is an ARN.
func (m maker) named(service, kind string, v inventory.Value) string {
	s := v.Str()
	if a := ifARN(s); a != "" || s == "" {
		return a
	}
	if m.region == "" || m.account == "" {
		return ""
	}
	return m.of(service, m.region, m.account, kind+s)
}

// bedrock: an agent's alias before the agent, and a model by id, profile id or ARN.
func (m maker) bedrock(p inventory.Value) string {
	agent, alias := p.Get("agentId").Str(), p.Get("agentAliasId").Str()
	if agent != "" && alias != "" && m.region != "" && m.account != "" {
		return m.of("bedrock", m.region, m.account, "agent-alias/"+agent+"/"+alias)
	}
	if agent != "" {
		return m.named("bedrock", "agent/", p.Get("agentId"))
	}
	for _, by := range []struct{ key, kind string }{{"knowledgeBaseId", "knowledge-base/"}, {"flowIdentifier", "flow/"}} {
		if v := p.Get(by.key); v.Exists() {
			return m.named("bedrock", by.kind, v)
		}
	}
	if v := p.Get("retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration", "knowledgeBaseId"); v.Exists() {
		return m.named("bedrock", "knowledge-base/", v)
	}
	if v := p.Get("modelId"); v.Exists() {
		return m.model(v)
	}
	return m.named("bedrock", "guardrail/", p.Get("guardrailIdentifier"))
}

// geographies begin the id of a system-defined inference profile, before the id of its model; application profiles are
// named by ARN.
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
var geographies = []string{"us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "uk", "me", "af", "il", "in", "global"}

func (m maker) model(v inventory.Value) string {
	id := v.Str()
	if a := ifARN(id); a != "" || id == "" {
		return a
	}
	if m.region == "" {
		return ""
	}
	geography, rest, _ := strings.Cut(id, ".")
	switch {
	case slices.Contains(geographies, geography) && strings.Contains(rest, "."):
		if m.account == "" {
			return ""
		}
		return m.of("bedrock", m.region, m.account, "inference-profile/"+id)
	case strings.Contains(id, "."):
		return m.of("bedrock", m.region, "", "foundation-model/"+id)
	}
	return "" // the name of a provisioned or custom model, whose ARN holds an id
}

// function reads a function's name as Lambda takes it: a name, ACCOUNT:function:NAME, or an ARN, each with a qualifier or
// without, which is left out.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
func (m maker) function(s string) string {
	if a, err := arn.Parse(s); err == nil {
		parts := strings.Split(a.Resource, ":")
		if len(parts) < 2 {
			return s
		}
		a.Resource = parts[0] + ":" + parts[1]
		return a.String()
	}
	if account, rest, ok := strings.Cut(s, ":function:"); ok {
		m.account, s = account, rest
	}
	s, _, _ = strings.Cut(s, ":")
	if s == "" || m.account == "" || m.region == "" {
		return ""
	}
	return m.of("lambda", m.region, m.account, "function:"+s)
}

// queue reads https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.
func (m maker) queue(url string) string {
	_, rest, ok := strings.Cut(url, "://sqs.")
	if !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	region, _, ok := strings.Cut(parts[0], ".amazonaws.com")
	if len(parts) != 3 || !ok || parts[1] == "" || parts[2] == "" {
		return ""
	}
	return m.of("sqs", region, parts[1], parts[2])
}
