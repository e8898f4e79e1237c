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
	// What stands before the first star.
	for {
		if len(pattern) == 0 {
			return len(s) == 0
		}
		c := pattern[0]
		if c == '*' {
			break
		}
		if len(s) == 0 {
			return false
		}
		switch {
		case c == s[0] && c != '?':
			s = s[1:]
		case c == '?':
			s = s[width(s, 0):]
		case c == LiteralStar && s[0] == '*' || c == LiteralMark && s[0] == '?':
			s = s[1:]
		default:
			return false
		}
		pattern = pattern[1:]
	}
	// Each star takes as little as lets what follows it match; the last takes all but the end.
	for {
		for len(pattern) > 0 && pattern[0] == '*' {
			pattern = pattern[1:]
		}
		if len(pattern) == 0 {
			return true
		}
		end := strings.IndexByte(pattern, '*')
		literal := pattern
		if end >= 0 {
			literal = pattern[:end]
		}
		if !plain(literal) {
			return matchSlow(pattern, s)
		}
		if end < 0 {
			return strings.HasSuffix(s, literal)
		}
		i := strings.Index(s, literal)
		if i < 0 {
			return false
		}
		s, pattern = s[i+len(literal):], pattern[end:]
	}
}

// plain reports whether text stands for itself alone.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c == '?' || c == LiteralStar || c == LiteralMark {
			return false
		}
	}
	return true
}

// matchSlow matches a pattern that follows a star, one character at a time.
func matchSlow(pattern, s string) bool {
	p, i := 0, 0
	mark := 0 // where the last star began to take
	star := 0 // what follows the last star
	for i < len(s) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				p++
				star, mark = p, i
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
		mark += width(s, mark)
		p, i = star, mark
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
