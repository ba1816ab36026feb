# Everything that one types at Lineside. `make` alone, or `make help`, shows the list.

PYTHON ?= python3
VENV := .venv/bin
BOOTSTRAP := $(PYTHON) scripts/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format accuracy bench-rollup screenshots lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run Lineside on this machine: Postgres, Redis and all processes, until Ctrl-C
	@$(BOOTSTRAP) run

demo: ## Send the traces of a small multi-agent program to the Lineside that runs (ARGS=… for its options)
	@$(BOOTSTRAP) environment
	@$(VENV)/python -m demo $(ARGS)

test: ## Run all tests, those in a real browser included (ARGS=… for pytest)
	@$(BOOTSTRAP) development browser
	@$(VENV)/python -m pytest -n 2 $(ARGS)

lint: ## Check formatting, style, types, imports, templates, migrations and settings
	@$(BOOTSTRAP) development
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/djlint templates --lint --quiet
	$(VENV)/lint-imports --no-cache
	$(VENV)/mypy .
	$(VENV)/python -m scripts.check_settings

format: ## Bring code into the form that lint asks for
	@$(BOOTSTRAP) development
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

accuracy: ## Write docs/accuracy.md: recorded runs as billed, as a naive sum, and as Lineside counts them
	@$(BOOTSTRAP) development
	@$(VENV)/python -m scripts.accuracy

bench-rollup: ## Measure what aggregating spans costs beside storing them (ARGS=… for its options)
	@$(BOOTSTRAP) development
	@$(VENV)/python -m scripts.bench_rollup $(ARGS)

screenshots: ## Take the pictures of the README from a running Lineside with Chromium
	@$(BOOTSTRAP) development browser
	@$(VENV)/python -m scripts.screenshots

lock: ## Write both lock files anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements-dev.lock --group dev

clean: ## Remove the environment and all caches; data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
