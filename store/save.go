package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
)

// rowsPerInsert is how many rows one INSERT carries: measured, more than this gives nothing, and with the
// widest table it stays far below SQLite's 32,766 parameters a statement.
const rowsPerInsert = 64

// timeFormat keeps instants in UTC with nanoseconds; as text they sort as they passed.
const timeFormat = "2006-01-02T15:04:05.000000000Z"

// Save stores a snapshot whole, in one transaction, and sets its ID. When it fails, at whatever point, the
// database holds what it held before. The snapshot's own ID is ignored; an empty Hash is worked out.
func (s *Store) Save(ctx context.Context, snap *snapshot.Snapshot) error {
	if snap == nil || snap.Graph == nil {
		return errors.New("save snapshot: it has no chain")
	}
	hash := snap.Hash
	if hash == "" {
		hash = snap.Graph.Hash()
	}
	var id int64
	err := s.write(ctx, func(tx *sql.Tx) error {
		// Snapshots are never deleted, so the next number was never used.
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM snapshots").Scan(&id); err != nil {
			return err
		}
		if err := insertParts(ctx, tx, id, snap); err != nil {
			return err
		}
		return seal(ctx, tx, id, hash, snap)
	})
	if err != nil {
		return fmt.Errorf("save snapshot in %s: %w", s.path, err)
	}
	snap.ID, snap.Hash = id, hash
	return nil
}

// insertParts writes everything of a snapshot but its own row. Nodes, links and policies come sorted from
// graph.New, which is the order of their keys.
func insertParts(ctx context.Context, tx *sql.Tx, id int64, snap *snapshot.Snapshot) error {
	g := snap.Graph
	if err := insert(ctx, tx, "nodes", "snapshot, id, kind, lane, name, account, region, env, owner, class, json", g.Nodes, func(_ int, n *graph.Node) ([]any, error) {
		whole, err := text(n)
		return []any{id, string(n.ID), string(n.Kind), int64(n.Lane), n.Name, n.Account, n.Region, n.Env, n.Owner.Name, n.Class, whole}, err
	}); err != nil {
		return err
	}
	if err := insert(ctx, tx, "links", "snapshot, id, from_id, kind, to_id, granted, wired, used, logged, owner, evidence, json", g.Edges, func(_ int, e *graph.Edge) ([]any, error) {
		whole, err := text(e)
		return []any{id, string(e.ID), string(e.From), string(e.Kind), string(e.To), string(e.Granted), string(e.Wired), string(e.Used.State), string(e.Log.State), e.Owner.Name, e.EvidenceHash, whole}, err
	}); err != nil {
		return err
	}
	if err := insert(ctx, tx, "policies", "snapshot, id, kind, name, json", g.Policies, func(_ int, p *graph.Policy) ([]any, error) {
		whole, err := text(p)
		return []any{id, p.ID, p.Kind, p.Name, whole}, err
	}); err != nil {
		return err
	}
	if err := insert(ctx, tx, "findings", "snapshot, seq, id, rule, status, severity, sentence, json", snap.Findings, func(i int, f *rules.Finding) ([]any, error) {
		whole, err := text(f)
		return []any{id, int64(i), f.ID, f.Rule, string(f.Status), int64(f.Severity), f.Sentence, whole}, err
	}); err != nil {
		return err
	}
	return insert(ctx, tx, "files", "snapshot, seq, file, format, bytes, error, json", snap.Report.Files, func(i int, f *fileReport) ([]any, error) {
		whole, err := text(f)
		return []any{id, int64(i), f.File, f.Format, f.Bytes, f.Error, whole}, err
	})
}

// seal writes the snapshot's own row, from when on the database refuses any change to it.
func seal(ctx context.Context, tx *sql.Tx, id int64, hash string, snap *snapshot.Snapshot) error {
	gaps, err := text(snap.Graph.Gaps)
	if err != nil {
		return err
	}
	var intent sql.NullString
	if snap.Graph.Intent != nil {
		if intent.String, err = text(snap.Graph.Intent); err != nil {
			return err
		}
		intent.Valid = true
	}
	governance, err := text(snap.Graph.Governance)
	if err != nil {
		return err
	}
	sum := Summarize(snap)
	_, err = tx.ExecContext(ctx, `INSERT INTO snapshots
		(id, created, hash, nodes, links, critical, high, medium, low, not_assessed, files, failed, gaps, intent, governance)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, stamp(snap.Created), hash, sum.Nodes, sum.Links, sum.Critical, sum.High, sum.Medium, sum.Low, sum.NotAssessed,
		sum.Files, sum.Failed, gaps, intent, governance)
	return err
}

// insert writes items, many rows to a statement, in the order given. columns is a comma-separated list; row
// gives the values of one item in that order.
func insert[T any](ctx context.Context, tx *sql.Tx, table, columns string, items []T, row func(i int, item *T) ([]any, error)) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", table, err)
		}
	}()
	one := "(?" + strings.Repeat(", ?", strings.Count(columns, ",")) + ")"
	statement := func(rows int) string {
		return "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.Repeat(one+", ", rows-1) + one
	}
	var full *sql.Stmt
	if len(items) >= rowsPerInsert {
		if full, err = tx.PrepareContext(ctx, statement(rowsPerInsert)); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, full.Close()) }()
	}
	var values []any
	for start := 0; start < len(items); start += rowsPerInsert {
		end := min(start+rowsPerInsert, len(items))
		values = values[:0]
		for i := start; i < end; i++ {
			v, err := row(i, &items[i])
			if err != nil {
				return err
			}
			values = append(values, v...)
		}
		if end-start == rowsPerInsert {
			_, err = full.ExecContext(ctx, values...)
		} else {
			_, err = tx.ExecContext(ctx, statement(end-start), values...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func text(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func stamp(t time.Time) string { return t.UTC().Format(timeFormat) }
