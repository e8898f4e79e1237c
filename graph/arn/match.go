package arn

import (
	"strings"
	"unicode/utf8"
)

// LiteralStar and LiteralMark stand in a pattern for the characters * and ? themselves, as a policy writes them
// with ${*} and ${?}. Neither byte can be part of an ARN or a policy.
const (
	LiteralStar = '\x01'
	LiteralMark = '\x02'
)

var literals = strings.NewReplacer("*", string(rune(LiteralStar)), "?", string(rune(LiteralMark)))

// Literal returns a pattern that matches exactly s, wildcards in it included.
func Literal(s string) string {
	if !HasWildcard(s) {
		return s
	}
	return literals.Replace(s)
}

var shown = strings.NewReplacer(string(rune(LiteralStar)), "*", string(rune(LiteralMark)), "?")

// Show returns a pattern as people read it, with literal wildcards as plain characters.
func Show(pattern string) string {
	if strings.IndexByte(pattern, LiteralStar) < 0 && strings.IndexByte(pattern, LiteralMark) < 0 {
		return pattern
	}
	return shown.Replace(pattern)
}

// HasWildcard reports whether s holds * or ?.
func HasWildcard(s string) bool {
	for i := range len(s) {
		if s[i] == '*' || s[i] == '?' {
			return true
		}
	}
	return false
}

// Match reports whether a pattern matches s: * is any run of characters, the empty one included, ? is one
// character. It is case-sensitive, does not allocate, and its time is at most the product of the lengths.
func Match(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				star, mark = p, i
				p++
				continue
			case c == '?':
				p++
				i += width(s, i)
				continue
			case c == s[i] || c == LiteralStar && s[i] == '*' || c == LiteralMark && s[i] == '?':
				p++
				i++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += width(s, mark)
		p, i = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// MatchFold is Match for a pattern in lower case, ignoring the case of ASCII letters in s.
func MatchFold(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				star, mark = p, i
				p++
				continue
			case c == '?':
				p++
				i += width(s, i)
				continue
			case c == lower(s[i]):
				p++
				i++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += width(s, mark)
		p, i = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// width is the number of bytes of the character at s[i].
func width(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return n
}
