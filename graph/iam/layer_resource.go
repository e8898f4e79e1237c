package iam

// resourceLayer is the policy of the resource itself.
func (l *layers) resourceLayer(q *query, p *Policy) {
	if p != nil {
		l.resource.add(q, p, LayerResource, 0)
	}
}

// speaksTo says how a statement of a resource policy names the request's principal. An Allow of a bucket's policy names
// nobody where the object is another account's, and no Deny of it keeps the owner's root user from the policy. doubt is
// why it cannot be established, with the answer then being that it names the principal.
func (s *statement) speaksTo(q *query) (g granted, doubt string) {
	if q.objects == othersObjects && s.effect == EffectAllow || q.rescues && s.effect == EffectDeny {
		return granted{}, ""
	}
	g = s.names(q)
	if s.notPrincipal && s.effect == EffectDeny && g.any() == no && q.kind == PrincipalAWS && !s.principals.any &&
		s.principals.match(q).account == no {
		return granted{ways: ways{anyone: yes}}, exceptReason
	}
	return g, ""
}

// exceptReason is why a Deny whose NotPrincipal names a principal without its account is left open: "you must also specify
// the account ARN of the not-denied principal. Otherwise, the policy might deny access to the entire account containing the
// principal. Depending on the service that you include in your policy, AWS might validate the account first and then the
// user."
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
const exceptReason = "a NotPrincipal that names a principal but not its account might deny the whole account, as AWS documents"

// names says how a statement's Principal or NotPrincipal names the request's principal. A statement without either
// names nobody; AWS refuses it in a resource policy.
func (s *statement) names(q *query) granted {
	if s.principals == nil {
		return granted{}
	}
	if s.anyone {
		return granted{ways: ways{anyone: yes}}
	}
	g := s.principals.match(q)
	if !s.notPrincipal {
		return g
	}
	if s.effect == EffectDeny && q.bounded {
		// "resource-based policies that have a NotPrincipal policy element with a Deny effect will always deny any IAM
		// principal that has a permissions boundary policy attached, regardless of the values specified"
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
		return granted{ways: ways{anyone: yes}}
	}
	return granted{ways: ways{anyone: not(g.any())}}
}

// ownership says whose the objects of a request are.
type ownership uint8

const (
	bucketsObjects ownership = iota // the bucket owner's, or the request is not about objects
	othersObjects                   // another account's
	anyonesObjects                  // not known
)

// objectOwnership finds out whose the objects of a request are. Where they are another account's, the bucket's policy
// can only deny. That account's principals need no more than their own policies; all others need the object's ACL, which
// is not modelled, so that what their own policies allow is then unknown.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
func objectOwnership(req *Request, service, action string, bucketAccount string) ownership {
	if req.ObjectOwner == "" && !req.ObjectOwnerUnknown || service != "s3" || bucketDecides[action] {
		return bucketsObjects
	}
	s3 := loadReference().services["s3"]
	i, ok := s3.lower[action]
	switch {
	case !ok || !has(s3.actions[i].Resources, "object"):
		return bucketsObjects
	case req.ObjectOwnerUnknown:
		return anyonesObjects
	case req.ObjectOwner == bucketAccount:
		return bucketsObjects
	}
	return othersObjects
}

// bucketDecides are the actions on objects that are the bucket owner's to allow whoever owns the object: those that make
// one, and "The bucket owner can deny access to any objects, or delete any objects in the bucket, regardless of who owns
// them. The bucket owner can archive any objects or restore archived objects regardless of who owns them."
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-overview.html#about-resource-owner
var bucketDecides = map[string]bool{
	"putobject": true, "deleteobject": true, "deleteobjectversion": true, "restoreobject": true, "abortmultipartupload": true,
	"listmultipartuploadparts": true, "replicateobject": true, "replicatedelete": true, "replicatetags": true,
	"objectowneroverridetobucketowner": true,
}

// needsACL reports whether only an object's ACL could allow the request.
func (q *query) needsACL() bool { return q.objects == othersObjects && !q.same }

// aclReason is why an answer about objects of other accounts is not known.
func (q *query) aclReason() string {
	switch {
	case q.objects == anyonesObjects:
		return "it is not known who owns the objects: the bucket's policy allows nothing on those of other accounts"
	case q.needsACL():
		return "the objects belong to account " + q.req.ObjectOwner + ", so that their access control list decides"
	}
	return ""
}

// byObjects is what the owners of objects make of grant, which is what follows where they are the bucket owner's.
func (l *layers) byObjects(q *query, r reading, grant, id, own truth) truth {
	open := min(id, own) // the principal's account must allow, whatever an ACL says
	if q.kind != PrincipalAWS {
		open = yes
	}
	switch {
	case q.objects == bucketsObjects || r == asKnown || q.objects == othersObjects && q.same:
		return grant
	case r == favorably:
		return max(grant, open)
	}
	return no
}

// isRescue reports whether the request is one with which the root user of the account that owns a bucket gets it back from
// a policy that locks everyone out: "the root principal in a bucket owner's AWS account can perform the GetBucketPolicy,
// PutBucketPolicy, and DeleteBucketPolicy API actions, even if their bucket policy explicitly denies the root
// principal's access".
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
func (q *query) isRescue() bool {
	return q.who.form == formRoot && q.kind == PrincipalAWS && q.same && q.unlocks()
}

func (q *query) unlocks() bool {
	return q.service == "s3" && (q.name == "getbucketpolicy" || q.name == "putbucketpolicy" || q.name == "deletebucketpolicy")
}
