package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	answers "github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// joinEntries makes nodes of what lets callers in: APIs, and what else acts as a role without facts of its own.
func (b *builder) joinEntries() {
	for i := range b.f.APIs {
		a := &b.f.APIs[i]
		n := b.arnNode(apiARN(a), graph.KindAPI, cmp.Or(a.Name, a.ID))
		addSource(n, a.Source)
		setTags(n, a.Tags)
		attr(n, "type", a.Type)
		for _, r := range a.Routes {
			listAttr(n, "routes", r.Method+" "+r.Path+" ("+cmp.Or(r.Auth, "sign-in not known")+")")
		}
		n.Unknown = a.Unknown
	}
	for i := range b.f.Resources {
		r := &b.f.Resources[i]
		kind, ok := actingKinds[r.Type]
		if !ok {
			continue
		}
		n := b.arnNode(r.ARN, kind, cmp.Or(r.Name, lastSegment(r.ARN)))
		addSource(n, r.Source)
		setTags(n, r.Tags)
		for _, k := range sortedKeysOf(r.Attrs) {
			if k != "role" {
				attr(n, k, r.Attrs[k])
			}
		}
		if role := r.Attrs["role"]; strings.HasPrefix(role, "arn:") {
			b.runsAs(n, inventory.Known(role), r.Source, "the role it runs as")
		}
	}
}

// actingKinds are the types of resources that act as a role, by what they are called in templates.
var actingKinds = map[string]graph.NodeKind{
	"AWS::SageMaker::NotebookInstance":             graph.KindNotebook,
	"AWS::SageMaker::Pipeline":                     graph.KindPipeline,
	"AWS::CodeBuild::Project":                      graph.KindBuild,
	"AWS::ECS::TaskDefinition":                     graph.KindTask,
	"AWS::BedrockAgentCore::BrowserCustom":         graph.KindTool,
	"AWS::BedrockAgentCore::CodeInterpreterCustom": graph.KindTool,
}

// apiARN is what IAM knows an API by: what callers invoke.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-using-iam-policies-to-invoke-api.html
func apiARN(a *inventory.API) string {
	p, err := arn.Parse(a.ARN)
	if err != nil {
		return "api/" + a.ID
	}
	p.Service, p.Account, p.Resource = "execute-api", cmp.Or(p.Account, a.Account), a.ID
	return p.String()
}

// wireEntries links callers to APIs and APIs to what answers, queues and streams to the functions that they feed, and
// what is logged by delivery to where it goes.
func (b *builder) wireEntries() {
	for i := range b.f.APIs {
		b.wireAPI(&b.f.APIs[i])
	}
	for i := range b.f.Functions {
		f := &b.f.Functions[i]
		fn := b.nodes[graph.NodeID(unqualified(f.ARN))]
		attr(fn, "code", f.Code)
		attr(fn, "URL", f.URLAuth)
		for _, s := range f.Sources {
			from, ok := b.targetNode(s)
			if !ok {
				continue
			}
			unknownNode(from, "named as what feeds "+fn.Name+"; not imported itself")
			e := b.edge(from.ID, graph.Calls, fn.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(f.Source, "what arrives there starts the function"))
		}
	}
	for i := range b.f.Deliveries {
		d := &b.f.Deliveries[i]
		if !d.Resource.OK() || !d.Destination.OK() {
			continue
		}
		from, okF := b.targetNode(d.Resource.Value)
		to, okT := b.targetNode(d.Destination.Value)
		if !okF || !okT {
			continue
		}
		unknownNode(to, "named as where "+from.Name+" logs to; not imported itself")
		if to.Kind == graph.KindBucket {
			b.asLog(to, strings.ToLower(strings.ReplaceAll(d.LogType, "_", " "))+" of "+from.Name)
		}
		e := b.edge(from.ID, graph.LogsTo, to.ID)
		e.Wired = graph.Yes
		addEvidence(e, configured(d.Source, "delivers "+cmp.Or(d.LogType, "its logs")))
		if d.LogType == "APPLICATION_LOGS" { // traces and usage do not show who asked for what
			b.delivered[from.ID] = graph.LogState{State: graph.Yes, To: to.ID, Why: from.Name + " delivers its application logs to " + to.Name, Source: source(d.Source)}
		}
	}
}

// wireAPI links an API to the functions behind its routes, and to those who get in by each.
func (b *builder) wireAPI(a *inventory.API) {
	n := b.nodes[graph.NodeID(apiARN(a))]
	_, hasPolicy := b.resource[n.ARN]
	for _, r := range a.Routes {
		route := strings.TrimSpace(r.Method + " " + r.Path)
		switch {
		case r.Function.OK():
			fn := b.functionNode(r.Function.Value, "named by the API "+n.Name+"; the function itself was not imported")
			e := b.edge(n.ID, graph.Calls, fn.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(r.Source, "answers "+route))
			b.apiMayCall(e, n, fn)
		case r.Target != "":
			listAttr(n, "answered by", r.Target)
		}
		part := n.ARN + "/*/" + strings.ReplaceAll(r.Method, "ANY", "*") + r.Path
		switch {
		case r.Auth == "AWS_IAM", r.Auth == "":
			continue // who may is asked of policies
		case r.Auth == "NONE" && r.Key == inventory.Yes:
			b.getIn(n, b.node(graph.NodeID("clients/"+string(n.ID)), graph.KindFederated, "Holders of a key of "+n.Name), graph.ScopeNamed, part, r, route+" asks for an API key, and not who it is")
		case r.Auth == "NONE" && !hasPolicy:
			b.getIn(n, b.node("anyone", graph.KindAnyone, "Anyone"), graph.ScopeAll, part, r, route+" asks nobody to sign in")
		case r.Auth != "NONE":
			who := b.node(graph.NodeID("signed in/"+string(n.ID)+"/"+r.Auth), graph.KindFederated, "Users signed in to "+n.Name)
			attr(who, "authorizer", r.Auth)
			b.getIn(n, who, graph.ScopeExact, part, r, route+" asks for a sign-in ("+r.Auth+")")
		}
	}
}

func (b *builder) getIn(api, who *graph.Node, scope graph.Scope, part string, r inventory.Route, note string) {
	e := b.edge(who.ID, graph.Calls, api.ID)
	e.Wired, e.Granted = graph.Yes, graph.Allowed
	e.Breadth.PrincipalScope = scope
	if !slices.Contains(e.Part, part) {
		e.Part = append(e.Part, part)
		slices.Sort(e.Part)
	}
	addEvidence(e, configured(r.Source, note))
}

// apiMayCall asks whether the function's own policy lets the API call it. A permission names the API's stage, method and
// path by a pattern, which is taken as met when it can be one of this API.
func (b *builder) apiMayCall(e *graph.Edge, api, fn *graph.Node) {
	pol, ok := b.resource[fn.ARN]
	if !ok {
		e.Granted, e.GrantedUnknown = graph.Unknown, b.needResourcePolicy(fn)
		return
	}
	from := api.ARN + "/*"
	for i := range pol.Document().Statements {
		for _, c := range pol.Document().Statements[i].Conditions {
			if strings.EqualFold(c.Key, "aws:SourceArn") {
				for _, v := range c.Values {
					if answers.Meets(v, from) {
						from = v
					}
				}
			}
		}
	}
	p := &principal{arn: "apigateway.amazonaws.com", account: api.Account, kind: graph.KindService}
	v := b.ask(p, &iam.Policies{Resource: pol}, []string{"lambda:InvokeFunction"}, fn.ARN, fn, map[string][]string{
		"aws:sourcearn": {from}, "aws:sourceaccount": {api.Account}, "aws:principalisawsservice": {"true"},
	})
	if v.Verdict == graph.Denied {
		v.blocked = "the resource policy of " + fn.Name + " does not let API Gateway call it for " + api.Name
	}
	b.setVerdict(e, v)
}

// userPool finds the Cognito user pool that an issuer's host and path name.
func (b *builder) userPool(host string) *inventory.UserPool {
	for i := range b.f.UserPools {
		if p := &b.f.UserPools[i]; p.ID == lastSegment(host) {
			return p
		}
	}
	return nil
}

// poolUsers says of the people behind a user pool's tokens who they are: anyone, where anyone may register.
func (b *builder) poolUsers(who *graph.Node, p *inventory.UserPool) {
	who.Name = "Users of " + cmp.Or(p.Name, p.ID)
	addSource(who, p.Source)
	setTags(who, p.Tags)
	for _, g := range p.Groups {
		listAttr(who, "groups", g.Name)
	}
	if p.SelfSignUp == inventory.Yes {
		e := b.edge(b.node("anyone", graph.KindAnyone, "Anyone").ID, graph.Assumes, who.ID)
		e.Wired, e.Granted = graph.Yes, graph.Allowed
		e.Breadth.PrincipalScope = graph.ScopeAll
		addEvidence(e, configured(p.Source, "anyone can register in the user pool"))
	}
}
