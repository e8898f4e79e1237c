package iam

import (
	"fmt"
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

// blocked says which layers stand in the way of a request that is denied, and which of them for want of an Allow.
func (l *layers) blocked(q *query) (layers, absent []Layer) {
	for _, e := range l.all() {
		if e.t.deny == yes {
			layers = append(layers, e.layer)
		}
	}
	if layers != nil {
		return layers, nil
	}
	block := func(layer Layer) { absent = append(absent, layer) }
	for _, e := range [...]entry{{LayerSCP, &l.scp}, {LayerRCP, &l.rcp}, {LayerEndpoint, &l.endpoint}} {
		if e.t.allow == no {
			block(e.layer)
		}
	}
	if q.kind != PrincipalAWS {
		if l.resource.allow == no {
			block(LayerResource)
		}
		return absent, absent
	}
	g := l.resource.ways
	own := func() {
		if l.boundary.allow == no {
			block(LayerBoundary)
		}
		if l.session.allow == no {
			block(LayerSession)
		}
	}
	switch {
	case !q.same:
		own()
		if l.identity.allow == no {
			block(LayerIdentity)
		}
		if g.any() == no {
			block(LayerResource)
		}
	case q.trust && g.any() == no:
		block(LayerResource)
	case g.direct > no:
	case g.anyone > no:
		if l.session.allow == no {
			block(LayerSession)
		}
	case g.role > no || l.identity.allow > no:
		own()
	default:
		own()
		block(LayerIdentity)
	}
	return absent, absent
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
	case ImplicitDeny, ExplicitDeny:
		r.BlockedBy, r.Absent = l.blocked(q)
	}
	if d == Unknown {
		r.Unknown = l.unknown(q, p, all)
	}
	r.Why = r.why(q)
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
