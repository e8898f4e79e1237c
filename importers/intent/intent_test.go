package intent

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/importers/example"
)

const full = `version: 1
organization: Acme
classes: [public, internal, restricted]
environments:
  - {name: prod, accounts: [111122223333, "444455556666"]}
  - {name: partner, accounts: ["999988887777"], outside: true}
approved: {models: ["anthropic.claude-*"], regions: []}
sources:
  - path: prod/**
    account: "011122223333"
    region: eu-central-1
    stack: support
    parameters: {Stage: prod, Days: 30, Debug: false}
    as: scp
owners:
  - {match: "support-*", owner: customer-care}
  - {match: "*", kind: bucket, owner: data-platform}
ownerTags: [owner]
data: [{match: "arn:aws:s3:::hr-*", class: restricted}]
tools: [{match: cancel_order, effect: financial}]
people:
  - {role: "AWSReservedSSO_Support_*", name: Support agents, count: 84}
workloads:
  - name: support
    title: Support assistant
    purpose: answers
    owner: customer-care
    risk: moderate
    clearance: internal
    environment: prod
    users: [Customers]
    members: [support-agent]
    models: [m]
    data: [d]
    tools: [t]
    logs: [l]
    retention: 12w
    review: 2027-01-31
`

func decode(data string) (*inventory.Intent, error) {
	var out inventory.Facts
	if err := Decode(inventory.Input{File: "permchain.yaml", Data: []byte(data)}, &out); err != nil {
		return nil, err
	}
	return &out.Intents[0], nil
}

func TestDecode(t *testing.T) {
	got, err := decode(full)
	if err != nil {
		t.Fatal(err)
	}
	want := &inventory.Intent{
		Organization: "Acme", Classes: []string{"public", "internal", "restricted"},
		Environments: []inventory.Environment{{Name: "prod", Accounts: []string{"111122223333", "444455556666"}},
			{Name: "partner", Accounts: []string{"999988887777"}, Outside: true}},
		ApprovedModels: []string{"anthropic.claude-*"}, ApprovedRegions: []string{},
		Sources: []inventory.SourceRule{{Path: "prod/**", Account: "011122223333", Region: "eu-central-1", Stack: "support",
			Params: map[string]string{"Stage": "prod", "Days": "30", "Debug": "false"}, As: "scp"}},
		Owners:    []inventory.OwnerRule{{Match: "support-*", Owner: "customer-care"}, {Match: "*", Kind: "bucket", Owner: "data-platform"}},
		OwnerTags: []string{"owner"},
		Data:      []inventory.ClassRule{{Match: "arn:aws:s3:::hr-*", Class: "restricted"}},
		Tools:     []inventory.EffectRule{{Match: "cancel_order", Effect: "financial"}},
		People:    []inventory.PeopleRule{{Role: "AWSReservedSSO_Support_*", Name: "Support agents", Count: 84}},
		Workloads: []inventory.Workload{{Name: "support", Title: "Support assistant", Purpose: "answers", Owner: "customer-care", Risk: "moderate",
			Clearance: "internal", Env: "prod", Users: []string{"Customers"}, Members: []string{"support-agent"}, Models: []string{"m"}, Data: []string{"d"},
			Tools: []string{"t"}, Logs: []string{"l"}, RetentionDays: 84, Review: "2027-01-31"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(inventory.Source{})); diff != "" {
		t.Errorf("intent (-want +got):\n%s", diff)
	}
	if got.ApprovedRegions == nil {
		t.Error("an empty list of Regions reads as none declared")
	}

	for what, s := range map[string]struct{ got, want inventory.Source }{
		"file":     {got.Source, inventory.Source{File: "permchain.yaml", Line: 1}},
		"owner":    {got.Owners[1].Source, inventory.Source{File: "permchain.yaml", Line: 17, Pointer: "/owners/1", Address: "owners[1]"}},
		"workload": {got.Workloads[0].Source, inventory.Source{File: "permchain.yaml", Line: 24, Pointer: "/workloads/0", Address: "workloads[0]"}},
	} {
		if s.got != s.want {
			t.Errorf("%s is from %+v, want %+v", what, s.got, s.want)
		}
	}
}

func TestLeftOut(t *testing.T) {
	got, err := decode("version: 1\nowners:\napproved: {models: }\n")
	if err != nil {
		t.Fatal(err)
	}
	if got.ApprovedModels != nil || got.Owners != nil || got.OwnerTags != nil || got.Classes != nil {
		t.Errorf("what is left out is not nil: %+v", got)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string
	}{
		{"empty", "", []string{"line 1: there is nothing in it"}},
		{"only a comment", "# later\n", []string{"line 1: there is nothing in it"}},
		{"a list", "- a\n", []string{"line 1: is a list where keys and values should be"}},
		{"no version", "organization: Acme\n", []string{"line 1: version is missing: begin with version: 1"}},
		{"a later version", "version: 2\n", []string{"line 1: version: only version 1 is known"}},
		{"a second document", "version: 1\n---\nversion: 1\n", []string{"line 2: a second YAML document: there can be one"}},
		{"unknown keys, near and far", "version: 1\nworkload: []\ncolour: blue\nowners:\n  - {match: a, ownr: b}\n", []string{
			`line 2: "workload" is no known key: is workloads meant?`,
			`line 3: "colour" is no known key: there are version, organization, classes, environments, approved, sources, owners, ownerTags, data, tools, people, workloads`,
			`line 5: owners[0]: "ownr" is no known key: is owner meant?`}},
		{"a key twice", "version: 1\nclasses: [a]\nclasses: [b]\n", []string{"line 3: classes stands here and on line 2"}},
		{"merged keys", "version: 1\nworkloads:\n  - <<: {risk: low}\n    name: a\n", []string{
			`line 3: workloads[0]: "<<" is no known key: there are name, title, purpose, owner, risk, clearance, environment, users, members, models, data, tools, logs, retention, review`}},
		{"wrong types", "version: 1\norganization: [a]\nclasses: public\nowners: {match: a}\ntools: [cancel]\nworkloads:\n  - {name: yes, users: [true, \"\", {a: b}]}\n  - {name: true}\n", []string{
			"line 2: organization: is a list where text should be",
			"line 3: classes: is text where a list should be: write [public]",
			"line 4: owners: is keys and values where a list should be, each entry after a dash",
			"line 5: tools[0]: is text where keys and values should be, as {match: …}",
			"line 7: workloads[0].users[0]: is true where text should be: put it in quotes if it is meant",
			"line 7: workloads[0].users[1]: is empty",
			"line 7: workloads[0].users[2]: is keys and values where text should be",
			"line 8: workloads[1].name: is true where text should be: put it in quotes if it is meant"}},
		{"missing parts", "version: 1\nenvironments: [{name: prod}]\nsources: [{account: \"111122223333\"}]\ndata: [{match: a}]\nworkloads: [{title: x}]\npeople: [{role: r, name: \"\"}]\n", []string{
			"line 2: environments[0]: accounts is missing",
			"line 3: sources[0]: path is missing",
			"line 4: data[0]: class is missing",
			"line 5: workloads[0]: name is missing",
			"line 6: people[0]: name is missing"}},
		{"classes", "version: 1\nclasses: [public, internal, public]\ndata:\n  - {match: a, class: restrictd}\n  - match: b\n    class: interal\n", []string{
			"line 2: classes[2]: public stands twice",
			`line 4: data[0].class: "restrictd" is no known class: there are public, internal, public`,
			`line 6: data[1].class: "interal" is no known class: is internal meant?`}},
		{"classes that nobody declared", "version: 1\ndata: [{match: a, class: secret}]\n", []string{"line 2: data[0].class: secret is not declared: list it in classes, low to high"}},
		{"environments", "version: 1\nenvironments:\n  - {name: prod, accounts: [\"111122223333\"]}\n  - {name: prod, accounts: []}\n  - {name: dev, accounts: [\"111122223333\"], outside: maybe}\nworkloads:\n  - name: a\n    environment: prd\n", []string{
			"line 4: environments[1]: environment prod stands twice",
			"line 5: environments[2].outside: is text where true or false should be",
			"line 5: environments[2]: account 111122223333 is in prod too",
			`line 8: workloads[0].environment: "prd" is no known environment: is prod meant?`}},
		{"workloads twice", "version: 1\nworkloads:\n  - {name: a}\n  - {name: b}\n  - {name: a}\n", []string{"line 5: workloads[2]: workload a stands on line 3 already"}},
		{"closed lists", "version: 1\nowners: [{match: a, kind: buckets, owner: b}]\ntools: [{match: a, effect: money}]\nworkloads:\n  - {name: a, risk: medium, review: quaterly}\n", []string{
			`line 2: owners[0].kind: "buckets" is no known kind: is bucket meant?`,
			`line 3: tools[0].effect: "money" is no known effect: there are none, customer-visible, financial, legal, safety`,
			`line 5: workloads[0].risk: "medium" is no known risk: there are low, moderate, high`,
			`line 5: workloads[0].review: "quaterly" is no known interval: is quarterly meant?, or a date as 2027-01-31`}},
		{"values", "version: 1\nsources: [{path: a, account: 1234, parameters: {Zones: [a, b]}}]\npeople: [{role: a, name: b, count: many}]\nworkloads:\n  - {name: a, retention: 90}\n  - {name: b, retention: 0d}\n  - {name: c, retention: 3 months}\n", []string{
			`line 2: sources[0].account: "1234" is no account: an account is twelve digits, in quotes`,
			"line 2: sources[0].parameters.Zones: is a list where text should be: a list is its values with commas between them",
			"line 3: people[0].count: is no number of people",
			`line 5: workloads[0].retention: "90" has no unit: write days, weeks or years, as 90d, 12w or 7y`,
			`line 6: workloads[1].retention: "0d" is no span of time: write days, weeks or years, as 90d, 12w or 7y`,
			`line 7: workloads[2].retention: "3 months" has no unit: write days, weeks or years, as 90d, 12w or 7y`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decode(c.data)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(c.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSyntax(t *testing.T) {
	_, err := decode("version: 1\nowners:\n  - {match: a\nclasses: [")
	var at *Error
	if err == nil || !strings.Contains(err.Error(), "not YAML") {
		t.Fatalf("error is %v", err)
	}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		at = e.(*Error)
	}
	if at.Line < 3 {
		t.Errorf("the fault is on line %d, want 3 or 4: %v", at.Line, at)
	}
}

// Lines are those of the file where the document begins further down in it.
func TestLinesBefore(t *testing.T) {
	err := Decode(inventory.Input{File: "x", Lines: 10, Data: []byte("version: 1\nclases: []\n")}, &inventory.Facts{})
	if err == nil || !strings.HasPrefix(err.Error(), "line 12: ") {
		t.Errorf("error is %v, want it on line 12", err)
	}
}

func TestManyMistakes(t *testing.T) {
	_, err := decode("version: 1\nowners:\n" + strings.Repeat("  - {mtch: a}\n", 100))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != MaxErrors+1 || lines[MaxErrors] != "and 80 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestRecognize(t *testing.T) {
	object := func(fields ...inventory.Field) inventory.Part {
		return inventory.Part{Kind: inventory.Object, Len: len(fields), Fields: fields}
	}
	field := func(key, text string) inventory.Field {
		return inventory.Field{Key: key, Value: inventory.Part{Kind: inventory.Number, Text: text}}
	}
	for _, c := range []struct {
		name  string
		shape inventory.Shape
		want  bool
	}{
		{"by name", inventory.Shape{File: "a/b/permchain.yml", Root: object()}, true},
		{"by name in an archive", inventory.Shape{File: "a.zip!Permchain.yaml", Root: object()}, true},
		{"named so, but a list", inventory.Shape{File: "permchain.yaml", Root: inventory.Part{Kind: inventory.Array}}, false},
		{"by keys", inventory.Shape{File: "ai.yaml", Root: object(field("version", "1"), field("workloads", ""))}, true},
		{"a key of something else", inventory.Shape{File: "ai.yaml", Root: object(field("version", "1"), field("workloads", ""), field("services", ""))}, false},
		{"another version", inventory.Shape{File: "ai.yaml", Root: object(field("version", "3"), field("workloads", ""))}, false},
		{"nothing of its own", inventory.Shape{File: "ai.yaml", Root: object(field("version", "1"), field("tools", ""))}, false},
	} {
		if format, ok := Recognize(c.shape); ok != c.want {
			t.Errorf("%s: recognised %v as %q", c.name, ok, format)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"owner", "match", "kind"}
	for word, want := range map[string]string{"ownr": "owner", "Owner": "owner", "mtach": "match", "matc": "match", "x": "", "kin": "kind", strings.Repeat("owner", 40): ""} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestExample(t *testing.T) {
	data, err := fs.ReadFile(example.FS(), "permchain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decode(string(data)); err != nil {
		t.Error(err)
	}
}

// FuzzDecode: no file panics, and what is refused says on which line.
func FuzzDecode(f *testing.F) {
	data, err := fs.ReadFile(example.FS(), "permchain.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(full))
	f.Add([]byte("version: 1\nowners: &a\n  - *a\n"))
	f.Add([]byte("{\"version\": 1, \"workloads\": [{\"name\": 3}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out inventory.Facts
		err := Decode(inventory.Input{File: "permchain.yaml", Data: data}, &out)
		if (err == nil) != (len(out.Intents) == 1) {
			t.Errorf("error %v with %d intents", err, len(out.Intents))
		}
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("an error without a line: %v", err)
		}
	})
}
