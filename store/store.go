// Package store keeps snapshots, their findings and what people assigned in one SQLite file.
//
// A snapshot is saved whole or not at all and never changes afterwards; the database itself refuses it. What
// people say (owners) is kept apart from snapshots, only ever added to, and outlives an import.
//
// A Store may be used by many goroutines, and the file by several processes: readers never wait for a writer,
// and a second writer waits its turn.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // the "sqlite3" driver
)

const (
	// pragmas hold for every connection of the pool, because they stand in its DSN: one sent by Exec would
	// reach a single connection only.
	pragmas = "_foreign_keys=on&_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate&_synchronous=NORMAL"

	// applicationID marks a file as ours (https://www.sqlite.org/pragma.html#pragma_application_id): "pchn".
	applicationID = 0x7063686e

	// fileMode is the mode of a new database: a map of who can reach what is for its owner's eyes.
	fileMode = 0o600

	// maxConns bounds the pool; each connection holds a page cache of 2 MB, and more readers than this at once
	// wait for one another.
	maxConns = 8
)

// Store is an open database. Make one with Open or OpenExisting; Close it when done.
type Store struct {
	db     *sql.DB
	path   string
	writer chan struct{} // held by the one goroutine that writes, so that ours wait for as long as their context does
	loaded loaded
}

// Open opens the database at path, makes it (readable by its owner only) where there is none, and brings an
// older one up to date. Its errors are ErrNewer, ErrNotDatabase, ErrBusy, or the system's, with the path.
func Open(ctx context.Context, path string) (*Store, error) {
	if path == "" {
		return nil, errors.New("open database: its name is empty")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := claim(abs); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := inspect(ctx, abs); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db, err := sql.Open("sqlite3", dsn(abs, pragmas))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	s := &Store{db: db, path: path, writer: make(chan struct{}, 1)}
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, errors.Join(sorted(err), db.Close()))
	}
	return s, nil
}

// OpenExisting is Open for a database that must be there already: where it is not, the error is fs.ErrNotExist
// and no file is made.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, cause(err))
	}
	return Open(ctx, path)
}

// Close closes the database. A Save under way is rolled back.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close database %s: %w", s.path, err)
	}
	return nil
}

// Path is the database's file as it was given to Open.
func (s *Store) Path() string { return s.path }

// dsn names a file to SQLite as a URI, so that no character of its path is taken for a parameter.
func dsn(abs, params string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: params}
	return u.String()
}

// claim makes the file where there is none, and takes an empty one as its own, with fileMode. SQLite gives its
// -wal and -shm files the same mode.
func claim(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return cause(err)
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err == nil && fi.Size() == 0 {
		err = cause(f.Chmod(fileMode))
	}
	return errors.Join(err, f.Close())
}

// cause drops the path that a file error repeats.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// inspect refuses a file that is somebody else's, before anything is written to it. It reads through a plain
// read-only connection: ours would turn any SQLite file into WAL mode.
func inspect(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite3", dsn(path, "mode=ro&_busy_timeout=5000"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var id, things int64
	if err := db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &things); err != nil {
		return sorted(err)
	}
	if id != applicationID && things > 0 {
		return fmt.Errorf("%w: it is an SQLite database of another program", ErrNotDatabase)
	}
	return nil
}

// write runs f in a transaction: all of it is kept, or none.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	select {
	case s.writer <- struct{}{}:
		defer func() { <-s.writer }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return sorted(err)
	}
	if err := f(tx); err != nil {
		if rerr := tx.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = errors.Join(err, rerr)
		}
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = fmt.Errorf("%w: %w", ended, err) // database/sql rolled back under us, and the error only says what it broke
		}
		return sorted(err)
	}
	return sorted(tx.Commit())
}
