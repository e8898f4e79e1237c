package graph

import "testing"

func TestStatement(t *testing.T) {
	p := Policy{Name: "AgentAccess", Holder: "support-agent-role", Lines: []int{0, 41}, Source: Source{File: "iam.json", Line: 30, Pointer: "/RoleDetailList/3/RolePolicyList/0/PolicyDocument"}}
	for _, c := range []struct {
		index     int
		sid, name string
		line      int
	}{
		{0, "Documents", "support-agent-role / AgentAccess / Documents", 30},
		{1, "", "support-agent-role / AgentAccess / statement 2", 41},
		{2, "", "support-agent-role / AgentAccess / statement 3", 30},
	} {
		if got := p.StatementName(c.index, c.sid); got != c.name {
			t.Errorf("statement %d is %q, want %q", c.index, got, c.name)
		}
		src := p.StatementSource(c.index, "/Statement/1")
		if src.Line != c.line || src.Pointer != p.Source.Pointer+"/Statement/1" {
			t.Errorf("statement %d stands at %+v, want line %d", c.index, src, c.line)
		}
	}
	managed := Policy{Name: "ReadOnlyAccess", Source: Source{Address: "as AWS publishes it"}}
	if got := managed.StatementName(0, ""); got != "ReadOnlyAccess / statement 1" {
		t.Errorf("a policy without a holder: %q", got)
	}
	if src := managed.StatementSource(0, "/Statement/0"); src != managed.Source {
		t.Errorf("a policy without a file: %+v", src)
	}
}
