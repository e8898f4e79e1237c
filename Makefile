# `make demo` shows what permchain is, `make test` says whether all is well. The rest is for contributors.

GO ?= go

# Packages in which goroutines share things are tested with the race detector; it makes the evaluator's
# conformance cases ten times as slow and finds nothing in pure functions.
PLAIN = ./graph/... ./static/...
RACED = ./cmd/... ./importers/... ./store/... ./web/...

.PHONY: demo build test generate lint bench browser

demo:
	$(GO) run ./cmd/permchain demo

build:
	$(GO) build -o bin/permchain ./cmd/permchain

test: browser lint
	$(GO) test -timeout 8m $(PLAIN)
	$(GO) test -timeout 8m -race $(RACED)

browser:
	@.ci/browser

lint:
	@.ci/lint

generate:
	$(GO) tool templ generate

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
