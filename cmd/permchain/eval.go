package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/permchain/permchain/graph/iam"
)

func newEval(sys system) *cobra.Command {
	return &cobra.Command{
		Use:   "eval CASES.jsonl…",
		Short: "Run policy test cases: what was expected, what came out",
		Long: `Puts requests to policies and compares the answers with those expected. A file holds one case a line, as JSON; - is
standard input. Keep such files as tests of your own policies. Nothing else is read: no database is needed.

  {"id": "agent reads payroll", "kind": "decision",
   "request": {"principal": {"type": "aws", "arn": "arn:aws:iam::111122223333:role/agent"}, "action": "s3:GetObject",
               "resource": {"arn": "arn:aws:s3:::hr-payroll/x.csv", "account": "111122223333"},
               "context": {"aws:SecureTransport": "true"}},
   "policies": {"identity": [ …documents… ], "resource": null, "boundary": null, "session": null, "endpoint": null,
                "scp": [{"node": "r-ab12", "policies": [ … ]}], "rcp": null},
   "expect": {"decision": "explicit_deny", "blocked_by": ["scp"]}}

(on one line each). The principal's type is aws, service (with "service": "lambda.amazonaws.com"), anonymous or federated. A
value of the context is a string, or a list for a key with several values. With "mode": "discovery" the keys that are not
listed are not known, else they are absent. The decisions are allow, explicit_deny, implicit_deny, and in discovery also
conditional and unknown. blocked_by may be left out; "scp": null means that the account is in no organization.

Prints a line of JSON for each case: id, got, want, pass, and why in words. Then, alone on the last line, how many passed
and how many failed. The exit code is 1 when any failed.

` + exitCodes,
		Example: `  permchain eval policies_test.jsonl
  permchain eval - < cases.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error { return runEval(sys, args) }),
	}
}

// runEval reads every file before it runs any: a file that cannot be read is bad input, whatever the others hold.
func runEval(sys system, files []string) error {
	var cases []iam.Case
	var faults []error
	for _, file := range files {
		read, err := casesOf(sys, file)
		if err != nil {
			faults = append(faults, err)
		}
		cases = append(cases, read...)
	}
	if len(faults) > 0 {
		return &exitError{exitInput, errors.Join(faults...)}
	}
	w := bufio.NewWriter(sys.out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	passed, failed := 0, 0
	for i := range cases {
		o := cases[i].Run()
		if o.Pass {
			passed++
		} else {
			failed++
		}
		if err := enc.Encode(o); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	if err := w.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return &exitError{exitBar, errors.New("")} // the last line has said it, and stays the last one wherever both outputs go
	}
	return nil
}

// casesOf reads one file of cases.
func casesOf(sys system, file string) (cases []iam.Case, err error) {
	var in io.Reader = sys.in
	name := "standard input"
	if file != "-" {
		name = file
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("eval %s: %w", name, withoutPath(err))
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	cases, err = iam.ReadCases(in)
	if e, ok := errors.AsType[*iam.LineError](err); ok {
		return nil, fmt.Errorf("eval %s:%d: %w", name, e.Line, e.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("eval %s: %w", name, withoutPath(err))
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("eval %s: there are no cases in it", name)
	}
	return cases, nil
}
