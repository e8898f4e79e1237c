package inventory

import (
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/iam"
)

// UnresolvedMark begins the placeholder that stands in a text for a part that is not known: "${unresolved BucketName}".
// No ARN, name or action of AWS holds it.
const UnresolvedMark = "${unresolved "

// notKnown finds the placeholders in a text, and references that CloudFormation reads at deployment.
var notKnown = regexp.MustCompile(`\$\{unresolved [^}]*\}|\{\{resolve:[^}]*\}\}`)

// Parse reads the document as iam.Parse does, for evaluating it. The statements in Unresolved are Invalid for their
// reason, so that their effect is unknown, and they are made to speak wherever they could: what is not known in their
// actions and resources is a wildcard, and a condition that is not known is left out. Without that they would match
// nothing, and an unknown grant would pass for none. Principals stay as they are: a placeholder among them names
// somebody who is not known, which is not everybody.
//
// What people are shown is Raw, which holds the placeholders.
func (d *PolicyDoc) Parse() (*iam.Document, error) {
	doc, err := iam.Parse(d.Raw)
	if err != nil {
		return nil, err
	}
	for _, u := range d.Unresolved {
		if u.Statement < 0 || u.Statement >= len(doc.Statements) {
			continue
		}
		s := &doc.Statements[u.Statement]
		if s.Invalid == "" {
			s.Invalid = u.Reason
		}
		widen(s)
	}
	return doc, nil
}

func widen(s *iam.Statement) {
	unreadable := s.Actions == nil && s.NotActions == nil
	for i, a := range s.Actions {
		if notKnown.MatchString(a) {
			s.Actions[i] = "*"
		}
	}
	for i, r := range s.Resources {
		s.Resources[i] = Widen(r)
	}
	// An exception that is not known may except nothing. The lists stay lists: nil would mean that there was none.
	s.NotActions = slices.DeleteFunc(s.NotActions, notKnown.MatchString)
	s.NotResources = slices.DeleteFunc(s.NotResources, notKnown.MatchString)
	s.Conditions = slices.DeleteFunc(s.Conditions, func(c iam.Condition) bool {
		return slices.ContainsFunc(c.Values, notKnown.MatchString) || notKnown.MatchString(c.Key) || notKnown.MatchString(c.Operator)
	})
	if unreadable { // not even what it speaks of is known
		s.Actions = []string{"*"}
		if s.Resources == nil && s.NotResources == nil {
			s.Resources = []string{"*"}
		}
	}
}

// HoldsUnknown reports whether a text holds a placeholder for something that is not known.
func HoldsUnknown(s string) bool { return notKnown.MatchString(s) }

// Widen turns what is not known of a text into wildcards, so that it can be asked what the text may mean.
func Widen(s string) string { return notKnown.ReplaceAllString(s, "*") }

// ShowUnknown writes the placeholders of a text as templates do: "${BucketName}".
func ShowUnknown(s string) string { return strings.ReplaceAll(s, UnresolvedMark, "${") }
