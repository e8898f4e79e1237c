// Package chain works the links out: from imported facts (graph/inventory) and the policy evaluator (graph/iam) to
// the graph that everything else reads.
//
// The order of work is the order of these files:
//
//   - join.go, entries.go and sagemaker.go make one node of all facts about one thing, as targets.go says which thing an
//     ARN is; orgs.go reads the organization.
//   - policies.go compiles what each principal is governed by, named.go and open.go make nodes of what policies name and
//     nothing describes, classify.go says what roles are for.
//   - wiring.go adds what configuration makes a workload do, with variables.go for what code is told, stores.go for
//     knowledge bases, gateways.go for gateways' targets and signin.go for those who come with a token.
//   - trust.go links callers to roles, grants.go what IAM allows by the table in access.go, with wide.go for links to
//     everything, breadth.go for how wide each is and dataaccess.go for collections; letin.go whom resources themselves
//     let in.
//   - usage.go adds what logs show, logs.go which log would show each hop, governance.go what else to know of policies,
//     intent.go what the team declared, and people.go writes names as people would.
//
// Nothing depends on the order in which facts were imported.
package chain

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
	"github.com/permchain/permchain/graph/inventory"
)

// Build works out the chain of what was imported. It fails only on a fault of its own; whatever the facts leave open
// is in the graph as unknown, with its reason, and in Graph.Gaps.
func Build(f *inventory.Facts) (*graph.Graph, error) {
	b := &builder{
		f:          f,
		nodes:      map[graph.NodeID]*graph.Node{},
		edges:      map[graph.EdgeID]*graph.Edge{},
		policies:   map[string]*graph.Policy{},
		compiled:   map[string]*iam.Policy{},
		written:    map[string]*iam.Document{},
		principals: map[string]*principal{},
		resource:   map[string]*iam.Policy{},
		actors:     map[graph.NodeID][]graph.NodeID{},
		gaps:       map[string]*graph.Gap{},
		byID:       map[string]graph.NodeID{},
		entered:    map[graph.NodeID]bool{},
		listed:     map[graph.NodeID]bool{},
		named:      map[graph.NodeID]bool{},
		carriedOut: map[graph.NodeID]graph.EdgeID{},
		delivered:  map[graph.NodeID]graph.LogState{},
		counted:    map[string]actionCount{},
		asked:      map[asking]*iam.Context{},
		ownLog:     map[graph.NodeID]graph.LogState{},
		orgs:       newOrgTree(f),
	}
	b.intent = mergeIntents(f.Intents)

	b.joinIdentities()
	b.joinWorkloadParts()
	b.joinResources()
	b.joinEntries()
	b.applyIntentToNodes()
	b.compileResourcePolicies()
	b.compilePrincipals()
	b.namedTargets()
	b.applyIntentToNodes() // nodes that only a policy names have owners and classes, too
	b.classifyRoles()
	b.wire()
	b.trust()
	b.nameModels()
	b.grants()
	b.letIn()
	b.usage()
	b.findLogs()
	b.nestedStacks()
	b.declare()
	b.describe()
	b.forPeople()
	return b.finish()
}

type builder struct {
	f      *inventory.Facts
	intent *inventory.Intent // merged; nil when none was imported

	nodes    map[graph.NodeID]*graph.Node
	edges    map[graph.EdgeID]*graph.Edge
	policies map[string]*graph.Policy
	gaps     map[string]*graph.Gap

	compiled   map[string]*iam.Policy   // by graph.Policy ID
	written    map[string]*iam.Document // likewise, as written, of those that are not wholly known
	principals map[string]*principal    // users and roles by ARN
	resource   map[string]*iam.Policy   // resource policies by the ARN they sit on
	orgs       *orgTree
	actors     map[graph.NodeID][]graph.NodeID // who runs as a role
	byID       map[string]graph.NodeID         // ids and names that other facts use for a node: "agent/ABCDEF", "kb/XYZ", "bucket/name"
	entered    map[graph.NodeID]bool           // roles that somebody other than an AWS service can become

	listed     map[graph.NodeID]bool         // models that a listing of a Region's models names
	named      map[graph.NodeID]bool         // of them, those that a configuration or a policy names, too
	carriedOut map[graph.NodeID]graph.EdgeID // tool → its link to the function behind it

	delivered    map[graph.NodeID]graph.LogState // what a thing logs by delivery
	accounts     map[string]bool                 // see oneAccount
	byName       map[string]graph.NodeID         // see namedHere
	rolesByName  map[string]string               // ARNs of imported roles by account and name
	managedByARN map[string]*inventory.ManagedPolicy
	functions    map[string]*inventory.Function
	trails       []trailView
	counted      map[string]actionCount // by service, link kind and action patterns
	asked        map[asking]*iam.Context
	ownLog       map[graph.NodeID]graph.LogState // functions' own logs, see functionLog
	logGroups    []*graph.Node                   // those that were imported, sorted
}

// node returns the node of that identity, made if it is new.
func (b *builder) node(id graph.NodeID, kind graph.NodeKind, name string) *graph.Node {
	if n, ok := b.nodes[id]; ok {
		return n
	}
	n := &graph.Node{ID: id, Kind: kind, Lane: kind.Lane(), Name: name}
	b.nodes[id] = n
	return n
}

// arnNode returns the node of an ARN, with account and Region filled from it.
func (b *builder) arnNode(a string, kind graph.NodeKind, name string) *graph.Node {
	n := b.node(graph.NodeID(a), kind, name)
	n.ARN = a
	if p, err := arn.Parse(a); err == nil {
		n.Account, n.Region = p.Account, p.Region
	}
	return n
}

func (b *builder) edge(from graph.NodeID, kind graph.EdgeKind, to graph.NodeID) *graph.Edge {
	id := graph.NewEdgeID(from, kind, to)
	if e, ok := b.edges[id]; ok {
		return e
	}
	e := &graph.Edge{ID: id, From: from, Kind: kind, To: to, Granted: graph.NotApplicable, Wired: graph.StateUnknown, Intended: graph.StateUnknown}
	b.edges[id] = e
	return e
}

// gap counts something that was not seen. Gaps of the same What are one.
func (b *builder) gap(what, need string) *graph.Gap {
	g, ok := b.gaps[what]
	if !ok {
		g = &graph.Gap{What: what, Need: need}
		b.gaps[what] = g
	}
	g.Count++
	return g
}

func source(s inventory.Source) graph.Source { return graph.Source(s) }

func addSource(n *graph.Node, s inventory.Source) {
	g := source(s)
	if g != (graph.Source{}) && !slices.Contains(n.Sources, g) {
		n.Sources = append(n.Sources, g)
	}
}

// attr sets a fact shown with a node. Two sources that disagree both stay, so that the contradiction is seen.
func attr(n *graph.Node, key, value string) {
	if value == "" {
		return
	}
	for i := range n.Attrs {
		if n.Attrs[i].Key == key {
			if n.Attrs[i].Value != value && !strings.Contains(n.Attrs[i].Value, value) {
				n.Attrs[i].Value += " / " + value + " (sources disagree)"
			}
			return
		}
	}
	n.Attrs = append(n.Attrs, graph.Tag{Key: key, Value: value})
}

// listAttr adds to a fact that may have several values, in order.
func listAttr(n *graph.Node, key, value string) {
	if value == "" {
		return
	}
	for i := range n.Attrs {
		if n.Attrs[i].Key == key {
			all := strings.Split(n.Attrs[i].Value, listSeparator)
			if at, found := slices.BinarySearch(all, value); !found {
				n.Attrs[i].Value = strings.Join(slices.Insert(all, at, value), listSeparator)
			}
			return
		}
	}
	n.Attrs = append(n.Attrs, graph.Tag{Key: key, Value: value})
}

const listSeparator = ", "

func setTags(n *graph.Node, tags inventory.Tags) {
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		t := graph.Tag{Key: k, Value: tags[k]}
		if !slices.Contains(n.Tags, t) {
			n.Tags = append(n.Tags, t)
		}
	}
}

// configured is the evidence of a configuration fact.
func configured(s inventory.Source, note string) graph.Evidence {
	return graph.Evidence{Kind: graph.ByConfiguration, Source: source(s), Note: note}
}

func addEvidence(e *graph.Edge, ev ...graph.Evidence) {
	for _, v := range ev {
		if !slices.ContainsFunc(e.Evidence, func(o graph.Evidence) bool { return sameEvidence(o, v) }) {
			e.Evidence = append(e.Evidence, v)
		}
	}
}

func sameEvidence(a, b graph.Evidence) bool {
	return a.Kind == b.Kind && a.Layer == b.Layer && a.Policy == b.Policy && a.Statement == b.Statement &&
		a.Effect == b.Effect && a.Source == b.Source && a.Note == b.Note
}

// describe gives every card its second line, once all that it may say is known.
func (b *builder) describe() {
	for _, n := range b.nodes {
		if n.Kind == graph.KindRole && n.RoleClass == "" && n.Pattern == "" { // named by what was worked out since
			n.RoleClass, n.RoleClassWhy = b.classify(n, nil)
		}
		if n.Detail == "" {
			n.Detail = b.detail(n)
		}
	}
}

func (b *builder) detail(n *graph.Node) string {
	var parts []string
	switch n.Kind {
	case graph.KindRole:
		if n.Attr("permission set") != "" {
			parts = append(parts, "permission set")
		} else {
			parts = append(parts, string(n.RoleClass)+" role")
		}
	case graph.KindBucket, graph.KindLogBucket:
		parts = append(parts, "S3")
	case graph.KindFunction:
		parts = append(parts, "Lambda")
	case graph.KindTable:
		parts = append(parts, "DynamoDB")
	case graph.KindAgent:
		parts = append(parts, "Bedrock agent")
		if v := n.Attr(servesVersion); v != "" && v != "DRAFT" {
			parts[0] += " v" + v
		}
	case graph.KindVectorStore:
		parts = append(parts, cmp.Or(n.Attr("storage"), "vector store"))
	case graph.KindLogGroup:
		parts = append(parts, "CloudWatch")
		if r := n.Attr("retention"); r != "" {
			parts = append(parts, r)
		}
	case graph.KindTrail:
		parts = append(parts, "CloudTrail")
	case graph.KindAPI:
		parts = append(parts, "API Gateway")
	case graph.KindNotebook, graph.KindPipeline, graph.KindEndpoint:
		parts = append(parts, "SageMaker "+string(n.Kind))
	case graph.KindBuild:
		parts = append(parts, "CodeBuild")
	case graph.KindTask:
		parts = append(parts, "ECS task")
	case graph.KindActionGroup:
		parts = append(parts, cmp.Or(n.Attr("action group"), "action group"))
	case graph.KindTool:
		parts = append(parts, cmp.Or(n.Attr("gateway target"), "tool"))
	case graph.KindModel:
		parts = append(parts, cmp.Or(n.Attr("approval"), "model"))
	default:
		parts = append(parts, string(n.Kind))
	}
	switch {
	case n.Outside:
		parts = append(parts, "outside the org")
	case n.Class != "":
		parts = append(parts, n.Class)
	case n.Lane != graph.Callers && n.Env != "" && n.Env != b.mainEnv():
		parts = append(parts, n.Env)
	}
	return strings.Join(parts, " · ")
}

// mainEnv is the environment that most accounts' nodes need not name: the first declared.
func (b *builder) mainEnv() string {
	if b.intent != nil && len(b.intent.Environments) > 0 {
		return b.intent.Environments[0].Name
	}
	return ""
}

// finish sorts what is inside nodes and links, hashes the evidence, and makes the graph.
func (b *builder) finish() (*graph.Graph, error) {
	nodes := make([]graph.Node, 0, len(b.nodes))
	for _, id := range sortedKeysOf(b.nodes) {
		n := b.nodes[id]
		slices.SortFunc(n.Sources, compareSources)
		slices.SortFunc(n.Tags, func(x, y graph.Tag) int { return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Value, y.Value)) })
		slices.Sort(n.Workloads)
		n.Workloads = slices.Compact(n.Workloads)
		nodes = append(nodes, *n)
	}
	edges := make([]graph.Edge, 0, len(b.edges))
	for _, id := range sortedKeysOf(b.edges) {
		e := b.edges[id]
		slices.SortFunc(e.Evidence, compareEvidence)
		e.EvidenceHash = b.accessHash(e)
		edges = append(edges, *e)
	}
	governed := b.governance() // before the policies are listed: it may compile an RCP that no link needed
	policies := make([]graph.Policy, 0, len(b.policies))
	for _, id := range sortedKeysOf(b.policies) {
		policies = append(policies, *b.policies[id])
	}
	gaps := make([]graph.Gap, 0, len(b.gaps))
	for _, w := range sortedKeysOf(b.gaps) {
		gaps = append(gaps, *b.gaps[w])
	}
	slices.SortStableFunc(gaps, func(x, y graph.Gap) int { return cmp.Compare(y.Count, x.Count) })
	g, err := graph.New(nodes, edges, policies, gaps, b.graphIntent())
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	g.Governance = governed
	return g, nil
}

func compareSources(a, b graph.Source) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Address, b.Address))
}

func compareEvidence(a, b graph.Evidence) int {
	// Allows stand before denies, and policy before configuration before events: the order in which people ask.
	return cmp.Or(cmp.Compare(evidenceRank(a), evidenceRank(b)), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Policy, b.Policy),
		cmp.Compare(a.Statement, b.Statement), compareSources(a.Source, b.Source), cmp.Compare(a.Note, b.Note))
}

func evidenceRank(e graph.Evidence) int {
	switch {
	case e.Kind == graph.ByPolicy && e.Effect == "Allow":
		return 0
	case e.Kind == graph.ByPolicy:
		return 1
	case e.Kind == graph.ByConfiguration:
		return 2
	case e.Kind == graph.ByEvent:
		return 3
	}
	return 4
}

// accessHash changes exactly when the access behind a link does: its verdict, conditions, reach, wiring, confirmation
// and the statements that decide, by content. It does not depend on files, lines or statement order.
func (b *builder) accessHash(e *graph.Edge) string {
	type access struct {
		Granted    graph.Verdict
		Wired      graph.State
		Confirm    graph.Confirmation
		Conditions []string
		Part       []string
		Holes      []string
		Statements []string
	}
	a := access{Granted: e.Granted, Wired: e.Wired, Confirm: e.Confirm, Part: e.Part, Holes: e.Holes}
	for _, c := range e.Conditions {
		a.Conditions = append(a.Conditions, c.String())
	}
	for _, ev := range e.Evidence {
		if ev.Kind == graph.ByPolicy {
			a.Statements = append(a.Statements, ev.Layer+"\x00"+b.statementText(ev.Policy, ev.Statement))
		}
	}
	slices.Sort(a.Conditions)
	slices.Sort(a.Statements)
	text, _ := json.Marshal(a) // plain strings cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// statementText is a statement's own content, without its place in the document.
func (b *builder) statementText(policy string, index int) string {
	p := b.compiled[policy]
	if p == nil || index >= len(p.Document().Statements) {
		return policy
	}
	s := p.Document().Statements[index]
	s.Index, s.Pointer = 0, ""
	text, _ := json.Marshal(s)
	return string(text)
}
