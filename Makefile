# `make book` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?=
# LOCKED=1 installs exactly what requirements.lock names.
LOCKED ?=
BIN = $(abspath $(VENV))/bin
HTML = _build/html
PDF = _build/pdf/what-makes-deep-learning-hard.pdf
SHELL = /bin/bash

.DEFAULT_GOAL := help
.PHONY: help record lock audit book pdf test test-pdf test-library coverage test-notebooks test-book test-pythons notebooks lint lab bench clean

help:
	@echo "make book          install, build the book and print where it is"
	@echo "make test          install, then test the library, every notebook, and the built book in a browser"
	@echo "make pdf           the same as one PDF, printed by Chromium (make test-pdf tests it)"
	@echo "make lab           open the chapters in JupyterLab"
	@echo "make notebooks     execute the chapters whose text has changed (NAMES=... forces some of them)"
	@echo "make test-pythons  a quick test under each other supported Python on this machine"
	@echo "make record        run an experiment at full scale and keep its numbers (NAME=..., without: the list)"
	@echo "make bench         the benchmarks: ratios against what one would use instead"
	@echo "make coverage      the library's tests, and how much of it they run"
	@echo "make lint          ruff and mypy"
	@echo "make lock          pin every version anew in requirements.lock (make audit looks for known vulnerabilities)"
	@echo "make clean         remove the environment and what was built"

.PHONY: reader tester
# tools/install.py knows what is installed already; then these take no time.
reader:
	@$(PYTHON) tools/install.py $(VENV) $(LOCKED:1=--locked)
tester:
	@$(PYTHON) tools/install.py $(VENV) --extra test $(EXTRAS:%=--extra %) $(LOCKED:1=--locked)

BUILD = $(BIN)/jupyter-book build . -q -W -n --keep-going

book: reader
	@$(BUILD)
	@echo "The book is at file://$(abspath $(HTML))/index.html"

pdf: tester
	@$(BUILD)
	@$(BIN)/python tools/make_pdf.py $(HTML) $(PDF)
	@echo "The PDF is at file://$(abspath $(PDF))"

test: lint test-library test-notebooks test-book

lint: tester
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

test-library: tester
	$(BIN)/python -m pytest tests --ignore=tests/pages -n 2 --dist loadscope

# Measuring makes the tests a third slower; pyproject.toml says how much must be covered.
coverage: tester
	$(BIN)/python -m pytest tests --ignore=tests/pages -n 2 --dist loadscope --cov --cov-report=term:skip-covered

test-notebooks: tester
	$(BIN)/python tools/notebooks.py check
	$(BIN)/python -m pytest --nbval --nbval-sanitize-with tests/nbval-sanitize.cfg -p no:cacheprovider -n 2 --dist loadscope chapters

test-book: tester
	$(BUILD) --all
	BOOK_HTML=$(abspath $(HTML)) $(BIN)/python -m pytest tests/pages --ignore=tests/pages/test_pdf.py -n 2

test-pdf: pdf
	BOOK_HTML=$(abspath $(HTML)) BOOK_PDF=$(abspath $(PDF)) $(BIN)/python -m pytest tests/pages/test_pdf.py

test-pythons:
	$(PYTHON) tools/test_pythons.py

notebooks: reader
	$(BIN)/python tools/notebooks.py sync $(NAMES)

# MXNet, or PyTorch's engine and a GPU where the environment has them. A run that was stopped goes on where it was.
record: reader
	$(BIN)/python -m d2lutils.runs $(if $(NAME),record $(NAME),list)

lab: reader
	$(BIN)/jupyter lab --notebook-dir chapters

bench: tester
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# The lock is made anew when requirements.txt or pyproject.toml change; `make audit` looks for known vulnerabilities.
lock:
	grep -v '^-e' requirements.txt | uvx uv pip compile - pyproject.toml --extra test --python-version 3.11 \
	    --python-platform x86_64-manylinux_2_28 --generate-hashes --no-annotate --custom-compile-command "make lock" \
	    --quiet --output-file requirements.lock

audit:
	uvx pip-audit --requirement requirements.lock --disable-pip --desc off

clean:
	rm -rf $(VENV) .venv-* _build .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
