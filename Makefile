# Two commands do everything: `make chat` and `make test`. Both need Python 3.11 or later, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TESTS  ?= tests

.PHONY: chat test check format lint types contracts catalogue bench kills clean

chat: $(VENV)/.runtime          ## Start a relay, a second person `echo` and the client (HEADLESS=1: without a screen)
	@$(BIN)/python -m client_tui.newcomer $(if $(HEADLESS),--headless,)

test: $(VENV)/.developer        ## Run every test
	$(BIN)/python -m pytest $(TESTS)

check: format lint types contracts test   ## All that must hold before a change lands

format: $(VENV)/.developer
	$(BIN)/ruff format --check .

lint: $(VENV)/.developer
	$(BIN)/ruff check .

types: $(VENV)/.developer
	$(BIN)/mypy

contracts: $(VENV)/.developer
	$(BIN)/lint-imports

catalogue: $(VENV)/.developer   ## Which bad inputs and faults have a test that names them
	$(BIN)/python -m tests.house.catalogue

bench: $(VENV)/.developer       ## One line per figure: NAME ratio=R target=T peer=P
	$(BIN)/python -m bench.run

kills: $(VENV)/.developer       ## 500 messages each way while everything is killed at random (about half an hour)
	$(BIN)/python -m tests.crash.kills --messages 500 --kills 60

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "securemsg needs Python 3.11 or later: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
