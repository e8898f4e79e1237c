package cloudformation

import (
	"fmt"
	"strings"
)

// ref is what Ref returns for a parameter, a pseudo parameter or a resource.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html
func (t *template) ref(v *value, name string, depth int) *value {
	if strings.HasPrefix(name, "AWS::") {
		return t.pseudo(v, name)
	}
	if p, ok := t.params[name]; ok {
		r, ok := t.resolved[name]
		if !ok {
			r = t.parameter(name, p)
			t.resolved[name] = r
		}
		if r == nil {
			return nil
		}
		if !t.spendText(len(r.text)) {
			return unresolved(v, "too large", "%v", errSpent)
		}
		c := *r
		return c.from(v)
	}
	if r, ok := t.resources[name]; ok {
		id := t.identity(r, depth)
		return (&value{kind: text, text: id.ref, marks: id.marks}).from(v)
	}
	// "Function.Version" and "Function.Alias" of SAM can be had with Ref.
	if id, attr, ok := strings.Cut(name, "."); ok && t.resources[id] != nil {
		return t.attribute(v, id, attr, depth)
	}
	return unresolved(v, name, "%s is neither a parameter nor a resource of the template", name)
}

// pseudo is a pseudo parameter; one that the file does not say is a stand-in.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (t *template) pseudo(v *value, name string) *value {
	out := (&value{kind: text}).from(v)
	switch name {
	case "AWS::NoValue":
		return nil
	case "AWS::AccountId":
		out.text, out.marks = t.account, standIn(t.in.Account)
	case "AWS::Region":
		out.text, out.marks = t.region, standIn(t.in.Region)
	case "AWS::Partition":
		out.text, out.marks = t.partition, standIn(t.in.Region)
	case "AWS::URLSuffix":
		out.text, out.marks = t.suffix, standIn(t.in.Region)
	case "AWS::StackName":
		out.text, out.marks = t.stack, standIn(t.stack)
		if t.stack == "" {
			out.text = UnknownStack
		}
	case "AWS::StackId":
		stack := t.stack
		if stack == "" {
			stack = UnknownStack
		}
		out.text, out.marks = t.arn("cloudformation", "stack/"+stack+"/ID"), stands
	default:
		return unresolved(v, name, "%s is not known before the stack is deployed", name)
	}
	return out
}

func standIn(known string) mark {
	if known == "" {
		return stands
	}
	return 0
}

// parameter is the value of a parameter: the one given, or its default.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (t *template) parameter(name string, p *value) *value {
	typ := p.get("Type").str()
	val, given := t.in.Params[name]
	var m mark
	if !given {
		d := p.get("Default")
		if !d.scalar() {
			return unresolved(p, name, "parameter %s has no default, and no value was given", name)
		}
		val = d.text
		if !t.described {
			m = byDefault
		}
	}
	switch {
	case strings.EqualFold(p.get("NoEcho").str(), "true"):
		return unresolved(p, name, "parameter %s is a secret (NoEcho), which is not read", name)
	case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value"):
		return unresolved(p, name, "parameter %s is read from the Parameter Store at %s", name, val)
	case typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<"):
		out := arr(p)
		out.marks = m
		for e := range strings.SplitSeq(val, ",") {
			if !t.spend(1) {
				break
			}
			out.items = append(out.items, (&value{kind: text, text: strings.TrimSpace(e), marks: m}).from(p))
		}
		return out
	}
	return t.dynamic((&value{kind: text, text: val, marks: m}).from(p))
}

// getAtt is Fn::GetAtt; its attribute may be worked out by Ref.
func (t *template) getAtt(v, arg *value, depth int) *value {
	if arg.kind == text { // the long form with one text
		id, attr, _ := strings.Cut(arg.text, ".")
		return t.attribute(v, id, attr, depth)
	}
	a, ok := args(arg, 2)
	if !ok || !a[0].scalar() {
		return wrongArgs(v, "GetAtt")
	}
	attr := t.eval(a[1], depth)
	if !attr.scalar() || attr.why != "" {
		return unknownLike(v, attr, "GetAtt")
	}
	return t.attribute(v, a[0].text, attr.text, depth)
}

// attribute is an attribute of a resource.
func (t *template) attribute(v *value, id, attr string, depth int) *value {
	r, ok := t.resources[id]
	if !ok {
		if strings.HasPrefix(id, "AWS::") {
			return unresolved(v, id, "%s has no attributes", id)
		}
		return unresolved(v, id+"."+attr, "%s is no resource of the template", id)
	}
	label := id + "." + attr
	switch {
	case r.typ == "AWS::CloudFormation::Stack":
		return unresolved(v, label, "it is an output of the nested stack %s, whose template is another file", id)
	case r.typ == "AWS::CloudFormation::CustomResource" || strings.HasPrefix(r.typ, "Custom::"):
		return unresolved(v, label, "the custom resource %s returns it when the stack is deployed", id)
	case r.alias != "" && attr == "Alias": // of a function of SAM
		return t.ref(v, r.alias, depth)
	case r.typ == "AWS::SSM::Parameter" && attr == "Value":
		return t.eval(r.props.get("Value"), depth)
	}
	x := t.identity(r, depth)
	if s, ok := x.attrs[attr]; ok {
		return (&value{kind: text, text: s, marks: x.marks}).from(v)
	}
	// Whatever else a resource says of itself names nothing but itself.
	s := x.id + "." + attr
	if attr == "Arn" || strings.HasSuffix(attr, "Arn") || strings.HasSuffix(attr, "ARN") {
		s = x.arn
		if attr != "Arn" && !strings.HasSuffix(r.typ, "::"+strings.TrimSuffix(attr, "Arn")) {
			s += "/" + attr
		}
	}
	return (&value{kind: text, text: s, marks: stands}).from(v)
}

// arn makes an ARN of the stack's account and Region.
func (t *template) arn(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", t.partition, service, t.region, t.account, resource)
}
