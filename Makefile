# Every task of the project. `make run` and `make test` work on a fresh Debian 12; docs/development.md explains the rest.
.DEFAULT_GOAL := help
.PHONY: help run setup test check format-check lint types imports test-services format bench lock clean dev

PYTHON := .venv/bin/python
# What pytest makes of the test files is kept for the next run, whatever the environment says of bytecode.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest
TEST_OPTIONS ?= -n auto --dist loadfile
SERVICE_TEST_OPTIONS ?= -n auto --dist loadfile -m "not browser"

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: ## install what is missing, prepare the data, serve on http://127.0.0.1:8000 (Ctrl-C stops)
	@exec scripts/start serve

setup: ## all that `make run` does before it serves
	@exec scripts/start prepare

test: dev ## all tests that need no server
	$(PYTEST) $(TEST_OPTIONS)

check: format-check lint types imports test ## format, lint, types, import contracts, tests

format-check: dev
	$(PYTHON) -m ruff format --check .

lint: dev
	$(PYTHON) -m ruff check .

types: dev
	$(PYTHON) -m mypy

imports: dev
	.venv/bin/lint-imports

test-services: dev ## the same tests on PostgreSQL, Redis and Elasticsearch, started and stopped here
	$(PYTHON) tests/services/up.py --install -- $(PYTEST) $(SERVICE_TEST_OPTIONS)

format: dev ## put the code into its format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: dev ## measure; results are explained in docs/benchmarks.md
	$(PYTHON) -m benchmarks

lock: dev ## write the lock files anew from pyproject.toml
	@exec scripts/lock

clean: ## remove the virtual environment and caches; data in var/ stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info

dev:
	@scripts/install dev
