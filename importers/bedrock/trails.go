package bedrock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// trailFormats are those of `aws cloudtrail`.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html
var trailFormats = []format{
	{"cloudtrail describe-trails", listed("trailList"), list("trailList", (*decoder).trail)},
	{"cloudtrail get-trail", wrapped("Trail", "Name", "S3BucketName"), one("Trail", (*decoder).trail)},
	{"cloudtrail list-trails", listed("Trails", "TrailARN", "Name"), list("Trails", (*decoder).trail)},
	{"cloudtrail get-event-selectors", func(s inventory.Shape) bool {
		return s.Root.Has("TrailARN") && s.Root.HasAny("EventSelectors", "AdvancedEventSelectors")
	}, one("", (*decoder).eventSelectors)},
	{"cloudtrail get-trail-status", func(s inventory.Shape) bool {
		return s.Root.Get("IsLogging").Kind == inventory.Bool &&
			s.Root.HasAny("StartLoggingTime", "StopLoggingTime", "LatestDeliveryTime", "TimeLoggingStarted", "LatestDeliveryAttemptTime")
	}, one("", (*decoder).trailStatus)},
	{"cloudtrail list-event-data-stores", listed("EventDataStores"), list("EventDataStores", (*decoder).eventDataStore)},
	{"cloudtrail get-event-data-store", flat("EventDataStoreArn", "Name"), one("", (*decoder).eventDataStore)},
}

func (d *decoder) trail(v inventory.Value) error {
	if err := need(v, "TrailARN"); err != nil {
		return err
	}
	t := inventory.Trail{ARN: v.Get("TrailARN").Str(), Name: v.Get("Name").Str(), Bucket: v.Get("S3BucketName").Str(),
		LogGroup: strings.TrimSuffix(v.Get("CloudWatchLogsLogGroupArn").Str(), ":*"), Key: v.Get("KmsKeyId").Str(),
		MultiRegion: v.Get("IsMultiRegionTrail").Flag(), Organization: v.Get("IsOrganizationTrail").Flag(), Source: d.source(v)}
	// A trail without selectors of its own records every management event and nothing else.
	// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
	if v.Get("HasCustomEventSelectors").Flag() == inventory.No {
		t.Selectors, t.SelectorsKnown = []inventory.Selector{{Category: "Management", ReadWrite: "All"}}, true
	}
	d.out.Trails = append(d.out.Trails, t)
	return nil
}

// trailStatus says whether a trail is on, but not which: the file's name does, or nothing.
func (d *decoder) trailStatus(v inventory.Value) error {
	name := subject(d.in.File, "get-trail-status")
	if name == "" {
		d.skip(v, "the status of a trail", "get-trail-status does not print which trail it is of: name the file get-trail-status-NAME.json")
		return nil
	}
	d.infer(v, "trail %s from the file's name", name)
	d.out.Trails = append(d.out.Trails, inventory.Trail{ARN: d.arn("cloudtrail", "trail/"+name), Name: name,
		Logging: v.Get("IsLogging").Flag(), Source: d.source(v)})
	return nil
}

func (d *decoder) eventSelectors(v inventory.Value) error {
	arn := v.Get("TrailARN").Str()
	t := inventory.Trail{ARN: arn, Name: afterSlash(arn), SelectorsKnown: true, Source: d.source(v)}
	for s := range v.Get("EventSelectors").Items() {
		t.Selectors = append(t.Selectors, basicSelectors(s)...)
	}
	for s := range v.Get("AdvancedEventSelectors").Items() {
		t.Selectors = append(t.Selectors, advancedSelector(s))
	}
	d.out.Trails = append(d.out.Trails, t)
	return nil
}

func (d *decoder) eventDataStore(v inventory.Value) error {
	if err := need(v, "EventDataStoreArn"); err != nil {
		return err
	}
	t := inventory.Trail{ARN: v.Get("EventDataStoreArn").Str(), Name: v.Get("Name").Str(), EventStore: true, Key: v.Get("KmsKeyId").Str(),
		MultiRegion: v.Get("MultiRegionEnabled").Flag(), Organization: v.Get("OrganizationEnabled").Flag(), Source: d.source(v)}
	switch status := v.Get("Status").Str(); status {
	case "ENABLED", "STARTING_INGESTION":
		t.Logging = inventory.Yes
	case "STOPPED_INGESTION", "STOPPING_INGESTION", "PENDING_DELETION":
		t.Logging = inventory.No
	}
	if a := v.Get("AdvancedEventSelectors"); a.Kind() == inventory.Array {
		t.SelectorsKnown = true
		for s := range a.Items() {
			t.Selectors = append(t.Selectors, advancedSelector(s))
		}
	}
	d.out.Trails = append(d.out.Trails, t)
	return nil
}

// basicSelectors are what one basic event selector records.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
func basicSelectors(v inventory.Value) []inventory.Selector {
	readWrite := v.Get("ReadWriteType").Str()
	if readWrite == "" {
		readWrite = "All"
	}
	var out []inventory.Selector
	if v.Get("IncludeManagementEvents").Flag() != inventory.No { // true is the default
		out = append(out, inventory.Selector{Category: "Management", ReadWrite: readWrite,
			ExcludeSource: v.Get("ExcludeManagementEventSources").Strings()})
	}
	for r := range v.Get("DataResources").Items() {
		values := r.Get("Values").Strings()
		if len(values) == 0 {
			continue // nothing is recorded
		}
		s := inventory.Selector{Category: "Data", ReadWrite: readWrite, ResourceTypes: r.Get("Type").Strings(), ARNPrefixes: values}
		if slices.ContainsFunc(values, everything) {
			s.ARNPrefixes = nil
		}
		out = append(out, s)
	}
	return out
}

// everything reports whether a basic selector's value stands for every resource of its type: "arn:aws:s3",
// "arn:aws:s3:::", "arn:aws:lambda", "arn:aws:dynamodb".
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
func everything(prefix string) bool {
	return strings.Count(strings.TrimRight(prefix, ":"), ":") == 2
}

// advancedSelector reads one advanced event selector. Its fields must all match; the values of one operator are
// alternatives. What narrows it in a way that Selector cannot say is kept in Partial.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
func advancedSelector(v inventory.Value) inventory.Selector {
	s := inventory.Selector{ReadWrite: "All"}
	var partial []string
	for f := range v.Get("FieldSelectors").Items() {
		field := f.Get("Field").Str()
		for op, values := range f.Fields() {
			if op == "Field" || values.Len() == 0 {
				continue
			}
			list := values.Strings()
			switch field + " " + op {
			case "eventCategory Equals":
				s.Category = list[0]
			case "resources.type Equals":
				s.ResourceTypes = append(s.ResourceTypes, list...)
			case "readOnly Equals":
				s.ReadWrite = map[string]string{"true": "ReadOnly", "false": "WriteOnly"}[strings.ToLower(list[0])]
			case "resources.ARN Equals", "resources.ARN StartsWith":
				if s.ARNPrefixes != nil { // both operators: both must hold
					partial = append(partial, "resources.ARN Equals and StartsWith at once")
				}
				s.ARNPrefixes = append(s.ARNPrefixes, list...)
			case "resources.ARN NotEquals", "resources.ARN NotStartsWith":
				s.NotARN = append(s.NotARN, list...)
			case "eventSource NotEquals":
				s.ExcludeSource = append(s.ExcludeSource, list...)
			default:
				partial = append(partial, fmt.Sprintf("%s %s %s", field, op, strings.Join(list, ", ")))
			}
		}
	}
	s.Partial = strings.Join(partial, "; ")
	return s
}
