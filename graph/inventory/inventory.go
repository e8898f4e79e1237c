// Package inventory holds the facts that importers read, each with where it came from. A fact is what a file
// says, not what follows from it: links are worked out later, in graph/chain.
//
// What a file leaves open is a value with a reason (Text.Unknown, Unset), never "" or false taken for an answer.
package inventory

import (
	"encoding/json"
	"fmt"
)

// Source is where a fact was read.
type Source struct {
	File    string // as the user gave it, an archive's member behind "!"
	Pointer string // JSON pointer into the file
	Line    int    // 1-based, 0 when not known
	Address string // logical address, such as a CloudFormation logical id
}

// Text is a string that may be unknown. Known, it is Value (which may be ""); unknown, Unknown says why.
type Text struct {
	Value   string
	Unknown string
	Partial string // of an unknown one: what is known of it, with placeholders (UnresolvedMark) for the rest; "" for nothing
}

// Known returns a known Text.
func Known(v string) Text { return Text{Value: v} }

// Unsure returns an unknown Text with its reason.
func Unsure(format string, args ...any) Text { return Text{Unknown: fmt.Sprintf(format, args...)} }

// OK reports whether the value is known and not empty.
func (t Text) OK() bool { return t.Unknown == "" && t.Value != "" }

// Flag is yes, no, or not known; the zero value is not known.
type Flag int

// Flags.
const (
	Unset Flag = iota
	No
	Yes
)

// FlagOf turns a bool into a Flag.
func FlagOf(b bool) Flag {
	if b {
		return Yes
	}
	return No
}

// Tags are a resource's tags. nil means that tags were not imported, an empty map that there are none.
type Tags map[string]string

// PolicyDoc is a policy document as written. Raw is JSON (already URL-decoded and unwrapped from its string);
// Unknown says why it could not be read, with Raw nil.
type PolicyDoc struct {
	Name    string
	Raw     json.RawMessage
	Unknown string
	Source  Source

	// Lines are the lines of Source.File that the statements begin on, by index; nil when not known. Raw may have been
	// put together from a template, so that lines of Raw say nothing.
	Lines []int
	// Unresolved are the statements whose text is not wholly known, an entry for each reason: in Raw a placeholder ("${unresolved …}") stands for
	// what is not. Such a statement must count as one whose effect is unknown, never as one that does not match.
	Unresolved []Unresolved
}

// Unresolved is a statement of a policy document that is not wholly known.
type Unresolved struct {
	Statement int    // 0-based index in the document
	Reason    string // why, for people: "parameter BucketName has no default, and no value was given"
}

// Account is one AWS account. Env and Outside come from intent or the organization.
type Account struct {
	ID     string
	Name   string
	Email  string
	OrgID  string
	Path   []string // ids of the root and OUs above it, root first; nil when not imported
	Parent string   // id of the root or OU it is in; "" when not imported
	Status string
	Source Source
}

// Unit is an organization root or OU.
type Unit struct {
	ID, Name, Parent string // Parent is "" for a root or when not imported
	Source           Source
}

// Organization says which organization the accounts are in.
type Organization struct {
	ID, ARN, ManagementAccount string
	Source                     Source
}

// OrgPolicy is an SCP or RCP.
type OrgPolicy struct {
	ID, ARN, Name string
	Type          string // "SERVICE_CONTROL_POLICY" or "RESOURCE_CONTROL_POLICY"
	AWSManaged    bool
	Document      PolicyDoc
	Targets       []string // account, OU or root ids; nil when its targets were not imported
	Source        Source
}

// Target says that an organization policy is attached to an account, OU or root. It stands apart from
// OrgPolicy because the CLI prints the two in different listings.
type Target struct {
	PolicyID, TargetID string
	Whole              bool // from a listing of every policy of this policy's type on the target
	Source             Source
}

// User is an IAM user.
type User struct {
	ARN, Name string
	Groups    []string // group names of the same account
	Inline    []PolicyDoc
	Attached  []string // managed policy ARNs
	Boundary  string   // policy ARN, "" for none
	Tags      Tags
	Source    Source
}

// Group is an IAM group.
type Group struct {
	ARN, Name string
	Inline    []PolicyDoc
	Attached  []string
	Source    Source
}

// Role is an IAM role. Partial marks a role known only from something that names it, or a CloudFormation role
// whose policies could not be read: what its permissions are is then unknown.
type Role struct {
	ARN, Name        string
	Trust            PolicyDoc
	Inline           []PolicyDoc
	Attached         []string
	Boundary         string
	InstanceProfiles []string
	Tags             Tags
	LastUsed         string // RFC 3339, "" when not known
	Partial          string // why its policies are not known; "" when they are
	Source           Source
}

// ManagedPolicy is a customer or AWS managed policy.
type ManagedPolicy struct {
	ARN, Name  string
	AWSManaged bool
	Document   PolicyDoc // the default version
	Source     Source
}

// AttachedPolicy says that a policy belongs to principals named elsewhere, as AWS::IAM::Policy does in
// CloudFormation. Roles, Users and Groups are ARNs.
type AttachedPolicy struct {
	Policy               PolicyDoc
	Roles, Users, Groups []string
	Source               Source
}

// ResourcePolicy is a policy that sits on a resource. Resource is the ARN it sits on, or unknown when the file
// (a bare `get-bucket-policy`) does not say and its statements do not either.
type ResourcePolicy struct {
	Resource Text
	Account  string // the account of the resource where its ARN does not say (S3); "" when not known
	Document PolicyDoc
	Source   Source
}

// Model is a foundation, custom, imported or provisioned model that a file lists.
type Model struct {
	ARN, ID, Name, Provider string
	Kind                    string // "foundation", "custom", "imported", "provisioned"
	Base                    string // the model ARN behind a custom or provisioned one
	Source                  Source
}

// InferenceProfile is a system-defined or application inference profile.
type InferenceProfile struct {
	ARN, ID, Name, Type string
	Models              []string // foundation model ARNs, one for each destination Region
	Tags                Tags
	Source              Source
}

// Agent is a Bedrock agent. Version is the version that these facts are of ("DRAFT" for get-agent).
type Agent struct {
	ARN, ID, Name    string
	Version          string
	Role             Text // role ARN
	Model            Text // model id, profile id or ARN
	Guardrail        Text // guardrail id or ARN; Known("") means none
	GuardrailVersion string
	OverrideLambda   []string // functions that parse prompts or orchestrate
	Collaboration    string   // "DISABLED", "SUPERVISOR", "SUPERVISOR_ROUTER", "" unknown
	Memory           Flag
	UserInput        Flag
	Key              string // customer managed key ARN
	Status           string
	Instruction      string
	Listed           bool // known from a listing only: what it runs as and does is unknown
	Tags             Tags
	Source           Source
}

// AgentAlias routes callers to versions of an agent.
type AgentAlias struct {
	ARN, ID, Name, AgentID string
	Versions               []string
	Source                 Source
}

// Operation is one thing an action group can do.
type Operation struct {
	Name        string // function name, or "POST /orders/{id}/cancel"
	Method      string // HTTP method, "" for functions
	Description string
	Confirm     Flag // requireConfirmation, x-requireConfirmation
}

// ActionGroup is a set of operations of an agent version. Agent is the agent's id or ARN.
type ActionGroup struct {
	Agent, AgentVersion string
	ID, Name            string
	State               string // "ENABLED", "DISABLED", "" unknown
	Executor            string // "lambda", "return of control", "built-in", "" unknown
	Lambda              Text
	Signature           string // parentActionSignature of a built-in one
	Operations          []Operation
	Schema              string // "s3://bucket/key" when the schema is elsewhere
	SchemaUnknown       string // why Operations are not known
	Source              Source
}

// Collaborator is an agent that a supervisor hands work to.
type Collaborator struct {
	Agent, AgentVersion, Name, AliasARN string
	ShareHistory                        Flag
	Source                              Source
}

// AgentKB says that an agent version may retrieve from a knowledge base.
type AgentKB struct {
	Agent, AgentVersion string
	KB                  string // id or ARN
	State               string
	Source              Source
}

// KnowledgeBase is a Bedrock knowledge base.
type KnowledgeBase struct {
	ARN, ID, Name  string
	Role           Text
	Type           string // VECTOR, KENDRA, SQL, MANAGED
	EmbeddingModel string
	Storage        string   // OPENSEARCH_SERVERLESS, S3_VECTORS, …; "" unknown
	Supplemental   []string // s3:// locations that images and other media are extracted to
	StorageARNs    []string // collection, index, cluster, bucket: most specific first
	StorageDetail  string   // an endpoint or index name where there is no ARN
	StorageUnknown string   // why StorageARNs are not all known; "" when they are
	Secrets        []string // secret ARNs it uses
	Listed         bool
	Tags           Tags
	Source         Source
}

// DataSource feeds a knowledge base. KB is the knowledge base's id or ARN.
type DataSource struct {
	KB, ID, Name string
	Type         string // S3, WEB, CONFLUENCE, SALESFORCE, SHAREPOINT, CUSTOM, REDSHIFT_METADATA
	Bucket       Text   // bucket ARN, for S3
	Prefixes     []string
	Location     string // host or URL for the others
	Secret       string
	Functions    []string // functions that transform what is ingested
	Status       string
	Source       Source
}

// Guardrail is a Bedrock guardrail.
type Guardrail struct {
	ARN, ID, Name, Version string
	Policies               []string // "content", "topics", "sensitive information", "grounding" …, sorted
	Source                 Source
}

// InvocationLogging is the model invocation logging of one account and Region.
type InvocationLogging struct {
	Account, Region Text
	Configured      bool // false when the file shows that it is off
	LogGroup        string
	Role            string
	Bucket, Prefix  string // bucket name
	LargeBucket     string
	Text, Image     Flag
	Source          Source
}

// Runtime is an AgentCore runtime.
type Runtime struct {
	ARN, ID, Name string
	Role          Text
	Network       string // "PUBLIC", "VPC"
	Artifact      string
	Authorizer    string
	Issuer        string   // where the tokens that it accepts come from, when its authorizer takes tokens
	Clients       []string // client ids that it accepts tokens of; nil for any, or not known
	Env           map[string]string
	Tags          Tags
	Listed        bool
	Source        Source
}

// Gateway is an AgentCore gateway.
type Gateway struct {
	ARN, ID, Name string
	Role          Text
	Authorizer    string   // CUSTOM_JWT, AWS_IAM, NONE, AUTHENTICATE_ONLY
	Issuer        string   // where the tokens that it accepts come from, when its authorizer takes tokens
	Clients       []string // client ids that it accepts tokens of; nil for any, or not known
	Interceptors  []string // function ARNs
	PolicyEngine  string   // ARN and mode (ENFORCE, or LOG_ONLY, which stops nothing), with a space between
	Listed        bool
	Tags          Tags
	Source        Source
}

// GatewayTarget is a tool, or set of tools, behind a gateway.
type GatewayTarget struct {
	Gateway, ID, Name string // Gateway is an id or ARN
	Kind              string // "lambda", "openapi", "smithy", "mcp server", "api gateway", "connector", or the key as found
	Lambda            Text
	Endpoint          string
	Tools             []Operation
	KBs               []string // ids or ARNs of knowledge bases that a connector retrieves from
	Schema            string   // "s3://bucket/key" when the list of tools is elsewhere
	Credentials       []string // credential provider types
	Source            Source
}

// RuntimeEndpoint is a named way into one version of an AgentCore runtime. Runtime is its id or ARN.
type RuntimeEndpoint struct {
	ARN, Name, Runtime, Version string
	Tags                        Tags
	Source                      Source
}

// Flow is a Bedrock flow.
type Flow struct {
	ARN, ID, Name string
	Role          Text
	Key           string
	Nodes         []FlowNode
	Unknown       string // why its nodes are not known; "" when they are
	Tags          Tags
	Source        Source
}

// FlowNode is a step of a flow that uses something.
type FlowNode struct {
	Name      string
	Kind      string // "model", "prompt", "knowledge base", "agent", "function", "bucket", "lex", "inline code"
	Target    Text   // model id or ARN; prompt, alias or function ARN; knowledge base id; bucket name
	Write     bool   // of a bucket: it stores there
	Guardrail Text   // Known("") means none
}

// DataAccess is a data access policy of OpenSearch Serverless: besides IAM, it decides who gets at a collection's
// data (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html).
type DataAccess struct {
	Name       string
	Principals []string // ARNs
	Rules      []DataRule
	Unknown    string // why it cannot be read; "" when it can
	Source     Source
}

// DataRule grants permissions on collections or indexes, which are named by patterns of names, not ARNs.
type DataRule struct {
	Type        string   // "collection", "index", "model"
	Resources   []string // "collection/NAME", "index/COLLECTION/INDEX"
	Permissions []string // "aoss:ReadDocument"
}

// API is an API of API Gateway: a way in for callers, and a tool of gateways.
type API struct {
	ARN, ID, Name string
	Account       string // which its ARN does not hold; "" when not known
	Type          string // REST, HTTP, WEBSOCKET
	Routes        []Route
	Unknown       string // why its routes are not all known; "" when they are
	Tags          Tags
	Source        Source
}

// Route is one operation of an API and what answers it.
type Route struct {
	Method, Path string // "POST", "ANY"; "/orders/{id}", "$default"
	Auth         string // NONE, AWS_IAM, COGNITO_USER_POOLS, JWT, CUSTOM, or an authorizer's name; "" not known
	Key          Flag   // an API key is needed, which says which client it is, not who
	Function     Text   // ARN of the function that answers; Known("") when none does
	Target       string // what else answers: an integration's URI
	Source       Source
}

// UserPool is a Cognito user pool: the people behind its tokens.
type UserPool struct {
	ARN, ID, Name string
	SelfSignUp    Flag // anyone can register
	Groups        []PoolGroup
	Clients       []string // ids of the apps that get tokens for its people
	Tags          Tags
	Source        Source
}

// PoolGroup is a group of a user pool; Role is the role that its people get from an identity pool.
type PoolGroup struct {
	Name, Role string
	Source     Source
}

// Delivery is a delivery of CloudWatch Logs: what a resource logs, and where that goes.
type Delivery struct {
	Resource    Text   // ARN of what logs
	LogType     string // APPLICATION_LOGS, TRACES, …
	Destination Text   // ARN of a log group, bucket or Firehose stream
	Source      Source
}

// NestedStack is a stack that a template makes of another template.
type NestedStack struct {
	LogicalID string
	Template  string // URL or path, with placeholders for what is not known
	Params    map[string]string
	Source    Source
}

// Export is a value that a template gives to the other templates of its account and Region by name.
type Export struct {
	Name            string
	Value           Text
	Account, Region string // stand-ins where the file does not say
	Source          Source
}

// Import says that a template takes a value that another one exports. Facts of the template hold placeholders for it;
// cloudformation.Resolve puts the value in their place.
type Import struct {
	Name            string
	Account, Region string
	Source          Source
}

// Memory is an AgentCore memory.
type Memory struct {
	ARN, ID, Name string
	Role          Text
	Key           string
	Source        Source
}

// Endpoint is a SageMaker endpoint.
type Endpoint struct {
	ARN, Name, Config string
	Role              Text
	Listed            bool
	Source            Source
}

// Function is a Lambda function.
type Function struct {
	ARN, Name string
	Role      Text
	LogGroup  string // "" means the default /aws/lambda/NAME
	Runtime   string
	Code      string   // "s3://bucket/key" or an image's URI; "" not known, or written in the template
	Layers    []string // ARNs of layers, whose code runs as the function
	Sources   []string // ARNs of queues, streams and tables that feed it
	URLAuth   string   // of its URL: NONE or AWS_IAM; "" when it has none that is known
	Env       map[string]string
	Tags      Tags
	Source    Source
}

// Resource is anything else that stands in the chain by its ARN: a bucket, table, secret, key, log group,
// queue, topic, collection, database, state machine.
type Resource struct {
	ARN, Name string
	Account   string            // where the ARN does not say (S3 buckets); "" when not known
	Region    string            // likewise
	Type      string            // CloudFormation type name: "AWS::S3::Bucket"
	Attrs     map[string]string // what a page shows: "retention" (days), "kms key", "access log bucket"
	Tags      Tags
	Source    Source
}

// Selector is one event selector of a trail or event data store: which events of a kind it records.
type Selector struct {
	Category      string   // "Management", "Data", "NetworkActivity"
	ReadWrite     string   // "All", "ReadOnly", "WriteOnly"
	ResourceTypes []string // "AWS::S3::Object", "AWS::Bedrock::AgentAlias" …; for Data
	ARNPrefixes   []string // resources.ARN starts with or equals; nil means every resource of the types
	NotARN        []string // prefixes taken out
	ExcludeSource []string // event sources taken out, as "kms.amazonaws.com"
	Partial       string   // a part of the selector that is not understood
}

// Trail is a CloudTrail trail or, with EventStore set, an event data store.
type Trail struct {
	ARN, Name      string
	EventStore     bool
	Bucket         string // bucket name
	LogGroup       string // log group ARN
	Key            string
	MultiRegion    Flag
	Organization   Flag
	Logging        Flag
	Selectors      []Selector
	SelectorsKnown bool // false when get-event-selectors was not imported
	Source         Source
}

// Usage is what CloudTrail shows that somebody did: one principal, action and resource, folded over events.
type Usage struct {
	Principal string // ARN: the role of a session, a user, a root; a 12-digit account where the event names only that; "" for a service
	Session   string // the last session's ARN
	Service   string // invokedBy, "" when called directly
	Action    string // "bedrock:InvokeModel"
	Resource  string // ARN, "" when the event names none
	Account   string
	Region    string
	Count     int
	First     string // RFC 3339
	Last      string // RFC 3339
	Denied    int    // how many of them were refused
	Failed    int    // how many of them failed otherwise
	Source    Source // the first event's

	InferenceRegions []string // other Regions that a model answered from, sorted
}

// Window is a span of time that imported log events cover for an account.
type Window struct {
	Account, First, Last string
	Events               int
	Source               Source
}
