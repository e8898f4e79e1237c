package importers

import (
	"fmt"
	"strings"
	"testing"
)

// largeAccount is a dump like that of a large account: 5,000 roles with two inline policies each.
func largeAccount() string {
	var b strings.Builder
	b.WriteString(`{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[`)
	for i := range 5000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Path":"/","RoleName":"role-%d","RoleId":"AROAEXAMPLE%d","Arn":"arn:aws:iam::111122223333:role/role-%d","CreateDate":"2026-01-01T00:00:00+00:00",
  "AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]},
  "InstanceProfileList":[],"AttachedManagedPolicies":[{"PolicyName":"ReadOnlyAccess","PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}],"Tags":[{"Key":"owner","Value":"team-%d"}],"RolePolicyList":[`, i, i, i, i%20)
		for p := range 2 {
			if p > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"PolicyName":"p%d","PolicyDocument":{"Version":"2012-10-17","Statement":[`, p)
			for s := range 6 {
				if s > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `{"Sid":"S%d","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","dynamodb:Query"],"Resource":["arn:aws:s3:::bucket-%d/*","arn:aws:dynamodb:eu-central-1:111122223333:table/t-%d"],"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example"}}}`, s, i, s)
			}
			b.WriteString(`]}}`)
		}
		b.WriteString("]}\n")
	}
	b.WriteString("]}")
	return b.String()
}

func BenchmarkImportAccount(b *testing.B) {
	data := []byte(largeAccount())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, _, err := ImportFiles(b.Context(), []File{{Name: "a.json", Open: held(data)}}, Options{})
		if err != nil || len(f.Roles) != 5000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkImportEvents reads a day's events, one on a line.
func BenchmarkImportEvents(b *testing.B) {
	var text strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&text, `{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/app-%d/s","accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/app-%d"}}},"eventTime":"2026-11-20T10:%02d:%02dZ","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-central-1","requestParameters":{"bucketName":"b-%d","key":"k/%d"},"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b-%d/k/%d"}],"recipientAccountId":"111122223333"}`+"\n",
			i%50, i%50, i/60%60, i%60, i%7, i, i%7, i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, _, err := ImportFiles(b.Context(), []File{{Name: "e.jsonl", Open: held(data)}}, Options{})
		if err != nil || len(f.Usages) != 350 {
			b.Fatal(err, len(f.Usages))
		}
	}
}
