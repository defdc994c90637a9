"""The states of jobs as tables, for the terminal and as an HTML page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from naseval.budget.jobs import Job
from naseval.status.remaining import Remaining
from naseval.status.state import STATES, JobState

Row = tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """A table with its title."""

    title: str
    header: Row
    rows: list[Row]


def summary(needed: Sequence[Job], seen: Mapping[Job, JobState], results: str) -> list[Listing]:
    """Return the number of jobs by study and state; then running, failed and stopped jobs.

    A job that several studies need counts in each of them, and once in the row `all`.
    """
    by_study: dict[str, dict[Job, None]] = {}
    for job in needed:
        by_study.setdefault(job.study, {})[job] = None
    rows = [_counts(study, jobs, seen) for study, jobs in by_study.items()]
    return [
        Listing(
            "Studies", ("study", *STATES, "all", "done, %"), [*rows, _counts("all", seen, seen)]
        ),
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


def _counts(name: str, jobs: Mapping[Job, object], seen: Mapping[Job, JobState]) -> Row:
    counted = Counter(seen[job].state for job in jobs)
    share = 100 * counted["done"] // len(jobs) if jobs else 100
    return (name, *(str(counted[state]) for state in STATES), str(len(jobs)), str(share))


def to_go(left: Remaining) -> Listing:
    """Return the time that is left in total, as far as it is known."""
    row = (str(left.jobs), str(left.known), left.text, left.at_this_pace)
    return Listing(
        "To go",
        ("jobs", "of known time", "one after the other", f"at this pace ({left.running} at once)"),
        [row] if left.known else [],
    )


def _of(seen: Mapping[Job, JobState], state: str) -> list[JobState]:
    return [one for one in seen.values() if one.state == state]


def _progress(one: JobState) -> tuple[str, str, str]:
    at = one.progress
    if at is None:
        return "–", "–", "–"
    accuracy = "–" if at.accuracy is None else f"{at.accuracy:.2f} %"
    return f"{at.epoch}/{at.epochs}", accuracy, str(at.left)


def text(listings: Sequence[Listing]) -> str:
    """Return the non-empty listings as text with aligned columns."""
    return "\n".join(
        f"{listing.title}\n{_aligned([listing.header, *listing.rows])}"
        for listing in listings
        if listing.rows
    )


def page(listings: Sequence[Listing], now: str, refresh: float | None) -> str:
    """Return the listings as a self-contained HTML page.

    `now` is the time that the page displays; the page reloads after `refresh` seconds, if given.
    """
    environment = Environment(loader=PackageLoader("naseval"), autoescape=True)
    return environment.get_template("status.html").render(
        listings=[listing for listing in listings if listing.rows], now=now, refresh=refresh
    )


def _aligned(rows: Sequence[Row]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"  {line}\n" for line in lines)
