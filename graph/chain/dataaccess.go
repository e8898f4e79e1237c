package chain

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// dataAccess narrows an answer about an OpenSearch Serverless collection. IAM lets a principal call the collection's
// API; which data it gets is for the collection's data access policies alone, and both must allow.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
func (b *builder) dataAccess(p *principal, collection *graph.Node, v *verdict) {
	known := false
	for i := range b.f.DataAccess {
		d := &b.f.DataAccess[i]
		if d.Unknown != "" {
			continue
		}
		covers := slices.ContainsFunc(d.Rules, func(r inventory.DataRule) bool {
			return slices.ContainsFunc(r.Resources, func(pattern string) bool {
				kind, name, _ := strings.Cut(pattern, "/")
				name, _, _ = strings.Cut(name, "/")
				return (kind == "collection" || kind == "index") && arn.Match(name, collection.Name)
			})
		})
		if !covers {
			continue
		}
		known = true
		if slices.ContainsFunc(d.Principals, func(a string) bool { return arn.Match(a, p.arn) || sameRole(a, p.arn) }) {
			return
		}
	}
	if known {
		v.Verdict, v.blocked = graph.Denied, "no data access policy of "+collection.Name+" names "+p.name
		v.conditions = nil
		return
	}
	b.gap("the data access policies of the collection "+collection.Name, "aws opensearchserverless list-access-policies --type data, and get-access-policy for each")
	v.Verdict, v.conditions = graph.Unknown, nil
	v.unknown = "the data access policies of " + collection.Name + " were not imported, and they decide beside IAM"
}

// sameRole reports whether a principal of a data access policy is a session of the role.
func sameRole(pattern, role string) bool {
	a, err := arn.Parse(pattern)
	return err == nil && a.Service == "sts" && roleOfSession(a) == role
}
