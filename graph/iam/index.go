package iam

import (
	"strconv"
	"strings"
	"sync"
)

// Subject is a principal with all that is its own: its policies, those of its organization, and the condition keys that
// come with it.
type Subject struct {
	Principal Principal
	Context   Context // aws:PrincipalArn, aws:PrincipalTag/… ; its Default is not used

	Identity, Boundary, Session []*Policy
	SCP                         []Level
	Missing                     []Missing
}

// Target is an action on a resource, with all that is the resource's or the request's own.
type Target struct {
	Action, Resource, ResourceAccount string
	ResourceLess, Takes               bool // as in Request
	ResourceManagement                bool

	Policy   *Policy
	RCP      []Level
	Endpoint []*Policy
	Missing  []Missing
	Context  Context // keys of the request; Default is that of all keys not listed
}

// Index answers for many subjects. It holds for each action the statements that name it, so that asking visits no
// others, and it looks at each policy once for a target however many subjects share it. An Index does not change; make
// an Asker to ask it.
type Index struct {
	subjects []Subject
	who      []identity
	uses     []use // distinct (policy, layer) pairs
	people   []person
	scps     []scpSet
	personal Context // lists the keys that some subject brings

	mu    sync.Mutex
	plans map[string]*plan
}

// use is a policy in a layer.
type use struct {
	policy *Policy
	layer  Layer
	level  int
}

// person is a subject's policies as indices of uses.
type person struct {
	identity, boundary, session []int32
	scp                         int32 // index of scps; -1 when none apply
	missing                     missing
}

// scpSet is the levels that subjects share, as indices of uses.
type scpSet struct{ levels [][]int32 }

// plan is what the policies say of one action.
type plan struct {
	speaks [][]spoken // by use
	// subjects' identity uses that say anything, in one array: those of subject i are identity[start[i]:start[i+1]].
	identity []int32
	start    []int32
}

// spoken is a statement that names the action.
type spoken struct {
	statement int32
	personal  bool // whether it matches depends on the subject
}

// NewIndex prepares to answer for subjects. Verdicts name them by their place in the list. The subjects' Policies are
// not copied.
func NewIndex(subjects []Subject) *Index {
	x := &Index{subjects: subjects, who: make([]identity, len(subjects)), people: make([]person, len(subjects)),
		plans: map[string]*plan{}}
	x.personal.keys = map[string]contextKey{}
	known := map[use]int32{}
	intern := func(u use) int32 {
		i, ok := known[u]
		if !ok {
			i = int32(len(x.uses))
			known[u] = i
			x.uses = append(x.uses, u)
		}
		return i
	}
	all := func(list []*Policy, layer Layer, level int) []int32 {
		out := make([]int32, len(list))
		for i, p := range list {
			out[i] = intern(use{p, layer, level})
		}
		return out
	}
	sets := map[string]int32{}
	prefixes := map[string]bool{}
	for i := range subjects {
		s := &subjects[i]
		q := query{}
		q.prepare(&Request{Principal: s.Principal}, &Policies{})
		x.who[i] = q.who
		p := &x.people[i]
		p.identity, p.boundary, p.session = all(s.Identity, LayerIdentity, 0), all(s.Boundary, LayerBoundary, 0), all(s.Session, LayerSession, 0)
		p.scp = -1
		p.missing = readMissing(s.Missing)
		if s.SCP != nil && q.underSCP() {
			set := scpSet{}
			var key strings.Builder
			for j, l := range s.SCP {
				ids := all(l.Policies, LayerSCP, j)
				for _, id := range ids {
					key.WriteString(strconv.Itoa(int(id)))
					key.WriteByte(',')
				}
				key.WriteByte('|')
				set.levels = append(set.levels, ids)
			}
			id, ok := sets[key.String()]
			if !ok {
				id = int32(len(x.scps))
				sets[key.String()] = id
				x.scps = append(x.scps, set)
			}
			p.scp = id
		}
		for k := range s.Context.keys {
			x.personal.keys[k] = contextKey{}
		}
		for _, pre := range s.Context.prefixes {
			if !prefixes[pre.prefix] {
				prefixes[pre.prefix] = true
				x.personal.prefixes = append(x.personal.prefixes, pre)
			}
		}
	}
	return x
}

// Len is the number of subjects.
func (x *Index) Len() int { return len(x.subjects) }

// Subject returns one subject; it is not to be changed.
func (x *Index) Subject(i int) *Subject { return &x.subjects[i] }

// isPersonal reports whether a statement's match depends on the subject, apart from Principal.
func (x *Index) isPersonal(s *statement) bool {
	open := func(t *template) bool {
		if t != nil {
			for _, p := range t.parts {
				if p.key != "" && x.personal.lists(p.key) {
					return true
				}
			}
		}
		return false
	}
	for _, r := range s.resources {
		if open(r.vars) {
			return true
		}
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		if x.personal.lists(c.key) {
			return true
		}
		for _, v := range c.values {
			if open(v.vars) {
				return true
			}
		}
	}
	return false
}

// plan finds, once for each action, the statements that name it.
func (x *Index) plan(q *query) *plan {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := q.service + ":" + q.name
	if p := x.plans[key]; p != nil {
		return p
	}
	p := &plan{speaks: make([][]spoken, len(x.uses)), start: make([]int32, 1, len(x.people)+1)}
	for i, u := range x.uses {
		p.speaks[i] = x.speaking(q, u.policy)
	}
	for i := range x.people {
		for _, u := range x.people[i].identity {
			if len(p.speaks[u]) > 0 {
				p.identity = append(p.identity, u)
			}
		}
		p.start = append(p.start, int32(len(p.identity)))
	}
	x.plans[strings.Clone(key)] = p
	return p
}

func (x *Index) speaking(q *query, p *Policy) (out []spoken) {
	for i := range p.statements {
		if s := &p.statements[i]; s.actions.matches(q) != s.notAction {
			out = append(out, spoken{int32(i), x.isPersonal(s)})
		}
	}
	return out
}
