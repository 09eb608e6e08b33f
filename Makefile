# KRM: two commands do it, `make run` and `make test`. `make help` lists the rest.
# Nothing here needs root or anything installed but Python 3.11+; see docs/development.md.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
SETUP := $(PYTHON) -I krm/local/bootstrap.py
LOCAL_KRM := $(VENV_PYTHON) -m krm.local
ifdef PORT
export KRM_PORT := $(PORT)
endif

.PHONY: help run test lint bench shell reset lock translations screenshots clean setup setup-dev
.DEFAULT_GOAL := help

help: ## Show what each target does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Start the whole of KRM with a demo agency; Ctrl-C stops it. PORT=8010 moves it.
	@exec $(LOCAL_KRM) run

test: setup-dev ## Run every test, browser journeys included. ARGS="tests/web -k list" narrows it.
	@exec $(LOCAL_KRM) test -- $(ARGS)

lint: setup-dev ## Check style, types, templates, import contracts, migrations and translations.
	@PATH="$(CURDIR)/.venv/bin:$$PATH" bash .ci/lint

bench: setup-dev ## Measure what docs/performance.md reports. ARGS="ingest" narrows it.
	@exec $(LOCAL_KRM) with --profile bench -- -m benchmarks $(ARGS)

shell: setup ## Open a Python shell on the local agency.
	@exec $(LOCAL_KRM) with -- manage.py shell

reset: setup ## Delete the local agency: database, queue, uploaded files, mail.
	@exec $(LOCAL_KRM) reset

lock: setup-dev ## Write the lock files anew from requirements*.in and package.json.
	@.venv/bin/uv --version >/dev/null 2>&1 || $(VENV_PYTHON) -m pip install -q uv
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.lock
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header -c requirements-dev.lock requirements.in -o requirements.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

translations: setup-dev ## Collect texts, merge every i18n_id.py into locale/, compile, and say what is missing.
	@$(VENV_PYTHON) manage.py translations

screenshots: setup-dev ## Take the pictures of the README anew.
	@exec $(LOCAL_KRM) with -- -m tests.pictures docs/images

clean: ## Delete everything that setting up made; the local agency stays in .local until `make reset`.
	rm -rf .venv node_modules staticfiles .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(SETUP) run

setup-dev:
	@$(SETUP) dev
