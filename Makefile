# `make book` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?=
# LOCKED=1 installs exactly what the locks name, LOCKED=0 does not; FRAMEWORK is mxnet, pytorch or "mxnet pytorch".
# Without them it stays as it was last.
LOCKED ?=
FRAMEWORK ?=
# Where `make preview` shows the pages.
PORT ?= 8000
# Quoted wherever it is used: the folder of the book may have blanks in its name.
BIN = $(VENV)/bin
PY = "$(BIN)/python"
HTML = _build/html
PDF = _build/pdf/what-makes-deep-learning-hard.pdf
SHELL = /bin/bash

.DEFAULT_GOAL := help
.PHONY: help worksheets record lock audit book pdf preview test test-pdf test-library coverage test-notebooks test-book test-pages built \
	test-firefox test-pythons test-platforms test-readers lint format spelling links hooks notebooks stills lab bench clean

help:
	@echo "make book          install, build the book and print where it is"
	@echo "make test          install, then test the library, every notebook, and the built book in a browser"
	@echo "make pdf           the same as one PDF, printed by Chromium (SOLUTIONS=no: without them;"
	@echo "                   FRAMEWORK=pytorch: with that code; make test-pdf tests it)"
	@echo "make worksheets    the notebooks without outputs and solutions, for a class"
	@echo "make lab           open the chapters in JupyterLab"
	@echo "make preview       show the pages while you write, each a moment after it is saved"
	@echo "make notebooks     execute the chapters whose text has changed (NAMES=... forces some of them)"
	@echo "make stills        draw the interactive figures' pictures anew where they changed"
	@echo "make test-pythons  a quick test under each other supported Python here (ENDS=1: two of them)"
	@echo "make test-firefox  figures, addresses, phones and slides of the built book in Firefox"
	@echo "make test-platforms  are there wheels for each machine and Python of the README"
	@echo "make test-readers  run the chapters without our threads and instruction sets (NAMES=...)"
	@echo "make record        run an experiment at full scale and keep its numbers (NAME=..., without: the list)"
	@echo "make bench         the benchmarks: ratios against what one would use instead"
	@echo "make coverage      the library's tests, and how much of it they run"
	@echo "make lint          form, types, spelling: Python, JavaScript, style sheets, prose"
	@echo "make format        mend the form of Python, JavaScript and style sheets"
	@echo "make links         do all links of the built book arrive (EXTERNAL=1: those that leave it, too)"
	@echo "make hooks         have git check what you commit (pre-commit)"
	@echo "make lock          resolve what changed in the locks (UPGRADE=1: all anew; make audit: known vulnerabilities)"
	@echo "make clean         remove the environment and what was built"

.PHONY: reader tester
# tools/install.py knows what is installed already; then these take no time.
CHOICE = $(if $(LOCKED),$(if $(filter 0 no false,$(LOCKED)),--no-locked,--locked)) $(FRAMEWORK:%=--%)
INSTALL = @"$(PYTHON)" tools/install.py "$(VENV)" $(CHOICE)
reader:
	$(INSTALL)
tester:
	$(INSTALL) --extra test $(EXTRAS:%=--extra %)

# What readers want is there without make, too, for Windows: `python tools/make.py book`.
READERS = @"$(PYTHON)" tools/make.py --folder "$(VENV)" $(CHOICE) $@

BUILD = "$(BIN)/jupyter-book" build . -q -W -n --keep-going

book:
	$(READERS)
pdf:
	$(READERS) $(if $(filter 0 no false,$(SOLUTIONS)),--without-solutions)
lab:
	$(READERS)
worksheets:
	$(READERS)
notebooks:
	$(READERS) $(NAMES)
# With PyTorch, a GPU where there is one. A run that was stopped goes on where it was.
record:
	$(READERS) $(NAME)

# The build keeps one core busy, in the notebooks' time.
test: lint test-library
	@$(MAKE) --no-print-directory -j2 test-notebooks built
	@$(MAKE) --no-print-directory test-pages

# Our scripts and style sheets.
WEB = d2lutils/interactive/*.js d2lutils/interactive/*.css chapters/_static/*.js chapters/_static/*.css tools/*.css tools/sphinx/*.js

lint: tester
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(PY) -m mypy
	@"$(BIN)/oxfmt" --check $(WEB) > /dev/null || { echo "Some of $(WEB) is not formatted: make format"; exit 1; }
	"$(BIN)/oxlint" --deny-warnings $(WEB)
	$(PY) tools/styles.py
	$(PY) tools/spelling.py

format: tester
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	"$(BIN)/oxfmt" $(WEB)

spelling: tester
	$(PY) tools/spelling.py

links: book
	$(PY) tools/links.py $(HTML) $(if $(EXTERNAL),--external)

preview: reader
	$(PY) tools/preview.py --port $(PORT)

hooks: tester
	$(PY) -m pre_commit install

# Tests wait for browsers and other processes: three workers for two cores take a tenth less.
test-library: tester
	$(PY) -m pytest tests --ignore=tests/pages -n 3 --dist loadscope

# Measuring makes the tests a third slower; pyproject.toml says how much must be covered.
coverage: tester
	$(PY) -m pytest tests --ignore=tests/pages -n 2 --dist loadscope --cov --cov-report=term:skip-covered

test-notebooks: tester
	$(PY) tools/notebooks.py check
	$(PY) -m pytest --nbval -p no:cacheprovider -n 2 --dist loadscope chapters

test-book: built
	@$(MAKE) --no-print-directory test-pages

built: tester
	$(BUILD) --all

test-pages: tester
	BOOK_HTML=$(HTML) $(PY) -m pytest tests/pages --ignore=tests/pages/test_pdf.py \
		--ignore=tests/pages/test_in_firefox.py -n 3

# Needs firefox or firefox-esr, and says so where there is none.
test-firefox: tester book
	BOOK_HTML=$(HTML) $(PY) -m pytest tests/pages/test_in_firefox.py

test-pdf: tester pdf
	BOOK_HTML=$(HTML) BOOK_PDF=$(PDF) $(PY) -m pytest tests/pages/test_pdf.py

# Nearly all of its minutes it waits for the package index.
test-platforms:
	@"$(PYTHON)" tools/platforms.py

test-pythons:
	"$(PYTHON)" tools/test_pythons.py $(if $(ENDS),--ends)

# Pictures of the interactive figures, for where they cannot be alive.
stills: tester
	$(PY) tools/stills.py

bench: tester
	@for script in benchmarks/*.py; do echo "== $$script"; $(PY) $$script || exit 1; done

# What a reader installs, and what the tests need besides. Versions stay as they are unless UPGRADE=1.
lock: tester
	$(PY) tools/lock.py $(if $(UPGRADE),--upgrade)

audit:
	uvx pip-audit --requirement requirements.lock --requirement requirements-test.lock --disable-pip --desc off

clean:
	rm -rf "$(VENV)" .venv-* _build .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
