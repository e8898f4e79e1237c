package cloudtrail

import (
	"regexp"
	"strings"
)

// prefixes are the IAM service prefixes that differ from the first part of eventSource.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var prefixes = map[string]string{
	"monitoring": "cloudwatch",
	"rdsdata":    "rds-data",
	"email":      "ses",
	"signin":     "", // ConsoleLogin and the like: no policy grants them
}

// renamed are API operations whose IAM action has another name. All others are named alike.
//
//   - S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
//   - Lambda: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
//   - Bedrock: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html ("requires permission for
//     the bedrock:InvokeModel action") and API_runtime_ConverseStream.html (bedrock:InvokeModelWithResponseStream)
//   - DynamoDB PartiQL: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html; which of its four
//     actions a statement needs stands in the statement
var renamed = map[string]string{
	"bedrock:Converse":                 "bedrock:InvokeModel",
	"bedrock:ConverseStream":           "bedrock:InvokeModelWithResponseStream",
	"lambda:Invoke":                    "lambda:InvokeFunction",
	"lambda:InvokeWithResponseStream":  "lambda:InvokeFunction",
	"s3:CompleteMultipartUpload":       "s3:PutObject",
	"s3:CopyObject":                    "s3:PutObject",
	"s3:CreateMultipartUpload":         "s3:PutObject",
	"s3:DeleteObjects":                 "s3:DeleteObject",
	"s3:DeleteBucketCors":              "s3:PutBucketCORS",
	"s3:DeleteBucketEncryption":        "s3:PutEncryptionConfiguration",
	"s3:DeleteBucketLifecycle":         "s3:PutLifecycleConfiguration",
	"s3:DeleteBucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
	"s3:DeleteBucketReplication":       "s3:PutReplicationConfiguration",
	"s3:DeleteBucketTagging":           "s3:PutBucketTagging",
	"s3:GetBucketCors":                 "s3:GetBucketCORS",
	"s3:GetBucketEncryption":           "s3:GetEncryptionConfiguration",
	"s3:GetBucketLifecycle":            "s3:GetLifecycleConfiguration",
	"s3:GetBucketReplication":          "s3:GetReplicationConfiguration",
	"s3:HeadBucket":                    "s3:ListBucket",
	"s3:HeadObject":                    "s3:GetObject",
	"s3:ListBuckets":                   "s3:ListAllMyBuckets",
	"s3:ListMultipartUploads":          "s3:ListBucketMultipartUploads",
	"s3:ListObjects":                   "s3:ListBucket",
	"s3:ListObjectsV2":                 "s3:ListBucket",
	"s3:ListObjectVersions":            "s3:ListBucketVersions",
	"s3:ListParts":                     "s3:ListMultipartUploadParts",
	"s3:PutBucketCors":                 "s3:PutBucketCORS",
	"s3:PutBucketEncryption":           "s3:PutEncryptionConfiguration",
	"s3:PutBucketLifecycle":            "s3:PutLifecycleConfiguration",
	"s3:PutBucketReplication":          "s3:PutReplicationConfiguration",
	"s3:SelectObjectContent":           "s3:GetObject",
	"s3:UploadPart":                    "s3:PutObject",
	"s3:UploadPartCopy":                "s3:PutObject",
}

// apiDate is what Lambda appends to its operations' names in events: UpdateFunctionCode20150331v2.
// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
var apiDate = regexp.MustCompile(`[0-9]{8}(?:v[0-9]+)?$`)

// Action is the IAM action that an event's operation needs, as "bedrock:InvokeModel"; "" when no policy grants it.
func Action(eventSource, eventName string) string {
	service, ok := strings.CutSuffix(eventSource, ".amazonaws.com")
	if !ok || service == "" || strings.ContainsAny(service, ".:*") {
		return ""
	}
	if p, ok := prefixes[service]; ok {
		service = p
	}
	if service == "" {
		return ""
	}
	if service == "lambda" {
		eventName = apiDate.ReplaceAllString(eventName, "")
	}
	action := service + ":" + eventName
	if a, ok := renamed[action]; ok {
		return a
	}
	return action
}
