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

func TestMixedAudience(t *testing.T) {
	kb := func(opts ...[]nodeOption) *world {
		w := (&world{intent: declared()}).node("kb", graph.KindKB, env("prod"))
		for i, o := range opts {
			name := []string{"hr", "legal", "docs"}[i]
			w.node(name, graph.KindBucket, append(o, env("prod"))...).link("kb", graph.Indexes, name, wired)
		}
		return w
	}
	n := func(o ...nodeOption) []nodeOption { return o }
	check(t, "mixed-audience", []testCase{
		{"classes", kb(n(class("restricted")), n(class("confidential")), n(class("public"))), []string{
			"high: kb indexes hr (restricted) and legal (confidential) and docs (public) together: whoever retrieves one can retrieve all."}},
		{"one source without a class beside two that differ", kb(n(class("restricted")), n(class("public")), n()), []string{
			"high: kb indexes hr (restricted) and legal (public) and docs (no class) together: whoever retrieves one can retrieve all."}},
		{"owners only", kb(n(class("internal"), owned("people")), n(class("internal"), owned("legal"))), []string{
			"medium: kb indexes data of legal and people together: whoever retrieves one can retrieve all."}},
		{"two knowledge bases in one vector store", (&world{intent: declared()}).node("a", graph.KindKB).node("b", graph.KindKB).node("vectors", graph.KindVectorStore).
			node("hr", graph.KindBucket, class("restricted")).node("docs", graph.KindBucket, class("public")).
			link("a", graph.Indexes, "hr", wired).link("b", graph.Indexes, "docs", wired).link("a", graph.Reads, "vectors", wired).link("b", graph.Reads, "vectors", wired), []string{
			"high: vectors holds the vectors of hr (restricted) and docs (public) together: whoever retrieves one can retrieve all."}},

		{"near miss: one class, one owner", kb(n(class("internal"), owned("people")), n(class("internal"), owned("people"))), nil},
		{"near miss: one source", kb(n(class("restricted"), owned("people"))), nil},
		{"near miss: a source it could index and does not", kb(n(class("restricted"))).node("docs", graph.KindBucket, class("public")).link("kb", graph.Indexes, "docs", unwired), nil},

		{"not assessed: no class", kb(n(class("restricted")), n()), []string{
			"not assessed: kb indexes 2 sources, and whether they are for the same people was not assessed: no class is declared for legal."}},
	})
}

func TestOverClearance(t *testing.T) {
	w := func() *world {
		w := (&world{}).declare(func(in *graph.Intent) {
			in.Workloads = []graph.Workload{{Name: "support", Title: "Support assistant", Clearance: "internal", Members: []graph.NodeID{"Customers", "agent"}}}
		})
		w.policy("p", "AgentAccess", s3Star)
		w.node("Customers", graph.KindFederated, of("support")).node("agent", graph.KindAgent, of("support")).node("kb", graph.KindKB)
		return w.node("payroll", graph.KindBucket, class("restricted")).node("contracts", graph.KindBucket, class("confidential")).node("docs", graph.KindBucket, class("internal"))
	}
	check(t, "over-clearance", []testCase{
		{"granted", w().link("agent", graph.Reads, "payroll", by("p", 0), unwired).link("agent", graph.Reads, "contracts", by("p", 0), unwired).link("agent", graph.Reads, "docs", by("p", 0)), []string{
			"critical: Support assistant is cleared for internal data, and agent can read payroll (restricted) and contracts (confidential), though nothing wires it to."}},
		{"through a knowledge base it is wired to", w().link("agent", graph.Retrieves, "kb", wired).link("kb", graph.Indexes, "contracts", wired), []string{
			"high: Support assistant is cleared for internal data, and kb indexes contracts (confidential)."}},

		{"near miss: within its clearance", w().link("agent", graph.Reads, "docs"), nil},
		{"near miss: what its users can read themselves", w().link("Customers", graph.Reads, "payroll"), nil},
		{"near miss: what it could call and does not", w().link("agent", graph.Retrieves, "kb").link("kb", graph.Indexes, "contracts", wired), nil},
		{"near miss: denied", w().link("agent", graph.Reads, "payroll", granted(graph.Denied)), nil},

		{"not assessed: data without a class", w().node("misc", graph.KindBucket).link("agent", graph.Reads, "misc"), []string{
			"not assessed: Whether Support assistant is cleared for misc was not assessed: no class is declared for it."}},
		{"not assessed: no clearance", w().declare(func(in *graph.Intent) { in.Workloads[0].Clearance = "" }), []string{
			"not assessed: Whether Support assistant reaches data above its clearance was not assessed: it declares none."}},
		{"not assessed: nothing declared", (&world{}).node("docs", graph.KindBucket), []string{
			"not assessed: Whether workloads reach data above their clearance was not assessed: no workloads are declared."}},
	})
}
