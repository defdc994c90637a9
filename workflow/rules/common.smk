"""The validated configuration, and functions that several rule files use."""

import gc
import os
import sys
from contextlib import contextmanager
from functools import cache
from math import ceil
from pathlib import Path

from snakemake.logging import logger
from snakemake.resources import Resource

from naseval.budget.jobs import units
from naseval.cards import inputs
from naseval.checks import check
from naseval.checks.configfiles import (
    check_configfiles,
    check_dropped,
    overlays,
    record_overlays,
)
from naseval.config import load_config
from naseval.data.facts import archive_files, reading_facts
from naseval.data.own_images import check_own, state_of
from naseval.errors import NasevalError
from naseval.files import share_with
from naseval.locking.orphans import note_driver, refuse_orphans
from naseval.methods import describe_method, get_settings
from naseval.provenance import code_digest
from naseval.published.raw_files import raw_files
from naseval.recorded.plan import plan
from naseval.script import let_jobs_import
from naseval.studies import (
    Run,
    asked,
    genotype_file,
    labelled,
    members,
    run_settings,
    search_settings,
    searches,
    space_of,
    supernet,
    unique_runs,
)
from naseval.studies._stopping import (
    DECISIONS,
    is_decided,
    look_file,
    planned_sentence,
    rows_at,
    so_far,
    stepwise,
)

# Planning makes millions of objects that live until its end. To look for rubbish among them every
# 700 objects, as Python does, takes a tenth of its time.
gc.set_threshold(100_000)

let_jobs_import(PROJECT / "src")

# The configuration


@contextmanager
def one_sentence():
    """Exit with the message of a `NasevalError` instead of a traceback."""
    try:
        yield
    except NasevalError as error:
        sys.exit(str(error))


with one_sentence():
    check_configfiles(workflow.configfiles, sys.argv)
    CONFIG = load_config(config)
    check(CONFIG)
    RECORDED = plan(CONFIG.recorded)

# Jobs get what was checked, not what was written: "1" in YAML is 1 from here on.
config.clear()
config.update(CONFIG.model_dump(mode="json"))

OVERLAYS = overlays(workflow.configfiles, f"{PROJECT}/config/config.yaml")

share_with(CONFIG.resources.share)


@one_sentence()
def refuse_killed_runs():
    """Exit if jobs of a killed Snakemake process of this folder still run, here or in SLURM."""
    refuse_orphans(Path.cwd())
    note_driver(Path.cwd())


@one_sentence()
def refuse_dropped(_wildcards=None):
    """Exit unless the overlays are given by which the results were computed; an input function."""
    if workflow.is_main_process:
        check_dropped(CONFIG.results, OVERLAYS)
    return []


@cache
def refuse_dropped_once():
    """Exit likewise; once, since thousands of jobs may ask. What asks belongs to these results."""
    refuse_dropped()


def need_overlays(_wildcards):
    """Return no input for a rule at the beginning of the plan, if its overlays are given.

    All searches, runs and tables of them begin with such a rule. What is made of the authors'
    files, of recorded trainings or of archives does not.
    """
    refuse_dropped_once()
    return []


@one_sentence()
def note_overlays():
    """Note the overlays by which the results are computed, if any are planned."""
    if refuse_dropped_once.cache_info().currsize:
        record_overlays(CONFIG.results, OVERLAYS)


def look_for_jobs_when_one_ends():
    """Keep Snakemake from looking for ready jobs every second besides, unless a rate is asked for.

    Its default of at most 100 jobs a second plans a look a second after each look. So while jobs
    wait for a core, each job that ends adds a look a second; after 49 of the demo Snakemake took 14 %
    of a core (https://github.com/snakemake/snakemake/issues/2967).
    """
    rate = workflow.scheduling_settings.max_jobs_per_timespan
    if rate and (rate.max_jobs, rate.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


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
    source="published|reproduced|recorded",
    index=r"\d\d\d+",
    seed=r"\d+",
    genotype=r"[^/]+/random-\d\d\d+|[^/]+/printed-[^/]+|[^/]+/[^/]+/seed-\d+|[^/]+",


BELOW = "" if CONFIG.results == "." else f"{CONFIG.results}/"


def result(path):
    """Return the path of a file in the results folder."""
    return f"{BELOW}{path}"


# Digests of code, a param of every rule that computes


@cache
def code(script, *modules):
    """Return a rule's script, the modules that it imports by computed names, and the digest."""
    path = PROJECT / "workflow/scripts" / script
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


def neighbourhood_modules(method, space):
    """Return the module of a space's neighbourhood if a method draws candidates from any space."""
    draws = "space" in get_settings(method).from_method
    return [f"naseval.spaces.{space}.neighbourhood"] if draws else []


def algorithm_module(method):
    """Return the module of a method that only chooses candidates."""
    return f"naseval.methods.{method}.algorithm"


def table_module(table):
    """Return the module of a table of recorded trainings."""
    return f"naseval.recorded.tables.{table}"


def source_module(dataset):
    """Return the module of a dataset's source."""
    return f"naseval.data.sources.{CONFIG.datasets[dataset].source.replace('-', '_')}"


def configured_modules():
    """Return the modules that loading the configuration imports.

    A package stands for none of its modules: nothing of it is configured.
    """
    algorithms = sorted({CONFIG.algorithm(method) for method in CONFIG.implemented})
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

FETCHED = {dataset.source for dataset in CONFIG.datasets.values() if not dataset.path}
"""The sources whose archives are fetched: not the user's own images."""

STUDIED = {
    member.run.dataset for study in CONFIG.studies for member in members(CONFIG, study)
}
STUDIED = [dataset for dataset in CONFIG.datasets if dataset in STUDIED]
"""The datasets that the studies use, in the order of the configuration."""


def list_archives(dataset):
    """Return the archive files of a dataset's source."""
    source = CONFIG.datasets[dataset].source
    if source not in FETCHED:
        return []
    return [result(f"archives/{source}/{name}") for name in archive_files(source)]


@one_sentence()
def find_archives(dataset):
    """Return the archive files from which the images of a dataset are read.

    Exit if they are still to be fetched, and images of another dataset were read from them: all
    jobs that need a file run after one that makes it, so what is trained on these would be again.
    """
    files, source = list_archives(dataset), CONFIG.datasets[dataset].source
    if is_stored(dataset) or all(Path(file).exists() for file in files):
        return files
    for name, other in CONFIG.datasets.items():
        if other.source == source and is_stored(name):
            raise NasevalError(
                f"the archives of {source} are missing, and if this run fetched them for {dataset}, "
                f"{name} would be read and trained on again; run snakemake download first"
            )
    return files


def is_stored(dataset):
    """Return whether the images of a dataset are stored."""
    return Path(find_images(dataset)["images"]).exists()


@cache
@one_sentence()
def describe_content(dataset):
    """Return what the images of a dataset depend on: the facts, or the user's files."""
    settings = CONFIG.datasets[dataset]
    if settings.path:
        check_own(dataset, settings)
        return state_of(
            Path(settings.path), Path(result(f"data/{dataset}/labels.parquet"))
        )
    return reading_facts(settings.source)


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


# Resources of jobs

SITE = {
    "slurm_account": os.environ.get("SBATCH_ACCOUNT"),
    "slurm_partition": os.environ.get("SBATCH_PARTITION"),
    "slurm_extra": CONFIG.resources.slurm_extra,
}
"""What a site asks of all jobs."""

SIGNAL = "--signal=TERM@180"
"""So many seconds before its time limit a training saves and ends."""


@one_sentence()
def complete(defaults):
    """Add what a site asks of all jobs to the default resources, where they do not say it.

    `--default-resources` takes the place of all that the profile says there.
    """
    if "slurm_extra" in defaults and workflow.is_main_process:
        raise NasevalError(
            "slurm_extra among the default resources does not reach trainings, which have one of "
            "their own: remove it, and set the config key resources.slurm_extra"
        )
    for name, value in SITE.items():
        if value and name not in defaults:
            defaults[name] = Resource.from_cli_expression(name, repr(value))


if workflow.resource_settings.default_resources is not None:
    complete(workflow.resource_settings.default_resources)


def request_training(minutes, trainings=1):
    """Return the resources of so many searches or augmentations at once on one device.

    Those of `resources.training` are added, or take the place of others.
    """
    memory = CONFIG.resources.memory_mb * trainings

    def request_memory(_wildcards, attempt):
        """Return the memory in MB; a repeated attempt gets twice as much."""
        return memory * min(attempt, 2)

    return {
        "gpu": 1,
        "mem_mb": request_memory,
        "runtime": minutes,
        "slurm_extra": f"{SIGNAL} {CONFIG.resources.slurm_extra}".strip(),
        **CONFIG.resources.training,
    }


def count_cores(dataset, *protocols):
    """Return the CPUs of a training by any of these resolved protocols, workers included."""
    decodes = CONFIG.datasets[dataset].images == "large"
    if decodes or any(protocol.autoaugment for protocol in protocols):
        return CONFIG.resources.threads + CONFIG.resources.workers
    return CONFIG.resources.threads


def count_run_cores(runs):
    """Return the CPUs that any of some augmentations on one dataset needs."""
    protocols = {
        run.protocol: CONFIG.protocol(run.protocol, run.dataset) for run in runs
    }
    return count_cores(runs[0].dataset, *protocols.values())


def count_search_cores(dataset, method):
    """Return the CPUs of a search; some train candidates by a protocol."""
    protocol = getattr(CONFIG.search_settings(method, dataset), "protocol", None)
    return count_cores(dataset, *filter(None, [protocol]))


def at_once(trainings):
    """Return how many of a job's trainings run at once."""
    return min(CONFIG.resources.runs_at_once, len(trainings))


# Searches


def searches_per_job():
    """Return how many searches of a method a job does: as many as it does at once, or more."""
    asked = CONFIG.resources
    return max(asked.searches_per_job, min(asked.runs_at_once, asked.runs_per_job))


def describe_search(dataset, method, seed):
    """Return the settings of a search and the path of its checkpoint."""
    return {
        **settings_of(dataset, method, int(seed)),
        "checkpoint": result(f"checkpoints/searches/{dataset}/{method}/seed-{seed}.pt"),
    }


def digest_search_code(dataset, method, script="search.py"):
    """Return the code of a search: that of its method and of its space's networks."""
    space = CONFIG.method(method, dataset).space
    return code(
        script,
        *method_modules(CONFIG.algorithm(method)),
        *network_modules(space),
        *neighbourhood_modules(CONFIG.algorithm(method), space),
    )


@one_sentence()
def describe_scored_search(wildcards):
    """Return the settings of a scored search and the path of its checkpoint."""
    names = wildcards.dataset, wildcards.method, int(wildcards.seed)
    return {
        **supernet.scored_settings(CONFIG, *names),
        "checkpoint": result(f"checkpoints/{supernet.scored_folder(*names)}.pt"),
    }


@one_sentence()
def find_scored(space):
    """Return the files of the random architectures of a space that are scored."""
    return [
        result(genotype_file(name)) for name in supernet.architectures(CONFIG, space)
    ]


def list_scored_searches():
    """Return file, settings and names of the scores by the supernets of the study `supernet`."""
    found = []
    for dataset, method, seed in supernet.scored_searches(CONFIG):
        folder = supernet.scored_folder(dataset, method, seed)
        entry = CONFIG.method(method, dataset)
        names = {"dataset": dataset, "space": entry.space, "protocol": entry.protocol}
        found.append(
            {
                "path": result(f"{folder}/scores.parquet"),
                "settings": supernet.scored_settings(CONFIG, dataset, method, seed),
                "names": {**names, "method": method, "seed": seed},
            }
        )
    return found


def list_untrained():
    """Return file, settings and names of the scores without training of the same study."""
    return [
        {
            "path": result(supernet.untrained_file(dataset, space, protocol)),
            "settings": supernet.untrained_settings(CONFIG, dataset, space, protocol),
            "names": {"dataset": dataset, "space": space, "protocol": protocol},
        }
        for dataset, space, protocol in supernet.pools(CONFIG)
    ]


def settings_of(dataset, method, seed):
    """Return the settings of a search, or the genotype of one that was done elsewhere."""
    return search_settings(
        asked(CONFIG, [], [(dataset, method)]), dataset, method, seed
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
        **run_settings(asked(CONFIG, [run]), run),
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


STEPWISE = stepwise(CONFIG)
"""The looks of the benchmark's cells that are judged in steps, by dataset and method."""


def decisions_of(study="benchmark"):
    """Return the verdicts that decide which runs a study has; of most studies, none."""
    return [result(DECISIONS)] if STEPWISE and study == "benchmark" else []


@one_sentence()
def as_decided(study="benchmark"):
    """Return the configuration, with the runs of the benchmark that its verdicts left it with.

    A rule whose input depends on it also has `decisions_of` the study among its input.
    """
    if not decisions_of(study):
        return CONFIG
    checkpoints.decisions.get()
    return so_far(CONFIG)


@cache
def say_what_is_planned():
    """Log once how many searches and runs the benchmark takes at least and at most."""
    if workflow.is_main_process:
        logger.info(planned_sentence(CONFIG))


def rows_of_look(wildcards):
    """Return the runs of a cell at a look, as rows of `labelled`."""
    return rows_at(CONFIG, (wildcards.dataset, wildcards.method), int(wildcards.look))


def runs_of_look(wildcards):
    """Return the runs of a cell at a look."""
    return [
        Run(row["dataset"], row["protocol"], row["genotype"], row["seed"])
        for row in rows_of_look(wildcards)
    ]


def files_of_look(wildcards):
    """Return the files of the runs of a cell at a look, and of the look before it."""
    before = int(wildcards.look) - 1
    earlier = [look_file(wildcards.dataset, wildcards.method, before)] if before else []
    return [
        result(path)
        for path in [*(row["path"] for row in rows_of_look(wildcards)), *earlier]
    ]


def find_last_look(dataset, method):
    """Return an input function for the look that decided a cell, or its last one."""

    @one_sentence()
    def last_look(_wildcards):
        say_what_is_planned()
        for look in range(1, len(STEPWISE[dataset, method]) + 1):
            made = checkpoints.look.get(dataset=dataset, method=method, look=str(look))
            if is_decided(made.output[0]):
                break
        return made.output[0]

    return last_look


@one_sentence()
def list_runs(study):
    """Return the runs of a study, unless overlays are missing by which results were computed."""
    refuse_dropped_once()
    return [result(member.run.path) for member in members(as_decided(study), study)]


def find_asked_studies(_wildcards):
    """Return the tables of the studies that this command asks for too, by reproduced_STUDY.

    What shows the existing results needs their overlays.
    """
    refuse_dropped_once()
    targets = {
        target.removeprefix("reproduced_") for target in workflow.dag_settings.targets
    }
    return [
        result(f"studies/reproduced/{study}.parquet")
        for study in inputs.STUDIES
        if study in CONFIG.studies and study in targets
    ]


def find_complexity_so_far(wildcards):
    """Return the sizes of the networks of all datasets that have a genotype, or will have one."""
    datasets = (
        inputs.datasets if find_asked_studies(wildcards) else inputs.datasets_so_far
    )
    return [
        result(f"complexity/so-far/{dataset}.parquet") for dataset in datasets(CONFIG)
    ]


def find_genotypes(study):
    """Return the genotypes of a study's runs and the histories of their searches."""
    genotypes = {
        genotype_file(run.genotype)
        for run in unique_runs(members(as_decided(study), study))
    } - {None}
    histories = {
        str(Path(file).with_name("history.parquet"))
        for file in genotypes
        if file.startswith("searches/") and Path(file).parts[2] in CONFIG.searching
    }
    return [result(file) for file in sorted(genotypes | histories)]


def asked_by(study):
    """Return the settings of a study's runs and of their searches, each once."""
    return asked(CONFIG, unique_runs(members(CONFIG, study)))


def benchmark_searches():
    """Return the dataset, method and seed of every search of the benchmark, here or elsewhere."""
    if "benchmark" not in CONFIG.studies:
        return []
    return [
        (
            member.run.dataset,
            member.method,
            int(member.run.genotype.rpartition("-")[2]),
        )
        for member in members(as_decided(), "benchmark")
        if member.origin == "searched"
    ]


def searches_here():
    """Return the dataset, method and seed of every search of the benchmark that is run here."""
    return searches(as_decided(), "benchmark")


def stated_costs():
    """Return dataset, method, seed, seconds and device of searches that were done elsewhere."""
    return [
        (dataset, method, seed, *cost.model_dump().values())
        for dataset, method, seed in benchmark_searches()
        if method not in CONFIG.searching
        and (cost := CONFIG.method(method, dataset).cost)
    ]


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


# Recorded trainings


def recorded_job(wildcards):
    """Return the searches of a table that the wildcards name."""
    return RECORDED.job(wildcards.benchmark, wildcards.recorded_method)


# Descriptions


def describe_searching(method):
    """Return a line that says what a method does."""
    if method in CONFIG.implemented:
        return describe_method(CONFIG.algorithm(method))
    if method in CONFIG.searching:
        return "Searches by a program of its own, in its own environment."
    return "Searched elsewhere: only the genotypes that it found are known."


def describe_rule(name, text):
    """Describe a rule, which may have another name where this workflow is a module of another."""
    workflow.get_rule(workflow.modifier.modify_rulename(name)).docstring = text
