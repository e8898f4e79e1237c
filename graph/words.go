package graph

// Stand-ins for what a template leaves open: the account, Region and stack that it is deployed in. No account, Region or
// stack of AWS is called so: an account is twelve digits, a Region is lower case. They stand in ARNs and identities;
// people are shown AccountWords and names like "<stack>-orders".
const (
	StandInAccount = "ACCOUNT"
	StandInRegion  = "REGION"
	StandInStack   = "STACK"
)

// AccountWords says an account in a sentence: "account 111122223333", "the template's account" for one that a template
// leaves open, "the account" when nothing is known of it.
func AccountWords(id string) string {
	switch id {
	case "":
		return "the account"
	case StandInAccount:
		return "the template's account"
	}
	return "account " + id
}
