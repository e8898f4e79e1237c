package layout

import (
	"cmp"
	"slices"
)

// Bounds on the search for an order with few crossings. They count work, not time, so that the result does not
// depend on the machine; searchPerLink keeps 150 visible nodes within a few milliseconds.
const (
	searchBase    = 40_000 // comparisons of two neighbouring items that any drawing may cost
	searchPerLink = 180    // more of them for each part of a link between two lanes
	searchPage    = 800    // parts that a page may draw; for each beyond, which only files do …
	searchPerMore = 1_800  // … there is time for more
	searchMost    = 12_000_000
	sweepsWithout = 4   // sweeps without a better order after which a start is given up
	sweepsMost    = 24  // sweeps of one start
	startsMost    = 12  // starts of which the best is kept
	siftWindow    = 400 // places up and down that one item is tried at; whole lanes but the very longest
)

// order finds the order of the items in each lane.
//
// Several starts are improved by sweeps that put each item at the middle of its neighbours' places (Sugiyama,
// Tagawa and Toda 1981, with the median of Gansner et al. 1993 in turn), and then by sifting: every item is
// tried at every place of its lane and left at the best (Matuszewski, Schönfeld and Molitor 1999). A start that
// is not first is the best so far, shaken, or an order of its own.
func (p *plan) order() {
	s := &search{plan: p}
	s.init()
	parts := len(p.left)
	s.budget = min(searchBase+searchPerLink*parts+searchPerMore*max(0, parts-searchPage), searchMost)
	if parts == 0 && len(p.loop) == 0 {
		return
	}
	best, bestCost := []int32(nil), -1
	for start := range startsMost {
		if start > 0 && s.budget <= 0 {
			break
		}
		s.begin(start, best)
		s.sweep()
		s.sift()
		if c := s.cost(); bestCost < 0 || c < bestCost {
			best, bestCost = s.save(best), c
		}
		if bestCost == 0 {
			break
		}
	}
	s.restore(best)
}

// turnUp turns all lanes round when the weight of the cards is in the lower half.
func (p *plan) turnUp() {
	const whole = 1 << 10
	down := 0
	for _, layer := range p.layers {
		for at, it := range layer {
			if p.isCard(it) {
				down += p.nodes[p.items[it].node].Weight * (2*at - len(layer) + 1) * whole / len(layer)
			}
		}
	}
	if down <= 0 {
		return
	}
	for _, layer := range p.layers {
		slices.Reverse(layer)
		for at, it := range layer {
			p.pos[it] = int32(at)
		}
	}
}

// search is the state of the search for an order.
type search struct {
	*plan
	budget int
	rand   uint64
	// Positions of the neighbours of each item, sorted, alongside plan.left and plan.right.
	leftPos, rightPos []int32
	key               []int64 // sort key of an item in a sweep
	movable           []int32
	tree              []int32 // counts for inversions
	scratch           []int32
	prefix            []int32
	hasLoops          []bool // lanes with edges inside them
}

func (s *search) init() {
	s.leftPos, s.rightPos = make([]int32, len(s.left)), make([]int32, len(s.right))
	s.key = make([]int64, len(s.items))
	longest := 0
	for _, l := range s.layers {
		longest = max(longest, len(l))
	}
	s.tree = make([]int32, longest+2)
	s.prefix = make([]int32, longest+1)
	s.hasLoops = make([]bool, s.lanes)
	for i := range s.edges {
		if s.edges[i].loop {
			s.hasLoops[s.items[s.edges[i].items[0]].lane] = true
		}
	}
	s.rand = 0x9e3779b97f4a7c15
}

// next is a fixed pseudo-random sequence (Vigna's splitmix64), so that every run shakes alike.
func (s *search) next(n int) int {
	s.rand += 0x9e3779b97f4a7c15
	z := s.rand
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return int((z ^ (z >> 31)) % uint64(n))
}

func (s *search) save(into []int32) []int32 {
	if into == nil {
		into = make([]int32, len(s.pos))
	}
	copy(into, s.pos)
	return into
}

func (s *search) restore(from []int32) {
	copy(s.pos, from)
	for _, layer := range s.layers {
		slices.SortFunc(layer, func(a, b int32) int { return cmp.Compare(s.pos[a], s.pos[b]) })
	}
}

func (s *search) renumber(layer []int32) {
	for i, it := range layer {
		s.pos[it] = int32(i)
	}
}

// begin sets up the order a start begins from.
func (s *search) begin(start int, best []int32) {
	switch start {
	case 0: // as given: cards by Order and ID, slots where their left ends are
		for l := 1; l < s.lanes; l++ {
			s.slotsByLeft(l)
		}
	case 1, 2: // along the links, so that what hangs together begins together
		s.walk(start == 2)
	case 3, 4: // shuffled
		for _, layer := range s.layers {
			for i := len(layer) - 1; i > 0; i-- {
				j := s.next(i + 1)
				layer[i], layer[j] = layer[j], layer[i]
			}
			s.renumber(layer)
		}
	default: // the best so far, with runs of each lane turned round
		s.restore(best)
		for _, layer := range s.layers {
			if len(layer) < 3 {
				continue
			}
			for range 1 + len(layer)/12 {
				i := s.next(len(layer) - 1)
				j := min(i+2+s.next(6), len(layer))
				slices.Reverse(layer[i:j])
			}
			s.renumber(layer)
		}
	}
}

func (s *search) slotsByLeft(l int) {
	layer := s.layers[l]
	for _, it := range layer {
		s.key[it] = int64(s.pos[it]) << 20
		if !s.isCard(it) {
			s.key[it] = s.mean(s.leftOf(it), len(s.layers[l-1]), len(layer))
		}
	}
	slices.SortStableFunc(layer, func(a, b int32) int { return cmp.Compare(s.key[a], s.key[b]) })
	s.renumber(layer)
}

// mean is the middle of the neighbours' places, brought to the length of the own lane, with 20 bits of fraction.
func (s *search) mean(nb []link, theirs, own int) int64 {
	var sum int64
	for _, n := range nb {
		sum += int64(s.pos[n.item])
	}
	return (sum << 20) / int64(len(nb)) * int64(own) / int64(max(theirs, 1))
}

// walk numbers the items in the order in which a search in depth meets them.
func (s *search) walk(fromRight bool) {
	seen := make([]bool, len(s.items))
	out := make([][]int32, s.lanes)
	for l := range out {
		out[l] = make([]int32, 0, len(s.layers[l]))
	}
	var stack []int32
	visit := func(root int32) {
		stack = append(stack[:0], root)
		for len(stack) > 0 {
			it := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[it] {
				continue
			}
			seen[it] = true
			out[s.items[it].lane] = append(out[s.items[it].lane], it)
			for _, lists := range [][]link{s.loopsOf(it), s.leftOf(it), s.rightOf(it)} {
				for k := len(lists) - 1; k >= 0; k-- {
					if n := lists[k].item; !seen[n] {
						stack = append(stack, n)
					}
				}
			}
		}
	}
	for k := range s.lanes {
		l := k
		if fromRight {
			l = s.lanes - 1 - k
		}
		for _, it := range slices.Clone(s.layers[l]) {
			if !seen[it] {
				visit(it)
			}
		}
	}
	for l := range out {
		s.layers[l] = out[l]
		s.renumber(out[l])
	}
}

// sweep runs forth and back over the lanes and leaves the best order met.
func (s *search) sweep() {
	best := s.save(nil)
	bestCost, without := s.cost(), 0
	for round := range sweepsMost {
		median := round%4 >= 2
		if round%2 == 0 {
			for l := 1; l < s.lanes; l++ {
				s.arrange(l, true, false, median)
			}
		} else {
			for l := s.lanes - 2; l >= 0; l-- {
				s.arrange(l, false, true, median)
			}
		}
		for l := range s.lanes {
			s.transpose(l)
		}
		c := s.cost()
		if c < bestCost {
			best, bestCost, without = s.save(best), c, 0
		} else if without++; without >= sweepsWithout {
			break
		}
		if s.budget <= 0 {
			break
		}
	}
	s.restore(best)
}

// arrange sorts a lane by the middle of its items' neighbours on the given sides. Items without any stay where
// they are.
func (s *search) arrange(l int, left, right, median bool) {
	layer := s.layers[l]
	s.movable = s.movable[:0]
	for _, it := range layer {
		var nb []link
		if left {
			nb = s.leftOf(it)
		}
		if right {
			nb = s.rightOf(it)
		}
		if len(nb) == 0 {
			continue
		}
		if median {
			s.key[it] = s.median(nb)
		} else {
			s.key[it] = s.mean(nb, 1, 1)
		}
		s.movable = append(s.movable, it)
	}
	slices.SortStableFunc(s.movable, func(a, b int32) int { return cmp.Compare(s.key[a], s.key[b]) })
	next := 0
	for i, it := range layer {
		if (left && len(s.leftOf(it)) > 0) || (right && len(s.rightOf(it)) > 0) {
			s.scratch = append(s.scratch, int32(i))
		}
	}
	for _, i := range s.scratch {
		layer[i] = s.movable[next]
		next++
	}
	s.scratch = s.scratch[:0]
	s.renumber(layer)
}

func (s *search) median(nb []link) int64 {
	ps := s.prefix[:0]
	for _, n := range nb {
		ps = append(ps, s.pos[n.item])
	}
	s.prefix = s.prefix[:cap(s.prefix)]
	slices.Sort(ps)
	m := len(ps) / 2
	if len(ps)%2 == 1 {
		return int64(ps[m]) << 20
	}
	if len(ps) == 2 {
		return (int64(ps[0]) + int64(ps[1])) << 19
	}
	lo, hi := int64(ps[m-1]-ps[0]), int64(ps[len(ps)-1]-ps[m])
	if lo+hi == 0 {
		return int64(ps[m]) << 20
	}
	return (int64(ps[m-1])*hi + int64(ps[m])*lo) << 20 / (lo + hi)
}

// cost of the order: two for each crossing between lanes, and for an edge inside a lane two for each line that
// leaves between its ends and one for each item between them.
func (s *search) cost() int {
	total := 0
	for l := range s.lanes - 1 {
		total += 2 * s.crossings(l)
	}
	for i := range s.edges {
		if c := &s.edges[i]; c.loop {
			a, b := s.pos[c.items[0]], s.pos[c.items[1]]
			if a > b {
				a, b = b, a
			}
			for _, it := range s.layers[s.items[c.items[0]].lane][min(a+1, b):b] {
				total += s.toPass(it)
			}
		}
	}
	return total
}

// toPass is what an edge inside a lane pays for passing the item.
func (s *search) toPass(it int32) int { return 2*int(s.rightAt[it+1]-s.rightAt[it]) + 1 }

// crossings counts those between lane l and the next: pairs of lines that are in one order on the left and in the
// other on the right (Barth, Jünger and Mutzel 2002).
func (s *search) crossings(l int) int {
	n := len(s.layers[l+1])
	tree := s.tree[:n+1]
	clear(tree)
	total, in := 0, 0
	for _, it := range s.layers[l] {
		nb := s.rightOf(it)
		for _, k := range nb {
			// All that were put in before at a higher place cross this line.
			below := 0
			for i := int(s.pos[k.item]) + 1; i > 0; i -= i & -i {
				below += int(tree[i])
			}
			total += in - below
		}
		for _, k := range nb {
			for i := int(s.pos[k.item]) + 1; i <= n; i += i & -i {
				tree[i]++
			}
			in++
		}
	}
	return total
}

// look brings the sorted neighbour positions of a lane's items up to date.
func (s *search) look(l int) {
	for _, it := range s.layers[l] {
		fill(s.leftPos[s.leftAt[it]:s.leftAt[it+1]], s.leftOf(it), s.pos)
		fill(s.rightPos[s.rightAt[it]:s.rightAt[it+1]], s.rightOf(it), s.pos)
	}
}

func fill(into []int32, nb []link, pos []int32) {
	for i, n := range nb {
		into[i] = pos[n.item]
	}
	if len(into) > 1 {
		slices.Sort(into)
	}
}

// gain is how much the cost falls when u, just above v, changes places with it.
func (s *search) gain(u, v int32) int {
	s.budget--
	g := 2 * (inverted(s.leftPos[s.leftAt[u]:s.leftAt[u+1]], s.leftPos[s.leftAt[v]:s.leftAt[v+1]]) +
		inverted(s.rightPos[s.rightAt[u]:s.rightAt[u+1]], s.rightPos[s.rightAt[v]:s.rightAt[v+1]]))
	if s.hasLoops[s.items[u].lane] {
		g += s.loopGain(u, v, +1) + s.loopGain(v, u, -1)
	}
	return g
}

// loopGain is what a's edges inside the lane gain when a moves past b, down (+1) or up (-1).
func (s *search) loopGain(a, b int32, dir int) int {
	g := 0
	for _, k := range s.loopsOf(a) {
		if k.item == b || k.item == a {
			continue
		}
		if (s.pos[k.item] > s.pos[a]) == (dir > 0) {
			g += s.toPass(b)
		} else {
			g -= s.toPass(b)
		}
	}
	return g
}

// inverted is, for sorted a and b, the number of pairs with a > b less the number with a < b.
func inverted(a, b []int32) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if a[len(a)-1] < b[0] {
		return -len(a) * len(b)
	}
	if a[0] > b[len(b)-1] {
		return len(a) * len(b)
	}
	d, lo, hi := 0, 0, 0
	for _, x := range a {
		for lo < len(b) && b[lo] < x {
			lo++
		}
		hi = max(hi, lo)
		for hi < len(b) && b[hi] == x {
			hi++
		}
		d += lo - (len(b) - hi)
	}
	return d
}

// transpose changes neighbouring items where that takes crossings away.
func (s *search) transpose(l int) {
	s.look(l)
	layer := s.layers[l]
	for range 3 {
		changed := false
		for i := 0; i+1 < len(layer); i++ {
			if s.gain(layer[i], layer[i+1]) > 0 {
				s.swap(layer, i)
				changed = true
			}
		}
		if !changed {
			return
		}
	}
}

func (s *search) swap(layer []int32, i int) {
	layer[i], layer[i+1] = layer[i+1], layer[i]
	s.pos[layer[i]], s.pos[layer[i+1]] = int32(i), int32(i+1)
}

// sift tries each item at each place of its lane, until nothing gets better.
func (s *search) sift() {
	for s.budget > 0 {
		better := false
		for k := range s.lanes {
			if s.siftLane(k) {
				better = true
			}
			if s.budget <= 0 {
				return
			}
		}
		if !better {
			return
		}
	}
}

func (s *search) siftLane(l int) bool {
	s.look(l)
	layer := s.layers[l]
	better := false
	for _, it := range slices.Clone(layer) {
		if s.budget <= 0 {
			break
		}
		from := int(s.pos[it])
		best, bestAt, sum := 0, from, 0
		i := from
		for ; i+1 < len(layer) && i-from < siftWindow; i++ {
			sum += s.gain(layer[i], layer[i+1])
			s.swap(layer, i)
			if sum > best {
				best, bestAt = sum, i+1
			}
		}
		for ; i > from; i-- {
			s.swap(layer, i-1)
		}
		sum = 0
		for ; i > 0 && from-i < siftWindow; i-- {
			sum += s.gain(layer[i-1], layer[i])
			s.swap(layer, i-1)
			if sum > best {
				best, bestAt = sum, i-1
			}
		}
		for ; i < bestAt; i++ {
			s.swap(layer, i)
		}
		for ; i > bestAt; i-- {
			s.swap(layer, i-1)
		}
		if best > 0 {
			better = true
		}
	}
	return better
}
