package cloudformation

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestIdentities(t *testing.T) {
	out := factsOf(t, `
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: agent
      AssumeRolePolicyDocument: `+allowRole+`
      PermissionsBoundary: !Ref Managed
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      Policies:
        - PolicyName: invoke
          PolicyDocument: {Statement: {Effect: Allow, Action: "bedrock:InvokeModel", Resource: "*"}}
      Tags: [{Key: owner, Value: ai}]
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Path: /team/
      ManagedPolicyName: m
      PolicyDocument: {Version: "2012-10-17", Statement: []}
      Roles: [!Ref Role, elsewhere]
  Inline:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: more
      PolicyDocument: {Version: "2012-10-17", Statement: []}
      Roles: [!Ref Role]
      Users: [!Ref User]
      Groups: [ops]
  RolePolicy:
    Type: AWS::IAM::RolePolicy
    Properties: {PolicyName: rp, PolicyDocument: {Statement: []}, RoleName: !Ref Role}
  UserPolicy:
    Type: AWS::IAM::UserPolicy
    Properties: {PolicyName: up, PolicyDocument: {Statement: []}, UserName: !Ref User}
  User:
    Type: AWS::IAM::User
    Properties:
      Groups: [!Ref Group]
      ManagedPolicyArns: [!Ref Managed]
  Group: {Type: AWS::IAM::Group, Properties: {GroupName: ops}}
  Adds: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: admins, Users: [!Ref User]}}
  SCP:
    Type: AWS::Organizations::Policy
    Properties:
      Name: deny
      Type: SERVICE_CONTROL_POLICY
      TargetIds: [ou-1, "123456789012"]
      Content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "bedrock:*", Resource: "*"}]}
`)
	const role, user = "arn:aws:iam::ACCOUNT:role/agent", "arn:aws:iam::ACCOUNT:user/User"
	r := out.Roles[0]
	if r.ARN != role || r.Name != "agent" || r.Boundary != "arn:aws:iam::ACCOUNT:policy/team/m" || r.Tags["owner"] != "ai" {
		t.Errorf("role: %+v", r)
	}
	if diff := cmp.Diff([]string{"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::ACCOUNT:policy/team/m"}, r.Attached); diff != "" {
		t.Error("managed policies, also by their own list:", diff)
	}
	if diff := cmp.Diff([]string{"arn:aws:iam::ACCOUNT:instance-profile/Profile"}, r.InstanceProfiles); diff != "" {
		t.Error(diff)
	}
	if raw(r.Trust) != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole"}]}` {
		t.Errorf("trust: %s", raw(r.Trust))
	}
	if len(r.Inline) != 1 || r.Inline[0].Name != "invoke" || raw(r.Inline[0]) != `{"Statement":[{"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*"}]}` {
		t.Errorf("inline: %+v", r.Inline)
	}
	u := out.Users[0]
	if u.ARN != user || !cmp.Equal(u.Groups, []string{"ops", "admins"}) || !cmp.Equal(u.Attached, []string{"arn:aws:iam::ACCOUNT:policy/team/m"}) {
		t.Errorf("user: %+v", u)
	}
	type attached struct {
		Name                 string
		Roles, Users, Groups []string
	}
	var got []attached
	for _, a := range out.AttachedPolicies {
		got = append(got, attached{a.Policy.Name, a.Roles, a.Users, a.Groups})
	}
	want := []attached{
		{"m", []string{"arn:aws:iam::ACCOUNT:role/elsewhere"}, nil, nil},
		{"more", []string{role}, []string{user}, []string{"arn:aws:iam::ACCOUNT:group/ops"}},
		{"rp", []string{role}, nil, nil},
		{"up", nil, []string{user}, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if p := out.OrgPolicies[0]; p.Name != "deny" || !cmp.Equal(p.Targets, []string{"ou-1", "123456789012"}) || !strings.Contains(raw(p.Document), "Deny") {
		t.Errorf("SCP: %+v", p)
	}
	if len(out.Warnings)+len(out.Skips) != 0 {
		t.Errorf("%+v %+v", out.Warnings, out.Skips)
	}
}

// What is not known of a policy is kept, named, and never widened.
func TestUnresolvedPolicies(t *testing.T) {
	const role = "\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: " + allowRole + "\n"
	for _, c := range []struct {
		name, props string
		docs        []string // of the inline policies
		unresolved  [][]int
		attached    []string
		partial     string
	}{
		{name: "parts of a resource", props: `
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}
              - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Open}/*"}`,
			docs:       []string{`{"Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${unresolved Open}/*"}]}`},
			unresolved: [][]int{{1}}},
		{name: "a Sid does not matter", props: `
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Sid: !Sub "S${Open}", Effect: Allow, Action: "a:b", Resource: "*"}]}`,
			docs: []string{`{"Statement":[{"Sid":"S${unresolved Open}","Effect":"Allow","Action":"a:b","Resource":"*"}]}`}, unresolved: [][]int{nil}},
		{name: "an undecided statement", props: `
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - !If [Maybe, {Effect: Allow, Action: "a:b", Resource: "*"}, !Ref "AWS::NoValue"]
              - {Effect: Allow, Action: "c:d", Resource: "*"}`,
			docs:       []string{`{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},{"Effect":"Allow","Action":"c:d","Resource":"*"}]}`},
			unresolved: [][]int{{0}}},
		{name: "an undecided list of statements", props: `
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: !If [Maybe, [{Effect: Allow, Action: "a:b", Resource: "*"}], [{Effect: Allow, Action: "c:d", Resource: "*"}]]`,
			docs:       []string{`{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"},{"Effect":"Allow","Action":"c:d","Resource":"*"}]}`},
			unresolved: [][]int{{0, 1}}},
		{name: "an undecided resource", props: `
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement: [{Effect: Allow, Action: "a:b", Resource: [x, !If [Maybe, y, z]]}, {Effect: Allow, Action: "a:b", Resource: !If [Maybe, y, [z, w]]}]`,
			docs:       []string{`{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":["x","y","z"]},{"Effect":"Allow","Action":"a:b","Resource":["y","z","w"]}]}`},
			unresolved: [][]int{{0, 1}}},
		{name: "an undecided effect", props: `
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: !If [Maybe, Allow, Deny], Action: "a:b", Resource: "*"}]}`,
			docs: []string{`{"Statement":[{"Effect":"${unresolved If Maybe}","Action":"a:b","Resource":"*"}]}`}, unresolved: [][]int{{0}}},
		{name: "an undecided policy", props: `
      Policies:
        - !If
          - Maybe
          - PolicyName: p
            PolicyDocument: {Statement: [{Effect: Allow, Action: "a:b", Resource: "*"}]}
          - !Ref AWS::NoValue`,
			docs: []string{`{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}`}, unresolved: [][]int{{0}}},
		{name: "an undecided document", props: `
      Policies:
        - PolicyName: p
          PolicyDocument: !If [Maybe, {Version: v, Statement: {Effect: Allow, Action: "a:b", Resource: "*"}}, {Statement: []}]`,
			docs: []string{`{"Version":"v","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}`}, unresolved: [][]int{{0}}},
		{name: "a document that is not known", props: `
      Policies: [{PolicyName: p, PolicyDocument: !GetAtt Thing.Doc}]
  Thing: {Type: "Custom::Thing"}`, docs: []string{""}, unresolved: [][]int{nil}},
		{name: "policies that are not known", props: `
      Policies: !GetAtt Thing.Docs
  Thing: {Type: "Custom::Thing"}`, partial: "its inline policies are not known"},
		{name: "managed policies that are not known", props: `
      ManagedPolicyArns: [a, !Ref Open, !If [Maybe, b, !Ref "AWS::NoValue"]]`,
			attached: []string{"a", "b"}, partial: "not all of its managed policies are known"},
		{name: "no list of managed policies", props: `
      ManagedPolicyArns: !Split [",", !Ref Open]`, partial: "not all of its managed policies are known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := factsOf(t, role+strings.TrimPrefix(c.props, "\n"))
			r := out.Roles[0]
			var docs []string
			var unresolved [][]int
			for _, d := range r.Inline {
				docs = append(docs, raw(d))
				var at []int
				for _, u := range d.Unresolved {
					at = append(at, u.Statement)
					if u.Reason == "" {
						t.Error("no reason")
					}
				}
				unresolved = append(unresolved, at)
				if d.Raw != nil && !json.Valid(d.Raw) {
					t.Errorf("not JSON: %s", d.Raw)
				}
				if (d.Raw == nil) != (d.Unknown != "") {
					t.Errorf("%+v", d)
				}
			}
			if diff := cmp.Diff(c.docs, docs); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.unresolved, unresolved); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.attached, r.Attached); diff != "" {
				t.Error(diff)
			}
			if !strings.HasPrefix(r.Partial, c.partial) || (c.partial == "") != (r.Partial == "") {
				t.Errorf("partial: %q", r.Partial)
			}
			if len(out.Warnings) == 0 && c.name != "a Sid does not matter" {
				t.Error("no warning")
			}
		})
	}
}

// A name made of a parameter without a value is the same wherever it is built of the same parameter.
func TestNamesOfParameters(t *testing.T) {
	out := factsOf(t, `
  Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Open}-data"}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${Open}-role"
      AssumeRolePolicyDocument: `+allowRole+`
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Open}-data/*"}
              - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Open}-database/*"}
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: a
      AgentResourceRoleArn: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Open}-role"
`)
	r := out.Roles[0]
	if got := raw(r.Inline[0]); !strings.Contains(got, `"arn:aws:s3:::Data/*"`) || !strings.Contains(got, `"arn:aws:s3:::${unresolved Open}-database/*"`) {
		t.Error(got)
	}
	if u := r.Inline[0].Unresolved; len(u) != 1 || u[0].Statement != 1 {
		t.Errorf("unresolved: %+v", u)
	}
	if got := out.Agents[0].Role; got != inventory.Known(r.ARN) || r.ARN != "arn:aws:iam::ACCOUNT:role/Role" {
		t.Errorf("role of the agent: %+v, of %s", got, r.ARN)
	}
	if out.Resources[0].ARN != "arn:aws:s3:::Data" {
		t.Errorf("bucket: %+v", out.Resources[0])
	}
}
