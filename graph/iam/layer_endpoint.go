package iam

// endpointLayer is the policy of the VPC endpoint that the request comes through.
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
func (l *layers) endpointLayer(q *query, policies []*Policy) {
	l.endpoint.allow = yes
	if len(policies) == 0 {
		return
	}
	l.endpoint.allow = no
	for _, p := range policies {
		l.endpoint.add(q, p, LayerEndpoint, 0)
	}
}
