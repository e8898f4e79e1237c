package chain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// event is how CloudTrail sees a kind of access: as a management event, or as a data event of a resource type.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
// https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
type event struct {
	management bool
	dataType   string // resources.type of the selector; "" with management false: no CloudTrail event that we know of
	write      bool
	source     string // event source that a selector may leave out: "kms.amazonaws.com"
}

// eventOf says how CloudTrail records a link's access; false when that is not established.
func eventOf(kind graph.EdgeKind, target *graph.Node) (event, bool) {
	switch kind {
	case graph.Assumes:
		return event{management: true, source: "sts.amazonaws.com"}, true
	case graph.Administers, graph.Passes:
		return event{management: true, write: true}, true
	case graph.Decrypts:
		return event{management: true, source: "kms.amazonaws.com"}, true
	}
	switch target.Kind {
	case graph.KindModel, graph.KindProfile:
		return event{management: true, source: "bedrock.amazonaws.com"}, true
	case graph.KindSecret:
		return event{management: true, source: "secretsmanager.amazonaws.com"}, true
	case graph.KindStates:
		return event{management: true, write: true, source: "states.amazonaws.com"}, true
	case graph.KindAgent:
		return event{dataType: "AWS::Bedrock::AgentAlias"}, true
	case graph.KindFlow:
		return event{dataType: "AWS::Bedrock::FlowAlias"}, true
	case graph.KindKB:
		return event{dataType: "AWS::Bedrock::KnowledgeBase"}, true
	case graph.KindRuntime:
		return event{dataType: "AWS::BedrockAgentCore::Runtime"}, true
	case graph.KindGateway:
		return event{dataType: "AWS::BedrockAgentCore::Gateway"}, true
	case graph.KindBucket, graph.KindLogBucket:
		return event{dataType: "AWS::S3::Object", write: kind == graph.Writes}, true
	case graph.KindTable:
		return event{dataType: "AWS::DynamoDB::Table", write: kind == graph.Writes}, true
	case graph.KindFunction:
		return event{dataType: "AWS::Lambda::Function", write: true}, true
	case graph.KindTopic:
		return event{dataType: "AWS::SNS::Topic", write: true}, true
	case graph.KindQueue:
		return event{dataType: "AWS::SQS::Queue", write: true}, true
	}
	return event{}, false
}

// findLogs says for every hop which log would show it, and links what is touched to that log.
func (b *builder) findLogs() {
	b.functionLogs()
	for _, id := range sortedKeysOf(b.edges) {
		e := b.edges[id]
		switch e.Kind {
		case graph.RunsAs, graph.LogsTo, graph.GuardedBy, graph.MemberOf:
			continue
		}
		e.Log = b.logOf(e)
		to := b.nodes[e.To]
		if e.Log.State != graph.Yes || to.Wildcard || e.Granted == graph.Denied {
			continue
		}
		switch to.Lane {
		case graph.Models, graph.Data, graph.Tools:
			if e.Kind == graph.Administers {
				continue
			}
			states := []graph.LogState{e.Log}
			if to.Kind == graph.KindModel || to.Kind == graph.KindProfile {
				if all := b.invocationLogs(b.nodes[e.From]); len(all) > 0 {
					states = all
				}
			}
			for _, s := range states {
				l := b.edge(to.ID, graph.LogsTo, s.To)
				l.Wired = graph.Yes
				addEvidence(l, graph.Evidence{Kind: graph.ByConfiguration, Source: s.Source, Note: s.Why})
			}
		}
	}
}

// functionLogs links every function that takes part in the chain to its log group.
func (b *builder) functionLogs() {
	acts := map[graph.NodeID]bool{}
	for _, e := range b.edges {
		if e.Kind != graph.RunsAs && e.Kind != graph.LogsTo {
			acts[e.From], acts[e.To] = true, true
		}
	}
	for _, id := range sortedKeysOf(acts) {
		n := b.nodes[id]
		if n.Kind != graph.KindFunction || n.Wildcard {
			continue
		}
		if s := b.functionLog(n); s.State == graph.Yes {
			l := b.edge(n.ID, graph.LogsTo, s.To)
			l.Wired = graph.Yes
			addEvidence(l, graph.Evidence{Kind: graph.ByConfiguration, Source: s.Source, Note: s.Why})
		}
	}
}

// invocationLogs are all the places where model invocation logging puts the prompts and answers of calls made from an
// account and Region; the first is where Edge.Log points.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
func (b *builder) invocationLogs(from *graph.Node) []graph.LogState {
	var out []graph.LogState
	for i := range b.f.InvocationLogging {
		l := &b.f.InvocationLogging[i]
		if !l.Configured || l.Account.OK() && l.Account.Value != from.Account || !l.Account.OK() && !b.oneAccount() {
			continue
		}
		if from.Region != "" && l.Region.OK() && l.Region.Value != from.Region {
			continue
		}
		src := source(l.Source)
		if l.LogGroup != "" && l.Account.OK() && l.Region.OK() {
			n := b.logGroupNode(fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", l.Region.Value, l.Account.Value, l.LogGroup))
			out = append(out, graph.LogState{State: graph.Yes, To: n.ID, Why: "model invocation logging writes to " + l.LogGroup, Source: src})
		}
		for _, bucket := range []string{l.Bucket, l.LargeBucket} {
			if bucket != "" {
				out = append(out, graph.LogState{State: graph.Yes, To: b.bucketNode(bucket).ID, Why: "model invocation logging writes to " + bucket, Source: src})
			}
		}
	}
	return out
}

// unplacedLogging is the answer where a trail would not show a call, and model invocation logging is on in an account
// that the file does not name.
func (b *builder) unplacedLogging(e *graph.Edge, account string, to *graph.Node) (graph.LogState, bool) {
	for i := range b.f.InvocationLogging {
		if l := &b.f.InvocationLogging[i]; l.Configured && !l.Account.OK() {
			if ev, ok := eventOf(e.Kind, to); ok {
				if s := b.trailLog(ev, account, to); s.State == graph.Yes {
					return s, true
				}
			}
			return graph.LogState{State: graph.StateUnknown, Source: source(l.Source),
				Why: "model invocation logging is on in an account that " + l.Source.File + " does not name"}, true
		}
	}
	return graph.LogState{}, false
}

// oneAccount reports whether what was imported is all of one account, so that a setting that does not say of which
// account it is can only be of that one.
func (b *builder) oneAccount() bool {
	if b.accounts == nil {
		b.accounts = map[string]bool{}
		for _, n := range b.nodes {
			if n.Account != "" && len(n.Sources) > 0 {
				b.accounts[n.Account] = true
			}
		}
	}
	return len(b.accounts) <= 1
}

// logOf says which log would show one hop.
func (b *builder) logOf(e *graph.Edge) graph.LogState {
	from, to := b.nodes[e.From], b.nodes[e.To]
	account := cmp.Or(to.Account, from.Account)
	if to.Kind == graph.KindModel || to.Kind == graph.KindProfile {
		if s := b.invocationLogs(from); len(s) > 0 {
			return s[0]
		}
		account = from.Account
		if s, open := b.unplacedLogging(e, account, to); open {
			return s
		}
	}
	if s, ok := b.delivered[to.ID]; ok && e.Kind != graph.Administers && e.Kind != graph.Passes {
		return s
	}
	switch to.Kind {
	case graph.KindActionGroup, graph.KindTool:
		return b.toolLog(e, to)
	case graph.KindFunction:
		if s := b.functionLog(to); e.Kind == graph.Calls && s.State == graph.Yes {
			return s
		}
	case graph.KindRuntime:
		if s, ok := b.runtimeLog(to); ok && e.Kind == graph.Invokes {
			return s
		}
	case graph.KindEverything:
		return b.trailLog(event{management: true, write: true}, account, to)
	}
	ev, ok := eventOf(e.Kind, to)
	if !ok {
		return graph.LogState{State: graph.StateUnknown, Why: "whether any log shows this for a " + string(to.Kind) + " is not established"}
	}
	s := b.trailLog(ev, account, to)
	if to.Kind == graph.KindFunction && e.Kind == graph.Calls && s.State == graph.No {
		if f := b.functionLog(to); f.State == graph.No {
			s.Why += "; " + f.Why
		}
	}
	return s
}

// toolLog follows a tool to the function that carries it out.
func (b *builder) toolLog(e *graph.Edge, tool *graph.Node) graph.LogState {
	if tool.Attr("built-in") != "" {
		return graph.LogState{State: graph.StateUnknown, Why: "Bedrock carries it out itself, and whether a log shows that is not established"}
	}
	if c, ok := b.carriedOut[tool.ID]; ok {
		return b.logOf(b.edges[c])
	}
	if e.Confirm == graph.ConfirmReturn {
		return graph.LogState{State: graph.StateUnknown, Why: "the application carries it out itself, and its logs were not imported"}
	}
	return graph.LogState{State: graph.StateUnknown, Why: "what carries it out was not imported"}
}

// runtimeLog is the log group of an AgentCore runtime, when it was imported: /aws/bedrock-agentcore/runtimes/ID-ENDPOINT.
// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-view.html
func (b *builder) runtimeLog(rt *graph.Node) (graph.LogState, bool) {
	_, id, _ := strings.Cut(rt.ARN, ":runtime/")
	prefix := "/aws/bedrock-agentcore/runtimes/" + id + "-"
	if b.logGroups == nil {
		b.logGroups = []*graph.Node{}
		for _, nid := range sortedKeysOf(b.nodes) {
			if n := b.nodes[nid]; n.Kind == graph.KindLogGroup && len(n.Sources) > 0 {
				b.logGroups = append(b.logGroups, n)
			}
		}
	}
	for _, n := range b.logGroups {
		if n.Account == rt.Account && id != "" && strings.HasPrefix(n.Name, prefix) {
			s := graph.LogState{State: graph.Yes, To: n.ID, Why: rt.Name + " writes to " + n.Name}
			if len(n.Sources) > 0 {
				s.Source = n.Sources[0]
			}
			return s, true
		}
	}
	return graph.LogState{}, false
}

// functionLog is the log group that a function writes to. Lambda writes START, END and REPORT lines for each call when
// the function's role may write them.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
func (b *builder) functionLog(fn *graph.Node) graph.LogState {
	s, ok := b.ownLog[fn.ID]
	if !ok {
		s = b.writesItsLog(fn)
		b.ownLog[fn.ID] = s
	}
	return s
}

func (b *builder) writesItsLog(fn *graph.Node) graph.LogState {
	f := b.function(fn)
	if f == nil {
		return graph.LogState{State: graph.StateUnknown, Why: "the function " + fn.Name + " was not imported"}
	}
	name := cmp.Or(f.LogGroup, "/aws/lambda/"+f.Name)
	group := fmt.Sprintf("arn:aws:logs:%s:%s:log-group:%s", fn.Region, fn.Account, name)
	p := b.principals[f.Role.Value]
	if p == nil {
		return graph.LogState{State: graph.StateUnknown, Why: "the role of " + fn.Name + " was not imported, so whether it may write its log is not known"}
	}
	pol := p.pol
	v := b.ask(p, &pol, []string{"logs:PutLogEvents"}, group+":log-stream:*", &graph.Node{Account: fn.Account}, nil)
	switch v.Verdict {
	case graph.Denied:
		return graph.LogState{State: graph.No, Why: "the role of " + fn.Name + " may not write " + name, Source: source(f.Source)}
	case graph.Unknown:
		return graph.LogState{State: graph.StateUnknown, Why: v.unknown}
	}
	n := b.logGroupNode(group)
	unknownNode(n, "the log group that "+fn.Name+" writes to; describe-log-groups was not imported, so its retention is not known")
	if n.Detail == "" && len(n.Sources) == 0 {
		n.Detail = "CloudWatch"
	}
	return graph.LogState{State: graph.Yes, To: n.ID, Why: fn.Name + " writes to " + name, Source: source(f.Source)}
}

func (b *builder) function(n *graph.Node) *inventory.Function {
	if b.functions == nil {
		b.functions = map[string]*inventory.Function{}
		for i := range b.f.Functions {
			f := &b.f.Functions[i]
			if a := unqualified(f.ARN); b.functions[a] == nil || !b.functions[a].Role.OK() {
				b.functions[a] = f
			}
		}
	}
	return b.functions[n.ARN]
}

// trailLog says which trail or event data store would record an event of an account, or why none would.
func (b *builder) trailLog(ev event, account string, to *graph.Node) graph.LogState {
	covering, why, unknown := 0, "", ""
	for _, t := range b.sortedTrails() {
		if !t.covers(account, to.Region) {
			continue
		}
		covering++
		switch yes, reason, known := t.records(ev, to); {
		case yes:
			return graph.LogState{State: graph.Yes, To: graph.NodeID(t.ARN), Why: t.Name + " records " + reason, Source: source(t.Source)}
		case !known:
			unknown = cmp.Or(unknown, reason)
		default:
			why = cmp.Or(why, reason)
		}
	}
	switch {
	case unknown != "":
		return graph.LogState{State: graph.StateUnknown, Why: unknown}
	case covering > 0:
		return graph.LogState{State: graph.No, Why: why}
	}
	where := account
	if where == "" || len(b.f.Trails) == 0 {
		b.gap("CloudTrail trails of "+cmp.Or(b.accountLabel(account), "the account"), "aws cloudtrail describe-trails, and get-event-selectors for each")
		return graph.LogState{State: graph.StateUnknown, Why: "no trail was imported for " + cmp.Or(b.accountLabel(account), "the account")}
	}
	b.gap("CloudTrail trails of "+b.accountLabel(account), "aws cloudtrail describe-trails, and get-event-selectors for each")
	return graph.LogState{State: graph.StateUnknown, Why: "no trail was imported for " + b.accountLabel(account)}
}

// trailView is a trail with the selectors that another file may have given for it.
type trailView struct {
	inventory.Trail
	b *builder
}

func (b *builder) sortedTrails() []trailView {
	if b.trails != nil {
		return b.trails
	}
	byARN := map[string]*trailView{}
	for i := range b.f.Trails {
		t := b.f.Trails[i]
		old, ok := byARN[t.ARN]
		if !ok {
			byARN[t.ARN] = &trailView{t, b}
			continue
		}
		if t.SelectorsKnown && !old.SelectorsKnown {
			old.Selectors, old.SelectorsKnown = t.Selectors, true
		}
		old.Bucket, old.LogGroup = cmp.Or(old.Bucket, t.Bucket), cmp.Or(old.LogGroup, t.LogGroup)
		old.MultiRegion, old.Organization, old.Logging = cmp.Or(old.MultiRegion, t.MultiRegion), cmp.Or(old.Organization, t.Organization), cmp.Or(old.Logging, t.Logging)
	}
	b.trails = []trailView{}
	for _, a := range slices.Sorted(maps.Keys(byARN)) {
		b.trails = append(b.trails, *byARN[a])
	}
	return b.trails
}

// covers reports whether a trail sees events of an account and Region at all.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
func (t *trailView) covers(account, region string) bool {
	p, err := arn.Parse(t.ARN)
	if err != nil {
		return false
	}
	if p.Account != account && account != "" {
		if t.Organization != inventory.Yes || (t.b.orgs.imported() && !t.b.orgs.member[account]) {
			return false
		}
	}
	return t.MultiRegion != inventory.No || region == "" || p.Region == region
}

// records says whether a trail's selectors take an event. Without selectors a trail takes every management event and
// no data event (API_EventSelector); reason is a phrase for people.
func (t *trailView) records(ev event, to *graph.Node) (yes bool, reason string, known bool) {
	if t.Logging == inventory.No {
		return false, t.Name + " is stopped", true
	}
	what := "data events of " + ev.dataType
	if ev.management {
		what = "management events"
	}
	if !t.SelectorsKnown {
		if ev.management {
			return true, "management events, as trails do unless told otherwise", true
		}
		t.b.gap("event selectors of "+t.Name, "aws cloudtrail get-event-selectors --trail-name "+t.Name)
		return false, "the event selectors of " + t.Name + " were not imported, so whether it takes " + what + " is not known", false
	}
	partial := ""
	for i := range t.Selectors {
		s := &t.Selectors[i]
		if !s.Takes(ev.management, ev.dataType, ev.write, ev.source) {
			continue
		}
		if s.Partial != "" {
			partial = s.Partial
			continue
		}
		if ev.management || coversARN(s, to) {
			return true, what, true
		}
	}
	if partial != "" {
		return false, "a selector of " + t.Name + " is not understood: " + partial, false
	}
	if ev.management {
		return false, t.Name + " leaves out " + what, true
	}
	return false, "data events of " + t.Name + " are off for " + cmp.Or(dataTypeNames[ev.dataType], ev.dataType), true
}

var dataTypeNames = map[string]string{
	"AWS::S3::Object": "these S3 objects", "AWS::Lambda::Function": "this function", "AWS::Bedrock::AgentAlias": "this agent",
	"AWS::Bedrock::KnowledgeBase": "this knowledge base", "AWS::DynamoDB::Table": "this table", "AWS::SNS::Topic": "this topic",
	"AWS::SQS::Queue": "this queue", "AWS::BedrockAgentCore::Runtime": "this runtime", "AWS::BedrockAgentCore::Gateway": "this gateway",
}

// coversARN reports whether a data selector takes events on a node. A basic selector names objects by "arn:…:bucket/",
// and "arn:aws:s3" means every bucket, "arn:aws:lambda" every function (API_DataResource).
func coversARN(s *inventory.Selector, to *graph.Node) bool {
	a := to.ARN
	switch to.Kind {
	case graph.KindBucket, graph.KindLogBucket:
		a += "/"
	case graph.KindAgent:
		if p, err := arn.Parse(a); err == nil {
			p.Resource = "agent-alias/" + p.ResourceID()
			a = p.String()
		}
	}
	for _, not := range s.NotARN {
		if strings.HasPrefix(a, not) {
			return false
		}
	}
	if len(s.ARNPrefixes) == 0 {
		return true
	}
	return slices.ContainsFunc(s.ARNPrefixes, func(p string) bool {
		return strings.HasPrefix(a, strings.TrimSuffix(p, "*")) || strings.HasPrefix(p, a) // a prefix inside the bucket takes a part of it
	})
}
