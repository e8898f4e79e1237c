// Package cloudtrail reads log events: who did what to which resource, folded into one fact for each principal, action and
// resource, and the span of time that the events cover. It shows use; that an action is absent shows nothing where data
// events are not logged.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
package cloudtrail

import (
	"fmt"
	"strings"
	"time"

	"github.com/permchain/permchain/graph/inventory"
)

// Formats, as people are told them.
const (
	Events = "CloudTrail events"
	Digest = "CloudTrail digest"
)

// Recognize tells events however they are delivered: a log file, a bare array or event, from EventBridge, from
// lookup-events, or as messages of a log group.
func Recognize(s inventory.Shape) (string, bool) {
	root := s.Root
	switch {
	case root.Kind == inventory.Array && (isEvent(root.Get("[]")) || isEvent(root.Get("[]", "detail"))):
		return Events, true
	case root.Kind != inventory.Object:
		return "", false
	case isEvent(root), isEvent(root.Get("detail")), isEvent(root.Get("Records", "[]")),
		root.Has("Events", "[]", "CloudTrailEvent"), isMessage(root.Get("events", "[]", "message")), isMessage(root.Get("logEvents", "[]", "message")):
		return Events, true
	case root.Get("Records").Kind == inventory.Array && root.Get("Records").Len == 0 && root.Only("Records"):
		return Events, true
	case root.HasAll("digestStartTime", "digestEndTime", "awsAccountId"):
		return Digest, true
	}
	return "", false
}

func isEvent(p inventory.Part) bool {
	return p.HasAll("eventName", "eventSource") && p.HasAny("userIdentity", "eventVersion") && strings.HasSuffix(p.Get("eventSource").Text, ".amazonaws.com")
}

// isMessage goes by how an event begins; only so much of it is in a Shape.
func isMessage(p inventory.Part) bool {
	return strings.HasPrefix(p.Text, "{") && strings.Contains(p.Text, `"eventVersion"`)
}

// Decode appends folded usages and the window of each account, sorted. An event that cannot be read or names nobody is
// counted in a skip; it costs no other event.
func Decode(in inventory.Input, out *inventory.Facts) error {
	root, err := in.Value()
	if err != nil {
		return err
	}
	d := decoder{in: &in, usages: map[key]*inventory.Usage{}, windows: map[string]*inventory.Window{}, skipped: map[string]*inventory.Skip{}}
	switch {
	case root.Kind() == inventory.Array:
		d.each(root)
	case root.Get("digestStartTime").Exists():
		d.skip("a digest", "it says which log files are whole, and holds no events", root)
	case root.Get("Records").Kind() == inventory.Array:
		d.each(root.Get("Records"))
	case root.Get("Events").Kind() == inventory.Array:
		for e := range root.Get("Events").Items() {
			d.text(e.Get("CloudTrailEvent"))
		}
	case root.First("events", "logEvents").Kind() == inventory.Array:
		for e := range root.First("events", "logEvents").Items() {
			d.text(e.Get("message"))
		}
	case root.Get("detail").Kind() == inventory.Object:
		d.event(root.Get("detail"), root)
	case root.Get("eventName").Exists():
		d.event(root, root)
	default:
		return fmt.Errorf("holds no CloudTrail events")
	}
	d.finish(out)
	if more := root.First("NextToken", "nextToken"); more.Exists() {
		out.Warnings = append(out.Warnings, inventory.Warning{Text: "this is one page of several (NextToken): import the pages that follow too", Source: in.Source(more)})
	}
	return nil
}

// key is what events are folded by.
type key struct{ principal, service, action, resource, account, region string }

type decoder struct {
	in      *inventory.Input
	usages  map[key]*inventory.Usage
	windows map[string]*inventory.Window
	skipped map[string]*inventory.Skip // by why; the first of each, with how many in counts
	counts  map[string]int
}

func (d *decoder) skip(what, why string, v inventory.Value) {
	if d.counts == nil {
		d.counts = map[string]int{}
	}
	d.counts[why]++
	if d.skipped[why] == nil {
		d.skipped[why] = &inventory.Skip{What: what, Why: why, Source: d.in.Source(v)}
	}
}

func (d *decoder) each(list inventory.Value) {
	for e := range list.Items() {
		if detail := e.Get("detail"); detail.Kind() == inventory.Object && !e.Get("eventName").Exists() {
			d.event(detail, e)
			continue
		}
		d.event(e, e)
	}
}

// text reads an event that stands in a string.
func (d *decoder) text(v inventory.Value) {
	doc, err := inventory.ParseJSON([]byte(v.Str()))
	if err != nil {
		d.skip("an event", "it is not JSON", v)
		return
	}
	d.event(doc.Root(), v)
}

// event folds one event; at is where it stands in the file.
func (d *decoder) event(e, at inventory.Value) {
	source := e.Get("eventSource").Str()
	name := e.Get("eventName").Str()
	if source == "" || name == "" {
		d.skip("an event", "it has no eventSource or eventName", at)
		return
	}
	account := e.First("recipientAccountId").Text()
	if account == "" {
		account = e.Get("userIdentity", "accountId").Text()
	}
	when := ""
	if t, err := time.Parse(time.RFC3339, e.Get("eventTime").Str()); err == nil {
		when = t.UTC().Format(time.RFC3339)
		d.cover(account, when, at)
	}
	if kind := e.Get("eventType").Str(); kind != "" && kind != "AwsApiCall" {
		d.skip("an event", kind+" is no API call", at)
		return
	}
	principal, session := caller(e.Get("userIdentity"))
	service := e.Get("userIdentity", "invokedBy").Str()
	if service == "AWS Internal" {
		service = ""
	}
	if principal == "" && service == "" {
		d.skip("an event", "it does not name its caller", at)
		return
	}
	action := Action(source, name)
	if action == "" {
		d.skip("an event", source+" has no IAM actions", at)
		return
	}
	region := e.Get("awsRegion").Str()
	k := key{principal, service, action, resourceOf(e, action, account, region), account, region}
	u := inventory.Usage{Principal: k.principal, Session: session, Service: k.service, Action: k.action, Resource: k.resource,
		Account: k.account, Region: k.region, Count: 1, First: when, Last: when, Source: d.in.Source(at)}
	if code := e.Get("errorCode").Str(); refused(code) {
		u.Denied = 1
	} else if code != "" {
		u.Failed = 1
	}
	if r := e.Get("additionalEventData", "inferenceRegion").Str(); r != "" && r != region {
		u.InferenceRegions = []string{r}
	}
	if old := d.usages[k]; old != nil {
		join(old, &u)
	} else {
		d.usages[k] = &u
	}
}

func (d *decoder) cover(account, when string, at inventory.Value) {
	w := d.windows[account]
	if w == nil {
		d.windows[account] = &inventory.Window{Account: account, First: when, Last: when, Events: 1, Source: d.in.Source(at)}
		return
	}
	w.Events++
	w.Last = max(w.Last, when)
	if when < w.First {
		w.First, w.Source = when, d.in.Source(at)
	}
}

// refused reports whether an error code says that access was denied. Services spell it differently.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
func refused(code string) bool {
	c := strings.ToLower(code)
	return strings.Contains(c, "accessdenied") || strings.Contains(c, "unauthorized") || strings.Contains(c, "notauthorized") || strings.Contains(c, "forbidden")
}

// caller is who an event says acted: the role behind a session (its ARN has the path, which the session's leaves out), the
// user, the root, the account where no more is said, or "" for a service. session is the ARN of the session, if any.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
func caller(id inventory.Value) (principal, session string) {
	self := id.Get("arn").Str()
	issuer := id.Get("sessionContext", "sessionIssuer", "arn").Str()
	switch id.Get("type").Str() {
	case "AssumedRole", "Role":
		if issuer != "" {
			return issuer, self
		}
		return self, self
	case "FederatedUser": // a session that a user or the root made: it has what its maker has, at most
		if issuer != "" {
			return issuer, self
		}
		return self, self
	case "WebIdentityUser", "SAMLUser":
		if p := id.Get("identityProvider").Str(); p != "" {
			return p, ""
		}
		return id.Get("principalId").Str(), ""
	case "AWSService":
		return "", ""
	case "AWSAccount", "Unknown":
		if self != "" {
			return self, ""
		}
		return id.Get("accountId").Text(), ""
	}
	if issuer != "" && strings.Contains(self, ":assumed-role/") {
		return issuer, self
	}
	return self, ""
}
