package iam

// boundaryLayer is the permissions boundary, which limits what identity policies give.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func (l *layers) boundaryLayer(q *query, policies []*Policy) {
	l.boundary.allow = yes
	if q.kind != PrincipalAWS || len(policies) == 0 {
		return
	}
	l.boundary.allow = no
	for _, p := range policies {
		l.boundary.add(q, p, LayerBoundary, 0)
	}
}
