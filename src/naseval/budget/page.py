"""The page of the budget in Markdown."""

from collections.abc import Mapping, Sequence

import pandas as pd

from naseval.analysis.tables import markdown
from naseval.budget.calibration import Calibration
from naseval.budget.estimate import (
    HOUR,
    Prices,
    budget,
    compared,
    largest_checkpoint,
    wall_times,
)
from naseval.budget.jobs import Job, Key, once
from naseval.budget.measured import Taken
from naseval.budget.work import Size

STILL = (
    "Searches and runs whose output is missing. A job that several studies or methods need counts "
    "where it is first needed; `shared` is the number of jobs that count in an earlier row, `done` "
    "the number of finished jobs. {hours} are those of this device, megabytes those of the Parquet "
    "files."
)
WALL = (
    "Duration of all jobs. At least: divided evenly, but no less than the longest search with "
    "the run of its genotype. At most: no device waits while a job is ready. Queues, loading "
    "data and starting processes are ignored."
)
COMPARED = "Seconds, summed over finished jobs; ratio: measured / predicted."
DATASETS = "Megabytes; – if the size of an archive is unknown."


def page(
    needed: Sequence[Job],
    done: Sequence[Taken],
    sizes: Mapping[Key, Size],
    calibrations: Sequence[Calibration],
    datasets: pd.DataFrame,
    workers: int,
    steps: str = "",
    most: Sequence[Job] = (),
    stated: Mapping[Key, float | None] | None = None,
) -> tuple[str, pd.DataFrame]:
    """Return the page in Markdown, and its first tables for all devices combined into one.

    `needed` are the jobs that are needed for certain. If runs are added in steps, `steps` is a
    sentence that says so, and `most` are the jobs that may be needed.
    `stated` are the seconds of searches by programs, or None where nothing is stated.
    """
    parts = ["# Budget\n"]
    tables = []
    todo, more = _todo(needed, done), _todo(most, done)
    for calibration in calibrations:
        prices = Prices.of(sizes, calibration, done, workers, stated)
        table = budget(needed, [taken.job for taken in done], prices)
        tables.append(table.assign(device=calibration.device))
        parts.append(_of_device(table, todo, done, prices))
        if steps:
            parts.append(_at_most(steps, todo, more, prices))
    parts.append(_section(datasets, "Datasets", DATASETS))
    largest = largest_checkpoint(todo, sizes)
    parts.append(
        f"A checkpoint takes up to {largest:.0f} MB for each job that runs, twice that while it is "
        "written.\n"
    )
    return "\n".join(parts), pd.concat(tables, ignore_index=True)


def _of_device(
    table: pd.DataFrame, todo: Sequence[Job], done: Sequence[Taken], prices: Prices
) -> str:
    calibration = prices.calibration
    device, hours = calibration.device, _hours(calibration)
    refined = len({job for job in todo if job.key in prices.taken})
    note = (
        f"{STILL.format(hours=hours)} Of {len(todo)} jobs, {refined} are priced as finished ones "
        "like them took, the others by the calibration. For the timed steps, its prediction is "
        f"typically {calibration.spread:.1f} times too high or too low."
    )
    if unknown := prices.unknown(todo):
        methods = ", ".join(sorted({job.recipe for job in unknown}))
        note += (
            f" The time of {len(unknown)} searches by programs ({methods}) is not known and counts "
            "as nothing; `methods.KEY.cost` states it."
        )
    parts = [
        _section(table.rename(columns={"hours": hours}), f"Still to do, on {device}", note),
        _section(wall_times(todo, prices), f"How long, on {device}", WALL),
    ]
    against = compared(done, prices)
    if len(against):
        parts.append(_section(against, f"Predicted and measured, on {calibration.kind}", COMPARED))
    return "\n".join(parts)


def _at_most(steps: str, todo: Sequence[Job], more: Sequence[Job], prices: Prices) -> str:
    least, most = (sum(map(prices.seconds, jobs)) / HOUR for jobs in (todo, more))
    return (
        f"{steps} The tables have what is needed for certain. Still to do on "
        f"{prices.calibration.device}: at least {least:.2f} {_hours(prices.calibration)}, at most "
        f"{most:.2f}.\n"
    )


def _hours(calibration: Calibration) -> str:
    """Return what an hour on the device is called."""
    return "CPU-hours" if calibration.kind == "cpu" else "GPU-hours"


def _section(frame: pd.DataFrame, title: str, note: str) -> str:
    return f"#{markdown(frame, title, note)}"


def _todo(needed: Sequence[Job], done: Sequence[Taken]) -> list[Job]:
    finished = {taken.job for taken in done}
    return [job for job in once(needed) if job not in finished]
