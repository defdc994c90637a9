"""What the rules of archives and images share."""

from naseval.data.archives import archive_content, archive_files, check_lists
from naseval.published.raw_files import raw_files

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


def datasets_of(images):
    return any_of(
        name for name, dataset in CONFIG.datasets.items() if dataset.images == images
    )


def source_module(dataset):
    return f"naseval.data.sources.{CONFIG.datasets[dataset].source.replace('-', '_')}"
