package iam

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Case is one test of policies: a question and the answer that is expected. A file of cases holds one JSON object a
// line; a line whose kind is "header" is skipped. There are two kinds: "decision" puts a request to policies, "match"
// asks whether one element of one statement matches.
type Case struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind"`
	Group    string       `json:"group,omitempty"`
	Mode     string       `json:"mode,omitempty"` // "strict" (the default): keys not listed are absent; "discovery": they are not known
	Tags     []string     `json:"tags,omitempty"`
	Cite     string       `json:"cite,omitempty"` // where AWS documents the answer
	Note     string       `json:"note,omitempty"`
	Request  CaseRequest  `json:"request"`
	Policies CasePolicies `json:"policies"`
	Settings CaseSettings `json:"settings"`
	Match    *CaseMatch   `json:"match,omitempty"`
	Expect   CaseExpect   `json:"expect"`
}

// CaseRequest is the question of a case.
type CaseRequest struct {
	Principal struct {
		Type       string `json:"type"` // "aws", "service", "anonymous" or "federated"
		ARN        string `json:"arn,omitempty"`
		Service    string `json:"service,omitempty"`
		Account    string `json:"account,omitempty"`
		Management bool   `json:"management,omitempty"`
	} `json:"principal"`
	Action   string `json:"action"`
	Resource struct {
		ARN        string `json:"arn"`
		Account    string `json:"account"`
		Management bool   `json:"management,omitempty"`
		Owner      string `json:"owner,omitempty"` // of an S3 object: an account, or "unknown"; absent is the bucket's account
	} `json:"resource"`
	ResourceLess bool                 `json:"resource_less,omitempty"`
	Context      map[string]CaseValue `json:"context"`
}

// CaseValue is the value of a key: a string for a single-valued key, a list for a multi-valued one.
type CaseValue struct {
	Values []string
	Multi  bool
}

// UnmarshalJSON reads a string or a list of strings.
func (v *CaseValue) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		v.Multi = true
		return json.Unmarshal(data, &v.Values)
	}
	v.Values = []string{""}
	return json.Unmarshal(data, &v.Values[0])
}

// CasePolicies are the policies of a case, as documents.
type CasePolicies struct {
	Identity []json.RawMessage `json:"identity"`
	Resource json.RawMessage   `json:"resource"`
	Boundary []json.RawMessage `json:"boundary"`
	Session  json.RawMessage   `json:"session"`
	SCP      []CaseLevel       `json:"scp"`
	RCP      []CaseLevel       `json:"rcp"`
	Endpoint []json.RawMessage `json:"endpoint"`
	Missing  []Missing         `json:"missing"`
}

// CaseLevel is a level of an organization in a case.
type CaseLevel struct {
	Node     string            `json:"node"`
	Policies []json.RawMessage `json:"policies"`
}

// CaseSettings say in discovery what is known of keys.
type CaseSettings struct {
	KnownKeys []KnownKey `json:"known_keys"`
	Also      []KnownKey `json:"discoveryContextKeyConstraints"`
}

// KnownKey says of a key, or of all that a /regular expression/ matches, what is known of it in discovery.
type KnownKey struct {
	KeyName         string `json:"keyName"`
	PresenceIsKnown bool   `json:"presenceIsKnown"`
	ValueIsKnown    bool   `json:"valueIsKnown"`
}

// CaseMatch is the element of a "match" case.
type CaseMatch struct {
	Element    string          `json:"element"` // Action, NotAction, Resource, NotResource, Principal or NotPrincipal
	Statement  json.RawMessage `json:"statement"`
	Effect     string          `json:"effect,omitempty"`
	PolicyType string          `json:"policy_type,omitempty"`
}

// CaseExpect is the answer expected. Fields that are absent are not compared.
type CaseExpect struct {
	Decision   string          `json:"decision,omitempty"` // "allow", "explicit_deny", "implicit_deny", and of our own "conditional", "unknown"
	BlockedBy  []string        `json:"blocked_by,omitempty"`
	Residual   *CaseResidual   `json:"residual,omitempty"`
	Assumed    json.RawMessage `json:"assumed_conditions,omitempty"`
	ResultType string          `json:"result_type,omitempty"`
	Patterns   []CasePattern   `json:"patterns,omitempty"`
	Holes      []string        `json:"holes,omitempty"`
	Match      any             `json:"match,omitempty"`
}

// CasePattern is one part of a set with its answer.
type CasePattern struct {
	Pattern  string `json:"pattern"`
	Type     string `json:"type,omitempty"`
	Decision string `json:"decision"`
}

// CaseResidual is a condition tree.
type CaseResidual struct {
	Type        string          `json:"conditionType"` // "condition", "group" or "sessionName"
	Operator    string          `json:"operator,omitempty"`
	Conditions  []*CaseResidual `json:"conditions,omitempty"`
	Op          string          `json:"op,omitempty"`
	Key         string          `json:"key,omitempty"`
	Values      caseList        `json:"values,omitempty"`
	SessionName caseList        `json:"sessionName,omitempty"`
}

// caseList is a string or a list of strings.
type caseList []string

func (l *caseList) UnmarshalJSON(data []byte) error {
	var v CaseValue
	if err := v.UnmarshalJSON(data); err != nil {
		return err
	}
	*l = v.Values
	return nil
}

// CaseOutcome is what came of a case.
type CaseOutcome struct {
	ID   string `json:"id"`
	Got  string `json:"got"`
	Want string `json:"want"`
	Pass bool   `json:"pass"`
	Why  string `json:"why"`
}

// maxCaseLine bounds one line of a case file: several policies of the greatest length AWS keeps.
const maxCaseLine = 8 << 20

// LineError is a line of a file of cases that cannot be read.
type LineError struct {
	Line int // 1-based
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// ReadCases reads a file of cases. Blank lines and headers are skipped. Its errors are that of r, or a LineError.
func ReadCases(r io.Reader) ([]Case, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1<<16), maxCaseLine)
	var out []Case
	line := 1
	for ; sc.Scan(); line++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		var c Case
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("read cases: %w", &LineError{line, err})
		}
		switch c.Kind {
		case "header":
			continue
		case "decision", "match":
		default:
			return nil, fmt.Errorf("read cases: %w", &LineError{line, fmt.Errorf("kind %q is neither decision nor match", c.Kind)})
		}
		if c.ID == "" {
			c.ID = fmt.Sprintf("line %d", line)
		}
		out = append(out, c)
	}
	if err := sc.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("read cases: %w", &LineError{line, fmt.Errorf("it is longer than %d MiB", maxCaseLine>>20)})
	} else if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	return out, nil
}

// Run evaluates a case and compares. A case that cannot be run (a policy that is not JSON) fails and says why.
func (c *Case) Run() CaseOutcome {
	if c.Kind == "match" {
		return c.runMatch()
	}
	out := CaseOutcome{ID: c.ID, Want: c.Expect.Decision}
	p, err := c.policies()
	if err == nil {
		err = c.words()
	}
	if err != nil {
		out.Got, out.Why = "error", err.Error()
		return out
	}
	req := c.request(p)
	set := EvaluateSet(&req, p)
	r := set.Result
	if c.Expect.ResultType == "" {
		r = Evaluate(&req, p)
	}
	out.Got, out.Why = r.Decision.String(), r.Why
	var faults []string
	if !c.accepts(&r) {
		faults = append(faults, "want "+c.Expect.Decision)
	} else if r.Decision == Unknown || r.Decision == Conditional && c.Expect.Decision == "allow" {
		out.Got = c.Expect.Decision
	}
	if c.Expect.BlockedBy != nil {
		if want := layerNames(c.Expect.BlockedBy); !slices.Equal(sortedLayers(r.BlockedBy), want) {
			faults = append(faults, fmt.Sprintf("blocked by %v, want %v", r.BlockedBy, want))
		}
	}
	if f := c.compareResidual(&r); f != "" {
		faults = append(faults, f)
	}
	if f := c.comparePatterns(&set); f != "" {
		faults = append(faults, f)
	}
	out.Pass = len(faults) == 0
	if !out.Pass {
		out.Why = strings.Join(append(faults, out.Why), "; ")
	}
	return out
}

// words refuses what a case may not say: taken for something else it might pass.
func (c *Case) words() error {
	switch {
	case !slices.Contains([]string{"", "strict", "discovery"}, c.Mode):
		return fmt.Errorf("mode %q is neither strict nor discovery", c.Mode)
	case !slices.Contains([]string{"", "aws", "service", "anonymous", "federated"}, c.Request.Principal.Type):
		return fmt.Errorf("request.principal.type %q is none of aws, service, anonymous, federated", c.Request.Principal.Type)
	}
	return nil
}

// accepts reports whether a decision is the one expected. "allow" takes in conditional answers in discovery. An answer
// that is unknown only because something that AWS would refuse, or does not document, might allow is not an allow:
// it fits implicit_deny.
func (c *Case) accepts(r *Result) bool {
	got := r.Decision
	switch c.Expect.Decision {
	case "allow":
		return got == Allow || got == Conditional && c.Mode == "discovery"
	case "implicit_deny":
		return got == ImplicitDeny || got == Unknown && r.Known == ImplicitDeny
	}
	return got.String() == c.Expect.Decision
}

// layerName maps the names that cases use for layers.
var layerName = map[string]Layer{
	"identity": LayerIdentity, "resource": LayerResource, "pb": LayerBoundary, "boundary": LayerBoundary,
	"session": LayerSession, "scp": LayerSCP, "rcp": LayerRCP, "vpce": LayerEndpoint, "endpoint": LayerEndpoint,
}

func layerNames(names []string) []Layer {
	out := make([]Layer, len(names))
	for i, n := range names {
		if l, ok := layerName[n]; ok {
			out[i] = l
		} else {
			out[i] = Layer(n)
		}
	}
	return sortedLayers(out)
}

func sortedLayers(l []Layer) []Layer {
	l = slices.Clone(l)
	slices.Sort(l)
	return l
}

// policies compiles the documents of a case.
func (c *Case) policies() (*Policies, error) {
	p := &Policies{Missing: c.Policies.Missing}
	one := func(id string, raw json.RawMessage) (*Policy, error) {
		doc, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s policy: %w", id, err)
		}
		return Compile(id, doc), nil
	}
	list := func(id string, raws []json.RawMessage) (out []*Policy, err error) {
		for i, raw := range raws {
			pol, err := one(fmt.Sprintf("%s %d", id, i), raw)
			if err != nil {
				return nil, err
			}
			out = append(out, pol)
		}
		return out, nil
	}
	levels := func(id string, in []CaseLevel) (out []Level, err error) {
		if in == nil {
			return nil, nil
		}
		out = []Level{}
		for _, l := range in {
			pols, err := list(id+" "+l.Node, l.Policies)
			if err != nil {
				return nil, err
			}
			out = append(out, Level{Node: l.Node, Policies: pols})
		}
		return out, nil
	}
	var errs [7]error
	p.Identity, errs[0] = list("identity", c.Policies.Identity)
	p.Boundary, errs[1] = list("boundary", c.Policies.Boundary)
	p.Endpoint, errs[2] = list("endpoint", c.Policies.Endpoint)
	p.SCP, errs[3] = levels("scp", c.Policies.SCP)
	p.RCP, errs[4] = levels("rcp", c.Policies.RCP)
	if present(c.Policies.Resource) {
		p.Resource, errs[5] = one("resource", c.Policies.Resource)
	}
	if present(c.Policies.Session) {
		var s *Policy
		if s, errs[6] = one("session", c.Policies.Session); s != nil {
			p.Session = []*Policy{s}
		}
	}
	return p, cmp.Or(errs[0], errs[1], errs[2], errs[3], errs[4], errs[5], errs[6])
}

func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(bytes.TrimSpace(raw), []byte("null"))
}

// request makes the question of a case.
func (c *Case) request(p *Policies) Request {
	req := Request{Action: c.Request.Action, Resource: c.Request.Resource.ARN, ResourceAccount: c.Request.Resource.Account,
		ResourceLess: c.Request.ResourceLess, ResourceManagement: c.Request.Resource.Management}
	if o := c.Request.Resource.Owner; o == "unknown" {
		req.ObjectOwnerUnknown = true
	} else {
		req.ObjectOwner = o
	}
	// Whether an action takes a resource is looked up for integration cases; others say it.
	req.Takes = c.Group != "integration" && c.Cite == "" && !c.Request.ResourceLess
	pr := c.Request.Principal
	req.Principal = Principal{ARN: pr.ARN, Service: pr.Service, Account: pr.Account, Management: pr.Management}
	switch pr.Type {
	case "service":
		req.Principal.Kind = PrincipalService
	case "anonymous":
		req.Principal.Kind = PrincipalAnonymous
	case "federated":
		req.Principal.Kind = PrincipalFederated
	}
	req.Context = c.context(p)
	req.Principal.AnySession = c.Mode == "discovery"
	return req
}

// context makes the keys of a case. In discovery a key counts as known as far as the settings say so, listed or not.
func (c *Case) context(p *Policies) Context {
	ctx := NewContext(nil)
	if c.Mode != "discovery" {
		for k, v := range c.Request.Context {
			if v.Multi {
				ctx.SetMulti(k, v.Values...)
			} else {
				ctx.Set(k, v.Values[0])
			}
		}
		return ctx
	}
	ctx.Default = NotKnown
	listed := map[string]CaseValue{}
	for k, v := range c.Request.Context {
		listed[strings.ToLower(k)] = v
	}
	names := map[string]bool{}
	for k := range listed {
		names[k] = true
	}
	if p != nil {
		for k := range p.keys() {
			names[k] = true
		}
	}
	for _, known := range append(slices.Clone(c.Settings.KnownKeys), c.Settings.Also...) {
		fits := func(k string) bool { return strings.EqualFold(k, known.KeyName) }
		if n := known.KeyName; len(n) > 2 && n[0] == '/' && n[len(n)-1] == '/' {
			if re, err := regexp.Compile("(?i)" + n[1:len(n)-1]); err == nil {
				fits = re.MatchString
			}
		} else {
			names[strings.ToLower(n)] = true
		}
		for k := range names {
			if !fits(k) || !known.PresenceIsKnown {
				continue
			}
			v, isListed := listed[k]
			switch {
			case !isListed:
				ctx.Mark(k, Absent)
			case !known.ValueIsKnown:
				ctx.Mark(k, ValueUnknown)
			case v.Multi:
				ctx.SetMulti(k, v.Values...)
			default:
				ctx.Set(k, v.Values[0])
			}
		}
	}
	return ctx
}

// keys returns the condition keys that the policies ask for, in lower case.
func (p *Policies) keys() map[string]bool {
	out := map[string]bool{}
	sp := splitter{}
	vars := func(t *template) {
		if t != nil {
			for _, part := range t.parts {
				if part.key != "" {
					out[part.key] = true
				}
			}
		}
	}
	sp.each(p, func(pol *Policy, _ Layer) {
		for i := range pol.statements {
			s := &pol.statements[i]
			for _, r := range s.resources {
				vars(r.vars)
			}
			for _, c := range s.conditions {
				out[c.key] = true
				for _, v := range c.values {
					vars(v.vars)
				}
			}
		}
	})
	return out
}
