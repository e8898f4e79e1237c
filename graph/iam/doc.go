// Package iam decides what AWS would decide: may this principal do this action on this resource, given these policies.
// It says why, in terms of the statements that decided, and it says when it cannot know.
//
// Parse reads a policy, Compile makes it ready, and Evaluate holds a Request against Policies of every layer: identity,
// resource, permissions boundary, session, service control (SCP), resource control (RCP) and VPC endpoint policies.
//
// A condition key is present, absent or not known. With every key known the answer is as AWS gives it: allowed, denied
// by a statement, or denied for want of one. With keys not known it is also conditional, with the conditions that
// remain, each with the statement that it comes from. What is missing or invalid makes the answer unknown where it could
// change it, never allowed.
//
// EvaluateSet answers for all resources that a pattern matches; Index answers for many principals at once.
//
// What is not modelled: KMS grants, S3 access control lists and Block Public Access, session tags other than as context
// keys, and service-specific authorization beyond policies (Lake Formation, OpenSearch fine-grained access).
package iam
