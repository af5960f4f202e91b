# `make demo` and `make test` need Python 3.11 or newer and nothing else: the first of them makes .venv.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$p" && break; done)
ARGS ?=
WORKERS ?= 2
READY := .venv/ready
BIN := .venv/bin
CODE := domain projections marketplace api tests

# Of the surroundings only what pip needs to reach its index is kept.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo serve test lint lock clean browser screenshots plants
.DELETE_ON_ERROR:

help:
	@echo 'make demo    play one whole relay and leave the site running (ARGS=--exit ends after the story)'
	@echo 'make serve   run the site on data that stays'
	@echo 'make test    lint, a Chromium where it can be had, then every test that is not heavy (ARGS="..." goes to pytest)'
	@echo 'make lint    ruff and mypy'
	@echo 'make lock    lock requirements/ to pyproject.toml (ARGS=--upgrade takes newer versions)'
	@echo 'make browser install a Chromium and a Japanese font for the browser tests (apt-get, as root)'
	@echo 'make screenshots  picture the main pages into docs/pictures'
	@echo 'make plants  plant each known fault in a copy of the code, and tell which tests fall to it (ARGS="words" chooses)'
	@echo 'make clean   remove the environment and caches; data stays'

demo: $(READY)
	@$(BIN)/relay demo $(ARGS)

serve: $(READY)
	@$(BIN)/relay serve $(ARGS)

test: lint browser
	@$(BIN)/python -m pytest -m "not heavy" -n $(WORKERS) $(ARGS)

# Only what is missing is installed, and only where that can be done without asking anybody.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null 2>&1 && test -n "$$(fc-list :lang=ja 2>/dev/null)"; then \
	  echo 'A Chromium and a Japanese font are there.'; \
	elif command -v apt-get >/dev/null 2>&1 && test "$$(id -u)" = 0; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
	    chromium fontconfig fonts-noto-cjk >/dev/null && echo 'Chromium and a Japanese font were installed.'; \
	else echo 'The browser tests are skipped here: install chromium and fonts-noto-cjk with the package manager, as root.'; fi

screenshots: $(READY)
	@RELAY_BROWSER=required RELAY_PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/browser/test_pictures.py $(ARGS)

plants: $(READY)
	@$(BIN)/python -m tests.plants $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy

# One environment for all targets. Where Python has no ensurepip, the outer pip installs into it.
$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo 'No Python 3.11 or newer was found. Say: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'Making the environment in .venv (once; a minute or two)'
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || "$(PYTHON)" -m venv --clear .venv 2>/dev/null \
	  || { "$(PYTHON)" -m venv --clear --without-pip .venv && "$(PYTHON)" -m pip --python $(BIN)/python install --quiet pip; }
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

# Bare environment: a lock must not depend on what this machine has set for pip or uv.
LOCK = env -i PATH="$$PATH" HOME="$$PWD/.venv" $${SSL_CERT_FILE:+SSL_CERT_FILE="$$SSL_CERT_FILE"} \
  $${HTTPS_PROXY:+HTTPS_PROXY="$$HTTPS_PROXY"} $(BIN)/uv pip compile --quiet --no-config \
  --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --custom-compile-command 'make lock'

lock: $(READY)
	@$(LOCK) $(ARGS) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) $(ARGS) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
