"""What each step between training protocols changes, on the same architectures."""

import numpy as np
import pandas as pd

from naseval.analysis.finals import STATISTICS, finals
from naseval.analysis.intervals import PERCENT, Estimate, Values, student_interval
from naseval.analysis.tables import Labels, in_order
from naseval.analysis.wording import count

REPORT_TABLES = {
    "protocol-steps": {
        "title": "What each step of the protocol changes",
        "paper": (
            "The paper adds the parts of the protocol one after another and shows the means "
            "(section 4, Figure 3). Shown is the difference that each step makes, whatever its "
            "sign, on the same architectures before and after it."
        ),
        "order": 4,
        "study": "protocols",
        "labels": ["protocol_labels"],
        "settings": {"inherits": "inherits"},
        "named": True,
    },
}

RUN = ["origin", "genotype", "seed"]
"""What the two runs of a pair have in common."""


def paired_difference(before: Values, after: Values) -> Estimate:
    """Return the mean of `after` - `before`, both (N,), with Student's interval.

    The interval (level `CONFIDENCE`) is that of the mean of N paired differences. It is NaN for one
    pair, and the value is NaN for none.
    """
    difference = after - before
    value = float(difference.mean()) if difference.size else np.nan
    return Estimate(value, *student_interval(difference))


def steps(study: pd.DataFrame, inherits: Labels) -> pd.DataFrame:
    """Return one row per dataset, origin, protocol and statistic: the protocol against its parent.

    `inherits` maps a protocol to the one that it inherits from, and the parent is the nearest of
    these that the study has; a protocol without any has no row. Only pairs count: runs of one
    genotype with one seed under both protocols. Columns: `dataset`, `origin`, `parent`, `protocol`,
    `statistic`, the number of pairs `n`, the means `before` and `after` (per cent), the
    `difference` (percentage points) and its interval, `low` to `high`.
    """
    runs = finals(study)
    rows = []
    for (dataset, origin), here in runs.groupby(["dataset", "origin"]):
        present = list(here["protocol"].unique())
        for protocol in present:
            parent = _parent(protocol, present, inherits)
            if parent is not None:
                names = {"dataset": dataset, "origin": origin}
                pair = {"parent": parent, "protocol": protocol}
                rows += [
                    {**names, **pair, "statistic": name, **_step(here, parent, protocol, name)}
                    for name in STATISTICS
                    if here[name].notna().any()
                ]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    "dataset", "origin", "parent", "protocol", "statistic", "n", "before", "after", "difference",
    "low", "high",
]  # fmt: skip


def table(
    study: pd.DataFrame, protocol_labels: Labels, inherits: Labels
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return the table of `steps`, the same table with protocol labels, and a note."""
    found = steps(study, inherits)
    order = in_order(found["protocol"], protocol_labels)
    found = found.sort_values(
        ["dataset", "origin", "protocol"],
        key=lambda column: column.map(order.index) if column.name == "protocol" else column,
        kind="stable",
    ).reset_index(drop=True)
    named = dict(protocol_labels)
    return found, found.replace({"parent": named, "protocol": named}), _note(found)


def _parent(protocol: str, present: list[str], inherits: Labels) -> str | None:
    parent = inherits.get(protocol)
    while parent is not None and parent not in present:
        parent = inherits.get(parent)
    return parent


def _step(runs: pd.DataFrame, parent: str, protocol: str, statistic: str) -> dict[str, float]:
    chosen = runs[runs["protocol"].isin([parent, protocol])]
    paired = chosen.pivot_table(index=RUN, columns="protocol", values=statistic)
    paired = paired.reindex(columns=[parent, protocol]).dropna()
    before, after = (paired[name].to_numpy(np.float64) for name in (parent, protocol))
    value, low, high = paired_difference(before, after)
    means = {
        "before": before.mean() if before.size else np.nan,
        "after": after.mean() if after.size else np.nan,
    }
    return {"n": before.size, **means, "difference": value, "low": low, "high": high}


def _note(found: pd.DataFrame) -> str:
    best = found[(found["statistic"] == "best") & found["low"].notna()]
    higher, lower = int((best["low"] > 0).sum()), int((best["high"] < 0).sum())
    rest = len(best) - higher - lower
    return (
        "Accuracies in per cent, differences in percentage points with Student's "
        f"{PERCENT} interval over pairs of runs of one architecture with one seed. Of "
        f"{count(len(best), 'step')} with an interval of the best accuracy, {higher} have it above "
        f"0, {lower} below, and {rest} around 0, each by itself, not adjusted for their number."
    )
