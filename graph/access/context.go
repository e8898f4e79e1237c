package access

import (
	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// Assumption is what every answer takes for granted, for people.
const Assumption = "requests come over TLS (aws:SecureTransport is true), as those of AWS's own clients do"

// PrincipalKeys returns the condition keys that a principal brings to each of its requests. keys are those that are known of it
// beyond its ARN: its tags, organization, user name. With tagsKnown they hold all its tags, so that any other is absent.
func PrincipalKeys(p iam.Principal, keys map[string][]string, tagsKnown bool) iam.Context {
	f := iam.Facts{Principal: p}
	if org := keys["aws:principalorgid"]; len(org) == 1 {
		f.OrgID = org[0]
	}
	ctx := f.PrincipalContext()
	for k, v := range keys {
		if len(v) == 1 {
			ctx.Set(k, v[0])
		} else {
			ctx.SetMulti(k, v...)
		}
	}
	if tagsKnown {
		ctx.MarkPrefix("aws:PrincipalTag/", iam.Absent)
	}
	return ctx
}

// RequestKeys returns the condition keys that a request for a resource brings, whoever makes it. account and org are those of
// the resource, "" when they are not known; tags are all its tags, nil when they are not known.
//
// aws:SecureTransport is taken to be true: AWS's own clients use nothing else, and a policy that denies plain HTTP would
// make every answer conditional.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport
func RequestKeys(resource, account, org string, tags []graph.Tag) iam.Context {
	f := iam.Facts{ResourceAccount: account, ResourceOrgID: org}
	if a, ok := arn.Split(resource); ok && !arn.HasWildcard(a.Region) {
		f.Region = a.Region
	}
	if tags != nil {
		f.ResourceTags = make(map[string]string, len(tags))
		for _, t := range tags {
			f.ResourceTags[t.Key] = t.Value
		}
	}
	ctx := f.RequestContext()
	ctx.Set("aws:SecureTransport", "true")
	if account != "" {
		ctx.Set("s3:ResourceAccount", account) // https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
	}
	return ctx
}
