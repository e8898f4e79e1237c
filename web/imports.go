package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web/view"
)

const (
	// maxUpload bounds one upload: account dumps of a large organization, packed, stay well below. The importers
	// bound what each file and archive may hold by themselves.
	maxUpload = 128 << 20
	// keptInMemory is how much of an upload is held in memory; the rest waits in temporary files.
	keptInMemory = 8 << 20
)

// imports lists snapshots and what their files gave, and takes new ones.
func (s *server) imports(w http.ResponseWriter, r *http.Request) error {
	st, err := s.load(r)
	if errors.Is(err, errEmpty) {
		st = nil
	} else if err != nil {
		return err
	}
	list, err := s.store.List(r.Context())
	if err != nil {
		return err
	}
	page := importsPage(list, st)
	if st != nil && r.URL.Query().Get("made") == "1" {
		page.Done = fmt.Sprintf("Snapshot %d is made of %s: %s, %s, %s.", st.snap.ID,
			count(len(st.snap.Report.Files), "file", "files"), count(len(st.g.Nodes), "node", "nodes"),
			count(len(st.g.Edges), "link", "links"), count(st.open, "open finding", "open findings"))
	}
	return s.show(w, r, http.StatusOK, s.frame(r, st, "Imports", "/imports"), view.ImportsPage(page))
}

func importsPage(list []store.Summary, st *state) view.Imports {
	page := view.Imports{First: len(list) == 0, Commands: commands, MaxSize: size(maxUpload)}
	for _, sum := range newestFirst(list) {
		row := view.SnapshotRow{
			ID: strconv.FormatInt(sum.ID, 10), When: when(sum.Created), Hash: sum.Hash[:min(len(sum.Hash), 12)],
			Nodes: sum.Nodes, Links: sum.Links, Findings: tally(sum), Files: count(sum.Files, "file", "files"),
			Href: fmt.Sprintf("/imports?snapshot=%d#report", sum.ID), Map: fmt.Sprintf("/findings?snapshot=%d", sum.ID),
			On: st != nil && st.snap.ID == sum.ID,
		}
		if sum.Failed > 0 {
			row.Files += fmt.Sprintf(", %d not read", sum.Failed)
		}
		page.Snapshots = append(page.Snapshots, row)
	}
	if st != nil {
		page.Report = reportOf(fmt.Sprintf("What the files of snapshot %d gave", st.snap.ID), st.snap.Report)
	}
	return page
}

func tally(sum store.Summary) string {
	var parts []string
	for _, c := range []struct {
		n    int
		name string
	}{{sum.Critical, "critical"}, {sum.High, "high"}, {sum.Medium, "medium"}, {sum.Low, "low"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.name))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// upload makes a snapshot of the files sent. It is all or nothing: where a file cannot be read (unless asked to go
// on), or nothing could be taken, nothing is stored and the page says why, file by file.
func (s *server) upload(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(keptInMemory); err != nil {
		return formError(err)
	}
	defer func() {
		if err := r.MultipartForm.RemoveAll(); err != nil {
			s.log.Error("temporary files of an upload are left", "err", err)
		}
	}()
	files := uploaded(r.MultipartForm)
	if len(files) == 0 {
		return s.importFailed(w, r, "No file was chosen.", inventory.Report{}, false)
	}
	keepGoing := r.PostForm.Get("keepgoing") == "1"
	facts, report, err := importers.ImportFiles(r.Context(), files, importers.Options{Strict: !keepGoing})
	switch {
	case r.Context().Err() != nil:
		return fmt.Errorf("import uploaded files: %w", r.Context().Err())
	case errors.Is(err, importers.ErrTooMuch):
		return s.importFailed(w, r, "Together the files are too large or too many. Leave out what is not about these workloads.", report, keepGoing)
	case report.Failed() > 0 && err != nil:
		return s.importFailed(w, r, count(report.Failed(), "file", "files")+" could not be read.", report, keepGoing)
	case errors.Is(err, importers.ErrNothing):
		return s.importFailed(w, r, "Nothing in these files is of a kind that permchain reads.", report, keepGoing)
	case err != nil:
		return err
	}
	snap, err := snapshot.Make(facts, report, s.now())
	if err != nil {
		return fmt.Errorf("import uploaded files: %w", err)
	}
	if err := s.store.Save(r.Context(), snap); err != nil {
		return err
	}
	http.Redirect(w, r, "/imports?made=1", http.StatusSeeOther)
	return nil
}

// importFailed shows the form again with what was wrong.
func (s *server) importFailed(w http.ResponseWriter, r *http.Request, why string, report inventory.Report, keepGoing bool) error {
	st, err := s.load(r)
	if err != nil && !errors.Is(err, errEmpty) {
		return err
	}
	list, err := s.store.List(r.Context())
	if err != nil {
		return err
	}
	page := importsPage(list, st)
	page.Failed, page.KeepGoing, page.Report = why, keepGoing, nil
	if len(report.Files) > 0 {
		page.Report = reportOf("What was in them", report)
	}
	return s.show(w, r, http.StatusUnprocessableEntity, s.frame(r, st, "Imports", "/imports"), view.ImportsPage(page))
}

// uploaded names the files of a form. A folder's files keep their paths, which say whose they are; a path that
// leads out of its folder is cut to its last part.
func uploaded(form *multipart.Form) []importers.File {
	var out []importers.File
	for _, field := range []string{"files", "folder"} {
		for _, h := range form.File[field] {
			if h.Filename == "" {
				continue
			}
			out = append(out, importers.File{Name: uploadName(h), Open: func() (io.ReadCloser, error) { return h.Open() }})
		}
	}
	return out
}

func uploadName(h *multipart.FileHeader) string {
	_, params, err := mime.ParseMediaType(h.Header.Get("Content-Disposition"))
	if err != nil {
		return path.Base(h.Filename)
	}
	name := path.Clean(strings.ReplaceAll(params["filename"], `\`, "/"))
	if !fs.ValidPath(name) || name == "." || checkText(name, maxReason) != nil {
		return path.Base(path.Clean("/" + h.Filename))
	}
	return name
}

// reportOf says what each file gave.
func reportOf(title string, r inventory.Report) *view.Report {
	out := &view.Report{Title: title}
	for _, f := range r.Files {
		v := view.FileReport{Name: f.File, Format: f.Format, Size: size(f.Bytes), Error: f.Error, Inferred: f.Inferred}
		var took []string
		for _, t := range f.Took {
			took = append(took, fmt.Sprintf("%d %s", t.Count, kindOf(t)))
		}
		v.Took = strings.Join(took, ", ")
		v.Warnings, v.Skipped = notesOf(f.Warnings), notesOf(f.Skipped)
		out.Files = append(out.Files, v)
	}
	return out
}

func notesOf(ns []inventory.Note) []view.Note {
	var out []view.Note
	for _, n := range ns {
		out = append(out, view.Note{Text: n.Text, Where: n.Where, Count: n.Count})
	}
	return out
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.0f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.0f MB", float64(n)/(1<<20))
}

// kindOf is a tally's kind with its number: the importers count in the plural.
func kindOf(t inventory.Tally) string {
	if t.Count != 1 {
		return t.Kind
	}
	if stem, ok := strings.CutSuffix(t.Kind, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(t.Kind, "s")
}
