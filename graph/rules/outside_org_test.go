package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestOutsideOrg(t *testing.T) {
	w := func() *world {
		return (&world{intent: declared()}).node("ml-deploy", graph.KindRole, roleClass(graph.RoleAutomation)).node("docs", graph.KindBucket, class("internal")).
			node("Account 8820…", graph.KindAccount, account(partner), outside())
	}
	check(t, "outside-org", []testCase{
		{"in", w().link("Account 8820…", graph.Assumes, "ml-deploy").link("ml-deploy", graph.Reads, "docs"), []string{
			"high: Account 8820… can become ml-deploy, which can read docs, from outside the organization."}},
		{"out", w().node("theirs", graph.KindBucket, account(partner), outside()).link("ml-deploy", graph.Writes, "theirs"), []string{
			"high: ml-deploy can write to theirs, in account 882088208820, which is outside the organization."}},
		{"in, to what is restricted", w().node("hr-payroll", graph.KindBucket, class("restricted")).link("Account 8820…", graph.Reads, "hr-payroll").link("Account 8820…", graph.Reads, "docs"), []string{
			"critical: Account 8820… can read hr-payroll and 1 other target, from outside the organization."}},

		{"near miss: another account of the organization", w().node("builder", graph.KindRole, account(sandbox)).link("builder", graph.Assumes, "ml-deploy"), nil},
		{"near miss: denied", w().link("Account 8820…", graph.Assumes, "ml-deploy", granted(graph.Denied)), nil},

		{"not assessed: a principal of no known account", w().node("AIDAEXAMPLE", graph.KindUser, account(""), unknown("a unique id")).link("AIDAEXAMPLE", graph.Assumes, "ml-deploy"), []string{
			"not assessed: AIDAEXAMPLE can become ml-deploy, and whether it is of the organization was not assessed: a unique id."}},
		{"not assessed: nothing says which accounts are the organization's", (&world{}).node("ml-deploy", graph.KindRole).node("builder", graph.KindRole, account(sandbox)).link("builder", graph.Assumes, "ml-deploy"), []string{
			`not assessed: 1 link leads between accounts, such as "builder can become ml-deploy", and which accounts are the organization's was not imported.`}},
		{"one account needs no organization", (&world{}).node("ml-deploy", graph.KindRole).node("docs", graph.KindBucket).link("ml-deploy", graph.Reads, "docs"), nil},
	})
}
