"""Worker processes that prepare batches in advance."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from naseval.errors import NasevalError

Step = tuple[int, int]  # epoch and step


class Prefetch:
    """Prepares batches in advance while they are requested in sequence.

    A request out of sequence starts a new sequence. `prepare` and `next_step` (which returns the
    next step in sequence) are pure functions of a step, so the number of workers does not change a
    result.
    """

    def __init__(
        self,
        prepare: Callable[[Step], Tensor],
        next_step: Callable[[Step], Step],
        *,
        workers: int,
        pin_memory: bool,
    ) -> None:
        self._sequence = _Sequence(next_step)
        self._loader: DataLoader[Any] = DataLoader(
            _Prepared(prepare),
            batch_size=None,
            sampler=self._sequence,
            num_workers=workers,
            persistent_workers=True,
            pin_memory=pin_memory,
            worker_init_fn=_heed_parent_alone,
            generator=torch.Generator(),  # else the loader uses the global generator
            # A forked worker shares the encoded images; a spawned worker gets its own copy.
            multiprocessing_context="fork" if sys.platform == "linux" else None,
        )
        self._iterator: Iterator[Tensor | NasevalError] | None = None
        self._next: Step | None = None

    def at(self, step: Step) -> Tensor:
        """Return the result of `prepare` for the step."""
        if self._iterator is None or step != self._next:
            self._sequence.start = step
            with _blocked_signals():
                self._iterator = iter(self._loader)
        self._next = self._sequence.next_step(step)
        prepared = next(self._iterator)
        if isinstance(prepared, NasevalError):
            self._next = None
            raise prepared
        return prepared


class _Prepared(Dataset[Any]):
    def __init__(self, prepare: Callable[[Step], Tensor]) -> None:
        self.prepare = prepare

    def __getitem__(self, step: Step) -> Tensor | NasevalError:
        try:
            return self.prepare(step)
        except NasevalError as error:  # else the loader wraps it in a worker's traceback
            return error


class _Sequence(Sampler[Any]):
    def __init__(self, next_step: Callable[[Step], Step]) -> None:
        self.next_step = next_step
        self.start: Step = (0, 0)

    def __iter__(self) -> Iterator[Step]:
        step = self.start
        while True:
            yield step
            step = self.next_step(step)


# A scheduler signals every process of a job. The parent must be able to finish its epoch, for which
# it needs its workers. Therefore workers inherit blocked signals, in all their threads, and accept
# them only from the parent, which ends its workers in this way. On macOS the sender of a signal is
# not known.
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1} if sys.platform == "linux" else set()


@contextmanager
def _blocked_signals() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _heed_parent_alone(_: int) -> None:
    if ENDING:
        Thread(target=_await_parent, args=(os.getppid(),), daemon=True).start()


def _await_parent(parent: int) -> None:
    while signal.sigwaitinfo(ENDING).si_pid != parent:
        pass
    os._exit(os.EX_OK)
