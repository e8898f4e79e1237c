package bedrock

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// knowledgeFormats are those of `aws bedrock-agent` about knowledge bases and what feeds them.
var knowledgeFormats = []format{
	{"bedrock-agent list-agent-knowledge-bases", listed("agentKnowledgeBaseSummaries"), list("agentKnowledgeBaseSummaries", (*decoder).agentKB)},
	{"bedrock-agent get-agent-knowledge-base", wrapped("agentKnowledgeBase", "agentId", "knowledgeBaseId"), one("agentKnowledgeBase", (*decoder).agentKB)},
	{"bedrock-agent list-knowledge-bases", listed("knowledgeBaseSummaries"), list("knowledgeBaseSummaries", (*decoder).listedKB)},
	{"bedrock-agent get-knowledge-base", wrapped("knowledgeBase", "knowledgeBaseId", "knowledgeBaseArn"), one("knowledgeBase", (*decoder).knowledgeBase)},
	{"bedrock-agent list-data-sources", listed("dataSourceSummaries", "knowledgeBaseId", "dataSourceId"), list("dataSourceSummaries", (*decoder).listedDataSource)},
	{"bedrock-agent get-data-source", wrapped("dataSource", "knowledgeBaseId", "dataSourceId"), one("dataSource", (*decoder).dataSource)},
}

func (d *decoder) agentKB(v inventory.Value) error {
	if err := need(v, "knowledgeBaseId"); err != nil {
		return err
	}
	d.out.AgentKBs = append(d.out.AgentKBs, inventory.AgentKB{Agent: d.agentOf(v), AgentVersion: v.Get("agentVersion").Text(),
		KB: v.Get("knowledgeBaseId").Str(), State: v.Get("knowledgeBaseState").Str(), Source: d.source(v)})
	return nil
}

func (d *decoder) listedKB(v inventory.Value) error {
	if err := need(v, "knowledgeBaseId"); err != nil {
		return err
	}
	id := v.Get("knowledgeBaseId").Str()
	d.out.KnowledgeBases = append(d.out.KnowledgeBases, inventory.KnowledgeBase{ARN: d.arn("bedrock", "knowledge-base/"+id),
		ID: id, Name: v.Get("name").Str(), Role: inventory.Unsure("list-knowledge-bases does not print it: import get-knowledge-base"),
		Listed: true, Source: d.source(v)})
	return nil
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBase.html
func (d *decoder) knowledgeBase(v inventory.Value) error {
	if err := need(v, "knowledgeBaseId", "knowledgeBaseArn"); err != nil {
		return err
	}
	config := v.Get("knowledgeBaseConfiguration")
	k := inventory.KnowledgeBase{ARN: v.Get("knowledgeBaseArn").Str(), ID: v.Get("knowledgeBaseId").Str(),
		Name: v.Get("name").Str(), Role: text(v, "get-knowledge-base", "roleArn"), Type: config.Get("type").Str(), Source: d.source(v)}
	k.EmbeddingModel = config.Get("vectorKnowledgeBaseConfiguration").Get("embeddingModelArn").Str()

	for l := range config.Get("vectorKnowledgeBaseConfiguration").Get("supplementalDataStorageConfiguration").Get("storageLocations").Items() {
		k.Supplemental = append(k.Supplemental, l.Get("s3Location").Get("uri").Strings()...)
	}

	storage := v.Get("storageConfiguration")
	k.Storage = storage.Get("type").Str()
	store, known := storage.Get(storageKeys[k.Storage]), storageKeys[k.Storage] != ""
	switch {
	case known:
		// Most specific first: an index before its bucket.
		for _, key := range []string{"indexArn", "vectorBucketArn", "collectionArn", "domainArn", "resourceArn", "graphArn"} {
			if arn := store.Get(key).Str(); arn != "" {
				k.StorageARNs = append(k.StorageARNs, arn)
			}
		}
		k.Secrets = append(k.Secrets, store.Get("credentialsSecretArn").Strings()...)
		k.StorageDetail = detail(store)
	case storage.Exists():
		d.loose(storage, &k) // a type that came later
	}

	switch {
	case config.Get("kendraKnowledgeBaseConfiguration").Exists():
		k.StorageARNs = append(k.StorageARNs, config.Get("kendraKnowledgeBaseConfiguration").Get("kendraIndexArn").Strings()...)
		k.Storage = orType(k.Storage, "KENDRA")
	case config.Get("sqlKnowledgeBaseConfiguration").Exists():
		sql := config.Get("sqlKnowledgeBaseConfiguration")
		k.Storage = orType(k.Storage, sql.Get("type").Str())
		engine := sql.Get("redshiftConfiguration").Get("queryEngineConfiguration")
		for _, e := range []inventory.Value{engine.Get("serverlessConfiguration"), engine.Get("provisionedConfiguration")} {
			if arn := e.Get("workgroupArn").Str(); arn != "" {
				k.StorageARNs = append(k.StorageARNs, arn)
			}
			if id := e.Get("clusterIdentifier").Str(); id != "" {
				if arn := d.arn("redshift", "cluster:"+id); arn != "" {
					k.StorageARNs = append(k.StorageARNs, arn)
				}
				k.StorageDetail = id
			}
			k.Secrets = append(k.Secrets, e.Get("authConfiguration").Get("usernamePasswordSecretArn").Strings()...)
		}
		for s := range sql.Get("redshiftConfiguration").Get("storageConfigurations").Items() {
			var names []string
			names = append(names, s.Get("awsDataCatalogConfiguration").Get("tableNames").Strings()...)
			names = append(names, s.Get("redshiftConfiguration").Get("databaseName").Strings()...)
			if len(names) > 0 {
				k.StorageDetail = strings.TrimPrefix(k.StorageDetail+", "+strings.Join(names, ", "), ", ")
			}
		}
	}
	d.out.KnowledgeBases = append(d.out.KnowledgeBases, k)
	return nil
}

func orType(have, otherwise string) string {
	if have != "" {
		return have
	}
	return otherwise
}

// storageKeys is where the settings of each type of vector store stand.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StorageConfiguration.html
var storageKeys = map[string]string{
	"OPENSEARCH_SERVERLESS":      "opensearchServerlessConfiguration",
	"OPENSEARCH_MANAGED_CLUSTER": "opensearchManagedClusterConfiguration",
	"PINECONE":                   "pineconeConfiguration",
	"REDIS_ENTERPRISE_CLOUD":     "redisEnterpriseCloudConfiguration",
	"RDS":                        "rdsConfiguration",
	"MONGO_DB_ATLAS":             "mongoDbAtlasConfiguration",
	"NEPTUNE_ANALYTICS":          "neptuneAnalyticsConfiguration",
	"S3_VECTORS":                 "s3VectorsConfiguration",
}

// detail is where inside a store the vectors are, and where the store is when it has no ARN.
func detail(store inventory.Value) string {
	var parts []string
	for _, key := range []string{"connectionString", "domainEndpoint", "endpoint", "namespace", "databaseName", "collectionName", "tableName", "vectorIndexName", "indexName"} {
		if s := store.Get(key).Str(); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " / ")
}

// loose takes the ARNs that stand anywhere in the settings of a store whose type is not known.
func (d *decoder) loose(v inventory.Value, k *inventory.KnowledgeBase) {
	for _, c := range v.Fields() {
		d.loose(c, k)
	}
	for c := range v.Items() {
		d.loose(c, k)
	}
	switch s := v.Str(); {
	case strings.HasPrefix(s, "arn:") && strings.Contains(s, ":secretsmanager:"):
		k.Secrets = append(k.Secrets, s)
	case strings.HasPrefix(s, "arn:"):
		k.StorageARNs = append(k.StorageARNs, s)
	}
}

func (d *decoder) listedDataSource(v inventory.Value) error {
	if err := need(v, "knowledgeBaseId", "dataSourceId"); err != nil {
		return err
	}
	d.out.DataSources = append(d.out.DataSources, inventory.DataSource{KB: v.Get("knowledgeBaseId").Str(),
		ID: v.Get("dataSourceId").Str(), Name: v.Get("name").Str(), Status: v.Get("status").Str(),
		Bucket: inventory.Unsure("list-data-sources does not print it: import get-data-source"), Source: d.source(v)})
	return nil
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_DataSourceConfiguration.html
func (d *decoder) dataSource(v inventory.Value) error {
	if err := need(v, "knowledgeBaseId", "dataSourceId"); err != nil {
		return err
	}
	config := v.Get("dataSourceConfiguration")
	s := inventory.DataSource{KB: v.Get("knowledgeBaseId").Str(), ID: v.Get("dataSourceId").Str(), Name: v.Get("name").Str(),
		Type: config.Get("type").Str(), Status: v.Get("status").Str(), Source: d.source(v)}
	if s3 := config.Get("s3Configuration"); s.Type == "S3" || s3.Exists() {
		s.Bucket = text(s3, "get-data-source", "bucketArn")
		s.Prefixes = s3.Get("inclusionPrefixes").Strings()
	}
	for f := range v.Get("vectorIngestionConfiguration").Get("customTransformationConfiguration").Get("transformations").Items() {
		s.Functions = append(s.Functions, f.Get("transformationFunction").Get("transformationLambdaConfiguration").Get("lambdaArn").Strings()...)
	}
	for _, key := range []string{"confluenceConfiguration", "salesforceConfiguration", "sharePointConfiguration", "webConfiguration"} {
		from := config.Get(key).Get("sourceConfiguration")
		if !from.Exists() {
			continue
		}
		s.Secret = from.Get("credentialsSecretArn").Str()
		where := from.Get("hostUrl").Strings()
		where = append(where, from.Get("siteUrls").Strings()...)
		for u := range from.Get("urlConfiguration").Get("seedUrls").Items() {
			where = append(where, u.Get("url").Strings()...)
		}
		s.Location = strings.Join(where, ", ")
	}
	d.out.DataSources = append(d.out.DataSources, s)
	return nil
}
