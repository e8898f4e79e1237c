package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
)

// What moves a severity is said, and by how much; one statement, s3:* on one bucket, is weighed in different worlds.
func TestMoves(t *testing.T) {
	const one = `{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::docs/*"}`
	w := func(role, bucket []nodeOption) *world {
		w := (&world{}).declare(func(in *graph.Intent) {
			in.Workloads = []graph.Workload{{Name: "desk", Title: "Access desk", Risk: "high"}, {Name: "copy", Title: "Campaign drafts", Risk: "low"}, {Name: "plain"}}
		}).policy("p", "Access", one)
		w.node("app", graph.KindRole, append([]nodeOption{roleClass(graph.RoleRuntime)}, role...)...).node("docs", graph.KindBucket, bucket...)
		return w.link("app", graph.Reads, "docs", by("p", 0), needs("s3:GetObject"))
	}
	o := func(o ...nodeOption) []nodeOption { return o }
	tests := []struct {
		name  string
		world *world
		want  []rules.Move
		sev   rules.Severity
	}{
		{"nothing", w(nil, nil), nil, rules.High},
		{"the highest class", w(nil, o(class("restricted"))), []rules.Move{{By: 1, Why: "docs is restricted"}}, rules.Critical},
		{"a class between", w(nil, o(class("confidential"))), nil, rules.High},
		{"the lowest class", w(nil, o(class("public"))), []rules.Move{{By: -1, Why: "all that is reached is public"}}, rules.Medium},
		{"a sandbox", w(o(env("sandbox")), o(env("sandbox"))), []rules.Move{{By: -1, Why: "only in sandbox"}}, rules.Medium},
		{"one end in production", w(o(env("sandbox")), o(env("prod"))), nil, rules.High},
		{"one end of no environment", w(o(env("sandbox")), nil), nil, rules.High},
		{"a shared account is no sandbox", w(o(env("security")), o(env("security"))), nil, rules.High},
		{"a workload of high risk", w(o(of("desk")), nil), []rules.Move{{By: 1, Why: "Access desk is a workload of high risk"}}, rules.Critical},
		{"a workload of low risk", w(o(of("copy")), nil), []rules.Move{{By: -1, Why: "Campaign drafts is a workload of low risk"}}, rules.Medium},
		{"of low risk and of one unstated", w(o(of("copy")), o(of("plain"))), nil, rules.High},
		{"anyone can start it", w(nil, nil).node("Anyone", graph.KindAnyone).link("Anyone", graph.Assumes, "app"), []rules.Move{{By: 1, Why: "anyone can start it"}}, rules.Critical},
		{"an outsider can start it", w(nil, nil).node("theirs", graph.KindAccount, account(partner), outside()).link("theirs", graph.Assumes, "app"),
			[]rules.Move{{By: 1, Why: "somebody outside the organization can start it"}}, rules.Critical},
		{"people hold it", w(o(roleClass(graph.RoleHuman)), nil), []rules.Move{{By: -1, Why: "only people inside the organization hold it, each under a name of their own"}}, rules.Medium},
		{"administrators hold it", w(o(roleClass(graph.RoleAdmin)), nil), []rules.Move{{By: -2, Why: "app is a role of administrators: wide access is its purpose"}}, rules.Low},
		{"moves add up and are clamped", w(o(of("desk")), o(class("restricted"))), []rules.Move{{By: 1, Why: "docs is restricted"}, {By: 1, Why: "Access desk is a workload of high risk"}}, rules.Critical},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := found(t, tt.world.graph(t), "broad-action")[0]
			if diff := cmp.Diff(tt.want, f.Moves); diff != "" {
				t.Errorf("moves (-want +got):\n%s", diff)
			}
			if f.Severity != tt.sev || f.Base != rules.High {
				t.Errorf("severity %v from %v, want %v", f.Severity, f.Base, tt.sev)
			}
		})
	}
}
