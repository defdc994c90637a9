# Everything a person types. Needs Python 3.11 or newer and git; the rest is installed into .venv.

.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
# TORCH=cpu takes torch's build for CPUs, without CUDA's libraries: 1.7 GB in place of 6.5.
TORCH ?= cuda
TORCH_CPU := https://download.pytorch.org/whl/cpu
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install install-analysis demo published test test-workflow test-slow slurm-test bench statistics gpu-check lint format docs lock release-note clean

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / {printf "make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/train  ## all that searches and trainings need, into .venv; TORCH=cpu without CUDA
	@echo "Installed. Now: . $(BIN)/activate"

install-analysis: $(VENV)/analysis  ## only what plans, figures, tables and verdicts need, without torch
	@echo "Installed. Now: . $(BIN)/activate"

demo: $(VENV)/train  ## the whole workflow on real images, in minutes on two CPU cores
	@$(BIN)/python -m naseval unlock
	$(SNAKEMAKE) --configfile config/demo.yaml
	@$(BIN)/python -m naseval results results

published: $(VENV)/analysis  ## figures, tables and verdicts from the authors' statistics; no torch
	@$(BIN)/python -m naseval unlock
	$(SNAKEMAKE) published
	@$(BIN)/python -m naseval results results

test: $(VENV)/dev  ## the tests, save the slow ones and those that need a cluster
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not slow and not slurm"

test-workflow: $(VENV)/train  ## the whole workflow at its least, as the workflow catalogue runs it
	$(SNAKEMAKE) --snakefile workflow/Snakefile --directory .test --configfile .test/config/config.yaml

test-slow: $(VENV)/dev  ## the slow tests
	$(BIN)/python -m pytest -n auto --dist loadscope -m slow

slurm-test: $(VENV)/dev  ## runs stopped in every way on a real SLURM of two nodes; needs root and Debian's packages
	$(BIN)/python -m pytest -m slurm tests/slurm -v

bench: $(VENV)/train  ## the tables of docs/performance.md, in about half an hour on one CPU core
	TORCH_CPP_LOG_LEVEL=ERROR $(BIN)/python -m benchmarks.bench

statistics: $(VENV)/analysis  ## the tables of docs/statistics.md; NASEVAL_PUBLISHED, NASEVAL_RECORDED name folders
	$(BIN)/python -m benchmarks.statistics

gpu-check: $(VENV)/train  ## what only a GPU shows, in minutes; prints Markdown, fails where something is wrong
	$(BIN)/python -m benchmarks.gpu_check

lint: $(VENV)/dev  ## ruff, mypy, snakefmt, snakemake --lint
	$(BIN)/ruff check benchmarks docs/site examples src tests workflow
	$(BIN)/ruff format --check benchmarks docs/site examples src tests workflow
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/dev  ## put code into the project's format
	$(BIN)/ruff check --fix benchmarks docs/site examples src tests workflow
	$(BIN)/ruff format benchmarks docs/site examples src tests workflow
	$(BIN)/snakefmt Snakefile workflow

docs: $(VENV)/dev  ## config/README.md, the JSON schema, and the site in build/site; broken links end it
	$(BIN)/python -m naseval.config_reference
	$(BIN)/python -m sphinx -q -W --keep-going -c docs/site . build/site

lock: $(VENV)/dev  ## newest versions of everything into requirements-*.lock
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-header --no-annotate --extra train --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --extra train -c requirements-dev.lock pyproject.toml -o requirements-train.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate -c requirements-dev.lock pyproject.toml -o requirements-analysis.lock
	for name in train analysis; do \
	  { sed '/^  - pip:/q' envs/$$name.yaml; sed 's/^/      - /' requirements-$$name.lock; } > envs/new && \
	  mv envs/new envs/$$name.yaml; done

release-note:  ## the newest section of CHANGELOG.md, which is the text of a release
	@awk '/^## / {sections++} sections == 1' CHANGELOG.md

clean:  ## remove what was installed; results stay
	rm -rf $(VENV) build src/*.egg-info

# .venv/train is touched once requirements-train.lock and the package are installed, and so on.
$(VENV)/%: requirements-%.lock pyproject.toml | $(BIN)/python
ifeq ($(TORCH),cpu)
	@sed '/^\(cuda-\|nvidia-\|torch\|triton\)/d' $< > $@.libraries
	@sed -n '/^torch/p' $< > $@.torch
	$(BIN)/pip install --quiet --no-deps -r $@.libraries
	if [ -s $@.torch ]; then $(BIN)/pip install --quiet --no-deps --index-url $(TORCH_CPU) -r $@.torch; fi
else
	$(BIN)/pip install --quiet --no-deps -r $<
endif
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; run make PYTHON=/path/to/a/newer/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
