package cloudformation

import (
	"slices"

	"github.com/permchain/permchain/graph/inventory"
)

// document reads a policy document. What is not known of it stays in it as a placeholder, and the statements that hold
// one are named in Unresolved: their effect is unknown, which is neither "allows nothing" nor "allows everything".
func (t *template) document(name string, p part) inventory.PolicyDoc {
	doc := inventory.PolicyDoc{Name: name, Source: p.source()}
	switch {
	case !p.has():
		doc.Unknown = "the template does not hold the policy document"
	case p.v.kind == text && p.v.why == "":
		if _, err := inventory.ParseJSON([]byte(p.v.text)); err != nil {
			doc.Unknown = "the policy document is a text that is not JSON: " + err.Error()
			break
		}
		doc.Raw = []byte(p.v.text)
	case p.v.kind == object:
		t.write(&doc, p.v, "")
	case p.v.kind == unknown && slices.ContainsFunc(p.v.alts, func(v *value) bool { return v.kind == object }):
		// Statements of every branch, each of which may be there or not.
		both := (&value{kind: object}).from(p.v)
		statements := arr(p.v)
		for _, a := range p.v.alts {
			for _, f := range a.fields {
				switch {
				case f.key == "Statement" && f.val.kind == list:
					statements.items = append(statements.items, f.val.items...)
				case f.key == "Statement":
					statements.items = append(statements.items, f.val)
				case both.get(f.key) == nil:
					both.fields = append(both.fields, f)
				}
			}
		}
		both.fields = append(both.fields, field{"Statement", statements})
		t.write(&doc, both, p.v.why)
	default:
		if doc.Unknown, _ = p.v.known(); doc.Unknown == "" {
			doc.Unknown = "the policy document is " + p.v.kind.String()
		}
	}
	if doc.Unknown == "" && p.maybe != "" {
		t.doubt(&doc, p.maybe)
	}
	if doc.Unknown != "" {
		t.warn(p.at(), p.r.id, "policy %s of %s is not known: %s", name, p.r.id, doc.Unknown)
	}
	for _, u := range doc.Unresolved {
		line := p.at()
		if u.Statement < len(doc.Lines) {
			line = &value{line: doc.Lines[u.Statement]}
		}
		t.warn(line, p.r.id, "statement %d of policy %s of %s is not wholly known: %s", u.Statement, name, p.r.id, u.Reason)
	}
	return doc
}

// doubt marks every statement of a document as not known to be there.
func (t *template) doubt(doc *inventory.PolicyDoc, why string) {
	for i := range doc.Lines {
		if !slices.ContainsFunc(doc.Unresolved, func(u inventory.Unresolved) bool { return u.Statement == i }) {
			doc.Unresolved = append(doc.Unresolved, inventory.Unresolved{Statement: i, Reason: why})
		}
	}
	slices.SortFunc(doc.Unresolved, func(a, b inventory.Unresolved) int { return a.Statement - b.Statement })
}

// write writes a document out as JSON. whole says why every statement of it is in doubt, "" when none is for that.
func (t *template) write(doc *inventory.PolicyDoc, v *value, whole string) {
	out := (&value{kind: object}).from(v)
	for _, f := range v.fields {
		if f.key != "Statement" {
			s := t.settle(f.key, f.val)
			if why, ok := s.known(); !ok && whole == "" && f.key == "Version" {
				whole = why
			}
			out.fields = append(out.fields, field{f.key, s})
			continue
		}
		statements := arr(f.val)
		var add func(v *value, why string)
		add = func(v *value, why string) {
			switch {
			case v.kind == list:
				for _, e := range v.items {
					add(e, why)
				}
				return
			case v.kind == unknown && len(v.alts) > 0:
				for _, a := range v.alts {
					add(a, v.why)
				}
				return
			}
			s := t.settle("", v)
			var reasons []string
			for _, why := range []string{whole, why} {
				reasons = because(why, reasons)
			}
			if s.kind == unknown {
				reasons = because(s.why, reasons)
			}
			for _, f := range s.fields {
				if f.key != "Sid" {
					reasons = f.val.reasons(reasons)
				}
			}
			for _, why := range reasons {
				doc.Unresolved = append(doc.Unresolved, inventory.Unresolved{Statement: len(statements.items), Reason: why})
			}
			doc.Lines = append(doc.Lines, v.line)
			statements.items = append(statements.items, s)
		}
		add(f.val, "")
		out.fields = append(out.fields, field{"Statement", statements})
	}
	doc.Raw = out.json(nil)
}

// settle replaces texts with unknown parts that are known to be ARNs of the template, and shows both branches of an
// undecided Fn::If among the elements of a list. key is the key the value is of.
func (t *template) settle(key string, v *value) *value {
	switch {
	case v.kind == text && v.why != "":
		if s, ok := t.same(v.text); ok {
			return str(v, s)
		} else if s != v.text {
			c := *v
			c.text = s
			return &c
		}
	case v.kind == unknown && len(v.alts) > 0 && (key == "Action" || key == "Resource"):
		return t.settle("", (&value{kind: list, items: []*value{v}}).from(v))
	case v.kind == list:
		out := (&value{kind: list, why: v.why}).from(v)
		for _, e := range v.items {
			if e.kind != unknown || len(e.alts) == 0 {
				out.items = append(out.items, t.settle("", e))
				continue
			}
			out.why = e.why
			for _, a := range e.alts {
				if s := t.settle("", a); s.kind == list {
					out.items = append(out.items, s.items...)
					if s.why != "" {
						out.why = s.why
					}
				} else {
					out.items = append(out.items, s)
				}
			}
		}
		return out
	case v.kind == object:
		out := (&value{kind: object, why: v.why}).from(v)
		for _, f := range v.fields {
			out.fields = append(out.fields, field{f.key, t.settle(f.key, f.val)})
		}
		return out
	}
	return v
}
