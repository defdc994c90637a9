"""What the last line of a training's log says; `naseval.training.progress` writes it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

EPOCH = re.compile(r"epoch (\d+)/(\d+): (.*); [\d.]+ s, (.+) to go$")
ACCURACY = re.compile(r"(?:test|validation)_accuracy ([\d.e+-]+)")
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
NO_FAULT = re.compile(r"interrupted |individual \d+: |.* is ignored: |.* waiting \d+ s ")
"""Last lines, other than an epoch's, of a training that stopped without a complaint."""
TAIL = 4096


@dataclass(frozen=True)
class Progress:
    """How far a training, or a stage of it, has come."""

    epoch: int
    epochs: int
    accuracy: float | None
    """Per cent, on test images of a run, on validation images of a search that validates."""
    left: str
    """Time to go, as `timedelta` writes it."""


def last_line(path: Path) -> str:
    """Return the last line of a log, without the time; empty where there is none."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return STAMP.sub("", lines[-1]) if lines else ""


def progress(line: str) -> Progress | None:
    """Return what an epoch's line says; None for another line."""
    found = EPOCH.search(line)
    if found is None:
        return None
    epoch, epochs, numbers, left = found.groups()
    accuracy = ACCURACY.search(numbers)
    return Progress(int(epoch), int(epochs), float(accuracy[1]) if accuracy else None, left)


def complains(line: str) -> bool:
    """Whether a training that ended with this line ended in an error."""
    return bool(line) and not (EPOCH.search(line) or NO_FAULT.match(line))
