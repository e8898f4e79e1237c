package importers

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// reader goes through sources, and through the archives among them.
type reader struct {
	ctx   context.Context
	left  int64 // bytes that may still be read
	files int   // files met so far
	meter *meter

	want func(name string) bool        // whether a document is to be read; nil: every one
	take func(src source, data []byte) // a document's bytes
	fail func(src source, err error)   // a file that cannot be read
	note func(src source, why string, count int)
}

// source reads one source: each member of an archive, or the document that it is. What is wrong with it goes to fail; the
// error returned ends the whole pass.
func (r *reader) source(src source) error {
	read := &counter{}
	r.meter = &meter{in: func() int64 { return max(src.size, read.n) }}
	return r.read(src, read, 0)
}

func (r *reader) read(src source, read *counter, depth int) error {
	if err := r.count(); err != nil {
		return err
	}
	f, err := src.open()
	if err != nil {
		r.fail(src, pathCause(err))
		return nil
	}
	defer f.Close()
	read.r = f
	buf, layers, kind, err := unwrap(read, r.meter)
	if err != nil {
		r.fail(src, err)
		return nil
	}
	if kind != "" && depth+layers >= MaxNesting {
		r.fail(src, boundError(fmt.Sprintf("archives nested more than %d deep", MaxNesting)))
		return nil
	}
	switch kind {
	case kindZip:
		at, size, err := readerAt(f, src.size, layers, buf)
		if err != nil {
			r.fail(src, err)
			return nil
		}
		return r.zip(src, at, size, depth+layers)
	case kindTar:
		if err := tarNames(src); err != nil {
			r.fail(src, err)
			return nil
		}
		return r.tar(src, buf, depth+layers)
	}
	if layers > 0 {
		src.size = -1
	}
	return r.document(src, buf)
}

func (r *reader) count() error {
	if r.files++; r.files > MaxFiles {
		return fmt.Errorf("%w: more than %d files", ErrTooMuch, MaxFiles)
	}
	return r.ctx.Err()
}

func (r *reader) document(src source, in io.Reader) error {
	if r.want != nil && !r.want(src.name) {
		return nil
	}
	if src.size > MaxFileBytes {
		r.fail(src, boundError("it is larger than "+bytesText(MaxFileBytes)))
		return nil
	}
	limit := min(MaxFileBytes, r.left)
	data, err := readAll(in, limit, "it")
	r.left -= int64(len(data))
	if _, over := errors.AsType[boundError](err); over && limit < MaxFileBytes {
		return fmt.Errorf("%w: it expands to more than %s", ErrTooMuch, bytesText(MaxTotalBytes))
	}
	if err != nil {
		r.fail(src, pathCause(err))
		return nil
	}
	r.take(src, data)
	return nil
}

// member reads one member of an archive, which may be an archive itself.
func (r *reader) member(outer source, name string, size int64, in io.Reader, depth int) error {
	src := source{name: outer.name + "!" + name, key: outer.key + "/" + name, size: size}
	buf := bufio.NewReaderSize(in, sniffLen)
	head, err := buf.Peek(sniffLen)
	if err != nil && err != io.EOF {
		r.fail(src, err)
		return nil
	}
	if archiveKind(head) == "" {
		if err := r.count(); err != nil {
			return err
		}
		return r.document(src, buf)
	}
	data, err := readAll(buf, min(MaxHeldBytes, r.left), "an archive inside an archive")
	if err != nil {
		r.fail(src, err)
		return nil
	}
	r.left -= int64(len(data))
	src.size, src.open = int64(len(data)), held(data)
	return r.read(src, &counter{}, depth+1)
}

// zip reads members in the order of their names. Before the first is read, every name has been checked.
func (r *reader) zip(src source, at io.ReaderAt, size int64, depth int) error {
	z, err := zip.NewReader(at, size)
	if err != nil {
		r.fail(src, err)
		return nil
	}
	if len(z.File) > MaxFiles {
		return fmt.Errorf("%w: %s holds more than %d files", ErrTooMuch, src.name, MaxFiles)
	}
	for _, f := range z.File {
		if err := checkMember(f.Name, f.Mode()); err != nil {
			r.fail(src, err)
			return nil
		}
	}
	slices.SortStableFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	hiddenFiles, files := 0, 0
	for _, f := range z.File {
		if f.Mode().IsDir() {
			continue
		}
		files++
		if hiddenMember(f.Name) {
			hiddenFiles++
			continue
		}
		if r.want != nil && !r.want(f.Name) && !archiveName(f.Name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			r.fail(source{name: src.name + "!" + f.Name, key: src.key + "/" + f.Name}, err)
			continue
		}
		err = r.member(src, f.Name, int64(min(f.UncompressedSize64, 1<<62)), r.meter.reader(in), depth)
		in.Close()
		if err != nil {
			return err
		}
	}
	r.finish(src, files, hiddenFiles)
	return nil
}

func (r *reader) tar(src source, in io.Reader, depth int) error {
	t := tar.NewReader(in)
	hiddenFiles, files := 0, 0
	for {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			r.fail(src, err)
			return nil
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		files++
		if hiddenMember(h.Name) {
			hiddenFiles++
			continue
		}
		if err := r.member(src, path.Clean(h.Name), h.Size, t, depth); err != nil {
			return err
		}
	}
	r.finish(src, files, hiddenFiles)
	return nil
}

func (r *reader) finish(src source, files, hiddenFiles int) {
	if hiddenFiles > 0 {
		r.note(src, "hidden files in it", hiddenFiles)
	}
	if files == 0 {
		r.note(src, "an empty archive", 1)
	}
}

// tarNames opens a tar once more and checks every member before the first is read: a tar has no list of what is in it.
func tarNames(src source) error {
	f, err := src.open()
	if err != nil {
		return pathCause(err)
	}
	defer f.Close()
	read := &counter{r: f}
	buf, _, _, err := unwrap(read, &meter{in: func() int64 { return max(src.size, read.n) }})
	if err != nil {
		return err
	}
	t := tar.NewReader(buf)
	for n := 0; ; n++ {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if n >= MaxFiles {
			return boundError(fmt.Sprintf("holds more than %d files", MaxFiles))
		}
		if h.Typeflag == tar.TypeXGlobalHeader { // git archive writes one, which names no file
			continue
		}
		if err := checkMember(h.Name, h.FileInfo().Mode()); err != nil {
			return err
		}
		if h.Typeflag == tar.TypeLink {
			return refused(h.Name, "is a link")
		}
	}
}

// checkMember refuses what has no place in an archive of dumps and could lead out of it. Nothing is ever written to disk;
// an archive with such a member was made to do harm, and nothing of it is believed.
func checkMember(name string, mode fs.FileMode) error {
	switch clean := strings.TrimSuffix(name, "/"); {
	case mode&fs.ModeSymlink != 0:
		return refused(name, "is a symbolic link")
	case !mode.IsRegular() && !mode.IsDir():
		return refused(name, "is neither a file nor a folder")
	case strings.HasPrefix(name, "/"), strings.HasPrefix(name, `\`), len(name) > 1 && name[1] == ':':
		return refused(name, "has an absolute path")
	case slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }), ".."):
		return refused(name, "leads out of the archive")
	case clean == "" || strings.ContainsRune(name, 0):
		return refused(name, "has no usable name")
	}
	return nil
}

func refused(name, why string) error {
	return fmt.Errorf("refused, nothing of it was read: its member %q %s", name, why)
}

func hiddenMember(name string) bool {
	parts := strings.Split(path.Clean(name), "/")
	return slices.ContainsFunc(parts[:len(parts)-1], hidden) || strings.HasPrefix(parts[len(parts)-1], "._")
}

// archiveName goes by the end of a name, for the pass that does not open every file.
func archiveName(name string) bool {
	return slices.Contains([]string{".zip", ".gz", ".tgz", ".tar"}, strings.ToLower(path.Ext(name)))
}

// Kinds of archives, by their magic numbers.
const (
	kindGzip = "gzip"
	kindZip  = "zip"
	kindTar  = "tar"

	magicTarAt = 257 // https://pkg.go.dev/archive/tar: the magic of USTAR, PAX and GNU headers
	sniffLen   = 512
)

func archiveKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return kindGzip
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZip
	case len(head) > magicTarAt && bytes.HasPrefix(head[magicTarAt:], []byte("ustar")):
		return kindTar
	}
	return ""
}

// unwrap looks at what a file begins with and takes gzip off, so that what is left is a zip, a tar or a document.
func unwrap(in io.Reader, m *meter) (buf *bufio.Reader, layers int, kind string, err error) {
	for {
		buf = bufio.NewReaderSize(in, 64<<10)
		head, err := buf.Peek(sniffLen)
		if err != nil && err != io.EOF {
			return nil, layers, "", pathCause(err)
		}
		if kind = archiveKind(head); kind != kindGzip {
			return buf, layers, kind, nil
		}
		if layers++; layers > MaxNesting {
			return nil, layers, "", boundError(fmt.Sprintf("archives nested more than %d deep", MaxNesting))
		}
		z, err := gzip.NewReader(buf)
		if err != nil {
			return nil, layers, "", err
		}
		in = m.reader(z)
	}
}

// readerAt is what a zip is read from: the file itself, or what it is when it has to be held in memory.
func readerAt(f io.Reader, size int64, layers int, buf io.Reader) (io.ReaderAt, int64, error) {
	if at, ok := f.(io.ReaderAt); ok && layers == 0 && size >= 0 {
		return at, size, nil
	}
	data, err := readAll(buf, MaxHeldBytes, "a zip that has to be held in memory")
	if err != nil {
		return nil, 0, pathCause(err)
	}
	return bytes.NewReader(data), int64(len(data)), nil
}

// memory is an opened file that is in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// held opens bytes that are in memory.
func held(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return memory{bytes.NewReader(data)}, nil }
}
