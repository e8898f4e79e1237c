package inventory

import "slices"

// Takes reports whether the selector is of the kind that would record an event: a management event, or a data event of
// a resource type. Which resources it narrows to is not asked here.
func (s *Selector) Takes(management bool, dataType string, write bool, eventSource string) bool {
	switch s.ReadWrite {
	case "ReadOnly":
		if write {
			return false
		}
	case "WriteOnly":
		if !write {
			return false
		}
	}
	if management {
		return s.Category == "Management" && !slices.Contains(s.ExcludeSource, eventSource)
	}
	return s.Category == "Data" && slices.Contains(s.ResourceTypes, dataType)
}
