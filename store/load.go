package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
)

type fileReport = inventory.FileReport

// keptSnapshots is how many decoded snapshots stay in memory: the one that everybody looks at, and two that
// are compared with each other or with it.
const keptSnapshots = 3

// loaded keeps decoded snapshots, the last used last. They never change, so they never go stale.
type loaded struct {
	sync.Mutex // also held while one is decoded, so that two requests do not decode the same one
	snaps      []*snapshot.Snapshot
}

// Summary is what a list of snapshots shows of one.
type Summary struct {
	ID      int64     `json:"id"`
	Created time.Time `json:"created"`
	Hash    string    `json:"hash"` // content hash of the chain
	Nodes   int       `json:"nodes"`
	Links   int       `json:"links"`
	// Open findings by severity as they were when the snapshot was made, and rules that could not be assessed.
	Critical    int `json:"critical"`
	High        int `json:"high"`
	Medium      int `json:"medium"`
	Low         int `json:"low"`
	NotAssessed int `json:"notAssessed"`
	Files       int `json:"files"`
	Failed      int `json:"failed"` // files that nothing could be taken from
}

// Summarize counts what a list shows of a snapshot.
func Summarize(snap *snapshot.Snapshot) Summary {
	s := Summary{
		ID: snap.ID, Created: snap.Created, Hash: snap.Hash,
		Nodes: len(snap.Graph.Nodes), Links: len(snap.Graph.Edges),
		Files: len(snap.Report.Files), Failed: snap.Report.Failed(),
	}
	for i := range snap.Findings {
		f := &snap.Findings[i]
		switch {
		case f.Status == rules.NotAssessed:
			s.NotAssessed++
		case f.Severity == rules.Critical:
			s.Critical++
		case f.Severity == rules.High:
			s.High++
		case f.Severity == rules.Medium:
			s.Medium++
		default:
			s.Low++
		}
	}
	return s
}

// Latest returns the newest snapshot, or ErrNotFound where nothing was imported yet. What it returns is shared:
// read it, never change it.
func (s *Store) Latest(ctx context.Context) (*snapshot.Snapshot, error) {
	var id int64
	err := s.db.QueryRowContext(ctx, "SELECT id FROM snapshots ORDER BY id DESC LIMIT 1").Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("latest snapshot in %s: %w", s.path, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("latest snapshot in %s: %w", s.path, sorted(err))
	}
	return s.Snapshot(ctx, id)
}

// Snapshot returns the snapshot of that id, or ErrNotFound. What it returns is shared: read it, never change it.
func (s *Store) Snapshot(ctx context.Context, id int64) (*snapshot.Snapshot, error) {
	s.loaded.Lock()
	defer s.loaded.Unlock()
	if i := slices.IndexFunc(s.loaded.snaps, func(k *snapshot.Snapshot) bool { return k.ID == id }); i >= 0 {
		snap := s.loaded.snaps[i]
		s.loaded.snaps = append(slices.Delete(s.loaded.snaps, i, i+1), snap)
		return snap, nil
	}
	snap, err := s.load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("snapshot %d in %s: %w", id, s.path, sorted(err))
	}
	if len(s.loaded.snaps) == keptSnapshots {
		s.loaded.snaps = slices.Delete(s.loaded.snaps, 0, 1)
	}
	s.loaded.snaps = append(s.loaded.snaps, snap)
	return snap, nil
}

// load reads a snapshot from its rows. They need no transaction around them: once the snapshot's own row can be
// seen, so can all its parts, and none of them changes.
func (s *Store) load(ctx context.Context, id int64) (*snapshot.Snapshot, error) {
	var (
		created, gapsText string
		intentText        sql.NullString
		governanceText    sql.NullString
		sum               Summary
	)
	err := s.db.QueryRowContext(ctx, "SELECT created, hash, nodes, links, gaps, intent, governance FROM snapshots WHERE id = ?", id).
		Scan(&created, &sum.Hash, &sum.Nodes, &sum.Links, &gapsText, &intentText, &governanceText)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	snap := &snapshot.Snapshot{ID: id, Hash: sum.Hash}
	if snap.Created, err = time.Parse(timeFormat, created); err != nil {
		return nil, err
	}
	var gaps []graph.Gap
	if err := json.Unmarshal([]byte(gapsText), &gaps); err != nil {
		return nil, fmt.Errorf("gaps: %w", err)
	}
	var intent *graph.Intent
	if intentText.Valid {
		if err := json.Unmarshal([]byte(intentText.String), &intent); err != nil {
			return nil, fmt.Errorf("intent: %w", err)
		}
	}
	var governance graph.Governance
	if governanceText.Valid {
		if err := json.Unmarshal([]byte(governanceText.String), &governance); err != nil {
			return nil, fmt.Errorf("governance: %w", err)
		}
	}

	// The links are most of it; the rest is decoded beside them.
	var (
		edges            []graph.Edge
		edgesErr         error
		nodes            []graph.Node
		policies         []graph.Policy
		nodesErr, polErr error
		findErr, fileErr error
		both             sync.WaitGroup
	)
	both.Go(func() { edges, edgesErr = read[graph.Edge](ctx, s.db, "links", "id", id) })
	both.Go(func() {
		nodes, nodesErr = read[graph.Node](ctx, s.db, "nodes", "id", id)
		policies, polErr = read[graph.Policy](ctx, s.db, "policies", "id", id)
		snap.Findings, findErr = read[rules.Finding](ctx, s.db, "findings", "seq", id)
		snap.Report.Files, fileErr = read[fileReport](ctx, s.db, "files", "seq", id)
	})
	both.Wait()
	if err := errors.Join(edgesErr, nodesErr, polErr, findErr, fileErr); err != nil {
		return nil, err
	}
	if len(nodes) != sum.Nodes || len(edges) != sum.Links {
		return nil, fmt.Errorf("%w: it has %d of %d nodes and %d of %d links", ErrDamaged, len(nodes), sum.Nodes, len(edges), sum.Links)
	}
	if snap.Graph, err = graph.New(nodes, edges, policies, gaps, intent); err != nil {
		return nil, err
	}
	snap.Graph.Governance = governance
	return snap, nil
}

// read decodes the JSON of every row of a snapshot in one table, ordered by one column. Where there is
// none the list is empty and not nil, as chain.Build makes it: in the JSON that a chain's hash is of, the two differ.
func read[T any](ctx context.Context, db *sql.DB, table, order string, id int64) (items []T, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", table, err)
		}
	}()
	rows, err := db.QueryContext(ctx, "SELECT json FROM "+table+" WHERE snapshot = ? ORDER BY "+order, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	items = []T{}
	var whole sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&whole); err != nil {
			return nil, err
		}
		var item T
		if err := json.Unmarshal(whole, &item); err != nil {
			return nil, fmt.Errorf("row %d: %w", len(items)+1, err)
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// List returns what a list shows of every snapshot, the newest first.
func (s *Store) List(ctx context.Context) (list []Summary, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("list snapshots in %s: %w", s.path, sorted(err))
		}
	}()
	rows, err := s.db.QueryContext(ctx, `SELECT id, created, hash, nodes, links, critical, high, medium, low, not_assessed, files, failed
		FROM snapshots ORDER BY id DESC`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			sum     Summary
			created string
		)
		if err := rows.Scan(&sum.ID, &created, &sum.Hash, &sum.Nodes, &sum.Links, &sum.Critical, &sum.High, &sum.Medium, &sum.Low,
			&sum.NotAssessed, &sum.Files, &sum.Failed); err != nil {
			return nil, err
		}
		if sum.Created, err = time.Parse(timeFormat, created); err != nil {
			return nil, fmt.Errorf("snapshot %d: %w", sum.ID, err)
		}
		list = append(list, sum)
	}
	return list, rows.Err()
}
