"""The validated configuration, and functions that several rule files use."""

import sys
from contextlib import contextmanager
from functools import cache
from math import ceil
from pathlib import Path

from naseval.budget.jobs import units
from naseval.config import load_config
from naseval.data.facts import archive_files, check_lists, get_facts
from naseval.errors import NasevalError
from naseval.files import check_folder, share_with
from naseval.locking.orphans import refuse_orphans
from naseval.provenance import code_digest
from naseval.published.raw_files import raw_files
from naseval.studies import Run, genotype_file, labelled, members, space_of, unique_runs

# The configuration


@contextmanager
def one_sentence():
    """Exit with the message of a `NasevalError` instead of a traceback."""
    try:
        yield
    except NasevalError as error:
        sys.exit(str(error))


with one_sentence():
    CONFIG = load_config(config)
    check_folder(CONFIG.results)

share_with(CONFIG.resources.share)


@one_sentence()
def refuse_killed_runs():
    """Exit if SLURM still has jobs of a killed Snakemake process of this folder."""
    refuse_orphans(Path.cwd())


# Wildcards and paths


def match_any(names):
    """Return a regular expression that matches exactly these names, or nothing if empty."""
    return "|".join(sorted(names)) or "(?!)"


wildcard_constraints:
    dataset=match_any(CONFIG.datasets),
    method=match_any(CONFIG.methods),
    protocol=match_any(CONFIG.protocols),
    space=match_any(CONFIG.spaces),
    study=match_any(CONFIG.studies),
    source="published|reproduced",
    index=r"\d\d\d+",
    seed=r"\d+",
    genotype=r"[^/]+/random-\d\d\d+|[^/]+/[^/]+/seed-\d+|[^/]+",


def result(path):
    """Return the path of a file in the results folder."""
    return f"{CONFIG.results}/{path}"


# Digests of code, a param of every rule that computes


@cache
def code(script, *modules):
    """Return a rule's script, the modules that it imports by computed names, and the digest."""
    path = Path(workflow.basedir, "workflow/scripts", script)
    digest = code_digest(*modules, scripts=[path])
    return {"script": script, "modules": list(modules), "digest": digest}


def space_module(space):
    """Return the module of a space."""
    return f"naseval.spaces.{space}.space"


def network_modules(space):
    """Return the modules of a space and of its networks."""
    return [space_module(space), f"naseval.spaces.{space}.network"]


def method_modules(method):
    """Return the modules of a method and of its settings."""
    return [f"naseval.methods.{method}.search", f"naseval.methods.{method}.settings"]


def source_module(dataset):
    """Return the module of a dataset's source."""
    return f"naseval.data.sources.{CONFIG.datasets[dataset].source.replace('-', '_')}"


def configured_modules():
    """Return the modules that loading the configuration imports.

    A package stands for none of its modules: nothing of it is configured.
    """
    algorithms = sorted({CONFIG.algorithm(method) for method in CONFIG.methods})
    settings = [f"naseval.methods.{name}.settings" for name in algorithms]
    studies = [f"naseval.studies.{study}" for study in CONFIG.studies]
    return (settings or ["naseval.methods"]) + (studies or ["naseval.studies"])


# Archives and images

LOCK = "config/archives.lock.yaml"
"""The recorded digests of archives without an official one; relative to the working directory."""

PUBLISHED_SPLITS = [
    name
    for name, dataset in CONFIG.datasets.items()
    if dataset.split.test == "published"
]
"""The datasets that are split by the lists of the paper's authors."""

with one_sentence():
    for dataset in CONFIG.datasets.values():
        get_facts(dataset.source)
    check_lists({name: CONFIG.datasets[name].source for name in PUBLISHED_SPLITS})

STUDIED = {
    member.run.dataset for study in CONFIG.studies for member in members(CONFIG, study)
}
STUDIED = [dataset for dataset in CONFIG.datasets if dataset in STUDIED]
"""The datasets that the studies use, in the order of the configuration."""


def list_archives(dataset):
    """Return the archive files of a dataset's source."""
    source = CONFIG.datasets[dataset].source
    return [result(f"archives/{source}/{name}") for name in archive_files(source)]


def list_published_lists():
    """Return the authors' lists of images, which the rule `published_files` fetches."""
    return [
        result(f"published/raw/{path}")
        for path in raw_files()
        if path.startswith("data/")
    ]


def match_datasets(images):
    """Return a regular expression of the datasets with `small` or `large` images."""
    return match_any(
        name for name, dataset in CONFIG.datasets.items() if dataset.images == images
    )


def find_images(dataset):
    """Return the prepared files of a dataset that searches and augmentations read."""
    images = CONFIG.datasets[dataset].images
    store = "images.npy" if images == "small" else "images.parquet"
    return {
        "images": result(f"data/{dataset}/{store}"),
        "splits": result(f"data/{dataset}/splits.parquet"),
        "channels": result(f"data/{dataset}/channels.json"),
    }


@cache
def training_settings(dataset):
    """Return the settings of a dataset that training depends on."""
    return CONFIG.datasets[dataset].training.model_dump()


# Resources of searches and augmentations


def request_training(minutes, trainings=1):
    """Return the resources of so many searches or augmentations at once on one device.

    Add those of your cluster here.
    """
    memory = CONFIG.resources.memory_mb * trainings

    def request_memory(_wildcards, attempt):
        """Return the memory in MB; a repeated attempt gets twice as much."""
        return memory * min(attempt, 2)

    return {"gpu": 1, "mem_mb": request_memory, "runtime": minutes}


def count_cores(dataset, protocol=None):
    """Return the CPUs of a search, or of an augmentation by a protocol, workers included."""
    decodes = CONFIG.datasets[dataset].images == "large"
    if decodes or (protocol and CONFIG.protocol(protocol, dataset).autoaugment):
        return CONFIG.resources.threads + CONFIG.resources.workers
    return CONFIG.resources.threads


def at_once(trainings):
    """Return how many of a job's trainings run at once."""
    return min(CONFIG.resources.runs_at_once, len(trainings))


# Searches


def searches_per_job():
    """Return how many searches a job runs, all of them at once."""
    return min(CONFIG.resources.runs_at_once, CONFIG.resources.runs_per_job)


def describe_search(dataset, method, seed):
    """Return the settings of a search and the path of its checkpoint."""
    return {
        "algorithm": CONFIG.algorithm(method),
        "search": CONFIG.search_settings(method, dataset).model_dump(),
        "seed": int(seed),
        "dataset": training_settings(dataset),
        "checkpoint": result(f"checkpoints/searches/{dataset}/{method}/seed-{seed}.pt"),
    }


def digest_search_code(dataset, method):
    """Return the code of a search: that of its method and of its space's networks."""
    return code(
        "search.py",
        *method_modules(CONFIG.algorithm(method)),
        *network_modules(CONFIG.method(method, dataset).space),
    )


# Runs


def parse_run(wildcards):
    """Return the run of the wildcards of a path."""
    return Run(
        wildcards.dataset, wildcards.protocol, wildcards.genotype, int(wildcards.seed)
    )


def find_genotype(run):
    """Return the genotype file of a run, or an empty list for a fixed network."""
    file = genotype_file(run.genotype)
    return result(file) if file else []


def describe_run(run):
    """Return the settings of a run and the path of its checkpoint."""
    return {
        "genotype": run.genotype,
        "seed": run.seed,
        "protocol": CONFIG.protocol(run.protocol, run.dataset).model_dump(),
        "dataset": training_settings(run.dataset),
        "checkpoint": result(run.checkpoint),
    }


def digest_run_code(run):
    """Return the code of a run: that of augmentation and of its genotype's network."""
    space = space_of(CONFIG, run.genotype, run.dataset)
    if space:
        return code("run.py", *network_modules(space), "naseval.networks.fixed")
    return code("run.py", f"naseval.networks.fixed.{run.genotype}", "naseval.spaces")


def limit_minutes(run):
    """Return the time limit of a run in minutes, in proportion to its epochs."""
    epochs = CONFIG.protocol(run.protocol, run.dataset).epochs
    return max(
        10, ceil(CONFIG.resources.run_minutes * epochs / count_most_epochs(run.dataset))
    )


@cache
def count_most_epochs(dataset):
    """Return the number of epochs of a dataset's longest protocol."""
    return max(CONFIG.protocol(name, dataset).epochs for name in CONFIG.protocols)


def find_genotypes(study):
    """Return the genotypes of a study's runs and the histories of their searches."""
    genotypes = {
        genotype_file(run.genotype) for run in unique_runs(members(CONFIG, study))
    } - {None}
    histories = {
        str(Path(file).with_name("history.parquet"))
        for file in genotypes
        if file.startswith("searches/")
    }
    return [result(file) for file in sorted(genotypes | histories)]


@one_sentence()
def rows_of_space(space):
    """Return the runs of the page of a space, as rows of `labelled`."""
    if "spaces" not in CONFIG.studies:
        raise NasevalError(
            "the study spaces is not configured: say under studies.spaces what it has"
        )
    rows = [row for row in labelled(CONFIG, "spaces") if row["space"] == space]
    if not rows:
        raise NasevalError(
            f"the space {space} has no protocol: say one under studies.spaces.protocol_of"
        )
    return rows


@one_sentence()
def describe_work(wildcards):
    """Return the searches and runs of a dataset whose computations are to be counted."""
    return units(CONFIG, wildcards.dataset)
