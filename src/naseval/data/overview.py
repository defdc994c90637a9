"""Summary of a dataset: images per class and part, image sizes, channel statistics."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from naseval.data.splits import PARTS, read_splits
from naseval.data.store import (
    CHANNEL_FILE,
    Kind,
    count_images,
    read_array,
    read_channels,
    read_encoded,
)
from naseval.json_files import read_sealed


def class_counts(folder: Path) -> pd.DataFrame:
    """Return one row per class, in label order, with the numbers of images per part and in all."""
    table = read_splits(folder).to_pandas()
    counts = table.groupby(["label", "class"])["split"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(PARTS), fill_value=0).astype(np.int64)
    counts["images"] = counts.sum(axis=1)
    return counts.rename_axis(columns=None).reset_index()


def summary(folder: Path, kind: Kind, label: str) -> dict[str, Any]:
    """Return a dataset's row in the table of datasets. Sizes are in pixels, statistics in [0,1]."""
    counts = class_counts(folder)
    widths, heights = image_sizes(folder, kind).T
    channels = read_channels(folder)
    statistics = {
        f"{name}_{colour}": value
        for name, values in (("mean", channels.mean), ("std", channels.std))
        for colour, value in zip(("red", "green", "blue"), values, strict=True)
    }
    return {
        "dataset": label,
        "classes": len(counts),
        **{part: int(counts[part].sum()) for part in (*PARTS, "images")},
        "per_class_min": int(counts["images"].min()),
        "per_class_max": int(counts["images"].max()),
        "width_min": int(widths.min()),
        "width_median": float(np.median(widths)),
        "width_max": int(widths.max()),
        "height_min": int(heights.min()),
        "height_median": float(np.median(heights)),
        "height_max": int(heights.max()),
        **statistics,
        "statistics": read_sealed(folder / CHANNEL_FILE)["source"],
    }


def image_sizes(folder: Path, kind: Kind) -> NDArray[np.int64]:
    """Return the width and height of every stored image in pixels, (N, 2)."""
    count = count_images(folder, kind)
    if kind == "small":
        height, width = read_array(folder).shape[1:3]
        return np.tile(np.array([width, height], dtype=np.int64), (count, 1))
    encoded = read_encoded(folder, np.arange(count))
    sizes = [Image.open(io.BytesIO(image.as_buffer())).size for image in encoded]
    return np.array(sizes, dtype=np.int64)


def laid_out(summaries: pd.DataFrame) -> pd.DataFrame:
    """Return the table of datasets in readable form."""

    def triple(row: Any, name: str) -> str:
        return ", ".join(f"{row[f'{name}_{colour}']:.4f}" for colour in ("red", "green", "blue"))

    def span(least: int, most: int) -> str:
        return str(least) if least == most else f"{least}–{most}"

    def sizes(row: Any) -> str:
        if row["width_min"] == row["width_max"] and row["height_min"] == row["height_max"]:
            return f"{row['width_min']}×{row['height_min']}"
        return (
            f"{row['width_min']}–{row['width_max']} × {row['height_min']}–{row['height_max']}"
            f", median {row['width_median']:.0f}×{row['height_median']:.0f}"
        )

    rows = [
        {
            "dataset": row["dataset"],
            "classes": row["classes"],
            **{part: row[part] for part in (*PARTS, "images")},
            "images per class": span(row["per_class_min"], row["per_class_max"]),
            "pixels": sizes(row),
            "mean": triple(row, "mean"),
            "standard deviation": triple(row, "std"),
            "statistics": row["statistics"],
        }
        for row in summaries.to_dict("records")
    ]
    return pd.DataFrame(rows)
