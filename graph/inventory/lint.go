package inventory

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph/iam"
)

// maxDoubts bounds what is said of one document: a reader mends the first few and imports again.
const maxDoubts = 10

// Lint warns of what is doubtful in the policies among the facts: what AWS would refuse, and actions and condition keys
// that do not exist. Such a statement has its effect, or is unknown; nothing of it is dropped. AWS's own managed policies
// are taken as they are.
func (f *Facts) Lint() {
	for i := range f.ManagedPolicies {
		if p := &f.ManagedPolicies[i]; !p.AWSManaged && !strings.HasPrefix(p.ARN, "arn:aws:iam::aws:") {
			f.lint(&p.Document, p.Name, iam.LayerIdentity)
		}
	}
	for i := range f.Users {
		f.lintAll(f.Users[i].Inline, f.Users[i].Name)
	}
	for i := range f.Groups {
		f.lintAll(f.Groups[i].Inline, f.Groups[i].Name)
	}
	for i := range f.Roles {
		f.lintAll(f.Roles[i].Inline, f.Roles[i].Name)
		f.lint(&f.Roles[i].Trust, "trust policy of "+f.Roles[i].Name, iam.LayerResource)
	}
	for i := range f.AttachedPolicies {
		f.lint(&f.AttachedPolicies[i].Policy, f.AttachedPolicies[i].Policy.Name, iam.LayerIdentity)
	}
	for i := range f.ResourcePolicies {
		f.lint(&f.ResourcePolicies[i].Document, "policy of "+f.ResourcePolicies[i].Resource.Value, iam.LayerResource)
	}
	for i := range f.OrgPolicies {
		layer := iam.LayerSCP
		if f.OrgPolicies[i].Type == "RESOURCE_CONTROL_POLICY" {
			layer = iam.LayerRCP
		}
		if !f.OrgPolicies[i].AWSManaged {
			f.lint(&f.OrgPolicies[i].Document, f.OrgPolicies[i].Name, layer)
		}
	}
}

func (f *Facts) lintAll(docs []PolicyDoc, holder string) {
	for i := range docs {
		f.lint(&docs[i], docs[i].Name+" of "+holder, iam.LayerIdentity)
	}
}

func (f *Facts) lint(d *PolicyDoc, name string, layer iam.Layer) {
	if d.Raw == nil {
		return
	}
	doc, err := d.Parse()
	if err != nil {
		f.Warnings = append(f.Warnings, Warning{Text: fmt.Sprintf("policy %s cannot be read: %v", name, err), Source: d.Source})
		return
	}
	open := map[int]bool{} // statements that are not wholly known have a warning of their own
	for _, u := range d.Unresolved {
		open[u.Statement] = true
	}
	problems := append(append(append([]iam.Problem{}, doc.Problems...), iam.Lint(doc)...), iam.LintAs(doc, layer)...)
	said := 0
	for _, p := range problems {
		at := statementOf(p.Pointer)
		if at >= 0 && open[at] {
			continue
		}
		if said++; said > maxDoubts {
			f.Warnings = append(f.Warnings, Warning{Text: fmt.Sprintf("policy %s: there is more that is doubtful in it", name), Source: d.Source})
			return
		}
		src := d.Source
		src.Pointer += p.Pointer
		if at >= 0 && at < len(d.Lines) && d.Lines[at] > 0 {
			src.Line = d.Lines[at]
		}
		f.Warnings = append(f.Warnings, Warning{Text: fmt.Sprintf("policy %s: %s", name, p.Message), Source: src})
	}
}

// statementOf is the index of the statement that a pointer leads into, -1 for none.
func statementOf(pointer string) int {
	rest, ok := strings.CutPrefix(pointer, "/Statement/")
	if !ok {
		return -1
	}
	index, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(index)
	if err != nil {
		return 0 // a single statement that stands without a list
	}
	return n
}
