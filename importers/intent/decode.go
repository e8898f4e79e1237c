package intent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// MaxErrors bounds how many mistakes are told at once: more are not read, and the first ones tend to cause the rest.
const MaxErrors = 20

// Error is one mistake in the file.
type Error struct {
	Line int    // 1-based
	Path string // where in the structure: "workloads[2].risk"; "" for the whole
	Msg  string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
	}
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Path, e.Msg)
}

// decoder reads nodes and collects mistakes.
type decoder struct {
	in   *inventory.Input
	errs []error
	more int

	names []name
}

// name is the use of a class or environment that must be declared.
type name struct {
	what, word, at string
	node           *yaml.Node
}

func (d *decoder) fail(n *yaml.Node, at, format string, args ...any) {
	d.failLine(n.Line, at, format, args...)
}

func (d *decoder) failLine(line int, at, format string, args ...any) {
	if len(d.errs) >= MaxErrors {
		d.more++
		return
	}
	d.errs = append(d.errs, &Error{Line: max(line, 1) + d.in.Lines, Path: at, Msg: fmt.Sprintf(format, args...)})
}

// err joins the mistakes in the order of their lines.
func (d *decoder) err() error {
	slices.SortStableFunc(d.errs, func(a, b error) int {
		return a.(*Error).Line - b.(*Error).Line
	})
	if d.more > 0 {
		d.errs = append(d.errs, fmt.Errorf("and %d more", d.more))
	}
	return errors.Join(d.errs...)
}

// document reads the one YAML document, or returns nil after saying why it cannot be read.
func (d *decoder) document(data []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			d.failLine(1, "", "there is nothing in it")
			return nil
		}
		line, msg := syntax(err)
		d.failLine(line, "", "not YAML: %s", msg)
		return nil
	}
	if err := dec.Decode(&next); err == nil {
		d.fail(&next, "", "a second YAML document: there can be one")
	} else if !errors.Is(err, io.EOF) {
		line, msg := syntax(err)
		d.failLine(line, "", "not YAML: %s", msg)
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode {
		if len(doc.Content) == 0 {
			d.failLine(1, "", "there is nothing in it")
			return nil
		}
		root = doc.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		d.fail(root, "", "is %s where keys and values should be", kind(root))
		return nil
	}
	return root
}

// syntax takes the line out of an error of the YAML reader.
func syntax(err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "yaml: ")
	for _, before := range []string{"line ", "(line "} {
		if _, rest, ok := strings.Cut(msg, before); ok {
			digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
			if n, err := strconv.Atoi(digits); err == nil {
				return n, msg
			}
		}
	}
	return 1, msg
}

// kind names what a node is, for messages.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!bool":
			return n.Value
		case "!!null":
			return "nothing"
		case "!!int", "!!float":
			return "a number"
		}
		return "text"
	}
	return "something else"
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// key is a known key and what takes its value.
type key[T any] struct {
	name string
	take func(d *decoder, n *yaml.Node, at string, into *T)
}

func keysOf[T any](keys []key[T]) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}

// object reads a mapping by its known keys; values that are nothing count as absent.
func object[T any](d *decoder, n *yaml.Node, at string, into *T, keys []key[T]) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, at, "is %s where keys and values should be, as {%s: …}", kind(n), keys[0].name)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], resolve(n.Content[i+1])
		if first, dup := seen[k.Value]; dup {
			d.fail(k, at, "%s stands here and on line %d", k.Value, first)
			continue
		}
		seen[k.Value] = k.Line + d.in.Lines
		j := slices.IndexFunc(keys, func(x key[T]) bool { return x.name == k.Value })
		if j < 0 || k.Kind != yaml.ScalarNode {
			d.fail(k, at, "%s", unknown("key", k.Value, keysOf(keys)))
			continue
		}
		if !isNull(v) {
			keys[j].take(d, v, join(at, k.Value), into)
		}
	}
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// list reads a sequence of mappings.
func list[T any](into func(*inventory.Intent) *[]T, keys []key[T], source func(*T) *inventory.Source, required ...string) func(*decoder, *yaml.Node, string, *inventory.Intent) {
	return func(d *decoder, n *yaml.Node, at string, intent *inventory.Intent) {
		if n.Kind != yaml.SequenceNode {
			d.fail(n, at, "is %s where a list should be, each entry after a dash", kind(n))
			return
		}
		for i, c := range n.Content {
			c, here := resolve(c), fmt.Sprintf("%s[%d]", at, i)
			var item T
			*source(&item) = d.source(c, here)
			before := len(d.errs) + d.more
			object(d, c, here, &item, keys)
			if len(d.errs)+d.more == before {
				for _, r := range required {
					if !has(c, r) {
						d.fail(c, here, "%s is missing", r)
					}
				}
			}
			*into(intent) = append(*into(intent), item)
		}
	}
}

// has reports whether a mapping has a key with a value that is something.
func has(n *yaml.Node, key string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if v := resolve(n.Content[i+1]); n.Content[i].Value == key && !isNull(v) {
			return v.Kind != yaml.ScalarNode || v.Value != ""
		}
	}
	return false
}

// source is where a node stands; at becomes its address and, in the form of a pointer, its pointer.
func (d *decoder) source(n *yaml.Node, at string) inventory.Source {
	pointer := ""
	if at != "" {
		pointer = "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(at)
	}
	return inventory.Source{File: d.in.File, Pointer: d.in.At + pointer, Line: n.Line + d.in.Lines, Address: at}
}

// text reads a scalar as it is written: a number is text here (account 111122223333), true and false are not.
func text[T any](field func(*T) *string) func(*decoder, *yaml.Node, string, *T) {
	return func(d *decoder, n *yaml.Node, at string, into *T) {
		if s, ok := d.scalar(n, at); ok {
			*field(into) = s
		}
	}
}

func (d *decoder) scalar(n *yaml.Node, at string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.fail(n, at, "is %s where text should be", kind(n))
		return "", false
	case n.ShortTag() == "!!bool":
		d.fail(n, at, "is %s where text should be: put it in quotes if it is meant", n.Value)
		return "", false
	}
	return n.Value, true
}

// texts reads a list of texts. The result is not nil even if the list is empty: declared and empty is not the same as
// not declared.
func texts[T any](field func(*T) *[]string) func(*decoder, *yaml.Node, string, *T) {
	return func(d *decoder, n *yaml.Node, at string, into *T) {
		if n.Kind != yaml.SequenceNode {
			hint := ""
			if n.Kind == yaml.ScalarNode {
				hint = fmt.Sprintf(": write [%s]", n.Value)
			}
			d.fail(n, at, "is %s where a list should be%s", kind(n), hint)
			return
		}
		out := make([]string, 0, len(n.Content))
		for i, c := range n.Content {
			c, here := resolve(c), fmt.Sprintf("%s[%d]", at, i)
			s, ok := d.scalar(c, here)
			if !ok {
				continue
			}
			if s == "" || isNull(c) {
				d.fail(c, here, "is empty")
				continue
			}
			out = append(out, s)
		}
		*field(into) = out
	}
}

// oneOf reads a text that is one of a few.
func oneOf[T any](field func(*T) *string, what string, known ...string) func(*decoder, *yaml.Node, string, *T) {
	return func(d *decoder, n *yaml.Node, at string, into *T) {
		s, ok := d.scalar(n, at)
		if !ok {
			return
		}
		if !slices.Contains(known, s) {
			d.fail(n, at, "%s", unknown(what, s, known))
			return
		}
		*field(into) = s
	}
}

// unknown says that a word is not among the known ones, and which it may be meant for.
func unknown(what, word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("%q is no known %s: is %s meant?", word, what, near)
	}
	return fmt.Sprintf("%q is no known %s: there are %s", word, what, strings.Join(known, ", "))
}

// nearest is the known word that the fewest edits make of word, if these are few for its length; "" otherwise.
func nearest(word string, known []string) string {
	best, at := "", min(max(len(word)/3, 1), maxEdits)+1
	for _, k := range known {
		if n := edits(strings.ToLower(word), strings.ToLower(k)); n < at {
			best, at = k, n
		}
	}
	return best
}

const (
	maxEdits = 3  // beyond these a word is another word
	maxWord  = 64 // no known word is nearly as long
)

// edits is the number of insertions, deletions, replacements and swaps of neighbours between two words.
func edits(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
