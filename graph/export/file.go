package export

import (
	"cmp"
	"fmt"
	"strings"
)

// Sizes around the drawing of a file.
const (
	fileHead   = 66
	fileMargin = 16
	legendRow  = 24
	footRow    = 17
	fileLeast  = 720
)

// file writes the scene as a file of its own.
func (s *svg) file() {
	sc, o := s.sc, s.o
	title := cmp.Or(o.Title, "Permission chain")
	w := max(sc.W, fileLeast)
	rows := legendRows(sc.Legend, w-2*fileMargin)
	foot := s.footer()
	h := fileHead + sc.H + 18 + len(rows)*legendRow + len(foot)*footRow + fileMargin
	s.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pcmap\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"pc-title pc-desc\">\n",
		w, h, w, h)
	s.printf("<title id=\"pc-title\">%s</title>\n<desc id=\"pc-desc\">%s</desc>\n", esc(title), esc(sc.Description()))
	s.printf("<style>\n%s</style>\n", fileCSS(o.Theme))
	s.printf("<rect class=\"bg\" width=\"%d\" height=\"%d\"/>\n", w, h)
	s.printf("<text class=\"title\" x=\"%d\" y=\"30\">%s</text>\n", fileMargin, esc(title))
	s.printf("<text class=\"scope\" x=\"%d\" y=\"50\">%s</text>\n", fileMargin, esc(sc.Scope+" · "+sc.Counts.String()))
	if o.Classification != "" {
		s.printf("<text class=\"class\" x=\"%d\" y=\"30\">%s</text>\n", w-fileMargin, esc(o.Classification))
	}
	s.printf("<g transform=\"translate(%d %d)\">\n", (w-sc.W)/2, fileHead)
	s.drawing()
	s.print("</g>\n")
	y := fileHead + sc.H + 18
	s.print("<g class=\"legend\">\n")
	for _, row := range rows {
		x := fileMargin
		for _, it := range row {
			s.printf("<g transform=\"translate(%d %d)\">%s<text x=\"42\" y=\"4\">%s</text></g>\n", x, y, sample(it.Key), esc(it.Text))
			x += legendWidth(it)
		}
		y += legendRow
	}
	s.print("</g>\n")
	for _, line := range foot {
		s.printf("<text class=\"foot\" x=\"%d\" y=\"%d\">%s</text>\n", fileMargin, y, esc(line))
		y += footRow
	}
	s.print("</svg>\n")
}

// footer says what the file is of, and what it leaves out.
func (s *svg) footer() []string {
	o := s.o
	var of []string
	if o.Snapshot != "" {
		of = append(of, "Snapshot "+o.Snapshot)
	}
	if !o.Time.IsZero() {
		of = append(of, o.Time.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	if o.Hash != "" {
		of = append(of, "sha256 "+o.Hash[:min(12, len(o.Hash))])
	}
	of = append(of, strings.TrimSpace("permchain "+o.Version))
	if o.Link != "" {
		of = append(of, o.Link)
	}
	out := []string{strings.Join(of, " · ")}
	if len(s.sc.Hidden) > 0 {
		var h []string
		for _, x := range s.sc.Hidden {
			h = append(h, x.String())
		}
		out = append(out, wrap("Not drawn: "+strings.Join(h, "; ")+".", max(s.sc.W, fileLeast)-2*fileMargin)...)
	}
	return out
}

// wrap breaks a line at spaces.
func wrap(text string, px int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && textWidth(line+" "+word, footSize, false) > px*100 {
			out = append(out, line)
			line = word
			continue
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(out, line)
}

func legendWidth(it LegendItem) int { return 42 + textWidth(it.Text, legendSize, false)/100 + 22 }

func legendRows(items []LegendItem, px int) [][]LegendItem {
	var rows [][]LegendItem
	x := px + 1
	for _, it := range items {
		if w := legendWidth(it); x+w > px {
			rows, x = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], it)
		x += legendWidth(it)
	}
	return rows
}

// LegendSVG is the sample of a legend's item as an SVG of its own, for a page that carries CSS.
func LegendSVG(key string) string {
	return "<svg class=\"pcmap pcmap-sample\" width=\"36\" height=\"18\" viewBox=\"0 0 36 18\" aria-hidden=\"true\"><g transform=\"translate(0 9)\">" + sample(key) + "</g></svg>"
}

// sample draws an item's mark around (0,0) … (34,0).
func sample(key string) string {
	line := func(class, more string) string {
		return fmt.Sprintf("<g class=\"e%s\"><path class=\"s\" d=\"M0 0H34\"/>%s</g>", class, more)
	}
	small := func(class, icon string) string {
		return fmt.Sprintf("<g class=\"n\"><path class=\"%s\" transform=\"translate(10 -8)\" d=\"%s\"/></g>", class, icon)
	}
	box := func(class, more string) string {
		return fmt.Sprintf("<g class=\"n%s\">%s<rect class=\"c\" x=\"2\" y=\"-7\" width=\"28\" height=\"14\" rx=\"4\"/></g>", class, more)
	}
	switch key {
	case "allowed":
		return line("", "")
	case "cond":
		return line(" cond", "")
	case "unknown":
		return line(" unknown", "")
	case "denied":
		return line(" denied", "")
	case "broad":
		return line(" broad", "")
	case "unowned":
		return line(" unowned", "")
	case "both":
		return line(" broad unowned", "")
	case "gate":
		return line("", `<path class="gate" d="M15 -4v9M19 -4v9"/>`)
	case "return":
		return line("", `<path class="gate" d="M19 -4v9M15 -4l-3 4l3 4"/>`)
	case "nolog":
		return line("", `<circle class="ring" cx="30" cy="0" r="3.5"/>`)
	case "wild":
		return box(" wild", "")
	case "gap":
		return box(" gap", "")
	case "fold":
		return box("", fmt.Sprintf(`<rect class="pile" x="5" y="-4" width="%d" height="14" rx="4"/>`, 28))
	case "guard":
		return small("gi", Icon("guardrail"))
	case "key":
		return small("gi", Icon("key"))
	}
	return ""
}
