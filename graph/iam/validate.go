package iam

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// actions notes what no action can be. AWS keeps an action that no service has, so that a statement may name
// actions to come; it refuses what has no service prefix.
func (p *parser) actions(s *Statement, ptr string, invalid func(ptr, msg string)) {
	check := func(element string, list []string) {
		if list != nil && len(list) == 0 {
			invalid(ptr+"/"+element, element+" is empty")
		}
		for i, a := range list {
			at := func() string { return ptr + "/" + element + "/" + strconv.Itoa(i) }
			svc, name, ok := strings.Cut(a, ":")
			switch {
			case a == "*" || a == "*:*":
			case !ok:
				invalid(at(), fmt.Sprintf("the action %q has no service prefix", a))
			case strings.ContainsAny(svc, "*?"):
				invalid(at(), fmt.Sprintf("the service of the action %q cannot hold a wildcard", a))
			case strings.TrimSpace(name) == "" || strings.ContainsAny(a, " \t,"):
				p.warn(at(), fmt.Sprintf("no action can be named %q", a))
			}
		}
	}
	check("Action", s.Actions)
	check("NotAction", s.NotActions)
}

// resources notes what cannot stand in Resource: AWS wants an ARN or *.
func (p *parser) resources(s *Statement, ptr string, invalid func(ptr, msg string)) {
	check := func(element string, list []string) {
		if list != nil && len(list) == 0 {
			invalid(ptr+"/"+element, element+" is empty")
		}
		for i, r := range list {
			at := func() string { return ptr + "/" + element + "/" + strconv.Itoa(i) }
			switch {
			case !arnLike(r):
				invalid(at(), fmt.Sprintf("the resource %q is neither an ARN nor *", r))
			case strings.HasPrefix(r, "arn:") && strings.Count(r, ":") < 5:
				p.warn(at(), fmt.Sprintf("the ARN %q is short: it has fewer than six parts", r))
			}
		}
	}
	check("Resource", s.Resources)
	check("NotResource", s.NotResources)
}

// principalLike reports whether text can stand under AWS in Principal: "*", an account, the ARN of an account, user, role
// or session, or the unique identifier that is left of a user or role that was deleted. "You cannot use a wildcard to match
// part of a principal name or ARN." What a template leaves open may be any of these.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func principalLike(s string) bool {
	switch {
	case s == "*" || arn.IsAccountID(s) || strings.Contains(s, "${") || strings.Contains(s, "{{"):
		return true
	case strings.HasPrefix(s, "arn:"):
		return !arn.HasWildcard(s) && strings.Count(s, ":") >= 5
	}
	unique := len(s) >= shortestID
	for i := range len(s) {
		c := s[i]
		unique = unique && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
	}
	return unique
}

// shortestID is the least length of the unique identifiers of IAM: "AIDA" or "AROA" and more.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
const shortestID = 16

// arnLike reports whether text can stand in Resource: it begins as an ARN, with a wildcard or with a variable.
func arnLike(r string) bool {
	return strings.HasPrefix(r, "arn:") || strings.HasPrefix(r, "arn*") || strings.HasPrefix(r, "*") || strings.HasPrefix(r, "${")
}
