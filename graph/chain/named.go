package chain

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// nameModels notes which of the listed models something configures, or a policy names one by one.
func (b *builder) nameModels() {
	for _, e := range b.edges {
		b.named[e.To] = true
	}
	for _, p := range b.principals {
		for _, g := range p.grants {
			for _, r := range g.stmt.Resources {
				if q, err := arn.Parse(r); err == nil && q.Service == "bedrock" && q.ResourceType() == "foundation-model" && !arn.HasWildcard(q.Resource) {
					b.named[graph.NodeID("model/"+q.ResourceID())] = true
				}
			}
		}
	}
}

// namedTargets makes nodes of the concrete resources that policies name and nothing else describes, so that a link to
// them is seen. Only resources that stand in the picture count; a policy may name many that have no place in it.
func (b *builder) namedTargets() {
	for _, p := range b.sortedPrincipals() {
		for _, g := range p.grants {
			for _, r := range g.stmt.Resources {
				b.namedTarget(r, g, p)
			}
			for _, r := range g.partly {
				if q, err := arn.Parse(r); err == nil && !arn.HasWildcard(openName(q)) {
					b.namedTarget(r, g, p) // only what is inside it is not known
				}
			}
			b.openTargets(g, p)
		}
	}
	for _, a := range sortedKeysOf(b.resource) {
		if n, ok := b.targetNode(a); ok {
			addSource(n, inventory.Source(b.policies[a+" resource policy"].Source))
		}
	}
}

func (b *builder) namedTarget(r string, g grant, p *principal) {
	if strings.Contains(r, "${") {
		return
	}
	q, err := arn.Parse(r)
	if err != nil {
		return
	}
	kind, ok := kindOf(r)
	if !ok || kind == graph.KindTrail || kind == graph.KindGuardrail {
		return
	}
	// The actions of the statement must be of the target's own service, or "arn:…:key/x" under "s3:*" would count.
	if !slices.ContainsFunc(accessTable, func(a access) bool {
		return a.target == kind && actsAny(g.stmt, a.actions)
	}) {
		return
	}
	id := q.Resource
	if arn.HasWildcard(q.Account) { // what is in other accounts is not reached without a policy there
		q.Account = p.account
		r = q.String()
	}
	switch kind {
	case graph.KindPolicy:
		if q.Account != p.account { // AWS's own
			return
		}
		for i := range b.f.ManagedPolicies {
			if m := &b.f.ManagedPolicies[i]; !wideFor(r, m.ARN) && arn.Match(r, m.ARN) && !arn.HasWildcard(m.ARN) {
				n, _ := b.targetNode(m.ARN)
				addSource(n, m.Source)
			}
		}
	case graph.KindTable, graph.KindRuntime, graph.KindFlow: // an index, an endpoint or an alias stands for the whole
		parts := strings.Split(id, "/")
		id = strings.Join(parts[:min(2, len(parts))], "/")
		q.Resource = id
		r = q.String()
	case graph.KindFunction: // a version or an alias stands for the function
		r = unqualified(r)
		if f, err := arn.Parse(r); err == nil {
			id = f.Resource
		}
	case graph.KindBucket:
		id, _, _ = strings.Cut(id, "/")
	case graph.KindLogGroup:
		id = strings.TrimSuffix(strings.TrimPrefix(id, "log-group:"), ":*")
		id, _, _ = strings.Cut(id, ":")
	case graph.KindModel:
		q.Region = "" // a wildcard Region still names one model
	case graph.KindAgent:
		parts := strings.Split(id, "/")
		id = parts[min(1, len(parts)-1)]
	case graph.KindSecret:
		id = oneSecret(id)
	}
	if arn.HasWildcard(id) || arn.HasWildcard(q.Account) || (arn.HasWildcard(q.Region) && kind != graph.KindModel) || id == "" {
		b.namedPattern(r, kind, g)
		return
	}
	if kind == graph.KindSecret {
		for nid := range b.nodes {
			if n := b.nodes[nid]; n.Kind == graph.KindSecret && arn.Match(r, n.ARN) {
				return
			}
		}
		r = oneSecret(r)
	}
	if kind == graph.KindModel {
		r = "arn:aws:bedrock:" + q.Region + ":" + q.Account + ":" + q.Resource
	}
	n, ok := b.targetNode(r)
	if !ok {
		return
	}
	if n.Account == "" && kind == graph.KindBucket {
		n.Account = p.account
	}
	why := "named only by the policy " + b.policies[g.policy.ID()].Name
	if kind == graph.KindModel || kind == graph.KindProfile {
		return // a model is what its id says; nothing of it needs importing
	}
	unknownNode(n, why+"; the "+string(kind)+" itself was not imported")
}

// oneSecret takes off what stands for the six characters that Secrets Manager adds to a secret's name.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
func oneSecret(s string) string {
	for _, suffix := range []string{"-??????", "-*"} {
		if name, ok := strings.CutSuffix(s, suffix); ok && !arn.HasWildcard(name[strings.LastIndexByte(name, ':')+1:]) {
			return name
		}
	}
	return s
}

// namedPattern makes a node for a pattern that is narrower than "every" and reaches nothing that was imported.
func (b *builder) namedPattern(r string, kind graph.NodeKind, g grant) {
	for i := range accessTable {
		row := &accessTable[i]
		if row.target != kind || !actsAny(g.stmt, row.actions) {
			continue
		}
		resource := row.every + row.content
		if row.every == "" || wideFor(stripVariables(r), resource) {
			return
		}
		for _, n := range b.nodes {
			if n.Kind == kind && !n.Wildcard && arn.Relate(r, row.resourceOf(n)) != arn.Disjoint {
				return
			}
		}
		q, _ := arn.Parse(r)
		name := q.Resource
		if t := q.ResourceType(); t != "" {
			name = q.ResourceID()
		}
		n := b.node(graph.NodeID("pattern/"+r), kind, name)
		n.ARN, n.Pattern, n.Account, n.Region = r, r, q.Account, q.Region
		if arn.HasWildcard(n.Account) {
			n.Account = ""
		}
		n.Unknown = "a pattern that reaches nothing imported: what it stands for is not known"
		n.Detail = string(kind) + " pattern"
		return
	}
}
