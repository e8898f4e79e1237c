package bedrock

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// modelFormats are those of `aws bedrock`.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock.html
var modelFormats = []format{
	{"bedrock list-foundation-models", listed("modelSummaries", "modelArn", "modelId"), list("modelSummaries", (*decoder).foundationModel)},
	{"bedrock list-custom-models", listed("modelSummaries", "modelArn", "customizationType"), list("modelSummaries", (*decoder).customModel)},
	{"bedrock list-custom-models", listed("modelSummaries", "modelArn", "baseModelArn"), list("modelSummaries", (*decoder).customModel)},
	{"bedrock list-imported-models", listed("modelSummaries", "modelArn", "modelName"), list("modelSummaries", (*decoder).importedModel)},
	{"bedrock list-foundation-models", listed("modelSummaries"), list("modelSummaries", (*decoder).foundationModel)},
	{"bedrock get-foundation-model", wrapped("modelDetails", "modelArn", "modelId"), one("modelDetails", (*decoder).foundationModel)},
	{"bedrock list-provisioned-model-throughputs", listed("provisionedModelSummaries"), list("provisionedModelSummaries", (*decoder).provisionedModel)},
	{"bedrock get-provisioned-model-throughput", flat("provisionedModelArn", "modelArn"), one("", (*decoder).provisionedModel)},
	{"bedrock list-inference-profiles", listed("inferenceProfileSummaries"), list("inferenceProfileSummaries", (*decoder).inferenceProfile)},
	{"bedrock get-inference-profile", flat("inferenceProfileArn", "models"), one("", (*decoder).inferenceProfile)},
	{"bedrock list-guardrails", listed("guardrails", "arn", "id", "version"), list("guardrails", (*decoder).guardrail)},
	{"bedrock list-guardrails", func(s inventory.Shape) bool { return listed("guardrails")(s) && s.Root.Get("guardrails").Len == 0 }, list("guardrails", (*decoder).guardrail)},
	{"bedrock get-guardrail", flat("guardrailArn", "guardrailId", "name"), one("", (*decoder).guardrail)},
	{"bedrock get-custom-model", flat("modelArn", "modelName", "baseModelArn"), one("", (*decoder).customModel)},
	{"bedrock get-custom-model", flat("modelArn", "modelName", "customizationType"), one("", (*decoder).customModel)},
	{"bedrock get-imported-model", flat("modelArn", "modelName", "modelDataSource"), one("", (*decoder).importedModel)},
	{"bedrock get-model-invocation-logging-configuration", isInvocationLogging, (*decoder).invocationLogging},
}

// list reads an array of objects, one the object under a key ("" is the document).
func list(key string, take func(*decoder, inventory.Value) error) func(*decoder, inventory.Value) error {
	return func(d *decoder, root inventory.Value) error {
		d.each(root.Get(key), func(v inventory.Value) error { return take(d, v) })
		return nil
	}
}

func one(key string, take func(*decoder, inventory.Value) error) func(*decoder, inventory.Value) error {
	return func(d *decoder, root inventory.Value) error {
		if key != "" {
			root = root.Get(key)
		}
		return take(d, root)
	}
}

func (d *decoder) foundationModel(v inventory.Value) error {
	if err := need(v, "modelArn", "modelId"); err != nil {
		return err
	}
	d.out.Models = append(d.out.Models, inventory.Model{ARN: v.Get("modelArn").Str(), ID: v.Get("modelId").Str(),
		Name: v.Get("modelName").Str(), Provider: v.Get("providerName").Str(), Kind: "foundation", Source: d.source(v)})
	return nil
}

func (d *decoder) customModel(v inventory.Value) error {
	return d.ownModel(v, "custom", v.Get("baseModelArn").Str())
}

func (d *decoder) importedModel(v inventory.Value) error { return d.ownModel(v, "imported", "") }

func (d *decoder) ownModel(v inventory.Value, kind, base string) error {
	if err := need(v, "modelArn"); err != nil {
		return err
	}
	arn := v.Get("modelArn").Str()
	d.out.Models = append(d.out.Models, inventory.Model{ARN: arn, ID: afterSlash(arn), Name: v.Get("modelName").Str(),
		Kind: kind, Base: base, Source: d.source(v)})
	return nil
}

func (d *decoder) provisionedModel(v inventory.Value) error {
	if err := need(v, "provisionedModelArn"); err != nil {
		return err
	}
	arn := v.Get("provisionedModelArn").Str()
	d.out.Models = append(d.out.Models, inventory.Model{ARN: arn, ID: afterSlash(arn), Name: v.Get("provisionedModelName").Str(),
		Kind: "provisioned", Base: v.First("modelArn", "foundationModelArn").Str(), Source: d.source(v)})
	return nil
}

func (d *decoder) inferenceProfile(v inventory.Value) error {
	if err := need(v, "inferenceProfileArn"); err != nil {
		return err
	}
	p := inventory.InferenceProfile{ARN: v.Get("inferenceProfileArn").Str(), ID: v.Get("inferenceProfileId").Str(),
		Name: v.Get("inferenceProfileName").Str(), Type: v.Get("type").Str(), Tags: tags(v.Get("tags")), Source: d.source(v)}
	for m := range v.Get("models").Items() {
		if arn := m.Get("modelArn").Str(); arn != "" {
			p.Models = append(p.Models, arn)
		}
	}
	d.out.Profiles = append(d.out.Profiles, p)
	return nil
}

// guardrailPolicies names the parts that a guardrail may have.
var guardrailPolicies = []struct{ key, name string }{
	{"automatedReasoningPolicy", "automated reasoning"},
	{"contentPolicy", "content"},
	{"contextualGroundingPolicy", "grounding"},
	{"sensitiveInformationPolicy", "sensitive information"},
	{"topicPolicy", "topics"},
	{"wordPolicy", "words"},
}

func (d *decoder) guardrail(v inventory.Value) error {
	g := inventory.Guardrail{ARN: v.First("guardrailArn", "arn").Str(), ID: v.First("guardrailId", "id").Str(),
		Name: v.Get("name").Str(), Version: v.Get("version").Str(), Source: d.source(v)}
	if g.ARN == "" {
		return need(v, "guardrailArn")
	}
	for _, p := range guardrailPolicies {
		if v.Get(p.key).Exists() {
			g.Policies = append(g.Policies, p.name)
		}
	}
	slices.Sort(g.Policies)
	d.out.Guardrails = append(d.out.Guardrails, g)
	return nil
}

// isInvocationLogging knows the configuration by its key. Where logging is off the command prints {}, which only the
// file's name can tell from any other empty output.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetModelInvocationLoggingConfiguration.html
func isInvocationLogging(s inventory.Shape) bool {
	c := s.Root.Get("loggingConfig")
	if c.HasAny("cloudWatchConfig", "s3Config", "textDataDeliveryEnabled", "imageDataDeliveryEnabled", "embeddingDataDeliveryEnabled") {
		return true
	}
	if s.Root.Len > 0 && (!s.Root.Only("loggingConfig") || c.Len > 0) {
		return false
	}
	name := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s.File))
	return strings.Contains(name, "modelinvocationlogging")
}

func (d *decoder) invocationLogging(root inventory.Value) error {
	c := root.Get("loggingConfig")
	if !c.Exists() {
		d.infer(root, "model invocation logging is off: the file's name says what the empty output is of")
	}
	l := inventory.InvocationLogging{Source: d.source(root)}
	const unsaid = "get-model-invocation-logging-configuration does not print its %s, and neither permchain.yaml nor the path says it"
	if l.Account = inventory.Known(d.in.Account); d.in.Account == "" {
		l.Account = inventory.Unsure(unsaid, "account")
	}
	if l.Region = inventory.Known(d.in.Region); d.in.Region == "" {
		l.Region = inventory.Unsure(unsaid, "Region")
	}
	if c.Exists() {
		l.Source = d.source(c)
		cw, s3 := c.Get("cloudWatchConfig"), c.Get("s3Config")
		l.LogGroup, l.Role = cw.Get("logGroupName").Str(), cw.Get("roleArn").Str()
		l.LargeBucket = cw.Get("largeDataDeliveryS3Config").Get("bucketName").Str()
		l.Bucket, l.Prefix = s3.Get("bucketName").Str(), s3.Get("keyPrefix").Str()
		l.Text, l.Image = c.Get("textDataDeliveryEnabled").Flag(), c.Get("imageDataDeliveryEnabled").Flag()
		l.Configured = l.LogGroup != "" || l.Bucket != ""
	}
	d.out.InvocationLogging = append(d.out.InvocationLogging, l)
	return nil
}

// afterSlash is what follows the last slash: the id in most of Bedrock's ARNs.
func afterSlash(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
