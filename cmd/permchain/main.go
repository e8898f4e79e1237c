// Command permchain shows who can make an AI system do what: it imports AWS configuration, works out every link
// of the chain, and shows which are too broad and which nobody owns.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/permchain/permchain/store"
)

// Exit codes. They are part of what scripts rely on and stand in the help.
const (
	exitDone   = 0 // done
	exitBar    = 1 // the bar was not met: there are findings at or above --fail-on, or policy test cases failed
	exitInput  = 2 // bad use, or input that could not be used
	exitFailed = 3 // failed: something that should have worked did not
)

const exitCodes = `Exit codes:
  0  done
  1  the bar was not met (check: there are findings at or above --fail-on; eval: cases failed)
  2  bad use or bad input
  3  failed`

// system is what a run needs of the machine around it.
type system struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // err is a terminal: progress may be drawn on it
	getenv   func(string) string
	now      func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], system{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: isatty.IsTerminal(os.Stderr.Fd()), getenv: os.Getenv, now: time.Now,
	}))
}

// run carries out one command line and returns the exit code. What went wrong is on sys.err, a line for each fault.
func run(ctx context.Context, args []string, sys system) int {
	root := newRoot(sys)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	var l lines
	for fault := range strings.Lines(err.Error()) {
		if fault = strings.TrimSpace(fault); fault != "" {
			l.add("permchain: %s", fault)
		}
	}
	code := exitInput // what cobra itself refuses: an unknown command or flag, too many arguments
	if e, ok := errors.AsType[*exitError](err); ok {
		code = e.code
	} else {
		l.add("permchain: `%s --help` says how it is used", cmd.CommandPath())
	}
	_, _ = io.WriteString(sys.err, l.String()) // there is nowhere left to say that this failed
	return code
}

// exitError is an error that knows its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// refuse is an error about how permchain was used or what it was given.
func refuse(format string, args ...any) error {
	return &exitError{exitInput, fmt.Errorf(format, args...)}
}

// action makes a command's work into what cobra runs: an error without a code of its own is a failure, unless it
// says that what was named is not there or not ours.
func action(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := work(cmd, args)
		if err == nil {
			return nil
		}
		if _, ok := errors.AsType[*exitError](err); ok {
			return err
		}
		code := exitFailed
		for _, input := range []error{store.ErrNotFound, store.ErrNewer, store.ErrNotDatabase, fs.ErrNotExist} {
			if errors.Is(err, input) {
				code = exitInput
			}
		}
		return &exitError{code, err}
	}
}

// defaultDB is the database that every command works on unless --db names another.
const defaultDB = "permchain.db"

func newRoot(sys system) *cobra.Command {
	root := &cobra.Command{
		Use:   "permchain",
		Short: "Shows who can make an AI system do what",
		Long: `permchain shows who can make an AI system do what. It reads the AWS configuration that a team already has,
works out every link from a person to a model to data to a tool to a log, and shows which links are too
broad and which nobody owns. It calls no network: it reads files, and keeps what it found in one file.

Begin with:
  permchain demo              a worked example in the browser, nothing needed
  permchain import PATH…      make a snapshot of your own
  permchain serve             look at it

` + exitCodes,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(sys.in)
	root.SetOut(sys.out)
	root.SetErr(sys.err)
	root.PersistentFlags().String("db", defaultDB, "the database `FILE`")
	root.AddCommand(newDemo(sys), newServe(sys), newImport(sys), newCheck(sys), newWhoCan(sys), newCan(sys), newEval(sys), newExport(sys), newVersion(sys))
	return root
}

// flagText returns a flag's value; the flag is always defined, by the code beside its use.
func flagText(cmd *cobra.Command, name string) string { return cmd.Flag(name).Value.String() }

// oneOf refuses a flag's value that is not among those allowed.
func oneOf(cmd *cobra.Command, name string, allowed ...string) (string, error) {
	v := flagText(cmd, name)
	if slices.Contains(allowed, v) {
		return v, nil
	}
	return "", refuse("--%s %q: it takes %s", name, v, strings.Join(allowed, " or "))
}
