package intent

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/permchain/permchain/graph/inventory"
)

// The keys of each part of the file, in the order of the reference.
var (
	rootKeys = []key[inventory.Intent]{
		{"version", func(d *decoder, n *yaml.Node, at string, _ *inventory.Intent) {
			if n.Kind != yaml.ScalarNode || n.Value != "1" {
				d.fail(n, at, "only version 1 is known")
			}
		}},
		{"organization", text(func(i *inventory.Intent) *string { return &i.Organization })},
		{"classes", func(d *decoder, n *yaml.Node, at string, i *inventory.Intent) {
			texts(func(i *inventory.Intent) *[]string { return &i.Classes })(d, n, at, i)
			if n.Kind != yaml.SequenceNode {
				return
			}
			for k, c := range n.Content {
				if c.Value != "" && slices.ContainsFunc(n.Content[:k], func(o *yaml.Node) bool { return o.Value == c.Value }) {
					d.fail(c, fmt.Sprintf("%s[%d]", at, k), "%s stands twice", c.Value)
				}
			}
		}},
		{"environments", list(func(i *inventory.Intent) *[]inventory.Environment { return &i.Environments }, environmentKeys,
			func(e *inventory.Environment) *inventory.Source { return &e.Source }, "name", "accounts")},
		{"approved", func(d *decoder, n *yaml.Node, at string, i *inventory.Intent) { object(d, n, at, i, approvedKey) }},
		{"sources", list(func(i *inventory.Intent) *[]inventory.SourceRule { return &i.Sources }, sourceKeys,
			func(s *inventory.SourceRule) *inventory.Source { return &s.Source }, "path")},
		{"owners", list(func(i *inventory.Intent) *[]inventory.OwnerRule { return &i.Owners }, ownerKeys,
			func(o *inventory.OwnerRule) *inventory.Source { return &o.Source }, "match", "owner")},
		{"ownerTags", texts(func(i *inventory.Intent) *[]string { return &i.OwnerTags })},
		{"data", list(func(i *inventory.Intent) *[]inventory.ClassRule { return &i.Data }, classKeys,
			func(c *inventory.ClassRule) *inventory.Source { return &c.Source }, "match", "class")},
		{"tools", list(func(i *inventory.Intent) *[]inventory.EffectRule { return &i.Tools }, effectKeys,
			func(e *inventory.EffectRule) *inventory.Source { return &e.Source }, "match", "effect")},
		{"people", list(func(i *inventory.Intent) *[]inventory.PeopleRule { return &i.People }, peopleKeys,
			func(p *inventory.PeopleRule) *inventory.Source { return &p.Source }, "role", "name")},
		{"workloads", list(func(i *inventory.Intent) *[]inventory.Workload { return &i.Workloads }, workloadKeys,
			func(w *inventory.Workload) *inventory.Source { return &w.Source }, "name")},
	}
	approvedKey = []key[inventory.Intent]{
		{"models", texts(func(i *inventory.Intent) *[]string { return &i.ApprovedModels })},
		{"regions", texts(func(i *inventory.Intent) *[]string { return &i.ApprovedRegions })},
	}
	environmentKeys = []key[inventory.Environment]{
		{"name", text(func(e *inventory.Environment) *string { return &e.Name })},
		{"accounts", texts(func(e *inventory.Environment) *[]string { return &e.Accounts })},
		{"outside", func(d *decoder, n *yaml.Node, at string, e *inventory.Environment) {
			if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
				d.fail(n, at, "is %s where true or false should be", kind(n))
				return
			}
			e.Outside = strings.EqualFold(n.Value, "true")
		}},
	}
	sourceKeys = []key[inventory.SourceRule]{
		{"path", text(func(s *inventory.SourceRule) *string { return &s.Path })},
		{"account", func(d *decoder, n *yaml.Node, at string, s *inventory.SourceRule) {
			id, ok := d.scalar(n, at)
			if ok && !isAccount(id) {
				d.fail(n, at, "%q is no account: an account is twelve digits, in quotes", id)
				return
			}
			s.Account = id
		}},
		{"region", text(func(s *inventory.SourceRule) *string { return &s.Region })},
		{"stack", text(func(s *inventory.SourceRule) *string { return &s.Stack })},
		{"parameters", parameters},
		{"as", text(func(s *inventory.SourceRule) *string { return &s.As })},
	}
	ownerKeys = []key[inventory.OwnerRule]{
		{"match", text(func(o *inventory.OwnerRule) *string { return &o.Match })},
		{"kind", oneOf(func(o *inventory.OwnerRule) *string { return &o.Kind }, "kind", kinds...)},
		{"owner", text(func(o *inventory.OwnerRule) *string { return &o.Owner })},
	}
	classKeys = []key[inventory.ClassRule]{
		{"match", text(func(c *inventory.ClassRule) *string { return &c.Match })},
		{"class", named("class", func(c *inventory.ClassRule) *string { return &c.Class })},
	}
	effectKeys = []key[inventory.EffectRule]{
		{"match", text(func(e *inventory.EffectRule) *string { return &e.Match })},
		{"effect", oneOf(func(e *inventory.EffectRule) *string { return &e.Effect }, "effect", "none", "customer-visible", "financial", "legal", "safety")},
	}
	peopleKeys = []key[inventory.PeopleRule]{
		{"role", text(func(p *inventory.PeopleRule) *string { return &p.Role })},
		{"name", text(func(p *inventory.PeopleRule) *string { return &p.Name })},
		{"count", func(d *decoder, n *yaml.Node, at string, p *inventory.PeopleRule) {
			count, err := strconv.Atoi(n.Value)
			if n.Kind != yaml.ScalarNode || err != nil || count < 0 || count > math.MaxInt32 {
				d.fail(n, at, "is no number of people")
				return
			}
			p.Count = count
		}},
	}
	workloadKeys = []key[inventory.Workload]{
		{"name", text(func(w *inventory.Workload) *string { return &w.Name })},
		{"title", text(func(w *inventory.Workload) *string { return &w.Title })},
		{"purpose", text(func(w *inventory.Workload) *string { return &w.Purpose })},
		{"owner", text(func(w *inventory.Workload) *string { return &w.Owner })},
		{"risk", oneOf(func(w *inventory.Workload) *string { return &w.Risk }, "risk", "low", "moderate", "high")},
		{"clearance", named("class", func(w *inventory.Workload) *string { return &w.Clearance })},
		{"environment", named("environment", func(w *inventory.Workload) *string { return &w.Env })},
		{"users", texts(func(w *inventory.Workload) *[]string { return &w.Users })},
		{"members", texts(func(w *inventory.Workload) *[]string { return &w.Members })},
		{"models", texts(func(w *inventory.Workload) *[]string { return &w.Models })},
		{"data", texts(func(w *inventory.Workload) *[]string { return &w.Data })},
		{"tools", texts(func(w *inventory.Workload) *[]string { return &w.Tools })},
		{"logs", texts(func(w *inventory.Workload) *[]string { return &w.Logs })},
		{"retention", retention},
		{"review", review},
	}
)

// kinds are the kinds of node that an owner rule can be limited to: those of package graph.
var kinds = []string{
	"user", "group", "federated identity", "account", "service", "anyone", "organization", "role",
	"model", "inference profile", "agent", "agent alias", "agent runtime", "endpoint", "flow",
	"knowledge base", "vector store", "bucket", "table", "secret", "database", "index", "data source", "memory",
	"function", "action group", "gateway", "tool", "topic", "queue", "state machine",
	"log group", "trail", "event data store", "log bucket", "key", "guardrail", "policy",
}

// named reads the name of a class or environment, which is held against the declared ones when all is read.
func named[T any](what string, field func(*T) *string) func(*decoder, *yaml.Node, string, *T) {
	return func(d *decoder, n *yaml.Node, at string, into *T) {
		if s, ok := d.scalar(n, at); ok {
			*field(into) = s
			d.names = append(d.names, name{what, s, at, n})
		}
	}
}

// intent reads the whole file.
func (d *decoder) intent(root *yaml.Node) inventory.Intent {
	i := inventory.Intent{Source: d.source(root, "")}
	object(d, root, "", &i, rootKeys)
	if !has(root, "version") {
		d.fail(root, "", "version is missing: begin with version: 1")
	}
	return i
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

func parameters(d *decoder, n *yaml.Node, at string, s *inventory.SourceRule) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, at, "is %s where names and values should be", kind(n))
		return
	}
	s.Params = map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := n.Content[i], resolve(n.Content[i+1])
		if v.Kind != yaml.ScalarNode {
			d.fail(v, join(at, name.Value), "is %s where text should be: a list is its values with commas between them", kind(v))
			continue
		}
		if _, dup := s.Params[name.Value]; dup {
			d.fail(name, at, "%s stands twice", name.Value)
		}
		s.Params[name.Value] = v.Value
	}
}

// maxRetention is CloudWatch Logs' longest, ten years, with room for other stores.
const maxRetention = 100 * 365

// retention reads days, weeks or years: 90d, 12w, 7y. A year is 365 days. Months are of no fixed length.
func retention(d *decoder, n *yaml.Node, at string, w *inventory.Workload) {
	s, ok := d.scalar(n, at)
	if !ok {
		return
	}
	const how = "write days, weeks or years, as 90d, 12w or 7y"
	unit := map[byte]int{'d': 1, 'w': 7, 'y': 365}[lastByte(s)]
	if unit == 0 {
		d.fail(n, at, "%q has no unit: %s", s, how)
		return
	}
	count, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || count < 1 || count > maxRetention/unit {
		d.fail(n, at, "%q is no span of time: %s", s, how)
		return
	}
	w.RetentionDays = count * unit
}

func lastByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}

// reviews are how often a workload can be reviewed.
var reviews = []string{"weekly", "monthly", "quarterly", "half-yearly", "yearly"}

// review reads how often, or the date of the next one.
func review(d *decoder, n *yaml.Node, at string, w *inventory.Workload) {
	s, ok := d.scalar(n, at)
	if !ok {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		if slices.Contains(reviews, s) {
			w.Review = s
			return
		}
		d.fail(n, at, "%s, or a date as 2027-01-31", unknown("interval", s, reviews))
		return
	}
	w.Review = s
}
