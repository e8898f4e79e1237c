package cloudformation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

// factsOf decodes resources with what most tests need around them.
func factsOf(t *testing.T, resources string) *inventory.Facts {
	t.Helper()
	return decode(t, inventory.Input{Data: []byte("Parameters:\n  Open: {Type: String}\n  Flag: {Type: String}\nConditions:\n  Maybe: !Equals [!Ref Flag, x]\nResources:\n" + resources)})
}

func raw(d inventory.PolicyDoc) string { return string(d.Raw) }

const allowRole = "{Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: bedrock.amazonaws.com}, Action: 'sts:AssumeRole'}]}"

// What is conditional is kept unless it is certain that it is not there.
func TestConditionalResources(t *testing.T) {
	const template = `
Parameters:
  Slack: {Type: String, Default: "false"}
  Open: {Type: String}
Conditions:
  WithSlack: !Equals [!Ref Slack, "true"]
  WithOpen: !Equals [!Ref Open, "true"]
  Never: !Equals [a, b]
Resources:
  Always: {Type: AWS::SQS::Queue}
  Slack: {Type: AWS::SQS::Queue, Condition: WithSlack}
  Slack2: {Type: AWS::SQS::Queue, Condition: WithSlack}
  Open: {Type: AWS::SQS::Queue, Condition: WithOpen}
  No: {Type: AWS::SQS::Queue, Condition: Never}
`
	for _, c := range []struct {
		name     string
		in       inventory.Input
		want     string
		warnings int
		skips    int
	}{
		{"nothing is known of the deployment", inventory.Input{}, "Always Slack Slack2 Open", 2, 1},
		{"deployed with its defaults", inventory.Input{Stack: "s"}, "s-Always s-Open", 1, 3},
		{"deployed with parameters", inventory.Input{Params: map[string]string{"Slack": "true", "Open": "no"}}, "Always Slack Slack2", 0, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Data = []byte(template)
			out := decode(t, c.in)
			var got []string
			for _, r := range out.Resources {
				got = append(got, r.Name)
			}
			if s := strings.Join(got, " "); s != c.want || len(out.Warnings) != c.warnings || len(out.Skips) != c.skips {
				t.Errorf("%s; warnings %+v; skips %+v", s, out.Warnings, out.Skips)
			}
		})
	}
}

func TestSkips(t *testing.T) {
	out := factsOf(t, `
  A: {Type: AWS::EC2::VPC}
  B: {Type: AWS::EC2::VPC}
  C: {Type: "Custom::Thing"}
  D: {Type: AWS::Lambda::Version, Properties: {FunctionName: f}}
  E: {NoType: here}
`)
	var got []string
	for _, s := range out.Skips {
		got = append(got, s.What+": "+s.Why)
	}
	want := []string{"AWS::EC2::VPC (2): not part of an AI permission chain",
		"Custom::Thing C: what a custom resource does is in the code of its function, whose role is read",
		"AWS::Lambda::Version D: a version of a function stands for the function"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(out.Warnings) != 1 {
		t.Errorf("a resource without a type: %+v", out.Warnings)
	}
}

func TestNestedStacks(t *testing.T) {
	out := factsOf(t, "  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub '${Open}/child.yaml', Parameters: {Env: prod}}}\n")
	if n := out.NestedStacks[0]; n.Template != "${unresolved Open}/child.yaml" || n.Params["Env"] != "prod" || n.LogicalID != "Child" {
		t.Errorf("%+v", n)
	}
	if len(out.Warnings) != 1 {
		t.Errorf("%+v", out.Warnings)
	}
}

func TestRecognize(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{`{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}`, "CloudFormation template"},
		{`{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}`, "CloudFormation template"},
		{`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": {"Type": "AWS::Serverless::Function"}}}`, "SAM template"},
		{`{"Transform": ["AWS::Serverless-2016-10-31"], "Resources": {}}`, "SAM template"},
		{`{"Resources": {"Fn::ForEach::X": []}}`, "CloudFormation template"},
		{`{"TemplateBody": "Resources: {}", "StagesAvailable": ["Original"]}`, "cloudformation get-template"},
		{`{"TemplateBody": {"Resources": {}}}`, "cloudformation get-template"},
		{`{"Resources": {"A": {"Type": "bucket"}}}`, ""},
		{`{"Resources": []}`, ""},
		{`{"Statement": []}`, ""},
		{`[]`, ""},
	} {
		doc, err := inventory.ParseJSON([]byte(c.data))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Recognize(doc.Shape("x", ""))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %v", c.data, got, ok)
		}
	}
}

// What get-template prints is a template in a wrapper.
func TestGetTemplate(t *testing.T) {
	for _, c := range []struct {
		data    string
		line    int
		pointer string
	}{
		{"{\n\"TemplateBody\": {\n\"Resources\": {\n\"Q\": {\"Type\": \"AWS::SQS::Queue\"}}},\n\"StagesAvailable\": []}", 4, "/TemplateBody/Resources/Q"},
		{"{\n\"TemplateBody\": \"Resources:\\n  Q:\\n    Type: AWS::SQS::Queue\\n\",\n\"StagesAvailable\": []}", 2, "/TemplateBody/Resources/Q"},
	} {
		out := decode(t, inventory.Input{File: "f", Data: []byte(c.data)})
		want := inventory.Source{File: "f", Line: c.line, Pointer: c.pointer, Address: "Q"}
		if len(out.Resources) != 1 || out.Resources[0].Source != want {
			t.Errorf("%+v, want %+v", out.Resources, want)
		}
	}
	var out inventory.Facts
	if err := Decode(inventory.Input{File: "f", Data: []byte(`{"TemplateBody": "a: b: c"}`)}, &out); err == nil || !strings.Contains(err.Error(), "TemplateBody") {
		t.Errorf("%v", err)
	}
}
