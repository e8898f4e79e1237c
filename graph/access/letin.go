package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// letIn are those whom policies on resources name and whose own policies are not in the snapshot: other accounts,
// services, logins, anyone.
func (x *Index) letIn(a iam.ActionInfo, targets []*target, whole string) []Caller {
	found := map[graph.NodeID][]answer{}
	people := map[graph.NodeID]Who{}
	for _, t := range targets {
		if t.policy == nil || t.policy.policy == nil {
			continue
		}
		for _, g := range x.guests(a, t) {
			if len(g.answers) == 0 {
				continue
			}
			people[g.ID] = g.Who
			found[g.ID] = append(found[g.ID], g.answers...)
		}
	}
	var out []Caller
	for id, all := range found { // WhoCan sorts
		if grants := x.grants(all, whole); len(grants) > 0 {
			out = append(out, Caller{Who: people[id], Grant: grants[0], Also: grants[1:]})
		}
	}
	return out
}

// guest is somebody whom a resource's policy names.
type guest struct {
	Who
	answers []answer
}

// guests are those whom the policy on a target names in statements that allow the action, with what is answered of each.
func (x *Index) guests(a iam.ActionInfo, t *target) (out []guest) {
	d := door{x: x, a: a, t: t, seen: map[graph.NodeID]bool{}}
	doc := t.policy.policy.Document()
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.EffectAllow || !acts(s, a.String()) {
			continue
		}
		switch p := s.Principal; {
		case p == nil && s.NotPrincipal != nil:
			d.anyone()
		case p == nil: // AWS takes none of these without a principal
		default:
			if p.Any || slices.Contains(p.AWS, "*") {
				d.anyone()
			}
			for _, name := range p.AWS {
				d.aws(name, s)
			}
			for _, name := range p.Service {
				d.service(name)
			}
			for _, name := range p.Federated {
				d.federated(name)
			}
			for _, name := range p.CanonicalUser {
				d.unknown(Who{ID: graph.NodeID("principal/" + name), Name: name, Kind: graph.KindUser}, s, "a canonical user ID does not say which account it is of")
			}
		}
	}
	return d.out
}

// door lets guests in to a target.
type door struct {
	x    *Index
	a    iam.ActionInfo
	t    *target
	seen map[graph.NodeID]bool
	out  []guest
}

// ask asks the evaluator about a guest, with keys as what is known of it, and own for its policies.
func (d *door) ask(p iam.Principal, keys iam.Context, own *iam.Policy, missing ...iam.Missing) []answer {
	base := d.t.foreign.Context
	req := iam.Request{Principal: p, Action: d.t.foreign.Action, Resource: d.t.pattern, ResourceAccount: d.t.account,
		ResourceManagement: d.t.foreign.ResourceManagement, Context: keys.Over(&base)}
	req.Context.Default = base.Default
	pol := iam.Policies{Resource: d.t.foreign.Policy, RCP: d.t.foreign.RCP, Missing: append(slices.Clone(d.t.foreign.Missing), missing...)}
	if own != nil {
		pol.Identity = []*iam.Policy{own}
	}
	set := iam.EvaluateSet(&req, &pol)
	return slices.DeleteFunc(answers(&set, d.t.pattern), func(a answer) bool { return a.verdict == graph.Denied && len(a.result.Denies) == 0 })
}

// add keeps a guest once: a policy is asked as a whole, so that the statement that named it first does not matter.
func (d *door) add(w Who, got []answer) {
	if d.seen[w.ID] || !slices.ContainsFunc(got, func(a answer) bool { return a.verdict != graph.Denied }) {
		return
	}
	d.seen[w.ID] = true
	if n := d.x.g.Node(w.ID); n != nil {
		w.Name = n.Name
	}
	w.LetIn = true
	d.out = append(d.out, guest{w, got})
}

// unknown adds somebody of whom nothing can be asked.
func (d *door) unknown(w Who, s *iam.Statement, why string) {
	ref := iam.StatementRef{Layer: iam.LayerResource, Policy: d.t.policy.policy.ID(), Index: s.Index, Sid: s.Sid, Effect: s.Effect, Pointer: s.Pointer}
	r := &iam.Result{Decision: iam.Unknown, Allows: []iam.StatementRef{ref}}
	d.add(w, []answer{{pattern: d.t.pattern, verdict: graph.Unknown, unknown: why, result: r}})
}

// unsigned is anyone at all; signed is anyone with credentials of some AWS account.
const (
	unsigned graph.NodeID = "anyone"
	signed   graph.NodeID = "anyone with an AWS account"
)

// anyone handles a statement for everyone: first those without credentials, then those of any account, of the
// organization that the conditions name, and services on behalf of what they name.
func (d *door) anyone() {
	none := iam.Principal{Kind: iam.PrincipalAnonymous}
	open := d.ask(none, iam.Facts{Principal: none}.PrincipalContext(), nil)
	d.add(Who{ID: unsigned, Name: "Anyone", Kind: graph.KindAnyone}, open)
	if r := best(open); r != nil && r.verdict == graph.Allowed {
		return // nobody can get in by more
	}
	some := d.askAccount("*", iam.Discover(nil))
	r := best(some)
	if o := best(open); r != nil && o != nil && d.x.alike(r) == d.x.alike(o) {
		return // on the same conditions
	}
	if r != nil && r.verdict == graph.Conditional {
		if org := organization(r.result.Residual); org != "" {
			d.add(Who{ID: graph.NodeID("organization/" + org), Name: "Anyone in " + org, Kind: graph.KindOrg}, some)
			return
		}
	}
	d.add(Who{ID: signed, Name: "Anyone with an AWS account", Kind: graph.KindAnyone}, some)
	if !d.seen[unsigned] && !d.seen[signed] {
		svc := iam.Principal{Kind: iam.PrincipalService, Service: "*"}
		keys := iam.Facts{Principal: svc}.PrincipalContext()
		keys.Mark("aws:PrincipalServiceName", iam.ValueUnknown)
		d.add(Who{ID: "service/*", Name: "AWS services", Kind: graph.KindService}, d.ask(svc, keys, nil))
	}
}

// best is the answer that allows most; nil for none.
func best(all []answer) (out *answer) {
	for i := range all {
		if out == nil || rank(all[i].verdict) > rank(out.verdict) {
			out = &all[i]
		}
	}
	return out
}

// allowsAll stands for the policies of somebody whose own account lets them do everything.
var allowsAll = iam.Compile("policies of their own", &iam.Document{Version: "2012-10-17", Statements: []iam.Statement{{Effect: iam.EffectAllow, Actions: []string{"*"}, Resources: []string{"*"}}}})

// askAccount asks about whomever an account lets: a role of it that no policy names. The account "*" is any.
func (d *door) askAccount(account string, keys iam.Context) []answer {
	keys.Set("aws:PrincipalIsAWSService", "false")
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"} { // only services bring these
		keys.Mark(k, iam.Absent)
	}
	return d.ask(iam.Principal{ARN: "arn:aws:iam::" + account + ":role/*", Account: account}, keys, allowsAll)
}

// organization is the one whose members a condition lets in, or "".
func organization(r *iam.Residual) string {
	for _, leaf := range r.Leaves() {
		c := leaf.Condition
		if strings.EqualFold(c.Key, "aws:PrincipalOrgID") && !strings.Contains(c.Operator, "Not") && len(c.Values) == 1 {
			return c.Values[0]
		}
	}
	return ""
}

// aws handles an account, user, role or session that a statement names.
func (d *door) aws(name string, s *iam.Statement) {
	account := name
	a, isARN := arn.Split(name)
	if isARN {
		account = a.Account
	}
	w := Who{ID: graph.NodeID(name), ARN: name, Name: cmp.Or(a.Name(), name), Kind: graph.KindUser, Account: account}
	switch {
	case name == "*":
	case inventory.HoldsUnknown(name):
		w.Name = inventory.ShowUnknown(name)
		d.unknown(w, s, cmp.Or(s.Invalid, "the template does not say who it is"))
	case !isARN && !arn.IsAccountID(name):
		d.unknown(Who{ID: graph.NodeID("principal/" + name), Name: name, Kind: graph.KindUser}, s,
			"a unique ID: the principal that it named no longer exists, or was not imported")
	case !isARN || a.Resource == "root":
		if account == d.t.account {
			return // its users and roles are asked one by one
		}
		keys := iam.Discover(map[string][]string{"aws:PrincipalAccount": {account}})
		if org := d.x.orgOf(account); org != "" {
			keys.Set("aws:PrincipalOrgID", org)
		}
		w := Who{ID: graph.NodeID("account/" + account), Name: "Account " + account, Kind: graph.KindAccount, Account: account}
		d.add(w, d.askAccount(account, keys))
	default:
		role := d.x.roleOf(a)
		if role != "" {
			name, w.ID, w.ARN, w.Kind = role, graph.NodeID(role), role, graph.KindRole
		}
		if a.ResourceType() == "role" {
			w.Kind = graph.KindRole
		}
		if _, ok := d.x.byARN[name]; ok {
			return // asked with its own policies
		}
		known := map[string][]string{}
		if org := d.x.orgOf(account); org != "" {
			known["aws:principalorgid"] = []string{org}
		}
		p := iam.Principal{ARN: name, Account: account}
		d.add(w, d.ask(p, PrincipalKeys(p, known, false), nil, iam.Missing{Layer: iam.LayerIdentity, Reason: "the policies of " + w.Name + " in account " + account + " were not imported"}))
	}
}

// roleOf is the ARN of the role that a session is of, "" for what is no session. A session's ARN leaves the role's path
// out, so that a role of the snapshot by that name is meant.
func (x *Index) roleOf(a arn.ARN) string {
	rest, ok := strings.CutPrefix(a.Resource, "assumed-role/")
	if a.Service != "sts" || !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	for _, p := range x.who {
		if r, ok := arn.Split(p.ARN); ok && r.Account == a.Account && p.Kind == graph.KindRole && r.Name() == name {
			return p.ARN
		}
	}
	return "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + name
}

func (d *door) service(name string) {
	p := iam.Principal{Kind: iam.PrincipalService, Service: name}
	short := strings.TrimSuffix(strings.TrimSuffix(name, ".cn"), ".amazonaws.com")
	d.add(Who{ID: graph.NodeID("service/" + name), Name: short, Kind: graph.KindService}, d.ask(p, iam.Facts{Principal: p}.PrincipalContext(), nil))
}

func (d *door) federated(name string) {
	p := iam.Principal{Kind: iam.PrincipalFederated, ARN: name}
	a, _ := arn.Split(name)
	d.add(Who{ID: graph.NodeID("federated/" + name), ARN: name, Name: cmp.Or(a.ResourceID(), name), Kind: graph.KindFederated, Account: a.Account},
		d.ask(p, iam.Facts{Principal: p}.PrincipalContext(), nil))
}
