package layout

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dotCrossings lays a chain out with Graphviz, lanes as ranks and lines as polylines, and counts as Measure does.
func dotCrossings(t testing.TB, in Input) (int, time.Duration) {
	t.Helper()
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("graphviz is not installed; apt-get install graphviz to compare with it")
	}
	var b bytes.Buffer
	b.WriteString("digraph { rankdir=LR; splines=polyline; nodesep=.25; node [shape=box fixedsize=true width=1.9 height=.6 label=\"\"]; edge [arrowhead=none tailport=e headport=w];\n")
	for l := range in.Lanes {
		fmt.Fprintf(&b, "lane%d [style=invis];", l)
		if l > 0 {
			fmt.Fprintf(&b, "lane%d -> lane%d [style=invis];", l-1, l)
		}
	}
	for l := range in.Lanes {
		fmt.Fprintf(&b, "{rank=same; lane%d;", l)
		for _, n := range in.Nodes {
			if n.Lane == l {
				fmt.Fprintf(&b, "%s;", n.ID)
			}
		}
		b.WriteString("}\n")
	}
	for _, e := range in.Edges {
		fmt.Fprintf(&b, "%s -> %s;\n", e.From, e.To)
	}
	b.WriteString("}\n")
	cmd := exec.Command(dot, "-Tplain")
	cmd.Stdin = &b
	start := time.Now()
	out, err := cmd.Output()
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]Point
	sc := bufio.NewScanner(bytes.NewReader(out))
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		f := strings.Fields(sc.Text())
		if len(f) < 4 || f[0] != "edge" || strings.HasPrefix(f[1], "lane") {
			continue
		}
		n, err := strconv.Atoi(f[3])
		if err != nil {
			t.Fatal(err)
		}
		var ps []Point
		for i := range n {
			x, errX := strconv.ParseFloat(f[4+2*i], 64)
			y, errY := strconv.ParseFloat(f[5+2*i], 64)
			if errX != nil || errY != nil {
				t.Fatal(errX, errY)
			}
			if i%3 == 0 { // a polyline's control points lie on it
				ps = append(ps, Point{int(x * 100000), int(y * 100000)})
			}
		}
		lines = append(lines, ps)
	}
	if len(lines) != len(in.Edges) {
		t.Fatalf("dot drew %d of %d lines", len(lines), len(in.Edges))
	}
	return Crossings(lines), took
}

// TestAgainstDot prints how many lines cross in random chains, beside Graphviz, and holds ours to no more.
func TestAgainstDot(t *testing.T) {
	sizes := []int{20, 100, 500}
	if !testing.Short() {
		sizes = append(sizes, 2000)
	}
	for _, skip := range []int{0, 20} {
		for _, n := range sizes {
			in := randomChain(1, 8, n, 2*n, skip, false)
			theirs, took := dotCrossings(t, in)
			start := time.Now()
			r := Place(in)
			q := Measure(r)
			t.Logf("%4d nodes, %4d links, %2d%% skip: ours %6d in %7s; dot %6d in %7s", n, len(in.Edges), skip, q.Crossings,
				time.Since(start).Round(100*time.Microsecond), theirs, took.Round(100*time.Microsecond))
			if q.Crossings > theirs {
				t.Errorf("%d nodes: %d crossings, dot %d", n, q.Crossings, theirs)
			}
			if q.LinesOverCards > 0 {
				t.Errorf("%d nodes: %+v", n, q)
			}
		}
	}
}

// BenchmarkPlace reports crossings beside the time. 150 nodes in six lanes with labels are the most a page draws.
func BenchmarkPlace(b *testing.B) {
	run := func(name string, in Input) {
		b.Run(name, func(b *testing.B) {
			var r Result
			for b.Loop() {
				r = Place(in)
			}
			b.ReportMetric(float64(Measure(r).Crossings), "crossings")
		})
	}
	run("page/150", randomChain(1, 6, 150, 300, 20, true))
	for _, n := range []int{20, 100, 500, 2000} {
		run(fmt.Sprintf("random/%d", n), randomChain(1, 8, n, 2*n, 0, false))
	}
}
