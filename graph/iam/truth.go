package iam

// truth is a three-valued answer, ordered so that "and" is the smaller and "or" the greater (Kleene's logic).
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func not(t truth) truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}
