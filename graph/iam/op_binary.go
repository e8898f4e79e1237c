package iam

import (
	"bytes"
	"encoding/base64"
)

// compareBinary compares the bytes that two base64 texts stand for.
func compareBinary(text, s string) outcome {
	if text == s {
		return fits
	}
	a, err := base64.StdEncoding.DecodeString(text)
	b, err2 := base64.StdEncoding.DecodeString(s)
	switch {
	case err != nil || err2 != nil:
		return unfit
	case bytes.Equal(a, b):
		return fits
	}
	return differs
}
