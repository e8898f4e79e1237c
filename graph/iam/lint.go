package iam

import (
	"strconv"
	"strings"
)

// Lint returns what the reference data says is doubtful in a document: actions, services and condition keys that do not
// exist. AWS keeps such documents, and the statements have their effect; they may still not do what was meant.
func Lint(doc *Document) []Problem {
	p := &parser{doc: &Document{}}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, list := range []struct {
			name    string
			actions []string
		}{{"/Action", s.Actions}, {"/NotAction", s.NotActions}} {
			for j, a := range list.actions {
				at := s.Pointer + list.name + "/" + strconv.Itoa(j)
				if svc, _, ok := strings.Cut(a, ":"); ok && ServiceName(svc) == "" && a != "*:*" {
					p.warn(at, "no service is known by the prefix of "+a)
				} else if ActionCount(a) == 0 {
					p.warn(at, a+" stands for no known action")
				}
			}
		}
		for _, c := range s.Conditions {
			if !ConditionKeyKnown(c.Key) {
				p.warn(s.Pointer+"/Condition/"+escape(c.Operator)+"/"+escape(c.Key), c.Key+" is not a known condition key")
			}
		}
	}
	return p.doc.Problems
}

// LintAs returns what a document holds, or lacks, for which AWS refuses it as a policy of the layer, and which Parse
// cannot tell because it does not know the layer: who a statement is for, in a policy of principals, or its want in a
// resource's. Evaluation takes no notice of a Principal in a policy of principals, and a statement of a resource's policy
// that names nobody speaks to nobody.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func LintAs(doc *Document, layer Layer) []Problem {
	p := &parser{doc: &Document{}}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		named := s.Principal != nil || s.NotPrincipal != nil
		switch layer {
		case LayerResource, LayerRCP:
			if !named {
				p.refuse(s.Pointer, "a statement of a "+string(layer)+" policy must have Principal")
			}
		case LayerIdentity, LayerBoundary, LayerSession, LayerSCP:
			if named {
				p.refuse(s.Pointer, "a statement of an "+string(layer)+" policy cannot have Principal")
			}
		}
		switch {
		case layer == LayerRCP && s.Effect == EffectAllow:
			p.refuse(s.Pointer+"/Effect", "RCPs can only deny")
		case layer == LayerRCP && s.Principal != nil && !s.Principal.Any:
			p.refuse(s.Pointer+"/Principal", "the Principal of an RCP must be *")
		}
	}
	return p.doc.Problems
}
