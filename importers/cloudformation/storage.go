package cloudformation

import (
	"cmp"
	"encoding/json"

	"github.com/permchain/permchain/graph/inventory"
)

// resource adds a resource that stands in the chain by its ARN.
func (t *template) resource(p part, arn, name string, attrs map[string]string) {
	r := inventory.Resource{ARN: arn, Name: name, Type: p.r.typ, Attrs: attrs, Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	if p.r.typ == "AWS::S3::Bucket" {
		r.Account, r.Region = t.account, t.region
	}
	t.out.Resources = append(t.out.Resources, r)
}

func (t *template) bucket(p part) {
	x := t.identity(p.r, 0)
	var algorithm, key string
	for _, rule := range p.get("BucketEncryption", "ServerSideEncryptionConfiguration").list() {
		by := rule.get("ServerSideEncryptionByDefault")
		algorithm, key = by.get("SSEAlgorithm").str(), by.get("KMSMasterKeyID").str()
	}
	// A bucket with logging configured but no destination logs to itself.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-loggingconfiguration.html
	logs := p.get("LoggingConfiguration")
	to := logs.get("DestinationBucketName").str()
	if logs.has() && to == "" {
		to = x.name
	}
	open := ""
	if b := p.get("PublicAccessBlockConfiguration"); b.has() {
		for _, k := range []string{"BlockPublicPolicy", "RestrictPublicBuckets"} {
			if b.get(k).flag() != inventory.Yes {
				open = "public policies are not blocked"
			}
		}
	}
	t.resource(p, x.arn, x.name, attributes("access log bucket", to, "encryption", algorithm, "kms key", t.key(key), "public access", open))
}

// key is the ARN of the template's own key that a property names by its id or alias, else what the property says.
func (t *template) key(s string) string {
	if a, _, ok := t.arnOf(s, "AWS::KMS::Key", "AWS::KMS::ReplicaKey"); ok && s != "" {
		return a
	}
	t.readAliases()
	return cmp.Or(t.aliased[s], s)
}

// readAliases notes which aliases the template gives to its own keys.
func (t *template) readAliases() {
	if t.keyAliases != nil {
		return
	}
	t.keyAliases, t.aliased = map[string]string{}, map[string]string{}
	for _, r := range t.byType("AWS::KMS::Alias") {
		target, _ := t.properties(r).get("TargetKeyId").settled()
		a, _, ok := t.arnOf(target, "AWS::KMS::Key", "AWS::KMS::ReplicaKey")
		if !ok {
			continue
		}
		x := t.identity(r, 0)
		t.aliased[x.name], t.aliased[x.arn] = a, a
		if t.keyAliases[a] == "" {
			t.keyAliases[a] = x.name
		}
	}
}

// kmsKey takes a key and its policy. A key without one gets the default: the account's own policies decide.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func (t *template) kmsKey(p part) {
	x := t.identity(p.r, 0)
	t.readAliases()
	name := cmp.Or(t.keyAliases[x.arn], x.name)
	t.resource(p, x.arn, name, attributes("description", p.get("Description").str()))
	doc := p.get("KeyPolicy")
	if !doc.has() {
		at := p.r.node
		doc.v = obj(at, "Version", str(at, "2012-10-17"), "Statement", arr(at, obj(at,
			"Sid", str(at, "Enable IAM User Permissions"), "Effect", str(at, "Allow"),
			"Principal", obj(at, "AWS", str(at, "arn:"+t.partition+":iam::"+t.account+":root")),
			"Action", str(at, "kms:*"), "Resource", str(at, "*"))))
	}
	t.resourcePolicy(p, inventory.Known(x.arn), "key policy", doc)
}

func (t *template) table(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get("SSESpecification", "KMSMasterKeyId").str())))
	if doc := p.get("ResourcePolicy", "PolicyDocument"); doc.has() {
		t.resourcePolicy(p, inventory.Known(x.arn), "resource policy", doc)
	}
}

// globalTable keeps the policy of a table in each replica; that of the stack's Region is taken.
func (t *template) globalTable(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, nil)
	for _, r := range p.get("Replicas").list() {
		if doc := r.get("ResourcePolicy", "PolicyDocument"); doc.has() && r.get("Region").str() == t.region {
			t.resourcePolicy(p, inventory.Known(x.arn), "resource policy", doc)
		}
	}
}

func (t *template) secret(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get("KmsKeyId").str())))
}

// named takes a resource with nothing to show but its key.
func (t *template) named(key ...string) func(part) {
	return func(p part) {
		x := t.identity(p.r, 0)
		t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get(key...).str())))
	}
}

// stateMachine is AWS::StepFunctions::StateMachine: something that acts, as a role.
func (t *template) stateMachine(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("role", p.get("RoleArn").str()))
}

func (t *template) database(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("engine", p.get("Engine").str(), "kms key", t.key(p.get("KmsKeyId").str()),
		"database", cmp.Or(p.get("DatabaseName").str(), p.get("DBName").str())))
}

func (t *template) collection(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("type", p.get("Type").str(), "kms key", t.key(p.get("EncryptionConfig", "KmsKeyArn").str())))
}

func (t *template) repository(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get("EncryptionConfiguration", "KmsKey").str())))
	if doc := p.get("RepositoryPolicyText"); doc.has() {
		t.resourcePolicy(p, inventory.Known(x.arn), "repository policy", doc)
	}
}

// vectorIndex is an index of S3 Vectors; its bucket is part of its ARN.
func (t *template) vectorIndex(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get("EncryptionConfiguration", "KmsKeyArn").str())))
}

func (t *template) vectorBucketPolicy(p part) {
	target := "VectorBucketArn"
	if !p.get(target).has() {
		target = "VectorBucketName"
	}
	t.policyOn(p, target, "Policy", "s3vectors", "AWS::S3Vectors::VectorBucket")
}

// dataAccess is a data access policy of OpenSearch Serverless: JSON in a text.
func (t *template) dataAccess(p part) {
	x := t.identity(p.r, 0)
	d := inventory.DataAccess{Name: cmp.Or(p.get("Name").str(), x.name), Source: t.source(p.r.node, p.r.id)}
	if typ := p.get("Type").str(); typ != "data" {
		t.skip(p.r, "an access policy of type "+typ)
		return
	}
	s, why := p.get("Policy").settled()
	var policies []struct {
		Principal []string
		Rules     []struct {
			ResourceType string
			Resource     []string
			Permission   []string
		}
	}
	err := json.Unmarshal([]byte(s), &policies)
	switch {
	case why != "":
		d.Unknown = why
	case err != nil:
		d.Unknown = "the policy is not JSON of the form of a data access policy: " + err.Error()
	}
	if d.Unknown != "" {
		p.get("Policy").warn("data access policy %s is not wholly known: %s", p.r.id, d.Unknown)
	}
	// One fact for each of the policies in it: each has principals of its own.
	for _, pol := range policies {
		one := d
		for _, a := range pol.Principal {
			one.Principals = append(one.Principals, first(t.same(a)))
		}
		for _, r := range pol.Rules {
			one.Rules = append(one.Rules, inventory.DataRule{Type: r.ResourceType, Resources: r.Resource, Permissions: r.Permission})
		}
		t.out.DataAccess = append(t.out.DataAccess, one)
	}
	if len(policies) == 0 {
		t.out.DataAccess = append(t.out.DataAccess, d)
	}
}

func first(s string, _ bool) string { return s }

// nestedStack notes a stack that is made of another template. What it is given is noted with it.
func (t *template) nestedStack(p part) {
	n := inventory.NestedStack{LogicalID: p.r.id, Params: p.get("Parameters").env(), Source: t.source(p.r.node, p.r.id)}
	n.Template, _ = p.get("TemplateURL").settled()
	if n.Template == "" && p.get("TemplateURL").v.scalar() {
		n.Template = p.get("TemplateURL").v.text
	}
	t.out.NestedStacks = append(t.out.NestedStacks, n)
	p.warn("%s is a nested stack of %s: what it makes is seen only where that template is imported too, and then not with the parameters it is given here", p.r.id, cmp.Or(n.Template, "a template that is not known"))
}
