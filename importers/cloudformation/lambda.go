package cloudformation

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// function is AWS::Lambda::Function, or AWS::Serverless::Function once it was transformed.
func (t *template) function(p part) {
	x := t.identity(p.r, 0)
	f := inventory.Function{ARN: x.arn, Name: x.name, Role: p.get("Role").text(),
		LogGroup: p.get("LoggingConfig", "LogGroup").str(), Runtime: p.get("Runtime").str(),
		Env: p.get("Environment", "Variables").env(), Layers: p.get("Layers").texts(), Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	code := p.get("Code")
	f.Code, _ = code.get("ImageUri").settled()
	if bucket, _ := code.get("S3Bucket").settled(); bucket != "" {
		key, _ := code.get("S3Key").settled()
		f.Code = "s3://" + bucket + "/" + key
	}
	for _, name := range []string{x.arn, x.name} {
		for _, r := range t.partsOf(name, "AWS::Lambda::EventSourceMapping", "FunctionName") {
			f.Sources = append(f.Sources, t.properties(r).get("EventSourceArn").strs()...)
		}
		for _, r := range t.partsOf(name, "AWS::Lambda::Url", "TargetFunctionArn") {
			f.URLAuth = t.properties(r).get("AuthType").str()
		}
	}
	t.out.Functions = append(t.out.Functions, f)
}

// permissions makes one resource policy of all permissions of a function, as Lambda keeps them: a statement for each.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
func (t *template) permissions() {
	type policy struct {
		on         inventory.Text
		first      *resource
		statements []*value
	}
	var order []string
	policies := map[string]*policy{}
	for _, r := range t.byType("AWS::Lambda::Permission") {
		p := t.properties(r)
		on, statement := t.permission(p)
		holder := on
		if holder.OK() {
			holder.Value = unqualified(holder.Value)
		}
		key := cmp.Or(holder.Value, r.id)
		if policies[key] == nil {
			policies[key] = &policy{on: holder, first: r}
			order = append(order, key)
		}
		policies[key].statements = append(policies[key].statements, statement)
	}
	for _, key := range order {
		pol := policies[key]
		doc := obj(pol.first.node, "Version", str(pol.first.node, "2012-10-17"), "Statement", arr(pol.first.node, pol.statements...))
		t.resourcePolicy(part{t: t, r: pol.first, v: doc}, pol.on, "permissions", part{t: t, r: pol.first, v: doc})
	}
}

// permission makes a statement of a permission, as lambda get-policy prints it
// (https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html).
func (t *template) permission(p part) (on inventory.Text, statement *value) {
	at := p.r.node
	fn := p.get("FunctionName")
	on = fn.text()
	resource := fn.v
	if on.OK() {
		on.Value = t.functionARN(on.Value)
		resource = str(fn.v, on.Value)
	} else if on.Unknown == "" {
		on = inventory.Unsure("the permission names no function")
		resource = unresolved(at, "FunctionName", "the permission names no function")
	}

	conditions := map[string][]field{}
	add := func(operator, key string, v *value) {
		if v != nil && v.kind != null {
			conditions[operator] = append(conditions[operator], field{key, v})
		}
	}
	add("ArnLike", "AWS:SourceArn", p.get("SourceArn").v)
	add("StringEquals", "AWS:SourceAccount", p.get("SourceAccount").v)
	add("StringEquals", "aws:PrincipalOrgID", p.get("PrincipalOrgID").v)
	add("StringEquals", "lambda:EventSourceToken", p.get("EventSourceToken").v)
	add("StringEquals", "lambda:FunctionUrlAuthType", p.get("FunctionUrlAuthType").v)
	add("Bool", "lambda:InvokedViaFunctionUrl", p.get("InvokedViaFunctionUrl").v)
	var condition *value
	for _, operator := range []string{"ArnLike", "Bool", "StringEquals"} {
		if fields := conditions[operator]; len(fields) > 0 {
			if condition == nil {
				condition = obj(at)
			}
			condition.fields = append(condition.fields, field{operator, (&value{kind: object, fields: fields}).from(at)})
		}
	}
	return on, obj(at, "Sid", str(at, p.r.id), "Effect", str(at, "Allow"), "Principal", t.permitted(p.get("Principal")),
		"Action", p.get("Action").v, "Resource", resource, "Condition", condition)
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// permitted is the Principal element for the principal of a permission: a service, an account, an ARN, or anyone.
func (t *template) permitted(p part) *value {
	s, why := p.settled()
	switch {
	case why != "" || !p.has():
		return p.v
	case s == "*":
		return str(p.v, "*")
	case accountID.MatchString(s) || s == UnknownAccount:
		return obj(p.v, "AWS", str(p.v, "arn:"+t.partition+":iam::"+s+":root"))
	case strings.HasPrefix(s, "arn:"):
		return obj(p.v, "AWS", str(p.v, s))
	}
	return obj(p.v, "Service", str(p.v, s))
}

// functionARN is the ARN of a function that is named by its name, ARN or ARN without the beginning.
func (t *template) functionARN(s string) string {
	if strings.HasPrefix(s, "arn:") {
		return s
	}
	name := s
	if i := strings.Index(s, "function:"); i >= 0 { // ACCOUNT:function:NAME
		if account := strings.TrimSuffix(s[:i], ":"); accountID.MatchString(account) {
			return "arn:" + t.partition + ":lambda:" + t.region + ":" + account + ":" + s[i:]
		}
		name = s[i+len("function:"):]
	}
	if a, _, ok := t.arnOf(name, "AWS::Lambda::Function"); ok {
		return a
	}
	return t.arn("lambda", "function:"+name)
}

// unqualified is a function's ARN without a version or alias.
func unqualified(s string) string {
	const parts = 7 // arn:partition:lambda:region:account:function:name
	if f := strings.Split(s, ":"); len(f) > parts && slices.Contains(f, "function") {
		return strings.Join(f[:parts], ":")
	}
	return s
}
