"""The trainings of one job: one after the other, or several at once on its device."""

import json
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import torch

from naseval.errors import Interrupted, NasevalError, OutOfMemory
from naseval.locking.gpus import Gpu, mps_runs, refusal, state_of
from naseval.locking.lease import slots_taken
from naseval.memory import out_of_memory, ran_out_of_memory
from naseval.records import METADATA_KEY
from naseval.script import ScriptRun, import_planned, logged_to
from naseval.training.checkpoint import Checkpoint
from naseval.training.device import current_device, held_device, held_gpu
from naseval.training.session import Session, configured, session
from naseval.training.side_by_side import side_by_side

log = logging.getLogger(__name__)

CONTEXT_BYTES, FRAGMENTATION = 700 * 2**20, 1.1
"""What a process needs of a GPU beside its tensors: about 0.5 GB for CUDA's context and libraries,
and unused gaps. Both are assumptions on the safe side."""
FORMER = 100
"""Most former trainings whose peak memory is looked up."""


class Training(Protocol):
    """A run or a search with its files. `settings` has the path of its `checkpoint`."""

    settings: dict[str, Any]
    log: Path

    @property
    def epochs(self) -> int:
        """How many epochs it has; 0 if that is not known beforehand."""

    @property
    def inputs(self) -> list[Path]:
        """Files that the result depends on."""

    @property
    def alike(self) -> Path:
        """The folder with the results of trainings that need as much memory."""

    def train(self, script: ScriptRun, device: torch.device, training: Session) -> None:
        """Train to the end and write the results."""


def train_all(script: ScriptRun, threads: int, trainings: Sequence[Training]) -> None:
    """Train all, `resources.runs_at_once` at a time.

    If one fails, the others are still trained. Those that ran out of GPU memory are then tried
    again, alone. Checkpoints are deleted only when all have finished, so a second attempt of the
    job trains only those that failed. They are kept if Snakemake was killed meanwhile: the next one
    repeats the job, which then writes its results at once. Raise `NasevalError` if the code is not
    the planned code; what is edited later is not used.
    """
    import_planned(script)
    slots = script.resources.get("runs_at_once", 1) if sys.platform == "linux" else 1
    left: list[Training] = list(trainings)
    failed: list[str] = []
    if slots > 1:
        left, failed = _train_at_once(script, threads, trainings, slots)
    if left:
        failed += _train_in_turn(script, threads, left)
    if failed:
        number = f"{len(failed)} of {len(trainings)} trainings failed: "
        raise NasevalError(number * (len(trainings) > 1) + failed[0])
    if script.is_orphan():
        log.warning("Snakemake was killed; the checkpoint is kept for the next one")
        return
    for training in trainings:
        Checkpoint(Path(training.settings["checkpoint"]), "").delete()


def _train_in_turn(script: ScriptRun, threads: int, trainings: Sequence[Training]) -> list[str]:
    """Train one after the other in this process, and return the sentences of failures."""
    failed = []
    with held_device(script.resources["device"]) as device, configured(script, device, threads):
        for number, training in enumerate(trainings):
            with logged_to(training.log):
                try:
                    _train(script, device, training, _ahead(trainings, number))
                except Interrupted:
                    raise
                except NasevalError as error:
                    log.error("%s", error)
                    failed.append(str(error))
                except Exception:
                    log.exception("this training failed")
                    failed.append(f"see {training.log}")
    return failed


def _train_at_once(
    script: ScriptRun, threads: int, trainings: Sequence[Training], slots: int
) -> tuple[list[Training], list[str]]:
    """Train in processes; return those that ran out of memory, and where others failed."""
    wanted, name = min(slots, len(trainings)), script.resources["device"]
    with held_gpu(name, slots=slots, wanted=wanted) as gpu:
        codes = side_by_side(
            [
                partial(_attempt, script, threads, training, _ahead(trainings, number, wanted))
                for number, training in enumerate(trainings)
            ],
            limit_on(gpu, wanted, sorted({training.alike for training in trainings})),
            lambda: max(0, slots_taken(gpu.uuid) - wanted) if gpu else 0,
        )
    ended = list(zip(trainings, codes, strict=True))
    return (
        [training for training, code in ended if code == OutOfMemory.exit_code],
        [_failure(one, code) for one, code in ended if code not in (0, OutOfMemory.exit_code)],
    )


def _failure(training: Training, code: int) -> str:
    """Say where a training that failed in its process says why, or why it could not say it."""
    if code < 0:
        with logged_to(training.log):
            log.error(
                "the training was killed by %s, perhaps by the kernel for want of memory; give the "
                "job more (resources.memory_mb), then run again",
                signal.Signals(-code).name,
            )
    return f"see {training.log}"


def _ahead(trainings: Sequence[Training], number: int, places: int = 1) -> int:
    """Return the epochs of the trainings that follow one in its place, if all take as long."""
    return sum(training.epochs for training in trainings[number + places :: places])


def _attempt(script: ScriptRun, threads: int, training: Training, ahead: int) -> int:
    """Train in a process of its own and return the exit code."""
    with logged_to(training.log):
        try:
            device = current_device(script.resources["device"])
            with configured(script, device, threads):
                _train(script, device, training, ahead)
        except NasevalError as error:
            log.error("%s", error)
            return int(getattr(error, "exit_code", 1))
        except Exception:
            log.exception("this training failed")
            return 1
    return 0


def _train(script: ScriptRun, device: torch.device, training: Training, ahead: int) -> None:
    settings, inputs = training.settings, training.inputs
    try:
        with session(script, device, settings, inputs, settings["checkpoint"], ahead) as opened:
            training.train(script, device, opened)
    except Exception as error:
        if not ran_out_of_memory(error):
            raise
        raise out_of_memory(error) from error


def limit_on(gpu: Gpu | None, wanted: int, folders: Sequence[Path]) -> Callable[[], int]:
    """Return a function that returns how many trainings may run at once on a GPU, at least 1.

    `folders` have the results of former trainings; those that end meanwhile count too.
    """
    if gpu is None:
        return lambda: wanted
    state = state_of(gpu)
    if sentence := refusal(state, mps=mps_runs()):
        log.warning("%s", sentence)
        return lambda: 1
    return lambda: fitting(wanted, state.free, max(map(former_peak, folders)))


def fitting(wanted: int, free: int | None, peak: int) -> int:
    """Return how many of `wanted` trainings of `peak` bytes fit into `free` bytes, at least 1.

    A `free` of None and a `peak` of 0 are not known, and limit nothing.
    """
    if free is None or peak == 0:
        return wanted
    return min(wanted, max(1, int(free // (peak * FRAGMENTATION + CONTEXT_BYTES))))


def former_peak(folder: Path) -> int:
    """Return the peak memory on a GPU of former trainings in bytes; 0 if there are none."""
    return max(map(_peak, islice(folder.rglob("*.parquet"), FORMER)), default=0)


def _peak(file: Path) -> int:
    try:
        footer = pq.read_metadata(file)
    except (pa.ArrowException, OSError):
        return 0
    made, names = json.loads((footer.metadata or {}).get(METADATA_KEY, b"{}")), footer.schema.names
    if "peak_memory" not in names or not str(made.get("device", "")).startswith("cuda"):
        return 0  # scores of a supernet, or a training without a GPU
    column = names.index("peak_memory")
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    known = [group.column(column).statistics for group in groups if group.num_rows]
    return max((statistics.max for statistics in known), default=0)
