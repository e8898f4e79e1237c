package iam

// PrincipalKind says what kind of caller makes a request.
type PrincipalKind int

// Kinds of caller.
const (
	PrincipalAWS       PrincipalKind = iota // a user, role, session or root user: ARN says which
	PrincipalService                        // an AWS service: Service says which
	PrincipalAnonymous                      // no credentials
	PrincipalFederated                      // a web identity or SAML login: ARN is the provider, as a trust policy names it
)

// Principal is who makes a request.
type Principal struct {
	Kind    PrincipalKind
	ARN     string
	Service string // "lambda.amazonaws.com"
	Account string // "" takes it from ARN

	// AnySession says that the name of the session in ARN is not known, as a role's ARN never says it: a resource
	// policy that names one session of the role then counts as conditional. For a role's ARN it is taken from the
	// Context's Default being NotKnown.
	AnySession bool

	// Management says that the principal's account is the organization's management account, which SCPs do not touch.
	// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
	Management bool
}

// Request is one question: may the principal do the action on the resource. Fields not needed may be zero.
type Request struct {
	Principal Principal
	Action    string // "s3:GetObject", in any case

	// Resource is an ARN, or for EvaluateSet a pattern of ARNs. "" and "*" are every resource, or none in particular
	// for an action that takes no resource (what the service authorization reference says of the action decides).
	Resource string

	// ResourceAccount is the account that owns the resource; needed where the ARN does not say it, as for S3. "" takes
	// it from the ARN, and the principal's own account where the ARN has none.
	ResourceAccount string

	// ObjectOwner is the account that owns the S3 objects asked about, where it is not the bucket's: with an Object
	// Ownership other than BucketOwnerEnforced, the default of buckets made since April 2023, an object can belong to the
	// account that wrote it. "" is the bucket's owner. ObjectOwnerUnknown says that it is not known who owns them. Both
	// count for actions on objects only.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
	ObjectOwner        string
	ObjectOwnerUnknown bool

	// ResourceLess says that the action takes no resource, so that only "*" matches.
	ResourceLess bool
	// Takes says the opposite of an action that the reference data holds to take no resource: "*" is then every
	// resource.
	Takes bool

	// ResourceManagement says that the resource belongs to the organization's management account, which RCPs do not
	// touch. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
	ResourceManagement bool

	Context Context
}

// Layer is a kind of policy.
type Layer string

// The layers. Any of them can deny; how their allows go together is said at Evaluate.
const (
	LayerIdentity Layer = "identity"
	LayerResource Layer = "resource"
	LayerBoundary Layer = "boundary"
	LayerSession  Layer = "session"
	LayerSCP      Layer = "scp"
	LayerRCP      Layer = "rcp"
	LayerEndpoint Layer = "endpoint"
)

// Level is one node of an organization on the way from its root to an account, with the policies attached there.
type Level struct {
	Node     string // "r-abcd", "ou-abcd-11111111", an account number
	Policies []*Policy
}

// Policies are all the policies that a request is held against. Nil, and for the lists empty, means that there is no
// such policy.
type Policies struct {
	Identity []*Policy // of the principal: inline, managed, of its groups
	Resource *Policy   // of the resource: bucket policy, key policy, trust policy …
	Boundary []*Policy // any one allowing is enough; AWS has at most one
	Session  []*Policy // any one allowing is enough
	Endpoint []*Policy // of the VPC endpoint that the request comes through; any one allowing is enough

	// SCP are the levels above the principal's account and the account itself. Nil means that the account is in no
	// organization. Each level must allow by itself: nothing is implied, so a level without policies denies.
	SCP []Level
	// RCP are the levels above the resource's account and the account itself. RCPFullAWSAccess is implied at each.
	RCP []Level

	// Missing names what was not, or not wholly, imported. Where what is missing could change the answer, the answer is
	// Unknown.
	Missing []Missing
}

// Missing is a layer that is not, or not wholly, known.
type Missing struct {
	Layer  Layer  `json:"layer"`
	Reason string `json:"reason"` // "the bucket policy of hr-payroll was not imported"
}
