package snapshot_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/permchain/permchain/graph/inventory"
	"github.com/permchain/permchain/graph/rules"
	"github.com/permchain/permchain/graph/snapshot"
)

// facts are one agent whose role may read every bucket.
func facts() *inventory.Facts {
	const role = "arn:aws:iam::111122223333:role/support-agent-role"
	return &inventory.Facts{
		Roles: []inventory.Role{{ARN: role, Name: "support-agent-role",
			Trust: inventory.PolicyDoc{Raw: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)},
			Inline: []inventory.PolicyDoc{{Name: "AgentAccess", Raw: json.RawMessage(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
				Source: inventory.Source{File: "roles.json"}}},
			Source: inventory.Source{File: "roles.json"}}},
		Agents: []inventory.Agent{{ARN: "arn:aws:bedrock:eu-central-1:111122223333:agent/A1", ID: "A1", Name: "support-agent", Version: "DRAFT", Role: inventory.Known(role),
			Source: inventory.Source{File: "agent.json"}}},
		Resources: []inventory.Resource{{ARN: "arn:aws:s3:::hr-payroll", Name: "hr-payroll", Type: "AWS::S3::Bucket", Source: inventory.Source{File: "bucket.json"}}},
	}
}

func TestMake(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 12, 30, 999, time.FixedZone("CET", 3600))
	report := inventory.Report{Files: []inventory.FileReport{{File: "roles.json", Bytes: 10}}}
	s, err := snapshot.Make(facts(), report, now)
	if err != nil {
		t.Fatal(err)
	}
	if s.ID != 0 || !s.Created.Equal(time.Date(2026, 11, 23, 8, 12, 30, 0, time.UTC)) || s.Hash != s.Graph.Hash() || len(s.Report.Files) != 1 {
		t.Errorf("id %d, created %v, hash %q, report %+v", s.ID, s.Created, s.Hash, s.Report)
	}
	if !slices.ContainsFunc(s.Findings, func(f rules.Finding) bool { return f.Rule == "broad-action" }) {
		t.Errorf("a role that may do everything in S3 is not found among %d findings", len(s.Findings))
	}

	// Stored and read again it is the same, and so is one made of the same facts in another order.
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back snapshot.Snapshot
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Errorf("changed by storing it:\n%s", diff)
	}
	f := facts()
	slices.Reverse(f.Resources)
	slices.Reverse(f.Roles)
	other, err := snapshot.Make(f, report, now)
	if err != nil {
		t.Fatal(err)
	}
	if other.Hash != s.Hash {
		t.Errorf("hash %s, then %s", s.Hash, other.Hash)
	}
	if diff := cmp.Diff(s.Findings, other.Findings); diff != "" {
		t.Errorf("findings differ:\n%s", diff)
	}
}

func TestMakeOfNothing(t *testing.T) {
	s, err := snapshot.Make(&inventory.Facts{}, inventory.Report{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Graph == nil || len(s.Graph.Nodes) != 0 {
		t.Errorf("graph %+v", s.Graph)
	}
}
