package cloudformation

import (
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// endpoint is AWS::SageMaker::Endpoint. It names a configuration, the configuration its models, and a model the role
// that runs it.
func (t *template) endpoint(p part) {
	x := t.identity(p.r, 0)
	e := inventory.Endpoint{ARN: x.arn, Name: x.name, Config: p.get("EndpointConfigName").str(), Source: t.source(p.r.node, p.r.id)}
	e.Role = inventory.Unsure("the endpoint's configuration and models are not in the template")
	if _, config, ok := t.arnOf(e.Config, "AWS::SageMaker::EndpointConfig"); ok {
		e.Config = t.identity(config, 0).name
		c := t.properties(config)
		var roles []string
		if r := c.get("ExecutionRoleArn").id(); r != "" {
			roles = append(roles, r)
		}
		for _, m := range t.models(c) {
			_, model, ok := t.arnOf(m, "AWS::SageMaker::Model")
			if !ok {
				continue
			}
			if r := t.properties(model).get("ExecutionRoleArn").id(); r != "" && !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
		switch len(roles) {
		case 0:
		case 1:
			e.Role = inventory.Known(roles[0])
		default:
			e.Role = inventory.Unsure("its models run as several roles: %s", strings.Join(roles, ", "))
		}
	}
	t.out.Endpoints = append(t.out.Endpoints, e)
}

// models are what the variants of an endpoint configuration name.
func (t *template) models(p part) []string {
	var out []string
	for _, key := range []string{"ProductionVariants", "ShadowProductionVariants"} {
		for _, v := range p.get(key).list() {
			out = append(out, v.get("ModelName").texts()...)
		}
	}
	return out
}

func (t *template) endpointConfig(p part) {
	x := t.identity(p.r, 0)
	var names []string
	for _, m := range t.models(p) {
		if _, r, ok := t.arnOf(m, "AWS::SageMaker::Model"); ok {
			m = t.identity(r, 0).name
		}
		names = append(names, m)
	}
	t.resource(p, x.arn, x.name, attributes("models", strings.Join(names, ","), "role", p.get("ExecutionRoleArn").str()))
}

func (t *template) model(p part) {
	x := t.identity(p.r, 0)
	t.resource(p, x.arn, x.name, attributes("role", p.get("ExecutionRoleArn").str()))
}
