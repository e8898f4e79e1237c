package iam

// layers is what each layer says of a request.
type layers struct {
	identity, resource, boundary, session, scp, rcp, endpoint tally
	folded                                                    bool // conditions that never hold together deny
}

// reading is how what is not known is read.
type reading uint8

const (
	asKnown   reading = iota // as if it were not there
	favorably                // each unknown statement and missing layer allows, none denies
	adversely                // each denies, none allows
)

// access says whether the request is allowed, with what is missing read as r says.
//
// In one account, the principal's policies or the resource's allow; across accounts both must. A resource policy that
// names the account only hands on to the principal's policies. The policies of KMS keys and the trust policies of roles
// must let the principal in even in their own account. Boundary and session policies limit what comes from the
// principal's policies, and what a resource policy gives to the role behind a session. SCPs, RCPs and endpoint policies
// limit everything, and any Deny ends it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (l *layers) access(q *query, miss *missing, r reading) truth {
	allow := func(t *tally, m bool) truth {
		if r == favorably && (t.mayAllow || m) {
			return yes
		}
		return t.allow
	}
	deny := l.denied(q, miss, r)
	session := allow(&l.session, false)
	own := min(allow(&l.boundary, false), session)
	id := allow(&l.identity, miss.identity)
	g := l.resource.ways
	if r == favorably && (l.resource.mayAllow || miss.resource) {
		g = ways{direct: yes, anyone: yes, role: yes, account: yes}
	}
	var grant truth
	switch {
	case q.kind != PrincipalAWS:
		grant = g.any()
	case !q.same:
		grant = min(g.any(), id, own)
	case q.trust:
		grant = max(g.direct, min(g.anyone, session), min(g.role, own), min(g.account, id, own))
	default:
		grant = max(g.direct, min(g.anyone, session), min(g.role, own), min(id, own))
	}
	if q.objects != bucketsObjects {
		grant = l.byObjects(q, r, grant, id, own)
	}
	return min(grant, allow(&l.scp, false), l.rcp.allow, allow(&l.endpoint, false), not(deny))
}

// denied says whether a Deny applies.
func (l *layers) denied(q *query, miss *missing, r reading) truth {
	if r == adversely && (miss.any(q) || l.mayDeny()) {
		return yes
	}
	return max(l.identity.deny, l.resource.deny, l.boundary.deny, l.session.deny, l.scp.deny, l.rcp.deny, l.endpoint.deny)
}

func (l *layers) mayDeny() bool {
	return l.identity.mayDeny || l.resource.mayDeny || l.boundary.mayDeny || l.session.mayDeny || l.scp.mayDeny ||
		l.rcp.mayDeny || l.endpoint.mayDeny
}

func (l *layers) doubtful() bool {
	return l.mayDeny() || l.identity.mayAllow || l.resource.mayAllow || l.boundary.mayAllow || l.session.mayAllow ||
		l.scp.mayAllow || l.endpoint.mayAllow
}

// missing says which layers are not, or not wholly, known.
type missing struct {
	identity, resource, boundary, session, scp, rcp, endpoint bool
}

func readMissing(list []Missing) (m missing) {
	for i := range list {
		switch list[i].Layer {
		case LayerIdentity:
			m.identity = true
		case LayerResource:
			m.resource = true
		case LayerBoundary:
			m.boundary = true
		case LayerSession:
			m.session = true
		case LayerSCP:
			m.scp = true
		case LayerRCP:
			m.rcp = true
		case LayerEndpoint:
			m.endpoint = true
		}
	}
	return m
}

// any reports whether a layer is missing that applies to the request's kind of principal.
func (m *missing) any(q *query) bool {
	if m.resource && !q.rescues || m.endpoint || m.rcp && q.underRCP() {
		return true
	}
	return q.kind == PrincipalAWS && (m.identity || m.boundary || m.session || m.scp && q.underSCP())
}

// decide puts the layers together. known is the decision by what is known alone.
func (l *layers) decide(q *query, miss *missing) (d, known Decision) {
	access := l.access(q, miss, asKnown)
	switch access {
	case yes:
		known = Allow
	case maybe:
		known = Conditional
	default:
		known = ImplicitDeny
		if l.denied(q, miss, asKnown) == yes {
			known = ExplicitDeny
		}
	}
	if *miss == (missing{}) && q.objects == bucketsObjects && !l.doubtful() {
		return known, known
	}
	if l.access(q, miss, favorably) != access || l.access(q, miss, adversely) != access {
		return Unknown, known
	}
	return known, known
}
