# Everything that one does with Shoal from a checkout. `make` alone prints this list.

# The first Python that is new enough.
PYTHON ?= $(shell for python in python3 python3.12 python3.11 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
CONFIG ?= config
MINUTES ?= 5

.PHONY: help run demo test fuzz check lint bench profile compiled plain docs screenshots clean

help:  ## print the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# One environment to run (no test tools), made anew when the dependencies change.
$(VENV)/run.stamp: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Shoal needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the virtual environment in $(VENV) (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@echo "Installing the test tools (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,postgresql]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[pesq]' >/dev/null 2>&1 \
		|| echo "The package pesq could not be built (it needs a C compiler and the headers of Python): its test is skipped."
	@touch $@

run: $(VENV)/run.stamp  ## run the switch on config/ (CONFIG=DIR for another)
	@$(BIN)/shoal run --config $(CONFIG)

demo: $(VENV)/run.stamp  ## run the switch with simulated callers and agents, the journal scrolling by
	@$(BIN)/shoal demo --config $(CONFIG)

# Where Python is told to keep nothing of what it compiles, each of a hundred switches would have to compile itself.
# What waits for nobody is tried on all processors at once. Real phones and browsers wait most of their time: three at a time,
# a line for each, and at the end what took longest, what was tried again and why.
test: $(VENV)/test.stamp lint  ## run all tests
	@$(BIN)/python -m compileall -q switch cti ivr media
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/interop --ignore tests/pages
	@$(BIN)/python -m pytest -n 3 --dist loadgroup -vv -o console_output_style=count --durations 15 tests/interop tests/pages

fuzz: $(VENV)/test.stamp  ## throw hostile input at every reader and a running switch (MINUTES=60)
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

lint: $(VENV)/test.stamp  ## check style and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache > .lint.log 2>&1 || { cat .lint.log; rm -f .lint.log; exit 1; }
	@rm -f .lint.log

check: $(VENV)/run.stamp  ## check config/ without starting
	@$(BIN)/shoal check --config $(CONFIG)

bench: $(VENV)/test.stamp  ## measure everything against the running switch, three times; writes bench/RESULTS.md (needs SIPp)
	@$(BIN)/python -m bench

profile: $(VENV)/test.stamp  ## say where the time goes in signalling and media, with flame graphs in var/profile
	@$(BIN)/python -m bench profile W1 W3

# The same code either way: bench/README.md says what it gains. Whoever changes a file of it compiles again, or goes back.
compiled: $(VENV)/run.stamp  ## compile the SIP room ahead of time (some minutes; needs a C compiler)
	@SHOAL_COMPILE=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .

plain:  ## take the compiled SIP room away again
	@rm -f switch/sip/*.so shoal_sip__mypyc*.so

docs: $(VENV)/run.stamp  ## write docs/configuration.md from the code
	@$(BIN)/python -m switch.manual > docs/configuration.md

screenshots: $(VENV)/test.stamp  ## take the pictures of docs/pages.md anew (needs Chromium)
	@$(BIN)/python -m tests.pictures

clean: plain  ## remove the virtual environment and what was built
	@rm -rf $(VENV) build *.egg-info
