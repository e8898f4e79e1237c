package importers

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/permchain/permchain/graph/inventory"
)

// origin is what is known of a file from outside it.
type origin struct {
	account, region, stack, as string
	params                     map[string]string
	inferred                   []string
}

// ruleSet holds the sources rules of every permchain.yaml, those of outer folders first.
type ruleSet []boundRule

type boundRule struct {
	dir  string // key of the folder that declares it, with its last slash
	rule inventory.SourceRule
}

func newRuleSet(intents []result) ruleSet {
	var rs ruleSet
	for _, r := range intents {
		if r.facts == nil {
			continue
		}
		dir := r.key[:strings.LastIndexByte(r.key, '/')+1]
		for _, in := range r.facts.Intents {
			for _, rule := range in.Sources {
				rs = append(rs, boundRule{dir, rule})
			}
		}
	}
	slices.SortStableFunc(rs, func(a, b boundRule) int {
		return cmp.Or(cmp.Compare(strings.Count(a.dir, "/"), strings.Count(b.dir, "/")), cmp.Compare(a.dir, b.dir))
	})
	return rs
}

// origin is what the rules say of a file, field by field the last that matches; else what its path tells; else the
// import's own options.
func (rs ruleSet) origin(name, key string, o Options) origin {
	var out origin
	var account, region string // where they are from
	for _, r := range rs {
		if !r.match(key) {
			continue
		}
		from := "permchain.yaml"
		if r.rule.Source.File != "" {
			from = fmt.Sprintf("%s:%d", r.rule.Source.File, r.rule.Source.Line)
		}
		if r.rule.Account != "" {
			out.account, account = r.rule.Account, from
		}
		if r.rule.Region != "" {
			out.region, region = r.rule.Region, from
		}
		if r.rule.Stack != "" {
			out.stack = r.rule.Stack
		}
		if r.rule.As != "" {
			out.as = r.rule.As
			out.inferred = append(out.inferred, fmt.Sprintf("%q from %s", r.rule.As, from))
		}
		if len(r.rule.Params) > 0 {
			if out.params == nil {
				out.params = map[string]string{}
			}
			maps.Copy(out.params, r.rule.Params)
		}
	}
	if out.account == "" {
		out.account, account = fromPath(name, accountIn)
	}
	if out.region == "" {
		out.region, region = fromPath(name, regionIn)
	}
	switch {
	case account != "" && account == region:
		out.inferred = append(out.inferred, fmt.Sprintf("account %s and Region %s from %s", out.account, out.region, account))
	default:
		if account != "" {
			out.inferred = append(out.inferred, fmt.Sprintf("account %s from %s", out.account, account))
		}
		if region != "" {
			out.inferred = append(out.inferred, fmt.Sprintf("Region %s from %s", out.region, region))
		}
	}
	out.account = cmp.Or(out.account, o.Account)
	out.region = cmp.Or(out.region, o.Region)
	return out
}

// match reports whether the rule's path, relative to the folder that declares it, names the file.
func (r boundRule) match(key string) bool {
	dir, pattern := r.dir, strings.TrimPrefix(r.rule.Path, "./")
	for strings.HasPrefix(pattern, "../") && dir != "" {
		pattern = pattern[len("../"):]
		dir = dir[:strings.LastIndexByte(strings.TrimSuffix(dir, "/"), '/')+1]
	}
	rest, ok := strings.CutPrefix(key, dir)
	return ok && matchPath(strings.Split(pattern, "/"), strings.Split(rest, "/"))
}

// matchPath matches part by part: ** is any number of parts, * and ? stay within one. As in arn.Match, going back to the
// last ** is enough, so that no pattern costs more than the product of the two lengths.
func matchPath(pattern, parts []string) bool {
	p, s, star, mark := 0, 0, -1, 0
	for s < len(parts) {
		switch {
		case p < len(pattern) && pattern[p] == "**":
			star, mark = p, s
			p++
		case p < len(pattern) && matchPart(pattern[p], parts[s]):
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == "**" {
		p++
	}
	return p == len(pattern)
}

func matchPart(pattern, part string) bool {
	ok, err := path.Match(pattern, part)
	return ok && err == nil
}

var (
	accountPattern = regexp.MustCompile(`(?:^|[^0-9])([0-9]{12})(?:[^0-9]|$)`)
	// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
	regionPattern = regexp.MustCompile(`(?:^|[^a-z])((?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso|us-isob)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9])(?:[^0-9]|$)`)
)

func accountIn(s string) []string { return submatches(accountPattern, s) }
func regionIn(s string) []string  { return submatches(regionPattern, strings.ToLower(s)) }

func submatches(p *regexp.Regexp, s string) []string {
	var found []string
	for {
		m := p.FindStringSubmatchIndex(s)
		if m == nil {
			return found
		}
		if v := s[m[2]:m[3]]; !slices.Contains(found, v) {
			found = append(found, v)
		}
		s = s[m[3]:]
	}
}

// fromPath is the one value in the file's name, else in the nearest folder's that has one; where a name has several, it
// tells nothing, and neither do the folders around it.
func fromPath(name string, in func(string) []string) (value, from string) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '!' })
	for i := len(parts) - 1; i >= 0; i-- {
		switch found := in(parts[i]); {
		case len(found) == 1 && i == len(parts)-1:
			return found[0], "the file's name"
		case len(found) == 1:
			return found[0], "the folder " + parts[i]
		case len(found) > 1:
			return "", ""
		}
	}
	return "", ""
}
