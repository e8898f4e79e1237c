package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

// handbook is a knowledge base over documents of two audiences, which staff reach through an assistant.
func handbook() *world {
	w := &world{intent: declared()}
	w.node("Marketing", graph.KindFederated, detail("31 people")).node("MarketingRole", graph.KindRole, roleClass(graph.RoleHuman))
	w.node("handbook-assistant", graph.KindAgent).node("handbook-kb", graph.KindKB)
	w.node("legal-contracts", graph.KindBucket, class("confidential")).node("product-docs", graph.KindBucket, class("public"))
	w.link("Marketing", graph.Assumes, "MarketingRole", wired).link("MarketingRole", graph.Invokes, "handbook-assistant")
	w.link("handbook-assistant", graph.Retrieves, "handbook-kb", wired)
	return w.link("handbook-kb", graph.Indexes, "legal-contracts", wired).link("handbook-kb", graph.Indexes, "product-docs", wired)
}

func TestBoundaryBreak(t *testing.T) {
	meant := func(clearance string) *world {
		w := handbook().declare(func(in *graph.Intent) {
			in.Workloads = []graph.Workload{{Name: "handbook", Clearance: clearance, Users: []string{"Market*"}}}
		})
		for i := range w.nodes {
			if w.nodes[i].ID == "handbook-kb" {
				w.nodes[i].Workloads = []string{"handbook"}
			}
		}
		for i := range w.edges {
			if w.edges[i].To == "legal-contracts" {
				w.edges[i].Intended = graph.Yes
			}
		}
		return w
	}
	check(t, "boundary-break", []testCase{
		{"through an agent", handbook(), []string{
			"high: Marketing can reach legal-contracts through handbook-assistant and handbook-kb and cannot open it themselves."}},
		{"restricted", handbook().node("hr-cases", graph.KindBucket, class("restricted")).link("handbook-kb", graph.Indexes, "hr-cases", wired), []string{
			"critical: Marketing can reach hr-cases through handbook-assistant and handbook-kb and cannot open it themselves.",
			"high: Marketing can reach legal-contracts through handbook-assistant and handbook-kb and cannot open it themselves."}},
		{"straight into the knowledge base, by a user", (&world{intent: declared()}).node("ana", graph.KindUser).node("kb", graph.KindKB).node("contracts", graph.KindBucket).
			link("ana", graph.Retrieves, "kb").link("kb", graph.Indexes, "contracts", wired), []string{
			"high: ana can reach contracts through kb and cannot open it directly."}},
		{"above the clearance, declared or not", meant("internal"), []string{
			"high: Marketing can reach legal-contracts through handbook-assistant and handbook-kb and cannot open it themselves."}},
		{"a role for people whom nobody named", (&world{intent: declared()}).node("Analyst", graph.KindRole, roleClass(graph.RoleHuman)).node("kb", graph.KindKB).
			node("contracts", graph.KindBucket, class("confidential")).link("Analyst", graph.Retrieves, "kb").link("kb", graph.Indexes, "contracts", wired), []string{
			"high: Analyst can reach contracts through kb and cannot open it themselves."}},

		{"near miss: they can open it themselves", handbook().link("MarketingRole", graph.Reads, "legal-contracts"), nil},
		{"near miss: they can under conditions", handbook().link("MarketingRole", graph.Reads, "legal-contracts", granted(graph.Conditional)), nil},
		{"near miss: it is what the workload is for", meant("confidential"), nil},
		{"near miss: a service is no person", (&world{intent: declared()}).node("lambda", graph.KindService).node("fn", graph.KindRole, roleClass(graph.RoleRuntime)).node("ana", graph.KindUser).
			node("kb", graph.KindKB).node("contracts", graph.KindBucket, class("confidential")).
			link("lambda", graph.Assumes, "fn").link("fn", graph.Retrieves, "kb").link("ana", graph.Retrieves, "kb").link("ana", graph.Reads, "contracts").link("kb", graph.Indexes, "contracts", wired), nil},
		{"near miss: it could be indexed and is not", (&world{intent: declared()}).node("ana", graph.KindUser).node("kb", graph.KindKB).node("contracts", graph.KindBucket, class("confidential")).
			link("ana", graph.Retrieves, "kb").link("kb", graph.Indexes, "contracts", unwired), nil},

		{"not assessed: whether they can open it is not known", handbook().link("MarketingRole", graph.Reads, "legal-contracts", granted(graph.Unknown)), []string{
			"not assessed: Marketing can reach legal-contracts through handbook-kb, and whether they can open it themselves was not assessed: whether IAM lets them is not known."}},
		{"not assessed: it is outside AWS", (&world{intent: declared()}).node("ana", graph.KindUser).node("kb", graph.KindKB).node("wiki", graph.KindSource).
			link("ana", graph.Retrieves, "kb").link("kb", graph.Indexes, "wiki", wired), []string{
			"not assessed: ana can reach wiki through kb, and whether they can open it themselves was not assessed: wiki is outside AWS and decides that itself."}},
		{"not assessed: what else they can become was not imported", handbook().node("ghost", graph.KindRole, unknown("it was not imported")).link("Marketing", graph.Assumes, "ghost"), []string{
			"not assessed: Marketing can reach legal-contracts through handbook-kb, and whether they can open it themselves was not assessed: of ghost, it was not imported."}},
		{"not assessed: nobody is known to reach it", (&world{intent: declared()}).node("kb", graph.KindKB).node("contracts", graph.KindBucket).link("kb", graph.Indexes, "contracts", wired), []string{
			"not assessed: Nobody is known to reach kb of account 111122223333, so whether people get more there than they have themselves was not assessed."}},
	})
	f := found(t, handbook().graph(t), "boundary-break")[0]
	if len(f.Paths) != 1 || len(f.Paths[0].Edges) != 4 || len(f.Links) != 2 {
		t.Errorf("paths %v, links %v: want the way in and the indexed source", f.Paths, f.Links)
	}
}

// A shorter, worse way to the same data may exist; the path shown is still the one that the sentence is about.
func TestBoundaryBreakShowsItsOwnPath(t *testing.T) {
	w := handbook().node("support-agent", graph.KindAgent).link("MarketingRole", graph.Invokes, "support-agent").link("support-agent", graph.Reads, "legal-contracts")
	g := w.graph(t)
	f := found(t, g, "boundary-break")[0]
	last := f.Paths[0].Edges[len(f.Paths[0].Edges)-1]
	if e := g.Edge(last); e.From != "handbook-kb" {
		t.Errorf("the path ends with %s", g.Sentence(e))
	}
	// Nor is it the way of an administrator beside the one that is wired.
	w = handbook().node("ops", graph.KindFunction).link("MarketingRole", graph.Calls, "ops").link("ops", graph.Retrieves, "handbook-kb")
	g = w.graph(t)
	p := found(t, g, "boundary-break")[0].Paths[0]
	if e := g.Edge(p.Edges[len(p.Edges)-2]); e.From != "handbook-assistant" {
		t.Errorf("the path goes by %s", g.Sentence(e))
	}
}
