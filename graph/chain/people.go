package chain

import (
	"regexp"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// forPeople writes what stands for something that a template leaves open as people would: "<stack>-orders" for
// STACK-orders, "${BucketName}" for a parameter without a value. Identities, ARNs and policies keep what they hold, so
// that they still match each other.
func (b *builder) forPeople() {
	templates := false
	for _, n := range b.nodes {
		if fromTemplate(n) {
			templates = true
			n.Name, n.Detail = shown(n.Name), shown(n.Detail)
			for i := range n.Attrs {
				n.Attrs[i].Value = shown(n.Attrs[i].Value)
			}
		}
		n.Unknown = shownIn(n.Unknown, fromTemplate(n))
	}
	if !templates {
		return
	}
	for _, e := range b.edges {
		from := fromTemplate(b.nodes[e.From]) || fromTemplate(b.nodes[e.To])
		for _, s := range []*string{&e.GrantedUnknown, &e.BlockedBy, &e.Log.Why} {
			*s = shownIn(*s, from)
		}
		for i := range e.Conditions {
			e.Conditions[i].From = shownIn(e.Conditions[i].From, from)
		}
		for i := range e.Evidence {
			e.Evidence[i].Note = shownIn(e.Evidence[i].Note, from)
		}
	}
	for _, g := range b.gaps {
		open := strings.Contains(g.What+g.Need, ":"+graph.StandInAccount+":") || strings.Contains(g.What, graph.StandInAccount) || strings.Contains(g.Need+g.What, graph.StandInStack)
		g.What, g.Need = shownIn(g.What, open), shownIn(g.Need, open)
	}
	for _, p := range b.policies {
		if strings.Contains(p.ID, ":"+graph.StandInAccount+":") || strings.HasPrefix(p.Source.Pointer, "/Resources/") {
			p.Name, p.Holder = shown(p.Name), shown(p.Holder)
		}
	}
}

// fromTemplate reports whether a node is one that a template describes, or names, without saying where it is.
func fromTemplate(n *graph.Node) bool {
	if n.Account == graph.StandInAccount || n.Region == graph.StandInRegion || isOpenTarget(n) || inventory.HoldsUnknown(n.Name) {
		return true
	}
	if p, err := arn.Parse(n.ARN); err == nil && (p.Account == graph.StandInAccount || p.Region == graph.StandInRegion) {
		return true
	}
	for _, s := range n.Sources {
		if strings.HasPrefix(s.Pointer, "/Resources/") {
			return true
		}
	}
	return false
}

// standIn finds the stand-ins as whole words, where "-", "_", "/" and ":" part words.
var standIn = regexp.MustCompile(`(^|[^A-Za-z0-9])(ACCOUNT|REGION|STACK)($|[^A-Za-z0-9])`)

var standInWords = map[string]string{graph.StandInAccount: "<account>", graph.StandInRegion: "<Region>", graph.StandInStack: "<stack>"}

func shown(s string) string {
	s = inventory.ShowUnknown(s)
	s = strings.ReplaceAll(s, "account "+graph.StandInAccount, graph.AccountWords(graph.StandInAccount))
	for range 3 { // neighbours share the character between them
		s = standIn.ReplaceAllStringFunc(s, func(m string) string {
			w := standIn.FindStringSubmatch(m)
			return w[1] + standInWords[w[2]] + w[3]
		})
	}
	return s
}

func shownIn(s string, template bool) string {
	if template {
		return shown(s)
	}
	return inventory.ShowUnknown(s)
}
