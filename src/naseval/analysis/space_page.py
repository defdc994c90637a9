"""The page of a space: accuracy and size of its random architectures, as Markdown."""

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
    """Return the page of a space as Markdown.

    `study` holds the runs of the space's random architectures (`schemas.STUDY`). `sizes` has one
    row per architecture, with the columns `dataset`, `protocol`, `parameters` and `macs`.
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
    """Turn the first-level heading of a Markdown table into a second-level one."""
    return f"#{text}"
