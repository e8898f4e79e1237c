package cloudformation

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
)

func TestAPIs(t *testing.T) {
	out := factsOf(t, `
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Role: r}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: rest, Policy: {Statement: []}}}
  Orders: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: orders}}
  Order: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !Ref Orders, PathPart: "{id}"}}
  Open1: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, ResourceId: !Ref Order, HttpMethod: POST, AuthorizationType: NONE, ApiKeyRequired: true,
    Integration: {Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
  Signed: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, ResourceId: !GetAtt Rest.RootResourceId, HttpMethod: GET, AuthorizationType: AWS_IAM,
    Integration: {Uri: "arn:aws:apigateway:x:states:action/StartExecution"}}}
  Far: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: elsewhere, ResourceId: x, HttpMethod: GET}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: http, ProtocolType: HTTP}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: "GET /x", AuthorizationType: JWT, Target: !Sub "integrations/${Int}"}}
  Int: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationUri: !GetAtt Fn.Arn}}
  Unknown: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: $default, Target: !Sub "integrations/${Int2}"}}
  Int2: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationUri: !Ref Open}}
  Quick: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: quick, ProtocolType: HTTP, Target: !GetAtt Fn.Arn}}
  Body:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: body
      Body:
        security: [{sigv4: []}]
        paths:
          /a:
            get: {x-amazon-apigateway-integration: {uri: !Sub "arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}
            x-amazon-apigateway-any-method: {security: []}
  Elsewhere: {Type: AWS::ApiGateway::RestApi, Properties: {Name: s3, BodyS3Location: {Bucket: b, Key: k}}}
`)
	fn := inventory.Known("arn:aws:lambda:REGION:ACCOUNT:function:f")
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Source" }, cmp.Ignore())
	arn := func(id string) string { return "arn:aws:apigateway:REGION::/restapis/" + id }
	const open = "parameter Open has no default, and no value was given"
	want := []inventory.API{
		{ARN: arn("Rest"), ID: "Rest", Name: "rest", Account: "ACCOUNT", Type: "REST", Tags: inventory.Tags{}, Routes: []inventory.Route{
			{Method: "POST", Path: "/orders/{id}", Auth: "NONE", Key: inventory.Yes, Function: fn},
			{Method: "GET", Path: "/", Auth: "AWS_IAM", Key: inventory.No, Target: "arn:aws:apigateway:x:states:action/StartExecution"},
		}},
		{ARN: "arn:aws:apigateway:REGION::/apis/Http", ID: "Http", Name: "http", Account: "ACCOUNT", Type: "HTTP", Tags: inventory.Tags{}, Routes: []inventory.Route{
			{Method: "GET", Path: "/x", Auth: "JWT", Key: inventory.No, Function: fn},
			{Method: "ANY", Path: "$default", Auth: "NONE", Key: inventory.No, Function: inventory.Text{Unknown: open, Partial: "${unresolved Open}"}},
		}},
		{ARN: "arn:aws:apigateway:REGION::/apis/Quick", ID: "Quick", Name: "quick", Account: "ACCOUNT", Type: "HTTP", Tags: inventory.Tags{}, Routes: []inventory.Route{
			{Method: "ANY", Path: "$default", Auth: "NONE", Key: inventory.No, Function: fn},
		}},
		{ARN: arn("Body"), ID: "Body", Name: "body", Account: "ACCOUNT", Type: "REST", Tags: inventory.Tags{}, Routes: []inventory.Route{
			{Method: "GET", Path: "/a", Auth: "AWS_IAM", Function: fn},
			{Method: "ANY", Path: "/a", Auth: "NONE"},
		}},
		{ARN: arn("Elsewhere"), ID: "Elsewhere", Name: "s3", Account: "ACCOUNT", Type: "REST", Tags: inventory.Tags{}, Unknown: "its routes are in an OpenAPI document that is not part of the template"},
	}
	if diff := cmp.Diff(want, out.APIs, ignore); diff != "" {
		t.Error(diff)
	}
	if p := out.ResourcePolicies[0]; p.Resource != inventory.Known("arn:aws:execute-api:REGION:ACCOUNT:Rest") {
		t.Errorf("%+v", p)
	}
	if len(out.Skips) != 1 || out.Skips[0].Why != "what it belongs to is not in the template" {
		t.Errorf("%+v", out.Skips)
	}
}

// Events of SAM functions are routes too, with the authorizer of the API unless they name their own.
func TestServerlessRoutes(t *testing.T) {
	out := decode(t, inventory.Input{Data: []byte(`
Transform: AWS::Serverless-2016-10-31
Globals: {Api: {Auth: {DefaultAuthorizer: AWS_IAM}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: get}}
        B: {Type: Api, Properties: {Path: /b, Method: any, Auth: {Authorizer: NONE}}}
        C: {Type: HttpApi, Properties: {Path: /c, Method: POST, ApiId: !Ref Own}}
        Q: {Type: SQS, Properties: {Queue: "arn:aws:sqs:x:1:q"}}
      FunctionUrlConfig: {AuthType: AWS_IAM}
      ImageUri: ignored
  Own: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: Pool}}}
`)})
	var got []string
	for _, a := range out.APIs {
		for _, r := range a.Routes {
			got = append(got, a.Type+" "+a.ID+" "+r.Method+" "+r.Path+" "+r.Auth+" "+r.Function.Value)
		}
	}
	const fn = "arn:aws:lambda:REGION:ACCOUNT:function:f"
	want := []string{"REST ServerlessRestApi GET /a AWS_IAM " + fn, "REST ServerlessRestApi ANY /b NONE " + fn, "HTTP Own POST /c Pool " + fn}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f := out.Functions[0]; f.URLAuth != "AWS_IAM" || !cmp.Equal(f.Sources, []string{"arn:aws:sqs:x:1:q"}) {
		t.Errorf("%+v", f)
	}
}

func TestWaysInAndOut(t *testing.T) {
	out := factsOf(t, `
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Role: r, Code: {S3Bucket: code, S3Key: app.zip}, Layers: ["arn:aws:lambda:us-east-1:017000801446:layer:x:1"]}}
  Img: {Type: AWS::Lambda::Function, Properties: {FunctionName: i, Role: r, Code: {ImageUri: repo/app}}}
  URL: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Fn, AuthType: NONE}}
  Feed: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !GetAtt Fn.Arn, EventSourceArn: q}}
  Lost: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: other, EventSourceArn: q}}
  Pool: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: people, AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}}}
  Anyone: {Type: AWS::Cognito::UserPool, Properties: {UserPoolName: anyone}}
  Perhaps: {Type: AWS::Cognito::UserPool, Properties: {AdminCreateUserConfig: {AllowAdminCreateUserOnly: !Ref Open}}}
  VIPs: {Type: AWS::Cognito::UserPoolGroup, Properties: {UserPoolId: !Ref Pool, GroupName: vip, RoleArn: role}}
  App: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
  Topic: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt Fn.Arn}]}}
  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: a@example.com}}
  Gateway: {Type: AWS::BedrockAgentCore::Gateway, Properties: {Name: g, AuthorizerType: AWS_IAM, RoleArn: r}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /g}}
  From: {Type: AWS::Logs::DeliverySource, Properties: {Name: from, LogType: APPLICATION_LOGS, ResourceArn: !GetAtt Gateway.GatewayArn}}
  To: {Type: AWS::Logs::DeliveryDestination, Properties: {Name: to, DestinationResourceArn: !GetAtt Group.Arn}}
  Delivery: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: !Ref From, DeliveryDestinationArn: !GetAtt To.Arn}}
  Half: {Type: AWS::Logs::Delivery, Properties: {DeliverySourceName: elsewhere, DeliveryDestinationArn: elsewhere}}
  Build: {Type: AWS::CodeBuild::Project, Properties: {Name: b, ServiceRole: br}}
  Notebook: {Type: AWS::SageMaker::NotebookInstance, Properties: {RoleArn: nr}}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: app, TaskRoleArn: tr}}
`)
	if f := out.Functions[0]; f.Code != "s3://code/app.zip" || len(f.Layers) != 1 || f.URLAuth != "NONE" || !cmp.Equal(f.Sources, []string{"q"}) {
		t.Errorf("%+v", f)
	}
	if out.Functions[1].Code != "repo/app" {
		t.Errorf("%+v", out.Functions[1])
	}
	p := out.UserPools
	if p[0].SelfSignUp != inventory.No || p[0].Groups[0].Name != "vip" || p[0].Groups[0].Role != "role" || !cmp.Equal(p[0].Clients, []string{"App"}) {
		t.Errorf("%+v", p[0])
	}
	if p[1].SelfSignUp != inventory.Yes || p[2].SelfSignUp != inventory.Unset {
		t.Errorf("%+v", p)
	}
	d := out.Deliveries
	if d[0].Resource.Value != out.Gateways[0].ARN || d[0].Destination != inventory.Known("arn:aws:logs:REGION:ACCOUNT:log-group:/g") || d[0].LogType != "APPLICATION_LOGS" {
		t.Errorf("%+v", d[0])
	}
	if d[1].Resource.Unknown == "" || d[1].Destination.Unknown == "" {
		t.Errorf("%+v", d[1])
	}
	attrs := map[string]map[string]string{}
	for _, r := range out.Resources {
		attrs[r.Name] = r.Attrs
	}
	for name, want := range map[string]map[string]string{
		"Topic": {"delivers to": "lambda: arn:aws:lambda:REGION:ACCOUNT:function:f, email: a@example.com"},
		"b":     {"role": "br"}, "Notebook": {"role": "nr"}, "app": {"role": "tr"},
	} {
		if diff := cmp.Diff(want, attrs[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(out.Skips) != 1 || out.Skips[0].Source.Address != "Lost" {
		t.Errorf("%+v", out.Skips)
	}
}
