package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
)

// Callers is the answer to WhoCan.
type Callers struct {
	Action   string `json:"action"`            // as AWS writes it
	Asked    string `json:"asked"`             // the resource as it was given
	Resource string `json:"resource"`          // the ARN or pattern that was asked about
	Account  string `json:"account,omitempty"` // that owns it; "" when that is not known, and each is then asked about its own
	Note     string `json:"note,omitempty"`    // what was made of the question

	Callers []Caller `json:"callers"`        // allowed first, then conditional, then unknown
	Asking  int      `json:"asking"`         // users and roles that were asked
	Denied  int      `json:"denied"`         // of them, those that are denied
	Left    int      `json:"left,omitempty"` // of them, those that nothing of their own allows, and that a policy which was not imported could let in

	Assumed []string `json:"assumed"`           // what is taken for granted
	Unknown []string `json:"unknown,omitempty"` // what was not imported, or could not be looked at
}

// Who is somebody who can, or may.
type Who struct {
	ID      graph.NodeID   `json:"id"`
	ARN     string         `json:"arn,omitempty"`
	Name    string         `json:"name"`
	Kind    graph.NodeKind `json:"kind"`
	Account string         `json:"account,omitempty"`
	Actors  []string       `json:"actors,omitempty"` // what runs as the role
	// LetIn marks those whom only the resource's own policy names: their own policies were not imported, or they have none.
	LetIn bool `json:"letIn,omitempty"`
}

// Caller is a row: somebody, and what is answered.
type Caller struct {
	Who
	Grant
	// Also are the other answers, for other parts of a pattern.
	Also []Grant `json:"also,omitempty"`
}

// WhoCan says who can do an action ("s3:GetObject", in any case) on a resource: an ARN, a pattern of ARNs, an s3://
// address, or the name of a node of the snapshot. Errors are ErrAction and ErrResource.
//
// A pattern that names no account is asked of each principal about the resources of its own. Where resources inside a
// pattern have policies, these are held against everybody too.
func (x *Index) WhoCan(action, resource string) (*Callers, error) {
	a, note, err := x.action(action)
	if err != nil {
		return nil, err
	}
	pattern, node, made, err := x.resolve(a, resource)
	if err != nil {
		return nil, err
	}
	whole := x.target(a, pattern, node)
	parts, left := x.parts(a, whole)
	out := &Callers{Action: a.String(), Asked: resource, Resource: pattern, Account: whole.account, Note: join(note, made), Callers: []Caller{},
		Assumed: []string{Assumption}}

	found := make([][]answer, len(x.who))
	if byLogin(a) {
		found = nil
		out.Note = join(out.Note, a.String()+" is called with a login at an identity provider, never as a user or role")
	} else {
		asker := x.subjects.Asker()
		x.ask(asker, a, whole, func(int) bool { return false }, func(i int, got []answer) { found[i] = got })
		for _, p := range parts { // where all around it is allowed, a part that is denied is a hole
			x.ask(asker, a, p, func(i int) bool { return found[i] != nil }, func(i int, got []answer) {
				found[i] = x.within(found[i], got, p.ownedBy(x.who[i].Account))
			})
		}
	}
	out.Asking = len(found)
	for i, got := range found {
		grants := x.grants(got, pattern)
		if len(grants) == 0 {
			if slices.ContainsFunc(got, func(a answer) bool { return a.left }) {
				out.Left++
			} else {
				out.Denied++
			}
			continue
		}
		p := x.who[i]
		c := Caller{Who: Who{ID: p.Node, ARN: p.ARN, Name: p.ARN, Kind: p.Kind, Account: p.Account, Actors: x.actors[p.Node]}, Grant: grants[0], Also: grants[1:]}
		if n := x.g.Node(p.Node); n != nil {
			c.Name = n.Name
		}
		out.Callers = append(out.Callers, c)
	}
	out.Callers = append(out.Callers, x.letIn(a, append([]*target{whole}, parts...), pattern)...)
	slices.SortStableFunc(out.Callers, func(p, q Caller) int {
		return cmp.Or(rank(q.Decision)-rank(p.Decision), strings.Compare(p.Name, q.Name), strings.Compare(string(p.ID), string(q.ID)))
	})
	out.Unknown = x.unseen(a, whole, left, out.Left)
	return out, nil
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// ask asks everybody about a target and calls got for all who are not denied, and for those of whom a denial is wanted
// anyway. What is not known of a resource matters more for those in other accounts, so that they are asked apart.
func (x *Index) ask(asker *iam.Asker, a iam.ActionInfo, t *target, anyway func(i int) bool, got func(i int, answers []answer)) {
	for _, own := range []bool{true, false} {
		if own {
			asker.About(&t.own)
		} else {
			asker.About(&t.foreign)
		}
		for i, p := range x.who {
			if t.ownedBy(p.Account) != own {
				continue
			}
			if d := asker.Decide(i).Decision; (d == iam.ImplicitDeny || d == iam.ExplicitDeny) && !anyway(i) {
				continue
			}
			got(i, x.explain(a, t, i))
		}
	}
}

// explain asks one of the users and roles about a target, with all reasons. Those who are denied may be among the answers.
func (x *Index) explain(a iam.ActionInfo, t *target, i int) []answer {
	p, s := x.who[i], x.subjects.Subject(i)
	about := x.about(t, p.Account)
	base := about.Context
	req := iam.Request{Principal: s.Principal, Action: about.Action, Resource: about.Resource, ResourceAccount: about.ResourceAccount,
		ResourceManagement: about.ResourceManagement, Context: s.Context.Over(&base)}
	req.Context.Default = base.Default
	set := iam.EvaluateSet(&req, &iam.Policies{Identity: s.Identity, Boundary: s.Boundary, Session: s.Session, SCP: s.SCP,
		Resource: about.Policy, RCP: about.RCP, Missing: append(slices.Clone(s.Missing), about.Missing...)})
	all := answers(&set, t.pattern)
	x.data(a, t, p, all)
	if about.Policy == nil && alone(a, t.pattern) && len(p.Missing) == 0 {
		forget(all)
	}
	return all
}

// forget drops what is unknown only because a policy that was not imported could let in anybody: nothing else speaks for
// it.
func forget(all []answer) {
	for i := range all {
		speaks := func(r iam.StatementRef) bool { return r.Layer == iam.LayerIdentity || r.Layer == iam.LayerResource }
		if a := &all[i]; a.verdict == graph.Unknown && a.result.Known == iam.ImplicitDeny && !slices.ContainsFunc(a.result.Allows, speaks) {
			a.verdict, a.left = graph.Denied, true
		}
	}
}

// ownedBy reports whether who is in an account is in that of the target. A resource whose account is not known, or that
// AWS owns, is as good as everybody's own.
func (t *target) ownedBy(account string) bool {
	return t.account == "" || t.account == "aws" || t.account == account
}

// unseen says what could not be looked at and may change an answer.
func (x *Index) unseen(a iam.ActionInfo, t *target, parts, left int) []string {
	var out []string
	if len(x.who) == 0 {
		out = append(out, "No users or roles are in the snapshot: import what aws iam get-account-authorization-details prints (or import again, where an earlier version of permchain made the snapshot).")
	}
	if t.policy == nil && t.node != nil && hasPolicies[a.Service] && !alone(a, t.pattern) {
		out = append(out, upper(t.noPolicy())+": it could let others in, or shut some out.")
	}
	if t.account == "" && t.node != nil && strings.HasPrefix(t.pattern, "arn:aws:s3:") {
		out = append(out, "The account of "+t.name+" is not known: it is taken to be the caller's own.")
	}
	if left > 0 {
		out = append(out, fmt.Sprintf("Of %d users and roles that nothing of their own allows it, it is not known: %s.", left, t.noPolicy()))
	}
	if parts > 0 {
		out = append(out, fmt.Sprintf("The policies of %d more resources that the pattern matches were not looked at.", parts))
	}
	return append(out, x.unseenOrganization()...)
}

// unseenOrganization says what of the organization's policies was not imported.
func (x *Index) unseenOrganization() (out []string) {
	gov := &x.g.Governance
	if gov.OrgID == "" && !slices.ContainsFunc(gov.Principals, func(p graph.Governed) bool { return p.SCP != nil }) {
		out = append(out, "No service control policies were imported: they could take access away.")
	}
	for i := range x.g.Gaps {
		if g := &x.g.Gaps[i]; strings.Contains(g.What, "SCP") || strings.Contains(g.What, "RCP") {
			out = append(out, upper(g.What)+": not imported, so that it is an upper bound what is said of those it governs.")
		}
	}
	return out
}

// hasPolicies are the services whose resources may have policies that others than the principal's account write.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
var hasPolicies = map[string]bool{"s3": true, "lambda": true, "sqs": true, "sns": true, "secretsmanager": true, "dynamodb": true, "kinesis": true,
	"ecr": true, "es": true, "events": true, "glue": true, "s3vectors": true, "bedrock-agentcore": true, "s3tables": true, "execute-api": true}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// data narrows answers about the data of an OpenSearch Serverless collection, which its own policies decide too.
func (x *Index) data(a iam.ActionInfo, t *target, p *graph.Governed, all []answer) {
	if a.String() != "aoss:APIAccessAll" || t.node == nil {
		return
	}
	about, lets := Collection(x.g.Governance.DataAccess, t.node.Name, p.ARN)
	for i := range all {
		switch {
		case lets || rank(all[i].verdict) <= rank(graph.Unknown):
		case about:
			all[i].verdict = graph.Denied
		default:
			all[i].verdict = graph.Unknown
			all[i].unknown = "the data access policies of " + t.node.Name + " were not imported, and they decide beside IAM"
		}
	}
}
