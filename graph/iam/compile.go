package iam

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// Policy is a document made ready for evaluation. It does not change, so any number of evaluations, at once, may
// share one.
type Policy struct {
	id         string
	doc        *Document
	statements []statement
}

// statement is a Statement made ready.
type statement struct {
	src       *Statement
	effect    Effect
	invalid   string // why its effect is unknown
	actions   actionSet
	notAction bool

	// anyAction, anyResource and anyone say of an invalid statement that the element cannot be read, so that it might
	// mean anything.
	anyAction, anyResource, anyone bool

	resources   []resource
	notResource bool
	hasResource bool

	principals   *principals
	notPrincipal bool

	conditions []condition
}

// resource is one pattern of Resource or NotResource.
type resource struct {
	text  string // the pattern; "" when it has variables
	vars  *template
	any   bool // "*"
	short bool // fewer than six parts
	src   string

	prefix string // what stands before the first wildcard of text
	exact  bool   // text has no wildcard

	wildType bool // the resource type has a wildcard, and what follows it is not just *
}

// cut notes the literal prefix of the pattern, which turns most resources away.
func (r *resource) cut() {
	i := strings.IndexAny(r.text, "*?"+string(rune(arn.LiteralStar))+string(rune(arn.LiteralMark)))
	r.exact = i < 0
	if r.prefix = r.text; i >= 0 {
		r.prefix = r.text[:i]
	}
}

// hasWildType reports whether a pattern puts a wildcard where the resource type stands, but means only some of what
// follows: arn:aws:ec2:*:*:*/i-123, not arn:aws:ec2:*:*:*/*.
func hasWildType(pattern string) bool {
	a, ok := arn.Split(pattern)
	if !ok || a.Service == "s3" {
		return false
	}
	typ, rest := a.ResourceType(), a.ResourceID()
	return arn.HasWildcard(typ) && rest != "*"
}

// Compile makes a document ready. id is what answers name the policy by: an ARN, or any other name that the caller
// keeps the document under. doc must not change afterwards. A nil doc is a document without statements.
func Compile(id string, doc *Document) *Policy {
	if doc == nil {
		doc = &Document{}
	}
	p := &Policy{id: id, doc: doc, statements: make([]statement, len(doc.Statements))}
	for i := range doc.Statements {
		compileStatement(&p.statements[i], &doc.Statements[i], doc)
	}
	return p
}

// ID is what the policy was compiled under.
func (p *Policy) ID() string { return p.id }

// Document is what the policy was compiled from; it is not to be changed.
func (p *Policy) Document() *Document { return p.doc }

func compileStatement(s *statement, src *Statement, doc *Document) {
	s.src, s.effect, s.invalid = src, src.Effect, src.Invalid
	if s.invalid == "" {
		s.invalid = doc.Invalid
	}
	s.notAction = src.NotActions != nil
	if s.notAction {
		s.actions = compileActions(src.NotActions)
	} else {
		s.actions = compileActions(src.Actions)
	}
	list := src.Resources
	if src.NotResources != nil {
		s.notResource, list = true, src.NotResources
	}
	s.hasResource = src.Resources != nil || src.NotResources != nil
	s.resources = make([]resource, len(list))
	for i, r := range list {
		text, vars := parseTemplate(r, doc.Version)
		s.resources[i] = resource{wildType: hasWildType(text), text: text, vars: vars, any: vars == nil && text == "*", src: r,
			short: r != "*" && strings.HasPrefix(r, "arn:") && strings.Count(r, ":") < 5}
		s.resources[i].cut()
	}
	switch {
	case src.Principal != nil:
		s.principals = compilePrincipals(src.Principal)
	case src.NotPrincipal != nil:
		s.principals, s.notPrincipal = compilePrincipals(src.NotPrincipal), true
	}
	if s.invalid != "" {
		s.anyAction = (src.Actions == nil) == (src.NotActions == nil) || len(s.actions.list) == 0
		s.anyResource = src.Resources != nil && src.NotResources != nil || s.hasResource && len(list) == 0 ||
			slices.ContainsFunc(list, func(r string) bool { return !arnLike(r) })
		s.anyone = s.principals != nil && (s.principals.empty() || s.principals.odd)
	}
	s.conditions = make([]condition, len(src.Conditions))
	for i, c := range src.Conditions {
		s.conditions[i] = compileCondition(c, doc.Version)
	}
}

// speaksOf reports whether a statement names the query's action.
func (s *statement) speaksOf(q *query) bool {
	return s.anyAction || s.actions.matches(q) != s.notAction
}

// action is one pattern of Action or NotAction, in lower case.
type action struct {
	service string // "" matches every service
	name    string
	any     bool // every action of the service
	exact   bool // the name has no wildcard
}

// actionSet is a list of patterns. Long lists, as AWS's own read-only policies have, are kept by service.
type actionSet struct {
	list      []action
	byService map[string][]action // nil when the list is short
}

// longActions is where looking a service up becomes cheaper than walking the list.
const longActions = 24

func compileActions(patterns []string) actionSet {
	set := actionSet{list: make([]action, 0, len(patterns))}
	for _, p := range patterns {
		p = strings.ToLower(p)
		if p == "*" || p == "*:*" {
			set.list = append(set.list, action{any: true})
			continue
		}
		svc, name, ok := strings.Cut(p, ":")
		if !ok || svc == "" || strings.ContainsAny(svc, "*?") {
			continue // matches nothing; Parse has said so
		}
		set.list = append(set.list, action{service: svc, name: name, any: name == "*", exact: !arn.HasWildcard(name)})
	}
	if len(set.list) > longActions {
		set.byService = map[string][]action{}
		for _, a := range set.list {
			set.byService[a.service] = append(set.byService[a.service], a)
		}
	}
	return set
}

// matches reports whether the set has an action, given as its service and name in any case.
func (s *actionSet) matches(q *query) bool {
	if s.byService != nil {
		return matchActions(s.byService[""], q) || matchActions(s.byService[q.service], q)
	}
	return matchActions(s.list, q)
}

func matchActions(list []action, q *query) bool {
	for i := range list {
		a := &list[i]
		switch {
		case a.service == "":
			return true
		case a.service != q.service:
		case a.any:
			return true
		case a.exact:
			if a.name == q.name {
				return true
			}
		case arn.Match(a.name, q.name):
			return true
		}
	}
	return false
}
