package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// EdgeID names a link by its natural identity: from, kind and to. Make one with NewEdgeID.
type EdgeID string

// NewEdgeID returns the identity of a link. It is short enough for a URL and the same in every snapshot.
func NewEdgeID(from NodeID, kind EdgeKind, to NodeID) EdgeID {
	sum := sha256.Sum256([]byte(string(from) + "\x00" + string(kind) + "\x00" + string(to)))
	return EdgeID(hex.EncodeToString(sum[:8]))
}

// EdgeKind is the verb of a link; it reads left to right.
type EdgeKind string

// Link kinds.
const (
	Assumes     EdgeKind = "assumes"
	MemberOf    EdgeKind = "member of" // a user in a group
	Invokes     EdgeKind = "invokes"
	Retrieves   EdgeKind = "retrieves"
	Reads       EdgeKind = "reads"
	Writes      EdgeKind = "writes"
	Calls       EdgeKind = "calls"
	LogsTo      EdgeKind = "logs to"
	Administers EdgeKind = "administers"
	Passes      EdgeKind = "passes"
	Indexes     EdgeKind = "indexes"
	Decrypts    EdgeKind = "decrypts"
	GuardedBy   EdgeKind = "guarded by"
	RunsAs      EdgeKind = "runs as"
)

// Can phrases a link as a sentence's verb: "can read", "can invoke".
func (k EdgeKind) Can() string {
	switch k {
	case Assumes:
		return "can become"
	case MemberOf:
		return "is a member of"
	case Invokes:
		return "can invoke"
	case Retrieves:
		return "can retrieve from"
	case Reads:
		return "can read"
	case Writes:
		return "can write to"
	case Calls:
		return "can call"
	case LogsTo:
		return "logs to"
	case Administers:
		return "can change"
	case Passes:
		return "can pass"
	case Indexes:
		return "indexes"
	case Decrypts:
		return "can decrypt with"
	case GuardedBy:
		return "is guarded by"
	case RunsAs:
		return "runs as"
	}
	return string(k)
}

// Verdict is whether IAM would allow a link.
type Verdict string

// Verdicts. NotApplicable marks a link that IAM does not decide (a group membership, "runs as", "logs to").
const (
	Allowed       Verdict = "allowed"
	Conditional   Verdict = "conditional"
	Denied        Verdict = "denied"
	Unknown       Verdict = "unknown"
	NotApplicable Verdict = "n/a"
)

// State is a three-valued answer about wiring, use or intent.
type State string

// States. The zero value is StateUnknown's meaning: not looked at.
const (
	Yes          State = "yes"
	No           State = "no"
	StateUnknown State = "unknown"
)

// Condition is one residual condition under which a link is allowed.
type Condition struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
	From     string   `json:"from,omitempty"`    // the statement it comes from: "SupportAgentRole / AgentAccess / statement 2"
	Negated  bool     `json:"negated,omitempty"` // it is the negation that must hold (from a Deny)
}

// String renders the condition for people: `aws:SourceAccount StringEquals "111122223333"`.
func (c Condition) String() string {
	q := make([]string, len(c.Values))
	for i, v := range c.Values {
		q[i] = fmt.Sprintf("%q", v)
	}
	s := c.Key + " " + c.Operator + " " + strings.Join(q, " or ")
	if c.Negated {
		return "not (" + s + ")"
	}
	return s
}

// EvidenceKind says what sort of thing shows a link.
type EvidenceKind string

// Evidence kinds.
const (
	ByPolicy        EvidenceKind = "policy"        // a statement of a policy in Graph.Policies
	ByConfiguration EvidenceKind = "configuration" // a file and an address in it
	ByEvent         EvidenceKind = "event"         // log events
	ByIntent        EvidenceKind = "intent"        // permchain.yaml
)

// Evidence is one thing that shows a link. For ByPolicy, Policy and Statement name the statement in
// Graph.Policies; the text is kept there once.
type Evidence struct {
	Kind      EvidenceKind `json:"kind"`
	Effect    string       `json:"effect,omitempty"`    // "Allow" or "Deny" for ByPolicy
	Layer     string       `json:"layer,omitempty"`     // "identity", "resource", "boundary", "scp" … for ByPolicy
	Policy    string       `json:"policy,omitempty"`    // Policy.ID
	Statement int          `json:"statement,omitempty"` // 0-based index in the policy
	Sid       string       `json:"sid,omitempty"`
	Actions   []string     `json:"actions,omitempty"`   // the action patterns of the statement that matter here
	Resources []string     `json:"resources,omitempty"` // the resource patterns of the statement that matter here
	Source    Source       `json:"source,omitzero"`
	Note      string       `json:"note,omitempty"` // one sentence for people
}

// Breadth is how much wider than needed a grant is. It is a fact; whether it is a fault is for graph/rules.
type Breadth struct {
	ActionPatterns   []string `json:"actionPatterns,omitempty"`   // as written: "s3:*"
	ActionsGranted   int      `json:"actionsGranted,omitempty"`   // actions on the target's service that the patterns stand for; 0 not counted
	ActionsNeeded    []string `json:"actionsNeeded,omitempty"`    // the least set for this kind of link
	NotAction        bool     `json:"notAction,omitempty"`        // granted by NotAction
	ResourcePatterns []string `json:"resourcePatterns,omitempty"` // as written: "*"
	ResourceScope    Scope    `json:"resourceScope,omitempty"`
	PrincipalScope   Scope    `json:"principalScope,omitempty"` // who a trust or resource policy lets in
	Conditions       int      `json:"conditions,omitempty"`     // how many conditions narrow it
	// ExtraAccess lists the access levels granted beyond the kind's own: "Write", "Permissions management".
	ExtraAccess []string `json:"extraAccess,omitempty"`
}

// Scope orders how wide a pattern reaches.
type Scope string

// Scopes from narrow to wide.
const (
	ScopeExact   Scope = "exact"   // one resource, or its own parts
	ScopeNamed   Scope = "named"   // a pattern with a meaningful literal part: "arn:aws:s3:::support-*"
	ScopeKind    Scope = "kind"    // every resource of a kind
	ScopeAccount Scope = "account" // a whole account
	ScopeOrg     Scope = "organization"
	ScopeService Scope = "service" // an AWS service without SourceArn or SourceAccount
	ScopeAll     Scope = "everything"
)

// LogState says whether a hop would be recorded.
type LogState struct {
	State  State  `json:"state,omitempty"` // yes: To says where; no: Why says why; unknown: Why says what was not imported
	To     NodeID `json:"to,omitempty"`    // the log node that would show it
	Why    string `json:"why,omitempty"`   // "data events of org-trail are off for S3 objects"
	Source Source `json:"source,omitzero"`
}

// Confirmation says what stands between a caller and a tool's effect.
type Confirmation string

// Confirmations. ConfirmUser is an end user's "yes"; ConfirmReturn hands control back to the application
// (return of control), which may ask somebody independent. They are shown as different things.
const (
	ConfirmNone    Confirmation = "none"
	ConfirmUser    Confirmation = "user"
	ConfirmReturn  Confirmation = "return of control"
	ConfirmUnknown Confirmation = "unknown"
)

// Usage is what logs say of a link.
type Usage struct {
	State State  `json:"state,omitempty"` // yes, no (with a window that would have shown it), unknown
	Count int    `json:"count,omitempty"`
	Last  string `json:"last,omitempty"` // RFC 3339
	Why   string `json:"why,omitempty"`
}

// Edge is a link: one actor can do one kind of thing to one target.
type Edge struct {
	ID   EdgeID   `json:"id"`
	From NodeID   `json:"from"`
	Kind EdgeKind `json:"kind"`
	To   NodeID   `json:"to"`

	Granted        Verdict     `json:"granted"`
	Conditions     []Condition `json:"conditions,omitempty"`     // must hold when Conditional
	GrantedUnknown string      `json:"grantedUnknown,omitempty"` // why the verdict is unknown
	BlockedBy      string      `json:"blockedBy,omitempty"`      // layer and statement, when Denied
	Wired          State       `json:"wired,omitempty"`
	Used           Usage       `json:"used,omitzero"`
	Intended       State       `json:"intended,omitempty"`

	As NodeID `json:"as,omitempty"` // the role whose permissions these are, when From acts as one

	Breadth   Breadth      `json:"breadth,omitzero"`
	Part      []string     `json:"part,omitempty"`  // the patterns of the target that are reached; nil when all of it
	Holes     []string     `json:"holes,omitempty"` // patterns inside that a Deny takes out
	Log       LogState     `json:"log,omitzero"`
	Confirm   Confirmation `json:"confirm,omitempty"`   // only on links into tools
	Owner     Owner        `json:"owner,omitzero"`      // the link's own; its target's owner also counts
	ImpliedBy EdgeID       `json:"impliedBy,omitempty"` // the link to a Wildcard node that stands for this one too

	Evidence []Evidence `json:"evidence,omitempty"`
	// EvidenceHash changes exactly when the access behind the link does.
	EvidenceHash string `json:"evidenceHash,omitempty"`
}
