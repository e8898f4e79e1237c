package iam

import "strings"

// family is what an operator compares.
type family uint8

const (
	famString family = iota
	famNumeric
	famDate
	famBool
	famBinary
	famIP
	famARN
	famNull
)

// comparison is how an operator compares within its family.
type comparison uint8

const (
	cmpEqual comparison = iota
	cmpFold
	cmpLike
	cmpLess
	cmpLessEqual
	cmpGreater
	cmpGreaterEqual
)

// quantifier is an operator's set part.
type quantifier uint8

const (
	single quantifier = iota
	forAll
	forAny
)

// operator is a condition operator taken apart.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	family   family
	cmp      comparison
	negated  bool
	set      quantifier
	ifExists bool
}

// base is one row of the table of operators. Its opposite is the operator that holds of a present, well-formed value
// exactly when it does not.
type base struct {
	name     string
	op       operator
	opposite string
}

var bases = []base{
	{"StringEquals", operator{family: famString, cmp: cmpEqual}, "StringNotEquals"},
	{"StringNotEquals", operator{family: famString, cmp: cmpEqual, negated: true}, "StringEquals"},
	{"StringEqualsIgnoreCase", operator{family: famString, cmp: cmpFold}, "StringNotEqualsIgnoreCase"},
	{"StringNotEqualsIgnoreCase", operator{family: famString, cmp: cmpFold, negated: true}, "StringEqualsIgnoreCase"},
	{"StringLike", operator{family: famString, cmp: cmpLike}, "StringNotLike"},
	{"StringNotLike", operator{family: famString, cmp: cmpLike, negated: true}, "StringLike"},
	{"NumericEquals", operator{family: famNumeric, cmp: cmpEqual}, "NumericNotEquals"},
	{"NumericNotEquals", operator{family: famNumeric, cmp: cmpEqual, negated: true}, "NumericEquals"},
	{"NumericLessThan", operator{family: famNumeric, cmp: cmpLess}, "NumericGreaterThanEquals"},
	{"NumericLessThanEquals", operator{family: famNumeric, cmp: cmpLessEqual}, "NumericGreaterThan"},
	{"NumericGreaterThan", operator{family: famNumeric, cmp: cmpGreater}, "NumericLessThanEquals"},
	{"NumericGreaterThanEquals", operator{family: famNumeric, cmp: cmpGreaterEqual}, "NumericLessThan"},
	{"DateEquals", operator{family: famDate, cmp: cmpEqual}, "DateNotEquals"},
	{"DateNotEquals", operator{family: famDate, cmp: cmpEqual, negated: true}, "DateEquals"},
	{"DateLessThan", operator{family: famDate, cmp: cmpLess}, "DateGreaterThanEquals"},
	{"DateLessThanEquals", operator{family: famDate, cmp: cmpLessEqual}, "DateGreaterThan"},
	{"DateGreaterThan", operator{family: famDate, cmp: cmpGreater}, "DateLessThanEquals"},
	{"DateGreaterThanEquals", operator{family: famDate, cmp: cmpGreaterEqual}, "DateLessThan"},
	{"Bool", operator{family: famBool, cmp: cmpEqual}, ""},
	{"BinaryEquals", operator{family: famBinary, cmp: cmpEqual}, ""},
	{"IpAddress", operator{family: famIP, cmp: cmpEqual}, "NotIpAddress"},
	{"NotIpAddress", operator{family: famIP, cmp: cmpEqual, negated: true}, "IpAddress"},
	{"ArnEquals", operator{family: famARN, cmp: cmpLike}, "ArnNotEquals"},
	{"ArnNotEquals", operator{family: famARN, cmp: cmpLike, negated: true}, "ArnEquals"},
	{"ArnLike", operator{family: famARN, cmp: cmpLike}, "ArnNotLike"},
	{"ArnNotLike", operator{family: famARN, cmp: cmpLike, negated: true}, "ArnLike"},
	{"Null", operator{family: famNull}, "Null"},
}

// splitOperator takes an operator's name apart: "ForAnyValue:StringLikeIfExists" is ("ForAnyValue:", "StringLike",
// true).
func splitOperator(name string) (set, bare string, ifExists bool) {
	if i := strings.IndexByte(name, ':'); i >= 0 {
		set, name = name[:i+1], name[i+1:]
	}
	const suffix = "IfExists"
	if n := len(name) - len(suffix); n > 0 && strings.EqualFold(name[n:], suffix) {
		return set, name[:n], true
	}
	return set, name, false
}

func findBase(bare string) *base {
	for i := range bases {
		if strings.EqualFold(bases[i].name, bare) {
			return &bases[i]
		}
	}
	return nil
}

// parseOperator reads an operator's name. Names are taken in any case.
func parseOperator(name string) (op operator, ok bool) {
	set, bare, ifExists := splitOperator(name)
	b := findBase(bare)
	if b == nil {
		return operator{}, false
	}
	op = b.op
	op.ifExists = ifExists
	switch {
	case set == "":
	case strings.EqualFold(set, "ForAllValues:"):
		op.set = forAll
	case strings.EqualFold(set, "ForAnyValue:"):
		op.set = forAny
	default:
		return operator{}, false
	}
	if op.family == famNull && ifExists {
		// "You can add IfExists to the end of any condition operator name except the Null condition."
		return operator{}, false
	}
	return op, true
}
