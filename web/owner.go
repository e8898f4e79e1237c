package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/web/view"
)

// Bounds on what is written of an owner, in characters; the form says the same.
const (
	maxName   = 120
	maxReason = 500
)

// byCookie remembers who assigned last in this browser, so that a name is typed once. It proves nothing.
const byCookie = "by"

// assignForm is the form that gives an owner to a link or its target (e), or to a node (n). back is where it
// leads afterwards; boost is the element that htmx replaces then, "" for the whole page.
func (s *server) assignForm(r *http.Request, st *state, e *graph.Edge, n *graph.Node, back, boost string) *view.Assign {
	f := &view.Assign{Return: back, By: byOf(r), Boost: boost}
	if e != nil {
		f.Edge = string(e.ID)
		f.Owner = st.ownerOf(e).Name
		n = st.g.Node(e.To)
	} else {
		f.Owner = n.Owner.Name
	}
	if n != nil {
		f.Node, f.Subject = n.ID.Key(), st.name(n.ID)
	}
	return f
}

func byOf(r *http.Request) string {
	c, err := r.Cookie(byCookie)
	if err != nil {
		return ""
	}
	name, err := url.QueryUnescape(c.Value)
	if err != nil || checkText(name, maxName) != nil {
		return ""
	}
	return name
}

// assignOwner records an owner and goes back to where it was given.
func (s *server) assignOwner(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	owner, by, reason := strings.TrimSpace(r.PostForm.Get("owner")), strings.TrimSpace(r.PostForm.Get("by")), strings.TrimSpace(r.PostForm.Get("reason"))
	for _, f := range []struct {
		what, text string
		most       int
	}{{"The owner", owner, maxName}, {"Your name", by, maxName}, {"The reason", reason, maxReason}} {
		if f.text == "" {
			return refuse("%s is missing.", f.what)
		}
		if err := checkText(f.text, f.most); err != nil {
			return refuse("%s %s.", f.what, err)
		}
	}
	back := cmp.Or(localPath(r.PostForm.Get("return")), "/map")
	st, err := s.loadFor(r, back)
	if err != nil {
		return err
	}
	a := review.Assignment{Owner: owner, By: by, Reason: reason, At: s.now().UTC()}
	kind, key, _ := strings.Cut(r.PostForm.Get("for"), "-")
	switch kind {
	case "link":
		e := st.g.Edge(graph.EdgeID(key))
		if e == nil {
			return fmt.Errorf("assign an owner to link %q: %w", key, errNoThing)
		}
		a.Edge = e.ID
	case "node":
		n := st.g.NodeByKey(key)
		if n == nil {
			return fmt.Errorf("assign an owner to node %q: %w", key, errNoThing)
		}
		a.Node = n.ID
	default:
		return refuse("It does not say what the owner is for.")
	}
	if err := s.store.Assign(r.Context(), a); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: byCookie, Value: url.QueryEscape(by), Path: "/", MaxAge: themeAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// loadFor loads the snapshot that another address of ours shows.
func (s *server) loadFor(r *http.Request, path string) (*state, error) {
	u, err := url.Parse(path)
	if err != nil {
		return nil, refuse("The page to go back to is not an address.")
	}
	req := r.Clone(r.Context())
	req.URL = u
	return s.load(req)
}

// checkText refuses what could not be a name or a sentence typed into one line.
func checkText(s string, most int) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("is not text")
	case utf8.RuneCountInString(s) > most:
		return fmt.Errorf("is longer than %d characters", most)
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("holds control characters")
	}
	return nil
}

// formError sorts why a form could not be read: too large, or not a form.
func formError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return errors.Join(refuse("The form could not be read."), err)
}
