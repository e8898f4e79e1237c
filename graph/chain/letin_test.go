package chain

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

// A key's policy does not say which key it sits on; whom it lets in is seen all the same.
func TestPolicyOfAnUnnamedKey(t *testing.T) {
	f := &inventory.Facts{ResourcePolicies: []inventory.ResourcePolicy{{
		Resource: inventory.Unsure("a key policy does not name its key"), Source: inventory.Source{File: "dir/key.json"},
		Document: doc(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + prod + `:root"},"Action":"kms:*","Resource":"*"},
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + sandbox + `:root"},"Action":"kms:Decrypt","Resource":"*"}]}`)}}}
	g := build(t, f)
	e := must(t, g, "Account "+sandbox, graph.Decrypts, "a key (policy in key.json)")
	if e.Breadth.PrincipalScope != graph.ScopeAccount {
		t.Errorf("scope %s", e.Breadth.PrincipalScope)
	}
	if n := g.Node(e.To); n.Account != prod || n.Unknown == "" {
		t.Errorf("the account that keeps every right is the key's own: %q; %q", n.Account, n.Unknown)
	}
	if link(t, g, "Account "+prod, graph.Decrypts, "a key (policy in key.json)") != nil {
		t.Error("a key's own account is not let in, it owns the key")
	}
	f.ResourcePolicies[0].Document = doc(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["kms:Decrypt","s3:GetObject"],"Resource":"*"}]}`)
	if g := build(t, f); len(g.Edges) != 0 {
		t.Errorf("of what kind the thing is, is not known: %v", sentences(g))
	}
}

// A link says for whom a service acts, and which part of the resource the statement speaks of.
func TestServiceActsForAResource(t *testing.T) {
	const rule = "arn:aws:events:eu-central-1:" + prod + ":rule/nightly"
	f := supportFacts()
	f.ResourcePolicies = []inventory.ResourcePolicy{{Resource: inventory.Known("arn:aws:s3:::product-docs"), Account: prod, Document: doc(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::product-docs/in/*",
		"Condition":{"ArnEquals":{"aws:SourceArn":"` + rule + `"}}}]}`)}}
	e := must(t, build(t, f), "events", graph.Writes, "product-docs")
	if e.Granted != graph.Allowed || e.Breadth.PrincipalScope != graph.ScopeExact || !slices.Equal(e.Part, []string{"arn:aws:s3:::product-docs/in/*"}) {
		t.Errorf("granted %s to %s of %v", e.Granted, e.Breadth.PrincipalScope, e.Part)
	}
	if !strings.Contains(e.Evidence[0].Note, rule) {
		t.Errorf("note %q", e.Evidence[0].Note)
	}
}
