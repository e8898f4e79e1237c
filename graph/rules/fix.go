package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// leastPrivilege is the statement that grants only what is wired, used or declared, as a change of the statement as it
// is written. Where nothing shows what is needed it says so in words: an empty grant is no advice.
func (c *chain) leastPrivilege(g *grant) Fix {
	before, fields := rawStatement(g.policy.Text, g.index)
	var kept []*graph.Edge
	for i := range g.links {
		if e := g.links[i].Edge; c.needed(e) && !c.node(e.To).Wildcard {
			kept = append(kept, e)
		}
	}
	managed := strings.HasPrefix(g.policy.ID, "arn:aws:iam::aws:")
	switch {
	case len(kept) == 0 && !c.knowable(g):
		return Fix{Text: fmt.Sprintf("Name the actions and resources that %s needs. Nothing imported shows what these are: import CloudTrail events of %s, or declare the workload's models, data and tools in permchain.yaml.",
			g.holder.Name, account(g.holder.Account))}
	case len(kept) == 0 && managed:
		return Fix{Text: "Detach " + g.policy.Name + " from " + g.holder.Name + ": nothing that is wired, used or declared needs it."}
	case len(kept) == 0:
		return Fix{Text: "Remove the statement: nothing that is wired, used or declared needs what it alone grants.", Before: before}
	}
	var out []string
	for _, s := range c.narrowStatements(kept) {
		out = append(out, s.rewrite(fields, len(out)))
	}
	after := strings.Join(out, ",\n")
	if len(out) > 1 {
		after = "[\n" + indent(after) + "\n]"
	}
	f := Fix{Text: "Grant only what is wired, used or declared.", Before: before, After: after}
	if managed {
		f.Text = "Detach the AWS managed policy " + g.policy.Name + " from " + g.holder.Name + " and attach a policy of your own with this statement."
	}
	return f
}

// knowable reports whether there is any configuration or log that would show what a grant's links are needed for.
func (c *chain) knowable(g *grant) bool {
	for i := range g.links {
		e := g.links[i].Edge
		if c.notWired(e) || e.Used.State == graph.No || e.Intended == graph.No {
			return true
		}
	}
	return false
}

// narrow is a statement of least privilege: actions that share their resources.
type narrow struct{ actions, resources []string }

// narrowStatements groups what links need into as few statements as say no more than that.
func (c *chain) narrowStatements(kept []*graph.Edge) []narrow {
	byAction := map[string][]string{}
	for _, e := range kept {
		to := c.node(e.To)
		for _, a := range c.actionsFor(e) {
			byAction[a] = append(byAction[a], c.resourcesFor(a, e, to)...)
		}
	}
	byResources := map[string]*narrow{}
	var order []string
	for _, a := range sortedKeys(byAction) {
		rs := byAction[a]
		slices.Sort(rs)
		rs = slices.Compact(rs)
		key := strings.Join(rs, "\n")
		if byResources[key] == nil {
			byResources[key] = &narrow{resources: rs}
			order = append(order, key)
		}
		byResources[key].actions = append(byResources[key].actions, a)
	}
	out := make([]narrow, len(order))
	for i, k := range order {
		out[i] = *byResources[k]
	}
	return out
}

// actionsFor is the least set of actions of a link. A knowledge base also lists the bucket it indexes.
// https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
func (c *chain) actionsFor(e *graph.Edge) []string {
	if e.Kind == graph.Indexes && c.node(e.To).Kind == graph.KindBucket {
		return append([]string{"s3:ListBucket"}, e.Breadth.ActionsNeeded...)
	}
	return e.Breadth.ActionsNeeded
}

// resourcesFor names what an action acts on to make a link: the objects of a bucket for s3:GetObject, the bucket itself
// for s3:ListBucket, an agent's aliases for bedrock:InvokeAgent.
func (c *chain) resourcesFor(action string, e *graph.Edge, to *graph.Node) []string {
	switch to.Kind {
	case graph.KindBucket, graph.KindLogBucket:
		if !actsOn(action, "object") {
			return []string{to.ARN}
		}
		if len(e.Part) > 0 {
			return e.Part
		}
		return []string{to.ARN + "/*"}
	case graph.KindAgent:
		if p, err := arn.Parse(to.ARN); err == nil && strings.EqualFold(action, "bedrock:InvokeAgent") {
			p.Resource = "agent-alias/" + p.ResourceID() + "/*"
			return []string{p.String()}
		}
	case graph.KindLogGroup:
		return []string{strings.TrimSuffix(to.ARN, ":*") + ":*"}
	case graph.KindModel:
		if id := to.Attr("model id"); id != "" {
			return []string{foundationModel(id)}
		}
	case graph.KindProfile:
		// A call through a profile needs the profile and each model behind it.
		// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
		out := []string{to.ARN}
		for m := range c.g.Out(to.ID) {
			if id := c.node(m.To).Attr("model id"); m.Kind == graph.Invokes && id != "" {
				out = append(out, foundationModel(id))
			}
		}
		return out
	}
	if to.ARN != "" {
		return []string{to.ARN}
	}
	return []string{string(to.ID)}
}

func foundationModel(id string) string { return "arn:aws:bedrock:*::foundation-model/" + id }

// actsOn reports whether the service authorization reference lists a resource type for an action.
func actsOn(action, resource string) bool {
	return slices.ContainsFunc(iam.MatchingActions(action), func(a iam.ActionInfo) bool { return slices.Contains(a.Resources, resource) })
}

// field is one member of a statement as it was written.
type field struct {
	name  string
	value json.RawMessage
}

// rawStatement finds a statement's own text in its policy, indented, and its members in the order they were written.
// It is empty when the text cannot be read.
func rawStatement(policy string, index int) (string, []field) {
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(policy), &doc) != nil {
		return "", nil
	}
	raw := doc.Statement
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil || index >= len(list) {
			return "", nil
		}
		raw = list[index]
	}
	fields := members(raw)
	return compose(fields), fields
}

// members reads an object's members in order.
func members(raw json.RawMessage) []field {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []field
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil
		}
		name, ok := t.(string)
		var v json.RawMessage
		if !ok || dec.Decode(&v) != nil {
			return nil
		}
		out = append(out, field{name, v})
	}
	return out
}

// compose writes members as an indented object. Lists of one line each stay so, that a diff has a line for each value.
func compose(fields []field) string {
	if len(fields) == 0 {
		return ""
	}
	var b bytes.Buffer
	b.WriteString("{")
	for i, f := range fields {
		if i > 0 {
			b.WriteString(",")
		}
		name, _ := json.Marshal(f.name)
		b.Write(name)
		b.WriteString(":")
		b.Write(f.value)
	}
	b.WriteString("}")
	var out bytes.Buffer
	if json.Indent(&out, b.Bytes(), "", "  ") != nil {
		return ""
	}
	return out.String()
}

// rewrite is the statement with other actions and resources; what else it says stays where it was. n counts the
// statements made of one, whose Sids must differ.
func (s narrow) rewrite(fields []field, n int) string {
	var out []field
	put := map[string]bool{}
	once := func(name string, values []string) {
		if !put[name] {
			put[name] = true
			v, _ := json.Marshal(one(values))
			out = append(out, field{name, v})
		}
	}
	for _, f := range fields {
		switch strings.ToLower(f.name) {
		case "action", "notaction":
			once("Action", s.actions)
		case "resource", "notresource":
			once("Resource", s.resources)
		case "sid":
			if n > 0 {
				var sid string
				_ = json.Unmarshal(f.value, &sid) // a Sid that is no string stays as it is
				if sid != "" {
					f.value, _ = json.Marshal(fmt.Sprint(sid, n+1))
				}
			}
			out = append(out, f)
		default:
			out = append(out, f)
		}
	}
	if len(fields) == 0 {
		out = append(out, field{"Effect", json.RawMessage(`"Allow"`)})
	}
	once("Action", s.actions)
	once("Resource", s.resources)
	return compose(out)
}

// one is a single value as people write it, and a list otherwise.
func one(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }
