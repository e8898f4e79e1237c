package access

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// folder puts actions that have the same answer into one row.
type folder struct {
	x    *Index
	rows map[string]*row
}

type row struct {
	grant   Grant
	actions []iam.ActionInfo
}

// add adds the answers about an action.
func (f *folder) add(a iam.ActionInfo, grants []Grant) {
	for i := range grants {
		g := &grants[i]
		service := a.Service
		if spans(g) {
			service = ""
		}
		key := service + "\x00" + f.key(g)
		r := f.rows[key]
		if r == nil {
			r = &row{grant: *g}
			r.grant.Resources = nil
			f.rows[key] = r
		}
		if n := len(r.actions); n == 0 || r.actions[n-1].String() != a.String() { // another answer about the same action
			r.actions = append(r.actions, a)
		}
		for _, p := range g.Resources {
			if !slices.Contains(r.grant.Resources, p) {
				r.grant.Resources = append(r.grant.Resources, p)
			}
		}
	}
}

// spans reports whether a grant comes from a statement about actions of every service.
func spans(g *Grant) bool {
	return slices.ContainsFunc(g.Statements, func(e graph.Evidence) bool {
		return e.Effect == string(iam.EffectAllow) && (e.Layer == string(iam.LayerIdentity) || e.Layer == string(iam.LayerResource)) &&
			(len(e.Actions) == 0 || slices.ContainsFunc(e.Actions, func(a string) bool { return a == "*" || a == "*:*" }))
	})
}

// key is the same for answers that are one row. The resources count only where they are not simply those that the
// statements name: which of those an action can act on is for the action.
func (f *folder) key(g *Grant) string {
	var b strings.Builder
	part := func(s string) {
		b.WriteString(s)
		b.WriteByte('\x00')
	}
	part(string(g.Decision))
	part(g.Unknown)
	for _, c := range g.Conditions {
		part(c.String() + c.From)
	}
	named := map[string]bool{"*": true}
	for _, e := range g.Statements {
		part(e.Effect + e.Layer + e.Policy + strconv.Itoa(e.Statement))
		for _, r := range e.Resources {
			named[r] = true
		}
	}
	for _, h := range g.Holes {
		part(h)
	}
	if slices.ContainsFunc(g.Resources, func(r string) bool { return !named[r] }) {
		for _, r := range g.Resources {
			part(r)
		}
	}
	return b.String()
}

// fold makes the rows.
func (f *folder) fold() []Power {
	out := []Power{}
	for _, r := range f.rows { // sorted below
		out = append(out, r.powers()...)
	}
	slices.SortFunc(out, func(a, b Power) int {
		return cmp.Or(cmp.Compare(min(len(b.Services), 2), min(len(a.Services), 2)), strings.Compare(a.Services[0], b.Services[0]),
			rank(b.Decision)-rank(a.Decision), b.Count-a.Count, slices.Compare(a.Actions, b.Actions), slices.Compare(a.Resources, b.Resources),
			strings.Compare(f.key(&a.Grant), f.key(&b.Grant)))
	})
	return out
}

// powers are the rows that a row becomes: one for each service, and one for all services of which it has everything.
func (r *row) powers() (out []Power) {
	slices.Sort(r.grant.Resources)
	r.grant.Resources = arn.Widest(r.grant.Resources)
	r.grant.Part = !slices.Contains(r.grant.Resources, "*")
	of := map[string][]iam.ActionInfo{}
	for _, a := range r.actions {
		of[a.Service] = append(of[a.Service], a)
	}
	var whole []string
	for s, actions := range of {
		if len(actions) == len(iam.Actions(s)) {
			whole = append(whole, s)
		}
	}
	slices.Sort(whole)
	if len(whole) > 1 {
		p := Power{Services: whole, Grant: r.grant}
		levels := map[string]int{}
		for _, s := range whole {
			p.count(of[s], levels)
			delete(of, s)
			p.Actions = append(p.Actions, s+":*")
		}
		if len(whole)*2 > len(iam.Services()) {
			p.Actions = []string{"*"}
			for _, s := range iam.Services() {
				if !slices.Contains(whole, s) {
					p.Except = append(p.Except, s+":*")
				}
			}
		}
		out = append(out, p)
	}
	var written []string
	for _, e := range r.grant.Statements {
		if e.Effect == string(iam.EffectAllow) {
			written = append(written, e.Actions...)
		}
	}
	for s, actions := range of { // fold sorts
		p := Power{Services: []string{s}, Grant: r.grant}
		p.count(actions, map[string]int{})
		p.Actions, p.Except = patterns(s, actions, written)
		out = append(out, p)
	}
	return out
}

// count adds actions to the numbers of a row; levels adds up.
func (p *Power) count(actions []iam.ActionInfo, levels map[string]int) {
	p.Count += len(actions)
	for _, a := range actions {
		levels[a.Access]++
	}
	p.Access = nil
	for _, l := range levelOrder {
		if levels[l] > 0 {
			p.Access = append(p.Access, Level{l, levels[l]})
		}
	}
}

// patterns writes actions of a service as patterns: every action of theirs but for those of except is among the actions.
// written are the patterns of the statements that grant them, which people know.
func patterns(service string, actions []iam.ActionInfo, written []string) (in, except []string) {
	set := make(map[string]bool, len(actions))
	for _, a := range actions {
		set[a.String()] = true
	}
	var own []string // of the service
	for _, w := range written {
		if svc, _, ok := strings.Cut(w, ":"); ok && strings.EqualFold(svc, service) {
			own = append(own, w)
		}
	}
	in = cover(set, own)
	rest := map[string]bool{}
	for _, a := range iam.Actions(service) {
		if s := a.String(); !set[s] {
			rest[s] = true
		}
	}
	if len(rest) < len(set) {
		if out := cover(rest, nil); len(out)+1 < len(in) {
			return []string{service + ":*"}, out
		}
	}
	return in, nil
}

// cover writes a set of actions as patterns that match nothing else, sorted: those that were written first, then whole
// services, then those that begin with the same verb, then names.
func cover(set map[string]bool, written []string) []string {
	left := make(map[string]bool, len(set))
	for a := range set {
		left[a] = true
	}
	var out []string
	take := func(pattern string) bool {
		matching := iam.MatchingActions(pattern)
		news := 0
		for _, a := range matching {
			if !set[a.String()] {
				return false
			}
			if left[a.String()] {
				news++
			}
		}
		if news == 0 {
			return false
		}
		for _, a := range matching {
			delete(left, a.String())
		}
		out = append(out, pattern)
		return true
	}
	written = slices.Clone(written)
	slices.SortStableFunc(written, func(a, b string) int { return iam.ActionCount(b) - iam.ActionCount(a) })
	for _, p := range written {
		take(p)
	}
	for _, name := range sorted(left) {
		if !left[name] {
			continue // taken by a pattern
		}
		svc, action, _ := strings.Cut(name, ":")
		if take(svc + ":*") {
			continue
		}
		if v := verb(action); v != action && iam.ActionCount(svc+":"+v+"*") > 1 && take(svc+":"+v+"*") {
			continue
		}
		take(name)
	}
	slices.Sort(out)
	return out
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for s := range set {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// verb is the first word of an action's name: "Get" of GetObject.
func verb(name string) string {
	for i := 1; i < len(name); i++ {
		if name[i] >= 'A' && name[i] <= 'Z' {
			return name[:i]
		}
	}
	return name
}
