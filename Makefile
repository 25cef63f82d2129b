# Every command of the book. Each does its own set-up; `make` alone lists them.

WINDOWS := $(filter Windows_NT,$(OS))
PYTHON ?= $(if $(WINDOWS),python,python3)
VENV := .venv
# Git-Bash on Windows has Scripts where others have bin
BIN := $(VENV)/$(if $(WINDOWS),Scripts,bin)
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PORT ?= 8000
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

# One date for everything that is built: the one of the last commit
ifeq ($(SOURCE_DATE_EPOCH),)
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null)
endif
ifneq ($(SOURCE_DATE_EPOCH),)
export SOURCE_DATE_EPOCH
else
unexport SOURCE_DATE_EPOCH
endif

# The user's index, proxy and certificates hold; what would put packages elsewhere, or others in their place, does not
unexport PYTHONHOME PYTHONPATH PIP_CONSTRAINT PIP_NO_BINARY PIP_NO_DEPS PIP_PREFIX PIP_REQUIRE_HASHES PIP_ROOT PIP_TARGET
export PIP_USER := 0
export PYTHONUTF8 := 1
export JUPYTER_PREFER_ENV_PATH := 1

# `make pdf LANG=en`; the variable of the same name in the environment is the locale, and says nothing about the book
ifeq ($(origin LANG),command line)
EDITION := $(LANG)
unexport LANG
endif

# An environment works only where it was made, and only while the Python that made it is there
ifneq ($(wildcard $(READY)),)
ifneq ($(shell cat $(READY)) $(shell $(BIN)/python -c 'print("works")' 2>&1),$(CURDIR) works)
$(shell rm -f $(READY))
endif
endif

.PHONY: help book data pdf chapters chapter live test test-all notebooks check numbers reproduce audit bench prove messages lock clean distclean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# gongbao/build/book.py says how: all or nothing, and nothing if nothing changed
book: $(READY)  ## build _build/html/index.html, and in English _build/html/en/index.html
	@$(BIN)/python -m gongbao build html

data: book  ## what `make book` makes for other programs: _build/html/data
	@echo "The data are in _build/html/data: workbook, SQLite database, data package, csv, parquet; book/downloads.html lists them"

pdf: $(READY)  ## typeset the whole book as _build/pdf/shudu-qingpu.pdf; in English: make pdf LANG=en
	@$(BIN)/python -m gongbao build pdf $(EDITION)

live: $(READY_DEV)  ## show the book in all languages while it is written: make live PORT=8000
	@$(BIN)/python -m gongbao.build.live $(PORT)

chapters: $(READY)  ## export every chapter as PDF, HTML and Python to _build/chapters
	@$(BIN)/python -m gongbao.build.chapters

chapter: $(READY)  ## export one chapter: make chapter NAME=debt
	@$(BIN)/python -m gongbao.build.chapters "$(NAME)"

test: $(READY_DEV)  ## check style, types, imports and behaviour, in two minutes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python -m pytest

test-all: test  ## the slow tests, too: the whole book, pages in a browser, builds that are killed
	$(BIN)/python -m pytest -m "book or browser or slow"

# from the root, so that links from a notebook to the data and the pages lead somewhere
notebooks: $(READY)  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url=/lab/tree/notebooks --ContentsManager.pre_save_hook=gongbao.prose.notebook.forget_version

check: $(READY)  ## check data, package, relations, and the numbers and links of the texts
	$(BIN)/python -m gongbao check
	$(BIN)/python -m gongbao numbers

numbers: $(READY)  ## bring the numbers in pages and notebooks up to date, and say what changed
	$(BIN)/python -m gongbao numbers --write

reproduce: $(READY)  ## build everything twice, in two places and at two times, and compare the bytes
	$(BIN)/python -m bench.reproduce

# strict: a service that knows none of the packages would otherwise count as one that knows of no vulnerability
audit: $(READY_DEV)  ## ask the advisory service for known vulnerabilities of what is pinned
	@for set in requirements requirements-dev; do \
	  $(BIN)/pip-audit --strict --disable-pip --require-hashes -r $$set.txt || { \
	    echo "make audit: $$set.txt has known vulnerabilities (listed above), or the service could not be asked (an error above; it needs the network)" >&2; exit 1; }; \
	done

RUNS ?= 5
bench: $(READY_DEV) book  ## measure everything for bench/REPORT.md: make bench RUNS=5
	$(BIN)/python -m bench.builds html --runs $(RUNS)
	$(BIN)/python -m bench.builds pdf --runs $(RUNS)
	$(BIN)/python -m bench.live --runs $(RUNS)
	$(BIN)/python -m bench.profile
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.growth
	$(BIN)/python -m bench.workers
	$(BIN)/python -m bench.report

SOURCE ?= ../shared/source/gazette.txt
prove: $(READY_DEV)  ## tell every kind of lie about every row and count those noticed: make prove SOURCE=gazette.txt
	$(BIN)/python -m bench.prove "$(SOURCE)"

messages: $(READY_DEV)  ## bring the catalogues of the translation up to the text
	$(BIN)/python -m gongbao.build.messages

lock: $(READY_DEV)  ## write the lock files anew from requirements.in, requirements-dev.in and bench/peers.in
	for set in requirements requirements-dev bench/peers; do \
	  $(BIN)/uv pip compile --quiet --no-config --universal --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $$set.in -o $$set.txt || exit 1; \
	done

clean:  ## remove what was built
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find locale -name '*.mo' -delete

distclean: clean  ## remove the virtual environment, too
	rm -rf $(VENV) gongbao.egg-info

# The mark is written last: an environment whose installation was cut short has none, and is made anew
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or newer is needed, this is ' + sys.version + '; name another one: make PYTHON=python3.12')"
	@$(PYTHON) -c "import ensurepip, venv" || { echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@echo "$(CURDIR)" > $@

$(READY_DEV): $(READY) requirements-dev.txt
	@rm -f $(READY)
	$(PIP) --require-hashes -r requirements-dev.txt
	@echo "$(CURDIR)" > $(READY)
	@touch $@
