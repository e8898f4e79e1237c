package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
)

var unapprovedModel = Rule{
	ID: "unapproved-model", Title: "A model that is not approved", Base: High,
	About: "A principal can invoke a model, or an inference profile of a model, that is not on the approved list. Access to every " +
		"model is access to those that are not approved.",
	References: []Reference{gensec01bp01},
	check:      checkUnapprovedModel,
}

func checkUnapprovedModel(c *chain, r *report) {
	byModel := map[graph.NodeID][]*graph.Edge{}
	var all []*graph.Edge
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		to := c.node(e.To)
		if e.Kind != graph.Invokes || !open(e) || to.Kind != graph.KindModel && to.Kind != graph.KindProfile || c.node(e.From).Kind == graph.KindProfile {
			continue
		}
		all = append(all, e)
		target := e.To
		if wide := c.g.Edge(e.ImpliedBy); wide != nil && c.node(wide.To).Kind == graph.KindModel {
			target = wide.To // the link to every model is the cause
		}
		byModel[target] = append(byModel[target], e)
	}
	if len(all) == 0 {
		return
	}
	if c.g.Intent == nil || c.g.Intent.ApprovedModels == nil {
		r.notAssessed(nil, Finding{
			Sentence: fmt.Sprintf("%s can be invoked, and whether %s approved was not assessed: no list of approved models is declared.", some(len(byModel), "model"), they(len(byModel))),
			Links:    ids(all),
			Need:     "approved: {models: […]} in permchain.yaml",
		})
		return
	}
	var unclear []*graph.Edge
	for _, id := range sortedKeys(byModel) {
		n := c.node(id)
		switch yes, known := c.approved(n); {
		case yes:
		case known:
			c.reportModel(r, n, byModel[id])
		default:
			unclear = append(unclear, byModel[id]...)
		}
	}
	if len(unclear) > 0 {
		var nodes []graph.NodeID
		for _, e := range unclear {
			nodes = append(nodes, e.To)
		}
		slices.Sort(nodes)
		r.notAssessed([]string{"profiles"}, Finding{
			Sentence: fmt.Sprintf("Which models %s %s for is not known, so whether they are approved was not assessed.", list(c.namesOf(nodes)), stands(len(slices.Compact(nodes)))),
			Links:    ids(unclear),
			Nodes:    nodes,
			Need:     "aws bedrock list-inference-profiles, and get-custom-model for models of your own",
		})
	}
}

// approved says whether a model is on the list, and whether that is known: an inference profile counts by its own name
// or by the models behind it, a model of one's own by its name or the one it was made from.
func (c *chain) approved(n *graph.Node) (yes, known bool) {
	if n.Wildcard {
		return slices.Contains(c.g.Intent.ApprovedModels, "*"), true
	}
	if c.listed(n.Name, n.ARN, string(n.ID), n.Attr("model id"), lastPart(n.ARN)) {
		return true, true
	}
	if base := n.Attr("base model"); base != "" {
		return c.listed(base, lastPart(base)), true
	}
	if n.Kind != graph.KindProfile {
		return false, n.Account == "" || !strings.Contains(n.ARN, "provisioned-model")
	}
	behind := 0
	for e := range c.g.Out(n.ID) {
		if m := c.node(e.To); e.Kind == graph.Invokes && m.Kind == graph.KindModel {
			behind++
			if !c.listed(m.Name, m.ARN, m.Attr("model id"), lastPart(m.ARN)) {
				return false, true
			}
		}
	}
	if behind > 0 {
		return true, true
	}
	// A system-defined profile says its model in its own id: "eu.anthropic.claude-…".
	id := lastPart(n.ARN)
	if _, model, ok := strings.Cut(id, "."); ok && strings.Contains(model, ".") {
		return c.listed(model), true
	}
	return false, false
}

// listed reports whether any of a model's names matches a pattern of the approved list.
func (c *chain) listed(names ...string) bool {
	for _, p := range c.g.Intent.ApprovedModels {
		for _, n := range names {
			if n != "" && arn.Match(p, n) {
				return true
			}
		}
	}
	return false
}

func they(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

// lastPart is what stands behind the last slash.
func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

func (c *chain) reportModel(r *report, n *graph.Node, links []*graph.Edge) {
	var who []graph.NodeID
	for _, e := range links {
		who = append(who, e.From)
	}
	slices.Sort(who)
	who = slices.Compact(who)
	s := fmt.Sprintf("%s can invoke %s, which is not an approved model.", list(c.namesOf(who)), n.Name)
	if n.Wildcard {
		s = fmt.Sprintf("%s can invoke %s, so also those that are not approved", list(c.namesOf(who)), n.Name)
		var examples []string
		for _, e := range links {
			if m := c.node(e.To); !m.Wildcard {
				if yes, known := c.approved(m); !yes && known {
					examples = append(examples, m.Name)
				}
			}
		}
		slices.Sort(examples)
		if examples = slices.Compact(examples); len(examples) > 0 {
			s += ", such as " + list(examples)
		}
		s += "."
		links = slices.DeleteFunc(slices.Clone(links), func(e *graph.Edge) bool {
			yes, _ := c.approved(c.node(e.To))
			return yes && !c.node(e.To).Wildcard
		})
	}
	links = c.heaviestFirst(links)
	r.open([]string{string(n.ID)}, Finding{
		Sentence: s,
		Label:    n.Name,
		Links:    ids(links),
		Nodes:    []graph.NodeID{n.ID},
		Moves:    c.weigh(weighing{env: true, risk: true, start: true}, links),
		Fix:      Fix{Text: "Name the approved models in the statement's Resource, or add the model to the approved list once it is approved. An SCP that denies bedrock:InvokeModel* with NotResource of the approved models closes this for all."},
	})
}
