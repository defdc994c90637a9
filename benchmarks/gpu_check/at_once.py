"""Several runs at once on one device: the same bits as alone, and how much sooner they are done.

Processes are forked, so this must come before anything touches CUDA.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from benchmarks.bench.document import table
from benchmarks.gpu_check import steps
from benchmarks.gpu_check.toys import EPOCHS

from naseval.training.pack import train_all

HEADER = ("runs at once", "processes", "seconds", "the same bits as alone")


@dataclass
class TinyRun:
    """A `Training` of the pack."""

    folder: Path
    number: int

    def __post_init__(self) -> None:
        self.settings = {"checkpoint": str(self.folder / f"{self.number}.pt"), "seed": self.number}
        self.log, self.alike = self.folder / f"{self.number}.log", self.folder
        self.epochs, self.inputs = EPOCHS, list[Path]()
        self.output = self.folder / f"{self.number}.json"

    def train(self, _script: Any, device: torch.device, training: Any) -> None:
        """Train and write the rows."""
        rows = steps.run(device, training.loop, seed=self.number)
        self.output.write_text(json.dumps([steps.bits(rows), [row["at_once"] for row in rows]]))


def at_once_table(count: int, device: str, folder: Path) -> tuple[str, list[str]]:
    """Return a table of `count` runs at once and of the same in turn, and what was wrong."""
    if sys.platform != "linux":
        return "Several runs at once: left out, since only Linux has them.", []
    together, shared, first = _trained(count, count, device, folder / "together")
    alone, _, second = _trained(count, 1, device, folder / "alone")
    same = together == alone
    rows = [
        [str(count), str(shared), f"{first:.1f}", "yes" if same else "NO"],
        ["1", "1", f"{second:.1f}", "–"],
    ]
    faults = [] if same else [f"{count} runs at once have other bits than alone"]
    return table(HEADER, rows), faults


def _trained(count: int, slots: int, device: str, folder: Path) -> tuple[Any, int, float]:
    """Return the rows of all runs, the most that shared the device, and the seconds for all."""
    folder.mkdir(parents=True)
    resources = {"device": device, "threads": 1, "runs_at_once": slots, "image_cache_mb": 0}
    script: Any = SimpleNamespace(
        resources=resources,
        code={"digest": "check", "modules": []},
        check_code=lambda: None,
        is_orphan=lambda: False,
    )
    runs = [TinyRun(folder, number) for number in range(count)]
    start = time.monotonic()
    train_all(script, 1, runs)
    seconds = time.monotonic() - start
    found = [json.loads(each.output.read_text()) for each in runs]
    return [rows for rows, _ in found], max(max(shared) for _, shared in found), seconds
