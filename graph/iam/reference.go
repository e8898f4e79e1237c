package iam

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the reference data
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/permchain/permchain/graph/arn"
)

//go:embed refdata/actions.json.gz
var actionsGz []byte

//go:embed refdata/managed.json.gz
var managedGz []byte

// ActionInfo is what the service authorization reference says of an action.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
type ActionInfo struct {
	Name      string   // "GetObject", as AWS writes it
	Service   string   // "s3"
	Access    string   // "Read", "List", "Write", "Permissions management" or "Tagging"
	Resources []string // the resource types that it can be limited to, sorted; none for an action that takes no resource
	Keys      []string // condition keys of the action itself, sorted; ResourceType.Keys come with its resources
}

// String is the action as a policy writes it.
func (a ActionInfo) String() string { return a.Service + ":" + a.Name }

// ResourceType is a kind of resource of a service.
type ResourceType struct {
	Name string
	ARN  string   // "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	Keys []string // condition keys, sorted
}

// Pattern is the type's ARN with a * for each placeholder.
func (r ResourceType) Pattern() string {
	s := r.ARN
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return s
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return s
		}
		s = s[:i] + "*" + s[i+j+1:]
	}
}

type serviceInfo struct {
	name      string
	actions   []ActionInfo // sorted by name
	lower     map[string]int
	resources []ResourceType // sorted by name
}

type reference struct {
	version, published string

	services map[string]*serviceInfo
	prefixes []string // sorted
	rcp      map[string]bool
}

var loadReference = sync.OnceValue(func() *reference {
	var raw struct {
		Version   string
		Published string
		RCP       []string
		Services  map[string]struct {
			N string
			A [][]json.RawMessage
			R map[string]string
			K map[string][]string
		}
	}
	mustDecode("actions.json.gz", actionsGz, &raw)
	ref := &reference{version: raw.Version, published: raw.Published, services: make(map[string]*serviceInfo, len(raw.Services)), rcp: map[string]bool{}}
	for _, s := range raw.RCP {
		ref.rcp[s] = true
	}
	for key, s := range raw.Services {
		info := &serviceInfo{name: s.N, lower: make(map[string]int, len(s.A))}
		for i, row := range s.A {
			a := ActionInfo{Service: key}
			var letter string
			for j, dst := range []any{&a.Name, &letter, &a.Resources, &a.Keys} {
				if err := json.Unmarshal(row[j], dst); err != nil {
					panic(fmt.Sprintf("iam: embedded reference data of %s: %v", key, err))
				}
			}
			a.Access = accessLevels[letter]
			info.actions = append(info.actions, a)
			info.lower[strings.ToLower(a.Name)] = i
		}
		for name, pattern := range s.R {
			info.resources = append(info.resources, ResourceType{Name: name, ARN: pattern, Keys: s.K[name]})
		}
		slices.SortFunc(info.resources, func(a, b ResourceType) int { return strings.Compare(a.Name, b.Name) })
		ref.services[key] = info
		ref.prefixes = append(ref.prefixes, key)
	}
	slices.Sort(ref.prefixes)
	return ref
})

var accessLevels = map[string]string{"R": "Read", "L": "List", "W": "Write", "P": "Permissions management", "T": "Tagging"}

// mustDecode reads embedded data. It cannot fail on the bytes that the tests have read.
func mustDecode(name string, data []byte, v any) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		err = json.NewDecoder(z).Decode(v)
	}
	if err != nil {
		panic(fmt.Sprintf("iam: embedded reference data %s: %v", name, err))
	}
}

type managedData struct {
	Version   string
	Published string
	Policies  map[string]json.RawMessage
}

var loadManaged = sync.OnceValue(func() *managedData {
	m := &managedData{}
	mustDecode("managed.json.gz", managedGz, m)
	return m
})

// DataVersion returns the versions of the embedded reference data: of the actions, and of AWS managed policies.
func DataVersion() (actions, managed string) { return loadReference().version, loadManaged().Version }

// DataDates returns the days on which those versions were published: "2026-09-26".
func DataDates() (actions, managed string) { return loadReference().published, loadManaged().Published }

// Services returns the prefixes of all known services, sorted.
func Services() []string { return slices.Clone(loadReference().prefixes) }

// ServiceName is what AWS calls the service of a prefix: "Amazon Bedrock". It is "" for a service not known.
func ServiceName(prefix string) string {
	if s := loadReference().services[strings.ToLower(prefix)]; s != nil {
		return s.name
	}
	return ""
}

// Actions returns every known action of a service ("s3"), sorted by name; none for a service not known. The list is
// shared: it is not to be changed.
func Actions(service string) []ActionInfo {
	if s := loadReference().services[strings.ToLower(service)]; s != nil {
		return s.actions
	}
	return nil
}

// ResourceTypes returns the resource types of a service, sorted by name. The list is shared.
func ResourceTypes(service string) []ResourceType {
	if s := loadReference().services[strings.ToLower(service)]; s != nil {
		return s.resources
	}
	return nil
}

// LookupAction finds one action ("s3:getobject", in any case).
func LookupAction(action string) (ActionInfo, bool) {
	svc, name, _ := strings.Cut(action, ":")
	s := loadReference().services[strings.ToLower(svc)]
	if s == nil {
		return ActionInfo{}, false
	}
	i, ok := s.lower[strings.ToLower(name)]
	if !ok {
		return ActionInfo{}, false
	}
	return s.actions[i], true
}

// ResourceLess reports whether an action is known to take no resource, so that only "*" in Resource grants it.
func ResourceLess(action string) bool {
	a, ok := LookupAction(action)
	return ok && len(a.Resources) == 0
}

// MatchingActions returns the known actions that a pattern of a policy ("s3:Get*", "*") stands for, sorted by service
// and name.
func MatchingActions(pattern string) []ActionInfo {
	var out []ActionInfo
	eachAction(pattern, func(a ActionInfo) { out = append(out, a) })
	return out
}

// ActionCount returns how many known actions a pattern stands for.
func ActionCount(pattern string) int {
	n := 0
	eachAction(pattern, func(ActionInfo) { n++ })
	return n
}

func eachAction(pattern string, f func(ActionInfo)) {
	pattern = strings.ToLower(pattern)
	ref := loadReference()
	if pattern == "*" || pattern == "*:*" {
		for _, p := range ref.prefixes {
			for _, a := range ref.services[p].actions {
				f(a)
			}
		}
		return
	}
	svc, name, ok := strings.Cut(pattern, ":")
	if s := ref.services[svc]; ok && s != nil {
		for _, a := range s.actions {
			if arn.MatchFold(name, a.Name) {
				f(a)
			}
		}
	}
}

// RCPSupports reports whether resource control policies apply to a service's resources.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
func RCPSupports(service string) bool { return loadReference().rcp[strings.ToLower(service)] }

// ManagedPolicy returns the latest version of an AWS managed policy, by its ARN. Its documents are parsed anew at each
// call: keep what you use.
func ManagedPolicy(policyARN string) (*Document, bool) {
	raw, ok := loadManaged().Policies[policyARN]
	if !ok {
		return nil, false
	}
	doc, err := Parse(raw)
	return doc, err == nil
}

// ManagedPolicyText returns the same policy as AWS publishes it: its JSON, not to be changed.
func ManagedPolicyText(policyARN string) ([]byte, bool) {
	raw, ok := loadManaged().Policies[policyARN]
	return raw, ok
}

// ManagedPolicies returns the ARNs of all AWS managed policies known, sorted.
func ManagedPolicies() []string {
	m := loadManaged().Policies
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
