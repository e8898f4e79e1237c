package inventory

// Intent is what permchain.yaml declares. Patterns use * and ?, and match names, ids or ARNs.
type Intent struct {
	Organization    string
	Classes         []string // from low to high; nil when not declared
	Environments    []Environment
	ApprovedModels  []string // nil when no list was declared, which is not the same as an empty one
	ApprovedRegions []string
	Owners          []OwnerRule // the last match wins
	OwnerTags       []string    // tag keys that name an owner; nil means owner, team (any case)
	Data            []ClassRule // the last match wins
	Tools           []EffectRule
	People          []PeopleRule
	Sources         []SourceRule
	Workloads       []Workload
	Source          Source
}

// PeopleRule names the people behind a federated role, which no IAM file does.
type PeopleRule struct {
	Role   string // pattern over role name or ARN
	Name   string // "Support agents"
	Count  int    // how many; 0 not said
	Source Source
}

// SourceRule says of files what they do not say of themselves. The last match wins, field by field.
type SourceRule struct {
	Path                   string // slash glob relative to the file that declares it; * stays in a folder, ** spans
	Account, Region, Stack string
	Params                 map[string]string
	As                     string // what a bare policy document is: "scp r-ab12" or "rcp r-ab12" with what it is attached to, or the ARN of the resource it sits on
	Source                 Source
}

// Environment names the accounts of one environment.
type Environment struct {
	Name     string
	Accounts []string // ids or patterns of account names
	Outside  bool     // a partner's or supplier's account, named so that it is not "unknown"
	Source   Source
}

// OwnerRule gives an owner to what it matches.
type OwnerRule struct {
	Match  string // pattern over name or ARN
	Kind   string // node kind, "" for any
	Owner  string
	Source Source
}

// ClassRule gives a data class to what it matches.
type ClassRule struct {
	Match  string
	Class  string
	Source Source
}

// EffectRule declares what a tool does in the world.
type EffectRule struct {
	Match  string // pattern over the tool's name, its operation or ARN
	Effect string // none, customer-visible, financial, legal, safety
	Source Source
}

// Workload is a named AI application and what it is meant to have.
type Workload struct {
	Name, Title, Purpose, Owner string
	Risk                        string // low, moderate, high
	Clearance                   string
	Env                         string
	Users                       []string // patterns of principals who may use it
	Members                     []string // patterns of the agents, roles, functions that are it
	Models, Data, Tools, Logs   []string // patterns of what it is meant to reach
	RetentionDays               int
	Review                      string
	Source                      Source
}
