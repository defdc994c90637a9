"""Reads a file of one kind in a process that may have more and more memory.

As a program it has two arguments, the kind and a folder. It prints how often memory ran out, and
fails if anything else was raised or if there never was enough.
"""

import os
import resource
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from PIL import Image

from naseval import records
from naseval.data.decoding import why_broken
from naseval.data.formats.members import read_files
from naseval.data.store import read_array
from naseval.memory import ran_out_of_memory
from naseval.training.checkpoint import Checkpoint

SIZE = 48 * 2**20
STEP, STEPS = 12 * 2**20, 40


def _image(folder: Path) -> Callable[[], Any]:
    Image.new("L", (8000, 5000)).save(folder / "grey.png")
    encoded = (folder / "grey.png").read_bytes()
    return lambda: _unbroken(why_broken(encoded))


def _unbroken(reason: str | None) -> None:
    if reason:
        raise ValueError(reason)


def _array(folder: Path) -> Callable[[], Any]:
    path, shape = folder / "images.npy", (SIZE // 3072, 32, 32, 3)
    np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape).flush()
    return lambda: read_array(folder)


def _folder(folder: Path) -> Callable[[], Any]:
    (folder / "files").mkdir()
    with (folder / "files/large").open("wb") as file:
        file.truncate(SIZE)
    return lambda: list(read_files(folder / "files", lambda _: True))


def _tar(folder: Path) -> Callable[[], Any]:
    _folder(folder)
    with tarfile.open(folder / "a.tar", "w") as tar:
        tar.add(folder / "files/large", "large")
    return lambda: list(read_files(folder / "a.tar", lambda _: True))


def _table(folder: Path) -> Callable[[], Any]:
    path = folder / "table.parquet"
    records.write(path, pa.table({"epoch": np.zeros(SIZE // 8, np.int64)}), {})
    return lambda: records.read(path)


def _checkpoint(folder: Path) -> Callable[[], Any]:
    checkpoint = Checkpoint(folder / "run.pt", "abc")
    checkpoint.save({"tensor": torch.zeros(SIZE // 4)})
    return lambda: checkpoint.load({"tensor": torch.Tensor})


KINDS = {
    "image": _image,
    "array": _array,
    "folder": _folder,
    "tar": _tar,
    "table": _table,
    "checkpoint": _checkpoint,
}


def _failures(read: Callable[[], Any]) -> int:
    """Return how often memory ran out, from no more memory than is used now to enough."""
    read()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    for step in range(STEPS):
        limit = pages * resource.getpagesize() + step * STEP
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            read()
        except Exception as error:
            if not ran_out_of_memory(error):
                raise
        else:
            return step
    raise RuntimeError("it never sufficed")


if __name__ == "__main__":
    torch.set_num_threads(1)
    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())
    found = _failures(KINDS[sys.argv[1]](Path(sys.argv[2])))
    sys.stdout.write(f"{found}\n")
    sys.stdout.flush()
    os._exit(0)  # libraries may not end in little memory
