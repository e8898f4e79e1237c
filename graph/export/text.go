package export

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/permchain/permchain/graph/layout"
)

// Room for text on the drawing, in the units of textWidth: hundredths of a pixel.
const (
	nameSize, nameBold   = 120, true // tenths of a pixel, as in map.css
	detailSize           = 102
	labelSize, labelBold = 105, true
	footSize             = 110
	legendSize           = 115
	maxLabelText         = 20               // letters of a label's words …
	mostLabel            = layout.CardW - 8 // … and the width of a label, in pixels: as much as has room over a lane
	labelPad             = 12               // both sides of a label's words, in pixels
)

// labelWidth is how wide a label is drawn, in pixels.
func labelWidth(s string) int { return (textWidth(s, labelSize, labelBold)+99)/100 + labelPad }

// textWidth is how wide text is in Inter, in hundredths of a pixel; letters beyond ASCII are estimated. The browser
// may draw it in another font, so writers also say how wide it should be where it would else run over.
func textWidth(s string, size int, bold bool) int {
	w := 0
	for _, r := range s {
		w += advance(r, bold)
	}
	return w * size / 100
}

// advance is the width of a letter in thousandths of its size.
func advance(r rune, bold bool) int {
	switch {
	case r < ' ':
		return 0
	case r <= '~' && bold:
		return interSemiBold[r-' ']
	case r <= '~':
		return interRegular[r-' ']
	case r == '…':
		return 956
	case r == '·':
		return 319
	case r == '✱' || r == '◇':
		return 850
	case r < 0x2e80:
		return 640
	}
	return 1000
}

// Advance widths of Inter 4 from space to tilde, in thousandths of the size, at weights 400 and 600.
var (
	interRegular = [95]int{
		281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618, 646, 593, 620, 566,
		619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746, 743, 269, 571, 672, 565, 903, 753, 765,
		639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471, 456, 323, 562, 612, 571, 612, 583, 370, 613,
		591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
	}
	interSemiBold = [95]int{
		252, 321, 523, 644, 650, 1004, 663, 326, 373, 373, 540, 673, 319, 465, 319, 379, 660, 423, 623, 636, 666, 612, 640, 576,
		640, 640, 319, 329, 673, 673, 673, 543, 999, 728, 659, 737, 722, 605, 588, 749, 746, 277, 580, 703, 565, 922, 759, 769,
		645, 773, 652, 650, 660, 736, 728, 1020, 720, 713, 652, 373, 379, 373, 481, 469, 351, 574, 624, 583, 624, 591, 389, 625,
		612, 262, 262, 569, 262, 900, 612, 609, 624, 624, 397, 549, 353, 612, 587, 839, 569, 588, 566, 455, 359, 455, 673,
	}
)

// shorten takes letters out of the middle of s so that at most n are left.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	tail := (n - 1) / 3 // beginnings tell more
	head := n - 1 - tail
	return string(r[:head]) + "…" + string(r[len(r)-tail:])
}

// squeeze is how much wider than its room text may be, in hundredths: it is drawn a little closer. Text that needs more
// is shortened.
const squeeze = 112

// fits reports whether text can be drawn in so many pixels.
func fits(s string, px, size int, bold bool) bool { return textWidth(s, size, bold) <= px*squeeze }

// fit takes letters out of the middle of s until it fits px pixels. Of a path it keeps the last part before the
// others: "/aws/lambda/order-tools" becomes "…/order-tools".
func fit(s string, px, size int, bold bool) string {
	if fits(s, px, size, bold) {
		return s
	}
	if i := strings.LastIndexByte(s, '/'); i > 0 && i < len(s)-1 && !strings.Contains(s, " ") {
		if t := "…" + s[i:]; fits(t, px, size, bold) {
			return t
		}
		s = s[i+1:]
	}
	r := []rune(s)
	if len(r) > 200 { // far beyond what fits; the middle goes first
		r = append(r[:100:100], r[len(r)-100:]...)
	}
	for n := len(r) - 1; n > 1; n-- {
		if t := shorten(string(r), n); fits(t, px, size, bold) {
			return t
		}
	}
	return "…"
}

// fitDetail shortens a card's second line before its last dot, which says what sets the node apart, and leaves out what
// little would remain.
func fitDetail(s string, px int, bold bool) string {
	i := strings.LastIndex(s, " · ")
	if i < 0 || fits(s, px, detailSize, bold) {
		return fit(s, px, detailSize, bold)
	}
	r, tail := []rune(s[:i]), s[i:]
	for n := min(len(r), 100) - 1; n >= 6; n-- {
		if t := strings.TrimRight(string(r[:n]), " ·") + "…" + tail; fits(t, px, detailSize, bold) {
			return t
		}
	}
	return fit(strings.TrimPrefix(tail, " · "), px, detailSize, bold)
}

// versioned ends the names of models.
var versioned = regexp.MustCompile(`-[0-9]{8}-v[0-9]+(:[0-9]+)?$`)

// shortNames gives models whose names do not fit their cards these without date and version, where that leaves them
// apart.
func shortNames(cards []Card) {
	short := func(c *Card) string { return c.Name[:versioned.FindStringIndex(c.Name)[0]] }
	alike := map[string]int{}
	for i := range cards {
		if c := &cards[i]; versioned.MatchString(c.Name) {
			alike[short(c)]++
		} else {
			alike[c.Name]++
		}
	}
	for i := range cards {
		c := &cards[i]
		if !c.Folded() && versioned.MatchString(c.Name) && !fits(c.Name, cardText, nameSize, nameBold) && alike[short(c)] == 1 {
			c.short = short(c)
		}
	}
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
