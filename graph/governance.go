package graph

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
