# Two commands do everything: `make chat` and `make test`. Both need Python 3.11 or later, nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TESTS  ?= tests
WORKERS ?= 3

# Only what requirements/ names, by hash, and only wheels: to build one would fetch what no hash names.
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --only-binary :all:
OURS   := $(PIP) --no-index --no-deps --no-build-isolation --editable .
LOCK    = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --annotation-style line \
          --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade,)

.PHONY: chat demo test check format lint types contracts catalogue bench bench-library bench-relay bench-client bench-files bench-store simulate fuzz fuzz-terminal mutate models kills powercuts kills-relay kills-cluster soak soak-files messages snapshots pictures guide lock sbom release clean

chat: $(VENV)/.runtime          ## Start a relay, a second person `echo` and the client (HEADLESS=1: without a screen)
	@$(BIN)/python -m client_tui.newcomer $(if $(HEADLESS),--headless,)

demo: $(VENV)/.runtime          ## Look around among invented people, offline
	@$(BIN)/python -m client_tui --demo

test: $(VENV)/.developer        ## Run every test, in three processes (WORKERS=1)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(TESTS)

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

bench-library: $(VENV)/.developer   ## The library beside vodozemac, DoubleRatchet, twomemo and the bare primitives
	$(BIN)/python -m bench.bench_library

bench-relay: $(VENV)/.developer     ## The relay beside SQLite alone, Redis, mosquitto, Prosody and Synapse (FULL=1: the long rows)
	$(BIN)/python -m bench.bench_relay

bench-client: $(VENV)/.developer    ## The terminal client on a pseudo-terminal, beside weechat
	$(BIN)/python -m bench.bench_client

bench-store: $(VENV)/.developer     ## The vault beside SQLite alone and SQLCipher, and one of a million messages (some minutes)
	$(BIN)/python -m bench.bench_store

bench-files: $(VENV)/.developer     ## Encrypting 256 MiB beside a plain copy and age
	$(BIN)/python -m bench.bench_files

simulate: $(VENV)/.developer    ## Clients, relay, network, disk and clock in one process (SEEDS=5000)
	$(BIN)/python -m tests.simulation.run --seeds $(or $(SEEDS),1000)

fuzz: $(VENV)/.fuzzer           ## Search every parser with coverage (N seconds each, TARGETS="link card")
	$(BIN)/python -m tests.fuzz.run --seconds $(or $(N),60) $(TARGETS)

fuzz-terminal: $(VENV)/.developer   ## A million hostile texts through everything shown or printed (STRINGS=1000000; half an hour)
	$(BIN)/python -m tests.client_tui.fuzzing --strings $(or $(STRINGS),1000000)

mutate: $(VENV)/.developer      ## Plant faults in a package; its tests must notice each (PACKAGES=securemsg/wire)
	$(BIN)/python -m tests.mutation.run $(or $(PACKAGES),securemsg/wire)

models: $(VENV)/.developer      ## Search the models in specs/models (needs Debian's spin, spass and gcc)
	$(BIN)/python -m pytest tests/models

kills: $(VENV)/.developer       ## 500 messages each way while everything is killed at random (about half an hour)
	$(BIN)/python -m tests.crash.kills --messages 500 --kills 60

powercuts: $(VENV)/.developer   ## 20,000 power cuts under the relay's store (N=20000; some minutes)
	$(BIN)/python -m tests.crash.powercuts --cuts $(or $(N),20000)

kills-relay: $(VENV)/.developer ## SIGKILL the relay under load (N=1000; about twenty minutes)
	$(BIN)/python -m tests.crash.relay_kills --kills $(or $(N),1000)

soak: $(VENV)/.developer        ## A relay for a long time among people and its administrator (MINUTES=60): nothing grows
	$(BIN)/python -m tests.soak.run --minutes $(or $(MINUTES),60)

soak-files: $(VENV)/.developer  ## A file of a gibibyte between two clients, in little memory
	$(BIN)/python -m tests.soak.large_file

kills-cluster: $(VENV)/.developer   ## SIGKILL nodes and PostgreSQL, and fail over, under load (KILLS=200; a quarter of an hour)
	$(BIN)/python -m tests.crash.cluster_kills --nodes $(or $(KILLS),200) --servers 20 --failovers 10

messages: $(VENV)/.developer    ## Find every text for the catalogues, and compile them
	$(BIN)/python -m tests.messages

snapshots: $(VENV)/.developer   ## Draw every state of the screen anew (the difference is what git shows)
	$(BIN)/python -m tests.client_tui.snapshots

pictures: $(VENV)/.developer    ## Take the pictures of docs/ from the demonstration
	$(BIN)/python -m tests.client_tui.pictures

guide: $(VENV)/.developer       ## Write the tables of commands and keys into docs/
	$(BIN)/python -m tests.client_tui.guide

lock: $(VENV)/.release          ## Write requirements/ anew after a change of pyproject.toml (UPGRADE=1: the newest of all)
	$(LOCK) pyproject.toml --extra images --extra postgres --group build --group dev --group bench --output-file requirements/developer.txt
	$(LOCK) pyproject.toml --constraint requirements/developer.txt --output-file requirements/runtime.txt
	$(LOCK) pyproject.toml --constraint requirements/developer.txt --extra postgres --output-file requirements/relay.txt
	$(LOCK) --constraint requirements/developer.txt --group build --output-file requirements/build.txt
	$(LOCK) --constraint requirements/developer.txt --group fuzz --output-file requirements/fuzz.txt
	$(LOCK) --constraint requirements/developer.txt --group release --output-file requirements/release.txt

sbom: $(VENV)/.release          ## The bill of materials (CycloneDX) of what our programs load
	$(BIN)/python -m tests.supply.bill --output dist/securemsg.cdx.json

release: $(VENV)/.release       ## Wheel, source distribution, bill of materials and sums in dist/, built twice the same
	$(BIN)/python -m tests.supply.release

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "securemsg needs Python 3.11 or later: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml requirements/build.txt requirements/runtime.txt
	@echo 'Installing into $(VENV); this is done once and takes less than a minute.'
	@$(LOCKED) --requirement requirements/build.txt --requirement requirements/runtime.txt
	@$(OURS)
	@touch $@

$(VENV)/.developer: $(VENV)/bin/python pyproject.toml requirements/developer.txt
	$(LOCKED) --requirement requirements/developer.txt
	$(OURS)
	@touch $@ $(VENV)/.runtime

$(VENV)/.fuzzer: $(VENV)/.developer requirements/fuzz.txt
	$(LOCKED) --requirement requirements/fuzz.txt
	@touch $@

$(VENV)/.release: $(VENV)/bin/python requirements/build.txt requirements/release.txt
	$(LOCKED) --requirement requirements/build.txt --requirement requirements/release.txt
	@touch $@

clean:
	rm -rf $(VENV) .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
