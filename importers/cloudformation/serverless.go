package cloudformation

import (
	"cmp"
	"regexp"
	"strings"
)

// serverless does what the AWS::Serverless transform does, as far as a chain of permissions sees it: functions get
// their globals, their roles and the permissions of what calls them; tables and state machines become what they are.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (t *template) serverless(globals *value) {
	for _, r := range append([]*resource(nil), t.order...) {
		switch r.typ {
		case "AWS::Serverless::Function":
			t.samFunction(r, globals)
		case "AWS::Serverless::StateMachine":
			t.samStateMachine(r, globals.get("StateMachine"))
		case "AWS::Serverless::SimpleTable":
			r.typ = "AWS::DynamoDB::Table"
			p := t.withGlobals(r.props, globals.get("SimpleTable"), r)
			r.props = obj(r.node, "TableName", p.get("TableName"), "SSESpecification", p.get("SSESpecification"), "Tags", p.get("Tags"))
		case "AWS::Serverless::Application":
			r.typ = "AWS::CloudFormation::Stack"
			location := r.props.get("Location")
			if location != nil && location.kind == object && location.get("ApplicationId") != nil {
				location = location.get("ApplicationId")
			}
			r.props = obj(r.node, "TemplateURL", location, "Parameters", r.props.get("Parameters"))
		case "AWS::Serverless::Api":
			r.props = t.withGlobals(r.props, globals.get("Api"), r)
		case "AWS::Serverless::HttpApi":
			r.props = t.withGlobals(r.props, globals.get("HttpApi"), r)
		case "AWS::Serverless::Connector":
			t.samConnector(r.node, r.id, r.props.dig("Source", "Id").str())
		}
		if c := r.node.get("Connectors"); c != nil {
			for _, f := range c.fields {
				t.samConnector(f.val, r.id+f.key, r.id)
			}
		}
	}
}

// samConnector notes that a connector grants something to the role of its source. What it grants is in the transform's
// own data, so the role's permissions are not wholly known.
func (t *template) samConnector(at *value, id, source string) {
	t.warn(at, id, "connector %s grants %s access that is not read", id, source)
	r := t.resources[source]
	if r == nil {
		return
	}
	why := "connector " + id + " grants it access that is not read"
	if made := t.resources[source+"Role"]; made != nil {
		t.partial[made.id] = why
		return
	}
	if fn, arg := function(orElse(r.props.get("Role"), &value{})); fn == "Fn::GetAtt" {
		if a, ok := args(arg, 1); ok {
			t.partial[a[0].str()] = why
		}
	}
}

// withGlobals are the properties of a resource with those that the Globals section gives to all of its type. Maps are
// merged, and the resource's own values win; lists are added together.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
func (t *template) withGlobals(own, global *value, r *resource) *value {
	if own == nil {
		own = obj(r.node)
	}
	if global == nil || global.kind != object {
		return own
	}
	return t.merged(own, global, 0)
}

func (t *template) merged(own, global *value, depth int) *value {
	if depth > maxDepth || !t.spend(1+len(own.fields)+len(own.items)) {
		return own
	}
	fnOwn, _ := function(own)
	fnGlobal, _ := function(global)
	switch {
	case fnOwn != "" || fnGlobal != "" || own.kind != global.kind:
		return own
	case own.kind == list:
		return arr(own, append(append([]*value(nil), global.items...), own.items...)...)
	case own.kind != object:
		return own
	}
	out := (&value{kind: object}).from(own)
	for _, f := range own.fields {
		if g := global.get(f.key); g != nil {
			f.val = t.merged(f.val, g, depth+1)
		}
		out.fields = append(out.fields, f)
	}
	for _, f := range global.fields {
		if own.get(f.key) == nil {
			out.fields = append(out.fields, f)
		}
	}
	return out
}

func (t *template) samFunction(r *resource, globals *value) {
	props := t.withGlobals(r.props, globals.get("Function"), r)
	r.typ, r.props = "AWS::Lambda::Function", props
	// What calls a function with an alias of its own calls the alias.
	if alias := props.get("AutoPublishAlias"); alias.str() != "" {
		r.alias = r.id + "Alias" + alias.str()
		t.insert(r, r.alias, obj(alias, "Type", str(alias, "AWS::Lambda::Alias"),
			"Properties", obj(alias, "FunctionName", obj(alias, "Ref", str(alias, r.id)), "Name", alias)))
	}
	managed := []string{"AWSLambdaBasicExecutionRole"}
	if props.get("VpcConfig") != nil {
		managed = append(managed, "AWSLambdaVPCAccessExecutionRole")
	}
	if tracing := props.get("Tracing"); tracing != nil && tracing.str() != "PassThrough" && tracing.str() != "Disabled" {
		managed = append(managed, "AWSXrayWriteOnlyAccess")
	}
	if events := props.get("Events"); events != nil {
		for _, e := range events.fields {
			managed = append(managed, pollers[e.val.get("Type").str()]...)
			source := e.val.get("Properties")
			for _, key := range []string{"Queue", "Stream"} {
				if from := source.get(key); from != nil {
					t.insert(r, eventID(r, e.key, ""), obj(e.val, "Type", str(e.val, "AWS::Lambda::EventSourceMapping"), "Properties",
						obj(e.val, "FunctionName", obj(e.val, "Ref", str(e.val, r.id)), "EventSourceArn", from), "Condition", r.node.get("Condition")))
				}
			}
			t.samEvent(r, e.key, e.val, globals)
		}
	}
	if url := props.get("FunctionUrlConfig"); url != nil {
		t.insert(r, r.id+"Url", obj(url, "Type", str(url, "AWS::Lambda::Url"), "Properties",
			obj(url, "TargetFunctionArn", obj(url, "Ref", str(url, r.id)), "AuthType", url.get("AuthType")), "Condition", r.node.get("Condition")))
	}
	if url := props.get("FunctionUrlConfig"); url != nil && url.get("AuthType").str() == "NONE" {
		// Anyone may call it. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
		t.permit(r, r.id+"UrlPublicPermissions", "*", "Action", str(url, "lambda:InvokeFunctionUrl"), "FunctionUrlAuthType", str(url, "NONE"))
		t.permit(r, r.id+"URLInvokeAllowPublicAccess", "*", "InvokedViaFunctionUrl", (&value{kind: boolean, text: "true"}).from(url))
	}
	if role := props.get("Role"); role != nil && role.kind != null {
		return
	}
	var more []*value
	if dlq := props.get("DeadLetterQueue"); dlq != nil {
		action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}[dlq.get("Type").str()]
		if target := dlq.get("TargetArn"); action != "" && target != nil {
			more = append(more, samGrant(dlq, "DeadLetterQueuePolicy", action, target))
		}
	}
	for _, on := range []string{"OnSuccess", "OnFailure"} {
		d := props.dig("EventInvokeConfig", "DestinationConfig", on)
		action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish", "Lambda": "lambda:InvokeFunction", "EventBridge": "events:PutEvents"}[d.get("Type").str()]
		if target := d.get("Destination"); action != "" && target != nil {
			more = append(more, samGrant(d, r.id+"EventInvokeConfig"+on+"Policy", action, target))
		}
	}
	r.props = (&value{kind: object, fields: append(append([]field(nil), props.fields...), field{"Role", t.samRole(r, props, "lambda.amazonaws.com", managed, more...)})}).from(props)
}

// samGrant is an inline policy of one action on one resource.
func samGrant(at *value, name, action string, resource *value) *value {
	return obj(at, "PolicyName", str(at, name), "PolicyDocument", obj(at, "Version", str(at, "2012-10-17"),
		"Statement", arr(at, obj(at, "Action", str(at, action), "Effect", str(at, "Allow"), "Resource", resource))))
}

// pollers are the managed policies that a function gets for sources that Lambda reads from as the function's role.
var pollers = map[string][]string{
	"SQS": {"AWSLambdaSQSQueueExecutionRole"}, "DynamoDB": {"AWSLambdaDynamoDBExecutionRole"},
	"Kinesis": {"AWSLambdaKinesisExecutionRole"}, "MSK": {"AWSLambdaMSKExecutionRole"},
	"DocumentDB": {}, "MQ": {}, "SelfManagedKafka": {},
}

var pathVariable = regexp.MustCompile(`\{[^}]*\}`)

// samEvent adds the permission that an event source needs to call a function.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
func (t *template) samEvent(r *resource, name string, e, globals *value) {
	p := e.get("Properties")
	id := eventID(r, name, "Permission")
	switch typ := e.get("Type").str(); typ {
	case "Api", "HttpApi":
		apiProp, implicit, made := "RestApiId", "ServerlessRestApi", "AWS::Serverless::Api"
		if typ == "HttpApi" {
			apiProp, implicit, made = "ApiId", "ServerlessHttpApi", "AWS::Serverless::HttpApi"
		}
		apiGlobals := globals.get(typ)
		api := p.get(apiProp)
		if api == nil {
			if t.resources[implicit] == nil {
				t.insert(r, implicit, obj(e, "Type", str(e, made), "Properties", obj(e, "Auth", apiGlobals.get("Auth"))))
			}
			api = obj(e, "Ref", str(e, implicit))
		}
		method := strings.ToUpper(p.get("Method").str())
		if method == "" {
			method = "ANY"
		}
		auth := p.dig("Auth", "Authorizer").str()
		if invoke := p.dig("Auth", "ApiKeyRequired"); auth == "" && invoke.str() == "true" {
			auth = "API_KEY"
		}
		t.samRoutes = append(t.samRoutes, samRoute{api: api, fn: r, method: method, path: p.get("Path").str(), auth: auth, at: e})
		if method == "ANY" {
			method = "*"
		}
		path := pathVariable.ReplaceAllString(p.get("Path").str(), "*")
		path = strings.TrimPrefix(path, "/")
		if typ == "HttpApi" && (path == "" || path == "$default") {
			method, path = "", "*"
		}
		pattern := "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/" + strings.TrimPrefix(method+"/"+path, "/")
		t.permit(r, id, "apigateway.amazonaws.com", "SourceArn", obj(e, "Fn::Sub", arr(e, str(e, pattern), obj(e, "Api", api))))
	case "S3":
		t.permit(r, id, "s3.amazonaws.com", "SourceAccount", obj(e, "Ref", str(e, "AWS::AccountId")))
	case "SNS":
		t.permit(r, id, "sns.amazonaws.com", "SourceArn", orElse(p.get("Topic"), unresolved(e, "Topic", "the event names no topic")))
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		rule := eventID(r, name, "")
		t.insert(r, rule, obj(e, "Type", str(e, "AWS::Events::Rule"), "Properties", obj(e, "Name", p.get("Name"))))
		t.permit(r, id, "events.amazonaws.com", "SourceArn", obj(e, "Fn::GetAtt", arr(e, str(e, rule), str(e, "Arn"))))
	case "CloudWatchLogs":
		group := orElse(p.get("LogGroupName"), str(e, "*"))
		t.permit(r, id, "logs.amazonaws.com", "SourceArn", obj(e, "Fn::Sub", arr(e,
			str(e, "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*"), obj(e, "Group", group))))
	case "IoTRule":
		rule := eventID(r, name, "")
		t.permit(r, id, "iot.amazonaws.com", "SourceAccount", obj(e, "Ref", str(e, "AWS::AccountId")), "SourceArn",
			obj(e, "Fn::Sub", str(e, "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/"+rule)))
	case "Cognito":
		pool := p.get("UserPool")
		if fn, arg := function(orElse(pool, &value{})); fn == "Ref" {
			t.permit(r, id, "cognito-idp.amazonaws.com", "SourceArn", obj(e, "Fn::GetAtt", arr(e, arg, str(e, "Arn"))))
		} else {
			t.permit(r, id, "cognito-idp.amazonaws.com", "SourceArn", unresolved(e, "UserPool", "the event's user pool is not in the template"))
		}
	case "AlexaSkill":
		t.permit(r, id, "alexa-appkit.amazon.com", "EventSourceToken", p.get("SkillId"))
	}
}

// permit adds a Lambda permission for a function.
func (t *template) permit(r *resource, id, principal string, keysAndValues ...any) {
	at := r.node
	props := obj(at, keysAndValues...)
	if props.get("Action") == nil {
		props.fields = append(props.fields, field{"Action", str(at, "lambda:InvokeFunction")})
	}
	props.fields = append(props.fields, field{"FunctionName", obj(at, "Ref", str(at, cmp.Or(r.alias, r.id)))}, field{"Principal", str(at, principal)})
	t.insert(r, id, obj(at, "Type", str(at, "AWS::Lambda::Permission"), "Properties", props, "Condition", r.node.get("Condition")))
}

func (t *template) samStateMachine(r *resource, global *value) {
	props := t.withGlobals(r.props, global, r)
	r.typ = "AWS::StepFunctions::StateMachine"
	role := props.get("Role")
	if role == nil || role.kind == null {
		var managed []string
		if props.get("Tracing") != nil {
			managed = append(managed, "AWSXrayWriteOnlyAccess")
		}
		role = t.samRole(r, props, "states.amazonaws.com", managed)
	}
	r.props = obj(r.node, "StateMachineName", props.get("Name"), "RoleArn", role, "Tags", props.get("Tags"))
}
