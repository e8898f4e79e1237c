package inventory

import (
	"slices"
	"testing"
)

func TestPolicyDoc(t *testing.T) {
	in := Input{File: "f.json", Data: []byte(`{
  "object": {"Version":"2012-10-17"},
  "plain": "{\"Version\":\"2012-10-17\"}",
  "encoded": "%7B%22Resource%22%3A%22a+b%22%7D",
  "spaces": "%7B+%22Version%22%3A+1%7D",
  "twice": "\"{\\\"a\\\":1}\"",
  "cut": "{\"Version\":",
  "bad": "%7G",
  "number": 3, "list": "[]"
}`)}
	root, err := in.Value()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, raw, unknown string }{
		{"object", `{"Version":"2012-10-17"}`, ""},
		{"plain", `{"Version":"2012-10-17"}`, ""},
		{"encoded", `{"Resource":"a+b"}`, ""},
		{"spaces", `{ "Version": 1}`, ""},
		{"twice", `{"a":1}`, ""},
		{"cut", "", "the policy document cannot be read: line 1:12: ends before an object that begins on line 1 is closed: the file is cut off"},
		{"bad", "", `the policy document cannot be read: its percent-encoding is wrong: invalid URL escape "%7G"`},
		{"number", "", "the policy document is a number"},
		{"list", "", "the policy document cannot be read: it is an array"},
		{"none", "", "the file does not hold the policy document"},
	} {
		d := in.PolicyDoc("n", root.Get(c.key))
		if string(d.Raw) != c.raw || d.Unknown != c.unknown {
			t.Errorf("%s: got %q %q", c.key, d.Raw, d.Unknown)
		}
		if c.key == "plain" && (d.Source != Source{File: "f.json", Pointer: "/plain", Line: 3}) {
			t.Errorf("source %+v", d.Source)
		}
	}
}

func TestPolicyDocLines(t *testing.T) {
	in := Input{File: "f.json", Lines: 10, Data: []byte("{\"many\": {\"Statement\": [\n{},\n\n{}]},\n\"one\": {\n\"Statement\": {}}, \"none\": {}}")}
	root, err := in.Value()
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]int{"many": {12, 14}, "one": {16}, "none": nil} {
		if got := in.PolicyDoc(key, root.Get(key)).Lines; !slices.Equal(got, want) {
			t.Errorf("%s: lines %v, want %v", key, got, want)
		}
	}
}
