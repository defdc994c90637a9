"""The stored images and labels of a dataset.

Small images are one memory-mapped array. Large images stay encoded in a Parquet file.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from naseval import records, schemas
from naseval.data.sources._source import Source
from naseval.errors import NasevalError
from naseval.files import atomic_path

Kind = Literal["small", "large"]

IMAGE_FILES: Mapping[Kind, str] = {"small": "images.npy", "large": "images.parquet"}
LABEL_FILE = "labels.parquet"

LABELS = pa.schema(
    [*schemas.LABELS, pa.field("name", pa.string(), nullable=False), pa.field("test", pa.bool_())]
)
"""`schemas.LABELS`, the names that splits sort by, and the archive's test images (or null)."""

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
    """Write `images.npy` or `images.parquet`, and `labels.parquet`, into `folder`."""
    count = len(source.labels)
    names = source.names or tuple(f"{sample:09d}" for sample in range(count))
    path = folder / IMAGE_FILES[images_kind]
    if images_kind == "small":
        _write_array(path, source.images, count)
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
    records.write(folder / LABEL_FILE, pa.table(columns, schema=LABELS), provenance or {})


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


def read_array(folder: Path) -> NDArray[np.uint8]:
    """Return the small images, uint8 (N, H, W, 3), memory-mapped."""
    path = folder / IMAGE_FILES["small"]
    try:
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except (ValueError, EOFError, OSError) as error:
        raise NasevalError(
            f"{path} is not a whole array (truncated?); delete it and run again"
        ) from error
    if not _is_image_array(images):
        raise NasevalError(
            f"{path} does not hold uint8 images (N, H, W, 3); delete it and run again"
        )
    checked: NDArray[np.uint8] = images
    return checked


def read_encoded(folder: Path, samples: NDArray[np.int64]) -> pa.ChunkedArray:
    """Return the encoded large images with the indices `samples` (ascending), as binary values."""
    wanted = pa.array(samples)
    with _encoded_file(folder) as file:
        groups = [
            table.filter(pc.is_in(table["sample"], value_set=wanted))["bytes"]
            for table in _row_groups(file, folder / IMAGE_FILES["large"])
        ]
    return pa.chunked_array(
        [chunk for group in groups for chunk in group.chunks if len(chunk)], pa.large_binary()
    )


def _row_groups(file: pq.ParquetFile, path: Path) -> Iterator[pa.Table]:
    for group in range(file.num_row_groups):
        try:
            yield file.read_row_group(group, columns=["sample", "bytes"])
        except (pa.ArrowException, OSError) as error:
            raise NasevalError(f"{path} is damaged; delete it and run again") from error


def _encoded_file(folder: Path) -> pq.ParquetFile:
    path = folder / IMAGE_FILES["large"]
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise NasevalError(f"{path} is missing; run the rule that makes it") from error
    except (pa.ArrowException, OSError) as error:
        raise NasevalError(
            f"{path} is not a readable Parquet file (truncated?); delete it and run again"
        ) from error
    if not file.schema_arrow.equals(ENCODED):
        raise NasevalError(f"{path} does not hold encoded images; delete it and run again")
    return file


def _is_image_array(images: Any) -> bool:
    return (
        isinstance(images, np.ndarray)
        and images.dtype == np.uint8
        and images.ndim == 4
        and images.shape[3] == 3
    )
