package snapshot_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
)

// corpus is the folder of real inputs beside the project, or skips the test where it is absent.
func corpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real inputs is not beside the project")
	}
	return dir
}

// broken are the files of the corpus that give nothing when they are imported alone, and why.
var broken = map[string]string{
	"gateway-stack.yaml":    "gateway-stack.yaml:544:19: mapping values are not allowed in this context", // published broken
	"org-list-parents.json": "there is nothing in it for permchain to take",                              // it does not say whose parents
}

// TestCorpusTable imports every real file alone and makes a snapshot of it. With -v it prints what each gave, as Markdown:
//
//	go test ./graph/snapshot -run TestCorpusTable -v
func TestCorpusTable(t *testing.T) {
	dir := corpus(t)
	var table strings.Builder
	table.WriteString("| file | format | nodes | links | open findings | not assessed | skipped, and warnings | error |\n|---|---|--:|--:|---|--:|---|---|\n")
	files := 0
	for _, kind := range []string{"1-iam-authz", "3-cloudformation", "4-bedrock-api", "5-policies"} {
		err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			table.WriteString(corpusRow(t, filepath.ToSlash(rel), path))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 50 {
		t.Errorf("only %d files", files)
	}
	if testing.Verbose() {
		fmt.Print(table.String())
	}
}

// corpusRow is one file's row of the table.
func corpusRow(t *testing.T, name, path string) string {
	facts, report, err := importers.Import(t.Context(), []string{path}, importers.Options{})
	want := broken[filepath.Base(path)]
	if err != nil {
		if want == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		format := "—"
		if len(report.Files) > 0 && report.Files[0].Format != "" {
			format = report.Files[0].Format
		}
		return fmt.Sprintf("| %s | %s | 0 | 0 | 0 | 0 | | %s |\n", name, format, cell(strings.ReplaceAll(err.Error(), path, filepath.Base(path))))
	}
	if want != "" {
		t.Errorf("%s: no error, want %q", name, want)
	}
	s, err := snapshot.Make(facts, report, time.Time{})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return ""
	}
	open, not := map[rules.Severity]int{}, 0
	for _, f := range s.Findings {
		if f.Status == rules.Open {
			open[f.Severity]++
		} else {
			not++
		}
	}
	var found []string
	for _, sev := range []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low} {
		if open[sev] > 0 {
			found = append(found, fmt.Sprintf("%d %s", open[sev], sev))
		}
	}
	if found == nil {
		found = []string{"0"}
	}
	var skipped []string
	for _, n := range report.Files[0].Skipped {
		skipped = append(skipped, n.Text)
	}
	warned := report.Files[0].Warnings
	for _, n := range warned[:min(2, len(warned))] {
		skipped = append(skipped, "warning: "+n.Text)
	}
	if more := len(warned) - 2; more > 0 {
		skipped = append(skipped, fmt.Sprintf("%d more warnings", more))
	}
	return fmt.Sprintf("| %s | %s | %d | %d | %s | %d | %s | %s |\n", name, report.Files[0].Format, len(s.Graph.Nodes), len(s.Graph.Edges),
		strings.Join(found, ", "), not, cell(strings.Join(shorter(skipped), "; ")), cell(report.Files[0].Error))
}

// shorter leaves the names of resources out of what was skipped: "AWS::Lambda::LayerVersion SlackBoltLayer: code that …" is
// about its type.
func shorter(skipped []string) []string {
	var out []string
	for _, s := range skipped {
		what, why, ok := strings.Cut(s, ": ")
		if ok && strings.HasPrefix(what, "AWS::") || strings.HasPrefix(what, "Custom::") {
			what, _, _ = strings.Cut(what, " ")
			s = what + ": " + why
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// cell is a text that fits into a cell of a Markdown table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s) }
