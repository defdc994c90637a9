"""The network -> archives/{source}/, verified; nothing else in the workflow needs the network."""

import re

from naseval.data.archives import archive_files, check_lists
from naseval.published.archive import raw_files

LOCK = "config/archives.lock.yaml"
"""Digests of archives that nobody states, relative to where Snakemake runs."""


def archives_of(dataset):
    """Return the files that a dataset's source reads."""
    source = CONFIG.datasets[dataset].source
    return [result(f"archives/{source}/{name}") for name in archive_files(source)]


def published_lists():
    """Return the authors' lists of images, below archives/lists/ as in their repository."""
    return [
        result(f"archives/lists/{path}")
        for path in raw_files()
        if path.startswith("data/")
    ]


PUBLISHED_SPLITS = [
    name
    for name, dataset in CONFIG.datasets.items()
    if dataset.split.test == "published"
]

try:
    check_lists({name: CONFIG.datasets[name].source for name in PUBLISHED_SPLITS})
except NasevalError as error:
    raise WorkflowError(str(error))


localrules:
    download,
    archive,
    lists,


rule download:
    """Fetch the archives of every dataset, and nothing else."""
    input:
        [archives_of(dataset) for dataset in CONFIG.datasets],
        published_lists() if PUBLISHED_SPLITS else [],


rule archive:
    """Fetch and verify one file of a dataset's archive."""
    output:
        file=result("archives/{archive}/{file}"),
    log:
        result("logs/archives/{archive}/{file}.log"),
    wildcard_constraints:
        archive=any_of(dataset.source for dataset in CONFIG.datasets.values()),
        file=any_of(
            re.escape(name)
            for dataset in CONFIG.datasets.values()
            for name in archive_files(dataset.source)
        ),
    conda:
        "../../envs/train.yaml"
    params:
        lock=LOCK,
    script:
        "../scripts/download.py"


rule lists:
    """Fetch the lists of images that the paper's authors published."""
    output:
        published_lists(),
    log:
        result("logs/archives/lists.log"),
    conda:
        "../../envs/train.yaml"
    params:
        folder=result("archives/lists"),
    script:
        "../scripts/download.py"
