// Package organizations reads what AWS Organizations prints: who is in the organization, how its units nest, and which
// service control and resource control policies are attached where.
//
// Several of its listings do not say what they are of: list-parents does not name the child, list-targets-for-policy
// not the policy. For those the name of the file is taken, when it holds one id of the kind that is missing; what came
// from a name and not from content is said.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
package organizations

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// Policy types that decide access. The others (tag, backup, AI opt-out …) do not.
const (
	SCP = "SERVICE_CONTROL_POLICY"
	RCP = "RESOURCE_CONTROL_POLICY"
)

// listings are the documents by the one key that each has, and what an element must have to be one.
var listings = []struct {
	key, format string
	is          func(inventory.Part) bool
	decode      func(*decoder, inventory.Value)
}{
	{"Organization", "organization", func(p inventory.Part) bool { return strings.HasPrefix(p.Get("Id").Text, "o-") }, (*decoder).organization},
	{"Roots", "organization roots", list("Id", "r-"), (*decoder).roots},
	{"OrganizationalUnits", "organizational units", list("Id", "ou-"), (*decoder).units},
	{"OrganizationalUnit", "organizational unit", func(p inventory.Part) bool { return strings.HasPrefix(p.Get("Id").Text, "ou-") }, (*decoder).unit},
	{"Accounts", "organization accounts", func(p inventory.Part) bool {
		return p.Kind == inventory.Array && (p.Len == 0 || p.Get("[]").HasAll("Id", "Arn"))
	}, (*decoder).accounts},
	{"Account", "organization account", func(p inventory.Part) bool { return p.HasAll("Id", "Arn") && isOrganizations(p.Get("Arn").Text) }, (*decoder).account},
	{"Parents", "parents of an account or unit", list("Id", ""), (*decoder).parents},
	{"Children", "children of a root or unit", list("Id", ""), (*decoder).children},
	{"Targets", "targets of an organization policy", list("TargetId", ""), (*decoder).targets},
	{"Policies", "organization policies", func(p inventory.Part) bool {
		return p.Kind == inventory.Array && isOrganizations(p.Get("[]", "Arn").Text) && p.Get("[]").HasAll("Id", "Type")
	}, (*decoder).policies},
	{"Policy", "organization policy", func(p inventory.Part) bool { return p.Get("PolicySummary").Kind == inventory.Object }, (*decoder).policy},
}

func list(key, prefix string) func(inventory.Part) bool {
	return func(p inventory.Part) bool {
		if p.Kind != inventory.Array {
			return false
		}
		id := p.Get("[]", key)
		return p.Len == 0 || id.Kind == inventory.String && strings.HasPrefix(id.Text, prefix)
	}
}

func isOrganizations(s string) bool {
	a, err := arn.Parse(s)
	return err == nil && a.Service == "organizations"
}

// Recognize tells Organizations output by its one key, and a bare policy document as an SCP or RCP only when the user
// or the path says that it is one: by its content it could as well be a role's policy.
func Recognize(s inventory.Shape) (string, bool) {
	for _, l := range listings {
		if p := s.Root.Get(l.key); p.Kind != inventory.Missing && l.is(p) && s.Root.Only(l.key, "NextToken") {
			return l.format, true
		}
	}
	if s.Root.Get("Policies").Kind == inventory.Array && s.Root.Get("Policies").Len == 0 && s.Root.Only("Policies", "NextToken") && bareType(s.As, s.File) != "" {
		return "organization policies", true
	}
	if s.Root.Has("Statement") && !s.Root.Has("Resources") {
		switch bareType(s.As, s.File) {
		case SCP:
			return "service control policy", true
		case RCP:
			return "resource control policy", true
		}
	}
	return "", false
}

// Decode appends the facts of one document.
func Decode(in inventory.Input, out *inventory.Facts) error {
	root, err := in.Value()
	if err != nil {
		return err
	}
	d := decoder{in: &in, out: out, orgs: map[string]bool{}}
	if root.Get("Statement").Exists() {
		d.bare(root)
		return nil
	}
	for _, l := range listings {
		if v := root.Get(l.key); v.Exists() {
			l.decode(&d, v)
			if root.Get("NextToken").Exists() {
				d.warn(root.Get("NextToken"), "this is one page of several (NextToken): import the pages that follow too")
			}
			return nil
		}
	}
	return fmt.Errorf("holds nothing that AWS Organizations prints")
}

type decoder struct {
	in   *inventory.Input
	out  *inventory.Facts
	orgs map[string]bool // organizations already appended from an ARN
}

func (d *decoder) warn(v inventory.Value, format string, args ...any) {
	d.out.Warnings = append(d.out.Warnings, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: d.in.Source(v)})
}

func (d *decoder) skip(v inventory.Value, what, why string) {
	d.out.Skips = append(d.out.Skips, inventory.Skip{What: what, Why: why, Source: d.in.Source(v)})
}

func (d *decoder) inferred(format string, args ...any) {
	d.out.Inferred = append(d.out.Inferred, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: inventory.Source{File: d.in.File}})
}

func (d *decoder) organization(v inventory.Value) {
	o := inventory.Organization{ID: v.Get("Id").Str(), ARN: v.Get("Arn").Str(),
		ManagementAccount: v.First("MasterAccountId", "ManagementAccountId").Str(), Source: d.in.Source(v)}
	if o.ID == "" {
		d.skip(v, "organization", "it has no Id")
		return
	}
	d.out.Organizations = append(d.out.Organizations, o)
}

// orgOf is the organization that an ARN names, as in arn:aws:organizations::MANAGEMENT:account/ORG/ACCOUNT, and appends
// it once for each document: listings say so even where describe-organization was not imported.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html#awsorganizations-resources-for-iam-policies
func (d *decoder) orgOf(v inventory.Value) string {
	a, err := arn.Parse(v.Get("Arn").Str())
	if err != nil || a.Service != "organizations" || a.Account == "aws" {
		return ""
	}
	id, _, ok := strings.Cut(a.ResourceID(), "/")
	if !ok || !strings.HasPrefix(id, "o-") {
		return ""
	}
	if !d.orgs[id] {
		d.orgs[id] = true
		d.out.Organizations = append(d.out.Organizations, inventory.Organization{ID: id, ManagementAccount: a.Account, Source: d.in.Source(v.Get("Arn"))})
	}
	return id
}

func (d *decoder) roots(v inventory.Value) {
	for r := range v.Items() {
		d.orgOf(r)
		d.addUnit(r, "")
	}
}

func (d *decoder) units(v inventory.Value) {
	parent := d.named("the parent of these units", isUnit)
	for u := range v.Items() {
		d.orgOf(u)
		d.addUnit(u, parent)
	}
	if parent == "" && v.Len() > 0 {
		d.warn(v, "the listing does not say which unit these are in: name the file after the parent, as in units-of-r-ab12.json")
	}
}

func (d *decoder) unit(v inventory.Value) {
	d.orgOf(v)
	d.addUnit(v, "")
}

func (d *decoder) addUnit(v inventory.Value, parent string) {
	u := inventory.Unit{ID: v.Get("Id").Str(), Name: v.Get("Name").Str(), Parent: parent, Source: d.in.Source(v)}
	if !isUnit(u.ID) {
		d.skip(v, "unit "+u.Name, "it has no Id of a root or unit")
		return
	}
	if path := pathOf(v); u.Parent == "" && len(path) > 0 {
		if path[len(path)-1] == u.ID {
			path = path[:len(path)-1]
		}
		if len(path) > 0 {
			u.Parent = path[len(path)-1]
		}
	}
	d.out.Units = append(d.out.Units, u)
}

// accounts are all of the organization (list-accounts), or those of one parent (list-accounts-for-parent), which only the
// name of the file can tell.
func (d *decoder) accounts(v inventory.Value) {
	parent := ""
	if strings.Contains(strings.ToLower(base(d.in.File)), "parent") || len(ids(base(d.in.File), isUnit)) > 0 {
		parent = d.named("the parent of these accounts", isUnit)
	}
	for a := range v.Items() {
		d.addAccount(a, parent)
	}
}

func (d *decoder) account(v inventory.Value) { d.addAccount(v, "") }

func (d *decoder) addAccount(v inventory.Value, parent string) {
	a := inventory.Account{ID: v.Get("Id").Str(), Name: v.Get("Name").Str(), Email: v.Get("Email").Str(), OrgID: d.orgOf(v),
		Path: pathOf(v), Parent: parent, Status: v.First("State", "Status").Str(), Source: d.in.Source(v)}
	if !isAccount(a.ID) {
		d.skip(v, "account "+a.Name, "its Id is not 12 digits")
		return
	}
	if a.Parent == "" && len(a.Path) > 0 {
		a.Parent = a.Path[len(a.Path)-1]
	}
	d.out.Accounts = append(d.out.Accounts, a)
}

// pathOf reads Path or Paths ("o-…/r-…/ou-…/…/"): the root and units on it, root first. nil when there is none.
func pathOf(v inventory.Value) []string {
	for _, p := range v.First("Paths", "Path").Strings() {
		var path []string
		for id := range strings.SplitSeq(p, "/") {
			if isUnit(id) {
				path = append(path, id)
			}
		}
		if len(path) > 0 {
			return path
		}
	}
	return nil
}

func (d *decoder) parents(v inventory.Value) {
	child := d.named("what these are the parents of", func(s string) bool { return isAccount(s) || strings.HasPrefix(s, "ou-") && isUnit(s) })
	for p := range v.Items() {
		id := p.Get("Id").Str()
		switch {
		case !isUnit(id):
			d.skip(p, "parent "+id, "it is no root or unit")
		case child == "":
			d.skip(p, "parent "+id, "list-parents does not say of what: name the file after the child, as in list-parents-111122223333.json")
		case isAccount(child):
			d.out.Accounts = append(d.out.Accounts, inventory.Account{ID: child, Parent: id, Source: d.in.Source(p)})
		default:
			d.out.Units = append(d.out.Units, inventory.Unit{ID: child, Parent: id, Source: d.in.Source(p)})
		}
	}
}

func (d *decoder) children(v inventory.Value) {
	parent := d.named("what these are the children of", isUnit)
	for c := range v.Items() {
		id := c.Get("Id").Str()
		switch {
		case parent == "":
			d.skip(c, "child "+id, "list-children does not say of what: name the file after the parent, as in list-children-r-ab12.json")
		case isAccount(id):
			d.out.Accounts = append(d.out.Accounts, inventory.Account{ID: id, Parent: parent, Source: d.in.Source(c)})
		case isUnit(id):
			d.out.Units = append(d.out.Units, inventory.Unit{ID: id, Parent: parent, Source: d.in.Source(c)})
		default:
			d.skip(c, "child "+id, "it is no account or unit")
		}
	}
}

func (d *decoder) targets(v inventory.Value) {
	policy := d.named("the policy these are the targets of", isPolicy)
	for t := range v.Items() {
		d.orgOf(t)
		id := t.Get("TargetId").Str()
		if policy == "" {
			d.skip(t, "target "+id, "list-targets-for-policy does not say of which policy: name the file after it, as in list-targets-for-policy-p-ab12cd34.json")
			continue
		}
		d.out.Targets = append(d.out.Targets, inventory.Target{PolicyID: policy, TargetID: id, Source: d.in.Source(t)})
	}
}

// policies are all of the organization (list-policies) or those on one target (list-policies-for-target), which only the
// name of the file can tell.
func (d *decoder) policies(v inventory.Value) {
	isTarget := func(s string) bool { return isAccount(s) || isUnit(s) }
	target := ""
	if strings.Contains(strings.ToLower(base(d.in.File)), "target") || len(ids(base(d.in.File), isTarget)) > 0 {
		target = d.named("the target of these policies", isTarget)
		if target == "" {
			d.warn(v, "the listing does not say on which target these policies are: name the file after it, as in list-policies-for-target-r-ab12.json")
		}
	}
	for p := range v.Items() {
		op, ok := d.summary(p)
		if !ok {
			continue
		}
		op.Document = inventory.PolicyDoc{Name: op.Name, Unknown: "a listing does not hold the document: import aws organizations describe-policy --policy-id " + op.ID, Source: op.Source}
		d.out.OrgPolicies = append(d.out.OrgPolicies, op)
		if target != "" {
			d.out.Targets = append(d.out.Targets, inventory.Target{PolicyID: op.ID, TargetID: target, Whole: true, Source: op.Source})
		}
	}
}

func (d *decoder) policy(v inventory.Value) {
	op, ok := d.summary(v.Get("PolicySummary"))
	if !ok {
		return
	}
	op.Source = d.in.Source(v)
	op.Document = d.in.PolicyDoc(op.Name, v.Get("Content"))
	d.placeholders(v.Get("Content"), op.Document)
	d.out.OrgPolicies = append(d.out.OrgPolicies, op)
}

func (d *decoder) summary(v inventory.Value) (inventory.OrgPolicy, bool) {
	op := inventory.OrgPolicy{ID: v.Get("Id").Str(), ARN: v.Get("Arn").Str(), Name: v.Get("Name").Str(), Type: v.Get("Type").Str(),
		AWSManaged: v.Get("AwsManaged").Flag() == inventory.Yes, Source: d.in.Source(v)}
	switch {
	case op.ID == "":
		d.skip(v, "policy "+op.Name, "it has no Id")
	case op.Type != SCP && op.Type != RCP:
		d.skip(v, "policy "+op.Name, fmt.Sprintf("a policy of type %q decides no access", op.Type))
	default:
		d.orgOf(v)
		return op, true
	}
	return op, false
}

// maxUnits bounds the climb to the root. Units nest five deep; the bound only stops a loop in bad input.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const maxUnits = 16

// Resolve works out each account's Path from the parents that any file gave, once all files are merged. A Path is set
// only when it reaches a root. The order of facts makes no difference: contradicting parents leave the Path unset.
func Resolve(f *inventory.Facts) {
	parents := map[string][]string{}
	add := func(child, parent string) {
		if parent != "" && !slices.Contains(parents[child], parent) {
			parents[child] = append(parents[child], parent)
		}
	}
	for _, u := range f.Units {
		add(u.ID, u.Parent)
	}
	for _, a := range f.Accounts {
		add(a.ID, a.Parent)
	}
	for i := range f.Accounts {
		a := &f.Accounts[i]
		if len(a.Path) > 0 {
			continue
		}
		var path []string
		for at := a.ID; len(parents[at]) == 1 && len(path) < maxUnits; {
			at = parents[at][0]
			path = append(path, at)
		}
		if len(path) > 0 && strings.HasPrefix(path[len(path)-1], "r-") {
			slices.Reverse(path)
			a.Path = path
			a.Parent = path[len(path)-1]
		}
	}
}
