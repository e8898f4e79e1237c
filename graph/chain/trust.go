package chain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// trust links callers to the roles they can become. A trust policy is the role's resource policy: it must let the
// caller in by itself, or name the caller's account and leave the rest to that account's own policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (b *builder) trust() {
	for i := range b.f.Roles {
		r := &b.f.Roles[i]
		role := b.nodes[graph.NodeID(r.ARN)]
		if r.Trust.Raw == nil && r.Trust.Unknown == "" {
			continue
		}
		pol, why := b.policy(r.ARN+" trust", "trust policy", "trust policy", r.Name, r.Trust)
		if pol == nil {
			b.gap("who may assume "+role.Name, "the role's trust policy: "+why)
			continue
		}
		doc := pol.Document()
		for s := range doc.Statements {
			stmt := &doc.Statements[s]
			if stmt.Effect != iam.EffectAllow {
				continue
			}
			if stmt.Principal == nil {
				continue // NotPrincipal with Allow lets in everyone else; AWS refuses it in a trust policy
			}
			t := trusted{b: b, role: role, pol: pol, stmt: stmt}
			if stmt.Principal.Any {
				t.anyone()
			}
			for _, p := range stmt.Principal.AWS {
				t.aws(p)
			}
			for _, s := range stmt.Principal.Service {
				t.service(s)
			}
			for _, f := range stmt.Principal.Federated {
				t.federated(f)
			}
		}
	}
	b.assumeElsewhere()
	b.actorsAssume()
}

// assumeElsewhere links principals to the roles that their own policies name and that were not imported: whether such a
// role lets them in is not known, and that they try is worth knowing.
func (b *builder) assumeElsewhere() {
	for _, p := range b.sortedPrincipals() {
		if p.kind == graph.KindGroup {
			continue
		}
		for _, g := range p.concerned([]string{"sts:AssumeRole"}) {
			for _, r := range g.stmt.Resources {
				a, err := arn.Parse(r)
				if err != nil || a.ResourceType() != "role" || arn.HasWildcard(r) || strings.Contains(r, "${") || b.principals[r] != nil || r == p.arn {
					continue
				}
				role := b.roleNode(r)
				pol := p.pol
				why := "the trust policy of " + role.Name + " was not imported"
				pol.Missing = append(slices.Clone(pol.Missing), iam.Missing{Layer: iam.LayerResource, Reason: why})
				v := b.ask(p, &pol, []string{"sts:AssumeRole"}, r, role, nil)
				if v.Verdict == graph.Denied {
					continue
				}
				if v.Verdict != graph.Unknown {
					v = verdict{Verdict: graph.Unknown, unknown: why, refs: v.refs}
				}
				unknownNode(role, "named by the policy "+b.policies[g.policy.ID()].Name+"; the role itself was not imported")
				role.Outside = b.outside(role.Account)
				b.setVerdict(b.edge(p.node, graph.Assumes, role.ID), v)
				b.gap("the role "+role.Name+" of "+cmp.Or(b.accountLabel(role.Account), "its account"), "aws iam get-account-authorization-details there")
			}
		}
	}
}

// actorsAssume gives the actors that run as a role the roles that it can become. The role keeps the links for itself
// only where somebody other than a service can act as it.
func (b *builder) actorsAssume() {
	for _, id := range sortedKeysOf(b.edges) {
		e := b.edges[id]
		if e.Kind != graph.Assumes || len(b.actors[e.From]) == 0 {
			continue
		}
		for _, f := range b.actors[e.From] {
			if f == e.To {
				continue
			}
			own := b.edge(f, graph.Assumes, e.To)
			of := *e
			of.ID, of.From, of.As = own.ID, f, e.From
			of.Evidence = slices.Clone(e.Evidence)
			*own = of
		}
		if !b.humanEntry(e.From) {
			delete(b.edges, id)
		}
	}
}

// trusted is one Allow statement of a role's trust policy.
type trusted struct {
	b    *builder
	role *graph.Node
	pol  *iam.Policy
	stmt *iam.Statement
}

func (t *trusted) evidence(principal string) graph.Evidence {
	return graph.Evidence{Kind: graph.ByPolicy, Effect: "Allow", Layer: "resource", Policy: t.pol.ID(), Statement: t.stmt.Index, Sid: t.stmt.Sid,
		Actions: t.stmt.Actions, Source: t.b.policySource(t.pol.ID(), t.stmt), Note: "the trust policy of " + t.role.Name + " names " + principal}
}

func (t *trusted) link(from *graph.Node, scope graph.Scope, principal string) *graph.Edge {
	e := t.b.edge(from.ID, graph.Assumes, t.role.ID)
	if from.Kind != graph.KindService {
		t.b.entered[t.role.ID] = true
	}
	if e.Breadth.PrincipalScope == "" || scopeRank(scope) > scopeRank(e.Breadth.PrincipalScope) {
		e.Breadth.PrincipalScope = scope
	}
	e.Breadth.Conditions = len(t.stmt.Conditions)
	addEvidence(e, t.evidence(principal))
	return e
}

// scopeRank orders scopes from narrow to wide.
func scopeRank(s graph.Scope) int {
	return slices.Index([]graph.Scope{graph.ScopeExact, graph.ScopeNamed, graph.ScopeService, graph.ScopeKind, graph.ScopeAccount, graph.ScopeOrg, graph.ScopeAll}, s)
}

func (t *trusted) anyone() {
	n := t.b.node("anyone", graph.KindAnyone, "Anyone")
	scope := graph.ScopeAll
	if org := conditionValue(t.stmt, "aws:PrincipalOrgID"); org != "" {
		n = t.b.node(graph.NodeID("organization/"+org), graph.KindOrg, "Anyone in "+org)
		scope = graph.ScopeOrg
	}
	e := t.link(n, scope, `"*"`)
	t.b.setVerdict(e, t.conditions(nil))
}

func (t *trusted) aws(p string) {
	b := t.b
	account := accountOf(p)
	switch {
	case p == "*":
		t.anyone()
	case inventory.HoldsUnknown(p):
		n := b.node(graph.NodeID("open/"+t.role.Account+"/principal/"+p), graph.KindUser, p)
		n.Account = t.role.Account
		unknownNode(n, cmp.Or(t.stmt.Invalid, "the template does not say who it is"))
		b.setVerdict(t.link(n, graph.ScopeExact, p), verdict{Verdict: graph.Unknown, unknown: n.Unknown})
	case account == "":
		// A principal that AWS has turned into its unique id, because the user or role was deleted.
		n := b.node(graph.NodeID("principal/"+p), graph.KindUser, p)
		unknownNode(n, "a unique id: the principal it named no longer exists, or was not imported")
		b.setVerdict(t.link(n, graph.ScopeExact, p), verdict{Verdict: graph.Unknown, unknown: n.Unknown})
	case isRoot(p):
		t.account(account, p)
	default:
		n := b.principalNode(p, "named by the trust policy of "+t.role.Name+"; not imported itself")
		target := n.ARN
		e := t.link(n, graph.ScopeExact, p)
		if from, ok := b.principals[target]; ok {
			b.setVerdict(e, b.evaluateTrust(from, t))
			return
		}
		if account == t.role.Account {
			// In one account the trust policy naming the principal is enough.
			b.setVerdict(e, t.conditions(nil))
			return
		}
		b.setVerdict(e, verdict{Verdict: graph.Unknown, unknown: "its own policies in account " + account + " must allow sts:AssumeRole too, and they were not imported"})
	}
}

// account handles an account's root as principal: it lets in whoever that account's own policies let out.
func (t *trusted) account(account, principal string) {
	b := t.b
	imported := false
	for _, p := range b.sortedPrincipals() {
		if p.account != account || p.kind == graph.KindGroup || p.node == t.role.ID {
			continue
		}
		imported = true
		if !p.mayAct([]string{"sts:AssumeRole"}) {
			continue
		}
		v := b.evaluateTrust(p, t)
		if v.Verdict == graph.Denied {
			continue
		}
		e := t.link(b.nodes[p.node], graph.ScopeExact, principal)
		// Who comes in is narrow; that the whole account may be let in is a fact about the trust, kept on each link.
		if account != t.role.Account {
			e.Breadth.PrincipalScope = graph.ScopeAccount
		}
		b.setVerdict(e, v)
	}
	if imported && account == t.role.Account {
		return
	}
	// Another account is let in as a whole, whoever may use that today.
	n := b.accountNode(account)
	e := t.link(n, graph.ScopeAccount, principal)
	v := t.conditions(nil)
	if account == t.role.Account {
		v = verdict{Verdict: graph.Unknown, unknown: "the users and roles of account " + account + " were not imported"}
	}
	b.setVerdict(e, v)
}

func (b *builder) accountNode(account string) *graph.Node {
	name := "Account " + account
	if account == graph.StandInAccount {
		name = "The template's account"
	}
	n := b.node(graph.NodeID("account/"+account), graph.KindAccount, name)
	n.Account = account
	n.Outside = b.outside(account)
	if name := b.accountName(account); name != "" {
		n.Name = name
	}
	return n
}

// confusedDeputy lists services that act for callers in other accounts, so that a trust needs aws:SourceArn or
// aws:SourceAccount to tell whose request it is. Services that a role is passed to (Lambda, EC2, ECS) are not of them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
var confusedDeputy = []string{"bedrock.amazonaws.com", "bedrock-agentcore.amazonaws.com", "sagemaker.amazonaws.com", "events.amazonaws.com",
	"cloudtrail.amazonaws.com", "logs.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com", "config.amazonaws.com", "states.amazonaws.com",
	"scheduler.amazonaws.com", "delivery.logs.amazonaws.com", "apigateway.amazonaws.com", "kendra.amazonaws.com"}

func (t *trusted) service(s string) {
	n := t.b.serviceNode(s)
	scope := graph.ScopeExact
	if slices.Contains(confusedDeputy, s) && !narrowsSource(t.stmt) {
		scope = graph.ScopeService
	}
	named := s
	if on := onBehalfOf(t.stmt); on != "" {
		named += ", for " + on
	}
	e := t.link(n, scope, named)
	e.Wired = graph.Yes
	t.b.setVerdict(e, t.conditions(func(key string) bool {
		return strings.EqualFold(key, "aws:SourceArn") || strings.EqualFold(key, "aws:SourceAccount") || strings.EqualFold(key, "aws:SourceOrgID")
	}))
}

func (b *builder) serviceNode(s string) *graph.Node {
	name := strings.TrimSuffix(strings.TrimSuffix(s, ".cn"), ".amazonaws.com")
	return b.node(graph.NodeID("service/"+s), graph.KindService, name)
}

// narrowsSource reports whether a statement says for whose resource a service acts.
func narrowsSource(s *iam.Statement) bool {
	for _, c := range s.Conditions {
		switch strings.ToLower(c.Key) {
		case "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths":
			return true
		}
	}
	return false
}

// federated handles SAML and OIDC providers. Conditions on the provider's own keys say which of its identities are
// meant, so they name the caller; what else is asked stays a condition of the link.
func (t *trusted) federated(provider string) {
	b := t.b
	host := lastSegment(provider)
	if _, after, ok := strings.Cut(provider, "oidc-provider/"); ok {
		host = after
	}
	own := func(key string) bool {
		k := strings.ToLower(key)
		return strings.HasPrefix(k, "saml:") || strings.HasPrefix(k, strings.ToLower(host)+":") || strings.HasPrefix(k, "cognito-identity.amazonaws.com:") ||
			strings.HasPrefix(k, "www.amazon.com:") || strings.HasPrefix(k, "graph.facebook.com:") || strings.HasPrefix(k, "accounts.google.com:")
	}
	var who []string
	for _, c := range t.stmt.Conditions {
		if own(c.Key) && !strings.EqualFold(c.Key, "SAML:aud") {
			who = append(who, c.Key+" "+c.Operator+" "+strings.Join(c.Values, ","))
		}
	}
	slices.Sort(who)
	id, name := "federated/"+provider, host
	saml := strings.Contains(provider, ":saml-provider/")
	if len(who) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(who, "\n")))
		id += "/" + hex.EncodeToString(sum[:4])
	}
	scope := graph.ScopeExact
	if !saml && len(who) == 0 {
		scope = graph.ScopeAll // anyone the provider knows, in anybody's application
	}
	detail := "OIDC"
	if saml {
		detail = "SAML"
	}
	if rule := b.peopleRule(t.role); rule != nil {
		id, name = "people/"+rule.Name, rule.Name
		if rule.Count > 0 {
			detail = fmt.Sprintf("%d people", rule.Count)
		}
		n := b.node(graph.NodeID(id), graph.KindFederated, name)
		addSource(n, rule.Source)
	} else if set := t.role.Attr("permission set"); set != "" {
		// Identity Center makes one SAML provider for all; the people behind it are those given the permission set.
		id, name, detail = "people of "+set+"/"+t.role.Account, "People with "+set, "Identity Center"
	}
	n := b.node(graph.NodeID(id), graph.KindFederated, name)
	n.Detail = cmp.Or(n.Detail, detail)
	attr(n, "identity provider", host)
	for _, w := range who {
		listAttr(n, "identities", w)
	}
	e := t.link(n, scope, provider)
	e.Wired = graph.Yes
	b.setVerdict(e, t.conditions(own))
}

func (b *builder) peopleRule(role *graph.Node) *inventory.PeopleRule {
	if b.intent == nil {
		return nil
	}
	var found *inventory.PeopleRule
	for i := range b.intent.People {
		if r := &b.intent.People[i]; arn.Match(r.Role, role.ARN) || arn.Match(r.Role, lastSegment(role.ARN)) {
			found = r
		}
	}
	return found
}

// conditions is the verdict of a trust statement that lets a caller in by itself: allowed, or conditional on what the
// statement asks beyond the keys that are part of who the caller is.
func (t *trusted) conditions(part func(key string) bool) verdict {
	if t.stmt.Invalid != "" {
		return verdict{Verdict: graph.Unknown, unknown: t.stmt.Invalid}
	}
	v := verdict{Verdict: graph.Allowed}
	for _, c := range t.stmt.Conditions {
		if part != nil && part(c.Key) {
			continue
		}
		v.Verdict = graph.Conditional
		v.conditions = append(v.conditions, graph.Condition{Operator: c.Operator, Key: c.Key, Values: c.Values, From: t.b.statementName(t.pol.ID(), t.stmt.Index, t.stmt.Sid)})
	}
	return v
}

// evaluateTrust asks the evaluator whether an imported principal can assume the role.
func (b *builder) evaluateTrust(p *principal, t *trusted) verdict {
	pol := p.pol
	pol.Resource = t.pol
	pol.RCP = b.orgs.rcp(b, t.role.Account)
	return b.ask(p, &pol, []string{"sts:AssumeRole"}, t.role.ARN, t.role, nil)
}

func conditionValue(s *iam.Statement, key string) string {
	for _, c := range s.Conditions {
		if strings.EqualFold(c.Key, key) && strings.HasPrefix(c.Operator, "String") && !strings.Contains(c.Operator, "Not") && len(c.Values) > 0 {
			return c.Values[0]
		}
	}
	return ""
}

// accountOf is the account of a principal element: a 12-digit id or an ARN.
func accountOf(p string) string {
	if len(p) == 12 && strings.Trim(p, "0123456789") == "" {
		return p
	}
	a, err := arn.Parse(p)
	if err != nil {
		return ""
	}
	return a.Account
}

func isRoot(p string) bool {
	return accountOf(p) == p || strings.HasSuffix(p, ":root")
}

// principalNode is the node of a principal that a policy names by its ARN: a role for a session of it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (b *builder) principalNode(p, why string) *graph.Node {
	target, kind := p, graph.KindUser
	a, err := arn.Parse(p)
	switch {
	case err != nil:
	case a.Service == "sts" && a.ResourceType() == "assumed-role":
		target, kind = b.sessionRole(a), graph.KindRole
	case a.ResourceType() == "role":
		kind = graph.KindRole
	case a.ResourceType() == "federated-user":
		kind = graph.KindFederated
	}
	if n, ok := b.nodes[graph.NodeID(target)]; ok {
		return n
	}
	var n *graph.Node
	if kind == graph.KindRole {
		n = b.roleNode(target)
	} else {
		n = b.arnNode(target, kind, lastSegment(target))
	}
	unknownNode(n, why)
	n.Outside = b.outside(n.Account)
	return n
}

// sessionRole is the role of a session. A session's ARN does not hold the role's path, so an imported role of that name
// is meant, and there is only one in an account.
func (b *builder) sessionRole(a arn.ARN) string {
	role := roleOfSession(a)
	if _, ok := b.principals[role]; ok {
		return role
	}
	if b.rolesByName == nil {
		b.rolesByName = map[string]string{}
		for i := range b.f.Roles {
			r := &b.f.Roles[i]
			b.rolesByName[accountOf(r.ARN)+"/"+lastSegment(r.ARN)] = r.ARN
		}
	}
	return cmp.Or(b.rolesByName[a.Account+"/"+lastSegment(role)], role)
}

// roleOfSession is the role's ARN without its path.
func roleOfSession(a arn.ARN) string {
	parts := strings.Split(a.Resource, "/")
	if len(parts) < 2 {
		return a.String()
	}
	return "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + parts[1]
}
