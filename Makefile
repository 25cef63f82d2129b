# Every command of the book. Each does its own set-up; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
# Git-Bash on Windows has Scripts where others have bin
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
PDF := _build/pdf/shudu-qingpu.pdf
BOOK := $(BIN)/jupyter-book build . -W -n --keep-going

# One date for everything that is built: the one of the last commit
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)
ifneq ($(SOURCE_DATE_EPOCH),)
export SOURCE_DATE_EPOCH
endif

.PHONY: help book pdf test notebooks check lock clean distclean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -e 's/:.*##/\t/'

book: $(READY)  ## build _build/html/index.html
	$(BOOK)
	@$(BIN)/python -c "import shutil, pathlib; p = pathlib.Path('$(PDF)'); p.exists() and shutil.copy(p, '_build/html')"
	@echo "The book is in _build/html/index.html"

pdf: $(READY)  ## typeset the whole book as _build/pdf/shudu-qingpu.pdf
	$(BOOK) --builder custom --custom-builder typst
	@mkdir -p $(dir $(PDF))
	@cp _build/typst/shudu-qingpu.pdf $(PDF).part
	@mv $(PDF).part $(PDF)
	@test ! -d _build/html || cp $(PDF) _build/html/
	@echo "The PDF is in $(PDF)"

test: $(READY_DEV)  ## check style, types and behaviour
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

notebooks: $(READY)  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

check: $(READY)  ## check data, package and relations
	$(BIN)/python -m gongbao check

lock: $(READY_DEV)  ## write the lock files anew from requirements.in and requirements-dev.in
	for set in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --no-config --universal --fork-strategy fewest --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" $$set.in -o $$set.txt || exit 1; \
	done

clean:  ## remove what was built
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache

distclean: clean  ## remove the virtual environment, too
	rm -rf $(VENV)

# The mark is written last: an environment whose installation was cut short has none, and is made anew
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or newer is needed, this is ' + sys.version + '; name another one: make PYTHON=python3.12')"
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(READY_DEV): $(READY) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
