package importers

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// Errors that a caller may ask for with errors.Is.
var (
	// ErrUnknownFormat: a file that was given by name is in no format that permchain reads.
	ErrUnknownFormat = errors.New("not a format permchain knows")
	// ErrNothing: the import took no fact at all, though no file was at fault.
	ErrNothing = errors.New("there is nothing in it for permchain to take")
	// ErrTooMuch: the import as a whole passes a bound, and was stopped.
	ErrTooMuch = errors.New("the import is too large")
)

// Error says why nothing was taken from a file. Line and Column are 1-based and 0 when not known.
type Error struct {
	File         string
	Line, Column int
	Pointer      string // JSON pointer of the document in the file, when it is one of several
	Err          error
}

// Error renders as FILE:LINE:COLUMN: what.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	b.WriteString(": ")
	if e.Pointer != "" {
		b.WriteString(e.Pointer + ": ")
	}
	b.WriteString(message(e.Err))
	return b.String()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// message is what an error says without the place, which Error renders itself.
func message(err error) string {
	switch e := err.(type) {
	case *inventory.SyntaxError:
		return e.Msg
	case *yaml.LoadError:
		return e.Message
	}
	return err.Error()
}

// failed places an error in a file. lines are those before the document that it is about, for errors of our own readers,
// which count from the document's first.
func failed(file string, lines int, pointer string, err error) *Error {
	var already *Error
	if errors.As(err, &already) {
		return already
	}
	e := &Error{File: file, Pointer: pointer, Err: err}
	if s, ok := errors.AsType[*inventory.SyntaxError](err); ok {
		e.Line, e.Column = s.Line+lines, s.Column
	} else if y, ok := errors.AsType[*yaml.LoadError](err); ok {
		e.Line, e.Column = max(y.Mark.Line, 1)+lines, y.Mark.Column
	}
	return e
}
