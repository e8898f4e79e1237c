package cloudformation

import "strings"

// loops writes out the Fn::ForEach loops among the fields of an object.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func (t *template) loops(fields []field) []field {
	looping := false
	for i := range fields {
		looping = looping || strings.HasPrefix(fields[i].key, "Fn::ForEach::")
	}
	if !looping {
		return fields
	}
	var out []field
	for _, f := range fields {
		if !strings.HasPrefix(f.key, "Fn::ForEach::") {
			out = append(out, f)
			continue
		}
		a, ok := args(f.val, 3)
		if !ok || a[0].kind != text || a[2].kind != object {
			t.warn(f.val, "", "%s is not written as CloudFormation takes a loop: what it makes is not seen", f.key)
			continue
		}
		over := t.eval(a[1], 0)
		if over == nil || over.kind != list {
			why, _ := over.known()
			t.warn(f.val, "", "%s: what it loops over is not known, so what it makes is not seen: %s", f.key, why)
			continue
		}
		for _, e := range over.items {
			if !e.scalar() || e.why != "" {
				why, _ := e.known()
				t.warn(f.val, "", "%s: one of what it loops over is not known, so what it makes of it is not seen: %s", f.key, why)
				continue
			}
			for _, body := range a[2].fields {
				c := t.substitute(body.val, a[0].text, e.text)
				if t.spent != nil {
					return out
				}
				key := substituted(body.key, a[0].text, e.text)
				c.key, c.up = key, f.val.up
				out = append(out, t.loops([]field{{key, c}})...)
			}
		}
	}
	return out
}

// substitute copies a value with an identifier of a loop replaced.
func (t *template) substitute(v *value, name, by string) *value {
	if t.spent != nil || !t.spend(1) {
		return v
	}
	if fn, arg := function(v); fn == "Ref" && arg.kind == text && arg.text == name {
		return str(v, by)
	}
	c := *v
	c.text = substituted(v.text, name, by)
	if !t.spendText(len(c.text)) {
		return v
	}
	c.items, c.fields = nil, nil
	for _, e := range v.items {
		c.items = append(c.items, t.substitute(e, name, by))
	}
	for _, f := range v.fields {
		c.fields = append(c.fields, field{substituted(f.key, name, by), t.substitute(f.val, name, by)})
	}
	return &c
}

// substituted replaces ${Name}, and &{Name} (which drops what a logical id may not hold).
func substituted(s, name, by string) string {
	if !strings.Contains(s, "{"+name+"}") {
		return s
	}
	s = strings.ReplaceAll(s, "${"+name+"}", by)
	return strings.ReplaceAll(s, "&{"+name+"}", strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, by))
}
