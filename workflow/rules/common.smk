"""The checked configuration, wildcards, and what several rule files need."""

from pathlib import Path

from snakemake.exceptions import WorkflowError

from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.files import check_folder
from naseval.provenance import code_digest
from naseval.studies.plan import space_of
from naseval.studies.runs import genotype_file

try:
    CONFIG = load_config(config)
    check_folder(CONFIG.results)
except NasevalError as error:
    raise WorkflowError(str(error))


def any_of(names):
    """Regular expression of exactly these names; of nothing where there are none."""
    return "|".join(sorted(names)) or "(?!)"


wildcard_constraints:
    dataset=any_of(CONFIG.datasets),
    method=any_of(CONFIG.methods),
    protocol=any_of(CONFIG.protocols),
    space=any_of(CONFIG.spaces),
    study=any_of(CONFIG.studies),
    source="published|reproduced",
    index=r"\d\d\d+",
    seed=r"\d+",
    genotype=r"[^/]+/random-\d\d\d+|[^/]+/[^/]+/seed-\d+|[^/]+",


def result(path):
    """Put a path below the results folder."""
    return f"{CONFIG.results}/{path}"


def code(script, *modules):
    """Name a rule's code, with its digest, for `params`."""
    path = Path(workflow.basedir, "workflow/scripts", script)
    digest = code_digest(*modules, scripts=[path])
    return {"script": script, "modules": list(modules), "digest": digest}


def training_data(dataset):
    """Return what searches and augmentations read of a dataset."""
    store = (
        "images.npy" if CONFIG.datasets[dataset].images == "small" else "images.parquet"
    )
    return {
        "images": result(f"data/{dataset}/{store}"),
        "splits": result(f"data/{dataset}/splits.parquet"),
        "channels": result(f"data/{dataset}/channels.json"),
    }


def training_settings(dataset):
    """Return the settings of a dataset that training depends on."""
    return CONFIG.datasets[dataset].training.model_dump()


def network_modules(wildcards):
    """Return the modules that define a genotype's network."""
    space = space_of(CONFIG, wildcards.genotype, wildcards.dataset)
    if space is None:
        return [f"naseval.networks.fixed.{wildcards.genotype}"]
    return [f"naseval.networks.{space}", f"naseval.spaces.{space}"]


def genotype_input(wildcards):
    """Return a genotype's file; a fixed network has none."""
    file = genotype_file(wildcards.genotype)
    return result(file) if file else []
