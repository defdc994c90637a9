"""The network -> archives/{source}/, verified; nothing else in the workflow needs the network."""

import re

from naseval.data.archives import archive_files, check_lists
from naseval.published.archive import raw_files

LOCK = "config/archives.lock.yaml"
"""Digests of archives that nobody states, relative to where Snakemake runs."""


STUDIED = {
    dataset for study in CONFIG.studies for dataset in CONFIG.study(study).datasets
}
STUDIED = [dataset for dataset in CONFIG.datasets if dataset in STUDIED]
"""The datasets that the studies use: an overlay's own ones, not all that are known."""


def archives_of(dataset):
    """Return the files that a dataset's source reads."""
    source = CONFIG.datasets[dataset].source
    return [result(f"archives/{source}/{name}") for name in archive_files(source)]


def published_lists():
    """Return the authors' lists of images; the rule published_files fetches them."""
    return [
        result(f"published/raw/{path}")
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


rule download:
    """Fetch the archives of every dataset that the studies use, and nothing else."""
    input:
        [archives_of(dataset) for dataset in STUDIED],
        published_lists() if set(PUBLISHED_SPLITS) & set(STUDIED) else [],


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
