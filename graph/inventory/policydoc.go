package inventory

import (
	"fmt"
	"net/url"
	"strings"
)

// PolicyDoc reads a policy document from where it stands in the input: an object, as the CLI prints it; a
// percent-encoded string, as the API and SDKs give it
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyDetail.html: "URL-encoded compliant with RFC 3986");
// or a string of JSON. What is none of these is a document that is Unknown, with the reason; nothing is guessed.
func (in *Input) PolicyDoc(name string, v Value) PolicyDoc {
	doc := PolicyDoc{Name: name, Source: in.Source(v)}
	switch v.Kind() {
	case Object:
		doc.Raw = v.Raw()
		doc.Lines = statementLines(v.Get("Statement"))
	case String:
		raw, err := policyText(v.Str())
		if err != nil {
			doc.Unknown = "the policy document cannot be read: " + err.Error()
			break
		}
		doc.Raw = raw
	case Missing, Null:
		doc.Unknown = "the file does not hold the policy document"
	default:
		doc.Unknown = fmt.Sprintf("the policy document is %s", v.Kind())
	}
	return doc
}

// statementLines are the lines that the statements of a document begin on.
func statementLines(v Value) []int {
	if v.Kind() == Object {
		return []int{v.Line()}
	}
	var lines []int
	for s := range v.Items() {
		lines = append(lines, s.Line())
	}
	return lines
}

// maxWrapping is how often a document may be wrapped in a string: JSON in a percent-encoded string in a JSON string is
// the most that has been seen.
const maxWrapping = 3

func policyText(s string) ([]byte, error) {
	for range maxWrapping {
		s = strings.TrimSpace(s)
		if strings.HasPrefix(s, "%") {
			// RFC 3986 leaves + as it is. What encodes spaces as + leaves no JSON without this second way.
			plain, err := url.PathUnescape(s)
			if err != nil {
				return nil, fmt.Errorf("its percent-encoding is wrong: %w", err)
			}
			if _, err := ParseJSON([]byte(plain)); err != nil {
				if spaced, err := url.QueryUnescape(s); err == nil {
					if _, err := ParseJSON([]byte(spaced)); err == nil {
						plain = spaced
					}
				}
			}
			s = plain
			continue
		}
		doc, err := ParseJSON([]byte(s))
		if err != nil {
			return nil, err
		}
		switch root := doc.Root(); root.Kind() {
		case Object:
			return []byte(s), nil
		case String:
			s = root.Str()
		default:
			return nil, fmt.Errorf("it is %s", root.Kind())
		}
	}
	return nil, fmt.Errorf("it is wrapped in strings more than %d times", maxWrapping)
}

// ReadTags reads tags from a list of Key and Value pairs in any case, or from a map. nil means that there is no value,
// which is not the same as no tags.
func ReadTags(v Value) Tags {
	switch v.Kind() {
	case Array:
		tags := Tags{}
		for t := range v.Items() {
			if k := t.First("Key", "key", "TagKey", "tagKey"); k.Exists() {
				tags[k.Text()] = t.First("Value", "value", "TagValue", "tagValue").Text()
			}
		}
		return tags
	case Object:
		tags := Tags{}
		for k, t := range v.Fields() {
			tags[k] = t.Text()
		}
		return tags
	}
	return nil
}
