// Package intent decodes permchain.yaml: what a team means its AI workloads to be, and what AWS does not say of itself.
//
// README.md beside this file is the reference for people. In short, with every key there is:
//
//	version: 1                                  # required
//	organization: Acme                          # a title
//	classes: [public, internal, restricted]     # data classes, low to high
//	environments:
//	  - {name: prod, accounts: ["111122223333"], outside: false}
//	approved: {models: ["anthropic.claude-*"], regions: [eu-central-1]}
//	sources:
//	  - {path: "prod/**", account: "111122223333", region: eu-central-1, stack: support, parameters: {Stage: prod}, as: scp}
//	owners:
//	  - {match: "support-*", kind: agent, owner: customer-care}
//	ownerTags: [owner, team]
//	data:
//	  - {match: "arn:aws:s3:::hr-*", class: restricted}
//	tools:
//	  - {match: cancel_order, effect: financial}
//	people:
//	  - {role: "AWSReservedSSO_Support_*", name: Support agents, count: 84}
//	workloads:
//	  - name: support                           # required, once
//	    title: Support assistant
//	    purpose: answers shipping questions
//	    owner: customer-care
//	    risk: moderate                          # low, moderate, high
//	    clearance: internal                     # one of classes
//	    environment: prod                       # one of environments
//	    users: [Customers]
//	    members: [support-agent]
//	    models: ["anthropic.claude-*"]
//	    data: [product-docs]
//	    tools: [create_ticket]
//	    logs: [org-trail]
//	    retention: 90d
//	    review: quarterly
//
// The file is a person's, so mistakes in it are told, all at once and each with its line: a key that is not known, a
// value of the wrong type, a class or environment that is not declared, the same workload twice.
package intent

import (
	"path"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// Format is the name of the format, as people see it.
const Format = "permchain.yaml"

// Recognize knows the file by its name or, under another name, by keys that only it has.
func Recognize(s inventory.Shape) (format string, ok bool) {
	if s.Root.Kind != inventory.Object {
		return "", false
	}
	base := strings.ToLower(path.Base(strings.ReplaceAll(s.File, "\\", "/")))
	if i := strings.LastIndexByte(base, '!'); i >= 0 { // the member of an archive
		base = base[i+1:]
	}
	switch base {
	case "permchain.yaml", "permchain.yml", "permchain.json":
		return Format, true
	}
	if s.Root.Get("version").Text != "1" || !s.Root.HasAny("workloads", "approved", "ownerTags", "people") ||
		!s.Root.Only(keysOf(rootKeys)...) {
		return "", false
	}
	return Format, true
}

// Decode appends the declaration. Its error joins an *Error for each mistake, up to MaxErrors.
func Decode(in inventory.Input, out *inventory.Facts) error {
	d := &decoder{in: &in}
	root := d.document(in.Data)
	var declared inventory.Intent
	if root != nil {
		declared = d.intent(root)
		d.check(&declared)
	}
	if err := d.err(); err != nil {
		return err
	}
	out.Intents = append(out.Intents, declared)
	return nil
}
