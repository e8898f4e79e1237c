package export

import (
	_ "embed"
	"regexp"
	"strings"
)

//go:embed map.css
var mapCSS string

//go:embed page.css
var pageCSS string

// token is a colour by its name, in both themes. Text has a contrast of at least 4.5 on what it stands on, lines
// and outlines one of 3 (WCAG 2.2, 1.4.3 and 1.4.11); a test computes them.
type token struct{ name, light, dark string }

var tokens = []token{
	{"bg", "#f6f7f9", "#0e131b"},
	{"panel", "#ffffff", "#151c27"},
	{"ink", "#16202e", "#e6ebf2"},
	{"ink2", "#566173", "#9fadc0"},
	{"line", "#e1e5eb", "#263141"},
	{"lane", "#eef1f5", "#121924"},
	{"accent", "#2454c8", "#7aa2ff"},
	{"broad", "#c2410c", "#ff8a4c"},
	{"broadbg", "#fff1e8", "#3a2014"},
	{"un", "#6d28d9", "#b794ff"},
	{"unbg", "#f3edff", "#2a2146"},
	{"ok", "#748196", "#6f7f97"},
	{"node", "#ffffff", "#1a2330"},
	{"nodeline", "#cfd6e0", "#38465b"},
}

// CSS is the rules of the map for a page: those of the drawing, which exported files carry too, and those of its
// links and states (:hover, :focus-visible, and the classes "on", "lit" and, on the map, "dim"). It uses the custom
// properties of TokensCSS.
func CSS() string { return mapCSS + pageCSS }

// TokensCSS declares the map's colours as custom properties on :root: light, dark where the reader prefers it, and
// either when data-theme says so.
func TokensCSS() string {
	var light, dark strings.Builder
	for _, t := range tokens {
		light.WriteString("  --" + t.name + ": " + t.light + ";\n")
		dark.WriteString("  --" + t.name + ": " + t.dark + ";\n")
	}
	return ":root {\n  color-scheme: light dark;\n" + light.String() + "}\n" +
		"@media (prefers-color-scheme: dark) {\n:root {\n" + dark.String() + "}\n}\n" +
		":root[data-theme=light] {\n  color-scheme: light;\n" + light.String() + "}\n" +
		":root[data-theme=dark] {\n  color-scheme: dark;\n" + dark.String() + "}\n"
}

var useOfToken = regexp.MustCompile(`var\(--([a-z0-9]+)\)`)

// fileCSS is the rules of the drawing for a file, with colours in place of the custom properties, which few programs
// but browsers know.
func fileCSS(theme string) string {
	with := func(dark bool) string {
		return useOfToken.ReplaceAllStringFunc(mapCSS, func(use string) string {
			name := useOfToken.FindStringSubmatch(use)[1]
			for _, t := range tokens {
				if t.name == name {
					if dark {
						return t.dark
					}
					return t.light
				}
			}
			return use
		})
	}
	switch theme {
	case "light":
		return with(false)
	case "dark":
		return with(true)
	}
	return with(false) + "@media (prefers-color-scheme: dark) {\n" + with(true) + "}\n"
}
