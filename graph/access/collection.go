package access

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
)

// Collection says what data access policies say of an OpenSearch Serverless collection, by its name: whether any is about
// it, and whether one lets the principal in. IAM lets a principal call the collection's API; which data it gets is for
// these alone, and both must allow.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
func Collection(policies []graph.DataAccess, name, principal string) (about, lets bool) {
	for i := range policies {
		p := &policies[i]
		if !slices.ContainsFunc(p.Resources, func(pattern string) bool {
			kind, rest, _ := strings.Cut(pattern, "/")
			collection, _, _ := strings.Cut(rest, "/")
			return (kind == "collection" || kind == "index") && arn.Match(collection, name)
		}) {
			continue
		}
		about = true
		if slices.ContainsFunc(p.Principals, func(a string) bool { return arn.Match(a, principal) || sessionOf(a, principal) }) {
			return true, true
		}
	}
	return about, false
}

// sessionOf reports whether a principal of a data access policy is a session of the role. A session's ARN leaves the
// role's path out.
func sessionOf(session, role string) bool {
	s, ok := arn.Split(session)
	r, isARN := arn.Split(role)
	if !ok || !isARN || s.Service != "sts" || s.Account != r.Account || r.ResourceType() != "role" {
		return false
	}
	rest, ok := strings.CutPrefix(s.Resource, "assumed-role/")
	name, _, _ := strings.Cut(rest, "/")
	return ok && name == r.Name()
}
