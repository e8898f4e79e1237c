package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestAdminRuntime(t *testing.T) {
	summarizer := func(statement string, opts ...nodeOption) *world {
		w := &world{intent: declared()}
		w.policy("arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess", statement)
		w.node("summarizer", graph.KindFunction, runsAs("summarizer-role")).node("summarizer-role", graph.KindRole, append([]nodeOption{roleClass(graph.RoleRuntime)}, opts...)...)
		w.node("everything in prod", graph.KindEverything, every("*")).node("hr-payroll", graph.KindBucket, class("restricted"))
		w.link("summarizer", graph.RunsAs, "summarizer-role", wired)
		return w
	}
	opts := []edgeOption{as("summarizer-role"), by("arn:aws:iam::aws:policy/AdministratorAccess", 0)}
	check(t, "admin-runtime", []testCase{
		{"every action on everything", summarizer(allStar).link("summarizer", graph.Administers, "everything in prod", opts...).link("summarizer", graph.Reads, "hr-payroll", opts...), []string{
			"critical: summarizer can change everything in prod: its role summarizer-role has administrator access through AdministratorAccess."}},
		{"classed an administrator, and run by code all the same", summarizer(allStar, roleClass(graph.RoleAdmin)).link("summarizer", graph.Administers, "everything in prod", opts...), []string{
			"critical: summarizer can change everything in prod: its role summarizer-role has administrator access through AdministratorAccess."}},
		{"can hand out permissions", summarizer(`{"Effect": "Allow", "Action": ["iam:PutRolePolicy", "iam:PassRole"], "Resource": "arn:aws:iam::111122223333:role/*"}`).
			node("other-role", graph.KindRole).link("summarizer", graph.Administers, "other-role", opts...), []string{
			"critical: summarizer can give itself any permission: its role summarizer-role has administrator access through AdministratorAccess."}},
		{"a pipeline's role", (&world{}).policy("p", "Deploy", allStar).node("deploy", graph.KindRole, roleClass(graph.RoleAutomation)).node("everything", graph.KindEverything, every("*")).
			link("deploy", graph.Administers, "everything", by("p", 0)), []string{
			"critical: deploy (automation role) can change everything: it has administrator access through Deploy."}},
		{"in a sandbox", summarizer(allStar, env("sandbox")).node("scratch", graph.KindBucket, env("sandbox")).
			link("summarizer-role", graph.Administers, "scratch", by("arn:aws:iam::aws:policy/AdministratorAccess", 0)), []string{
			"high: summarizer can change everything: its role summarizer-role has administrator access through AdministratorAccess."}},

		{"near miss: people who administer", (&world{}).policy("p", "Admins", allStar).node("admins", graph.KindRole, roleClass(graph.RoleAdmin)).node("everything", graph.KindEverything, every("*")).
			link("admins", graph.Administers, "everything", by("p", 0)), nil},
		{"near miss: everything but IAM", summarizer(`{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}`).link("summarizer", graph.Reads, "hr-payroll", opts...), nil},
		{"near miss: one role's policies", summarizer(`{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/app-*"}`).
			node("app-role", graph.KindRole).link("summarizer", graph.Administers, "app-role", opts...), nil},
		{"near miss: every action of one service", summarizer(s3Star).link("summarizer", graph.Reads, "hr-payroll", opts...), nil},

		{"not assessed: what a function's role may do is not known", (&world{}).node("fn", graph.KindFunction, runsAs("ghost")).node("ghost", graph.KindRole, unknown("not imported")), []string{
			"not assessed: What ghost of account 111122223333 may do is not known, so whether a machine is an administrator there was not assessed."}},
	})
	// One cause is one finding: the statement that makes an administrator is not reported as broad as well.
	g := summarizer(allStar).link("summarizer", graph.Administers, "everything in prod", opts...).link("summarizer", graph.Reads, "hr-payroll", opts...).graph(t)
	for _, rule := range []string{"broad-action", "broad-resource"} {
		if fs := found(t, g, rule); len(fs) > 0 {
			t.Errorf("%s says it again: %v", rule, said(fs))
		}
	}
}
