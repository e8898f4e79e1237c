package access_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
)

// worked is the snapshot of the worked example.
func worked(t testing.TB) *graph.Graph {
	t.Helper()
	facts, report, err := importers.ImportFS(context.Background(), example.FS(), importers.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Make(facts, report, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Graph
}

// corpus makes a snapshot of a folder of the real inputs beside the project, or skips.
func corpus(t testing.TB, folder string) *graph.Graph {
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
			t.Skip("no go.mod above the test: the project's root is not known")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(filepath.Dir(dir), "shared", "corpus", filepath.FromSlash(folder))
	if _, err := os.Stat(path); err != nil {
		t.Skip("the real inputs are not here: ", err)
	}
	facts, report, err := importers.Import(context.Background(), []string{path}, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Make(facts, report, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Graph
}

// row writes an answer as a test can name it: decision, name, and what is said of parts.
func row(c *access.Caller) string {
	var out strings.Builder
	out.WriteString(string(c.Decision) + " " + c.Name)
	for _, k := range c.Conditions {
		out.WriteString(" if " + access.Words(k))
	}
	if c.Unknown != "" {
		out.WriteString(": " + c.Unknown)
	}
	if c.Part {
		out.WriteString(" on " + strings.Join(c.Resources, " "))
	}
	if len(c.Holes) > 0 {
		out.WriteString(" but " + strings.Join(c.Holes, " "))
	}
	return out.String()
}

func rows(a *access.Callers) (out []string) {
	for i := range a.Callers {
		out = append(out, row(&a.Callers[i]))
	}
	return out
}

func TestWhoCanInTheExample(t *testing.T) {
	x := access.New(worked(t))
	for _, c := range []struct {
		action, resource, about string
		want                    []string
	}{
		{"s3:GetObject", "arn:aws:s3:::hr-payroll/x.csv", "arn:aws:s3:::hr-payroll/x.csv",
			[]string{"allowed HRAnalyst", "allowed case-summarizer-role", "allowed support-agent-role"}},
		{"s3:getobject", "hr-payroll", "arn:aws:s3:::hr-payroll/*",
			[]string{"allowed HRAnalyst", "allowed case-summarizer-role", "allowed support-agent-role"}},
		{"s3:PutBucketPolicy", "arn:aws:s3:::hr-payroll", "arn:aws:s3:::hr-payroll", []string{"allowed case-summarizer-role", "allowed support-agent-role"}},
		{"s3:ListAllMyBuckets", "hr-payroll", "*", []string{"allowed case-summarizer-role", "allowed support-agent-role"}},
		{"bedrock:InvokeModel", "meta.llama3-2-3b-instruct-v1:0", "arn:aws:bedrock:*::foundation-model/meta.llama3-2-3b-instruct-v1:0", []string{
			"allowed Developer on arn:aws:bedrock:eu-central-1::foundation-model/meta.llama3-2-3b-instruct-v1:0",
			"allowed case-summarizer-role", "allowed ml-deploy"}},
		{"bedrock:InvokeAgent", "support-agent", "arn:aws:bedrock:eu-central-1:111122223333:agent-alias/SUPPORTAG1/*", []string{
			"allowed SupportPower on arn:aws:bedrock:eu-central-1:111122223333:agent-alias/SUPPORTAG1/SUPPORTLV1", "allowed case-summarizer-role",
			"allowed support-app on arn:aws:bedrock:eu-central-1:111122223333:agent-alias/SUPPORTAG1/SUPPORTLV1"}},
		{"sts:AssumeRole", "data-export", "arn:aws:iam::111122223333:role/data-export", []string{"allowed sandbox-experiments"}},
		{"sts:AssumeRole", "ml-deploy", "arn:aws:iam::111122223333:role/ml-deploy", []string{"allowed Account 882012345678"}},
		{"lambda:InvokeFunction", "order-tools", "arn:aws:lambda:eu-central-1:111122223333:function:order-tools", []string{"allowed case-summarizer-role",
			`conditional bedrock if AWS:SourceArn ArnLike "arn:aws:bedrock:eu-central-1:111122223333:agent/SUPPORTAG1"`}},
		// The organization's policy keeps the logs, from administrators too.
		{"cloudtrail:StopLogging", "org-trail", "arn:aws:cloudtrail:eu-central-1:111122223333:trail/org-trail", nil},
		// What data access policies of a collection leave out, IAM does not give.
		{"aoss:APIAccessAll", "arn:aws:aoss:eu-central-1:111122223333:collection/8k2supportvectors01", "arn:aws:aoss:eu-central-1:111122223333:collection/8k2supportvectors01",
			[]string{"allowed support-kb-role"}},
	} {
		a, err := x.WhoCan(c.action, c.resource)
		if err != nil {
			t.Errorf("%s on %s: %v", c.action, c.resource, err)
			continue
		}
		if got := rows(a); !slices.Equal(got, c.want) || a.Resource != c.about {
			t.Errorf("%s on %s: asked about %s:\n%s\nwant %s:\n%s", c.action, c.resource, a.Resource, strings.Join(got, "\n"), c.about, strings.Join(c.want, "\n"))
		}
		users := 0
		for i := range a.Callers {
			if !a.Callers[i].LetIn {
				users++
			}
		}
		if a.Asking != 19 || users+a.Denied != 19 {
			t.Errorf("%s on %s: %d asked, %d rows and %d denied", c.action, c.resource, a.Asking, users, a.Denied)
		}
	}
}

func TestWhoCanNamesTheStatement(t *testing.T) {
	g := worked(t)
	a, err := access.New(g).WhoCan("s3:GetObject", "hr-payroll")
	if err != nil {
		t.Fatal(err)
	}
	c := a.Callers[len(a.Callers)-1]
	if c.Name != "support-agent-role" || !slices.Equal(c.Actors, []string{"support-agent"}) || len(c.Statements) != 1 {
		t.Fatalf("%+v", c)
	}
	e := c.Statements[0]
	if e.Sid != "Documents" || e.Statement != 3 || e.Effect != "Allow" || e.Layer != "identity" || !slices.Equal(e.Actions, []string{"s3:*"}) || !slices.Equal(e.Resources, []string{"*"}) {
		t.Errorf("%+v", e)
	}
	if e.Source.File != "prod/iam/account-authorization-details.json" || !strings.HasSuffix(e.Source.Pointer, "/Statement/3") {
		t.Errorf("it stands at %+v", e.Source)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "importers", "example", "files", filepath.FromSlash(e.Source.File)))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if e.Source.Line == 0 || !strings.Contains(strings.Join(lines[e.Source.Line-1:e.Source.Line+5], ""), `"Documents"`) {
		t.Errorf("line %d does not begin that statement", e.Source.Line)
	}
	// The bucket's policy decides too, where it names somebody.
	hr := a.Callers[0]
	if len(hr.Statements) != 2 || hr.Statements[0].Layer != "identity" || hr.Statements[1].Layer != "resource" {
		t.Errorf("HR analysts: %+v", hr.Statements)
	}
}

func TestCanInTheExample(t *testing.T) {
	x := access.New(worked(t))
	for _, c := range []struct {
		principal, glob string
		want            []string
	}{
		{"copy-generator", "*", []string{
			"conditional bedrock:InvokeModel bedrock:InvokeModelWithResponseStream (2) on arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0",
			"allowed s3:GetObject (1) on arn:aws:s3:::product-docs/*"}},
		{"sandbox-experiments", "s3:*", []string{"allowed s3:GetObject s3:ListBucket s3:PutObject (3) on arn:aws:s3:::sandbox-scratch arn:aws:s3:::sandbox-scratch/*"}},
		{"sandbox-experiments", "sts:*", []string{"allowed sts:AssumeRole (1) on arn:aws:iam::111122223333:role/data-export"}},
		{"arn:aws:sts::444455556666:assumed-role/sandbox-experiments/ann", "sts:Assume*", []string{"allowed sts:AssumeRole (1) on arn:aws:iam::111122223333:role/data-export"}},
		{"support-agent", "s3:Get*", []string{"allowed s3:Get* (" + strconv.Itoa(iam.ActionCount("s3:Get*")) + ") on *"}},
		{"handbook-kb", "aoss:*", []string{"allowed aoss:APIAccessAll (1) on arn:aws:aoss:eu-central-1:111122223333:collection/5p9handbookvector01"}},
		{"support-app", "s3:*", nil},
	} {
		a, err := x.Can(c.principal, c.glob)
		if err != nil {
			t.Errorf("%s, %s: %v", c.principal, c.glob, err)
			continue
		}
		var got []string
		for i := range a.Powers {
			got = append(got, power(&a.Powers[i]))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, %s:\n%s\nwant:\n%s", c.principal, c.glob, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// power writes a row as a test can name it.
func power(p *access.Power) string {
	out := string(p.Decision) + " " + strings.Join(p.Actions, " ")
	if len(p.Except) > 0 {
		out += " but " + strings.Join(p.Except, " ")
	}
	return out + " (" + strconv.Itoa(p.Count) + ") on " + strings.Join(p.Resources, " ")
}
