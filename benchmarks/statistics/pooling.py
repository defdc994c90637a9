"""How often the intervals over datasets hold the truth."""

import itertools

import numpy as np
from benchmarks.bench.document import table

from naseval.analysis.over_datasets import pooled
from naseval.randomness import stream

DATASETS = (3, 5)
BETWEEN = (0.0, 0.5)
ERRORS = (0.1, 0.6)
"""Standard errors of RI on a dataset are uniform in this range (%), as in the published data."""


def pooling_table(trials: int) -> str:
    """Return the table of coverages; the true mean is 0."""
    rows = [
        [str(k), f"{between:g}", *_shares(k, between, trials)]
        for k, between in itertools.product(DATASETS, BETWEEN)
    ]
    head = ["datasets", "std between", "mean RI held, %", "RI on one more held, %"]
    return (
        f"Simulated, {trials:,} samples each, with standard errors between {ERRORS[0]} and "
        f"{ERRORS[1]} %, ± one Monte Carlo standard error:\n\n{table(head, rows)}"
    )


def _shares(k: int, between: float, trials: int) -> list[str]:
    rng = stream("statistics", "pooling", k, int(10 * between))
    held = np.zeros(2)
    for _ in range(trials):
        errors = rng.uniform(*ERRORS, k)
        *effects, further = rng.normal(0, between, k + 1)
        found = pooled(np.array(effects) + rng.normal(0, errors), errors)
        held += (
            found.low <= 0 <= found.high,
            found.predicted_low <= further <= found.predicted_high,
        )
    shares = held / trials
    errors_of = np.sqrt(shares * (1 - shares) / trials)
    return [
        f"{100 * share:.1f} ± {100 * error:.1f}"
        for share, error in zip(shares, errors_of, strict=True)
    ]
