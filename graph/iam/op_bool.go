package iam

import "strings"

// boolean reads "true" or "false" in any case.
func boolean(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}

func compareBool(text, s string) outcome {
	want, ok := boolean(text)
	have, ok2 := boolean(s)
	switch {
	case !ok || !ok2:
		return unfit
	case want == have:
		return fits
	}
	return differs
}
