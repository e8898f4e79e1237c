package importers

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarred(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(members[name])), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// put writes one file and returns its path.
func put(t *testing.T, name string, data []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestArchives(t *testing.T) {
	members := map[string]string{"d/b.json": roleNamed("b"), "a.json": roleNamed("a"), "readme.md": "x", "__MACOSX/._a.json": "x", ".git/c.json": roleNamed("c")}
	for name, data := range map[string][]byte{
		"d.zip": zipped(t, members), "d.tar": tarred(t, members), "d.tar.gz": gzipped(t, tarred(t, members)), "d.tgz": gzipped(t, tarred(t, members)),
		"nameless": zipped(t, members), // known by content
	} {
		p := put(t, name, data)
		f, r, err := Import(t.Context(), []string{p}, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := roles(f); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("%s: roles %v", name, got)
		}
		if got := f.Roles[1].Source.File; got != filepath.ToSlash(p)+"!d/b.json" {
			t.Errorf("%s: source %s", name, got)
		}
		if fr := reportOf(t, r, name); len(fr.Skipped) != 1 || fr.Skipped[0].Text != "hidden files in it" || fr.Skipped[0].Count != 2 {
			t.Errorf("%s: %+v", name, fr)
		}
		if fr := reportOf(t, r, "!readme.md"); len(fr.Skipped) != 1 || fr.Error != "" {
			t.Errorf("%s: %+v", name, fr)
		}
	}
}

func TestNestedArchives(t *testing.T) {
	inner := map[string]string{"events.json.gz": string(gzipped(t, []byte(oneRole)))}
	p := put(t, "d.zip", zipped(t, map[string]string{"x/logs.tar.gz": string(gzipped(t, tarred(t, inner)))}))
	f, r, err := Import(t.Context(), []string{p}, Options{})
	if err != nil || len(f.Roles) != 1 || !strings.HasSuffix(r.Files[0].File, "d.zip!x/logs.tar.gz!events.json.gz") {
		t.Errorf("%v %+v", err, r.Files)
	}
	deep := oneRole
	for range MaxNesting + 1 {
		deep = string(zipped(t, map[string]string{"a": deep}))
	}
	if _, _, err := Import(t.Context(), []string{put(t, "d.zip", []byte(deep))}, Options{}); err == nil || !strings.Contains(err.Error(), "d.zip!a!a!a: archives nested more than 3 deep") {
		t.Errorf("too deep: %v", err)
	}
	if _, _, err := Import(t.Context(), []string{put(t, "l.json.gz", gzipped(t, gzipped(t, gzipped(t, gzipped(t, []byte(oneRole))))))}, Options{}); err == nil || !strings.Contains(err.Error(), "nested") {
		t.Errorf("gzip in gzip: %v", err)
	}
}

// TestIntentInArchive: sources rules of a permchain.yaml inside an archive hold for its other members.
func TestIntentInArchive(t *testing.T) {
	members := map[string]string{"dump/permchain.yaml": "version: 1\nsources:\n  - {path: \"prod/*\", account: \"111122223333\", region: eu-central-1}\n", "dump/prod/agents.json": oneAgents}
	for name, data := range map[string][]byte{"d.zip": zipped(t, members), "d.tar.gz": gzipped(t, tarred(t, members))} {
		f, r, err := Import(t.Context(), []string{put(t, name, data)}, Options{})
		if err != nil || len(f.Intents) != 1 || len(f.Agents) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if fr := reportOf(t, r, "agents.json"); len(fr.Inferred) == 0 || !strings.Contains(fr.Inferred[0], "account 111122223333 and Region eu-central-1 from ") {
			t.Errorf("%s: %v", name, fr.Inferred)
		}
	}
}

// TestRefusedMembers: an archive that leads out of itself is refused by the member's name, and nothing of it is read.
func TestRefusedMembers(t *testing.T) {
	for member, why := range map[string]string{
		"../evil.json": "leads out of the archive", "a/../../evil.json": "leads out of the archive", "/etc/evil.json": "has an absolute path",
		`..\evil.json`: "leads out of the archive", `C:\evil.json`: "has an absolute path", `\\host\evil.json`: "has an absolute path",
	} {
		members := map[string]string{"a.json": oneRole, member: oneRole}
		for name, data := range map[string][]byte{"d.zip": zipped(t, members), "d.tar": tarred(t, members), "d.tar.gz": gzipped(t, tarred(t, members))} {
			f, r, err := Import(t.Context(), []string{put(t, name, data)}, Options{})
			if f != nil || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%s: refused, nothing of it was read: its member %q %s", name, member, why)) {
				t.Errorf("%s with %q: %v", name, member, err)
			}
			if len(r.Files) != 1 {
				t.Errorf("%s with %q: %+v", name, member, r.Files)
			}
		}
	}
}

func TestRefusedLinks(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "link.json"}
	h.SetMode(fs.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("/etc/passwd")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = Import(t.Context(), []string{put(t, "d.zip", b.Bytes())}, Options{})
	if err == nil || !strings.Contains(err.Error(), `"link.json" is a symbolic link`) {
		t.Error(err)
	}
	for _, kind := range []byte{tar.TypeSymlink, tar.TypeLink, tar.TypeFifo} {
		b.Reset()
		tw := tar.NewWriter(&b)
		if err := tw.WriteHeader(&tar.Header{Name: "link.json", Linkname: "/etc/passwd", Typeflag: kind}); err != nil {
			t.Fatal(err)
		}
		if err := tw.Close(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Import(t.Context(), []string{put(t, "d.tar", b.Bytes())}, Options{}); err == nil || !strings.Contains(err.Error(), `refused, nothing of it was read: its member "link.json" is`) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// TestBombs: what expands beyond all measure is stopped early, whatever it is wrapped in.
func TestBombs(t *testing.T) {
	zeros := bytes.Repeat([]byte(" "), 3*expansionSlack) // to 12 kB
	bomb := gzipped(t, zeros)
	for name, data := range map[string][]byte{
		"b.json.gz":  bomb,
		"b.zip":      zipped(t, map[string]string{"a.json": string(zeros)}),
		"b.tar.gz":   gzipped(t, tarred(t, map[string]string{"a.json": string(zeros)})),
		"nested.zip": zipped(t, map[string]string{"a.json.gz": string(bomb)}),
		"twice.gz":   gzipped(t, bomb),
	} {
		f, r, err := Import(t.Context(), []string{put(t, name, data)}, Options{})
		var bound boundError
		if f != nil || !errors.As(err, &bound) || !strings.Contains(err.Error(), "expands to more than 200 times its size") {
			t.Errorf("%s (%d bytes): %v", name, len(data), err)
		}
		if len(r.Files) == 0 || r.Files[0].Error == "" {
			t.Errorf("%s: %+v", name, r.Files)
		}
	}
}

// TestCutArchives: an archive that is cut off costs itself, with its name.
func TestCutArchives(t *testing.T) {
	for name, data := range map[string][]byte{"d.zip": zipped(t, map[string]string{"a.json": oneRole}), "d.tar.gz": gzipped(t, tarred(t, map[string]string{"a.json": oneRole})), "d.json.gz": gzipped(t, []byte(oneRole))} {
		_, _, err := Import(t.Context(), []string{put(t, name, data[:len(data)-30])}, Options{})
		var e *Error
		if !errors.As(err, &e) || !strings.HasSuffix(e.File, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
