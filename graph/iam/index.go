package iam

import (
	"slices"
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
	ObjectOwner                       string // as in Request
	ObjectOwnerUnknown                bool

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
	count    []int // how many subjects have each as an identity policy
	people   []person
	scps     []scpSet
	personal Context      // lists the keys that some subject brings
	rows     []contextKey // what each subject says of each of them, subject after subject
	lists    []int32      // indices of uses, for person
	ids      map[string]int32
	prefixed bool // some subject has prefixes

	mu    sync.Mutex
	plans map[string]*plan
}

// use is a policy in a layer.
type use struct {
	policy *Policy
	layer  Layer
}

// person is a subject's policies as ranges of Index.lists.
type person struct {
	identity, boundary, session stretch
	scp                         int32 // index of scps; -1 when none apply
	missing                     missing
	incomplete                  bool // missing says something
	anySession                  bool
	kind                        PrincipalKind
}

// stretch is a range of Index.lists.
type stretch struct{ from, to int32 }

func (x *Index) of(r stretch) []int32 { return x.lists[r.from:r.to] }

// scpSet is the levels that subjects share, as indices of uses.
type scpSet struct{ levels [][]int32 }

// plan is what the policies say of one action. The lists of all subjects stand in one array each: those of subject i
// begin at starts[i] and end at starts[i+1].
type plan struct {
	speaks [][]spoken // by use, for uses that several subjects share
	shared []int32    // subjects' identity uses that several subjects share and that say anything
	own    []spoken   // the statements of subjects' other identity policies
	kinds  []int32    // the shapes of own, by themselves, because most questions stop at them
	starts []struct{ shared, own int32 }
	shapes []shape // distinct resources and conditions among own
}

// spoken is a statement that names the action.
type spoken struct {
	s         *statement
	policy    *Policy
	statement int32
	invalid   bool       // s is
	shape     int32      // of plan.shapes; -1 when its resource depends on the subject
	personal  []personal // the conditions that depend on the subject
}

// personal is a condition that depends on the subject, with the place of its key in the rows of an Index; -1 when the
// key is not among them.
type personal struct {
	*condition
	column int32
}

// has reports whether a condition is among those that depend on the subject.
func (sp *spoken) has(c *condition) bool {
	for i := range sp.personal {
		if sp.personal[i].condition == c {
			return true
		}
	}
	return false
}

// needs reports whether the statement needs the subject to be matched.
func (sp *spoken) needs() bool { return sp.shape < 0 || len(sp.personal) > 0 }

// shape stands for all statements that match the same resources and, of the conditions that need no subject, on the
// same: what one of them does, all do.
type shape struct {
	like spoken

	// prefix is what every resource that they match begins with, where quick says that they match no other: most
	// questions are answered by it.
	prefix string
	quick  bool
}

// cut finds the shape's prefix.
func (sh *shape) cut() {
	s := sh.like.s
	if s.anyResource || !s.hasResource || s.notResource || len(s.resources) == 0 {
		return
	}
	sh.prefix = s.resources[0].prefix
	for i := range s.resources {
		r := &s.resources[i]
		if r.vars != nil || r.any || r.short {
			return
		}
		n := 0
		for n < len(sh.prefix) && n < len(r.prefix) && sh.prefix[n] == r.prefix[n] {
			n++
		}
		sh.prefix = sh.prefix[:n]
	}
	sh.quick = true
}

// NewIndex prepares to answer for subjects. Verdicts name them by their place in the list. The subjects' Policies are
// not copied.
func NewIndex(subjects []Subject) *Index {
	x := &Index{subjects: subjects, who: make([]identity, len(subjects)), people: make([]person, len(subjects)),
		plans: map[string]*plan{}}
	x.personal.keys = map[string]*contextKey{}
	var names []string
	known := map[use]int32{}
	intern := func(u use) int32 {
		i, ok := known[u]
		if !ok {
			i = int32(len(x.uses))
			known[u] = i
			x.uses = append(x.uses, u)
			x.count = append(x.count, 0)
		}
		return i
	}
	all := func(list []*Policy, layer Layer) []int32 {
		out := make([]int32, len(list))
		for i, p := range list {
			out[i] = intern(use{p, layer})
			if layer == LayerIdentity {
				x.count[out[i]]++
			}
		}
		return out
	}
	keep := func(ids []int32) stretch {
		from := len(x.lists)
		x.lists = append(x.lists, ids...)
		return stretch{int32(from), int32(len(x.lists))}
	}
	sets := map[string]int32{}
	prefixes := map[string]bool{}
	for i := range subjects {
		s := &subjects[i]
		q := query{}
		q.prepare(&Request{Principal: s.Principal}, &Policies{}, &x.who[i])
		p := &x.people[i]
		p.identity, p.boundary = keep(all(s.Identity, LayerIdentity)), keep(all(s.Boundary, LayerBoundary))
		p.session = keep(all(s.Session, LayerSession))
		p.kind, p.anySession = s.Principal.Kind, s.Principal.AnySession
		p.scp = -1
		p.missing, p.incomplete = readMissing(s.Missing), len(s.Missing) > 0
		if s.SCP != nil && q.underSCP() {
			set := scpSet{}
			var key strings.Builder
			for _, l := range s.SCP {
				ids := all(l.Policies, LayerSCP)
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
			if x.personal.keys[k] == nil {
				x.personal.keys[k] = &contextKey{}
				names = append(names, k)
			}
		}
		for _, pre := range s.Context.prefixes {
			x.prefixed = true
			if !prefixes[pre.prefix] {
				prefixes[pre.prefix] = true
				x.personal.prefixes = append(x.personal.prefixes, pre)
			}
		}
	}
	x.fillRows(names)
	return x
}

// fillRows writes the subjects' own keys as a table.
func (x *Index) fillRows(names []string) {
	slices.Sort(names)
	x.ids = make(map[string]int32, len(names))
	for i, k := range names {
		x.ids[k] = int32(i)
	}
	// Values that several subjects have, as tags are, are kept once.
	values := map[string]string{}
	x.rows = make([]contextKey, len(names)*len(x.subjects))
	for i := range x.subjects {
		row := x.rows[i*len(names) : (i+1)*len(names)]
		for j, k := range names {
			v := x.subjects[i].Context.keys[k]
			if v == nil {
				row[j].presence = unsaid
				continue
			}
			row[j] = *v
			if known, ok := values[v.one]; ok {
				row[j].one = known
			} else {
				values[v.one] = v.one
			}
		}
	}
}

// Len is the number of subjects.
func (x *Index) Len() int { return len(x.subjects) }

// Subject returns one subject; it is not to be changed.
func (x *Index) Subject(i int) *Subject { return &x.subjects[i] }

// personalResource reports whether a statement's resources depend on the subject.
func (x *Index) personalResource(s *statement) bool {
	for i := range s.resources {
		if x.personalText(s.resources[i].vars) {
			return true
		}
	}
	return false
}

// personalConditions returns the conditions of a statement that do.
func (x *Index) personalConditions(s *statement) (out []personal) {
next:
	for i := range s.conditions {
		c := &s.conditions[i]
		if x.personal.lists(c.key) {
			column, ok := x.ids[c.key]
			if !ok {
				column = -1
			}
			out = append(out, personal{c, column})
			continue
		}
		for j := range c.values {
			if x.personalText(c.values[j].vars) {
				out = append(out, personal{c, -1})
				continue next
			}
		}
	}
	return out
}

func (x *Index) personalText(t *template) bool {
	if t != nil {
		for _, p := range t.parts {
			if p.key != "" && x.personal.lists(p.key) {
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
	p := &plan{speaks: make([][]spoken, len(x.uses)), starts: make([]struct{ shared, own int32 }, 1, len(x.people)+1)}
	for i, u := range x.uses {
		if u.layer != LayerIdentity || x.count[i] > 1 {
			p.speaks[i] = x.speaking(nil, q, u.policy)
		}
	}
	shapes := map[string]int32{}
	for i := range x.people {
		for _, u := range x.of(x.people[i].identity) {
			if x.count[u] > 1 {
				if len(p.speaks[u]) > 0 {
					p.shared = append(p.shared, u)
				}
				continue
			}
			from := len(p.own)
			p.own = x.speaking(p.own, q, x.uses[u].policy)
			for j := from; j < len(p.own); j++ {
				p.shape(&p.own[j], shapes)
				p.kinds = append(p.kinds, p.own[j].shape)
			}
		}
		p.starts = append(p.starts, struct{ shared, own int32 }{int32(len(p.shared)), int32(len(p.own))})
	}
	x.plans[key] = p
	return p
}

// speaking adds the statements of a policy that name the query's action.
func (x *Index) speaking(out []spoken, q *query, p *Policy) []spoken {
	for i := range p.statements {
		s := &p.statements[i]
		if !s.speaksOf(q) {
			continue
		}
		sp := spoken{s: s, policy: p, statement: int32(i), invalid: s.invalid != "", personal: x.personalConditions(s)}
		if x.personalResource(s) {
			sp.shape = -1
		}
		out = append(out, sp)
	}
	return out
}

// shape finds the shape of a statement, or makes it.
func (p *plan) shape(sp *spoken, known map[string]int32) {
	if sp.shape < 0 {
		return
	}
	s := sp.s
	var key strings.Builder
	key.WriteString(string(s.effect) + s.invalid)
	if s.notResource {
		key.WriteByte('!')
	}
	if !s.hasResource {
		key.WriteByte('-')
	}
	for i := range s.resources {
		r := &s.resources[i]
		key.WriteString(r.src)
		if r.vars != nil {
			key.WriteByte('\n') // the same text may have variables in one policy and none in another
		}
		key.WriteByte('\x00')
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		if sp.has(c) {
			continue
		}
		key.WriteString(c.src.Operator + "\x00" + c.key)
		for j := range c.values {
			key.WriteByte('\x00')
			key.WriteString(c.src.Values[j])
			if c.values[j].vars != nil {
				key.WriteByte('\n')
			}
		}
		key.WriteByte('\x01')
	}
	id, ok := known[key.String()]
	if !ok {
		id = int32(len(p.shapes))
		known[key.String()] = id
		p.shapes = append(p.shapes, shape{like: *sp})
		p.shapes[id].cut()
	}
	sp.shape = id
}
