package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/store"
)

// notesShown bounds the skips and warnings of one file that the text report spells out; the JSON report has all.
const notesShown = 12

func newImport(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import PATH…",
		Short: "Make a snapshot from files, folders and archives",
		Long: `Reads files, folders and archives (.zip, .tar.gz, .gz), or standard input for "-", finds out from its content
what each is, and makes one snapshot of all of them. For every file it says what it took, what it skipped and why.

A file that cannot be read costs that file only: the rest becomes the snapshot, the error goes to standard error
with file and position, and the exit code is 2. With --strict nothing is kept unless every file was read.
Where nothing could be taken, the database stays as it was.

` + exitCodes,
		Example: `  aws iam get-account-authorization-details > prod/iam.json
  permchain import prod permchain.yaml
  permchain import --account 111122223333 --region eu-central-1 template.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error { return runImport(cmd, args, sys) }),
	}
	f := cmd.Flags()
	f.String("account", "", "the account `ID` of files that do not say it themselves")
	f.String("region", "", "the `REGION` of files that do not say it themselves")
	f.Bool("strict", false, "make no snapshot unless every file could be read")
	f.String("format", "text", "how to report: `text` or json")
	return cmd
}

func runImport(cmd *cobra.Command, paths []string, sys system) error {
	format, err := oneOf(cmd, "format", "text", "json")
	if err != nil {
		return err
	}
	account, region := flagText(cmd, "account"), flagText(cmd, "region")
	if account != "" && !isAccountID(account) {
		return refuse("--account %q: an account id is 12 digits", account)
	}
	for _, path := range paths {
		if path == "-" {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			return refuse("import %s: %w", path, withoutPath(err))
		}
	}
	ctx, db := cmd.Context(), flagText(cmd, "db")
	// A database that cannot be used is found out before the work; one that is not there yet is made after it, so
	// that an import without result leaves none behind.
	st, err := store.OpenExisting(ctx, db)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if st != nil {
		defer func() { _ = st.Close() }() // everything that was saved was committed
	}

	bar := newProgress(sys)
	facts, report, err := importers.Import(ctx, paths, importers.Options{
		Account: account, Region: region, Strict: flagText(cmd, "strict") == "true", Progress: bar.show, Stdin: sys.in,
	})
	bar.clear()
	if ctx.Err() != nil {
		return fmt.Errorf("import: stopped, nothing was kept: %w", ctx.Err())
	}
	faults := fileErrors(&report)
	if err != nil {
		if len(faults) == 0 || errors.Is(err, importers.ErrTooMuch) {
			faults = append(faults, err)
		} else {
			faults = append(faults, fmt.Errorf("import: nothing was kept: %d of %s could not be read", report.Failed(), count(len(report.Files), "file")))
		}
		return errors.Join(writeReport(sys.out, format, &report, nil, db), &exitError{exitInput, errors.Join(faults...)})
	}

	snap, err := snapshot.Make(facts, report, sys.now())
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if st == nil {
		if st, err = store.Open(ctx, db); err != nil {
			return err
		}
		defer func() { _ = st.Close() }()
	}
	if err := st.Save(ctx, snap); err != nil {
		return err
	}
	if err := writeReport(sys.out, format, &report, snap, db); err != nil {
		return err
	}
	if len(faults) > 0 {
		faults = append(faults, fmt.Errorf("import: %d of %s could not be read; snapshot %d is made of the rest (--strict makes none)",
			report.Failed(), count(len(report.Files), "file"), snap.ID))
		return &exitError{exitInput, errors.Join(faults...)}
	}
	return nil
}

func isAccountID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// withoutPath drops the path that a file error repeats.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// fileErrors returns what was wrong with each file that nothing could be taken from.
func fileErrors(report *inventory.Report) []error {
	var faults []error
	for _, f := range report.Files {
		if f.Error == "" {
			continue
		}
		if strings.HasPrefix(f.Error, f.File) {
			faults = append(faults, fmt.Errorf("import %s", f.Error))
		} else {
			faults = append(faults, fmt.Errorf("import %s: %s", f.File, f.Error))
		}
	}
	return faults
}

// importResult is the JSON form of an import's outcome.
type importResult struct {
	Database string                 `json:"database"`
	Snapshot *store.Summary         `json:"snapshot"` // null when none was made
	Files    []inventory.FileReport `json:"files"`
}

// writeReport says what an import did. snap is nil when nothing was kept.
func writeReport(w io.Writer, format string, report *inventory.Report, snap *snapshot.Snapshot, db string) error {
	if format == "json" {
		res := importResult{Database: db, Files: report.Files}
		if snap != nil {
			sum := store.Summarize(snap)
			res.Snapshot = &sum
		}
		return writeJSON(w, res)
	}
	var l lines
	for i := range report.Files {
		fileLines(&l, &report.Files[i])
	}
	if snap != nil {
		l.add("%s", made(snap, db))
	}
	_, err := io.WriteString(w, l.String())
	return err
}

func fileLines(l *lines, f *inventory.FileReport) {
	took := make([]string, len(f.Took))
	for i, t := range f.Took {
		took[i] = fmt.Sprintf("%s %d", t.Kind, t.Count)
	}
	switch {
	case f.Error != "":
		l.add("%s: nothing taken, see the error", f.File)
	case f.Format == "":
		l.add("%s: not recognised", f.File)
	case len(took) == 0:
		l.add("%s: %s: nothing taken", f.File, f.Format)
	default:
		l.add("%s: %s: %s", f.File, f.Format, strings.Join(took, ", "))
	}
	for _, inferred := range f.Inferred {
		l.add("    concluded: %s", inferred)
	}
	noteLines(l, "skipped", f.Skipped)
	noteLines(l, "warning", f.Warnings)
}

func noteLines(l *lines, word string, notes []inventory.Note) {
	for i, n := range notes {
		if i == notesShown {
			l.add("    %s: %d more, which --format json shows", word, len(notes)-i)
			return
		}
		text := n.Text
		if n.Count > 1 {
			text = fmt.Sprintf("%d × %s", n.Count, text)
		}
		if n.Where != "" {
			text += " (" + n.Where + ")"
		}
		l.add("    %s: %s", word, text)
	}
}

// made says in one line what a snapshot holds.
func made(snap *snapshot.Snapshot, db string) string {
	sum := store.Summarize(snap)
	return fmt.Sprintf("snapshot %d in %s: %s, %s, %s", sum.ID, db, count(sum.Nodes, "node"), count(sum.Links, "link"), findingCounts(sum))
}

func findingCounts(sum store.Summary) string {
	open := sum.Critical + sum.High + sum.Medium + sum.Low
	var parts []string
	for _, p := range []struct {
		n        int
		severity rules.Severity
	}{{sum.Critical, rules.Critical}, {sum.High, rules.High}, {sum.Medium, rules.Medium}, {sum.Low, rules.Low}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.severity))
		}
	}
	text := count(open, "finding")
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if sum.NotAssessed > 0 {
		text += fmt.Sprintf(", %d not assessed", sum.NotAssessed)
	}
	return text
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// progressEvery bounds how often the status line is drawn: faster than this nobody can read it.
const progressEvery = 100 * time.Millisecond

// progress draws one status line on a terminal, and nothing elsewhere.
type progress struct {
	sys   system
	drawn bool
	last  time.Time
}

func newProgress(sys system) *progress { return &progress{sys: sys} }

// show says which file is being read.
func (p *progress) show(done, total int, file string) {
	now := p.sys.now()
	if !p.sys.terminal || p.drawn && now.Sub(p.last) < progressEvery {
		return
	}
	const width = 60 // of the file's end; with the numbers it fits a terminal of 80
	name := []rune(plain(file))
	if len(name) > width {
		name = append([]rune("…"), name[len(name)-width+1:]...)
	}
	p.drawn, p.last = true, now
	fmt.Fprintf(p.sys.err, "\r\x1b[Kreading %d of %d %s", done, total, string(name))
}

func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.sys.err, "\r\x1b[K")
	}
}

// openLatest opens the database a reading command is to work on; it must be there.
func openExisting(ctx context.Context, cmd *cobra.Command) (*store.Store, error) {
	db := flagText(cmd, "db")
	st, err := store.OpenExisting(ctx, db)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("database %s: there is none: make it with `permchain import PATH…`, or name another with --db", db)
	}
	return st, err
}

// addSnapshotFlag gives a reading command its --snapshot.
func addSnapshotFlag(cmd *cobra.Command) {
	cmd.Flags().Int64("snapshot", 0, "the `ID` of the snapshot; 0 is the latest")
}

// chosen returns the snapshot that --snapshot names.
func chosen(ctx context.Context, cmd *cobra.Command, st *store.Store) (*snapshot.Snapshot, error) {
	id, err := cmd.Flags().GetInt64("snapshot")
	if err != nil {
		return nil, err
	}
	if id == 0 {
		snap, err := st.Latest(ctx)
		if errors.Is(err, store.ErrNotFound) {
			return nil, refuse("database %s: it has no snapshot yet: make one with `permchain import PATH…`", st.Path())
		}
		return snap, err
	}
	return st.Snapshot(ctx, id)
}
