package iam

import "strconv"

// number reads a decimal number, with sign, fraction and exponent.
func number(s string) (float64, bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false // ParseFloat would take inf, nan, hexadecimals and underscores
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func compareNumeric(cmp comparison, o *operand, s string) outcome {
	n, ok := number(s)
	if !ok || o.invalid {
		return unfit
	}
	return order(cmp, n, o.num)
}

// order compares the request's number with the policy's.
func order(cmp comparison, have, want float64) outcome {
	var ok bool
	switch cmp {
	case cmpLess:
		ok = have < want
	case cmpLessEqual:
		ok = have <= want
	case cmpGreater:
		ok = have > want
	case cmpGreaterEqual:
		ok = have >= want
	default:
		ok = have == want
	}
	if ok {
		return fits
	}
	return differs
}
