"""The checked configuration, wildcards, and what several rule files need."""

from functools import cache
from math import ceil
from pathlib import Path

from snakemake.exceptions import WorkflowError

from naseval.config import load_config
from naseval.errors import NasevalError
from naseval.files import check_folder, share_with
from naseval.locking.orphans import refuse_orphans
from naseval.provenance import code_digest
from naseval.studies import labelled, members, space_of, unique_runs
from naseval.studies._runs import Run, genotype_file

try:
    CONFIG = load_config(config)
    check_folder(CONFIG.results)
except NasevalError as error:
    raise WorkflowError(str(error))

share_with(CONFIG.resources.share)


def no_orphans():
    """Stop where SLURM still has jobs of a Snakemake that was killed in this folder."""
    try:
        refuse_orphans(Path.cwd())
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


@cache
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


@cache
def training_settings(dataset):
    """Return the settings of a dataset that training depends on."""
    return CONFIG.datasets[dataset].training.model_dump()


def run_of(wildcards):
    """Return the run that the wildcards of a path name."""
    return Run(
        wildcards.dataset, wildcards.protocol, wildcards.genotype, int(wildcards.seed)
    )


def run_settings(run):
    """Return what a run is made from, and where it saves."""
    return {
        "genotype": run.genotype,
        "seed": run.seed,
        "protocol": CONFIG.protocol(run.protocol, run.dataset).model_dump(),
        "dataset": training_settings(run.dataset),
        "checkpoint": result(run.checkpoint),
    }


def run_minutes(run):
    """Return a run's time limit: its share, by epochs, of what the longest may take."""
    epochs = CONFIG.protocol(run.protocol, run.dataset).epochs
    return max(
        10, ceil(CONFIG.resources.run_minutes * epochs / most_epochs(run.dataset))
    )


@cache
def most_epochs(dataset):
    """Return the epochs of a dataset's longest protocol."""
    return max(CONFIG.protocol(name, dataset).epochs for name in CONFIG.protocols)


def memory(_wildcards, attempt):
    """Return a training's memory in MB; what ended may have had too little, so then twice that."""
    return CONFIG.resources.memory_mb * min(attempt, 2)


def run_code(run):
    """Return the code of a run: of augmentation and of its genotype's network."""
    space = space_of(CONFIG, run.genotype, run.dataset)
    if space:
        return code("run.py", *network_modules(space), "naseval.networks.fixed")
    return code("run.py", f"naseval.networks.fixed.{run.genotype}", "naseval.spaces")


def space_module(space):
    """Return the module that holds a space, for `code`."""
    return f"naseval.spaces.{space}.space"


def network_modules(space):
    """Return the modules of a space and of its networks, for `code`."""
    return [space_module(space), f"naseval.spaces.{space}.network"]


def method_modules(method):
    """Return the modules of a method and of its settings, for `code`."""
    return [f"naseval.methods.{method}.search", f"naseval.methods.{method}.settings"]


def configured_modules():
    """Return the modules that loading the configuration imports by computed names."""
    algorithms = sorted({CONFIG.algorithm(method) for method in CONFIG.methods})
    return [f"naseval.methods.{name}.settings" for name in algorithms] + [
        f"naseval.studies.{study}" for study in CONFIG.studies
    ]


def genotype_input(run):
    """Return a run's genotype file; a fixed network has none."""
    file = genotype_file(run.genotype)
    return result(file) if file else []


def genotype_files(study):
    """Return the genotypes of a study's runs, and the histories of the searches that found them."""
    genotypes = {
        genotype_file(run.genotype) for run in unique_runs(members(CONFIG, study))
    } - {None}
    histories = {
        str(Path(file).with_name("history.parquet"))
        for file in genotypes
        if file.startswith("searches/")
    }
    return [result(file) for file in sorted(genotypes | histories)]


def rows_of_space(space):
    """Return the runs that a space's page shows."""
    if "spaces" not in CONFIG.studies:
        raise WorkflowError(
            "the study spaces is not configured: say under studies.spaces what it has"
        )
    rows = [row for row in labelled(CONFIG, "spaces") if row["space"] == space]
    if not rows:
        raise WorkflowError(
            f"the space {space} has no protocol: say one under studies.spaces.protocol_of"
        )
    return rows
