package rules_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph/rules"
)

// schemes are the sources that rules cite: how their ids look, and where an id's page is. %s stands for the id in lower
// case with nothing but letters, digits and dashes.
var schemes = []struct {
	version string // what Reference.Version begins with
	id      *regexp.Regexp
	url     string
}{
	{"OWASP Top 10 for LLM Applications 2025", regexp.MustCompile(`^LLM(0[1-9]|10):2025$`), "https://genai.owasp.org/llmrisk/%s-"},
	{"OWASP Top 10 for Agentic Applications 2026, ", regexp.MustCompile(`^ASI(0[1-9]|10)$`), "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"},
	{"AWS Well-Architected Generative AI Lens, ", regexp.MustCompile(`^GENSEC0[1-6]-BP0[1-4]$`), "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/%s.html"},
	{"AWS Well-Architected Agentic AI Lens, ", regexp.MustCompile(`^AGENTSEC0[1-9]-BP0[1-5]$`), "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/%s.html"},
	{"AWS Well-Architected Framework, ", regexp.MustCompile(`^SEC(0[1-9]|1[01])-BP(0[1-9]|1\d)$`), "https://docs.aws.amazon.com/wellarchitected/latest/"},
	{"CIS Amazon Web Services Foundations Benchmark v7.0.0", regexp.MustCompile(`^CIS AWS [1-6](\.[1-9]\d?){1,2}$`), "https://www.cisecurity.org/benchmark/amazon_web_services"},
	{"NIST AI RMF 1.0 ", regexp.MustCompile(`^(GOVERN|MAP|MEASURE|MANAGE) [1-6]\.([1-9]|1\d)$`), "https://nvlpubs.nist.gov/nistpubs/ai/NIST.AI.100-1.pdf"},
	{"AWS IAM User Guide, ", regexp.MustCompile(`^IAM User Guide$`), "https://docs.aws.amazon.com/IAM/latest/UserGuide/"},
}

// Every reference is complete, its id looks as ids of its source do, and it is the same wherever it is cited.
func TestReferences(t *testing.T) {
	cited := map[string]rules.Reference{}
	plain := regexp.MustCompile(`[^a-z0-9-]`)
	for _, r := range rules.All() {
		here := map[string]bool{}
		for _, ref := range r.References {
			if ref.ID == "" || ref.Title == "" || ref.Version == "" || ref.URL == "" {
				t.Errorf("%s: not complete: %+v", r.ID, ref)
			}
			if here[ref.ID] {
				t.Errorf("%s cites %s twice", r.ID, ref.ID)
			}
			here[ref.ID] = true
			if old, ok := cited[ref.ID]; ok && old != ref {
				t.Errorf("%s: %s is %+v here and %+v elsewhere", r.ID, ref.ID, ref, old)
			}
			cited[ref.ID] = ref
			known := false
			for _, s := range schemes {
				if !strings.HasPrefix(ref.Version, s.version) {
					continue
				}
				known = true
				if !s.id.MatchString(ref.ID) {
					t.Errorf("%s: %s is no id of %s", r.ID, ref.ID, ref.Version)
				}
				if want := strings.ReplaceAll(s.url, "%s", plain.ReplaceAllString(strings.ToLower(ref.ID), "")); !strings.HasPrefix(ref.URL, want) {
					t.Errorf("%s: %s is at %s, not at %s", r.ID, ref.ID, ref.URL, want)
				}
			}
			if !known {
				t.Errorf("%s cites %s of %q, which no scheme describes", r.ID, ref.ID, ref.Version)
			}
		}
	}
}
