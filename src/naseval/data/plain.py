"""A dataset in a plain form, for programs that know nothing of this project.

Small images are `images.npy`, uint8 (N, H, W, 3), with `labels.npy`, int64 (N,). Large images are
files `{train,validation}/CLASS/NUMBER.SUFFIX`. `parts.json` has the rest (see `write_plain`). There
are no test images.
"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from naseval.data.splits import read_splits
from naseval.data.store import check_images, read_array, read_channels, read_encoded, read_labels
from naseval.errors import NasevalError
from naseval.settings.dataset import ImageSettings

PARTS = ("train", "validation")


def write_plain(folder: Path, target: Path, name: str, dataset: ImageSettings) -> None:
    """Write the images of train and validation of the stored dataset `folder` into `target`.

    `parts.json` has the dataset's `name`, `images` (small or large), `image_size` in pixels, the
    `classes` by label, `mean` and `std` of the channels of images scaled to 0..1, and the parts
    `train` and `validation`: indices into the arrays, or paths of files. Raise `NasevalError` if
    the stored files do not belong together or cannot be written.
    """
    check_images(folder, dataset.images)
    table, labels = read_splits(folder), read_labels(folder)
    classes = dict(zip(labels["label"].to_pylist(), labels["class"].to_pylist(), strict=True))
    chosen = table["split"].to_numpy()
    of_part = {part: np.sort(table["sample"].to_numpy()[chosen == part]) for part in PARTS}
    every = labels["label"].to_numpy()
    target.mkdir(parents=True, exist_ok=True)
    try:
        if dataset.images == "small":
            parts = _arrays(folder, target, of_part, every)
        else:
            parts = _files(folder, target, of_part, [classes[label] for label in every.tolist()])
        facts = {
            "name": name,
            "images": dataset.images,
            "image_size": dataset.image_size,
            "classes": [classes[label] for label in sorted(classes)],
            **read_channels(folder).model_dump(mode="json"),
            **parts,
        }
        (target / "parts.json").write_text(json.dumps(facts), encoding="utf-8")
    except OSError as error:
        raise NasevalError(
            f"{target} could not be written ({error.strerror or error}); free disk space, then run "
            "again"
        ) from error


def _arrays(
    folder: Path,
    target: Path,
    of_part: dict[str, NDArray[np.int64]],
    labels: NDArray[np.int64],
) -> dict[str, Any]:
    samples = np.sort(np.concatenate([*of_part.values()]))
    np.save(target / "images.npy", read_array(folder)[samples], allow_pickle=False)
    np.save(target / "labels.npy", labels[samples], allow_pickle=False)
    return {part: np.searchsorted(samples, of_part[part]).tolist() for part in PARTS}


def _files(
    folder: Path, target: Path, of_part: dict[str, NDArray[np.int64]], classes: list[str]
) -> dict[str, Any]:
    written: dict[str, list[str]] = {}
    for part, samples in of_part.items():
        written[part] = []
        images = read_encoded(folder, samples)
        for sample, image in zip(samples.tolist(), images, strict=True):
            encoded = image.as_py()
            named = f"{part}/{_safe(classes[sample])}/{sample:07d}{_suffix(encoded)}"
            (target / named).parent.mkdir(parents=True, exist_ok=True)
            (target / named).write_bytes(encoded)
            written[part].append(named)
    return written


def _safe(name: str) -> str:
    """Return the name of a class as the name of a folder."""
    return name.replace("/", "_").replace("\0", "_").lstrip(".") or "_"


def _suffix(encoded: bytes) -> str:
    with Image.open(io.BytesIO(encoded)) as image:
        return f".{(image.format or 'img').lower()}"
