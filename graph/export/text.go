package export

import (
	"strings"
	"unicode/utf8"
)

// Room for text on the drawing, in the units of textWidth: hundredths of a pixel.
const (
	nameSize, nameBold     = 12, true
	detailSize, detailBold = 10, false
	labelSize, labelBold   = 10, true
	maxLabelText           = 20 // letters of a label's words
	labelPad               = 16 // both sides of a label's words, in pixels
)

// labelWidth is how wide a label is drawn, in pixels.
func labelWidth(s string) int { return (textWidth(s, labelSize, labelBold)+99)/100 + labelPad }

// textWidth estimates how wide text is in Inter, in hundredths of a pixel. The browser may draw it in another font,
// so writers also say how wide it should be where it would else run over.
func textWidth(s string, size int, bold bool) int {
	w := 0
	for _, r := range s {
		w += advance(r)
	}
	if bold {
		w = w * 106 / 100
	}
	return w * size / 10
}

// advance is the width of a letter in thousandths of its size.
func advance(r rune) int {
	switch {
	case r < 0x20:
		return 0
	case strings.ContainsRune("iIjl.,:;'|!`", r):
		return 285
	case strings.ContainsRune("ftr()[]{}/\\ -·\"", r):
		return 375
	case strings.ContainsRune("mwMW@%…", r):
		return 880
	case r >= 'A' && r <= 'Z':
		return 680
	case r >= '0' && r <= '9':
		return 620
	case r < 0x7f:
		return 590
	case r == '✱' || r == '◇':
		return 850
	case r < 0x2e80:
		return 640
	}
	return 1000
}

// shorten takes letters out of the middle of s so that at most n are left.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	head := (n - 1 + 1) / 2
	tail := n - 1 - head
	return string(r[:head]) + "…" + string(r[len(r)-tail:])
}

// fit takes letters out of the middle of s until it is at most px pixels wide.
func fit(s string, px, size int, bold bool) string {
	if textWidth(s, size, bold) <= px*100 {
		return s
	}
	r := []rune(s)
	if len(r) > 200 { // far beyond what fits; the middle goes first
		r = append(r[:100:100], r[len(r)-100:]...)
	}
	for n := len(r) - 1; n > 1; n-- {
		if t := shorten(string(r), n); textWidth(t, size, bold) <= px*100 {
			return t
		}
	}
	return "…"
}

// clean makes a name safe to show: it drops what XML does not allow and what turns the direction of the text around
// it, and folds line breaks into spaces.
func clean(s string) string {
	ok := true
	for _, r := range s {
		if bad(r) || r == utf8.RuneError {
			ok = false
			break
		}
	}
	if ok {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == 0x2028 || r == 0x2029:
			return ' '
		case bad(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// bad reports whether a rune may not stand in XML 1.0 (https://www.w3.org/TR/xml/#charsets), or is a control: of
// the terminal, of lines, or of the direction of text (Unicode TR9).
func bad(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true
	case r == 0x2028, r == 0x2029, r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r >= 0xd800 && r <= 0xdfff, r == 0xfffe, r == 0xffff, r == 0xfeff:
		return true
	}
	return false
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// esc writes text for XML, inside an element or a quoted attribute alike.
func esc(s string) string { return xmlEscapes.Replace(clean(s)) }
