package cloudformation

import (
	"errors"
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// template is one template being decoded.
type template struct {
	in  *inventory.Input
	out *inventory.Facts

	params     map[string]*value // declarations
	mappings   *value
	conditions map[string]*value
	resources  map[string]*resource
	order      []*resource // in document order, with the ones a transform adds behind what they belong to
	outputs    *value

	account, region, partition, suffix, stack string
	standIns                                  mark // stands, when the account or Region is a stand-in
	described                                 bool // somebody said how it is deployed, so that defaults are what is deployed

	resolved   map[string]*value    // parameters
	decided    map[string]*decision // conditions
	deciding   map[string]bool
	ids        map[string]*identity // of resources, by logical id
	naming     map[string]bool
	byName     map[[2]string]*resource // by type, and name, id, ARN or Ref; nil until asked for
	keyAliases map[string]string       // of keys: an alias's name, by the key's ARN; nil until asked for
	aliased    map[string]string       // of keys: their ARN, by an alias's name or ARN
	aliases    []alias
	unsorted   bool                              // aliases
	parts      map[string]map[string][]*resource // by type, then by what they belong to; see partsOf
	taken      map[string]bool                   // parts that were read with what they belong to
	samRoutes  []samRoute
	schemas    map[string]schema
	schemaText int // bytes of OpenAPI that may still be read
	budget     int // values that functions may still make
	textBudget int // bytes of text that functions may still make
	spent      error
	warned     map[string]bool
	imports    map[string]bool     // names that Fn::ImportValue asks for
	attached   map[string][]string // managed policies' ARNs by role, user or group ARN, from the policies' own lists
	profiles   map[string][]string // instance profiles' ARNs by role name
	joined     map[string][]string // groups by user name, from what adds users to them
	partial    map[string]string   // why the policies of a role are not all known, by its logical id
}

// resource is a resource of a template.
type resource struct {
	id, typ string
	line    int
	node    *value // the resource as written
	props   *value // Properties as written; nil when there are none
	cond    string // the condition it is created under; "" for always
	alias   string // logical id of the alias that SAM publishes a function under; "" for none

	done *value // Properties resolved
}

// Bounds of what functions may make of a template.
const (
	maxMade     = 2_000_000 // values
	maxMadeText = 64 << 20  // bytes over the whole template
	maxText     = 1 << 20   // bytes of one text: the largest string of a template is a body of its own 1 MB
	maxCalls    = 64        // functions within functions, references through references

	// CloudFormation takes at most 500 resources
	// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html). Resources are looked up
	// by name in turn, so that far more would take long.
	maxResources = 5000
	// OpenAPI documents within a template, all together, in bytes.
	maxSchemaText = 8 << 20
)

var errSpent = errors.New("its functions expand to more than an importer should follow")

// newTemplate reads the sections of a template.
func newTemplate(in *inventory.Input, root *value, out *inventory.Facts) (*template, error) {
	if root.kind != object {
		return nil, &inventory.SyntaxError{Line: root.line, Column: 1, Msg: fmt.Sprintf("a template is an object, and this is %s", root.kind)}
	}
	t := &template{
		in: in, out: out,
		params: map[string]*value{}, conditions: map[string]*value{}, resources: map[string]*resource{},
		mappings: root.get("Mappings"), outputs: root.get("Outputs"),
		resolved: map[string]*value{}, decided: map[string]*decision{}, deciding: map[string]bool{},
		ids: map[string]*identity{}, naming: map[string]bool{}, warned: map[string]bool{}, imports: map[string]bool{}, attached: map[string][]string{}, partial: map[string]string{}, profiles: map[string][]string{}, joined: map[string][]string{},
		budget: maxMade, textBudget: maxMadeText, schemas: map[string]schema{}, parts: map[string]map[string][]*resource{}, taken: map[string]bool{}, schemaText: maxSchemaText,
		account: in.Account, region: in.Region, stack: in.Stack,
		described: in.Stack != "" || in.Params != nil,
	}
	if t.account == "" {
		t.account, t.standIns = UnknownAccount, stands
	}
	if t.region == "" {
		t.region, t.standIns = UnknownRegion, stands
	}
	t.partition, t.suffix = partitionOf(t.region)
	if p := root.get("Parameters"); p != nil {
		for _, f := range p.fields {
			t.params[f.key] = f.val
		}
	}
	if c := root.get("Conditions"); c != nil {
		for _, f := range t.loops(c.fields) {
			t.conditions[f.key] = f.val
		}
	}
	rs := root.get("Resources")
	if rs == nil || rs.kind != object {
		return nil, &inventory.SyntaxError{Line: root.line, Column: 1, Msg: "a template without Resources"}
	}
	for _, f := range t.loops(rs.fields) {
		t.addResource(f.key, f.val)
	}
	return t, t.transforms(root)
}

func (t *template) addResource(id string, node *value) *resource {
	if strings.HasPrefix(id, "Fn::") {
		t.warn(node, id, "%s adds resources that are not in the template: they are not seen", id)
		return nil
	}
	typ := node.get("Type")
	if typ == nil || typ.kind != text || typ.text == "" {
		t.warn(node, id, "%s has no Type, so it is left out", id)
		return nil
	}
	r := &resource{id: id, typ: typ.text, line: node.line, node: node, props: node.get("Properties")}
	if c := node.get("Condition"); c != nil && c.kind == text {
		r.cond = c.text
	}
	if len(t.order) >= maxResources {
		t.spent = fmt.Errorf("%w: more than %d resources", errSpent, maxResources)
		return nil
	}
	t.resources[id] = r
	t.order = append(t.order, r)
	return r
}

// transforms applies what the Transform section names, as far as it is known.
func (t *template) transforms(root *value) error {
	v := root.get("Transform")
	if v == nil {
		return nil
	}
	names := []*value{v}
	if v.kind == list {
		names = v.items
	}
	for _, n := range names {
		name := n.text
		if n.kind == object {
			name = n.get("Name").str()
		}
		switch name {
		case "AWS::Serverless-2016-10-31":
			t.serverless(root.get("Globals"))
		case "AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16", "AWS::CodeDeployBlueGreen":
			// Loops and Fn::Length are read without it; the others add nothing to a chain.
		default:
			t.warn(n, "Transform", "macro %s may add to the template or change it: what it makes is not seen", name)
		}
	}
	return t.spent
}

// str is the text of a scalar, "" for anything else.
func (v *value) str() string {
	if v.scalar() {
		return v.text
	}
	return ""
}

// partitionOf is the partition of a Region and the domain of its endpoints.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func partitionOf(region string) (partition, suffix string) {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn", "amazonaws.com.cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov", "amazonaws.com"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso", "c2s.ic.gov"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b", "sc2s.sgov.gov"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc", "amazonaws.eu"
	}
	return "aws", "amazonaws.com"
}

// warn adds a warning about a part of the template, once.
func (t *template) warn(at *value, address, format string, args ...any) {
	w := inventory.Warning{Text: fmt.Sprintf(format, args...), Source: t.source(at, address)}
	key := address + "\x00" + w.Text
	if !t.warned[key] {
		t.warned[key] = true
		t.out.Warnings = append(t.out.Warnings, w)
	}
}

func (t *template) source(at *value, address string) inventory.Source {
	s := inventory.Source{File: t.in.File, Address: address}
	if at != nil {
		s.Line, s.Pointer = at.line, t.in.At+at.pointer()
	}
	return s
}

// spend takes a value that a function makes out of the budget.
func (t *template) spend(n int) bool {
	if t.budget -= n; t.budget < 0 {
		t.spent = fmt.Errorf("%w: more than %d values", errSpent, maxMade)
		return false
	}
	return true
}

func (t *template) spendText(n int) bool {
	if t.textBudget -= n; t.textBudget < 0 {
		t.spent = fmt.Errorf("%w: more than %d MB of text", errSpent, maxMadeText>>20)
		return false
	}
	return true
}
