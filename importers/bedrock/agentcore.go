package bedrock

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// agentCoreFormats are those of `aws bedrock-agentcore-control`.
// https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/Welcome.html
var agentCoreFormats = []format{
	{"bedrock-agentcore-control list-agent-runtimes", listed("agentRuntimes"), list("agentRuntimes", (*decoder).listedRuntime)},
	{"bedrock-agentcore-control get-agent-runtime", flat("agentRuntimeArn", "agentRuntimeName"), one("", (*decoder).runtime)},
	{"bedrock-agentcore-control list-agent-runtime-endpoints", listed("runtimeEndpoints"), list("runtimeEndpoints", (*decoder).runtimeEndpoint)},
	{"bedrock-agentcore-control get-agent-runtime-endpoint", flat("agentRuntimeEndpointArn", "agentRuntimeArn"), one("", (*decoder).runtimeEndpoint)},
	{"bedrock-agentcore-control list-gateway-targets", listed("items", "targetId", "status"), list("items", (*decoder).listedTarget)},
	{"bedrock-agentcore-control get-gateway-target", flat("gatewayArn", "targetId", "targetConfiguration"), one("", (*decoder).gatewayTarget)},
	{"bedrock-agentcore-control list-gateways", listed("items", "gatewayId", "authorizerType"), list("items", (*decoder).listedGateway)},
	{"bedrock-agentcore-control get-gateway", flat("gatewayArn", "gatewayId", "authorizerType"), one("", (*decoder).gateway)},
	{"bedrock-agentcore-control list-memories", isMemories, list("memories", (*decoder).memory)},
	{"bedrock-agentcore-control get-memory", wrapped("memory", "arn", "id", "status"), one("memory", (*decoder).memory)},
}

func (d *decoder) listedRuntime(v inventory.Value) error {
	if err := need(v, "agentRuntimeArn"); err != nil {
		return err
	}
	d.out.Runtimes = append(d.out.Runtimes, inventory.Runtime{ARN: v.Get("agentRuntimeArn").Str(), ID: v.Get("agentRuntimeId").Str(),
		Name: v.Get("agentRuntimeName").Str(), Listed: true, Source: d.source(v),
		Role: inventory.Unsure("list-agent-runtimes does not print it: import get-agent-runtime")})
	return nil
}

func (d *decoder) runtime(v inventory.Value) error {
	if err := need(v, "agentRuntimeArn"); err != nil {
		return err
	}
	r := inventory.Runtime{ARN: v.Get("agentRuntimeArn").Str(), ID: v.Get("agentRuntimeId").Str(), Name: v.Get("agentRuntimeName").Str(),
		Role:    text(v, "get-agent-runtime", "roleArn"),
		Network: v.Get("networkConfiguration").Get("networkMode").Str(), Env: stringMap(v.Get("environmentVariables")), Source: d.source(v)}
	artifact := v.Get("agentRuntimeArtifact")
	r.Artifact = artifact.Get("containerConfiguration").Get("containerUri").Str()
	if s3 := artifact.Get("codeConfiguration").Get("code").Get("s3"); s3.Exists() {
		r.Artifact = "s3://" + s3.Get("bucket").Str() + "/" + s3.Get("prefix").Str()
	}
	// Without an authorizer callers sign with IAM.
	// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html
	switch a := v.Get("authorizerConfiguration"); {
	case a.Get("customJWTAuthorizer").Exists():
		r.Authorizer = "CUSTOM_JWT"
		r.Issuer, r.Clients = tokens(a)
	case a.Exists():
		for key := range a.Fields() {
			r.Authorizer = key // a kind that came later
		}
	default:
		r.Authorizer = "AWS_IAM"
	}
	d.out.Runtimes = append(d.out.Runtimes, r)
	return nil
}

// tokens is whose tokens an authorizer accepts, and of which clients.
func tokens(authorizer inventory.Value) (issuer string, clients []string) {
	jwt := authorizer.Get("customJWTAuthorizer")
	return jwt.Get("discoveryUrl").Str(), jwt.Get("allowedClients").Strings()
}

func (d *decoder) runtimeEndpoint(v inventory.Value) error {
	if err := need(v, "agentRuntimeEndpointArn", "agentRuntimeArn"); err != nil {
		return err
	}
	d.out.RuntimeEndpoints = append(d.out.RuntimeEndpoints, inventory.RuntimeEndpoint{ARN: v.Get("agentRuntimeEndpointArn").Str(),
		Name: v.Get("name").Str(), Runtime: v.Get("agentRuntimeArn").Str(), Version: v.Get("liveVersion").Text(), Source: d.source(v)})
	return nil
}

func stringMap(v inventory.Value) map[string]string {
	if v.Kind() != inventory.Object {
		return nil
	}
	out := map[string]string{}
	for k, e := range v.Fields() {
		out[k] = e.Text()
	}
	return out
}

func (d *decoder) listedGateway(v inventory.Value) error {
	if err := need(v, "gatewayId"); err != nil {
		return err
	}
	id := v.Get("gatewayId").Str()
	d.out.Gateways = append(d.out.Gateways, inventory.Gateway{ARN: d.arn("bedrock-agentcore", "gateway/"+id), ID: id,
		Name: v.Get("name").Str(), Authorizer: v.Get("authorizerType").Str(), Listed: true, Source: d.source(v),
		Role: inventory.Unsure("list-gateways does not print it: import get-gateway")})
	return nil
}

func (d *decoder) gateway(v inventory.Value) error {
	if err := need(v, "gatewayArn", "gatewayId"); err != nil {
		return err
	}
	g := inventory.Gateway{ARN: v.Get("gatewayArn").Str(), ID: v.Get("gatewayId").Str(), Name: v.Get("name").Str(),
		Role: text(v, "get-gateway", "roleArn"), Authorizer: v.Get("authorizerType").Str(), Source: d.source(v)}
	g.Issuer, g.Clients = tokens(v.Get("authorizerConfiguration"))
	for i := range v.Get("interceptorConfigurations").Items() {
		if arn := i.Get("interceptor").Get("lambda").Get("arn").Str(); arn != "" {
			g.Interceptors = append(g.Interceptors, arn)
		}
	}
	if e := v.Get("policyEngineConfiguration"); e.Exists() {
		g.PolicyEngine = strings.TrimSpace(e.Get("arn").Str() + " " + e.Get("mode").Str())
	}
	d.out.Gateways = append(d.out.Gateways, g)
	return nil
}

// targetKinds names target types, as listings print them and as the keys of a configuration.
var targetKinds = map[string]string{
	"LAMBDA": "lambda", "lambda": "lambda",
	"OPEN_API_SCHEMA": "openapi", "openApiSchema": "openapi",
	"SMITHY_MODEL": "smithy", "smithyModel": "smithy",
	"MCP_SERVER": "mcp server", "mcpServer": "mcp server",
	"API_GATEWAY": "api gateway", "apiGateway": "api gateway",
	"CONNECTOR": "connector", "connector": "connector", "HTTP_CONNECTOR": "connector",
	"AGENTCORE_RUNTIME": "runtime", "agentcoreRuntime": "runtime",
	"PASSTHROUGH": "passthrough", "PROVIDER": "provider",
}

func targetKind(s string) string {
	if k := targetKinds[s]; k != "" {
		return k
	}
	return s
}

func (d *decoder) listedTarget(v inventory.Value) error {
	if err := need(v, "targetId"); err != nil {
		return err
	}
	t := inventory.GatewayTarget{Gateway: v.First("gatewayArn", "gatewayId").Str(), ID: v.Get("targetId").Str(), Name: v.Get("name").Str(),
		Kind: targetKind(v.Get("targetType").Str()), Source: d.source(v),
		Lambda: inventory.Unsure("list-gateway-targets does not print it: import get-gateway-target")}
	if t.Gateway == "" {
		d.warn(v, "list-gateway-targets does not print the gateway of target %s: import get-gateway-target to join it", t.Name)
	}
	d.out.GatewayTargets = append(d.out.GatewayTargets, t)
	return nil
}

func (d *decoder) gatewayTarget(v inventory.Value) error {
	if err := need(v, "gatewayArn", "targetId"); err != nil {
		return err
	}
	t := inventory.GatewayTarget{Gateway: v.Get("gatewayArn").Str(), ID: v.Get("targetId").Str(), Name: v.Get("name").Str(), Source: d.source(v)}
	for c := range v.Get("credentialProviderConfigurations").Items() {
		if p := c.Get("credentialProviderType").Str(); p != "" {
			t.Credentials = append(t.Credentials, p)
		}
	}
	// Two unions, one in the other: {"mcp": {"lambda": {…}}}, {"http": {"agentcoreRuntime": {…}}}.
	for _, family := range v.Get("targetConfiguration").Fields() {
		for key, c := range family.Fields() {
			t.Kind = targetKind(key)
			d.target(&t, key, c)
		}
	}
	d.out.GatewayTargets = append(d.out.GatewayTargets, t)
	return nil
}

func (d *decoder) target(t *inventory.GatewayTarget, key string, c inventory.Value) {
	switch key {
	case "lambda":
		t.Lambda = text(c, "get-gateway-target", "lambdaArn")
		for tool := range c.Get("toolSchema").Get("inlinePayload").Items() {
			t.Tools = append(t.Tools, inventory.Operation{Name: tool.Get("name").Str(), Description: tool.Get("description").Str()})
		}
		t.Schema = c.Get("toolSchema").Get("s3").Get("uri").Str()
	case "openApiSchema", "smithyModel":
		inline := c.Get("inlinePayload")
		if !inline.Exists() {
			t.Schema = c.Get("s3").Get("uri").Str()
			t.Endpoint = t.Schema
			return
		}
		if key == "smithyModel" {
			return
		}
		ops, err := operations(inline.Str())
		if err != nil {
			d.warn(c, "the tools of target %s are not known: its OpenAPI schema cannot be read: %v", t.Name, err)
			return
		}
		for i := range ops {
			ops[i].Confirm = inventory.Unset // a gateway asks nobody; what its client does is not in the schema
		}
		t.Tools = ops
	case "apiGateway":
		t.Endpoint = strings.TrimSuffix(c.Get("restApiId").Str()+"/"+c.Get("stage").Str(), "/")
	case "connector":
		t.Endpoint = c.Get("source").Get("connectorId").Str()
		for conf := range c.Get("configurations").Items() {
			p := conf.Get("parameterValues")
			for r := range p.Get("retrievers").Items() {
				t.KBs = append(t.KBs, r.Get("configuration").Get("knowledgeBase").Get("knowledgeBaseId").Strings()...)
			}
			t.KBs = append(t.KBs, p.Get("knowledgeBaseId").Strings()...)
		}
	default:
		t.Endpoint = c.First("endpoint", "arn").Str()
	}
}

func isMemories(s inventory.Shape) bool {
	first := s.Root.Get("memories", "[]")
	return first.HasAll("arn", "status") || first.HasAll("id", "status", "createdAt")
}

func (d *decoder) memory(v inventory.Value) error {
	m := inventory.Memory{ARN: v.Get("arn").Str(), ID: v.Get("id").Str(), Name: v.Get("name").Str(),
		Key: v.Get("encryptionKeyArn").Str(), Source: d.source(v)}
	if m.ARN == "" {
		m.ARN = d.arn("bedrock-agentcore", "memory/"+m.ID)
	}
	if m.Name == "" {
		m.Name = m.ID
	}
	switch role := v.Get("memoryExecutionRoleArn").Str(); {
	case role != "":
		m.Role = inventory.Known(role)
	case v.Get("eventExpiryDuration").Exists():
		m.Role = inventory.Known("") // get-memory: it has none
	default:
		m.Role = inventory.Unsure("list-memories does not print it: import get-memory")
	}
	d.out.Memories = append(d.out.Memories, m)
	return nil
}
