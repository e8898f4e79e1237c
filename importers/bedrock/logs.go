package bedrock

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// logFormats are those of `aws logs`.
var logFormats = []format{
	{"logs describe-log-groups", listed("logGroups", "logGroupName", "arn"), list("logGroups", (*decoder).logGroup)},
}

// logGroup reads one log group. A group without retentionInDays keeps its events for ever; one without kmsKeyId is
// encrypted by CloudWatch Logs itself, by no key of the customer's: "encryption" says so, since an empty key could as well
// be one that nothing was read about. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func (d *decoder) logGroup(v inventory.Value) error {
	if err := need(v, "logGroupName"); err != nil {
		return err
	}
	arn := v.First("logGroupArn", "arn").Str()
	r := inventory.Resource{ARN: strings.TrimSuffix(arn, ":*"), Name: v.Get("logGroupName").Str(), Type: "AWS::Logs::LogGroup",
		Attrs: map[string]string{"retention": "never expires", "kms key": v.Get("kmsKeyId").Str()}, Source: d.source(v)}
	if days := v.Get("retentionInDays").Text(); days != "" {
		r.Attrs["retention"] = days
	}
	if r.Attrs["kms key"] == "" {
		r.Attrs["encryption"] = "no customer key"
	}
	if class := v.Get("logGroupClass").Str(); class != "" {
		r.Attrs["class"] = class
	}
	d.out.Resources = append(d.out.Resources, r)
	return nil
}
