# `make run` is all that a first visit needs: http://127.0.0.1:8000, Ctrl-C stops it. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
DATA ?=
STREAMS ?= 1,20,100
ARGS ?=
JOBS ?= 2

PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
SIDE_BY_SIDE := --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder
# Tools that read the settings get a data folder of their own.
CHECKING := GPTLAB_PROFILE=test GPTLAB_DATA=build/checking

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test long lint format types faults bench screenshots clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

run: .venv/run.stamp ## Run everything on this machine: make run PORT=8123 DATA=/some/folder
	@exec $(PY) manage.py lab --stop-with-parent --port "$(PORT)" $(if $(DATA),--data "$(DATA)")

test: .venv/test.stamp ## All tests but those of make long; a part: make test ARGS="tests/chats -k fork"
	@exec $(PY) -m pytest $(SIDE_BY_SIDE) $(if $(ARGS),$(ARGS),-m "not long")

long: .venv/test.stamp ## The tests that take minutes: processes killed, axe on every state of every page
	@exec $(PY) -m pytest $(SIDE_BY_SIDE) -m long $(ARGS)

faults: .venv/test.stamp ## Only the tests that kill processes
	@exec $(PY) -m pytest tests/faults $(ARGS)

lint: .venv/test.stamp ## Style of code and templates, and who may import whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint templates --lint --quiet
	$(CHECKING) $(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

format: .venv/test.stamp ## Put code into the form that lint wants
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: .venv/test.stamp ## mypy
	$(CHECKING) $(PY) -m mypy

bench: .venv/test.stamp ## Streams side by side: make bench STREAMS=1,20,100
	$(PY) -m benchmarks.stream --streams $(STREAMS)

screenshots: .venv/test.stamp ## Every page and state, at three widths, light and dark, into build/screens
	@exec $(PY) -m tests.browser.screens $(ARGS)

clean: ## Remove what was made, except the data folder
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is missing. Type: sudo apt install python3 python3-venv, or make run PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python has no venv module. Type: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements.txt lists into .venv (once; about a minute) …"
	@$(PYTHON) -m venv .venv
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/test.stamp: requirements-dev.txt .venv/run.stamp
	@echo "Installing what requirements-dev.txt lists into .venv (once) …"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@
