package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph/rules"
)

const module = "github.com/permchain/permchain"

// projectRoot is the folder of go.mod.
func projectRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(projectRoot(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// goFile is what the project's rules ask of one source file.
type goFile struct {
	name    string // relative to the root
	pkg     string // its folder
	imports []string
	now     bool // it calls time.Now
}

// sources reads every Go file that is no test.
func sources(t *testing.T) []goFile {
	t.Helper()
	root := projectRoot(t)
	var files []goFile
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(text, []byte("//go:build ignore\n")) {
			return nil // a program of its own, run by hand
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f := goFile{name: filepath.ToSlash(rel), pkg: path.Dir(filepath.ToSlash(rel))}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, imported)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Now" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					f.now = true
				}
			}
			return true
		})
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d source files found under %s", len(files), root)
	}
	return files
}

// rule is a row of ARCHITECTURE.md's table.
type rule struct {
	pkg                    string
	ours, elsewhere, never []string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// table reads the package table of ARCHITECTURE.md.
func table(t *testing.T) []rule {
	t.Helper()
	_, section, ok := strings.Cut(document(t, "ARCHITECTURE.md"), "\n## Packages\n")
	if !ok {
		t.Fatal("ARCHITECTURE.md has no section Packages")
	}
	names := func(cell string) (out []string) {
		for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
			out = append(out, m[1])
		}
		return out
	}
	var rows []rule
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "## ") {
			break
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || len(names(cells[0])) != 1 {
			continue // text, the heading, or the line below it
		}
		rows = append(rows, rule{names(cells[0])[0], names(cells[2]), names(cells[3]), names(cells[4])})
	}
	if len(rows) < 15 {
		t.Fatalf("ARCHITECTURE.md's package table has only %d rows that can be read", len(rows))
	}
	return rows
}

// covers reports whether a name in the table stands for a package: itself, "x/*" one folder below, "x/..." at any
// depth.
func covers(name, pkg string) bool {
	if below, ok := strings.CutSuffix(name, "/..."); ok {
		return pkg == below || strings.HasPrefix(pkg, below+"/")
	}
	if below, ok := strings.CutSuffix(name, "/*"); ok {
		return path.Dir(pkg) == below
	}
	return pkg == name
}

func anyCovers(names []string, pkg string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return covers(name, pkg) })
}

// ruleOf finds a package's row: its own before one with a wildcard.
func ruleOf(rows []rule, pkg string) *rule {
	for _, exact := range []bool{true, false} {
		for i := range rows {
			if (rows[i].pkg == pkg) == exact && covers(rows[i].pkg, pkg) {
				return &rows[i]
			}
		}
	}
	return nil
}

func TestImportsAreThoseOfTheTable(t *testing.T) {
	rows := table(t)
	used := map[string]bool{}
	for _, f := range sources(t) {
		r := ruleOf(rows, f.pkg)
		if r == nil {
			t.Errorf("%s: package %s has no row in ARCHITECTURE.md", f.name, f.pkg)
			continue
		}
		used[r.pkg] = true
		for _, imported := range f.imports {
			own, isOurs := strings.CutPrefix(imported, module+"/")
			first, _, _ := strings.Cut(imported, "/")
			switch {
			case isOurs && own != f.pkg && !anyCovers(r.ours, own):
				t.Errorf("%s imports %s, which ARCHITECTURE.md does not allow %s", f.name, own, f.pkg)
			case !isOurs && strings.Contains(first, ".") && !anyCovers(r.elsewhere, imported):
				t.Errorf("%s imports %s, which ARCHITECTURE.md does not allow %s", f.name, imported, f.pkg)
			case anyCovers(r.never, imported):
				t.Errorf("%s imports %s, which %s never may", f.name, imported, f.pkg)
			}
		}
	}
	for _, r := range rows {
		if !used[r.pkg] {
			t.Errorf("ARCHITECTURE.md has a row for %s, which is no package", r.pkg)
		}
	}
}

func TestTheTableRefuses(t *testing.T) {
	rows := table(t)
	for _, c := range []struct {
		pkg, imported string
		allowed       bool
	}{
		{"graph", "graph/arn", false}, {"graph/rules", "store", false}, {"importers/awsiam", "importers/bedrock", false},
		{"importers/awsiam", "graph/inventory", true}, {"store", "web", false}, {"store", "importers", false}, {"web", "cmd/permchain", false},
		{"web", "graph/export", true}, {"graph/iam", "graph/inventory", false},
	} {
		r := ruleOf(rows, c.pkg)
		if r == nil || anyCovers(r.ours, c.imported) != c.allowed {
			t.Errorf("%s importing %s: the table says the opposite of %v", c.pkg, c.imported, c.allowed)
		}
	}
}

func TestOneFileKnowsTheGraphLibrary(t *testing.T) {
	var files []string
	for _, f := range sources(t) {
		if slices.Contains(f.imports, "github.com/dominikbraun/graph") {
			files = append(files, f.name)
		}
	}
	if len(files) > 1 {
		t.Errorf("dominikbraun/graph is imported by %v; it stands behind one file", files)
	}
}

func TestOnlyTheEdgesKnowTheTime(t *testing.T) {
	for _, f := range sources(t) {
		if top, _, _ := strings.Cut(f.pkg, "/"); f.now && top != "cmd" && top != "web" {
			t.Errorf("%s calls time.Now; the time is passed in", f.name)
		}
	}
}

var (
	fenced     = regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```")
	inlineCode = regexp.MustCompile("`((?:permchain|make|go run) [^`\n]+)`")
)

// commands returns the command lines of permchain and make that a document shows, without comments.
func commands(text string) []string {
	var found []string
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
			found = append(found, strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		}
	}
	for _, m := range inlineCode.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		found = append(found, m[1])
	}
	return slices.DeleteFunc(found, func(line string) bool {
		return !strings.HasPrefix(line, "permchain ") && !strings.HasPrefix(line, "go run ./cmd/permchain") && !strings.HasPrefix(line, "make ")
	})
}

// TestDocumentsShowCommandsThatExist reads every command in the documents and asks the program and the Makefile
// whether they know it and its flags.
func TestDocumentsShowCommandsThatExist(t *testing.T) {
	makefile := document(t, "Makefile")
	shown := map[string]int{}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"} {
		for _, line := range commands(document(t, name)) {
			shown[name]++
			words := strings.Fields(line)
			if words[0] == "make" {
				for _, target := range words[1:] {
					if !regexp.MustCompile("(?m)^" + regexp.QuoteMeta(target) + ":").MatchString(makefile) {
						t.Errorf("%s: `%s`: the Makefile has no %s", name, line, target)
					}
				}
				continue
			}
			args := words[1:]
			if words[0] == "go" {
				args = words[3:]
			}
			if err := known(args); err != nil {
				t.Errorf("%s: `%s`: %v", name, line, err)
			}
		}
	}
	if shown["README.md"] < 5 {
		t.Errorf("README.md shows only %v commands that can be read", slices.Sorted(maps.Values(shown)))
	}
}

// known reports whether a command line would be understood: its command and all its flags.
func known(args []string) error {
	for i, arg := range args { // a redirection ends it
		if arg == ">" || arg == "|" {
			args = args[:i]
			break
		}
	}
	root := newRoot(system{})
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if cmd == root {
		return cobra.NoArgs(root, rest)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

func TestReadmeHasTheTwoCommands(t *testing.T) {
	found := commands(document(t, "README.md"))
	for _, want := range []string{"go run ./cmd/permchain demo", "make test"} {
		if !slices.Contains(found, want) {
			t.Errorf("README.md does not show `%s`", want)
		}
	}
	if !strings.Contains(document(t, ".ci/run"), "make test") {
		t.Error(".ci/run does not call README.md's test command")
	}
}

func TestReadmeSaysTheExitCodes(t *testing.T) {
	readme := document(t, "README.md")
	for line := range strings.Lines(exitCodes) {
		code, meaning, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if ok && !strings.Contains(readme, "| "+code+" | "+meaning+" |") {
			t.Errorf("README.md's table of exit codes has no row for %s, %s", code, meaning)
		}
	}
}

// TestReadmeNamesTheRules compares README.md's table with the rules that run.
func TestReadmeNamesTheRules(t *testing.T) {
	_, section, _ := strings.Cut(document(t, "README.md"), "\n## What it finds\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var named, run []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section, -1) {
		named = append(named, m[1])
	}
	for _, r := range rules.All() {
		run = append(run, r.ID)
	}
	slices.Sort(named)
	slices.Sort(run)
	if diff := cmp.Diff(run, named); diff != "" {
		t.Errorf("rules (-) and README.md's table of them (+) differ:\n%s", diff)
	}
}

var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

func TestDocumentsLinkToFilesThatExist(t *testing.T) {
	root := projectRoot(t)
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"} {
		for _, m := range link.FindAllStringSubmatch(document(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	}
}
