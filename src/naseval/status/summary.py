"""The states as tables, for the terminal and for the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from naseval.budget.jobs import Job
from naseval.status.state import STATES, Seen

Row = tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """A table with its title."""

    title: str
    header: Row
    rows: list[Row]


def summary(needed: Sequence[Job], seen: Mapping[Job, Seen], results: str) -> list[Listing]:
    """Return how many jobs of each study are in which state, then those that want attention.

    A job that several studies need counts in each of them, and once in the last row.
    """
    by_study: dict[str, dict[Job, None]] = {}
    for job in needed:
        by_study.setdefault(job.study, {})[job] = None
    rows = [_counts(study, jobs, seen) for study, jobs in by_study.items()]
    return [
        Listing("Studies", ("study", *STATES, "all"), [*rows, _counts("all", seen, seen)]),
        Listing(
            "Running",
            ("job", "epoch", "accuracy", "to go", "by"),
            [(one.job.stem, *_progress(one), one.owner) for one in _of(seen, "running")],
        ),
        *(
            Listing(
                title,
                ("job", "epoch", "log", "its last line"),
                [
                    (one.job.stem, _progress(one)[0], f"{results}/{one.job.log}", one.line)
                    for one in _of(seen, state)
                ],
            )
            for title, state in (("Failed", "failed"), ("Stopped; resumes when run", "stopped"))
        ),
    ]


def _counts(name: str, jobs: Mapping[Job, object], seen: Mapping[Job, Seen]) -> Row:
    counted = Counter(seen[job].state for job in jobs)
    return (name, *(str(counted[state]) for state in STATES), str(len(jobs)))


def _of(seen: Mapping[Job, Seen], state: str) -> list[Seen]:
    return [one for one in seen.values() if one.state == state]


def _progress(one: Seen) -> tuple[str, str, str]:
    at = one.progress
    if at is None:
        return "–", "–", "–"
    accuracy = "–" if at.accuracy is None else f"{at.accuracy:.2f} %"
    return f"{at.epoch}/{at.epochs}", accuracy, at.left
