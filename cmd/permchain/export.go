package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/export"
)

func newExport(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export FORMAT",
		Short: "Write the map, or a part of it, as a file",
		Long: `Writes the map as the web page draws it. The format is svg. Without filters it is the default view of the page;
how much was left out stands in the picture. The same snapshot and filters give the same bytes.

` + exitCodes,
		Example: `  permchain export svg -o map.svg
  permchain export svg --workload support-assistant --theme dark -o support.svg
  permchain export svg --broad > broad.svg`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"svg"},
		RunE:      action(func(cmd *cobra.Command, _ []string) error { return runExport(cmd, sys) }),
	}
	f := cmd.Flags()
	f.StringP("output", "o", "-", "the `FILE` to write; - is standard output")
	f.String("theme", "light", "`light`, dark, or auto for what the reader prefers")
	f.String("title", "", "a `TITLE` above the picture")
	f.String("classification", "", "a `LINE` that says who may see it: \"Internal\"")
	f.String("workload", "", "only what belongs to the declared workload of that `NAME`")
	f.String("env", "", "only what is in the environment of that `NAME`")
	f.Bool("broad", false, "only links that are too broad")
	f.Bool("unowned", false, "only links that nobody owns")
	f.Bool("not-wired", false, "only links that are granted but not configured")
	f.String("reaches", "", "only paths that reach data of that `CLASS`")
	f.String("focus", "", "only what is around one node: its name, ARN or id (`NODE`)")
	f.Int("hops", export.DefaultHops, "how far around --focus, in `LINKS`")
	f.String("kind", "", "only links or nodes of that `KIND`: reads, invokes, bucket …")
	f.StringP("query", "q", "", "only what has that `TEXT` in its name, ARN or owner")
	f.Bool("denied", false, "draw links that IAM denies too")
	f.Bool("implied", false, "draw every link that a wildcard link stands for too")
	f.Bool("unfold", false, "draw things that are alike one by one")
	addSnapshotFlag(cmd)
	return cmd
}

func runExport(cmd *cobra.Command, sys system) error {
	theme, err := oneOf(cmd, "theme", "light", "dark", "auto")
	if err != nil {
		return err
	}
	if theme == "auto" {
		theme = ""
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
	if snap, err = withOwners(ctx, st, snap); err != nil {
		return err
	}
	filter, err := filterOf(cmd, snap.Graph)
	if err != nil {
		return err
	}
	scene := export.Build(snap.Graph, snap.Findings, filter)
	var svg bytes.Buffer
	err = export.SVG(&svg, scene, export.Options{
		Standalone: true, Theme: theme, Title: flagText(cmd, "title"), Classification: flagText(cmd, "classification"),
		Snapshot: strconv.FormatInt(snap.ID, 10), Time: snap.Created, Hash: snap.Hash, Version: versionText(),
	})
	if err != nil {
		return err
	}
	if out := flagText(cmd, "output"); out != "-" {
		return writeFile(out, svg.Bytes())
	}
	_, err = sys.out.Write(svg.Bytes())
	return err
}

// filterOf reads the filter flags and refuses what the chain does not have: an empty picture would otherwise pass
// for an answer.
func filterOf(cmd *cobra.Command, g *graph.Graph) (export.Filter, error) {
	is := func(name string) bool { return flagText(cmd, name) == "true" }
	hops, err := cmd.Flags().GetInt("hops")
	if err != nil {
		return export.Filter{}, err
	}
	f := export.Filter{
		Workload: flagText(cmd, "workload"), Env: flagText(cmd, "env"), Broad: is("broad"), Unowned: is("unowned"), NotWired: is("not-wired"),
		Reaches: flagText(cmd, "reaches"), Kind: flagText(cmd, "kind"), Q: flagText(cmd, "query"),
		Denied: is("denied"), Implied: is("implied"),
	}
	if is("unfold") {
		f.Unfold = []string{"all"}
	}
	if f.Workload != "" && g.Intent.Workload(f.Workload) == nil {
		return f, refuse("--workload %q: no workload of that name is declared%s", f.Workload, among(declared(g)))
	}
	if focus := flagText(cmd, "focus"); focus != "" {
		if f.Focus, err = findNode(g, focus); err != nil {
			return f, err
		}
		f.Hops = hops
	}
	return f, nil
}

func declared(g *graph.Graph) []string {
	if g.Intent == nil {
		return nil
	}
	names := make([]string, len(g.Intent.Workloads))
	for i, w := range g.Intent.Workloads {
		names[i] = w.Name
	}
	return names
}

// findNode finds a node by its id, ARN, key or, when it is the only one of that name, its name.
func findNode(g *graph.Graph, what string) (graph.NodeID, error) {
	if n := g.Node(graph.NodeID(what)); n != nil {
		return n.ID, nil
	}
	if n := g.NodeByKey(what); n != nil {
		return n.ID, nil
	}
	var found []string
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Name == what || n.ARN == what {
			found = append(found, string(n.ID))
		}
	}
	switch len(found) {
	case 1:
		return graph.NodeID(found[0]), nil
	case 0:
		return "", refuse("--focus %q: the snapshot has no node of that name, ARN or id", what)
	}
	return "", refuse("--focus %q: several nodes have that name%s", what, among(found))
}

// among lists some of what there is, for an error.
func among(names []string) string {
	const shown = 8 // fits an error's one line
	if len(names) == 0 {
		return ""
	}
	if len(names) > shown {
		return fmt.Sprintf(": %s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return ": " + strings.Join(names, ", ")
}

// writeFile writes a file whole or leaves what was there.
func writeFile(path string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, withoutPath(err))
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(tmp.Name())))
		}
	}()
	if _, err := io.Copy(tmp, bytes.NewReader(data)); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Close()); err != nil { // CreateTemp's 0600 would surprise who shares the picture
		return err
	}
	return os.Rename(tmp.Name(), path)
}
