package bedrock

import "github.com/permchain/permchain/graph/inventory"

// lambdaFormats are those of `aws lambda`.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
var lambdaFormats = []format{
	{"lambda list-functions", listed("Functions", "FunctionName", "FunctionArn"), list("Functions", (*decoder).function)},
	{"lambda list-functions", func(s inventory.Shape) bool {
		return s.Root.Only("Functions") && s.Root.Get("Functions").Kind == inventory.Array && s.Root.Get("Functions").Len == 0
	}, list("Functions", (*decoder).function)},
	{"lambda get-function", wrapped("Configuration", "FunctionName", "FunctionArn"), (*decoder).gotFunction},
	{"lambda get-function-configuration", func(s inventory.Shape) bool {
		return s.Root.HasAll("FunctionName", "FunctionArn") && s.Root.HasAny("Role", "Handler", "CodeSha256")
	}, one("", (*decoder).function)},
}

func (d *decoder) function(v inventory.Value) error { return d.lambda(v, nil) }

func (d *decoder) gotFunction(root inventory.Value) error {
	t := tags(root.Get("Tags"))
	if t == nil {
		t = inventory.Tags{} // get-function prints the tags that there are
	}
	return d.lambda(root.Get("Configuration"), t)
}

func (d *decoder) lambda(v inventory.Value, t inventory.Tags) error {
	if err := need(v, "FunctionArn", "FunctionName"); err != nil {
		return err
	}
	d.out.Functions = append(d.out.Functions, inventory.Function{ARN: v.Get("FunctionArn").Str(), Name: v.Get("FunctionName").Str(),
		Role: text(v, "the function's configuration", "Role"), LogGroup: v.Get("LoggingConfig").Get("LogGroup").Str(),
		Runtime: v.Get("Runtime").Str(), Env: stringMap(v.Get("Environment").Get("Variables")), Tags: t, Source: d.source(v)})
	return nil
}
