package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestAgents(t *testing.T) {
	out := factsOf(t, `
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: support
      AgentResourceRoleArn: "arn:aws:iam::111122223333:role/r"
      FoundationModel: anthropic.claude-3-haiku-20240307-v1:0
      CustomerEncryptionKeyArn: !GetAtt Key.Arn
      AgentCollaboration: SUPERVISOR
      MemoryConfiguration: {EnabledMemoryTypes: [SESSION_SUMMARY]}
      GuardrailConfiguration: {GuardrailIdentifier: !GetAtt Guard.GuardrailId, GuardrailVersion: "2"}
      PromptOverrideConfiguration: {OverrideLambda: !GetAtt Fn.Arn}
      Tags: {owner: care}
      ActionGroups:
        - ActionGroupName: orders
          ActionGroupState: ENABLED
          ActionGroupExecutor: {Lambda: !GetAtt Fn.Arn}
          FunctionSchema:
            Functions:
              - {Name: cancel_order, Description: Cancels, RequireConfirmation: ENABLED}
              - {Name: get_order}
              - {Name: odd, RequireConfirmation: SOMETIMES}
        - ActionGroupName: handed back
          ActionGroupExecutor: {CustomControl: RETURN_CONTROL}
          ApiSchema:
            Payload: |
              openapi: 3.0.0
              paths:
                /b: {post: {summary: Posts, x-requireConfirmation: ENABLED}}
                /a: {get: {description: Gets}, parameters: []}
        - {ActionGroupName: later, ActionGroupExecutor: {CustomControl: SOMETHING_NEW}, ApiSchema: {S3: {S3BucketName: b, S3ObjectKey: k}}}
        - {ActionGroupName: ask, ParentActionGroupSignature: AMAZON.UserInput}
        - {ActionGroupName: broken, ActionGroupExecutor: {Lambda: !Ref Open}, ApiSchema: {Payload: "{"}}
      KnowledgeBases: [{KnowledgeBaseId: !Ref KB, KnowledgeBaseState: ENABLED}, {KnowledgeBaseId: EXTERNAL01}]
      AgentCollaborators: [{CollaboratorName: helper, AgentDescriptor: {AliasArn: !GetAtt Alias.AgentAliasArn}, RelayConversationHistory: TO_COLLABORATOR}]
  Open1: {Type: AWS::Bedrock::Agent, Properties: {AgentName: o, GuardrailConfiguration: !If [Maybe, {GuardrailIdentifier: g}, !Ref "AWS::NoValue"], FoundationModel: !Ref Open}}
  Alias: {Type: AWS::Bedrock::AgentAlias, Properties: {AgentAliasName: live, AgentId: !Ref Agent, RoutingConfiguration: [{AgentVersion: 3}]}}
  KB: {Type: AWS::Bedrock::KnowledgeBase, Properties: {Name: kb, RoleArn: x, KnowledgeBaseConfiguration: {Type: VECTOR}}}
  Guard: {Type: AWS::Bedrock::Guardrail, Properties: {Name: safe, WordPolicyConfig: {}, ContentPolicyConfig: {}, TopicPolicyConfig: {}}}
  GuardV: {Type: AWS::Bedrock::GuardrailVersion, Properties: {GuardrailIdentifier: !Ref Guard}}
  Key: {Type: AWS::KMS::Key}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Role: r}}
  Profile: {Type: AWS::Bedrock::ApplicationInferenceProfile, Properties: {InferenceProfileName: p, ModelSource: {CopyFrom: "arn:aws:bedrock:eu-central-1::foundation-model/m"}, Tags: [{Key: owner, Value: x}]}}
  Profile2: {Type: AWS::Bedrock::ApplicationInferenceProfile, Properties: {InferenceProfileName: q, ModelSource: {CopyFrom: "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.m"}}}
  Prompt: {Type: AWS::Bedrock::Prompt, Properties: {Name: hello, Variants: [{ModelId: m1}, {ModelId: m2}]}}
`)
	const agent = "arn:aws:bedrock:REGION:ACCOUNT:agent/Agent"
	want := inventory.Agent{ARN: agent, ID: "Agent", Name: "support", Version: "DRAFT", Role: inventory.Known("arn:aws:iam::111122223333:role/r"),
		Model: inventory.Known("anthropic.claude-3-haiku-20240307-v1:0"), Guardrail: inventory.Known("arn:aws:bedrock:REGION:ACCOUNT:guardrail/Guard"),
		GuardrailVersion: "2", OverrideLambda: []string{"arn:aws:lambda:REGION:ACCOUNT:function:f"}, Collaboration: "SUPERVISOR",
		Memory: inventory.Yes, UserInput: inventory.Yes, Key: "arn:aws:kms:REGION:ACCOUNT:key/Key", Tags: inventory.Tags{"owner": "care"}}
	got := out.Agents[0]
	got.Source = inventory.Source{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if o := out.Agents[1]; o.Guardrail.Unknown == "" || o.Model.Unknown == "" || o.Model.Partial != "${unresolved Open}" {
		t.Errorf("open agent: %+v", o)
	}
	groups := map[string]inventory.ActionGroup{}
	for _, g := range out.ActionGroups {
		if g.Agent != agent || g.AgentVersion != "DRAFT" {
			t.Errorf("of %s %s", g.Agent, g.AgentVersion)
		}
		groups[g.Name] = g
	}
	if diff := cmp.Diff([]inventory.Operation{{Name: "cancel_order", Description: "Cancels", Confirm: inventory.Yes}, {Name: "get_order", Confirm: inventory.No}, {Name: "odd"}}, groups["orders"].Operations); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]inventory.Operation{{Name: "GET /a", Method: "GET", Description: "Gets", Confirm: inventory.No}, {Name: "POST /b", Method: "POST", Description: "Posts", Confirm: inventory.Yes}}, groups["handed back"].Operations); diff != "" {
		t.Error(diff)
	}
	for name, executor := range map[string]string{"orders": "lambda", "handed back": "return of control", "later": "SOMETHING_NEW", "ask": "built-in", "broken": "lambda"} {
		if g := groups[name]; g.Executor != executor {
			t.Errorf("%s is carried out by %q", name, g.Executor)
		}
	}
	if g := groups["later"]; g.Schema != "s3://b/k" || g.SchemaUnknown == "" {
		t.Errorf("%+v", g)
	}
	if g := groups["broken"]; g.Lambda.Unknown == "" || g.SchemaUnknown == "" {
		t.Errorf("%+v", g)
	}
	if k := out.AgentKBs; len(k) != 2 || k[0].KB != "arn:aws:bedrock:REGION:ACCOUNT:knowledge-base/KB" || k[1].KB != "EXTERNAL01" || k[0].Agent != agent {
		t.Errorf("%+v", k)
	}
	if c := out.Collaborators[0]; c.AliasARN != "arn:aws:bedrock:REGION:ACCOUNT:agent-alias/Agent/Alias" || c.ShareHistory != inventory.Yes {
		t.Errorf("%+v", c)
	}
	if a := out.AgentAliases[0]; a.ARN != "arn:aws:bedrock:REGION:ACCOUNT:agent-alias/Agent/Alias" || a.AgentID != "Agent" || !cmp.Equal(a.Versions, []string{"3"}) {
		t.Errorf("%+v", a)
	}
	if g := out.Guardrails[0]; !cmp.Equal(g.Policies, []string{"content", "topics", "words"}) || g.Name != "safe" {
		t.Errorf("%+v", g)
	}
	if p := out.Profiles; p[0].Models[0] != "arn:aws:bedrock:eu-central-1::foundation-model/m" || p[0].Tags["owner"] != "x" || p[1].Models != nil {
		t.Errorf("%+v", p)
	}
	if out.Resources[1].Attrs["models"] != "m1,m2" {
		t.Errorf("%+v", out.Resources)
	}
}

func TestKnowledgeBases(t *testing.T) {
	for _, c := range []struct {
		name, props string
		want        inventory.KnowledgeBase
	}{
		{"OpenSearch Serverless", `{KnowledgeBaseConfiguration: {Type: VECTOR, VectorKnowledgeBaseConfiguration: {EmbeddingModelArn: m, SupplementalDataStorageConfiguration: {SupplementalDataStorageLocations: [{S3Location: {URI: "s3://media"}}]}}},
        StorageConfiguration: {Type: OPENSEARCH_SERVERLESS, OpensearchServerlessConfiguration: {CollectionArn: c, VectorIndexName: i}}}`,
			inventory.KnowledgeBase{Type: "VECTOR", EmbeddingModel: "m", Storage: "OPENSEARCH_SERVERLESS", StorageARNs: []string{"c"}, StorageDetail: "i", Supplemental: []string{"s3://media"}}},
		{"S3 Vectors", `{KnowledgeBaseConfiguration: {Type: VECTOR}, StorageConfiguration: {Type: S3_VECTORS, S3VectorsConfiguration: {IndexArn: i, VectorBucketArn: b}}}`,
			inventory.KnowledgeBase{Type: "VECTOR", Storage: "S3_VECTORS", StorageARNs: []string{"i", "b"}}},
		{"Aurora", `{KnowledgeBaseConfiguration: {Type: VECTOR}, StorageConfiguration: {Type: RDS, RdsConfiguration: {ResourceArn: c, CredentialsSecretArn: s, DatabaseName: d, TableName: t}}}`,
			inventory.KnowledgeBase{Type: "VECTOR", Storage: "RDS", StorageARNs: []string{"c"}, Secrets: []string{"s"}, StorageDetail: "d / t"}},
		{"Pinecone", `{KnowledgeBaseConfiguration: {Type: VECTOR}, StorageConfiguration: {Type: PINECONE, PineconeConfiguration: {ConnectionString: "https://p", CredentialsSecretArn: s, Namespace: n}}}`,
			inventory.KnowledgeBase{Type: "VECTOR", Storage: "PINECONE", Secrets: []string{"s"}, StorageDetail: "https://p / n"}},
		{"a store that came later", `{KnowledgeBaseConfiguration: {Type: VECTOR}, StorageConfiguration: {Type: NEW_STORE, NewStoreConfiguration: {ResourceArn: a}}}`,
			inventory.KnowledgeBase{Type: "VECTOR", Storage: "NEW_STORE", StorageARNs: []string{"a"}}},
		{"Kendra", `{KnowledgeBaseConfiguration: {Type: KENDRA, KendraKnowledgeBaseConfiguration: {KendraIndexArn: k}}}`,
			inventory.KnowledgeBase{Type: "KENDRA", Storage: "KENDRA", StorageARNs: []string{"k"}}},
		{"Redshift", `{KnowledgeBaseConfiguration: {Type: SQL, SqlKnowledgeBaseConfiguration: {Type: REDSHIFT, RedshiftConfiguration: {QueryEngineConfiguration: {Type: SERVERLESS, ServerlessConfiguration: {WorkgroupArn: w, AuthConfiguration: {UsernamePasswordSecretArn: s}}}, StorageConfigurations: [{Type: REDSHIFT, RedshiftConfiguration: {DatabaseName: sales}}]}}}}`,
			inventory.KnowledgeBase{Type: "SQL", Storage: "REDSHIFT", StorageARNs: []string{"w"}, Secrets: []string{"s"}, StorageDetail: "sales"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := factsOf(t, "  KB:\n    Type: AWS::Bedrock::KnowledgeBase\n    Properties: "+c.props+"\n").KnowledgeBases[0]
			c.want.ARN, c.want.ID, c.want.Name, c.want.Tags, c.want.Source = "arn:aws:bedrock:REGION:ACCOUNT:knowledge-base/KB", "KB", "KB", inventory.Tags{}, got.Source
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDataSources(t *testing.T) {
	for _, c := range []struct {
		name, config string
		want         inventory.DataSource
	}{
		{"S3", `{Type: S3, S3Configuration: {BucketArn: b, InclusionPrefixes: [p/]}}`, inventory.DataSource{Type: "S3", Bucket: inventory.Known("b"), Prefixes: []string{"p/"}}},
		{"web", `{Type: WEB, WebConfiguration: {SourceConfiguration: {UrlConfiguration: {SeedUrls: [{Url: "https://a"}, {Url: "https://b"}]}}}}`, inventory.DataSource{Type: "WEB", Location: "https://a, https://b"}},
		{"Confluence", `{Type: CONFLUENCE, ConfluenceConfiguration: {SourceConfiguration: {HostUrl: "https://c", CredentialsSecretArn: s}}}`, inventory.DataSource{Type: "CONFLUENCE", Location: "https://c", Secret: "s"}},
		{"SharePoint", `{Type: SHAREPOINT, SharePointConfiguration: {SourceConfiguration: {SiteUrls: ["https://s"], CredentialsSecretArn: s}}}`, inventory.DataSource{Type: "SHAREPOINT", Location: "https://s", Secret: "s"}},
		{"connector", `{Type: MANAGED_KNOWLEDGE_BASE_CONNECTOR, ManagedKnowledgeBaseConnectorConfiguration: {ConnectorParameters: {type: S3, connectionConfiguration: {bucketName: b}, filterConfiguration: {inclusionPrefixes: [q/]}}}}`,
			inventory.DataSource{Type: "S3", Bucket: inventory.Known("arn:aws:s3:::b"), Prefixes: []string{"q/"}}},
		{"custom", `{Type: CUSTOM}`, inventory.DataSource{Type: "CUSTOM"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := factsOf(t, "  D:\n    Type: AWS::Bedrock::DataSource\n    Properties: {Name: d, KnowledgeBaseId: KB1, DataSourceConfiguration: "+c.config+"}\n").DataSources[0]
			c.want.KB, c.want.ID, c.want.Name, c.want.Source = "KB1", "D", "d", got.Source
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	out := factsOf(t, `
  D:
    Type: AWS::Bedrock::DataSource
    Properties:
      Name: d
      KnowledgeBaseId: KB1
      DataSourceConfiguration: {Type: S3, S3Configuration: {BucketArn: b}}
      VectorIngestionConfiguration: {CustomTransformationConfiguration: {Transformations: [{TransformationFunction: {TransformationLambdaConfiguration: {LambdaArn: "arn:aws:lambda:x:1:function:t"}}}]}}
`)
	if !cmp.Equal(out.DataSources[0].Functions, []string{"arn:aws:lambda:x:1:function:t"}) {
		t.Errorf("%+v", out.DataSources[0])
	}
}

func TestFlow(t *testing.T) {
	out := factsOf(t, `
  Flow:
    Type: AWS::Bedrock::Flow
    Properties:
      Name: f
      ExecutionRoleArn: role
      Definition:
        Nodes:
          - {Name: In, Type: Input, Configuration: {Input: {}}}
          - {Name: Ask, Type: Prompt, Configuration: {Prompt: {SourceConfiguration: {Inline: {ModelId: m}}, GuardrailConfiguration: {GuardrailIdentifier: g}}}}
          - {Name: Stored, Type: Prompt, Configuration: {Prompt: {SourceConfiguration: {Resource: {PromptArn: p}}}}}
          - {Name: Look, Type: KnowledgeBase, Configuration: {KnowledgeBase: {KnowledgeBaseId: k, ModelId: m2}}}
          - {Name: Help, Type: Agent, Configuration: {Agent: {AgentAliasArn: a}}}
          - {Name: Run, Type: LambdaFunction, Configuration: {LambdaFunction: {LambdaArn: l}}}
          - {Name: Keep, Type: Storage, Configuration: {Storage: {ServiceConfiguration: {S3: {BucketName: b}}}}}
  Elsewhere: {Type: AWS::Bedrock::Flow, Properties: {Name: e, ExecutionRoleArn: role, DefinitionS3Location: {Bucket: b, Key: k}}}
`)
	none := inventory.Known("")
	want := []inventory.FlowNode{
		{Name: "Ask", Kind: "model", Target: inventory.Known("m"), Guardrail: inventory.Known("g")},
		{Name: "Stored", Kind: "prompt", Target: inventory.Known("p"), Guardrail: none},
		{Name: "Look", Kind: "model", Target: inventory.Known("m2"), Guardrail: none},
		{Name: "Look", Kind: "knowledge base", Target: inventory.Known("k"), Guardrail: none},
		{Name: "Help", Kind: "agent", Target: inventory.Known("a"), Guardrail: none},
		{Name: "Run", Kind: "function", Target: inventory.Known("l"), Guardrail: none},
		{Name: "Keep", Kind: "bucket", Target: inventory.Known("b"), Write: true, Guardrail: none},
	}
	if diff := cmp.Diff(want, out.Flows[0].Nodes); diff != "" {
		t.Error(diff)
	}
	if out.Flows[1].Unknown == "" || out.Flows[0].Role != inventory.Known("role") {
		t.Errorf("%+v", out.Flows)
	}
}
