package chain

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/inventory"
)

const (
	prod    = "111122223333"
	sandbox = "444455556666"
)

func doc(text string) inventory.PolicyDoc {
	return inventory.PolicyDoc{Name: "P", Raw: json.RawMessage(text), Source: inventory.Source{File: "dump.json", Pointer: "/p"}}
}

func role(account, name, trust string, policies ...string) inventory.Role {
	r := inventory.Role{ARN: "arn:aws:iam::" + account + ":role/" + name, Name: name, Trust: doc(trust), Tags: inventory.Tags{}, Source: inventory.Source{File: "gaad.json"}}
	for i, p := range policies {
		d := doc(p)
		d.Name = string(rune('A' + i))
		r.Inline = append(r.Inline, d)
	}
	return r
}

func lets(principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"}]}`
}

func allow(actions, resources string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":` + actions + `,"Resource":` + resources + `}]}`
}

const bedrockTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole",
  "Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}]}`

func agentARN(id string) string { return "arn:aws:bedrock:eu-central-1:" + prod + ":agent/" + id }

func bucket(name string) inventory.Resource {
	return inventory.Resource{ARN: "arn:aws:s3:::" + name, Name: name, Account: prod, Type: "AWS::S3::Bucket", Tags: inventory.Tags{}, Source: inventory.Source{File: "buckets.json"}}
}

func build(t *testing.T, f *inventory.Facts) *graph.Graph {
	t.Helper()
	g, err := Build(f)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func link(t *testing.T, g *graph.Graph, from string, kind graph.EdgeKind, to string) *graph.Edge {
	t.Helper()
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Kind == kind && g.Node(e.From).Name == from && g.Node(e.To).Name == to {
			return e
		}
	}
	return nil
}

func must(t *testing.T, g *graph.Graph, from string, kind graph.EdgeKind, to string) *graph.Edge {
	t.Helper()
	e := link(t, g, from, kind, to)
	if e == nil {
		t.Fatalf("no link %s %s %s; links: %s", from, kind, to, strings.Join(sentences(g), "; "))
	}
	return e
}

func sentences(g *graph.Graph) []string {
	var out []string
	for i := range g.Edges {
		out = append(out, g.Node(g.Edges[i].From).Name+" "+string(g.Edges[i].Kind)+" "+g.Node(g.Edges[i].To).Name)
	}
	slices.Sort(out)
	return out
}

// supportFacts are an agent whose role allows s3:* on *, with a knowledge base over one bucket and another bucket beside.
func supportFacts() *inventory.Facts {
	return &inventory.Facts{
		Roles: []inventory.Role{role(prod, "support-agent-role", bedrockTrust,
			allow(`"s3:*"`, `"*"`), allow(`"bedrock:InvokeModel"`, `"arn:aws:bedrock:*::foundation-model/anthropic.claude-x"`),
			allow(`"bedrock:Retrieve"`, `"arn:aws:bedrock:eu-central-1:111122223333:knowledge-base/KB1"`))},
		Agents: []inventory.Agent{{ARN: agentARN("AG1"), ID: "AG1", Name: "support-agent", Version: "DRAFT",
			Role: inventory.Known("arn:aws:iam::" + prod + ":role/support-agent-role"), Model: inventory.Known("anthropic.claude-x"), Source: inventory.Source{File: "get-agent.json"}}},
		AgentKBs: []inventory.AgentKB{{Agent: "AG1", AgentVersion: "DRAFT", KB: "KB1", State: "ENABLED"}},
		KnowledgeBases: []inventory.KnowledgeBase{{ARN: "arn:aws:bedrock:eu-central-1:" + prod + ":knowledge-base/KB1", ID: "KB1", Name: "support-kb",
			Role: inventory.Known("arn:aws:iam::" + prod + ":role/kb-role"), Source: inventory.Source{File: "kb.json"}}},
		DataSources: []inventory.DataSource{{KB: "KB1", ID: "DS1", Name: "docs", Type: "S3", Bucket: inventory.Known("arn:aws:s3:::product-docs")}},
		Resources:   []inventory.Resource{bucket("hr-payroll"), bucket("product-docs")},
	}
}

func TestAgentCarriesItsRole(t *testing.T) {
	g := build(t, supportFacts())
	e := must(t, g, "support-agent", graph.Reads, "hr-payroll")
	if e.Granted != graph.Allowed || e.Wired != graph.No || e.As != "arn:aws:iam::111122223333:role/support-agent-role" {
		t.Errorf("granted %s wired %s as %s", e.Granted, e.Wired, e.As)
	}
	if e.Breadth.ResourceScope != graph.ScopeAll || !slices.Equal(e.Breadth.ActionPatterns, []string{"s3:*"}) || e.Breadth.ActionsGranted < 100 {
		t.Errorf("breadth %+v", e.Breadth)
	}
	if len(e.Evidence) == 0 || e.Evidence[0].Sid != "S" || g.Policy(e.Evidence[0].Policy) == nil {
		t.Errorf("evidence %+v", e.Evidence)
	}
	every := must(t, g, "support-agent", graph.Reads, "every bucket")
	if e.ImpliedBy != every.ID {
		t.Errorf("implied by %q, want the link to every bucket", e.ImpliedBy)
	}
	if kb := must(t, g, "support-agent", graph.Retrieves, "support-kb"); kb.Granted != graph.Allowed || kb.Wired != graph.Yes {
		t.Errorf("knowledge base: granted %s wired %s", kb.Granted, kb.Wired)
	}
	if m := must(t, g, "support-agent", graph.Invokes, "claude-x"); m.Granted != graph.Allowed || m.Wired != graph.Yes || m.Breadth.ResourceScope != graph.ScopeExact {
		t.Errorf("model: %s %s %s", m.Granted, m.Wired, m.Breadth.ResourceScope)
	}
	if link(t, g, "support-agent-role", graph.Reads, "hr-payroll") != nil {
		t.Error("a role that only a service can become must not have links beside its actor's")
	}
}

func TestWiredWithoutTheRoleIsUnknown(t *testing.T) {
	g := build(t, supportFacts())
	e := must(t, g, "support-kb", graph.Indexes, "product-docs")
	if e.Wired != graph.Yes || e.Granted != graph.Unknown || !strings.Contains(e.GrantedUnknown, "kb-role") {
		t.Errorf("wired %s granted %s: %q", e.Wired, e.Granted, e.GrantedUnknown)
	}
	if n := g.Node("arn:aws:iam::111122223333:role/kb-role"); n == nil || n.Unknown == "" {
		t.Error("the role that was not imported must be a node that says so")
	}
}

func TestWiredButNotGranted(t *testing.T) {
	f := supportFacts()
	f.Roles[0].Inline = f.Roles[0].Inline[:2] // without bedrock:Retrieve
	e := must(t, build(t, f), "support-agent", graph.Retrieves, "support-kb")
	if e.Granted != graph.Denied || e.Wired != graph.Yes || e.BlockedBy == "" {
		t.Errorf("granted %s wired %s blocked by %q", e.Granted, e.Wired, e.BlockedBy)
	}
}

func TestDenyMakesAHole(t *testing.T) {
	f := supportFacts()
	f.Roles[0].Inline = append(f.Roles[0].Inline, inventory.PolicyDoc{Name: "D",
		Raw: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::hr-payroll/board/*"}]}`)})
	e := must(t, build(t, f), "support-agent", graph.Reads, "hr-payroll")
	if e.Granted != graph.Allowed || !slices.Contains(e.Holes, "arn:aws:s3:::hr-payroll/board/*") {
		t.Errorf("granted %s holes %v", e.Granted, e.Holes)
	}
}

func TestTools(t *testing.T) {
	f := supportFacts()
	fn := "arn:aws:lambda:eu-central-1:" + prod + ":function:order-tools"
	f.ActionGroups = []inventory.ActionGroup{{Agent: "AG1", AgentVersion: "DRAFT", Name: "orders", State: "ENABLED", Executor: "lambda", Lambda: inventory.Known(fn),
		Operations: []inventory.Operation{{Name: "create_ticket", Confirm: inventory.Yes}, {Name: "cancel_order", Confirm: inventory.No}}}}
	f.Functions = []inventory.Function{{ARN: fn, Name: "order-tools", Role: inventory.Known("arn:aws:iam::" + prod + ":role/order-tools-role")}}
	f.Roles = append(f.Roles, role(prod, "order-tools-role", lets(`{"Service":"lambda.amazonaws.com"}`), allow(`["logs:CreateLogStream","logs:PutLogEvents"]`, `"*"`)))

	g := build(t, f)
	e := must(t, g, "support-agent", graph.Calls, "cancel_order")
	if e.Granted != graph.Unknown || e.Confirm != graph.ConfirmNone {
		t.Errorf("without the function's policy: granted %s confirm %s", e.Granted, e.Confirm)
	}
	f.ResourcePolicies = []inventory.ResourcePolicy{{Resource: inventory.Known(fn), Document: doc(
		`{"Version":"2012-10-17","Statement":[{"Sid":"agent","Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + fn + `",
		"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:bedrock:eu-central-1:111122223333:agent/AG1"}}}]}`)}}
	g = build(t, f)
	e = must(t, g, "support-agent", graph.Calls, "cancel_order")
	if e.Granted != graph.Allowed {
		t.Errorf("granted %s (%s)", e.Granted, e.GrantedUnknown)
	}
	if c := must(t, g, "support-agent", graph.Calls, "create_ticket"); c.Confirm != graph.ConfirmUser {
		t.Errorf("confirm %s", c.Confirm)
	}
	if e.Log.State != graph.Yes || g.Node(e.Log.To).Name != "/aws/lambda/order-tools" {
		t.Errorf("log %+v", e.Log)
	}
	must(t, g, "cancel_order", graph.Calls, "order-tools")
}

func TestTrust(t *testing.T) {
	f := &inventory.Facts{
		Accounts: []inventory.Account{{ID: prod, Name: "prod", OrgID: "o-1"}, {ID: sandbox, Name: "sandbox", OrgID: "o-1"}},
		Roles: []inventory.Role{
			role(prod, "ml-deploy", lets(`{"AWS":"arn:aws:iam::882012345678:root"}`), allow(`"bedrock:InvokeModel"`, `"*"`)),
			role(prod, "data-export", lets(`{"AWS":"arn:aws:iam::444455556666:role/lab"}`), allow(`"s3:GetObject"`, `"arn:aws:s3:::orders/*"`)),
			role(sandbox, "lab", lets(`{"AWS":"arn:aws:iam::444455556666:root"}`), allow(`"sts:AssumeRole"`, `"*"`)),
			role(prod, "open", lets(`"*"`)),
			role(prod, "deputy", lets(`{"Service":"bedrock.amazonaws.com"}`)),
			role(prod, "AWSReservedSSO_Support_0123456789abcdef", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/AWSSSO_x_DO_NOT_DELETE"},
				"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}`, allow(`"s3:GetObject"`, `"arn:aws:s3:::orders/*"`)),
		},
		Users:   []inventory.User{{ARN: "arn:aws:iam::" + sandbox + ":user/eve", Name: "eve", Groups: []string{"devs"}}},
		Groups:  []inventory.Group{{ARN: "arn:aws:iam::" + sandbox + ":group/devs", Name: "devs", Inline: []inventory.PolicyDoc{doc(allow(`"sts:AssumeRole"`, `"arn:aws:iam::444455556666:role/lab"`))}}},
		Intents: []inventory.Intent{{People: []inventory.PeopleRule{{Role: "AWSReservedSSO_Support_*", Name: "Support agents", Count: 84}}}},
	}
	g := build(t, f)
	for _, c := range []struct {
		from, to string
		granted  graph.Verdict
		scope    graph.Scope
	}{
		{"Account 882012345678", "ml-deploy", graph.Allowed, graph.ScopeAccount},
		{"lab", "data-export", graph.Allowed, graph.ScopeExact},
		{"Anyone", "open", graph.Allowed, graph.ScopeAll},
		{"bedrock", "deputy", graph.Allowed, graph.ScopeService},
		{"Support agents", "Support", graph.Allowed, graph.ScopeExact},
		{"eve", "lab", graph.Allowed, graph.ScopeExact},
	} {
		e := must(t, g, c.from, graph.Assumes, c.to)
		if e.Granted != c.granted || e.Breadth.PrincipalScope != c.scope {
			t.Errorf("%s → %s: %s %s, want %s %s (%s)", c.from, c.to, e.Granted, e.Breadth.PrincipalScope, c.granted, c.scope, e.GrantedUnknown)
		}
	}
	must(t, g, "eve", graph.MemberOf, "devs")
	if n := g.Node("account/882012345678"); !n.Outside {
		t.Error("an account that is not of the organization must be marked as outside")
	}
	if g.Node("people/Support agents").Detail != "84 people" {
		t.Error("people are named by permchain.yaml")
	}
}

// A sandbox role that may not assume by its own policies must not get a link, whatever the trust says.
func TestTrustNeedsBothAcrossAccounts(t *testing.T) {
	f := &inventory.Facts{Roles: []inventory.Role{
		role(prod, "data-export", lets(`{"AWS":"arn:aws:iam::444455556666:role/lab"}`)),
		role(sandbox, "lab", lets(`{"Service":"ec2.amazonaws.com"}`), allow(`"s3:GetObject"`, `"*"`)),
	}}
	if e := link(t, build(t, f), "lab", graph.Assumes, "data-export"); e != nil && e.Granted != graph.Denied {
		t.Errorf("granted %s", e.Granted)
	}
}

func TestSCPBlocks(t *testing.T) {
	f := supportFacts()
	f.Organizations = []inventory.Organization{{ID: "o-1", ManagementAccount: "999988887777"}}
	f.Accounts = []inventory.Account{{ID: prod, OrgID: "o-1"}}
	f.OrgPolicies = []inventory.OrgPolicy{
		{ID: "p-FullAWSAccess", Name: "FullAWSAccess", Type: "SERVICE_CONTROL_POLICY", Targets: []string{prod}},
		{ID: "p-1", Name: "no-payroll", Type: "SERVICE_CONTROL_POLICY", Targets: []string{prod},
			Document: doc(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::hr-payroll/*"}]}`)}}
	g := build(t, f)
	if e := link(t, g, "support-agent", graph.Reads, "hr-payroll"); e != nil {
		t.Errorf("an SCP denies it, got %s", e.Granted)
	}
	if e := must(t, g, "support-agent", graph.Reads, "product-docs"); e.Granted != graph.Allowed {
		t.Errorf("product-docs: %s", e.Granted)
	}
}

func TestUnreadManagedPolicyIsUnknown(t *testing.T) {
	f := supportFacts()
	f.Roles[0].Inline = nil
	f.Roles[0].Attached = []string{"arn:aws:iam::111122223333:policy/NotImported"}
	g := build(t, f)
	if e := must(t, g, "support-agent", graph.Retrieves, "support-kb"); e.Granted != graph.Unknown || !strings.Contains(e.GrantedUnknown, "NotImported") {
		t.Errorf("granted %s: %q", e.Granted, e.GrantedUnknown)
	}
	if !slices.ContainsFunc(g.Gaps, func(x graph.Gap) bool { return strings.Contains(x.What, "NotImported") }) {
		t.Errorf("gaps %v", g.Gaps)
	}
}

func TestAdministrator(t *testing.T) {
	f := supportFacts()
	f.Roles = append(f.Roles, role(prod, "admin", lets(`{"Service":"lambda.amazonaws.com"}`)))
	f.Roles[1].Attached = []string{"arn:aws:iam::aws:policy/AdministratorAccess"}
	g := build(t, f)
	all := must(t, g, "admin", graph.Administers, "everything")
	b := must(t, g, "admin", graph.Reads, "every bucket")
	if b.ImpliedBy != all.ID {
		t.Error("the link to every bucket is implied by the link to everything")
	}
	if p := must(t, g, "admin", graph.Reads, "hr-payroll"); p.ImpliedBy != b.ID {
		t.Error("the link to one bucket is implied by the link to every bucket")
	}
}

func TestLogs(t *testing.T) {
	f := supportFacts()
	f.Trails = []inventory.Trail{{ARN: "arn:aws:cloudtrail:eu-central-1:" + prod + ":trail/org-trail", Name: "org-trail", Bucket: "trail-logs", MultiRegion: inventory.Yes,
		SelectorsKnown: true, Selectors: []inventory.Selector{{Category: "Management", ReadWrite: "All"},
			{Category: "Data", ReadWrite: "All", ResourceTypes: []string{"AWS::S3::Object"}, ARNPrefixes: []string{"arn:aws:s3:::product-docs/"}}}}}
	g := build(t, f)
	if l := must(t, g, "support-agent", graph.Reads, "hr-payroll").Log; l.State != graph.No || !strings.Contains(l.Why, "data events of org-trail are off") {
		t.Errorf("hr-payroll: %+v", l)
	}
	if l := must(t, g, "support-agent", graph.Reads, "product-docs").Log; l.State != graph.Yes {
		t.Errorf("product-docs: %+v", l)
	}
	if l := must(t, g, "support-agent", graph.Invokes, "claude-x").Log; l.State != graph.Yes || g.Node(l.To).Name != "org-trail" {
		t.Errorf("InvokeModel is a management event: %+v", l)
	}
	if l := must(t, g, "support-agent", graph.Retrieves, "support-kb").Log; l.State != graph.No {
		t.Errorf("Retrieve is a data event: %+v", l)
	}
	f.Trails[0].SelectorsKnown, f.Trails[0].Selectors = false, nil
	g = build(t, f)
	if l := must(t, g, "support-agent", graph.Reads, "product-docs").Log; l.State != graph.StateUnknown {
		t.Errorf("without selectors: %+v", l)
	}
	f.Trails = nil
	if l := must(t, build(t, f), "support-agent", graph.Reads, "product-docs").Log; l.State != graph.StateUnknown {
		t.Errorf("without a trail: %+v", l)
	}
}

// Invocation logging that does not say of which account it is can only be of the one that was imported, if there is one.
func TestLoggingOfAnUnnamedAccount(t *testing.T) {
	f := supportFacts()
	f.InvocationLogging = []inventory.InvocationLogging{{Configured: true, Bucket: "prompts", Account: inventory.Unsure("not in the file"), Region: inventory.Unsure("not in the file"),
		Source: inventory.Source{File: "logging.json"}}}
	if l := must(t, build(t, f), "support-agent", graph.Invokes, "claude-x").Log; l.State != graph.Yes {
		t.Errorf("one account: %+v", l)
	}
	f.Resources = append(f.Resources, inventory.Resource{ARN: "arn:aws:s3:::lab", Name: "lab", Account: sandbox, Tags: inventory.Tags{}, Source: inventory.Source{File: "lab.json"}})
	if l := must(t, build(t, f), "support-agent", graph.Invokes, "claude-x").Log; l.State != graph.StateUnknown || !strings.Contains(l.Why, "logging.json") {
		t.Errorf("two accounts: %+v", l)
	}
}

func TestIntent(t *testing.T) {
	f := supportFacts()
	f.Intents = []inventory.Intent{{Classes: []string{"public", "restricted"}, ApprovedModels: []string{"anthropic.claude-*"},
		Environments: []inventory.Environment{{Name: "prod", Accounts: []string{prod}}},
		Owners:       []inventory.OwnerRule{{Match: "product-*", Owner: "docs"}, {Match: "*-docs", Owner: "writers"}},
		Data:         []inventory.ClassRule{{Match: "arn:aws:s3:::hr-*", Class: "restricted"}},
		Workloads: []inventory.Workload{{Name: "support", Owner: "care", Members: []string{"support-agent"}, Data: []string{"support-kb"},
			Models: []string{"anthropic.claude-*"}}}}}
	g := build(t, f)
	if n := g.Node("arn:aws:s3:::hr-payroll"); n.Class != "restricted" || n.Owner.Name != "" || n.Env != "prod" || n.Detail != "S3 · restricted" {
		t.Errorf("hr-payroll %+v", n)
	}
	if n := g.Node("arn:aws:s3:::product-docs"); n.Owner.Name != "writers" {
		t.Errorf("the last match wins, got %+v", n.Owner)
	}
	if n := g.Node(graph.NodeID(agentARN("AG1"))); n.Owner.Name != "care" || !slices.Equal(n.Workloads, []string{"support"}) {
		t.Errorf("agent %+v %v", n.Owner, n.Workloads)
	}
	if e := must(t, g, "support-agent", graph.Reads, "hr-payroll"); e.Intended != graph.No {
		t.Errorf("hr-payroll intended %s", e.Intended)
	}
	if e := must(t, g, "support-agent", graph.Retrieves, "support-kb"); e.Intended != graph.Yes {
		t.Errorf("support-kb intended %s", e.Intended)
	}
	if n := g.Node("model/anthropic.claude-x"); n.Attr("approval") != "approved model" {
		t.Errorf("model %v", n.Attrs)
	}
}

func TestUsed(t *testing.T) {
	f := supportFacts()
	f.Usages = []inventory.Usage{{Principal: "arn:aws:iam::" + prod + ":role/support-agent-role", Action: "s3:GetObject", Resource: "arn:aws:s3:::product-docs/a.txt", Count: 3, Last: "2026-11-01T00:00:00Z"}}
	g := build(t, f)
	if e := must(t, g, "support-agent", graph.Reads, "product-docs"); e.Used.State != graph.Yes || e.Used.Count != 3 {
		t.Errorf("used %+v", e.Used)
	}
	if e := must(t, g, "support-agent", graph.Reads, "hr-payroll"); e.Used.State != graph.StateUnknown {
		t.Errorf("absence of events is no evidence: %+v", e.Used)
	}
}

// The same facts in any order give the same chain, and a second build gives the same bytes.
func TestDeterministic(t *testing.T) {
	a := supportFacts()
	b := supportFacts()
	slices.Reverse(b.Resources)
	slices.Reverse(b.Roles)
	ja, _ := json.Marshal(build(t, a))
	jb, _ := json.Marshal(build(t, b))
	if string(ja) != string(jb) {
		t.Error("order of facts changed the chain")
	}
}

// The hash of a link's access stays when only its place in the files moves, and changes when the access does.
func TestEvidenceHash(t *testing.T) {
	h := func(f *inventory.Facts) string {
		return must(t, build(t, f), "support-agent", graph.Reads, "hr-payroll").EvidenceHash
	}
	first := h(supportFacts())
	moved := supportFacts()
	moved.Roles[0].Inline[0].Source = inventory.Source{File: "other.json", Line: 7}
	if h(moved) != first {
		t.Error("moving the file changed the hash")
	}
	narrowed := supportFacts()
	narrowed.Roles[0].Inline[0] = doc(allow(`"s3:GetObject"`, `"*"`))
	if h(narrowed) == first {
		t.Error("changing the access did not change the hash")
	}
}

func TestResourcePolicyLetsIn(t *testing.T) {
	policy := func(statements string) *inventory.Facts {
		f := supportFacts()
		f.ResourcePolicies = []inventory.ResourcePolicy{{Resource: inventory.Known("arn:aws:s3:::hr-payroll"), Account: prod,
			Document: doc(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)}}
		return f
	}
	const any = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::hr-payroll/*"}`
	if e := must(t, build(t, policy(any)), "Anyone", graph.Reads, "hr-payroll"); e.Breadth.PrincipalScope != graph.ScopeAll || e.Granted != graph.Allowed {
		t.Errorf("%s %s", e.Breadth.PrincipalScope, e.Granted)
	}
	if e := link(t, build(t, policy(any+`,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`)), "Anyone", graph.Reads, "hr-payroll"); e != nil {
		t.Errorf("a Deny for all takes it away, got %s", e.Granted)
	}
	if e := must(t, build(t, policy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::882012345678:root"},"Action":"s3:*","Resource":"arn:aws:s3:::hr-payroll/*"}`)),
		"Account 882012345678", graph.Reads, "hr-payroll"); e.Breadth.PrincipalScope != graph.ScopeAccount {
		t.Errorf("%s", e.Breadth.PrincipalScope)
	}
	e := must(t, build(t, policy(`{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::hr-payroll/*"}`)),
		"cloudtrail", graph.Writes, "hr-payroll")
	if e.Breadth.PrincipalScope != graph.ScopeService {
		t.Errorf("a service without SourceArn: %s", e.Breadth.PrincipalScope)
	}
}

// Every policy that governance names is among the graph's policies, or a later question would be answered without it.
func TestGovernanceNamesKeptPolicies(t *testing.T) {
	f := supportFacts()
	f.Organizations = []inventory.Organization{{ID: "o-1"}}
	f.Accounts = []inventory.Account{{ID: prod, OrgID: "o-1"}}
	f.OrgPolicies = []inventory.OrgPolicy{{ID: "p-FullAWSAccess", Type: "SERVICE_CONTROL_POLICY", Targets: []string{prod}},
		{ID: "p-RCPFullAWSAccess", Type: "RESOURCE_CONTROL_POLICY", Targets: []string{prod}}}
	g := build(t, f)
	var named []string
	for _, p := range g.Governance.Principals {
		named = append(append(named, p.Identity...), p.Boundary...)
		for _, l := range p.SCP {
			named = append(named, l.Policies...)
		}
	}
	for _, r := range g.Governance.Resources {
		named = append(named, r.Policy)
	}
	for _, a := range g.Governance.Accounts {
		for _, l := range a.Levels {
			named = append(named, l.Policies...)
		}
	}
	if len(named) < 5 {
		t.Fatalf("only %v", named)
	}
	for _, id := range named {
		if g.Policy(id) == nil {
			t.Errorf("%s is not kept", id)
		}
	}
}
