package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// Powers is the answer to Can.
type Powers struct {
	Asked     string `json:"asked"` // the principal as it was given
	Principal Who    `json:"principal"`
	Note      string `json:"note,omitempty"` // what was made of the question
	Action    string `json:"action"`         // the pattern of actions that was asked about
	Actions   int    `json:"actions"`        // how many known actions it stands for

	Powers []Power `json:"powers"` // by service; what is of several services first
	// Why says why there are none, where one action was asked about.
	Why string `json:"why,omitempty"`

	Assumed []string `json:"assumed"`           // what is taken for granted
	Unknown []string `json:"unknown,omitempty"` // what was not imported, or could not be looked at
}

// Power is a row: actions, and what is answered of all of them.
type Power struct {
	Services []string `json:"services"`         // prefixes, sorted
	Actions  []string `json:"actions"`          // patterns that together are exactly these actions
	Except   []string `json:"except,omitempty"` // but for these
	Count    int      `json:"count"`            // of known actions
	Access   []Level  `json:"access"`           // how many there are of each access level
	// Of the resources, each action has those that it can act on.
	Grant
}

// Level counts actions of an access level.
type Level struct {
	Level string `json:"level"` // "Read", "List", "Write", "Tagging", "Permissions management"
	Count int    `json:"count"`
}

// levelOrder is the order in which access levels are listed.
var levelOrder = []string{"List", "Read", "Write", "Tagging", "Permissions management"}

// OwnAccount is taken for granted by Can: what a pattern that names no account stands for.
const OwnAccount = "a pattern that names no account stands for the resources of the principal's own account"

// Can says what a user or role can do: the known actions that a pattern ("s3:Get*", "*") stands for, folded into rows
// whose actions have the same answer by the same statements. The principal is an ARN, a name, the only ending of one, or
// somebody who runs as a role. Errors are ErrPrincipal and ErrAction.
func (x *Index) Can(principal, pattern string) (*Powers, error) {
	i, note, err := x.principal(principal)
	if err != nil {
		return nil, err
	}
	actions := iam.MatchingActions(pattern)
	if len(actions) == 0 {
		if iam.ServiceName(pattern) != "" {
			return nil, fmt.Errorf("%w: %s is a service: did you mean %s:*?", ErrAction, pattern, strings.ToLower(pattern))
		}
		return nil, fmt.Errorf("%w: %s stands for no known action%s", ErrAction, pattern, didYouMean(pattern))
	}
	p := x.who[i]
	out := &Powers{Asked: principal, Principal: Who{ID: p.Node, ARN: p.ARN, Name: p.ARN, Kind: p.Kind, Account: p.Account, Actors: x.actors[p.Node]},
		Note: note, Action: pattern, Actions: len(actions), Assumed: []string{Assumption, OwnAccount}}
	if n := x.g.Node(p.Node); n != nil {
		out.Principal.Name = n.Name
	}
	q := asking{x: x, p: p, subject: x.subjects.Subject(i)}
	f := folder{x: x, rows: map[string]*row{}}
	named := q.named()
	for _, a := range actions {
		if named[a.String()] && !byLogin(a) {
			f.add(a, q.grants(a))
		}
	}
	out.Powers = f.fold()
	if len(out.Powers) == 0 && len(actions) == 1 {
		out.Why = q.whole(actions[0]).Why
	}
	for _, m := range p.Missing {
		out.Unknown = append(out.Unknown, upper(m.Reason)+".")
	}
	if slices.ContainsFunc(out.Powers, func(w Power) bool { return slices.Contains(w.Services, "aoss") }) {
		out.Unknown = append(out.Unknown, "Which data of a collection aoss:APIAccessAll reaches is for the collection's data access policies.")
	}
	out.Unknown = append(out.Unknown, x.unseenOrganization()...)
	return out, nil
}

// principal finds a user or role of the snapshot.
func (x *Index) principal(text string) (place int, note string, err error) {
	if text == "" {
		return 0, "", fmt.Errorf("%w: its name is empty", ErrPrincipal)
	}
	if a, ok := arn.Split(text); ok {
		if role := x.roleOf(a); role != "" {
			if i, ok := x.byARN[role]; ok {
				return i, "a session of " + role + ": a session policy could take access away", nil
			}
		}
	}
	lower := strings.ToLower(text)
	is := []func(s string) bool{
		func(s string) bool { return s == text },
		func(s string) bool { return strings.ToLower(s) == lower },
		func(s string) bool { return strings.HasSuffix(strings.ToLower(s), lower) },
	}
	for _, fits := range is {
		var found []int
		for i, p := range x.who {
			n := x.g.Node(p.Node)
			a, _ := arn.Split(p.ARN)
			if fits(p.ARN) || fits(a.Name()) || n != nil && (fits(n.Name) || fits(n.ID.Key())) {
				found = append(found, i)
			}
		}
		switch {
		case len(found) == 1:
			return found[0], "", nil
		case len(found) > 1:
			return 0, "", fmt.Errorf("%w: several have the name %s: %s", ErrPrincipal, text, x.arns(found))
		}
		// Nobody by that name: somebody who runs as a role.
		note := ""
		for i := range x.g.Nodes {
			n := &x.g.Nodes[i]
			at, ok := x.byARN[string(n.RunsAs)]
			if !ok || !fits(n.Name) && !fits(n.ARN) || slices.Contains(found, at) {
				continue
			}
			found = append(found, at)
			note = n.Name + " runs as " + string(n.RunsAs)
		}
		switch {
		case len(found) == 1:
			return found[0], note, nil
		case len(found) > 1:
			return 0, "", fmt.Errorf("%w: several that run as a role have the name %s; the roles are %s", ErrPrincipal, text, x.arns(found))
		}
		for i := range x.g.Nodes {
			if n := &x.g.Nodes[i]; fits(n.Name) || fits(n.ARN) {
				switch n.Kind {
				case graph.KindGroup:
					return 0, "", fmt.Errorf("%w: %s is a group: ask about one of its members", ErrPrincipal, text)
				case graph.KindRole, graph.KindUser:
					return 0, "", fmt.Errorf("%w: the policies of %s were not imported", ErrPrincipal, cmp.Or(n.ARN, n.Name))
				}
			}
		}
	}
	return 0, "", fmt.Errorf("%w: the snapshot has no user or role of the name %s", ErrPrincipal, text)
}

func (x *Index) arns(places []int) string {
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = x.who[p].ARN
	}
	return strings.Join(out, ", ")
}

// asking asks about one principal.
type asking struct {
	x       *Index
	p       *graph.Governed
	subject *iam.Subject
}

// named are the known actions that any Allow could be about: of the principal's own policies, or of a resource's policy.
func (q *asking) named() map[string]bool {
	out := map[string]bool{}
	add := func(doc *iam.Document) {
		for i := range doc.Statements {
			s := &doc.Statements[i]
			if s.Effect == iam.EffectDeny {
				continue
			}
			if s.NotActions == nil {
				for _, pattern := range s.Actions {
					for _, a := range iam.MatchingActions(pattern) {
						out[a.String()] = true
					}
				}
				continue
			}
			for _, a := range iam.MatchingActions("*") {
				if !out[a.String()] && acts(s, a.String()) {
					out[a.String()] = true
				}
			}
		}
	}
	for _, p := range q.subject.Identity {
		add(p.Document())
	}
	for i := range q.x.resources {
		if r := &q.x.resources[i]; r.policy != nil {
			add(r.policy.Document())
		}
	}
	return out
}

// ask asks about an action on a target. Its account is the principal's own where it is not known.
func (q *asking) ask(t *target) iam.SetResult {
	about := &t.own
	if !t.ownedBy(q.p.Account) {
		about = &t.foreign
	}
	base := about.Context
	req := iam.Request{Principal: q.subject.Principal, Action: about.Action, Resource: about.Resource, ResourceAccount: about.ResourceAccount,
		ResourceManagement: about.ResourceManagement, Context: q.subject.Context.Over(&base)}
	req.Context.Default = base.Default
	return iam.EvaluateSet(&req, &iam.Policies{Identity: q.subject.Identity, Boundary: q.subject.Boundary, Session: q.subject.Session, SCP: q.subject.SCP,
		Resource: about.Policy, RCP: about.RCP, Missing: append(slices.Clone(q.subject.Missing), about.Missing...)})
}

// everywhere is all that an action can act on in the principal's own account.
func (q *asking) everywhere(a iam.ActionInfo) *target {
	t := q.x.target(a, "*")
	if len(a.Resources) > 0 {
		account := q.p.Account
		t.account = account
		t.own.ResourceAccount, t.own.RCP, t.own.Missing = account, q.x.rcp[account].list, append(slices.Clone(t.own.Missing), q.x.rcp[account].missing...)
		t.own.Context = RequestKeys("*", account, q.x.orgOf(account), nil)
	}
	return t
}

// whole is the answer about an action on everything.
func (q *asking) whole(a iam.ActionInfo) iam.SetResult { return q.ask(q.everywhere(a)) }

// grants are the answers about an action: on what is the principal's own account's, and on what is others' and names it.
func (q *asking) grants(a iam.ActionInfo) []Grant {
	t := q.everywhere(a)
	set := q.ask(t)
	all := answers(&set, t.pattern)
	if t.own.Policy == nil && alone(a, t.pattern) && len(q.p.Missing) == 0 {
		forget(all)
	}
	all = slices.DeleteFunc(all, func(one answer) bool { return one.verdict == graph.Denied && len(one.result.Denies) == 0 })
	if len(a.Resources) == 0 {
		return q.x.grants(all, "*")
	}
	// What names a resource of another account was asked as if it were the principal's own.
	var kept []answer
	for _, one := range all {
		part := q.x.target(a, one.pattern)
		if one.verdict == graph.Denied || one.pattern == "*" || part.ownedBy(q.p.Account) && part.policy == nil {
			kept = append(kept, one)
			continue
		}
		again := q.ask(part)
		kept = append(kept, answers(&again, one.pattern)...)
	}
	whole := *t
	whole.policy, whole.node = nil, nil
	parts, _ := q.x.parts(a, &whole)
	for _, part := range parts {
		own := part.ownedBy(q.p.Account)
		if !own && !q.mayEnter(part) {
			continue
		}
		got := q.ask(part)
		inner := answers(&got, part.pattern)
		if !own {
			inner = slices.DeleteFunc(inner, func(one answer) bool { return one.verdict == graph.Denied })
		}
		kept = q.x.within(kept, inner)
	}
	return q.x.grants(kept, "*")
}

// mayEnter reports whether the policy of another account's resource could let the principal in: whether it names anyone,
// its account, or itself.
func (q *asking) mayEnter(t *target) bool {
	if t.policy == nil || t.policy.policy == nil {
		return false
	}
	doc := t.policy.policy.Document()
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect == iam.EffectDeny {
			continue
		}
		if s.Principal == nil || s.Principal.Any || slices.ContainsFunc(s.Principal.AWS, func(name string) bool {
			a, ok := arn.Split(name)
			return name == "*" || name == q.p.Account || ok && a.Account == q.p.Account
		}) {
			return true
		}
	}
	return false
}
