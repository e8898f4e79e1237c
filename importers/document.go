package importers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"

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
	if d.format != nil {
		return each(d)
	}
	if accounts := byAccount(src, doc, lines, from); accounts != nil {
		return eachOf(accounts, each)
	}
	if doc.Root().Kind() != inventory.Array {
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
		element, err := part(src, e, from)
		if err != nil {
			return err
		}
		pending = append(pending, element)
		if known = known || element.format != nil; !known {
			continue
		}
		if err := eachOf(pending, each); err != nil {
			return err
		}
		pending = nil
	}
	if !known {
		return each(d)
	}
	return nil
}

func eachOf(docs []document, each func(document) error) error {
	for _, d := range docs {
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

// part is a value of a document as a document of its own.
func part(src source, v inventory.Value, from origin) (document, error) {
	inner, err := inventory.ParseJSON(v.Raw())
	if err != nil {
		return document{}, failed(src.name, v.Line()-1, v.Pointer(), err)
	}
	d := document{shape: inner.Shape(src.name, from.as), input: from.input(src.name, inner.Bytes())}
	d.input.Doc, d.input.Lines, d.input.At = inner, v.Line()-1, v.Pointer()
	d.recognise()
	return d, nil
}

// byAccount splits an object whose every key is an account, as scripts over many accounts write it. nil when it is none,
// or nothing in it is of a format.
func byAccount(src source, doc *inventory.JSON, lines int, from origin) []document {
	whole := from.input(src.name, doc.Bytes())
	whole.Doc, whole.Lines = doc, lines
	root, err := whole.Value() // sets the lines that its parts are told by
	if err != nil || root.Kind() != inventory.Object {
		return nil
	}
	var docs []document
	known := false
	for account, v := range root.Fields() {
		if len(accountIn(account)) != 1 || len(account) != 12 {
			return nil
		}
		from.account = account
		d, err := part(src, v, from)
		if err != nil {
			return nil
		}
		known = known || d.format != nil
		docs = append(docs, d)
	}
	if !known {
		return nil
	}
	return docs
}

// input is what a decoder is handed.
func (o origin) input(file string, data []byte) inventory.Input {
	return inventory.Input{File: file, Data: data, Account: o.account, Region: o.region, Stack: o.stack, Params: o.params, As: o.as}
}
