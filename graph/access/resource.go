package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// types are the patterns of the resource types that an action acts on; none when it takes no resource or they are not
// known.
func types(a iam.ActionInfo) []string {
	var out []string
	for _, rt := range iam.ResourceTypes(a.Service) {
		if slices.Contains(a.Resources, rt.Name) {
			out = append(out, rt.Pattern())
		}
	}
	if len(out) != len(a.Resources) {
		return nil // some are of another service
	}
	return out
}

// takes reports whether an action acts on something that a pattern matches. What is not known to be otherwise, it does.
func takes(a iam.ActionInfo, pattern string) bool {
	ts := types(a)
	return len(ts) == 0 || slices.ContainsFunc(ts, func(t string) bool { return Meets(t, pattern) })
}

// within reports whether all that a pattern matches is of the types that an action acts on.
func within(a iam.ActionInfo, pattern string) bool {
	ts := types(a)
	return len(ts) == 0 || slices.ContainsFunc(ts, func(t string) bool { return Meets(t, pattern) && arn.Covers(t, pattern) })
}

// content is what an action acts on where a resource is named: the objects of a bucket for s3:GetObject, the streams of a
// log group. It is the resource itself where the action acts on that.
func content(a iam.ActionInfo, resource string) string {
	if p, ok := arn.Split(resource); ok && p.Service == "logs" && a.Service == "logs" && p.ResourceType() == "log-group" {
		// Actions act on the group or on its streams, and both lie under "GROUP:*".
		// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
		if strings.Contains(resource, ":log-stream:") {
			return resource
		}
		return strings.TrimSuffix(resource, ":*") + ":*"
	}
	if within(a, resource) {
		return resource
	}
	for _, sep := range []string{"/*", ":*"} {
		if within(a, resource+sep) {
			return resource + sep
		}
	}
	return resource
}

// resourceOf is what an action on a node acts on; "" when IAM knows nothing by that name.
func resourceOf(a iam.ActionInfo, n *graph.Node) string {
	name := n.ARN
	if n.Wildcard {
		name = n.Pattern
	}
	switch {
	case name == "" && n.Kind == graph.KindModel:
		return "arn:aws:bedrock:*::foundation-model/" + strings.TrimPrefix(string(n.ID), "model/")
	case name == "":
		return ""
	case n.Kind == graph.KindAgent && !takes(a, name):
		// Agents are invoked through an alias, whose ARN holds the agent's id.
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
		if p, ok := arn.Split(name); ok && p.ResourceType() == "agent" {
			p.Resource = "agent-alias/" + p.ResourceID() + "/*"
			return p.String()
		}
	}
	return content(a, name)
}

// resolve finds what a question is about: an ARN or a pattern of ARNs as it stands, an s3:// address, or the name of a
// node. node is that node, nil where there is none or it stands for many; note says what was made of the text.
func (x *Index) resolve(a iam.ActionInfo, text string) (pattern string, node *graph.Node, note string, err error) {
	if bucket, ok := strings.CutPrefix(text, "s3://"); ok {
		text = "arn:aws:s3:::" + bucket
	}
	isARN := strings.HasPrefix(text, "arn:")
	if isARN {
		if _, ok := arn.Split(text); !ok {
			return "", nil, "", fmt.Errorf("%w: %s has fewer than the six parts of an ARN", ErrResource, text)
		}
	}
	switch {
	case text == "":
		return "", nil, "", fmt.Errorf("%w: its name is empty", ErrResource)
	case len(a.Resources) == 0 && iam.ResourceLess(a.String()):
		if text != "*" {
			note = a.String() + " takes no resource: whoever may do it may do it everywhere"
		}
		return "*", nil, note, nil
	case text == "*":
		return text, nil, "", nil
	case isARN && arn.HasWildcard(text):
		pattern = text
	case isARN:
		if node = x.g.Node(graph.NodeID(text)); node != nil {
			pattern = resourceOf(a, node)
		} else {
			pattern = content(a, text)
		}
	default:
		if node, err = x.named(a, text); err != nil {
			return "", nil, "", err
		}
		if pattern = resourceOf(a, node); node.Wildcard {
			node = nil
		}
	}
	switch {
	case !takes(a, pattern):
		note = fmt.Sprintf("%s is not known to act on it: it acts on %s", a, strings.Join(a.Resources, ", "))
	case isARN && pattern != text:
		note = fmt.Sprintf("%s acts on %s: asked about %s", a, strings.Join(a.Resources, ", "), pattern)
	}
	return pattern, node, note, nil
}

// named finds a node by its name: the very name, else the same in other letters, else the only one that ends so. Of
// several, the one counts that the action acts on.
func (x *Index) named(a iam.ActionInfo, text string) (*graph.Node, error) {
	lower := strings.ToLower(text)
	for _, is := range []func(n *graph.Node) bool{
		func(n *graph.Node) bool {
			return n.Name == text || string(n.ID) == text || string(n.ID) == "model/"+text || n.ID.Key() == text
		},
		func(n *graph.Node) bool { return strings.ToLower(n.Name) == lower },
		func(n *graph.Node) bool { return strings.HasSuffix(strings.ToLower(n.Name), lower) },
	} {
		var all, fit []*graph.Node
		for i := range x.g.Nodes {
			n := &x.g.Nodes[i]
			if !is(n) {
				continue
			}
			all = append(all, n)
			if r := resourceOf(a, n); r != "" && takes(a, r) {
				fit = append(fit, n)
			}
		}
		switch {
		case len(fit) == 1:
			return fit[0], nil
		case len(fit) > 1:
			return nil, fmt.Errorf("%w: several have the name %s: %s", ErrResource, text, ids(fit))
		case len(all) == 1:
			return nil, fmt.Errorf("%w: %s is of the kind %q, and %s acts on %s", ErrResource, text, all[0].Kind, a, strings.Join(a.Resources, ", "))
		case len(all) > 1:
			return nil, fmt.Errorf("%w: several have the name %s, and %s acts on none of them: %s", ErrResource, text, a, ids(all))
		}
	}
	return nil, fmt.Errorf("%w: the snapshot has none of the name %s, and it is no ARN", ErrResource, text)
}

func ids(nodes []*graph.Node) string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = string(n.ID)
	}
	return strings.Join(out, ", ")
}

// inside says, by service, what stands between the ARN of a resource and what is inside it, where the resource's own
// policy is about that too. In other services an ARN that goes on names another resource.
var inside = map[string]string{
	"s3": "/", "dynamodb": "/", "lambda": ":", "logs": ":", "es": "/", "s3vectors": "/", "bedrock-agentcore": "/",
}

// holder calls f with the ARN of each resource that all of a pattern may be part of, the pattern itself first.
func holder(pattern string, f func(string) bool) {
	if !arn.HasWildcard(pattern) && f(pattern) {
		return
	}
	p, ok := arn.Split(pattern)
	sep := inside[p.Service]
	if !ok || sep == "" {
		return
	}
	literal, _, _ := strings.Cut(pattern, "*")
	literal, _, _ = strings.Cut(literal, "?")
	for i := strings.LastIndex(literal, sep); i > 0; i = strings.LastIndex(literal[:i], sep) {
		if f(literal[:i]) {
			return
		}
	}
}

// target is a resource, or all that a pattern matches, with what decides about it.
type target struct {
	pattern string
	name    string
	node    *graph.Node // nil when the snapshot has none
	policy  *resource   // nil when none was imported
	account string      // "" when it is not known

	own, foreign iam.Target // for who is in the resource's account, and for others

	each   bool                   // it stands for the resources of whoever is asked
	inside map[string]*iam.Target // then own, by account
}

// about is what somebody in an account is asked.
func (x *Index) about(t *target, account string) *iam.Target {
	switch {
	case !t.ownedBy(account):
		return &t.foreign
	case !t.each || account == "":
		return &t.own
	}
	if t.inside[account] == nil {
		own := t.own
		own.ResourceAccount, own.RCP = account, x.rcp[account].list
		own.Missing = append(slices.Clone(own.Missing), x.rcp[account].missing...)
		own.Context = RequestKeys(t.pattern, account, x.orgOf(account), nil)
		own.ResourceManagement = account == x.g.Governance.Management
		t.inside[account] = &own
	}
	return t.inside[account]
}

// target makes an action on a pattern ready to be asked. A pattern that is not inside one resource is asked about without
// any resource's policy; see parts. node is what the pattern is of, nil where that is to be found out.
func (x *Index) target(a iam.ActionInfo, pattern string, node *graph.Node) *target {
	t := &target{pattern: pattern, name: pattern}
	holder(pattern, func(r string) bool {
		if i, ok := x.atARN[r]; ok {
			t.policy = &x.resources[i]
		}
		t.node = x.g.Node(graph.NodeID(r))
		return t.policy != nil || t.node != nil
	})
	if t.node == nil {
		t.node = node
	}
	var tags []graph.Tag
	if t.node != nil {
		t.name = t.node.Name
		t.account, tags = t.node.Account, t.node.Tags
	}
	if t.policy != nil {
		t.account = cmp.Or(t.account, t.policy.account)
	}
	if p, ok := arn.Split(pattern); ok && !arn.HasWildcard(p.Account) {
		t.account = cmp.Or(t.account, p.Account)
	}
	if t.each = t.account == "" && t.node == nil && arn.HasWildcard(pattern) && len(a.Resources) > 0; t.each {
		t.inside = map[string]*iam.Target{}
	}
	t.own = iam.Target{Action: a.String(), Resource: pattern, ResourceAccount: t.account, Context: RequestKeys(pattern, t.account, x.orgOf(t.account), tags),
		RCP: x.rcp[t.account].list, Missing: x.rcp[t.account].missing,
		ResourceManagement: t.account != "" && t.account == x.g.Governance.Management}
	t.foreign = t.own
	switch {
	case t.policy == nil:
		m := iam.Missing{Layer: iam.LayerResource, Reason: t.noPolicy()}
		t.foreign.Missing = append(slices.Clone(t.own.Missing), m)
		if alone(a, pattern) {
			t.own.Missing = t.foreign.Missing
		}
	case t.policy.policy == nil:
		t.own.Missing = append(slices.Clone(t.own.Missing), iam.Missing{Layer: iam.LayerResource, Reason: t.policy.why})
		t.foreign.Missing = t.own.Missing
	default:
		t.own.Policy, t.foreign.Policy = t.policy.policy, t.policy.policy
	}
	return t
}

// noPolicy says that the policy of a target is not in the snapshot.
func (t *target) noPolicy() string {
	if p, ok := arn.Split(t.pattern); ok && !arn.HasWildcard(t.pattern) || t.node != nil {
		switch {
		case p.Service == "kms":
			return "the key policy of " + t.name + " was not imported, and it decides whether IAM policies count"
		case p.Service == "iam":
			return "the trust policy of " + t.name + " was not imported"
		case p.Service == "s3":
			return "the bucket policy of " + t.name + " was not imported"
		}
		return "the resource policy of " + t.name + " was not imported"
	}
	switch svc, _, _ := strings.Cut(t.own.Action, ":"); svc {
	case "kms":
		return "the key policy of each key decides whether IAM policies count, and not all were imported"
	case "sts":
		return "the trust policy of each role decides too, and not all were imported"
	}
	return "the policy of each resource decides too"
}

// alone reports whether an action is decided by the policy of the resource even in its own account: KMS keys, and roles
// to become.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
func alone(a iam.ActionInfo, pattern string) bool {
	switch a.Service {
	case "kms":
		p, ok := arn.Split(pattern)
		return slices.Contains(a.Resources, "key") && !(ok && p.ResourceType() == "alias")
	case "sts":
		return a.Name == "AssumeRole" || a.Name == "TagSession" || a.Name == "SetSourceIdentity" || byLogin(a)
	}
	return false
}

// byLogin reports whether an action is called with a login at an identity provider, not with credentials of a user or
// role. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func byLogin(a iam.ActionInfo) bool {
	return a.Service == "sts" && (a.Name == "AssumeRoleWithSAML" || a.Name == "AssumeRoleWithWebIdentity")
}

// maxInside bounds the resources with policies of their own that a pattern is asked about one by one; there are under a
// hundred in most accounts, and each is one more question for everybody.
const maxInside = 500

// parts are the resources inside a pattern whose own policies have a say, each made ready to be asked; left is how many
// more there are. There are none where the whole pattern is inside one resource.
func (x *Index) parts(a iam.ActionInfo, whole *target) (out []*target, left int) {
	if whole.policy != nil || whole.node != nil || !arn.HasWildcard(whole.pattern) {
		return nil, 0
	}
	for _, r := range x.holding(a, whole.pattern) {
		for _, scope := range []string{r.arn, r.arn + "/*", r.arn + ":*"} {
			if scope != r.arn && inside[r.service] != scope[len(r.arn):len(scope)-1] || !takes(a, scope) || !Meets(scope, whole.pattern) {
				continue
			}
			in, ok := arn.Intersect(whole.pattern, scope)
			if !ok {
				left++
				continue
			}
			for _, p := range in {
				if !Meets(p, scope) {
					continue
				}
				if len(out) == maxInside {
					left++
					continue
				}
				out = append(out, x.target(a, p, nil))
			}
		}
	}
	return out, left
}

// holding are the resources of an action's service whose policies say anything of the action, or must.
func (x *Index) holding(a iam.ActionInfo, pattern string) (out []*resource) {
	services := map[string]bool{a.Service: true}
	if a.Service == "sts" {
		services["iam"] = true
	}
	if p, ok := arn.Split(pattern); ok && !arn.HasWildcard(p.Service) {
		services = map[string]bool{p.Service: true}
	}
	for i := range x.resources {
		r := &x.resources[i]
		if services[r.service] && (r.policy == nil || alone(a, r.arn) || speaks(r.policy.Document(), a)) {
			out = append(out, r)
		}
	}
	return out
}

// speaks reports whether any statement of a document takes an action in.
func speaks(doc *iam.Document, a iam.ActionInfo) bool {
	for i := range doc.Statements {
		if acts(&doc.Statements[i], a.String()) {
			return true
		}
	}
	return false
}

// acts reports whether a statement's Action or NotAction takes an action in. Names of actions are not case-sensitive.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func acts(s *iam.Statement, action string) bool {
	in := func(p string) bool { return p == "*" || arn.MatchFold(strings.ToLower(p), action) }
	if s.NotActions != nil {
		return !slices.ContainsFunc(s.NotActions, in)
	}
	return slices.ContainsFunc(s.Actions, in)
}
