package chain

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// orgTree is what was imported of the organization: where accounts stand, and which policies are attached where.
type orgTree struct {
	org        string
	management string
	parent     map[string]string // unit or account → unit above
	path       map[string][]string
	member     map[string]bool     // accounts known to be in the organization
	targets    map[string][]string // unit or account → policy ids, sorted
	whole      map[string]bool     // units whose attachments are all known
	policies   map[string]*inventory.OrgPolicy
	levels     map[string][2][]iam.Level // by account: SCP, RCP
}

// fullAccess is the content of the AWS managed policies that every new root, OU and account starts with.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
var fullAccess = map[string]json.RawMessage{
	"p-FullAWSAccess":    json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`),
	"p-RCPFullAWSAccess": json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`),
}

func newOrgTree(f *inventory.Facts) *orgTree {
	t := &orgTree{parent: map[string]string{}, path: map[string][]string{}, member: map[string]bool{}, targets: map[string][]string{}, whole: map[string]bool{},
		policies: map[string]*inventory.OrgPolicy{}, levels: map[string][2][]iam.Level{}}
	for i := range f.Organizations {
		if f.Organizations[i].ID != "" {
			t.org = f.Organizations[i].ID
		}
		if f.Organizations[i].ManagementAccount != "" {
			t.management = f.Organizations[i].ManagementAccount
		}
	}
	for i := range f.Accounts {
		a := &f.Accounts[i]
		t.member[a.ID] = true
		if t.org == "" {
			t.org = a.OrgID
		}
		if a.Parent != "" {
			t.parent[a.ID] = a.Parent
		}
		if len(a.Path) > 0 {
			t.path[a.ID] = a.Path
			t.parent[a.ID] = a.Path[len(a.Path)-1]
		}
	}
	for i := range f.Units {
		if f.Units[i].Parent != "" {
			t.parent[f.Units[i].ID] = f.Units[i].Parent
		}
	}
	for i := range f.OrgPolicies {
		p := &f.OrgPolicies[i]
		if old, ok := t.policies[p.ID]; !ok || old.Document.Raw == nil {
			t.policies[p.ID] = p
		}
		for _, target := range p.Targets {
			t.targets[target] = append(t.targets[target], p.ID)
		}
	}
	for i := range f.Targets {
		t.targets[f.Targets[i].TargetID] = append(t.targets[f.Targets[i].TargetID], f.Targets[i].PolicyID)
		t.whole[f.Targets[i].TargetID] = t.whole[f.Targets[i].TargetID] || f.Targets[i].Whole
	}
	for _, k := range slices.Sorted(maps.Keys(t.targets)) {
		slices.Sort(t.targets[k])
		t.targets[k] = slices.Compact(t.targets[k])
	}
	return t
}

// imported reports whether anything about an organization was imported at all.
func (t *orgTree) imported() bool { return t.org != "" || len(t.member) > 0 || len(t.policies) > 0 }

// orgOf is the organization's id, when the account is known to be in it.
func (t *orgTree) orgOf(account string) string {
	if t.member[account] {
		return t.org
	}
	return ""
}

// line is the account and the units above it, root first; only what is known of it.
func (t *orgTree) line(account string) []string {
	line := []string{account}
	for at, n := account, 0; n < 16; n++ { // OUs nest five deep; the bound only stops a loop in bad input
		up, ok := t.parent[at]
		if !ok {
			break
		}
		line = append(line, up)
		at = up
	}
	if p := t.path[account]; len(p) > len(line)-1 {
		line = append([]string{account}, reversed(p)...)
	}
	return reversed(line)
}

func reversed(s []string) []string {
	out := slices.Clone(s)
	slices.Reverse(out)
	return out
}

// apply gives a principal the SCPs of its account. What is not known of them can only take access away, so a verdict
// without it is an upper bound; Graph.Gaps says so.
func (t *orgTree) apply(b *builder, p *principal) {
	if !t.imported() {
		b.gap("service control policies", "aws organizations list-policies, describe-policy and list-targets-for-policy; until then verdicts are upper bounds")
		return
	}
	if p.account == t.management || strings.Contains(p.arn, ":role/aws-service-role/") {
		return // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html: not restricted by SCPs
	}
	p.pol.SCP = t.of(b, p.account)[0]
}

// rcp is what RCPs say of a resource in the account.
func (t *orgTree) rcp(b *builder, account string) []iam.Level {
	if account == "" || account == t.management {
		return nil
	}
	return t.of(b, account)[1]
}

func (t *orgTree) of(b *builder, account string) [2][]iam.Level {
	if l, ok := t.levels[account]; ok {
		return l
	}
	var out [2][]iam.Level
	for _, unit := range t.line(account) {
		scp, rcp := iam.Level{Node: unit}, iam.Level{Node: unit}
		for _, id := range t.targets[unit] {
			p := t.policies[id]
			doc := inventory.PolicyDoc{Raw: fullAccess[id]}
			name, isRCP := id, id == "p-RCPFullAWSAccess"
			if p != nil {
				name, isRCP = p.Name, p.Type == "RESOURCE_CONTROL_POLICY"
				if p.Document.Raw != nil {
					doc = p.Document
				}
			}
			kind := "SCP"
			if isRCP {
				kind = "RCP"
			}
			pol, _ := b.policy(id, name, kind, unit, doc)
			if pol == nil {
				b.gap("the content of the "+kind+" "+name, "aws organizations describe-policy --policy-id "+id)
				// An unread SCP can only narrow; allow everything here, and let the gap say that this is an upper bound.
				pol, _ = b.policy("p-FullAWSAccess", "FullAWSAccess", "SCP", "", inventory.PolicyDoc{Raw: fullAccess["p-FullAWSAccess"]})
				if isRCP {
					continue
				}
			}
			if isRCP {
				rcp.Policies = append(rcp.Policies, pol)
			} else {
				scp.Policies = append(scp.Policies, pol)
			}
		}
		if len(scp.Policies) > 0 && !t.whole[unit] && !allowsSomething(scp.Policies) {
			// A dump made per policy (list-targets-for-policy) leaves FullAWSAccess out. A level that really had lost it
			// would stop everything below; where that cannot be told, the verdict stays an upper bound.
			b.gap("whether FullAWSAccess is still attached to "+unit, "aws organizations list-policies-for-target --target-id "+unit+" --filter SERVICE_CONTROL_POLICY")
			full, _ := b.policy("p-FullAWSAccess", "FullAWSAccess", "SCP", "", inventory.PolicyDoc{Raw: fullAccess["p-FullAWSAccess"]})
			scp.Policies = append(scp.Policies, full)
		}
		// A level with no attachment imported is a level not seen: AWS never leaves one without a policy.
		if len(scp.Policies) > 0 {
			out[0] = append(out[0], scp)
		} else if t.member[account] {
			b.gap("the SCPs attached to "+unit, "aws organizations list-policies-for-target --target-id "+unit+" --filter SERVICE_CONTROL_POLICY")
		}
		if len(rcp.Policies) > 0 {
			out[1] = append(out[1], rcp)
		}
	}
	t.levels[account] = out
	return out
}

func allowsSomething(ps []*iam.Policy) bool {
	for _, p := range ps {
		for i := range p.Document().Statements {
			if p.Document().Statements[i].Effect == iam.EffectAllow {
				return true
			}
		}
	}
	return false
}
