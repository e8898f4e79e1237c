package iam

import "cmp"

// note is one statement that speaks to a request: its action, resource and principal match, or may.
type note struct {
	policy    *Policy
	statement int
	layer     Layer
	level     int // of the organization; 0 in other layers
	t         truth
	how       granted // resource layer
	doubt     string  // why its effect is not known
	open      bool    // its Resource has a variable that is not known
}

type notes struct{ list []note }

// by names a deciding statement without allocating.
type by struct {
	policy    *Policy
	statement int32
}

// tally is what the statements of one layer (or of one level of one) add up to.
type tally struct {
	allow, deny       truth
	allowBy, denyBy   by
	mayAllow, mayDeny bool // a statement whose effect is not known might
	doubt             string
	ways              ways // resource layer: the ways in which it allows
}

// add holds every statement of a policy against the request.
func (t *tally) add(q *query, p *Policy, layer Layer, level int) {
	for i := range p.statements {
		s := &p.statements[i]
		if !s.speaksOf(q) {
			continue
		}
		t.speak(q, p, i, layer, level)
	}
}

// speak adds one statement whose action matches.
func (t *tally) speak(q *query, p *Policy, i int, layer Layer, level int) {
	s := &p.statements[i]
	how := granted{ways: ways{direct: yes}}
	except := ""
	switch layer {
	case LayerResource:
		if how, except = s.speaksTo(q); how.any() == no {
			return
		}
	case LayerEndpoint:
		if s.principals != nil && s.names(q).any() == no {
			return
		}
	}
	r, doubt := s.matchResource(q, layer)
	if r == no {
		return
	}
	m := min(r, s.matchConditions(q))
	if m == no {
		return
	}
	if doubt == "" {
		doubt = cmp.Or(s.invalid, except)
	}
	t.count(s, by{p, int32(i)}, m, how, doubt)
	if q.notes != nil {
		q.notes.list = append(q.notes.list, note{policy: p, statement: i, layer: layer, level: level, t: min(m, how.any()),
			how: how, doubt: doubt, open: r == maybe})
	}
}

// count adds a statement that matches as m says.
func (t *tally) count(s *statement, b by, m truth, how granted, doubt string) {
	deny := s.effect == EffectDeny
	if doubt != "" {
		// An effect that cannot be read at all could be either.
		t.mayDeny = t.mayDeny || s.effect != EffectAllow
		t.mayAllow = t.mayAllow || !deny
		if t.doubt == "" {
			t.doubt = doubt
		}
		return
	}
	if deny {
		if v := min(m, how.any()); v > t.deny {
			t.deny, t.denyBy = v, b
		}
		return
	}
	if v := min(m, how.any()); v > t.allow {
		t.allow, t.allowBy = v, b
	}
	if how.anyone|how.role|how.account > no {
		t.ways.anyone = max(t.ways.anyone, min(m, how.anyone))
		t.ways.role = max(t.ways.role, min(m, how.role))
		t.ways.account = max(t.ways.account, min(m, how.account))
	}
	t.ways.direct = max(t.ways.direct, min(m, how.direct))
}

// join adds another tally of the same layer, other than the resource layer.
func (t *tally) join(o *tally) {
	if o.allow > t.allow {
		t.allow, t.allowBy = o.allow, o.allowBy
	}
	if o.deny > t.deny {
		t.deny, t.denyBy = o.deny, o.denyBy
	}
	t.mayAllow = t.mayAllow || o.mayAllow
	t.mayDeny = t.mayDeny || o.mayDeny
	if t.doubt == "" {
		t.doubt = o.doubt
	}
}

// both adds another level of the same layer: each must allow.
func (t *tally) both(o *tally) {
	if o.allow < t.allow {
		t.allow = o.allow
	}
	t.mayAllow = t.mayAllow || o.mayAllow
	t.mayDeny = t.mayDeny || o.mayDeny
	if t.doubt == "" {
		t.doubt = o.doubt
	}
	if o.deny > t.deny {
		t.deny, t.denyBy = o.deny, o.denyBy
	}
}
