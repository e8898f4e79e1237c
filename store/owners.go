package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
)

// Assign records who owns a node or a link, all of them or none. An earlier assignment of the same one stays on
// record and no longer counts; an empty Owner takes it back. Each must name either a node or a link, who says so
// (By) and when (At).
func (s *Store) Assign(ctx context.Context, as ...review.Assignment) error {
	for _, a := range as {
		switch {
		case (a.Node == "") == (a.Edge == ""):
			return fmt.Errorf("assign owner %q: it must name one node or one link", a.Owner)
		case a.By == "":
			return fmt.Errorf("assign owner %q: it does not say who assigns it", a.Owner)
		case a.At.IsZero():
			return fmt.Errorf("assign owner %q: it does not say when", a.Owner)
		}
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		return insert(ctx, tx, "assignments", "node, link, owner, by, reason, at", as, func(_ int, a *review.Assignment) ([]any, error) {
			return []any{string(a.Node), string(a.Edge), a.Owner, a.By, a.Reason, stamp(a.At)}, nil
		})
	})
	if err != nil {
		return fmt.Errorf("assign owner in %s: %w", s.path, err)
	}
	return nil
}

// Assignments returns every assignment ever made, the oldest first, so that of those for the same node or link
// the last one counts.
func (s *Store) Assignments(ctx context.Context) (as []review.Assignment, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("owners assigned in %s: %w", s.path, sorted(err))
		}
	}()
	rows, err := s.db.QueryContext(ctx, "SELECT node, link, owner, by, reason, at FROM assignments ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var node, link, owner, by, reason, at string
		if err := rows.Scan(&node, &link, &owner, &by, &reason, &at); err != nil {
			return nil, err
		}
		when, err := time.Parse(timeFormat, at)
		if err != nil {
			return nil, err
		}
		as = append(as, review.Assignment{Node: graph.NodeID(node), Edge: graph.EdgeID(link), Owner: owner, By: by, Reason: reason, At: when})
	}
	return as, rows.Err()
}
