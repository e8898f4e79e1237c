package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// tallies are what a file gave, by kind, in the order of the picture; kinds with nothing are left out.
func tallies(f *inventory.Facts) []inventory.Tally {
	events := 0
	for i := range f.Usages {
		events += f.Usages[i].Count
	}
	var out []inventory.Tally
	for _, t := range []inventory.Tally{
		{Kind: "organizations", Count: len(f.Organizations)}, {Kind: "accounts", Count: len(f.Accounts)}, {Kind: "organizational units", Count: len(f.Units)},
		{Kind: "organization policies", Count: len(f.OrgPolicies)}, {Kind: "policy attachments", Count: len(f.Targets)},
		{Kind: "users", Count: len(f.Users)}, {Kind: "groups", Count: len(f.Groups)}, {Kind: "roles", Count: len(f.Roles)},
		{Kind: "managed policies", Count: len(f.ManagedPolicies)}, {Kind: "attached policies", Count: len(f.AttachedPolicies)},
		{Kind: "resource policies", Count: len(f.ResourcePolicies)},
		{Kind: "models", Count: len(f.Models)}, {Kind: "inference profiles", Count: len(f.Profiles)}, {Kind: "agents", Count: len(f.Agents)},
		{Kind: "agent aliases", Count: len(f.AgentAliases)}, {Kind: "action groups", Count: len(f.ActionGroups)}, {Kind: "collaborators", Count: len(f.Collaborators)},
		{Kind: "agents' knowledge bases", Count: len(f.AgentKBs)}, {Kind: "knowledge bases", Count: len(f.KnowledgeBases)}, {Kind: "data sources", Count: len(f.DataSources)},
		{Kind: "guardrails", Count: len(f.Guardrails)}, {Kind: "invocation logging settings", Count: len(f.InvocationLogging)},
		{Kind: "agent runtimes", Count: len(f.Runtimes)}, {Kind: "gateways", Count: len(f.Gateways)}, {Kind: "gateway targets", Count: len(f.GatewayTargets)},
		{Kind: "runtime endpoints", Count: len(f.RuntimeEndpoints)}, {Kind: "memories", Count: len(f.Memories)}, {Kind: "endpoints", Count: len(f.Endpoints)},
		{Kind: "flows", Count: len(f.Flows)}, {Kind: "data access policies", Count: len(f.DataAccess)},
		{Kind: "nested stacks", Count: len(f.NestedStacks)}, {Kind: "stack exports", Count: len(f.Exports)}, {Kind: "stack imports", Count: len(f.Imports)},
		{Kind: "APIs", Count: len(f.APIs)}, {Kind: "user pools", Count: len(f.UserPools)}, {Kind: "log deliveries", Count: len(f.Deliveries)},
		{Kind: "functions", Count: len(f.Functions)}, {Kind: "resources", Count: len(f.Resources)}, {Kind: "trails", Count: len(f.Trails)},
		{Kind: "events", Count: events}, {Kind: "declarations", Count: len(f.Intents)},
	} {
		if t.Count > 0 {
			out = append(out, t)
		}
	}
	return out
}

// noteList folds alike notes into one with a count, in the order they first came.
type noteList struct {
	notes []inventory.Note
	seen  map[string]int
	more  int
}

func (l *noteList) add(text string, at inventory.Source) {
	text = inventory.ShowUnknown(text)
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	if i, ok := l.seen[text]; ok {
		l.notes[i].Count = max(l.notes[i].Count, 1) + 1
		return
	}
	if len(l.notes) == maxNotes {
		l.more++
		return
	}
	l.seen[text] = len(l.notes)
	l.notes = append(l.notes, inventory.Note{Text: text, Where: where(at)})
}

func (l *noteList) list() []inventory.Note {
	if l.more > 0 {
		return append(l.notes, inventory.Note{Text: "and others", Count: l.more})
	}
	return l.notes
}

// where is a place in the file: its line, pointer or address.
func where(s inventory.Source) string {
	var parts []string
	if s.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", s.Line))
	}
	if s.Pointer != "" {
		parts = append(parts, s.Pointer)
	} else if s.Address != "" {
		parts = append(parts, s.Address)
	}
	return strings.Join(parts, ", ")
}

// describe fills what a file's report says of its facts.
func describe(r *inventory.FileReport, f *inventory.Facts) {
	r.Took = tallies(f)
	var skips, warnings noteList
	for _, s := range f.Skips {
		text := s.Why
		if s.What != "" {
			text = s.What + ": " + s.Why
		}
		skips.add(text, s.Source)
	}
	for _, w := range f.Warnings {
		warnings.add(w.Text, w.Source)
	}
	r.Skipped = append(r.Skipped, skips.list()...)
	r.Warnings = append(r.Warnings, warnings.list()...)
	for _, w := range f.Inferred {
		if !slices.Contains(r.Inferred, w.Text) {
			r.Inferred = append(r.Inferred, w.Text)
		}
	}
}

// settle takes warnings out of the report that other files have answered: a value that another template exports, say.
func settle(r *inventory.Report, told, left []inventory.Warning) {
	type warning struct{ file, text string }
	open, answered := map[warning]bool{}, map[warning]bool{}
	for _, w := range left {
		open[warning{w.Source.File, w.Text}] = true
	}
	for _, w := range told {
		if key := (warning{w.Source.File, w.Text}); !open[key] {
			answered[warning{key.file, inventory.ShowUnknown(key.text)}] = true
		}
	}
	if len(answered) == 0 {
		return
	}
	for i := range r.Files {
		f := &r.Files[i]
		f.Warnings = slices.DeleteFunc(f.Warnings, func(n inventory.Note) bool { return answered[warning{f.File, n.Text}] })
	}
}

// result is what became of one file.
type result struct {
	name, key string
	facts     *inventory.Facts // nil when nothing was taken
	report    inventory.FileReport
	err       error
}

func (r *result) fail(err *Error) {
	r.facts, r.err = nil, err
	r.report.Error = err.Error()
	r.report.Took = nil
}

func compareResults(a, b result) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.key, b.key), cmp.Compare(a.report.Error, b.report.Error))
}
