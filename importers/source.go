package importers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// File is one file to import, as an upload has it. Name may hold folders. Open may be called more than once and each
// reader is closed.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// source is a file that may be an archive.
type source struct {
	name  string // as shown: the path as the user gave it
	key   string // slash path that sources rules are matched on
	named bool   // given by name, so that not knowing it is an error
	size  int64  // -1 when not known
	open  func() (io.ReadCloser, error)
}

// sources collects files, and reports on what it passes by.
type sources struct {
	list    []source
	passed  []result       // skipped folders and links, and paths that cannot be read
	seen    map[string]int // by key, where in list
	closers []io.Closer
}

func (s *sources) close() {
	for _, c := range s.closers {
		c.Close()
	}
}

func (s *sources) add(src source) error {
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	if i, ok := s.seen[src.key]; ok { // given twice, or by name and with its folder: in either order it is the same
		s.list[i].named = s.list[i].named || src.named
		s.list[i].name = min(s.list[i].name, src.name)
		return nil
	}
	s.seen[src.key] = len(s.list)
	if len(s.list) >= MaxFiles {
		return fmt.Errorf("%w: more than %d files", ErrTooMuch, MaxFiles)
	}
	s.list = append(s.list, src)
	return nil
}

func (s *sources) skip(name, why string) {
	s.passed = append(s.passed, result{name: name, key: name, report: inventory.FileReport{File: name, Skipped: []inventory.Note{{Text: why}}}})
}

func (s *sources) fail(name string, err error) {
	r := result{name: name, key: name, report: inventory.FileReport{File: name}}
	r.fail(&Error{File: name, Err: err})
	s.passed = append(s.passed, r)
}

// paths adds files and folders of the machine, and "-" for stdin.
func (s *sources) paths(paths []string, stdin io.Reader) error {
	for _, p := range paths {
		if p == "-" {
			if err := s.stdin(stdin); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(p)
		if err != nil {
			s.fail(filepath.ToSlash(p), pathCause(err))
			continue
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			s.fail(filepath.ToSlash(p), err)
			continue
		}
		name, key := filepath.ToSlash(filepath.Clean(p)), filepath.ToSlash(abs)
		switch {
		case info.IsDir():
			if err := s.folder(p, name, key); err != nil {
				return err
			}
		case info.Mode().IsRegular():
			if err := s.add(source{name: name, key: key, named: true, size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(p) }}); err != nil {
				return err
			}
		default:
			s.fail(name, errors.New("is neither a file nor a folder"))
		}
	}
	return nil
}

// files adds files by their names; those of the same name are different files, and are told apart.
func (s *sources) files(files []File) error {
	given, hiddenIn := map[string]int{}, map[string]bool{}
	for _, f := range files {
		name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/")
		folders := strings.Split(path.Dir(name), "/")
		if i := slices.IndexFunc(folders, func(p string) bool { return p != "." && hidden(p) }); i >= 0 {
			if at := strings.Join(folders[:i+1], "/"); !hiddenIn[at] {
				hiddenIn[at] = true
				s.skip(at, "a hidden folder")
			}
			continue
		}
		if given[name]++; given[name] > 1 {
			ext := path.Ext(name)
			name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), given[name], ext)
		}
		if err := s.add(source{name: name, key: name, named: len(folders) == 1 && folders[0] == ".", size: -1, open: f.Open}); err != nil {
			return err
		}
	}
	return nil
}

// pathCause is the error without the path, which the report names already.
func pathCause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// stdin is read at once: it can be read only once.
func (s *sources) stdin(r io.Reader) error {
	if r == nil {
		r = os.Stdin
	}
	buf := bufio.NewReaderSize(r, sniffLen)
	head, err := buf.Peek(sniffLen)
	if err != nil && err != io.EOF {
		s.fail("-", err)
		return nil
	}
	limit := int64(MaxFileBytes)
	if archiveKind(head) != "" {
		limit = MaxHeldBytes
	}
	data, err := readAll(buf, limit, "it")
	if err != nil {
		s.fail("-", err)
		return nil
	}
	return s.add(source{name: "-", key: "-", named: true, size: int64(len(data)), open: held(data)})
}

// folder adds what is in a folder and reads it through os.Root, so that no link leads out of it.
func (s *sources) folder(p, name, key string) error {
	root, err := os.OpenRoot(p)
	if err != nil {
		s.fail(name, pathCause(err))
		return nil
	}
	s.closers = append(s.closers, root)
	if name == "." {
		name = ""
	}
	return s.walk(root.FS(), name, key)
}

// walk adds the files of a file system in order. Hidden folders, links and what is no file are passed by with a note.
func (s *sources) walk(fsys fs.FS, name, key string) error {
	return fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		shown := path.Join(name, p)
		if err != nil {
			s.fail(shown, pathCause(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		switch {
		case p == ".":
			return nil
		case d.IsDir() && hidden(d.Name()):
			s.skip(shown, "a hidden folder")
			return fs.SkipDir
		case d.IsDir() && strings.Count(p, "/") >= maxFolderDepth:
			s.skip(shown, fmt.Sprintf("more than %d folders deep", maxFolderDepth))
			return fs.SkipDir
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			s.skip(shown, "a symbolic link, which is not followed")
			return nil
		case !d.Type().IsRegular():
			s.skip(shown, "neither a file nor a folder")
			return nil
		}
		size := int64(-1)
		if info, err := d.Info(); err == nil {
			size = info.Size()
		}
		return s.add(source{name: shown, key: path.Join(key, p), size: size, open: func() (io.ReadCloser, error) { return fsys.Open(p) }})
	})
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || name == "__MACOSX" }
