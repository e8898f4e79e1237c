package web

import (
	"strings"
	"testing"

	"github.com/permchain/permchain/web/view"
)

// marks writes lines with what is marked between « and ».
func marks(lines []view.CodeLine) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, c := range l {
			if c.Mark {
				b.WriteString("«" + c.Text + "»")
			} else {
				b.WriteString(c.Text)
			}
		}
	}
	return b.String()
}

func TestStatementsAreLaidOutWithTheirReasonMarked(t *testing.T) {
	set := func(vs ...string) map[string]bool {
		m := map[string]bool{}
		for _, v := range vs {
			m[v] = true
		}
		return m
	}
	for _, c := range []struct {
		name, policy string
		index        int
		m            marked
		want         string
	}{
		{"one value", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, 0,
			marked{actions: set("s3:*"), resources: set("*")},
			"{\n  \"Effect\": \"Allow\",\n  \"Action\": «\"s3:*\"»,\n  \"Resource\": «\"*\"»\n}"},
		{"a list, one of it", `{"Statement":[{"Action":["s3:GetObject","s3:*"],"Resource":"arn:aws:s3:::a/*"}]}`, 0,
			marked{actions: set("s3:*"), resources: set("*")},
			"{\n  \"Action\": [\"s3:GetObject\", «\"s3:*\"»],\n  \"Resource\": \"arn:aws:s3:::a/*\"\n}"},
		{"no list of statements", `{"Statement":{"Action":"a:b"}}`, 0, marked{}, "{\n  \"Action\": \"a:b\"\n}"},
		{"the second", `{"Statement":[{"Sid":"A"},{"Sid":"B"}]}`, 1, marked{}, "{\n  \"Sid\": \"B\"\n}"},
		{"the same value elsewhere", `{"Statement":[{"Sid":"*","Resource":"*"}]}`, 0, marked{resources: set("*")}, "{\n  \"Sid\": \"*\",\n  \"Resource\": «\"*\"»\n}"},
		{"who is let in", `{"Statement":[{"Principal":{"AWS":"*"}}]}`, 0, marked{principals: true}, "{\n  \"Principal\": {\n    \"AWS\": «\"*\"»\n  }\n}"},
		{"a long list", `{"Statement":[{"Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"]}]}`, 0, marked{actions: set("bedrock:InvokeModel")},
			"{\n  \"Action\": [\n    «\"bedrock:InvokeModel\"»,\n    \"bedrock:InvokeModelWithResponseStream\"\n  ]\n}"},
		{"markup", `{"Statement":[{"Sid":"<b>&"}]}`, 0, marked{}, "{\n  \"Sid\": \"<b>&\"\n}"},
		{"other values", `{"Statement":[{"Condition":{"Bool":{"aws:SecureTransport":[true,null,1.50]}},"X":{},"Y":[]}]}`, 0, marked{},
			"{\n  \"Condition\": {\n    \"Bool\": {\n      \"aws:SecureTransport\": [true, null, 1.50]\n    }\n  },\n  \"X\": {},\n  \"Y\": []\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, ok := statementOf(c.policy, c.index)
			if !ok {
				t.Fatal("not found")
			}
			lines, whole := layOut(v, c.m)
			if got := marks(lines); got != c.want || !whole {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestStatementThatIsNotThere(t *testing.T) {
	for _, c := range []struct {
		policy string
		index  int
	}{
		{`{"Statement":[{}]}`, 1}, {`{"Statement":[{}]}`, -1}, {`{"Statement":{}}`, 1}, {`{}`, 0}, {`[]`, 0}, {`{"Statement":"x"}`, 0}, {``, 0}, {`{"Statement":[{]}`, 0},
		{`{"Statement":[` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `]}`, 0},
	} {
		if _, ok := statementOf(c.policy, c.index); ok {
			t.Errorf("%.40q %d: found", c.policy, c.index)
		}
	}
}

func TestLongStatementsAreCut(t *testing.T) {
	v, ok := statementOf(`{"Statement":[{"Action":["`+strings.Repeat(`a:b","`, 2000)+`c:d"]}]}`, 0)
	if !ok {
		t.Fatal("not found")
	}
	if lines, whole := layOut(v, marked{}); whole || len(lines) != maxMarkup {
		t.Errorf("%d lines, whole %v", len(lines), whole)
	}
}

func TestDiff(t *testing.T) {
	text := func(ls []view.DiffLine) string {
		var b strings.Builder
		for _, l := range ls {
			b.WriteString(l.Op + l.Text + "\n")
		}
		return b.String()
	}
	for _, c := range []struct{ before, after, want string }{
		{"a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n"},
		{"a", "", "-a\n"}, {"", "a\nb", "+a\n+b\n"}, {"", "", ""}, {"a\n", "a", " a\n"},
		{"a\nb", "b\na", "-a\n b\n+a\n"},
	} {
		if got := text(diff(c.before, c.after)); got != c.want {
			t.Errorf("%q → %q: got %q, want %q", c.before, c.after, got, c.want)
		}
	}
	long := strings.Repeat("x\n", maxDiff+1)
	if got := diff(long, "y"); len(got) != maxDiff+2 || got[0].Op != "-" || got[maxDiff+1].Op != "+" {
		t.Errorf("a long diff has %d lines", len(got))
	}
}

func TestCompactKeepsWhatIsNotJSON(t *testing.T) {
	for in, want := range map[string]string{
		"requireConfirmation: ENABLED": "requireConfirmation: ENABLED",
		"{\"a\": [\n\"b\"\n]}":         "{\n  \"a\": [\"b\"]\n}",
		"":                             "",
	} {
		if got := compact(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzStatementOf(f *testing.F) {
	f.Add(`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, 0)
	f.Add(`{"Statement":{"Principal":{"AWS":["*"]}}}`, 0)
	f.Add(`{"Statement":[[[{"a":[1,null,true]}]]]}`, 0)
	f.Fuzz(func(t *testing.T, policy string, index int) {
		v, ok := statementOf(policy, index)
		if !ok {
			return
		}
		lines, whole := layOut(v, marked{principals: true})
		if !whole {
			return
		}
		// What is shown reads back as what it was.
		plain := strings.NewReplacer("«", "", "»", "").Replace(marks(lines))
		if strings.ContainsAny(policy, "«»") {
			return
		}
		again, err := parseJSON([]byte(plain))
		if err != nil {
			t.Fatalf("%q is shown as %q: %v", policy, plain, err)
		}
		if second, _ := layOut(again, marked{principals: true}); marks(second) != marks(lines) {
			t.Fatalf("%q is shown as %q, which reads as %q", policy, marks(lines), marks(second))
		}
	})
}
