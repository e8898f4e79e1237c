package bedrock

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// methods are the keys of an OpenAPI path item that are operations.
// https://spec.openapis.org/oas/v3.0.3#path-item-object
var methods = []string{"delete", "get", "head", "options", "patch", "post", "put", "trace"}

// operations reads the operations of an OpenAPI document, JSON or YAML, sorted by path and method. An operation without
// x-requireConfirmation asks for none: DISABLED is the default.
// https://docs.aws.amazon.com/bedrock/latest/userguide/agents-api-schema.html
func operations(schema string) ([]inventory.Operation, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(schema), &doc); err != nil {
		return nil, fmt.Errorf("neither JSON nor YAML: %w", err)
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("it is empty")
	}
	paths := member(doc.Content[0], "paths")
	if paths == nil || paths.Kind != yaml.MappingNode {
		return nil, errors.New("it has no paths")
	}
	type located struct {
		path string
		op   inventory.Operation
	}
	var found []located
	for i := 0; i+1 < len(paths.Content); i += 2 {
		path, item := paths.Content[i].Value, target(paths.Content[i+1])
		for _, m := range methods {
			o := member(item, m)
			if o == nil || o.Kind != yaml.MappingNode {
				continue
			}
			op := inventory.Operation{Name: strings.ToUpper(m) + " " + path, Method: strings.ToUpper(m), Confirm: inventory.No}
			if c := member(o, "x-requireConfirmation"); c != nil {
				op.Confirm = confirmation(c.Value)
			}
			if t := cmp.Or(member(o, "description"), member(o, "summary")); t != nil {
				op.Description = t.Value
			}
			found = append(found, located{path, op})
		}
	}
	slices.SortStableFunc(found, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.op.Method, b.op.Method))
	})
	out := make([]inventory.Operation, len(found))
	for i, f := range found {
		out[i] = f.op
	}
	return out, nil
}

// member is the value of a key of a mapping, or nil.
func member(n *yaml.Node, key string) *yaml.Node {
	if n = target(n); n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return target(n.Content[i+1])
		}
	}
	return nil
}

// target follows an alias. The reader refuses aliases of aliases, so one step is enough.
func target(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
