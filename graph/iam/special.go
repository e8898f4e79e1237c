package iam

import (
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// fixed answers the requests that policies do not decide.
func (q *query) fixed() (d Decision, why string, ok bool) {
	switch q.service {
	case "sts":
		if q.name == "getcalleridentity" && q.kind == PrincipalAWS {
			// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
			return Allow, "sts:GetCallerIdentity needs no permission, and a Deny does not stop it", true
		}
		if why := q.credentials(); why != "" {
			return ImplicitDeny, why, true
		}
	case "iam":
		a, isARN := arn.Split(q.resource)
		if !isARN || a.Service != "iam" || !changes(q.req.Action) {
			break
		}
		if a.Account == "aws" {
			// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies
			return ImplicitDeny, "AWS managed policies cannot be changed", true
		}
		if strings.HasPrefix(a.Resource, "role/aws-reserved/sso.amazonaws.com/") {
			// https://docs.aws.amazon.com/singlesignon/latest/userguide/troubleshooting.html
			return ImplicitDeny, "roles of IAM Identity Center are changed by Identity Center only", true
		}
	case "kms":
		a, isARN := arn.Split(q.resource)
		if isARN && a.Service == "kms" && strings.HasPrefix(a.Resource, "alias/aws/") && changes(q.req.Action) {
			// https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html
			return ImplicitDeny, "aliases that begin with aws/ are AWS's own", true
		}
	}
	return ImplicitDeny, "", false
}

// credentials says why STS does not answer the kind of credentials that the request is made with, whatever policies say:
// AssumeRole is for an "IAM user or IAM role with existing temporary security credentials", GetFederationToken and
// GetSessionToken for an "IAM user or AWS account root user"; those who GetFederationToken made "cannot call AWS STS
// operations except GetCallerIdentity".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func (q *query) credentials() string {
	if q.kind != PrincipalAWS {
		return ""
	}
	switch q.who.form {
	case formRoot:
		if q.name == "assumerole" || q.name == "assumeroot" {
			return "the root user cannot assume a role"
		}
	case formRole, formSession:
		if q.name == "getfederationtoken" || q.name == "getsessiontoken" {
			return "temporary credentials of a role cannot get others by " + q.req.Action
		}
	case formFederatedUser:
		return "a federated user's credentials cannot call AWS STS, other than for GetCallerIdentity"
	}
	return ""
}

// changes reports whether an action does more than read, by the service authorization reference; what it does not know
// counts as reading here, so that policies decide.
func changes(action string) bool {
	a, ok := LookupAction(action)
	return ok && a.Access != "Read" && a.Access != "List"
}

// trusting are the STS actions that a role's trust policy decides.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
var trusting = map[string]bool{
	"assumerole": true, "assumerolewithsaml": true, "assumerolewithwebidentity": true, "assumeroot": false,
	"tagsession": true, "setsourceidentity": true,
}

// needsTrust reports whether the resource's own policy must let the principal in even in its own account: KMS keys and
// roles to assume.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
func (q *query) needsTrust() bool {
	switch q.service {
	case "sts":
		return trusting[q.name]
	case "kms":
		a, ok := arn.Split(q.resource)
		if ok && strings.HasPrefix(a.Resource, "alias/") || q.span == point && !ok {
			return false
		}
		if ok && strings.HasPrefix(a.Resource, "key/") {
			return true
		}
		info, known := LookupAction(q.req.Action)
		return !known || has(info.Resources, "key")
	}
	return false
}
