package importers

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/importers/awsiam"
	"github.com/permchain/permchain/importers/bedrock"
	"github.com/permchain/permchain/importers/cloudformation"
	"github.com/permchain/permchain/importers/cloudtrail"
	"github.com/permchain/permchain/importers/intent"
	"github.com/permchain/permchain/importers/organizations"
	"github.com/permchain/permchain/importers/resourcepolicy"
)

// format is one of the packages that decode.
type format struct {
	recognize func(inventory.Shape) (string, bool)
	decode    func(inventory.Input, *inventory.Facts) error
	yaml      bool // reads YAML itself; the others are handed JSON
	intent    bool // read before all others, for what it says of them
	asks      bool // its documents do not all say which account and Region they are of
}

// formats are asked in this order. Each goes by what only it has; the last also takes what has the look of a policy.
var formats = []format{
	{recognize: intent.Recognize, decode: intent.Decode, yaml: true, intent: true},
	{recognize: cloudformation.Recognize, decode: cloudformation.Decode, yaml: true, asks: true},
	{recognize: awsiam.Recognize, decode: awsiam.Decode},
	{recognize: organizations.Recognize, decode: organizations.Decode},
	{recognize: cloudtrail.Recognize, decode: cloudtrail.Decode},
	{recognize: bedrock.Recognize, decode: bedrock.Decode, asks: true},
	{recognize: resourcepolicy.Recognize, decode: resourcepolicy.Decode, asks: true},
}

func (d *document) recognise() {
	for i := range formats {
		if d.shape.YAML && !formats[i].yaml {
			continue
		}
		if name, ok := formats[i].recognize(d.shape); ok {
			d.format, d.name = &formats[i], name
			return
		}
	}
}

// others are formats that are known for what they are and not read, so that a person is told so and does not look for a
// mistake.
var others = []struct {
	name string
	is   func(inventory.Part) bool
}{
	{"a Terraform plan or state", func(p inventory.Part) bool {
		return p.Has("terraform_version") && p.HasAny("planned_values", "values", "resources", "resource_changes", "format_version")
	}},
	{"AWS Config data", func(p inventory.Part) bool {
		return p.HasAny("configurationItems", "configurationItem", "configRuleName", "resultToken", "invokingEvent", "awsConfigurationItem") || p.Has("QueryInfo", "SelectFields") || p.Has("Results") && p.Get("Results", "[]").Kind == inventory.String
	}},
	{"an OpenAPI document", func(p inventory.Part) bool { return p.HasAny("openapi", "swagger") && p.Has("paths") }},
	{"an MCP configuration", func(p inventory.Part) bool {
		return p.HasAny("mcpServers") || p.Get("servers").Kind == inventory.Object && p.Only("servers", "inputs")
	}},
	{"a Backstage catalog", func(p inventory.Part) bool { return strings.HasPrefix(p.Get("apiVersion").Text, "backstage.io/") }},
	{"a listing of tags", func(p inventory.Part) bool { return p.Has("ResourceTagMappingList") }},
}

// otherName is what a document is that is not read, or "".
func otherName(s inventory.Shape) string {
	for _, o := range others {
		if o.is(s.Root) {
			return o.name
		}
	}
	return ""
}
