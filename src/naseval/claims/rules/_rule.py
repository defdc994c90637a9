"""The class of a rule, the registry of rules, and the summary statistics that rules use."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import pandas as pd

from naseval.claims.absent import Absent, or_absent
from naseval.claims.tables import Readings, Tables
from naseval.plugins import plugin_names


@dataclass(frozen=True)
class Rule:
    """How a claim is computed: the tables that it needs, the main one first, and a function."""

    needs: tuple[str, ...]
    function: Callable[[Tables], Readings]
    """A pure function; it calls `lacking` if the tables do not contain what it needs."""

    def compute(self, tables: Tables) -> Readings | Absent:
        """Return the claim's value under every reading, or an `Absent` if `tables` lack data."""
        return or_absent(self.function)(tables)


Rules = dict[str, Rule]
"""Rules by the ids of their claims."""

PACKAGE = "naseval.claims.rules"


@cache
def all_rules() -> Rules:
    """Return the rules of all modules of the package, by claim."""
    modules = [import_module(f"naseval.claims.rules.{name}") for name in plugin_names(PACKAGE)]
    return {claim: rule for module in modules for claim, rule in module.RULES.items()}


STATISTICS: dict[str, Callable[[pd.Series], float]] = {
    "mean": lambda values: float(values.mean()),
    "std": lambda values: float(values.std(ddof=0)),
    "std_sample": lambda values: float(values.std(ddof=1)),
    "min": lambda values: float(values.min()),
    "max": lambda values: float(values.max()),
    "range": lambda values: float(values.max() - values.min()),
}
"""`std` is the population form (ddof 0), as in all of the authors' figures except Figure 3."""
