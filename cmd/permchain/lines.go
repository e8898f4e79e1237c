package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lines gathers text for a person. What comes from imported files is made safe to show: it can neither steer a
// terminal nor pass for a line of ours.
type lines struct{ b strings.Builder }

func (l *lines) add(format string, args ...any) {
	l.b.WriteString(plain(fmt.Sprintf(format, args...)))
	l.b.WriteByte('\n')
}

// block adds text that may have several lines, each behind the prefix.
func (l *lines) block(prefix, text string) {
	for line := range strings.Lines(text) {
		l.add("%s%s", prefix, strings.TrimRight(line, "\r\n"))
	}
}

// raw adds text whose parts were made safe to show already.
func (l *lines) raw(text string) { l.b.WriteString(text) }

func (l *lines) String() string { return l.b.String() }

// plain spells out control characters and those that turn the direction of writing.
func plain(s string) string {
	if !strings.ContainsFunc(s, steers) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !steers(r):
			b.WriteRune(r) // an invalid byte becomes U+FFFD
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func steers(r rune) bool {
	return r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

// count phrases a number of things: "1 link", "2 links".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
