package organizations

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// bareType is what the user or the path says a bare policy document is: SCP, RCP or "".
func bareType(as, file string) string {
	switch kind, _, _ := strings.Cut(as, " "); kind {
	case "scp":
		return SCP
	case "rcp":
		return RCP
	case "":
	default:
		return "" // the ARN of a resource
	}
	words := " " + strings.Join(wordPattern.FindAllString(strings.ToLower(file), -1), " ") + " "
	scp := strings.Contains(words, " scp ") || strings.Contains(words, " scps ") || strings.Contains(words, " service control polic")
	rcp := strings.Contains(words, " rcp ") || strings.Contains(words, " rcps ") || strings.Contains(words, " resource control polic")
	switch {
	case scp && !rcp:
		return SCP
	case rcp && !scp:
		return RCP
	}
	return ""
}

var wordPattern = regexp.MustCompile(`[a-z0-9]+`)

// bare reads a policy document that nothing wraps. What it is attached to is known only if the user says so: "scp r-ab12".
func (d *decoder) bare(v inventory.Value) {
	kind := bareType(d.in.As, d.in.File)
	name := base(d.in.File)
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	op := inventory.OrgPolicy{ID: d.in.File + d.in.At, Name: name, Type: kind, Document: d.in.PolicyDoc(name, v), Source: d.in.Source(v)}
	_, targets, _ := strings.Cut(d.in.As, " ")
	for _, id := range strings.FieldsFunc(targets, func(r rune) bool { return r == ' ' || r == ',' }) {
		if !isAccount(id) && !isUnit(id) {
			d.warn(v, "%q is no account, root or unit id (permchain.yaml, sources, as)", id)
			continue
		}
		op.Targets = append(op.Targets, id)
	}
	short := "scp"
	if kind == RCP {
		short = "rcp"
	}
	if d.in.As == "" {
		d.inferred("a policy of type %s from the path: it names %s", kind, short)
	}
	if len(op.Targets) == 0 {
		d.warn(v, "what this policy is attached to is not known, so it limits nothing here: import list-targets-for-policy and describe-policy, or say it in permchain.yaml under sources (as: %s r-ab12)", short)
	}
	d.placeholders(v, op.Document)
	d.out.OrgPolicies = append(d.out.OrgPolicies, op)
}

// placeholder is what samples hold where a value belongs: <my-org-id>, [PRIVILEGED_ROLE], ${Account}. A policy variable
// has a colon (${aws:username}) or is one of ${*}, ${?} and ${$}.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
var placeholder = regexp.MustCompile(`<[A-Za-z][A-Za-z0-9 _-]*>|\[[A-Z][A-Z0-9_-]+\]|\$\{[A-Za-z][A-Za-z0-9_-]*\}`)

func (d *decoder) placeholders(v inventory.Value, doc inventory.PolicyDoc) {
	if m := placeholder.Find(doc.Raw); m != nil {
		d.warn(v, "the policy holds placeholders, such as %s, where values belong: as written they stand only for themselves", m)
	}
}

// Ids as the API reference gives them, each with its own first letters.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Target.html
var (
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	unitPattern    = regexp.MustCompile(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`)
	policyPattern  = regexp.MustCompile(`^p-[0-9a-zA-Z_]{8,128}$`)
	idPattern      = regexp.MustCompile(`\b(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}|p-[0-9a-zA-Z]{8,128}|[0-9]{12})(?:[^0-9a-zA-Z]|$)`)
)

func isAccount(s string) bool { return accountPattern.MatchString(s) }
func isUnit(s string) bool    { return unitPattern.MatchString(s) }
func isPolicy(s string) bool  { return policyPattern.MatchString(s) }

// base is the last part of a path, an archive's member behind "!" included.
func base(file string) string { return file[strings.LastIndexAny(file, "/!\\")+1:] }

// ids are the different ids in a file or folder name that are of the kind asked for.
func ids(name string, is func(string) bool) []string {
	var found []string
	seen := map[string]bool{}
	name = strings.ReplaceAll(name, "_", " ") // a word character to \b, but it stands in no id looked for here
	for _, m := range idPattern.FindAllStringSubmatch(name, -1) {
		if id := m[1]; is(id) && !seen[id] {
			seen[id] = true
			found = append(found, id)
		}
	}
	return found
}

// named is the one id of the kind asked for in the file's name, else in the nearest folder's that has one; "" when there
// is none or more than one.
func (d *decoder) named(what string, is func(string) bool) string {
	parts := strings.FieldsFunc(d.in.File, func(r rune) bool { return r == '/' || r == '!' || r == '\\' })
	for i := len(parts) - 1; i >= 0; i-- {
		switch found := ids(parts[i], is); len(found) {
		case 0:
			continue
		case 1:
			d.inferred("%s is %s, from the name %s", what, found[0], parts[i])
			return found[0]
		default:
			d.out.Warnings = append(d.out.Warnings, inventory.Warning{
				Text: fmt.Sprintf("%s is not known: the name %s holds %s", what, parts[i], strings.Join(found, " and ")), Source: inventory.Source{File: d.in.File}})
			return ""
		}
	}
	return ""
}
