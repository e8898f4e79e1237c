package iam

// sessionLayer is the policies passed when the session was made.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
func (l *layers) sessionLayer(q *query, policies []*Policy) {
	l.session.allow = yes
	if q.kind != PrincipalAWS || len(policies) == 0 {
		return
	}
	l.session.allow = no
	for _, p := range policies {
		l.session.add(q, p, LayerSession, 0)
	}
}
