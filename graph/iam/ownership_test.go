package iam

import "testing"

// TestOwnershipIndex holds what an index says of objects of other accounts against Evaluate.
func TestOwnershipIndex(t *testing.T) {
	get := mustCompile(t, "get", []byte(`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`))
	open := mustCompile(t, "bucket", []byte(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`))
	lock := mustCompile(t, "lock", []byte(`{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}`))
	var subjects []Subject
	for _, arn := range []string{"arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:role/b", "arn:aws:iam::777788889999:role/c",
		"arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"} {
		subjects = append(subjects, Subject{Principal: Principal{ARN: arn}, Identity: []*Policy{get}}, Subject{Principal: Principal{ARN: arn}})
	}
	subjects = append(subjects, Subject{Principal: Principal{Kind: PrincipalAnonymous}}, Subject{Principal: Principal{Kind: PrincipalService, Service: "bedrock.amazonaws.com"}})
	a := NewIndex(subjects).Asker()
	seen := map[Decision]bool{}
	for _, target := range []Target{
		{ObjectOwner: "444455556666"}, {ObjectOwner: "111122223333"}, {ObjectOwnerUnknown: true}, {},
	} {
		for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy"} {
			for _, policy := range []*Policy{nil, open, lock} {
				for _, account := range []string{"111122223333", ""} {
					target.Action, target.Resource, target.ResourceAccount, target.Policy = action, "arn:aws:s3:::b/1", account, policy
					if action == "s3:PutBucketPolicy" {
						target.Resource = "arn:aws:s3:::b"
					}
					a.About(&target)
					for i := range subjects {
						got, want := a.Decide(i), a.Explain(i)
						seen[got.Decision] = true
						if got.Decision != want.Decision {
							t.Errorf("%s by %v, owner %q: the index says %v, Evaluate %v (%s)", action, subjects[i].Principal, target.ObjectOwner, got.Decision, want.Decision, want.Why)
						}
						if want.Decision == Unknown && want.Unknown == "" {
							t.Errorf("%s by %v is unknown for no reason", action, subjects[i].Principal)
						}
					}
				}
			}
		}
	}
	for _, d := range []Decision{Allow, ImplicitDeny, ExplicitDeny, Unknown} {
		if !seen[d] {
			t.Errorf("nothing was %v", d)
		}
	}
}
