package layout

import (
	"math/rand/v2"
	"testing"
)

// TestRegressionsAreExact compares both regressions with all heights that could be, for small lanes.
func TestRegressionsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const most = 12
	for range 300 {
		n := 1 + r.IntN(4)
		want, weight, gap := make([]int, n), make([]int, n), make([]int, n)
		var sq regression
		var ab stack
		for i := range n {
			want[i], weight[i] = r.IntN(most), 1+r.IntN(3)
			if i > 0 {
				gap[i] = r.IntN(3)
			}
			// Scaled, so that rounding of the means does not matter.
			sq.add(gap[i]*scale*100, want[i]*weight[i]*scale*100, weight[i])
			ab.add(gap[i]*scale*100, wish{want[i] * scale * 100, weight[i]})
		}
		cost := func(y []float64, square bool) float64 {
			sum := 0.0
			for i := range y {
				d := y[i] - float64(want[i])
				if square {
					sum += d * d * float64(weight[i])
				} else {
					sum += max(d, -d) * float64(weight[i])
				}
			}
			return sum
		}
		check := func(y []float64, square bool) {
			for i := 1; i < n; i++ {
				if y[i]-y[i-1] < float64(gap[i])-1e-9 {
					t.Fatalf("gap %v not kept by %v", gap, y)
				}
			}
			got := cost(y, square)
			// Nothing on a half-unit grid is better.
			var try func(i int, z []float64)
			try = func(i int, z []float64) {
				if i == n {
					if c := cost(z, square); c < got-0.01 {
						t.Fatalf("square %t: %v costs %v, %v only %v; want %v weight %v gap %v", square, y, got, z, c, want, weight, gap)
					}
					return
				}
				for v := -8.0; v <= most+8; v += 0.5 {
					if i == 0 || v-z[i-1] >= float64(gap[i]) {
						z[i] = v
						try(i+1, z)
					}
				}
			}
			if n <= 3 {
				try(0, make([]float64, n))
			}
		}
		ys := make([]float64, n)
		for i, y := range sq.solve() {
			ys[i] = float64(y) / (scale * 100)
		}
		check(ys, true)
		ab.solve(func(i, y int) { ys[i] = float64(y) / (scale * 100) })
		check(ys, false)
	}
}

// TestWeightStandsHigh: a drawing stands so that what weighs is in the upper half, and crosses no more for that.
func TestWeightStandsHigh(t *testing.T) {
	cost := func(p *plan) int {
		s := &search{plan: p}
		s.init()
		return s.cost()
	}
	for seed := range uint64(10) {
		in := randomChain(seed, 5, 30, 45, 20, true)
		for heavy := range in.Nodes {
			in.Nodes[heavy].Weight = 5
			p := newPlan(in)
			p.order()
			before := cost(p)
			p.turnUp()
			for i := range p.nodes {
				if layer := p.layers[p.nodes[i].Lane]; p.nodes[i].Weight > 0 && 2*int(p.pos[i]) > len(layer)-1 {
					t.Errorf("seed %d: %s weighs and stands at %d of %d", seed, p.nodes[i].ID, p.pos[i], len(layer))
				}
			}
			if after := cost(p); after != before {
				t.Errorf("seed %d: turned round it costs %d, not %d", seed, after, before)
			}
			in.Nodes[heavy].Weight = 0
		}
	}
}

// TestStraightLinesAreStraight: a single way through all lanes is one level line, whatever stands beside it.
func TestStraightLinesAreStraight(t *testing.T) {
	in := Input{Lanes: 4, Nodes: []Node{{ID: "a", Lane: 0}, {ID: "b", Lane: 3}, {ID: "c", Lane: 1}, {ID: "d", Lane: 2}},
		Edges: []Edge{{ID: "ab", From: "a", To: "b"}, {ID: "cd", From: "c", To: "d"}}}
	r := Place(in)
	for _, e := range r.Edges {
		for _, p := range e.Points {
			if p.Y != e.Points[0].Y {
				t.Errorf("line %s: %v", e.ID, e.Points)
			}
		}
	}
	if q := Measure(r); q != (Quality{}) {
		t.Errorf("%+v", q)
	}
}
