"""What the work needs on disk."""

from collections.abc import Iterable, Mapping

import pandas as pd

from naseval.budget.images import Parts
from naseval.budget.jobs import Job, Key
from naseval.budget.work import Size
from naseval.data.archives import archives
from naseval.settings.dataset import Dataset

MEGABYTE = 1e6


def dataset_table(datasets: Mapping[str, Dataset], images: Mapping[str, Parts]) -> pd.DataFrame:
    """Return the megabytes of each dataset's archives and of its images as they are stored.

    Large images are stored as they were encoded. What nobody states is NaN.
    """
    rows = []
    for name, parts in images.items():
        dataset = datasets[name]
        archive = _archive_bytes(dataset.source)
        stored = sum(parts.values()) * dataset.image_size**2 * 3
        rows.append(
            {
                "dataset": name,
                "images": sum(parts.values()),
                "archives_megabytes": archive / MEGABYTE,
                "images_megabytes": (stored if dataset.images == "small" else archive) / MEGABYTE,
            }
        )
    return pd.DataFrame(rows)


def largest_checkpoint(jobs: Iterable[Job], sizes: Mapping[Key, Size]) -> float:
    """Return the megabytes of the largest checkpoint; it is there twice while one is written."""
    return max((sizes[job.key].checkpoint for job in jobs), default=0) / MEGABYTE


def _archive_bytes(source: str) -> float:
    if source not in archives():
        return 0.0  # it comes with a library
    sizes = [file.bytes for file in archives()[source].files.values()]
    return float("nan") if None in sizes else float(sum(size or 0 for size in sizes))
