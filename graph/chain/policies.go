package chain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// principal is a user, role or group with everything that governs it, compiled once.
type principal struct {
	node      graph.NodeID
	arn       string
	account   string
	name      string
	kind      graph.NodeKind
	pol       iam.Policies // Resource and RCP are set for each request
	grants    []grant      // identity statements that allow something
	keys      map[string][]string
	tagsKnown bool         // all its tags were imported
	keysOf    *iam.Context // of keys, once it was asked for
	partial   string       // why its own policies are not wholly known; "" when they are
}

// grant is one identity statement with effect Allow, and the policy that holds it.
type grant struct {
	policy *iam.Policy
	stmt   *iam.Statement // as the evaluator has it; of a statement that is not wholly known, see open.go
	open   []string       // resources of it whose names are not known, as written
	partly []string       // of them, those of whose names a part is known, with wildcards for the rest
}

// policy compiles a document once, keeps it for the drawer, and returns nil with the reason when it cannot be read.
func (b *builder) policy(id, name, kind, holder string, d inventory.PolicyDoc) (*iam.Policy, string) {
	if p, ok := b.compiled[id]; ok && p != nil {
		return p, ""
	}
	if d.Unknown != "" || d.Raw == nil {
		return nil, cmp.Or(d.Unknown, "its document was not imported")
	}
	doc, err := d.Parse() // a statement that is not wholly known must not count as one that does not match
	if err != nil {
		b.gap(fmt.Sprintf("the policy %s of %s", name, holder), "a document that AWS would accept: "+err.Error())
		return nil, err.Error()
	}
	if len(d.Unresolved) > 0 {
		if written, err := iam.Parse(d.Raw); err == nil {
			b.written[id] = written
		}
	}
	p := iam.Compile(id, doc)
	b.compiled[id] = p
	b.policies[id] = &graph.Policy{ID: id, Name: name, Kind: kind, Holder: holder, Text: indented(d.Raw), Unresolved: unresolved(d), Lines: d.Lines, Source: source(d.Source)}
	return p, ""
}

func unresolved(d inventory.PolicyDoc) []graph.UnresolvedStatement {
	var out []graph.UnresolvedStatement
	for _, u := range d.Unresolved {
		out = append(out, graph.UnresolvedStatement{Statement: u.Statement, Reason: u.Reason})
	}
	return out
}

func indented(raw json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return string(raw)
	}
	return out.String()
}

// managed returns a managed policy by ARN: as imported, else as AWS publishes it.
func (b *builder) managed(a, kind string) (*iam.Policy, string) {
	if p, ok := b.compiled[a]; ok && p != nil {
		return p, ""
	}
	if d, ok := b.managedDocs()[a]; ok {
		k := kind
		if k == "" {
			k = "managed policy"
			if d.AWSManaged || strings.HasPrefix(a, "arn:aws:iam::aws:") {
				k = "AWS managed policy"
			}
		}
		return b.policy(a, cmp.Or(d.Name, lastSegment(a)), k, "", d.Document)
	}
	if raw, ok := iam.ManagedPolicyText(a); ok {
		_, version := iam.DataVersion()
		return b.policy(a, lastSegment(a), cmp.Or(kind, "AWS managed policy"), "", inventory.PolicyDoc{Raw: raw,
			Source: inventory.Source{Address: "as AWS publishes it, " + version}})
	}
	b.gap("the managed policy "+lastSegment(a), "aws iam get-account-authorization-details, or aws iam get-policy-version --policy-arn "+a+" --version-id …")
	return nil, "the managed policy " + lastSegment(a) + " was not imported"
}

func (b *builder) managedDocs() map[string]*inventory.ManagedPolicy {
	if b.managedByARN == nil {
		b.managedByARN = map[string]*inventory.ManagedPolicy{}
		for i := range b.f.ManagedPolicies {
			m := &b.f.ManagedPolicies[i]
			if old, ok := b.managedByARN[m.ARN]; !ok || old.Document.Raw == nil {
				b.managedByARN[m.ARN] = m
			}
		}
	}
	return b.managedByARN
}

// compilePrincipals compiles what governs each role, user and group.
func (b *builder) compilePrincipals() {
	attached := map[string][]*inventory.AttachedPolicy{}
	for i := range b.f.AttachedPolicies {
		a := &b.f.AttachedPolicies[i]
		for _, holder := range slices.Concat(a.Roles, a.Users, a.Groups) {
			attached[holder] = append(attached[holder], a)
		}
	}
	groups := map[string][]*inventory.Group{}
	for i := range b.f.Groups {
		g := &b.f.Groups[i]
		groups[g.ARN] = append(groups[g.ARN], g)
		p := b.principal(g.ARN, graph.KindGroup)
		b.addIdentity(p, g.Name, g.Inline, g.Attached)
	}
	for i := range b.f.Users {
		u := &b.f.Users[i]
		p := b.principal(u.ARN, graph.KindUser)
		b.addIdentity(p, u.Name, u.Inline, u.Attached)
		b.addBoundary(p, u.Boundary)
		for _, name := range u.Groups {
			ga := groupARN(u.ARN, name, groups)
			gn := b.arnNode(ga, graph.KindGroup, name)
			e := b.edge(p.node, graph.MemberOf, gn.ID)
			e.Wired = graph.Yes
			addEvidence(e, configured(u.Source, u.Name+" is in the group "+name))
			if len(groups[ga]) == 0 {
				unknownNode(gn, "named as a group of "+u.Name+"; the group itself was not imported")
				b.missing(p, "the group "+name+" was not imported")
				continue
			}
			for _, g := range groups[ga] {
				b.addIdentity(p, g.Name, g.Inline, g.Attached)
			}
		}
		p.keys["aws:username"] = []string{u.Name}
		principalTags(p, u.Tags)
	}
	for i := range b.f.Roles {
		r := &b.f.Roles[i]
		p := b.principal(r.ARN, graph.KindRole)
		b.addIdentity(p, r.Name, r.Inline, r.Attached)
		b.addBoundary(p, r.Boundary)
		principalTags(p, r.Tags)
		if r.Partial != "" {
			b.missing(p, r.Partial)
		}
	}
	for _, a := range sortedKeysOf(attached) {
		p, ok := b.principals[a]
		if !ok {
			continue // a role that was not imported stays unknown as a whole
		}
		for _, ap := range attached[a] {
			b.addIdentity(p, p.name, []inventory.PolicyDoc{ap.Policy}, nil)
		}
	}
	for _, a := range sortedKeysOf(b.principals) {
		p := b.principals[a]
		b.orgs.apply(b, p)
		p.keys["aws:principalarn"] = []string{p.arn}
		p.keys["aws:principalaccount"] = []string{p.account}
		if org := b.orgs.orgOf(p.account); org != "" {
			p.keys["aws:principalorgid"] = []string{org}
		}
	}
}

func groupARN(user, name string, groups map[string][]*inventory.Group) string {
	p, _ := arn.Parse(user)
	want := "arn:" + p.Partition + ":iam::" + p.Account + ":group/" + name
	if _, ok := groups[want]; ok {
		return want
	}
	for _, g := range slices.Sorted(maps.Keys(groups)) { // groups with a path
		if gp, err := arn.Parse(g); err == nil && gp.Account == p.Account && lastSegment(g) == name {
			return g
		}
	}
	return want
}

func (b *builder) principal(a string, kind graph.NodeKind) *principal {
	if p, ok := b.principals[a]; ok {
		return p
	}
	n := b.nodes[graph.NodeID(a)]
	p := &principal{node: graph.NodeID(a), arn: a, account: n.Account, name: n.Name, kind: kind, keys: map[string][]string{}}
	b.principals[a] = p
	return p
}

// principalTags fills aws:PrincipalTag/KEY. Without imported tags these keys stay unknown.
func principalTags(p *principal, tags inventory.Tags) {
	p.tagsKnown = p.tagsKnown || tags != nil
	for k, v := range tags {
		p.keys["aws:principaltag/"+strings.ToLower(k)] = []string{v}
	}
}

func (b *builder) missing(p *principal, why string) {
	if p.partial == "" {
		p.partial = why
	}
	p.pol.Missing = append(p.pol.Missing, iam.Missing{Layer: iam.LayerIdentity, Reason: why})
}

func (b *builder) addIdentity(p *principal, holder string, inline []inventory.PolicyDoc, attached []string) {
	owner := p.arn
	for _, d := range inline {
		id := owner + " inline " + d.Name
		if holder != p.name && p.kind == graph.KindUser { // a group's inline policy is one policy for all its members
			id = "group " + holder + " in " + p.account + " inline " + d.Name
		}
		pol, why := b.policy(id, d.Name, "inline policy", holder, d)
		b.addGrants(p, pol, d.Name, why)
	}
	for _, a := range attached {
		pol, why := b.managed(a, "")
		b.addGrants(p, pol, lastSegment(a), why)
	}
}

func (b *builder) addGrants(p *principal, pol *iam.Policy, name, why string) {
	if pol == nil {
		b.missing(p, cmp.Or(why, "the policy "+name+" could not be read"))
		return
	}
	if slices.Contains(p.pol.Identity, pol) {
		return
	}
	p.pol.Identity = append(p.pol.Identity, pol)
	doc := pol.Document()
	for i := range doc.Statements {
		if doc.Statements[i].Effect != iam.EffectAllow {
			continue
		}
		g, why := b.grantOf(pol, &doc.Statements[i])
		if why != "" {
			b.missing(p, why)
			continue
		}
		p.grants = append(p.grants, g)
	}
}

func (b *builder) addBoundary(p *principal, a string) {
	if a == "" {
		return
	}
	pol, why := b.managed(a, "permissions boundary")
	if pol == nil {
		p.pol.Missing = append(p.pol.Missing, iam.Missing{Layer: iam.LayerBoundary, Reason: "permissions boundary: " + why})
		return
	}
	if !slices.Contains(p.pol.Boundary, pol) {
		p.pol.Boundary = append(p.pol.Boundary, pol)
	}
}

// compileResourcePolicies compiles the policies that sit on resources, by the ARN that they sit on.
func (b *builder) compileResourcePolicies() {
	docs := map[string][]*inventory.ResourcePolicy{}
	for i := range b.f.ResourcePolicies {
		rp := &b.f.ResourcePolicies[i]
		if !rp.Resource.OK() {
			b.gap("which resource a policy in "+rp.Source.File+" sits on", "a file named after the resource, or its ARN in the policy's statements")
			if n := b.unnamed(rp); n != nil {
				addSource(n, rp.Source)
				if pol, _ := b.policy(string(n.ID)+" resource policy", "resource policy", "resource policy", n.Name, rp.Document); pol != nil {
					b.resource[string(n.ID)] = pol
				}
			}
			continue
		}
		a := rp.Resource.Value
		if n, ok := b.targetNode(a); ok {
			a = n.ARN
			if n.Account == "" {
				n.Account = rp.Account
			}
		}
		docs[a] = append(docs[a], rp)
	}
	for _, a := range slices.Sorted(maps.Keys(docs)) {
		d := docs[a][0].Document
		if len(docs[a]) > 1 {
			d = mergeDocuments(docs[a])
		}
		holder := lastSegment(a)
		if n, ok := b.targetNode(a); ok {
			holder = n.Name
		}
		pol, why := b.policy(a+" resource policy", "resource policy", "resource policy", holder, d)
		if pol == nil {
			b.gap("the resource policy of "+holder, "its policy as the CLI prints it: "+why)
			continue
		}
		b.resource[a] = pol
	}
}

// mergeDocuments joins several documents about one resource (Lambda permissions of two templates): a resource has one
// policy, and each source knows a part of it. Documents that are the same count once.
func mergeDocuments(rps []*inventory.ResourcePolicy) inventory.PolicyDoc {
	out := rps[0].Document
	var all []json.RawMessage
	seen := map[string]bool{}
	for _, rp := range rps {
		var d struct {
			Statement json.RawMessage
		}
		if json.Unmarshal(rp.Document.Raw, &d) != nil {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(d.Statement, &list) != nil {
			list = []json.RawMessage{d.Statement}
		}
		for _, s := range list {
			var c bytes.Buffer
			if json.Compact(&c, s) == nil && !seen[c.String()] {
				seen[c.String()] = true
				all = append(all, s)
			}
		}
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": all})
	if err != nil {
		return out
	}
	out.Raw = raw
	return out
}

// missingPolicy is the gap text of resources whose own policies decide who gets in, and were not imported.
func (b *builder) needResourcePolicy(n *graph.Node) string {
	switch n.Kind {
	case graph.KindKey:
		b.gap("the key policy of "+n.Name, "aws kms get-key-policy --key-id "+n.ARN+" --policy-name default")
		return "the key policy of " + n.Name + " was not imported, and it decides whether IAM policies count"
	case graph.KindFunction:
		b.gap("the resource policy of the function "+n.Name, "aws lambda get-policy --function-name "+n.Name)
		return "the resource policy of " + n.Name + " was not imported"
	case graph.KindBucket, graph.KindLogBucket:
		b.gap("the bucket policy of "+n.Name, "aws s3api get-bucket-policy --bucket "+n.Name)
		return "the bucket policy of " + n.Name + " was not imported"
	}
	b.gap("the resource policy of "+n.Name, "its resource policy as the CLI prints it")
	return "the resource policy of " + n.Name + " was not imported"
}
