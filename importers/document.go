package importers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// document is one JSON or YAML document of a file, with the format it was recognised as.
type document struct {
	shape  inventory.Shape
	input  inventory.Input
	format *format // nil when it is of none
	name   string  // of the format
}

// errNotText marks a file that is no text, or text that is neither JSON nor YAML.
var errNotText = fmt.Errorf("%w: it is neither JSON nor YAML", ErrUnknownFormat)

// Names by which a file says that it is JSON or YAML; in folders others are looked into only when they begin as JSON does.
var (
	jsonNames = map[string]bool{".json": true, ".jsonl": true, ".ndjson": true, ".template": true, ".tfstate": true}
	yamlNames = map[string]bool{".yaml": true, ".yml": true, ".template": true}
)

func extension(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if ext == ".gz" {
		ext = strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(name), ext)))
	}
	return ext
}

// documents splits a file's text into its documents and recognises each. Errors are *Error.
func documents(src source, data []byte, from origin, each func(document) error) error {
	text, err := plainText(data)
	if err != nil {
		return failed(src.name, 0, "", err)
	}
	ext := extension(src.name)
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return failed(src.name, 0, "", errors.New("there is nothing in it"))
	case bytes.HasPrefix(trimmed, []byte("An error occurred (")), bytes.HasPrefix(trimmed, []byte("aws: error:")):
		line, _, _ := bytes.Cut(trimmed, []byte("\n"))
		return failed(src.name, 0, "", fmt.Errorf("holds an error of the AWS CLI, not its output: %.300s", bytes.TrimSpace(line)))
	case trimmed[0] == '{' || trimmed[0] == '[':
		handed := 0
		err := jsonDocuments(src, text, from, func(d document) error { handed++; return each(d) })
		syntax, ok := errors.AsType[*inventory.SyntaxError](err)
		if !ok || handed > 0 {
			return err
		}
		if yamlNames[ext] && !strings.Contains(syntax.Msg, "cut off") { // flow style, which YAML may begin with
			if yamlErr := yamlDocuments(src, text, from, each); yamlErr == nil || ext != ".template" {
				return yamlErr
			}
		}
		if !src.named && !jsonNames[ext] && !yamlNames[ext] {
			return errNotText
		}
		return err
	case yamlNames[ext]:
		return yamlDocuments(src, text, from, each)
	case jsonNames[ext]:
		return jsonDocuments(src, text, from, each) // says where it stops being JSON
	case src.named:
		if err := yamlDocuments(src, text, from, each); err != nil {
			return errNotText
		}
		return nil
	}
	return errNotText
}

// plainText is UTF-8 without a byte order mark. Windows PowerShell redirects into UTF-16.
func plainText(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian), nil
	case bytes.IndexByte(data[:min(len(data), sniffLen)], 0) >= 0:
		return nil, errNotText
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// jsonDocuments reads one JSON document, or several in a row.
func jsonDocuments(src source, text []byte, from origin, each func(document) error) error {
	lines := 0
	for n := 0; ; n++ {
		skipped := 0
		for skipped < len(text) && strings.IndexByte(" \t\r\n", text[skipped]) >= 0 {
			if text[skipped] == '\n' {
				lines++
			}
			skipped++
		}
		if text = text[skipped:]; len(text) == 0 && n > 0 {
			return nil
		}
		if n >= MaxDocuments {
			return failed(src.name, 0, "", boundError(fmt.Sprintf("more than %d documents in one file", MaxDocuments)))
		}
		doc, size, err := inventory.ParseJSONPrefix(text)
		if err != nil {
			return failed(src.name, lines, "", err)
		}
		if err := recogniseJSON(src, doc, lines, from, each); err != nil {
			return err
		}
		lines += bytes.Count(text[:size], []byte{'\n'})
		text = text[size:]
	}
}

// recogniseJSON hands on a document, or the elements of an array each on their own when no format is an array of them.
func recogniseJSON(src source, doc *inventory.JSON, lines int, from origin, each func(document) error) error {
	d := document{shape: doc.Shape(src.name, from.as), input: from.input(src.name, doc.Bytes())}
	d.input.Doc, d.input.Lines = doc, lines
	d.recognise()
	if d.format != nil || doc.Root().Kind() != inventory.Array {
		return each(d)
	}
	if _, err := d.input.Value(); err != nil { // sets the lines that its elements are told by
		return failed(src.name, lines, "", err)
	}
	known := false
	var pending []document // of no format, before the first that is of one
	for e := range doc.Root().Items() {
		if e.Kind() != inventory.Object {
			continue
		}
		inner, err := inventory.ParseJSON(e.Raw())
		if err != nil {
			return failed(src.name, e.Line()-1, e.Pointer(), err)
		}
		element := document{shape: inner.Shape(src.name, from.as), input: from.input(src.name, inner.Bytes())}
		element.input.Doc, element.input.Lines, element.input.At = inner, e.Line()-1, e.Pointer()
		element.recognise()
		pending = append(pending, element)
		if known = known || element.format != nil; !known {
			continue
		}
		for _, d := range pending {
			if err := each(d); err != nil {
				return err
			}
		}
		pending = nil
	}
	if !known {
		return each(d)
	}
	return nil
}

// yamlDocuments reads the documents of a YAML file.
func yamlDocuments(src source, text []byte, from origin, each func(document) error) error {
	if len(text) > MaxYAMLBytes {
		return failed(src.name, 0, "", boundError("it is YAML larger than "+bytesText(MaxYAMLBytes)))
	}
	var docs []document
	for _, part := range splitYAML(text) {
		var node yaml.Node
		if err := yaml.Load(part.text, &node); err != nil {
			if _, ok := errors.AsType[*yaml.LoadError](err); !ok {
				return failed(src.name, part.lines, "", fmt.Errorf("YAML: %w", err))
			}
			return failed(src.name, part.lines, "", err)
		}
		d := document{shape: yamlShape(src.name, from.as, &node), input: from.input(src.name, part.text)}
		if d.shape.Root.Kind <= inventory.Null {
			continue // comments only
		}
		d.input.Lines = part.lines
		d.recognise()
		docs = append(docs, d)
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
		p.Kind, p.Text = inventory.String, n.Value[:min(len(n.Value), inventory.ShapeText)]
		switch n.Tag {
		case "!!int", "!!float":
			p.Kind = inventory.Number
		case "!!bool":
			p.Kind = inventory.Bool
		case "!!null":
			p.Kind = inventory.Null
		}
	}
	return p
}

// input is what a decoder is handed.
func (o origin) input(file string, data []byte) inventory.Input {
	return inventory.Input{File: file, Data: data, Account: o.account, Region: o.region, Stack: o.stack, Params: o.params, As: o.as}
}
