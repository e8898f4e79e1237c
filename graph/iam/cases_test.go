package iam

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds the folder of shared inputs beside the project, or skips the test.
func shared(t testing.TB, name ...string) string {
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
			t.Skip("no go.mod above the test")
		}
		dir = up
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("not run: %s is not beside the project", filepath.Join(append([]string{"../shared"}, name...)...))
	}
	return path
}

func readCases(t testing.TB, path string) []Case {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases, err := ReadCases(f)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// disputed are cases of the conformance set that AWS's documentation contradicts, with what we answer and the page.
var disputed = map[string]struct{ got, page string }{
	// "AssumeRole: IAM user or IAM role with existing temporary security credentials": the root user is not among those
	// who can call it.
	"src/simulation_engine/simulationEngineIntegrationTests/edgeCases/allowNotArnLike.json#0": {"implicit_deny",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html"},
}

func TestConformance(t *testing.T) {
	for _, file := range []string{"cases.jsonl", "random.jsonl"} {
		t.Run(file, func(t *testing.T) {
			passed, failed := 0, 0
			cases := readCases(t, shared(t, "conformance", file))
			for i := range cases {
				o := cases[i].Run()
				if d, ok := disputed[o.ID]; ok {
					if o.Pass || o.Got != d.got {
						t.Errorf("%s: got %s, want %s as %s has it", o.ID, o.Got, d.got, d.page)
					}
					continue
				}
				if o.Pass {
					passed++
					continue
				}
				if failed++; failed <= 40 {
					t.Errorf("%s: got %s, want %s: %s", o.ID, o.Got, o.Want, o.Why)
				}
			}
			t.Logf("%d passed, %d failed, %d disputed", passed, failed, len(cases)-passed-failed)
		})
	}
}

// TestCases runs the project's own cases, each written from a page of AWS's documentation.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	n := 0
	ids := map[string]bool{}
	for _, file := range files {
		cases := readCases(t, file)
		for i := range cases {
			c := &cases[i]
			n++
			if ids[c.ID] {
				t.Errorf("%s stands twice", c.ID)
			}
			ids[c.ID] = true
			if !strings.HasPrefix(c.Cite, "https://docs.aws.amazon.com/") {
				t.Errorf("%s cites no page of AWS", c.ID)
			}
			if o := c.Run(); !o.Pass {
				t.Errorf("%s: got %s, want %s: %s", o.ID, o.Got, o.Want, o.Why)
			}
		}
	}
	t.Logf("%d cases", n)
}
