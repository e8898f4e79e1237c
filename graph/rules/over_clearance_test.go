package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

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
