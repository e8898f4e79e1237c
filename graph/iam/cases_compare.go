package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// compareResidual compares by meaning: the set of (operator, key, values) that must hold, not the shape of the tree.
func (c *Case) compareResidual(r *Result) string {
	want := c.Expect.Residual
	if want == nil {
		if c.Expect.Assumed != nil && c.Expect.Decision == "allow" && r.Residual != nil {
			return "left over: " + r.Residual.String() + ", want nothing"
		}
		return ""
	}
	var a, b []string
	want.leaves(&a)
	for _, l := range r.Residual.Leaves() {
		b = append(b, leafKey(l.Condition.Operator, l.Condition.Key, l.Condition.Values))
	}
	slices.Sort(a)
	slices.Sort(b)
	if a, b = slices.Compact(a), slices.Compact(b); !slices.Equal(a, b) {
		return fmt.Sprintf("left over: %v, want %v", b, a)
	}
	return ""
}

func (r *CaseResidual) leaves(out *[]string) {
	switch r.Type {
	case "sessionName":
		*out = append(*out, leafKey("StringEquals", "sts:RoleSessionName", r.SessionName))
	case "condition":
		*out = append(*out, leafKey(r.Op, r.Key, r.Values))
	}
	for _, c := range r.Conditions {
		c.leaves(out)
	}
}

func leafKey(op, key string, values []string) string {
	v := slices.Sorted(slices.Values(values))
	return strings.ToLower(op) + " " + strings.ToLower(key) + " " + strings.Join(v, "|")
}

// comparePatterns compares the parts of a set: each part expected must come out as expected, and what is allowed must
// be expected.
func (c *Case) comparePatterns(set *SetResult) string {
	if c.Expect.ResultType == "" && c.Expect.Patterns == nil && c.Expect.Holes == nil {
		return ""
	}
	whole := "*"
	if c.Request.Resource.ARN != "" {
		whole = c.Request.Resource.ARN
	}
	if c.Expect.ResultType == "single" {
		return ""
	}
	var faults []string
	var expected []string
	for _, w := range c.Expect.Patterns {
		pat := w.Pattern
		if strings.HasPrefix(pat, "arn:") {
			pat = padded(pat)
		}
		parts, _ := arn.Intersect(pat, whole)
		expected = append(expected, parts...)
		got := ImplicitDeny
		for _, part := range parts {
			if a := set.Of(part); a != nil && score(a) >= score(&PartAnswer{Result: Result{Decision: got}}) {
				got = a.Result.Decision
			}
		}
		if ok := got.String() == w.Decision || w.Decision == "allow" && got == Conditional; !ok {
			faults = append(faults, fmt.Sprintf("%s is %s, want %s", w.Pattern, got, w.Decision))
		}
	}
	if c.Expect.Patterns != nil || c.Expect.ResultType == "wildcard" {
		for _, p := range set.Parts {
			if !anyCovers(expected, p) {
				faults = append(faults, fmt.Sprintf("%s is %s, which is not expected", p, set.Decision))
			}
		}
	}
	if c.Expect.Holes != nil && !slices.Equal(set.Holes, slices.Sorted(slices.Values(c.Expect.Holes))) {
		faults = append(faults, fmt.Sprintf("holes %v, want %v", set.Holes, c.Expect.Holes))
	}
	return strings.Join(faults, "; ")
}

func anyCovers(list []string, pattern string) bool {
	for _, p := range list {
		if arn.Covers(p, pattern) {
			return true
		}
	}
	return false
}

// policyLayer maps the policy types of match cases.
var policyLayer = map[string]Layer{
	"identity": LayerIdentity, "session": LayerSession, "pb": LayerBoundary, "resource": LayerResource, "scp": LayerSCP,
	"rcp": LayerRCP, "vpce": LayerEndpoint,
}

// runMatch asks one element of one statement.
func (c *Case) runMatch() CaseOutcome {
	out := CaseOutcome{ID: c.ID, Want: fmt.Sprint(c.Expect.Match)}
	if c.Match == nil {
		out.Got, out.Why = "error", "the case has no match"
		return out
	}
	var st map[string]json.RawMessage
	if err := json.Unmarshal(c.Match.Statement, &st); err != nil {
		out.Got, out.Why = "error", err.Error()
		return out
	}
	if st["Effect"] == nil {
		st["Effect"] = json.RawMessage(`"Allow"`)
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{st}})
	if err != nil {
		out.Got, out.Why = "error", err.Error()
		return out
	}
	doc, err := Parse(bytes.TrimSpace(raw))
	if err != nil {
		out.Got, out.Why = "error", err.Error()
		return out
	}
	p := Compile("statement", doc)
	s := &p.statements[0]
	pols := &Policies{Identity: []*Policy{p}}
	req := c.request(pols)
	q := query{}
	q.prepare(&req, pols, &identity{})
	switch c.Match.Element {
	case "Action", "NotAction":
		out.Got = fmt.Sprint(s.actions.matches(&q) != s.notAction)
	case "Resource", "NotResource":
		layer := policyLayer[c.Match.PolicyType]
		t, doubt := s.matchResource(&q, layer)
		out.Got = fmt.Sprint(t > no && doubt == "")
		out.Why = doubt
	default:
		out.Got = s.principalWord(&q)
	}
	out.Pass = out.Got == out.Want
	return out
}

// principalWord says how a statement names the request's principal in the words of match cases.
func (s *statement) principalWord(q *query) string {
	g := s.names(q)
	switch {
	case max(g.direct, g.anyone) > no:
		return "Match"
	case g.role > no && q.who.form == formSession:
		return "SessionRoleMatch"
	case g.role > no:
		return "Match"
	case g.account > no:
		return "AccountLevelMatch"
	}
	return "NoMatch"
}
