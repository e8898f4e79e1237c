package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// order ranks decisions by how much they allow.
var order = []graph.Verdict{graph.Denied, graph.Unknown, graph.Conditional, graph.Allowed}

// TestWhoCanAgreesWithTheChain asks, for every link that IAM grants a user or role, who can do the actions that make the
// link: they must be among them, with the decision of the link.
func TestWhoCanAgreesWithTheChain(t *testing.T) {
	t.Run("example", func(t *testing.T) {
		if n := agree(t, worked(t)); n < 80 {
			t.Errorf("only %d links were compared", n)
		}
	})
	for _, folder := range []string{"1-iam-authz/BishopFox__iam-vulnerable", "1-iam-authz/salesforce__cloudsplaining",
		"3-cloudformation/smoell__agentcore-samples", "3-cloudformation/aws-samples__amazon-bedrock-samples"} {
		t.Run(folder, func(t *testing.T) {
			t.Logf("%d links", agree(t, corpus(t, folder)))
		})
	}
}

func agree(t *testing.T, g *graph.Graph) (n int) {
	t.Helper()
	x := access.New(g)
	answers := map[string]*access.Callers{}
	for i := range g.Edges {
		e := &g.Edges[i]
		switch e.Kind {
		case graph.Reads, graph.Writes, graph.Invokes, graph.Retrieves, graph.Calls, graph.Decrypts, graph.Indexes:
		default:
			continue
		}
		who := e.From
		if e.As != "" {
			who = e.As
		}
		if rank := slices.Index(order, e.Granted); rank <= 0 || !governed(g, who) || strings.HasPrefix(string(e.To), "open/") || len(e.Breadth.ActionsNeeded) == 0 {
			continue
		}
		best, why := 0, ""
		for _, action := range e.Breadth.ActionsNeeded {
			key := action + " on " + string(e.To)
			a := answers[key]
			if a == nil {
				var err error
				if a, err = x.WhoCan(action, string(e.To)); err != nil {
					t.Errorf("%s: %v", key, err)
					a = &access.Callers{}
				}
				answers[key] = a
			}
			for j := range a.Callers {
				if c := &a.Callers[j]; c.ID == who {
					if r := slices.Index(order, c.Decision); r > best {
						best, why = r, row(c)
					}
				}
			}
		}
		n++
		if order[best] != e.Granted {
			t.Errorf("%s, as %s: the link says %s %v %q %v, who-can %s %s", g.Sentence(e), who, e.Granted, e.Conditions, e.GrantedUnknown, e.Breadth.ActionsNeeded, order[best], why)
		}
	}
	return n
}

func governed(g *graph.Graph, id graph.NodeID) bool {
	return slices.ContainsFunc(g.Governance.Principals, func(p graph.Governed) bool { return p.Node == id && p.Kind != graph.KindGroup })
}

// TestCanAgreesWithWhoCan holds the two ways of asking against each other: whoever can do an action on a resource has a
// row with that action and resource and the same decision, and nobody else has.
func TestCanAgreesWithWhoCan(t *testing.T) {
	g := worked(t)
	x := access.New(g)
	questions := [][2]string{{"s3:GetObject", "arn:aws:s3:::hr-payroll/x.csv"}, {"s3:PutObject", "arn:aws:s3:::acme-prompt-logs/a/b"}, {"s3:DeleteBucket", "arn:aws:s3:::product-docs"},
		{"bedrock:InvokeModel", "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0"},
		{"bedrock:Retrieve", "arn:aws:bedrock:eu-central-1:111122223333:knowledge-base/SUPPORTKB1"}, {"iam:PassRole", "arn:aws:iam::111122223333:role/it-tools-role"},
		{"sts:AssumeRole", "arn:aws:iam::111122223333:role/data-export"}, {"kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/6f0c1d52-8c1e-4d0b-9a52-1f3f5d1c7a10"},
		{"cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-central-1:111122223333:trail/org-trail"}, {"dynamodb:Query", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"},
		{"s3:ListAllMyBuckets", "*"}, {"ec2:DescribeInstances", "*"}}
	for _, q := range questions {
		a, err := x.WhoCan(q[0], q[1])
		if err != nil {
			t.Fatal(err)
		}
		for i := range g.Governance.Principals {
			p := &g.Governance.Principals[i]
			want := graph.Denied
			for j := range a.Callers {
				if a.Callers[j].ID == p.Node {
					want = a.Callers[j].Decision
				}
			}
			powers, err := x.Can(p.ARN, q[0])
			if err != nil {
				t.Fatal(err)
			}
			got := graph.Denied
			for j := range powers.Powers {
				w := &powers.Powers[j]
				covers := func(r string) bool { return arn.Covers(r, q[1]) }
				// A pattern that names no account stands for the principal's own.
				if r, ok := arn.Split(q[1]); ok && r.Account != "" && r.Account != p.Account {
					covers = func(r string) bool { return r != "*" && arn.Covers(r, q[1]) }
				}
				if slices.ContainsFunc(w.Resources, covers) && !slices.ContainsFunc(w.Holes, covers) && slices.Index(order, w.Decision) > slices.Index(order, got) {
					got = w.Decision
				}
			}
			if got != want {
				t.Errorf("%s on %s: who-can says of %s %s, can says %s", q[0], q[1], p.ARN, want, got)
			}
		}
	}
}

// TestCanIsExact expands the rows of an administrator and holds every known action against what is said of it alone.
func TestCanIsExact(t *testing.T) {
	x := access.New(worked(t))
	for _, who := range []string{"case-summarizer-role", "support-agent-role", "Developer"} {
		all, err := x.Can(who, "*")
		if err != nil {
			t.Fatal(err)
		}
		in := map[string]int{}
		for i := range all.Powers {
			p := &all.Powers[i]
			out := map[string]bool{}
			for _, e := range p.Except {
				for _, a := range iam.MatchingActions(e) {
					out[a.String()] = true
				}
			}
			n := map[string]bool{}
			for _, pattern := range p.Actions {
				for _, a := range iam.MatchingActions(pattern) {
					if !out[a.String()] {
						n[a.String()] = true
					}
				}
			}
			if len(n) != p.Count {
				t.Errorf("%s: %v but %v are %d actions, and the row counts %d", who, p.Actions, p.Except, len(n), p.Count)
			}
			levels := 0
			for _, l := range p.Access {
				levels += l.Count
			}
			if levels != p.Count {
				t.Errorf("%s: %v: the access levels add up to %d of %d", who, p.Actions, levels, p.Count)
			}
			for a := range n {
				in[a]++
			}
		}
		for i, a := range iam.MatchingActions("*") {
			if a.String() == "sts:GetCallerIdentity" {
				continue // everybody may; left out where it is not asked about alone
			}
			if i%97 != 0 && a.Service != "kms" && a.Service != "sts" && a.Service != "bedrock" { // a sample: each is a question
				continue
			}
			one, err := x.Can(who, a.String())
			if err != nil {
				t.Fatal(err)
			}
			if in[a.String()] != len(one.Powers) {
				t.Errorf("%s: %s stands in %d rows of all, and in %d alone", who, a, in[a.String()], len(one.Powers))
			}
		}
	}
}
