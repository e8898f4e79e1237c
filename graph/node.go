package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// NodeID names a node by what it naturally is: its ARN where it has one, else a scheme and a name
// ("service/bedrock.amazonaws.com", "account/111122223333", "anyone", "every/model/111122223333").
// It never depends on the file or the order of an import.
type NodeID string

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
