package inventory

// Input is one document handed to a decoder, with what is known of where it was printed.
type Input struct {
	File    string // as the user gave it
	Data    []byte // bounded by the caller; JSON or YAML
	Account string // "" when neither the user nor the path says
	Region  string
	Stack   string            // for templates: the stack's name
	Params  map[string]string // for templates: parameter values

	As    string // what the user said the document is (SourceRule.As): "scp r-ab12,111122223333", "rcp …", or the ARN it is the policy of
	Lines int    // lines of the file before Data, when Data is one of several documents in it
	At    string // JSON pointer of Data in the file, when Data is an element of an array of documents
	Doc   *JSON  // Data already read, when it is JSON; nil: use Value, which reads it
}

// Facts is everything read from one or many inputs. Decoders append to it; Merge joins two; order carries no
// meaning. A decoder that fails leaves what it appended before out of the result (its caller gives each
// document a Facts of its own).
type Facts struct {
	Organizations []Organization
	Accounts      []Account
	Units         []Unit
	OrgPolicies   []OrgPolicy
	Targets       []Target

	Users            []User
	Groups           []Group
	Roles            []Role
	ManagedPolicies  []ManagedPolicy
	AttachedPolicies []AttachedPolicy
	ResourcePolicies []ResourcePolicy

	Models            []Model
	Profiles          []InferenceProfile
	Agents            []Agent
	AgentAliases      []AgentAlias
	ActionGroups      []ActionGroup
	Collaborators     []Collaborator
	AgentKBs          []AgentKB
	KnowledgeBases    []KnowledgeBase
	DataSources       []DataSource
	Guardrails        []Guardrail
	InvocationLogging []InvocationLogging

	Runtimes       []Runtime
	Gateways       []Gateway
	GatewayTargets []GatewayTarget
	Memories       []Memory
	Endpoints      []Endpoint

	RuntimeEndpoints []RuntimeEndpoint
	Flows            []Flow
	DataAccess       []DataAccess
	APIs             []API
	UserPools        []UserPool
	Deliveries       []Delivery
	NestedStacks     []NestedStack
	Exports          []Export
	Imports          []Import

	Functions []Function
	Resources []Resource
	Trails    []Trail
	Usages    []Usage
	Windows   []Window

	Intents []Intent

	Skips    []Skip
	Warnings []Warning
	Inferred []Warning // what was concluded from a file's name or folder, not from its content
}

// Skip is a part of a file that was recognised but not taken, and why.
type Skip struct {
	What   string // "AWS::EC2::VPC MyVpc", "statement 3"
	Why    string // "not part of an AI permission chain"
	Source Source
}

// Warning is something a user should know about a part that was taken: an unresolved reference, an unknown
// parameter, a contradiction.
type Warning struct {
	Text   string
	Source Source
}

// Merge appends other's facts. Facts of the same thing from several sources stay side by side here; graph/chain
// joins them, so that both stay as evidence.
func (f *Facts) Merge(other *Facts) {
	f.Organizations = append(f.Organizations, other.Organizations...)
	f.Accounts = append(f.Accounts, other.Accounts...)
	f.Units = append(f.Units, other.Units...)
	f.OrgPolicies = append(f.OrgPolicies, other.OrgPolicies...)
	f.Targets = append(f.Targets, other.Targets...)
	f.Users = append(f.Users, other.Users...)
	f.Groups = append(f.Groups, other.Groups...)
	f.Roles = append(f.Roles, other.Roles...)
	f.ManagedPolicies = append(f.ManagedPolicies, other.ManagedPolicies...)
	f.AttachedPolicies = append(f.AttachedPolicies, other.AttachedPolicies...)
	f.ResourcePolicies = append(f.ResourcePolicies, other.ResourcePolicies...)
	f.Models = append(f.Models, other.Models...)
	f.Profiles = append(f.Profiles, other.Profiles...)
	f.Agents = append(f.Agents, other.Agents...)
	f.AgentAliases = append(f.AgentAliases, other.AgentAliases...)
	f.ActionGroups = append(f.ActionGroups, other.ActionGroups...)
	f.Collaborators = append(f.Collaborators, other.Collaborators...)
	f.AgentKBs = append(f.AgentKBs, other.AgentKBs...)
	f.KnowledgeBases = append(f.KnowledgeBases, other.KnowledgeBases...)
	f.DataSources = append(f.DataSources, other.DataSources...)
	f.Guardrails = append(f.Guardrails, other.Guardrails...)
	f.InvocationLogging = append(f.InvocationLogging, other.InvocationLogging...)
	f.Runtimes = append(f.Runtimes, other.Runtimes...)
	f.Gateways = append(f.Gateways, other.Gateways...)
	f.GatewayTargets = append(f.GatewayTargets, other.GatewayTargets...)
	f.Memories = append(f.Memories, other.Memories...)
	f.Endpoints = append(f.Endpoints, other.Endpoints...)
	f.RuntimeEndpoints = append(f.RuntimeEndpoints, other.RuntimeEndpoints...)
	f.Flows = append(f.Flows, other.Flows...)
	f.DataAccess = append(f.DataAccess, other.DataAccess...)
	f.APIs = append(f.APIs, other.APIs...)
	f.UserPools = append(f.UserPools, other.UserPools...)
	f.Deliveries = append(f.Deliveries, other.Deliveries...)
	f.NestedStacks = append(f.NestedStacks, other.NestedStacks...)
	f.Exports = append(f.Exports, other.Exports...)
	f.Imports = append(f.Imports, other.Imports...)
	f.Functions = append(f.Functions, other.Functions...)
	f.Resources = append(f.Resources, other.Resources...)
	f.Trails = append(f.Trails, other.Trails...)
	f.Usages = append(f.Usages, other.Usages...)
	f.Windows = append(f.Windows, other.Windows...)
	f.Intents = append(f.Intents, other.Intents...)
	f.Skips = append(f.Skips, other.Skips...)
	f.Warnings = append(f.Warnings, other.Warnings...)
	f.Inferred = append(f.Inferred, other.Inferred...)
}

// Count is how many facts there are, skips and warnings apart.
func (f *Facts) Count() int {
	return len(f.Organizations) + len(f.Accounts) + len(f.Units) + len(f.OrgPolicies) + len(f.Targets) +
		len(f.Users) + len(f.Groups) + len(f.Roles) + len(f.ManagedPolicies) + len(f.AttachedPolicies) + len(f.ResourcePolicies) +
		len(f.Models) + len(f.Profiles) + len(f.Agents) + len(f.AgentAliases) + len(f.ActionGroups) + len(f.Collaborators) +
		len(f.AgentKBs) + len(f.KnowledgeBases) + len(f.DataSources) + len(f.Guardrails) + len(f.InvocationLogging) +
		len(f.Runtimes) + len(f.Gateways) + len(f.GatewayTargets) + len(f.Memories) + len(f.Endpoints) +
		len(f.RuntimeEndpoints) + len(f.Flows) + len(f.DataAccess) + len(f.NestedStacks) +
		len(f.APIs) + len(f.UserPools) + len(f.Deliveries) +
		len(f.Functions) + len(f.Resources) + len(f.Trails) + len(f.Usages) + len(f.Intents)
}

// Report says what one import did, file by file.
type Report struct {
	Files []FileReport `json:"files"`
}

// FileReport says what one file gave.
type FileReport struct {
	File     string   `json:"file"`
	Format   string   `json:"format,omitempty"` // "account authorization details", "CloudFormation template"; "" when not recognised
	Bytes    int64    `json:"bytes"`
	Took     []Tally  `json:"took,omitempty"` // what it gave, by kind: "roles" 12
	Skipped  []Note   `json:"skipped,omitempty"`
	Warnings []Note   `json:"warnings,omitempty"`
	Error    string   `json:"error,omitempty"`    // why nothing was taken; names file and line or pointer
	Inferred []string `json:"inferred,omitempty"` // what was concluded from outside the document: "account 111122223333 from the folder's name"
}

// Tally is a kind of fact and how many there are.
type Tally struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Note is a skip or a warning, said in words, with its place.
type Note struct {
	Text  string `json:"text"`
	Where string `json:"where,omitempty"`
	Count int    `json:"count,omitempty"` // how many alike were folded into it; 0 and 1 mean one
}

// Failed counts the files nothing was taken from because of an error.
func (r *Report) Failed() int {
	n := 0
	for _, f := range r.Files {
		if f.Error != "" {
			n++
		}
	}
	return n
}
