package cloudformation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// Bounds of a template. CloudFormation itself refuses a template body above 1 MB
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html), so these leave room for
// what a packaging tool would still shrink, and keep a hostile file cheap.
const (
	maxDepth  = 128     // containers within each other; real templates nest about 20 deep
	maxValues = 500_000 // values of a template with its aliases written out: less than 100 MB in memory
)

// parse reads a template into values. Its errors are *inventory.SyntaxError.
func parse(in *inventory.Input) (*value, error) {
	if doc, err := in.Value(); err == nil {
		p := &parser{}
		v, err := p.fromJSON(doc, nil, 0)
		return v, err
	} else if looksLikeJSON(in.Data) {
		return nil, err
	}
	if len(bytes.TrimSpace(in.Data)) == 0 {
		return nil, &inventory.SyntaxError{Line: in.Lines + 1, Column: 1, Msg: "there is nothing in it"}
	}
	return parseYAML(in.Data, in.Lines)
}

// looksLikeJSON reports whether a document that is not JSON was meant to be. YAML in flow style begins with a brace
// too, but then its first key is hardly in double quotes.
func looksLikeJSON(data []byte) bool {
	s := strings.TrimLeft(strings.TrimPrefix(string(data[:min(len(data), 512)]), "\ufeff"), " \t\r\n")
	rest, ok := strings.CutPrefix(s, "{")
	return ok && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), `"`)
}

// parser counts what it makes.
type parser struct {
	made  int
	lines int // lines of the file before the document
}

func (p *parser) spend(line int) error {
	if p.made++; p.made > maxValues {
		return &inventory.SyntaxError{Line: line, Column: 1, Msg: fmt.Sprintf("more than %d values in one template", maxValues)}
	}
	return nil
}

func (p *parser) fromJSON(in inventory.Value, up *value, depth int) (*value, error) {
	v := &value{up: up, line: in.Line()}
	if err := p.spend(v.line); err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, tooDeep(v.line)
	}
	switch in.Kind() {
	case inventory.Bool:
		v.kind, v.text = boolean, in.Text()
	case inventory.Number:
		v.kind, v.text = number, in.Text()
	case inventory.String:
		v.kind, v.text = text, in.Str()
	case inventory.Array:
		v.kind = list
		for e := range in.Items() {
			c, err := p.fromJSON(e, v, depth+1)
			if err != nil {
				return nil, err
			}
			c.at = len(v.items)
			v.items = append(v.items, c)
		}
	case inventory.Object:
		v.kind = object
		seen := keys{}
		for key, e := range in.Fields() {
			if first, again := seen.add(key, e.Line()); again {
				return nil, repeated(key, e.Line(), 1, first)
			}
			c, err := p.fromJSON(e, v, depth+1)
			if err != nil {
				return nil, err
			}
			c.key = key
			v.fields = append(v.fields, field{key, c})
		}
	}
	return v, nil
}

func tooDeep(line int) error {
	return &inventory.SyntaxError{Line: line, Column: 1, Msg: fmt.Sprintf("nested more than %d deep", maxDepth)}
}

// repeated is the error for a key that an object has twice. CloudFormation refuses such a template; whichever of the
// two this importer took, it could hide the other.
func repeated(key string, line, column, first int) error {
	return &inventory.SyntaxError{Line: line, Column: column, Msg: fmt.Sprintf("key %q is there twice in one object, first on line %d", key, first)}
}

// keys are the keys of one object and the lines they stand on.
type keys map[string]int

func (k keys) add(key string, line int) (first int, again bool) {
	if first, again = k[key]; !again {
		k[key] = line
	}
	return first, again
}

// depthPlugin stops the YAML reader itself before its recursion gets deep.
type depthPlugin struct{}

func (depthPlugin) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxDepth {
		return fmt.Errorf("nested more than %d deep", maxDepth)
	}
	return nil
}

// CheckAlias leaves aliases to fromYAML, which bounds what they expand to.
func (depthPlugin) CheckAlias(int, int) error { return nil }

var loadOptions = sync.OnceValue(func() []yaml.Option {
	return []yaml.Option{yaml.WithV4Defaults(), yaml.WithPlugin(depthPlugin{}), yaml.WithUniqueKeys(false)}
})

func parseYAML(data []byte, lines int) (*value, error) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc, loadOptions()...); err != nil {
		return nil, yamlError(err, lines)
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode {
		if len(doc.Content) == 0 {
			return nil, &inventory.SyntaxError{Line: lines + 1, Column: 1, Msg: "there is nothing in it"}
		}
		root = doc.Content[0]
	}
	p := &parser{lines: lines}
	return p.fromYAML(root, nil, 0, nil)
}

// yamlError turns the YAML reader's error into one that says only where and what.
func yamlError(err error, lines int) error {
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		return &inventory.SyntaxError{Line: lines + max(e.Mark.Line, 1), Column: max(e.Mark.Column, 1), Msg: e.Message}
	}
	return &inventory.SyntaxError{Line: lines + 1, Column: 1, Msg: strings.TrimPrefix(err.Error(), "yaml: ")}
}

// fromYAML makes a value of a YAML node: short tags become the functions they stand for, and aliases are written out.
// open are the anchors being written out, so that one that holds itself is refused.
func (p *parser) fromYAML(n *yaml.Node, up *value, depth int, open []*yaml.Node) (*value, error) {
	line := p.lines + n.Line
	if err := p.spend(line); err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, tooDeep(line)
	}
	if n.Kind == yaml.AliasNode {
		if slices.Contains(open, n.Alias) {
			return nil, &inventory.SyntaxError{Line: line, Column: n.Column, Msg: fmt.Sprintf("anchor %q holds itself", n.Value)}
		}
		if n.Alias == nil {
			return nil, &inventory.SyntaxError{Line: line, Column: n.Column, Msg: fmt.Sprintf("anchor %q is not known", n.Value)}
		}
		return p.fromYAML(n.Alias, up, depth+1, append(open[:len(open):len(open)], n.Alias))
	}
	v := &value{up: up, line: line}
	// A function's own object stands between it and its argument.
	inner, fn := v, shortForm(n.Tag)
	if fn != "" {
		if err := p.spend(line); err != nil {
			return nil, err
		}
		inner = &value{up: v, line: line, key: fn}
		v.kind, v.fields = object, []field{{fn, inner}}
	}
	switch n.Kind {
	case yaml.ScalarNode:
		inner.kind, inner.text = scalarKind(n), n.Value
		if fn == "Fn::GetAtt" {
			p.splitGetAtt(inner)
		}
	case yaml.SequenceNode:
		inner.kind = list
		for _, e := range n.Content {
			c, err := p.fromYAML(e, inner, depth+1, open)
			if err != nil {
				return nil, err
			}
			c.at = len(inner.items)
			inner.items = append(inner.items, c)
		}
	case yaml.MappingNode:
		inner.kind = object
		if err := p.mapping(n, inner, depth, open); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (p *parser) mapping(n *yaml.Node, v *value, depth int, open []*yaml.Node) error {
	seen := keys{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, e := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.AliasNode && k.Alias != nil {
			k = k.Alias
		}
		line := p.lines + n.Content[i].Line
		if k.Kind != yaml.ScalarNode {
			return &inventory.SyntaxError{Line: line, Column: n.Content[i].Column, Msg: "a key that is not a string"}
		}
		if k.Tag == "!!merge" {
			merged = append(merged, e)
			continue
		}
		if first, again := seen.add(k.Value, line); again {
			return repeated(k.Value, line, n.Content[i].Column, first)
		}
		c, err := p.fromYAML(e, v, depth+1, open)
		if err != nil {
			return err
		}
		c.key, c.line = k.Value, line // a block begins below its key, which is where people look
		v.fields = append(v.fields, field{k.Value, c})
	}
	// Packaging tools write hash merges out before CloudFormation sees them; keys of the object itself win.
	for _, m := range merged {
		c, err := p.fromYAML(m, v, depth+1, open)
		if err != nil {
			return err
		}
		from := []*value{c}
		if c.kind == list {
			from = c.items
		}
		for _, src := range from {
			for _, f := range src.fields {
				if _, again := seen.add(f.key, f.val.line); !again {
					v.fields = append(v.fields, f)
				}
			}
		}
	}
	return nil
}

// splitGetAtt turns "Logical.Attribute" into its two parts; a logical id has no dot.
func (p *parser) splitGetAtt(v *value) {
	id, attr, ok := strings.Cut(v.text, ".")
	if !ok {
		return
	}
	v.kind, v.text = list, ""
	v.items = []*value{
		{kind: text, text: id, line: v.line, up: v},
		{kind: text, text: attr, line: v.line, up: v, at: 1},
	}
}

// shortForm is the function that a YAML tag stands for, "" for none.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func shortForm(tag string) string {
	if len(tag) < 2 || tag[0] != '!' || tag[1] == '!' {
		return ""
	}
	switch name := tag[1:]; name {
	case "Ref", "Condition":
		return name
	default:
		return "Fn::" + name
	}
}

func scalarKind(n *yaml.Node) kind {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return text
	}
	switch n.Tag {
	case "!!null":
		return null
	case "!!bool":
		return boolean
	case "!!int", "!!float":
		return number
	}
	return text
}
