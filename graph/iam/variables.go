package iam

import (
	"strings"
	"unsafe"

	"github.com/permchain/permchain/graph/arn"
)

// template is text with policy variables: ${key}, ${key, 'default'}, and ${*}, ${?}, ${$} for the characters
// themselves. Variables work in Resource, NotResource and condition values of documents of Version 2012-10-17; in
// others the text stands as it is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
type template struct {
	parts []part
}

// part is literal text, or a variable when key is not "".
type part struct {
	text       string // pattern text
	key        string // in lower case
	name       string // as written
	fallback   string
	hasDefault bool
}

// parseTemplate reads text with variables. vars is nil when there are none; text is then the pattern to use, with
// escaped wildcards as literals.
func parseTemplate(s, version string) (text string, vars *template) {
	if version != "2012-10-17" || !strings.Contains(s, "${") {
		return s, nil
	}
	var parts []part
	var lit strings.Builder
	variables := false
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			break
		}
		lit.WriteString(s[:i])
		name := s[i+2 : i+j]
		s = s[i+j+1:]
		switch name {
		case "*":
			lit.WriteByte(arn.LiteralStar)
			continue
		case "?":
			lit.WriteByte(arn.LiteralMark)
			continue
		case "$":
			lit.WriteByte('$')
			continue
		}
		if lit.Len() > 0 {
			parts = append(parts, part{text: lit.String()})
			lit.Reset()
		}
		key, def, has := strings.Cut(name, ",")
		p := part{name: strings.TrimSpace(key)}
		p.key = strings.ToLower(p.name)
		if def = strings.TrimSpace(def); has && len(def) >= 2 && def[0] == '\'' && def[len(def)-1] == '\'' {
			p.fallback, p.hasDefault = def[1:len(def)-1], true
		}
		parts = append(parts, p)
		variables = true
	}
	lit.WriteString(s)
	if !variables {
		return lit.String(), nil
	}
	if lit.Len() > 0 {
		parts = append(parts, part{text: lit.String()})
	}
	return "", &template{parts}
}

// resolution says how a template came out.
type resolution uint8

const (
	resolved   resolution = iota
	unresolved            // a variable without a default has no single value: the text matches nothing
	open                  // a variable's value is not known
)

// expand writes a template with the values of a context. Wildcards in a value stand for themselves. The text is a
// view of q's scratch space: it holds until the next expand. Open variables come out as *, so that an open text
// that does not match cannot match whatever the value.
func (t *template) expand(q *query) (string, resolution) {
	q.buf = q.buf[:0]
	out := resolved
	for i := range t.parts {
		p := &t.parts[i]
		if p.key == "" {
			q.buf = append(q.buf, p.text...)
			continue
		}
		v := q.ctx.get(p.key)
		switch {
		case v.presence == Present && !v.multi:
			q.literal(v.one)
		case v.presence == NotKnown || v.presence == ValueUnknown:
			q.buf = append(q.buf, '*')
			out = open
		case p.hasDefault && v.presence == Absent:
			q.literal(p.fallback)
		default:
			return "", unresolved
		}
	}
	if len(q.buf) == 0 {
		return "", out
	}
	return unsafe.String(&q.buf[0], len(q.buf)), out
}

// literal adds text whose wildcards stand for themselves.
func (q *query) literal(s string) {
	for i := range len(s) {
		switch s[i] {
		case '*':
			q.buf = append(q.buf, arn.LiteralStar)
		case '?':
			q.buf = append(q.buf, arn.LiteralMark)
		default:
			q.buf = append(q.buf, s[i])
		}
	}
}
