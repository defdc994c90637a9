"""How a claim is computed."""

from collections.abc import Callable
from dataclasses import dataclass

from naseval.claims.tables import Readings, Tables


@dataclass(frozen=True)
class Rule:
    """A pure function of tables, and the names of those it needs, the main one first."""

    needs: tuple[str, ...]
    compute: Callable[[Tables], Readings]


Rules = dict[str, Rule]
"""Rules by the ids of their claims."""
