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
// Beside what policies say, some of what AWS decides by itself is known: which credentials STS answers; that nobody changes
// AWS's own managed policies, roles of Identity Center and key aliases; that the root user can always replace the policy of
// its account's bucket. An S3 object can belong to another account than its bucket (Request.ObjectOwner); the bucket's
// policy then only denies.
//
// Lint and LintAs report what a document names that does not exist, and what AWS would refuse in a policy of its kind. Cases
// in the format of testdata (ReadCases, Case.Run) are tests of policies that anyone can write.
//
// What is not modelled: KMS grants, S3 access control lists and Block Public Access, session tags other than as context
// keys, and service-specific authorization beyond policies (Lake Formation, OpenSearch fine-grained access).
package iam
