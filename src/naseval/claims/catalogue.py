"""The catalogue of the paper's quantitative claims, in our words."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from naseval.claims.values import Value


@dataclass(frozen=True)
class Claim:
    """One quantitative claim of the paper."""

    id: str
    section: str
    wording: str
    comparator: str
    """The relation between the found and the printed value, see `values.agrees`."""
    printed: Value
    """The value in the paper; None if a figure shows it and no number is printed."""
    unit: str
    tolerance: float
    """Half a unit of the last printed digit; 0 for counts."""
    setting: str
    """The keys of the configuration with the same meaning, see `settings.setting`; may be empty."""
    datasets: str
    """The datasets for which the keys are looked up."""
    remark: str
    """The reason if neither data nor a key exist for the claim."""


@cache
def catalogue() -> tuple[Claim, ...]:
    """Return all claims in the paper's order."""
    text = files(__package__).joinpath("claims.csv").read_text(encoding="utf-8")
    return tuple(_claim(row) for row in csv.DictReader(text.splitlines()))


def _claim(row: dict[str, str]) -> Claim:
    return Claim(
        id=row["id"],
        section=row["section"],
        wording=row["wording"],
        comparator=row["comparator"],
        printed=json.loads(row["printed"]) if row["printed"] else None,
        unit=row["unit"],
        tolerance=float(row["tolerance"]),
        setting=row["setting"],
        datasets=row["datasets"] or "cifar10",
        remark=row["remark"],
    )
