package iam

import (
	"encoding/json"
	"testing"
)

func TestFold(t *testing.T) {
	allow := func(condition string) string {
		return `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":` + condition + `}`
	}
	deny := func(condition string) string {
		return `{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":` + condition + `}`
	}
	const everything = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	for _, c := range []struct {
		name, statements string
		want             Decision
	}{
		{"either of two opposites", allow(`{"StringEquals":{"k":"a"}}`) + "," + allow(`{"StringNotEquals":{"K":"a"}}`), Allow},
		{"opposites of several values", allow(`{"StringLike":{"k":["a*","b"]}}`) + "," + allow(`{"StringNotLike":{"k":["b","a*"]}}`), Allow},
		{"opposites of other values", allow(`{"StringEquals":{"k":["a","b"]}}`) + "," + allow(`{"StringNotEquals":{"k":"a"}}`), Conditional},
		{"there or not", allow(`{"Null":{"k":"true"}}`) + "," + allow(`{"Null":{"k":"false"}}`), Allow},
		{"true or false, if it is there", allow(`{"Bool":{"k":"true"}}`) + "," + allow(`{"Bool":{"k":"false"}}`), Conditional},
		{"true or not", allow(`{"Bool":{"k":"true"}}`) + "," + allow(`{"BoolIfExists":{"k":"false"}}`), Allow},
		{"true or false of a key that is there", allow(`{"Bool":{"there":"true"}}`) + "," + allow(`{"Bool":{"there":"false"}}`), Allow},
		{"lists", allow(`{"ForAnyValue:StringEquals":{"k":"a"}}`) + "," + allow(`{"ForAllValues:StringNotEquals":{"k":"a"}}`), Allow},
		{"a list under a plain operator", allow(`{"StringEquals":{"aws:TagKeys":"a"}}`) + "," + allow(`{"StringNotEquals":{"aws:TagKeys":"a"}}`), Conditional},
		{"variables", allow(`{"StringEquals":{"k":"${aws:username}"}}`) + "," + allow(`{"StringNotEquals":{"k":"${aws:username}"}}`), Conditional},
		{"one value and another", allow(`{"StringEquals":{"k":"a"},"StringEqualsIfExists":{"k":"b"}}`), Conditional},
		{"an allow of one value, a deny of all others", allow(`{"StringEquals":{"k":"a"}}`) + "," + deny(`{"StringNotEquals":{"k":"b"}}`), ImplicitDeny},
		{"an allow of two values, a deny of all but one", allow(`{"StringEquals":{"k":["a","b"]}}`) + "," + deny(`{"StringNotEquals":{"k":["b","c"]}}`), Conditional},
		{"an allow of one value, a deny of it", allow(`{"StringEquals":{"k":"a"}}`) + "," + deny(`{"StringEquals":{"k":["a","b"]}}`), ImplicitDeny},
		{"denied either way", everything + "," + deny(`{"StringEquals":{"k":"a"}}`) + "," + deny(`{"StringNotEquals":{"k":"a"}}`), ExplicitDeny},
		{"ranges stay", allow(`{"NumericLessThan":{"k":"3"}}`) + "," + deny(`{"NumericLessThan":{"k":"5"}}`), Conditional},
	} {
		p := mustCompile(t, "p", json.RawMessage(`{"Version":"2012-10-17","Statement":[`+c.statements+`]}`))
		req := Request{Principal: Principal{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/1", Context: Discover(nil)}
		req.Context.Mark("there", ValueUnknown)
		r := Evaluate(&req, &Policies{Identity: []*Policy{p}})
		if r.Decision != c.want || r.Known != c.want {
			t.Errorf("%s: %v (%s), want %v", c.name, r.Decision, r.Why, c.want)
		}
		if c.want != Allow && c.want != Conditional && len(r.BlockedBy) == 0 {
			t.Errorf("%s: blocked by nothing", c.name)
		}
		set := req
		set.Resource = "arn:aws:s3:::b/*"
		if r := EvaluateSet(&set, &Policies{Identity: []*Policy{p}}); r.Decision != c.want {
			t.Errorf("%s: as a set %v (%s), want %v", c.name, r.Decision, r.Why, c.want)
		}
	}
}
