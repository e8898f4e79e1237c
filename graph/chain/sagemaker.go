package chain

import (
	"strings"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/inventory"
)

// joinEndpoints makes nodes of SageMaker endpoints. An endpoint names its configuration, the configuration its models,
// and a model the role that runs it: three outputs, joined by their names within an account and Region.
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
func (b *builder) joinEndpoints() {
	named := map[string]*inventory.Resource{}
	for i := range b.f.Resources {
		r := &b.f.Resources[i]
		if r.Type != "AWS::SageMaker::EndpointConfig" && r.Type != "AWS::SageMaker::Model" {
			continue
		}
		if key := r.Type + "/" + sageMakerName(r.ARN, r.Name); named[key] == nil || named[key].Attrs["role"] == "" {
			named[key] = r
		}
	}
	for i := range b.f.Endpoints {
		e := &b.f.Endpoints[i]
		n := b.arnNode(e.ARN, graph.KindEndpoint, e.Name)
		addSource(n, e.Source)
		if e.Listed {
			continue
		}
		attr(n, "configuration", e.Config)
		if e.Role.OK() {
			b.runsAs(n, e.Role, e.Source, "the model's execution role")
		}
		config := named["AWS::SageMaker::EndpointConfig/"+sageMakerName(e.ARN, e.Config)]
		if config == nil {
			continue
		}
		addSource(n, config.Source)
		roles := map[string]inventory.Source{}
		if r := config.Attrs["role"]; r != "" {
			roles[r] = config.Source
		}
		for m := range strings.SplitSeq(config.Attrs["models"], ",") {
			listAttr(n, "models", m)
			if model := named["AWS::SageMaker::Model/"+sageMakerName(e.ARN, m)]; model != nil && model.Attrs["role"] != "" {
				roles[model.Attrs["role"]] = model.Source
			} else if m != "" {
				b.gap("the SageMaker model "+m, "aws sagemaker describe-model --model-name "+m)
			}
		}
		for _, r := range sortedKeysOf(roles) {
			b.runsAs(n, inventory.Known(r), roles[r], "the execution role of a model behind it")
		}
	}
	for i := range b.f.Endpoints {
		if n := b.nodes[graph.NodeID(b.f.Endpoints[i].ARN)]; n.RunsAs == "" && n.Unknown == "" {
			n.Unknown = "which role its models run as is not known: describe-endpoint-config and describe-model were not imported"
			b.gap("what the SageMaker endpoint "+n.Name+" runs as", "aws sagemaker describe-endpoint, describe-endpoint-config, and describe-model for each of its models")
		}
	}
}

// sageMakerName names a thing as those in the same account and Region do.
func sageMakerName(near, name string) string {
	p, err := arn.Parse(near)
	if err != nil {
		return name
	}
	return p.Region + "/" + p.Account + "/" + name
}
