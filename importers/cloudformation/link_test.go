package cloudformation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

const exporter = `
Parameters: {Env: {Type: String, Default: prod}}
Resources:
  KB: {Type: AWS::Bedrock::KnowledgeBase, Properties: {Name: kb, RoleArn: r, KnowledgeBaseConfiguration: {Type: VECTOR}}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: shared, AssumeRolePolicyDocument: {Statement: []}}}
Outputs:
  Id: {Value: !Ref KB, Export: {Name: !Sub "${Env}-kb"}}
  Role: {Value: !GetAtt Role.Arn, Export: {Name: role}}
  Plain: {Value: x}
  Open: {Value: !ImportValue nobody, Export: {Name: open}}
`

const importer = `
Parameters: {Open: {Type: String}}
Resources:
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: a
      AgentResourceRoleArn: !ImportValue role
      KnowledgeBases: [{KnowledgeBaseId: !ImportValue prod-kb}, {KnowledgeBaseId: !ImportValue open}]
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [r]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: "bedrock:Retrieve", Resource: !Sub ["arn:aws:bedrock:${AWS::Region}:${AWS::AccountId}:knowledge-base/${Id}", {Id: !ImportValue prod-kb}]}
          - {Effect: Allow, Action: "s3:GetObject", Resource: [!Ref Open, !ImportValue prod-kb]}
  Fn: {Type: AWS::Lambda::Function, Properties: {Role: x, Environment: {Variables: {KB: !ImportValue prod-kb}}}}
`

func merged(t *testing.T, inputs ...inventory.Input) *inventory.Facts {
	var all inventory.Facts
	for _, in := range inputs {
		all.Merge(decode(t, in))
	}
	Resolve(&all)
	return &all
}

func TestResolveImports(t *testing.T) {
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		files := []inventory.Input{{File: "a.yaml", Data: []byte(exporter)}, {File: "b.yaml", Data: []byte(importer)}}
		out := merged(t, files[order[0]], files[order[1]])
		if a := out.Agents[0]; a.Role != inventory.Known("arn:aws:iam::ACCOUNT:role/shared") {
			t.Errorf("%+v", a.Role)
		}
		if out.AgentKBs[0].KB != "KB" || out.AgentKBs[1].KB != "${unresolved import open}" {
			t.Errorf("%+v", out.AgentKBs)
		}
		if out.Functions[0].Env["KB"] != "KB" {
			t.Errorf("%+v", out.Functions[0].Env)
		}
		d := out.AttachedPolicies[0].Policy
		if got := raw(d); got != `{"Statement":[{"Effect":"Allow","Action":"bedrock:Retrieve","Resource":"arn:aws:bedrock:REGION:ACCOUNT:knowledge-base/KB"},{"Effect":"Allow","Action":"s3:GetObject","Resource":["${unresolved Open}","KB"]}]}` {
			t.Error(got)
		}
		if diff := cmp.Diff([]inventory.Unresolved{{Statement: 1, Reason: "parameter Open has no default, and no value was given"}, {Statement: 1, Reason: "another stack exports it as prod-kb, and no template of this import does"}}, d.Unresolved); diff != "" {
			t.Error(diff)
		}
		for _, w := range out.Warnings {
			if strings.Contains(w.Text, "prod-kb") || strings.Contains(w.Text, "exports it as role") {
				t.Errorf("still told of as open: %+v", w)
			}
		}
	}
}

// An export is good for its own account and Region, and only when it is the only one of its name.
func TestResolveScope(t *testing.T) {
	in := func(file, data, account string) inventory.Input {
		return inventory.Input{File: file, Data: []byte(data), Account: account, Region: "eu-central-1"}
	}
	out := merged(t, in("a.yaml", exporter, "111122223333"), in("b.yaml", importer, "444455556666"))
	if out.Agents[0].Role.Unknown == "" {
		t.Errorf("from another account: %+v", out.Agents[0].Role)
	}
	out = merged(t, in("a.yaml", exporter, "111122223333"), in("c.yaml", strings.ReplaceAll(exporter, "shared", "other"), "111122223333"), in("b.yaml", importer, "111122223333"))
	if out.Agents[0].Role.Unknown == "" {
		t.Errorf("exported twice: %+v", out.Agents[0].Role)
	}
	out = merged(t, in("a.yaml", exporter, "444455556666"), in("b.yaml", importer, "444455556666"))
	if out.Agents[0].Role != inventory.Known("arn:aws:iam::444455556666:role/shared") {
		t.Errorf("%+v", out.Agents[0].Role)
	}
}

// Facts of other files are not touched, whatever they hold.
func TestResolveLeavesOthers(t *testing.T) {
	all := merged(t, inventory.Input{File: "a.yaml", Data: []byte(exporter)}, inventory.Input{File: "b.yaml", Data: []byte(importer)})
	all.Users = append(all.Users, inventory.User{Name: "${unresolved import role}", Source: inventory.Source{File: "iam.json"}})
	Resolve(all)
	if all.Users[0].Name != "${unresolved import role}" {
		t.Errorf("%+v", all.Users)
	}
}
