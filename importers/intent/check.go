package intent

import (
	"slices"

	"github.com/permchain/permchain/graph/inventory"
)

// check tells what is wrong between the parts of the file.
func (d *decoder) check(i *inventory.Intent) {
	var environments []string
	accounts := map[string]string{}
	for _, e := range i.Environments {
		if e.Name != "" && slices.Contains(environments, e.Name) {
			d.at(e.Source, "environment %s stands twice", e.Name)
		}
		environments = append(environments, e.Name)
		for _, a := range e.Accounts {
			if other, dup := accounts[a]; dup && other != e.Name {
				d.at(e.Source, "account %s is in %s too", a, other)
			}
			accounts[a] = e.Name
		}
	}

	for _, n := range d.names {
		declared, missing := i.Classes, "list it in classes, low to high"
		if n.what == "environment" {
			declared, missing = environments, "there are no environments"
		}
		switch {
		case slices.Contains(declared, n.word):
		case len(declared) == 0:
			d.fail(n.node, n.at, "%s is not declared: %s", n.word, missing)
		default:
			d.fail(n.node, n.at, "%s", unknown(n.what, n.word, declared))
		}
	}

	workloads := map[string]inventory.Source{}
	for _, w := range i.Workloads {
		if first, dup := workloads[w.Name]; dup && w.Name != "" {
			d.at(w.Source, "workload %s stands on line %d already", w.Name, first.Line)
		} else {
			workloads[w.Name] = w.Source
		}
	}
}

// at fails at a part that was read from s.
func (d *decoder) at(s inventory.Source, format string, args ...any) {
	d.failLine(s.Line-d.in.Lines, s.Address, format, args...)
}
