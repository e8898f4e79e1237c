package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema; Version counts from 1 without a gap.
type migration struct {
	Version int
	Name    string
	SQL     string
}

// readMigrations returns the steps in fsys in order. The number that a file's name begins with is its version.
func readMigrations(fsys fs.FS) ([]migration, error) {
	names, err := fs.Glob(fsys, "migrations/*.sql") // sorted by name
	if err != nil {
		return nil, err
	}
	steps := make([]migration, 0, len(names))
	for i, name := range names {
		base := strings.TrimPrefix(name, "migrations/")
		number, _, _ := strings.Cut(base, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: its number is not %04d, the next in line", base, i+1)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", base, err)
		}
		steps = append(steps, migration{version, base, string(text)})
	}
	return steps, nil
}

// migrate brings the schema up to date, each step in a transaction of its own. A database of a later schema
// than this program knows is left alone: ErrNewer.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := readMigrations(migrationFiles)
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, s.db)
	if err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("%w (its schema is %d, this one knows %d): use that version, or another file", ErrNewer, version, len(steps))
	}
	for _, step := range steps[version:] {
		if err := s.write(ctx, func(tx *sql.Tx) error { return apply(ctx, tx, step) }); err != nil {
			return fmt.Errorf("migration %s: %w", step.Name, err)
		}
	}
	return nil
}

// apply takes one step, unless another process has taken it since the version was read.
func apply(ctx context.Context, tx *sql.Tx, step migration) error {
	version, err := schemaVersion(ctx, tx)
	if err != nil || version >= step.Version {
		return err
	}
	if version == 0 {
		// Both are part of the transaction, as the tables are.
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d;
			CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT`, applicationID))
		if err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, step.SQL); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO schema_version (version, name) VALUES (?, ?)", step.Version, step.Name)
	return err
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schemaVersion is the last step that was taken, 0 for a new file.
func schemaVersion(ctx context.Context, q querier) (int, error) {
	var there bool
	if err := q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'").Scan(&there); err != nil || !there {
		return 0, err
	}
	var version int
	err := q.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_version").Scan(&version)
	return version, err
}
