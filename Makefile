# make · make test · make test-engines · make test-notebook · make stress · make typeset · make oldest · make build-oldest · make check · make lint · make pdf · make docs · make bench · make lock · make clean · make help

PYTHON ?= python3
VENV   := .venv
OLDEST := .venv-oldest
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --constraint requirements.lock
MODELS := $(basename $(notdir $(wildcard derive/models/*.toml)))

# What generated/ is made from: what belongs to one model, and what belongs to all of them.
# A stamp, not the files themselves, says when it was last made: in a fresh clone every file
# has the age of the clone.
OF_ONE := $(wildcard derive/models/*.toml derive/audits/*.toml)
OF_ALL := $(shell find derive -name "*.py") $(wildcard derive/languages/*.toml) $(shell find templates -type f)

MISSING := $(filter-out $(patsubst generated/%/trainer.py,%,$(wildcard generated/*/trainer.py)),$(MODELS))

# The models to make again, by name; no name stands for all of them. A model's audit has a file
# of sentences for each language, NAME.pt.toml: its name ends at the first dot.
NAMED   = $(foreach file,$(notdir $(filter $(OF_ONE),$?)),$(firstword $(subst ., ,$(file))))
CHANGED = $(sort $(NAMED) $(MISSING))
AGAIN   = $(if $(filter-out $(OF_ONE) FORCE,$?),,$(CHANGED))

# An environment holds the place in which it was made, and links to a Python. Where the checkout
# was moved or that Python is gone, it is made again: its stamp has the place in it.
SOUND = $(shell [ "$$(cat $(1)/installed.stamp 2>/dev/null)" = "$(CURDIR)" ] && \
  $(1)/bin/python -I -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("derive"))' 2>/dev/null && echo yes)
MENDED  := $(if $(call SOUND,$(VENV)),,FORCE)
OLDEST_MENDED := $(if $(call SOUND,$(OLDEST)),,FORCE)

.PHONY: FORCE all help test test-engines test-notebook stress typeset build-oldest oldest check lint pdf docs bench lock clean
.DELETE_ON_ERROR:

all: $(VENV)/generated.stamp ## write generated/ from the models (the default)

$(VENV)/installed.stamp: pyproject.toml requirements.lock $(MENDED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'derive needs Python 3.11 or newer: make PYTHON=python3.12'; exit 1; }
	$(if $(MENDED),rm -rf $(VENV))
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) hatchling editables
	$(LOCKED) --no-build-isolation --editable .
	@echo "$(CURDIR)" > $@

$(VENV)/test.stamp: $(VENV)/installed.stamp
	$(LOCKED) --no-build-isolation --editable '.[test,docs,tables,samples]'
	@touch $@

$(OLDEST)/installed.stamp: pyproject.toml requirements.oldest $(OLDEST_MENDED)
	$(if $(OLDEST_MENDED),rm -rf $(OLDEST))
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip --disable-pip-version-check install --quiet -r requirements.oldest
	$(OLDEST)/bin/python -m pip --disable-pip-version-check install --quiet \
	  --no-deps --no-build-isolation --editable .
	@echo "$(CURDIR)" > $@

$(VENV)/lint.stamp: $(VENV)/test.stamp
	$(LOCKED) --no-build-isolation --editable '.[test,docs,lint]'
	@touch $@

$(VENV)/docs.stamp: $(VENV)/installed.stamp
	$(LOCKED) --no-build-isolation --editable '.[docs]'
	@touch $@

$(VENV)/engines.stamp: $(VENV)/test.stamp
	$(LOCKED) --no-build-isolation --editable '.[test,docs,engines]'
	@touch $@

# The stamp has the time of the start: a file saved meanwhile is newer.
$(VENV)/generated.stamp: $(VENV)/installed.stamp $(OF_ALL) $(OF_ONE) $(if $(MISSING),FORCE)
	@touch $@.new
	$(BIN)/derive build --out generated $(AGAIN)
	@mv $@.new $@

# A process on every processor, each with one thread of linear algebra.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal

test: $(VENV)/test.stamp ## install what the tests need and run them, on every processor
	$(PYTEST)

# `make test` leaves these out where the engines are not installed.
ENGINES := $(wildcard tests/torch tests/jax tests/onnx tests/bench tests/scale) tests/unrolled/test_jit.py

test-engines: $(VENV)/engines.stamp ## install PyTorch, JAX, ONNX Runtime, Numba and Dask, and test what is written for them
	OMP_NUM_THREADS=1 $(PYTEST) $(ENGINES)

test-notebook: $(VENV)/test.stamp ## install Jupyter, and execute a notebook
	$(LOCKED) --no-build-isolation --editable '.[test,notebook]'
	$(PYTEST) tests/notebook

# N random models, from SEED on; networks of tests/corpus by name, or CORPUS=all. Where none of
# these is given: 2,000 models, all networks, and a million steps under Armijo's rule.
stress: $(VENV)/test.stamp ## build random models and networks of papers whole, and compare their gradients
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.stress \
	  $(if $(N),--models $(N)) $(if $(SEED),--seed $(SEED)) $(if $(CORPUS),--corpus $(CORPUS)) \
	  $(if $(LIMIT),--limit $(LIMIT))
	$(if $(N)$(CORPUS),,$(PYTEST) tests/stress/armijo.py)

# Settings by name, ONLY="ieee beamer", or two of them, TURN=7; without these every class and
# engine that is installed.
typeset: $(VENV)/test.stamp ## set the gallery and hostile models in every class, three columns, every language (needs LaTeX)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.typeset $(if $(ONLY),--only $(ONLY)) $(if $(TURN),--turn $(TURN))

build-oldest: $(OLDEST)/installed.stamp ## build with the oldest versions, the same to the byte
	$(OLDEST)/bin/python -W ignore::DeprecationWarning -m derive build --out generated --compare

# What the oldest versions warn of each other is left out. The tests of every package, and not
# those of the whole way, which take as long again; or those of TESTS, by their paths.
oldest: build-oldest ## build and test with the oldest versions that pyproject.toml admits
	$(subst $(BIN),$(OLDEST)/bin,$(PYTEST)) -W ignore::DeprecationWarning $(or $(TESTS),$(wildcard tests/*/))

check: $(VENV)/installed.stamp ## fail where generated/ is not what the sources make
	$(BIN)/derive build --out generated --compare

lint: $(VENV)/lint.stamp ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --isolated --target-version py311 --select F,I,B generated
	$(BIN)/mypy

pdf: all ## typeset every derivation into build/ (needs LaTeX)
	@command -v pdflatex >/dev/null || { \
	  echo 'make pdf needs pdflatex. On Debian or Ubuntu:'; \
	  echo '  apt-get install texlive-latex-recommended texlive-pictures lmodern'; exit 1; }
	@mkdir -p build
	@for model in $(MODELS); do \
	  for run in 1 2; do \
	    pdflatex -interaction=batchmode -halt-on-error -output-directory=build -jobname=$$model \
	      "\def\derivation{generated/$$model/derivation}\input{templates/latex/article.tex}" \
	      >/dev/null || { echo "build/$$model.log says why LaTeX stopped"; exit 1; }; \
	  done; \
	  echo "build/$$model.pdf"; \
	done

# A warning is an error. MATHJAX, a file of MathJax, is copied into the site, which then needs no network.
docs: all $(VENV)/docs.stamp ## make the site of README, docs/ and the gallery in build/site
	$(if $(MATHJAX),MATHJAX=$(MATHJAX)) $(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet \
	  --conf-dir docs/site . build/site
	@echo build/site/index.html

# After `make test-engines` PyTorch, JAX and Numba are measured, too; QUICK=1 tries whether all runs.
bench: $(VENV)/test.stamp ## measure training beside the peers that are installed, and deriving; write bench/RESULTS.md
	$(BIN)/python -m bench $(if $(QUICK),--quick --out /tmp)

RESOLVED := uv pip compile pyproject.toml --universal --python-version 3.11 \
	    --no-emit-index-url --no-annotate --no-header --upgrade --quiet

lock: ## resolve the newest and the oldest versions into requirements.lock and .oldest (needs uv)
	{ echo '# Exact versions of everything `make` installs. Renew with `make lock`.'; \
	  $(RESOLVED) --all-extras; } > requirements.lock.new
	{ echo '# The oldest versions that pyproject.toml admits, for `make oldest`. Renew with `make lock`.'; \
	  $(RESOLVED) --extra test --extra build --resolution lowest-direct; } > requirements.oldest.new
	mv requirements.lock.new requirements.lock
	mv requirements.oldest.new requirements.oldest

clean: ## remove what was generated and typeset; .venv stays
	rm -rf build generated/* $(VENV)/generated.stamp

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22
