"""The section on size: parameters and multiply-accumulates, found beside random."""

import pandas as pd
import pyarrow as pa

from naseval.analysis.finals import STATISTICS, finals
from naseval.cards.markdown import spread, table

SCHEMA = pa.schema(
    [
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("method", pa.string(), nullable=False),
        pa.field("genotype", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),  # searched, random
        pa.field("parameters", pa.int64(), nullable=False),  # without the auxiliary tower's
        pa.field("macs", pa.int64(), nullable=False),  # for one image
    ]
)
"""One row per genotype, in the network that its method's protocol trains on the dataset."""

NOTE = (
    "Mean ± population standard deviation over genotypes, in the network of the method's protocol "
    "without its auxiliary tower; multiply-accumulates of convolutions and linear layers for one "
    "image. If what was found is larger than what is drawn, size may explain its accuracy."
)
THOUSAND, MILLION = 1e3, 1e6


def with_accuracy(complexity: pd.DataFrame, study: pd.DataFrame) -> pd.DataFrame:
    """Return `complexity` with `best` and `last` of each genotype's run, NaN without one."""
    runs = finals(study)[["dataset", "method", "genotype", *STATISTICS]]
    return complexity.merge(runs, on=["dataset", "method", "genotype"], how="left")


def section(complexity: pd.DataFrame, dataset_labels: dict[str, str]) -> str:
    """Return the Markdown for a method's rows of `SCHEMA`."""
    if complexity.empty:
        return "No genotype of this method has been counted yet."
    thousands = complexity["parameters"].min() < MILLION / 10
    scale, unit = (THOUSAND, "k") if thousands else (MILLION, "M")
    rows = []
    for dataset, those in complexity.groupby("dataset", sort=False):
        row: list[object] = [dataset_labels[str(dataset)]]
        for origin in ("searched", "random"):
            side = those[those["origin"] == origin]
            row += [_scaled(side[name], scale) for name in ("parameters", "macs")] + [len(side)]
        rows.append(row)
    head = ["dataset", f"parameters, searched ({unit})", f"MACs, searched ({unit})", "n"]
    head += [f"parameters, random ({unit})", f"MACs, random ({unit})", "n"]
    return f"{table(head, rows)}\n\n{NOTE}"


def _scaled(values: pd.Series, scale: float) -> str:
    return spread(values.mean() / scale, values.std(ddof=0) / scale, len(values))
