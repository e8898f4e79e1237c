package importers

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

const (
	oneRole   = `{"RoleDetailList":[{"RoleName":"app","Arn":"arn:aws:iam::111122223333:role/app","AssumeRolePolicyDocument":{},"RolePolicyList":[],"AttachedManagedPolicies":[]}],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`
	oneAgents = `{"agentSummaries":[{"agentId":"AGENT00001","agentName":"support-agent","agentStatus":"PREPARED","updatedAt":"2026-11-01T00:00:00Z"}]}`
)

func roleNamed(name string) string { return strings.ReplaceAll(oneRole, "app", name) }

// files writes a folder and returns its path.
func files(t *testing.T, tree map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range tree {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func reportOf(t *testing.T, r inventory.Report, suffix string) inventory.FileReport {
	t.Helper()
	for _, f := range r.Files {
		if strings.HasSuffix(f.File, suffix) {
			return f
		}
	}
	t.Fatalf("no report on %s: %+v", suffix, r.Files)
	return inventory.FileReport{}
}

func roles(f *inventory.Facts) []string {
	var out []string
	if f != nil {
		for _, r := range f.Roles {
			out = append(out, r.Name)
		}
	}
	return out
}

func TestImportFolder(t *testing.T) {
	dir := files(t, map[string]string{
		"a.json": oneRole, "deep/er/b.json": roleNamed("b"), "notes.md": "# [x]\n", "list.txt": "[not json", "empty-listing.json": `{"Unknown": 1}`,
		".git/config.json": roleNamed("git"), "broken.json": "{\n\"RoleDetailList\": [", "plan.json": `{"format_version":"1.2","terraform_version":"1.9","planned_values":{}}`,
		"binary.bin": "\x00\x01", "void.json": "",
	})
	if err := os.Symlink(filepath.Join(dir, "a.json"), filepath.Join(dir, "link.json")); err != nil {
		t.Fatal(err)
	}
	var progress []int
	f, r, err := Import(t.Context(), []string{dir}, Options{Progress: func(done, total int, _ string) { progress = append(progress, done, total) }})
	if err != nil {
		t.Fatal(err)
	}
	if got := roles(f); !slices.Equal(got, []string{"app", "b"}) {
		t.Errorf("roles %v", got)
	}
	for suffix, want := range map[string]string{
		".git": "a hidden folder", "link.json": "a symbolic link, which is not followed", "notes.md": "not a format permchain knows",
		"list.txt": "not a format permchain knows", "empty-listing.json": "not a format permchain knows", "binary.bin": "not a format permchain knows",
		"plan.json": "a Terraform plan or state: not read by permchain",
	} {
		if fr := reportOf(t, r, suffix); fr.Error != "" || len(fr.Skipped) != 1 || fr.Skipped[0].Text != want {
			t.Errorf("%s: %+v", suffix, fr)
		}
	}
	if fr := reportOf(t, r, "broken.json"); !strings.HasSuffix(fr.Error, "broken.json:2:20: ends before an array that begins on line 2 is closed: the file is cut off") {
		t.Errorf("broken.json: %q", fr.Error)
	}
	if fr := reportOf(t, r, "void.json"); !strings.HasSuffix(fr.Error, "void.json: there is nothing in it") {
		t.Errorf("void.json: %q", fr.Error)
	}
	if r.Failed() != 2 {
		t.Errorf("%d failed", r.Failed())
	}
	if fr := reportOf(t, r, "a.json"); fr.Format != "account authorization details" || fr.Bytes != int64(len(oneRole)) || !slices.Equal(fr.Took, []inventory.Tally{{Kind: "roles", Count: 1}}) {
		t.Errorf("a.json: %+v", fr)
	}
	if n := len(progress); n != 18 || progress[n-2] != 9 || progress[n-1] != 9 {
		t.Errorf("progress %v", progress)
	}
	if _, _, err := Import(t.Context(), []string{dir}, Options{Strict: true}); err == nil || !strings.Contains(err.Error(), "broken.json:2:20") || !strings.Contains(err.Error(), "void.json") {
		t.Errorf("strict: %v", err)
	}
}

// TestBadInput: each is refused by name and place, costs little, and takes nothing.
func TestBadInput(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"a.json", "hello", ":1:1: 'h' where a JSON value should be"},
		{"a.txt", "hello", ": not a format permchain knows"},
		{"a.json", "{\"RoleDetailList\": [}", ":1:21: '}' where a JSON value should be"},
		{"a.json", strings.Repeat("[", 1<<20), ":1:201: nested more than 200 deep"},
		{"a.json", strings.Repeat(`{"a":`, 1<<20), "nested more than 200 deep"},
		{"a.yaml", strings.Repeat("[", 1<<20), "depth"},
		{"a.yaml", "Resources:\n  A: {\n", "a.yaml:3:1: "},
		{"a.json", "", ": there is nothing in it"},
		{"a.json", " \n\t", ": there is nothing in it"},
		{"a.json", `{"some": "thing"}`, ": not a format permchain knows"},
		{"a.json", `"RoleDetailList"`, ": not a format permchain knows"},
		{"a.json", oneRole + "\n{\"Role", ":2:2: a string that begins here is not closed"},
		{"a.json", "\nAn error occurred (AccessDenied) when calling the ListAgents operation: no\n", ": holds an error of the AWS CLI, not its output: An error occurred (AccessDenied)"},
		{"a.json", `{"openapi":"3.0","paths":{}}`, ": not a format permchain knows: it is an OpenAPI document, which is not read"},
		{"a.json", strings.Repeat("{}\n", maxUnknown+1), "not a format permchain knows: nor is any of the first 1000 documents in it"},
		{"a.png", "\x89PNG\r\n\x1a\n\x00\x00", ": not a format permchain knows"},
		{"a.json", `{"UserDetailList": [], "RoleDetailList": {}}`, ": /RoleDetailList: RoleDetailList is an object, where an array should be"},
		{"a.json.gz", "\x1f\x8bnot gzip", "gzip"},
		{"a.zip", "PK\x03\x04not a zip", "zip"},
	} {
		p := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(p, []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		f, r, err := Import(t.Context(), []string{p}, Options{})
		var e *Error
		if f != nil || !errors.As(err, &e) || e.File != filepath.ToSlash(p) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.30q: facts %v, error %v, want %q", c.name, c.data, f != nil, err, c.want)
		}
		if len(r.Files) != 1 || r.Files[0].Error == "" || r.Files[0].Took != nil {
			t.Errorf("%s %.30q: report %+v", c.name, c.data, r.Files)
		}
	}
	f, _, err := Import(t.Context(), []string{"no/such/file.json"}, Options{})
	if f != nil || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "no/such/file.json: ") {
		t.Errorf("missing file: %v", err)
	}
	if _, _, err := Import(t.Context(), []string{t.TempDir()}, Options{}); !errors.Is(err, ErrNothing) {
		t.Errorf("empty folder: %v", err)
	}
}

// TestHugeFile: a file over the bound is refused by its size, without reading it.
func TestHugeFile(t *testing.T) {
	p := filepath.Join(t.TempDir(), "nest.json")
	f, err := os.Create(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("[[[["); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, _, err = Import(t.Context(), []string{p}, Options{})
	if err == nil || !strings.Contains(err.Error(), "nest.json: it is larger than 64 MiB") {
		t.Error(err)
	}
	// The same from stdin, whose size is not known before it is read.
	_, _, err = Import(t.Context(), []string{"-"}, Options{Stdin: io.LimitReader(endless('['), 200<<20)})
	if err == nil || !strings.Contains(err.Error(), "-: it is larger than 64 MiB") {
		t.Error(err)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestStdin(t *testing.T) {
	for _, data := range [][]byte{[]byte(oneRole), gzipped(t, []byte(oneRole)), zipped(t, map[string]string{"x/a.json": oneRole}), tarred(t, map[string]string{"a.json": oneRole})} {
		f, r, err := Import(t.Context(), []string{"-"}, Options{Stdin: bytes.NewReader(data)})
		if err != nil || len(f.Roles) != 1 || !strings.HasPrefix(r.Files[0].File, "-") {
			t.Errorf("%.10q: %v %+v", data, err, r.Files)
		}
	}
}

// TestManyDocuments: one file may hold several documents; facts name the line and pointer in the file.
func TestManyDocuments(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string // role@line pointer
	}{
		{"concatenated", oneRole + "\n\n" + roleNamed("b") + roleNamed("c"), []string{"app@1 /RoleDetailList/0", "b@3 /RoleDetailList/0", "c@3 /RoleDetailList/0"}},
		{"array of dumps", "[\n" + oneRole + ",\n" + roleNamed("b") + "\n]", []string{"app@2 /0/RoleDetailList/0", "b@3 /1/RoleDetailList/0"}},
		{"array with others", `[{"x":1},` + oneRole + `,{"y":2}]`, []string{"app@1 /1/RoleDetailList/0"}},
		{"by account", "{\"111122223333\":\n" + oneRole + ",\"444455556666\":" + roleNamed("b") + "}", []string{"app@2 /111122223333/RoleDetailList/0", "b@2 /444455556666/RoleDetailList/0"}},
		{"byte order mark", "\xef\xbb\xbf" + oneRole, []string{"app@1 /RoleDetailList/0"}},
		{"UTF-16", inUTF16(oneRole), []string{"app@1 /RoleDetailList/0"}},
	} {
		f, r, err := ImportFiles(t.Context(), []File{{Name: "d.json", Open: held([]byte(c.data))}}, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, role := range f.Roles {
			got = append(got, fmt.Sprintf("%s@%d %s", role.Name, role.Source.Line, role.Source.Pointer))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if c.name == "array with others" && len(reportOf(t, r, "d.json").Skipped) != 1 {
			t.Errorf("%s: skipped %v", c.name, r.Files[0].Skipped)
		}
	}
}

func inUTF16(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// TestYAMLOutput: what `aws --output yaml` prints is read as its JSON is, and the lines are those of the YAML.
func TestYAMLOutput(t *testing.T) {
	const dump = `# made by a script
RoleDetailList:
- Arn: arn:aws:iam::111122223333:role/app
  AssumeRolePolicyDocument:
    Statement:
    - Action: sts:AssumeRole
      Effect: Allow
    Version: '2012-10-17'
  AttachedManagedPolicies: []
  CreateDate: '2026-01-01T00:00:00+00:00'
  MaxSessionDuration: 3600
  RoleName: app
  RolePolicyList: []
`
	f, r, err := ImportFiles(t.Context(), []File{{Name: "d.yaml", Open: held([]byte(dump + "---\n" + dump))}}, Options{})
	if err != nil || len(f.Roles) != 2 || r.Files[0].Format != "account authorization details" {
		t.Fatalf("%v %+v", err, r.Files)
	}
	for i, want := range []int{3, 17} {
		role := f.Roles[i]
		if role.Source.Line != want || role.Source.Pointer != "/RoleDetailList/0" || role.Trust.Source.Line != want+2 {
			t.Errorf("role %d from %+v, its trust policy from %+v", i, role.Source, role.Trust.Source)
		}
	}
	for _, text := range []string{"a: &x {b: 1}\nc: *x\n", "a: !Ref b\n", "? [a]\n: b\n"} {
		var node yaml.Node
		if err := yaml.Load([]byte(text), &node); err != nil {
			t.Fatal(err)
		}
		if _, err := yamlToJSON(&node); err == nil {
			t.Errorf("%q became JSON", text)
		}
	}
}

func TestYAMLDocuments(t *testing.T) {
	text := "# comment\n---\na: 1\n---\nb: |\n  x\n  ---\n"
	parts := splitYAML([]byte(text))
	var got []string
	for _, p := range parts {
		got = append(got, fmt.Sprintf("%d:%s", p.lines, p.text))
	}
	want := []string{"0:# comment\n", "1:---\na: 1\n", "3:---\nb: |\n  x\n  ---\n"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var shapes []inventory.Shape
	err := documents(source{name: "t.yaml"}, []byte("---\n# c\n--- \nResources: {A: {Type: X, B: !Ref C}}\nN: 1\nL: [true, ~]\n"), origin{}, func(d document) error {
		shapes = append(shapes, d.shape)
		return nil
	})
	if err != nil || len(shapes) != 1 {
		t.Fatalf("%v, %d documents", err, len(shapes))
	}
	root := shapes[0].Root
	if root.Get("Resources", "A", "Type").Text != "X" || root.Get("Resources", "A", "B").Tag != "!Ref" || root.Get("N").Kind != inventory.Number ||
		root.Get("L", "[]").Kind != inventory.Bool || !shapes[0].YAML {
		t.Errorf("%+v", root)
	}
}

// TestOrder: files in any order, once or twice, give the same facts and the same report.
func TestOrder(t *testing.T) {
	tree := map[string]string{"permchain.yaml": "version: 1\nsources:\n  - {path: \"*.json\", account: \"111122223333\", region: eu-central-1}\n"}
	for i := range 6 {
		tree[fmt.Sprintf("r%d.json", i)] = roleNamed(fmt.Sprintf("role%d", i%3))
		tree[fmt.Sprintf("e%d.json", i)] = fmt.Sprintf(`{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":"2026-11-0%dT00:00:00Z","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/u","accountId":"1"}}`, 1+i*7%6)
	}
	dir := files(t, tree)
	var paths []string
	for name := range tree {
		paths = append(paths, filepath.Join(dir, name))
	}
	slices.Sort(paths)
	want, wantReport, err := Import(t.Context(), paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Usages) != 1 || want.Usages[0].Count != 6 {
		t.Errorf("usages %+v", want.Usages)
	}
	for range 5 {
		rand.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		got, gotReport, err := Import(t.Context(), append(paths, paths[0]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(wantReport, gotReport); d != "" {
			t.Fatal(d)
		}
	}
}

// TestUploads: files of one name are two files; those of a folder may be of any kind.
func TestUploads(t *testing.T) {
	f, r, err := ImportFiles(t.Context(), []File{
		{Name: "a.json", Open: held([]byte(oneRole))}, {Name: "a.json", Open: held([]byte(roleNamed("b")))},
		{Name: `dump\c.json`, Open: held([]byte(roleNamed("c")))}, {Name: "dump/readme.md", Open: held([]byte("x"))},
		{Name: "dump/.git/d.json", Open: held([]byte(roleNamed("d")))}, {Name: "../../e.json", Open: held([]byte(roleNamed("e")))},
	}, Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := roles(f); !slices.Equal(got, []string{"b", "app", "c", "e"}) {
		t.Errorf("roles %v", got)
	}
	var names []string
	for _, fr := range r.Files {
		names = append(names, fr.File)
	}
	if want := []string{"a (2).json", "a.json", "dump/.git", "dump/c.json", "dump/readme.md", "e.json"}; !slices.Equal(names, want) {
		t.Errorf("files %v", names)
	}
}

// TestGivenTwice: a file given by name and with its folder is one file, given by name.
func TestGivenTwice(t *testing.T) {
	dir := files(t, map[string]string{"a.json": oneRole, "odd.json": `{"x": 1}`})
	odd := filepath.Join(dir, "odd.json")
	for _, paths := range [][]string{{dir, odd}, {odd, dir}} {
		f, r, err := Import(t.Context(), paths, Options{})
		if err != nil || len(f.Roles) != 1 || len(r.Files) != 2 || !strings.Contains(reportOf(t, r, "odd.json").Error, "not a format") {
			t.Errorf("%v %+v", err, r.Files)
		}
	}
}

// TestSources: what permchain.yaml says of a file reaches its decoder, before what its path tells and what the import does.
func TestSources(t *testing.T) {
	fsys := fstest.MapFS{
		"permchain.yaml":                                      {Data: []byte("version: 1\nsources:\n  - {path: \"prod/**\", account: \"111122223333\", region: eu-central-1}\n  - {path: \"prod/west/*.json\", region: eu-west-1}\n")},
		"prod/agents.json":                                    {Data: []byte(oneAgents)},
		"prod/west/agents.json":                               {Data: []byte(oneAgents)},
		"sandbox-444455556666/us-east-1/agents.json":          {Data: []byte(oneAgents)},
		"other/agents.json":                                   {Data: []byte(oneAgents)},
		"two-111122223333-444455556666/eu-west-3/agents.json": {Data: []byte(oneAgents)},
	}
	_, r, err := ImportFS(t.Context(), fsys, Options{Account: "999988887777"})
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{
		"prod/agents.json":                                    {"account 111122223333 and Region eu-central-1 from permchain.yaml:3"},
		"prod/west/agents.json":                               {"account 111122223333 from permchain.yaml:3", "Region eu-west-1 from permchain.yaml:4"},
		"sandbox-444455556666/us-east-1/agents.json":          {"account 444455556666 from the folder sandbox-444455556666", "Region us-east-1 from the folder us-east-1"},
		"other/agents.json":                                   nil,
		"two-111122223333-444455556666/eu-west-3/agents.json": {"Region eu-west-3 from the folder eu-west-3"},
	} {
		fr := reportOf(t, r, file)
		if len(fr.Inferred) < len(want) || !slices.Equal(fr.Inferred[:len(want)], want) {
			t.Errorf("%s: inferred %v, want %v", file, fr.Inferred, want)
		}
	}
}

func TestOrigin(t *testing.T) {
	rules := ruleSet{{"/d/", inventory.SourceRule{Path: "a/*.json", Stack: "one", Params: map[string]string{"A": "1", "B": "1"}}},
		{"/d/", inventory.SourceRule{Path: "a/x.json", As: "scp r-ab12", Params: map[string]string{"B": "2"}}}}
	got := rules.origin("a/x.json", "/d/a/x.json", Options{Account: "1", Region: "r"})
	want := origin{account: "1", region: "r", stack: "one", as: "scp r-ab12", params: map[string]string{"A": "1", "B": "2"}, inferred: []string{`"scp r-ab12" from permchain.yaml`}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(origin{})); d != "" {
		t.Error(d)
	}
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		dir, pattern, key string
		want              bool
	}{
		{"/d/", "prod/*.json", "/d/prod/a.json", true},
		{"/d/", "prod/*.json", "/d/prod/x/a.json", false},
		{"/d/", "prod/**", "/d/prod/x/y/a.json", true},
		{"/d/", "**/a.json", "/d/a.json", true},
		{"/d/", "**/x/**/a.json", "/d/p/x/q/r/a.json", true},
		{"/d/", "**/x/**/a.json", "/d/p/q/r/a.json", false},
		{"/d/", "../dumps/*", "/dumps/a.json", true},
		{"/d/", "./a.json", "/d/a.json", true},
		{"/d/", "a.json", "/e/a.json", false},
		{"/d/", "[", "/d/[", false},
		{"", "a/?.json", "a/b.json", true},
	} {
		if got := (boundRule{c.dir, inventory.SourceRule{Path: c.pattern}}).match(c.key); got != c.want {
			t.Errorf("%s%s on %s: %v", c.dir, c.pattern, c.key, got)
		}
	}
	long := strings.Split(strings.Repeat("**/a/", 40)+"b", "/")
	if matchPath(long, strings.Split(strings.Repeat("a/", 500)+"c", "/")) {
		t.Error("matches what it should not")
	}
}

// TestContext: an import stops when its context ends.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Import(ctx, []string{files(t, map[string]string{"a.json": oneRole})}, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestRepeatedKeys: outside of policies a repeated key is told of, and the last one counts everywhere.
func TestRepeatedKeys(t *testing.T) {
	data := strings.Replace(oneRole, `"RoleName":"app"`, `"RoleName":"first","RoleName":"app"`, 1)
	f, r, err := ImportFiles(t.Context(), []File{{Name: "a.json", Open: held([]byte(data))}}, Options{})
	if err != nil || f.Roles[0].Name != "app" || len(r.Files[0].Warnings) != 2 || !strings.Contains(r.Files[0].Warnings[0].Text, `"RoleName" is there twice`) ||
		!strings.Contains(r.Files[0].Warnings[1].Text, "trust policy of app: the document has no Statement") {
		t.Errorf("%v %+v", err, r.Files)
	}
}

// TestNotes: alike notes are counted, and there is an end to the others.
func TestNotes(t *testing.T) {
	var l noteList
	for i := range maxNotes + 5 {
		l.add("same", inventory.Source{Line: i + 1})
		l.add(fmt.Sprint("other ", i), inventory.Source{})
	}
	got := l.list()
	if len(got) != maxNotes+1 || got[0].Count != maxNotes+5 || got[0].Where != "line 1" || got[maxNotes].Text != "and others" || got[maxNotes].Count != 6 {
		t.Errorf("%d notes, first %+v, last %+v", len(got), got[0], got[len(got)-1])
	}
}

// TestEveryKind: every kind of fact is merged, counted and told of. A new one that is not would be lost in silence.
func TestEveryKind(t *testing.T) {
	v := reflect.TypeFor[inventory.Facts]()
	for i := range v.NumField() {
		name := v.Field(i).Name
		var one, merged inventory.Facts
		list := reflect.MakeSlice(v.Field(i).Type, 1, 1)
		reflect.ValueOf(&one).Elem().Field(i).Set(list)
		if u := one.Usages; len(u) > 0 {
			u[0].Count = 1
		}
		if merged.Merge(&one); reflect.ValueOf(merged).Field(i).Len() != 1 {
			t.Errorf("%s is not merged", name)
		}
		switch name {
		case "Skips", "Warnings", "Inferred", "Windows":
			continue // told of elsewhere, or with the events
		}
		if len(tallies(&one)) != 1 {
			t.Errorf("%s is not told of", name)
		}
		if one.Count() != 1 && name != "Exports" && name != "Imports" { // those two only join stacks
			t.Errorf("%s is not counted", name)
		}
	}
}

// FuzzDocuments wants no panic from any decoder, whatever a file holds, and an error or an entry for every file.
func FuzzDocuments(f *testing.F) {
	for _, s := range []string{oneRole, oneAgents, "version: 1\n", "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Type: AWS::S3::Bucket}}", "[{}]", "{}{}", "\xff\xfe{\x00", "PK\x05\x06"} {
		f.Add("f.json", []byte(s))
		f.Add("f.yaml", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		facts, r, err := ImportFiles(t.Context(), []File{{Name: name, Open: held(data)}}, Options{Account: "111122223333", Region: "eu-central-1"})
		if (facts == nil) != (err != nil) || len(r.Files) == 0 {
			t.Errorf("facts %v, error %v, report %+v", facts != nil, err, r)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
