package store

import (
	"fmt"
	"path/filepath"
	"testing"
)

var benchLinks = []int{1_000, 10_000, 100_000}

func BenchmarkSave(b *testing.B) {
	for _, links := range benchLinks {
		b.Run(fmt.Sprintf("links=%d", links), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "p.db"))
			snap := fake(b, links, 1)
			for b.Loop() {
				if err := s.Save(b.Context(), snap); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(links)*float64(b.N)/b.Elapsed().Seconds(), "links/s")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, links := range benchLinks {
		b.Run(fmt.Sprintf("links=%d", links), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "p.db"))
			if err := s.Save(b.Context(), fake(b, links, 1)); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.load(b.Context(), 1); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(links)*float64(b.N)/b.Elapsed().Seconds(), "links/s")
		})
	}
}
