package cloudformation

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/permchain/permchain/graph/iam"
)

//go:embed sampolicies.tsv
var samPoliciesTSV string

// samPolicy is a policy template of SAM.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
type samPolicy struct {
	params     []string
	statements []samStatement
}

type samStatement struct {
	actions, resources      []string
	conditionKey, condition string // StringEquals
}

var samPolicies = sync.OnceValue(func() map[string]samPolicy {
	out := map[string]samPolicy{}
	for line := range strings.Lines(samPoliciesTSV) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			continue // a comment
		}
		p := out[f[0]]
		p.params = strings.Fields(f[1])
		s := samStatement{actions: strings.Fields(f[2]), resources: strings.Fields(f[3])}
		s.conditionKey, s.condition, _ = strings.Cut(f[4], " ")
		p.statements = append(p.statements, s)
		out[f[0]] = p
	}
	return out
})

// samDocument writes out a policy template with the parameters it was given.
func samDocument(at *value, name string, given *value) *value {
	tmpl, ok := samPolicies()[name]
	if !ok {
		return nil
	}
	own := obj(at)
	if given != nil && given.kind == object {
		for _, p := range tmpl.params {
			if v := given.get(p); v != nil {
				own.fields = append(own.fields, field{p, v})
			}
		}
	}
	sub := func(pattern string) *value {
		if !strings.Contains(pattern, "${") {
			return str(at, pattern)
		}
		return obj(at, "Fn::Sub", arr(at, str(at, pattern), own))
	}
	var statements []*value
	for _, s := range tmpl.statements {
		actions, resources := arr(at), arr(at)
		for _, a := range s.actions {
			actions.items = append(actions.items, str(at, a))
		}
		for _, r := range s.resources {
			resources.items = append(resources.items, sub(r))
		}
		if len(resources.items) == 1 {
			resources = resources.items[0]
		}
		var condition *value
		if s.conditionKey != "" {
			condition = obj(at, "StringEquals", obj(at, s.conditionKey, sub(s.condition)))
		}
		statements = append(statements, obj(at, "Effect", str(at, "Allow"), "Action", actions, "Resource", resources, "Condition", condition))
	}
	return obj(at, "Statement", arr(at, statements...))
}

// awsPolicyPaths are the paths under which AWS keeps managed policies.
var awsPolicyPaths = []string{"", "service-role/", "job-function/", "aws-service-role/"}

// awsPolicy is the ARN of the AWS managed policy of a name, which SAM takes in place of ARNs. A name that is not known
// is left as it is, as SAM does.
func (t *template) awsPolicy(name string) string {
	for _, path := range awsPolicyPaths {
		if _, ok := iam.ManagedPolicy("arn:aws:iam::aws:policy/" + path + name); ok {
			return "arn:" + t.partition + ":iam::aws:policy/" + path + name
		}
	}
	return name
}

// samRole makes the role that SAM makes for a function or state machine without one: r is the resource, props are its
// properties, service may assume it, and managed are the policies that it gets in any case.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
func (t *template) samRole(r *resource, props *value, service string, managed []string, more ...*value) *value {
	at := r.node
	id := r.id + "Role"
	trust := props.get("AssumeRolePolicyDocument")
	if trust == nil {
		trust = obj(at, "Version", str(at, "2012-10-17"), "Statement", arr(at, obj(at, "Effect", str(at, "Allow"),
			"Principal", obj(at, "Service", str(at, service)), "Action", str(at, "sts:AssumeRole"))))
	}
	arns, inline := arr(at), arr(at, more...)
	for _, m := range managed {
		arns.items = append(arns.items, str(at, t.awsPolicy(m)))
	}
	policies := props.get("Policies")
	var entries []*value
	switch {
	case policies == nil || policies.kind == null:
	case policies.kind == list:
		entries = policies.items
	default:
		entries = []*value{policies}
	}
	for i, e := range entries {
		m, d := t.samEntry(e)
		if m != nil && !slices.ContainsFunc(arns.items, func(v *value) bool { return v.kind == text && m.kind == text && v.text == m.text }) {
			arns.items = append(arns.items, m)
		}
		if d != nil {
			inline.items = append(inline.items, wrapPolicy(d, id+"Policy"+strconv.Itoa(i)))
		}
	}
	role := obj(at, "Type", str(at, "AWS::IAM::Role"), "Properties", obj(at, "AssumeRolePolicyDocument", trust,
		"Path", props.get("RolePath"), "PermissionsBoundary", props.get("PermissionsBoundary"), "Tags", props.get("Tags"),
		"ManagedPolicyArns", arns, "Policies", inline), "Condition", r.node.get("Condition"))
	t.insert(r, id, role)
	return obj(at, "Fn::GetAtt", arr(at, str(at, id), str(at, "Arn")))
}

// wrapPolicy gives a document a name, in each branch where it is an Fn::If.
func wrapPolicy(d *value, name string) *value {
	if fn, arg := function(d); fn == "Fn::If" {
		if a, ok := args(arg, 3); ok {
			return obj(d, "Fn::If", arr(d, a[0], wrapPolicy(a[1], name), wrapPolicy(a[2], name)))
		}
	}
	if fn, _ := function(d); fn != "" {
		return d
	}
	return obj(d, "PolicyName", str(d, name), "PolicyDocument", d)
}

// samEntry is one of the Policies of a function: a managed policy's name or ARN, a document, or a policy template.
// An Fn::If of these is one of each, with nothing where a branch is the other.
func (t *template) samEntry(e *value) (managed, document *value) {
	nothing := obj(e, "Ref", str(e, "AWS::NoValue"))
	switch fn, arg := function(e); {
	case fn == "Fn::If":
		a, ok := args(arg, 3)
		if !ok {
			return nil, nil
		}
		m1, d1 := t.samEntry(a[1])
		m2, d2 := t.samEntry(a[2])
		if m1 != nil || m2 != nil {
			managed = obj(e, "Fn::If", arr(e, a[0], orElse(m1, nothing), orElse(m2, nothing)))
		}
		if d1 != nil || d2 != nil {
			document = obj(e, "Fn::If", arr(e, a[0], orElse(d1, nothing), orElse(d2, nothing)))
		}
		return managed, document
	case fn == "Ref" && arg.kind == text && arg.text == "AWS::NoValue":
		return nil, nil
	case fn != "":
		return e, nil
	}
	switch {
	case e.kind == text:
		return str(e, t.awsPolicy(e.text)), nil
	case e.kind != object:
		return nil, nil
	case e.get("Statement") != nil:
		return nil, e
	case len(e.fields) == 1:
		name, given := e.fields[0].key, e.fields[0].val
		if fn, arg := function(given); fn == "Fn::If" { // parameters that depend on a condition
			if a, ok := args(arg, 3); ok {
				return nil, obj(e, "Fn::If", arr(e, a[0], orElse(samDocument(e, name, a[1]), nothing), orElse(samDocument(e, name, a[2]), nothing)))
			}
		}
		if d := samDocument(e, name, given); d != nil {
			return nil, d
		}
		return nil, unresolved(e, name, "%s is not a policy template that this importer knows", name)
	}
	return nil, unresolved(e, "Policies", "it is not written as SAM takes a policy")
}

func orElse(v, otherwise *value) *value {
	if v == nil {
		return otherwise
	}
	return v
}

// insert adds a resource that a transform makes, behind the one it is made for.
func (t *template) insert(after *resource, id string, node *value) *resource {
	if t.resources[id] != nil {
		t.warn(after.node, after.id, "SAM makes a resource %s for %s, and the template has one of that name", id, after.id)
		return t.resources[id]
	}
	r := t.addResource(id, node)
	if r == nil {
		return nil
	}
	t.order = t.order[:len(t.order)-1]
	i := slices.Index(t.order, after)
	t.order = slices.Insert(t.order, i+1, r)
	return r
}

func eventID(r *resource, event, what string) string { return fmt.Sprintf("%s%s%s", r.id, event, what) }
