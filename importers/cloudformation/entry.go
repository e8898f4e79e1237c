package cloudformation

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// samRoute is a route that an event of a SAM function makes.
type samRoute struct {
	api          *value // as the event names it: a reference, or an id
	fn           *resource
	method, path string
	auth         string // as the event says; "" for the API's default
	at           *value
}

// restAPI is AWS::ApiGateway::RestApi, or AWS::Serverless::Api: its routes are resources and methods of their own, or in
// an OpenAPI body, or events of functions.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html
func (t *template) restAPI(p part) {
	x := t.identity(p.r, 0)
	a := inventory.API{ARN: x.arn, ID: x.id, Name: x.name, Account: t.account, Type: "REST", Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	for _, r := range t.partsOf(x.id, "AWS::ApiGateway::Method", "RestApiId") {
		m := t.properties(r)
		route := inventory.Route{Method: m.get("HttpMethod").str(), Path: t.resourcePath(m.get("ResourceId").str(), x.id),
			Auth: cmp.Or(m.get("AuthorizationType").str(), "NONE"), Key: m.get("ApiKeyRequired").orNo(), Source: t.source(r.node, r.id)}
		t.answers(&route, m.get("Integration", "Uri"))
		a.Routes = append(a.Routes, route)
	}
	body := p.get("Body")
	if !body.has() {
		body = p.get("DefinitionBody")
	}
	t.bodyRoutes(&a, body)
	for _, key := range []string{"BodyS3Location", "DefinitionUri"} {
		if p.get(key).has() {
			a.Unknown = "its routes are in an OpenAPI document that is not part of the template"
			p.warn("the routes of %s are not all known: %s", p.r.id, a.Unknown)
		}
	}
	t.eventRoutes(&a, p)
	t.out.APIs = append(t.out.APIs, a)
	if doc := p.get("Policy"); doc.has() {
		t.resourcePolicy(p, inventory.Known(t.arn("execute-api", x.id)), "resource policy", doc)
	}
}

// httpAPI is AWS::ApiGatewayV2::Api, or AWS::Serverless::HttpApi.
func (t *template) httpAPI(p part) {
	x := t.identity(p.r, 0)
	a := inventory.API{ARN: x.arn, ID: x.id, Name: x.name, Account: t.account, Type: cmp.Or(p.get("ProtocolType").str(), "HTTP"), Tags: p.get("Tags").tags(), Source: t.source(p.r.node, p.r.id)}
	for _, r := range t.partsOf(x.id, "AWS::ApiGatewayV2::Route", "ApiId") {
		q := t.properties(r)
		method, path, ok := strings.Cut(q.get("RouteKey").str(), " ")
		if !ok { // "$default", or a WebSocket's route
			method, path = "ANY", method
		}
		route := inventory.Route{Method: method, Path: path, Auth: cmp.Or(q.get("AuthorizationType").str(), "NONE"), Key: q.get("ApiKeyRequired").orNo(), Source: t.source(r.node, r.id)}
		target := strings.TrimPrefix(q.get("Target").str(), "integrations/")
		if _, integration, ok := t.arnOf(target, "AWS::ApiGatewayV2::Integration"); ok {
			t.answers(&route, t.properties(integration).get("IntegrationUri"))
		} else {
			route.Target = target
		}
		a.Routes = append(a.Routes, route)
	}
	if target := p.get("Target"); target.has() { // the quick way to an API of one route
		route := inventory.Route{Method: "ANY", Path: cmp.Or(p.get("RouteKey").str(), "$default"), Auth: "NONE", Key: inventory.No, Source: target.source()}
		t.answers(&route, target)
		a.Routes = append(a.Routes, route)
	}
	body := p.get("Body")
	if !body.has() {
		body = p.get("DefinitionBody")
	}
	t.bodyRoutes(&a, body)
	t.eventRoutes(&a, p)
	t.out.APIs = append(t.out.APIs, a)
}

// partsOf are the resources of a type that name what they belong to in a property.
func (t *template) partsOf(owner, typ, property string) []*resource {
	if t.parts[typ] == nil {
		t.parts[typ] = map[string][]*resource{}
		for _, r := range t.byType(typ) {
			id, _ := t.properties(r).get(property).settled()
			t.parts[typ][id] = append(t.parts[typ][id], r)
		}
	}
	for _, r := range t.parts[typ][owner] {
		t.taken[r.id] = true
	}
	return t.parts[typ][owner]
}

// maxPath is how many parts a path of an API is followed for.
const maxPath = 64

// resourcePath is the path of a resource of a REST API, which names its parent.
func (t *template) resourcePath(id, api string) string {
	var parts []string
	for range maxPath {
		_, r, ok := t.arnOf(id, "AWS::ApiGateway::Resource")
		if !ok {
			break
		}
		p := t.properties(r)
		parts = append(parts, p.get("PathPart").str())
		id = p.get("ParentId").str()
	}
	if id != api+".RootResourceId" {
		parts = append(parts, "…") // its parent is not in the template
	}
	slices.Reverse(parts)
	return "/" + strings.Join(parts, "/")
}

// answers notes what an integration's URI names: a function, as
// arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations or by its ARN, or something else.
func (t *template) answers(route *inventory.Route, uri part) {
	s, why := uri.settled()
	_, fn, named := strings.Cut(s, "/functions/")
	switch {
	case why != "":
		uri.warn("what answers %s %s is not known: %s", route.Method, route.Path, why)
		route.Function = inventory.Text{Unknown: why, Partial: s}
	case named:
		route.Function = inventory.Known(strings.TrimSuffix(fn, "/invocations"))
	case strings.Contains(s, ":function:"):
		route.Function = inventory.Known(s)
	default:
		route.Target = s
	}
}

// bodyRoutes are the routes of an OpenAPI document with API Gateway's extensions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
func (t *template) bodyRoutes(a *inventory.API, body part) {
	if !body.has() {
		return
	}
	paths := body.get("paths")
	if !paths.has() {
		a.Unknown = "its OpenAPI document has no paths that can be read"
		body.warn("the routes of %s are not known: %s", body.r.id, a.Unknown)
		return
	}
	for _, path := range paths.each() {
		for _, op := range path.each() {
			method := strings.ToUpper(op.key)
			if op.key == "x-amazon-apigateway-any-method" {
				method = "ANY"
			} else if !slices.Contains(methods, strings.ToLower(op.key)) {
				continue
			}
			security := op.get("security")
			if security.v == nil {
				security = body.get("security")
			}
			route := inventory.Route{Method: method, Path: path.key, Auth: "NONE", Source: op.source()}
			for _, s := range security.list() {
				for _, scheme := range s.each() {
					route.Auth = scheme.key
					if scheme.key == "sigv4" {
						route.Auth = "AWS_IAM"
					}
				}
			}
			integration := op.get("x-amazon-apigateway-integration")
			t.answers(&route, integration.get("uri"))
			a.Routes = append(a.Routes, route)
		}
	}
}

// eventRoutes are the routes that events of SAM functions make.
func (t *template) eventRoutes(a *inventory.API, p part) {
	for _, s := range t.samRoutes {
		api, _, _ := textOf(t.resolve(s.api))
		if api != a.ID || !t.created(s.fn) {
			continue
		}
		auth := s.auth
		if auth == "" {
			auth = cmp.Or(p.get("Auth", "DefaultAuthorizer").str(), "NONE")
		}
		a.Routes = append(a.Routes, inventory.Route{Method: s.method, Path: s.path, Auth: auth,
			Function: inventory.Known(t.identity(s.fn, 0).arn), Source: t.source(s.at, s.fn.id)})
	}
}

// userPool is AWS::Cognito::UserPool with its groups and clients. Unless only an administrator can, anyone registers.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cognito-userpool-admincreateuserconfig.html
func (t *template) userPool(p part) {
	x := t.identity(p.r, 0)
	u := inventory.UserPool{ARN: x.arn, ID: x.id, Name: x.name, SelfSignUp: inventory.Yes, Tags: p.get("UserPoolTags").tags(), Source: t.source(p.r.node, p.r.id)}
	switch only := p.get("AdminCreateUserConfig", "AllowAdminCreateUserOnly"); {
	case only.flag() == inventory.Yes:
		u.SelfSignUp = inventory.No
	case only.has() && only.flag() == inventory.Unset:
		u.SelfSignUp = inventory.Unset
	}
	for _, r := range t.partsOf(x.id, "AWS::Cognito::UserPoolGroup", "UserPoolId") {
		g := t.properties(r)
		u.Groups = append(u.Groups, inventory.PoolGroup{Name: cmp.Or(g.get("GroupName").str(), r.id), Role: g.get("RoleArn").str(), Source: t.source(r.node, r.id)})
	}
	for _, r := range t.partsOf(x.id, "AWS::Cognito::UserPoolClient", "UserPoolId") {
		u.Clients = append(u.Clients, t.identity(r, 0).ref)
	}
	t.out.UserPools = append(t.out.UserPools, u)
}

// delivery is AWS::Logs::Delivery: a source, which names what logs, and a destination.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
func (t *template) delivery(p part) {
	d := inventory.Delivery{Source: t.source(p.r.node, p.r.id)}
	d.Resource = inventory.Unsure("its delivery source is not in the template")
	d.Destination = inventory.Unsure("its delivery destination is not in the template")
	if _, r, ok := t.arnOf(p.get("DeliverySourceName").str(), "AWS::Logs::DeliverySource"); ok {
		s := t.properties(r)
		d.LogType = s.get("LogType").str()
		d.Resource = s.get("ResourceArn").text()
	}
	if _, r, ok := t.arnOf(p.get("DeliveryDestinationArn").str(), "AWS::Logs::DeliveryDestination"); ok {
		if d.Destination = t.properties(r).get("DestinationResourceArn").text(); d.Destination.OK() {
			d.Destination.Value = strings.TrimSuffix(d.Destination.Value, ":*")
		}
	}
	t.out.Deliveries = append(t.out.Deliveries, d)
}

// topic is AWS::SNS::Topic with what it delivers to: an address outside is a way out.
func (t *template) topic(p part) {
	x := t.identity(p.r, 0)
	var to []string
	add := func(s part) {
		endpoint, _ := s.get("Endpoint").settled()
		to = append(to, s.get("Protocol").str()+": "+endpoint)
	}
	for _, s := range p.get("Subscription").list() {
		add(s)
	}
	for _, r := range t.partsOf(x.arn, "AWS::SNS::Subscription", "TopicArn") {
		add(t.properties(r))
	}
	t.resource(p, x.arn, x.name, attributes("kms key", t.key(p.get("KmsMasterKeyId").str()), "delivers to", joined(to)))
}

// maxJoined bounds what a page shows of a list, in bytes.
const maxJoined = 4 << 10

// joined is a list as a text for people.
func joined(list []string) string {
	n := 0
	for i, s := range list {
		if n += len(s) + 2; n > maxJoined {
			return strings.Join(list[:i], ", ") + ", …"
		}
	}
	return strings.Join(list, ", ")
}

// acting takes something that acts as a role and has no facts of its own: a build, a notebook, a pipeline, a task.
func (t *template) acting(role string) func(part) {
	return func(p part) {
		x := t.identity(p.r, 0)
		t.resource(p, x.arn, x.name, attributes("role", p.get(role).str()))
	}
}
