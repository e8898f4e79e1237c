package iam

import "strings"

// scpLayer is the organization's service control policies: every level above the principal's account must allow.
// They do not touch service-linked roles, AWS services, or the management account.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func (l *layers) scpLayer(q *query, levels []Level) {
	l.scp.allow = yes
	if levels == nil || !q.underSCP() {
		return
	}
	for i := range levels {
		var t tally
		for _, p := range levels[i].Policies {
			t.add(q, p, LayerSCP, i)
		}
		l.scp.both(&t)
	}
}

func (q *query) underSCP() bool {
	return q.kind == PrincipalAWS && !q.person.Management && !q.who.serviceLinked()
}

// serviceLinkedPath stands in the ARN of every service-linked role.
const serviceLinkedPath = ":role/aws-service-role/"

// serviceLinked reports whether the identity is a service-linked role or a session of one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
func (id *identity) serviceLinked() bool {
	switch id.form {
	case formRole:
		return strings.Contains(id.text, serviceLinkedPath)
	case formSession:
		return strings.HasPrefix(id.name, "AWSServiceRoleFor")
	}
	return false
}
