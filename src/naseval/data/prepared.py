"""Check that the prepared files of a dataset were made with the configured settings.

`dataset` always has the dataset's `images`, `image_size` and `classes`, and `prepared` its
`source`, `split` and `channels`, as JSON has them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from naseval import records
from naseval.agreement import check_settings, remake
from naseval.data.splits import SPLIT_FILE, read_splits
from naseval.data.store import CHANNEL_FILE, LABEL_FILE, read_channels, read_labels
from naseval.errors import NasevalError
from naseval.json_files import read_sealed

Settings = Mapping[str, Any]


def check_prepared(folder: Path, dataset: Settings, prepared: Settings) -> None:
    """Raise `NasevalError` if labels, splits or channel statistics are of other settings."""
    for check in CHECKS.values():
        check(folder, dataset, prepared)


def _check_labels(folder: Path, dataset: Settings, prepared: Settings) -> None:
    made = records.provenance_in(read_labels(folder))
    asked = {name: dataset[name] for name in ("images", "image_size", "classes")}
    asked["source"] = prepared["source"]
    check_settings(folder / LABEL_FILE, made, {"dataset": asked})


def _check_splits(folder: Path, _dataset: Settings, prepared: Settings) -> None:
    made = records.provenance_in(read_splits(folder))
    check_settings(folder / SPLIT_FILE, made, {"split": prepared["split"]})


def _check_channels(folder: Path, _dataset: Settings, prepared: Settings) -> None:
    path, configured = folder / CHANNEL_FILE, prepared["channels"]
    found: Any = read_channels(folder).model_dump(mode="json")
    if configured == "computed":
        found, configured = read_sealed(path).get("splits"), records.digest(read_splits(folder))
    if found != configured:
        raise NasevalError(
            f"{path} has other channel statistics than the configuration and {SPLIT_FILE} call "
            f"for; make it again by {remake(path)}"
        )


CHECKS = {LABEL_FILE: _check_labels, SPLIT_FILE: _check_splits, CHANNEL_FILE: _check_channels}
"""The check of each file."""
