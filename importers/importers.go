// Package importers reads what a team has of its AWS configuration: it finds out what each file is from its content,
// bounds what it reads, hands each document to the package that decodes it, and says per file what it took, what it
// skipped and why.
//
// Order never matters: files are read and merged by name, and permchain.yaml first, because it says which account and
// Region the others are of. Bad input costs that file only, unless the import is strict.
package importers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/importers/cloudformation"
	"github.com/permchain/permchain/importers/cloudtrail"
	"github.com/permchain/permchain/importers/organizations"
)

// Options say what the files do not, and how to go about them.
type Options struct {
	Account string // of files that neither say nor are told of in permchain.yaml or by their path; "" unknown
	Region  string
	Strict  bool // one bad file fails the import, and no facts are returned
	// Progress, when set, is called after each file: how many are done, of how many, and its name. An archive counts as one.
	Progress func(done, total int, file string)
	Stdin    io.Reader // what "-" reads; nil means os.Stdin
}

// Import reads files, folders and archives (.zip, .tar, .tar.gz, .gz), and "-" for stdin.
//
// The Report has an entry for every file, also when there is an error. The error is not nil when the import is strict and
// a file failed, when nothing at all could be taken (ErrNothing, or what was wrong with the files, each an *Error), when it
// passes a bound as a whole (ErrTooMuch), or when ctx ended; the facts are then nil.
func Import(ctx context.Context, paths []string, o Options) (*inventory.Facts, inventory.Report, error) {
	var s sources
	defer s.close()
	if err := s.paths(paths, o.Stdin); err != nil {
		return nil, inventory.Report{}, fmt.Errorf("import: %w", err)
	}
	return run(ctx, &s, o)
}

// ImportFS reads every file of a file system, as Import does with a folder.
func ImportFS(ctx context.Context, fsys fs.FS, o Options) (*inventory.Facts, inventory.Report, error) {
	var s sources
	if err := s.walk(fsys, "", ""); err != nil {
		return nil, inventory.Report{}, fmt.Errorf("import: %w", err)
	}
	return run(ctx, &s, o)
}

// ImportFiles reads files that are given one by one, as uploads are. A file whose name has folders came with a folder: as
// in Import, not knowing its format is then no error, and hidden folders are passed by.
func ImportFiles(ctx context.Context, files []File, o Options) (*inventory.Facts, inventory.Report, error) {
	var s sources
	if err := s.files(files); err != nil {
		return nil, inventory.Report{}, fmt.Errorf("import: %w", err)
	}
	return run(ctx, &s, o)
}

// run makes two passes: over permchain.yaml, and with what it says over everything.
func run(ctx context.Context, s *sources, o Options) (*inventory.Facts, inventory.Report, error) {
	slices.SortFunc(s.list, func(a, b source) int { return strings.Compare(a.name, b.name) })
	im := &importer{options: o, results: s.passed}
	err := im.intents(ctx, s)
	if err == nil {
		im.rules = newRuleSet(im.results)
		err = im.everything(ctx, s)
	}
	slices.SortFunc(im.results, compareResults)
	facts, report := &inventory.Facts{}, inventory.Report{}
	var failures []error
	for _, r := range im.results {
		report.Files = append(report.Files, r.report)
		if r.err != nil {
			failures = append(failures, r.err)
		}
		if r.facts != nil {
			facts.Merge(r.facts)
		}
	}
	if err != nil {
		return nil, report, fmt.Errorf("import: %w", err)
	}
	if o.Strict && len(failures) > 0 {
		return nil, report, fmt.Errorf("import: %w", errors.Join(failures...))
	}
	if facts.Count() == 0 {
		if len(failures) == 0 {
			failures = append(failures, ErrNothing)
		}
		return nil, report, fmt.Errorf("import: %w", errors.Join(failures...))
	}
	told := slices.Clone(facts.Warnings)
	cloudtrail.Fold(facts)
	cloudformation.Resolve(facts)
	organizations.Resolve(facts)
	settle(&report, told, facts.Warnings)
	return facts, report, nil
}

type importer struct {
	options Options
	rules   ruleSet
	results []result
	done    map[string]bool // keys read in the first pass
}

// hasVersion is in every permchain.yaml that has another name, and spares reading other YAML twice.
var hasVersion = regexp.MustCompile(`(?m)^["']?version["']?[ \t]*:`)

// intents reads every permchain.yaml. What is wrong with other files waits for the second pass.
func (im *importer) intents(ctx context.Context, s *sources) error {
	im.done = map[string]bool{}
	mayBe := func(name string) bool {
		return yamlNames[extension(name)] || strings.Contains(strings.ToLower(name[strings.LastIndexAny(name, "/!")+1:]), "permchain")
	}
	r := &reader{ctx: ctx, left: MaxTotalBytes, want: mayBe,
		take: func(src source, data []byte) {
			if !strings.Contains(strings.ToLower(src.key[strings.LastIndexByte(src.key, '/')+1:]), "permchain") && !hasVersion.Match(data) {
				return
			}
			isIntent := false
			err := documents(src, data, origin{}, func(d document) error {
				isIntent = isIntent || d.format != nil && d.format.intent
				return nil
			})
			if isIntent || err != nil && strings.Contains(path.Base(src.key), "permchain.y") {
				im.done[src.key] = true
				im.results = append(im.results, im.file(src, data))
			}
		},
		fail: func(source, error) {}, note: func(source, string, int) {},
	}
	for _, src := range s.list {
		if !src.named && !mayBe(src.name) && !archiveName(src.name) {
			continue
		}
		if err := r.source(src); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) everything(ctx context.Context, s *sources) error {
	r := &reader{ctx: ctx, left: MaxTotalBytes,
		take: func(src source, data []byte) {
			if !im.done[src.key] {
				im.results = append(im.results, im.file(src, data))
			}
		},
		fail: func(src source, err error) {
			res := result{name: src.name, key: src.key, report: inventory.FileReport{File: src.name, Bytes: max(src.size, 0)}}
			res.fail(failed(src.name, 0, "", err))
			im.results = append(im.results, res)
		},
		note: func(src source, why string, count int) {
			im.results = append(im.results, result{name: src.name, key: src.key,
				report: inventory.FileReport{File: src.name, Bytes: max(src.size, 0), Skipped: []inventory.Note{{Text: why, Count: count}}}})
		},
	}
	for i, src := range s.list {
		if err := r.source(src); err != nil {
			return err
		}
		if im.options.Progress != nil {
			im.options.Progress(i+1, len(s.list), src.name)
		}
	}
	return nil
}

// foldEvery is how many documents of one file are decoded before their events are folded, so that a day's events, one on
// a line, never stand side by side.
const foldEvery = 4096

// file decodes one file's documents. A fault in any of them is the file's, and nothing is taken from it.
func (im *importer) file(src source, data []byte) result {
	res := result{name: src.name, key: src.key, facts: &inventory.Facts{}, report: inventory.FileReport{File: src.name, Bytes: int64(len(data))}}
	from := im.rules.origin(src.name, src.key, im.options)
	var names, unknown []string
	asks, decoded := false, 0
	err := documents(src, data, from, func(d document) error {
		if d.format == nil {
			if len(unknown) >= maxUnknown {
				if decoded == 0 {
					return failed(src.name, 0, "", fmt.Errorf("%w: nor is any of the first %d documents in it", ErrUnknownFormat, maxUnknown))
				}
				return nil
			}
			skip := inventory.Skip{What: otherName(d.shape), Why: "not read by permchain",
				Source: inventory.Source{File: src.name, Pointer: d.input.At, Line: d.input.Lines + 1}}
			if unknown = append(unknown, skip.What); skip.What == "" {
				skip.Why = ErrUnknownFormat.Error()
			}
			res.facts.Skips = append(res.facts.Skips, skip)
			return nil
		}
		if !slices.Contains(names, d.name) {
			names = append(names, d.name)
		}
		asks = asks || d.format.asks
		if err := decode(d, res.facts); err != nil {
			return failed(src.name, 0, d.input.At, err)
		}
		if decoded++; decoded%foldEvery == 0 {
			cloudtrail.Fold(res.facts)
		}
		return nil
	})
	switch {
	case errors.Is(err, errNotText) && !src.named:
		res.facts = nil
		res.report.Skipped = []inventory.Note{{Text: ErrUnknownFormat.Error()}}
		return res
	case err != nil:
		res.fail(failed(src.name, 0, "", err))
		return res
	case len(names) == 0 && src.named:
		cause := ErrUnknownFormat
		if i := slices.IndexFunc(unknown, func(s string) bool { return s != "" }); i >= 0 {
			cause = fmt.Errorf("%w: it is %s, which is not read", ErrUnknownFormat, unknown[i])
		}
		res.fail(failed(src.name, 0, "", cause))
		return res
	}
	cloudtrail.Fold(res.facts)
	res.report.Format = strings.Join(names, ", ")
	describe(&res.report, res.facts)
	if asks {
		res.report.Inferred = append(slices.Clone(from.inferred), res.report.Inferred...)
	}
	return res
}

// maxRepeated bounds the repeated keys told of one document.
const maxRepeated = 10

// decode hands a document to its package. What it appended before it failed is not taken.
func decode(d document, out *inventory.Facts) error {
	var facts inventory.Facts
	if err := d.format.decode(d.input, &facts); err != nil {
		return err
	}
	if d.input.Doc != nil && !d.format.intent {
		if _, err := d.input.Value(); err != nil {
			return err
		}
		n := 0
		for key, v := range d.input.Doc.Repeated() {
			if n++; n > maxRepeated {
				break
			}
			facts.Warnings = append(facts.Warnings, inventory.Warning{Text: fmt.Sprintf("key %q is there twice in one object: the last one counts", key), Source: d.input.Source(v)})
		}
	}
	facts.Lint()
	out.Merge(&facts)
	return nil
}
