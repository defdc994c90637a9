# Everything a person types. Needs Python 3.11 or newer and git; the rest is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo published test test-slow slurm-test bench gpu-check lint format docs lock clean

demo: $(VENV)/train  ## the whole workflow on real images, in minutes on two CPU cores
	$(SNAKEMAKE) --configfile config/demo.yaml
	@$(BIN)/python -m naseval results results

published: $(VENV)/analysis  ## figures, tables and verdicts from the authors' statistics; no torch
	$(SNAKEMAKE) published
	@$(BIN)/python -m naseval results results

test: $(VENV)/dev  ## the tests, save the slow ones and those that need a cluster
	$(BIN)/python -m pytest -n auto -m "not slow and not slurm"

test-slow: $(VENV)/dev  ## the slow tests
	$(BIN)/python -m pytest -n auto -m slow

slurm-test: $(VENV)/dev  ## runs stopped in every way on a real SLURM of one node; needs root and Debian's packages
	$(BIN)/python -m pytest -m slurm tests/slurm -v

bench: $(VENV)/train  ## the tables of docs/performance.md, in about half an hour on one CPU core
	TORCH_CPP_LOG_LEVEL=ERROR $(BIN)/python -m benchmarks.bench

gpu-check: $(VENV)/train  ## what only a GPU shows, in minutes; prints Markdown, fails where something is wrong
	$(BIN)/python -m benchmarks.gpu_check

lint: $(VENV)/dev  ## ruff, mypy, snakefmt, snakemake --lint
	$(BIN)/ruff check benchmarks src tests workflow
	$(BIN)/ruff format --check benchmarks src tests workflow
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/dev  ## put code into the house's form
	$(BIN)/ruff check --fix benchmarks src tests workflow
	$(BIN)/ruff format benchmarks src tests workflow
	$(BIN)/snakefmt Snakefile workflow

docs: $(VENV)/dev  ## config/README.md and the JSON schema, from the typed configuration
	$(BIN)/python -m naseval.config_reference

lock: $(VENV)/dev  ## newest versions of everything into requirements-*.lock
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-header --no-annotate --extra train --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --extra train -c requirements-dev.lock pyproject.toml -o requirements-train.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate -c requirements-dev.lock pyproject.toml -o requirements-analysis.lock

clean:  ## remove what was installed; results stay
	rm -rf $(VENV) build src/*.egg-info

# .venv/train is touched once requirements-train.lock and the package are installed, and so on.
$(VENV)/%: requirements-%.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --no-deps -r $<
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; run make PYTHON=/path/to/a/newer/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
