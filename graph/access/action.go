package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/arn"
	"github.com/permchain/permchain/graph/iam"
)

// Every error of WhoCan and Can is about the question, and is one of these.
var (
	ErrAction    = errors.New("no such action")
	ErrResource  = errors.New("no such resource")
	ErrPrincipal = errors.New("no such principal")
)

// callNames are names of API calls and of commands that people ask about, and that no action has: what permits them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
var callNames = map[string]string{
	"s3:headobject": "s3:GetObject", "s3:listobjects": "s3:ListBucket", "s3:listobjectsv2": "s3:ListBucket", "s3:headbucket": "s3:ListBucket",
	"s3:listbuckets": "s3:ListAllMyBuckets", "s3:copyobject": "s3:GetObject", "s3:deleteobjects": "s3:DeleteObject",
	"lambda:invoke": "lambda:InvokeFunction", "bedrock:converse": "bedrock:InvokeModel",
	"bedrock:conversestream": "bedrock:InvokeModelWithResponseStream",
}

// action reads the action of a question. One that the reference data does not know is an error with what may have been
// meant, unless a policy of the snapshot names it: AWS has actions that are newer than the data, and note then says so.
func (x *Index) action(text string) (a iam.ActionInfo, note string, err error) {
	if arn.HasWildcard(text) {
		n := iam.ActionCount(text)
		if n == 0 {
			return a, "", fmt.Errorf("%w: %s stands for no known action%s", ErrAction, text, didYouMean(text))
		}
		return a, "", fmt.Errorf("%w: %s stands for %d actions, and one is asked about%s", ErrAction, text, n, some(text))
	}
	if a, ok := iam.LookupAction(text); ok {
		return a, "", nil
	}
	svc, name, ok := strings.Cut(text, ":")
	if ok && iam.ServiceName(svc) != "" && name != "" && x.names(text) {
		actions, _ := iam.DataVersion()
		return iam.ActionInfo{Service: strings.ToLower(svc), Name: name}, text + " is not among the known actions (" + actions + "); a policy of the snapshot names it", nil
	}
	return a, "", fmt.Errorf("%w: %s%s", ErrAction, text, didYouMean(text))
}

// names reports whether a policy of the snapshot names exactly that action.
func (x *Index) names(action string) bool {
	for _, p := range x.policies { // whether any does: the order does not matter
		if p == nil {
			continue
		}
		for i := range p.written.Statements {
			s := &p.written.Statements[i]
			if slices.ContainsFunc(s.Actions, func(a string) bool { return strings.EqualFold(a, action) }) {
				return true
			}
		}
	}
	return false
}

// suggestions is how many actions an error names.
const suggestions = 3

// some names a few of the actions that a pattern stands for.
func some(pattern string) string {
	var names []string
	for _, a := range iam.MatchingActions(pattern) {
		if names = append(names, a.String()); len(names) == suggestions {
			break
		}
	}
	return ": " + strings.Join(names, ", ") + " …"
}

// didYouMean names the actions that come closest to a text, "" when none comes close.
func didYouMean(text string) string {
	if a, ok := callNames[strings.ToLower(text)]; ok {
		return ": " + a + " permits that call"
	}
	svc, name, ok := strings.Cut(strings.ToLower(text), ":")
	if !ok { // the name alone
		svc, name = "", svc
	}
	services := []string{svc}
	if iam.ServiceName(svc) == "" {
		services = iam.Services()
	}
	type guess struct {
		action string
		far    int
	}
	var guesses []guess
	for _, s := range services {
		off := 0
		if len(services) > 1 && svc != "" {
			if off = distance(svc, s, tolerance(svc)); off > tolerance(svc) {
				continue
			}
		}
		for _, a := range iam.Actions(s) {
			allowed := tolerance(name)
			if svc == "" {
				allowed = 0 // every service is looked through: only the very name helps
			}
			if d := distance(name, strings.ToLower(a.Name), allowed); d <= allowed {
				guesses = append(guesses, guess{a.String(), d + off})
			}
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return a.far - b.far })
	var names []string
	for _, g := range guesses {
		if len(names) < suggestions && g.far == guesses[0].far {
			names = append(names, g.action)
		}
	}
	switch {
	case len(names) > 0:
		return ": did you mean " + strings.Join(names, " or ") + "?"
	case iam.ServiceName(svc) == "" && svc != "":
		return ": no service is known by the prefix " + svc
	case svc == "":
		return ": an action is written service:Name, as in s3:GetObject"
	}
	return ""
}

// tolerance is how many letters of a name may be wrong for another to be meant.
func tolerance(name string) int { return min(3, len(name)/3) }

// distance is how many letters have to be added, left out, changed or swapped with the next to turn a into b; more than
// most when it is more than that.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
