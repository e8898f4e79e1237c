package iam

import (
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// span says how a statement's resources are held against the request's.
type span uint8

const (
	point  span = iota // the request is for one resource
	within             // the request is for all that a pattern matches: a statement counts when it matches all of it
	partly             // an Allow counts when it matches some of what a pattern matches, a Deny when it matches all of it
)

// query is a request made ready.
type query struct {
	req      *Request
	ctx      *Context
	kind     PrincipalKind
	person   *Principal
	who      *identity
	service  string // of the action, in lower case
	name     string // of the action, in lower case
	resource string
	span     span

	anySession bool // the session's name is not known
	bounded    bool // the principal has a permissions boundary
	same       bool // principal and resource are in one account
	rescues    bool // a Deny of the resource's policy does not count
	objects    ownership
	trust      bool // the resource's own policy must let the principal in, in its own account too

	buf   []byte // scratch of template.expand
	space [192]byte
	lower [96]byte

	notes *notes // collects every statement that speaks; nil when only the decision is wanted
}

// shortReason is why a short ARN leaves a statement's effect open.
const shortReason = "AWS does not document what an ARN with fewer than six parts matches here"

// matchResource says whether a statement's Resource or NotResource takes in the request's resource. doubt is why that
// cannot be established, with the answer then being what it would be if the short ARNs did match.
func (s *statement) matchResource(q *query, layer Layer) (t truth, doubt string) {
	if s.anyResource {
		return yes, ""
	}
	if !s.hasResource {
		// Trust policies, and the policies of some services, have no Resource: they are about the resource that carries
		// them. Elsewhere AWS refuses the statement.
		if layer == LayerResource {
			return yes, ""
		}
		return yes, "the statement has neither Resource nor NotResource"
	}
	if s.notResource {
		for i := range s.resources {
			r := &s.resources[i]
			if r.short && !(literalShort(layer) && !arn.HasWildcard(r.text)) {
				return yes, shortReason
			}
			m, ok := s.matchOne(q, r, layer, true)
			if !ok {
				// "the entire statement might be invalid": a statement whose variable has no value speaks to nothing.
				// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
				return no, ""
			}
			if r.wildType && q.knownType() && m == yes {
				return yes, typeReason
			}
			t = max(t, m)
			if t == yes {
				return no, ""
			}
		}
		return not(t), ""
	}
	for i := range s.resources {
		r := &s.resources[i]
		m, _ := s.matchOne(q, r, layer, false)
		switch {
		case m == no:
			// What a short ARN matches where it is read as the text it is cannot be established for the policies of
			// organizations.
			if r.short && (layer == LayerSCP || layer == LayerRCP) && arn.Overlap(padded(r.text), q.resource) {
				doubt = shortReason
			}
			continue
		case r.short && layer == LayerRCP:
			doubt = shortReason
			continue
		case r.wildType && q.knownType():
			doubt = typeReason
			continue
		case m == yes:
			return yes, ""
		}
		t = max(t, m)
	}
	if doubt != "" {
		return yes, doubt
	}
	return t, ""
}

// literalShort reports whether a layer reads a short ARN without wildcards as the text it is. In the policies of
// principals AWS takes the missing parts as wildcards; in resource and endpoint policies it does not.
func literalShort(l Layer) bool { return l == LayerResource || l == LayerEndpoint }

// matchOne holds one pattern against the request's resource; ok is false when it has a variable without a value. except
// is for the patterns of NotResource.
func (s *statement) matchOne(q *query, r *resource, layer Layer, except bool) (t truth, ok bool) {
	if r.any {
		return yes, true
	}
	text, open := r.text, false
	if r.vars == nil && q.span == point && !r.short {
		if r.exact {
			return truthOf(text == q.resource), true
		}
		n := len(r.prefix)
		return truthOf(len(q.resource) >= n && q.resource[:n] == r.prefix && arn.Match(text[n:], q.resource[n:])), true
	}
	if r.vars != nil {
		var state resolution
		text, state = r.vars.expand(q)
		if state == unresolved {
			return no, false
		}
		open = state != resolved
	}
	m := q.takes(s, text, except)
	if !m && r.short && layer != LayerSCP && layer != LayerRCP && !(literalShort(layer) && !arn.HasWildcard(text)) {
		m = q.takes(s, padded(text), except)
	}
	if m && open {
		return maybe, true
	}
	return truthOf(m), true
}

// typeReason is why a pattern whose resource type is a wildcard leaves a statement's effect open.
const typeReason = "AWS documents both that the resource type of an ARN cannot be a wildcard and policies in which it is"

// knownType reports whether the request's resource has a type that its service is known to have.
func (q *query) knownType() bool {
	a, ok := arn.Split(q.resource)
	if !ok {
		return false
	}
	typ := a.ResourceType()
	for _, t := range ResourceTypes(a.Service) {
		if p, ok := arn.Split(t.ARN); ok && typ != "" && p.ResourceType() == typ {
			return true
		}
	}
	return false
}

// padded gives a short ARN its missing parts as wildcards.
func padded(text string) string {
	for n := strings.Count(text, ":"); n < 5; n++ {
		text += ":*"
	}
	return text
}

// takes holds a pattern against the request's resource as its span asks.
func (q *query) takes(s *statement, pattern string, except bool) bool {
	switch q.span {
	case point:
		return arn.Match(pattern, q.resource)
	case within:
		// What only part of the request's resources is taken in by is a hole, or a narrower question: see EvaluateSet.
		return arn.Covers(pattern, q.resource)
	}
	// partly: an Allow needs some of it, a Deny all of it; what is left out turns that round.
	if (s.effect == EffectAllow) != except {
		return arn.Overlap(pattern, q.resource)
	}
	return arn.Covers(pattern, q.resource)
}

// matchConditions says whether all conditions of a statement hold.
func (s *statement) matchConditions(q *query) truth {
	t := yes
	for i := range s.conditions {
		t = min(t, s.conditions[i].eval(q))
		if t == no {
			return no
		}
	}
	return t
}
