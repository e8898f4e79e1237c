package resourcepolicy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// said reports whether the user named the resource in permchain.yaml.
func (d *decoder) said() bool {
	_, err := arn.Parse(d.in.As)
	return err == nil
}

// resource is what the policy sits on: what the user says, else the document that holds it, else its statements, else
// the file's name.
func (d *decoder) resource(holder inventory.Value, doc inventory.PolicyDoc) inventory.Text {
	if d.said() {
		return inventory.Known(d.in.As)
	}
	if a := holder.First(arnKeys...).Str(); a != "" {
		if _, err := arn.Parse(a); err == nil {
			return inventory.Known(a)
		}
	}
	if name := holder.Get("repositoryName").Str(); name != "" {
		return d.repository(holder.Get("registryId").Str(), name)
	}
	if doc.Raw == nil {
		return d.byName(nil, doc.Unknown)
	}
	policy, err := inventory.ParseJSON(doc.Raw)
	if err != nil {
		return d.byName(nil, err.Error())
	}
	statements := statementsOf(policy.Root())
	found, wild := named(statements)
	switch {
	case len(found) == 1:
		return inventory.Known(found[0])
	case len(found) > 1:
		return d.byName(statements, fmt.Sprintf("its statements name %s and %s", found[0], found[1]))
	case wild != "":
		return d.byName(statements, fmt.Sprintf("its statements name only %q", wild))
	}
	return d.byName(statements, "its statements name none")
}

func statementsOf(policy inventory.Value) []inventory.Value {
	if s := policy.Get("Statement"); s.Kind() == inventory.Object {
		return []inventory.Value{s}
	} else {
		return slices.Collect(s.Items())
	}
}

// named are the resources that the statements name without a wildcard, each once in order, as the resources that a policy
// can sit on: a bucket for its objects, a table for its indexes. wild is one that was left out.
func named(statements []inventory.Value) (found []string, wild string) {
	for _, s := range statements {
		for _, r := range s.Get("Resource").Strings() {
			holder, ok := holderOf(r)
			if !ok {
				wild = r
			} else if !slices.Contains(found, holder) {
				found = append(found, holder)
			}
		}
	}
	return found, wild
}

// holderOf is the resource that carries the policy in whose statements s stands.
//
//   - A bucket policy names its bucket and objects in it, and nothing else:
//     https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
//   - A table's policy may name the table and its indexes:
//     https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
//   - A key policy names "*", which means the key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
func holderOf(s string) (string, bool) {
	a, err := arn.Parse(s)
	if err != nil {
		return "", false
	}
	switch a.Service {
	case "s3":
		if parts := strings.Split(a.Resource, "/"); parts[0] != "accesspoint" {
			a.Resource = parts[0]
		} else if len(parts) > 2 {
			a.Resource = parts[0] + "/" + parts[1]
		}
	case "dynamodb", "es":
		if parts := strings.SplitN(a.Resource, "/", 3); len(parts) == 3 {
			a.Resource = parts[0] + "/" + parts[1]
		}
	case "kms", "iam", "sts":
		return "", false
	}
	holder := a.String()
	if arn.HasWildcard(holder) || a.Resource == "" {
		return "", false
	}
	return holder, true
}

func (d *decoder) repository(registry, name string) inventory.Text {
	if registry == "" {
		registry = d.in.Account
	}
	if registry == "" || d.in.Region == "" {
		return inventory.Unsure("get-repository-policy does not say the Region of repository %s: say it in permchain.yaml under sources", name)
	}
	return inventory.Known(fmt.Sprintf("arn:aws:ecr:%s:%s:repository/%s", d.in.Region, registry, name))
}

// What precedes or follows the resource's name in a file's name, longest first.
var (
	namePrefix = regexp.MustCompile(`(?i)^(?:aws[-_. ])?(?:s3api|s3|lambda|kms|sqs|sns)?[-_. ]?(?:get[-_. ]?)?(?:bucket[-_. ]?|key[-_. ]?|resource[-_. ]?|function[-_. ]?|lambda[-_. ]?)?policy[-_. ]`)
	nameSuffix = regexp.MustCompile(`(?i)[-_. ](?:bucket|key|resource|function)[-_. ]?policy$`)
	extension  = regexp.MustCompile(`(?i)(?:\.(?:json|txt|out))+$`)
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`) // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	keyID      = regexp.MustCompile(`^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
	nameWord   = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`) // of a Lambda function
)

// byName takes the resource from a file name such as get-bucket-policy-NAME.json, where all actions of the policy are of
// one service; otherwise the resource is unknown for the reason given.
func (d *decoder) byName(statements []inventory.Value, why string) inventory.Text {
	name := extension.ReplaceAllString(d.in.File[strings.LastIndexAny(d.in.File, `/!\`)+1:], "")
	if namePrefix.MatchString(name) {
		name = namePrefix.ReplaceAllString(name, "")
	} else if nameSuffix.MatchString(name) {
		name = nameSuffix.ReplaceAllString(name, "")
	} else {
		name = ""
	}
	placed := d.in.Account != "" && d.in.Region != ""
	var id string
	switch service := onlyService(statements); {
	case service == "s3" && bucketName.MatchString(name):
		id = "arn:aws:s3:::" + name
	case service == "kms" && keyID.MatchString(name) && placed:
		id = fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", d.in.Region, d.in.Account, name)
	case service == "kms" && keyID.MatchString(name):
		return inventory.Unsure("%s, and the account and Region of key %s are not known: say them in permchain.yaml under sources", why, name)
	case service == "kms":
		return inventory.Unsure("%s: a key policy does not say which key it is of; name the file after the key's id, as in get-key-policy-1234abcd-….json, or say it in permchain.yaml under sources (as: its ARN)", why)
	case service == "lambda" && nameWord.MatchString(name) && placed:
		id = fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", d.in.Region, d.in.Account, name)
	default:
		return inventory.Unsure("%s; name the file after it, as in get-bucket-policy-NAME.json, or say it in permchain.yaml under sources (as: its ARN)", why)
	}
	d.inferred("the policy is that of %s, from the file's name", id)
	return inventory.Known(id)
}

// onlyService is the service that all actions of the statements are of, or "".
func onlyService(statements []inventory.Value) string {
	service := ""
	for _, s := range statements {
		actions := s.Get("Action").Strings()
		if len(actions) == 0 {
			return ""
		}
		for _, a := range actions {
			prefix, _, ok := strings.Cut(strings.ToLower(a), ":")
			if !ok || service != "" && prefix != service {
				return ""
			}
			service = prefix
		}
	}
	return service
}
