// Package resourcepolicy reads policies that sit on resources, as the CLI prints them: `aws s3api get-bucket-policy`,
// `lambda get-policy`, `kms get-key-policy`, `secretsmanager get-resource-policy`, `sqs get-queue-attributes`,
// `sns get-topic-attributes`, `ecr get-repository-policy`, `dynamodb get-resource-policy` and others of the same shape,
// and policy documents that nothing wraps.
//
// Most of these do not say what they sit on. The resource is taken from what the user says, the document, the policy's own
// statements, or the file's name, in that order; else it stays unknown, with the reason.
package resourcepolicy

import (
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// Formats, as people are told them.
const (
	Wrapped    = "resource policy"
	Attributes = "queue or topic attributes"
	Bare       = "policy document"
)

// Keys under which the policy and what it sits on are printed.
var (
	policyKeys = []string{"Policy", "ResourcePolicy", "policy", "resourcePolicy", "policyText", "AccessPolicies", "PolicyInJson", "policyDocument"}
	arnKeys    = []string{"ARN", "Arn", "arn", "ResourceArn", "resourceArn", "BackupVaultArn", "FunctionArn", "TableArn", "EventBusArn", "StreamARN", "RegistryArn"}
)

// Recognize tells a resource policy by a policy document in a string, or by the attributes of a queue or topic. A bare
// policy document is recognised too; whether it sits on a resource Decode finds out.
func Recognize(s inventory.Shape) (string, bool) {
	root := s.Root
	if root.Kind != inventory.Object {
		return "", false
	}
	if isQueueOrTopic(root.Get("Attributes")) {
		return Attributes, true
	}
	for _, k := range policyKeys {
		if p := root.Get(k); p.Kind == inventory.String && looksLikePolicy(p.Text) {
			return Wrapped, true
		}
	}
	if root.Only("ARN", "Name") && isService(root.Get("ARN").Text, "secretsmanager") {
		return Wrapped, true // get-resource-policy of a secret that has none
	}
	if isStatement(root.Get("Statement")) && root.Only("Version", "Id", "Statement") {
		return Bare, true
	}
	return "", false
}

func isQueueOrTopic(p inventory.Part) bool {
	return isService(p.Get("QueueArn").Text, "sqs") || isService(p.Get("TopicArn").Text, "sns") ||
		p.Kind == inventory.Object && looksLikePolicy(p.Get("Policy").Text)
}

func isService(s, service string) bool {
	a, err := arn.Parse(s)
	return err == nil && a.Service == service
}

// looksLikePolicy goes by how a document begins; only so much of it is in a Shape.
func looksLikePolicy(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") && (strings.Contains(s, `"Version"`) || strings.Contains(s, `"Statement"`) || strings.Contains(s, `"Id"`)) ||
		strings.HasPrefix(s, "%7B")
}

func isStatement(p inventory.Part) bool {
	return p.Kind == inventory.Array && (p.Len == 0 || p.Get("[]").Has("Effect")) || p.Has("Effect")
}

// Decode appends the policy, and for attributes the queue or topic itself.
func Decode(in inventory.Input, out *inventory.Facts) error {
	root, err := in.Value()
	if err != nil {
		return err
	}
	d := decoder{in: &in, out: out}
	if attributes := root.Get("Attributes"); attributes.Kind() == inventory.Object {
		d.attributes(attributes)
		return nil
	}
	if root.Get("Statement").Exists() {
		d.bare(root)
		return nil
	}
	policy := root.First(policyKeys...)
	if !policy.Exists() {
		if id := root.Get("ARN").Str(); isService(id, "secretsmanager") {
			d.none(root, id)
			return nil
		}
		return fmt.Errorf("holds no policy")
	}
	doc := in.PolicyDoc("resource policy", policy)
	d.add(policy, doc, d.resource(root, doc))
	return nil
}

type decoder struct {
	in  *inventory.Input
	out *inventory.Facts
}

func (d *decoder) add(v inventory.Value, doc inventory.PolicyDoc, resource inventory.Text) {
	d.out.ResourcePolicies = append(d.out.ResourcePolicies, inventory.ResourcePolicy{
		Resource: resource, Account: d.in.Account, Document: doc, Source: d.in.Source(v)})
	if resource.Unknown != "" {
		d.warn(v, "which resource this policy sits on is not known: %s", resource.Unknown)
	}
}

// none says that a resource has no policy, which is not the same as not having been told.
func (d *decoder) none(v inventory.Value, id string) {
	d.add(v, inventory.PolicyDoc{Name: "resource policy", Raw: []byte(`{"Version":"2012-10-17","Statement":[]}`), Source: d.in.Source(v)}, inventory.Known(id))
}

func (d *decoder) warn(v inventory.Value, format string, args ...any) {
	d.out.Warnings = append(d.out.Warnings, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: d.in.Source(v)})
}

func (d *decoder) inferred(format string, args ...any) {
	d.out.Inferred = append(d.out.Inferred, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: inventory.Source{File: d.in.File}})
}

// attributes reads a queue's or topic's attributes.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
// https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
func (d *decoder) attributes(v inventory.Value) {
	kind, id := "AWS::SQS::Queue", v.Get("QueueArn").Str()
	if id == "" {
		kind, id = "AWS::SNS::Topic", v.Get("TopicArn").Str()
	}
	if a, err := arn.Parse(id); err == nil {
		r := inventory.Resource{ARN: id, Name: a.Resource, Type: kind, Source: d.in.Source(v)}
		if key := v.First("KmsMasterKeyId", "KmsMasterKeyID").Str(); key != "" {
			r.Attrs = map[string]string{"kms key": key}
		}
		d.out.Resources = append(d.out.Resources, r)
	}
	policy := v.Get("Policy")
	if !policy.Exists() || policy.Str() == "" {
		if id != "" && kind == "AWS::SQS::Queue" {
			d.none(v, id) // a queue has no policy until one is set; a topic always has one, so that it was only left out here
		}
		return
	}
	doc := d.in.PolicyDoc("resource policy", policy)
	resource := d.resource(v, doc)
	if id != "" && !d.said() {
		resource = inventory.Known(id)
	}
	d.add(policy, doc, resource)
}
