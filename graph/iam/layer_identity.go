package iam

// identityLayer is the principal's own policies: any statement of any of them can allow. The root user of an account
// has none and needs none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
func (l *layers) identityLayer(q *query, policies []*Policy) {
	if q.kind != PrincipalAWS {
		return
	}
	for _, p := range policies {
		l.identity.add(q, p, LayerIdentity, 0)
	}
	if q.who.form == formRoot {
		l.identity.allow = yes
	}
}
