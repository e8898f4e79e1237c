package iam

import (
	"errors"
	"strings"
	"testing"
)

func TestReadCasesNamesTheLine(t *testing.T) {
	good := `{"id":"a","kind":"decision","expect":{"decision":"allow"}}`
	for _, c := range []struct {
		name, file, says string
		line             int
	}{
		{"no JSON", good + "\n\nhello", "invalid character", 3},
		{"cut off", good + "\n" + good[:20], "unexpected end", 2},
		{"the wrong type", `{"id":7,"kind":"decision"}`, "cannot unmarshal number", 1},
		{"no kind", `{"kind":"header"}` + "\n{}", `kind "" is neither`, 2},
		{"a huge line", good + "\n" + strings.Repeat(" ", maxCaseLine+1), "longer than 8 MiB", 2},
	} {
		_, err := ReadCases(strings.NewReader(c.file))
		e, ok := errors.AsType[*LineError](err)
		if !ok || e.Line != c.line || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	cases, err := ReadCases(strings.NewReader("\n" + good + "\n" + `{"kind":"match"}`))
	if err != nil || len(cases) != 2 || cases[1].ID != "line 3" {
		t.Errorf("%+v, %v", cases, err)
	}
}

func TestCaseWithUnknownWordsFails(t *testing.T) {
	for file, says := range map[string]string{
		`{"kind":"decision","mode":"lenient","expect":{"decision":"implicit_deny"}}`:                              `mode "lenient"`,
		`{"kind":"decision","request":{"principal":{"type":"robot"}},"expect":{"decision":"implicit_deny"}}`:      `principal.type "robot"`,
		`{"kind":"decision","policies":{"identity":["x"]},"expect":{"decision":"implicit_deny"}}`:                 "identity 0 policy",
		`{"kind":"decision","policies":{},"request":{"action":"s3:GetObject"},"expect":{"decision":"permitted"}}`: "want permitted",
	} {
		cases, err := ReadCases(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if o := cases[0].Run(); o.Pass || !strings.Contains(o.Why, says) {
			t.Errorf("%s: %+v", file, o)
		}
	}
}
