package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// childEnv names the database that a child process is to save snapshots into until it is killed.
const childEnv = "PERMCHAIN_STORE_TEST_CHILD"

// crashLinks makes a snapshot far larger than SQLite's page cache, so that its rows are in the write-ahead log
// long before the transaction ends.
const crashLinks = 20_000

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// child saves one snapshot after another, and says when each is safe.
func child(path string) {
	s, err := Open(context.Background(), path)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	for seed := uint64(0); ; seed++ {
		snap := fake(&testing.B{}, crashLinks, seed)
		fmt.Println("saving")
		if err := s.Save(context.Background(), snap); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		fmt.Println("saved")
	}
}

// TestKilledDuringImport kills a process in the middle of a Save and looks at what is left.
func TestKilledDuringImport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	s := open(t, path)
	first := fake(t, 100, 1)
	if err := s.Save(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, wal := range []int64{64 << 10, 1 << 20, 4 << 20} { // how much of the transaction is on disk when it dies
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "saving" {
			t.Fatalf("the child said %q", lines.Text())
		}
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
			if fi, err := os.Stat(path + "-wal"); err == nil && fi.Size() >= wal {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the child writes nothing")
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if lines.Scan() {
			t.Fatalf("the import was not cut short: the child said %q", lines.Text())
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended well")
		}
		if fi, err := os.Stat(path + "-wal"); err != nil || fi.Size() < wal {
			t.Fatalf("nothing of the import is left on disk: %v", err)
		}
		if wal > 1<<20 { // as when the file is copied to another machine with its log, without the shared memory
			if err := os.Remove(path + "-shm"); err != nil {
				t.Fatal(err)
			}
		}

		s := open(t, path)
		list, err := s.List(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("after the crash there are %d snapshots, %v", len(list), err)
		}
		last, err := s.Latest(t.Context())
		if err != nil || last.Graph.Hash() != first.Hash {
			t.Fatalf("the last snapshot is not what it was: %v", err)
		}
		var stray int
		if err := s.db.QueryRow("SELECT count(*) FROM links WHERE snapshot <> 1").Scan(&stray); err != nil || stray != 0 {
			t.Errorf("%d stray links, %v", stray, err)
		}
		var check string
		if err := s.db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
			t.Errorf("integrity: %s, %v", check, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again := fake(t, 100, 2)
	if err := open(t, path).Save(t.Context(), again); err != nil || again.ID != 2 {
		t.Errorf("saving after the crashes gave snapshot %d, %v", again.ID, err)
	}
}

// TestFailureDuringImport lets the database itself refuse the last row of each table in turn.
func TestFailureDuringImport(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "p.db"))
	first := fake(t, 200, 1)
	if err := s.Save(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	snap := fake(t, 300, 2)
	for table, when := range map[string]string{ // the condition is true of the last row only, where there are many
		"nodes":    "WHEN NEW.id = '" + string(snap.Graph.Nodes[len(snap.Graph.Nodes)-1].ID) + "'",
		"links":    "WHEN NEW.id = '" + string(snap.Graph.Edges[len(snap.Graph.Edges)-1].ID) + "'",
		"policies": "", "findings": "WHEN NEW.id = 'ffffffffffffffff'", "files": "WHEN NEW.seq = 1", "snapshots": "",
	} {
		if _, err := s.db.Exec("CREATE TRIGGER injected AFTER INSERT ON " + table + " " + when + " BEGIN SELECT RAISE(ABORT, 'injected'); END"); err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), snap); err == nil || snap.ID != 0 {
			t.Errorf("%s: saved as %d, %v", table, snap.ID, err)
		}
		if _, err := s.db.Exec("DROP TRIGGER injected"); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"snapshots", "nodes", "links", "policies", "findings", "files"} {
			column := "snapshot"
			if table == "snapshots" {
				column = "id"
			}
			var stray int
			if err := s.db.QueryRow("SELECT count(*) FROM " + table + " WHERE " + column + " <> 1").Scan(&stray); err != nil || stray != 0 {
				t.Errorf("%d stray rows in %s, %v", stray, table, err)
			}
		}
	}
	if err := s.Save(t.Context(), snap); err != nil || snap.ID != 2 {
		t.Errorf("saving after the failures gave snapshot %d, %v", snap.ID, err)
	}
}

func TestCanceledImport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	s := open(t, path)
	snap := fake(t, crashLinks, 1)
	ctx, cancel := context.WithCancel(t.Context())
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for ctx.Err() == nil {
			if fi, err := os.Stat(path + "-wal"); err == nil && fi.Size() > 256<<10 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	})
	err := s.Save(ctx, snap)
	cancel()
	watcher.Wait()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled save says: %v", err)
	}
	if list, err := s.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a canceled save left %d snapshots, %v", len(list), err)
	}
	if err := s.Save(t.Context(), snap); err != nil {
		t.Error(err)
	}
}

// TestReadersAndWriters has many of both at once, over two handles as two processes would.
func TestReadersAndWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	stores := []*Store{open(t, path), open(t, path)}
	if err := stores[0].Save(t.Context(), fake(t, 50, 0)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		s := stores[i%2]
		all.Go(func() {
			if err := s.Save(t.Context(), fake(t, 100+i, uint64(i))); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			for range 5 {
				snap, err := s.Latest(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if snap.Graph.Hash() != snap.Hash {
					t.Errorf("snapshot %d was read in parts", snap.ID)
				}
			}
		})
	}
	all.Wait()
	if list, err := stores[0].List(t.Context()); err != nil || len(list) != 9 {
		t.Errorf("%d snapshots, %v", len(list), err)
	}
}
