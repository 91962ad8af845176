# Everything a developer types. `make demo` and `make test` need git, make and Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test deep lint mutants bench soak clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Everything is installed from pinned versions with checked hashes, then the project itself
# without looking for anything more.
$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

install: $(STAMP) ## install into .venv

demo: $(STAMP) ## show the main job on eight simulated PCs; leaves nothing running
	@$(BIN)/enrollmend lab demo

test: $(STAMP) ## run the test suite (the long properties: make deep)
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not deep"

deep: $(STAMP) ## repairs of many generated PCs, and a campaign under kills; takes about an hour
	@ENROLLMEND_EXAMPLES=500 $(BIN)/pytest -n 2 --timeout 3600 tests/metamorphic
	@$(BIN)/pytest -m deep tests/deep

mutants: $(STAMP) ## plant faults in the PowerShell and see that the tests notice
	@$(BIN)/python -m pytest -q -p no:cacheprovider -p tests.mutants.plugin --mutants $(or $(MUTANTS),6) \
		tests/scripts tests/own_steps/test_module.py \
		--ignore tests/scripts/test_coverage.py --ignore tests/scripts/test_lint.py --ignore tests/scripts/test_files.py

lint: $(STAMP) ## style, types and the rules of import
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# What is compared with is installed beside the project, pinned in the same way.
$(VENV)/.bench: $(STAMP) bench-constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench-constraints.txt
	@touch $(VENV)/.bench

bench: $(VENV)/.bench ## measure against Ansible and bare pypsrp, write docs/benchmarks.md
	@$(BIN)/python benchmarks/remediation.py --write
	@$(BIN)/python benchmarks/pools.py --write
	@$(BIN)/python benchmarks/psrp_session.py --write
	@$(BIN)/python benchmarks/ledger.py --write
	@$(BIN)/python benchmarks/presence.py --ledger --write
	@$(BIN)/python benchmarks/cli_help.py --write

soak: $(STAMP) ## a campaign over 10,000 simulated PCs, measured into docs/soak.md
	@$(BIN)/python -m benchmarks.soak --write docs/soak.md

clean: ## remove what was installed
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
