package iam

import "strings"

// Asker asks an Index about one target after another. It belongs to one goroutine; an Index serves many Askers.
type Asker struct {
	x   *Index
	t   *Target
	req Request
	ctx Context // the subject's, over the target's
	q   query

	plan   *plan
	stamp  uint32
	memo   []memo // by use
	shapes []shapeMemo
	scps   []scpMemo
	miss   missing
	l      layers

	plain   bool   // nobody is asked whose the objects are, nor is it a request that an owner's root user is always let do
	limited bool   // RCPs apply to the service and the resource
	owner   string // the account that owns the resource; "" when it is everybody's own
	nobody  identity
	special bool // the action is one of STS
	fixed   bool // always is the answer for everyone
	always  Verdict

	resource []ready // the resource policy's statements that name the action and the resource
	rcp      memo
	endpoint memo
}

// memo is what a policy says of the target: what holds for every subject is added up, the rest is kept to be looked at.
type memo struct {
	stamp    uint32
	fixed    tally
	personal []ready
}

// ready is a statement whose action matches, looked at as far as no subject is needed.
type ready struct {
	*spoken
	t     truth // of its resource and conditions, as far as they need no subject
	doubt string
}

// shapeMemo is what a shape says of the target.
type shapeMemo struct {
	stamp uint32
	t     truth
	doubt string
}

type scpMemo struct {
	stamp    uint32
	fixed    tally
	personal bool
}

// Asker returns an Asker of the index.
func (x *Index) Asker() *Asker {
	return &Asker{x: x, memo: make([]memo, len(x.uses)), scps: make([]scpMemo, len(x.scps))}
}

// About sets the target that Decide answers for. t must not change until the next About.
func (a *Asker) About(t *Target) {
	a.t = t
	a.stamp++
	a.req = Request{Action: t.Action, Resource: t.Resource, ResourceAccount: t.ResourceAccount, ResourceLess: t.ResourceLess,
		Takes: t.Takes, ResourceManagement: t.ResourceManagement, ObjectOwner: t.ObjectOwner,
		ObjectOwnerUnknown: t.ObjectOwnerUnknown, Context: t.Context}
	a.q.prepare(&a.req, &Policies{}, &a.nobody)
	a.plan = a.x.plan(&a.q)
	if n := len(a.plan.shapes); n > len(a.shapes) {
		a.shapes = append(a.shapes, make([]shapeMemo, n-len(a.shapes))...)
	}
	a.miss = readMissing(t.Missing)
	a.ctx = Context{parent: &a.req.Context, ids: a.x.ids}
	a.q.ctx = &a.ctx
	a.owner = resourceAccount(&a.req, "")
	a.plain = t.ObjectOwner == "" && !t.ObjectOwnerUnknown && !a.q.unlocks()
	a.limited = len(t.RCP) > 0 && a.q.rcpApplies()
	// Of the requests that policies do not decide, those of STS depend on who asks; the others are found once.
	a.special = a.q.service == "sts"
	a.fixed = false
	if !a.special {
		a.always.Decision, _, a.fixed = a.q.fixed()
	}
	a.resource = a.resource[:0]
	if t.Policy != nil {
		list := a.x.speaking(nil, &a.q, t.Policy)
		for i := range list {
			if r, ok := a.ready(&list[i], LayerResource); ok {
				a.resource = append(a.resource, r)
			}
		}
	}
	a.rcp = memo{personal: a.rcp.personal[:0]}
	for _, l := range t.RCP {
		for _, p := range l.Policies {
			a.learn(&a.rcp, a.x.speaking(nil, &a.q, p), LayerRCP)
		}
	}
	a.endpoint = memo{personal: a.endpoint.personal[:0]}
	for _, p := range t.Endpoint {
		a.learn(&a.endpoint, a.x.speaking(nil, &a.q, p), LayerEndpoint)
	}
}

// ready looks at a statement as far as no subject is needed. ok is false when it can match for none.
func (a *Asker) ready(sp *spoken, layer Layer) (ready, bool) {
	out := ready{spoken: sp, t: yes, doubt: sp.s.invalid}
	if sp.shape >= 0 {
		r, doubt := sp.s.matchResource(&a.q, layer)
		if doubt != "" {
			out.doubt = doubt
		}
		if out.t = r; r == no {
			return out, false
		}
	}
	for i := range sp.s.conditions {
		if c := &sp.s.conditions[i]; !sp.has(c) {
			if out.t = min(out.t, c.eval(&a.q)); out.t == no {
				return out, false
			}
		}
	}
	return out, true
}

// learn adds a policy to a memo.
func (a *Asker) learn(m *memo, list []spoken, layer Layer) {
	for i := range list {
		sp := &list[i]
		r, ok := a.ready(sp, layer)
		switch {
		case !ok:
		case sp.needs() || layer == LayerEndpoint && sp.s.principals != nil:
			m.personal = append(m.personal, r)
		default:
			m.fixed.count(sp.s, by{sp.policy, sp.statement}, r.t, granted{ways: ways{direct: yes}}, r.doubt)
		}
	}
}

// of returns what a use says of the target.
func (a *Asker) of(u int32) *memo {
	m := &a.memo[u]
	if m.stamp == a.stamp {
		return m
	}
	m.stamp, m.fixed, m.personal = a.stamp, tally{}, m.personal[:0]
	if list := a.plan.speaks[u]; len(list) > 0 {
		a.learn(m, list, a.x.uses[u].layer)
	}
	return m
}

// add adds a memo, and the statements that need the subject, to a tally.
func (a *Asker) add(t *tally, m *memo, layer Layer) {
	t.join(&m.fixed)
	for i := range m.personal {
		a.hear(t, &m.personal[i], layer)
	}
}

// hear adds one statement for the subject.
func (a *Asker) hear(t *tally, r *ready, layer Layer) {
	how := granted{ways: ways{direct: yes}}
	except := ""
	if layer == LayerResource || layer == LayerEndpoint && r.s.principals != nil {
		if layer == LayerResource {
			how, except = r.s.speaksTo(&a.q)
		} else if r.s.names(&a.q).any() == no {
			return
		}
		if how.any() == no {
			return
		}
	}
	m, doubt := a.finish(r.spoken, r.t, r.doubt, layer)
	if m > no {
		if doubt == "" {
			doubt = except
		}
		t.count(r.s, by{r.policy, r.statement}, m, how, doubt)
	}
}

// finish looks at what of a statement needs the subject.
func (a *Asker) finish(sp *spoken, t truth, doubt string, layer Layer) (truth, string) {
	if sp.shape < 0 {
		m, d := sp.s.matchResource(&a.q, layer)
		if t = min(t, m); d != "" {
			doubt = d
		}
	}
	for i := range sp.personal {
		if t == no {
			break
		}
		c := &sp.personal[i]
		if c.column >= 0 && !c.bad && a.ctx.row[c.column].presence != unsaid {
			t = min(t, c.evalKey(&a.q, &a.ctx.row[c.column]))
		} else {
			t = min(t, c.eval(&a.q))
		}
	}
	return t, doubt
}

// own adds the statements of policies that only the subject has.
func (a *Asker) own(t *tally, list []spoken, shapes []int32) {
	for i, shape := range shapes {
		m, doubt := yes, ""
		if shape >= 0 {
			sm := &a.shapes[shape]
			if sm.stamp != a.stamp {
				sm.stamp = a.stamp
				if sh := &a.plan.shapes[shape]; sh.quick && a.q.span == point && !strings.HasPrefix(a.q.resource, sh.prefix) {
					sm.t = no
				} else {
					r, _ := a.ready(&sh.like, LayerIdentity)
					sm.t, sm.doubt = r.t, r.doubt
				}
			}
			if sm.t == no {
				continue
			}
			m, doubt = sm.t, sm.doubt
		}
		sp := &list[i]
		if sp.invalid {
			doubt = sp.s.invalid
		}
		if sp.needs() {
			if sp.shape < 0 {
				m = sp.s.matchConditions(&a.q)
			}
			if m, doubt = a.finish(sp, m, doubt, LayerIdentity); m == no {
				continue
			}
		}
		t.count(sp.s, by{sp.policy, sp.statement}, m, granted{ways: ways{direct: yes}}, doubt)
	}
}

// Decide answers for one subject, by its place in the index, as the function Decide does. It does not allocate.
func (a *Asker) Decide(subject int) Verdict {
	if a.fixed {
		return a.always
	}
	a.l = layers{}
	miss := a.ask(&a.l, subject)
	if a.special {
		if d, _, ok := a.q.fixed(); ok {
			return Verdict{Decision: d}
		}
	}
	return a.l.verdict(&a.q, &miss)
}

func (a *Asker) ask(l *layers, subject int) missing {
	x, q := a.x, &a.q
	p := &x.people[subject]
	q.person, q.who, q.kind = &x.subjects[subject].Principal, &x.who[subject], p.kind
	q.anySession = p.anySession || q.who.form == formRole && a.req.Context.Default == NotKnown
	q.bounded = p.boundary.to > p.boundary.from && q.kind == PrincipalAWS
	if owner := a.owner; !a.plain {
		if owner == "" {
			owner = q.who.account
		}
		q.owned(owner)
	} else {
		q.same = owner == "" || q.who.account == owner
	}
	n := len(x.ids)
	a.ctx.row = x.rows[subject*n : (subject+1)*n]
	if x.prefixed {
		a.ctx.prefixes = x.subjects[subject].Context.prefixes
	}

	l.boundary.allow, l.session.allow, l.scp.allow, l.rcp.allow, l.endpoint.allow = yes, yes, yes, yes, yes
	if q.kind == PrincipalAWS {
		from, to := a.plan.starts[subject], a.plan.starts[subject+1]
		for _, u := range a.plan.shared[from.shared:to.shared] {
			a.add(&l.identity, a.of(u), LayerIdentity)
		}
		a.own(&l.identity, a.plan.own[from.own:to.own], a.plan.kinds[from.own:to.own])
		if q.who.form == formRoot {
			l.identity.allow = yes
		}
		if ids := x.of(p.boundary); len(ids) > 0 {
			l.boundary.allow = no
			for _, u := range ids {
				a.add(&l.boundary, a.of(u), LayerBoundary)
			}
		}
		if ids := x.of(p.session); len(ids) > 0 {
			l.session.allow = no
			for _, u := range ids {
				a.add(&l.session, a.of(u), LayerSession)
			}
		}
		if p.scp >= 0 {
			a.scp(&l.scp, p.scp)
		}
	}
	for i := range a.resource {
		a.hear(&l.resource, &a.resource[i], LayerResource)
	}
	if a.limited && q.rcpReaches() {
		a.add(&l.rcp, &a.rcp, LayerRCP)
		l.rcp.allow, l.rcp.mayAllow = yes, false
	}
	if len(a.t.Endpoint) > 0 {
		l.endpoint.allow = no
		a.add(&l.endpoint, &a.endpoint, LayerEndpoint)
	}
	if !p.incomplete {
		return a.miss
	}
	return p.missing.with(a.miss)
}

// scp adds the levels that a subject shares with others: they are added up once for a target unless they need the
// subject.
func (a *Asker) scp(t *tally, set int32) {
	m := &a.scps[set]
	if m.stamp == a.stamp && !m.personal {
		*t = m.fixed
		return
	}
	m.stamp, m.personal = a.stamp, false
	t.allow = yes
	for _, level := range a.x.scps[set].levels {
		var lt tally
		for _, u := range level {
			um := a.of(u)
			m.personal = m.personal || len(um.personal) > 0
			a.add(&lt, um, LayerSCP)
		}
		t.both(&lt)
	}
	m.fixed = *t
}

func (m missing) with(o missing) missing {
	return missing{m.identity || o.identity, m.resource || o.resource, m.boundary || o.boundary, m.session || o.session,
		m.scp || o.scp, m.rcp || o.rcp, m.endpoint || o.endpoint}
}

// Explain is Evaluate for a subject and the target: the whole answer, with every statement that decided.
func (a *Asker) Explain(subject int) Result {
	req, p := a.question(subject)
	return Evaluate(&req, &p)
}

// ExplainSet is EvaluateSet for a subject and the target.
func (a *Asker) ExplainSet(subject int) SetResult {
	req, p := a.question(subject)
	return EvaluateSet(&req, &p)
}

func (a *Asker) question(subject int) (Request, Policies) {
	s := &a.x.subjects[subject]
	req := a.req
	req.Principal = s.Principal
	base := a.t.Context
	req.Context = s.Context.Over(&base)
	req.Context.Default = base.Default
	p := Policies{Identity: s.Identity, Boundary: s.Boundary, Session: s.Session, SCP: s.SCP, Resource: a.t.Policy, RCP: a.t.RCP,
		Endpoint: a.t.Endpoint}
	p.Missing = append(append(p.Missing, s.Missing...), a.t.Missing...)
	return req, p
}
