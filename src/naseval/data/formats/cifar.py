"""CIFAR: image batches as Python 2 pickles in a tar.gz, read without running any code."""

import pickle
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from naseval.data.facts import get_facts
from naseval.data.formats.members import read_files, readable
from naseval.data.sources._source import Source, scaled_down, small_only
from naseval.errors import NasevalError
from naseval.unpickling import Admitted, Dtype, load

SIDE = 32  # pixels
LABELS = range(100)  # of CIFAR-100; those of CIFAR-10 are fewer


class _Array:
    """Replacement for `numpy.ndarray` that accepts only arrays of bytes."""

    def __init__(self, *_: object) -> None:
        self.values = np.zeros(0, np.uint8)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, by_columns, content = state
        if dtype.name != "u1" or by_columns:
            raise pickle.UnpicklingError("it contains an array that is not of bytes")
        self.values = np.frombuffer(content, np.uint8).reshape(shape)


ADMITTED: Admitted = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): Dtype,
}


def read_cifar(
    source: str,
    archives: Path,
    wanted: tuple[int, Literal["small", "large"]],
    *,
    batches: Sequence[str],
    labels: str,
    meta: tuple[str, str],
) -> Source:
    """Read a CIFAR archive, in the order of `batches`. The last batch is for the test.

    `wanted` is (image_size, kind): at most 32, and "small". `labels` is the key of the labels in
    each batch. `meta` is the file with the class names and their key in it. Raise `NasevalError` if
    the archive is damaged, lacks a batch or does not have the expected content.
    """
    small_only(source, wanted, SIDE)
    facts = get_facts(source)
    archive = archives / next(iter(facts.files))
    loaded = _read_batches(archive, [*batches, meta[0]])
    parts = [_images(archive, loaded[batch], labels) for batch in batches]
    images = np.concatenate([part for part, _ in parts])
    given = np.concatenate([part for _, part in parts])
    classes = _class_names(archive, loaded[meta[0]].get(meta[1]))
    numbers = len(images), len(classes), len(np.unique(given))
    if len(images) not in facts.images or numbers[1:] != (facts.classes, facts.classes):
        raise NasevalError(
            f"{archive} holds {numbers[0]} images of {numbers[2]} classes, not {facts.images[0]} "
            f"of {facts.classes}; delete it and run snakemake download"
        )
    test = np.arange(len(images)) >= len(images) - len(parts[-1][0])
    return Source(scaled_down(images, wanted[0]), given, classes, test)


def _read_batches(archive: Path, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    wanted = set(names)
    loaded = {
        PurePosixPath(path).name: _loaded(archive, path, content)
        for path, content in read_files(archive, lambda path: PurePosixPath(path).name in wanted)
    }
    for name in names:
        if name not in loaded:
            raise NasevalError(f"{archive} lacks {name}; delete it and run snakemake download")
    return loaded


def _loaded(archive: Path, path: str, content: bytes) -> dict[str, Any]:
    try:
        loaded = load(content, ADMITTED, encoding="bytes")
        return {key.decode(): value for key, value in loaded.items()}
    except (pickle.UnpicklingError, AttributeError, TypeError, ValueError) as error:
        raise NasevalError(
            f"{archive}: {path} was refused ({error}); delete it and run snakemake download"
        ) from error


def _class_names(archive: Path, names: Any) -> tuple[str, ...]:
    if not (isinstance(names, list) and all(isinstance(name, bytes) for name in names)):
        raise NasevalError(
            f"{archive} holds no names of classes; delete it and run snakemake download"
        )
    return tuple(readable(name) for name in names)


def _images(
    archive: Path, batch: dict[str, Any], key: str
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the images (N, 32, 32, 3) and the labels (N,) of a batch."""
    data, labels = batch.get("data"), batch.get(key)
    pixels: NDArray[Any] = data.values if isinstance(data, _Array) else np.zeros(0, np.uint8)
    if not (
        pixels.ndim == 2
        and pixels.shape[1] == 3 * SIDE * SIDE
        and isinstance(labels, list)
        and len(labels) == len(pixels)
        and all(isinstance(label, int) and label in LABELS for label in labels)
    ):
        raise NasevalError(
            f"{archive} holds a batch without images of 32×32 pixels or their {key}; "
            "delete it and run snakemake download"
        )
    images = pixels.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return images, np.array(labels, dtype=np.int64)
