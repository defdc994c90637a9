"""Verdicts on claims, from the printed and the found values."""

from dataclasses import dataclass

from naseval.claims.catalogue import Claim
from naseval.claims.tables import BEST, Readings
from naseval.claims.values import Value, agrees, shown

MATCH = "match"
OTHER = "other reading"
MISMATCH = "mismatch"
DRAWN = "drawn only"
"""The paper shows this in a figure and prints no number to compare with."""
NOT_RECOMPUTABLE = "not recomputable"
NOT_RUN = "not yet run"
VERDICTS = (MATCH, OTHER, MISMATCH, DRAWN, NOT_RECOMPUTABLE, NOT_RUN)


@dataclass(frozen=True)
class Finding:
    """The value found for a claim, the verdict, and a sentence that explains it."""

    value: Value
    verdict: str
    why: str


def judge(claim: Claim, readings: Readings) -> Finding:
    """Return the finding for a claim; the first of `readings` is the literal one.

    If the paper prints no number, the value is that of the best epoch, as in the authors' figures.
    """
    plain, value = next(iter(readings.items()))
    if claim.printed is None:
        drawn = next((name for name in readings if name.endswith(BEST)), plain)
        why = f"The paper draws it and prints no number{_listed(readings)}."
        return Finding(readings[drawn], DRAWN, why)
    fitting = [name for name, found in readings.items() if _fits(claim, found)]
    if plain in fitting:
        return Finding(value, MATCH, f"{_found(value, plain)} agrees with {_printed(claim)}.")
    if fitting:
        other = fitting[0]
        why = (
            f"{_found(readings[other], other)} agrees with {_printed(claim)}, "
            f"{_found(value, plain)} does not."
        )
        return Finding(value, OTHER, why)
    others = _listed(dict(list(readings.items())[1:]))
    why = f"{_found(value, plain)} does not agree with {_printed(claim)}{others}."
    return Finding(value, MISMATCH, why)


def _fits(claim: Claim, found: Value) -> bool:
    return agrees(claim.comparator, claim.printed, found, claim.tolerance)


def _found(value: Value, reading: str) -> str:
    return f"{shown(value)} ({reading})"


def _printed(claim: Claim) -> str:
    relation = "" if claim.comparator in ("==", "set", "order") else f"{claim.comparator} "
    return f"the printed {relation}{shown(claim.printed)}"


def _listed(readings: Readings) -> str:
    listed = ", ".join(_found(value, name) for name, value in readings.items())
    return f"; found: {listed}" if listed else ""
