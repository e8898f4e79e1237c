package cloudformation

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// unresolved is a value that is not known. label says in a word or two what it would have been; the placeholder made
// of it stands in texts that hold the value.
func unresolved(src *value, label, format string, args ...any) *value {
	return (&value{kind: unknown, text: placeholder(label), why: fmt.Sprintf(format, args...)}).from(src)
}

// Placeholders of what is not known begin and end so. No ARN, name or action that AWS knows holds such a text, and it has
// neither colon nor slash, so that an ARN with one still comes apart in the right places.
const (
	placeholderStart = inventory.UnresolvedMark
	placeholderEnd   = "}"
	maxLabel         = 80 // bytes: placeholders stand on cards and in tables
)

func placeholder(label string) string {
	label = strings.Map(func(r rune) rune {
		switch r {
		case ':', '/', '{', '}', '*', '?': // they would take an ARN apart, or match something
			return '.'
		}
		if r < ' ' {
			return '.'
		}
		return r
	}, label)
	if len(label) > maxLabel {
		label = strings.ToValidUTF8(label[:maxLabel], "")
	}
	return placeholderStart + label + placeholderEnd
}

// function returns the intrinsic function that an object calls and its argument.
func function(v *value) (string, *value) {
	if v.kind != object || len(v.fields) != 1 {
		return "", nil
	}
	if k := v.fields[0].key; k == "Ref" || strings.HasPrefix(k, "Fn::") {
		return k, v.fields[0].val
	}
	return "", nil
}

// resolve works out a value. nil is AWS::NoValue: the value is as if not written.
func (t *template) resolve(v *value) *value { return t.eval(v, 0) }

func (t *template) eval(v *value, depth int) *value {
	if v == nil {
		return nil
	}
	if t.spent != nil || !t.spend(1) {
		return unresolved(v, "too large", "%v", errSpent)
	}
	if depth > maxCalls+maxDepth {
		return unresolved(v, "too deep", "functions are nested too deep")
	}
	switch v.kind {
	case text:
		if !t.spendText(len(v.text)) {
			return unresolved(v, "too large", "%v", errSpent)
		}
		return t.dynamic(v)
	case list:
		out := arr(v)
		for _, e := range v.items {
			if r := t.eval(e, depth+1); r != nil {
				out.items = append(out.items, r)
			}
		}
		return out
	case object:
		if fn, arg := function(v); fn != "" {
			return t.call(fn, v, arg, depth+1)
		}
		out := (&value{kind: object}).from(v)
		for _, f := range t.loops(v.fields) {
			if r := t.eval(f.val, depth+1); r != nil {
				out.fields = append(out.fields, field{f.key, r})
			}
		}
		return out
	}
	return v
}

// dynamic marks a text that is read from Parameter Store or Secrets Manager at deployment. The reference is kept: it
// says which secret it is, not what is in it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (t *template) dynamic(v *value) *value {
	i := strings.Index(v.text, "{{resolve:")
	if i < 0 || v.why != "" {
		return v
	}
	ref, _, ok := strings.Cut(v.text[i+len("{{resolve:"):], "}}")
	if !ok {
		return v
	}
	return (&value{kind: text, text: v.text, marks: v.marks, why: "it is read from " + strings.Replace(ref, ":", " ", 1) + " when the stack is deployed"}).from(v)
}

func (t *template) call(fn string, v, arg *value, depth int) *value {
	switch fn {
	case "Ref":
		if arg.kind != text {
			return unresolved(v, "Ref", "Ref takes a name, and this is %s", arg.kind)
		}
		return t.ref(v, arg.text, depth)
	case "Fn::GetAtt":
		return t.getAtt(v, arg, depth)
	case "Fn::Sub":
		return t.sub(v, arg, depth)
	case "Fn::Join":
		return t.join(v, arg, depth)
	case "Fn::Split":
		return t.split(v, arg, depth)
	case "Fn::Select":
		return t.pick(v, arg, depth)
	case "Fn::If":
		return t.branch(v, arg, depth)
	case "Fn::FindInMap":
		return t.findInMap(v, arg, depth)
	case "Fn::ImportValue":
		return t.imported(v, arg, depth)
	case "Fn::Base64":
		s := t.eval(arg, depth)
		if !s.scalar() || s.why != "" {
			return unknownLike(v, s, "Base64")
		}
		return t.made(v, base64.StdEncoding.EncodeToString([]byte(s.text)), s.marks, "")
	case "Fn::Cidr":
		return t.cidr(v, arg, depth)
	case "Fn::Length":
		l := t.eval(arg, depth)
		if l == nil || l.kind != list {
			return unknownLike(v, l, "Length")
		}
		return (&value{kind: number, text: strconv.Itoa(len(l.items)), marks: l.marks}).from(v)
	case "Fn::ToJsonString":
		o := t.eval(arg, depth)
		why, _ := o.known()
		return t.made(v, string(o.json(nil)), o.allMarks(), why)
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		d := t.test(v, depth)
		if d.state == inventory.Unset {
			return unresolved(v, fn, "%s", d.why)
		}
		return (&value{kind: boolean, text: strconv.FormatBool(d.state == inventory.Yes), marks: d.marks}).from(v)
	case "Fn::GetAZs":
		return unresolved(v, "GetAZs", "the Availability Zones are those of the account")
	case "Fn::Transform":
		return unresolved(v, "Transform", "a macro makes this value when the stack is deployed")
	}
	return unresolved(v, fn, "%s is not a function this importer knows", fn)
}

// made is a text that a function made. why says what part of it is not known.
func (t *template) made(src *value, s string, m mark, why string) *value {
	if len(s) > maxText {
		return unresolved(src, "too long", "the text is longer than %d bytes", maxText)
	}
	if !t.spendText(len(s)) {
		return unresolved(src, "too large", "%v", errSpent)
	}
	return t.dynamic((&value{kind: text, text: s, marks: m, why: why}).from(src))
}

// unknownLike is the unknown result of a function whose argument is not known, or is not what the function takes.
func unknownLike(src, arg *value, label string) *value {
	why, ok := arg.known()
	switch {
	case arg == nil:
		return unresolved(src, label, "Fn::%s of nothing", label)
	case ok:
		return unresolved(src, label, "Fn::%s cannot be worked out of %s", label, arg.kind)
	case arg.kind == unknown:
		return (&value{kind: unknown, text: arg.text, why: why}).from(src)
	}
	return unresolved(src, label, "%s", why)
}

// args are the elements of a function's list argument, not yet resolved; ok is false when there are fewer than n.
func args(arg *value, n int) ([]*value, bool) {
	if arg == nil || arg.kind != list || len(arg.items) < n {
		return nil, false
	}
	return arg.items, true
}

func wrongArgs(v *value, fn string) *value {
	return unresolved(v, fn, "Fn::%s is not written as CloudFormation takes it", fn)
}

// textOf is what a resolved value contributes to a text.
func textOf(v *value) (s, why string, ok bool) {
	switch {
	case v == nil:
		return "", "", true
	case v.kind == unknown:
		return v.text, v.why, true
	case v.scalar():
		return v.text, v.why, true
	case v.kind == null:
		return "", "", true
	}
	return "", "", false
}

// sub is Fn::Sub in both forms: a text, or a text and a map of names of its own.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func (t *template) sub(v, arg *value, depth int) *value {
	tmpl, own := arg, (*value)(nil)
	if arg.kind == list {
		if len(arg.items) == 0 {
			return wrongArgs(v, "Sub")
		}
		tmpl = arg.items[0]
		if len(arg.items) > 1 {
			own = arg.items[1]
		}
	}
	if !tmpl.scalar() {
		return wrongArgs(v, "Sub")
	}
	var b strings.Builder
	var m mark
	var why string
	rest := tmpl.text
	for {
		before, after, ok := strings.Cut(rest, "${")
		b.WriteString(before)
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			b.WriteString("${" + after)
			break
		}
		rest = tail
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			b.WriteString("${" + literal + "}") // "${!Literal}" is the text "${Literal}"
			continue
		}
		name = strings.TrimSpace(name)
		var r *value
		if e := own.get(name); e != nil {
			r = t.eval(e, depth)
		} else if id, attr, ok := strings.Cut(name, "."); ok {
			r = t.attribute(v, id, attr, depth)
		} else {
			r = t.ref(v, name, depth)
		}
		s, w, ok := textOf(r)
		if !ok {
			s, w = placeholder(name), fmt.Sprintf("%s is %s, not a text", name, r.kind)
		}
		if r != nil {
			m |= r.marks
		}
		if why == "" {
			why = w
		}
		if b.Len()+len(s) > maxText {
			return unresolved(v, "too long", "the text is longer than %d bytes", maxText)
		}
		b.WriteString(s)
	}
	return t.made(v, b.String(), m, why)
}

func (t *template) join(v, arg *value, depth int) *value {
	a, ok := args(arg, 2)
	if !ok || !a[0].scalar() {
		return wrongArgs(v, "Join")
	}
	l := t.eval(a[1], depth)
	if l == nil || l.kind != list {
		return unknownLike(v, l, "Join")
	}
	var b strings.Builder
	m, why := l.marks, ""
	for i, e := range l.items {
		if i > 0 {
			b.WriteString(a[0].text)
		}
		s, w, ok := textOf(e)
		if !ok {
			s, w = placeholder("Join"), fmt.Sprintf("%s is joined as if it were a text", e.kind)
		}
		if e != nil {
			m |= e.marks
		}
		if why == "" {
			why = w
		}
		if b.Len()+len(s)+len(a[0].text) > maxText {
			return unresolved(v, "too long", "the text is longer than %d bytes", maxText)
		}
		b.WriteString(s)
	}
	return t.made(v, b.String(), m, why)
}

// split is Fn::Split. Where a part of the text is not known, the pieces before it are still certain: what is not known
// may hold the delimiter, so every piece from there on is not.
func (t *template) split(v, arg *value, depth int) *value {
	a, ok := args(arg, 2)
	if !ok || !a[0].scalar() || a[0].text == "" {
		return wrongArgs(v, "Split")
	}
	s := t.eval(a[1], depth)
	if !s.scalar() {
		return unknownLike(v, s, "Split")
	}
	pieces := strings.Split(s.text, a[0].text)
	out := arr(v)
	out.marks = s.marks
	for i, p := range pieces {
		if !t.spend(1) {
			break
		}
		if s.why != "" && (strings.Contains(p, placeholderStart) || strings.Contains(p, "{{resolve:")) {
			for range pieces[i:] {
				out.items = append(out.items, unresolved(v, "Split", "%s", s.why))
			}
			break
		}
		out.items = append(out.items, (&value{kind: text, text: p, marks: s.marks}).from(v))
	}
	return out
}

func (t *template) pick(v, arg *value, depth int) *value {
	a, ok := args(arg, 2)
	if !ok {
		return wrongArgs(v, "Select")
	}
	i, l := t.eval(a[0], depth), t.eval(a[1], depth)
	if i != nil && i.kind == unknown {
		return unknownLike(v, i, "Select")
	}
	if l == nil || l.kind != list {
		return unknownLike(v, l, "Select")
	}
	n, err := strconv.Atoi(i.str())
	if err != nil || n < 0 || n >= len(l.items) {
		return unresolved(v, "Select", "Fn::Select of element %s of a list of %d", i.str(), len(l.items))
	}
	return l.items[n]
}

// findInMap is Fn::FindInMap with its optional DefaultValue.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
func (t *template) findInMap(v, arg *value, depth int) *value {
	a, ok := args(arg, 3)
	if !ok {
		return wrongArgs(v, "FindInMap")
	}
	at := t.mappings
	var m mark
	for _, k := range a[:3] {
		key := t.eval(k, depth)
		if !key.scalar() || key.why != "" {
			return unknownLike(v, key, "FindInMap")
		}
		if key.marks&stands != 0 && at.get(key.text) == nil {
			return unresolved(v, "FindInMap", "it depends on %s, and the file does not say where it is deployed", describe(k, key.text))
		}
		m |= key.marks
		next := at.get(key.text)
		if next == nil {
			if len(a) > 3 {
				if d := a[3].get("DefaultValue"); d != nil {
					return t.eval(d, depth)
				}
			}
			return unresolved(v, "FindInMap", "the mapping has no key %q", key.text)
		}
		at = next
	}
	out := t.eval(at, depth)
	if out != nil && m != 0 {
		c := *out
		c.marks |= m
		out = &c
	}
	return out
}

// describe names the reference that a value came from.
func describe(v *value, otherwise string) string {
	if fn, arg := function(v); fn == "Ref" && arg.kind == text {
		return arg.text
	}
	return otherwise
}

func (t *template) imported(v, arg *value, depth int) *value {
	name := t.eval(arg, depth)
	if !name.scalar() || name.why != "" {
		return unknownLike(v, name, "ImportValue")
	}
	if !t.imports[name.text] {
		t.imports[name.text] = true
		t.out.Imports = append(t.out.Imports, inventory.Import{Name: name.text, Account: t.account, Region: t.region, Source: t.source(v, "")})
	}
	return unresolved(v, importLabel(name.text), "%s", importReason(name.text))
}

// maxCIDRs is the most that Fn::Cidr makes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
const maxCIDRs = 256

func (t *template) cidr(v, arg *value, depth int) *value {
	a, ok := args(arg, 2)
	if !ok {
		return wrongArgs(v, "Cidr")
	}
	block, count := t.eval(a[0], depth), t.eval(a[1], depth)
	bits := (*value)(nil)
	if len(a) > 2 {
		bits = t.eval(a[2], depth)
	}
	for _, x := range []*value{block, count, bits} {
		if _, ok := x.known(); !ok {
			return unknownLike(v, x, "Cidr")
		}
	}
	p, err := netip.ParsePrefix(block.str())
	n, err2 := strconv.Atoi(count.str())
	host := p.Addr().BitLen() - p.Bits()
	if bits != nil {
		if host, ok = atoi(bits.str()); !ok {
			return wrongArgs(v, "Cidr")
		}
	} else {
		host /= 2
	}
	length := p.Addr().BitLen() - host
	if err != nil || err2 != nil || n < 1 || n > maxCIDRs || host < 0 || length < p.Bits() || length > p.Addr().BitLen() {
		return wrongArgs(v, "Cidr")
	}
	out := arr(v)
	addr := p.Masked().Addr()
	for range n {
		if !p.Contains(addr) {
			return unresolved(v, "Cidr", "%s does not hold %d networks of %d host bits", p, n, host)
		}
		out.items = append(out.items, str(v, netip.PrefixFrom(addr, length).String()))
		next, ok := advance(addr, host)
		if !ok {
			break
		}
		addr = next
	}
	if len(out.items) < n {
		return unresolved(v, "Cidr", "%s does not hold %d networks of %d host bits", p, n, host)
	}
	return out
}

func atoi(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// advance adds 2^bits to an address; ok is false past the last one.
func advance(a netip.Addr, bits int) (netip.Addr, bool) {
	b := a.AsSlice()
	i := len(b) - 1 - bits/8
	carry := 1 << (bits % 8)
	for ; i >= 0 && carry > 0; i-- {
		sum := int(b[i]) + carry
		b[i], carry = byte(sum), sum>>8
	}
	next, _ := netip.AddrFromSlice(b)
	return next, carry == 0
}
