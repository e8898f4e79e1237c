package iam

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// form is what an AWS principal's ARN names.
type form uint8

const (
	formOther form = iota
	formRoot
	formUser
	formRole
	formSession       // assumed-role
	formFederatedUser // GetFederationToken
)

// identity is a principal's ARN taken apart.
type identity struct {
	form    form
	text    string
	account string
	name    string // of the role, for roles and sessions, without path
	session string
}

func readIdentity(s string) identity {
	id := identity{text: s}
	a, ok := arn.Split(s)
	if !ok {
		return id
	}
	id.account = a.Account
	switch a.Service {
	case "iam":
		switch {
		case a.Resource == "root":
			id.form = formRoot
		case strings.HasPrefix(a.Resource, "user/"):
			id.form = formUser
		case strings.HasPrefix(a.Resource, "role/"):
			id.form, id.name = formRole, a.Name()
		}
	case "sts":
		if rest, ok := strings.CutPrefix(a.Resource, "assumed-role/"); ok {
			id.form = formSession
			id.name, id.session, _ = strings.Cut(rest, "/")
		} else if strings.HasPrefix(a.Resource, "federated-user/") {
			id.form = formFederatedUser
		}
	}
	return id
}

// principals is a Principal or NotPrincipal element made ready.
type principals struct {
	any       bool
	accounts  []string
	named     []identity
	service   []string
	federated []string
	canonical []string
	odd       bool // one of them names no principal
}

func compilePrincipals(src *Principals) *principals {
	p := &principals{any: src.Any, service: src.Service, federated: src.Federated, canonical: src.CanonicalUser}
	for _, s := range src.AWS {
		p.odd = p.odd || !principalLike(s)
		if arn.IsAccountID(s) {
			p.accounts = append(p.accounts, s)
			continue
		}
		id := readIdentity(s)
		if id.form == formRoot {
			p.accounts = append(p.accounts, id.account)
			continue
		}
		p.named = append(p.named, id)
	}
	return p
}

// empty reports whether the element names nobody.
func (p *principals) empty() bool {
	return !p.any && len(p.accounts)+len(p.named)+len(p.service)+len(p.federated)+len(p.canonical) == 0
}

// granted says how a resource policy names a principal. The ways differ in what else must allow:
//
//   - direct: by its user, session or federated user ARN. In the same account that is enough by itself, whatever a
//     boundary or session policy leaves out.
//   - anyone: as everyone is. The same, but that a session policy must allow too.
//   - role: by the ARN of the role behind a session. In the same account no identity policy is needed, but boundary
//     and session policies must allow.
//   - account: by its account, which hands the decision to that account's identity policies.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-intersec.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
type granted struct {
	ways
	session string // the session name that a "maybe" of direct needs
}

type ways struct{ direct, anyone, role, account truth }

func (g ways) any() truth { return max(g.direct, g.anyone, g.role, g.account) }

// match says how the element names the request's principal.
func (p *principals) match(q *query) (g granted) {
	w := q.who
	if p.any {
		g.anyone = yes
	}
	switch q.kind {
	case PrincipalAnonymous:
		return g
	case PrincipalService:
		for _, s := range p.service {
			if strings.EqualFold(s, q.person.Service) {
				g.direct = yes
			}
		}
		return g
	case PrincipalFederated:
		if has(p.federated, w.text) {
			g.direct = yes
		}
		return g
	}
	for _, a := range p.accounts {
		if a == w.account && a != "" {
			g.account = yes
			if w.form == formRoot {
				g.direct = yes
			}
		}
	}
	for i := range p.named {
		id := &p.named[i]
		switch {
		case id.text == w.text && (w.form != formSession || !q.anySession):
			if w.form == formRole {
				g.role = yes
			} else {
				g.direct = yes
			}
		case id.account != w.account || id.account == "" || !strings.EqualFold(id.name, w.name) || w.name == "":
		case id.form == formRole && w.form == formSession:
			g.role = yes
		case id.form == formSession && q.anySession:
			if g.direct == no {
				g.direct, g.session = maybe, id.session
			}
		}
	}
	if len(p.canonical) > 0 && has(p.canonical, w.text) || len(p.federated) > 0 && has(p.federated, w.text) {
		g.direct = yes
	}
	return g
}

func has(list []string, s string) bool {
	return slices.Contains(list, s)
}
