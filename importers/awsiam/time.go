package awsiam

import (
	"math"
	"strconv"
	"time"

	"github.com/permchain/permchain/graph/inventory"
)

// layouts are how dates are printed: by the CLI, by what prints a Python datetime, and without a zone.
var layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05.999999Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05"}

// when reads a date as RFC 3339 in UTC; "" when it is none. A number is seconds since 1970, as the CLI prints with
// cli_timestamp_format set to none.
func when(v inventory.Value) string {
	if v.Kind() == inventory.Number {
		s, err := strconv.ParseFloat(v.Text(), 64)
		if err != nil || math.Abs(s) > 1e11 { // beyond the year 5000 it is no date
			return ""
		}
		return time.Unix(int64(s), 0).UTC().Format(time.RFC3339)
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, v.Str()); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return ""
}
