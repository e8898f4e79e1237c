package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// fake makes a snapshot of the wanted number of links, always the same for the same numbers.
func fake(tb testing.TB, links int, seed uint64) *snapshot.Snapshot {
	tb.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	odd := func() string {
		return pick("", "plain", "ünï \"quoted\" 'n' <b>&amp;", "tab\tand\nnewline", "日本", "nul\x00inside", strings.Repeat("long ", 50))
	}
	nodes := make([]graph.Node, max(2, links/5))
	for i := range nodes {
		nodes[i] = graph.Node{
			ID: graph.NodeID(fmt.Sprintf("arn:aws:s3:::bucket-%07d", i)), Kind: graph.KindBucket, Lane: graph.Lane(r.IntN(7)), Name: fmt.Sprintf("bucket-%d %s", i, odd()),
			Account: "111122223333", Class: pick("", "public", "restricted"), Owner: graph.Owner{Name: pick("", "team-a"), Source: pick("", "tag owner")},
			Tags: []graph.Tag{{Key: "owner", Value: odd()}}, Sources: []graph.Source{{File: "prod/iam.json", Line: r.IntN(9000), Pointer: "/RoleDetailList/3"}},
			Wildcard: i == 0, Unknown: odd(),
		}
	}
	edges := make([]graph.Edge, 0, links)
	kinds := []graph.EdgeKind{graph.Reads, graph.Writes, graph.Calls, graph.Assumes, graph.Administers}
	for i := 0; len(edges) < links; i++ {
		from, kind, to := nodes[i/5%len(nodes)].ID, kinds[i%5], nodes[(i*7+i/(5*len(nodes))+1)%len(nodes)].ID
		edges = append(edges, graph.Edge{
			ID: graph.NewEdgeID(from, kind, to), From: from, Kind: kind, To: to,
			Granted: graph.Verdict(pick("allowed", "conditional", "denied", "unknown")), Wired: graph.State(pick("", "yes", "no", "unknown")),
			Conditions: []graph.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{odd()}}},
			Log:        graph.LogState{State: graph.Yes, To: to, Why: odd()}, Used: graph.Usage{State: graph.Yes, Count: r.IntN(1000), Last: "2026-02-01T00:00:00Z"},
			Breadth:      graph.Breadth{ActionPatterns: []string{"s3:*"}, ActionsGranted: 160, ActionsNeeded: []string{"s3:GetObject", "s3:ListBucket"}, ResourceScope: graph.ScopeAll},
			Evidence:     []graph.Evidence{{Kind: graph.ByPolicy, Effect: "Allow", Layer: "identity", Policy: "policy-0", Statement: i % 3, Sid: odd(), Actions: []string{"s3:*"}, Source: graph.Source{File: "prod/iam.json", Line: i + 1}}},
			EvidenceHash: fmt.Sprintf("%016x", r.Uint64()),
		})
	}
	policies := []graph.Policy{{ID: "policy-0", Name: "AgentAccess", Kind: "inline policy", Text: "{\n  \"Statement\": []\n}", Source: graph.Source{File: "prod/iam.json", Line: 4},
		Unresolved: []graph.UnresolvedStatement{{Statement: 1, Reason: odd()}}}}
	gaps := []graph.Gap{{What: "key policies", Effect: "7 links are unknown", Need: "aws kms get-key-policy", Count: 7}}
	intent := &graph.Intent{Organization: "Acme", Classes: []string{"public", "restricted"}, Workloads: []graph.Workload{{Name: "support", Members: []graph.NodeID{nodes[0].ID}}}}
	g, err := graph.New(nodes, edges, policies, gaps, intent)
	if err != nil {
		tb.Fatal(err)
	}
	g.Governance = governance(odd)
	var findings []rules.Finding
	for i := range max(5, links/10) {
		findings = append(findings, rules.Finding{
			ID: fmt.Sprintf("%016x", i), Rule: "broad-action", Status: rules.Open, Severity: rules.Severity(1 + i%4), Base: rules.High, Moves: []rules.Move{{By: 1, Why: odd()}},
			Sentence: "support-agent can read hr-payroll", Links: []graph.EdgeID{g.Edges[i%len(g.Edges)].ID}, Evidence: g.Edges[i%len(g.Edges)].Evidence,
			Fix: rules.Fix{Text: "name the bucket", Before: "s3:*", After: "s3:GetObject"},
		})
	}
	findings = append(findings, rules.Finding{ID: "ffffffffffffffff", Rule: "unapproved-model", Status: rules.NotAssessed, Base: rules.High, Sentence: "no list of approved models", Need: "permchain.yaml"})
	return &snapshot.Snapshot{
		Created: noon, Hash: g.Hash(), Graph: g, Findings: findings,
		Report: inventory.Report{Files: []inventory.FileReport{
			{File: "prod/iam.json", Format: "account authorization details", Bytes: 1 << 20, Took: []inventory.Tally{{Kind: "roles", Count: 12}}, Warnings: []inventory.Note{{Text: odd(), Where: "#/x"}}},
			{File: "notes.txt", Bytes: 3, Error: "notes.txt:1: not JSON"},
		}},
	}
}

// governance is who is governed by what in a fake.
func governance(odd func() string) graph.Governance {
	const role = "arn:aws:iam::111122223333:role/agent"
	return graph.Governance{
		Principals: []graph.Governed{{Node: role, ARN: role, Account: "111122223333", Kind: graph.KindRole, Identity: []string{"policy-0"}, TagsKnown: true,
			SCP: []graph.PolicyLevel{{Node: "r-1", Policies: []string{"policy-0"}}, {Node: "ou-1"}}, Missing: []graph.MissingLayer{{Layer: "identity", Reason: odd()}},
			Keys: map[string][]string{"aws:principalarn": {role}, "aws:principaltag/team": {odd()}}}},
		Resources: []graph.OnResource{{ARN: role, Account: "111122223333", Policy: role + " trust"}},
		Accounts:  []graph.AccountRCPs{{ID: "111122223333", Levels: []graph.PolicyLevel{{Node: "r-1", Policies: []string{"rcp"}}}}},
		OrgID:     "o-a1b2c3d4e5", Members: []string{"111122223333"}, Management: "999988887777",
	}
}

func open(tb testing.TB, path string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestSaveThenLoadGivesTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd ?name#%41.db")
	for seed, links := range []int{1, 2, 63, 64, 65, 128, 1000} {
		want := fake(t, links, uint64(seed))
		s := open(t, path)
		if err := s.Save(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if want.ID != int64(seed+1) {
			t.Errorf("snapshot %d got the id %d", seed+1, want.ID)
		}
		if err := s.Close(); err != nil { // so that nothing comes from memory
			t.Fatal(err)
		}
		got, err := open(t, path).Latest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Hash != want.Hash || got.Graph.Hash() != want.Graph.Hash() {
			t.Errorf("%d links: the hash was %s, is kept as %s and worked out as %s", links, want.Graph.Hash(), got.Hash, got.Graph.Hash())
		}
		if !got.Created.Equal(want.Created) || got.ID != want.ID {
			t.Errorf("%d links: saved as %d at %v, loaded as %d at %v", links, want.ID, want.Created, got.ID, got.Created)
		}
		if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
			t.Errorf("findings: %s", diff)
		}
		if diff := cmp.Diff(want.Report, got.Report); diff != "" {
			t.Errorf("report: %s", diff)
		}
		if diff := cmp.Diff(want.Graph.Governance, got.Graph.Governance); diff != "" {
			t.Errorf("governance: %s", diff)
		}
		if diff := cmp.Diff(want.Graph.Policies, got.Graph.Policies); diff != "" {
			t.Errorf("policies: %s", diff)
		}
		if got.Graph.Edge(want.Graph.Edges[0].ID) == nil {
			t.Error("the loaded chain is not indexed")
		}
	}
}

func TestAChainWithoutLinksKeepsItsHash(t *testing.T) {
	g, err := graph.New([]graph.Node{{ID: "a"}}, []graph.Edge{}, []graph.Policy{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.db")
	if err := open(t, path).Save(t.Context(), &snapshot.Snapshot{Created: noon, Graph: g}); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path).Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Graph.Hash() != g.Hash() || got.Hash != g.Hash() {
		t.Errorf("the hash was %s, is kept as %s and worked out as %s", g.Hash(), got.Hash, got.Graph.Hash())
	}
}

func TestListIsNewestFirst(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "p.db"))
	if _, err := s.Latest(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("latest of an empty database: %v", err)
	}
	for i := range 5 {
		if err := s.Save(t.Context(), fake(t, 10+i, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 5 || list[0].ID != 5 || list[4].ID != 1 {
		t.Fatalf("list: %+v", list)
	}
	want := Summary{ID: 5, Created: noon, Hash: list[0].Hash, Nodes: 2, Links: 14, Critical: 1, High: 1, Medium: 1, Low: 2, NotAssessed: 1, Files: 2, Failed: 1}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Error(diff)
	}
	for id := range int64(5) { // more than are kept in memory, twice over
		for range 2 {
			snap, err := s.Snapshot(t.Context(), id+1)
			if err != nil || snap.ID != id+1 || len(snap.Graph.Edges) != 10+int(id) {
				t.Errorf("snapshot %d: %v", id+1, err)
			}
		}
	}
	if _, err := s.Snapshot(t.Context(), 6); !errors.Is(err, ErrNotFound) {
		t.Errorf("snapshot 6: %v", err)
	}
}

func TestSnapshotsCannotBeChanged(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "p.db"))
	if err := s.Save(t.Context(), fake(t, 10, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Assign(t.Context(), review.Assignment{Node: "n", Owner: "o", By: "b", At: noon}); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE snapshots SET hash = 'x'", "DELETE FROM snapshots", "INSERT OR REPLACE INTO nodes SELECT * FROM nodes",
		"UPDATE nodes SET name = 'x'", "DELETE FROM nodes", "UPDATE links SET json = '{}'", "DELETE FROM links", "UPDATE policies SET json = '{}'",
		"DELETE FROM policies", "UPDATE findings SET severity = 1", "DELETE FROM findings", "UPDATE files SET error = ''", "DELETE FROM files",
		"UPDATE assignments SET owner = 'x'", "DELETE FROM assignments",
		"INSERT INTO nodes SELECT snapshot, 'new', kind, lane, name, account, region, env, owner, class, json FROM nodes LIMIT 1",
		"INSERT INTO links SELECT snapshot, 'new', from_id, kind, to_id, granted, wired, used, logged, owner, evidence, json FROM links LIMIT 1",
		"INSERT INTO findings SELECT snapshot, 99, id, rule, status, severity, sentence, json FROM findings LIMIT 1",
		"INSERT INTO files SELECT snapshot, 99, file, format, bytes, error, json FROM files LIMIT 1",
		"INSERT INTO policies SELECT snapshot, 'new', kind, name, json FROM policies LIMIT 1",
	} {
		if _, err := s.db.ExecContext(t.Context(), statement); !errors.Is(sorted(err), ErrImmutable) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if _, err := s.db.ExecContext(t.Context(), "INSERT INTO nodes SELECT 99, id, kind, lane, name, account, region, env, owner, class, json FROM nodes"); err == nil {
		t.Error("nodes of a snapshot that does not exist were taken")
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sql.Open("sqlite3", dsn(foreign, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE songs (title TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	s := open(t, newer)
	if _, err := s.db.Exec("INSERT INTO schema_version VALUES (99, '0099_future.sql')"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		is   error
		says string
	}{
		{put("text.db", "hello, this is a text file and no database"), ErrNotDatabase, "file is not a database"},
		{foreign, ErrNotDatabase, "another program"},
		{newer, ErrNewer, "schema is 99, this one knows 2"},
		{filepath.Join(dir, "no such folder", "p.db"), fs.ErrNotExist, "no such folder"},
		{dir, nil, "is a directory"},
		{"", nil, "its name is empty"},
	} {
		before, _ := os.ReadFile(c.path)
		s, err := Open(t.Context(), c.path)
		if err == nil {
			s.Close()
			t.Errorf("%q opened", c.path)
			continue
		}
		if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v", c.path, err)
		}
		if after, _ := os.ReadFile(c.path); string(after) != string(before) {
			t.Errorf("%q was changed", c.path)
		}
	}

	if _, err := OpenExisting(t.Context(), filepath.Join(dir, "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a database that is not there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("looking for a database made one")
	}

	for _, path := range []string{filepath.Join(dir, "fresh.db"), put("empty.db", "")} {
		s := open(t, path)
		if err := s.Save(t.Context(), fake(t, 1, 1)); err != nil {
			t.Fatal(err)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			fi, err := os.Stat(path + suffix)
			if err != nil || fi.Mode().Perm() != 0o600 {
				t.Errorf("%s%s: mode %v, %v", path, suffix, fi.Mode(), err)
			}
		}
	}
}

func TestOpeningChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	s := open(t, path)
	if err := s.Save(t.Context(), fake(t, 10, 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	if _, err := s.Latest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("opening and reading changed the file")
	}
	if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
		t.Errorf("files are left beside it: %v", left)
	}
}

func TestMigrationsAreNumberedInLine(t *testing.T) {
	steps, err := readMigrations(migrationFiles)
	if err != nil || len(steps) == 0 {
		t.Fatalf("%d migrations, %v", len(steps), err)
	}
	for i, step := range steps {
		if step.Version != i+1 || step.SQL == "" {
			t.Errorf("migration %d is %s", i+1, step.Name)
		}
	}
}

func TestAssignments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	s := open(t, path)
	want := []review.Assignment{
		{Node: "arn:aws:s3:::hr-payroll", Owner: "hr", By: "ana", Reason: "it is their data", At: noon},
		{Edge: "0123456789abcdef", Owner: "customer-care", By: "ben", At: noon.Add(time.Minute)},
		{Node: "arn:aws:s3:::hr-payroll", Owner: "", By: "ana", Reason: "wrong team", At: noon.Add(2 * time.Minute)},
	}
	if err := s.Assign(t.Context(), want[:2]...); err != nil {
		t.Fatal(err)
	}
	if err := s.Assign(t.Context(), want[2]); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path).Assignments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	good := review.Assignment{Node: "n", Owner: "o", By: "b", At: noon}
	for name, spoil := range map[string]func(*review.Assignment){
		"neither node nor link": func(a *review.Assignment) { a.Node = "" },
		"both":                  func(a *review.Assignment) { a.Edge = "e" },
		"nobody":                func(a *review.Assignment) { a.By = "" },
		"never":                 func(a *review.Assignment) { a.At = time.Time{} },
	} {
		bad := good
		spoil(&bad)
		if err := s.Assign(t.Context(), good, bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if after, err := s.Assignments(t.Context()); err != nil || len(after) != len(want) {
		t.Errorf("a refused assignment left %d, %v", len(after), err)
	}
}

// TestOlderDatabase opens a database of each earlier schema: what is in it can be read, and more can be saved.
func TestOlderDatabase(t *testing.T) {
	steps, err := readMigrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite3", dsn(path, pragmas))
	if err != nil {
		t.Fatal(err)
	}
	old := &Store{db: db, path: path, writer: make(chan struct{}, 1)}
	if err := old.write(t.Context(), func(tx *sql.Tx) error { return apply(t.Context(), tx, steps[0]) }); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO snapshots (id, created, hash, nodes, links, critical, high, medium, low, not_assessed, files, failed, gaps)
		VALUES (1, '2026-03-01T12:00:00.000000000Z', 'h', 0, 0, 0, 0, 0, 0, 0, 0, 0, 'null')`); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	first, err := s.Snapshot(t.Context(), 1)
	if err != nil || first.Hash != "h" || len(first.Graph.Governance.Principals) != 0 {
		t.Fatalf("the snapshot that was there: %+v, %v", first, err)
	}
	if err := s.Save(t.Context(), fake(t, 3, 1)); err != nil {
		t.Fatal(err)
	}
	if second, err := s.Latest(t.Context()); err != nil || len(second.Graph.Governance.Principals) != 1 {
		t.Errorf("a snapshot made since: %v", err)
	}
}
