package iam

import (
	"os"
	"path/filepath"
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

func TestConformance(t *testing.T) {
	for _, file := range []string{"cases.jsonl", "random.jsonl"} {
		t.Run(file, func(t *testing.T) {
			failed := 0
			cases := readCases(t, shared(t, "conformance", file))
			for i := range cases {
				o := cases[i].Run()
				if !o.Pass {
					failed++
					if failed <= 40 {
						t.Errorf("%s: got %s, want %s: %s", o.ID, o.Got, o.Want, o.Why)
					}
				}
			}
			t.Logf("%d passed, %d failed", len(cases)-failed, failed)
		})
	}
}
