package rules_test

import (
	"strings"
	"testing"

	"github.com/permchain/permchain/graph"
)

func TestUnconfirmedAction(t *testing.T) {
	tool := func(name string, c graph.Confirmation, opts ...nodeOption) *world {
		return (&world{intent: declared()}).node("support-agent", graph.KindAgent, env("prod")).node(name, graph.KindActionGroup, append(opts, env("prod"))...).
			link("support-agent", graph.Calls, name, confirm(c), wired)
	}
	check(t, "unconfirmed-action", []testCase{
		{"a declared effect", tool("cancel_order", graph.ConfirmNone, effect("financial")), []string{
			"critical: support-agent can call cancel_order for whoever asks, without confirmation: it is declared to have a financial effect."}},
		{"an operation that writes", tool("resetAccess", graph.ConfirmNone), []string{
			"high: support-agent can call resetAccess for whoever asks, without confirmation: its operation resetAccess changes something."}},
		{"by its method", tool("DELETE /orders/{id}", graph.ConfirmNone), []string{
			"high: support-agent can call DELETE /orders/{id} for whoever asks, without confirmation: its operation DELETE /orders/{id} changes something."}},
		{"by method and operation id", tool("cancelOrder", graph.ConfirmNone, attr("operation", "POST cancelOrder")), []string{
			"high: support-agent can call cancelOrder for whoever asks, without confirmation: its operation POST cancelOrder changes something."}},
		{"outside production", (&world{intent: declared()}).node("agent", graph.KindAgent, env("sandbox")).node("delete_row", graph.KindTool, env("sandbox")).
			link("agent", graph.Calls, "delete_row", confirm(graph.ConfirmNone)), []string{
			"medium: agent can call delete_row for whoever asks, without confirmation: its operation delete_row changes something."}},

		{"near miss: the user is asked", tool("cancel_order", graph.ConfirmUser, effect("financial")), nil},
		{"near miss: control goes back to the application", tool("cancel_order", graph.ConfirmReturn, effect("financial")), nil},
		{"near miss: it only reads", tool("get_order_status", graph.ConfirmNone), nil},
		{"near miss: a search by POST", tool("POST /products/search", graph.ConfirmNone), nil},
		{"near miss: declared to have no effect", tool("create_ticket", graph.ConfirmNone, effect("none")), nil},
		{"near miss: AWS's own tool", tool("UserInputAction", graph.ConfirmUnknown, attr("built-in", "AMAZON.UserInput")), nil},
		{"near miss: a name that begins like a method", tool("postage_price", graph.ConfirmUser), nil},

		{"not assessed: the schema was not imported", tool("orders", graph.ConfirmUnknown), []string{
			"not assessed: Whether support-agent asks before it calls orders is not known, so it was not assessed."}},
		{"not assessed: nothing says what it does", tool("workflow_7", graph.ConfirmNone), []string{
			"not assessed: What workflow_7 of support-agent does in the world is not known, so whether it should be confirmed was not assessed."}},
	})
	fix := found(t, tool("cancel_order", graph.ConfirmNone).graph(t), "unconfirmed-action")[0].Fix
	if !strings.Contains(fix.After, `"requireConfirmation": "ENABLED"`) || !strings.Contains(fix.Before, "DISABLED") {
		t.Errorf("fix %+v", fix)
	}
	fix = found(t, tool("DELETE /orders/{id}", graph.ConfirmNone).graph(t), "unconfirmed-action")[0].Fix
	if !strings.Contains(fix.After, `"x-requireConfirmation"`) {
		t.Errorf("fix of an API's operation %+v", fix)
	}
}
