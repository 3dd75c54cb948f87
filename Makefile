# Loam: `make run` serves the dashboard, `make test` proves it. Each line below says what it is for.

ADDRESS ?= 127.0.0.1
PORT    ?= 8501
SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON  ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
             command -v $$p >/dev/null && $$p -c '$(SUITABLE)' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
BIN     := $(VENV)/bin
AS_ROOT := test "$$(id -u)" = 0 && command -v apt-get >/dev/null
APT     := DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends
PIP     := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar off
LOCK    := uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate
PYTEST  := $(BIN)/python -m pytest
unexport PYTHONDONTWRITEBYTECODE  # where it is set, each process would compile Keras anew: 5 s become 13 s

.PHONY: help run test check lint types browser postgresql bench shots words lock clean

help:  ## This list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.run  ## Serve the dashboard on http://localhost:8501
	$(BIN)/python -m streamlit run streamlit_app.py --server.address $(ADDRESS) --server.port $(PORT)

test: $(VENV)/.dev browser postgresql lint types  ## Everything: lint, types, all tests, the browser too
	$(PYTEST) -n 2

check: $(VENV)/.dev lint types  ## Lint, types and the quick tests
	$(PYTEST) -n 2 -m "not slow" --ignore tests/browser

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev  ## Measure, and write benchmarks/README.md
	$(BIN)/python -m benchmarks

shots: $(VENV)/.dev browser  ## Pictures of every page into shots/
	@fc-list 2>/dev/null | grep -q 'Noto Sans CJK' || { $(AS_ROOT) && apt-get update -qq && $(APT) fonts-noto-cjk; } \
	  || echo "Chinese words need a font: apt install fonts-noto-cjk"
	$(BIN)/python -m tests.browser.shots

words: $(VENV)/.dev  ## Collect the words on the screen into locales/loam.pot
	$(BIN)/python -m locales

lock:  ## Pin requirements*.txt anew (needs uv)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

clean:  ## Remove what was made here, but no data
	rm -rf $(VENV) shots benchmarks/.cache
	find . -name __pycache__ -not -path './.*' -prune -exec rm -rf {} +

# The environment: once, and again when the pins change.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Loam needs Python 3.11, 3.12 or 3.13: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(AS_ROOT) && apt-get update -qq && \
	  $(APT) $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); } || \
	  { echo "Python cannot make an environment yet. Please run: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installing what Loam needs into $(VENV). The first time takes a few minutes."
	$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(PIP) --requirement requirements-dev.txt
	@touch $@

# What tests need of the system: taken as it is, otherwise installed, otherwise named.

browser: $(VENV)/.dev
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  $(BIN)/python -c 'from playwright.sync_api import sync_playwright as s; from os.path import exists; import sys; \
	    p = s().start(); found = exists(p.chromium.executable_path); p.stop(); sys.exit(not found)' || \
	  $(BIN)/playwright install chromium || { $(AS_ROOT) && apt-get update -qq && $(APT) chromium; } || \
	  { echo "The browser tests need Chromium. Please run: apt install chromium"; exit 1; }

postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	  { $(AS_ROOT) && apt-get update -qq && $(APT) postgresql; } || \
	  { echo "The storage tests need PostgreSQL. Please run: apt install postgresql"; exit 1; }
