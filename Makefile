# The commands of EchoNest. Each is a script in scripts/, which gets whatever it needs and says what it is doing.

.DEFAULT_GOAL := help
.PHONY: help run test watch bench lint fmt build real-music clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Get what is missing, build, start EchoNest and print its address
	@scripts/run.sh $(ARGS)

test: ## Check everything: format, lints, Rust tests, the build, a real browser
	@scripts/test.sh

watch: ## Develop: rebuild and reload the page on every save
	@scripts/watch.sh

bench: ## Measure: latency, memory per socket, page weight
	@scripts/bench.sh $(ARGS)

lint: ## Format check, clippy (native and wasm), the arrows between the packages
	@scripts/lint.sh

fmt: ## Format the Rust code
	@cargo fmt --all

build: ## Build in release mode, without starting
	@scripts/build.sh

real-music: ## Fetch two packages of free music and play them in two browsers
	@scripts/real-music.sh

clean: ## Remove what was built (the tools and the music stay in the cache)
	@cargo clean
	@rm -rf end2end/node_modules end2end/test-results end2end/playwright-report
