"""Populations of accuracies whose true relative improvement is known."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from naseval.analysis.finals import finals
from naseval.analysis.intervals import Values
from naseval.published.studies import read_distribution

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], Values]

MEAN, STD = 97.0, 0.23
"""Of the accuracies of the DARTS space on CIFAR-10, in per cent."""
SHIFT = 0.5
"""The difference, in points, where one side is shifted."""
MACRO = "nas-bench-macro_cifar10.json"
TRIED = 50
"""The number of random architectures of which a search on NAS-Bench-Macro takes the best."""


class Population(NamedTuple):
    """How searched and random accuracies are drawn, and their true means, in per cent."""

    name: str
    in_rule: bool
    searched: Draw
    random: Draw
    means: tuple[float, float]

    @property
    def improvement(self) -> float:
        """The true relative improvement, in per cent."""
        searched, random = self.means
        return 100 * (searched / random - 1)


def curves_214(published: Path) -> Values:
    """Return the best accuracies of the 214 random architectures of the DARTS space."""
    study = read_distribution(published).to_pandas()
    return finals(study)["best"].to_numpy(np.float64)


def populations(published: Path, recorded: Path | None) -> list[Population]:
    """Return all populations: those of the rule without and with a shift, then the stress cases.

    Without the folder `recorded`, NAS-Bench-Macro is left out.
    """
    known = curves_214(published)
    draws: dict[str, tuple[bool, Draw, float]] = {
        "normal": (True, lambda rng, shape: rng.normal(MEAN, STD, shape), MEAN),
        "the 214": (True, lambda rng, shape: rng.choice(known, shape), float(known.mean())),
        "exponential": (False, _exponential, MEAN - STD),
    }
    found = [
        Population(name + text, in_rule, partial(_shifted, draw, shift), draw, (mean + shift, mean))
        for name, (in_rule, draw, mean) in draws.items()
        for text, shift in (("", 0.0), (f", +{SHIFT:g}", SHIFT))
    ]
    return [*found, macro(recorded / MACRO)] if recorded else found


def _shifted(draw: Draw, shift: float, rng: np.random.Generator, shape: Shape) -> Values:
    return draw(rng, shape) + shift


def _exponential(rng: np.random.Generator, shape: Shape) -> Values:
    """Accuracies with a long lower tail."""
    return MEAN - rng.exponential(STD, shape)


def macro(file: Path) -> Population:
    """Return random search on NAS-Bench-Macro beside random architectures.

    A search sees the first training of `TRIED` distinct random architectures and takes the best;
    what it finds is judged by the second training. Random architectures are uniform, and judged by
    the second training as well.
    """
    table = json.loads(file.read_text(encoding="utf-8"))
    seen, judged, *_ = np.array([entry["test_acc"] for entry in table.values()]).T
    order = np.argsort(-seen)
    # The best of a draw has the rank r if none of the r better ones was drawn.
    none = stats.hypergeom.pmf(0, len(seen), np.arange(len(seen) + 1), TRIED)
    chances = np.zeros(len(seen))
    chances[order] = none[:-1] - none[1:]
    return Population(
        "NAS-Bench-Macro",
        False,
        lambda rng, shape: rng.choice(judged, shape, p=chances),
        lambda rng, shape: rng.choice(judged, shape),
        (float(judged @ chances), float(judged.mean())),
    )
