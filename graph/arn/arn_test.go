package arn

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, typ, id, name string }{
		{"arn:aws:iam::111122223333:role/service/app", "role", "service/app", "app"},
		{"arn:aws:lambda:us-east-1:111122223333:function:tool", "function", "tool", "tool"},
		{"arn:aws:s3:::bucket/key:with/colon", "", "bucket/key:with/colon", "colon"},
		{"arn:aws:bedrock:us-east-1::foundation-model/vendor.m-v1:0", "foundation-model", "vendor.m-v1:0", "0"},
		{"arn:aws:sqs:us-east-1:111122223333:queue", "", "queue", "queue"},
		{"arn:aws:iam::111122223333:root", "", "root", "root"},
		{"arn:aws:logs:us-east-1:111122223333:log-group:/aws/x:*", "log-group", "/aws/x:*", "*"},
		{"arn:::::", "", "", ""},
	} {
		a, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if a.String() != c.in {
			t.Errorf("Parse(%q).String() = %q", c.in, a.String())
		}
		if a.ResourceType() != c.typ || a.ResourceID() != c.id || a.Name() != c.name {
			t.Errorf("%q: type %q, id %q, name %q", c.in, a.ResourceType(), a.ResourceID(), a.Name())
		}
	}
	for _, bad := range []string{"", "arn", "arn:aws:s3::", "urn:aws:s3:::b", "arn:aws:sqs"} {
		if a, err := Parse(bad); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", bad, a)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b:c", true},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::B/a", false},
		{"arn:*:key/1", "arn:aws:kms:us-east-1:1:key/1", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a?c", "aéc", true}, // one character, two bytes
		{"*?c", "éc", true},
		{"*.iso", "x.iso.iso", true},
		{"a*b*c", "a__b__bc", true},
		{"a*b*c", "a__b__bd", false},
		{"*a?b*", "xxaybzz", true},
		{"a" + Literal("*") + "b", "a*b", true},
		{"a" + Literal("*") + "b", "axb", false},
		{"*" + Literal("?"), "x?", true},
		{"*" + Literal("?"), "xy", false},
	} {
		if got := Match(c.pattern, c.s); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.pattern, c.s, got)
		}
		if got := Match(c.pattern, c.s); got && !MatchFold(strings.ToLower(Show(c.pattern)), c.s) {
			t.Errorf("MatchFold(%q, %q) = false", c.pattern, c.s)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Match("arn:*:b/*/c?*", "arn:aws:s3:::b/a/b:c/c1/x") }); n != 0 {
		t.Errorf("Match allocates %v times", n)
	}
}

// words returns every string over an alphabet up to a length.
func words(alphabet string, length int) []string {
	out := []string{""}
	for from, n := 0, 0; n < length; n++ {
		end := len(out)
		for _, w := range out[from:end] {
			for _, c := range alphabet {
				out = append(out, w+string(c))
			}
		}
		from = end
	}
	return out
}

// naive is Match as its definition says it.
func naive(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == '*':
		return naive(p[1:], s) || s != "" && naive(p, s[1:])
	case s == "":
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && naive(p[1:], s[1:])
}

// TestRelateExhaustive holds every pair of short patterns against the words that they match. The words have a letter that
// no pattern names, and are long enough to tell any two of the patterns apart.
func TestRelateExhaustive(t *testing.T) {
	patterns := words("ab*?", 4)
	all := words("abc", 7)
	if testing.Short() {
		patterns = words("a*?", 4)
		all = words("ac", 7)
	}
	type set []uint64
	sets := make([]set, len(patterns))
	for i, p := range patterns {
		sets[i] = make(set, (len(all)+63)/64)
		for j, w := range all {
			got := Match(p, w)
			if got {
				sets[i][j/64] |= 1 << (j % 64)
			}
			if len(w) <= 4 && got != naive(p, w) {
				t.Fatalf("Match(%q, %q) = %v", p, w, got)
			}
		}
	}
	for i, a := range patterns {
		for j, b := range patterns {
			var common, onlyA, onlyB bool
			for k := range sets[i] {
				common = common || sets[i][k]&sets[j][k] != 0
				onlyA = onlyA || sets[i][k]&^sets[j][k] != 0
				onlyB = onlyB || sets[j][k]&^sets[i][k] != 0
			}
			want := Disjoint
			switch {
			case !onlyA && !onlyB:
				want = Equal
			case !onlyB:
				want = Contains
			case !onlyA:
				want = Within
			case common:
				want = Overlaps
			}
			if (want == Equal) != (Normal(a) == Normal(b)) {
				t.Fatalf("%q and %q are %v, normal %q and %q", a, b, want, Normal(a), Normal(b))
			}
			if got := Relate(a, b); got != want {
				t.Fatalf("Relate(%q, %q) = %v, want %v", a, b, got, want)
			}
			in, ok := Intersect(a, b)
			if !ok {
				t.Fatalf("Intersect(%q, %q) gives up", a, b)
			}
			if i%7 != 0 && !testing.Short() {
				continue
			}
			for k, w := range all {
				both := sets[i][k/64]&sets[j][k/64]>>(k%64)&1 == 1
				found := false
				for _, p := range in {
					found = found || Match(p, w)
				}
				if found != both {
					t.Fatalf("Intersect(%q, %q) = %q: %q is in it: %v, in both: %v", a, b, in, w, found, both)
				}
			}
		}
	}
}

func TestRelateARNs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Relation
	}{
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/public/*", Contains},
		{"arn:aws:s3:::*/*.iso", "arn:aws:s3:::b/*", Overlaps},
		{"arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:us-east-1::foundation-model/vendor.m", Contains},
		{"arn:aws:bedrock:eu-*::foundation-model/*", "arn:aws:bedrock:us-*::foundation-model/*", Disjoint},
		{"arn:aws:s3:::b/???*", "arn:aws:s3:::b/*???", Equal},
		{"*", "arn:*", Contains},
	} {
		if got := Relate(c.a, c.b); got != c.want {
			t.Errorf("Relate(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range [][3]string{
		{"arn:aws:s3:::b/*", "arn:aws:s3:::*/*.iso", "arn:aws:s3:::b/a.iso"},
		{"*a*b*", "?*a?", "xab"}, {"", "*", "é"}, {"a\x01*", "*\x02", "a**?"},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, a, b, s string) {
		if len(a) > 12 || len(b) > 12 || len(s) > 24 || !utf8.ValidString(a+b+s) {
			t.Skip()
		}
		// A wider pattern never matches less.
		if Match(a, s) && !Match(a+"*", s) || Match(a, s) && !Match("*"+a, s) {
			t.Errorf("%q matches %q, and with a star does not", a, s)
		}
		if Covers(a, b) && Match(b, s) && !Match(a, s) && !strings.ContainsAny(a+b+s, "\x01\x02") {
			t.Errorf("%q covers %q, which alone matches %q", a, b, s)
		}
		if Match(a, s) && Match(b, s) && !strings.ContainsAny(a+b+s, "\x01\x02") {
			if !Overlap(a, b) {
				t.Errorf("%q and %q both match %q, yet do not overlap", a, b, s)
			}
			if in, ok := Intersect(a, b); ok {
				found := false
				for _, p := range in {
					found = found || Match(p, s)
				}
				if !found {
					t.Errorf("Intersect(%q, %q) = %q does not match %q", a, b, in, s)
				}
			}
		}
		Relate(a, b)
	})
}
