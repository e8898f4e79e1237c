package snapshot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
)

// exampleOf is the worked example, as permchain demo imports it.
func exampleOf(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	facts, report, err := importers.ImportFS(t.Context(), example.FS(), importers.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Files {
		if f.Error != "" || len(f.Warnings) > 0 {
			t.Errorf("%s: error %q, warnings %v", f.File, f.Error, f.Warnings)
		}
	}
	s, err := snapshot.Make(facts, report, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestExampleStories: each story that the example's README tells is found. The names that a newcomer reads stand in the
// sentence.
func TestExampleStories(t *testing.T) {
	s := exampleOf(t)
	for _, c := range []struct {
		story    string
		rule     string
		says     []string
		severity rules.Severity
	}{
		{"1 support assistant", "broad-action", []string{"support-agent", "hr-payroll", "support-agent-role", "s3:*"}, rules.Critical},
		{"1 support assistant", "over-clearance", []string{"Support assistant", "support-agent", "hr-payroll (restricted)"}, rules.Critical},
		{"1 support assistant", "unowned", []string{"hr-payroll has no owner", "support-agent"}, rules.High},
		{"1 support assistant", "no-log", []string{"hr-payroll", "data events of org-trail are off"}, rules.High},
		{"2 its tools", "unconfirmed-action", []string{"support-agent", "cancel_order", "without confirmation", "financial"}, rules.Critical},
		{"3 case summarizer", "admin-runtime", []string{"case-summarizer", "everything in prod", "AdministratorAccess"}, rules.Critical},
		{"4 handbook assistant", "mixed-audience", []string{"handbook-kb", "hr-cases", "legal-contracts", "product-docs"}, rules.High},
		{"4 handbook assistant", "boundary-break", []string{"Support agents", "Marketing", "hr-cases", "handbook-kb", "cannot open it themselves"}, rules.High},
		{"4 handbook assistant", "boundary-break", []string{"Support agents", "legal-contracts", "handbook-kb"}, rules.High},
		{"4 handbook assistant", "no-log", []string{"handbook-kb", "data events of org-trail are off"}, rules.High},
		{"4 handbook assistant", "over-clearance", []string{"Handbook assistant", "hr-cases", "legal-contracts"}, rules.High},
		{"6 contract summarizer", "log-weak", []string{"acme-prompt-logs", "90 days", "Contract summarizer", "365"}, rules.Low},
		{"6 contract summarizer", "log-weak", []string{"contract_summarizer", "30 days", "Contract summarizer", "365"}, rules.Low},
		{"8 sandbox", "env-crossing", []string{"sandbox-experiments in sandbox", "data-export in prod", "legal-contracts"}, rules.High},
		{"9 a model that is not approved", "unapproved-model", []string{"Developer", "llama3-2-3b-instruct-v1", "not an approved model"}, rules.Medium},
		{"9 a model that is not approved", "unapproved-model", []string{"ml-deploy", "every model", "llama3-2-3b-instruct-v1"}, rules.High},
		{"10 prompt logs", "log-leak", []string{"acme-prompt-logs", "Developers (120 people)", "hr-cases"}, rules.High},
		{"11 links without owners", "broad-principal", []string{"Account 882012345678", "ml-deploy", "every model"}, rules.Critical},
		{"11 links without owners", "outside-org", []string{"Account 882012345678", "ml-deploy"}, rules.High},
		{"11 links without owners", "unowned", []string{"every model", "ml-deploy has no owner"}, rules.Medium},
		{"11 links without owners", "unowned", []string{"acme-prompt-logs has no owner"}, rules.Medium},
	} {
		if !slices.ContainsFunc(s.Findings, func(f rules.Finding) bool {
			return f.Rule == c.rule && f.Status == rules.Open && f.Severity == c.severity &&
				!slices.ContainsFunc(c.says, func(part string) bool { return !strings.Contains(f.Sentence, part) })
		}) {
			var said []string
			for _, f := range s.Findings {
				if f.Rule == c.rule {
					said = append(said, f.Severity.String()+": "+f.Sentence)
				}
			}
			t.Errorf("%s: no open %s of severity %s says %q; there is\n\t%s", c.story, c.rule, c.severity, c.says, strings.Join(said, "\n\t"))
		}
	}
}

// TestExampleFine: the copy generator is fine. No finding is about anything that it does; that its people also use the
// handbook is another story.
func TestExampleFine(t *testing.T) {
	s := exampleOf(t)
	own := map[graph.NodeID]bool{}
	links := 0
	for _, n := range s.Graph.Nodes {
		if n.Lane != graph.Callers && slices.Contains(n.Workloads, "copy-generator") && len(n.Workloads) == 1 {
			own[n.ID] = true
		}
	}
	for i := range s.Graph.Edges {
		if own[s.Graph.Edges[i].From] {
			links++
		}
	}
	if len(own) == 0 || links < 2 {
		t.Fatalf("the copy generator has %d nodes and %d links of its own: the test looks at nothing", len(own), links)
	}
	for _, f := range s.Findings {
		if f.Status != rules.Open {
			continue
		}
		for _, id := range f.Links {
			if e := s.Graph.Edge(id); own[e.From] || own[e.As] || own[e.To] {
				t.Errorf("%s: %s (%s)", f.Rule, f.Sentence, s.Graph.Sentence(e))
			}
		}
		if slices.ContainsFunc(f.Nodes, func(id graph.NodeID) bool { return own[id] }) {
			t.Errorf("%s: %s", f.Rule, f.Sentence)
		}
	}
}

// TestExampleITAgent: the IT agent's tool has an effect on safety, and a person confirms it: no finding says otherwise, and
// what else is said of it weighs more than elsewhere, because of what the workload is for.
func TestExampleITAgent(t *testing.T) {
	s := exampleOf(t)
	var found bool
	for i := range s.Graph.Edges {
		e := &s.Graph.Edges[i]
		if s.Graph.Node(e.From).Name == "it-agent" && s.Graph.Node(e.To).Name == "reset_access" {
			found = true
			if e.Confirm != graph.ConfirmUser || s.Graph.Node(e.To).Effect != "safety" {
				t.Errorf("confirmation %q, effect %q", e.Confirm, s.Graph.Node(e.To).Effect)
			}
			for _, f := range s.Findings {
				if f.Rule == "unconfirmed-action" && slices.Contains(f.Links, e.ID) {
					t.Error(f.Sentence)
				}
			}
		}
	}
	if !found {
		t.Error("it-agent does not reset access")
	}
	heavier := slices.ContainsFunc(s.Findings, func(f rules.Finding) bool {
		return slices.Equal(f.Workloads, []string{"it-agent"}) && f.Severity > f.Base &&
			slices.ContainsFunc(f.Moves, func(m rules.Move) bool { return strings.Contains(m.Why, "high risk") })
	})
	if !heavier {
		t.Error("no finding about the IT agent weighs more for its risk")
	}
}

// TestExampleSandboxUsed: that the sandbox's way into production was used stands on the link.
func TestExampleSandboxUsed(t *testing.T) {
	s := exampleOf(t)
	for i := range s.Graph.Edges {
		e := &s.Graph.Edges[i]
		if e.Kind == graph.Assumes && s.Graph.Node(e.From).Name == "sandbox-experiments" && s.Graph.Node(e.To).Name == "data-export" {
			if e.Used.State != graph.Yes || !strings.HasPrefix(e.Used.Last, "2026-11-17") {
				t.Errorf("%+v", e.Used)
			}
			return
		}
	}
	t.Error("no link")
}
