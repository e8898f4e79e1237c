package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// the scripts run at one time, so that what they print can be compared.
var scriptTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"permchain": func() {
			os.Exit(run(context.Background(), os.Args[1:], system{
				in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: func(string) string { return "" }, now: func() time.Time { return scriptTime },
			}))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("PERMCHAIN_ACCEPT") != "",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"nesting": nesting,
			"archive": archive,
			"mode":    mode,
		},
	})
}

// exits CODE PROGRAM ARG… runs a program and compares its exit code. A fault may be one line only, with the
// program's name.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		e, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want || neg {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if !strings.HasPrefix(line, "permchain: ") {
			ts.Fatalf("standard error has a line that does not begin with the program's name: %q", line)
		}
	}
}

// nesting FILE BYTES writes a JSON document that is nothing but arrays in arrays.
func nesting(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := bufio.NewWriterSize(f, 1<<20)
	chunk := bytes.Repeat([]byte("["), 1<<20)
	for ; n > 0; n -= len(chunk) {
		_, err := w.Write(chunk[:min(n, len(chunk))])
		ts.Check(err)
	}
	ts.Check(w.Flush())
	ts.Check(f.Close())
}

// archive ZIP NAME=FILE… makes an archive whose members have exactly the names given.
func archive(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, arg := range args[1:] {
		name, file, _ := strings.Cut(arg, "=")
		w, err := z.Create(name)
		ts.Check(err)
		_, err = io.WriteString(w, ts.ReadFile(file))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

// mode PERM FILE… compares the permissions of files.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args[1:] {
		fi, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if got := fmt.Sprintf("%o", fi.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", file, got, args[0])
		}
	}
}

func TestLoopback(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:8080": true, "127.3.2.1:0": true, "[::1]:8080": true, "localhost:0": true, "127.0.0.1:http": true,
		"0.0.0.0:8080": false, ":8080": false, "[::]:8080": false, "192.168.1.4:8080": false, "example.com:80": false, "127.0.0.1": false,
		"localhost.example.com:80": false, "127.0.0.1:99999": false, "127.0.0.1:x": false, "[::ffff:8.8.8.8]:80": false, "": false, "127.1:80": false,
	} {
		err := loopback(addr)
		if (err == nil) != ok {
			t.Errorf("%q: %v", addr, err)
		}
		if e, is := errors.AsType[*exitError](err); err != nil && (!is || e.code != exitInput) {
			t.Errorf("%q: the refusal has no exit code of bad use: %v", addr, err)
		}
	}
}

// TestServe starts the program as main does, asks for a page, and stops it as a signal would.
func TestServe(t *testing.T) {
	db := filepath.Join(t.TempDir(), "p.db")
	for _, args := range [][]string{
		{"demo", "--no-open", "--addr", "127.0.0.1:0", "--db", db},
		{"serve", "--addr", "localhost:0", "--db", db},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		out, in := io.Pipe()
		var errOut bytes.Buffer
		code := -1
		var server sync.WaitGroup
		server.Go(func() {
			code = run(ctx, args, system{in: strings.NewReader(""), out: in, err: &errOut, getenv: func(string) string { return "" }, now: time.Now})
			in.Close()
		})
		url := ""
		lines := bufio.NewScanner(out)
		for url == "" && lines.Scan() {
			url = regexp.MustCompile(`http://[^ ]*`).FindString(lines.Text())
		}
		if url != "" {
			for _, page := range []string{"", "map", "findings", "imports"} {
				resp, err := http.Get(url + page)
				if err != nil {
					t.Errorf("%v: %v", args, err)
					continue
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("permchain")) {
					t.Errorf("%v: /%s: %s, %v", args, page, resp.Status, err)
				}
				resp.Body.Close()
			}
		}
		cancel()
		for lines.Scan() { // the rest, so that nothing waits for the pipe
		}
		server.Wait()
		if url == "" || code != exitDone {
			t.Errorf("%v: address %q, exit code %d, standard error: %s", args, url, code, errOut.String())
		}
		if _, err := http.Get(url); err == nil {
			t.Errorf("%v: it still answers", args)
		}
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"support-agent":            "support-agent",
		"ünï 日本 😀":                 "ünï 日本 😀",
		"\x1b[2J\x1b]0;owned\x07x": `\x1b[2J\x1b]0;owned\x07x`,
		"name\npermchain: all ok":  `name\x0apermchain: all ok`,
		"a\u202eb\u2066c":          `a\u202eb\u2066c`,
		"\u009b31m":                `\u009b31m`,
		"bad\xffbyte":              "bad\ufffdbyte",
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestProgressIsForTerminals(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		var b bytes.Buffer
		clock := scriptTime
		p := newProgress(system{err: &b, terminal: terminal, now: func() time.Time { return clock }})
		for i := range 100 {
			p.show(i, 100, "folder/"+strings.Repeat("x", 100)+"\x1b.json")
			clock = clock.Add(progressEvery / 10)
		}
		p.clear()
		if !terminal && b.Len() > 0 {
			t.Errorf("progress was drawn where there is no terminal: %q", b.String())
		}
		if drawn := strings.Count(b.String(), "reading "); terminal && (drawn < 9 || drawn > 11 || !strings.HasSuffix(b.String(), "\r\x1b[K")) {
			t.Errorf("drawn %d times: %q", drawn, b.String())
		}
	}
}
