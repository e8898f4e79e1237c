package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/store"
)

// TestWhatIsImportedIsWhatIsLoaded imports real input, stores it, and opens it again as another process would.
func TestWhatIsImportedIsWhatIsLoaded(t *testing.T) {
	root := projectRoot(t)
	folders := []string{filepath.Join(root, "importers", "example", "files")}
	if shared, err := filepath.Glob(filepath.Join(root, "..", "shared", "corpus", "[0-9]*")); err != nil || len(shared) == 0 {
		t.Log("the shared corpus is not here: only the worked example is tried")
	} else {
		folders = append(folders, shared...)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			facts, report, err := importers.Import(t.Context(), []string{folder}, importers.Options{})
			if facts == nil {
				if len(report.Files) == 0 {
					t.Fatal(err)
				}
				t.Logf("nothing to store: %v", err) // a folder of formats that are not read
				return
			}
			made, err := snapshot.Make(facts, report, scriptTime)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "p.db")
			for range 2 { // the second time it is opened it is there
				st, err := store.Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				list, err := st.List(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(list) == 0 {
					if err := st.Save(t.Context(), made); err != nil {
						t.Fatal(err)
					}
				} else {
					compareSnapshots(t, st, made)
				}
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if fi, err := os.Stat(path); err != nil || fi.Size() == 0 {
				t.Errorf("the database is empty: %v", err)
			}
		})
	}
}

func compareSnapshots(t *testing.T, st *store.Store, want *snapshot.Snapshot) {
	t.Helper()
	got, err := st.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Graph.Hash() != want.Hash || got.Hash != want.Hash || !got.Created.Equal(want.Created) {
		t.Errorf("made %s at %v, loaded %s (kept as %s) at %v", want.Hash, want.Created, got.Graph.Hash(), got.Hash, got.Created)
	}
	text := func(v any) string {
		b, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if len(got.Findings)+len(want.Findings) > 0 {
		if diff := cmp.Diff(text(want.Findings), text(got.Findings)); diff != "" {
			t.Errorf("findings: %s", diff)
		}
	}
	if diff := cmp.Diff(text(want.Report.Files), text(got.Report.Files)); diff != "" {
		t.Errorf("report: %s", diff)
	}
}
