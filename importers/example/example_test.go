package example

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

// read returns every file of the example by its path.
func read(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(FS(), name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesAreWellFormed(t *testing.T) {
	files := read(t)
	if _, ok := files["permchain.yaml"]; !ok {
		t.Error("permchain.yaml is not at the root")
	}
	for name, data := range files {
		docs := [][]byte{data}
		switch path.Ext(name) {
		case ".jsonl":
			docs = bytes.Split(bytes.TrimSpace(data), []byte("\n"))
		case ".yaml":
			continue
		case ".json":
		default:
			t.Errorf("%s is of no kind that the CLI prints", name)
		}
		for i, d := range docs {
			if !json.Valid(d) {
				t.Errorf("%s: document %d is not JSON", name, i)
			}
		}
	}
}

// The example speaks of its own accounts only; 882012345678 is the stranger.
func TestAccounts(t *testing.T) {
	own := map[string]bool{"111122223333": true, "444455556666": true, "999988887777": true, "882012345678": true}
	number := regexp.MustCompile(`[:"/](\d{12})[:".]`)
	for name, data := range read(t) {
		for _, m := range number.FindAllSubmatch(data, -1) {
			if !own[string(m[1])] {
				t.Errorf("%s names account %s", name, m[1])
			}
		}
	}
}

// Every role, agent, knowledge base and bucket that a file names is described by one.
func TestNamesMeanSomething(t *testing.T) {
	files := read(t)
	var all strings.Builder
	for _, data := range files {
		all.Write(data)
	}
	described := func(pattern, name string) bool {
		return regexp.MustCompile(strings.ReplaceAll(pattern, "NAME", regexp.QuoteMeta(name))).MatchString(all.String())
	}
	for _, c := range []struct{ what, named, described string }{
		{"role", `arn:aws:iam::\d{12}:role/(?:[\w.-]+/)*([\w-]+)"`, `"?RoleName"?: "?NAME"?`},
		{"agent", `"agentId": "(\w+)"`, `"agentArn": "[^"]*:agent/NAME"`},
		{"knowledge base", `"knowledgeBaseId": "(\w+)"`, `"knowledgeBaseArn": "[^"]*:knowledge-base/NAME"`},
		{"bucket", `arn:aws:s3:::([\w-]+)`, `"Name": "NAME",\s+"CreationDate"`},
		{"function", `:function:([\w-]+)"`, `FunctionName"?: .*NAME`},
		{"collection", `:collection/(\w+)"`, `"id": "NAME"`},
	} {
		seen := map[string]bool{}
		for name, data := range files {
			for _, m := range regexp.MustCompile(c.named).FindAllSubmatch(data, -1) {
				if id := string(m[1]); !seen[id] {
					seen[id] = true
					if !described(c.described, id) {
						t.Errorf("%s names the %s %s, which no file describes", name, c.what, id)
					}
				}
			}
		}
		if len(seen) == 0 {
			t.Errorf("no %s is named: the test looks for the wrong thing", c.what)
		}
	}
}
