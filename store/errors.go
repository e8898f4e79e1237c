package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// What can be asked of an error with errors.Is.
var (
	ErrNotFound    = errors.New("no such snapshot")
	ErrNewer       = errors.New("it was written by a newer permchain")
	ErrNotDatabase = errors.New("not a permchain database")
	ErrBusy        = errors.New("another process is writing to it")
	ErrImmutable   = errors.New("what is stored is never changed")
	ErrDamaged     = errors.New("the database is damaged")
	ErrFull        = errors.New("no space is left for it")
)

// byCode says which of our errors an SQLite result code is (https://www.sqlite.org/rescode.html).
var byCode = map[sqlite3.ErrNo]error{
	sqlite3.ErrBusy:    ErrBusy,
	sqlite3.ErrLocked:  ErrBusy,
	sqlite3.ErrNotADB:  ErrNotDatabase,
	sqlite3.ErrCorrupt: ErrDamaged,
	sqlite3.ErrFull:    ErrFull,
}

// sorted joins an SQLite error with the one of ours that its code stands for; nil stays nil, others stay as
// they are.
func sorted(err error) error {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return err
	}
	if e.Code == sqlite3.ErrInterrupt { // the driver's word for a context that ended
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	if e.ExtendedCode == sqlite3.ErrConstraintTrigger {
		return fmt.Errorf("%w: %w", ErrImmutable, err)
	}
	if ours, ok := byCode[e.Code]; ok {
		return fmt.Errorf("%w: %w", ours, err)
	}
	return err
}
