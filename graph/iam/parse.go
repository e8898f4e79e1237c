package iam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Bounds on what Parse reads. The longest document that AWS keeps is a key policy of 32 KiB; managed policies hold
// 6,144 characters without white space (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
// A dump may indent them; it cannot make them a hundred times as long.
const (
	maxDocument = 4 << 20
	maxDepth    = 12
	maxProblems = 100
	// maxKeys is what one object may hold: each key is held against those before it, and 32 KiB have room for no more.
	maxKeys = 1024
	// awsDocument is the most characters, white space apart, that any kind of policy may have.
	awsDocument = 32 << 10
)

// Parse reads a policy document as it stands, because encoding/json takes "effect" for "Effect" and lets a repeated key
// win in silence: both are Problems here, and make the statement Invalid, as AWS refuses such
// documents. The error is for what is not a policy document at all: not JSON, not an object, too long or nested
// too deeply.
func Parse(data []byte) (*Document, error) {
	if len(data) > maxDocument {
		return nil, fmt.Errorf("parse policy: %d bytes, more than %d", len(data), maxDocument)
	}
	r := &reader{data: string(data)}
	v, err := r.value()
	if err != nil {
		return nil, fmt.Errorf("parse policy: %w", err)
	}
	if r.space(); r.pos < len(r.data) {
		return nil, fmt.Errorf("parse policy: something follows the document at byte %d", r.pos)
	}
	obj, ok := v.(*object)
	if !ok {
		return nil, fmt.Errorf("parse policy: want an object, got %s", kindOf(v))
	}
	p := &parser{doc: &Document{}}
	p.document(obj)
	if n := compactLen(data); n > awsDocument {
		p.warn("", fmt.Sprintf("%d characters, more than any kind of policy may have (%d)", n, awsDocument))
	}
	return p.doc, nil
}

// compactLen counts the characters that AWS counts: all but white space.
func compactLen(data []byte) int {
	n := 0
	for _, c := range data {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			n++
		}
	}
	return n
}

// object is a JSON object with its keys in order, repeated ones included.
type object struct {
	keys []string
	vals []any
	room struct { // for the first of both, as many as a statement has
		keys [4]string
		vals [4]any
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case *object:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	}
	return "null"
}

type parser struct{ doc *Document }

// refuse notes something for which AWS refuses the document.
func (p *parser) refuse(pointer, message string) { p.note(Problem{pointer, message, true}) }

func (p *parser) warn(pointer, message string) { p.note(Problem{pointer, message, false}) }

func (p *parser) note(pr Problem) {
	if len(p.doc.Problems) < maxProblems {
		p.doc.Problems = append(p.doc.Problems, pr)
	}
}

// escape writes a key as a reference token of a JSON pointer (RFC 6901).
func escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// members yields the members of an object whose keys are among known; bad is called with what is wrong: an unknown,
// mis-cased or repeated key. Of a repeated key only the first is taken.
func members(o *object, known []string, bad func(key, message string), take func(key string, v any)) {
next:
	for i, k := range o.keys {
		if slices.Contains(o.keys[:i], k) {
			bad(k, fmt.Sprintf("%q stands twice", k))
			continue
		}
		for _, want := range known {
			if k == want {
				take(k, o.vals[i])
				continue next
			}
			if strings.EqualFold(k, want) {
				bad(k, fmt.Sprintf("%q must be written %q", k, want))
				continue next
			}
		}
		bad(k, fmt.Sprintf("%q is not an element of a policy", k))
	}
}

var (
	documentKeys  = []string{"Version", "Id", "Statement"}
	statementKeys = []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}
	principalKeys = []string{"AWS", "Service", "Federated", "CanonicalUser"}
)

func (p *parser) document(o *object) {
	doc := p.doc
	invalid := func(pointer, message string) {
		p.refuse(pointer, message)
		if doc.Invalid == "" {
			doc.Invalid = message
		}
	}
	found := false
	members(o, documentKeys, func(k, msg string) { invalid("/"+escape(k), msg) }, func(k string, v any) {
		switch k {
		case "Version":
			s, ok := v.(string)
			doc.Version = s
			if !ok || s != "2012-10-17" && s != "2008-10-17" {
				invalid("/Version", `Version must be "2012-10-17" or "2008-10-17"`)
			}
		case "Id":
			s, ok := v.(string)
			doc.ID = s
			if !ok {
				invalid("/Id", "Id must be a string")
			}
		case "Statement":
			found = true
			switch v := v.(type) {
			case *object:
				doc.Statements = []Statement{p.statement(v, 0, "/Statement")}
			case []any:
				doc.Statements = make([]Statement, 0, len(v))
				for i, e := range v {
					ptr := "/Statement/" + strconv.Itoa(i)
					if so, ok := e.(*object); ok {
						doc.Statements = append(doc.Statements, p.statement(so, i, ptr))
					} else {
						msg := "a statement must be an object, not " + kindOf(e)
						p.refuse(ptr, msg)
						doc.Statements = append(doc.Statements, Statement{Index: i, Pointer: ptr, Invalid: msg})
					}
				}
			default:
				invalid("/Statement", "Statement must be a list of statements")
			}
		}
	})
	if !found && doc.Invalid == "" {
		invalid("", "the document has no Statement")
	}
	p.sids()
}

// sids notes Sids that several statements have.
func (p *parser) sids() {
	if len(p.doc.Statements) < 2 {
		return
	}
	sids := map[string]int{}
	for i := range p.doc.Statements {
		s := &p.doc.Statements[i]
		if s.Sid == "" {
			continue
		}
		if first, dup := sids[s.Sid]; dup {
			p.warn(s.Pointer+"/Sid", fmt.Sprintf("the Sid %q is that of statement %d too", s.Sid, first))
			continue
		}
		sids[s.Sid] = s.Index
	}
}

func (p *parser) statement(o *object, index int, ptr string) Statement {
	s := Statement{Index: index, Pointer: ptr}
	invalid := func(where, msg string) {
		p.refuse(where, msg)
		if s.Invalid == "" {
			s.Invalid = msg
		}
	}
	members(o, statementKeys, func(k, msg string) { invalid(ptr+"/"+escape(k), msg) }, func(k string, v any) {
		list := func() []string {
			l, err := stringList(v, false)
			if err != "" {
				invalid(ptr+"/"+k, k+" "+err)
			}
			return l
		}
		switch k {
		case "Sid":
			var ok bool
			if s.Sid, ok = v.(string); !ok {
				invalid(ptr+"/Sid", "Sid must be a string")
			}
		case "Effect":
			e, _ := v.(string)
			s.Effect = Effect(e)
		case "Action":
			s.Actions = list()
		case "NotAction":
			s.NotActions = list()
		case "Resource":
			s.Resources = list()
		case "NotResource":
			s.NotResources = list()
		case "Principal":
			s.Principal = p.principals(v, ptr+"/"+k, invalid)
		case "NotPrincipal":
			s.NotPrincipal = p.principals(v, ptr+"/"+k, invalid)
		case "Condition":
			s.Conditions = p.conditions(v, ptr+"/"+k, invalid)
		}
	})
	if s.Effect != EffectAllow && s.Effect != EffectDeny {
		invalid(ptr+"/Effect", `Effect must be "Allow" or "Deny"`)
	}
	both := func(a, b string, one, other bool) {
		if one && other {
			invalid(ptr, "a statement cannot have both "+a+" and "+b)
		}
	}
	// An element that is there is not nil, whatever it holds.
	both("Action", "NotAction", s.Actions != nil, s.NotActions != nil)
	both("Resource", "NotResource", s.Resources != nil, s.NotResources != nil)
	both("Principal", "NotPrincipal", s.Principal != nil, s.NotPrincipal != nil)
	if s.NotPrincipal != nil && s.Effect == EffectAllow {
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
		p.warn(ptr+"/NotPrincipal", "AWS does not support NotPrincipal with Allow, which lets in everyone else, without credentials too")
	}
	if s.Actions == nil && s.NotActions == nil {
		invalid(ptr, "a statement must have Action or NotAction")
	}
	p.actions(&s, ptr, invalid)
	p.resources(&s, ptr, invalid)
	return s
}

// stringList reads a string or a list of strings; with scalars, numbers and booleans count as their text, as they do
// in Condition.
func stringList(v any, scalars bool) (list []string, err string) {
	one := func(v any) (string, bool) {
		switch v := v.(type) {
		case string:
			return v, true
		case json.Number:
			return v.String(), scalars
		case bool:
			return strconv.FormatBool(v), scalars
		}
		return "", false
	}
	if l, ok := v.([]any); ok {
		list = make([]string, 0, len(l))
		for _, e := range l {
			s, ok := one(e)
			if !ok {
				return list, "must hold strings only, not " + kindOf(e)
			}
			list = append(list, s)
		}
		return list, ""
	}
	s, ok := one(v)
	if !ok {
		return []string{}, "must be a string or a list of strings, not " + kindOf(v)
	}
	return []string{s}, ""
}

func (p *parser) principals(v any, ptr string, invalid func(ptr, msg string)) *Principals {
	out := &Principals{}
	switch v := v.(type) {
	case string:
		if v == "*" {
			out.Any = true
		} else {
			// AWS takes a plain string other than "*" from no document it documents; engines and older dumps read it
			// as an AWS principal, which lets no one in whom {"AWS": …} would not.
			p.warn(ptr, `a principal other than "*" must be written {"AWS": "…"}`)
			out.AWS = []string{v}
		}
	case []any:
		l, err := stringList(v, false)
		if err != "" {
			invalid(ptr, "Principal "+err)
		}
		p.warn(ptr, `principals must be written {"AWS": ["…"]}`)
		out.addAWS(l)
	case *object:
		members(v, principalKeys, func(k, msg string) { invalid(ptr+"/"+escape(k), msg) }, func(k string, v any) {
			l, err := stringList(v, false)
			if err != "" {
				invalid(ptr+"/"+k, k+" "+err)
			}
			switch k {
			case "AWS":
				out.addAWS(l)
				for i, a := range l {
					if !principalLike(a) {
						invalid(ptr+"/AWS/"+strconv.Itoa(i), fmt.Sprintf("%q names no principal: it must be *, an account, or the ARN of one principal without wildcards", a))
					}
				}
			case "Service":
				out.Service = l
			case "Federated":
				out.Federated = l
			case "CanonicalUser":
				out.CanonicalUser = l
			}
		})
	default:
		invalid(ptr, `Principal must be "*" or an object, not `+kindOf(v))
	}
	return out
}

func (p *Principals) addAWS(l []string) {
	for _, s := range l {
		if s == "*" {
			p.Any = true
		} else {
			p.AWS = append(p.AWS, s)
		}
	}
}

func (p *parser) conditions(v any, ptr string, invalid func(ptr, msg string)) []Condition {
	o, ok := v.(*object)
	if !ok {
		invalid(ptr, "Condition must be an object, not "+kindOf(v))
		return nil
	}
	var out []Condition
	for i, op := range o.keys {
		here := ptr + "/" + escape(op)
		if slices.Contains(o.keys[:i], op) {
			invalid(here, fmt.Sprintf("%q stands twice", op))
			continue
		}
		if _, ok := parseOperator(op); !ok {
			invalid(here, fmt.Sprintf("%q is not a condition operator", op))
		}
		keys, ok := o.vals[i].(*object)
		if !ok {
			invalid(here, "a condition operator must hold an object of keys, not "+kindOf(o.vals[i]))
			continue
		}
		for j, key := range keys.keys {
			if slices.ContainsFunc(keys.keys[:j], func(k string) bool { return strings.EqualFold(k, key) }) {
				invalid(here+"/"+escape(key), fmt.Sprintf("the key %q stands twice", key))
				continue
			}
			vals, err := stringList(keys.vals[j], true)
			if err != "" {
				invalid(here+"/"+escape(key), "a condition value "+err)
			}
			out = append(out, Condition{Operator: op, Key: key, Values: vals})
		}
	}
	return out
}
