package chain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// mergeIntents joins several permchain.yaml files, in the order of their names: lists are appended, so that the last
// match still wins, and the last file's word counts for single values. nil when there is none.
func mergeIntents(all []inventory.Intent) *inventory.Intent {
	if len(all) == 0 {
		return nil
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y inventory.Intent) int { return cmp.Compare(x.Source.File, y.Source.File) })
	out := sorted[0]
	for _, in := range sorted[1:] {
		out.Organization = cmp.Or(in.Organization, out.Organization)
		if in.Classes != nil {
			out.Classes = in.Classes
		}
		out.Environments = append(out.Environments, in.Environments...)
		if in.ApprovedModels != nil {
			out.ApprovedModels = append(out.ApprovedModels, in.ApprovedModels...)
		}
		if in.ApprovedRegions != nil {
			out.ApprovedRegions = append(out.ApprovedRegions, in.ApprovedRegions...)
		}
		out.Owners = append(out.Owners, in.Owners...)
		out.OwnerTags = append(out.OwnerTags, in.OwnerTags...)
		out.Data = append(out.Data, in.Data...)
		out.Tools = append(out.Tools, in.Tools...)
		out.People = append(out.People, in.People...)
		out.Workloads = append(out.Workloads, in.Workloads...)
	}
	return &out
}

// matches reports whether a pattern of permchain.yaml means a node: by name, ARN, last part of the ARN, or model id.
func matches(pattern string, n *graph.Node) bool {
	if pattern == "" {
		return false
	}
	for _, s := range []string{n.Name, n.ARN, lastSegment(n.ARN), n.Attr("model id"), string(n.ID)} {
		if s != "" && arn.Match(pattern, s) {
			return true
		}
	}
	return false
}

// applyIntentToNodes gives nodes their environment, owner, class and effect.
func (b *builder) applyIntentToNodes() {
	for _, n := range b.nodes {
		if n.Account != "" {
			n.Env = b.envOf(n.Account)
		}
		b.own(n)
		if b.intent == nil {
			continue
		}
		for _, r := range b.intent.Data {
			if (n.Lane == graph.Data || n.Lane == graph.Logs) && matches(r.Match, n) {
				n.Class = r.Class
			}
		}
	}
}

// own finds a node's owner. A rule of permchain.yaml is the team's own later word, so it comes before a tag; a
// workload's owner answers for its members when nothing else says who does.
func (b *builder) own(n *graph.Node) {
	n.Owner = graph.Owner{}
	if b.intent != nil {
		for i, r := range b.intent.Owners {
			if (r.Kind == "" || r.Kind == string(n.Kind)) && matches(r.Match, n) {
				n.Owner = graph.Owner{Name: r.Owner, Source: ruleName(r.Source, fmt.Sprintf("owners[%d]", i))}
			}
		}
	}
	if n.Owner.Name != "" {
		return
	}
	keys := []string{"owner", "team"}
	if b.intent != nil && b.intent.OwnerTags != nil {
		keys = b.intent.OwnerTags
	}
	for _, k := range keys {
		for _, t := range n.Tags {
			if strings.EqualFold(t.Key, k) && t.Value != "" {
				n.Owner = graph.Owner{Name: t.Value, Source: "tag " + t.Key}
				return
			}
		}
	}
	if b.intent == nil {
		return
	}
	for i := range b.intent.Workloads {
		w := &b.intent.Workloads[i]
		if w.Owner != "" && slices.ContainsFunc(w.Members, func(m string) bool { return matches(m, n) }) {
			n.Owner = graph.Owner{Name: w.Owner, Source: "owner of " + cmp.Or(w.Title, w.Name)}
			return
		}
	}
}

func ruleName(s inventory.Source, what string) string {
	if s.Line > 0 {
		return fmt.Sprintf("%s:%d", s.File, s.Line)
	}
	return s.File + " " + what
}

// declare marks what permchain.yaml says of tools, models, workloads and links, once all links are known.
func (b *builder) declare() {
	b.effects()
	b.inheritOwners()
	if b.intent == nil {
		return
	}
	for _, n := range b.nodes {
		if n.Kind == graph.KindModel && !n.Wildcard && b.intent.ApprovedModels != nil {
			if b.approved(n) {
				attr(n, "approval", "approved model")
			} else {
				attr(n, "approval", "not approved")
			}
		}
	}
	for i := range b.intent.Workloads {
		w := &b.intent.Workloads[i]
		for _, id := range b.members(w) {
			b.nodes[id].Workloads = append(b.nodes[id].Workloads, w.Name)
		}
	}
	for _, e := range b.edges {
		e.Intended = b.intended(e)
	}
}

// effects gives tools their declared effect. A function has the effect of the tools that it carries out.
func (b *builder) effects() {
	if b.intent == nil {
		return
	}
	for _, id := range sortedKeysOf(b.nodes) {
		n := b.nodes[id]
		if n.Lane != graph.Tools {
			continue
		}
		for _, r := range b.intent.Tools {
			if matches(r.Match, n) || matchesOperation(r.Match, n) {
				n.Effect = r.Effect
			}
		}
	}
}

// matchesOperation matches "POST /orders/{id}/cancel" and "group/operation" as well as the bare name.
func matchesOperation(pattern string, n *graph.Node) bool {
	op := n.Attr("operation")
	return op != "" && (arn.Match(pattern, op) || arn.Match(pattern, n.Attr("action group")+"/"+n.Name))
}

// inheritOwners lets a part be answered for by the whole: an agent's tool by the owner of the function that carries it
// out, else by the agent's owner. A part can have no owner tag of its own in AWS.
func (b *builder) inheritOwners() {
	for _, id := range sortedKeysOf(b.edges) {
		e := b.edges[id]
		from, to := b.nodes[e.From], b.nodes[e.To]
		if e.Kind == graph.Calls && to.Kind == graph.KindFunction && (from.Kind == graph.KindActionGroup || from.Kind == graph.KindTool) &&
			from.Owner.Name == "" && to.Owner.Name != "" {
			from.Owner = graph.Owner{Name: to.Owner.Name, Source: "owner of the function " + to.Name}
		}
	}
	for _, id := range sortedKeysOf(b.edges) {
		e := b.edges[id]
		from, to := b.nodes[e.From], b.nodes[e.To]
		if e.Kind == graph.Calls && (to.Kind == graph.KindActionGroup || to.Kind == graph.KindTool) && to.Owner.Name == "" && from.Owner.Name != "" &&
			to.Attr("function") == "" {
			to.Owner = graph.Owner{Name: from.Owner.Name, Source: "owner of " + from.Name}
		}
	}
}

// approved reports whether a model is on the list. A pattern may name the model's id, or a profile's.
func (b *builder) approved(n *graph.Node) bool {
	id := n.Attr("model id")
	return slices.ContainsFunc(b.intent.ApprovedModels, func(p string) bool {
		return matches(p, n) || id != "" && arn.Match(p, id)
	})
}

// members are the nodes of a workload: what its patterns name, and the roles, tools and knowledge bases that belong to
// those by configuration.
func (b *builder) members(w *inventory.Workload) []graph.NodeID {
	in := map[graph.NodeID]bool{}
	for id, n := range b.nodes {
		if n.Wildcard || n.Lane == graph.Callers && n.Kind != graph.KindFederated && n.Kind != graph.KindUser {
			continue
		}
		if slices.ContainsFunc(w.Members, func(p string) bool { return matches(p, n) }) ||
			slices.ContainsFunc(w.Users, func(p string) bool { return n.Lane == graph.Callers && matches(p, n) }) {
			in[id] = true
		}
	}
	for id := range maps.Clone(in) {
		if r := b.nodes[id].RunsAs; r != "" && len(b.actors[r]) == 1 {
			in[r] = true
		}
	}
	for _, e := range b.edges {
		to := b.nodes[e.To]
		if in[e.From] && e.Wired == graph.Yes && (to.Kind == graph.KindActionGroup || to.Kind == graph.KindTool) {
			in[e.To] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

// intended says whether a workload declares a link: yes, no when it declares what it needs of that kind and this is
// not of it, unknown when nothing is declared.
func (b *builder) intended(e *graph.Edge) graph.State {
	from, to := b.nodes[e.From], b.nodes[e.To]
	out := graph.StateUnknown
	for _, name := range from.Workloads {
		for i := range b.intent.Workloads {
			w := &b.intent.Workloads[i]
			if w.Name != name {
				continue
			}
			var list []string
			switch to.Lane {
			case graph.Models:
				list = w.Models
			case graph.Data:
				list = w.Data
			case graph.Tools:
				list = w.Tools
			case graph.Logs:
				list = w.Logs
			default:
				continue
			}
			// A tool belongs to the workload because it is wired to it; whether it is meant to be there is for the list.
			wiredIn := to.Kind == graph.KindActionGroup || to.Kind == graph.KindTool
			if slices.Contains(to.Workloads, name) && (list == nil || !wiredIn) {
				return graph.Yes
			}
			if list == nil {
				continue
			}
			if slices.ContainsFunc(list, func(p string) bool { return matches(p, to) || matchesOperation(p, to) }) && b.meant(e) {
				return graph.Yes
			}
			out = graph.No
		}
	}
	return out
}

// meant reports whether a link's kind is one that declaring its target means. Naming data means using it, not changing
// what it is; and writing to it only where the grant names it, for a wildcard writes by accident.
func (b *builder) meant(e *graph.Edge) bool {
	switch e.Kind {
	case graph.Administers, graph.Passes:
		return false
	case graph.Writes:
		return e.Wired == graph.Yes || scopeRank(e.Breadth.ResourceScope) <= scopeRank(graph.ScopeNamed)
	}
	return true
}

// envOf is the declared environment of an account, "" when none is.
func (b *builder) envOf(account string) string {
	if b.intent == nil || account == "" {
		return ""
	}
	name := b.accountName(account)
	for _, e := range b.intent.Environments {
		if slices.ContainsFunc(e.Accounts, func(p string) bool { return arn.Match(p, account) || name != "" && arn.Match(p, name) }) {
			return e.Name
		}
	}
	return ""
}

// accountName is what the organization calls an account.
func (b *builder) accountName(account string) string {
	for i := range b.f.Accounts {
		if b.f.Accounts[i].ID == account && b.f.Accounts[i].Name != "" {
			return b.f.Accounts[i].Name
		}
	}
	return ""
}

func (b *builder) accountLabel(account string) string {
	if account == "" {
		return ""
	}
	if name := cmp.Or(b.accountName(account), b.envOf(account)); name != "" {
		return "account " + account + " (" + name + ")"
	}
	return graph.AccountWords(account)
}

// outside reports whether an account is known to be outside the organization: the organization's accounts, or the
// declared environments, are known, and it is not of them. With neither known nothing is called outside.
func (b *builder) outside(account string) bool {
	if account == "" || account == graph.StandInAccount || b.orgs.member[account] {
		return false
	}
	if env := b.envOf(account); env != "" {
		return slices.ContainsFunc(b.intent.Environments, func(e inventory.Environment) bool { return e.Name == env && e.Outside })
	}
	return len(b.orgs.member) > 0 || b.intent != nil && len(b.intent.Environments) > 0
}

// graphIntent is what the graph keeps of the intent; nil when none was imported.
func (b *builder) graphIntent() *graph.Intent {
	if b.intent == nil {
		return nil
	}
	in := b.intent
	out := &graph.Intent{Organization: in.Organization, Classes: in.Classes, ApprovedModels: in.ApprovedModels, ApprovedRegions: in.ApprovedRegions, Source: source(in.Source)}
	for _, e := range in.Environments {
		out.Environments = append(out.Environments, e.Name)
	}
	for i := range in.Workloads {
		w := &in.Workloads[i]
		gw := graph.Workload{Name: w.Name, Title: cmp.Or(w.Title, w.Name), Purpose: w.Purpose, Owner: w.Owner, Risk: w.Risk, Clearance: w.Clearance, Env: w.Env,
			Retention: w.RetentionDays, Review: w.Review, Users: w.Users, Source: source(w.Source)}
		for _, id := range sortedKeysOf(b.nodes) {
			if slices.Contains(b.nodes[id].Workloads, w.Name) {
				gw.Members = append(gw.Members, id)
			}
		}
		out.Workloads = append(out.Workloads, gw)
	}
	slices.SortFunc(out.Workloads, func(x, y graph.Workload) int { return cmp.Compare(x.Name, y.Name) })
	return out
}
