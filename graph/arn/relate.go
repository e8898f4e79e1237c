package arn

import "strings"

// Relation says how the names that two patterns match relate.
type Relation int

// Relations of a to b.
const (
	Disjoint Relation = iota // no name matches both
	Overlaps                 // some names match both, and each matches names that the other does not
	Equal                    // the same names
	Contains                 // a matches every name that b does, and more
	Within                   // b matches every name that a does, and more
)

// String is the relation as a word.
func (r Relation) String() string {
	return [...]string{"disjoint", "overlaps", "equal", "contains", "within"}[r]
}

// Relate says how pattern a relates to pattern b. It is exact for all patterns of * and ? over an alphabet that
// has at least one character that neither pattern names, as ARNs have.
func Relate(a, b string) Relation {
	if a == b {
		return Equal
	}
	ab, ba := Covers(a, b), Covers(b, a)
	switch {
	case ab && ba:
		return Equal
	case ab:
		return Contains
	case ba:
		return Within
	case Overlap(a, b):
		return Overlaps
	}
	return Disjoint
}

// Covers reports whether every name that pattern b matches is matched by pattern a too.
func Covers(a, b string) bool {
	if a == "*" || a == b {
		return true
	}
	if !HasWildcard(b) {
		return Match(a, b)
	}
	if !HasWildcard(a) {
		return false // b has a wildcard, so it matches more than one name
	}
	if p := prefix(a); !strings.HasPrefix(b, p) {
		return false // b's literal prefix is shorter or different
	}
	if symbols(a, b) {
		return true
	}
	if strings.IndexByte(a, '?') < 0 && strings.IndexByte(b, '?') < 0 {
		return false
	}
	return coversExact(a, b)
}

// prefix is what stands before a pattern's first wildcard.
func prefix(p string) string {
	if i := strings.IndexAny(p, "*?"); i >= 0 {
		return p[:i]
	}
	return p
}

// symbols matches a against b read as plain characters, where only a * of a takes a * of b. When it matches, a
// covers b. Where no pattern has ?, the reverse holds too: put a character that a does not name, often enough,
// for each * of b; only stars of a can take it.
func symbols(a, b string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(b) {
		if p < len(a) {
			switch c := a[p]; {
			case c == '*':
				star, mark = p, i
				p++
				continue
			case c == '?' && b[i] != '*':
				p++
				i += width(b, i)
				continue
			case c == b[i]:
				p++
				i++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += width(b, mark)
		p, i = star+1, mark
	}
	for p < len(a) && a[p] == '*' {
		p++
	}
	return p == len(a)
}

// coversExact walks b as an automaton beside the set of positions that a can be in, one character at a time:
// b's own characters, each character that either pattern names, and one that neither does. The visited pairs
// bound the walk.
func coversExact(a, b string) bool {
	ar, br := []rune(squeeze(a)), []rune(squeeze(b))
	letters := map[rune]bool{fresh: true}
	for _, r := range append(append([]rune(nil), ar...), br...) {
		if r != '*' && r != '?' {
			letters[r] = true
		}
	}
	type state struct {
		at  int
		set string
	}
	start := positions{true}
	start = append(start, make(positions, len(ar))...)
	start.slide(ar)
	seen := map[state]bool{}
	var walk func(at int, set positions) bool
	walk = func(at int, set positions) bool {
		k := state{at, set.key()}
		if seen[k] {
			return true
		}
		seen[k] = true
		if at == len(br) {
			return set[len(ar)]
		}
		step := func(r rune, to int) bool { return walk(to, set.step(ar, r)) }
		switch br[at] {
		case '*':
			if !walk(at+1, set) {
				return false
			}
			for r := range letters {
				if !step(r, at) {
					return false
				}
			}
		case '?':
			for r := range letters {
				if !step(r, at+1) {
					return false
				}
			}
		default:
			return step(br[at], at+1)
		}
		return true
	}
	return walk(0, start)
}

// fresh is a character that no pattern names.
const fresh = rune(-1)

// Normal writes a pattern in the one way that all patterns which match the same names share: each run of wildcards as
// its marks, then at most one star.
func Normal(pattern string) string {
	for i := 1; i < len(pattern); i++ {
		if pattern[i-1] == '*' && (pattern[i] == '*' || pattern[i] == '?') {
			return squeeze(pattern)
		}
	}
	return pattern
}

// squeeze writes each run of wildcards in one way: the marks, then at most one star.
func squeeze(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); {
		if p[i] != '*' && p[i] != '?' {
			b.WriteByte(p[i])
			i++
			continue
		}
		star := false
		for i < len(p) && (p[i] == '*' || p[i] == '?') {
			if p[i] == '*' {
				star = true
			} else {
				b.WriteByte('?')
			}
			i++
		}
		if star {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// positions are the places of a pattern that can come next.
type positions []bool

// slide adds the places behind stars, which may take nothing.
func (s positions) slide(p []rune) {
	for i, r := range p {
		if s[i] && r == '*' {
			s[i+1] = true
		}
	}
}

func (s positions) step(p []rune, c rune) positions {
	next := make(positions, len(s))
	for i, r := range p {
		if !s[i] {
			continue
		}
		switch {
		case r == '*':
			next[i] = true
		case r == '?' || r == c:
			next[i+1] = true
		}
	}
	next.slide(p)
	return next
}

func (s positions) key() string {
	k := make([]byte, (len(s)+7)/8)
	for i, on := range s {
		if on {
			k[i/8] |= 1 << (i % 8)
		}
	}
	return string(k)
}

// Overlap reports whether some name matches both patterns.
func Overlap(a, b string) bool {
	if !HasWildcard(a) {
		return Match(b, a) || a == b
	}
	if !HasWildcard(b) {
		return Match(a, b)
	}
	pa, pb := prefix(a), prefix(b)
	if !strings.HasPrefix(pa, pb) && !strings.HasPrefix(pb, pa) {
		return false
	}
	sa, sb := suffix(a), suffix(b)
	if !strings.HasSuffix(sa, sb) && !strings.HasSuffix(sb, sa) {
		return false
	}
	if len(pa) == len(a)-1 && a[len(pa)] == '*' && len(pb) == len(b)-1 && b[len(pb)] == '*' {
		return true // both are a prefix and a star
	}
	return overlapExact([]rune(a), []rune(b))
}

// suffix is what stands behind a pattern's last wildcard.
func suffix(p string) string {
	return p[strings.LastIndexAny(p, "*?")+1:]
}

// overlapExact marks, row by row, the pairs of places that one name can bring both patterns to.
func overlapExact(a, b []rune) bool {
	const short = 256 // rows of patterns up to this length need no allocation
	var space [2][short]bool
	row, next := space[0][:], space[1][:]
	if len(b) >= short {
		row, next = make([]bool, len(b)+1), make([]bool, len(b)+1)
	}
	row, next = row[:len(b)+1], next[:len(b)+1]
	row[0] = true
	for i := 0; ; i++ {
		// A star of b takes nothing, or takes what a star of a would; with a star of a waiting, b goes on by itself.
		star := i < len(a) && a[i] == '*'
		any := false
		for j := range b {
			if row[j] && (star || b[j] == '*') {
				row[j+1] = true
			}
			any = any || row[j]
		}
		if !any && !row[len(b)] {
			return false
		}
		if i == len(a) {
			return row[len(b)]
		}
		if star {
			continue // the star of a takes nothing more: the row stays
		}
		clear(next)
		for j := range b {
			switch {
			case !row[j]:
			case b[j] == '*':
				next[j] = true // the star of b takes a[i]
			case a[i] == '?' || b[j] == '?' || a[i] == b[j]:
				next[j+1] = true
			}
		}
		row, next = next, row
	}
}

// maxIntersection bounds the patterns that an intersection is written with. Patterns of policies give one to
// three; more than this is one pattern with many stars against another.
const maxIntersection = 32

// Bounds on the work of one intersection: places visited, and the product of the lengths. ARNs have up to a few hundred
// characters and policies up to eight stars in one.
const (
	maxSteps   = 1 << 11
	maxProduct = 1 << 18
)

// Intersect returns patterns that together match exactly the names that both a and b match. ok is false, and the
// patterns are not to be used, when more than a fixed number would be needed.
func Intersect(a, b string) (patterns []string, ok bool) {
	switch {
	case Covers(a, b):
		return []string{b}, true
	case Covers(b, a):
		return []string{a}, true
	case !Overlap(a, b):
		return nil, true
	}
	if len(a)*len(b) > maxProduct {
		return nil, false
	}
	ra, rb := []rune(squeeze(a)), []rune(squeeze(b))
	found := map[string]bool{}
	var out []string
	steps := 0
	var walk func(i, j int, head []rune) bool
	walk = func(i, j int, head []rune) bool {
		steps++
		if len(out) > maxIntersection || steps > maxSteps {
			return false
		}
		if i == len(ra) && j == len(rb) {
			s := squeeze(string(head))
			if !found[s] {
				found[s] = true
				out = append(out, s)
			}
			return true
		}
		if !overlapExact(ra[i:], rb[j:]) {
			return true
		}
		with := func(r rune) []rune { return append(head[:len(head):len(head)], r) }
		sa, sb := i < len(ra) && ra[i] == '*', j < len(rb) && rb[j] == '*'
		switch {
		case sa && sb:
			return walk(i+1, j, with('*')) && walk(i, j+1, with('*'))
		case sa:
			return walk(i+1, j, head) && (j == len(rb) || walk(i, j+1, with(rb[j])))
		case sb:
			return walk(i, j+1, head) && (i == len(ra) || walk(i+1, j, with(ra[i])))
		case ra[i] == '?':
			return walk(i+1, j+1, with(rb[j]))
		default:
			return walk(i+1, j+1, with(ra[i]))
		}
	}
	if !walk(0, 0, nil) {
		return nil, false
	}
	return Widest(out), true
}

// Widest drops the patterns that another of the list covers, keeping the order of the rest.
func Widest(patterns []string) []string {
	var out []string
next:
	for i, p := range patterns {
		for j, q := range patterns {
			if i == j {
				continue
			}
			if Covers(q, p) && (j < i || !Covers(p, q)) {
				continue next
			}
		}
		out = append(out, p)
	}
	return out
}
