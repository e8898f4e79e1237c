package resourcepolicy

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// bare reads a policy document that nothing wraps. It is taken only where its content settles what it is: as a resource
// policy when it has principals and names one resource, and as a resource control policy when it can be nothing else.
// Anything else is skipped: an identity policy, a boundary and an SCP look alike, and all of them mean nothing without
// what they are attached to.
func (d *decoder) bare(v inventory.Value) {
	skip := func(why string) {
		d.out.Skips = append(d.out.Skips, inventory.Skip{What: "a bare policy document", Why: why, Source: d.in.Source(v)})
	}
	doc := d.in.PolicyDoc("resource policy", v)
	statements := statementsOf(v)
	if d.said() {
		d.add(v, doc, inventory.Known(d.in.As))
		return
	}
	switch principals, trust := whose(statements); {
	case len(statements) == 0:
		skip("it has no statements")
	case principals == 0:
		skip("it does not say what it is attached to: import the role's or user's account authorization details, or say in permchain.yaml under sources that it is an SCP (as: scp r-ab12, with the root, unit or account it is attached to)")
	case principals < len(statements):
		skip("some of its statements have a principal and others have none, which no kind of policy allows")
	case trust:
		skip("it is a role's trust policy and does not say of which role: import account authorization details")
	case controlsResources(statements):
		d.inferred("a resource control policy by its content: it only denies, to everybody, across services")
		name := d.in.File[strings.LastIndexAny(d.in.File, `/!\`)+1:]
		d.out.OrgPolicies = append(d.out.OrgPolicies, inventory.OrgPolicy{ID: d.in.File + d.in.At, Name: extension.ReplaceAllString(name, ""),
			Type: "RESOURCE_CONTROL_POLICY", Document: doc, Source: d.in.Source(v)})
		d.warn(v, "what this policy is attached to is not known, so it limits nothing here: say it in permchain.yaml under sources (as: rcp r-ab12)")
	default:
		if resource := d.resource(inventory.Value{}, doc); resource.OK() {
			d.add(v, doc, resource)
		} else {
			skip("it does not say which resource it sits on: " + resource.Unknown)
		}
	}
}

// whose counts the statements that name a principal, and tells whether they are about becoming a role.
func whose(statements []inventory.Value) (principals int, trust bool) {
	trust = true
	for _, s := range statements {
		if s.First("Principal", "NotPrincipal").Exists() {
			principals++
		}
		if s.First("Resource", "NotResource").Exists() {
			trust = false
		}
		for _, a := range s.Get("Action").Strings() {
			if a = strings.ToLower(a); !strings.HasPrefix(a, "sts:") {
				trust = false
			}
		}
	}
	return principals, trust
}

// controlsResources reports whether the document can only be a resource control policy: every statement denies everybody,
// and they reach over more than one service, which the policy of one resource cannot. A VPC endpoint policy that only
// denies would let nothing through.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func controlsResources(statements []inventory.Value) bool {
	services := map[string]bool{}
	for _, s := range statements {
		if s.Get("Effect").Str() != "Deny" || s.Get("Principal").Str() != "*" || s.Get("NotAction").Exists() {
			return false
		}
		for _, a := range s.Get("Action").Strings() {
			service, _, ok := strings.Cut(strings.ToLower(a), ":")
			if ok {
				services[service] = true
			}
		}
	}
	return len(services) > 1
}
