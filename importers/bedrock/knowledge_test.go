package bedrock

import (
	"testing"

	"github.com/permchain/permchain/graph/inventory"
)

func TestKnowledgeBases(t *testing.T) {
	kb := func(config, storage string) string {
		out := `{"knowledgeBase": {"knowledgeBaseId": "K", "knowledgeBaseArn": "arn:k", "name": "k", "roleArn": "arn:r", "knowledgeBaseConfiguration": ` + config
		if storage != "" {
			out += `, "storageConfiguration": ` + storage
		}
		return out + `}}`
	}
	const vector = `{"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "arn:e"}}`
	want := func(change func(*inventory.KnowledgeBase)) inventory.Facts {
		k := inventory.KnowledgeBase{ARN: "arn:k", ID: "K", Name: "k", Role: inventory.Known("arn:r"), Type: "VECTOR", EmbeddingModel: "arn:e"}
		change(&k)
		return inventory.Facts{KnowledgeBases: []inventory.KnowledgeBase{k}}
	}
	store := func(kind string, arns []string, detail string, secrets ...string) inventory.Facts {
		return want(func(k *inventory.KnowledgeBase) {
			k.Storage, k.StorageARNs, k.StorageDetail, k.Secrets = kind, arns, detail, secrets
		})
	}
	const format = "bedrock-agent get-knowledge-base"
	runCases(t, []decodeCase{
		{"OpenSearch Serverless", "k.json", format, kb(vector, `{"type": "OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration": {"collectionArn": "arn:c", "vectorIndexName": "i"}}`),
			store("OPENSEARCH_SERVERLESS", []string{"arn:c"}, "i")},
		{"OpenSearch cluster", "k.json", format, kb(vector, `{"type": "OPENSEARCH_MANAGED_CLUSTER", "opensearchManagedClusterConfiguration": {"domainArn": "arn:d", "domainEndpoint": "https://d", "vectorIndexName": "i"}}`),
			store("OPENSEARCH_MANAGED_CLUSTER", []string{"arn:d"}, "https://d / i")},
		{"Pinecone", "k.json", format, kb(vector, `{"type": "PINECONE", "pineconeConfiguration": {"connectionString": "https://p", "credentialsSecretArn": "arn:s", "namespace": "n"}}`),
			store("PINECONE", nil, "https://p / n", "arn:s")},
		{"Redis", "k.json", format, kb(vector, `{"type": "REDIS_ENTERPRISE_CLOUD", "redisEnterpriseCloudConfiguration": {"endpoint": "r:1", "vectorIndexName": "i", "credentialsSecretArn": "arn:s"}}`),
			store("REDIS_ENTERPRISE_CLOUD", nil, "r:1 / i", "arn:s")},
		{"RDS", "k.json", format, kb(vector, `{"type": "RDS", "rdsConfiguration": {"resourceArn": "arn:db", "credentialsSecretArn": "arn:s", "databaseName": "d", "tableName": "t"}}`),
			store("RDS", []string{"arn:db"}, "d / t", "arn:s")},
		{"MongoDB Atlas", "k.json", format, kb(vector, `{"type": "MONGO_DB_ATLAS", "mongoDbAtlasConfiguration": {"endpoint": "m", "databaseName": "d", "collectionName": "c", "vectorIndexName": "i", "credentialsSecretArn": "arn:s"}}`),
			store("MONGO_DB_ATLAS", nil, "m / d / c / i", "arn:s")},
		{"Neptune Analytics", "k.json", format, kb(vector, `{"type": "NEPTUNE_ANALYTICS", "neptuneAnalyticsConfiguration": {"graphArn": "arn:g"}}`),
			store("NEPTUNE_ANALYTICS", []string{"arn:g"}, "")},
		{"S3 Vectors", "k.json", format, kb(vector, `{"type": "S3_VECTORS", "s3VectorsConfiguration": {"vectorBucketArn": "arn:b", "indexArn": "arn:b/index/i", "indexName": "i"}}`),
			store("S3_VECTORS", []string{"arn:b/index/i", "arn:b"}, "i")},
		{"a store that came later keeps its name and ARNs", "k.json", format, kb(vector, `{"type": "TURTLE_DB", "turtleConfiguration": {"pools": [{"poolArn": "arn:aws:turtle:x"}], "secretArn": "arn:aws:secretsmanager:eu-central-1:1:secret:s"}}`),
			store("TURTLE_DB", []string{"arn:aws:turtle:x"}, "", "arn:aws:secretsmanager:eu-central-1:1:secret:s")},
		{"Kendra", "k.json", format, kb(`{"type": "KENDRA", "kendraKnowledgeBaseConfiguration": {"kendraIndexArn": "arn:i"}}`, ""),
			want(func(k *inventory.KnowledgeBase) {
				k.Type, k.EmbeddingModel, k.Storage, k.StorageARNs = "KENDRA", "", "KENDRA", []string{"arn:i"}
			})},
		{"SQL over a Redshift workgroup and catalog tables", "k.json", format, kb(`{"type": "SQL", "sqlKnowledgeBaseConfiguration": {"type": "REDSHIFT", "redshiftConfiguration": {
			"queryEngineConfiguration": {"type": "SERVERLESS", "serverlessConfiguration": {"workgroupArn": "arn:w", "authConfiguration": {"type": "USERNAME_PASSWORD", "usernamePasswordSecretArn": "arn:s"}}},
			"storageConfigurations": [{"type": "AWS_DATA_CATALOG", "awsDataCatalogConfiguration": {"tableNames": ["d.a", "d.b"]}}]}}}`, ""),
			want(func(k *inventory.KnowledgeBase) {
				k.Type, k.EmbeddingModel, k.Storage, k.StorageARNs = "SQL", "", "REDSHIFT", []string{"arn:w"}
				k.StorageDetail, k.Secrets = "d.a, d.b", []string{"arn:s"}
			})},
		{"SQL over a Redshift cluster", "k.json", format, kb(`{"type": "SQL", "sqlKnowledgeBaseConfiguration": {"type": "REDSHIFT", "redshiftConfiguration": {
			"queryEngineConfiguration": {"type": "PROVISIONED", "provisionedConfiguration": {"clusterIdentifier": "c", "authConfiguration": {"type": "IAM"}}},
			"storageConfigurations": [{"type": "REDSHIFT", "redshiftConfiguration": {"databaseName": "sales"}}]}}}`, ""),
			want(func(k *inventory.KnowledgeBase) {
				k.Type, k.EmbeddingModel, k.Storage = "SQL", "", "REDSHIFT"
				k.StorageARNs, k.StorageDetail = []string{"arn:aws:redshift:eu-central-1:111122223333:cluster:c"}, "c, sales"
			})},
		{"images are kept in a bucket", "k.json", format, kb(`{"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "arn:e",
			"supplementalDataStorageConfiguration": {"storageLocations": [{"type": "S3", "s3Location": {"uri": "s3://images"}}]}}}`, ""),
			want(func(k *inventory.KnowledgeBase) { k.Supplemental = []string{"s3://images"} })},
		{"managed, with a role that was not printed", "k.json", format, `{"knowledgeBase": {"knowledgeBaseId": "K", "knowledgeBaseArn": "arn:k", "knowledgeBaseConfiguration": {"type": "MANAGED"}}}`,
			inventory.Facts{KnowledgeBases: []inventory.KnowledgeBase{{ARN: "arn:k", ID: "K", Type: "MANAGED", Role: inventory.Unsure("get-knowledge-base printed no roleArn")}}}},
		{"a listing", "k.json", "bedrock-agent list-knowledge-bases", `{"knowledgeBaseSummaries": [{"knowledgeBaseId": "K", "name": "k", "status": "ACTIVE"}]}`,
			inventory.Facts{KnowledgeBases: []inventory.KnowledgeBase{{ARN: "arn:aws:bedrock:eu-central-1:111122223333:knowledge-base/K", ID: "K", Name: "k", Listed: true,
				Role: inventory.Unsure("list-knowledge-bases does not print it: import get-knowledge-base")}}}},
		{"what an agent has", "list-agent-knowledge-bases-AAAAAAAAA1.json", "bedrock-agent list-agent-knowledge-bases", `{"agentKnowledgeBaseSummaries": [{"knowledgeBaseId": "K", "knowledgeBaseState": "ENABLED"}]}`,
			inventory.Facts{AgentKBs: []inventory.AgentKB{{Agent: "AAAAAAAAA1", KB: "K", State: "ENABLED"}}}},
		{"what a version of an agent has", "k.json", "bedrock-agent get-agent-knowledge-base", `{"agentKnowledgeBase": {"agentId": "A", "agentVersion": "7", "knowledgeBaseId": "K", "knowledgeBaseState": "DISABLED"}}`,
			inventory.Facts{AgentKBs: []inventory.AgentKB{{Agent: "A", AgentVersion: "7", KB: "K", State: "DISABLED"}}}},
	})
}

func TestDataSources(t *testing.T) {
	ds := func(config string) string {
		return `{"dataSource": {"knowledgeBaseId": "K", "dataSourceId": "D", "name": "d", "status": "AVAILABLE", "dataSourceConfiguration": ` + config + `}}`
	}
	want := func(change func(*inventory.DataSource)) inventory.Facts {
		s := inventory.DataSource{KB: "K", ID: "D", Name: "d", Status: "AVAILABLE"}
		change(&s)
		return inventory.Facts{DataSources: []inventory.DataSource{s}}
	}
	const format = "bedrock-agent get-data-source"
	runCases(t, []decodeCase{
		{"a bucket", "d.json", format, ds(`{"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::b", "inclusionPrefixes": ["p/"]}}`),
			want(func(s *inventory.DataSource) {
				s.Type, s.Bucket, s.Prefixes = "S3", inventory.Known("arn:aws:s3:::b"), []string{"p/"}
			})},
		{"a bucket that was not printed", "d.json", format, ds(`{"type": "S3"}`),
			want(func(s *inventory.DataSource) {
				s.Type, s.Bucket = "S3", inventory.Unsure("get-data-source printed no bucketArn")
			})},
		{"Confluence", "d.json", format, ds(`{"type": "CONFLUENCE", "confluenceConfiguration": {"sourceConfiguration": {"hostUrl": "https://acme.atlassian.net", "credentialsSecretArn": "arn:s"}}}`),
			want(func(s *inventory.DataSource) {
				s.Type, s.Location, s.Secret = "CONFLUENCE", "https://acme.atlassian.net", "arn:s"
			})},
		{"SharePoint", "d.json", format, ds(`{"type": "SHAREPOINT", "sharePointConfiguration": {"sourceConfiguration": {"siteUrls": ["https://a", "https://b"], "credentialsSecretArn": "arn:s"}}}`),
			want(func(s *inventory.DataSource) {
				s.Type, s.Location, s.Secret = "SHAREPOINT", "https://a, https://b", "arn:s"
			})},
		{"Salesforce", "d.json", format, ds(`{"type": "SALESFORCE", "salesforceConfiguration": {"sourceConfiguration": {"hostUrl": "https://s", "credentialsSecretArn": "arn:s"}}}`),
			want(func(s *inventory.DataSource) { s.Type, s.Location, s.Secret = "SALESFORCE", "https://s", "arn:s" })},
		{"the web", "d.json", format, ds(`{"type": "WEB", "webConfiguration": {"sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": "https://w"}]}}}}`),
			want(func(s *inventory.DataSource) { s.Type, s.Location = "WEB", "https://w" })},
		{"a custom source that a function transforms", "d.json", format, `{"dataSource": {"knowledgeBaseId": "K", "dataSourceId": "D", "name": "d", "status": "AVAILABLE", "dataSourceConfiguration": {"type": "CUSTOM"},
			"vectorIngestionConfiguration": {"customTransformationConfiguration": {"transformations": [{"transformationFunction": {"transformationLambdaConfiguration": {"lambdaArn": "arn:f"}}}]}}}}`,
			want(func(s *inventory.DataSource) { s.Type, s.Functions = "CUSTOM", []string{"arn:f"} })},
		{"types that hold nothing more, and later ones", "d.json", format, ds(`{"type": "REDSHIFT_METADATA"}`),
			want(func(s *inventory.DataSource) { s.Type = "REDSHIFT_METADATA" })},
		{"a listing", "d.json", "bedrock-agent list-data-sources", `{"dataSourceSummaries": [{"knowledgeBaseId": "K", "dataSourceId": "D", "name": "d", "status": "AVAILABLE"}]}`,
			want(func(s *inventory.DataSource) {
				s.Bucket = inventory.Unsure("list-data-sources does not print it: import get-data-source")
			})},
	})
}

func TestFlows(t *testing.T) {
	const why = "list-flows does not print it: import get-flow"
	use := func(name, kind, target string) inventory.FlowNode {
		return inventory.FlowNode{Name: name, Kind: kind, Target: inventory.Known(target), Guardrail: inventory.Known("")}
	}
	guarded := func(n inventory.FlowNode) inventory.FlowNode { n.Guardrail = inventory.Known("g"); return n }
	store := use("save", "bucket", "b")
	store.Write = true
	code := use("run", "inline code", "")
	runCases(t, []decodeCase{
		{"a listing", "f.json", "bedrock-agent list-flows", `{"flowSummaries": [{"id": "F", "arn": "arn:f", "name": "f", "status": "Prepared", "version": "DRAFT"}]}`,
			inventory.Facts{Flows: []inventory.Flow{{ARN: "arn:f", ID: "F", Name: "f", Role: inventory.Unsure(why), Unknown: why}}}},
		{"every kind of step", "f.json", "bedrock-agent get-flow", `{"id": "F", "arn": "arn:f", "name": "f", "executionRoleArn": "arn:r", "version": "DRAFT", "definition": {"nodes": [
			{"name": "in", "type": "Input", "configuration": {"input": {}}},
			{"name": "ask", "configuration": {"knowledgeBase": {"knowledgeBaseId": "K", "modelId": "m", "guardrailConfiguration": {"guardrailIdentifier": "g"}}}},
			{"name": "write", "configuration": {"prompt": {"sourceConfiguration": {"inline": {"modelId": "m2"}}}}},
			{"name": "rewrite", "configuration": {"prompt": {"sourceConfiguration": {"resource": {"promptArn": "arn:p"}}}}},
			{"name": "do", "configuration": {"agent": {"agentAliasArn": "arn:a"}}},
			{"name": "loop", "configuration": {"loop": {"definition": {"nodes": [{"name": "call", "configuration": {"lambdaFunction": {"lambdaArn": "arn:l"}}}]}}}},
			{"name": "save", "configuration": {"storage": {"serviceConfiguration": {"s3": {"bucketName": "b"}}}}},
			{"name": "load", "configuration": {"retrieval": {"serviceConfiguration": {"s3": {"bucketName": "b"}}}}},
			{"name": "bot", "configuration": {"lex": {"botAliasArn": "arn:x"}}},
			{"name": "run", "configuration": {"inlineCode": {"code": "1"}}}]}}`,
			inventory.Facts{Flows: []inventory.Flow{{ARN: "arn:f", ID: "F", Name: "f", Role: inventory.Known("arn:r"), Nodes: []inventory.FlowNode{
				guarded(use("ask", "model", "m")), guarded(use("ask", "knowledge base", "K")), use("write", "model", "m2"), use("rewrite", "prompt", "arn:p"),
				use("do", "agent", "arn:a"), use("call", "function", "arn:l"), store, use("load", "bucket", "b"), use("bot", "lex", "arn:x"), code}}}}},
	})
}
