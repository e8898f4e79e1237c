package iam

import (
	"net/netip"
	"strings"
)

// network reads an address or a CIDR block. A block whose host bits are set means the network it lies in.
func network(s string) (netip.Prefix, bool) {
	if strings.IndexByte(s, '/') < 0 {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, false
		}
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

// compareIP is IpAddress: the request's address lies in the policy's block. A block of the other address family
// differs.
func compareIP(o *operand, s string) outcome {
	a, err := netip.ParseAddr(s)
	if err != nil || o.invalid {
		return unfit
	}
	if o.prefix.Contains(a.Unmap().WithZone("")) {
		return fits
	}
	return differs
}
