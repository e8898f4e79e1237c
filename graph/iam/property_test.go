package iam

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// gen makes small random policies about a few keys, actions and resources, so that statements often meet.
type gen struct{ *rand.Rand }

func pick[T any](g gen, list ...T) T { return list[g.IntN(len(list))] }

var (
	genKeys = []string{"aws:PrincipalTag/team", "aws:SourceIp", "aws:SecureTransport", "s3:TlsVersion", "aws:TagKeys", "aws:SourceArn"}
	// genValues are what each key can be when it is present.
	genValues = map[string][]string{
		"aws:PrincipalTag/team": {"chat", "hr"},
		"aws:SourceIp":          {"10.1.2.3", "203.0.113.9"},
		"aws:SecureTransport":   {"true", "false"},
		"s3:TlsVersion":         {"1.2", "1.3"},
		"aws:TagKeys":           {"env", "team"},
		"aws:SourceArn":         {"arn:aws:bedrock:us-east-1:111122223333:agent/A", "arn:aws:bedrock:us-east-1:444455556666:agent/A"},
	}
	genMulti = map[string]bool{"aws:TagKeys": true}
)

func (g gen) condition() (op, key string, values []string) {
	key = pick(g, genKeys...)
	bare := map[string][]string{
		"aws:PrincipalTag/team": {"StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase", "StringNotLike"},
		"aws:SourceIp":          {"IpAddress", "NotIpAddress"},
		"aws:SecureTransport":   {"Bool"},
		"s3:TlsVersion":         {"NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals"},
		"aws:TagKeys":           {"ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals", "ForAllValues:StringNotEquals"},
		"aws:SourceArn":         {"ArnLike", "ArnNotEquals", "ArnEquals", "ArnNotLike"},
	}[key]
	op = pick(g, bare...)
	if g.IntN(4) == 0 {
		op += "IfExists"
	}
	values = []string{pick(g, genValues[key]...)}
	if g.IntN(4) == 0 {
		values = append(values, pick(g, genValues[key]...))
	}
	if strings.HasSuffix(op, "Like") && g.IntN(2) == 0 && key == "aws:PrincipalTag/team" {
		values = []string{"c*"}
	}
	if g.IntN(6) == 0 {
		return "Null", key, []string{pick(g, "true", "false")}
	}
	return op, key, values
}

func (g gen) statement(principal bool) map[string]any {
	s := map[string]any{"Effect": pick(g, "Allow", "Allow", "Deny")}
	s[pick(g, "Action", "Action", "Action", "NotAction")] = []string{pick(g, "s3:*", "s3:GetObject", "s3:Put*", "*", "sts:*")}
	s[pick(g, "Resource", "Resource", "Resource", "NotResource")] = []string{pick(g, "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/hr/*", "arn:aws:s3:::*/1", "arn:aws:s3:::b/?r/1", "arn:aws:s3:::${aws:PrincipalTag/team}/*")}
	if g.IntN(2) == 0 {
		c := map[string]map[string][]string{}
		for range 1 + g.IntN(2) {
			op, key, values := g.condition()
			c[op] = map[string][]string{key: values}
		}
		s["Condition"] = c
	}
	if principal {
		s[pick(g, "Principal", "Principal", "Principal", "NotPrincipal")] = pick[any](g, "*", map[string]any{"AWS": "111122223333"},
			map[string]any{"AWS": "arn:aws:iam::111122223333:role/app"}, map[string]any{"AWS": "arn:aws:sts::111122223333:assumed-role/app/s"},
			map[string]any{"Service": "bedrock.amazonaws.com"})
		// Without the account of those it names, a NotPrincipal is left open.
		if who, ok := s["NotPrincipal"].(map[string]any); ok && who["AWS"] != nil {
			who["AWS"] = []any{who["AWS"], "111122223333"}
		}
	}
	return s
}

func (g gen) document(principal bool) json.RawMessage {
	var list []any
	for range 1 + g.IntN(3) {
		list = append(list, g.statement(principal))
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		panic(err)
	}
	return raw
}

func mustCompile(t testing.TB, id string, raw json.RawMessage) *Policy {
	t.Helper()
	doc, err := Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return Compile(id, doc)
}

func (g gen) policies(t testing.TB) *Policies {
	p := &Policies{}
	for i := range g.IntN(3) {
		p.Identity = append(p.Identity, mustCompile(t, string(rune('a'+i)), g.document(false)))
	}
	if g.IntN(2) == 0 {
		p.Resource = mustCompile(t, "resource", g.document(true))
	}
	if g.IntN(3) == 0 {
		p.Boundary = []*Policy{mustCompile(t, "boundary", g.document(false))}
	}
	if g.IntN(4) == 0 {
		p.Session = []*Policy{mustCompile(t, "session", g.document(false))}
	}
	full := mustCompile(t, "full", json.RawMessage(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	if g.IntN(3) == 0 {
		p.SCP = []Level{{"root", []*Policy{full}}, {"ou", []*Policy{full, mustCompile(t, "scp", g.document(false))}}}
	}
	if g.IntN(4) == 0 {
		p.RCP = []Level{{"root", []*Policy{mustCompile(t, "rcp", g.document(true))}}}
	}
	if g.IntN(5) == 0 {
		p.Endpoint = []*Policy{mustCompile(t, "endpoint", g.document(true))}
	}
	return p
}

func (g gen) request() Request {
	r := Request{Action: pick(g, "s3:GetObject", "s3:PutObject"), Resource: pick(g, "arn:aws:s3:::b/hr/1", "arn:aws:s3:::b/2", "arn:aws:s3:::chat/1"),
		ResourceAccount: pick(g, "111122223333", "111122223333", "444455556666")}
	r.Principal.ARN = pick(g, "arn:aws:iam::111122223333:role/app", "arn:aws:sts::111122223333:assumed-role/app/s", "arn:aws:iam::111122223333:user/u")
	switch g.IntN(8) {
	case 0:
		r.Principal = Principal{Kind: PrincipalService, Service: "bedrock.amazonaws.com"}
	case 1:
		r.Principal = Principal{Kind: PrincipalAnonymous}
	}
	r.Context = NewContext(nil)
	for _, k := range genKeys {
		switch g.IntN(4) {
		case 0:
			r.Context.Mark(k, Absent)
		case 1:
			r.Context.Mark(k, NotKnown)
		case 2:
			r.Context.Mark(k, ValueUnknown)
		default:
			g.give(&r.Context, k)
		}
	}
	return r
}

func (g gen) give(c *Context, key string) {
	if genMulti[key] {
		c.SetMulti(key, pick(g, [][]string{{"env"}, {"team"}, {"env", "team"}}...)...)
	} else {
		c.Set(key, pick(g, genValues[key]...))
	}
}

// complete gives each key that is not known a value, or takes it away.
func (g gen) complete(c *Context) Context {
	out := NewContext(nil)
	for _, k := range genKeys {
		v := c.get(strings.ToLower(k))
		switch {
		case v.presence == NotKnown && g.IntN(3) == 0:
			out.Mark(k, Absent)
		case v.presence == NotKnown || v.presence == ValueUnknown:
			g.give(&out, k)
		default:
			out.put(k, *v)
		}
	}
	return out
}

// holds evaluates a residual in a context where all is known.
func (r *Residual) holds(t testing.TB, req *Request) bool {
	switch r.Op {
	case "and":
		for _, i := range r.Items {
			if !i.holds(t, req) {
				return false
			}
		}
		return true
	case "or":
		for _, i := range r.Items {
			if i.holds(t, req) {
				return true
			}
		}
		return false
	case "not":
		return !r.Items[0].holds(t, req)
	}
	q := query{}
	q.prepare(req, &Policies{}, &identity{})
	c := r.Condition
	if c.Key == "resource" || c.Key == "sts:RoleSessionName" {
		t.Fatalf("unexpected key %s", c.Key)
	}
	cc := compileCondition(c, "2012-10-17")
	return cc.eval(&q) == yes
}

// hasOpenResource reports whether a residual asks for the value of a variable in a Resource, which holds cannot answer.
func hasOpenResource(r *Residual) bool {
	return slices.ContainsFunc(r.Leaves(), func(l *Residual) bool {
		return l.Condition.Key == "resource" || l.Condition.Key == "sts:RoleSessionName"
	})
}

// checkProperties is what must be true of any request and policies.
func checkProperties(t testing.TB, seed uint64) {
	g := gen{rand.New(rand.NewPCG(seed, 7))}
	p := g.policies(t)
	req := g.request()
	r := Evaluate(&req, p)
	fail := func(what string) {
		t.Helper()
		var raw strings.Builder
		sp := splitter{}
		sp.each(p, func(pol *Policy, l Layer) {
			for i := range pol.doc.Statements {
				b, _ := json.Marshal(pol.doc.Statements[i])
				raw.WriteString("\n" + string(l) + " " + string(b))
			}
		})
		t.Fatalf("seed %d: %s\n%s on %s by %+v: %v (%s)%s", seed, what, req.Action, req.Resource, req.Principal, r.Decision, r.Why, raw.String())
	}
	// Decide does not look into conditions that always or never hold together.
	agrees := func(d Decision) bool { return d == r.Decision || d == Conditional && r.Decision != Unknown }
	if d := Decide(&req, p); !agrees(d.Decision) {
		fail("Decide says " + d.Decision.String())
	}
	if r.Decision == Unknown {
		fail("unknown without anything missing")
	}
	if r.Decision == ExplicitDeny && len(r.Denies) == 0 || r.Decision == ExplicitDeny && len(r.BlockedBy) == 0 {
		fail("denied by nothing")
	}
	if r.Decision == ImplicitDeny && len(r.Absent) == 0 {
		fail("blocked by nothing")
	}
	if (r.Decision == Conditional) != (r.Residual != nil) {
		fail("residual without a condition, or a condition without residual")
	}

	// Every completion of what is not known agrees with the answer.
	for range 6 {
		full := req
		full.Context = g.complete(&req.Context)
		s := Evaluate(&full, p)
		switch {
		case s.Decision == Conditional || s.Decision == Unknown:
			fail("all is known, yet it is " + s.Decision.String())
		case r.Decision == Allow && s.Decision != Allow, r.Decision == ExplicitDeny && s.Decision != ExplicitDeny, r.Decision == ImplicitDeny && s.Decision == Allow:
			fail("a completion is " + s.Decision.String())
		case r.Decision == Conditional && !hasOpenResource(r.Residual) && r.Residual.holds(t, &full) != (s.Decision == Allow):
			fail("a completion is " + s.Decision.String() + ", the residual says otherwise: " + r.Residual.String())
		}
	}

	// Adding a deny, and removing an allow, never allow more; adding an allow never allows less.
	more := *p
	deny := mustCompile(t, "deny", json.RawMessage(`{"Statement":{"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}}`))
	more.Identity = append(slices.Clone(p.Identity), deny)
	if d := Evaluate(&req, &more); rank(d.Decision) > rank(r.Decision) && rank(d.Decision) >= 3 {
		fail("with one more Deny it is " + d.Decision.String())
	}
	if len(p.Identity) > 0 {
		less := *p
		doc := *p.Identity[0].Document()
		doc.Statements = slices.DeleteFunc(slices.Clone(doc.Statements), func(s Statement) bool { return s.Effect == EffectAllow })
		less.Identity = append([]*Policy{Compile("less", &doc)}, p.Identity[1:]...)
		if d := Evaluate(&req, &less); rank(d.Decision) > rank(r.Decision) && rank(d.Decision) >= 3 {
			fail("with fewer Allows it is " + d.Decision.String())
		}
		// Order never matters.
		turned := *p
		turned.Identity = slices.Clone(p.Identity)
		slices.Reverse(turned.Identity)
		doc = *turned.Identity[0].Document()
		doc.Statements = slices.Clone(doc.Statements)
		slices.Reverse(doc.Statements)
		turned.Identity[0] = Compile(turned.Identity[0].ID(), &doc)
		d := Evaluate(&req, &turned)
		if d.Decision != r.Decision || !slices.Equal(d.Allows, r.Allows) || !slices.Equal(d.BlockedBy, r.BlockedBy) {
			fail("in another order it is " + d.Decision.String())
		}
	}

	// What is missing can only make it unknown, and never an allow.
	missing := *p
	missing.Missing = []Missing{{pick(g, LayerIdentity, LayerResource, LayerBoundary, LayerSession, LayerSCP, LayerRCP), "not imported"}}
	if d := Evaluate(&req, &missing); d.Decision != Unknown && d.Decision != r.Decision || d.Known != r.Decision {
		fail("with something missing it is " + d.Decision.String())
	}

	// The index agrees.
	x := NewIndex([]Subject{{Principal: req.Principal, Identity: p.Identity, Boundary: p.Boundary, Session: p.Session, SCP: p.SCP}})
	a := x.Asker()
	a.About(&Target{Action: req.Action, Resource: req.Resource, ResourceAccount: req.ResourceAccount, Policy: p.Resource, RCP: p.RCP, Endpoint: p.Endpoint, Context: req.Context})
	if d := a.Decide(0); !agrees(d.Decision) {
		fail("the index says " + d.Decision.String())
	}
	own := NewContext(nil)
	own.put(genKeys[0], *req.Context.get(strings.ToLower(genKeys[0])))
	x = NewIndex([]Subject{{Principal: req.Principal, Context: own, Identity: p.Identity, Boundary: p.Boundary, Session: p.Session, SCP: p.SCP}})
	a = x.Asker()
	a.About(&Target{Action: req.Action, Resource: req.Resource, ResourceAccount: req.ResourceAccount, Policy: p.Resource, RCP: p.RCP, Endpoint: p.Endpoint, Context: req.Context})
	if d := a.Decide(0); !agrees(d.Decision) {
		fail("the index with keys of its own says " + d.Decision.String())
	}

	// A set's answer agrees with that of each resource in it.
	set := req
	set.Resource = pick(g, "arn:aws:s3:::b/*", "arn:aws:s3:::*", "arn:aws:s3:::b/hr/*")
	sr := EvaluateSet(&set, p)
	for _, res := range []string{"arn:aws:s3:::b/hr/1", "arn:aws:s3:::b/2", "arn:aws:s3:::chat/1", "arn:aws:s3:::b/hr/x/y", "arn:aws:s3:::hr/1", "arn:aws:s3:::b/"} {
		if !anyCovers([]string{set.Resource}, res) {
			continue
		}
		one := req
		one.Resource = res
		d := Evaluate(&one, p).Decision
		in := anyCovers(sr.Parts, res) && !anyCovers(sr.Holes, res)
		best := ImplicitDeny
		for _, a := range sr.Answers {
			if anyCovers([]string{a.Pattern}, res) && !anyCovers(a.Holes, res) && rank(a.Result.Decision) > rank(best) {
				best = a.Result.Decision
			}
		}
		switch {
		case in && rank(d) < 3:
			fail(res + " is " + d.String() + ", yet in the parts of " + set.Resource + ": " + strings.Join(sr.Parts, " ") + " but " + strings.Join(sr.Holes, " "))
		case rank(best) != rank(d):
			fail(res + " is " + d.String() + ", yet its part of " + set.Resource + " is " + best.String())
		}
	}
}

func TestProperties(t *testing.T) {
	n := uint64(6000)
	if testing.Short() {
		n = 500
	}
	for seed := range n {
		checkProperties(t, seed)
	}
}

func FuzzEvaluate(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed << 20)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkProperties(t, seed) })
}
