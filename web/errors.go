package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web/view"
)

// What a handler can say itself.
var (
	errNoPage      = errors.New("no such page")
	errNoThing     = errors.New("not in this snapshot")
	errMethod      = errors.New("method not allowed")
	errCrossOrigin = errors.New("request from another site")
	errInput       = errors.New("input refused")
)

// inputError is a refusal whose words are for the one who sent the input.
type inputError struct{ what string }

func refuse(format string, args ...any) error { return &inputError{fmt.Sprintf(format, args...)} }

func (e *inputError) Error() string        { return e.what }
func (e *inputError) Is(target error) bool { return target == errInput }

// failures is the one table from an error to what is answered. The first row that matches counts; what matches
// none is a fault of ours. The cause itself is logged and never shown, except the words of an inputError.
var failures = []struct {
	is     error
	status int
	title  string
	text   string
}{
	{errNoPage, http.StatusNotFound, "There is no such page", "The address may be mistyped, or the page may not exist in this version."},
	{errNoThing, http.StatusNotFound, "Not in this snapshot", "What this address names is not in the snapshot that is shown. It may have gone with a later import, or be in another snapshot."},
	{store.ErrNotFound, http.StatusNotFound, "There is no such snapshot", "It may never have existed in this database. Imports lists the ones that do."},
	{errMethod, http.StatusMethodNotAllowed, "That does not work here", "This address cannot be used in that way."},
	{errCrossOrigin, http.StatusForbidden, "Refused", "This request came from a page of another site, so nothing was changed. Do it from permchain's own page."},
	{errInput, http.StatusUnprocessableEntity, "That could not be used", ""},
	{store.ErrBusy, http.StatusServiceUnavailable, "The database is busy", "Another process is writing to it. Nothing was changed; try again in a moment."},
	{store.ErrFull, http.StatusInsufficientStorage, "No space is left", "The disk that holds the database is full. Nothing was changed."},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "That took too long", "It was stopped, and nothing was changed. Try a smaller part."},
	{context.Canceled, http.StatusServiceUnavailable, "Stopped", "The request was given up. Nothing was changed."},
}

// failure finds an error's row.
func failure(err error) (status int, title, text string) {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, "That is too large", "It is larger than permchain takes from a browser. Nothing was changed; `permchain import` takes more."
	}
	for _, f := range failures {
		if errors.Is(err, f.is) {
			if in, ok := errors.AsType[*inputError](err); ok {
				return f.status, f.title, in.what
			}
			return f.status, f.title, f.text
		}
	}
	return http.StatusInternalServerError, "Something went wrong in permchain", "This is a fault of permchain, not of what you did. Its log says what happened; nothing was changed."
}

// handler answers a request, or says why it could not before anything was written.
type handler func(http.ResponseWriter, *http.Request) error

// page turns a handler that returns its error into one that answers it.
func (s *server) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		if errors.Is(err, errEmpty) {
			if err = s.show(w, r, http.StatusOK, s.frame(r, nil, "Begin", r.URL.Path), view.Begin()); err == nil {
				return
			}
		}
		status, title, text := failure(err)
		if status >= http.StatusInternalServerError {
			s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "status", status, "err", err)
		} else {
			s.log.Info("request refused", "method", r.Method, "path", r.URL.Path, "status", status, "err", err)
		}
		p := s.frame(r, nil, title, "")
		var answer error
		if partOf(r) == partDrawer {
			answer = render(w, r, status, view.DrawerError(title, text))
		} else {
			answer = s.show(w, r, status, p, view.Failed(status, title, text))
		}
		if answer != nil {
			s.log.Error("error page not written", "path", r.URL.Path, "err", answer)
		}
	}
}
