package iam_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/permchain/permchain/graph/iam"
)

func policy(id, text string) *iam.Policy {
	doc, err := iam.Parse([]byte(text))
	if err != nil {
		log.Fatal(err)
	}
	return iam.Compile(id, doc)
}

// A role may read a bucket; a bucket policy insists on TLS. Nothing is known of how requests will come, so the answer is
// conditional.
func Example() {
	role := policy("ReadDocs", `{"Version": "2012-10-17", "Statement": [
		{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}]}`)
	bucket := policy("docs bucket policy", `{"Version": "2012-10-17", "Statement": [
		{"Sid": "TLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::docs/*",
		 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`)
	r := iam.Evaluate(&iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111122223333:role/assistant"},
		Action:    "s3:GetObject",
		Resource:  "arn:aws:s3:::docs/shipping.pdf",
		Context:   iam.Discover(nil),
	}, &iam.Policies{Identity: []*iam.Policy{role}, Resource: bucket})
	fmt.Println(r.Decision)
	fmt.Println(r.Residual)
	fmt.Println(r.Allows[0])
	// Output:
	// conditional
	// aws:SecureTransport BoolIfExists "true"
	// identity policy ReadDocs, statement 0 ("Read")
}

// When something was not imported that could change the answer, the answer is unknown, and says why.
func ExampleEvaluate_missing() {
	role := policy("UseKey", `{"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}`)
	r := iam.Evaluate(&iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111122223333:role/assistant"},
		Action:    "kms:Decrypt",
		Resource:  "arn:aws:kms:eu-central-1:111122223333:key/k1",
	}, &iam.Policies{
		Identity: []*iam.Policy{role},
		Missing:  []iam.Missing{{Layer: iam.LayerResource, Reason: "the key policy of k1 was not imported"}},
	})
	fmt.Println(r.Decision, "-", r.Unknown)
	// Output:
	// unknown - the key policy of k1 was not imported
}

// Links of the chain go to sets: every object of a bucket, every model. The answer says how much of the set is allowed.
func ExampleEvaluateSet() {
	role := policy("Docs", `{"Statement": [
		{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"},
		{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/payroll/*"}]}`)
	r := iam.EvaluateSet(&iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111122223333:role/assistant"},
		Action:    "s3:GetObject",
		Resource:  "arn:aws:s3:::docs/*",
	}, &iam.Policies{Identity: []*iam.Policy{role}})
	fmt.Println(r.Decision, r.Reach, "but", r.Holes)
	// Output:
	// allow all but [arn:aws:s3:::docs/payroll/*]
}

// An AWS service that calls needs the resource's policy only.
func ExampleEvaluate_service() {
	function := policy("tickets function policy", `{"Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction",
		"Principal": {"Service": "bedrock.amazonaws.com"}, "Resource": "arn:aws:lambda:eu-central-1:111122223333:function:tickets",
		"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}}`)
	agent := iam.Principal{Kind: iam.PrincipalService, Service: "bedrock.amazonaws.com"}
	r := iam.Evaluate(&iam.Request{
		Principal: agent,
		Action:    "lambda:InvokeFunction",
		Resource:  "arn:aws:lambda:eu-central-1:111122223333:function:tickets",
		Context:   iam.Facts{Principal: agent, SourceAccount: "444455556666"}.Context(),
	}, &iam.Policies{Resource: function})
	fmt.Println(r.Decision, r.BlockedBy)
	// Output:
	// implicit_deny [resource]
}

// Who can do it: an index answers for many principals.
func ExampleIndex() {
	reader := policy("Reader", `{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}`)
	writer := policy("Writer", `{"Statement": {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}`)
	x := iam.NewIndex([]iam.Subject{
		{Principal: iam.Principal{ARN: "arn:aws:iam::111122223333:role/reader"}, Identity: []*iam.Policy{reader}},
		{Principal: iam.Principal{ARN: "arn:aws:iam::111122223333:role/writer"}, Identity: []*iam.Policy{writer}},
	})
	a := x.Asker()
	a.About(&iam.Target{Action: "s3:GetObject", Resource: "arn:aws:s3:::docs/a"})
	for i := range x.Len() {
		v := a.Decide(i)
		fmt.Println(x.Subject(i).Principal.ARN, v.Decision)
	}
	// Output:
	// arn:aws:iam::111122223333:role/reader allow
	// arn:aws:iam::111122223333:role/writer implicit_deny
}

// An object can belong to another account than its bucket. The bucket's policy then lets nobody in: what an object's own
// access control list says is not known.
func ExampleRequest_objectOwner() {
	partner := policy("ReadShared", `{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}}`)
	bucket := policy("shared bucket policy", `{"Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"},
		"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}}`)
	req := iam.Request{
		Principal:       iam.Principal{ARN: "arn:aws:iam::444455556666:role/partner"},
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::shared/report.pdf",
		ResourceAccount: "111122223333",
	}
	p := &iam.Policies{Identity: []*iam.Policy{partner}, Resource: bucket}
	fmt.Println(iam.Evaluate(&req, p).Decision)
	req.ObjectOwner = "777788889999"
	r := iam.Evaluate(&req, p)
	fmt.Println(r.Decision, "-", r.Unknown)
	// Output:
	// allow
	// unknown - the objects belong to account 777788889999, so that their access control list decides
}

// Cases are tests of policies, one JSON object a line.
func ExampleReadCases() {
	cases, err := iam.ReadCases(strings.NewReader(`{"id": "interns read no payroll", "kind": "decision", "request": {"principal": {"type": "aws", "arn": "arn:aws:iam::111122223333:role/intern"}, "action": "s3:GetObject", "resource": {"arn": "arn:aws:s3:::docs/payroll/1", "account": "111122223333"}}, "policies": {"identity": [{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*"}}]}, "expect": {"decision": "implicit_deny"}}`))
	if err != nil {
		log.Fatal(err)
	}
	o := cases[0].Run()
	fmt.Println(o.Pass, o.Got)
	// Output:
	// false allow
}
