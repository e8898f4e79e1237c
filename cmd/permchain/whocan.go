package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/access"
	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/store"
)

func newWhoCan(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "who-can ACTION RESOURCE",
		Short: "List who can do an action on a resource, and which statement says so",
		Long: `Lists every user and role of a snapshot that may do an action, with the decision, the conditions that must hold, and the
statements that decide; and whom the resource's own policy lets in beside them: other accounts, services, anyone. All
policy layers that were imported count. RESOURCE is an ARN, a pattern of ARNs, an s3:// address, or the name of
something in the snapshot.

JSON: "action", "asked" and "resource" (what was asked about), "account" (its owner), "note"; "callers", each with "id", "arn",
"name", "kind", "account", "actors" (what runs as the role), "letIn" (only the resource's policy speaks of them), "decision"
(allowed, conditional or unknown), "conditions" (all must hold), "unknown" (why), "resources", "part" (only some of what
was asked about), "holes" (resources inside that are denied), "statements" (effect, layer, policy, statement counted from 0 and
left out for the first, sid, source) and "also" (other answers, for other parts); "asking", "denied" and "left" (users and roles asked, denied, and those that
only a policy which was not imported could let in); "assumed" and "unknown" (what was taken for granted, and not seen).

` + exitCodes,
		Example: `  permchain who-can s3:GetObject hr-payroll
  permchain who-can s3:GetObject s3://hr-payroll/2026/salaries.csv --format json
  permchain who-can bedrock:InvokeModel 'arn:aws:bedrock:*::foundation-model/*'`,
		Args: cobra.ExactArgs(2),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			return answer(cmd, sys, func(x *access.Index) (any, error) { return x.WhoCan(args[0], args[1]) })
		}),
	}
	cmd.Flags().String("format", "text", "how to answer: `text` or json")
	addSnapshotFlag(cmd)
	return cmd
}

func newCan(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "can PRINCIPAL",
		Short: "List what a user or role can do, and which statements say so",
		Long: `Lists what a user or role may do, by service: actions that have the same answer by the same statements are one row, with how
many there are of each access level. PRINCIPAL is an ARN, a name, the ending of one that no other has, or something that
runs as a role (an agent, a function). Without --action it is asked about every known action.

JSON: "asked", "principal", "note", "action", "actions" (known actions that were asked about); "powers", each with "services",
"actions" (patterns that stand for exactly these), "except", "count", "access" (level and count), and as in who-can "decision",
"conditions", "unknown", "resources", "holes" and "statements"; "why" (why there are none), "assumed" and "unknown".

` + exitCodes,
		Example: `  permchain can support-agent-role
  permchain can support-agent --action 's3:*'
  permchain can arn:aws:iam::111122223333:role/ml-deploy --action iam:PassRole --format json`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			glob := flagText(cmd, "action")
			return answer(cmd, sys, func(x *access.Index) (any, error) { return x.Can(args[0], glob) })
		}),
	}
	cmd.Flags().String("action", "*", "the actions to ask about, a `GLOB`: s3:Get*")
	cmd.Flags().String("format", "text", "how to answer: `text` or json")
	addSnapshotFlag(cmd)
	return cmd
}

// answer asks the chosen snapshot and prints what comes of it.
func answer(cmd *cobra.Command, sys system, ask func(*access.Index) (any, error)) error {
	format, err := oneOf(cmd, "format", "text", "json")
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	st, err := openExisting(ctx, cmd)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	snap, err := chosen(ctx, cmd, st)
	if err != nil {
		return err
	}
	got, err := ask(access.New(snap.Graph))
	if err != nil { // it is about the question
		return refuse("%s: %w", cmd.Name(), err)
	}
	if format == "json" {
		return writeJSON(sys.out, got)
	}
	return writeAnswer(sys.out, snap, st, got)
}

func writeAnswer(w io.Writer, snap *snapshot.Snapshot, st *store.Store, got any) error {
	var l lines
	switch a := got.(type) {
	case *access.Callers:
		callerLines(&l, snap, st.Path(), a)
	case *access.Powers:
		powerLines(&l, snap, st.Path(), a)
	}
	_, err := io.WriteString(w, l.String())
	return err
}

func callerLines(l *lines, snap *snapshot.Snapshot, db string, a *access.Callers) {
	about := a.Resource
	if a.Account != "" {
		about += ", account " + a.Account
	}
	l.add("snapshot %d in %s: who can %s on %s", snap.ID, db, a.Action, about)
	if a.Note != "" {
		l.add("%s", a.Note)
	}
	var t columns
	if len(a.Callers) > 0 {
		t.row("DECISION", "WHO", "", "STATEMENT", "WHERE")
	}
	users, others := 0, 0
	for i := range a.Callers {
		c := &a.Callers[i]
		if c.LetIn {
			others++
		} else {
			users++
		}
		kind := string(c.Kind)
		if c.Account != "" && c.Kind != graph.KindAccount {
			kind += " " + c.Account
		}
		statement, where := deciding(snap.Graph, &c.Grant, c.ARN)
		t.row(string(c.Decision), c.Name, kind, statement, where)
		if len(c.Actors) > 0 {
			t.under("what runs as it: " + few(c.Actors))
		}
		grantLines(&t, &c.Grant, "")
		for j := range c.Also {
			also := &c.Also[j]
			statement, where := deciding(snap.Graph, also, c.ARN)
			t.under(join2("also "+string(also.Decision)+": "+few(also.Resources), statement, where))
			grantLines(&t, also, "  ")
		}
	}
	l.add("")
	l.raw(t.text(""))
	if len(a.Callers) > 0 {
		l.add("")
	}
	if a.Asking > 0 {
		l.add("%d of %d users and roles may, or might; %d are denied.", users, a.Asking, a.Denied)
	}
	if others > 0 {
		l.add("A policy of the resource lets in %s.", count(others, "other"))
	}
	if len(a.Callers) == 0 && a.Asking == 0 {
		l.add("Nobody that is known.")
	}
	endLines(l, a.Unknown, a.Assumed)
}

// grantLines says under a row what a grant needs and leaves out.
func grantLines(t *columns, g *access.Grant, indent string) {
	for _, c := range g.Conditions {
		line := "if " + access.Words(c)
		if c.From != "" {
			line += "  (" + c.From + ")"
		}
		t.under(indent + line)
	}
	if g.Unknown != "" {
		t.under(indent + "not known: " + g.Unknown)
	}
	if g.Part && indent == "" {
		t.under("only on " + few(g.Resources))
	}
	if len(g.Holes) > 0 {
		t.under(indent + "but not on " + few(g.Holes))
	}
}

// deciding names the first statement that decided and where it stands. who is the ARN of whom the row is about.
func deciding(g *graph.Graph, grant *access.Grant, who string) (statement, where string) {
	if len(grant.Statements) == 0 {
		return "", ""
	}
	e := &grant.Statements[0]
	statement = e.Policy
	if p := g.Policy(e.Policy); p != nil {
		statement = p.Name
		if p.Holder != "" && !strings.HasPrefix(p.ID, who+" inline ") { // whose own it is need not be said again
			statement = p.Holder + " / " + p.Name
		}
	}
	statement += fmt.Sprintf(", statement %d", e.Statement+1)
	if e.Sid != "" {
		statement += " (" + e.Sid + ")"
	}
	if more := len(grant.Statements) - 1; more > 0 {
		statement += fmt.Sprintf(" and %d more", more)
	}
	return statement, e.Source.String()
}

func powerLines(l *lines, snap *snapshot.Snapshot, db string, a *access.Powers) {
	who := a.Principal.Name + " (" + string(a.Principal.Kind)
	if a.Principal.Account != "" {
		who += ", account " + a.Principal.Account
	}
	l.add("snapshot %d in %s: what %s) can do", snap.ID, db, who)
	if a.Note != "" {
		l.add("%s", a.Note)
	}
	if len(a.Principal.Actors) > 0 && a.Note == "" {
		l.add("what runs as it: %s", few(a.Principal.Actors))
	}
	var t columns
	if len(a.Powers) > 0 {
		t.row("DECISION", "ACTIONS", "STATEMENT", "WHERE")
	}
	for i := range a.Powers {
		p := &a.Powers[i]
		statement, where := deciding(snap.Graph, &p.Grant, a.Principal.ARN)
		t.row(string(p.Decision), howMany(p), statement, where)
		what := few(p.Actions)
		if len(p.Except) > 0 {
			what += " but " + few(p.Except)
		}
		t.under(what + " on " + few(p.Resources))
		g := p.Grant
		g.Part = false // that is said
		grantLines(&t, &g, "")
		levels := make([]string, len(p.Access))
		for j, v := range p.Access {
			levels[j] = fmt.Sprintf("%d %s", v.Count, v.Level)
		}
		t.under(strings.Join(levels, ", "))
	}
	l.add("")
	l.raw(t.text(""))
	switch {
	case len(a.Powers) > 0:
	case a.Why != "":
		l.add("Nothing: %s.", a.Why)
	default:
		l.add("Nothing: of the %s that %s stands for, none is allowed.", count(a.Actions, "known action"), a.Action)
	}
	endLines(l, a.Unknown, a.Assumed)
}

// howMany counts the actions of a row: "s3: 180 actions".
func howMany(p *access.Power) string {
	name := strings.Join(p.Services, ", ")
	if len(p.Services) > 1 {
		name = count(len(p.Services), "service")
	}
	return name + ": " + count(p.Count, "action")
}

func endLines(l *lines, unknown, assumed []string) {
	if len(unknown) > 0 {
		l.add("")
		l.add("Not known:")
		for _, u := range unknown {
			l.add("  %s", u)
		}
	}
	l.add("")
	for _, as := range assumed {
		l.add("Taken for granted: %s.", as)
	}
}

// few lists some of several names.
func few(names []string) string {
	const shown = 5
	if len(names) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return strings.Join(names, ", ")
}

// join2 puts what there is of some texts side by side.
func join2(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "  ")
}
