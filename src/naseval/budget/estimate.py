"""What the work still to do will cost: time by study and method, days on several GPUs, disk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from naseval.budget.calibration import Calibration
from naseval.budget.images import Parts
from naseval.budget.jobs import Job, Key, once
from naseval.budget.measured import Taken, mean_seconds
from naseval.budget.work import Size
from naseval.data.facts import get_facts
from naseval.settings.dataset import Dataset

GPUS = (1, 2, 4, 8, 16, 32, 64)
HOUR, DAY = 3600, 86_400
MEGABYTE = 1e6

RUN_BYTES, ROW_BYTES = 6_300, 80
"""A run's Parquet: what surrounds its rows, and ten numbers of 8 bytes a row."""
HISTORY_BYTES, GENOTYPE_BYTES = 9_000, 80
"""A search's, whose rows hold a compressed genotype as well."""


@dataclass(frozen=True)
class Prices:
    """What a job costs: as its like took where one is finished, else as the calibration says."""

    sizes: Mapping[Key, Size]
    calibration: Calibration
    taken: Mapping[Key, float]
    """Mean seconds of finished jobs on such a device."""

    @classmethod
    def of(
        cls, sizes: Mapping[Key, Size], calibration: Calibration, done: Iterable[Taken]
    ) -> "Prices":
        """Return the prices on one device, refined by what is done."""
        return cls(sizes, calibration, mean_seconds(done, calibration.kind))

    def predicted(self, job: Job) -> float:
        """Return the seconds that the calibration says."""
        return self.calibration.seconds(self.sizes[job.key].work)

    def seconds(self, job: Job) -> float:
        """Return the seconds that a job will take."""
        return self.taken[job.key] if job.key in self.taken else self.predicted(job)

    def bytes(self, job: Job) -> int:
        """Return the bytes that a job leaves behind."""
        rows = self.sizes[job.key].rows
        if job.kind == "search":
            return HISTORY_BYTES + rows * (ROW_BYTES + GENOTYPE_BYTES)
        return RUN_BYTES + rows * ROW_BYTES


def budget(needed: Sequence[Job], done: Iterable[Job], prices: Prices) -> pd.DataFrame:
    """Return what is still to do, one row per study and method and one for all of it.

    A job that several need counts where it is first needed; `shared` is how many of a row's
    jobs count further up. `method` is empty where a study has none.
    """
    finished, first = set(done), {job: _place(job) for job in once(needed)}
    rows = []
    for place in dict.fromkeys(map(_place, needed)):
        wanted = once(job for job in needed if _place(job) == place)
        own = [job for job in wanted if first[job] == place]
        rows.append(
            {
                **_spent([job for job in own if job not in finished], prices),
                "study": place[0],
                "method": place[1],
                "done": sum(job in finished for job in own),
                "shared": len(wanted) - len(own),
            }
        )
    everything = _spent([job for job in first if job not in finished], prices)
    rows.append(
        {
            **everything,
            "study": "all",
            "method": "",
            "done": len(finished & set(first)),
            "shared": 0,
        }
    )
    columns = ["study", "method", "searches", "runs", "done", "shared", "gpu_hours", "megabytes"]
    return pd.DataFrame(rows, columns=columns)


def wall_times(todo: Sequence[Job], prices: Prices) -> pd.DataFrame:
    """Return how long the work lasts on so many GPUs: at least and at most, in hours and in days.

    At least: all work divided evenly, and no less than the longest search with a run of its
    genotype. At most: the bound for any schedule that lets no GPU wait while a job is ready
    (Graham 1969), which is how Snakemake's works. Neither knows of queues.
    """
    seconds = {job.stem: prices.seconds(job) for job in todo}
    total = sum(seconds.values())
    longest = max(
        (seconds[job.stem] + seconds.get(job.needs or "", 0.0) for job in todo), default=0.0
    )
    gpus = pd.Series(GPUS)
    at_least = (total / gpus).clip(lower=longest)
    at_most = total / gpus + (1 - 1 / gpus) * longest
    return pd.DataFrame(
        {
            "gpus": gpus,
            "at_least_hours": at_least / HOUR,
            "at_most_hours": at_most / HOUR,
            "at_least_days": at_least / DAY,
            "at_most_days": at_most / DAY,
        }
    )


def compared(done: Sequence[Taken], prices: Prices) -> pd.DataFrame:
    """Return predicted beside measured seconds of what is done on such a device.

    Columns `study`, `method`, `kind`, `n`, `predicted`, `measured` (sums, in seconds) and
    `ratio`, measured / predicted.
    """
    on_such = [taken for taken in done if taken.kind == prices.calibration.kind]
    frame = pd.DataFrame(
        [
            {
                "study": taken.job.study,
                "method": taken.job.method or "",
                "kind": taken.job.kind,
                "predicted": prices.predicted(taken.job),
                "measured": taken.seconds,
            }
            for taken in on_such
        ],
        columns=["study", "method", "kind", "predicted", "measured"],
    )
    grouped = frame.groupby(["study", "method", "kind"], sort=False)
    table = grouped.sum().assign(n=grouped.size()).reset_index()
    table["ratio"] = table["measured"] / table["predicted"]
    return table[["study", "method", "kind", "n", "predicted", "measured", "ratio"]]


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


def _spent(jobs: Sequence[Job], prices: Prices) -> dict[str, float]:
    return {
        "searches": sum(job.kind == "search" for job in jobs),
        "runs": sum(job.kind == "run" for job in jobs),
        "gpu_hours": sum(map(prices.seconds, jobs)) / HOUR,
        "megabytes": sum(map(prices.bytes, jobs)) / MEGABYTE,
    }


def _place(job: Job) -> tuple[str, str]:
    return job.study, job.method or ""


def _archive_bytes(source: str) -> float:
    sizes = [file.bytes for file in get_facts(source).files.values()]
    return float("nan") if None in sizes else float(sum(size or 0 for size in sizes))
