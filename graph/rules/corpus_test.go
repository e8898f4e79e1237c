package rules_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
)

// shared finds the folder of real inputs beside the project.
func shared(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the test: the project's root is not known")
		}
		dir = up
	}
	corpus := filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the real inputs are not here: ", err)
	}
	return corpus
}

func snapshotOf(t testing.TB, paths ...string) *snapshot.Snapshot {
	t.Helper()
	facts, report, err := importers.Import(context.Background(), paths, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Make(facts, report, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What stands in the real files, read by hand, is what the rules say of them.
func TestCorpus(t *testing.T) {
	corpus := shared(t)
	tests := []struct {
		folder string
		want   []string // rule, and a part of its sentence
	}{
		{"1-iam-authz/BishopFox__iam-vulnerable", []string{
			"admin-runtime: privesc-high-priv-service-role (automation role) can change everything",
			"broad-action: privesc-sre-user can change every user: the policy privesc-sre-admin-policy allows iam:*",
			"broad-resource: privesc12-PutRolePolicy-user can change every role",
			"broad-resource: fn1-privesc3-partial-role can pass every role",
			"broad-principal: The service sagemaker can become privesc-high-priv-service-role",
			"unowned: Nothing imported says who owns anything", // not assessed
			"env-crossing: Whether links cross from a sandbox into production was not assessed",
			"over-clearance: Whether workloads reach data above their clearance was not assessed",
		}},
		{"1-iam-authz/salesforce__cloudsplaining", []string{
			"broad-action: BlakeBortles and 2 others can change everything: the policy AdministratorAccess",
			"broad-resource: GOAT can read every bucket: its policy SsmOnboardingInlinePolicy",
			"no-log: no trail was imported",
			"unapproved-model: no list of approved models is declared",
		}},
		{"3-cloudformation/aws-samples__amazon-bedrock-samples", []string{
			"broad-resource: HRAgent can read every bucket",
			"unconfirmed-action: insurance-claims-agent-app-test can call PUT /updateClaim/{claimId} for whoever asks",
			"boundary-break: Nobody is known to reach", // not assessed
		}},
		{"3-cloudformation/smoell__agentcore-samples", []string{
			"broad-action: <stack>_OrchestratorAgent can read every memory: its role <stack>-agent1-execution-role allows bedrock-agentcore:*",
			"unconfirmed-action: supportAgentDemo-Gateway can call process_refund for whoever asks",
			"broad-principal: The service bedrock-agentcore can become",
		}},
		{"4-bedrock-api/aws-samples__amazon-bedrock-samples", []string{
			"unconfirmed-action: restaurant-agent-mistral can call delete_booking for whoever asks, without confirmation",
			"admin-runtime: What AmazonBedrockExecutionRoleForAgents_restaurant-agent-mistral", // not assessed
		}},
		{"4-bedrock-api/aws__agentcore-cli", []string{
			"broad-principal: Anyone can call agentcore-cli-gateway-read-fixture-a",
		}},
		{"4-bedrock-api/cloud-custodian__cloud-custodian", []string{
			"log-weak: no workload declares how long", "log-leak: no data classes are declared", // both not assessed
		}},
		{"5-policies/cloud-custodian__cloud-custodian", []string{
			"broad-principal: Anyone can call c7n-cross-check",
			"outside-org: which accounts are the organization's was not imported",
		}},
		{"6-cloudtrail/DataDog__stratus-red-team", nil},
	}
	for _, tt := range tests {
		t.Run(tt.folder, func(t *testing.T) {
			s := snapshotOf(t, filepath.Join(corpus, filepath.FromSlash(tt.folder)))
			sound(t, s.Graph, s.Findings)
			for _, want := range tt.want {
				rule, part, _ := strings.Cut(want, ": ")
				if !slices.ContainsFunc(s.Findings, func(f rules.Finding) bool { return f.Rule == rule && strings.Contains(f.Sentence, part) }) {
					t.Errorf("no %s says %q; there is\n%s", rule, part, strings.Join(said(s.Findings), "\n"))
				}
			}
			if again := rules.Check(s.Graph); !cmp.Equal(s.Findings, again) {
				t.Error("checked twice, two answers")
			}
			rules.Marks(s.Graph, s.Findings)
			rules.Worst(s.Graph, s.Findings, 5)
		})
	}
}

// Each story of the worked example comes out as the findings that a reviewer would write, and what is fine stays fine.
func TestExample(t *testing.T) {
	facts, report, err := importers.ImportFS(context.Background(), example.FS(), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Make(facts, report, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, s.Graph, s.Findings)
	for _, want := range []string{
		"broad-action: support-agent can read hr-payroll",
		"over-clearance: Support assistant is cleared for internal data, and support-agent can read hr-payroll",
		"no-log: Nothing would show access to hr-payroll",
		"unowned: hr-payroll has no owner",
		"unconfirmed-action: support-agent can call cancel_order for whoever asks",
		"admin-runtime: case-summarizer can change everything",
		"boundary-break: can reach hr-cases through handbook-kb and cannot open it themselves",
		"boundary-break: can reach legal-contracts through handbook-kb and cannot open it themselves",
		"mixed-audience: handbook-kb indexes",
		"no-log: Nothing would show access to handbook-kb",
		"log-weak: acme-prompt-logs keeps prompts and answers for 90 days where Contract summarizer must keep them for 365",
		"log-weak: The log of contract_summarizer is encrypted by no customer key and keeps what it records for 30 days where Contract summarizer must keep prompts and answers for 365",
		"env-crossing: sandbox-experiments in sandbox can become data-export in prod",
		"unapproved-model: Developer can invoke llama",
		"log-leak: acme-prompt-logs holds answers about hr-cases, and Developers (120 people)",
		"outside-org: Account 882012345678 can become ml-deploy",
		"broad-principal: Any principal in Account 882012345678 can become ml-deploy",
		"broad-resource: ml-deploy can invoke every model",
		"unowned: acme-prompt-logs has no owner",
	} {
		rule, part, _ := strings.Cut(want, ": ")
		n := 0
		for _, f := range s.Findings {
			if f.Rule == rule && f.Status == rules.Open && strings.Contains(f.Sentence, part) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d findings of %s say %q", n, rule, part)
		}
	}
	for _, f := range s.Findings {
		if f.Status == rules.Open && (slices.Contains(f.Workloads, "copy-generator") && len(f.Workloads) == 1 || strings.Contains(f.Sentence, "copy-generator")) {
			t.Errorf("the copy generator is fine, and yet: %s", f.Sentence)
		}
	}
	if t.Failed() {
		t.Log("\n" + strings.Join(said(s.Findings), "\n"))
	}
}
