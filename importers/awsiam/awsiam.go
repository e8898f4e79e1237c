// Package awsiam reads what AWS IAM says of an account: `aws iam get-account-authorization-details`, and single
// managed policies in the wrapper that policy collections keep them in.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
package awsiam

import (
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// Formats, as people are told them.
const (
	Details = "account authorization details"
	Managed = "IAM managed policy"
)

var (
	arnKeys      = []string{"Arn", "arn", "ARN", "PolicyArn"}
	documentKeys = []string{"Document", "document", "PolicyDocument", "policy_document"}
)

// Recognize tells account authorization details by their lists, any of which may be missing, and a managed policy by a
// policy ARN beside a document.
func Recognize(s inventory.Shape) (string, bool) {
	root := s.Root
	if root.Kind != inventory.Object {
		return "", false
	}
	for _, list := range []string{"UserDetailList", "GroupDetailList", "RoleDetailList"} {
		if root.Get(list).Kind == inventory.Array {
			return Details, true
		}
	}
	if root.Get("Policies").Kind == inventory.Array && root.Has("Policies", "[]", "PolicyVersionList") {
		return Details, true
	}
	for _, a := range arnKeys {
		if isPolicyARN(root.Get(a).Text) && root.HasAny(documentKeys...) {
			return Managed, true
		}
	}
	return "", false
}

func isPolicyARN(s string) bool {
	if !strings.Contains(s, ":policy/") {
		return false
	}
	a, err := arn.Parse(s)
	return err == nil && a.Service == "iam" && a.ResourceType() == "policy" && !strings.HasSuffix(s, "/")
}

// Decode appends the users, groups, roles and managed policies of one document. An entry that has no ARN is skipped with
// a note; a policy document that cannot be read is kept as unknown, because what it grants then is.
func Decode(in inventory.Input, out *inventory.Facts) error {
	root, err := in.Value()
	if err != nil {
		return err
	}
	d := decoder{in: &in, out: out}
	if root.Get("UserDetailList").Kind() == inventory.Missing && root.Get("RoleDetailList").Kind() == inventory.Missing &&
		root.Get("GroupDetailList").Kind() == inventory.Missing && root.Get("Policies").Kind() == inventory.Missing {
		return d.single(root)
	}
	for _, list := range []struct {
		key  string
		read func(inventory.Value)
	}{{"UserDetailList", d.user}, {"GroupDetailList", d.group}, {"RoleDetailList", d.role}, {"Policies", d.policy}} {
		v := root.Get(list.key)
		switch v.Kind() {
		case inventory.Array:
			for e := range v.Items() {
				list.read(e)
			}
		case inventory.Missing, inventory.Null:
			d.warn(root, "there is no %s: what it would hold is known only if another file has it", list.key)
		default:
			return fmt.Errorf("%s: %s is %s, where an array should be", v.Pointer(), list.key, v.Kind())
		}
	}
	if root.Get("IsTruncated").Flag() == inventory.Yes {
		d.warn(root.Get("IsTruncated"), "this is one page of several (IsTruncated): import the pages that follow too")
	}
	return nil
}

type decoder struct {
	in  *inventory.Input
	out *inventory.Facts
}

func (d *decoder) warn(v inventory.Value, format string, args ...any) {
	d.out.Warnings = append(d.out.Warnings, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: d.in.Source(v)})
}

// identity is the ARN of an entry; without a usable one nothing can be said of it, and the entry is skipped.
func (d *decoder) identity(v inventory.Value, kind, name string) (string, bool) {
	id := v.First(arnKeys...).Str()
	if a, err := arn.Parse(id); err == nil && a.Service == "iam" && a.ResourceType() == kind && !strings.HasSuffix(id, "/") {
		return id, true
	}
	why := "it has no ARN"
	if id != "" {
		why = fmt.Sprintf("%q is not the ARN of a %s", id, kind)
	}
	d.out.Skips = append(d.out.Skips, inventory.Skip{What: strings.TrimSpace(kind + " " + name), Why: why, Source: d.in.Source(v)})
	return "", false
}

func (d *decoder) user(v inventory.Value) {
	name := v.Get("UserName").Str()
	id, ok := d.identity(v, "user", name)
	if !ok {
		return
	}
	d.out.Users = append(d.out.Users, inventory.User{
		ARN: id, Name: orName(name, id), Groups: v.Get("GroupList").Strings(),
		Inline: d.inline(v.Get("UserPolicyList")), Attached: d.attached(v), Boundary: boundary(v),
		Tags: inventory.ReadTags(v.Get("Tags")), Source: d.in.Source(v),
	})
}

func (d *decoder) group(v inventory.Value) {
	name := v.Get("GroupName").Str()
	id, ok := d.identity(v, "group", name)
	if !ok {
		return
	}
	d.out.Groups = append(d.out.Groups, inventory.Group{
		ARN: id, Name: orName(name, id), Inline: d.inline(v.Get("GroupPolicyList")), Attached: d.attached(v), Source: d.in.Source(v),
	})
}

func (d *decoder) role(v inventory.Value) {
	name := v.Get("RoleName").Str()
	id, ok := d.identity(v, "role", name)
	if !ok {
		return
	}
	r := inventory.Role{
		ARN: id, Name: orName(name, id), Trust: d.in.PolicyDoc("trust policy", v.Get("AssumeRolePolicyDocument")),
		Inline: d.inline(v.Get("RolePolicyList")), Attached: d.attached(v), Boundary: boundary(v),
		Tags: inventory.ReadTags(v.Get("Tags")), LastUsed: when(v.Get("RoleLastUsed", "LastUsedDate")), Source: d.in.Source(v),
	}
	if r.Trust.Raw == nil {
		r.Trust.Source = r.Source
	}
	for p := range v.Get("InstanceProfileList").Items() {
		if a := p.First(arnKeys...).Str(); a != "" {
			r.InstanceProfiles = append(r.InstanceProfiles, a)
		}
	}
	if !v.Get("RolePolicyList").Exists() && !v.Get("AttachedManagedPolicies").Exists() {
		r.Partial = "the file holds neither RolePolicyList nor AttachedManagedPolicies for it"
	}
	d.out.Roles = append(d.out.Roles, r)
}

// policy reads an entry of Policies: of its versions the default one is in force.
func (d *decoder) policy(v inventory.Value) {
	name := v.Get("PolicyName").Str()
	id, ok := d.identity(v, "policy", name)
	if !ok {
		return
	}
	p := inventory.ManagedPolicy{ARN: id, Name: orName(name, id), AWSManaged: awsManaged(id), Source: d.in.Source(v)}
	version, why := defaultVersion(v)
	if why != "" {
		p.Document = inventory.PolicyDoc{Name: p.Name, Unknown: why, Source: p.Source}
	} else {
		p.Document = d.in.PolicyDoc(p.Name, version.Get("Document"))
	}
	d.out.ManagedPolicies = append(d.out.ManagedPolicies, p)
}

func defaultVersion(policy inventory.Value) (v inventory.Value, why string) {
	versions := policy.Get("PolicyVersionList")
	id := policy.Get("DefaultVersionId").Str()
	for v := range versions.Items() {
		if v.Get("IsDefaultVersion").Flag() == inventory.Yes {
			return v, ""
		}
	}
	for v := range versions.Items() {
		if id != "" && v.Get("VersionId").Str() == id {
			return v, ""
		}
	}
	if versions.Len() == 1 && id == "" {
		for v := range versions.Items() {
			if v.Get("IsDefaultVersion").Flag() == inventory.Unset {
				return v, "" // the only version there is
			}
		}
	}
	if id == "" {
		id = "the one in force"
	}
	return inventory.Value{}, fmt.Sprintf("the file does not hold its default version (%s)", id)
}

// single reads one managed policy beside its ARN.
func (d *decoder) single(v inventory.Value) error {
	id := v.First(arnKeys...).Str()
	if !isPolicyARN(id) {
		return fmt.Errorf("holds no UserDetailList, GroupDetailList, RoleDetailList or Policies, and no policy ARN")
	}
	name := orName(v.First("PolicyName", "Name", "name").Str(), id)
	d.out.ManagedPolicies = append(d.out.ManagedPolicies, inventory.ManagedPolicy{
		ARN: id, Name: name, AWSManaged: awsManaged(id), Document: d.in.PolicyDoc(name, v.First(documentKeys...)), Source: d.in.Source(v),
	})
	return nil
}

// awsManaged: AWS managed policies have "aws" for an account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
func awsManaged(id string) bool {
	a, err := arn.Parse(id)
	return err == nil && a.Account == "aws"
}

// orName is the name, or what follows the last slash of the ARN.
func orName(name, id string) string {
	if name != "" {
		return name
	}
	return id[strings.LastIndexByte(id, '/')+1:]
}

func (d *decoder) inline(list inventory.Value) []inventory.PolicyDoc {
	var docs []inventory.PolicyDoc
	for p := range list.Items() {
		doc := d.in.PolicyDoc(p.Get("PolicyName").Str(), p.Get("PolicyDocument"))
		if !p.Get("PolicyDocument").Exists() {
			doc.Source = d.in.Source(p)
		}
		docs = append(docs, doc)
	}
	return docs
}

func (d *decoder) attached(v inventory.Value) []string {
	var arns []string
	for p := range v.Get("AttachedManagedPolicies").Items() {
		if a := p.First("PolicyArn", "Arn").Str(); a != "" {
			arns = append(arns, a)
		} else {
			d.warn(p, "an attached policy without PolicyArn is left out: what it grants is not known")
		}
	}
	return arns
}

func boundary(v inventory.Value) string {
	return v.Get("PermissionsBoundary", "PermissionsBoundaryArn").Str()
}
