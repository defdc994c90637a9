"""The claims: what the paper prints, in our words."""

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
    """How what is found relates to what is printed, see `values.agrees`."""
    printed: Value
    """None where the paper only draws."""
    unit: str
    tolerance: float
    """Half a unit of the last printed digit; 0 for counts."""
    setting: str
    """Keys of the configuration that state the same, see `settings.setting`; may be empty."""
    datasets: str
    """The datasets to look the keys up for."""
    remark: str
    """Why there is neither data nor a key, where that is so."""


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
