package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
)

func (b *builder) wireKnowledgeBases() {
	for i := range b.f.KnowledgeBases {
		k := &b.f.KnowledgeBases[i]
		n := b.nodes[graph.NodeID(k.ARN)]
		if k.EmbeddingModel != "" {
			b.wireModel(n, k.EmbeddingModel, k.Source, "embeds with this model")
		}
		for _, a := range k.StorageARNs[:min(1, len(k.StorageARNs))] {
			store, ok := b.targetNode(a)
			if !ok {
				continue
			}
			if store.Kind == graph.KindBucket || store.Kind == graph.KindDatabase {
				attr(store, "holds vectors of", k.Name)
			}
			unknownNode(store, "named as the vector store of "+n.Name+"; not imported itself")
			attr(store, "storage", storageName(k.Storage))
			b.wired(n, graph.Reads, store, k.Source, "its vector store")
		}
		if len(k.StorageARNs) == 0 && k.StorageDetail != "" {
			store := b.node(graph.NodeID("store/"+k.StorageDetail), graph.KindVectorStore, k.StorageDetail)
			attr(store, "storage", storageName(k.Storage))
			addSource(store, k.Source)
			e := b.edge(n.ID, graph.Reads, store.ID)
			e.Wired = graph.Yes
			e.Granted, e.GrantedUnknown = graph.Unknown, "it is outside AWS, with permissions of its own"
			addEvidence(e, configured(k.Source, "its vector store"))
		}
		for _, s := range k.Secrets {
			if sec, ok := b.targetNode(s); ok {
				unknownNode(sec, "named as a secret of "+n.Name)
				b.wired(n, graph.Reads, sec, k.Source, "the secret that opens its store")
			}
		}
	}
	for i := range b.f.DataSources {
		d := &b.f.DataSources[i]
		if d.KB == "" {
			continue
		}
		kb := b.kbNode(d.KB, &graph.Node{Name: "the data source " + d.Name})
		listAttr(kb, "data sources", cmp.Or(d.Name, d.ID))
		switch {
		case d.Bucket.OK():
			bucket := b.bucketNode(strings.TrimPrefix(d.Bucket.Value, "arn:aws:s3:::"))
			unknownNode(bucket, "named as a data source of "+kb.Name+"; the bucket itself was not imported")
			if bucket.Account == "" {
				bucket.Account = kb.Account
			}
			e := b.wired(kb, graph.Indexes, bucket, d.Source, "data source "+cmp.Or(d.Name, d.ID))
			for _, p := range d.Prefixes {
				if !slices.Contains(e.Part, bucket.ARN+"/"+p+"*") {
					e.Part = append(e.Part, bucket.ARN+"/"+p+"*")
				}
			}
		case d.Bucket.Unknown != "":
			src := b.node(graph.NodeID("source/"+string(kb.ID)+"/"+cmp.Or(d.Name, d.ID)), graph.KindSource, cmp.Or(d.Name, d.ID))
			src.Unknown = d.Bucket.Unknown
			addSource(src, d.Source)
			e := b.edge(kb.ID, graph.Indexes, src.ID)
			e.Wired, e.Granted, e.GrantedUnknown = graph.Yes, graph.Unknown, d.Bucket.Unknown
			addEvidence(e, configured(d.Source, "data source "+cmp.Or(d.Name, d.ID)))
		default:
			name := cmp.Or(d.Location, d.Name, d.ID)
			src := b.node(graph.NodeID("source/"+strings.ToLower(d.Type)+"/"+name), graph.KindSource, name)
			src.Detail = strings.ToLower(d.Type)
			addSource(src, d.Source)
			e := b.edge(kb.ID, graph.Indexes, src.ID)
			e.Wired = graph.Yes
			e.Granted, e.GrantedUnknown = graph.Unknown, "it is outside AWS, with permissions of its own"
			addEvidence(e, configured(d.Source, "data source "+cmp.Or(d.Name, d.ID)))
			if d.Secret != "" {
				if sec, ok := b.targetNode(d.Secret); ok {
					unknownNode(sec, "named as the secret of a data source of "+kb.Name)
					b.wired(kb, graph.Reads, sec, d.Source, "the secret that opens the data source "+d.Name)
				}
			}
		}
	}
}

// storageName says a storage type as people do.
func storageName(t string) string {
	switch t {
	case "OPENSEARCH_SERVERLESS":
		return "OpenSearch Serverless"
	case "OPENSEARCH_MANAGED_CLUSTER":
		return "OpenSearch"
	case "S3_VECTORS":
		return "S3 Vectors"
	case "RDS":
		return "Aurora"
	case "PINECONE":
		return "Pinecone"
	case "REDIS_ENTERPRISE_CLOUD":
		return "Redis"
	case "MONGO_DB_ATLAS":
		return "MongoDB"
	case "NEPTUNE_ANALYTICS":
		return "Neptune"
	}
	return t
}
