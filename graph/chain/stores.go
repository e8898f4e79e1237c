package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

func (b *builder) wireKnowledgeBases() {
	for i := range b.f.KnowledgeBases {
		k := &b.f.KnowledgeBases[i]
		n := b.callee("kb", k.ARN, k.ID)
		if k.EmbeddingModel != "" {
			b.wireModel(n, k.EmbeddingModel, k.Source, "embeds with this model")
		}
		b.wireStore(n, k)
		for _, s := range k.Secrets {
			if sec, ok := b.targetNode(s); ok {
				unknownNode(sec, "named as a secret of "+n.Name)
				b.wired(n, graph.Reads, sec, k.Source, "the secret that opens its store")
			}
		}
		for _, uri := range k.Supplemental {
			if bucket := b.locatedIn(uri, n, "named as where "+n.Name+" puts images; not imported itself"); bucket != nil {
				b.wired(n, graph.Writes, bucket, k.Source, "images and other media taken out of its documents")
			}
		}
	}
	for i := range b.f.DataSources {
		if d := &b.f.DataSources[i]; d.KB != "" {
			b.wireDataSource(b.kbNode(d.KB, &graph.Node{Name: "the data source " + d.Name}), d)
		}
	}
}

// wireStore links a knowledge base to what holds its vectors.
func (b *builder) wireStore(n *graph.Node, k *inventory.KnowledgeBase) {
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
		attr(store, "vectors in", k.StorageDetail)
		b.wired(n, graph.Reads, store, k.Source, "its vector store")
	}
	if len(k.StorageARNs) > 0 || k.StorageDetail == "" && k.StorageUnknown == "" {
		return
	}
	id, name := graph.NodeID("store/"+k.StorageDetail), k.StorageDetail
	why := "it is outside AWS, with permissions of its own"
	if !outsideAWS(k.Storage) {
		id, name = graph.NodeID("store/of/"+string(n.ID)), "vector store of "+n.Name
		why = cmp.Or(k.StorageUnknown, "what is imported does not say which "+cmp.Or(storageName(k.Storage), "store")+" it is")
	}
	store := b.node(id, graph.KindVectorStore, name)
	attr(store, "storage", storageName(k.Storage))
	if !outsideAWS(k.Storage) {
		store.Account, store.Region, store.Unknown = n.Account, n.Region, why
		attr(store, "vectors in", k.StorageDetail)
	}
	addSource(store, k.Source)
	e := b.edge(n.ID, graph.Reads, store.ID)
	e.Wired = graph.Yes
	e.Granted, e.GrantedUnknown = graph.Unknown, why
	addEvidence(e, configured(k.Source, "its vector store"))
}

// outsideAWS reports whether a type of vector store is another company's, so that IAM does not decide about it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
func outsideAWS(storage string) bool {
	return storage == "PINECONE" || storage == "REDIS_ENTERPRISE_CLOUD" || storage == "MONGO_DB_ATLAS"
}

// locatedIn is the bucket of an S3 location, "s3://bucket/key"; nil when it is none. A bucket that is not known has a
// node of its own.
func (b *builder) locatedIn(uri string, near *graph.Node, why string) *graph.Node {
	name, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return nil
	}
	name, _, _ = strings.Cut(name, "/")
	switch {
	case name == "":
		return nil
	case inventory.HoldsUnknown(name):
		return b.openTarget("arn:aws:s3:::"+name, graph.KindBucket, near.Account, "which bucket it is, is not known: "+inventory.ShowUnknown(name))
	}
	bucket := b.bucketNode(name)
	unknownNode(bucket, why)
	bucket.Account = cmp.Or(bucket.Account, near.Account)
	return bucket
}

// wireDataSource links a knowledge base to what a data source feeds it with.
func (b *builder) wireDataSource(kb *graph.Node, d *inventory.DataSource) {
	name := cmp.Or(d.Name, d.ID)
	note := "data source " + name
	listAttr(kb, "data sources", name)
	for _, fn := range d.Functions {
		f := b.functionNode(fn, "named by the data source "+name+"; the function itself was not imported")
		// https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html: the service role may invoke it
		b.wired(kb, graph.Calls, f, d.Source, "transforms what "+note+" brings in")
	}
	switch {
	case d.Bucket.OK():
		bucket := b.bucketNode(strings.TrimPrefix(d.Bucket.Value, "arn:aws:s3:::"))
		unknownNode(bucket, "named as a data source of "+kb.Name+"; the bucket itself was not imported")
		bucket.Account = cmp.Or(bucket.Account, kb.Account)
		b.wireBucket(kb, bucket, d, note)
	case inventory.HoldsUnknown(d.Bucket.Partial):
		b.wireBucket(kb, b.openTarget(d.Bucket.Partial, graph.KindBucket, kb.Account, d.Bucket.Unknown), d, note)
	case d.Bucket.Unknown != "":
		src := b.node(graph.NodeID("source/"+string(kb.ID)+"/"+name), graph.KindSource, name)
		src.Unknown = d.Bucket.Unknown
		addSource(src, d.Source)
		e := b.edge(kb.ID, graph.Indexes, src.ID)
		e.Wired, e.Granted, e.GrantedUnknown = graph.Yes, graph.Unknown, d.Bucket.Unknown
		addEvidence(e, configured(d.Source, note))
	default:
		where := cmp.Or(d.Location, name)
		src := b.node(graph.NodeID("source/"+strings.ToLower(d.Type)+"/"+where), graph.KindSource, where)
		src.Detail = strings.ToLower(d.Type)
		addSource(src, d.Source)
		e := b.edge(kb.ID, graph.Indexes, src.ID)
		e.Wired = graph.Yes
		e.Granted, e.GrantedUnknown = graph.Unknown, "it is outside AWS, with permissions of its own"
		addEvidence(e, configured(d.Source, note))
		if d.Secret != "" {
			if sec, ok := b.targetNode(d.Secret); ok {
				unknownNode(sec, "named as the secret of a data source of "+kb.Name)
				b.wired(kb, graph.Reads, sec, d.Source, "the secret that opens the "+note)
			}
		}
	}
}

func (b *builder) wireBucket(kb, bucket *graph.Node, d *inventory.DataSource, note string) {
	e := b.wired(kb, graph.Indexes, bucket, d.Source, note)
	for _, p := range d.Prefixes {
		if part := bucket.ARN + "/" + p + "*"; !slices.Contains(e.Part, part) {
			e.Part = append(e.Part, part)
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
