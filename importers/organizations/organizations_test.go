package organizations

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/permchain/permchain/graph/inventory"
)

func decode(t *testing.T, file, as, data string) (string, *inventory.Facts) {
	t.Helper()
	j, err := inventory.ParseJSON([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	format, ok := Recognize(j.Shape(file, as))
	if !ok {
		return "", nil
	}
	var out inventory.Facts
	if err := Decode(inventory.Input{File: file, As: as, Data: []byte(data)}, &out); err != nil {
		t.Fatal(err)
	}
	return format, &out
}

const (
	org       = `"arn:aws:organizations::999988887777:`
	denyAll   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"<my-bucket>"}]}`
	twoPolicy = `{"Policies":[
 {"Id":"p-FullAWSAccess","Arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","Name":"FullAWSAccess","Type":"SERVICE_CONTROL_POLICY","AwsManaged":true},
 {"Id":"p-tagsarenot1","Arn":` + org + `policy/o-acmeacme12/tag_policy/p-tagsarenot1","Name":"tags","Type":"TAG_POLICY","AwsManaged":false}]}`
)

func TestDecode(t *testing.T) {
	acme := inventory.Organization{ID: "o-acmeacme12", ManagementAccount: "999988887777"}
	for _, c := range []struct {
		name, file, as, data, format string
		want                         inventory.Facts
		inferred, warnings, skips    int
	}{
		{
			"organization", "f.json", "", `{"Organization":{"Id":"o-acmeacme12","Arn":` + org + `organization/o-acmeacme12","MasterAccountId":"999988887777"}}`, "organization",
			inventory.Facts{Organizations: []inventory.Organization{{ID: "o-acmeacme12", ARN: "arn:aws:organizations::999988887777:organization/o-acmeacme12", ManagementAccount: "999988887777"}}}, 0, 0, 0,
		}, {
			"accounts", "list-accounts.json", "", `{"Accounts":[{"Id":"111122223333","Arn":` + org + `account/o-acmeacme12/111122223333","Name":"prod","Email":"p@acme.example","Status":"ACTIVE","State":"ACTIVE"},
			 {"Id":"444455556666","Arn":` + org + `account/o-acmeacme12/444455556666","Paths":["o-acmeacme12/r-ac3e/ou-ac3e-sandbox01/444455556666/"]}, {"Id":"4","Arn":"x"}]}`, "organization accounts",
			inventory.Facts{Organizations: []inventory.Organization{acme}, Accounts: []inventory.Account{
				{ID: "111122223333", Name: "prod", Email: "p@acme.example", OrgID: "o-acmeacme12", Status: "ACTIVE"},
				{ID: "444455556666", OrgID: "o-acmeacme12", Path: []string{"r-ac3e", "ou-ac3e-sandbox01"}, Parent: "ou-ac3e-sandbox01"}}}, 0, 0, 1,
		}, {
			"accounts of a parent", "list-accounts-for-parent-ou-ac3e-sandbox01.json", "", `{"Accounts":[{"Id":"444455556666","Arn":"x"}],"NextToken":"more"}`, "organization accounts",
			inventory.Facts{Accounts: []inventory.Account{{ID: "444455556666", Parent: "ou-ac3e-sandbox01"}}}, 1, 1, 0,
		}, {
			"roots", "f.json", "", `{"Roots":[{"Id":"r-ac3e","Arn":` + org + `root/o-acmeacme12/r-ac3e","Name":"Root"}]}`, "organization roots",
			inventory.Facts{Organizations: []inventory.Organization{acme}, Units: []inventory.Unit{{ID: "r-ac3e", Name: "Root"}}}, 0, 0, 0,
		}, {
			"units", "org/r-ac3e/units.json", "", `{"OrganizationalUnits":[{"Id":"ou-ac3e-sandbox01","Name":"Sandbox"}]}`, "organizational units",
			inventory.Facts{Units: []inventory.Unit{{ID: "ou-ac3e-sandbox01", Name: "Sandbox", Parent: "r-ac3e"}}}, 1, 0, 0,
		}, {
			"units of nobody knows", "units.json", "", `{"OrganizationalUnits":[{"Id":"ou-ac3e-sandbox01","Name":"Sandbox"}]}`, "organizational units",
			inventory.Facts{Units: []inventory.Unit{{ID: "ou-ac3e-sandbox01", Name: "Sandbox"}}}, 0, 1, 0,
		}, {
			"parents", "list-parents-111122223333.json", "", `{"Parents":[{"Id":"r-ac3e","Type":"ROOT"}]}`, "parents of an account or unit",
			inventory.Facts{Accounts: []inventory.Account{{ID: "111122223333", Parent: "r-ac3e"}}}, 1, 0, 0,
		}, {
			"parents of a unit", "parents_ou-ac3e-sandbox01.json", "", `{"Parents":[{"Id":"r-ac3e","Type":"ROOT"}]}`, "parents of an account or unit",
			inventory.Facts{Units: []inventory.Unit{{ID: "ou-ac3e-sandbox01", Parent: "r-ac3e"}}}, 1, 0, 0,
		}, {
			"parents of nobody knows", "list-parents.json", "", `{"Parents":[{"Id":"r-ac3e","Type":"ROOT"}]}`, "parents of an account or unit",
			inventory.Facts{}, 0, 0, 1,
		}, {
			"children", "dump.zip!list-children-r-ac3e.json", "", `{"Children":[{"Id":"111122223333","Type":"ACCOUNT"},{"Id":"ou-ac3e-sandbox01","Type":"ORGANIZATIONAL_UNIT"}]}`, "children of a root or unit",
			inventory.Facts{Accounts: []inventory.Account{{ID: "111122223333", Parent: "r-ac3e"}}, Units: []inventory.Unit{{ID: "ou-ac3e-sandbox01", Parent: "r-ac3e"}}}, 1, 0, 0,
		}, {
			"targets", "list-targets-for-policy-p-keeplogs1.json", "", `{"Targets":[{"TargetId":"r-ac3e","Arn":` + org + `root/o-acmeacme12/r-ac3e","Type":"ROOT"}]}`, "targets of an organization policy",
			inventory.Facts{Organizations: []inventory.Organization{acme}, Targets: []inventory.Target{{PolicyID: "p-keeplogs1", TargetID: "r-ac3e"}}}, 1, 0, 0,
		}, {
			"policies", "list-policies.json", "", twoPolicy, "organization policies",
			inventory.Facts{OrgPolicies: []inventory.OrgPolicy{{ID: "p-FullAWSAccess", ARN: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess", Name: "FullAWSAccess", Type: SCP, AWSManaged: true,
				Document: inventory.PolicyDoc{Name: "FullAWSAccess", Unknown: "a listing does not hold the document: import aws organizations describe-policy --policy-id p-FullAWSAccess"}}}}, 0, 0, 1,
		}, {
			"policies on a target", "list-policies-for-target-111122223333.json", "", twoPolicy, "organization policies",
			inventory.Facts{OrgPolicies: []inventory.OrgPolicy{{ID: "p-FullAWSAccess", ARN: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess", Name: "FullAWSAccess", Type: SCP, AWSManaged: true,
				Document: inventory.PolicyDoc{Name: "FullAWSAccess", Unknown: "a listing does not hold the document: import aws organizations describe-policy --policy-id p-FullAWSAccess"}}},
				Targets: []inventory.Target{{PolicyID: "p-FullAWSAccess", TargetID: "111122223333", Whole: true}}}, 1, 0, 1,
		}, {
			"policy", "f.json", "", `{"Policy":{"PolicySummary":{"Id":"p-x","Name":"x","Type":"RESOURCE_CONTROL_POLICY"},"Content":"{\"Statement\":[]}"}}`, "organization policy",
			inventory.Facts{OrgPolicies: []inventory.OrgPolicy{{ID: "p-x", Name: "x", Type: RCP, Document: inventory.PolicyDoc{Name: "x", Raw: []byte(`{"Statement":[]}`)}}}}, 0, 0, 0,
		}, {
			"bare by path", "guard/service-control-policies/deny.json", "", denyAll, "service control policy",
			inventory.Facts{OrgPolicies: []inventory.OrgPolicy{{ID: "guard/service-control-policies/deny.json", Name: "deny", Type: SCP, Document: inventory.PolicyDoc{Name: "deny", Raw: []byte(denyAll)}}}}, 1, 2, 0,
		}, {
			"bare by the user", "deny.json", "rcp r-ac3e,ou-ac3e-sandbox01 nowhere", denyAll, "resource control policy",
			inventory.Facts{OrgPolicies: []inventory.OrgPolicy{{ID: "deny.json", Name: "deny", Type: RCP, Targets: []string{"r-ac3e", "ou-ac3e-sandbox01"}, Document: inventory.PolicyDoc{Name: "deny", Raw: []byte(denyAll)}}}}, 0, 2, 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			format, got := decode(t, c.file, c.as, c.data)
			if got == nil || format != c.format {
				t.Fatalf("format %q, want %q", format, c.format)
			}
			if len(got.Inferred) != c.inferred || len(got.Warnings) != c.warnings || len(got.Skips) != c.skips {
				t.Errorf("inferred %v\nwarnings %v\nskips %v", got.Inferred, got.Warnings, got.Skips)
			}
			got.Inferred, got.Warnings, got.Skips = nil, nil, nil
			if d := cmp.Diff(&c.want, got, cmpopts.IgnoreTypes(inventory.Source{}), cmpopts.IgnoreFields(inventory.PolicyDoc{}, "Lines")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRecognizeNot(t *testing.T) {
	for file, data := range map[string]string{
		"a.json":                  denyAll, // nothing says what it is
		"scp-and-rcp/a.json":      denyAll,
		"b.json":                  `{"Policies":[{"PolicyName":"p","PolicyVersionList":[]}]}`,
		"c.json":                  `{"Account":"111122223333"}`,
		"scp/d.json":              `{"Statement":[],"Resources":{}}`,
		"e.json":                  `{"Targets":[{"Id":"rule-target","Arn":"arn:aws:lambda:x"}]}`,
		"f.json":                  `{"Accounts":[{"accountId":"1","name":"n"}]}`,
		"g.json":                  `{"Policy":"{}"}`,
		"list-policies-empty.txt": `{"Policies":[]}`,
	} {
		if format, got := decode(t, file, "", data); got != nil {
			t.Errorf("%s is taken for %q", file, format)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for s, want := range map[string]string{
		`"<my-org-id>"`: "<my-org-id>", `"[PRIVILEGED_ROLE]"`: "[PRIVILEGED_ROLE]", `"${Account}"`: "${Account}",
		`"${aws:username}"`: "", `"${*}"`: "", `["a","B"]`: "", `[A]`: "", `"a<b"`: "",
	} {
		if got := placeholder.FindString(s); got != want {
			t.Errorf("%s: got %q", s, got)
		}
	}
}

func TestResolve(t *testing.T) {
	f := &inventory.Facts{
		Accounts: []inventory.Account{{ID: "1"}, {ID: "1", Parent: "ou-a"}, {ID: "2", Parent: "ou-lost"}, {ID: "3", Parent: "ou-a"}, {ID: "3", Parent: "r-1"}, {ID: "4", Parent: "ou-x"}, {ID: "5", Parent: "r-1"}},
		Units:    []inventory.Unit{{ID: "ou-a", Parent: "r-1"}, {ID: "ou-a"}, {ID: "r-1"}, {ID: "ou-x", Parent: "ou-y"}, {ID: "ou-y", Parent: "ou-x"}},
	}
	Resolve(f)
	want := [][]string{{"r-1", "ou-a"}, {"r-1", "ou-a"}, nil, nil, nil, nil, {"r-1"}}
	for i, a := range f.Accounts {
		if !slices.Equal(a.Path, want[i]) {
			t.Errorf("account %s (%d): path %v, want %v", a.ID, i, a.Path, want[i])
		}
	}
}

// FuzzDecode wants no panic, and nothing that was recognised to be lost in silence.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{denyAll, twoPolicy, `{"Organization":{"Id":"o-1"}}`, `{"Parents":[{"Id":"r-ac3e"}]}`, `{"Accounts":[{"Id":"111122223333","Arn":"","Paths":[1,"/"]}]}`,
		`{"Policy":{"PolicySummary":{},"Content":"%7B"}}`, `{"Children":[null]}`, `{"Targets":[{"TargetId":"1"}]}`} {
		f.Add([]byte(s))
	}
	shared, err := filepath.Glob("../../../shared/corpus/5-policies/aws-samples*/*.json")
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
		j, err := inventory.ParseJSON(data)
		if err != nil {
			return
		}
		if _, ok := Recognize(j.Shape("scp-r-ac3e.json", "")); !ok {
			return
		}
		var out inventory.Facts
		if err := Decode(inventory.Input{File: "scp-r-ac3e.json", Data: data}, &out); err != nil && !strings.Contains(err.Error(), "nothing that AWS") {
			t.Error(err)
		}
		Resolve(&out)
	})
}
