package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/permchain/permchain/store"
)

func TestErrorsHaveTheirStatus(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{errNoPage, 404, ""}, {fmt.Errorf("link: %w", errNoThing), 404, ""}, {fmt.Errorf("x: %w", store.ErrNotFound), 404, ""},
		{errMethod, 405, ""}, {errCrossOrigin, 403, ""},
		{refuse("The owner is missing."), 422, "The owner is missing."},
		{errors.Join(refuse("The form could not be read."), errors.New("secret")), 422, "The form could not be read."},
		{fmt.Errorf("save: %w", store.ErrBusy), 503, ""}, {store.ErrFull, 507, ""},
		{fmt.Errorf("load: %w", context.DeadlineExceeded), 503, ""}, {context.Canceled, 503, ""},
		{fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 1}), 413, ""},
		{errors.New("disk on fire in /secret/path"), 500, ""}, {store.ErrDamaged, 500, ""},
	} {
		status, title, text := failure(c.err)
		if status != c.status || title == "" || text == "" {
			t.Errorf("%v: %d %q %q, want %d", c.err, status, title, text, c.status)
		}
		if c.says != "" && text != c.says {
			t.Errorf("%v says %q", c.err, text)
		}
		if status == 500 && (text == c.err.Error() || title == c.err.Error()) {
			t.Errorf("%v is shown", c.err)
		}
	}
}
