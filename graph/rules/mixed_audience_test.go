package rules_test

import (
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestMixedAudience(t *testing.T) {
	kb := func(opts ...[]nodeOption) *world {
		w := (&world{intent: declared()}).node("kb", graph.KindKB, env("prod"))
		for i, o := range opts {
			name := []string{"hr", "legal", "docs"}[i]
			w.node(name, graph.KindBucket, append(o, env("prod"))...).link("kb", graph.Indexes, name, wired)
		}
		return w
	}
	n := func(o ...nodeOption) []nodeOption { return o }
	check(t, "mixed-audience", []testCase{
		{"classes", kb(n(class("restricted")), n(class("confidential")), n(class("public"))), []string{
			"high: kb indexes hr (restricted) and legal (confidential) and docs (public) together: whoever retrieves one can retrieve all."}},
		{"one source without a class beside two that differ", kb(n(class("restricted")), n(class("public")), n()), []string{
			"high: kb indexes hr (restricted) and legal (public) and docs (no class) together: whoever retrieves one can retrieve all."}},
		{"owners only", kb(n(class("internal"), owned("people")), n(class("internal"), owned("legal"))), []string{
			"medium: kb indexes data of legal and people together: whoever retrieves one can retrieve all."}},
		{"two knowledge bases in one vector store", (&world{intent: declared()}).node("a", graph.KindKB).node("b", graph.KindKB).node("vectors", graph.KindVectorStore).
			node("hr", graph.KindBucket, class("restricted")).node("docs", graph.KindBucket, class("public")).
			link("a", graph.Indexes, "hr", wired).link("b", graph.Indexes, "docs", wired).link("a", graph.Reads, "vectors", wired).link("b", graph.Reads, "vectors", wired), []string{
			"high: vectors holds the vectors of hr (restricted) and docs (public) together: whoever retrieves one can retrieve all."}},

		{"near miss: one class, one owner", kb(n(class("internal"), owned("people")), n(class("internal"), owned("people"))), nil},
		{"near miss: one source", kb(n(class("restricted"), owned("people"))), nil},
		{"near miss: a source it could index and does not", kb(n(class("restricted"))).node("docs", graph.KindBucket, class("public")).link("kb", graph.Indexes, "docs", unwired), nil},

		{"not assessed: no class", kb(n(class("restricted")), n()), []string{
			"not assessed: kb indexes 2 sources, and whether they are for the same people was not assessed: no class is declared for legal."}},
	})
}
