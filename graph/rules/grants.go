package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// grant is what one statement gives one holder: the links that it makes, and how it is wider than they need.
type grant struct {
	policy *graph.Policy
	stmt   *iam.Statement
	index  int         // of the statement in its policy
	key    string      // policy and Sid or content, and holder: what names the grant whatever else stands in the policy
	holder *graph.Node // the role or user; the first of them when several users have the policy
	links  []granted
}

// granted is one link of a grant.
type granted struct {
	*graph.Edge
	actions []string // action patterns of the statement that are wider than the link needs
	wide    []string // resource patterns of the statement that reach every resource of the target's kind
	layer   string
}

func (l *granted) broad() bool { return len(l.actions) > 0 || len(l.wide) > 0 }

// broadInActions reports whether a link of the grant has wider actions than it needs.
func (g *grant) broadInActions() bool {
	return slices.ContainsFunc(g.links, func(l granted) bool { return len(l.actions) > 0 })
}

// document returns a policy's parsed text, nil when it cannot be read.
func (c *chain) document(id string) *iam.Document {
	if d, ok := c.documents[id]; ok {
		return d
	}
	var doc *iam.Document
	if p := c.g.Policy(id); p != nil {
		doc, _ = iam.Parse([]byte(p.Text)) // a text that cannot be read leaves the evidence's own words
	}
	c.documents[id] = doc
	return doc
}

// statement is the statement that evidence names: as its policy has it, else as the evidence tells.
func (c *chain) statement(ev *graph.Evidence) *iam.Statement {
	if doc := c.document(ev.Policy); doc != nil && ev.Statement < len(doc.Statements) {
		return &doc.Statements[ev.Statement]
	}
	return &iam.Statement{Index: ev.Statement, Sid: ev.Sid, Effect: iam.Effect(ev.Effect), Actions: ev.Actions, Resources: ev.Resources}
}

// statementKey names a statement by its policy and its Sid, which is unique there, or by what it says.
func statementKey(policy string, s *iam.Statement) string {
	if s.Sid != "" {
		return policy + "\x00sid " + s.Sid
	}
	content := *s
	content.Index, content.Pointer = 0, ""
	for _, l := range []*[]string{&content.Actions, &content.NotActions, &content.Resources, &content.NotResources} {
		*l = slices.Clone(*l)
		slices.Sort(*l)
	}
	text, _ := json.Marshal(content) // plain strings cannot fail
	sum := sha256.Sum256(text)
	return policy + "\x00" + hex.EncodeToString(sum[:8])
}

// findGrants gathers what each allowing statement grants each holder, over all links that are open. Trust statements
// are not of it: they say who comes in, which broad-principal looks at.
func (c *chain) findGrants() []*grant {
	type place struct {
		policy string
		index  int
	}
	keys := map[place]string{}
	found := map[string]*grant{}
	for i := range c.g.Edges {
		e := &c.g.Edges[i]
		if !open(e) || e.Kind == graph.GuardedBy { // leave to be guarded is no access
			continue
		}
		for j := range e.Evidence {
			ev := &e.Evidence[j]
			if ev.Kind != graph.ByPolicy || ev.Effect != "Allow" || ev.Layer != "identity" && ev.Layer != "resource" || trustStatement(e, ev) {
				continue
			}
			stmt := c.statement(ev)
			if ev.Layer == "resource" && delegates(stmt) {
				continue
			}
			at := place{ev.Policy, ev.Statement}
			if keys[at] == "" {
				keys[at] = statementKey(ev.Policy, stmt)
			}
			h := c.holder(e)
			key := grantKey(keys[at], h)
			g := found[key]
			if g == nil {
				g = &grant{policy: c.g.Policy(ev.Policy), stmt: stmt, index: ev.Statement, key: key, holder: h}
				if g.policy == nil {
					g.policy = &graph.Policy{ID: ev.Policy, Name: ev.Policy}
				}
				found[key] = g
			}
			l := granted{Edge: e, actions: broadActions(stmt, e), layer: ev.Layer}
			if ev.Layer == "identity" {
				l.wide = wideResources(stmt, e, c.node(e.To))
			}
			g.links = append(g.links, l)
		}
	}
	out := make([]*grant, 0, len(found))
	for _, k := range sortedKeys(found) {
		out = append(out, found[k])
	}
	c.keepNarrow(out)
	return out
}

// grantKey names a grant. Users have a policy in common through their groups: that is one cause, not one for each.
func grantKey(statement string, holder *graph.Node) string {
	if holder.Kind == graph.KindUser {
		return statement + "\x00users"
	}
	return statement + "\x00" + string(holder.ID)
}

// grantOf is the grant that evidence of a link is of; nil when it is of none.
func (c *chain) grantOf(e *graph.Edge, ev *graph.Evidence) *grant {
	key := grantKey(statementKey(ev.Policy, c.statement(ev)), c.holder(e))
	i, ok := slices.BinarySearchFunc(c.grants, key, func(g *grant, key string) int { return strings.Compare(g.key, key) })
	if !ok {
		return nil
	}
	return c.grants[i]
}

// delegates reports whether a resource policy's statement names whole accounts only. It then leaves the choice to their
// own policies, as the default policy of a key does, and grants nobody anything by itself.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func delegates(s *iam.Statement) bool {
	p := s.Principal
	if p == nil || p.Any || len(p.AWS) == 0 || len(p.Service)+len(p.Federated)+len(p.CanonicalUser) > 0 {
		return false
	}
	return !slices.ContainsFunc(p.AWS, func(a string) bool { return !strings.HasSuffix(a, ":root") && !arn.IsAccountID(a) })
}

func trustStatement(e *graph.Edge, ev *graph.Evidence) bool {
	return e.Kind == graph.Assumes && ev.Layer == "resource"
}

// keepNarrow takes links that a narrow statement of the same holder grants as well out of the broad grants that have
// others: without the broad statement these links would stay, so they are no part of what is too much.
func (c *chain) keepNarrow(grants []*grant) {
	narrow := map[graph.EdgeID]bool{}
	for _, g := range grants {
		for i := range g.links {
			if l := &g.links[i]; !l.broad() && l.layer == "identity" {
				narrow[l.ID] = true
			}
		}
	}
	for _, g := range grants {
		alone := slices.Clone(g.links)
		alone = slices.DeleteFunc(alone, func(l granted) bool { return l.broad() && narrow[l.ID] })
		if slices.ContainsFunc(alone, func(l granted) bool { return l.broad() }) {
			g.links = alone
		}
	}
}

// broadActions lists the action patterns of a statement that give the link more than it needs: "*" and "s3:*", and a
// narrower wildcard when it takes in managing permissions, or writing where the link reads. NotAction gives whatever it
// does not name.
func broadActions(s *iam.Statement, e *graph.Edge) []string {
	need := e.Breadth.ActionsNeeded
	if len(s.NotActions) > 0 {
		return []string{"all but " + strings.Join(s.NotActions, ", ")}
	}
	var out []string
	for _, p := range s.Actions {
		if !arn.HasWildcard(p) || len(need) > 0 && !slices.ContainsFunc(need, func(a string) bool { return matchAction(p, a) }) {
			continue
		}
		svc, name, ok := strings.Cut(p, ":")
		if !ok || strings.Trim(name, "*") == "" || arn.HasWildcard(svc) || beyond(p, e.Kind) {
			out = append(out, p)
		}
	}
	return out
}

// beyond reports whether a pattern of one service stands for actions of a level that the link's kind never needs.
func beyond(pattern string, k graph.EdgeKind) bool {
	reading := k == graph.Reads || k == graph.Retrieves || k == graph.Indexes || k == graph.Decrypts
	return slices.ContainsFunc(iam.MatchingActions(pattern), func(a iam.ActionInfo) bool {
		return a.Access == "Permissions management" && k != graph.Administers || a.Access == "Write" && reading
	})
}

// untyped are services whose ARNs name the resource at once, without its type before it.
var untyped = map[string]bool{"s3": true, "sqs": true, "sns": true}

// wideResources lists the resource patterns of a statement that reach every resource of the target's kind. A link to
// a node that stands for a narrower pattern is not wide: the pattern names something.
func wideResources(s *iam.Statement, e *graph.Edge, to *graph.Node) []string {
	if len(s.NotResources) > 0 {
		return []string{"all but " + strings.Join(s.NotResources, ", ")}
	}
	var out []string
	for _, p := range s.Resources {
		if wide(p) && concerns(p, e, to) {
			out = append(out, p)
		}
	}
	return out
}

// wide reports whether a resource pattern names no part of a resource's own name.
func wide(pattern string) bool {
	if strings.Trim(pattern, "*") == "" {
		return pattern != ""
	}
	a, err := arn.Parse(pattern)
	if err != nil {
		return strings.HasSuffix(pattern, "*") // "arn:aws:s3*"
	}
	id := a.Resource
	if !untyped[a.Service] {
		if i := strings.IndexAny(id, "/:"); i >= 0 && !arn.HasWildcard(id[:i]) {
			id = id[i+1:]
		}
	}
	return strings.Trim(id, "*?/:") == ""
}

// concerns reports whether a pattern of a statement with several can be about the link's target.
func concerns(pattern string, e *graph.Edge, to *graph.Node) bool {
	a, err := arn.Parse(pattern)
	if err != nil || arn.HasWildcard(a.Service) || len(e.Breadth.ActionsNeeded) == 0 {
		return true
	}
	for _, need := range e.Breadth.ActionsNeeded {
		if service(need) == a.Service || a.Service == "iam" && service(need) == "sts" {
			return true
		}
	}
	b, err := arn.Parse(to.ARN)
	return err == nil && a.Service == b.Service
}

// pick gives the links that a test chooses.
func (g *grant) pick(ok func(*granted) bool) []*graph.Edge {
	var out []*graph.Edge
	for i := range g.links {
		if ok(&g.links[i]) {
			out = append(out, g.links[i].Edge)
		}
	}
	return out
}

// of is how one link of the grant is too wide: by which action patterns, and by which resource patterns.
func (g *grant) of(e *graph.Edge) (actions, wide []string) {
	for i := range g.links {
		if g.links[i].Edge == e {
			return g.links[i].actions, g.links[i].wide
		}
	}
	return nil, nil
}

// patterns joins the patterns of all links, in order.
func (g *grant) patterns(of func(*granted) []string) []string {
	var out []string
	for i := range g.links {
		for _, p := range of(&g.links[i]) {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

// evidence is the statement itself, as the first link shows it.
func (g *grant) evidence() []graph.Evidence {
	for _, ev := range g.links[0].Evidence {
		if ev.Kind == graph.ByPolicy && ev.Policy == g.policy.ID && ev.Statement == g.index {
			return []graph.Evidence{ev}
		}
	}
	return nil
}

// where names the statement for people: "AgentAccess, statement 2" or "AgentAccess / ReadDocs".
func (g *grant) where() string {
	if g.stmt.Sid != "" {
		return g.policy.Name + " / " + g.stmt.Sid
	}
	return g.policy.Name + ", statement " + strconv.Itoa(g.index+1)
}

// matchAction reports whether an action pattern, in any case, takes in an action.
func matchAction(pattern, action string) bool { return arn.MatchFold(strings.ToLower(pattern), action) }
