"""How a set of accuracies is summed up."""

from collections.abc import Callable

import pandas as pd

SPREADS: dict[str, Callable[[pd.Series], float]] = {
    "mean": lambda values: float(values.mean()),
    "std": lambda values: float(values.std(ddof=0)),
    "std_sample": lambda values: float(values.std(ddof=1)),
    "min": lambda values: float(values.min()),
    "max": lambda values: float(values.max()),
    "range": lambda values: float(values.max() - values.min()),
}
"""`std` is the population's, as in all of the authors' figures but the third."""
