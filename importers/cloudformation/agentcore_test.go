package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestAgentCore(t *testing.T) {
	out := factsOf(t, `
  Runtime:
    Type: AWS::BedrockAgentCore::Runtime
    Properties:
      AgentRuntimeName: r
      RoleArn: role
      AgentRuntimeArtifact: {CodeConfiguration: {Code: {S3: {Bucket: code, Prefix: app.zip}}}}
      NetworkConfiguration: {NetworkMode: VPC}
      AuthorizerConfiguration: {CustomJWTAuthorizer: {DiscoveryUrl: "https://idp", AllowedClients: [c1]}}
      EnvironmentVariables: {MEMORY: !GetAtt Memory.MemoryId}
  Plain: {Type: AWS::BedrockAgentCore::Runtime, Properties: {AgentRuntimeName: q, RoleArn: role, AgentRuntimeArtifact: {ContainerConfiguration: {ContainerUri: img}}}}
  Endpoint: {Type: AWS::BedrockAgentCore::RuntimeEndpoint, Properties: {Name: prod, AgentRuntimeId: !GetAtt Runtime.AgentRuntimeId, AgentRuntimeVersion: "4"}}
  Memory: {Type: AWS::BedrockAgentCore::Memory, Properties: {Name: m, EncryptionKeyArn: k, MemoryExecutionRoleArn: mr}}
  Gateway:
    Type: AWS::BedrockAgentCore::Gateway
    Properties:
      Name: g
      AuthorizerType: CUSTOM_JWT
      AuthorizerConfiguration: {CustomJWTAuthorizer: {DiscoveryUrl: "https://idp", AllowedClients: [c1]}}
      RoleArn: gr
      InterceptorConfigurations: [{Interceptor: {Lambda: {Arn: "arn:aws:lambda:x:1:function:i"}}}]
      PolicyEngineConfiguration: {Arn: engine, Mode: LOG_ONLY}
  Lambda1: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: l, GatewayIdentifier: !Ref Gateway, CredentialProviderConfigurations: [{CredentialProviderType: GATEWAY_IAM_ROLE}], TargetConfiguration: {Mcp: {Lambda: {LambdaArn: "arn:aws:lambda:x:1:function:t", ToolSchema: {InlinePayload: [{Name: refund, Description: Refunds}]}}}}}}
  API: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: a, GatewayIdentifier: other, TargetConfiguration: {Mcp: {OpenApiSchema: {InlinePayload: '{"paths": {"/x": {"delete": {}}}}'}}}}}
  Stored: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: s, GatewayIdentifier: !Ref Gateway, TargetConfiguration: {Mcp: {OpenApiSchema: {S3: {Uri: "s3://b/k"}}}}}}
  Server: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: m, GatewayIdentifier: !Ref Gateway, TargetConfiguration: {Mcp: {McpServer: {Endpoint: "https://mcp"}}}}}
  KBs: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: k, GatewayIdentifier: !Ref Gateway, TargetConfiguration: {Mcp: {Connector: {Source: {ConnectorId: bedrock-knowledge-bases}, Enabled: [Retrieve], Configurations: [{ParameterValues: {retrievers: [{configuration: {knowledgeBase: {knowledgeBaseId: KB1}}}]}}]}}}}}
  Later: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {Name: n, GatewayIdentifier: !Ref Gateway, TargetConfiguration: {Http: {SomethingNew: {Endpoint: "https://n"}}}}}
  Browser: {Type: AWS::BedrockAgentCore::BrowserCustom, Properties: {Name: b, ExecutionRoleArn: br, NetworkConfiguration: {NetworkMode: PUBLIC}, RecordingConfig: {Enabled: true, S3Location: {Bucket: rec}}}}
  Code: {Type: AWS::BedrockAgentCore::CodeInterpreterCustom, Properties: {Name: c, NetworkConfiguration: {NetworkMode: SANDBOX}}}
`)
	const gateway = "arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/Gateway"
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Source" }, cmp.Ignore())
	none := inventory.Tags{}
	if diff := cmp.Diff([]inventory.Runtime{
		{ARN: "arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/Runtime", ID: "Runtime", Name: "r", Role: inventory.Known("role"), Network: "VPC", Artifact: "s3://code/app.zip",
			Authorizer: "CUSTOM_JWT", Issuer: "https://idp", Clients: []string{"c1"}, Env: map[string]string{"MEMORY": "Memory"}, Tags: none},
		{ARN: "arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/Plain", ID: "Plain", Name: "q", Role: inventory.Known("role"), Artifact: "img", Authorizer: "AWS_IAM", Tags: none},
	}, out.Runtimes, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inventory.RuntimeEndpoint{{ARN: "arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/Runtime/runtime-endpoint/prod", Name: "prod",
		Runtime: "arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/Runtime", Version: "4", Tags: none}}, out.RuntimeEndpoints, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inventory.Gateway{{ARN: gateway, ID: "Gateway", Name: "g", Role: inventory.Known("gr"), Authorizer: "CUSTOM_JWT", Issuer: "https://idp", Clients: []string{"c1"},
		Interceptors: []string{"arn:aws:lambda:x:1:function:i"}, PolicyEngine: "engine LOG_ONLY", Tags: none}}, out.Gateways, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inventory.Memory{{ARN: "arn:aws:bedrock-agentcore:REGION:ACCOUNT:memory/Memory", ID: "Memory", Name: "m", Role: inventory.Known("mr"), Key: "k"}}, out.Memories, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inventory.GatewayTarget{
		{Gateway: gateway, ID: "Lambda1", Name: "l", Kind: "lambda", Lambda: inventory.Known("arn:aws:lambda:x:1:function:t"), Tools: []inventory.Operation{{Name: "refund", Description: "Refunds"}}, Credentials: []string{"GATEWAY_IAM_ROLE"}},
		{Gateway: "other", ID: "API", Name: "a", Kind: "openapi", Tools: []inventory.Operation{{Name: "DELETE /x", Method: "DELETE"}}},
		{Gateway: gateway, ID: "Stored", Name: "s", Kind: "openapi", Schema: "s3://b/k", Endpoint: "s3://b/k"},
		{Gateway: gateway, ID: "Server", Name: "m", Kind: "mcp server", Endpoint: "https://mcp"},
		{Gateway: gateway, ID: "KBs", Name: "k", Kind: "connector", Endpoint: "bedrock-knowledge-bases", Tools: []inventory.Operation{{Name: "Retrieve"}}, KBs: []string{"KB1"}},
		{Gateway: gateway, ID: "Later", Name: "n", Kind: "SomethingNew", Endpoint: "https://n"},
	}, out.GatewayTargets, ignore); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"role": "br", "network": "PUBLIC", "recording bucket": "rec"}, out.Resources[0].Attrs); diff != "" || out.Resources[1].Attrs["network"] != "SANDBOX" {
		t.Error(diff, out.Resources)
	}
}
