package cloudformation

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// inline reads the Policies of a role, user or group.
func (t *template) inline(p part) []inventory.PolicyDoc {
	var out []inventory.PolicyDoc
	for _, e := range p.get("Policies").list() {
		name := e.get("PolicyName").str()
		doc := e.get("PolicyDocument")
		doc.maybe = e.maybe
		if e.v.kind != object {
			out = append(out, t.document("inline policy", e))
			continue
		}
		out = append(out, t.document(name, doc))
	}
	return out
}

// managed reads ManagedPolicyArns; partial says why the list is not whole, "" when it is.
func (t *template) managed(p part) (arns []string, partial string) {
	l := p.get("ManagedPolicyArns")
	if l.v != nil && l.v.kind == unknown && len(l.v.alts) == 0 {
		l.warn("the managed policies of %s are not known: %s", p.r.id, l.v.why)
		return nil, l.v.why
	}
	for _, e := range l.list() {
		s, why := e.settled()
		switch {
		case why != "" && (e.maybe == "" || strings.Contains(s, placeholderStart)):
			e.warn("a managed policy of %s is not known: %s", p.r.id, why)
			partial = why
		case e.maybe != "":
			e.warn("managed policy %s of %s may not be attached: %s", s, p.r.id, e.maybe)
			partial = e.maybe
			arns = append(arns, s)
		case s != "":
			arns = append(arns, s)
		}
	}
	return arns, partial
}

func (t *template) role(p part) {
	x := t.identity(p.r, 0)
	r := inventory.Role{
		ARN: x.arn, Name: x.name, Source: t.source(p.r.node, p.r.id),
		Trust:  t.document("trust policy", p.get("AssumeRolePolicyDocument")),
		Inline: t.inline(p), Boundary: p.get("PermissionsBoundary").str(), Tags: p.get("Tags").tags(),
	}
	r.Attached, r.Partial = t.managed(p)
	if r.Partial != "" {
		r.Partial = "not all of its managed policies are known: " + r.Partial
	}
	if pol := p.get("Policies"); pol.v != nil && pol.v.kind == unknown && len(pol.v.alts) == 0 {
		r.Partial = "its inline policies are not known: " + pol.v.why
	}
	if why := t.partial[p.r.id]; why != "" {
		r.Partial = why
	}
	r.Attached = append(r.Attached, t.attached[x.arn]...)
	r.InstanceProfiles = t.profiles[x.name]
	t.out.Roles = append(t.out.Roles, r)
}

func (t *template) user(p part) {
	x := t.identity(p.r, 0)
	u := inventory.User{ARN: x.arn, Name: x.name, Groups: p.get("Groups").strs(), Inline: t.inline(p),
		Boundary: p.get("PermissionsBoundary").str(), Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	u.Attached, _ = t.managed(p)
	u.Attached = append(u.Attached, t.attached[x.arn]...)
	u.Groups = append(u.Groups, t.joined[x.name]...)
	t.out.Users = append(t.out.Users, u)
}

func (t *template) group(p part) {
	x := t.identity(p.r, 0)
	g := inventory.Group{ARN: x.arn, Name: x.name, Inline: t.inline(p), Source: t.source(p.r.node, p.r.id)}
	g.Attached, _ = t.managed(p)
	g.Attached = append(g.Attached, t.attached[x.arn]...)
	t.out.Groups = append(t.out.Groups, g)
}

// principals are the ARNs of the roles, users or groups that a policy names. One that is not in the template is taken
// to have the path "/", which the template does not say.
func (t *template) principals(p part, typ, kind string) []string {
	var out []string
	for _, e := range p.list() {
		name := e.certain("the attachment of " + p.r.id).id()
		switch a, _, ok := t.arnOf(name, typ); {
		case name == "":
		case ok:
			out = append(out, a)
		case strings.HasPrefix(name, "arn:"):
			out = append(out, name)
		default:
			out = append(out, "arn:"+t.partition+":iam::"+t.account+":"+kind+"/"+name)
		}
	}
	return out
}

// attachments are the roles, users and groups that a policy resource attaches itself to.
func (t *template) attachments(p part) (roles, users, groups []string) {
	return t.principals(p.get("Roles"), "AWS::IAM::Role", "role"),
		t.principals(p.get("Users"), "AWS::IAM::User", "user"),
		t.principals(p.get("Groups"), "AWS::IAM::Group", "group")
}

// inlinePolicy is AWS::IAM::Policy, and AWS::IAM::RolePolicy, UserPolicy and GroupPolicy, which name one principal.
func (t *template) inlinePolicy(p part) {
	a := inventory.AttachedPolicy{Source: t.source(p.r.node, p.r.id)}
	a.Policy = t.document(p.get("PolicyName").str(), p.get("PolicyDocument"))
	a.Roles, a.Users, a.Groups = t.attachments(p)
	a.Roles = append(a.Roles, t.principals(p.get("RoleName"), "AWS::IAM::Role", "role")...)
	a.Users = append(a.Users, t.principals(p.get("UserName"), "AWS::IAM::User", "user")...)
	a.Groups = append(a.Groups, t.principals(p.get("GroupName"), "AWS::IAM::Group", "group")...)
	t.out.AttachedPolicies = append(t.out.AttachedPolicies, a)
}

// managedPolicy takes a managed policy. Principals of the template get its ARN among their attached policies (see
// attach); others get the document itself, because nothing else says that they have it.
func (t *template) managedPolicy(p part) {
	x := t.identity(p.r, 0)
	m := inventory.ManagedPolicy{ARN: x.arn, Name: x.name, Document: t.document(x.name, p.get("PolicyDocument")), Source: t.source(p.r.node, p.r.id)}
	t.out.ManagedPolicies = append(t.out.ManagedPolicies, m)
	a := inventory.AttachedPolicy{Policy: m.Document, Source: m.Source}
	roles, users, groups := t.attachments(p)
	elsewhere := func(typ string) func(string) bool {
		return func(s string) bool { _, _, ok := t.arnOf(s, typ); return ok }
	}
	a.Roles = slices.DeleteFunc(roles, elsewhere("AWS::IAM::Role"))
	a.Users = slices.DeleteFunc(users, elsewhere("AWS::IAM::User"))
	a.Groups = slices.DeleteFunc(groups, elsewhere("AWS::IAM::Group"))
	if len(a.Roles)+len(a.Users)+len(a.Groups) > 0 {
		t.out.AttachedPolicies = append(t.out.AttachedPolicies, a)
	}
}

// attach notes what other resources say of principals, before these are read: which managed policies attach themselves
// to them, which instance profiles hold them, which groups users are added to.
func (t *template) attach() {
	for _, r := range t.byType("AWS::IAM::ManagedPolicy") {
		roles, users, groups := t.attachments(t.properties(r))
		for _, a := range slices.Concat(roles, users, groups) {
			t.attached[a] = append(t.attached[a], t.identity(r, 0).arn)
		}
	}
	for _, r := range t.byType("AWS::IAM::InstanceProfile") {
		for _, name := range t.properties(r).get("Roles").texts() {
			t.profiles[name] = append(t.profiles[name], t.identity(r, 0).arn)
		}
	}
	for _, r := range t.byType("AWS::IAM::UserToGroupAddition") {
		p := t.properties(r)
		group := p.get("GroupName").str()
		for _, name := range p.get("Users").strs() {
			t.joined[name] = append(t.joined[name], group)
		}
	}
}

// orgPolicy is an SCP, RCP or other policy of an organization.
func (t *template) orgPolicy(p part) {
	x := t.identity(p.r, 0)
	typ := p.get("Type").str()
	if typ != "SERVICE_CONTROL_POLICY" && typ != "RESOURCE_CONTROL_POLICY" {
		t.skip(p.r, "a policy of type "+typ+" grants and denies no access")
		return
	}
	o := inventory.OrgPolicy{ID: x.id, ARN: x.arn, Name: x.name, Type: typ, Document: t.document(x.name, p.get("Content")), Source: t.source(p.r.node, p.r.id)}
	if targets := p.get("TargetIds"); targets.has() {
		o.Targets = append([]string{}, targets.strs()...)
	}
	t.out.OrgPolicies = append(t.out.OrgPolicies, o)
}

// resourcePolicy adds the policy of a resource.
func (t *template) resourcePolicy(p part, on inventory.Text, name string, doc part) {
	rp := inventory.ResourcePolicy{Resource: on, Document: t.document(name, doc), Source: t.source(p.r.node, p.r.id)}
	if strings.Contains(on.Value, ":s3:::") {
		rp.Account = t.account
	}
	t.out.ResourcePolicies = append(t.out.ResourcePolicies, rp)
}

// policyOn is a resource that holds the policy of others, which it names in one of its properties.
func (t *template) policyOn(p part, targets, document, service string, types ...string) {
	for _, e := range p.get(targets).list() {
		on := e.certain("the policy " + p.r.id).text()
		if on.OK() {
			if a, _, ok := t.arnOf(on.Value, types...); ok {
				on.Value = a
			} else if !strings.HasPrefix(on.Value, "arn:") {
				on = t.foreignARN(service, on.Value)
			}
		}
		t.resourcePolicy(p, on, p.r.id, p.get(document))
	}
}

// foreignARN is the ARN of a resource outside of the template that is named otherwise.
func (t *template) foreignARN(service, name string) inventory.Text {
	switch service {
	case "s3":
		return inventory.Known("arn:" + t.partition + ":s3:::" + name)
	case "sqs": // https://sqs.REGION.amazonaws.com/ACCOUNT/NAME
		if parts := strings.Split(name, "/"); len(parts) == 5 {
			region, _, _ := strings.Cut(strings.TrimPrefix(parts[2], "sqs."), ".")
			return inventory.Known("arn:" + t.partition + ":sqs:" + region + ":" + parts[3] + ":" + parts[4])
		}
	case "secretsmanager":
		return inventory.Known(t.arn(service, "secret:"+name+"-XXXXXX"))
	case "s3vectors":
		return inventory.Known(t.arn(service, "bucket/"+name))
	}
	return inventory.Unsure("%s is not the name of anything in the template", name)
}

func (t *template) skip(r *resource, why string) {
	t.out.Skips = append(t.out.Skips, inventory.Skip{What: r.typ + " " + r.id, Why: why, Source: t.source(r.node, r.id)})
}
