package graph

import (
	"strconv"
	"strings"
)

// StatementName names a statement for people: "support-agent-role / AgentAccess / Documents", or by its place from 1
// where it has no Sid. index is 0-based.
func (p *Policy) StatementName(index int, sid string) string {
	name := strings.TrimPrefix(p.Holder+" / "+p.Name, " / ")
	if sid != "" {
		return name + " / " + sid
	}
	return name + " / statement " + strconv.Itoa(index+1)
}

// StatementSource is where a statement stands in the imported file: its line where that is known, and its pointer,
// which is given within the document ("/Statement/2").
func (p *Policy) StatementSource(index int, pointer string) Source {
	src := p.Source
	if src.Pointer != "" && pointer != "" {
		src.Pointer += pointer
	}
	if index < len(p.Lines) && p.Lines[index] > 0 {
		src.Line = p.Lines[index]
	}
	return src
}
