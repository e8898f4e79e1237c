package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// yamlDocuments reads the documents of a YAML file. Templates and permchain.yaml are read as YAML; what else there is, as
// `aws --output yaml` prints it, becomes JSON first.
func yamlDocuments(src source, text []byte, from origin, each func(document) error) error {
	if len(text) > MaxYAMLBytes {
		return failed(src.name, 0, "", boundError("it is YAML larger than "+bytesText(MaxYAMLBytes)))
	}
	var docs []document
	for _, part := range splitYAML(text) {
		var node yaml.Node
		if err := yaml.Load(part.text, &node); err != nil {
			if _, ok := errors.AsType[*yaml.LoadError](err); !ok {
				err = fmt.Errorf("YAML: %w", err)
			}
			return failed(src.name, part.lines, "", err)
		}
		d := document{shape: yamlShape(src.name, from.as, &node), input: from.input(src.name, part.text)}
		if d.shape.Root.Kind <= inventory.Null {
			continue // comments only
		}
		d.input.Lines = part.lines
		if d.recognise(); d.format != nil {
			docs = append(docs, d)
			continue
		}
		doc, err := yamlToJSON(&node)
		if err != nil {
			docs = append(docs, d) // of no format, whatever it is
			continue
		}
		err = recogniseJSON(src, doc, part.lines, from, func(d document) error {
			docs = append(docs, d)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(docs) == 0 {
		return failed(src.name, 0, "", errors.New("there is nothing in it"))
	}
	for _, d := range docs {
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

type yamlPart struct {
	text  []byte
	lines int // before it
}

// splitYAML cuts at lines that begin with ---, which in YAML can stand there only between documents.
// https://yaml.org/spec/1.2.2/#912-document-markers
func splitYAML(text []byte) []yamlPart {
	var parts []yamlPart
	begin, beginLine, line, offset := 0, 0, 0, 0
	for rest := text; len(rest) > 0; line++ {
		l, after, _ := bytes.Cut(rest, []byte("\n"))
		if bytes.HasPrefix(l, []byte("---")) && (len(l) == 3 || l[3] == ' ' || l[3] == '\t' || l[3] == '\r') && offset > begin {
			parts = append(parts, yamlPart{text[begin:offset], beginLine})
			begin, beginLine = offset, line
		}
		offset = len(text) - len(after)
		rest = after
	}
	return append(parts, yamlPart{text[begin:], beginLine})
}

// yamlShape summarises a YAML document for Recognize. Aliases are not followed: no format is known by what is behind one.
func yamlShape(file, as string, node *yaml.Node) inventory.Shape {
	left := inventory.ShapeParts
	return inventory.Shape{File: file, As: as, YAML: true, Root: yamlPartOf(node, 0, &left)}
}

func yamlPartOf(n *yaml.Node, depth int, left *int) inventory.Part {
	*left--
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	p := inventory.Part{}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		p.Tag = n.Tag
	}
	switch n.Kind {
	case yaml.MappingNode:
		p.Kind, p.Len = inventory.Object, len(n.Content)/2
		if depth >= inventory.ShapeDepth {
			break
		}
		for i := 0; i+1 < len(n.Content) && len(p.Fields) < inventory.ShapeFields && *left > 0; i += 2 {
			p.Fields = append(p.Fields, inventory.Field{Key: n.Content[i].Value, Value: yamlPartOf(n.Content[i+1], depth+1, left)})
		}
	case yaml.SequenceNode:
		p.Kind, p.Len = inventory.Array, len(n.Content)
		if len(n.Content) > 0 && depth < inventory.ShapeDepth {
			first := yamlPartOf(n.Content[0], depth+1, left)
			p.First = &first
		}
	case yaml.ScalarNode:
		p.Kind, p.Text = scalarKind(n), n.Value[:min(len(n.Value), inventory.ShapeText)]
	}
	return p
}

func scalarKind(n *yaml.Node) inventory.Kind {
	switch n.Tag {
	case "!!int", "!!float":
		return inventory.Number
	case "!!bool":
		return inventory.Bool
	case "!!null":
		return inventory.Null
	}
	return inventory.String
}

// yamlToJSON writes a YAML document as JSON, each value on the line that it has in the YAML, so that facts still say where
// they are from. Anchors, tags and keys that are no strings, which the CLI does not print, are errors.
func yamlToJSON(node *yaml.Node) (*inventory.JSON, error) {
	w := yamlWriter{line: 1}
	if err := w.value(node, 0); err != nil {
		return nil, err
	}
	return inventory.ParseJSON(w.out.Bytes())
}

type yamlWriter struct {
	out  bytes.Buffer
	line int
}

func (w *yamlWriter) to(line int) {
	for ; w.line < line; w.line++ {
		w.out.WriteByte('\n')
	}
}

func (w *yamlWriter) value(n *yaml.Node, depth int) error {
	if depth > inventory.MaxJSONDepth {
		return errors.New("nested too deep")
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return fmt.Errorf("line %d: tag %s", n.Line, n.Tag)
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return w.value(n.Content[0], depth)
	}
	w.to(n.Line)
	switch n.Kind {
	case yaml.MappingNode:
		w.out.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Kind != yaml.ScalarNode || n.Content[i].Tag == "!!merge" {
				return fmt.Errorf("line %d: a key that is no string", n.Content[i].Line)
			}
			if i > 0 {
				w.out.WriteByte(',')
			}
			w.to(n.Content[i].Line)
			w.text(n.Content[i].Value)
			w.out.WriteByte(':')
			if err := w.value(n.Content[i+1], depth+1); err != nil {
				return err
			}
		}
		w.out.WriteByte('}')
	case yaml.SequenceNode:
		w.out.WriteByte('[')
		for i, e := range n.Content {
			if i > 0 {
				w.out.WriteByte(',')
			}
			if err := w.value(e, depth+1); err != nil {
				return err
			}
		}
		w.out.WriteByte(']')
	case yaml.ScalarNode:
		switch kind := scalarKind(n); {
		case kind == inventory.Null:
			w.out.WriteString("null")
		case kind == inventory.Bool:
			w.out.WriteString(strings.ToLower(n.Value))
		case kind == inventory.Number && json.Valid([]byte(n.Value)):
			w.out.WriteString(n.Value)
		default: // a number such as 0123 or an account id is its text
			w.text(n.Value)
		}
	default:
		return fmt.Errorf("line %d: an alias", n.Line)
	}
	return nil
}

func (w *yamlWriter) text(s string) {
	data, err := json.Marshal(s)
	if err != nil { // a string always marshals
		data = []byte(`""`)
	}
	w.out.Write(data)
}
