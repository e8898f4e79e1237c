package chain

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
)

// governance keeps who is governed by which policies, for questions that are asked of a snapshot later.
func (b *builder) governance() graph.Governance {
	out := graph.Governance{OrgID: b.orgs.org, Members: sortedKeysOf(b.orgs.member), Management: b.orgs.management, DataAccess: b.collectionPolicies()}
	for _, p := range b.sortedPrincipals() {
		g := graph.Governed{Node: p.node, ARN: p.arn, Account: p.account, Kind: p.kind, Identity: policyIDs(p.pol.Identity), Boundary: policyIDs(p.pol.Boundary),
			SCP: policyLevels(p.pol.SCP), Keys: p.keys, TagsKnown: p.tagsKnown}
		for _, m := range p.pol.Missing {
			g.Missing = append(g.Missing, graph.MissingLayer{Layer: string(m.Layer), Reason: m.Reason})
		}
		out.Principals = append(out.Principals, g)
	}
	accounts := map[string]bool{}
	for _, a := range sortedKeysOf(b.resource) {
		account := ""
		if n := b.nodes[graph.NodeID(a)]; n != nil {
			account = n.Account
		}
		out.Resources = append(out.Resources, graph.OnResource{ARN: a, Account: account, Policy: b.resource[a].ID()})
	}
	for i := range b.f.Roles {
		if id := b.f.Roles[i].ARN + " trust"; b.compiled[id] != nil {
			out.Resources = append(out.Resources, graph.OnResource{ARN: b.f.Roles[i].ARN, Account: accountOf(b.f.Roles[i].ARN), Policy: id})
		}
	}
	slices.SortFunc(out.Resources, func(x, y graph.OnResource) int { return strings.Compare(x.ARN, y.ARN) })
	out.Resources = slices.CompactFunc(out.Resources, func(x, y graph.OnResource) bool { return x.ARN == y.ARN })
	for _, n := range b.nodes {
		accounts[n.Account] = true
	}
	for _, a := range sortedKeysOf(accounts) {
		if levels := policyLevels(b.orgs.rcp(b, a)); levels != nil {
			out.Accounts = append(out.Accounts, graph.AccountRCPs{ID: a, Levels: levels})
		}
	}
	return out
}

func policyIDs(ps []*iam.Policy) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.ID())
	}
	slices.Sort(out)
	return out
}

func policyLevels(ls []iam.Level) []graph.PolicyLevel {
	var out []graph.PolicyLevel
	for _, l := range ls {
		out = append(out, graph.PolicyLevel{Node: l.Node, Policies: policyIDs(l.Policies)})
	}
	return out
}
