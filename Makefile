.DEFAULT_GOAL := help
.PHONY: help setup browser demo serve test check bench migrate lock messages
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
INSTALLED := .venv/installed
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/locale/*/LC_MESSAGES/auditready.po))
PYTEST := $(BIN)/pytest -q -n $(WORKERS)
# Sentences for people are the first argument of these calls; tests/test_architecture.py compares the list with the code.
SAYING := say _ AppError Invalid TooLarge Unauthorized Forbidden NotFound Conflict Stale Damaged Unavailable

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(INSTALLED) $(CATALOGUES) ## Install everything into .venv, as locked
	@:

# pip refuses --require-hashes together with -e: the lock first (setuptools too), then the package and nothing else.
$(INSTALLED): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

%.mo: %.po $(INSTALLED)
	$(BIN)/pybabel --quiet compile -i $< -o $@

demo: setup ## Fill data/demo with the sample organisation
	AUDITREADY_DATA_FOLDER=data/demo $(BIN)/auditready demo

serve: setup ## Start the server
	$(BIN)/auditready serve

# Chromium and a Chinese font from the system's packages; elsewhere than on Debian and its kin install them by hand.
HAS_CHROMIUM := import shutil, sys; sys.exit(not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
browser: ## Install the browser that tests of the pages use, where it is missing
	@$(PYTHON) -c '$(HAS_CHROMIUM)' || { test "$$(id -u)" = 0 || SUDO=sudo; $$SUDO apt-get update -qq && \
		$$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }

test: setup browser ## Run the tests on SQLite, then those that use a database on PostgreSQL
	$(PYTEST) --database sqlite
	$(PYTEST) --database postgresql

check: setup browser ## Everything that must hold before a commit
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && for step in 'upgrade head' check; do \
		$(BIN)/alembic -x url=sqlite:///$$folder/drift.sqlite3 $$step || exit 1; done
	$(PYTEST) --database sqlite
	$(PYTEST) --database postgresql

bench: setup ## Measure the numbers of the README
	$(BIN)/python -m tests.bench

migrate: setup ## Bring the database to the newest version
	$(BIN)/alembic upgrade head

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: ## Compile the lock files with uv; make lock UPGRADE=--upgrade for newer versions
	@command -v uv >/dev/null || { echo "uv is not installed; only this target needs it."; exit 1; }
	$(LOCK) $(UPGRADE) --extra build --extra demo -o requirements.lock pyproject.toml
	$(LOCK) $(UPGRADE) --extra dev -o requirements-dev.lock pyproject.toml

messages: $(INSTALLED) ## Collect the sentences of the code into the catalogue to translate
	@mkdir -p app/locale
	$(BIN)/pybabel --quiet extract -F pyproject.toml --no-default-keywords $(SAYING:%=-k %) --no-location --sort-output --no-wrap \
		-o app/locale/auditready.pot app
	$(BIN)/pybabel --quiet update -D auditready -d app/locale -l zh -i app/locale/auditready.pot --init-missing \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@echo "Now translate what is empty in app/locale/zh/LC_MESSAGES/auditready.po; make check says what is missing."
