package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

var adminRuntime = Rule{
	ID: "admin-runtime", Title: "A machine that is an administrator", Base: Critical,
	About: "A role that code, a service or a pipeline runs as has every action on everything, or can change who may do what: " +
		"whoever steers the code is an administrator.",
	References: []Reference{cis214, agentsec03bp03, gensec05bp01, asi03},
	check:      checkAdminRuntime,
}

func checkAdminRuntime(c *chain, r *report) {
	byHolder := map[graph.NodeID][]*grant{}
	for _, g := range c.grants {
		if c.machine(g.holder) && !serviceLinked(g.holder) && administers(g) {
			byHolder[g.holder.ID] = append(byHolder[g.holder.ID], g)
		}
	}
	for _, id := range sortedKeys(byHolder) {
		c.reportAdmin(r, c.node(id), byHolder[id])
	}
	byAccount := map[string][]*graph.Node{}
	for acct, nodes := range c.unknownPrincipals() {
		for _, n := range nodes {
			if c.machine(n) {
				byAccount[acct] = append(byAccount[acct], n)
			}
		}
	}
	for _, acct := range sortedKeys(byAccount) {
		var names []string
		var nodes []graph.NodeID
		for _, n := range byAccount[acct] {
			names, nodes = append(names, n.Name), append(nodes, n.ID)
		}
		r.notAssessed([]string{acct}, Finding{
			Sentence: fmt.Sprintf("What %s of %s may do is not known, so whether a machine is an administrator there was not assessed.", list(names), account(acct)),
			Nodes:    nodes,
			Need:     "aws iam get-account-authorization-details of " + account(acct),
		})
	}
}

// machine reports whether a role is acted as by code, a service or a pipeline. What runs as it counts before its class:
// a role with administrator access is classed by that.
func (c *chain) machine(n *graph.Node) bool {
	if n.Kind != graph.KindRole {
		return false
	}
	switch n.RoleClass {
	case graph.RoleRuntime, graph.RoleService, graph.RoleAutomation:
		return true
	}
	if c.actors[n.ID] {
		return true
	}
	for _, e := range c.callers[n.ID] {
		if c.node(e.From).Kind == graph.KindService {
			return true
		}
	}
	return false
}

// administers reports whether a grant makes its holder an administrator: every action on everything, everything but
// some, or the actions that hand out permissions, on all roles or policies.
func administers(g *grant) bool {
	s := g.stmt
	everywhere := len(s.NotResources) > 0 || slices.ContainsFunc(s.Resources, func(p string) bool { return strings.Trim(p, "*") == "" && p != "" })
	if everywhere && (len(s.NotActions) > 0 && !spared(s.NotActions) || slices.Contains(s.Actions, "*") || slices.Contains(s.Actions, "*:*")) {
		return true
	}
	wideIAM := everywhere || slices.ContainsFunc(s.Resources, func(p string) bool {
		a, err := arn.Parse(p)
		return err == nil && a.Service == "iam" && wide(p)
	})
	return wideIAM && slices.ContainsFunc(permissionActions, func(a string) bool { return matchesAction(s, a) })
}

// permissionActions each let their holder give itself any permission, when allowed on every role, user or policy.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
var permissionActions = []string{
	"iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:AttachGroupPolicy", "iam:PutGroupPolicy",
	"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy",
}

// spared reports whether NotAction leaves out all of IAM, as AWS's PowerUserAccess does.
func spared(notActions []string) bool {
	return slices.ContainsFunc(notActions, func(p string) bool { return strings.EqualFold(p, "iam:*") || p == "*" })
}

func matchesAction(s *iam.Statement, action string) bool {
	match := func(p string) bool { return matchAction(p, action) }
	if len(s.NotActions) > 0 {
		return !slices.ContainsFunc(s.NotActions, match)
	}
	return slices.ContainsFunc(s.Actions, match)
}

func (c *chain) reportAdmin(r *report, role *graph.Node, grants []*grant) {
	var links []*graph.Edge
	var key, policies []string
	var evidence []graph.Evidence
	label := "* on *"
	for _, g := range grants {
		links = append(links, g.pick(func(*granted) bool { return true })...)
		key = append(key, g.key)
		policies = append(policies, g.policy.Name)
		evidence = addEvidence(evidence, g.evidence())
		if !slices.Contains(g.stmt.Actions, "*") && len(g.stmt.NotActions) == 0 {
			label = "iam:* on *"
		}
	}
	slices.Sort(policies)
	policies = slices.Compact(policies)
	var who []string
	for e := range c.g.In(role.ID) {
		if e.Kind == graph.RunsAs {
			who = append(who, c.node(e.From).Name)
		}
	}
	slices.Sort(who)
	what := "can change everything"
	if label != "* on *" {
		what = "can give itself any permission"
	}
	if everything := c.everythingOf(links); everything != nil {
		what = "can change " + everything.Name
	}
	s := fmt.Sprintf("%s %s: its role %s has administrator access through %s", list(who), what, role.Name, list(policies))
	if len(who) == 0 {
		s = fmt.Sprintf("%s (%s role) %s: it has administrator access through %s", role.Name, role.RoleClass, what, list(policies))
	}
	fix := Fix{Text: fmt.Sprintf("Take %s away from %s and grant what it needs.", list(policies), role.Name)}
	if needs := c.leastPrivilege(grants[0]); needs.After != "" {
		fix = needs
		fix.Text = fmt.Sprintf("Replace %s by what %s is wired to, uses or declares.", list(policies), role.Name)
	}
	links = c.heaviestFirst(links)
	r.open(append([]string{string(role.ID)}, key...), Finding{
		Sentence: s + ".",
		Detail:   "It is taken for a machine's role because " + strings.TrimSuffix(c.machineWhy(role, who), ".") + ".",
		Label:    label,
		Links:    ids(links),
		Nodes:    []graph.NodeID{role.ID},
		Moves:    c.weigh(weighing{env: true}, links),
		Evidence: evidence,
		Fix:      fix,
	}, grants...)
}

func (c *chain) machineWhy(role *graph.Node, who []string) string {
	switch {
	case len(who) > 0:
		return list(who) + " runs as it"
	case role.RoleClassWhy != "":
		return role.RoleClassWhy
	}
	return "an AWS service can become it"
}

func (c *chain) everythingOf(links []*graph.Edge) *graph.Node {
	for _, e := range links {
		if n := c.node(e.To); n.Kind == graph.KindEverything {
			return n
		}
	}
	return nil
}
