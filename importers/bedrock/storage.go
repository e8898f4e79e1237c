package bedrock

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/permchain/permchain/graph/inventory"
)

// storageFormats are those of the services that hold data: S3, DynamoDB, OpenSearch Serverless, Secrets Manager, KMS.
var storageFormats = []format{
	{"s3api list-buckets", func(s inventory.Shape) bool {
		b := s.Root.Get("Buckets")
		return b.Kind == inventory.Array && (b.Get("[]").HasAll("Name", "CreationDate") || b.Len == 0 && s.Root.Has("Owner", "ID"))
	}, list("Buckets", (*decoder).bucket)},
	{"s3api get-bucket-tagging", func(s inventory.Shape) bool {
		return s.Root.Only("TagSet") && s.Root.Get("TagSet").Kind == inventory.Array
	}, (*decoder).bucketTagging},
	{"s3api get-bucket-logging", wrapped("LoggingEnabled", "TargetBucket"), (*decoder).bucketLogging},
	{"s3api get-bucket-encryption", wrapped("ServerSideEncryptionConfiguration", "Rules"), (*decoder).bucketEncryption},
	{"s3api get-bucket-lifecycle-configuration", isLifecycle, (*decoder).bucketLifecycle},
	{"dynamodb describe-table", wrapped("Table", "TableArn", "TableName"), one("Table", (*decoder).table)},
	{"opensearchserverless list-collections", listed("collectionSummaries", "arn", "name"), list("collectionSummaries", (*decoder).collection)},
	{"opensearchserverless batch-get-collection", listed("collectionDetails", "arn", "name"), list("collectionDetails", (*decoder).collection)},
	{"opensearchserverless get-access-policy", wrapped("accessPolicyDetail", "name", "type", "policy"), one("accessPolicyDetail", (*decoder).accessPolicy)},
	{"secretsmanager list-secrets", listed("SecretList", "ARN", "Name"), list("SecretList", (*decoder).secret)},
	{"secretsmanager describe-secret", flat("ARN", "Name", "VersionIdsToStages"), one("", (*decoder).secret)},
	{"kms list-keys", listed("Keys", "KeyId", "KeyArn"), list("Keys", (*decoder).listedKey)},
	{"kms describe-key", wrapped("KeyMetadata", "KeyId", "Arn"), one("KeyMetadata", (*decoder).key)},
}

// bucketResource is a bucket as a fact. Bucket names are unique in a partition, so an ARN says neither account nor Region.
func (d *decoder) bucketResource(name string, v inventory.Value) inventory.Resource {
	return inventory.Resource{ARN: "arn:" + partition(d.in.Region) + ":s3:::" + name, Name: name, Account: d.in.Account,
		Type: "AWS::S3::Bucket", Source: d.source(v)}
}

func (d *decoder) bucket(v inventory.Value) error {
	if err := need(v, "Name"); err != nil {
		return err
	}
	b := d.bucketResource(v.Get("Name").Str(), v)
	b.Region = v.Get("BucketRegion").Str() // list-buckets goes over all Regions
	d.out.Resources = append(d.out.Resources, b)
	return nil
}

// bucketOf is the bucket that an output without a name is of, by the file's name.
func (d *decoder) bucketOf(command string, v inventory.Value) (inventory.Resource, bool) {
	name := subject(d.in.File, command)
	if name == "" {
		d.skip(v, command, command+" does not print which bucket it is of: name the file "+command+"-BUCKET.json")
		return inventory.Resource{}, false
	}
	d.infer(v, "bucket %s from the file's name", name)
	return d.bucketResource(name, v), true
}

func (d *decoder) bucketTagging(root inventory.Value) error {
	if b, ok := d.bucketOf("get-bucket-tagging", root); ok {
		b.Tags = tags(root.Get("TagSet"))
		d.out.Resources = append(d.out.Resources, b)
	}
	return nil
}

func (d *decoder) bucketLogging(root inventory.Value) error {
	if b, ok := d.bucketOf("get-bucket-logging", root); ok {
		b.Attrs = map[string]string{"access log bucket": root.Get("LoggingEnabled").Get("TargetBucket").Str()}
		d.out.Resources = append(d.out.Resources, b)
	}
	return nil
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html
func (d *decoder) bucketEncryption(root inventory.Value) error {
	if b, ok := d.bucketOf("get-bucket-encryption", root); ok {
		b.Attrs = map[string]string{}
		for r := range root.Get("ServerSideEncryptionConfiguration").Get("Rules").Items() {
			by := r.Get("ApplyServerSideEncryptionByDefault")
			if a := by.Get("SSEAlgorithm").Str(); a != "" {
				b.Attrs["encryption"], b.Attrs["kms key"] = a, by.Get("KMSMasterKeyID").Str()
			}
		}
		d.out.Resources = append(d.out.Resources, b)
	}
	return nil
}

func isLifecycle(s inventory.Shape) bool {
	return s.Root.Only("Rules", "TransitionDefaultMinimumObjectSize") && s.Root.Get("Rules", "[]").Has("Status") &&
		s.Root.Get("Rules", "[]").HasAny("Expiration", "Transitions", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload", "Filter", "Prefix")
}

// bucketLifecycle keeps the days after which objects go, where an enabled rule for the whole bucket says so. Without a
// rule that expires any, objects never do. Where a rule for a part of the bucket lets that go sooner, or one names a date,
// it is said in words: which objects that reaches is not followed.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
func (d *decoder) bucketLifecycle(root inventory.Value) error {
	b, ok := d.bucketOf("get-bucket-lifecycle-configuration", root)
	if !ok {
		return nil
	}
	shortest, part, date := 0, 0, ""
	for r := range root.Get("Rules").Items() {
		if r.Get("Status").Str() != "Enabled" {
			continue
		}
		by := &shortest
		if !wholeBucket(r) {
			by = &part
		}
		if days, ok := r.Get("Expiration").Get("Days").Int(); ok && (*by == 0 || days < *by) {
			*by = days
		}
		date = cmp.Or(date, r.Get("Expiration").Get("Date").Text())
	}
	kept, less := "never expires", ""
	switch {
	case date != "":
		less = ", but objects go on " + date
	case part > 0 && (shortest == 0 || part < shortest):
		less = fmt.Sprintf(", but %d d for a part", part)
	}
	if shortest > 0 {
		kept = strconv.Itoa(shortest)
		if less != "" {
			kept += " d"
		}
	}
	kept += less
	b.Attrs = map[string]string{"retention": kept}
	d.out.Resources = append(d.out.Resources, b)
	return nil
}

// wholeBucket reports whether a lifecycle rule has no filter, or one that matches every object.
func wholeBucket(rule inventory.Value) bool {
	for key, v := range rule.Get("Filter").Fields() {
		if key != "Prefix" || v.Str() != "" {
			return false
		}
	}
	return rule.Get("Prefix").Str() == ""
}

func (d *decoder) table(v inventory.Value) error {
	if err := need(v, "TableArn", "TableName"); err != nil {
		return err
	}
	d.out.Resources = append(d.out.Resources, inventory.Resource{ARN: v.Get("TableArn").Str(), Name: v.Get("TableName").Str(),
		Type: "AWS::DynamoDB::Table", Attrs: map[string]string{"kms key": v.Get("SSEDescription").Get("KMSMasterKeyArn").Str()}, Source: d.source(v)})
	return nil
}

// collection gives an OpenSearch Serverless collection its name; a knowledge base prints its ARN only.
func (d *decoder) collection(v inventory.Value) error {
	if err := need(v, "arn"); err != nil {
		return err
	}
	c := inventory.Resource{ARN: v.Get("arn").Str(), Name: v.Get("name").Str(), Type: "AWS::OpenSearchServerless::Collection", Source: d.source(v)}
	if k := v.Get("kmsKeyArn"); k.Exists() {
		c.Attrs = map[string]string{"kms key": k.Str()}
	}
	d.out.Resources = append(d.out.Resources, c)
	return nil
}

// accessPolicy reads a data access policy: a list of documents, each with principals and rules of its own. The CLI prints
// the list itself, other tools its text.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
func (d *decoder) accessPolicy(v inventory.Value) error {
	name := v.Get("name").Str()
	if kind := v.Get("type").Str(); kind != "data" {
		d.skip(v, "access policy "+name, "is of type "+kind+", which says nothing of who reads data")
		return nil
	}
	policy := v.Get("policy")
	if policy.Kind() == inventory.String {
		doc, err := inventory.ParseJSON([]byte(policy.Str()))
		if err != nil {
			d.warn(policy, "data access policy %s cannot be read: %v", name, err)
			d.out.DataAccess = append(d.out.DataAccess, inventory.DataAccess{Name: name, Unknown: "the policy is not JSON: " + err.Error(), Source: d.source(v)})
			return nil
		}
		policy = doc.Root()
	}
	for p := range policy.Items() {
		a := inventory.DataAccess{Name: name, Principals: p.Get("Principal").Strings(), Source: d.source(v)}
		for r := range p.Get("Rules").Items() {
			a.Rules = append(a.Rules, inventory.DataRule{Type: r.Get("ResourceType").Str(), Resources: r.Get("Resource").Strings(),
				Permissions: r.Get("Permission").Strings()})
		}
		d.out.DataAccess = append(d.out.DataAccess, a)
	}
	return nil
}

func (d *decoder) secret(v inventory.Value) error {
	if err := need(v, "ARN"); err != nil {
		return err
	}
	s := inventory.Resource{ARN: v.Get("ARN").Str(), Name: v.Get("Name").Str(), Type: "AWS::SecretsManager::Secret",
		Attrs: map[string]string{"kms key": v.Get("KmsKeyId").Str()}, Tags: tags(v.Get("Tags")), Source: d.source(v)}
	if s.Tags == nil {
		s.Tags = inventory.Tags{} // both commands print the tags that there are
	}
	d.out.Resources = append(d.out.Resources, s)
	return nil
}

func (d *decoder) listedKey(v inventory.Value) error {
	if err := need(v, "KeyArn", "KeyId"); err != nil {
		return err
	}
	d.out.Resources = append(d.out.Resources, inventory.Resource{ARN: v.Get("KeyArn").Str(), Name: v.Get("KeyId").Str(),
		Type: "AWS::KMS::Key", Source: d.source(v)})
	return nil
}

func (d *decoder) key(v inventory.Value) error {
	if err := need(v, "Arn", "KeyId"); err != nil {
		return err
	}
	k := inventory.Resource{ARN: v.Get("Arn").Str(), Type: "AWS::KMS::Key", Attrs: map[string]string{}, Source: d.source(v)}
	k.Name = cmp.Or(v.Get("Description").Str(), v.Get("KeyId").Str())
	for attr, key := range map[string]string{"manager": "KeyManager", "state": "KeyState", "description": "Description"} {
		if s := v.Get(key).Str(); s != "" {
			k.Attrs[attr] = s
		}
	}
	d.out.Resources = append(d.out.Resources, k)
	return nil
}
