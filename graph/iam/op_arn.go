package iam

import (
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// arnShaped reports whether s has the six parts of an ARN; the sixth may hold colons. "*" alone stands for any.
func arnShaped(s string) bool {
	if s == "*" {
		return true
	}
	for range 5 {
		i := strings.IndexByte(s, ':')
		if i < 0 {
			return false
		}
		s = s[i+1:]
	}
	return true
}

// compareARN is ArnLike and ArnEquals, which behave alike: each of the six parts is matched by itself, so that a *
// does not cross into the next. The sixth is the rest, colons included.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
func compareARN(text, s string) outcome {
	if !arnShaped(text) || !arnShaped(s) {
		return unfit
	}
	if text == "*" {
		return fits
	}
	for range 5 {
		i, j := strings.IndexByte(text, ':'), strings.IndexByte(s, ':')
		if i < 0 || j < 0 || !arn.Match(text[:i], s[:j]) {
			return differs
		}
		text, s = text[i+1:], s[j+1:]
	}
	if arn.Match(text, s) {
		return fits
	}
	return differs
}
