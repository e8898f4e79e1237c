package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/permchain/permchain/graph/rules"
)

// findingsQuery is the address of the findings page: what is listed, how, and what is selected.
type findingsQuery struct {
	Snapshot int64
	Severity string // "critical", …; "" for all
	Rule     string
	Workload string
	Status   string // "open" or "not-assessed"; "" for both
	Group    string // "severity" (the default), "rule" or "workload"
	Sort     string // "severity" (the default) or "sentence"
	Sel      string // "finding-ID"
}

func parseFindingsQuery(v url.Values) findingsQuery {
	text := func(key string) string {
		s := v.Get(key)
		if len(s) > maxFilter || checkText(s, maxFilter) != nil {
			return ""
		}
		return s
	}
	among := func(key string, values ...string) string {
		for _, ok := range values {
			if v.Get(key) == ok {
				return ok
			}
		}
		return ""
	}
	q := findingsQuery{
		Rule: text("rule"), Workload: text("workload"), Status: among("status", "open", "not-assessed"),
		Group: among("group", "rule", "workload"), Sort: among("sort", "sentence"), Sel: text("sel"),
	}
	if s, err := rules.ParseSeverity(v.Get("severity")); err == nil {
		q.Severity = s.String()
	}
	if id, err := strconv.ParseInt(v.Get("snapshot"), 10, 64); err == nil && id > 0 {
		q.Snapshot = id
	}
	return q
}

func (q findingsQuery) href() string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+url.QueryEscape(value))
		}
	}
	if q.Snapshot > 0 {
		add("snapshot", strconv.FormatInt(q.Snapshot, 10))
	}
	add("severity", q.Severity)
	add("rule", q.Rule)
	add("workload", q.Workload)
	add("status", q.Status)
	add("group", q.Group)
	add("sort", q.Sort)
	add("sel", q.Sel)
	if len(parts) == 0 {
		return "/findings"
	}
	return "/findings?" + strings.Join(parts, "&")
}

func (q findingsQuery) selecting(sel string) findingsQuery {
	q.Sel = sel
	return q
}

func (q findingsQuery) filtered() bool {
	return q.Severity != "" || q.Rule != "" || q.Workload != "" || q.Status != ""
}
