package iam

import (
	"strings"

	"github.com/permchain/permchain/graph/arn"
)

// compareString is StringEquals, StringEqualsIgnoreCase and StringLike. Wildcards work in StringLike only.
func compareString(cmp comparison, text, s string) outcome {
	var same bool
	switch cmp {
	case cmpLike:
		same = arn.Match(text, s)
	case cmpFold:
		same = foldLiteral(text, s)
	default:
		same = equalLiteral(text, s)
	}
	if same {
		return fits
	}
	return differs
}

// equalLiteral compares a text whose wildcards, escaped or not, stand for themselves.
func equalLiteral(text, s string) bool {
	if text == s {
		return true
	}
	if len(text) != len(s) {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c != s[i] && (c != arn.LiteralStar || s[i] != '*') && (c != arn.LiteralMark || s[i] != '?') {
			return false
		}
	}
	return true
}

func foldLiteral(text, s string) bool {
	if strings.IndexByte(text, arn.LiteralStar) >= 0 || strings.IndexByte(text, arn.LiteralMark) >= 0 {
		text = arn.Show(text)
	}
	return strings.EqualFold(text, s)
}
