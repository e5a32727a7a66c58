# What a person or a CI machine runs. `make run` and `make test` need Rust (rustup reads rust-toolchain.toml), a C compiler and
# Python; what else is missing on Debian they install.

# Outside the checkout, so that every checkout shares it and none is swollen by it.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/cairn-target

# Always the whole workspace: built apart, crates would pick other features of the SQL engine and build it again.
BUILD := cargo build --workspace --bins --locked
SERVE := --deliver-every 5s --digest-every 1m

.PHONY: run test bench bench-lake lint fmt

## Builds Cairn and starts it on 127.0.0.1:4580. More flags: make run ARGS="--data /var/lib/cairn"
run:
	@scripts/packages.sh cc
	@echo "Building. The first time takes some minutes; cargo shows how far it is."
	@$(BUILD)
	@mkdir -p bin && ln -sfn "$(CARGO_TARGET_DIR)/debug/cairn" bin/cairn
	@echo "Starting: ./bin/cairn serve $(SERVE) $(ARGS)"
	@echo "Log files are delivered every 5 s and digests every minute, so that there is soon something to see;"
	@echo "without these flags it is 5 minutes and an hour, as AWS does. Ctrl-C stops it."
	@echo "In another shell, paste these lines:"
	@echo
	@echo 'export PATH="$(CURDIR)/bin:$$PATH"'
	@exec ./bin/cairn serve $(SERVE) $(ARGS)

## Runs every test, and ends with the line `N passed, N failed`.
test:
	@scripts/test.sh

## Measures ingest, look-ups and the recording gateway beside what the machine itself can do. One group: make bench ARGS=--only-gateway
bench:
	@scripts/packages.sh cc
	@$(BUILD) --release
	@"$(CARGO_TARGET_DIR)/release/cairn-bench" $(ARGS)

## Measures SQL over event data stores beside DuckDB. Flags: make bench-lake ARGS="--only json"
bench-lake:
	@scripts/bench_lake.sh $(ARGS)

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check; \
	else echo "cargo-deny is not installed: deny.toml was not checked (cargo install --locked cargo-deny)"; fi

fmt:
	cargo fmt --all
