package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph/snapshot"
	"github.com/permchain/permchain/importers"
	"github.com/permchain/permchain/importers/example"
	"github.com/permchain/permchain/store"
)

// demoDB is where the demo keeps its snapshot: in the folder it is run in, where the other commands can be tried
// on it, and never in the database of real work.
const demoDB = "permchain-demo.db"

func newDemo(sys system) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Open a worked example in the browser; nothing is needed for it",
		Long: `Imports the worked example that is part of the program, files in AWS's own formats from two accounts of a company
made up for it, into ` + demoDB + `, and opens it in the browser. The other commands work on it too:
  permchain check --db ` + demoDB + `

` + exitCodes,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, sys) }),
	}
	f := cmd.Flags()
	f.String("db", demoDB, "the database `FILE`")
	f.String("addr", defaultAddr, "the address to listen on, `HOST:PORT`; port 0 takes a free one")
	f.Bool("no-serve", false, "only make the database")
	f.Bool("no-open", false, "do not open a browser")
	return cmd
}

func runDemo(cmd *cobra.Command, sys system) error {
	addr := flagText(cmd, "addr")
	if err := loopback(addr); err != nil {
		return err
	}
	ctx, db := cmd.Context(), flagText(cmd, "db")
	st, err := store.Open(ctx, db)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	snap, err := saveExample(ctx, sys, st)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(sys.out, made(snap, db)); err != nil {
		return err
	}
	if flagText(cmd, "no-serve") == "true" {
		return nil
	}
	ln, err := listen(ctx, addr)
	if errors.Is(err, syscall.EADDRINUSE) && !cmd.Flags().Changed("addr") {
		ln, err = listen(ctx, net.JoinHostPort("127.0.0.1", "0"))
	}
	if err != nil {
		return err
	}
	var ready func(string)
	if flagText(cmd, "no-open") != "true" {
		ready = func(url string) { openBrowser(ctx, sys, url) }
	}
	return serve(ctx, sys, st, ln, ready)
}

// saveExample imports the worked example. Where the database's latest snapshot already is what comes of it, that
// one is used, so that running the demo again changes nothing.
func saveExample(ctx context.Context, sys system, st *store.Store) (*snapshot.Snapshot, error) {
	facts, report, err := importers.ImportFS(ctx, example.FS(), importers.Options{Strict: true})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	snap, err := snapshot.Make(facts, report, sys.now())
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	latest, err := st.Latest(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if latest != nil {
		// A later version of permchain may find other things in the same chain.
		was, err := json.Marshal(latest.Findings)
		if err != nil {
			return nil, err
		}
		is, err := json.Marshal(snap.Findings)
		if err != nil {
			return nil, err
		}
		if latest.Hash == snap.Hash && bytes.Equal(was, is) {
			return latest, nil
		}
	}
	return snap, st.Save(ctx, snap)
}
