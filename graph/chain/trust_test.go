package chain

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

// A session's ARN does not hold its role's path.
func TestSessionOfARoleWithAPath(t *testing.T) {
	caller := role(prod, "ci", lets(`{"Service":"codebuild.amazonaws.com"}`), allow(`"sts:AssumeRole"`, `"*"`))
	caller.ARN = "arn:aws:iam::" + prod + ":role/build/ci"
	g := build(t, &inventory.Facts{Roles: []inventory.Role{caller,
		role(prod, "deploy", lets(`{"AWS":"arn:aws:sts::`+prod+`:assumed-role/ci/run-1"}`))}})
	if e := must(t, g, "ci", graph.Assumes, "deploy"); e.From != graph.NodeID(caller.ARN) {
		t.Errorf("from %s", e.From)
	}
}

// A role that is named by what may assume it, and was not imported, is a link all the same: unknown, with the reason.
func TestAssumesRoleOfAnotherAccount(t *testing.T) {
	f := &inventory.Facts{
		Accounts: []inventory.Account{{ID: prod, OrgID: "o-1"}},
		Roles:    []inventory.Role{role(prod, "fn-role", lets(`{"Service":"lambda.amazonaws.com"}`), allow(`"sts:AssumeRole"`, `"arn:aws:iam::`+sandbox+`:role/partner"`))},
		Functions: []inventory.Function{{ARN: orderTools, Name: "order-tools",
			Role: inventory.Known("arn:aws:iam::" + prod + ":role/fn-role")}},
	}
	g := build(t, f)
	e := must(t, g, "order-tools", graph.Assumes, "partner")
	if e.Granted != graph.Unknown || !strings.Contains(e.GrantedUnknown, "trust policy of partner") || e.As != "arn:aws:iam::111122223333:role/fn-role" {
		t.Errorf("granted %s as %s: %q", e.Granted, e.As, e.GrantedUnknown)
	}
	if link(t, g, "fn-role", graph.Assumes, "partner") != nil {
		t.Error("only the function acts as its role, so the link is the function's alone")
	}
	if !g.Node(e.To).Outside {
		t.Error("the account is not of the organization")
	}
	if !slices.ContainsFunc(g.Gaps, func(x graph.Gap) bool { return strings.Contains(x.What, "the role partner") }) {
		t.Errorf("gaps %+v", g.Gaps)
	}
	f.Roles[0].Inline = append(f.Roles[0].Inline, doc(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sts:*","Resource":"*"}]}`))
	if link(t, build(t, f), "order-tools", graph.Assumes, "partner") != nil {
		t.Error("its own policies deny it")
	}
}

// Somebody whom a template does not name is one unknown caller, not everybody and not nobody.
func TestTrustInAParameter(t *testing.T) {
	r := role(prod, "shared", lets(`{"AWS":"${unresolved PartnerArn}"}`))
	r.Trust.Unresolved = []inventory.Unresolved{{Statement: 0, Reason: "the parameter PartnerArn has no value"}}
	e := must(t, build(t, &inventory.Facts{Roles: []inventory.Role{r}}), "${PartnerArn}", graph.Assumes, "shared")
	if e.Granted != graph.Unknown || e.Breadth.PrincipalScope != graph.ScopeExact {
		t.Errorf("granted %s to %s", e.Granted, e.Breadth.PrincipalScope)
	}
}
