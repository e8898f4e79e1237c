package iam

// resourceLayer is the policy of the resource itself.
func (l *layers) resourceLayer(q *query, p *Policy) {
	if p != nil {
		l.resource.add(q, p, LayerResource, 0)
	}
}

// names says how a statement's Principal or NotPrincipal names the request's principal. A statement without either
// names nobody; AWS refuses it in a resource policy.
func (s *statement) names(q *query) granted {
	if s.principals == nil {
		return granted{}
	}
	if s.anyone {
		return granted{ways: ways{anyone: yes}}
	}
	g := s.principals.match(q)
	if !s.notPrincipal {
		return g
	}
	if s.effect == EffectDeny && q.bounded {
		// "resource-based policies that have a NotPrincipal policy element with a Deny effect will always deny any IAM
		// principal that has a permissions boundary policy attached, regardless of the values specified"
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
		return granted{ways: ways{anyone: yes}}
	}
	return granted{ways: ways{anyone: not(g.any())}}
}
