package cloudformation

import (
	"cmp"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// agent is AWS::Bedrock::Agent with what it holds inline: action groups, knowledge bases, collaborators. A template
// describes the working draft; an alias serves a version that is made of it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-bedrock-agent.html
func (t *template) agent(p part) {
	x := t.identity(p.r, 0)
	a := inventory.Agent{
		ARN: x.arn, ID: x.id, Name: x.name, Version: draft, Source: t.source(p.r.node, p.r.id),
		Role:          p.get("AgentResourceRoleArn").text(),
		Model:         p.get("FoundationModel").text(),
		Collaboration: p.get("AgentCollaboration").str(),
		Memory:        inventory.FlagOf(len(p.get("MemoryConfiguration", "EnabledMemoryTypes").list()) > 0),
		UserInput:     inventory.No,
		Key:           p.get("CustomerEncryptionKeyArn").str(),
		Instruction:   strings.TrimSpace(p.get("Instruction").str()),
		Tags:          p.get("Tags").tags(),
	}
	a.Guardrail, a.GuardrailVersion = t.guardrailOf(p.get("GuardrailConfiguration"))
	for _, f := range []part{p.get("PromptOverrideConfiguration", "OverrideLambda"), p.get("CustomOrchestration", "Executor", "Lambda")} {
		if s := f.str(); s != "" {
			a.OverrideLambda = append(a.OverrideLambda, s)
		}
	}
	for _, g := range p.get("ActionGroups").list() {
		g = g.certain("an action group of " + p.r.id)
		t.actionGroup(x.arn, g)
		if g.get("ParentActionGroupSignature").str() == "AMAZON.UserInput" && g.get("ActionGroupState").str() != "DISABLED" {
			a.UserInput = inventory.Yes
		}
	}
	t.out.Agents = append(t.out.Agents, a)
	for _, k := range p.get("KnowledgeBases").list() {
		k = k.certain("a knowledge base of " + p.r.id)
		t.out.AgentKBs = append(t.out.AgentKBs, inventory.AgentKB{Agent: x.arn, AgentVersion: draft,
			KB: t.kb(k.get("KnowledgeBaseId")), State: k.get("KnowledgeBaseState").str(), Source: k.source()})
	}
	for _, c := range p.get("AgentCollaborators").list() {
		c = c.certain("a collaborator of " + p.r.id)
		share := inventory.Unset
		switch c.get("RelayConversationHistory").str() {
		case "TO_COLLABORATOR":
			share = inventory.Yes
		case "DISABLED":
			share = inventory.No
		}
		t.out.Collaborators = append(t.out.Collaborators, inventory.Collaborator{Agent: x.arn, AgentVersion: draft,
			Name: c.get("CollaboratorName").str(), AliasARN: c.get("AgentDescriptor", "AliasArn").str(), ShareHistory: share, Source: c.source()})
	}
}

// draft is the version of an agent that a template describes.
const draft = "DRAFT"

// guardrailOf reads a GuardrailConfiguration; none is known to be none.
func (t *template) guardrailOf(p part) (inventory.Text, string) {
	if p.v != nil && p.v.kind == unknown && len(p.v.alts) == 0 {
		return inventory.Unsure("%s", p.v.why), ""
	}
	id := p.get("GuardrailIdentifier")
	if p.v != nil && p.v.kind == unknown { // with a guardrail or without
		return inventory.Unsure("%s", p.v.why), p.get("GuardrailVersion").str()
	}
	g := id.text()
	if a, _, ok := t.arnOf(g.Value, "AWS::Bedrock::Guardrail"); ok && g.OK() {
		g.Value = a
	}
	return g, p.get("GuardrailVersion").str()
}

// kb is the ARN of the knowledge base that an id names where it is the template's own, else what it says.
func (t *template) kb(p part) string {
	s := p.str()
	if a, _, ok := t.arnOf(s, "AWS::Bedrock::KnowledgeBase"); ok && s != "" {
		return a
	}
	return s
}

func (t *template) actionGroup(agent string, p part) {
	g := inventory.ActionGroup{Agent: agent, AgentVersion: draft, Name: p.get("ActionGroupName").str(),
		State: p.get("ActionGroupState").str(), Signature: p.get("ParentActionGroupSignature").str(), Source: p.source()}
	executor := p.get("ActionGroupExecutor")
	switch control := executor.get("CustomControl").str(); {
	case executor.get("Lambda").has():
		g.Executor, g.Lambda = "lambda", executor.get("Lambda").text()
	case control == "RETURN_CONTROL":
		g.Executor = "return of control"
	case control != "":
		g.Executor = control // a value that came later
	case g.Signature != "":
		g.Executor = "built-in"
	case executor.has():
		why, _ := executor.v.known()
		g.Lambda = inventory.Unsure("%s", cmp.Or(why, "the executor is of a kind that is not known"))
	}

	functions, api := p.get("FunctionSchema", "Functions"), p.get("ApiSchema")
	switch payload := api.get("Payload"); {
	case functions.has():
		for _, f := range functions.list() {
			confirm := inventory.No // DISABLED is the default
			switch f.get("RequireConfirmation").str() {
			case "ENABLED":
				confirm = inventory.Yes
			case "", "DISABLED":
			default:
				confirm = inventory.Unset
			}
			g.Operations = append(g.Operations, inventory.Operation{Name: f.get("Name").str(), Description: f.get("Description").str(), Confirm: confirm})
		}
	case payload.has():
		g.Operations, g.SchemaUnknown = t.operations(payload)
	case api.get("S3").has():
		g.Schema = "s3://" + api.get("S3", "S3BucketName").str() + "/" + api.get("S3", "S3ObjectKey").str()
		g.SchemaUnknown = "the OpenAPI schema is in " + g.Schema + ", which is not part of the template"
	case g.Signature != "":
		// A built-in action group has no schema of its own; its signature says what it does.
	default:
		why, _ := api.v.known()
		g.SchemaUnknown = cmp.Or(why, "the template holds neither a function schema nor an OpenAPI schema")
	}
	t.out.ActionGroups = append(t.out.ActionGroups, g)
}

func (t *template) agentAlias(p part) {
	x := t.identity(p.r, 0)
	a := inventory.AgentAlias{ARN: x.arn, ID: x.id, Name: x.name, AgentID: p.get("AgentId").str(), Source: t.source(p.r.node, p.r.id)}
	for _, r := range p.get("RoutingConfiguration").list() {
		if v := r.get("AgentVersion").str(); v != "" {
			a.Versions = append(a.Versions, v)
		}
	}
	t.out.AgentAliases = append(t.out.AgentAliases, a)
}

// stores is where the settings of each type of vector store stand.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrock-knowledgebase-storageconfiguration.html
var stores = map[string]string{
	"OPENSEARCH_SERVERLESS":      "OpensearchServerlessConfiguration",
	"OPENSEARCH_MANAGED_CLUSTER": "OpensearchManagedClusterConfiguration",
	"PINECONE":                   "PineconeConfiguration",
	"REDIS_ENTERPRISE_CLOUD":     "RedisEnterpriseCloudConfiguration",
	"RDS":                        "RdsConfiguration",
	"MONGO_DB_ATLAS":             "MongoDbAtlasConfiguration",
	"NEPTUNE_ANALYTICS":          "NeptuneAnalyticsConfiguration",
	"S3_VECTORS":                 "S3VectorsConfiguration",
}

func (t *template) knowledgeBase(p part) {
	x := t.identity(p.r, 0)
	config := p.get("KnowledgeBaseConfiguration")
	k := inventory.KnowledgeBase{ARN: x.arn, ID: x.id, Name: x.name, Role: p.get("RoleArn").text(), Type: config.get("Type").str(),
		Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	vector := config.get("VectorKnowledgeBaseConfiguration")
	k.EmbeddingModel = cmp.Or(vector.get("EmbeddingModelArn").id(), config.get("ManagedKnowledgeBaseConfiguration", "EmbeddingModelArn").id())
	for _, l := range vector.get("SupplementalDataStorageConfiguration", "SupplementalDataStorageLocations").list() {
		if uri := l.get("S3Location", "URI").str(); uri != "" {
			k.Supplemental = append(k.Supplemental, uri)
		}
	}

	storage := p.get("StorageConfiguration")
	k.Storage = storage.get("Type").str()
	store := storage.get(stores[k.Storage])
	if stores[k.Storage] == "" {
		for _, f := range storage.each() {
			if f.key != "Type" {
				store = f.part // a type that came later
			}
		}
	}
	for _, key := range []string{"IndexArn", "VectorBucketArn", "CollectionArn", "DomainArn", "ResourceArn", "GraphArn"} { // most specific first
		if a := store.get(key).text(); a.OK() {
			k.StorageARNs = append(k.StorageARNs, a.Value)
		} else if a.Unknown != "" {
			k.StorageUnknown = a.Unknown
		}
	}
	if s := store.get("CredentialsSecretArn").id(); s != "" {
		k.Secrets = append(k.Secrets, s)
	}
	var detail []string
	for _, key := range []string{"ConnectionString", "DomainEndpoint", "Endpoint", "Namespace", "DatabaseName", "CollectionName", "TableName", "VectorIndexName", "IndexName"} {
		if s := store.get(key).id(); s != "" {
			detail = append(detail, s)
		}
	}
	if kendra := config.get("KendraKnowledgeBaseConfiguration"); kendra.has() {
		k.Storage = cmp.Or(k.Storage, "KENDRA")
		if a := kendra.get("KendraIndexArn").id(); a != "" {
			k.StorageARNs = append(k.StorageARNs, a)
		}
	}
	if sql := config.get("SqlKnowledgeBaseConfiguration"); sql.has() {
		k.Storage = cmp.Or(k.Storage, sql.get("Type").str())
		engine := sql.get("RedshiftConfiguration", "QueryEngineConfiguration")
		for _, e := range []part{engine.get("ServerlessConfiguration"), engine.get("ProvisionedConfiguration")} {
			if a := e.get("WorkgroupArn").id(); a != "" {
				k.StorageARNs = append(k.StorageARNs, a)
			}
			if id := e.get("ClusterIdentifier").id(); id != "" {
				k.StorageARNs = append(k.StorageARNs, t.arn("redshift", "cluster:"+id))
				detail = append(detail, id)
			}
			if s := e.get("AuthConfiguration", "UsernamePasswordSecretArn").id(); s != "" {
				k.Secrets = append(k.Secrets, s)
			}
		}
		for _, s := range sql.get("RedshiftConfiguration", "StorageConfigurations").list() {
			detail = append(detail, s.get("AwsDataCatalogConfiguration", "TableNames").texts()...)
			detail = append(detail, s.get("RedshiftConfiguration", "DatabaseName").texts()...)
		}
	}
	k.StorageDetail = strings.Join(detail, " / ")
	t.out.KnowledgeBases = append(t.out.KnowledgeBases, k)
}

// dataSource is AWS::Bedrock::DataSource. Of a connector of a managed knowledge base the connector's own type is taken,
// in capitals, as the other types are written.
func (t *template) dataSource(p part) {
	x := t.identity(p.r, 0)
	config := p.get("DataSourceConfiguration")
	s := inventory.DataSource{KB: t.kb(p.get("KnowledgeBaseId")), ID: x.id, Name: x.name, Type: config.get("Type").str(), Source: t.source(p.r.node, p.r.id)}
	if s3 := config.get("S3Configuration"); s3.has() {
		s.Bucket = s3.get("BucketArn").text()
		s.Prefixes = s3.get("InclusionPrefixes").texts()
	}
	for _, key := range []string{"ConfluenceConfiguration", "SalesforceConfiguration", "SharePointConfiguration", "WebConfiguration"} {
		from := config.get(key, "SourceConfiguration")
		if !from.has() {
			continue
		}
		var places []string
		places = append(places, from.get("HostUrl").texts()...)
		places = append(places, from.get("SiteUrls").texts()...)
		for _, u := range from.get("UrlConfiguration", "SeedUrls").list() {
			places = append(places, u.get("Url").texts()...)
		}
		s.Location = strings.Join(places, ", ")
		s.Secret = from.get("CredentialsSecretArn").str()
	}
	if c := config.get("ManagedKnowledgeBaseConnectorConfiguration", "ConnectorParameters"); c.has() {
		s.Type = cmp.Or(strings.ToUpper(c.get("type").str()), s.Type)
		connection := c.get("connectionConfiguration")
		if b := connection.get("bucketName"); b.has() {
			if s.Bucket = b.text(); s.Bucket.OK() {
				s.Bucket.Value = "arn:" + t.partition + ":s3:::" + s.Bucket.Value
			}
		}
		s.Prefixes = c.get("filterConfiguration", "inclusionPrefixes").texts()
		s.Location = strings.Join(append(connection.get("hostUrl").texts(), connection.get("siteUrls").texts()...), ", ")
		s.Secret = connection.get("secretArn").str()
	}
	for _, tr := range p.get("VectorIngestionConfiguration", "CustomTransformationConfiguration", "Transformations").list() {
		s.Functions = append(s.Functions, tr.get("TransformationFunction", "TransformationLambdaConfiguration", "LambdaArn").strs()...)
	}
	t.out.DataSources = append(t.out.DataSources, s)
}

// guardrailParts are the policies that a guardrail may have, in the order of their names.
var guardrailParts = []struct{ key, name string }{
	{"AutomatedReasoningPolicyConfig", "automated reasoning"},
	{"ContentPolicyConfig", "content"},
	{"ContextualGroundingPolicyConfig", "grounding"},
	{"SensitiveInformationPolicyConfig", "sensitive information"},
	{"TopicPolicyConfig", "topics"},
	{"WordPolicyConfig", "words"},
}

func (t *template) guardrail(p part) {
	x := t.identity(p.r, 0)
	g := inventory.Guardrail{ARN: x.arn, ID: x.id, Name: x.name, Version: draft, Source: t.source(p.r.node, p.r.id)}
	for _, c := range guardrailParts {
		if p.get(c.key).has() {
			g.Policies = append(g.Policies, c.name)
		}
	}
	t.out.Guardrails = append(t.out.Guardrails, g)
}

// inferenceProfile is an application inference profile. It is made from a model or from a system-defined profile, whose
// destination models the template does not say.
func (t *template) inferenceProfile(p part) {
	x := t.identity(p.r, 0)
	f := inventory.InferenceProfile{ARN: x.arn, ID: x.id, Name: x.name, Type: "APPLICATION", Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	switch from := p.get("ModelSource", "CopyFrom").str(); {
	case strings.Contains(from, ":foundation-model/"):
		f.Models = []string{from}
	case from != "":
		p.get("ModelSource", "CopyFrom").warn("%s is made from %s: which models it reaches is not in the template", p.r.id, from)
	}
	t.out.Profiles = append(t.out.Profiles, f)
}

// prompt is a prompt of Prompt management: a flow or a caller can invoke the models of its variants with it.
func (t *template) prompt(p part) {
	x := t.identity(p.r, 0)
	var models []string
	for _, v := range p.get("Variants").list() {
		models = append(models, v.get("ModelId").texts()...)
		models = append(models, v.get("GenAiResource", "Agent", "AgentIdentifier").texts()...)
	}
	t.resource(p, x.arn, x.name, attributes("models", strings.Join(models, ","), "kms key", p.get("CustomerEncryptionKeyArn").str()))
}

// flow is AWS::Bedrock::Flow.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-bedrock-flow-flownodeconfiguration.html
func (t *template) flow(p part) {
	x := t.identity(p.r, 0)
	f := inventory.Flow{ARN: x.arn, ID: x.id, Name: x.name, Role: p.get("ExecutionRoleArn").text(), Key: p.get("CustomerEncryptionKeyArn").str(),
		Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	definition := p.get("Definition")
	if !definition.has() {
		f.Unknown = "its definition is not written as part of the template"
		p.warn("the nodes of flow %s are not known: %s", p.r.id, f.Unknown)
	}
	for _, n := range definition.get("Nodes").list() {
		for _, c := range n.get("Configuration").each() {
			node := inventory.FlowNode{Name: n.get("Name").str()}
			node.Guardrail, _ = t.guardrailOf(c.get("GuardrailConfiguration"))
			switch c.key {
			case "KnowledgeBase":
				node.Kind, node.Target = "knowledge base", inventory.Known(t.kb(c.get("KnowledgeBaseId")))
				if m := c.get("ModelId"); m.has() {
					f.Nodes = append(f.Nodes, inventory.FlowNode{Name: node.Name, Kind: "model", Target: m.text(), Guardrail: node.Guardrail})
				}
			case "Prompt":
				if inline := c.get("SourceConfiguration", "Inline"); inline.has() {
					node.Kind, node.Target = "model", inline.get("ModelId").text()
				} else {
					node.Kind, node.Target = "prompt", c.get("SourceConfiguration", "Resource", "PromptArn").text()
				}
			case "Agent":
				node.Kind, node.Target = "agent", c.get("AgentAliasArn").text()
			case "LambdaFunction":
				node.Kind, node.Target = "function", c.get("LambdaArn").text()
			case "Storage", "Retrieval":
				node.Kind, node.Target = "bucket", c.get("ServiceConfiguration", "S3", "BucketName").text()
				node.Write = c.key == "Storage"
			case "Lex":
				node.Kind, node.Target = "lex", c.get("BotAliasArn").text()
			case "InlineCode":
				node.Kind = "inline code"
			default:
				continue // inputs, outputs, conditions and loops use nothing
			}
			f.Nodes = append(f.Nodes, node)
		}
	}
	t.out.Flows = append(t.out.Flows, f)
}
