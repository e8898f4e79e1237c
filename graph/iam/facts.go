package iam

import (
	"slices"
	"strings"
)

// Facts are what configuration says of the requests that a principal makes, before any is made. Context turns them into
// condition keys. Fields left zero are not known.
type Facts struct {
	Principal Principal
	Tags      map[string]string // all tags of the principal; nil when they are not known
	OrgID     string            // of the principal's account: "o-a1b2c3d4e5"
	OrgPaths  []string          // of the principal's account: "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"
	NoOrg     bool              // the principal's account is in no organization

	Region          string // in which the request is made
	ResourceAccount string
	ResourceOrgID   string
	ResourceTags    map[string]string // all tags of the resource; nil when they are not known

	// SourceArn and SourceAccount are the resource on whose behalf a service calls. Other principals never bring them.
	SourceArn, SourceAccount string
}

// Context returns the condition keys that follow from the facts. What does not follow is NotKnown, or ValueUnknown where
// every request carries the key. Which requests carry which key is documented for each under "Availability" at
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (f Facts) Context() Context {
	c := f.RequestContext()
	f.principal(&c)
	return c
}

// RequestContext is the part of Context that does not depend on the principal: what a Target brings.
func (f Facts) RequestContext() Context {
	c := Discover(nil)
	for _, k := range []string{"aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:ViaAWSService", "aws:RequestedRegion"} {
		c.Mark(k, ValueUnknown)
	}
	value(&c, "aws:RequestedRegion", f.Region)
	value(&c, "aws:ResourceAccount", f.ResourceAccount)
	value(&c, "s3:ResourceAccount", f.ResourceAccount) // https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
	value(&c, "aws:ResourceOrgID", f.ResourceOrgID)
	if f.ResourceTags != nil {
		tags(&c, "aws:ResourceTag/", f.ResourceTags)
	}
	return c
}

// PrincipalContext is the part that the principal brings, for a Subject or to be put Over a RequestContext.
func (f Facts) PrincipalContext() Context {
	c := Discover(nil)
	f.principal(&c)
	return c
}

func value(c *Context, key, v string) {
	if v != "" {
		c.Set(key, v)
	}
}

func (f *Facts) principal(c *Context) {
	switch f.Principal.Kind {
	case PrincipalAWS:
		f.awsPrincipal(c)
	case PrincipalService:
		c.Set("aws:PrincipalIsAWSService", "true")
		c.Set("aws:PrincipalServiceName", f.Principal.Service)
		c.Mark("aws:PrincipalServiceNamesList", ValueUnknown)
		absent(c, "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username",
			"aws:FederatedProvider", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
		c.MarkPrefix("aws:PrincipalTag/", Absent)
		value(c, "aws:SourceArn", f.SourceArn)
		value(c, "aws:SourceAccount", f.SourceAccount)
	case PrincipalAnonymous:
		c.Set("aws:PrincipalIsAWSService", "false")
		c.Set("aws:PrincipalType", "Anonymous")
		c.Set("aws:PrincipalAccount", "anonymous")
		c.MarkPrefix("aws:PrincipalTag/", Absent)
		absent(c, "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username", "aws:userid",
			"aws:FederatedProvider", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
		f.noService(c)
	case PrincipalFederated:
		c.Set("aws:PrincipalIsAWSService", "false")
		f.noService(c)
	}
}

func (f *Facts) awsPrincipal(c *Context) {
	id := readIdentity(f.Principal.ARN)
	if f.Principal.Account != "" {
		id.account = f.Principal.Account
	}
	c.Set("aws:PrincipalIsAWSService", "false")
	if id.account != "" {
		c.Set("aws:PrincipalAccount", id.account)
	}
	c.Mark("aws:PrincipalArn", ValueUnknown)
	c.Mark("aws:userid", ValueUnknown)
	switch id.form {
	case formRoot:
		c.Set("aws:PrincipalArn", f.Principal.ARN)
		c.Set("aws:PrincipalType", "Account")
		c.Set("aws:userid", id.account)
		absent(c, "aws:username", "aws:FederatedProvider")
	case formUser:
		c.Set("aws:PrincipalArn", f.Principal.ARN)
		c.Set("aws:PrincipalType", "User")
		c.Set("aws:username", f.Principal.ARN[strings.LastIndexByte(f.Principal.ARN, '/')+1:])
		absent(c, "aws:FederatedProvider")
	case formRole:
		c.Set("aws:PrincipalArn", f.Principal.ARN)
		c.Set("aws:PrincipalType", "AssumedRole")
		absent(c, "aws:username")
	case formSession:
		// The key is the ARN of the role, with the path that the session's ARN leaves out.
		c.Set("aws:PrincipalType", "AssumedRole")
		absent(c, "aws:username")
	case formFederatedUser:
		c.Set("aws:PrincipalType", "FederatedUser")
		absent(c, "aws:username")
	}
	if f.Tags != nil {
		tags(c, "aws:PrincipalTag/", f.Tags)
	}
	switch {
	case f.NoOrg:
		absent(c, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
	case f.OrgID != "":
		c.Set("aws:PrincipalOrgID", f.OrgID)
		c.Mark("aws:PrincipalOrgPaths", ValueUnknown)
	}
	if len(f.OrgPaths) > 0 {
		c.SetMulti("aws:PrincipalOrgPaths", f.OrgPaths...)
	}
	f.noService(c)
}

// noService marks the keys that only a call made directly by an AWS service brings.
func (f *Facts) noService(c *Context) {
	absent(c, "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:SourceArn", "aws:SourceAccount",
		"aws:SourceOrgID", "aws:SourceOrgPaths")
}

func absent(c *Context, keys ...string) {
	for _, k := range keys {
		c.Mark(k, Absent)
	}
}

func tags(c *Context, prefix string, tags map[string]string) {
	for k, v := range tags {
		c.Set(prefix+k, v)
	}
	c.MarkPrefix(prefix, Absent)
}

// globalKeys are the keys that any service may bring, in lower case; those that end in / take a tag's key.
var globalKeys = []string{
	"aws:assumedroot", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:chatbotsourcearn", "aws:currenttime",
	"aws:ec2instancesourceprivateipv4", "aws:ec2instancesourcevpc", "aws:epochtime", "aws:federatedprovider",
	"aws:multifactorauthage", "aws:multifactorauthpresent", "aws:principalaccount", "aws:principalarn",
	"aws:principalisawsservice", "aws:principalorgid", "aws:principalorgpaths", "aws:principalservicename",
	"aws:principalservicenameslist", "aws:principaltag/", "aws:principaltype", "aws:referer", "aws:requestedregion",
	"aws:requesttag/", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "aws:resourcetag/",
	"aws:securetransport", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity", "aws:sourceip", "aws:sourceorgid",
	"aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:tagkeys", "aws:tokenissuetime",
	"aws:useragent", "aws:userid", "aws:username", "aws:viaawsservice", "aws:viaawsmcpservice", "aws:calledviaawsmcp",
	"aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:vpcsourceip", "aws:issignedinviaaccountfederation",
}

// ConditionKeyKnown reports whether a condition key exists, as far as the reference data says. Keys of web identity and SAML
// providers ("cognito-identity.amazonaws.com:aud", "saml:aud") are not listed there and count as known.
func ConditionKeyKnown(key string) bool {
	key = strings.ToLower(key)
	svc, _, ok := strings.Cut(key, ":")
	if !ok {
		return false
	}
	if svc == "aws" {
		return slices.ContainsFunc(globalKeys, func(k string) bool {
			return key == k || strings.HasSuffix(k, "/") && strings.HasPrefix(key, k)
		})
	}
	info := loadReference().services[svc]
	if info == nil {
		return true
	}
	fits := func(k string) bool {
		k = strings.ToLower(k)
		if i := strings.IndexAny(k, "$<"); i >= 0 { // a placeholder: s3:ExistingObjectTag/<key>
			return strings.HasPrefix(key, k[:i])
		}
		return key == k
	}
	for i := range info.actions {
		if slices.ContainsFunc(info.actions[i].Keys, fits) {
			return true
		}
	}
	for i := range info.resources {
		if slices.ContainsFunc(info.resources[i].Keys, fits) {
			return true
		}
	}
	return false
}
