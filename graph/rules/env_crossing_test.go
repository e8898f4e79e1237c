package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestEnvCrossing(t *testing.T) {
	w := func() *world {
		return (&world{intent: declared()}).node("experiments", graph.KindRole, account(sandbox), env("sandbox")).node("data-export", graph.KindRole, env("prod")).
			node("contracts", graph.KindBucket, env("prod"), class("confidential")).node("scratch", graph.KindBucket, account(sandbox), env("sandbox"))
	}
	check(t, "env-crossing", []testCase{
		{"into production by a role", w().link("experiments", graph.Assumes, "data-export").link("data-export", graph.Reads, "contracts"), []string{
			"high: experiments in sandbox can become data-export in prod, which can read contracts."}},
		{"the role it becomes can write", w().link("experiments", graph.Assumes, "data-export").link("data-export", graph.Reads, "contracts").link("data-export", graph.Writes, "contracts"), []string{
			"critical: experiments in sandbox can become data-export in prod, which can read contracts."}},
		{"straight", w().link("experiments", graph.Writes, "contracts"), []string{
			"critical: experiments in sandbox can write to contracts in prod."}},
		{"the other way round", w().link("data-export", graph.Reads, "scratch"), []string{
			"high: data-export in prod can read scratch in sandbox."}},

		{"near miss: within production", w().node("other", graph.KindRole, account("777788889999"), env("prod-eu")).link("other", graph.Reads, "contracts"), nil},
		{"near miss: a shared account", w().node("security", graph.KindRole, account("777788889999"), env("security")).link("security", graph.Reads, "contracts"), nil},
		{"near miss: a log account", w().node("logs", graph.KindLogBucket, account("777788889999"), env("sandbox")).link("data-export", graph.Writes, "logs"), nil},
		{"near miss: denied", w().link("experiments", graph.Assumes, "data-export", granted(graph.Denied)), nil},

		{"not assessed: an account of no environment", w().node("other", graph.KindRole, account("777788889999")).link("other", graph.Reads, "contracts"), []string{
			"not assessed: 1 link leads into or out of account 777788889999, and whether it crosses from one environment into another was not assessed: it is of none that is declared."}},
		{"not assessed: no environments", (&world{}).node("docs", graph.KindBucket), []string{
			"not assessed: Whether links cross from a sandbox into production was not assessed: no environments are declared."}},
	})
}
