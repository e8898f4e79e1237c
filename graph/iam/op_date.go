package iam

import "time"

// dateLayouts are the W3C forms of ISO 8601 that the date operators take, most often used first. A fraction of a
// second is read wherever seconds are. https://www.w3.org/TR/NOTE-datetime
var dateLayouts = [...]string{
	time.RFC3339, "2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01", "2006",
}

// yearLimit separates years from epoch times among plain numbers: "2024" is a year.
const yearLimit = 10_000

// millisecondLimit separates epoch seconds from epoch milliseconds: as seconds it is the year 5138.
const millisecondLimit = 1e11

// instant reads a date as milliseconds since 1970: ISO 8601, or UNIX (epoch) time in seconds or milliseconds.
func instant(s string) (float64, bool) {
	if n, ok := number(s); ok && (n >= yearLimit || n <= 0) {
		if n >= millisecondLimit || n <= -millisecondLimit {
			return n, true
		}
		return n * 1000, true
	}
	if len(s) == 0 || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.UnixMilli()), true
		}
	}
	return 0, false
}

func compareDate(cmp comparison, o *operand, s string) outcome {
	t, ok := instant(s)
	if !ok || o.invalid {
		return unfit
	}
	return order(cmp, t, o.num)
}
