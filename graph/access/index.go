package access

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// Index is a snapshot made ready to be asked. Make one with New.
type Index struct {
	g        *graph.Graph
	policies map[string]*policy
	who      []*graph.Governed // users and roles, as the snapshot lists them
	subjects *iam.Index        // the same, in the same order
	byARN    map[string]int    // places in who

	resources []resource                // those that a policy sits on, sorted by ARN
	atARN     map[string]int            // places in resources
	service   map[string][]int          // places in resources, by the service of their ARN
	rcp       map[string]levels         // by account
	member    map[string]bool           // accounts of the organization
	actors    map[graph.NodeID][]string // names of what runs as a role, sorted

	fill       sync.Once       // fills onResource
	onResource map[string]bool // actions that policies on resources allow somebody
}

// policy is a document of the snapshot in its two readings.
type policy struct {
	src      *graph.Policy
	compiled *iam.Policy
	written  *iam.Document // as it was written, with placeholders for what is not known
}

// resource is one that a policy sits on.
type resource struct {
	arn, service, account string
	policy                *iam.Policy // nil when it cannot be read
	why                   string      // then why
}

// New makes a snapshot ready. It keeps g, which must not change. What of its policies cannot be read makes answers
// unknown.
func New(g *graph.Graph) *Index {
	x := &Index{g: g, policies: make(map[string]*policy, len(g.Policies)), byARN: map[string]int{}, atARN: map[string]int{}, service: map[string][]int{},
		rcp: map[string]levels{}, member: map[string]bool{}, actors: map[graph.NodeID][]string{}}
	gov := &g.Governance
	for _, m := range gov.Members {
		x.member[m] = true
	}
	for i := range gov.Accounts {
		x.rcp[gov.Accounts[i].ID] = x.levels(gov.Accounts[i].Levels, iam.LayerRCP)
	}
	var subjects []iam.Subject
	known := map[string]levels{} // those of an account are shared by all who are in it
	for i := range gov.Principals {
		p := &gov.Principals[i]
		if p.Kind == graph.KindGroup {
			continue // what a group grants is part of what its members have
		}
		x.byARN[p.ARN] = len(x.who)
		x.who = append(x.who, p)
		subjects = append(subjects, x.subject(p, known))
	}
	x.subjects = iam.NewIndex(subjects)
	for i := range gov.Resources {
		r := resource{arn: gov.Resources[i].ARN, account: gov.Resources[i].Account}
		if a, ok := arn.Split(r.arn); ok {
			r.service = a.Service
			r.account = cmp.Or(r.account, a.Account)
		}
		if p, why := x.policy(gov.Resources[i].Policy); p != nil {
			r.policy = p.compiled
		} else {
			r.why = why
		}
		x.atARN[r.arn] = len(x.resources)
		x.service[r.service] = append(x.service[r.service], len(x.resources))
		x.resources = append(x.resources, r)
	}
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.RunsAs != "" {
			x.actors[n.RunsAs] = append(x.actors[n.RunsAs], n.Name)
		}
	}
	for _, names := range x.actors { // each is sorted by itself: their order does not matter
		slices.Sort(names)
	}
	return x
}

// policy compiles a policy once; nil with the reason when the snapshot does not hold it, or it cannot be read.
func (x *Index) policy(id string) (*policy, string) {
	if p, ok := x.policies[id]; ok {
		if p == nil {
			return nil, "the policy " + id + " cannot be read"
		}
		return p, ""
	}
	src := x.g.Policy(id)
	if src == nil {
		return nil, "the policy " + id + " is not in the snapshot"
	}
	d := inventory.PolicyDoc{Name: src.Name, Raw: json.RawMessage(src.Text)}
	for _, u := range src.Unresolved {
		d.Unresolved = append(d.Unresolved, inventory.Unresolved{Statement: u.Statement, Reason: u.Reason})
	}
	doc, err := d.Parse()
	if err != nil {
		x.policies[id] = nil
		return nil, fmt.Sprintf("the policy %s cannot be read: %v", id, err)
	}
	p := &policy{src: src, compiled: iam.Compile(id, doc), written: doc}
	if len(src.Unresolved) > 0 {
		if p.written, err = iam.Parse([]byte(src.Text)); err != nil {
			p.written = doc
		}
	}
	x.policies[id] = p
	return p, ""
}

// list compiles policies; missing says which of them are not known.
func (x *Index) list(ids []string, layer iam.Layer) (out []*iam.Policy, missing []iam.Missing) {
	for _, id := range ids {
		if p, why := x.policy(id); p != nil {
			out = append(out, p.compiled)
		} else {
			missing = append(missing, iam.Missing{Layer: layer, Reason: why})
		}
	}
	return out, missing
}

// levels are policies of an organization, and what is not known of them.
type levels struct {
	list    []iam.Level
	missing []iam.Missing
}

func (x *Index) levels(ls []graph.PolicyLevel, layer iam.Layer) (out levels) {
	for _, l := range ls {
		ps, m := x.list(l.Policies, layer)
		out.list = append(out.list, iam.Level{Node: l.Node, Policies: ps})
		out.missing = append(out.missing, m...)
	}
	return out
}

// subject is a user or role as the evaluator takes it.
func (x *Index) subject(p *graph.Governed, known map[string]levels) iam.Subject {
	who := iam.Principal{ARN: p.ARN, Account: p.Account, Management: p.Account != "" && p.Account == x.g.Governance.Management}
	s := iam.Subject{Principal: who, Context: PrincipalKeys(who, p.Keys, p.TagsKnown)}
	for _, m := range p.Missing {
		s.Missing = append(s.Missing, iam.Missing{Layer: iam.Layer(m.Layer), Reason: m.Reason})
	}
	var m []iam.Missing
	s.Identity, m = x.list(p.Identity, iam.LayerIdentity)
	s.Missing = append(s.Missing, m...)
	s.Boundary, m = x.list(p.Boundary, iam.LayerBoundary)
	s.Missing = append(s.Missing, m...)
	if p.SCP != nil {
		var key strings.Builder
		for _, l := range p.SCP {
			key.WriteString(l.Node + "\x00" + strings.Join(l.Policies, "\x00") + "\x01")
		}
		ls, ok := known[key.String()]
		if !ok {
			ls = x.levels(p.SCP, iam.LayerSCP)
			known[key.String()] = ls
		}
		s.SCP = ls.list
		s.Missing = append(s.Missing, ls.missing...)
	}
	return s
}

// statement is the evidence of a statement that decided. ok is false for what says nothing about the answer: the policies
// that allow everything, which AWS attaches to each part of an organization, and what stands for the policies of others.
func (x *Index) statement(ref iam.StatementRef) (ev graph.Evidence, ok bool) {
	if ref.Policy == "p-FullAWSAccess" || ref.Policy == "p-RCPFullAWSAccess" || ref.Policy == allowsAll.ID() {
		return ev, false
	}
	ev = graph.Evidence{Kind: graph.ByPolicy, Effect: string(ref.Effect), Layer: string(ref.Layer), Policy: ref.Policy, Statement: ref.Index, Sid: ref.Sid}
	if p := x.policies[ref.Policy]; p != nil {
		ev.Source = p.src.StatementSource(ref.Index, ref.Pointer)
		if ref.Index < len(p.written.Statements) {
			s := &p.written.Statements[ref.Index]
			ev.Actions, ev.Resources = s.Actions, s.Resources
			if len(s.NotActions) > 0 {
				ev.Note = "every action but " + strings.Join(s.NotActions, ", ")
			}
		}
	}
	return ev, true
}

// name names a statement for people.
func (x *Index) name(ref iam.StatementRef) string {
	if p := x.policies[ref.Policy]; p != nil {
		return p.src.StatementName(ref.Index, ref.Sid)
	}
	return ref.String()
}

// orgOf is the organization that an account is known to be in, or "".
func (x *Index) orgOf(account string) string {
	if x.member[account] {
		return x.g.Governance.OrgID
	}
	return ""
}
