package chain

import (
	"cmp"
	"slices"

	"github.com/permchain/permchain/graph"
	answers "github.com/permchain/permchain/graph/access"
)

// collectionPolicies are the data access policies of OpenSearch Serverless that could be read, sorted.
func (b *builder) collectionPolicies() []graph.DataAccess {
	var out []graph.DataAccess
	for i := range b.f.DataAccess {
		d := &b.f.DataAccess[i]
		if d.Unknown != "" {
			continue
		}
		p := graph.DataAccess{Name: d.Name, Principals: slices.Sorted(slices.Values(d.Principals)), Source: source(d.Source)}
		for _, r := range d.Rules {
			p.Resources = append(p.Resources, r.Resources...)
		}
		slices.Sort(p.Resources)
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y graph.DataAccess) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), compareSources(x.Source, y.Source))
	})
	return out
}

// dataAccess narrows an answer about an OpenSearch Serverless collection: its data access policies must allow too.
func (b *builder) dataAccess(p *principal, collection *graph.Node, v *verdict) {
	about, lets := answers.Collection(b.collectionPolicies(), collection.Name, p.arn)
	switch {
	case lets:
	case about:
		v.Verdict, v.blocked = graph.Denied, "no data access policy of "+collection.Name+" names "+p.name
		v.conditions = nil
	default:
		b.gap("the data access policies of the collection "+collection.Name, "aws opensearchserverless list-access-policies --type data, and get-access-policy for each")
		v.Verdict, v.conditions = graph.Unknown, nil
		v.unknown = "the data access policies of " + collection.Name + " were not imported, and they decide beside IAM"
	}
}
