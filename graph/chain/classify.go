package chain

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/iam"
)

// classifyRoles says what each role is for, and why: who can become it first, then what it may do.
func (b *builder) classifyRoles() {
	trusts := map[string]*iam.Document{}
	for i := range b.f.Roles {
		r := &b.f.Roles[i]
		if pol, _ := b.policy(r.ARN+" trust", "trust policy", "trust policy", r.Name, r.Trust); pol != nil {
			trusts[r.ARN] = pol.Document()
		}
	}
	for _, n := range b.nodes {
		if n.Kind == graph.KindRole && !n.Wildcard && n.Pattern == "" {
			n.RoleClass, n.RoleClassWhy = b.classify(n, trusts[n.ARN])
		}
	}
}

// automation names the identities that deploy: pipelines and their providers.
var automation = []string{"codebuild.amazonaws.com", "codepipeline.amazonaws.com", "cloudformation.amazonaws.com", "codedeploy.amazonaws.com"}
var automationProviders = []string{"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "oidc.circleci.com"}

func (b *builder) classify(n *graph.Node, trust *iam.Document) (graph.RoleClass, string) {
	if strings.Contains(n.ARN, ":role/aws-service-role/") {
		return graph.RoleService, "a service-linked role"
	}
	admin := b.isAdmin(n.ARN)
	if n.Attr("permission set") != "" {
		if admin {
			return graph.RoleAdmin, "an Identity Center permission set with every action on *"
		}
		return graph.RoleHuman, "an Identity Center permission set"
	}
	if trust == nil {
		if len(b.actors[n.ID]) > 0 {
			return graph.RoleRuntime, "an actor runs as it"
		}
		return graph.RoleService, "its trust policy was not imported"
	}
	var services, federated, people []string
	for i := range trust.Statements {
		s := &trust.Statements[i]
		if s.Effect != iam.EffectAllow || s.Principal == nil {
			continue
		}
		services = append(services, s.Principal.Service...)
		federated = append(federated, s.Principal.Federated...)
		people = append(people, s.Principal.AWS...)
	}
	slices.Sort(services)
	slices.Sort(federated)
	switch {
	case slices.ContainsFunc(services, func(s string) bool { return slices.Contains(automation, s) }):
		return graph.RoleAutomation, "a deployment service can assume it"
	case slices.ContainsFunc(federated, func(f string) bool {
		return slices.ContainsFunc(automationProviders, func(p string) bool { return strings.Contains(f, p) })
	}):
		return graph.RoleAutomation, "a pipeline's identity provider can assume it"
	case len(b.actors[n.ID]) > 0:
		return graph.RoleRuntime, "an actor runs as it"
	case slices.ContainsFunc(federated, func(f string) bool { return strings.Contains(f, ":saml-provider/") }):
		if admin {
			return graph.RoleAdmin, "people who sign in can become it, and it has every action on *"
		}
		return graph.RoleHuman, "people who sign in with SAML can become it"
	case len(federated) > 0:
		return graph.RoleRuntime, "an application's users come in through it with OIDC"
	case len(services) > 0:
		for _, s := range services {
			if s == "lambda.amazonaws.com" || s == "ecs-tasks.amazonaws.com" || s == "ec2.amazonaws.com" || s == "eks-pods.amazonaws.com" || s == "pods.eks.amazonaws.com" {
				return graph.RoleRuntime, "code runs as it (" + strings.TrimSuffix(s, ".amazonaws.com") + ")"
			}
		}
		return graph.RoleService, "the service " + strings.TrimSuffix(services[0], ".amazonaws.com") + " acts as it"
	case admin:
		return graph.RoleAdmin, "it has every action on *"
	case strings.Contains(strings.ToLower(n.Name), "deploy") || strings.Contains(strings.ToLower(n.Name), "pipeline"):
		return graph.RoleAutomation, "its name says that it deploys"
	case len(people) > 0:
		return graph.RoleHuman, "users or other accounts can become it"
	}
	return graph.RoleService, "nobody is known to become it"
}

// isAdmin reports whether a principal's policies allow every action on every resource, in the end and without a condition.
func (b *builder) isAdmin(a string) bool {
	p, ok := b.principals[a]
	if !ok {
		return false
	}
	stmt, v := b.administers(p)
	return stmt != nil && v.Verdict == graph.Allowed
}
