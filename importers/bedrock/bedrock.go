// Package bedrock decodes what the AWS CLI prints about AI workloads and what stands around them: Bedrock models,
// agents, knowledge bases and guardrails, AgentCore, SageMaker endpoints, Lambda functions, logs and trails, buckets,
// tables, secrets and keys. One document is one command's output.
//
// Most outputs say what they are of. The few that do not (get-bucket-tagging, get-trail-status, list-agent-aliases …)
// are known by the name of their file, as get-bucket-tagging-product-docs.json; where that says nothing either, what
// they are of stays unknown and the import says so.
//
// # Attrs of a Resource
//
//	AWS::Logs::LogGroup            "retention" (days, or "never expires"), "kms key" ("" when there is none), "encryption"
//	                               ("no customer key" when there is none), "class"
//	AWS::S3::Bucket                "access log bucket", "encryption", "kms key", "retention" (days, or "never expires"; with
//	                               words behind it where parts of the bucket expire otherwise)
//	AWS::DynamoDB::Table           "kms key"
//	AWS::SecretsManager::Secret    "kms key"
//	AWS::KMS::Key                  "manager" (AWS or CUSTOMER), "state", "description"
//	AWS::SageMaker::EndpointConfig "models" (names, comma-separated), "role"
//	AWS::SageMaker::Model          "role"
//
// An attribute that is absent is not known; one that is empty is known to be none.
package bedrock

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// format is one output of one command.
type format struct {
	name string // what people see: the command
	is   func(inventory.Shape) bool
	take func(*decoder, inventory.Value) error
}

// formats are tried in order. Each goes by keys that no other command prints together.
var formats = concat(modelFormats, agentFormats, actionFormats, knowledgeFormats, flowFormats, agentCoreFormats,
	sageMakerFormats, lambdaFormats, logFormats, trailFormats, storageFormats)

func concat(lists ...[]format) []format {
	var out []format
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// Recognize reports whether the document is an output that Decode reads, and of which command.
func Recognize(s inventory.Shape) (name string, ok bool) {
	if f := find(s); f != nil {
		return f.name, true
	}
	return "", false
}

func find(s inventory.Shape) *format {
	if s.YAML || s.Root.Kind != inventory.Object {
		return nil
	}
	for i := range formats {
		if formats[i].is(s) {
			return &formats[i]
		}
	}
	return nil
}

// ErrNotRecognized is returned by Decode for a document that Recognize does not know.
var ErrNotRecognized = errors.New("not an output of the AWS CLI that is read here")

// Decode appends the facts of one output. Its errors name the command and the JSON pointer.
func Decode(in inventory.Input, out *inventory.Facts) error {
	root, err := in.Value()
	if err != nil {
		return err
	}
	f := find(in.Doc.Shape(in.File, in.As))
	if f == nil {
		return ErrNotRecognized
	}
	d := &decoder{in: &in, out: out}
	if err := f.take(d, root); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if more := root.First("nextToken", "NextToken", "NextMarker"); more.Str() != "" {
		d.warn(more, "the listing goes on: only this page of it was imported")
	}
	return nil
}

// decoder holds one document while it is read.
type decoder struct {
	in  *inventory.Input
	out *inventory.Facts
}

func (d *decoder) source(v inventory.Value) inventory.Source { return d.in.Source(v) }

func (d *decoder) warn(v inventory.Value, format string, args ...any) {
	d.out.Warnings = append(d.out.Warnings, inventory.Warning{Text: fmt.Sprintf(format, args...), Source: d.source(v)})
}

func (d *decoder) skip(v inventory.Value, what, why string) {
	d.out.Skips = append(d.out.Skips, inventory.Skip{What: what, Why: why, Source: d.source(v)})
}

// infer says what was concluded from the file's name, once for a document.
func (d *decoder) infer(v inventory.Value, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, w := range d.out.Inferred {
		if w.Text == text && w.Source.File == d.in.File {
			return
		}
	}
	d.out.Inferred = append(d.out.Inferred, inventory.Warning{Text: text, Source: d.source(v)})
}

// each calls take for each object of the array v. What is no object, or lacks what it cannot be used without, is
// skipped, saying so: one bad entry does not cost the listing.
func (d *decoder) each(v inventory.Value, take func(inventory.Value) error) {
	for e := range v.Items() {
		if e.Kind() != inventory.Object {
			d.skip(e, e.Pointer(), "is "+e.Kind().String()+" where an object should be")
			continue
		}
		if err := take(e); err != nil {
			d.skip(e, e.Pointer(), err.Error())
		}
	}
}

// need is an error when the output lacks one of the keys that it cannot be used without.
func need(v inventory.Value, keys ...string) error {
	for _, k := range keys {
		if v.Get(k).Str() == "" {
			return fmt.Errorf("%s: %s is missing", pointer(v), k)
		}
	}
	return nil
}

func pointer(v inventory.Value) string {
	if p := v.Pointer(); p != "" {
		return p
	}
	return "the document"
}

// text is a value that the command always prints; missing, it is unknown.
func text(v inventory.Value, command, key string) inventory.Text {
	if s := v.Get(key).Str(); s != "" {
		return inventory.Known(s)
	}
	return inventory.Unsure("%s printed no %s", command, key)
}

// arn builds the ARN of something that a listing names by id only, or "" when the file's account or Region is not known.
func (d *decoder) arn(service, resource string) string {
	if d.in.Account == "" || d.in.Region == "" || resource == "" {
		return ""
	}
	return "arn:" + partition(d.in.Region) + ":" + service + ":" + d.in.Region + ":" + d.in.Account + ":" + resource
}

// partition is the one that a Region is in.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func partition(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-isob-", "aws-iso-b"}, {"us-isof-", "aws-iso-f"},
		{"us-iso-", "aws-iso"}, {"eu-isoe-", "aws-iso-e"}, {"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// tags reads tags as a map or as pairs, with keys in either case; nil when there are none to read.
func tags(v inventory.Value) inventory.Tags {
	if !v.Exists() {
		return nil
	}
	out := inventory.Tags{}
	for k, t := range v.Fields() {
		out[k] = t.Text()
	}
	for t := range v.Items() {
		if k := t.First("Key", "key", "TagKey"); k.Str() != "" {
			out[k.Str()] = t.First("Value", "value", "TagValue").Text()
		}
	}
	return out
}

// subject is what the file's name says beside the command's: "product-docs" of get-bucket-tagging-product-docs.json and of
// product-docs.get-bucket-tagging.json; "" when nothing is left. command is written with hyphens.
func subject(file, command string) string {
	base := path.Base(strings.ReplaceAll(file, "\\", "/"))
	if i := strings.LastIndex(base, "!"); i >= 0 { // the member of an archive
		base = path.Base(base[i+1:])
	}
	for _, ext := range []string{".gz", ".json", ".txt"} {
		base = strings.TrimSuffix(base, ext)
	}
	at, n := strings.Index(strings.ToLower(base), command), len(command)
	if at < 0 { // the operation's name, as GetBucketTagging
		joined := strings.ReplaceAll(command, "-", "")
		at, n = strings.Index(strings.ToLower(base), joined), len(joined)
	}
	if at < 0 {
		return ""
	}
	const between = "-_.=@ "
	before, after := strings.Trim(base[:at], between), strings.Trim(base[at+n:], between)
	switch {
	case before == "":
		return after
	case after == "":
		return before
	}
	return "" // two candidates
}

// idInName is the one id of an agent or knowledge base (ten capital letters and digits) that the file's name holds as a
// word; "" when there is none, or more.
func idInName(file string) string {
	base := path.Base(strings.ReplaceAll(file, "\\", "/"))
	words := strings.FieldsFunc(base, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	})
	id := ""
	for _, w := range words {
		if len(w) != 10 || w != strings.ToUpper(w) {
			continue
		}
		if id != "" {
			return ""
		}
		id = w
	}
	return id
}

// wrapped makes a test for outputs that are one object under a key, which must have the keys given.
func wrapped(key string, has ...string) func(inventory.Shape) bool {
	return func(s inventory.Shape) bool { return s.Root.Get(key).HasAll(has...) }
}

// listed makes a test for outputs that are an array under a key; its first element, if any, must have the keys given.
// An empty array counts only with no keys given: where the key alone is enough.
func listed(key string, has ...string) func(inventory.Shape) bool {
	return func(s inventory.Shape) bool {
		a := s.Root.Get(key)
		return a.Kind == inventory.Array && (len(has) == 0 || a.Get("[]").HasAll(has...))
	}
}

// flat makes a test for outputs without a wrapper.
func flat(has ...string) func(inventory.Shape) bool {
	return func(s inventory.Shape) bool { return s.Root.HasAll(has...) }
}
