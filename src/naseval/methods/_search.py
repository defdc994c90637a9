"""What every search returns."""

from dataclasses import dataclass
from typing import Any

from naseval.genotype import Genotype


@dataclass(frozen=True)
class SearchResult:
    """The genotype found and one row of `schemas.HISTORY` per epoch."""

    genotype: Genotype
    history: list[dict[str, Any]]
