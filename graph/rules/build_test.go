package rules_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// world is a small chain under construction. Nodes are named by what people call them; a bucket's ARN and the like
// follow from the name.
type world struct {
	nodes    []graph.Node
	edges    []graph.Edge
	policies []graph.Policy
	intent   *graph.Intent
}

const (
	prod    = "111122223333"
	sandbox = "444455556666"
	partner = "882088208820"
)

// declared is the intent most cases have.
func declared() *graph.Intent {
	return &graph.Intent{
		Classes: []string{"public", "internal", "confidential", "restricted"}, Environments: []string{"prod", "sandbox"},
		ApprovedModels: []string{"anthropic.claude-*"},
	}
}

type nodeOption func(*graph.Node)

func (w *world) node(name string, kind graph.NodeKind, opts ...nodeOption) *world {
	n := graph.Node{ID: graph.NodeID(name), Kind: kind, Lane: kind.Lane(), Name: name, Account: prod}
	switch kind {
	case graph.KindBucket, graph.KindLogBucket:
		n.ARN = "arn:aws:s3:::" + name
	case graph.KindRole:
		n.ARN = "arn:aws:iam::" + prod + ":role/" + name
	case graph.KindTable:
		n.ARN = "arn:aws:dynamodb:eu-central-1:" + prod + ":table/" + name
	case graph.KindAgent:
		n.ARN = "arn:aws:bedrock:eu-central-1:" + prod + ":agent/" + name
	case graph.KindKB:
		n.ARN = "arn:aws:bedrock:eu-central-1:" + prod + ":knowledge-base/" + name
	case graph.KindModel:
		n.Account = ""
		n.Attrs = []graph.Tag{{Key: "model id", Value: name}}
	case graph.KindService, graph.KindAnyone, graph.KindFederated:
		n.Account = ""
	}
	for _, o := range opts {
		o(&n)
	}
	w.nodes = append(w.nodes, n)
	return w
}

func class(c string) nodeOption  { return func(n *graph.Node) { n.Class = c } }
func env(e string) nodeOption    { return func(n *graph.Node) { n.Env = e } }
func effect(e string) nodeOption { return func(n *graph.Node) { n.Effect = e } }
func owned(o string) nodeOption {
	return func(n *graph.Node) { n.Owner = graph.Owner{Name: o, Source: "tag owner"} }
}
func of(workload string) nodeOption          { return func(n *graph.Node) { n.Workloads = []string{workload} } }
func account(a string) nodeOption            { return func(n *graph.Node) { n.Account = a } }
func unknown(why string) nodeOption          { return func(n *graph.Node) { n.Unknown = why } }
func detail(d string) nodeOption             { return func(n *graph.Node) { n.Detail = d } }
func runsAs(role string) nodeOption          { return func(n *graph.Node) { n.RunsAs = graph.NodeID(role) } }
func roleClass(c graph.RoleClass) nodeOption { return func(n *graph.Node) { n.RoleClass = c } }
func attr(k, v string) nodeOption {
	return func(n *graph.Node) { n.Attrs = append(n.Attrs, graph.Tag{Key: k, Value: v}) }
}
func imported() nodeOption {
	return func(n *graph.Node) { n.Sources = []graph.Source{{File: "prod/dump.json"}} }
}
func outside() nodeOption { return func(n *graph.Node) { n.Outside = true } }
func every(pattern string) nodeOption {
	return func(n *graph.Node) { n.Wildcard, n.Pattern = true, pattern }
}

type edgeOption func(*world, *graph.Edge)

func (w *world) link(from string, kind graph.EdgeKind, to string, opts ...edgeOption) *world {
	e := graph.Edge{ID: graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to)), From: graph.NodeID(from), Kind: kind, To: graph.NodeID(to),
		Granted: graph.Allowed, Wired: graph.StateUnknown, Intended: graph.StateUnknown}
	for _, o := range opts {
		o(w, &e)
	}
	w.edges = append(w.edges, e)
	return w
}

func wired(w *world, e *graph.Edge)    { e.Wired = graph.Yes }
func unwired(w *world, e *graph.Edge)  { e.Wired = graph.No }
func used(w *world, e *graph.Edge)     { e.Used.State = graph.Yes }
func intended(w *world, e *graph.Edge) { e.Intended = graph.Yes }
func noLog(why string) edgeOption {
	return func(_ *world, e *graph.Edge) { e.Log = graph.LogState{State: graph.No, Why: why} }
}
func logged(to string) edgeOption {
	return func(_ *world, e *graph.Edge) { e.Log = graph.LogState{State: graph.Yes, To: graph.NodeID(to)} }
}
func logUnknown(why string) edgeOption {
	return func(_ *world, e *graph.Edge) { e.Log = graph.LogState{State: graph.StateUnknown, Why: why} }
}
func granted(v graph.Verdict) edgeOption { return func(_ *world, e *graph.Edge) { e.Granted = v } }
func as(role string) edgeOption          { return func(_ *world, e *graph.Edge) { e.As = graph.NodeID(role) } }
func needs(actions ...string) edgeOption {
	return func(_ *world, e *graph.Edge) { e.Breadth.ActionsNeeded = actions }
}
func confirm(c graph.Confirmation) edgeOption { return func(_ *world, e *graph.Edge) { e.Confirm = c } }
func impliedBy(from string, kind graph.EdgeKind, to string) edgeOption {
	return func(_ *world, e *graph.Edge) {
		e.ImpliedBy = graph.NewEdgeID(graph.NodeID(from), kind, graph.NodeID(to))
	}
}
func scope(s graph.Scope) edgeOption {
	return func(_ *world, e *graph.Edge) { e.Breadth.PrincipalScope = s }
}

// by says which statement of which policy allows a link.
func by(policy string, statement int) edgeOption { return evidence("identity", policy, statement) }

// door says which statement of a trust or resource policy lets the link in.
func door(policy string, statement int) edgeOption { return evidence("resource", policy, statement) }

func evidence(layer, policy string, statement int) edgeOption {
	return func(w *world, e *graph.Edge) {
		ev := graph.Evidence{Kind: graph.ByPolicy, Effect: "Allow", Layer: layer, Policy: policy, Statement: statement}
		i := slices.IndexFunc(w.policies, func(p graph.Policy) bool { return p.ID == policy })
		if i < 0 {
			panic("no policy " + policy)
		}
		e.Evidence = append(e.Evidence, ev)
	}
}

// policy adds a policy whose statements are given as JSON.
func (w *world) policy(id, name string, statements ...string) *world {
	var raw []json.RawMessage
	for _, s := range statements {
		raw = append(raw, json.RawMessage(s))
	}
	text, err := json.MarshalIndent(map[string]any{"Version": "2012-10-17", "Statement": raw}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("policy %s: %v", id, err))
	}
	w.policies = append(w.policies, graph.Policy{ID: id, Name: name, Kind: "inline policy", Text: string(text)})
	return w
}

func (w *world) declare(f func(*graph.Intent)) *world {
	if w.intent == nil {
		w.intent = declared()
	}
	f(w.intent)
	return w
}

func (w *world) graph(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.New(slices.Clone(w.nodes), slices.Clone(w.edges), slices.Clone(w.policies), nil, w.intent)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// found are the findings of one rule.
func found(t testing.TB, g *graph.Graph, rule string) []rules.Finding {
	t.Helper()
	var out []rules.Finding
	for _, f := range rules.Check(g) {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

// said is each finding as a line: its severity, or that it was not assessed, and its sentence.
func said(fs []rules.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Status == rules.NotAssessed {
			out = append(out, "not assessed: "+f.Sentence)
		} else {
			out = append(out, f.Severity.String()+": "+f.Sentence)
		}
	}
	return out
}

type testCase struct {
	name  string
	world *world
	want  []string
}

func check(t *testing.T, rule string, cases []testCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			fs := found(t, tt.world.graph(t), rule)
			if diff := cmp.Diff(tt.want, said(fs)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range fs {
				if f.Status == rules.NotAssessed && f.Need == "" {
					t.Errorf("%q does not say what it would need", f.Sentence)
				}
				if f.Status == rules.Open && f.Fix.Text == "" {
					t.Errorf("%q says no way to fix it", f.Sentence)
				}
			}
		})
	}
}
