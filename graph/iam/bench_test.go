package iam

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// workload is what the generator of the shared benchmark writes.
type workload struct {
	Context  map[string]string `json:"context"`
	Accounts []struct {
		ID, Org string
		SCPs    [][]json.RawMessage `json:"scps"`
		RCPs    [][]json.RawMessage `json:"rcps"`
	} `json:"accounts"`
	Managed    map[string]json.RawMessage `json:"managed"`
	Principals []struct {
		ARN, Account string
		Tags         map[string]string
		Inline       []json.RawMessage
		Attached     []string
		Boundary     *string
	} `json:"principals"`
	Resources []struct {
		ARN, Account, Action string
		Policy               json.RawMessage
	} `json:"resources"`
}

// generate runs the generator, or skips.
func generate(t testing.TB, roles int, flags ...string) *workload {
	t.Helper()
	script := shared(t, "bench", "workload.py")
	out := filepath.Join(t.TempDir(), "w.json")
	args := append([]string{script, "--roles", fmt.Sprint(roles), "--out", out}, flags...)
	if msg, err := exec.CommandContext(t.Context(), "python3", args...).CombinedOutput(); err != nil {
		t.Skipf("not run: the generator of the workload: %v: %s", err, msg)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	w := &workload{}
	if err := json.Unmarshal(data, w); err != nil {
		t.Fatal(err)
	}
	return w
}

// world is a workload made ready.
type world struct {
	subjects []Subject
	targets  []Target
	bytes    int // of policy documents
}

func (w *workload) compile(t testing.TB) *world {
	t.Helper()
	out := &world{}
	one := func(id string, raw json.RawMessage) *Policy {
		if !present(raw) {
			return nil
		}
		out.bytes += len(raw)
		doc, err := Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return Compile(id, doc)
	}
	levels := func(id string, in [][]json.RawMessage) (ls []Level) {
		for i, l := range in {
			lv := Level{Node: fmt.Sprint(id, i)}
			for j, raw := range l {
				lv.Policies = append(lv.Policies, one(fmt.Sprint(id, i, ".", j), raw))
			}
			ls = append(ls, lv)
		}
		return ls
	}
	managed := map[string]*Policy{}
	for arn, raw := range w.Managed {
		managed[arn] = one(arn, raw)
	}
	scps, rcps := map[string][]Level{}, map[string][]Level{}
	for _, a := range w.Accounts {
		scps[a.ID], rcps[a.ID] = levels("scp"+a.ID, a.SCPs), levels("rcp"+a.ID, a.RCPs)
	}
	for _, p := range w.Principals {
		s := Subject{Principal: Principal{ARN: p.ARN, Account: p.Account}, SCP: scps[p.Account]}
		s.Context = NewContext(map[string][]string{"aws:PrincipalArn": {p.ARN}, "aws:PrincipalAccount": {p.Account}})
		for k, v := range p.Tags {
			s.Context.Set("aws:PrincipalTag/"+k, v)
		}
		for i, raw := range p.Inline {
			s.Identity = append(s.Identity, one(fmt.Sprint(p.ARN, " inline ", i), raw))
		}
		for _, a := range p.Attached {
			s.Identity = append(s.Identity, managed[a])
		}
		if p.Boundary != nil {
			s.Boundary = []*Policy{managed[*p.Boundary]}
		}
		out.subjects = append(out.subjects, s)
	}
	ctx := map[string][]string{}
	for k, v := range w.Context {
		ctx[k] = []string{v}
	}
	for _, r := range w.Resources {
		out.targets = append(out.targets, Target{Action: r.Action, Resource: r.ARN, ResourceAccount: r.Account,
			Policy: one(r.ARN+" resource policy", r.Policy), RCP: rcps[r.Account], Context: NewContext(ctx)})
	}
	return out
}

// TestWorkload holds the three ways of asking against each other, and against what two independent engines say of the
// workload.
func TestWorkload(t *testing.T) {
	for _, c := range []struct{ roles, want int }{{100, 6_483}, {1000, 57_533}} {
		w := generate(t, c.roles).compile(t)
		x := NewIndex(w.subjects)
		a := x.Asker()
		n := 0
		for i := range w.targets {
			a.About(&w.targets[i])
			for s := range w.subjects {
				v := a.Decide(s)
				if v.Decision == Allow {
					n++
				}
				if (i+s)%17 != 0 {
					continue
				}
				req, p := a.question(s)
				if d := Decide(&req, &p); d.Decision != v.Decision || d.Layer != v.Layer {
					t.Fatalf("%s on %s: index says %v, Decide %v", req.Principal.ARN, req.Resource, v, d)
				}
				r := Evaluate(&req, &p)
				if r.Decision != v.Decision {
					t.Fatalf("%s on %s: index says %v, Evaluate %v", req.Principal.ARN, req.Resource, v, r.Decision)
				}
				if v.Decision == Allow && !slices.ContainsFunc(r.Allows, func(ref StatementRef) bool {
					return ref.Policy == v.Policy.ID() && ref.Index == v.Statement && ref.Layer == v.Layer
				}) {
					t.Fatalf("%s on %s: %v decided, not among %v", req.Principal.ARN, req.Resource, v, r.Allows)
				}
			}
		}
		if n != c.want {
			t.Errorf("%d roles: %d allowed of %d, want %d", c.roles, n, c.roles*len(w.targets), c.want)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	w := generate(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		w.compile(b)
	}
}

// BenchmarkIndexBuild is making ready to ask: NewIndex, and the first question of each action.
func BenchmarkIndexBuild(b *testing.B) {
	w := generate(b, 1000).compile(b)
	b.ReportAllocs()
	for b.Loop() {
		x := NewIndex(w.subjects)
		a := x.Asker()
		for i := range 5 {
			a.About(&w.targets[i])
		}
	}
}

// BenchmarkMemory is what an Index keeps, beside the compiled policies and what those keep: after NewIndex, and after
// each action of the workload was asked about once.
func BenchmarkMemory(b *testing.B) {
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // the first leaves what finalizers and pools hold
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	loadReference()
	for _, roles := range []int{100, 1000, 5000, 20000} {
		b.Run(fmt.Sprint("roles=", roles), func(b *testing.B) {
			w := generate(b, roles)
			before := held()
			ready := w.compile(b)
			compiled := held()
			var x *Index
			for b.Loop() {
				x = NewIndex(ready.subjects)
			}
			bare := held()
			a := x.Asker()
			for i := range ready.targets {
				a.About(&ready.targets[i])
			}
			full := held()
			runtime.KeepAlive(a)
			runtime.KeepAlive(w)
			b.ReportMetric(float64(compiled-before), "policy-bytes")
			b.ReportMetric(float64(bare-compiled), "index-bytes")
			b.ReportMetric(float64(full-compiled), "asked-bytes")
		})
	}
}

func BenchmarkDecisions(b *testing.B) {
	for _, roles := range []int{100, 1000, 5000, 20000} {
		b.Run(fmt.Sprint("roles=", roles), func(b *testing.B) {
			w := generate(b, roles).compile(b)
			a := NewIndex(w.subjects).Asker()
			for i := range w.targets {
				a.About(&w.targets[i])
				for s := range w.subjects {
					a.Decide(s)
				}
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for i := range w.targets {
					a.About(&w.targets[i])
					for s := range w.subjects {
						a.Decide(s)
					}
				}
				n += len(w.targets) * len(w.subjects)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}

// BenchmarkWhoCan is one question: who can do the action of a resource.
func BenchmarkWhoCan(b *testing.B) {
	for _, roles := range []int{1000, 5000} {
		b.Run(fmt.Sprint("roles=", roles), func(b *testing.B) {
			w := generate(b, roles).compile(b)
			a := NewIndex(w.subjects).Asker()
			for i := range w.targets {
				a.About(&w.targets[i])
			}
			var times []time.Duration
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				a.About(&w.targets[i%len(w.targets)])
				for s := range w.subjects {
					a.Decide(s)
				}
				times = append(times, time.Since(start))
				i++
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	w := generate(b, 1000).compile(b)
	a := NewIndex(w.subjects).Asker()
	a.About(&w.targets[1])
	req, p := a.question(3)
	b.ReportAllocs()
	for b.Loop() {
		Decide(&req, &p)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	w := generate(b, 1000).compile(b)
	a := NewIndex(w.subjects).Asker()
	a.About(&w.targets[1])
	req, p := a.question(3)
	b.ReportAllocs()
	for b.Loop() {
		Evaluate(&req, &p)
	}
}
