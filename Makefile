# Two commands matter: `make run` and `make test`. `make` alone lists the others.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
NODE_READY := node_modules/.ready
# Whole files go to the processes, for their tests share what takes long to make; in the order of
# the folders, so that the long files of journeys do not come last.
BESIDE := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help install learning run worker test check browser kannel fix migrate migration requirements ocr faults fuzz bench panduan

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(RUN_READY) $(DEV_READY) ## create the environment (once; quick afterwards)

learning: $(RUN_READY) ## install what learning from dispositions needs (optional)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-learning.txt

run: $(RUN_READY) ## start everything on this machine; Ctrl-C stops it
	@$(BIN)/python -m local.run

worker: $(RUN_READY) ## start one more worker beside a `make run` or with DATABASE_URL and REDIS_URL
	@$(BIN)/python -m local.worker

test: $(DEV_READY) $(NODE_READY) browser kannel ## the whole gate: format, lint, types, contracts, tests, coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --ignore=tests/faults $(BESIDE)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage report --include='normalizer/*' --fail-under=100

check: $(DEV_READY) ## the fast tier of the gate, under three minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --quiet --ignore=tests/faults -m 'not journey and not browser' $(BESIDE)

browser: $(DEV_READY) ## find a browser for the browser tests, or install one where we may
	@$(BIN)/python -m local.check

kannel: $(DEV_READY) ## find Kannel for the tests of local SMS, or install it where we may
	@$(BIN)/python -m local.kannel

fix: $(DEV_READY) ## format, and repair what the linter can
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .
	$(BIN)/ruff check .

migrate: $(RUN_READY) ## bring the database to the newest schema
	@$(BIN)/python -m local.migrations upgrade

migration: $(DEV_READY) ## write the next migration from the models: make migration m="what changes"
	@$(BIN)/python -m local.migrations new "$(m)"

requirements: $(DEV_READY) ## compile requirements*.in into exact pins with hashes
	$(COMPILE) --output-file=requirements.txt requirements.in
	$(COMPILE) --output-file=requirements-learning.txt requirements-learning.in
	$(COMPILE) --output-file=requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file=requirements-ocr.txt requirements-ocr.in

ocr: $(RUN_READY) ## add the optional reader of KTP photos (about 300 MB, hashes checked)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ocr.txt

faults: $(DEV_READY) ## kill servers under load: nothing lost, nothing doubled (long)
	$(BIN)/pytest tests/faults

panduan: $(DEV_READY) browser ## take the pictures of the handbooks in docs/panduan anew
	@$(BIN)/python -m docs.make_panduan

fuzz: $(DEV_READY) ## many thousand examples for every property test, and damaged webhooks (long)
	$(BIN)/pytest --quiet --hypothesis-profile=fuzz tests/normalizer tests/channels
	$(BIN)/python -m tests.fuzz.webhooks --level parse --bodies 100000
	$(BIN)/python -m tests.fuzz.webhooks --bodies 10000

bench: $(RUN_READY) ## print the ratios that the benchmarks measure (long)
	@for program in intake streams inbox normalizer memory ktp; do \
		echo "== $$program"; $(BIN)/python -m "benchmarks.$$program" || exit 1; done

$(BIN)/python:
	@sh local/make_venv.sh $(PYTHON) $(VENV)

$(RUN_READY): requirements.txt | $(BIN)/python
	@echo "Installing what the service needs (hashes checked) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing the tools (hashes checked) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(NODE_READY): package.json package-lock.json | $(DEV_READY)
	@$(BIN)/python -m local.node_packages
	@touch $@
