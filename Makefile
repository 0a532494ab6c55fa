# Needs python3 (3.11 or newer, with venv) and make; everything else is installed into .venv from the lock files.
#
#   make demo    set up what is missing and serve the sample street on http://127.0.0.1:8000 (PORT changes it)
#   make test    all checks and tests, on SQLite and PostgreSQL, in a browser where there is one
#   make help    the other commands

PYTHON ?= python3
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:

BIN := .venv/bin
# The stamps bear the checksum of their lock file: another lock file, another stamp, whatever the clocks say.
RUN_LOCK := .venv/.run-$(firstword $(shell cksum requirements.txt))
DEV_LOCK := .venv/.dev-$(firstword $(shell cksum requirements-dev.txt))
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps
POS := $(wildcard app/*/translations/*/LC_MESSAGES/*.po)

.PHONY: help demo test check unit races crash faults fuzz mutants bench gates lock words ready ready-dev clean

help:
	@sed -n '1,5s/^# \{0,1\}//p' Makefile
	@echo "  make check | unit             the checks alone; the tests without browser and races"
	@echo "  make races | crash | fuzz     200 rounds; 70 and 30 kills; 20,000 malformed requests"
	@echo "  make faults                   the disk under SQLite fails (needs a C compiler)"
	@echo "  make mutants                  each guard removed in turn: its test must fail"
	@echo "  make bench [ONLY=name]        figures against their goals"
	@echo "  make gates                    all of these in full doses"
	@echo "  make words [ROOM=name]        bring the translations up to date with the sources"
	@echo "  make lock                     make the lock files anew from pyproject.toml (needs uv)"

demo: ready
	@PYTHONOPTIMIZE=2 $(BIN)/python tools/prepare.py
	@PYTHONOPTIMIZE=2 PYTHONNODEBUGRANGES=1 exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: ready-dev
	@$(BIN)/python tools/run_tests.py

check unit: ready-dev
	@$(BIN)/python tools/run_tests.py $(subst check,checks,$@)

# One dose for both databases, except where the contract names two.
races: ready-dev
	@RACE_ROUNDS=$${RACE_ROUNDS:-200} $(BIN)/python tools/gate.py races -m race

crash: ready-dev
	@KILLS=$${KILLS:-70} $(BIN)/python tools/gate.py crash -m crash --database sqlite
	@KILLS=$${KILLS:-30} $(BIN)/python tools/gate.py crash -m crash --database postgresql

# CI=true: a gate that skips its tests is not passed.
faults: ready-dev
	@CI=true $(BIN)/python tools/gate.py faults -m fault --database sqlite

fuzz: ready-dev
	@FUZZ_REQUESTS=$${FUZZ_REQUESTS:-20000} $(BIN)/python tools/gate.py fuzz -m fuzz

mutants: ready-dev
	@$(BIN)/python tools/mutants.py

bench: ready-dev
	@$(BIN)/python -m bench.run

gates: ready-dev
	@HYPOTHESIS_PROFILE=gates $(BIN)/python tools/run_tests.py checks unit browser
	@$(MAKE) --no-print-directory races
	@$(MAKE) --no-print-directory crash
	@$(MAKE) --no-print-directory faults
	@$(MAKE) --no-print-directory fuzz
	@$(MAKE) --no-print-directory mutants
	@$(MAKE) --no-print-directory bench

words: ready-dev
	@$(BIN)/python tools/words.py update $(ROOM)

lock:
	@tools/lock.sh $(if $(UPGRADE),--upgrade)

# --- set-up: each of these does nothing when it is done already ---

ready: $(RUN_LOCK) build/words

ready-dev: $(DEV_LOCK) build/words

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv

$(RUN_LOCK): | $(BIN)/python
	@echo "Installing what the house needs ..."
	@$(PIP) -r requirements.txt
	@rm -f .venv/.run-*
	@touch $@

# The second lock file holds the first, at the same versions.
$(DEV_LOCK): | $(BIN)/python
	@echo "Installing what the house and its tests need ..."
	@$(PIP) -r requirements-dev.txt
	@rm -f .venv/.dev-* .venv/.run-*
	@touch $@ $(RUN_LOCK)

build/words: $(POS) | $(BIN)/python
	@$(BIN)/python tools/words.py compile
	@mkdir -p build && touch $@

clean:
	rm -rf .venv build
	find app -name '*.mo' -delete
