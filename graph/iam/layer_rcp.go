package iam

import "strings"

// rcpLayer is the organization's resource control policies. They can only take away: RCPFullAWSAccess is at every level
// and cannot be detached. They do not touch service-linked roles, their trust, or resources of the management account.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func (l *layers) rcpLayer(q *query, levels []Level) {
	l.rcp.allow = yes
	if len(levels) == 0 || !q.underRCP() {
		return
	}
	for i := range levels {
		for _, p := range levels[i].Policies {
			l.rcp.add(q, p, LayerRCP, i)
		}
	}
	l.rcp.allow, l.rcp.mayAllow = yes, false
}

func (q *query) underRCP() bool { return q.rcpApplies() && q.rcpReaches() }

// rcpApplies reports whether RCPs apply to the resource, rcpReaches whether they do to the principal.
func (q *query) rcpApplies() bool {
	if !loadReference().rcp[q.service] || q.req.ResourceManagement {
		return false
	}
	switch q.service { // "Resources and entities not restricted by RCPs"
	case "kms":
		return q.name != "retiregrant"
	case "sts":
		return !strings.Contains(q.resource, serviceLinkedPath)
	}
	return true
}

func (q *query) rcpReaches() bool { return q.kind != PrincipalAWS || !q.who.serviceLinked() }
