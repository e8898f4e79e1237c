package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph"
)

const (
	trustAccount = `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::882088208820:root"}, "Action": "sts:AssumeRole"}`
	trustService = `{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}`
)

func TestBroadPrincipal(t *testing.T) {
	role := func(trust string) *world {
		w := &world{intent: declared()}
		return w.policy("ml-deploy trust", "trust policy", trust).node("ml-deploy", graph.KindRole, roleClass(graph.RoleAutomation), env("prod")).
			node("every model", graph.KindModel, every("arn:aws:bedrock:*::foundation-model/*")).link("ml-deploy", graph.Invokes, "every model")
	}
	in := func(s graph.Scope) []edgeOption { return []edgeOption{door("ml-deploy trust", 0), scope(s)} }
	check(t, "broad-principal", []testCase{
		{"a whole other account, outside", role(trustAccount).node("Account 8820…", graph.KindAccount, account(partner), outside()).
			link("Account 8820…", graph.Assumes, "ml-deploy", in(graph.ScopeAccount)...), []string{
			"critical: Any principal in Account 8820… can become ml-deploy and so invoke every model: the whole account is let in."}},
		{"a whole other account, of which one role is known", role(trustAccount).node("builder", graph.KindRole, account(sandbox)).
			link("builder", graph.Assumes, "ml-deploy", in(graph.ScopeAccount)...), []string{
			"high: Any principal in account 444455556666 can become ml-deploy and so invoke every model: the whole account is let in."}},
		{"anyone", role(`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`).node("Anyone", graph.KindAnyone).
			link("Anyone", graph.Assumes, "ml-deploy", in(graph.ScopeAll)...), []string{
			"critical: Anyone can become ml-deploy and so invoke every model."}},
		{"anyone whom a provider knows", role(`{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}`).
			node("cognito-identity.amazonaws.com", graph.KindFederated).link("cognito-identity.amazonaws.com", graph.Assumes, "ml-deploy", in(graph.ScopeAll)...), []string{
			"critical: Anyone whom cognito-identity.amazonaws.com knows can become ml-deploy and so invoke every model."}},
		{"the organization", role(`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}`).
			node("Anyone in o-1", graph.KindOrg).link("Anyone in o-1", graph.Assumes, "ml-deploy", in(graph.ScopeOrg)...), []string{
			"medium: Anyone in o-1 can become ml-deploy and so invoke every model."}},
		{"a service for anybody's resource", role(trustService).node("bedrock", graph.KindService).link("bedrock", graph.Assumes, "ml-deploy", in(graph.ScopeService)...), []string{
			"medium: The service bedrock can become ml-deploy and so invoke every model for whoever makes it: its policy does not say for whose resource."}},
		{"a bucket that anyone can read", (&world{}).policy("b", "resource policy", `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}`).
			node("docs", graph.KindBucket).node("Anyone", graph.KindAnyone).link("Anyone", graph.Reads, "docs", door("b", 0), scope(graph.ScopeAll)), []string{
			"critical: Anyone can read docs."}},
		{"two roles of one statement are one cause", role(trustAccount).node("a", graph.KindRole, account(sandbox)).node("b", graph.KindRole, account(sandbox)).
			link("a", graph.Assumes, "ml-deploy", in(graph.ScopeAccount)...).link("b", graph.Assumes, "ml-deploy", in(graph.ScopeAccount)...), []string{
			"high: Any principal in account 444455556666 can become ml-deploy and so invoke every model: the whole account is let in."}},

		{"near miss: its own account", role(trustAccount).node("Account", graph.KindAccount).link("Account", graph.Assumes, "ml-deploy", in(graph.ScopeAccount)...), nil},
		{"near miss: one role of another account", role(trustAccount).node("builder", graph.KindRole, account(sandbox)).link("builder", graph.Assumes, "ml-deploy", in(graph.ScopeExact)...), nil},
		{"near miss: a service with its source", role(trustService).node("bedrock", graph.KindService).link("bedrock", graph.Assumes, "ml-deploy", in(graph.ScopeExact)...), nil},

		{"not assessed: the trust policy was not imported", (&world{}).node("agent", graph.KindAgent, runsAs("ghost")).node("ghost", graph.KindRole, unknown("not imported")), []string{
			"not assessed: Who can become ghost of account 111122223333 is not known, so whether too many can was not assessed."}},
	})
}

func TestConfusedDeputyFix(t *testing.T) {
	fix := func(trust string) string {
		w := (&world{}).policy("r trust", "trust policy", trust).node("r", graph.KindRole).node("bedrock", graph.KindService).
			link("bedrock", graph.Assumes, "r", door("r trust", 0), scope(graph.ScopeService))
		return found(t, w.graph(t), "broad-principal")[0].Fix.After
	}
	want := `{
  "Action": "sts:AssumeRole",
  "Effect": "Allow",
  "Principal": {
    "Service": "bedrock.amazonaws.com"
  },
  "Condition": {
    "StringEquals": {
      "aws:SourceAccount": "111122223333"
    }
  }
}`
	if diff := cmp.Diff(want, fix(`{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}}`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = `{
  "Effect": "Allow",
  "Condition": {
    "StringEquals": {
      "aws:SourceAccount": "111122223333",
      "aws:RequestedRegion": "eu-central-1"
    }
  },
  "Action": "sts:AssumeRole"
}`
	if diff := cmp.Diff(want, fix(`{"Effect": "Allow", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}, "Action": "sts:AssumeRole"}`)); diff != "" {
		t.Errorf("beside a condition (-want +got):\n%s", diff)
	}
}
