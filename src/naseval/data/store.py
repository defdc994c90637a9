"""The stored images, labels and channel statistics of a dataset.

Small images are one memory-mapped array. Large images stay encoded in a Parquet file.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import ValidationError

from naseval import records, schemas
from naseval.columns import Column, schema
from naseval.data.sources._source import Source
from naseval.errors import NasevalError
from naseval.files import atomic_path
from naseval.json_files import read_sealed
from naseval.settings.dataset import Channels

Kind = Literal["small", "large"]

IMAGE_FILES: Mapping[Kind, str] = {"small": "images.npy", "large": "images.parquet"}
LABEL_FILE = "labels.parquet"
CHANNEL_FILE = "channels.json"

LABELS = schema(
    {**schemas.LABELLED, "name": schemas.TEXT, "test": Column(pa.bool_(), required=False)}
)
"""Labels, the names that splits sort by, and which are the archive's test images (or null)."""

ENCODED = pa.schema(
    [
        pa.field("sample", pa.int64(), nullable=False),
        pa.field("bytes", pa.large_binary(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
    ]
)
ROW_GROUP = 256  # images per read; bounds memory beyond the wanted ones


def write_images(
    folder: Path, source: Source, images_kind: Kind, *, provenance: Mapping[str, Any] | None = None
) -> None:
    """Write `images.npy` or `images.parquet`, and `labels.parquet`, into `folder`.

    The provenance of the labels has the digest of `images.npy`, which has no checksums of its own.
    """
    count = len(source.labels)
    names = source.names or tuple(f"{sample:09d}" for sample in range(count))
    path = folder / IMAGE_FILES[images_kind]
    digest = None
    if images_kind == "small":
        _write_array(path, source.images, count)
        digest = records.content_digest(path)
    else:
        _write_encoded(path, source.images, names)
    test = [None] * count if source.test is None else source.test.tolist()
    columns = {
        "sample": np.arange(count),
        "label": source.labels,
        "class": [source.classes[label] for label in source.labels],
        "name": names,
        "test": test,
    }
    made = {**(provenance or {}), "images": digest}
    records.write(folder / LABEL_FILE, pa.table(columns, schema=LABELS), made)


def _write_array(path: Path, images: Any, count: int) -> None:
    if not _is_image_array(images) or len(images) != count:
        raise ValueError("a source of small images gives uint8 (N, H, W, 3), one per label")
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.save(file, images, allow_pickle=False)


def _write_encoded(path: Path, images: Iterable[Any], names: tuple[str, ...]) -> None:
    samples = enumerate(zip(names, images, strict=True))
    with (
        atomic_path(path) as temporary,
        pq.ParquetWriter(
            temporary,
            ENCODED,
            compression="none",  # the images are already compressed
            use_dictionary=False,
            write_statistics=False,  # would contain whole images
            write_page_checksum=True,
        ) as writer,
    ):
        while group := list(islice(samples, ROW_GROUP)):
            rows = [{"sample": i, "bytes": image, "name": name} for i, (name, image) in group]
            writer.write_table(pa.Table.from_pylist(rows, schema=ENCODED))


def read_labels(folder: Path) -> pa.Table:
    """Return `labels.parquet`, one row per image in the order of the stored images."""
    return records.read(folder / LABEL_FILE, LABELS)


def count_images(folder: Path, kind: Kind) -> int:
    """Return the number of stored images."""
    if kind == "small":
        return len(read_array(folder))
    with _encoded_file(folder) as file:
        count: int = file.metadata.num_rows
        return count


def check_images(folder: Path, kind: Kind) -> None:
    """Raise `NasevalError` unless the stored images are those that the labels were written with.

    Large images must have the numbers and names of the labels, in their order; their bytes have
    checksums, which are verified as they are read.
    """
    path, labels = folder / IMAGE_FILES[kind], read_labels(folder)
    if kind == "small":
        with records.whole(path, "a whole file"):
            digest = _digest(path, path.stat().st_mtime_ns)
        same = digest == records.provenance_in(labels).get("images")
    else:
        with _encoded_file(folder) as file:
            names = pa.concat_tables(_row_groups(file, path, "name"))
        same = records.digest(names) == records.digest(labels.select(["sample", "name"]))
    if not same:
        raise NasevalError(
            f"{path} does not hold the images of {folder / LABEL_FILE} in their order; delete both "
            "and run again"
        )


@cache
def _digest(path: Path, _modified: int) -> str:
    return records.content_digest(path)


def read_array(folder: Path) -> NDArray[np.uint8]:
    """Return the small images, uint8 (N, H, W, 3), memory-mapped."""
    path = folder / IMAGE_FILES["small"]
    with records.whole(path, "a whole array"):
        images = np.lib.format.open_memmap(path, mode="r")
    if not _is_image_array(images):
        raise NasevalError(
            f"{path} does not hold uint8 images (N, H, W, 3); delete it and run again"
        )
    checked: NDArray[np.uint8] = images
    return checked


def read_encoded(folder: Path, samples: NDArray[np.int64]) -> pa.ChunkedArray:
    """Return the encoded large images with the indices `samples` (ascending), as binary values.

    Raise `NasevalError` if an image is missing.
    """
    wanted, path = pa.array(samples), folder / IMAGE_FILES["large"]
    with _encoded_file(folder) as file:
        groups = [
            table.filter(pc.is_in(table["sample"], value_set=wanted))["bytes"]
            for table in _row_groups(file, path, "bytes")
        ]
    found = pa.chunked_array(
        [chunk for group in groups for chunk in group.chunks if len(chunk)], pa.large_binary()
    )
    if len(found) != len(samples) or found.null_count:
        raise NasevalError(f"{path} does not hold each image once; delete it and run again")
    return found


def _row_groups(file: pq.ParquetFile, path: Path, column: str) -> Iterator[pa.Table]:
    """Yield `sample` and another column, group by group."""
    for group in range(file.num_row_groups):
        with records.whole(path):
            rows = file.read_row_group(group, columns=["sample", column])
        yield rows


def _encoded_file(folder: Path) -> pq.ParquetFile:
    path = folder / IMAGE_FILES["large"]
    file = records.opened(path)
    if not file.schema_arrow.equals(ENCODED):
        raise NasevalError(f"{path} does not hold encoded images; delete it and run again")
    return file


def read_channels(folder: Path) -> Channels:
    """Read `channels.json`. Raise `NasevalError`, with the path, if it is missing or damaged."""
    path = folder / CHANNEL_FILE
    fields = read_sealed(path)
    try:
        return Channels(mean=fields["mean"], std=fields["std"])
    except (KeyError, ValidationError) as error:
        raise NasevalError(f"{path} is damaged; delete it and run again") from error


def _is_image_array(images: Any) -> bool:
    return (
        isinstance(images, np.ndarray)
        and images.dtype == np.uint8
        and images.ndim == 4
        and images.shape[3] == 3
    )
