package iam

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Decision is the answer to a request.
type Decision int

// Decisions. The zero value is ImplicitDeny, which is what AWS answers when no statement speaks.
const (
	ImplicitDeny Decision = iota // nothing allows, or a layer that must allow does not
	ExplicitDeny                 // a Deny applies
	Allow                        // allowed, whatever the keys that are not known
	Conditional                  // allowed exactly when Result.Residual holds, which it may or may not
	Unknown                      // what is missing or invalid could change the answer: Result.Unknown says what
)

// String is the decision as the case format writes it: "allow", "implicit_deny" …
func (d Decision) String() string {
	return [...]string{"implicit_deny", "explicit_deny", "allow", "conditional", "unknown"}[d]
}

// MarshalText writes a decision as String does.
func (d Decision) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Result is an answer with its reasons.
type Result struct {
	Decision Decision

	// Known is the decision by what is known alone, as if what is missing or invalid were not there. It is the same as
	// Decision unless that is Unknown.
	Known Decision

	// Allows and Denies are the statements that decided, sorted by layer, policy and index. Behind an ImplicitDeny,
	// Allows are those that would have granted it had the layers in BlockedBy allowed too.
	Allows, Denies []StatementRef

	Residual *Residual // what must hold, when the decision (or Known) is Conditional

	BlockedBy []Layer // the layers that block, when it is denied
	Absent    []Layer // those of them that block because no statement of theirs allows

	Why     string // one sentence
	Unknown string // what is not known, when the decision is Unknown
}

// StatementRef names a statement.
type StatementRef struct {
	Layer   Layer
	Policy  string // Policy.ID
	Index   int    // 0-based
	Sid     string
	Effect  Effect
	Pointer string // JSON pointer into the document
}

// String names the statement for people: `identity policy AgentAccess, statement 2 ("ReadAll")`.
func (r StatementRef) String() string {
	s := fmt.Sprintf("%s policy %s, statement %d", r.Layer, r.Policy, r.Index)
	if r.Sid != "" {
		s += fmt.Sprintf(" (%q)", r.Sid)
	}
	return s
}

// Residual is a tree of conditions.
type Residual struct {
	Op        string      // "and", "or", "not" or "condition"
	Items     []*Residual // of and, or, not (one)
	Condition Condition   // of condition
	From      StatementRef
	// Negated says that the condition was turned round because it comes from a Deny: Condition is what must hold.
	Negated bool
}

// Leaves returns the conditions of the tree from left to right, nil for a nil tree.
func (r *Residual) Leaves() []*Residual {
	if r == nil {
		return nil
	}
	if r.Op == "condition" {
		return []*Residual{r}
	}
	var out []*Residual
	for _, i := range r.Items {
		out = append(out, i.Leaves()...)
	}
	return out
}

// String writes the tree for people.
func (r *Residual) String() string {
	if r == nil {
		return "always"
	}
	switch r.Op {
	case "condition":
		return r.Condition.String()
	case "not":
		return "not (" + r.Items[0].String() + ")"
	}
	parts := make([]string, len(r.Items))
	for i, it := range r.Items {
		parts[i] = it.String()
		if it.Op == "and" || it.Op == "or" {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+r.Op+" ")
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

func sortRefs(refs []StatementRef) []StatementRef {
	slices.SortFunc(refs, func(a, b StatementRef) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Index, b.Index))
	})
	return slices.Compact(refs)
}
