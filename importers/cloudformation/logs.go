package cloudformation

import (
	"fmt"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// logGroup is AWS::Logs::LogGroup. Without a retention it keeps its events for ever; without a key no key of the
// customer's encrypts it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
func (t *template) logGroup(p part) {
	x := t.identity(p.r, 0)
	days := p.get("RetentionInDays").str()
	if days == "" {
		days = "never expires"
	}
	key, encryption := p.get("KmsKeyId"), ""
	if !key.has() {
		encryption = "no customer key"
	}
	t.resource(p, x.arn, x.name, attributes("retention", days, "kms key", t.key(key.str()), "encryption", encryption, "class", p.get("LogGroupClass").str()))
}

// trail is AWS::CloudTrail::Trail. One without selectors records every management event and nothing else.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
func (t *template) trail(p part) {
	x := t.identity(p.r, 0)
	tr := inventory.Trail{ARN: x.arn, Name: x.name, Bucket: p.get("S3BucketName").id(),
		LogGroup: strings.TrimSuffix(p.get("CloudWatchLogsLogGroupArn").id(), ":*"), Key: t.key(p.get("KMSKeyId").str()),
		MultiRegion: p.get("IsMultiRegionTrail").orNo(), Organization: p.get("IsOrganizationTrail").orNo(), Logging: p.get("IsLogging").flag(),
		SelectorsKnown: true, Source: t.source(p.r.node, p.r.id)}
	for _, s := range p.get("EventSelectors").list() {
		tr.Selectors = append(tr.Selectors, t.basicSelectors(s)...)
	}
	for _, s := range p.get("AdvancedEventSelectors").list() {
		tr.Selectors = append(tr.Selectors, t.advancedSelector(s))
	}
	if !p.get("EventSelectors").has() && !p.get("AdvancedEventSelectors").has() {
		tr.Selectors = []inventory.Selector{{Category: "Management", ReadWrite: "All"}}
	}
	t.out.Trails = append(t.out.Trails, tr)
}

// orNo is a boolean that is false by default.
func (p part) orNo() inventory.Flag {
	if !p.has() {
		return inventory.No
	}
	return p.flag()
}

// eventDataStore is AWS::CloudTrail::EventDataStore, which ingests unless told not to.
func (t *template) eventDataStore(p part) {
	x := t.identity(p.r, 0)
	tr := inventory.Trail{ARN: x.arn, Name: x.name, EventStore: true, Key: t.key(p.get("KmsKeyId").str()),
		MultiRegion: p.get("MultiRegionEnabled").flag(), Organization: p.get("OrganizationEnabled").orNo(),
		Logging: inventory.Yes, SelectorsKnown: true, Source: t.source(p.r.node, p.r.id)}
	if p.get("MultiRegionEnabled").v == nil {
		tr.MultiRegion = inventory.Yes
	}
	if i := p.get("IngestionEnabled"); i.has() {
		tr.Logging = i.flag()
	}
	for _, s := range p.get("AdvancedEventSelectors").list() {
		tr.Selectors = append(tr.Selectors, t.advancedSelector(s))
	}
	if !p.get("AdvancedEventSelectors").has() {
		tr.Selectors = []inventory.Selector{{Category: "Management", ReadWrite: "All"}}
	}
	t.out.Trails = append(t.out.Trails, tr)
}

// doubtful notes why a selector is not wholly known.
func doubtful(s *inventory.Selector, p part) {
	why, ok := p.v.known()
	if p.maybe != "" {
		why, ok = p.maybe, false
	}
	if !ok {
		p.warn("an event selector of %s is not wholly known: %s", p.r.id, why)
		s.Partial = why
	}
}

// basicSelectors are what one basic event selector records.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudtrail-trail-eventselector.html
func (t *template) basicSelectors(p part) []inventory.Selector {
	readWrite := p.get("ReadWriteType").str()
	if readWrite == "" {
		readWrite = "All"
	}
	var out []inventory.Selector
	if p.get("IncludeManagementEvents").flag() != inventory.No { // true is the default
		s := inventory.Selector{Category: "Management", ReadWrite: readWrite, ExcludeSource: p.get("ExcludeManagementEventSources").texts()}
		doubtful(&s, p)
		out = append(out, s)
	}
	for _, r := range p.get("DataResources").list() {
		values := r.get("Values").texts()
		if len(values) == 0 {
			continue // nothing is recorded
		}
		s := inventory.Selector{Category: "Data", ReadWrite: readWrite, ResourceTypes: r.get("Type").texts(), ARNPrefixes: values}
		for _, v := range values {
			// "arn:aws:s3", "arn:aws:s3:::", "arn:aws:lambda" stand for every resource of the type.
			// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
			if strings.Count(strings.TrimRight(v, ":"), ":") == 2 {
				s.ARNPrefixes = nil
				break
			}
		}
		doubtful(&s, r)
		out = append(out, s)
	}
	return out
}

// advancedSelector is one advanced event selector. All of its fields must match; the values of one operator are
// alternatives. What narrows it in a way that Selector cannot say is kept in Partial.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
func (t *template) advancedSelector(p part) inventory.Selector {
	s := inventory.Selector{ReadWrite: "All"}
	var partial []string
	for _, f := range p.get("FieldSelectors").list() {
		name := f.get("Field").str()
		for _, op := range f.each() {
			values := op.texts()
			if op.key == "Field" || len(values) == 0 {
				continue
			}
			switch name + " " + op.key {
			case "eventCategory Equals":
				s.Category = values[0]
			case "resources.type Equals":
				s.ResourceTypes = append(s.ResourceTypes, values...)
			case "readOnly Equals":
				s.ReadWrite = map[string]string{"true": "ReadOnly", "false": "WriteOnly"}[strings.ToLower(values[0])]
			case "resources.ARN Equals", "resources.ARN StartsWith":
				if s.ARNPrefixes != nil { // both operators: both must hold
					partial = append(partial, "resources.ARN Equals and StartsWith at once")
				}
				s.ARNPrefixes = append(s.ARNPrefixes, values...)
			case "resources.ARN NotEquals", "resources.ARN NotStartsWith":
				s.NotARN = append(s.NotARN, values...)
			case "eventSource NotEquals":
				s.ExcludeSource = append(s.ExcludeSource, values...)
			default:
				partial = append(partial, fmt.Sprintf("%s %s %s", name, op.key, strings.Join(values, ", ")))
			}
		}
	}
	s.Partial = strings.Join(partial, "; ")
	if s.Partial == "" {
		doubtful(&s, p)
	}
	return s
}
