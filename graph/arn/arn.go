// Package arn reads Amazon Resource Names and answers questions about the patterns that policies write them
// with: does a pattern match a name, and how do two patterns relate.
//
// A pattern is a string in which * stands for any run of characters, ":" and "/" among them, and ? for exactly
// one (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). Nothing
// else is special. Patterns and names are valid UTF-8, as everything read from JSON is.
package arn

import (
	"fmt"
	"strings"
)

// ARN is a name in its parts: arn:Partition:Service:Region:Account:Resource. Region and Account may be empty.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
type ARN struct{ Partition, Service, Region, Account, Resource string }

// Parse splits a name at its first five colons. Parts may be empty and may hold wildcards; what does not begin
// with "arn:" or has fewer than five colons is an error.
func Parse(s string) (ARN, error) {
	a, ok := Split(s)
	if !ok {
		return ARN{}, fmt.Errorf("parse ARN %q: want arn:partition:service:region:account:resource", s)
	}
	return a, nil
}

// Split is Parse without the error value, for callers that ask often. It does not allocate.
func Split(s string) (a ARN, ok bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	for _, part := range [...]*string{&a.Partition, &a.Service, &a.Region, &a.Account} {
		if *part, rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	a.Resource = rest
	return a, true
}

// String is the name in one piece.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// ResourceType is what stands before the first "/" or ":" of the resource: "role" of role/x, "function" of
// function:x. It is "" where the resource has neither, and for S3 buckets and objects, whose resource is a name.
func (a ARN) ResourceType() string {
	if a.Service == "s3" && a.Account == "" {
		return ""
	}
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i]
	}
	return ""
}

// ResourceID is the resource without its type: "x" of role/x, "path/x" of role/path/x, the whole resource where
// ResourceType is "".
func (a ARN) ResourceID() string {
	if t := a.ResourceType(); t != "" {
		return a.Resource[len(t)+1:]
	}
	return a.Resource
}

// Name is the last piece of the resource: "x" of role/path/x.
func (a ARN) Name() string {
	if i := strings.LastIndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[i+1:]
	}
	return a.Resource
}

// IsAccountID reports whether s is an AWS account number: twelve digits.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
