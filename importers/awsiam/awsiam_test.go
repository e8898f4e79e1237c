package awsiam

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

const details = `{
  "UserDetailList": [
    {"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/people/ana", "GroupList": ["staff"],
     "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}],
     "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
     "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/edge"},
     "Tags": [{"Key": "owner", "Value": "people"}]},
    {"UserName": "ghost"}
  ],
  "GroupDetailList": [
    {"GroupName": "staff", "Arn": "arn:aws:iam::111122223333:group/staff", "GroupPolicyList": [], "AttachedManagedPolicies": [{"PolicyName": "x"}]}
  ],
  "RoleDetailList": [
    {"RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/svc/app",
     "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
     "InstanceProfileList": [{"Arn": "arn:aws:iam::111122223333:instance-profile/app"}],
     "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": "{\"Statement\":{}}"}, {"PolicyName": "cut", "PolicyDocument": "{"}],
     "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {"LastUsedDate": "2026-11-20 10:00:00+01:00", "Region": "eu-central-1"}},
    {"RoleName": "bare", "Arn": "arn:aws:iam::111122223333:role/bare"}
  ],
  "Policies": [
    {"PolicyName": "edge", "Arn": "arn:aws:iam::111122223333:policy/edge", "DefaultVersionId": "v2", "PolicyVersionList": [
      {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"old": 1}},
      {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"new": 2}}]},
    {"PolicyName": "lost", "Arn": "arn:aws:iam::111122223333:policy/lost", "DefaultVersionId": "v9", "PolicyVersionList": [
      {"VersionId": "v1", "IsDefaultVersion": false, "Document": {}}]}
  ],
  "IsTruncated": true
}`

func decode(t *testing.T, data string) *inventory.Facts {
	t.Helper()
	var out inventory.Facts
	if err := Decode(inventory.Input{File: "d.json", Data: []byte(data)}, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func doc(name, raw, pointer string, line int) inventory.PolicyDoc {
	return inventory.PolicyDoc{Name: name, Raw: []byte(raw), Source: inventory.Source{File: "d.json", Pointer: pointer, Line: line}}
}

func at(pointer string, line int) inventory.Source {
	return inventory.Source{File: "d.json", Pointer: pointer, Line: line}
}

func TestDecodeDetails(t *testing.T) {
	got := decode(t, details)
	want := &inventory.Facts{
		Users: []inventory.User{{
			ARN: "arn:aws:iam::111122223333:user/people/ana", Name: "ana", Groups: []string{"staff"},
			Inline:   []inventory.PolicyDoc{doc("own", `{"Statement":[]}`, "/UserDetailList/0/UserPolicyList/0/PolicyDocument", 4)},
			Attached: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, Boundary: "arn:aws:iam::111122223333:policy/edge",
			Tags: inventory.Tags{"owner": "people"}, Source: at("/UserDetailList/0", 3),
		}},
		Groups: []inventory.Group{{ARN: "arn:aws:iam::111122223333:group/staff", Name: "staff", Source: at("/GroupDetailList/0", 11)}},
		Roles: []inventory.Role{{
			ARN: "arn:aws:iam::111122223333:role/svc/app", Name: "app",
			Trust: doc("trust policy", `{"Version": "2012-10-17", "Statement": []}`, "/RoleDetailList/0/AssumeRolePolicyDocument", 15),
			Inline: []inventory.PolicyDoc{
				doc("p", `{"Statement":{}}`, "/RoleDetailList/0/RolePolicyList/0/PolicyDocument", 17),
				{Name: "cut", Unknown: "the policy document cannot be read: line 1:2: ends before an object that begins on line 1 is closed: the file is cut off",
					Source: at("/RoleDetailList/0/RolePolicyList/1/PolicyDocument", 17)},
			},
			InstanceProfiles: []string{"arn:aws:iam::111122223333:instance-profile/app"},
			Tags:             inventory.Tags{}, LastUsed: "2026-11-20T09:00:00Z", Source: at("/RoleDetailList/0", 14),
		}, {
			ARN: "arn:aws:iam::111122223333:role/bare", Name: "bare",
			Trust:   inventory.PolicyDoc{Name: "trust policy", Unknown: "the file does not hold the policy document", Source: at("/RoleDetailList/1", 19)},
			Partial: "the file holds neither RolePolicyList nor AttachedManagedPolicies for it", Source: at("/RoleDetailList/1", 19),
		}},
		ManagedPolicies: []inventory.ManagedPolicy{
			{ARN: "arn:aws:iam::111122223333:policy/edge", Name: "edge", Document: doc("edge", `{"new": 2}`, "/Policies/0/PolicyVersionList/1/Document", 24), Source: at("/Policies/0", 22)},
			{ARN: "arn:aws:iam::111122223333:policy/lost", Name: "lost", Document: inventory.PolicyDoc{Name: "lost",
				Unknown: "the file does not hold its default version (v9)", Source: at("/Policies/1", 25)}, Source: at("/Policies/1", 25)},
		},
		Skips: []inventory.Skip{{What: "user ghost", Why: "it has no ARN", Source: at("/UserDetailList/1", 8)}},
		Warnings: []inventory.Warning{
			{Text: "an attached policy without PolicyArn is left out: what it grants is not known", Source: at("/GroupDetailList/0/AttachedManagedPolicies/0", 11)},
			{Text: "this is one page of several (IsTruncated): import the pages that follow too", Source: at("/IsTruncated", 28)},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDecodeMissingLists(t *testing.T) {
	got := decode(t, `{"RoleDetailList": []}`)
	if len(got.Warnings) != 3 || !strings.Contains(got.Warnings[0].Text, "no UserDetailList") {
		t.Errorf("warnings %v", got.Warnings)
	}
	var out inventory.Facts
	err := Decode(inventory.Input{Data: []byte(`{"UserDetailList": {}}`)}, &out)
	if err == nil || err.Error() != "/UserDetailList: UserDetailList is an object, where an array should be" {
		t.Errorf("error %v", err)
	}
}

func TestDecodeManaged(t *testing.T) {
	got := decode(t, `{"arn": "arn:aws:iam::aws:policy/service-role/X", "name": "X", "document": {"Statement": []}}`)
	want := []inventory.ManagedPolicy{{ARN: "arn:aws:iam::aws:policy/service-role/X", Name: "X", AWSManaged: true,
		Document: doc("X", `{"Statement": []}`, "/document", 1), Source: at("", 1)}}
	if d := cmp.Diff(want, got.ManagedPolicies); d != "" {
		t.Error(d)
	}
}

func TestRecognize(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{details, Details},
		{`{"RoleDetailList": []}`, Details},
		{`{"Policies": [{"PolicyName": "p", "PolicyVersionList": []}]}`, Details},
		{`{"Policies": [{"Id": "p-1", "Type": "SERVICE_CONTROL_POLICY"}]}`, ""},
		{`{"arn": "arn:aws:iam::aws:policy/X", "document": {}}`, Managed},
		{`{"arn": "arn:aws:s3:::b", "document": {}}`, ""},
		{`{"Version": "2012-10-17", "Statement": []}`, ""},
		{`[]`, ""},
	} {
		j, err := inventory.ParseJSON([]byte(c.data))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Recognize(j.Shape("f.json", "")); got != c.want || ok != (c.want != "") {
			t.Errorf("%.40s: got %q", c.data, got)
		}
	}
}

func TestWhen(t *testing.T) {
	for in, want := range map[string]string{
		`"2019-08-16 17:27:59+00:00"`: "2019-08-16T17:27:59Z", `"2019-08-16T17:27:59Z"`: "2019-08-16T17:27:59Z",
		`1565976479.0`: "2019-08-16T17:27:59Z", `"yesterday"`: "", `null`: "", `1e300`: "",
	} {
		j, err := inventory.ParseJSON([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := when(j.Root()); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// FuzzDecode wants no panic, and facts only with an identity.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(details))
	f.Add([]byte(`{"arn": "arn:aws:iam::aws:policy/X", "document": "%7B%7D"}`))
	f.Add([]byte(`{"RoleDetailList": [{"Arn": "arn:aws:iam::1:role/r", "RolePolicyList": [1, null, {"PolicyDocument": [[]]}]}]}`))
	shared, err := filepath.Glob("../../../shared/corpus/1-iam-authz/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range shared {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out inventory.Facts
		if Decode(inventory.Input{File: "f", Data: data}, &out) != nil {
			return
		}
		for _, r := range out.Roles {
			if r.ARN == "" || r.Name == "" || r.Source.File != "f" || r.Trust.Raw == nil && r.Trust.Unknown == "" {
				t.Errorf("role %+v", r)
			}
		}
	})
}
