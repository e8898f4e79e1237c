package access_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/access"
)

// generated is a snapshot of many roles in two accounts: inline and managed policies of 7 to 15 statements, boundaries on half
// of them, two levels of SCPs, and 200 buckets, a third of them with a policy. It is the same for the same number.
func generated(tb testing.TB, roles int) *graph.Graph {
	tb.Helper()
	r := rand.New(rand.NewPCG(uint64(roles), 11))
	m := &made{}
	services := []string{"s3", "dynamodb", "bedrock", "sqs", "logs", "secretsmanager", "lambda", "ec2"}
	verbs := []string{"Get*", "List*", "Describe*", "Put*", "Update*", "Delete*", "*"}
	random := func() string {
		svc := services[r.IntN(len(services))]
		action := svc + ":" + verbs[r.IntN(len(verbs))]
		on := "arn:aws:" + svc + ":*:*:thing-" + fmt.Sprint(r.IntN(200)) + "*"
		if svc == "s3" {
			on = fmt.Sprintf("arn:aws:s3:::bucket-%d/*", r.IntN(200))
			if r.IntN(8) == 0 {
				on = "arn:aws:s3:::bucket-1*"
			}
		}
		if r.IntN(12) == 0 {
			on = "*"
		}
		switch r.IntN(12) {
		case 0:
			return deny(action, on, `"Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"chat"}}`)
		case 1, 2:
			return allow(action, on, `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`)
		}
		return allow(action, on)
	}
	statements := func() (out []string) {
		for range 7 + r.IntN(9) {
			out = append(out, random())
		}
		return out
	}
	var managed []string
	for i := range 40 {
		managed = append(managed, m.policy(fmt.Sprintf("arn:aws:iam::%s:policy/managed-%d", home, i), statements()...))
	}
	boundary := m.policy("arn:aws:iam::"+home+":policy/boundary", allow("s3:* dynamodb:* bedrock:* sqs:* logs:*", "*"))
	full, guard := m.policy("p-FullAWSAccess", allow("*", "*")), m.policy("p-guard", deny("s3:DeleteBucket cloudtrail:*", "*"))
	scp := []graph.PolicyLevel{{Node: "r-1", Policies: []string{full, guard}}, {Node: "ou-1", Policies: []string{full}}}
	for i := range roles {
		account := home
		if i%4 == 3 {
			account = other
		}
		p := m.role(fmt.Sprintf("role-%05d", i), account, statements()...)
		p.Identity = append(p.Identity, managed[r.IntN(len(managed))])
		p.SCP, p.TagsKnown = scp, true
		p.Keys = map[string][]string{"aws:principaltag/team": {[]string{"chat", "data", "ops"}[r.IntN(3)]}, "aws:principalorgid": {"o-1"}}
		if i%2 == 0 {
			p.Boundary = []string{boundary}
		}
	}
	for i := range 200 {
		id := fmt.Sprintf("arn:aws:s3:::bucket-%d", i)
		switch i % 3 {
		case 0:
			m.resource(graph.KindBucket, id, home, allow("s3:GetObject", id+"/*", named(other)), deny("s3:*", id+"/*", anyone(`"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)...))
		default:
			m.resource(graph.KindBucket, id, home)
		}
	}
	g, err := graph.New(m.nodes, nil, m.policies, nil, nil)
	if err != nil {
		tb.Fatal(err)
	}
	m.gov.OrgID = "o-1"
	g.Governance = m.gov
	return g
}

func BenchmarkNew(b *testing.B) {
	g := generated(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		access.New(g)
	}
}

func BenchmarkWhoCan(b *testing.B) {
	for _, q := range []struct{ name, action, resource string }{
		{"object", "s3:GetObject", "arn:aws:s3:::bucket-12/x.csv"},
		{"bucket", "s3:GetObject", "bucket-12"},
		{"every-object", "s3:GetObject", "arn:aws:s3:::*/*"},
	} {
		b.Run(q.name, func(b *testing.B) {
			x := access.New(generated(b, 1000))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				a, err := x.WhoCan(q.action, q.resource)
				if err != nil {
					b.Fatal(err)
				}
				n = len(a.Callers)
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
}

func BenchmarkCan(b *testing.B) {
	x := access.New(generated(b, 1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Can("role-00012", "*"); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzAsk puts any words to a snapshot: there is an answer or one of the errors, and the answer is the same twice.
func FuzzAsk(f *testing.F) {
	for _, q := range [][3]string{{"s3:GetObject", "arn:aws:s3:::bucket-1*/x?", "role-00001"}, {"kms:Decrypt", "*", "arn:aws:sts::111122223333:assumed-role/role-00001/x"},
		{"sts:AssumeRole", "role-00002", "s3:*"}, {"", "arn:", "*"}, {"s3:", "s3://", ""}, {"s3:getobject", "bucket-1", "ROLE-00003"}, {"iam:PassRole", "arn:aws:iam::aws:policy/*", "0"},
		{"logs:GetLogEvents", "arn:aws:logs:*:*:log-group:x:*", "*:*"}} {
		f.Add(q[0], q[1], q[2])
	}
	x := access.New(generated(f, 20))
	f.Fuzz(func(t *testing.T, action, resource, principal string) {
		one, err := x.WhoCan(action, resource)
		if err != nil {
			if !errors.Is(err, access.ErrAction) && !errors.Is(err, access.ErrResource) {
				t.Errorf("%q on %q: %v", action, resource, err)
			}
		} else {
			two, _ := x.WhoCan(action, resource)
			if a, b := text(t, one), text(t, two); a != b {
				t.Errorf("%q on %q: twice, and not the same:\n%s\n%s", action, resource, a, b)
			}
		}
		if _, err := x.Can(principal, action); err != nil && !errors.Is(err, access.ErrPrincipal) && !errors.Is(err, access.ErrAction) {
			t.Errorf("%q, %q: %v", principal, action, err)
		}
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
