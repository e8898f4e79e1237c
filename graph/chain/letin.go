package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// letIn links those whom a resource's own policy names and whose own policies were not imported: anyone, other
// accounts, services. Imported users and roles are asked about in grants, with all their layers.
func (b *builder) letIn() {
	for _, a := range sortedKeysOf(b.resource) {
		n := b.nodes[graph.NodeID(a)]
		if n == nil {
			continue
		}
		pol := b.resource[a]
		for i := range accessTable {
			row := &accessTable[i]
			if row.target != n.Kind || row.kind == graph.GuardedBy {
				continue
			}
			for s := range pol.Document().Statements {
				stmt := &pol.Document().Statements[s]
				if stmt.Effect != iam.EffectAllow || stmt.Principal == nil || !actsAny(stmt, row.actions) || statementReach(stmt, row.resourceOf(n)) == reachNone && len(stmt.Resources) > 0 {
					continue
				}
				d := door{b: b, row: row, node: n, pol: pol, stmt: stmt}
				d.open()
			}
		}
	}
}

// door is one Allow statement of a resource policy, for one kind of access.
type door struct {
	b    *builder
	row  *access
	node *graph.Node
	pol  *iam.Policy
	stmt *iam.Statement
}

func (d *door) open() {
	b := d.b
	if d.stmt.Principal.Any || slices.Contains(d.stmt.Principal.AWS, "*") {
		if org := conditionValue(d.stmt, "aws:PrincipalOrgID"); org != "" {
			d.link(b.node(graph.NodeID("organization/"+org), graph.KindOrg, "Anyone in "+org), graph.ScopeOrg, nil)
		} else {
			d.link(b.node("anyone", graph.KindAnyone, "Anyone"), graph.ScopeAll, nil)
		}
	}
	for _, p := range d.stmt.Principal.AWS {
		account := accountOf(p)
		switch {
		case p == "*" || account == "" || b.principals[p] != nil || inventory.HoldsUnknown(p):
		case isRoot(p):
			// The resource's own account: its users and roles are asked about one by one.
			if account != d.node.Account {
				d.link(b.accountNode(account), graph.ScopeAccount, nil)
			}
		default:
			n := b.principalNode(p, "named by the resource policy of "+d.node.Name+"; not imported itself")
			if b.principals[n.ARN] != nil {
				continue // asked about in grants, with its own policies
			}
			d.link(n, graph.ScopeExact, nil)
		}
	}
	for _, s := range d.stmt.Principal.Service {
		scope := graph.ScopeExact
		if slices.Contains(confusedDeputy, s) && !narrowsSource(d.stmt) {
			scope = graph.ScopeService
		}
		d.link(b.serviceNode(s), scope, func(key string) bool {
			return strings.EqualFold(key, "aws:SourceArn") || strings.EqualFold(key, "aws:SourceAccount") || strings.EqualFold(key, "aws:SourceOrgID")
		})
	}
}

// link adds the access that the statement gives by itself.
func (d *door) link(from *graph.Node, scope graph.Scope, part func(key string) bool) {
	b := d.b
	t := trusted{b: b, role: d.node, pol: d.pol, stmt: d.stmt}
	v := t.conditions(func(key string) bool {
		// A permission for a function's URL is for the kind of sign-in that the URL asks for.
		// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
		if a := d.node.Attr("URL"); a != "" && (strings.EqualFold(key, "lambda:FunctionUrlAuthType") && conditionValue(d.stmt, key) == a || strings.EqualFold(key, "lambda:InvokedViaFunctionUrl")) {
			return true
		}
		return part != nil && part(key)
	})
	if from.Kind != graph.KindService && v.Verdict == graph.Allowed {
		v = b.withoutDeny(d, v)
	}
	if v.Verdict == graph.Denied {
		return
	}
	e := b.edge(from.ID, d.row.kind, d.node.ID)
	if scopeRank(scope) > scopeRank(e.Breadth.PrincipalScope) {
		e.Breadth.PrincipalScope = scope
	}
	v.part = partOf(d.stmt, d.row.resourceOf(d.node))
	v.refs = []iam.StatementRef{{Layer: iam.LayerResource, Policy: d.pol.ID(), Index: d.stmt.Index, Sid: d.stmt.Sid, Effect: iam.EffectAllow}}
	v.actions = d.row.actions
	b.setVerdict(e, v)
	b.widen(e, d.row, v, d.row.resourceOf(d.node))
	e.Breadth.Conditions = len(d.stmt.Conditions)
	if on := onBehalfOf(d.stmt); on != "" && from.Kind == graph.KindService {
		for i := range e.Evidence {
			if ev := &e.Evidence[i]; ev.Policy == d.pol.ID() && ev.Statement == d.stmt.Index {
				ev.Note = from.Name + " acts for " + on
			}
		}
	}
}

// partOf is the part of a resource that a statement of its policy speaks of; nil when it is all of it.
func partOf(s *iam.Statement, resource string) []string {
	var out []string
	for _, r := range s.Resources {
		switch r = stripVariables(r); arn.Relate(r, resource) {
		case arn.Within:
			out = append(out, r)
		case arn.Contains, arn.Equal:
			return nil
		}
	}
	return out
}

// onBehalfOf names the resources and accounts that a statement lets a service act for; "" when it does not say.
func onBehalfOf(s *iam.Statement) string {
	var out []string
	for _, c := range s.Conditions {
		switch strings.ToLower(c.Key) {
		case "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths":
			if !strings.Contains(c.Operator, "Not") {
				out = append(out, c.Values...)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " or ")
}

// unnamed makes a node for a policy of which it is not known what it sits on, as a key's does not say: those whom it
// lets in must be seen all the same. nil when its actions do not even tell what kind of thing it is.
func (b *builder) unnamed(rp *inventory.ResourcePolicy) *graph.Node {
	doc, err := rp.Document.Parse()
	if err != nil {
		return nil
	}
	var kinds []graph.NodeKind
	owners := map[string]bool{}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, a := range s.Actions {
			for _, k := range resourceKinds {
				if k.service == service(a) && k.policies && !slices.Contains(kinds, k.kind) {
					kinds = append(kinds, k.kind)
				}
			}
		}
		// A key's own account keeps the right to manage it, by the default policy and by most others.
		// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
		if s.Effect == iam.EffectAllow && s.Principal != nil && slices.Contains(s.Actions, "kms:*") && len(s.Conditions) == 0 {
			for _, p := range s.Principal.AWS {
				if isRoot(p) {
					owners[accountOf(p)] = true
				}
			}
		}
	}
	if len(kinds) != 1 {
		return nil
	}
	sum := sha256.Sum256(rp.Document.Raw)
	n := b.node(graph.NodeID("unnamed/"+string(kinds[0])+"/"+hex.EncodeToString(sum[:8])), kinds[0], "a "+string(kinds[0])+" (policy in "+path.Base(rp.Source.File)+")")
	n.Account = rp.Account
	if n.Account == "" && len(owners) == 1 {
		n.Account = sortedKeysOf(owners)[0]
	}
	n.Unknown = rp.Resource.Unknown
	if n.Unknown == "" {
		n.Unknown = "the file does not say which " + string(kinds[0]) + " its policy sits on"
	}
	return n
}

// withoutDeny turns an answer into unknown when another statement of the same policy denies under conditions that
// depend on who calls.
func (b *builder) withoutDeny(d *door, v verdict) verdict {
	for i := range d.pol.Document().Statements {
		s := &d.pol.Document().Statements[i]
		if s.Effect == iam.EffectDeny && actsAny(s, d.row.actions) {
			if len(s.Conditions) == 0 && s.NotPrincipal == nil && s.Principal != nil && s.Principal.Any {
				return verdict{Verdict: graph.Denied, blocked: b.statementName(d.pol.ID(), s.Index, s.Sid)}
			}
			if !onlyTransport(s) {
				v.Verdict, v.unknown = graph.Unknown, "a Deny of the same policy may take it away: "+b.statementName(d.pol.ID(), s.Index, s.Sid)
			}
		}
	}
	return v
}

// onlyTransport reports whether a Deny is the usual one against plain HTTP, which takes no normal call away.
func onlyTransport(s *iam.Statement) bool {
	return len(s.Conditions) == 1 && strings.EqualFold(s.Conditions[0].Key, "aws:SecureTransport")
}
