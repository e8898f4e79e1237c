package chain

import (
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/importers/cloudformation"
)

// The importer of templates writes the words that the chain shows people differently.
func TestStandIns(t *testing.T) {
	for _, c := range [][2]string{{cloudformation.UnknownAccount, graph.StandInAccount}, {cloudformation.UnknownRegion, graph.StandInRegion}, {cloudformation.UnknownStack, graph.StandInStack}} {
		if c[0] != c[1] {
			t.Errorf("%s and %s", c[0], c[1])
		}
	}
	for in, want := range map[string]string{
		"STACK-orders-REGION":                    "<stack>-orders-<Region>",
		"account ACCOUNT":                        "the template's account",
		"arn:aws:iam::ACCOUNT:role/STACK-Fn":     "arn:aws:iam::<account>:role/<stack>-Fn",
		"${unresolved BucketName}/private":       "${BucketName}/private",
		"ACCOUNTING-data":                        "ACCOUNTING-data",
		"/aws/lambda/STACK-STACK-REGION-ACCOUNT": "/aws/lambda/<stack>-<stack>-<Region>-<account>",
	} {
		if got := shown(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// openFacts are a function whose role reads a resource that a template leaves open.
func openFacts(resource string) *inventory.Facts {
	r := role(prod, "tools", lets(`{"Service":"lambda.amazonaws.com"}`), allow(`"s3:GetObject"`, `"`+resource+`"`))
	r.Inline[0].Unresolved = []inventory.Unresolved{{Statement: 0, Reason: "the parameter Source has no value"}}
	return &inventory.Facts{Roles: []inventory.Role{r},
		Functions: []inventory.Function{{ARN: orderTools, Name: "order-tools", Role: inventory.Known(r.ARN)}},
		Resources: []inventory.Resource{bucket("hr-payroll"), bucket("dev-orders")}}
}

// A statement about a bucket that has no name yet is an unknown link to one bucket, not to every bucket there is.
func TestOpenTarget(t *testing.T) {
	for _, resource := range []string{"arn:aws:s3:::${unresolved Source}/*", "${unresolved Source}"} {
		g := build(t, openFacts(resource))
		var reads []string
		for i := range g.Edges {
			if e := &g.Edges[i]; e.Kind == graph.Reads {
				reads = append(reads, g.Node(e.To).Name)
				if e.Granted != graph.Unknown || !strings.Contains(e.GrantedUnknown, "Source") {
					t.Errorf("%s: %s %q", resource, e.Granted, e.GrantedUnknown)
				}
			}
		}
		if strings.Join(reads, " ") != "${Source}" {
			t.Errorf("%s: reads %q", resource, reads)
		}
	}
}

// A name that is known in part may be one that was imported.
func TestPartlyOpenTarget(t *testing.T) {
	g := build(t, openFacts("arn:aws:s3:::${unresolved Source}-orders/*"))
	if e := must(t, g, "order-tools", graph.Reads, "dev-orders"); e.Granted != graph.Unknown {
		t.Errorf("granted %s", e.Granted)
	}
	if link(t, g, "order-tools", graph.Reads, "hr-payroll") != nil {
		t.Error("no bucket of that name ends in -orders")
	}
	f := openFacts("arn:aws:s3:::${unresolved Source}-orders/*")
	f.Resources = nil
	must(t, build(t, f), "order-tools", graph.Reads, "${Source}-orders")
}

// What a template does not place is never outside the organization.
func TestTemplateIsNotOutside(t *testing.T) {
	f := &inventory.Facts{Accounts: []inventory.Account{{ID: prod, OrgID: "o-1"}},
		Roles: []inventory.Role{role(prod, "shared", lets(`{"AWS":"arn:aws:iam::ACCOUNT:root"}`))}}
	e := must(t, build(t, f), "The template's account", graph.Assumes, "shared")
	if g := build(t, f); g.Node(e.From).Outside {
		t.Error("outside")
	}
}
