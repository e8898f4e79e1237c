package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/store"
)

// evidenceShown bounds the evidence of one finding that the text report spells out; JSON has all.
const evidenceShown = 4

func newCheck(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "List the findings of a snapshot; exit 1 when there are any at or above the bar",
		Long: `Lists what is wrong with a snapshot, the heaviest first: each finding with one sentence, the statements or
configuration that show it (file and line), and what would end it. Then what could not be assessed, and what
to import for it. Owners assigned in the web pages count.

The exit code is 1 when an open finding is at or above --fail-on, else 0. With --fail-on none it is 0.

` + exitCodes,
		Example: `  permchain check
  permchain check --fail-on critical
  permchain check --format json > findings.json`,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return runCheck(cmd, sys) }),
	}
	cmd.Flags().String("fail-on", "high", "the bar, a `SEVERITY`: low, medium, high, critical, or none")
	cmd.Flags().String("format", "text", "how to report: `text` or json")
	addSnapshotFlag(cmd)
	return cmd
}

func runCheck(cmd *cobra.Command, sys system) error {
	format, err := oneOf(cmd, "format", "text", "json")
	if err != nil {
		return err
	}
	failOn := flagText(cmd, "fail-on")
	bar := rules.Critical + 1 // none
	if failOn != "none" {
		if bar, err = rules.ParseSeverity(failOn); err != nil {
			return refuse("--fail-on: %w, none", err)
		}
		failOn = bar.String()
	}
	ctx := cmd.Context()
	st, err := openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	snap, err := chosen(ctx, cmd, st)
	if err != nil {
		return err
	}
	if snap, err = withOwners(ctx, st, snap); err != nil {
		return err
	}
	over := 0
	for i := range snap.Findings {
		if isOver(&snap.Findings[i], bar) {
			over++
		}
	}
	if format == "json" {
		err = writeJSON(sys.out, checkResult{Snapshot: store.Summarize(snap), FailOn: failOn, Over: over, Findings: snap.Findings})
	} else {
		err = writeFindings(sys.out, snap, st.Path())
	}
	if err != nil {
		return err
	}
	if over > 0 {
		return &exitError{exitBar, fmt.Errorf("check: %s at or above %s", count(over, "finding"), failOn)}
	}
	return nil
}

func isOver(f *rules.Finding, bar rules.Severity) bool {
	return f.Status == rules.Open && f.Severity >= bar
}

// checkResult is the JSON form of a check.
type checkResult struct {
	Snapshot store.Summary   `json:"snapshot"`
	FailOn   string          `json:"failOn"`
	Over     int             `json:"over"` // open findings at or above FailOn
	Findings []rules.Finding `json:"findings"`
}

// withOwners returns a snapshot as it stands with the owners that people assigned since: the same one where they
// assigned none, else a copy whose findings were looked for again.
func withOwners(ctx context.Context, st *store.Store, snap *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	as, err := st.Assignments(ctx)
	if err != nil || len(as) == 0 {
		return snap, err
	}
	now := *snap
	now.Graph = review.Apply(snap.Graph, as)
	now.Findings = rules.Check(now.Graph)
	return &now, nil
}

// writeFindings prints findings as they are sorted: open ones by severity, then what could not be assessed.
func writeFindings(w io.Writer, snap *snapshot.Snapshot, db string) error {
	var l lines
	l.add("%s, made %s", made(snap, db), snap.Created.UTC().Format(time.RFC3339))
	heading := ""
	for i := range snap.Findings {
		f := &snap.Findings[i]
		h := strings.ToUpper(f.Severity.String())
		if f.Status == rules.NotAssessed {
			h = "NOT ASSESSED"
		}
		if h != heading {
			heading = h
			n := 0
			for j := i; j < len(snap.Findings) && snap.Findings[j].Status == f.Status && (f.Status == rules.NotAssessed || snap.Findings[j].Severity == f.Severity); j++ {
				n++
			}
			l.add("")
			l.add("%s (%d)", heading, n)
		}
		findingLines(&l, snap.Graph, f)
	}
	_, err := io.WriteString(w, l.String())
	return err
}

func findingLines(l *lines, g *graph.Graph, f *rules.Finding) {
	l.add("")
	l.add("  %s  %s  [%s]", f.Rule, f.Sentence, f.ID)
	if f.Status == rules.NotAssessed {
		l.block("    needs     ", f.Need)
		return
	}
	for _, m := range f.Moves {
		l.add("    severity  %+d: %s", m.By, m.Why)
	}
	var seen []string
	for i := range f.Evidence {
		if text := evidenceLine(g, &f.Evidence[i]); !slices.Contains(seen, text) {
			seen = append(seen, text)
		}
	}
	for i, text := range seen {
		if i == evidenceShown {
			l.add("    evidence  %d more, which --format json shows", len(seen)-i)
			break
		}
		l.add("    evidence  %s", text)
	}
	l.block("    fix       ", f.Fix.Text)
	l.block("            - ", f.Fix.Before)
	l.block("            + ", f.Fix.After)
	if len(f.References) > 0 {
		refs := make([]string, len(f.References))
		for i, r := range f.References {
			refs[i] = r.ID
		}
		l.add("    see       %s", strings.Join(refs, ", "))
	}
}

// evidenceLine says where a piece of evidence stands: file:line, then the policy and statement.
func evidenceLine(g *graph.Graph, e *graph.Evidence) string {
	source := e.Source
	var parts []string
	if e.Kind == graph.ByPolicy {
		name := e.Policy
		if p := g.Policy(e.Policy); p != nil {
			name = strings.TrimPrefix(p.Holder+" / "+p.Name, " / ")
			if source.File == "" {
				source = p.Source
			}
		}
		statement := fmt.Sprintf("statement %d", e.Statement+1)
		if e.Sid != "" {
			statement += " (" + e.Sid + ")"
		}
		parts = append(parts, name, statement)
		if e.Effect != "" && len(e.Actions) > 0 {
			says := e.Effect + " " + strings.Join(e.Actions, ", ")
			if len(e.Resources) > 0 { // a trust policy has none
				says += " on " + strings.Join(e.Resources, ", ")
			}
			parts = append(parts, says)
		}
	}
	if e.Note != "" {
		parts = append(parts, e.Note)
	}
	if where := source.String(); where != "" {
		parts = append([]string{where}, parts...)
	}
	return strings.Join(parts, ": ")
}
