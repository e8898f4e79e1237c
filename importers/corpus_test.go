package importers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph/inventory"
)

// corpus is the folder of real inputs beside the project, or skips the test where it is absent.
func corpus(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real inputs is not beside the project")
	}
	return dir
}

func took(f inventory.FileReport) string {
	var parts []string
	for _, t := range f.Took {
		data, _ := json.Marshal(t.Count)
		parts = append(parts, string(data)+" "+t.Kind)
	}
	return strings.Join(parts, ", ")
}

// TestCorpus: what the corpus's own list says is in a file is taken from it.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	_, report, err := Import(t.Context(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, format, took string }{
		{"1-iam-authz/BishopFox__iam-vulnerable/gaad-iam-vulnerable.json", "account authorization details", "41 users, 3 groups, 45 roles, 44 managed policies"},
		{"1-iam-authz/salesforce__cloudsplaining/example-authz-details.json", "account authorization details", "3 users, 2 groups, 3 roles, 32 managed policies"},
		{"1-iam-authz/salesforce__cloudsplaining/example_authz_v2.json", "account authorization details", "1 users, 1 groups, 2 roles, 2 managed policies"},
		{"5-policies/aws-samples__data-perimeter-policy-examples/identity_perimeter_rcp.json", "resource control policy", "1 organization policies"},
		{"5-policies/aws-samples__data-perimeter-policy-examples/org-describe-policy-identity-perimeter.json", "organization policy", "1 organizations, 1 organization policies"},
		{"5-policies/aws-samples__data-perimeter-policy-examples/resource_perimeter_scp.json", "service control policy", "1 organization policies"},
		{"5-policies/aws-samples__service-control-policy-examples/Deny-Bedrock-model-invocation-except-approved-models.json", "service control policy", "1 organization policies"},
		{"5-policies/aws-samples__service-control-policy-examples/org-list-accounts.json", "organization accounts", "1 organizations, 3 accounts"},
		{"5-policies/aws-samples__service-control-policy-examples/org-list-ous-root.json", "organizational units", "1 organizations, 1 organizational units"},
		{"5-policies/aws-samples__service-control-policy-examples/org-list-policies-scp.json", "organization policies", "1 organizations, 3 organization policies"},
		{"5-policies/cloud-custodian__cloud-custodian/test_aws_lambda_source__lambda.GetPolicy.json", "resource policy", "1 resource policies"},
		{"5-policies/cloud-custodian__cloud-custodian/test_cfn_topic_filter__sns.GetTopicAttributes.json", "queue or topic attributes", "1 resource policies, 1 resources"},
		{"5-policies/cloud-custodian__cloud-custodian/test_cloudtrail_enable__s3.GetBucketPolicy.json", "resource policy", "1 resource policies"},
		{"5-policies/cloud-custodian__cloud-custodian/test_cross_account_kms_condition_keys_2__kms.GetKeyPolicy.json", "resource policy", "1 resource policies"},
		{"5-policies/cloud-custodian__cloud-custodian/test_cross_account_sqs__sqs.GetQueueAttributes.json", "queue or topic attributes", "1 resource policies, 1 resources"},
		{"5-policies/cloud-custodian__cloud-custodian/test_secrets_manager_cross_account__secretsmanager.GetResourcePolicy.json", "resource policy", "1 resource policies"},
		{"5-policies/iann0036__iam-dataset/AmazonBedrockFullAccess.json", "IAM managed policy", "1 managed policies"},
		{"6-cloudtrail/DataDog__stratus-red-team/aws.impact.bedrock-invoke-model.json", "CloudTrail events", "15 events"},
		{"6-cloudtrail/DataDog__stratus-red-team/aws.persistence.lambda-overwrite-code.json", "CloudTrail events", "1 events"},
		{"6-cloudtrail/cloud-custodian__cloud-custodian/event-cloud-trail-s3.json", "CloudTrail events", "1 events"},
	} {
		if fr := reportOf(t, report, c.file); fr.Format != c.format || took(fr) != c.took || fr.Error != "" {
			t.Errorf("%s: %q took %q, error %q", c.file, fr.Format, took(fr), fr.Error)
		}
	}
	for _, fr := range report.Files {
		broken := strings.HasSuffix(fr.File, "agentcore-samples/gateway-stack.yaml") // published as broken YAML
		if (fr.Error != "") != broken || broken && !strings.Contains(fr.Error, "gateway-stack.yaml:544:19: ") {
			t.Errorf("%s: error %q", fr.File, fr.Error)
		}
		if fr.Error == "" && fr.Format == "" && len(fr.Skipped) == 0 {
			t.Errorf("%s: nothing is said of it", fr.File)
		}
	}
}

// TestCorpusByName: every file that is read in a folder is also read on its own, and gives as many facts.
func TestCorpusByName(t *testing.T) {
	dir := corpus(t)
	_, report, err := Import(t.Context(), []string{dir}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, fr := range report.Files {
		if len(fr.Took) == 0 {
			continue
		}
		_, alone, err := Import(t.Context(), []string{filepath.FromSlash(fr.File)}, Options{})
		if err != nil || took(alone.Files[0]) != took(fr) {
			t.Errorf("%s: took %q in the folder, %q alone (%v)", fr.File, took(fr), took(alone.Files[0]), err)
		}
	}
}

// TestCorpusAccounts counts, with encoding/json, every name, attachment and document in the account dumps, and finds each
// in the facts: what the file has and the facts do not is lost.
func TestCorpusAccounts(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(corpus(t), "1-iam-authz", "*", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		count(tree, "", want)
		f, _, err := Import(t.Context(), []string{name}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		docs := func(list ...inventory.PolicyDoc) {
			for _, d := range list {
				if d.Raw == nil || d.Source.Line == 0 || d.Source.Pointer == "" {
					t.Errorf("%s: %+v", name, d)
				}
				got["documents"]++
			}
		}
		for _, u := range f.Users {
			got["attachments"] += len(u.Attached)
			got["memberships"] += len(u.Groups)
			docs(u.Inline...)
		}
		for _, g := range f.Groups {
			got["attachments"] += len(g.Attached)
			docs(g.Inline...)
		}
		for _, r := range f.Roles {
			got["attachments"] += len(r.Attached)
			got["instance profiles"] += len(r.InstanceProfiles)
			docs(r.Inline...)
			docs(r.Trust)
		}
		for _, p := range f.ManagedPolicies {
			docs(p.Document)
		}
		for _, k := range []string{"attachments", "memberships", "documents", "instance profiles"} {
			if got[k] != want[k] {
				t.Errorf("%s: %d %s in the facts, %d in the file", filepath.Base(name), got[k], k, want[k])
			}
		}
	}
}

// count walks a dump by its keys. Of a managed policy's versions only the default one is in force.
func count(v any, under string, n map[string]int) {
	switch v := v.(type) {
	case map[string]any:
		if def, ok := v["IsDefaultVersion"].(bool); ok && !def {
			return
		}
		for k, e := range v {
			switch k {
			case "PolicyDocument", "AssumeRolePolicyDocument", "Document":
				if k != "AssumeRolePolicyDocument" || under != "InstanceProfileList" {
					n["documents"]++
				}
				continue
			case "PolicyArn":
				n["attachments"]++
			case "GroupList":
				n["memberships"] += len(e.([]any))
			case "InstanceProfileList":
				n["instance profiles"] += len(e.([]any))
				continue // it repeats the role
			}
			count(e, k, n)
		}
	case []any:
		for _, e := range v {
			count(e, under, n)
		}
	}
}

// TestCorpusEvents reads the invocation that the attack log is about.
func TestCorpusEvents(t *testing.T) {
	f, _, err := Import(t.Context(), []string{filepath.Join(corpus(t), "6-cloudtrail", "DataDog__stratus-red-team", "aws.impact.bedrock-invoke-model.json")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(f.Usages, func(u inventory.Usage) bool { return u.Action == "bedrock:InvokeModel" })
	if i < 0 {
		t.Fatal("no invocation")
	}
	u := f.Usages[i]
	if u.Principal != "arn:aws:iam::494659789341:role/test-role" || u.Session != "arn:aws:sts::494659789341:assumed-role/test-role/cli" || u.Count != 1 ||
		u.Resource != "arn:aws:bedrock:megov-northeast-1r::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0" || u.First != "2024-10-17T20:11:24Z" || u.Source.Pointer != "/2" {
		t.Errorf("%+v", u)
	}
	w := f.Windows[0]
	if len(f.Windows) != 1 || w.First != "2024-10-17T20:09:50Z" || w.Last != "2024-10-17T20:11:24Z" || w.Events != 15 {
		t.Errorf("%+v", f.Windows)
	}
}
