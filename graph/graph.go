// Package graph holds the chain: nodes, the links between them, what shows each link, and the order in
// which they are kept. It knows nothing of AWS formats, SQL or HTTP.
//
// A Graph is built once (by graph/chain), sorted, and from then on only read. Everything in it is plain
// data that survives a round trip through JSON unchanged.
package graph

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// NodeID names a node by what it naturally is: its ARN where it has one, else a scheme and a name
// ("service/bedrock.amazonaws.com", "account/111122223333", "anyone", "every/model/111122223333").
// It never depends on the file or the order of an import.
type NodeID string

// EdgeID names a link by its natural identity: from, kind and to. Make one with NewEdgeID.
type EdgeID string

// NewEdgeID returns the identity of a link. It is short enough for a URL and the same in every snapshot.
func NewEdgeID(from NodeID, kind EdgeKind, to NodeID) EdgeID {
	sum := sha256.Sum256([]byte(string(from) + "\x00" + string(kind) + "\x00" + string(to)))
	return EdgeID(hex.EncodeToString(sum[:8]))
}

// Key is a short, URL-safe form of a NodeID, the same in every snapshot.
func (id NodeID) Key() string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// Lane is the column a node is drawn in, left to right.
type Lane int

// The six lanes of the picture, and Guards for what protects a node (keys, guardrails), which is not drawn
// in a lane of its own.
const (
	Callers Lane = iota
	Roles
	Models
	Data
	Tools
	Logs
	Guards
)

// DrawnLanes are the lanes of the picture in order.
var DrawnLanes = []Lane{Callers, Roles, Models, Data, Tools, Logs}

// Title is the lane's heading.
func (l Lane) Title() string {
	return [...]string{"People & callers", "Roles", "Models & agents", "Data sources", "Action tools", "Log destinations", "Guards"}[l]
}

// Subtitle says in a few words what the lane answers.
func (l Lane) Subtitle() string {
	return [...]string{"who asks", "what they act as", "what they invoke", "what it can read", "what it can do", "what records it", "what protects it"}[l]
}

// NodeKind says what a node is.
type NodeKind string

// Node kinds, grouped by the lane they stand in. KindLane gives the lane of each.
const (
	KindUser        NodeKind = "user"
	KindGroup       NodeKind = "group"
	KindFederated   NodeKind = "federated identity"
	KindAccount     NodeKind = "account"
	KindService     NodeKind = "service"
	KindAnyone      NodeKind = "anyone"
	KindOrg         NodeKind = "organization"
	KindRole        NodeKind = "role"
	KindModel       NodeKind = "model"
	KindProfile     NodeKind = "inference profile"
	KindAgent       NodeKind = "agent"
	KindAgentAlias  NodeKind = "agent alias"
	KindRuntime     NodeKind = "agent runtime"
	KindEndpoint    NodeKind = "endpoint"
	KindFlow        NodeKind = "flow"
	KindNotebook    NodeKind = "notebook"
	KindPipeline    NodeKind = "pipeline"
	KindKB          NodeKind = "knowledge base"
	KindVectorStore NodeKind = "vector store"
	KindBucket      NodeKind = "bucket"
	KindTable       NodeKind = "table"
	KindSecret      NodeKind = "secret"
	KindDatabase    NodeKind = "database"
	KindIndex       NodeKind = "index"
	KindSource      NodeKind = "data source" // a connector whose content lives outside AWS: Confluence, the web …
	KindFunction    NodeKind = "function"
	KindActionGroup NodeKind = "action group" // one tool of an agent: an operation of an action group
	KindGateway     NodeKind = "gateway"
	KindTool        NodeKind = "tool" // a gateway target or an MCP tool
	KindTopic       NodeKind = "topic"
	KindQueue       NodeKind = "queue"
	KindAPI         NodeKind = "API"   // of API Gateway
	KindBuild       NodeKind = "build" // a CodeBuild project
	KindTask        NodeKind = "task"  // an ECS task definition
	KindStates      NodeKind = "state machine"
	KindLogGroup    NodeKind = "log group"
	KindTrail       NodeKind = "trail"
	KindEventStore  NodeKind = "event data store"
	KindLogBucket   NodeKind = "log bucket"
	KindKey         NodeKind = "key"
	KindGuardrail   NodeKind = "guardrail"
	KindPolicy      NodeKind = "policy"
	KindMemory      NodeKind = "memory"
	KindEverything  NodeKind = "everything" // what an administrator reaches: every action on every resource of an account
)

var kindLane = map[NodeKind]Lane{
	KindUser: Callers, KindGroup: Callers, KindFederated: Callers, KindAccount: Callers, KindService: Callers,
	KindAnyone: Callers, KindOrg: Callers,
	KindRole:  Roles,
	KindModel: Models, KindProfile: Models, KindAgent: Models, KindAgentAlias: Models, KindRuntime: Models,
	KindEndpoint: Models, KindFlow: Models,
	KindKB: Data, KindVectorStore: Data, KindBucket: Data, KindTable: Data, KindSecret: Data, KindDatabase: Data,
	KindIndex: Data, KindSource: Data, KindMemory: Data,
	KindFunction: Tools, KindActionGroup: Tools, KindGateway: Tools, KindTool: Tools, KindTopic: Tools,
	KindQueue: Tools, KindStates: Tools, KindAPI: Tools, KindBuild: Tools, KindTask: Tools, KindEverything: Tools,
	KindLogGroup: Logs, KindTrail: Logs, KindEventStore: Logs, KindLogBucket: Logs,
	KindKey: Guards, KindGuardrail: Guards, KindPolicy: Guards,
}

// Lane is the column that nodes of this kind stand in; an unknown kind stands with the tools.
func (k NodeKind) Lane() Lane {
	if l, ok := kindLane[k]; ok {
		return l
	}
	return Tools
}

// RoleClass says what a role is for.
type RoleClass string

// Role classes. An empty class is a node that is not a role.
const (
	RoleHuman      RoleClass = "human"
	RoleAdmin      RoleClass = "admin"
	RoleRuntime    RoleClass = "runtime"
	RoleService    RoleClass = "service"
	RoleAutomation RoleClass = "automation"
)

// Owner is who answers for a node or link, and how that is known.
type Owner struct {
	Name   string `json:"name,omitempty"`   // "" when nobody is known to own it
	Source string `json:"source,omitempty"` // "tag owner", "permchain.yaml owners[3]", "assigned"
}

// Tag is one key and value of a resource.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Source is where a fact was read.
type Source struct {
	File    string `json:"file"`              // the path as the user gave it, with the member of an archive behind "!"
	Pointer string `json:"pointer,omitempty"` // JSON pointer (RFC 6901) into the file
	Line    int    `json:"line,omitempty"`    // 1-based; 0 when not known
	Address string `json:"address,omitempty"` // logical address: a CloudFormation logical id, a Terraform address
}

// String renders a source as file:line or file#pointer.
func (s Source) String() string {
	switch {
	case s.File == "":
		return s.Address
	case s.Line > 0:
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	case s.Pointer != "":
		return s.File + "#" + s.Pointer
	}
	return s.File
}

// Node is one card of the picture.
type Node struct {
	ID      NodeID   `json:"id"`
	Kind    NodeKind `json:"kind"`
	Lane    Lane     `json:"lane"`
	Name    string   `json:"name"`             // what people call it
	Detail  string   `json:"detail,omitempty"` // second line of its card: "runtime role", "S3 · restricted"
	ARN     string   `json:"arn,omitempty"`
	Account string   `json:"account,omitempty"`
	Region  string   `json:"region,omitempty"`
	Env     string   `json:"env,omitempty"` // environment declared for its account: "prod", "sandbox"

	Owner     Owner    `json:"owner,omitzero"`
	Workloads []string `json:"workloads,omitempty"` // declared workloads it belongs to, sorted
	Class     string   `json:"class,omitempty"`     // data class; "" when none is known
	Effect    string   `json:"effect,omitempty"`    // declared effect of a tool: none, customer-visible, financial, legal, safety

	RoleClass    RoleClass `json:"roleClass,omitempty"`
	RoleClassWhy string    `json:"roleClassWhy,omitempty"`
	RunsAs       NodeID    `json:"runsAs,omitempty"`  // the role an actor's permissions come from
	Outside      bool      `json:"outside,omitempty"` // in, or of, an account outside the organization or the import

	// Wildcard marks a node that stands for every resource a pattern reaches; Pattern is that pattern.
	Wildcard bool   `json:"wildcard,omitempty"`
	Pattern  string `json:"pattern,omitempty"`

	// Unknown says what is not known about the node and why: "" when it was imported itself.
	Unknown string `json:"unknown,omitempty"`

	Tags    []Tag    `json:"tags,omitempty"`
	Attrs   []Tag    `json:"attrs,omitempty"` // facts shown with the node, in display order
	Sources []Source `json:"sources,omitempty"`
}

// Attr returns the value of the named attribute, or "".
func (n *Node) Attr(key string) string {
	for _, a := range n.Attrs {
		if a.Key == key {
			return a.Value
		}
	}
	return ""
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

// Policy is a policy document kept once and named by evidence.
type Policy struct {
	ID     string `json:"id"`               // an ARN, or "<owner ARN> inline <name>", or "<ARN> trust", "<ARN> resource policy"
	Name   string `json:"name"`             // what people call it
	Kind   string `json:"kind"`             // "inline policy", "managed policy", "AWS managed policy", "trust policy", "resource policy", "boundary", "SCP"
	Holder string `json:"holder,omitempty"` // the name of what it is attached to, for inline and resource policies
	Text   string `json:"text"`             // the document as indented JSON
	// Unresolved are the statements that are not wholly known, for a policy put together from a template.
	Unresolved []UnresolvedStatement `json:"unresolved,omitempty"`
	Lines      []int                 `json:"lines,omitempty"` // the lines of Source.File that the statements begin on, by index; nil when not known
	Source     Source                `json:"source,omitzero"`
}

// Governance says which policies govern whom, so that a question that no link answers can still be asked of a snapshot.
// The documents are in Graph.Policies; policies are named by their IDs there.
type Governance struct {
	Principals []Governed    `json:"principals,omitempty"` // users, groups and roles, by ARN
	Resources  []OnResource  `json:"resources,omitempty"`  // policies that sit on resources, trust policies included, by ARN
	Accounts   []AccountRCPs `json:"accounts,omitempty"`   // accounts that RCPs apply to, by ID
	OrgID      string        `json:"orgId,omitempty"`      // "" when no organization was imported
	Members    []string      `json:"members,omitempty"`    // accounts known to be in it, sorted
	Management string        `json:"management,omitempty"` // its management account, "" when not known

	DataAccess []DataAccess `json:"dataAccess,omitempty"` // data access policies of OpenSearch Serverless
}

// DataAccess is a data access policy of OpenSearch Serverless: besides IAM, these decide who gets at a collection's data.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
type DataAccess struct {
	Name       string   `json:"name"`
	Principals []string `json:"principals,omitempty"` // ARNs
	Resources  []string `json:"resources,omitempty"`  // "collection/NAME", "index/COLLECTION/INDEX"; names may have wildcards
	Source     Source   `json:"source,omitzero"`
}

// Governed is a principal and what governs it.
type Governed struct {
	Node      NodeID              `json:"node"`
	ARN       string              `json:"arn"`
	Account   string              `json:"account"`
	Kind      NodeKind            `json:"kind"`
	Identity  []string            `json:"identity,omitempty"`
	Boundary  []string            `json:"boundary,omitempty"`
	SCP       []PolicyLevel       `json:"scp,omitempty"`     // root first; nil when SCPs do not apply, or none were imported
	Missing   []MissingLayer      `json:"missing,omitempty"` // what of its policies was not imported
	Keys      map[string][]string `json:"keys,omitempty"`    // condition keys that follow from who it is
	TagsKnown bool                `json:"tagsKnown,omitempty"`
}

// PolicyLevel is a unit of the organization and the policies attached to it.
type PolicyLevel struct {
	Node     string   `json:"node"`
	Policies []string `json:"policies"`
}

// MissingLayer is a layer of policies that is not wholly known, and why.
type MissingLayer struct {
	Layer  string `json:"layer"`
	Reason string `json:"reason"`
}

// OnResource is a policy that sits on a resource.
type OnResource struct {
	ARN     string `json:"arn"`
	Account string `json:"account,omitempty"` // of the resource; "" when not known
	Policy  string `json:"policy"`
}

// AccountRCPs are the RCP levels above an account and the account itself.
type AccountRCPs struct {
	ID     string        `json:"id"`
	Levels []PolicyLevel `json:"levels"`
}

// UnresolvedStatement is a statement of a policy that is not wholly known, and why: its effect is unknown.
type UnresolvedStatement struct {
	Statement int    `json:"statement"` // 0-based
	Reason    string `json:"reason"`
}

// Gap is something permchain did not see, and what that leaves unknown.
type Gap struct {
	What   string `json:"what"`   // "key policies of account 111122223333"
	Effect string `json:"effect"` // "7 links are unknown"
	Need   string `json:"need"`   // what to import: "aws kms get-key-policy --key-id … --policy-name default"
	Count  int    `json:"count,omitempty"`
}

// Workload is a named AI application as permchain.yaml declares it.
type Workload struct {
	Name      string   `json:"name"`
	Title     string   `json:"title,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Owner     string   `json:"owner,omitempty"`
	Risk      string   `json:"risk,omitempty"`      // low, moderate, high
	Clearance string   `json:"clearance,omitempty"` // the highest data class it may touch
	Env       string   `json:"env,omitempty"`
	Retention int      `json:"retentionDays,omitempty"` // days its prompts and answers must be kept; 0 not declared
	Review    string   `json:"review,omitempty"`        // "quarterly", or a date
	Users     []string `json:"users,omitempty"`
	Members   []NodeID `json:"members,omitempty"` // resolved nodes, sorted
	Source    Source   `json:"source,omitzero"`
}

// Intent is what permchain.yaml declares of the whole. A nil *Intent means no file was imported, so rules that
// need it are "not assessed".
type Intent struct {
	Organization    string     `json:"organization,omitempty"` // a title: "Acme"
	Classes         []string   `json:"classes,omitempty"`      // data classes from low to high
	Environments    []string   `json:"environments,omitempty"`
	ApprovedModels  []string   `json:"approvedModels,omitzero"`  // patterns of model ids or ARNs; nil means no list was declared
	ApprovedRegions []string   `json:"approvedRegions,omitzero"` // nil means no list was declared
	Workloads       []Workload `json:"workloads,omitempty"`
	Source          Source     `json:"source,omitzero"`
}

// ClassRank is the position of a data class from low (0) to high, or -1 when it is not declared.
func (in *Intent) ClassRank(class string) int {
	if in == nil || class == "" {
		return -1
	}
	return slices.Index(in.Classes, class)
}

// Workload returns the declared workload of that name, or nil.
func (in *Intent) Workload(name string) *Workload {
	if in == nil {
		return nil
	}
	for i := range in.Workloads {
		if in.Workloads[i].Name == name {
			return &in.Workloads[i]
		}
	}
	return nil
}

// Graph is the whole chain. Nodes, Edges and Policies are sorted by ID; build one with New.
type Graph struct {
	Nodes    []Node   `json:"nodes"`
	Edges    []Edge   `json:"edges"`
	Policies []Policy `json:"policies"`
	Gaps     []Gap    `json:"gaps,omitempty"`
	Intent   *Intent  `json:"intent,omitempty"`

	Governance Governance `json:"governance,omitzero"`

	node map[NodeID]int
	edge map[EdgeID]int
	pol  map[string]int
	out  [][]int32 // edge indices by from-node index
	in   [][]int32 // edge indices by to-node index
}

// New sorts and indexes a chain. Its errors are faults of the builder: a repeated identity, or an edge whose
// end is not among the nodes.
func New(nodes []Node, edges []Edge, policies []Policy, gaps []Gap, intent *Intent) (*Graph, error) {
	g := &Graph{Nodes: nodes, Edges: edges, Policies: policies, Gaps: gaps, Intent: intent}
	return g, g.index()
}

func (g *Graph) index() error {
	slices.SortFunc(g.Nodes, func(a, b Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Edges, func(a, b Edge) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Policies, func(a, b Policy) int { return cmp.Compare(a.ID, b.ID) })
	g.node = make(map[NodeID]int, len(g.Nodes))
	for i := range g.Nodes {
		if _, dup := g.node[g.Nodes[i].ID]; dup {
			return fmt.Errorf("graph: node %s stands twice", g.Nodes[i].ID)
		}
		g.node[g.Nodes[i].ID] = i
	}
	g.edge = make(map[EdgeID]int, len(g.Edges))
	g.out, g.in = make([][]int32, len(g.Nodes)), make([][]int32, len(g.Nodes))
	for i := range g.Edges {
		e := &g.Edges[i]
		if _, dup := g.edge[e.ID]; dup {
			return fmt.Errorf("graph: link %s %s %s stands twice", e.From, e.Kind, e.To)
		}
		g.edge[e.ID] = i
		f, okF := g.node[e.From]
		t, okT := g.node[e.To]
		if !okF || !okT {
			return fmt.Errorf("graph: link %s %s %s has an end that is no node", e.From, e.Kind, e.To)
		}
		g.out[f] = append(g.out[f], int32(i))
		g.in[t] = append(g.in[t], int32(i))
	}
	g.pol = make(map[string]int, len(g.Policies))
	for i := range g.Policies {
		if _, dup := g.pol[g.Policies[i].ID]; dup {
			return fmt.Errorf("graph: policy %s stands twice", g.Policies[i].ID)
		}
		g.pol[g.Policies[i].ID] = i
	}
	return nil
}

// UnmarshalJSON reads a stored chain and indexes it.
func (g *Graph) UnmarshalJSON(data []byte) error {
	type plain Graph
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*g = Graph(p)
	return g.index()
}

// Node returns the node of that identity, or nil.
func (g *Graph) Node(id NodeID) *Node {
	if i, ok := g.node[id]; ok {
		return &g.Nodes[i]
	}
	return nil
}

// NodeByKey returns the node whose ID has that Key, or nil.
func (g *Graph) NodeByKey(key string) *Node {
	for i := range g.Nodes {
		if g.Nodes[i].ID.Key() == key {
			return &g.Nodes[i]
		}
	}
	return nil
}

// Edge returns the link of that identity, or nil.
func (g *Graph) Edge(id EdgeID) *Edge {
	if i, ok := g.edge[id]; ok {
		return &g.Edges[i]
	}
	return nil
}

// Policy returns the policy of that ID, or nil.
func (g *Graph) Policy(id string) *Policy {
	if i, ok := g.pol[id]; ok {
		return &g.Policies[i]
	}
	return nil
}

// Out yields the links that start at a node, by ID.
func (g *Graph) Out(id NodeID) func(yield func(*Edge) bool) { return g.adjacent(id, g.out) }

// In yields the links that end at a node, by ID.
func (g *Graph) In(id NodeID) func(yield func(*Edge) bool) { return g.adjacent(id, g.in) }

func (g *Graph) adjacent(id NodeID, lists [][]int32) func(yield func(*Edge) bool) {
	return func(yield func(*Edge) bool) {
		i, ok := g.node[id]
		if !ok {
			return
		}
		for _, e := range lists[i] {
			if !yield(&g.Edges[e]) {
				return
			}
		}
	}
}

// Sentence says a link in words: "support-agent can read hr-payroll".
func (g *Graph) Sentence(e *Edge) string {
	return g.name(e.From) + " " + e.Kind.Can() + " " + g.name(e.To)
}

func (g *Graph) name(id NodeID) string {
	if n := g.Node(id); n != nil && n.Name != "" {
		return n.Name
	}
	return string(id)
}

// Hash is the content hash of the chain, the same for the same facts.
func (g *Graph) Hash() string {
	h := sha256.New()
	// The chain is plain sorted data, so its JSON is canonical; Marshal cannot fail on it.
	_ = json.NewEncoder(h).Encode(g)
	return hex.EncodeToString(h.Sum(nil))
}
