package cloudtrail

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/permchain/permchain/graph/inventory"
)

// join adds b, of the same key, to a. It makes no difference which of two is a.
func join(a, b *inventory.Usage) {
	a.Count += b.Count
	a.Denied += b.Denied
	a.Failed += b.Failed
	if b.Last > a.Last || b.Last == a.Last && b.Session > a.Session {
		a.Last, a.Session = b.Last, b.Session
	}
	switch {
	case a.First == "" || b.First != "" && b.First < a.First:
		a.First, a.Source = b.First, b.Source
	case a.First == b.First && compareSources(b.Source, a.Source) < 0:
		a.Source = b.Source
	}
	for _, r := range b.InferenceRegions {
		if i, found := slices.BinarySearch(a.InferenceRegions, r); !found {
			a.InferenceRegions = slices.Insert(slices.Clip(a.InferenceRegions), i, r)
		}
	}
}

func compareSources(a, b inventory.Source) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Pointer, b.Pointer))
}

func keyOf(u *inventory.Usage) key {
	return key{u.Principal, u.Service, u.Action, u.Resource, u.Account, u.Region}
}

func compareUsages(a, b inventory.Usage) int {
	return cmp.Or(cmp.Compare(a.Principal, b.Principal), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource),
		cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Service, b.Service))
}

func (d *decoder) finish(out *inventory.Facts) {
	usages := make([]inventory.Usage, 0, len(d.usages))
	for _, u := range d.usages {
		usages = append(usages, *u)
	}
	slices.SortFunc(usages, compareUsages) // no two have the same key
	out.Usages = append(out.Usages, usages...)
	for _, account := range slices.Sorted(maps.Keys(d.windows)) {
		out.Windows = append(out.Windows, *d.windows[account])
	}
	for _, why := range slices.Sorted(maps.Keys(d.skipped)) {
		s := *d.skipped[why]
		if n := d.counts[why]; n > 1 {
			s.What = fmt.Sprintf("%d events", n)
		}
		out.Skips = append(out.Skips, s)
	}
}

// Fold joins usages of the same principal, action and resource, and windows of the same account that come from one file or
// overlap. Log files are many and small, and a file of JSON lines is one document for each event. It is called on the facts
// of a file, as often as is convenient, and then once on those of all files; what is left does not depend on their order.
func Fold(f *inventory.Facts) {
	usages := make(map[key]int, len(f.Usages))
	kept := f.Usages[:0]
	for _, u := range f.Usages {
		k := keyOf(&u)
		if i, ok := usages[k]; ok {
			join(&kept[i], &u)
			continue
		}
		usages[k] = len(kept)
		kept = append(kept, u)
	}
	f.Usages = kept
	slices.SortFunc(f.Usages, compareUsages)
	f.Windows = foldWindows(f.Windows)
}

func foldWindows(ws []inventory.Window) []inventory.Window {
	type place struct{ account, file string }
	byFile := map[place]inventory.Window{}
	for _, w := range ws {
		p := place{w.Account, w.Source.File}
		if old, ok := byFile[p]; ok {
			w = union(old, w)
		}
		byFile[p] = w
	}
	all := slices.SortedFunc(maps.Values(byFile), func(a, b inventory.Window) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last), compareSources(a.Source, b.Source))
	})
	var out []inventory.Window
	for _, w := range all {
		if n := len(out); n > 0 && out[n-1].Account == w.Account && w.First <= out[n-1].Last {
			out[n-1] = union(out[n-1], w)
			continue
		}
		out = append(out, w)
	}
	return out
}

func union(a, b inventory.Window) inventory.Window {
	if b.First < a.First || b.First == a.First && compareSources(b.Source, a.Source) < 0 {
		a.First, a.Source = b.First, b.Source
	}
	a.Last = max(a.Last, b.Last)
	a.Events += b.Events
	return a
}
