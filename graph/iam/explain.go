package iam

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// entry is a layer with its tally.
type entry struct {
	layer Layer
	t     *tally
}

// all lists the layers in the order in which they are named.
func (l *layers) all() [7]entry {
	return [7]entry{
		{LayerSCP, &l.scp}, {LayerRCP, &l.rcp}, {LayerEndpoint, &l.endpoint}, {LayerBoundary, &l.boundary},
		{LayerSession, &l.session}, {LayerIdentity, &l.identity}, {LayerResource, &l.resource},
	}
}

// places are the layers in the same order.
var places = [7]Layer{LayerSCP, LayerRCP, LayerEndpoint, LayerBoundary, LayerSession, LayerIdentity, LayerResource}

// Places of the layers in all, as bits of a layerSet.
const (
	atSCP = iota
	atRCP
	atEndpoint
	atBoundary
	atSession
	atIdentity
	atResource
)

// layerSet is a set of layers, by their places.
type layerSet uint8

func (s layerSet) has(at int) bool { return s>>at&1 == 1 }

// list returns the layers of a set in order; nil when it is empty.
func (s layerSet) list() (out []Layer) {
	for i, layer := range places {
		if s.has(i) {
			out = append(out, layer)
		}
	}
	return out
}

// first returns the first layer of a set, or "".
func (s layerSet) first() Layer {
	if s == 0 {
		return ""
	}
	return places[bits.TrailingZeros8(uint8(s))]
}

// denying says which layers deny.
func (l *layers) denying() (s layerSet) {
	for i, e := range l.all() {
		if e.t.deny == yes {
			s |= 1 << i
		}
	}
	return s
}

// silent says which layers stand in the way of a request that nothing denies for want of an Allow.
func (l *layers) silent(q *query) (s layerSet) {
	block := func(at int, t *tally) {
		if t.allow == no {
			s |= 1 << at
		}
	}
	block(atSCP, &l.scp)
	block(atRCP, &l.rcp)
	block(atEndpoint, &l.endpoint)
	if q.kind != PrincipalAWS {
		block(atResource, &l.resource)
		return s
	}
	g := l.resource.ways
	own := func() {
		block(atBoundary, &l.boundary)
		block(atSession, &l.session)
	}
	switch {
	case !q.same:
		own()
		block(atIdentity, &l.identity)
		if g.any() == no {
			s |= 1 << atResource
		}
	case q.trust && g.any() == no:
		s |= 1 << atResource
	case g.direct > no:
	case g.anyone > no:
		block(atSession, &l.session)
	default:
		own()
		if g.role == no {
			block(atIdentity, &l.identity)
		}
	}
	return s
}

// explain makes the Result of a query from what the statements said.
func (l *layers) explain(q *query, p *Policies, miss *missing, list []note) Result {
	d, known := l.decide(q, miss)
	r := Result{Decision: d, Known: known}
	var all StatementRef
	for i := range list {
		n := &list[i]
		ref := n.ref()
		if n.doubt != "" {
			all = ref
			continue
		}
		switch {
		case ref.Effect == EffectDeny:
			if n.t == yes && known == ExplicitDeny || n.t > no && known == Conditional {
				r.Denies = append(r.Denies, ref)
			}
		case n.t == yes || known != Allow:
			r.Allows = append(r.Allows, ref)
		}
	}
	r.Allows, r.Denies = sortRefs(r.Allows), sortRefs(r.Denies)
	switch known {
	case Conditional:
		r.Residual = l.residual(q, p, list)
		r.foldAnswer(q, l)
	case ExplicitDeny:
		r.BlockedBy = l.denying().list()
	case ImplicitDeny:
		r.BlockedBy = l.silent(q).list()
		r.Absent = r.BlockedBy
	}
	if d == Unknown {
		r.Unknown = l.unknown(q, p, all)
	}
	if r.Why == "" || d == Unknown {
		r.Why = r.why(q)
	}
	return r
}

func (n *note) ref() StatementRef {
	s := n.policy.statements[n.statement].src
	return StatementRef{Layer: n.layer, Policy: n.policy.id, Index: s.Index, Sid: s.Sid, Effect: s.Effect, Pointer: s.Pointer}
}

// unknown says what could change the answer.
func (l *layers) unknown(q *query, p *Policies, ref StatementRef) string {
	var why []string
	for _, m := range p.Missing {
		one := readMissing([]Missing{m})
		if one.any(q) {
			why = append(why, m.Reason)
		}
	}
	if s := q.aclReason(); s != "" {
		why = append(why, s)
	}
	for _, e := range l.all() {
		if e.t.doubt != "" {
			s := e.t.doubt
			if ref.Layer == e.layer {
				s = ref.String() + ": " + s
			} else {
				s = string(e.layer) + " policy: " + s
			}
			why = append(why, s)
		}
	}
	return strings.Join(slices.Compact(why), "; ")
}

// why says the answer in one sentence.
func (r *Result) why(q *query) string {
	ask := q.req.Action + " on " + q.resource
	names := func(refs []StatementRef) string {
		if len(refs) == 0 {
			return "the policies"
		}
		s := refs[0].String()
		if len(refs) > 1 {
			s += fmt.Sprintf(" and %d more", len(refs)-1)
		}
		return s
	}
	switch r.Decision {
	case Allow:
		if len(r.Allows) == 0 && q.who.form == formRoot {
			return ask + " is allowed: the root user needs no policy"
		}
		return ask + " is allowed by " + names(r.Allows)
	case Conditional:
		return ask + " is allowed if " + r.Residual.String()
	case ExplicitDeny:
		return ask + " is denied by " + names(r.Denies)
	case Unknown:
		return "whether " + ask + " is allowed is not known: " + r.Unknown
	}
	parts := make([]string, len(r.Absent))
	for i, b := range r.Absent {
		parts[i] = "no " + b.phrase() + " allows it"
	}
	if len(parts) == 0 {
		parts = []string{"nothing allows it"}
	}
	return ask + " is not allowed: " + strings.Join(parts, ", and ")
}

// phrase names a layer in a sentence.
func (l Layer) phrase() string {
	switch l {
	case LayerIdentity:
		return "policy of the principal"
	case LayerResource:
		return "policy of the resource"
	case LayerBoundary:
		return "permissions boundary"
	case LayerSession:
		return "session policy"
	case LayerSCP:
		return "SCP of some level"
	case LayerRCP:
		return "RCP"
	}
	return "VPC endpoint policy"
}
