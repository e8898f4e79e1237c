package iam

import (
	"strings"
	"sync"
	"unsafe"

	"github.com/permchain/permchain/graph/arn"
)

// Evaluate answers a request and says why. It is a pure function: the same request and policies give the same Result.
//
// With a Context whose Default is Absent everything is known, and the decision is Allow, ImplicitDeny or ExplicitDeny.
// With NotKnown keys it is also Conditional, with the conditions that remain. It is Unknown when a layer in p.Missing,
// or a statement that AWS would refuse, could change it.
//
// A Resource with wildcards asks about a set; Evaluate then answers whether some of it is allowed. EvaluateSet says
// how much.
func Evaluate(req *Request, p *Policies) Result {
	q := query{}
	q.prepare(req, p, &identity{})
	if q.span == partly {
		return EvaluateSet(req, p).Result
	}
	return q.evaluate(p)
}

// evaluate answers a prepared query with its reasons.
func (q *query) evaluate(p *Policies) Result {
	if d, why, ok := q.fixed(); ok {
		return Result{Decision: d, Known: d, Why: why}
	}
	r, _, _ := q.answer(p)
	return r
}

// answer is evaluate with what the layers and statements said.
func (q *query) answer(p *Policies) (Result, *layers, []note) {
	n := notes{}
	q.notes = &n
	l := &layers{}
	miss := l.ask(q, p)
	return l.explain(q, p, &miss, n.list), l, n.list
}

// Verdict is an answer without its explanation: the decision and one statement that decided.
type Verdict struct {
	Decision  Decision
	Layer     Layer   // of the deciding statement, or the layer that blocks because nothing in it allows
	Policy    *Policy // nil when no statement decided
	Statement int     // index in Policy
}

// Decide is Evaluate for callers that ask often: it gives the decision and one deciding statement, and does not
// allocate. What is Conditional it does not look into: where its conditions always or never hold together, Evaluate says
// Allow or that it is denied. A Resource with wildcards is read as at Evaluate, except that patterns which only meet in parts are not
// told apart: use EvaluateSet for sets.
func Decide(req *Request, p *Policies) Verdict {
	w := desks.Get().(*desk)
	defer desks.Put(w)
	*w = desk{}
	w.q.prepare(req, p, &w.id)
	if d, _, ok := w.q.fixed(); ok {
		return Verdict{Decision: d}
	}
	miss := w.l.ask(&w.q, p)
	return w.l.verdict(&w.q, &miss)
}

// desk is the space that one Decide works on.
type desk struct {
	q  query
	l  layers
	id identity
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// prepare reads a request into a query. id is where the principal's ARN is taken apart.
func (q *query) prepare(req *Request, p *Policies, id *identity) {
	q.req, q.ctx, q.kind = req, &req.Context, req.Principal.Kind
	q.person, q.who = &req.Principal, id
	q.buf = q.space[:0]
	q.service, q.name, _ = strings.Cut(q.lowered(req.Action), ":")
	if q.kind == PrincipalAWS || q.kind == PrincipalFederated {
		*q.who = readIdentity(req.Principal.ARN)
	}
	if req.Principal.Account != "" {
		q.who.account = req.Principal.Account
	}
	q.anySession = req.Principal.AnySession || q.who.form == formRole && req.Context.Default == NotKnown
	q.bounded = len(p.Boundary) > 0 && q.kind == PrincipalAWS
	q.resource = req.Resource
	if q.resource == "" {
		q.resource = "*"
	}
	q.span = point
	if arn.HasWildcard(q.resource) && !(q.resource == "*" && (req.ResourceLess || !req.Takes && ResourceLess(req.Action))) {
		q.span = partly
	}
	q.owned(resourceAccount(req, q.who.account))
	q.trust = q.needsTrust()
}

// owned notes whose the resource is: account is the one that has it, or the bucket that it is in.
func (q *query) owned(account string) {
	q.objects = objectOwnership(q.req, q.service, q.name, account)
	if q.objects == othersObjects {
		account = q.req.ObjectOwner
	}
	q.same = q.who.account == account
	q.rescues = q.isRescue()
}

// lowered returns s in lower case, in the query's own space when it fits, as the name of every action does.
func (q *query) lowered(s string) string {
	if len(s) > len(q.lower) {
		return strings.ToLower(s)
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		q.lower[i] = c
	}
	return unsafe.String(&q.lower[0], len(s))
}

// resourceAccount is the account that owns the resource. Resources that AWS owns (foundation models, AWS managed
// policies) are as good as the principal's own: no policy stands in the way.
func resourceAccount(req *Request, principal string) string {
	account := req.ResourceAccount
	if account == "" {
		if a, ok := arn.Split(req.Resource); ok {
			account = a.Account
		}
	}
	if !arn.IsAccountID(account) {
		return principal
	}
	return account
}

// ask holds every policy against the query.
func (l *layers) ask(q *query, p *Policies) missing {
	l.identityLayer(q, p.Identity)
	l.resourceLayer(q, p.Resource)
	l.boundaryLayer(q, p.Boundary)
	l.sessionLayer(q, p.Session)
	l.scpLayer(q, p.SCP)
	l.rcpLayer(q, p.RCP)
	l.endpointLayer(q, p.Endpoint)
	if p.Missing == nil {
		return missing{}
	}
	return readMissing(p.Missing)
}

// verdict picks the statement that decided.
func (l *layers) verdict(q *query, miss *missing) Verdict {
	d, known := l.decide(q, miss)
	v := Verdict{Decision: d}
	set := func(layer Layer, b by) { v.Layer, v.Policy, v.Statement = layer, b.policy, int(b.statement) }
	switch known {
	case ExplicitDeny:
		for _, e := range l.all() {
			if e.t.deny == yes {
				set(e.layer, e.t.denyBy)
				break
			}
		}
	case ImplicitDeny:
		v.Layer = l.silent(q).first()
	default:
		if g := max(l.resource.ways.direct, l.resource.ways.anyone); g >= l.identity.allow && g > no || q.kind != PrincipalAWS || l.identity.allowBy.policy == nil {
			set(LayerResource, l.resource.allowBy)
		} else {
			set(LayerIdentity, l.identity.allowBy)
		}
	}
	return v
}
