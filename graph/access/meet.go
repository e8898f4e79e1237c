package access

import (
	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// Plausible keeps the patterns of a part of a set that can name anything there is, as people read them. A wildcard spans
// colons, so that the part that two patterns have in common may also be a text with an ARN inside another.
func Plausible(parts []string, set string) []string {
	var out []string
	for _, part := range parts {
		if Meets(part, set) {
			out = append(out, arn.Show(part))
		}
	}
	return out
}

// Meets reports whether two patterns have a resource in common that there can be: one in whose ARN each part is where it
// belongs.
func Meets(a, b string) bool {
	p, okP := arn.Split(a)
	q, okQ := arn.Split(b)
	if !okP || !okQ || !accountPart(p.Account) || !accountPart(q.Account) {
		return arn.Overlap(a, b)
	}
	return arn.Overlap(p.Partition, q.Partition) && arn.Overlap(p.Service, q.Service) && arn.Overlap(p.Region, q.Region) &&
		arn.Overlap(p.Account, q.Account) && arn.Overlap(p.Resource, q.Resource)
}

// accountPart reports whether what stands in an ARN where the account does can be one. In "arn:aws:logs:*:log-group:x" the
// wildcard spans Region and account, and the parts are not where they seem to be.
func accountPart(s string) bool {
	return s == "" || s == "aws" || s == graph.StandInAccount || arn.IsAccountID(s) || arn.HasWildcard(s) || inventory.HoldsUnknown(s)
}
