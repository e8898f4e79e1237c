// Package access answers what no link of the chain does: who can do any action on any resource, and what a principal can
// do at all. It asks the evaluator (graph/iam) with what a snapshot keeps of policies (graph.Governance).
//
// An Index is made once of a snapshot and asked often; it does not change, and any number of goroutines may ask it.
// WhoCan lists the users and roles that an action on a resource is allowed, and whom the resource's own policy lets in
// beside them. Can folds all that a principal may do into rows.
//
// Answers are given before any request is made. Condition keys that follow from who asks and what is asked about are
// known, all others are not, so that an answer may be conditional, with the conditions that remain. That requests come
// over TLS is taken for granted, and every answer says so. What was not imported makes an answer unknown, with the
// reason, never allowed or denied.
//
// graph/chain works its links out with the same condition keys (PrincipalKeys, RequestKeys) and writes what remains in the same words
// (Conditions), so that a link and an answer never differ.
package access
