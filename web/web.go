// Package web serves permchain's pages over one store: chi routes, a file for each page, and what keeps them
// safe. The pages themselves are drawn by web/view.
//
// A handler gathers a typed view model, renders it into a buffer and only then writes; what goes wrong it
// returns, and errors.go turns it into a status and a page.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/permchain/permchain/graph/export"
	"github.com/permchain/permchain/graph/review"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/static"
	"github.com/permchain/permchain/store"
	"github.com/permchain/permchain/web/view"
)

// Store is what the pages need of *store.Store.
type Store interface {
	Save(ctx context.Context, s *snapshot.Snapshot) error
	Latest(ctx context.Context) (*snapshot.Snapshot, error)
	Snapshot(ctx context.Context, id int64) (*snapshot.Snapshot, error)
	List(ctx context.Context) ([]store.Summary, error)
	Assign(ctx context.Context, as ...review.Assignment) error
	Assignments(ctx context.Context) ([]review.Assignment, error)
}

// Config is what New needs. Store is required.
type Config struct {
	Store   Store
	Logger  *slog.Logger     // nil drops what would be logged
	Version string           // shown at the foot of a page
	Now     func() time.Time // nil is time.Now
	// Hosts are names that a request's Host may carry besides the loopback ones (localhost, 127.0.0.0/8, [::1]),
	// without port. A request under any other name is refused, so that a page elsewhere cannot reach this
	// server by pointing its own name at it.
	Hosts []string
}

// Bounds on time. A page is drawn from memory in milliseconds; an upload is read, evaluated and stored.
const (
	pageTimeout   = 30 * time.Second
	importTimeout = 5 * time.Minute

	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10 // cookies and a long filter fit many times over
)

type server struct {
	store   Store
	log     *slog.Logger
	version string
	now     func() time.Time
	assets  *static.Assets
	paths   view.Assets
	current cache
}

// New returns the handler of the whole application. Its error is a fault of the build: an asset that refers to
// one that is not there.
func New(cfg Config) (http.Handler, error) {
	if cfg.Store == nil {
		return nil, errors.New("web: no store")
	}
	assets, err := static.New(static.Extra{Name: "map.css", Data: []byte(export.CSS())})
	if err != nil {
		return nil, err
	}
	s := &server{store: cfg.Store, log: cfg.Logger, version: cfg.Version, now: cfg.Now, assets: assets}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.paths = view.Assets{
		CSS: assets.Path("app.css"), MapCSS: assets.Path("map.css"), JS: assets.Path("app.js"),
		HTMX: assets.Path("vendor/htmx.min.js"), Icon: assets.Path("icon.svg"), Font: assets.Path("fonts/inter-latin.woff2"),
	}

	r := chi.NewRouter()
	r.Use(s.recoverer, headers, hostCheck(cfg.Hosts), s.crossOrigin(), maxBody)
	r.Handle(static.Prefix+"*", assets)
	r.Handle("/favicon.ico", http.RedirectHandler(s.paths.Icon, http.StatusFound))
	r.Group(func(r chi.Router) {
		r.Use(timeout(pageTimeout))
		for path, h := range map[string]handler{
			"/": s.overview, "/map": s.chainMap, "/findings": s.findings, "/link/{id}": s.link, "/node/{key}": s.node,
			"/find": s.find, "/imports": s.imports,
		} {
			r.Get(path, s.page(h))
			r.Head(path, s.page(h)) // net/http leaves the body out
		}
		r.Post("/theme", s.page(s.setTheme))
		r.Post("/owner", s.page(s.assignOwner))
		r.NotFound(s.page(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
		r.MethodNotAllowed(s.page(func(http.ResponseWriter, *http.Request) error { return errMethod }))
	})
	r.Group(func(r chi.Router) {
		r.Use(timeout(importTimeout))
		r.Post("/imports", s.page(s.upload))
	})
	return r, nil
}

// Server returns an http.Server around a handler made by New, with its time-outs set. The caller listens,
// serves and shuts down.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       importTimeout,
		WriteTimeout:      importTimeout + pageTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
}
