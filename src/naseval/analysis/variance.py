"""Two-way analysis of variance: protocol and architecture."""

import numpy as np
import pandas as pd

from naseval.analysis.finals import STATISTICS, finals, one_dataset
from naseval.analysis.intervals import Values, percentile_interval, resampled_indices
from naseval.errors import NasevalError

REPORT_TABLES = {
    "variance": {
        "title": "How much of the spread is the protocol's?",
        "paper": (
            "The paper says that the training protocol matters more than the architecture "
            "(section 4). Shown is the two-way analysis of the runs of Figure 3."
        ),
        "order": 4,
        "function": "variance",
        "study": "protocols",
    },
}

SOURCES = ("protocol", "architecture", "rest")


def sums_of_squares(layout: Values) -> Values:
    """Return the sums of squares of protocol, architecture and rest.

    `layout` holds accuracies, (…, architectures, protocols), one per combination. The result has
    the shape (3, …). The three add up to the total sum of squares about the grand mean.
    """
    architectures, protocols = layout.shape[-2:]
    grand = layout.mean(axis=(-2, -1))
    by_protocol = layout.mean(axis=-2) - grand[..., None]
    by_architecture = layout.mean(axis=-1) - grand[..., None]
    total = ((layout - grand[..., None, None]) ** 2).sum(axis=(-2, -1))
    protocol = architectures * (by_protocol**2).sum(axis=-1)
    architecture = protocols * (by_architecture**2).sum(axis=-1)
    return np.stack([protocol, architecture, total - protocol - architecture])


def _layout(study: pd.DataFrame, statistic: str) -> pd.DataFrame:
    """Return accuracies, one row per random architecture and one column per protocol.

    Architectures that were not trained under all protocols are omitted.
    """
    runs = finals(study).dropna(subset=[statistic])
    random = runs[runs["origin"] == "random"]
    layout = random.pivot_table(index="genotype", columns="protocol", values=statistic).dropna()
    if min(layout.shape) < 2:
        raise NasevalError(
            "the protocols study has no two random architectures trained under the same two "
            "protocols; configure at least two of each"
        )
    return layout


def _table(layout: pd.DataFrame, statistic: str) -> pd.DataFrame:
    values = layout.to_numpy()
    architectures, protocols = values.shape
    squares = sums_of_squares(values)
    (drawn,) = resampled_indices([architectures], "variance")
    again = sums_of_squares(values[drawn])
    with np.errstate(invalid="ignore"):
        shares = 100 * again / again.sum(axis=0)
    lows, highs = zip(*(percentile_interval(share) for share in shares), strict=True)
    return pd.DataFrame(
        {
            "statistic": statistic,
            "part": SOURCES,
            "architectures": architectures,
            "protocols": protocols,
            "freedom": [
                protocols - 1,
                architectures - 1,
                (protocols - 1) * (architectures - 1),
            ],
            "squares": squares,
            "share": 100 * squares / squares.sum() if squares.sum() else np.nan,
            "low": lows,
            "high": highs,
        }
    )


def variance(study: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the shares of variance in the protocols study, and a sentence.

    The variance of the accuracies of random architectures under all protocols (means over seeds) is
    split into protocol, architecture and rest (their interaction and the training noise). The table
    has one row per statistic and `part`. Columns: the numbers of `architectures` and `protocols`,
    the degrees of `freedom`, the sums of `squares`, the `share` (per cent) and its bootstrap
    interval over architectures, `low` to `high`. Raise `NasevalError` if fewer than two
    architectures share two protocols, or if the runs are not on exactly one dataset.
    """
    one_dataset(study)
    runs = finals(study)
    table = pd.concat(
        [_table(_layout(study, name), name) for name in STATISTICS if runs[name].notna().any()],
        ignore_index=True,
    )
    best = table[table["statistic"] == table["statistic"].iloc[0]].set_index("part")
    protocol, architecture = best.loc["protocol"], best.loc["architecture"]
    return table, (
        f"Over {protocol['architectures']} architectures × {protocol['protocols']} protocols the "
        f"protocol accounts for {protocol['share']:.0f} % [{protocol['low']:.0f}, "
        f"{protocol['high']:.0f}] of the variance of accuracy, the architecture for "
        f"{architecture['share']:.0f} % [{architecture['low']:.0f}, {architecture['high']:.0f}]."
    )
