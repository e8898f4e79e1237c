// Package static holds what the browser is given besides pages: styles, the one script, fonts, icons and the
// vendored htmx. Files are served under names that carry a hash of their content, so that they can be cached
// for ever and a new version is a new name.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed app.css app.js icon.svg fonts/*.woff2 fonts/*.txt vendor/*.js vendor/*.txt
var files embed.FS

// Prefix is the path under which assets are served.
const Prefix = "/static/"

// Assets are the files under their hashed names. Make one with New; it is immutable and safe for concurrent use.
type Assets struct {
	names map[string]string // name → hashed path
	files map[string]file   // hashed path → content
}

type file struct {
	name string
	data []byte
}

// Extra is a file that another package makes: the map's styles, which the drawing's writer owns.
type Extra struct {
	Name string
	Data []byte
}

// New reads the embedded files and names them. References between them (`url("fonts/…")` in a style sheet) are
// rewritten to the hashed names; a reference to a file that does not exist is an error.
func New(extra ...Extra) (*Assets, error) {
	a := &Assets{names: map[string]string{}, files: map[string]file{}}
	var sheets []Extra
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(p)
		if err != nil {
			return err
		}
		if path.Ext(p) == ".css" { // after what they refer to
			sheets = append(sheets, Extra{p, data})
			return nil
		}
		a.add(p, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	for _, s := range slices.Concat(sheets, extra) {
		data, err := a.link(s)
		if err != nil {
			return nil, err
		}
		a.add(s.Name, data)
	}
	return a, nil
}

func (a *Assets) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	hashed := Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.names[name] = hashed
	a.files[hashed] = file{name, data}
}

// link rewrites url("…") of a style sheet.
func (a *Assets) link(s Extra) ([]byte, error) {
	var out bytes.Buffer
	rest := s.Data
	for {
		before, after, found := bytes.Cut(rest, []byte(`url("`))
		out.Write(before)
		if !found {
			return out.Bytes(), nil
		}
		ref, tail, ok := bytes.Cut(after, []byte(`"`))
		if ok && bytes.HasPrefix(ref, []byte("#")) { // a part of the same document: a marker of the drawing
			out.WriteString(`url("` + string(ref) + `"`)
			rest = tail
			continue
		}
		to := a.names[string(ref)]
		if !ok || to == "" {
			return nil, fmt.Errorf("static: %s refers to %q, which is not here", s.Name, ref)
		}
		out.WriteString(`url("` + to + `"`)
		rest = tail
	}
}

// Path is the path a file is served under, or "" when there is no such file.
func (a *Assets) Path(name string) string { return a.names[name] }

// ServeHTTP answers GET and HEAD for the hashed names only.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(f.name))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.data))
}

// contentType does not ask the machine's MIME tables, which differ between systems, for what we serve.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}
