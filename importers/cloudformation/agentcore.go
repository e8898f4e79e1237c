package cloudformation

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// runtime is AWS::BedrockAgentCore::Runtime.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrockagentcore-runtime.html
func (t *template) runtime(p part) {
	x := t.identity(p.r, 0)
	r := inventory.Runtime{ARN: x.arn, ID: x.id, Name: x.name, Role: p.get("RoleArn").text(),
		Network: p.get("NetworkConfiguration", "NetworkMode").str(), Env: p.get("EnvironmentVariables").env(),
		Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	artifact := p.get("AgentRuntimeArtifact")
	r.Artifact, _ = artifact.get("ContainerConfiguration", "ContainerUri").settled()
	if s3 := artifact.get("CodeConfiguration", "Code", "S3"); s3.has() {
		r.Artifact = "s3://" + s3.get("Bucket").str() + "/" + s3.get("Prefix").str()
	}
	// Without an authorizer callers sign with IAM.
	// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html
	r.Authorizer = "AWS_IAM"
	for _, a := range p.get("AuthorizerConfiguration").each() {
		r.Authorizer = a.key // a kind that came later
		if a.key == "CustomJWTAuthorizer" {
			r.Authorizer = "CUSTOM_JWT"
			r.Issuer, _ = a.get("DiscoveryUrl").settled()
			r.Clients = a.get("AllowedClients").texts()
		}
	}
	t.out.Runtimes = append(t.out.Runtimes, r)
}

func (t *template) runtimeEndpoint(p part) {
	x := t.identity(p.r, 0)
	runtime := p.get("AgentRuntimeId").str()
	if a, _, ok := t.arnOf(runtime, "AWS::BedrockAgentCore::Runtime"); ok {
		runtime = a
	}
	t.out.RuntimeEndpoints = append(t.out.RuntimeEndpoints, inventory.RuntimeEndpoint{ARN: x.arn, Name: x.name, Runtime: runtime,
		Version: p.get("AgentRuntimeVersion").str(), Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)})
}

func (t *template) gateway(p part) {
	x := t.identity(p.r, 0)
	g := inventory.Gateway{ARN: x.arn, ID: x.id, Name: x.name, Role: p.get("RoleArn").text(), Authorizer: p.get("AuthorizerType").str(),
		Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	jwt := p.get("AuthorizerConfiguration", "CustomJWTAuthorizer")
	g.Issuer, _ = jwt.get("DiscoveryUrl").settled()
	g.Clients = jwt.get("AllowedClients").texts()
	for _, i := range p.get("InterceptorConfigurations").list() {
		i = i.certain("an interceptor of " + p.r.id)
		g.Interceptors = append(g.Interceptors, i.get("Interceptor", "Lambda", "Arn").strs()...)
	}
	if e := p.get("PolicyEngineConfiguration"); e.has() {
		g.PolicyEngine = strings.TrimSpace(e.get("Arn").str() + " " + e.get("Mode").str())
	}
	t.out.Gateways = append(t.out.Gateways, g)
}

// targetKinds names the targets of a gateway by the keys of their configuration.
var targetKinds = map[string]string{
	"Lambda": "lambda", "OpenApiSchema": "openapi", "SmithyModel": "smithy", "McpServer": "mcp server",
	"ApiGateway": "api gateway", "Connector": "connector", "AgentcoreRuntime": "runtime", "AgentCoreRuntime": "runtime",
}

func (t *template) gatewayTarget(p part) {
	x := t.identity(p.r, 0)
	g := inventory.GatewayTarget{ID: x.id, Name: x.name, Gateway: p.get("GatewayIdentifier").str(), Source: t.source(p.r.node, p.r.id)}
	if a, _, ok := t.arnOf(g.Gateway, "AWS::BedrockAgentCore::Gateway"); ok {
		g.Gateway = a
	}
	for _, c := range p.get("CredentialProviderConfigurations").list() {
		g.Credentials = append(g.Credentials, c.get("CredentialProviderType").texts()...)
	}
	// Two unions, one in the other: {Mcp: {Lambda: {…}}}.
	for _, family := range p.get("TargetConfiguration").each() {
		for _, c := range family.each() {
			if g.Kind = targetKinds[c.key]; g.Kind == "" {
				g.Kind = c.key
			}
			t.target(&g, c.key, c.part)
		}
	}
	t.out.GatewayTargets = append(t.out.GatewayTargets, g)
}

func (t *template) target(g *inventory.GatewayTarget, key string, c part) {
	switch key {
	case "Lambda":
		g.Lambda = c.get("LambdaArn").text()
		for _, tool := range c.get("ToolSchema", "InlinePayload").list() {
			g.Tools = append(g.Tools, inventory.Operation{Name: tool.get("Name").str(), Description: tool.get("Description").str()})
		}
		g.Schema = c.get("ToolSchema", "S3", "Uri").str()
	case "OpenApiSchema", "SmithyModel":
		inline := c.get("InlinePayload")
		if !inline.has() {
			g.Schema = c.get("S3", "Uri").str()
			g.Endpoint = g.Schema
			return
		}
		if key == "SmithyModel" {
			return
		}
		var why string
		if g.Tools, why = t.operations(inline); why != "" {
			c.warn("the tools of target %s are not known: %s", c.r.id, why)
		}
		for i := range g.Tools {
			g.Tools[i].Confirm = inventory.Unset // a gateway asks nobody; what its client does is not in the schema
		}
	case "ApiGateway":
		g.Endpoint = strings.TrimSuffix(c.get("RestApiId").str()+"/"+c.get("Stage").str(), "/")
		for _, o := range c.get("ApiGatewayToolConfiguration", "ToolOverrides").list() {
			g.Tools = append(g.Tools, inventory.Operation{Name: o.get("Name").str(), Method: o.get("Method").str(), Description: o.get("Description").str()})
		}
	case "Connector":
		g.Endpoint = c.get("Source", "ConnectorId").str()
		for _, o := range c.get("Enabled").list() {
			g.Tools = append(g.Tools, inventory.Operation{Name: o.str()})
		}
		for _, conf := range c.get("Configurations").list() {
			for _, r := range conf.get("ParameterValues", "retrievers").list() {
				if k := r.get("configuration", "knowledgeBase", "knowledgeBaseId"); k.has() {
					g.KBs = append(g.KBs, t.kb(k))
				}
			}
			if k := conf.get("ParameterValues", "knowledgeBaseId"); k.has() {
				g.KBs = append(g.KBs, t.kb(k))
			}
		}
	default:
		g.Endpoint = c.get("Endpoint").str()
		if a := c.get("Arn"); g.Endpoint == "" && a.has() {
			g.Endpoint = a.str()
		}
	}
}

func (t *template) memory(p part) {
	x := t.identity(p.r, 0)
	t.out.Memories = append(t.out.Memories, inventory.Memory{ARN: x.arn, ID: x.id, Name: x.name,
		Role: p.get("MemoryExecutionRoleArn").text(), Key: p.get("EncryptionKeyArn").str(), Source: t.source(p.r.node, p.r.id)})
}

// builtInTool is a browser or code interpreter of AgentCore.
func (t *template) builtInTool(p part) {
	x := t.identity(p.r, 0)
	a := attributes("role", p.get("ExecutionRoleArn").str(), "network", p.get("NetworkConfiguration", "NetworkMode").str())
	if rec := p.get("RecordingConfig"); rec.get("Enabled").flag() == inventory.Yes {
		a["recording bucket"] = rec.get("S3Location", "Bucket").str()
	}
	t.resource(p, x.arn, x.name, a)
}
