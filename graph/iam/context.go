package iam

import (
	"slices"
	"strings"
)

// Presence is what is known of a condition key in a request.
type Presence uint8

// What can be known of a key.
const (
	Absent       Presence = iota // the request does not carry the key
	Present                      // it does, with the values given
	NotKnown                     // not known whether it does
	ValueUnknown                 // it does, with a value that is not known
)

// Context is the condition keys of a request. Keys are case-insensitive, tag keys behind the slash included
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). The zero Context knows
// that every key is absent. A Context is not changed by evaluation, so many goroutines may read one.
type Context struct {
	// Default is what holds for keys not listed: Absent for a strict answer, NotKnown for what could be allowed.
	Default Presence

	keys     map[string]*contextKey
	prefixes []contextPrefix
	parent   *Context // asked for keys that this one does not list, nor covers by a prefix

	// ids and row stand for keys in an Index: the key k is row[ids[k]].
	ids map[string]int32
	row []contextKey
}

// contextKey is what is known of a key. The value of a single-valued key is kept by itself, so that reading it follows
// no pointer to a list.
type contextKey struct {
	one      string
	many     []string
	presence Presence
	multi    bool
}

func (k *contextKey) values() []string {
	if k.presence == Present && !k.multi {
		return []string{k.one}
	}
	return k.many
}

// unsaid marks a key that a row of an Index says nothing of.
const unsaid Presence = 255

// standing are the keys without values, by their presence.
var standing = [...]contextKey{Absent: {presence: Absent}, Present: {presence: Present, multi: true}, NotKnown: {presence: NotKnown}, ValueUnknown: {presence: ValueUnknown}}

type contextPrefix struct {
	prefix   string
	presence Presence
}

// NewContext returns a Context of the keys given, whose Default is Absent. One value makes a key single-valued,
// more make it multi-valued, none make it present and empty.
func NewContext(keys map[string][]string) Context {
	c := Context{keys: make(map[string]*contextKey, len(keys))}
	for k, v := range keys {
		if len(v) == 1 {
			c.Set(k, v[0])
		} else {
			c.SetMulti(k, v...)
		}
	}
	return c
}

// Discover is NewContext with Default NotKnown.
func Discover(keys map[string][]string) Context {
	c := NewContext(keys)
	c.Default = NotKnown
	return c
}

// Set gives a single-valued key its value.
func (c *Context) Set(key, value string) {
	c.put(key, contextKey{one: value, presence: Present})
}

// SetMulti gives a multi-valued key its values: what ForAllValues and ForAnyValue look through.
func (c *Context) SetMulti(key string, values ...string) {
	c.put(key, contextKey{many: slices.Clone(values), presence: Present, multi: true})
}

// Mark says of a key that it is Absent, NotKnown or ValueUnknown.
func (c *Context) Mark(key string, p Presence) { c.put(key, contextKey{presence: p}) }

// MarkPrefix says of every key that begins with prefix and is not listed what is known of it: after
// MarkPrefix("aws:PrincipalTag/", Absent) the tags listed are all the tags there are. The first prefix that fits
// counts.
func (c *Context) MarkPrefix(prefix string, p Presence) {
	c.prefixes = append(c.prefixes, contextPrefix{strings.ToLower(prefix), p})
}

// Over returns a Context that asks c first and base for what c does not list. c's Default is not used; base's is.
func (c Context) Over(base *Context) Context {
	c.parent = base
	return c
}

// At most a map of a Context is written to while it is made; afterwards it is shared by copies.
func (c *Context) put(key string, v contextKey) {
	if c.keys == nil {
		c.keys = map[string]*contextKey{}
	}
	c.keys[strings.ToLower(key)] = &v
}

// Get returns what is known of a key.
func (c *Context) Get(key string) (values []string, p Presence) {
	v := c.get(strings.ToLower(key))
	return v.values(), v.presence
}

// get is Get for a key in lower case; it does not allocate.
func (c *Context) get(key string) *contextKey {
	for {
		if c.ids != nil {
			if id, ok := c.ids[key]; ok && c.row[id].presence != unsaid {
				return &c.row[id]
			}
		} else if v, ok := c.keys[key]; ok {
			return v
		}
		for i := range c.prefixes {
			if strings.HasPrefix(key, c.prefixes[i].prefix) {
				return &standing[c.prefixes[i].presence]
			}
		}
		if c.parent == nil {
			return &standing[c.Default]
		}
		c = c.parent
	}
}

// lists reports whether this Context itself, apart from its parent, says something of a key in lower case.
func (c *Context) lists(key string) bool {
	if _, ok := c.keys[key]; ok {
		return true
	}
	for _, p := range c.prefixes {
		if strings.HasPrefix(key, p.prefix) {
			return true
		}
	}
	return false
}
