package main

import (
	"strings"
	"unicode/utf8"
)

// columns are rows of text for a person, aligned. Under a row may stand lines of their own.
type columns struct{ rows []columnRow }

type columnRow struct {
	cells []string
	under []string
}

func (t *columns) row(cells ...string) {
	for i := range cells {
		cells[i] = plain(cells[i])
	}
	t.rows = append(t.rows, columnRow{cells: cells})
}

// under adds a line below the last row.
func (t *columns) under(line string) {
	r := &t.rows[len(t.rows)-1]
	r.under = append(r.under, plain(line))
}

// widestColumn bounds what a column is aligned to: a longer cell pushes only its own row aside.
const widestColumn = 64

// text writes the rows; each row begins with the indent, and what stands under it further in.
func (t *columns) text(indent string) string {
	var widths []int
	for _, r := range t.rows {
		for i, c := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(utf8.RuneCountInString(c), widestColumn))
		}
	}
	var b strings.Builder
	for _, r := range t.rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, c := range r.cells {
			line.WriteString(c)
			if i < len(r.cells)-1 {
				line.WriteString(strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(c))+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		for _, u := range r.under {
			b.WriteString(indent + "    " + u + "\n")
		}
	}
	return b.String()
}
