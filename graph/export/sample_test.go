package export

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// drawing makes small chains in a few words.
type drawing struct {
	nodes []graph.Node
	edges []graph.Edge
	marks map[graph.EdgeID]rules.Mark
}

func (d *drawing) node(kind graph.NodeKind, name, detail string, change ...func(*graph.Node)) {
	n := graph.Node{ID: graph.NodeID(name), Kind: kind, Lane: kind.Lane(), Name: name, Detail: detail, Owner: graph.Owner{Name: "platform"}}
	for _, c := range change {
		c(&n)
	}
	d.nodes = append(d.nodes, n)
}

func (d *drawing) edge(from string, kind graph.EdgeKind, to string, m rules.Mark, change ...func(*graph.Edge)) {
	id := graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to))
	e := graph.Edge{ID: id, From: graph.NodeID(from), Kind: kind, To: graph.NodeID(to), Granted: graph.Allowed, Log: graph.LogState{State: graph.Yes}}
	for _, c := range change {
		c(&e)
	}
	d.edges = append(d.edges, e)
	if m.Broad || m.Unowned || m.Unconfirmed || m.Severity > 0 {
		m.Findings = []string{"f-" + string(id)}
		if d.marks == nil {
			d.marks = map[graph.EdgeID]rules.Mark{}
		}
		d.marks[id] = m
	}
}

func (d *drawing) graph(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.New(d.nodes, d.edges, nil, nil, &graph.Intent{
		Classes:   []string{"public", "internal", "confidential", "restricted"},
		Workloads: []graph.Workload{{Name: "support", Title: "Support assistant"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func broad(label string) rules.Mark {
	return rules.Mark{Broad: true, Label: label, Severity: rules.High}
}

var (
	none    rules.Mark
	unowned = rules.Mark{Unowned: true, Label: "no owner", Severity: rules.Medium}
	both    = rules.Mark{Broad: true, Unowned: true, Label: "bedrock:*", Severity: rules.Critical}
)

// supportAssistant is the chain of the project's design picture.
func supportAssistant() *drawing {
	d := &drawing{}
	class := func(c string) func(*graph.Node) { return func(n *graph.Node) { n.Class = c } }
	outside := func(n *graph.Node) { n.Outside = true; n.Owner = graph.Owner{} }
	noOwner := func(n *graph.Node) { n.Owner = graph.Owner{} }
	member := func(n *graph.Node) { n.Workloads = []string{"support"} }
	d.node(graph.KindFederated, "Customers", "OIDC · web app")
	d.node(graph.KindGroup, "Support agents", "84 people")
	d.node(graph.KindGroup, "Marketing", "31 people")
	d.node(graph.KindGroup, "HR analysts", "6 people")
	d.node(graph.KindAccount, "Account 882011223344", "outside the org", outside)
	d.node(graph.KindRole, "support-app", "runtime role", member)
	d.node(graph.KindRole, "SupportPower", "permission set")
	d.node(graph.KindRole, "copy-generator", "runtime role")
	d.node(graph.KindRole, "ml-deploy", "automation role")
	d.node(graph.KindAgent, "support-agent", "Bedrock agent v7", member)
	d.node(graph.KindProfile, "claude-sonnet", "approved profile", member)
	d.node(graph.KindModel, "titan-embed-v2", "approved model", member)
	d.node(graph.KindModel, "every model", "foundation-model/*", func(n *graph.Node) { n.Wildcard = true; n.Pattern = "*" })
	d.node(graph.KindKB, "support-kb", "knowledge base")
	d.node(graph.KindBucket, "product-docs", "S3 · public", class("public"))
	d.node(graph.KindBucket, "legal-contracts", "S3 · confidential", class("confidential"))
	d.node(graph.KindBucket, "hr-payroll", "S3 · restricted", class("restricted"), noOwner)
	d.node(graph.KindVectorStore, "support-vectors", "OpenSearch")
	d.node(graph.KindActionGroup, "create-ticket", "Lambda")
	d.node(graph.KindActionGroup, "cancel-order", "Lambda", func(n *graph.Node) { n.Effect = "financial" })
	d.node(graph.KindActionGroup, "reset-access", "Lambda, confirmed", noOwner)
	d.node(graph.KindFunction, "orders-fn", "Lambda")
	d.node(graph.KindLogGroup, "invocations", "CloudWatch, 90 d")
	d.node(graph.KindTrail, "org-trail", "CloudTrail to S3")
	d.node(graph.KindLogBucket, "prompt-archive", "S3", noOwner)
	d.node(graph.KindGuardrail, "pii-filter", "guardrail")
	d.node(graph.KindKey, "data-key", "customer key")

	d.edge("Customers", graph.Assumes, "support-app", none)
	d.edge("Support agents", graph.Assumes, "SupportPower", none)
	d.edge("Marketing", graph.Assumes, "copy-generator", none)
	d.edge("HR analysts", graph.Assumes, "SupportPower", unowned)
	d.edge("Account 882011223344", graph.Assumes, "ml-deploy", broad("any principal"))
	d.edge("support-app", graph.Invokes, "support-agent", none)
	d.edge("SupportPower", graph.Invokes, "claude-sonnet", none)
	d.edge("copy-generator", graph.Invokes, "claude-sonnet", none, func(e *graph.Edge) { e.Granted = graph.Conditional })
	d.edge("SupportPower", graph.Invokes, "every model", both)
	d.edge("ml-deploy", graph.Invokes, "every model", broad("all models"))
	d.edge("support-agent", graph.Retrieves, "support-kb", none)
	d.edge("support-agent", graph.Reads, "product-docs", none)
	d.edge("support-agent", graph.Reads, "hr-payroll", rules.Mark{Broad: true, Unowned: true, Label: "s3:* on *", Severity: rules.Critical},
		func(e *graph.Edge) {
			e.Log = graph.LogState{State: graph.No, Why: "data events are off"}
			e.Wired = graph.No
		})
	d.edge("support-agent", graph.Calls, "create-ticket", none, func(e *graph.Edge) { e.Confirm = graph.ConfirmReturn })
	d.edge("support-agent", graph.Calls, "cancel-order", rules.Mark{Unconfirmed: true, Label: "unconfirmed", Severity: rules.Critical},
		func(e *graph.Edge) { e.Confirm = graph.ConfirmNone })
	d.edge("support-agent", graph.Calls, "reset-access", unowned, func(e *graph.Edge) { e.Confirm = graph.ConfirmUser })
	d.edge("support-agent", graph.GuardedBy, "pii-filter", none)
	d.edge("hr-payroll", graph.GuardedBy, "data-key", none)
	d.edge("support-kb", graph.Indexes, "product-docs", none)
	d.edge("support-kb", graph.Reads, "support-vectors", none)
	d.edge("cancel-order", graph.Calls, "orders-fn", none)
	d.edge("orders-fn", graph.Reads, "legal-contracts", none, func(e *graph.Edge) { e.Granted = graph.Unknown })
	d.edge("create-ticket", graph.LogsTo, "invocations", none)
	d.edge("cancel-order", graph.LogsTo, "org-trail", none)
	d.edge("reset-access", graph.LogsTo, "org-trail", none)
	d.edge("product-docs", graph.LogsTo, "org-trail", none)
	d.edge("hr-payroll", graph.LogsTo, "prompt-archive", unowned)
	return d
}

// crowd is a made-up account of about so many nodes: groups that become roles, roles that invoke agents and models,
// agents with tools and data, functions behind tools, and logs, with findings here and there.
func crowd(nodes int) *drawing {
	d := &drawing{}
	r := rand.New(rand.NewPCG(uint64(nodes), 9))
	kinds := []struct {
		kind  graph.NodeKind
		share int
		name  string
	}{
		{graph.KindGroup, 14, "team"}, {graph.KindService, 2, "svc"}, {graph.KindRole, 24, "role"}, {graph.KindAgent, 10, "agent"},
		{graph.KindModel, 6, "model"}, {graph.KindKB, 6, "kb"}, {graph.KindBucket, 14, "bucket"}, {graph.KindTable, 4, "table"},
		{graph.KindActionGroup, 10, "tool"}, {graph.KindFunction, 6, "fn"}, {graph.KindLogGroup, 3, "log"}, {graph.KindTrail, 1, "trail"},
	}
	by := map[graph.NodeKind][]string{}
	classes := []string{"public", "internal", "internal", "confidential", "restricted"}
	for _, k := range kinds {
		for i := range max(1, nodes*k.share/100) {
			name := fmt.Sprintf("%s-%d", k.name, i)
			by[k.kind] = append(by[k.kind], name)
			d.node(k.kind, name, string(k.kind), func(n *graph.Node) {
				if k.kind == graph.KindBucket || k.kind == graph.KindTable {
					n.Class = classes[r.IntN(len(classes))]
					n.Detail = "S3 · " + n.Class
				}
				if r.IntN(6) == 0 {
					n.Owner = graph.Owner{}
				}
			})
		}
	}
	seen := map[graph.EdgeID]bool{}
	link := func(from string, kind graph.EdgeKind, to string, change ...func(*graph.Edge)) {
		id := graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to))
		if seen[id] {
			return
		}
		seen[id] = true
		m := none
		switch r.IntN(12) {
		case 0:
			m = broad("s3:* on *")
		case 1:
			m = unowned
		case 2:
			if r.IntN(3) == 0 {
				m = both
			}
		}
		d.edge(from, kind, to, m, change...)
	}
	pick := func(k graph.NodeKind) string { return by[k][r.IntN(len(by[k]))] }
	maybe := func(e *graph.Edge) {
		switch r.IntN(10) {
		case 0:
			e.Granted = graph.Conditional
		case 1:
			e.Granted = graph.Unknown
		case 2:
			e.Log.State = graph.No
		}
	}
	for _, n := range by[graph.KindGroup] {
		link(n, graph.Assumes, pick(graph.KindRole), maybe)
	}
	for i, n := range by[graph.KindRole] {
		switch i % 4 {
		case 0:
			link(n, graph.Invokes, pick(graph.KindAgent), maybe)
		case 1:
			link(n, graph.Invokes, pick(graph.KindModel), maybe)
		case 2:
			link(n, graph.Reads, pick(graph.KindBucket), maybe)
		case 3:
			link(n, graph.Invokes, by[graph.KindModel][0], maybe)
			link(n, graph.Reads, by[graph.KindBucket][0])
		}
	}
	for _, n := range by[graph.KindAgent] {
		link(n, graph.Invokes, pick(graph.KindModel))
		link(n, graph.Retrieves, pick(graph.KindKB), maybe)
		link(n, graph.Calls, pick(graph.KindActionGroup), maybe)
	}
	for _, n := range by[graph.KindKB] {
		link(n, graph.Indexes, pick(graph.KindBucket))
	}
	for _, n := range by[graph.KindActionGroup] {
		link(n, graph.Calls, pick(graph.KindFunction))
	}
	for _, n := range by[graph.KindFunction] {
		link(n, graph.Reads, pick(graph.KindTable))
		link(n, graph.LogsTo, pick(graph.KindLogGroup))
	}
	for i, n := range by[graph.KindBucket] {
		if i%3 == 0 {
			link(n, graph.LogsTo, by[graph.KindTrail][0])
		}
	}
	return d
}
