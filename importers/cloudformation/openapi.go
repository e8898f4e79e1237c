package cloudformation

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// methods are the keys of an OpenAPI path item that are operations.
// https://spec.openapis.org/oas/v3.0.3#path-item-object
var methods = []string{"delete", "get", "head", "options", "patch", "post", "put", "trace"}

// operations reads the operations of an OpenAPI document, which a template holds as a text of JSON or YAML, or as an
// object; sorted by path and method. unknown says why they are not known, "" when they are. An operation without
// x-requireConfirmation asks for none: DISABLED is the default.
// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-api-schema.html
func (t *template) operations(p part) (ops []inventory.Operation, why string) {
	doc := p.v
	if doc.kind != object {
		s, open := p.settled()
		if s == "" && open != "" {
			return nil, open
		}
		if open != "" {
			p.warn("%s of %s: %s", p.name(), p.r.id, open)
		}
		read := t.schema(s)
		if read.why != "" {
			p.warn("%s of %s: %s", p.name(), p.r.id, read.why)
			return nil, read.why
		}
		doc = read.doc
	}
	paths := doc.get("paths")
	if paths == nil || paths.kind != object {
		p.warn("%s of %s: the OpenAPI schema has no paths", p.name(), p.r.id)
		return nil, "the OpenAPI schema has no paths"
	}
	type located struct {
		path string
		op   inventory.Operation
	}
	var found []located
	for _, f := range paths.fields {
		for _, m := range methods {
			o := f.val.get(m)
			if o == nil || o.kind != object {
				continue
			}
			op := inventory.Operation{Name: strings.ToUpper(m) + " " + f.key, Method: strings.ToUpper(m), Confirm: inventory.No,
				Description: cmp.Or(o.get("description").str(), o.get("summary").str())}
			switch c := o.get("x-requireConfirmation"); {
			case c == nil || c.str() == "DISABLED":
			case c.str() == "ENABLED":
				op.Confirm = inventory.Yes
			default:
				op.Confirm = inventory.Unset
			}
			found = append(found, located{f.key, op})
		}
	}
	slices.SortStableFunc(found, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.op.Method, b.op.Method))
	})
	for _, f := range found {
		ops = append(ops, f.op)
	}
	return ops, ""
}

// schema is an OpenAPI document that was read once; why says that it could not be.
type schema struct {
	doc *value
	why string
}

func (t *template) schema(s string) schema {
	if read, ok := t.schemas[s]; ok {
		return read
	}
	var read schema
	if t.schemaText -= len(s); t.schemaText < 0 {
		read.why = fmt.Sprintf("the OpenAPI schemas of the template are more than %d MB", maxSchemaText>>20)
	} else if doc, err := parse(&inventory.Input{Data: []byte(s)}); err != nil {
		read.why = "the OpenAPI schema cannot be read: " + err.Error()
		if e, ok := errors.AsType[*inventory.SyntaxError](err); ok {
			read.why = "the OpenAPI schema cannot be read: " + e.Msg
		}
	} else {
		read.doc = doc
	}
	t.schemas[s] = read
	return read
}
