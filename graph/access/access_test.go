package access_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
	"github.com/permchain/permchain/graph/access"
)

const (
	home  = "111122223333"
	other = "444455556666"
)

// made is a snapshot put together by hand.
type made struct {
	nodes    []graph.Node
	policies []graph.Policy
	gov      graph.Governance
}

func allow(actions, resources string, more ...string) string {
	return statement("Allow", actions, resources, more...)
}

func deny(actions, resources string, more ...string) string {
	return statement("Deny", actions, resources, more...)
}

// statement writes a statement; resources is "" for none, more are other elements as JSON.
func statement(effect, actions, resources string, more ...string) string {
	quote := func(list string) string { return `["` + strings.Join(strings.Fields(list), `","`) + `"]` }
	var s strings.Builder
	s.WriteString(fmt.Sprintf(`{"Effect":%q,"Action":%s`, effect, quote(actions)))
	if resources != "" {
		s.WriteString(`,"Resource":` + quote(resources))
	}
	for _, m := range more {
		s.WriteString("," + m)
	}
	return s.String() + "}"
}

func (m *made) policy(id string, statements ...string) string {
	m.policies = append(m.policies, graph.Policy{ID: id, Name: id, Kind: "inline policy", Source: graph.Source{File: id + ".json"},
		Text: `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`})
	return id
}

func (m *made) role(name, account string, statements ...string) *graph.Governed {
	id := "arn:aws:iam::" + account + ":role/" + name
	m.nodes = append(m.nodes, graph.Node{ID: graph.NodeID(id), Kind: graph.KindRole, Name: name, ARN: id, Account: account})
	p := graph.Governed{Node: graph.NodeID(id), ARN: id, Account: account, Kind: graph.KindRole, Keys: map[string][]string{}}
	if len(statements) > 0 {
		p.Identity = []string{m.policy(id+" inline p", statements...)}
	}
	m.gov.Principals = append(m.gov.Principals, p)
	return &m.gov.Principals[len(m.gov.Principals)-1]
}

func (m *made) resource(kind graph.NodeKind, id, account string, statements ...string) {
	m.nodes = append(m.nodes, graph.Node{ID: graph.NodeID(id), Kind: kind, Name: id[strings.LastIndexAny(id, ":/")+1:], ARN: id, Account: account})
	if len(statements) > 0 {
		m.gov.Resources = append(m.gov.Resources, graph.OnResource{ARN: id, Account: account, Policy: m.policy(id+" resource policy", statements...)})
	}
}

func (m *made) index(t testing.TB) *access.Index {
	t.Helper()
	g, err := graph.New(m.nodes, nil, m.policies, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.Governance = m.gov
	return access.New(g)
}

const (
	bucket = "arn:aws:s3:::data"
	key    = "arn:aws:kms:eu-central-1:" + home + ":key/k"
)

func anyone(more ...string) []string { return append([]string{`"Principal":"*"`}, more...) }

func named(principals ...string) string {
	return `"Principal":{"AWS":["` + strings.Join(principals, `","`) + `"]}`
}

func TestWhoCan(t *testing.T) {
	for _, c := range []struct {
		name             string
		make             func(m *made)
		action, resource string
		want             []string
		unknown          string // a part of what is not known
	}{
		{"a policy of one's own is enough at home", func(m *made) {
			m.role("app", home, allow("s3:GetObject", bucket+"/*"))
			m.role("idle", home, allow("s3:GetObject", "arn:aws:s3:::logs/*"))
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{"allowed app"}, "The bucket policy of data was not imported"},

		{"across accounts both must allow", func(m *made) {
			m.role("both", home, allow("s3:GetObject", "*"))
			m.role("neither", home)
			m.resource(graph.KindBucket, bucket, other, allow("s3:GetObject", bucket+"/*", named(home)))
		}, "s3:GetObject", "data", []string{"allowed Account " + home, "allowed both"}, ""},

		{"across accounts nothing is known without the resource's policy", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.role("owner", other, allow("s3:GetObject", "*"))
			m.resource(graph.KindBucket, bucket, other)
		}, "s3:GetObject", "data", []string{"allowed owner", "unknown app: the bucket policy of data was not imported"}, ""},

		{"a bucket of an unknown account is taken for one's own", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.role("owner", other, allow("s3:GetObject", "*"))
			m.resource(graph.KindBucket, bucket, "")
		}, "s3:GetObject", "data", []string{"allowed app", "allowed owner"}, "The account of data is not known"},

		{"a key's own policy decides", func(m *made) {
			m.role("admin", home, allow("kms:*", "*"))
			m.role("user", home)
			m.role("idle", home)
			m.resource(graph.KindKey, key, home, allow("kms:*", "*", named("arn:aws:iam::"+home+":root")), allow("kms:Decrypt", "*", named("arn:aws:iam::"+home+":role/user")))
		}, "kms:Decrypt", key, []string{"allowed admin", "allowed user"}, ""},

		{"without it nothing is known", func(m *made) {
			m.role("admin", home, allow("kms:*", "*"))
			m.role("idle", home)
			m.role("far", other)
			m.resource(graph.KindKey, key, home)
		}, "kms:Decrypt", key, []string{"unknown admin: the key policy of k was not imported, and it decides whether IAM policies count"}, "Of 1 users and roles that nothing of their own allows it"},

		{"an SCP, a boundary and an RCP take away", func(m *made) {
			scp := m.policy("scp", allow("*", "*"), deny("s3:GetObject", "arn:aws:s3:::d*"))
			full := m.policy("full", allow("*", "*"))
			rcp := m.policy("rcp", deny("s3:*", "*", `"Principal":"*"`, `"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-home"}}`))
			m.role("under", home, allow("s3:*", "*")).SCP = []graph.PolicyLevel{{Node: "r", Policies: []string{scp}}}
			free := m.role("free", home, allow("s3:*", "*"))
			free.SCP, free.Keys = []graph.PolicyLevel{{Node: "r", Policies: []string{full}}}, map[string][]string{"aws:principalorgid": {"o-home"}}
			m.role("bound", home, allow("s3:*", "*")).Boundary = []string{m.policy("boundary", allow("ec2:*", "*"))}
			m.role("stranger", home, allow("s3:*", "*")).Keys = map[string][]string{"aws:principalorgid": {"o-far"}}
			m.role("unsaid", home, allow("s3:*", "*"))
			m.gov.Accounts = []graph.AccountRCPs{{ID: home, Levels: []graph.PolicyLevel{{Node: "r", Policies: []string{rcp}}}}}
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{"allowed free", `conditional unsaid if aws:PrincipalOrgID StringEquals "o-home"`}, ""},

		{"tags that are known, and tags that are not", func(m *made) {
			tagged := `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"chat"}}`
			chat := m.role("chat", home, allow("s3:GetObject", "*", tagged))
			chat.Keys, chat.TagsKnown = map[string][]string{"aws:principaltag/team": {"chat"}}, true
			m.role("none", home, allow("s3:GetObject", "*", tagged)).TagsKnown = true
			m.role("unsaid", home, allow("s3:GetObject", "*", tagged))
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{"allowed chat", `conditional unsaid if aws:PrincipalTag/team StringEquals "chat"`}, ""},

		{"what only a plain request would lose is allowed", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.resource(graph.KindBucket, bucket, home, deny("s3:*", bucket+"/*", `"Principal":"*"`, `"Condition":{"Bool":{"aws:SecureTransport":"false"}}`))
		}, "s3:GetObject", "data", []string{"allowed app"}, ""},

		{"alternatives are one condition", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*", `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), allow("s3:GetObject", "*", `"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`))
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{`conditional app if (aws:SourceIp IpAddress "10.0.0.0/8") or (aws:SourceVpce StringEquals "vpce-1")`}, ""},

		{"parts and holes of a pattern", func(m *made) {
			m.role("some", home, allow("s3:GetObject", "arn:aws:s3:::data/in/*"))
			m.role("most", home, allow("s3:GetObject", "*"), deny("s3:GetObject", "arn:aws:s3:::data/secret/*"))
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{"allowed most but arn:aws:s3:::data/secret/*", "allowed some on arn:aws:s3:::data/in/*"}, ""},

		{"the policies of resources inside a pattern", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.role("guest", home)
			m.resource(graph.KindBucket, "arn:aws:s3:::closed", home, deny("s3:GetObject", "arn:aws:s3:::closed/*", `"Principal":"*"`))
			m.resource(graph.KindBucket, "arn:aws:s3:::open", home, allow("s3:GetObject", "arn:aws:s3:::open/*", named("arn:aws:iam::"+home+":role/guest")))
			m.resource(graph.KindBucket, "arn:aws:s3:::listed", home, allow("s3:ListBucket", "arn:aws:s3:::listed", named(home)))
		}, "s3:GetObject", "arn:aws:s3:::*/*", []string{"allowed app but arn:aws:s3:::closed/*", "allowed guest on arn:aws:s3:::open/*"}, ""},

		{"a pattern is of one's own account, and of what others let in to", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.role("far", other, allow("s3:GetObject", "*"))
			m.resource(graph.KindBucket, "arn:aws:s3:::shared", other, allow("s3:GetObject", "arn:aws:s3:::shared/*", named(home)))
			m.resource(graph.KindBucket, "arn:aws:s3:::kept", other, deny("s3:GetObject", "arn:aws:s3:::kept/*", anyone()...))
		}, "s3:GetObject", "arn:aws:s3:::*/*", []string{"allowed Account " + home + " on arn:aws:s3:::shared/*", "allowed app", "allowed far but arn:aws:s3:::kept/*"}, ""},

		{"a statement that is not wholly known", func(m *made) {
			m.role("app", home, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${unresolved Bucket}/*"}`)
			m.role("sure", home, allow("s3:GetObject", bucket+"/*"))
			m.policies[0].Unresolved = []graph.UnresolvedStatement{{Statement: 0, Reason: "parameter Bucket has no value"}}
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{"allowed sure", `unknown app: identity policy arn:aws:iam::111122223333:role/app inline p, statement 0: parameter Bucket has no value`}, ""},

		{"policies that were not imported, or cannot be read", func(m *made) {
			m.role("partly", home, allow("s3:GetObject", "*")).Missing = []graph.MissingLayer{{Layer: "identity", Reason: "the group devs was not imported"}}
			m.role("lost", home).Identity = []string{"gone"}
			m.role("torn", home).Identity = []string{m.policy("torn", "{")}
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetObject", "data", []string{
			"unknown lost: the policy gone is not in the snapshot", "unknown partly: the group devs was not imported",
			"unknown torn: the policy torn cannot be read: parse policy: byte 38: invalid character, want a key"}, ""},

		{"everyone", func(m *made) {
			m.role("app", home)
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*", anyone()...))
		}, "s3:GetObject", "data", []string{"allowed Anyone", "allowed app"}, ""},

		{"everyone in an organization", func(m *made) {
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*", anyone(`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-far"}}`)...))
		}, "s3:GetObject", "data", []string{`conditional Anyone in o-far if aws:PrincipalOrgID StringEquals "o-far"`}, "No users or roles are in the snapshot"},

		{"everyone with an account, and everyone but one", func(m *made) {
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*", anyone(`"Condition":{"StringEquals":{"aws:PrincipalType":"User"}}`)...))
		}, "s3:GetObject", "data", []string{`conditional Anyone with an AWS account if aws:PrincipalType StringEquals "User"`}, ""},

		{"services on behalf of what a condition names", func(m *made) {
			q := "arn:aws:sqs:eu-central-1:" + home + ":q"
			m.resource(graph.KindQueue, q, home, allow("sqs:SendMessage", q, anyone(`"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:eu-central-1:111122223333:t"}}`)...))
		}, "sqs:SendMessage", "q", []string{`conditional AWS services if aws:SourceArn ArnEquals "arn:aws:sns:eu-central-1:111122223333:t"`}, ""},

		{"a Deny shuts out whom an Allow lets in", func(m *made) {
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*", anyone()...), deny("s3:*", bucket+"/*", anyone(`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`)...))
		}, "s3:GetObject", "data", []string{`conditional Anyone if aws:SourceVpce StringEquals "vpce-1"`}, ""},

		{"others by name", func(m *made) {
			m.role("app", home)
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*",
				`"Principal":{"AWS":["arn:aws:iam::444455556666:role/far","arn:aws:iam::444455556666:root","AROAEXAMPLEEXAMPLE01A","arn:aws:sts::111122223333:assumed-role/app/ann","arn:aws:iam::111122223333:root"],"Service":["logs.amazonaws.com"],"CanonicalUser":["79a5"]}`))
		}, "s3:GetObject", "data", []string{"allowed Account " + other, "allowed logs", `conditional app if sts:RoleSessionName StringEquals "ann"`,
			"unknown 79a5: a canonical user ID does not say which account it is of",
			"unknown AROAEXAMPLEEXAMPLE01A: a unique ID: the principal that it named no longer exists, or was not imported",
			"unknown far: the policies of far in account 444455556666 were not imported"}, ""},

		{"logins", func(m *made) {
			m.resource(graph.KindRole, "arn:aws:iam::"+home+":role/web", home, allow("sts:AssumeRoleWithWebIdentity", "",
				`"Principal":{"Federated":"cognito-identity.amazonaws.com"}`, `"Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"pool"}}`))
			m.role("app", home, allow("sts:*", "*"))
		}, "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::" + home + ":role/web", []string{`conditional cognito-identity.amazonaws.com if cognito-identity.amazonaws.com:aud StringEquals "pool"`}, ""},

		{"an action that is newer than what is known", func(m *made) {
			m.role("app", home, allow("s3:GetFutureThing", "*"))
			m.role("wide", home, allow("s3:*", "*"))
			m.resource(graph.KindBucket, bucket, home)
		}, "s3:GetFutureThing", bucket, []string{"allowed app", "allowed wide"}, ""},
	} {
		m := &made{}
		c.make(m)
		a, err := m.index(t).WhoCan(c.action, c.resource)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := rows(a); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if all := strings.Join(a.Unknown, "\n"); !strings.Contains(all, c.unknown) {
			t.Errorf("%s: not known: %s", c.name, all)
		}
	}
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	m := &made{}
	m.role("app", home, allow("s3:*", "*"))
	m.role("web-app", other)
	m.resource(graph.KindBucket, bucket, home)
	m.resource(graph.KindQueue, "arn:aws:sqs:eu-central-1:"+home+":data", home)
	m.resource(graph.KindFunction, "arn:aws:lambda:eu-central-1:"+home+":function:f", home)
	m.resource(graph.KindFunction, "arn:aws:lambda:us-east-1:"+home+":function:f", home)
	m.nodes = append(m.nodes, graph.Node{ID: "anyone", Kind: graph.KindAnyone, Name: "Anyone"}, graph.Node{ID: "g", Kind: graph.KindGroup, Name: "devs", ARN: "arn:aws:iam::" + home + ":group/devs"})
	x := m.index(t)
	for _, c := range []struct {
		action, resource string
		is               error
		says             string
	}{
		{"s3:GetObjet", "data", access.ErrAction, "did you mean s3:GetObject?"},
		{"S3:getobejct", "data", access.ErrAction, "did you mean s3:GetObject?"},
		{"GetObject", "data", access.ErrAction, "s3:GetObject"},
		{"bedrok:InvokeModel", "data", access.ErrAction, "did you mean bedrock:InvokeModel?"},
		{"s3:HeadObject", "data", access.ErrAction, "s3:GetObject permits that call"},
		{"nothing:AtAll", "data", access.ErrAction, "no service is known by the prefix nothing"},
		{"zebra", "data", access.ErrAction, "an action is written service:Name"},
		{"s3:*", "data", access.ErrAction, "and one is asked about: s3:"},
		{"s3:Qqq*", "data", access.ErrAction, "stands for no known action"},
		{"", "data", access.ErrAction, "an action is written"},
		{"s3:GetObject", "", access.ErrResource, "its name is empty"},
		{"s3:GetObject", "arn:aws:s3", access.ErrResource, "fewer than the six parts"},
		{"s3:GetObject", "nowhere", access.ErrResource, "has none of the name nowhere"},
		{"s3:GetObject", "f", access.ErrResource, "several have the name f, and s3:GetObject acts on none of them"},
		{"lambda:InvokeFunction", "f", access.ErrResource, "arn:aws:lambda:eu-central-1:111122223333:function:f, arn:aws:lambda:us-east-1:111122223333:function:f"},
		{"s3:GetObject", "Anyone", access.ErrResource, `Anyone is of the kind "anyone"`},
	} {
		if _, err := x.WhoCan(c.action, c.resource); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q on %q: %v", c.action, c.resource, err)
		}
	}
	for _, c := range []struct {
		who, glob string
		is        error
		says      string
	}{
		{"", "*", access.ErrPrincipal, "its name is empty"},
		{"nobody", "*", access.ErrPrincipal, "no user or role of the name nobody"},
		{"devs", "*", access.ErrPrincipal, "is a group"},
		{"pp", "*", access.ErrPrincipal, "arn:aws:iam::111122223333:role/app, arn:aws:iam::444455556666:role/web-app"},
		{"app", "s3", access.ErrAction, "did you mean s3:*?"},
		{"app", "s3:Qqq*", access.ErrAction, "stands for no known action"},
		{"app", "", access.ErrAction, "stands for no known action"},
	} {
		if _, err := x.Can(c.who, c.glob); !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q, %q: %v", c.who, c.glob, err)
		}
	}
	// The same names where one is meant.
	for _, c := range [][3]string{{"s3:GetObject", "data", bucket + "/*"}, {"sqs:SendMessage", "DATA", "arn:aws:sqs:eu-central-1:" + home + ":data"}, {"s3:ListBucket", "ata", bucket},
		{"s3:GetObject", "s3://data/a/b", bucket + "/a/b"}, {"lambda:InvokeFunction", "arn:aws:lambda:us-east-1:" + home + ":function:f", "arn:aws:lambda:us-east-1:" + home + ":function:f"}} {
		if a, err := x.WhoCan(c[0], c[1]); err != nil || a.Resource != c[2] {
			t.Errorf("%s on %s: %+v, %v", c[0], c[1], a, err)
		}
	}
	for _, c := range [][2]string{{"app", "arn:aws:iam::111122223333:role/app"}, {"WEB-APP", "arn:aws:iam::444455556666:role/web-app"}, {"b-app", "arn:aws:iam::444455556666:role/web-app"},
		{"arn:aws:sts::111122223333:assumed-role/app/ann", "arn:aws:iam::111122223333:role/app"}} {
		if a, err := x.Can(c[0], "s3:GetObject"); err != nil || a.Principal.ARN != c[1] {
			t.Errorf("%s: %+v, %v", c[0], a, err)
		}
	}
}

func TestCan(t *testing.T) {
	for _, c := range []struct {
		name      string
		make      func(m *made)
		who, glob string
		want      []string
		why       string
	}{
		{"by service, and by what each action can act on", func(m *made) {
			m.role("app", home, allow("s3:GetObject s3:ListBucket sqs:SendMessage", bucket+" "+bucket+"/* arn:aws:sqs:*:*:q"))
		}, "app", "*", []string{"allowed s3:GetObject s3:ListBucket (2) on arn:aws:s3:::data arn:aws:s3:::data/*", "allowed sqs:SendMessage (1) on arn:aws:sqs:*:*:q"}, ""},

		{"a whole service but for what is denied", func(m *made) {
			m.role("app", home, allow("sqs:*", "*"), deny("sqs:DeleteQueue sqs:PurgeQueue", "*"))
		}, "app", "*", []string{"allowed sqs:* but sqs:DeleteQueue sqs:PurgeQueue (18) on *"}, ""},

		{"the same by other statements is another row", func(m *made) {
			m.role("app", home, allow("sqs:SendMessage", "*"), allow("sqs:ReceiveMessage", "*", `"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`))
		}, "app", "sqs:*", []string{"allowed sqs:SendMessage (1) on *", "conditional sqs:ReceiveMessage (1) on *"}, ""},

		{"what a resource's policy gives by itself", func(m *made) {
			m.role("app", home)
			m.resource(graph.KindBucket, bucket, home, allow("s3:GetObject", bucket+"/*", named("arn:aws:iam::"+home+":role/app")))
			m.resource(graph.KindBucket, "arn:aws:s3:::far", other, allow("s3:GetObject", "arn:aws:s3:::far/*", named(home)))
		}, "app", "*", []string{"allowed s3:GetObject (1) on arn:aws:s3:::data/*"}, ""},

		{"what another account's resource lets in", func(m *made) {
			m.role("app", home, allow("s3:GetObject", "*"))
			m.resource(graph.KindBucket, "arn:aws:s3:::far", other, allow("s3:GetObject", "arn:aws:s3:::far/*", named(home)))
			m.resource(graph.KindBucket, "arn:aws:s3:::farther", other, allow("s3:GetObject", "arn:aws:s3:::farther/*", named("999988887777")))
			m.resource(graph.KindBucket, "arn:aws:s3:::shut", home, deny("s3:*", "arn:aws:s3:::shut/*", anyone()...))
		}, "app", "*", []string{"allowed s3:GetObject (1) on * less arn:aws:s3:::shut/*", "allowed s3:GetObject (1) on arn:aws:s3:::far/*"}, ""},

		{"another account's resource by name, with its policy and without", func(m *made) {
			m.role("app", home, allow("sqs:SendMessage", "arn:aws:sqs:eu-central-1:"+other+":q arn:aws:sqs:eu-central-1:"+other+":p arn:aws:sqs:eu-central-1:"+other+":shut"))
			m.resource(graph.KindQueue, "arn:aws:sqs:eu-central-1:"+other+":q", other, allow("sqs:SendMessage", "*", named(home)))
			m.resource(graph.KindQueue, "arn:aws:sqs:eu-central-1:"+other+":shut", other, allow("sqs:SendMessage", "*", named(other)))
		}, "app", "*", []string{"allowed sqs:SendMessage (1) on arn:aws:sqs:eu-central-1:" + other + ":q", "unknown sqs:SendMessage (1) on arn:aws:sqs:eu-central-1:" + other + ":p"}, ""},

		{"keys by their own policies", func(m *made) {
			m.role("app", home, allow("kms:Decrypt", "*"))
			m.resource(graph.KindKey, key, home, allow("kms:*", "*", named("arn:aws:iam::"+home+":root")))
		}, "app", "*", []string{"allowed kms:Decrypt (1) on " + key, "unknown kms:Decrypt (1) on * less " + key}, ""},

		{"roles to become", func(m *made) {
			m.role("app", home, allow("sts:AssumeRole", "arn:aws:iam::"+home+":role/a arn:aws:iam::"+home+":role/b"))
			m.resource(graph.KindRole, "arn:aws:iam::"+home+":role/a", home, allow("sts:AssumeRole", "", named(home)))
			m.resource(graph.KindRole, "arn:aws:iam::"+home+":role/b", home, allow("sts:AssumeRole", "", named(other)))
		}, "app", "sts:*", []string{"allowed sts:AssumeRole (1) on arn:aws:iam::" + home + ":role/a"}, ""},

		{"NotAction", func(m *made) {
			m.role("app", home, `{"Effect":"Allow","NotAction":["iam:*","sts:*","kms:*"],"Resource":"*"}`)
		}, "app", "sqs:*", []string{"allowed sqs:* (20) on *"}, ""},

		{"nothing, and why", func(m *made) {
			m.role("app", home, allow("s3:*", "*")).Boundary = []string{m.policy("boundary", allow("ec2:*", "*"))}
		}, "app", "s3:GetObject", nil, "no permissions boundary allows it"},

		{"needs no permission", func(m *made) { m.role("app", home) }, "app", "sts:GetCallerIdentity", []string{"allowed sts:GetCallerIdentity (1) on *"}, ""},
	} {
		m := &made{}
		c.make(m)
		a, err := m.index(t).Can(c.who, c.glob)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for i := range a.Powers {
			s := power(&a.Powers[i])
			if h := a.Powers[i].Holes; len(h) > 0 {
				s += " less " + strings.Join(h, " ")
			}
			got = append(got, s)
		}
		if !slices.Equal(got, c.want) || !strings.Contains(a.Why, c.why) {
			t.Errorf("%s:\n%s\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), a.Why, strings.Join(c.want, "\n"))
		}
	}
}

// An administrator's row names the services of which something is missing, and each of these has rows of its own.
func TestCanOfEveryService(t *testing.T) {
	m := &made{}
	m.role("admin", home, allow("*", "*"), deny("cloudtrail:StopLogging", "*"))
	a, err := m.index(t).Can("admin", "*")
	if err != nil {
		t.Fatal(err)
	}
	first := a.Powers[0]
	if len(first.Services) < 300 || !slices.Equal(first.Actions, []string{"*"}) || !slices.Equal(first.Except, []string{"cloudtrail:*", "kms:*", "sts:*"}) {
		t.Errorf("%d services: %v but %v", len(first.Services), first.Actions, first.Except)
	}
	total := 0
	var rest []string
	for i := range a.Powers {
		total += a.Powers[i].Count
		if i > 0 && !slices.Contains(rest, a.Powers[i].Services[0]) {
			rest = append(rest, a.Powers[i].Services...)
		}
	}
	// The one that is denied; the caller's identity, which all may ask; the logins' two actions; two that roles cannot do.
	if !slices.Equal(rest, []string{"cloudtrail", "kms", "sts"}) || total != a.Actions-6 {
		t.Errorf("rows of %v, %d of %d actions", rest, total, a.Actions)
	}
}
