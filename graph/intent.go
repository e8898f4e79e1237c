package graph

import (
	"slices"
)

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
