package chain

import (
	"fmt"
	"testing"

	"github.com/permchain/permchain/graph/inventory"
)

// account generates an account with n roles (one in ten human, one in fifty an administrator), a function for every
// other role, an agent for one in ten, and n/5 buckets.
func account(n int) *inventory.Facts {
	f := &inventory.Facts{}
	for i := range n / 5 {
		f.Resources = append(f.Resources, bucket(fmt.Sprintf("team%d-data", i)))
	}
	for i := range n {
		name := fmt.Sprintf("role-%d", i)
		trust := lets(`{"Service":"lambda.amazonaws.com"}`)
		if i%10 == 0 {
			trust = lets(`{"AWS":"arn:aws:iam::111122223333:root"}`)
		}
		r := role(prod, name, trust,
			allow(`["s3:GetObject","s3:ListBucket"]`, fmt.Sprintf(`["arn:aws:s3:::team%d-*","arn:aws:s3:::team%d-data/*"]`, i%(n/5), i%(n/5))),
			allow(`["bedrock:InvokeModel","bedrock:Retrieve"]`, `["arn:aws:bedrock:*::foundation-model/anthropic.*","arn:aws:bedrock:*:111122223333:knowledge-base/*"]`),
			allow(`["logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`))
		if i%50 == 1 {
			r.Inline = append(r.Inline, doc(allow(`"*"`, `"*"`)))
		}
		f.Roles = append(f.Roles, r)
		if i%2 == 1 {
			f.Functions = append(f.Functions, inventory.Function{ARN: fmt.Sprintf("arn:aws:lambda:eu-central-1:%s:function:fn-%d", prod, i), Name: fmt.Sprintf("fn-%d", i),
				Role: inventory.Known(r.ARN)})
		}
		if i%10 == 2 {
			f.Agents = append(f.Agents, inventory.Agent{ARN: agentARN(fmt.Sprintf("AG%d", i)), ID: fmt.Sprintf("AG%d", i), Name: fmt.Sprintf("agent-%d", i), Version: "DRAFT",
				Role: inventory.Known(r.ARN), Model: inventory.Known("anthropic.claude-x")})
		}
	}
	return f
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{100, 300, 1000} {
		f := account(n)
		b.Run(fmt.Sprintf("roles=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, err := Build(f)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(g.Edges)), "links")
			}
		})
	}
}
