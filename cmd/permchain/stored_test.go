package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
	"github.com/permchain/permchain/store"
)

// TestStoredExampleAnswersTheSame keeps the worked example and asks what comes back: nothing of it may be lost.
func TestStoredExampleAnswersTheSame(t *testing.T) {
	facts, report, err := importers.ImportFS(context.Background(), example.FS(), importers.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	made, err := snapshot.Make(facts, report, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.db")
	for step := range 2 {
		st, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if step == 0 {
			err = st.Save(t.Context(), made)
		} else {
			var kept *snapshot.Snapshot
			if kept, err = st.Latest(t.Context()); err == nil {
				compareStored(t, made, kept)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func compareStored(t *testing.T, made, kept *snapshot.Snapshot) {
	t.Helper()
	if made.Graph.Hash() != kept.Graph.Hash() || kept.Hash != made.Hash {
		t.Errorf("the hash was %s, is kept as %s and worked out as %s", made.Graph.Hash(), kept.Hash, kept.Graph.Hash())
	}
	text := func(s *snapshot.Snapshot) string {
		x := access.New(s.Graph)
		who, err := x.WhoCan("s3:GetObject", "arn:aws:s3:::*/*")
		if err != nil {
			t.Fatal(err)
		}
		can, err := x.Can("support-agent-role", "*")
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal([]any{who, can})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if a, b := text(made), text(kept); a != b {
		t.Errorf("answers before and after:\n%s\n%s", a, b)
	}
}
