package bedrock

import (
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// sageMakerFormats are those of `aws sagemaker`. An endpoint names a configuration, the configuration its models, and a
// model the role that runs it: three outputs, joined by name in graph/chain.
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
var sageMakerFormats = []format{
	{"sagemaker describe-endpoint", flat("EndpointArn", "EndpointName", "EndpointStatus"), one("", (*decoder).endpoint)},
	{"sagemaker describe-endpoint-config", flat("EndpointConfigArn", "EndpointConfigName", "ProductionVariants"), one("", (*decoder).endpointConfig)},
	{"sagemaker describe-model", flat("ModelArn", "ModelName", "CreationTime"), one("", (*decoder).sageMakerModel)},
	{"sagemaker list-endpoints", listed("Endpoints", "EndpointName", "EndpointArn", "EndpointStatus"), list("Endpoints", (*decoder).listedEndpoint)},
}

func (d *decoder) endpoint(v inventory.Value) error {
	if err := need(v, "EndpointArn", "EndpointName"); err != nil {
		return err
	}
	d.out.Endpoints = append(d.out.Endpoints, inventory.Endpoint{ARN: v.Get("EndpointArn").Str(), Name: v.Get("EndpointName").Str(),
		Config: v.Get("EndpointConfigName").Str(), Source: d.source(v),
		Role: inventory.Unsure("describe-endpoint does not print it: import describe-endpoint-config and describe-model")})
	return nil
}

func (d *decoder) listedEndpoint(v inventory.Value) error {
	if err := need(v, "EndpointArn", "EndpointName"); err != nil {
		return err
	}
	d.out.Endpoints = append(d.out.Endpoints, inventory.Endpoint{ARN: v.Get("EndpointArn").Str(), Name: v.Get("EndpointName").Str(),
		Listed: true, Source: d.source(v), Role: inventory.Unsure("list-endpoints does not print it: import describe-endpoint")})
	return nil
}

func (d *decoder) endpointConfig(v inventory.Value) error {
	if err := need(v, "EndpointConfigArn"); err != nil {
		return err
	}
	var models []string
	for _, key := range []string{"ProductionVariants", "ShadowProductionVariants"} {
		for p := range v.Get(key).Items() {
			if m := p.Get("ModelName").Str(); m != "" {
				models = append(models, m)
			}
		}
	}
	r := inventory.Resource{ARN: v.Get("EndpointConfigArn").Str(), Name: v.Get("EndpointConfigName").Str(), Type: "AWS::SageMaker::EndpointConfig",
		Attrs: map[string]string{"models": strings.Join(models, ",")}, Source: d.source(v)}
	if role := v.Get("ExecutionRoleArn").Str(); role != "" { // endpoints with inference components
		r.Attrs["role"] = role
	}
	d.out.Resources = append(d.out.Resources, r)
	return nil
}

func (d *decoder) sageMakerModel(v inventory.Value) error {
	if err := need(v, "ModelArn"); err != nil {
		return err
	}
	r := inventory.Resource{ARN: v.Get("ModelArn").Str(), Name: v.Get("ModelName").Str(), Type: "AWS::SageMaker::Model",
		Attrs: map[string]string{}, Source: d.source(v)}
	if role := v.Get("ExecutionRoleArn").Str(); role != "" {
		r.Attrs["role"] = role
	}
	d.out.Resources = append(d.out.Resources, r)
	return nil
}
