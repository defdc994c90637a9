"""The page of a space: how accurate its random architectures are, and how large."""

import pandas as pd

from naseval.analysis.finals import summarise
from naseval.analysis.intervals import PERCENT
from naseval.analysis.tables import Labels, markdown

ACCURACIES = (
    "Test accuracy in per cent over random architectures: *best* over the epochs, and *last*. std "
    f"is of the sample (ddof 1); low to high is Student's {PERCENT} interval of the mean."
)
SIZES = (
    "Trainable parameters (millions) and multiply-accumulates for one image (millions), the "
    "auxiliary tower aside, over the same architectures."
)
MILLION = 1e6


def space_page(space: str, study: pd.DataFrame, sizes: pd.DataFrame, dataset_labels: Labels) -> str:
    """Return the page as Markdown.

    `study` has the runs of the space's random architectures (`schemas.STUDY`); `sizes` has
    `dataset`, `protocol`, `parameters` and `macs` of each.
    """
    names = {"dataset": dict(dataset_labels)}
    accuracies = summarise(study, ["dataset", "protocol"]).drop(columns="std")
    accuracies = accuracies.rename(columns={"std_sample": "std"}).replace(names)
    return "\n".join(
        (
            f"# The space `{space}`",
            "",
            _below(markdown(accuracies, "Accuracy", ACCURACIES)),
            _below(markdown(_sizes(sizes).replace(names), "Size", SIZES)),
        )
    )


def _sizes(sizes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (dataset, protocol), group in sizes.groupby(["dataset", "protocol"], sort=False):
        for quantity in ("parameters", "macs"):
            values = group[quantity] / MILLION
            rows.append(
                {
                    "dataset": dataset,
                    "protocol": protocol,
                    "quantity": quantity,
                    "n": len(values),
                    "min": values.min(),
                    "median": values.median(),
                    "max": values.max(),
                }
            )
    return pd.DataFrame(rows)


def _below(text: str) -> str:
    """Turn a table's heading into one of the second level."""
    return f"#{text}"
