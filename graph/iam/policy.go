package iam

import "strings"

// Effect is what a statement does when it matches.
type Effect string

// The two effects; they are case-sensitive.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
const (
	EffectAllow Effect = "Allow"
	EffectDeny  Effect = "Deny"
)

// Document is a policy as it was written. It is what Parse returns and Compile takes; nothing of it is changed
// after Parse.
type Document struct {
	Version    string // "2012-10-17", "2008-10-17", or "" where the document has none (AWS then reads it as 2008-10-17)
	ID         string
	Statements []Statement
	Problems   []Problem // what is wrong or doubtful, in the order it stands in the document
	Invalid    string    // why AWS would refuse the whole document; the effect of each statement is then unknown
}

// Statement is one statement as it was written. A nil list is an element that is absent; an empty one was written
// as [].
type Statement struct {
	Index                   int // 0-based place in the document
	Sid                     string
	Effect                  Effect
	Actions, NotActions     []string
	Resources, NotResources []string
	Principal, NotPrincipal *Principals
	Conditions              []Condition // sorted as written; all must hold
	Invalid                 string      // why AWS would refuse it, so that its effect is unknown; "" when it would not
	Pointer                 string      // JSON pointer into the document: "/Statement/2"
}

// Principals is the Principal or NotPrincipal element of a resource policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type Principals struct {
	Any           bool // "*", or {"AWS": "*"}, which mean the same
	AWS           []string
	Service       []string
	Federated     []string
	CanonicalUser []string
}

// Condition is one operator applied to one key, with the values of which one must fit (or none, for the negated
// operators). Operator is as written, with its set and IfExists parts: "ForAnyValue:StringLikeIfExists".
type Condition struct {
	Operator string
	Key      string
	Values   []string
}

// String writes the condition for people: `aws:SourceAccount StringEquals "111122223333"`.
func (c Condition) String() string {
	return c.Key + " " + c.Operator + " " + strings.Join(quoted(c.Values), " or ")
}

// Problem is something wrong or doubtful in a document.
type Problem struct {
	Pointer string // JSON pointer into the document; "" is the whole
	Message string
	Refused bool // AWS would refuse the document for it; otherwise it is a warning
}

// Error lets a Problem stand as an error.
func (p Problem) Error() string {
	if p.Pointer == "" {
		return p.Message
	}
	return p.Pointer + ": " + p.Message
}
