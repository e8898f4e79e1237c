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
	f := folder{x: x, rows: map[string]*row{}}
	speaks := x.speaking(i)
	for _, a := range actions {
		if byLogin(a) || a.String() == free && len(actions) > 1 {
			continue
		}
		if speaks(a) {
			f.add(a, x.powers(i, a))
		}
	}
	out.Powers = f.fold()
	if len(out.Powers) == 0 && len(actions) == 1 {
		out.Why = best(x.explain(actions[0], x.target(actions[0], "*", nil), i)).result.Why
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

// free is the action that everybody may do, whatever policies say: it is left out where it was not asked about alone.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
const free = "sts:GetCallerIdentity"

// speaking returns whether any Allow could be about an action: of the principal's own policies, or of a resource's policy.
func (x *Index) speaking(i int) func(iam.ActionInfo) bool {
	type statement struct {
		not      bool
		patterns []string // in lower case
	}
	var own []statement
	for _, p := range x.subjects.Subject(i).Identity {
		doc := p.Document()
		for j := range doc.Statements {
			s := &doc.Statements[j]
			if s.Effect == iam.EffectDeny {
				continue
			}
			st := statement{not: s.NotActions != nil}
			for _, pattern := range append(slices.Clone(s.Actions), s.NotActions...) {
				st.patterns = append(st.patterns, strings.ToLower(pattern))
			}
			own = append(own, st)
		}
	}
	return func(a iam.ActionInfo) bool {
		name := a.String()
		if name == free || x.onResources()[name] {
			return true
		}
		return slices.ContainsFunc(own, func(s statement) bool {
			return s.not != slices.ContainsFunc(s.patterns, func(p string) bool { return p == "*" || arn.MatchFold(p, name) })
		})
	}
}

// onResources are the actions that some policy on a resource allows somebody, of those that act on such resources.
func (x *Index) onResources() map[string]bool {
	x.fill.Do(func() {
		x.onResource = map[string]bool{}
		for i := range x.resources {
			r := &x.resources[i]
			if r.policy == nil {
				continue
			}
			prefix := r.service + ":"
			if r.service == "iam" {
				prefix = "sts:" // a trust policy
			}
			doc := r.policy.Document()
			for j := range doc.Statements {
				s := &doc.Statements[j]
				if s.Effect == iam.EffectDeny {
					continue
				}
				for _, a := range iam.MatchingActions(prefix + "*") {
					if acts(s, a.String()) {
						x.onResource[a.String()] = true
					}
				}
			}
		}
	})
	return x.onResource
}

// powers are the answers about an action: on what is the principal's own account's, and on what is others' and names it.
func (x *Index) powers(i int, a iam.ActionInfo) []Grant {
	t := x.target(a, "*", nil)
	all := slices.DeleteFunc(x.explain(a, t, i), func(one answer) bool { return one.verdict == graph.Denied && len(one.result.Denies) == 0 })
	if len(a.Resources) == 0 {
		return x.grants(all, "*")
	}
	account := x.who[i].Account
	// What names a resource of another account, or one with a policy of its own, was asked as if it were just the principal's.
	var kept []answer
	for _, one := range all {
		part := x.target(a, one.pattern, nil)
		if one.verdict == graph.Denied || one.pattern == "*" || part.ownedBy(account) && part.policy == nil {
			kept = append(kept, one)
		} else {
			kept = x.within(kept, x.explain(a, part, i), part.ownedBy(account))
		}
	}
	parts, _ := x.parts(a, t)
	for _, part := range parts {
		own := part.ownedBy(account)
		if !own && !x.mayEnter(part, account) {
			continue
		}
		kept = x.within(kept, x.explain(a, part, i), own)
	}
	return x.grants(kept, "*")
}

// mayEnter reports whether the policy of another account's resource could let somebody of an account in: whether it names
// anyone, the account, or somebody in it.
func (x *Index) mayEnter(t *target, account string) bool {
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
			return name == "*" || name == account || ok && a.Account == account
		}) {
			return true
		}
	}
	return false
}
