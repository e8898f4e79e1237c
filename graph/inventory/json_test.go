package inventory

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseJSONValues(t *testing.T) {
	doc, err := ParseJSON([]byte("{\n \"a\": [1, {\"b/~c\": \"x\\u00e9\"}],\n \"n\": null, \"t\": true,\n \"a\": {}\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	root := doc.Root()
	if root.Len() != 4 || root.Get("a").Kind() != Object || root.Get("n").Exists() || root.Get("t").Flag() != Yes {
		t.Errorf("root: len %d, a %v", root.Len(), root.Get("a").Kind())
	}
	var first Value
	for k, v := range root.Fields() {
		if k == "a" {
			first = v
			break
		}
	}
	items := slices.Collect(first.Items())
	x := items[1].Get("b/~c")
	if x.Str() != "xé" || x.Pointer() != "/a/1/b~1~0c" || x.Line() != 2 {
		t.Errorf("got %q at %q line %d", x.Str(), x.Pointer(), x.Line())
	}
	if n, ok := items[0].Int(); !ok || n != 1 || items[0].Pointer() != "/a/0" {
		t.Errorf("got %d %v at %q", n, ok, items[0].Pointer())
	}
	n := 0
	for k, v := range doc.Repeated() {
		n++
		if k != "a" || v.Line() != 4 {
			t.Errorf("repeated %q on line %d", k, v.Line())
		}
	}
	if n != 1 {
		t.Errorf("%d repeated keys, want 1", n)
	}
	if v := root.Get("a", "nothing", "here"); v.Exists() || v.Str() != "" || v.Pointer() != "" || v.Line() != 0 {
		t.Errorf("missing value is %v", v)
	}
}

func TestParseJSONErrors(t *testing.T) {
	for _, c := range []struct {
		in, want  string
		line, col int
	}{
		{"", "nothing in it", 1, 1},
		{"  \n ", "nothing in it", 2, 2},
		{"{\n\"a\": 1,\n\"b\": [", "the file is cut off", 3, 7},
		{"{\"a\": \"x", "not closed", 1, 7},
		{"{\"a\" 1}", "colon", 1, 6},
		{"{\"a\":1,}", "key in quotes", 1, 8},
		{"{\"a\":1 \"b\":2}", "comma", 1, 8},
		{"[1,]", "JSON value", 1, 4},
		{"[1}", "comma or the end of an array", 1, 3},
		{"{a: 1}", "key in quotes", 1, 2},
		{"nul", "cut off", 1, 4},
		{"[01]", "JSON value", 1, 2},
		{"[1] 2", "more text", 1, 5},
		{"\"\\x\"", "no escape", 1, 3},
		{"\"a\nb\"", "inside a string", 1, 3},
		{strings.Repeat("[", MaxJSONDepth+1), "nested more than", 1, MaxJSONDepth + 1},
	} {
		_, err := ParseJSON([]byte(c.in))
		var e *SyntaxError
		if !errors.As(err, &e) || !strings.Contains(e.Msg, c.want) || e.Line != c.line || e.Column != c.col {
			t.Errorf("%.20q: got %v, want %q at %d:%d", c.in, err, c.want, c.line, c.col)
		}
	}
}

func TestShape(t *testing.T) {
	doc, err := ParseJSON([]byte(`{"Resources":{"A":{"Type":"AWS::X","P":{"deep":{"er":1}}}},"L":[{"k":"v"},2]}`))
	if err != nil {
		t.Fatal(err)
	}
	s := doc.Shape("f.json", "")
	if got := s.Root.Get("Resources", "A", "Type").Text; got != "AWS::X" {
		t.Errorf("type %q", got)
	}
	if !s.Root.Get("L").Has("[]", "k") || s.Root.Get("L").Len != 2 || s.Root.Has("L", "k") {
		t.Error("array")
	}
	if !s.Root.HasAll("Resources", "L") || s.Root.HasAll("Resources", "M") || !s.Root.Only("Resources", "L", "M") || s.Root.Only("L") {
		t.Error("keys")
	}
}

// FuzzJSON holds the reader against encoding/json: what one accepts the other does, and they read the same.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e3,true,false,null,"x\n"],"b":{}}`, `[]`, `"\ud83d\ude00"`, ` {"a":{"a":{"a":[[]]}}} `, `[1,2`, `"\u12"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := ParseJSON(data)
		if valid := json.Valid(data); valid != (err == nil) {
			if valid && strings.Contains(err.Error(), "nested more than") {
				return
			}
			t.Fatalf("valid %v, but %v", valid, err)
		}
		if err != nil {
			return
		}
		for range doc.Repeated() {
			return
		}
		got, err := json.Marshal(plain(doc.Root()))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(v)
		if string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		doc.Shape("f", "")
	})
}

func plain(v Value) any {
	switch v.Kind() {
	case Object:
		m := map[string]any{}
		for k, e := range v.Fields() {
			m[k] = plain(e)
		}
		return m
	case Array:
		a := []any{}
		for e := range v.Items() {
			a = append(a, plain(e))
		}
		return a
	case String:
		return v.Str()
	case Number:
		return json.Number(v.Text())
	case Bool:
		return v.Flag() == Yes
	}
	return nil
}
