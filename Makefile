# batterypass: `make demo` shows it, `make test` checks it. Both set up all they need.
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench fmt firmware clean

help: ## Lists what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## Installs what is missing (as root) or names it
	@.ci/setup python

demo: setup firmware ## Takes a battery's data from the chip to the phone (ONCE=1: ends by itself)
	@.venv/bin/python cloud-example/demo.py $(if $(ONCE),--once)

test: ## Runs every check
	@.ci/test

bench: setup ## Measures passports and credentials beside other libraries
	cargo bench -q -p batterypass --no-default-features --features alloc --bench passport
	cargo bench -q --manifest-path core/interop/Cargo.toml --features bench --bench credential
	@.venv/bin/python -m pip install -q --disable-pip-version-check -r bindings/python/requirements-bench.txt
	@.venv/bin/python -m pytest -q -s -p no:cacheprovider -o python_functions='bench_*' \
	  --benchmark-columns=median,ops,rounds bindings/python/benches/bench_*.py
	@.venv/bin/python cloud-example/benches/reads.py

fmt: setup ## Formats Rust and Python
	cargo fmt --all
	cargo fmt --manifest-path firmware-example/Cargo.toml
	.venv/bin/ruff format bindings/python cloud-example

firmware: setup ## Builds the reference BMS firmware and prints its size
	@$(MAKE) --no-print-directory -C firmware-example

clean: ## Removes what was built
	rm -rf target firmware-example/target .venv .demo .test bindings/node/*.node
