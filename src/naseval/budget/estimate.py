"""Cost of the remaining work: time by study and method, days on several devices, disk space."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from naseval.budget.calibration import Calibration
from naseval.budget.images import Parts
from naseval.budget.jobs import Job, Key, once
from naseval.budget.measured import Taken, mean_seconds
from naseval.budget.work import Size, Work
from naseval.data.facts import get_facts
from naseval.data.own_images import bytes_of
from naseval.settings.dataset import Dataset

DEVICES = (1, 2, 4, 8, 16, 32, 64)
HOUR, DAY = 3600, 86_400
MEGABYTE = 1e6

RUN_BYTES, ROW_BYTES = 6_300, 80
"""Bytes of a run's Parquet file: a constant, and ten numbers of 8 bytes per row."""
HISTORY_BYTES, GENOTYPE_BYTES = 9_000, 80
"""Bytes of a search's Parquet file. Its rows also have a compressed genotype."""
PROGRAM = Size(Work(), 0, 1)
"""What is known of a search by a program: no work that could be counted, and a row."""


@dataclass(frozen=True)
class Prices:
    """Cost of a job: the mean of finished jobs of the same kind, else the prediction."""

    sizes: Mapping[Key, Size]
    calibration: Calibration
    taken: Mapping[Key, float]
    """Mean seconds of finished jobs on this kind of device."""
    workers: int
    """Processes of a job that decode photographs."""
    stated: Mapping[Key, float | None] = field(default_factory=dict)
    """Seconds of searches by programs, which are not rehearsed; None if nothing is stated."""

    @classmethod
    def of(
        cls,
        sizes: Mapping[Key, Size],
        calibration: Calibration,
        done: Iterable[Taken],
        workers: int,
        stated: Mapping[Key, float | None] | None = None,
    ) -> "Prices":
        """Return the prices on one device, refined by finished jobs."""
        taken = mean_seconds(done, calibration.kind)
        programs = stated or {}
        known = {**dict.fromkeys(programs, PROGRAM), **sizes}
        return cls(known, calibration, taken, workers, programs)

    def predicted(self, job: Job) -> float:
        """Return the time that the calibration predicts or that is stated, in seconds; else 0."""
        if job.key in self.stated:
            return self.stated[job.key] or 0.0
        size = self.sizes[job.key]
        return self.calibration.seconds(size.work, size.precision, self.workers)

    def seconds(self, job: Job) -> float:
        """Return the expected time of a job, in seconds."""
        return self.taken[job.key] if job.key in self.taken else self.predicted(job)

    def unknown(self, jobs: Iterable[Job]) -> list[Job]:
        """Return those jobs of whose time nothing is known."""
        return [
            job
            for job in jobs
            if job.key in self.stated and self.stated[job.key] is None and job.key not in self.taken
        ]

    def bytes(self, job: Job) -> int:
        """Return the expected size of a job's output, in bytes."""
        rows = self.sizes[job.key].rows
        if job.kind == "search":
            return HISTORY_BYTES + rows * (ROW_BYTES + GENOTYPE_BYTES)
        return RUN_BYTES + rows * ROW_BYTES


def budget(needed: Sequence[Job], done: Iterable[Job], prices: Prices) -> pd.DataFrame:
    """Return the remaining work, one row per study and method and one row for the total.

    A job that several studies or methods need counts where it is first needed. `shared` is the
    number of a row's jobs that count in an earlier row. `method` is empty if a study has none.
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
    columns = ["study", "method", "searches", "runs", "done", "shared", "hours", "megabytes"]
    return pd.DataFrame(rows, columns=columns)


def wall_times(todo: Sequence[Job], prices: Prices) -> pd.DataFrame:
    """Return the bounds of the total time for several numbers of devices, in hours and days.

    The lower bound is the work divided evenly, but at least the longest search with a run of its
    genotype. The upper bound holds for any schedule in which no device waits while a job is ready
    (Graham 1969), as in Snakemake's. Both ignore queues.
    """
    seconds = {job.stem: prices.seconds(job) for job in todo}
    total = sum(seconds.values())
    longest = max(
        (seconds[job.stem] + seconds.get(job.needs or "", 0.0) for job in todo), default=0.0
    )
    devices = pd.Series(DEVICES)
    at_least = (total / devices).clip(lower=longest)
    at_most = total / devices + (1 - 1 / devices) * longest
    return pd.DataFrame(
        {
            "devices": devices,
            "at_least_hours": at_least / HOUR,
            "at_most_hours": at_most / HOUR,
            "at_least_days": at_least / DAY,
            "at_most_days": at_most / DAY,
        }
    )


def compared(done: Sequence[Taken], prices: Prices) -> pd.DataFrame:
    """Return predicted and measured times of the jobs that are finished on this kind of device.

    Runs that diverged are left out, and searches by programs, which nothing predicts. The columns
    are `study`, `method`, `kind`, `n`, `predicted`, `measured` (sums, in seconds) and `ratio`,
    measured / predicted.
    """
    kind = prices.calibration.kind
    on_such = [
        taken
        for taken in done
        if taken.kind == kind and not taken.diverged and taken.job.key not in prices.stated
    ]
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
    """Return the megabytes of each dataset's archives and stored images.

    Large images are stored as they were encoded. An unknown size is NaN.
    """
    rows = []
    for name, parts in images.items():
        dataset = datasets[name]
        archive = _archive_bytes(dataset)
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
    """Return the megabytes of the largest checkpoint, which exists twice while it is written.

    What programs write is not known.
    """
    known = [sizes[job.key].checkpoint for job in jobs if job.key in sizes]
    return max(known, default=0) / MEGABYTE


def _spent(jobs: Sequence[Job], prices: Prices) -> dict[str, float]:
    return {
        "searches": sum(job.kind == "search" for job in jobs),
        "runs": sum(job.kind == "run" for job in jobs),
        "hours": sum(map(prices.seconds, jobs)) / HOUR,
        "megabytes": sum(map(prices.bytes, jobs)) / MEGABYTE,
    }


def _place(job: Job) -> tuple[str, str]:
    return job.study, job.method or ""


def _archive_bytes(dataset: Dataset) -> float:
    if dataset.path:
        return float(bytes_of(Path(dataset.path)))
    sizes = [file.bytes for file in get_facts(dataset.source).files.values()]
    return float("nan") if None in sizes else float(sum(size or 0 for size in sizes))
