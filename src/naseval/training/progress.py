"""Progress of a training: a bar on the terminal and one line per epoch in the log."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from multiprocessing import parent_process
from typing import Any

from tqdm import tqdm

log = logging.getLogger(__name__)


def progress_bar(epoch: int, steps: int, done: int) -> "tqdm[Any]":
    """Return the progress bar of an epoch (from 0) with `done` finished steps.

    The bar is displayed only if standard error is a terminal and no other training shares it.
    """
    hidden = True if parent_process() else None
    return tqdm(total=steps, initial=done, desc=f"epoch {epoch + 1}", leave=False, disable=hidden)


def log_epoch(rows: Sequence[Mapping[str, Any]], epoch: int, epochs: int, later: int = 0) -> None:
    """Log the last row, of `epoch` (from 0) of `epochs`, and what time is left of the job.

    It is expected that the `later` epochs that follow these take as long as they do.
    """
    seconds = [row["seconds"] for row in rows[-epoch - 1 :]]
    left = sum(seconds) / len(seconds) * (epochs - epoch - 1 + later)
    numbers = [
        f"{name} {value:.5g}"
        for name, value in rows[-1].items()
        if isinstance(value, float) and name != "seconds"
    ]
    log.info(
        "epoch %d/%d: %s; %.1f s, %s to go",
        epoch + 1,
        epochs,
        ", ".join(numbers),
        seconds[-1],
        timedelta(seconds=round(left)),
    )
