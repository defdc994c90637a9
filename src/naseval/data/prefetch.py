"""Worker processes that prepare batches in advance."""

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor

from naseval.errors import NasevalError

Step = tuple[int, int]  # epoch and step


class Workers:
    """Processes that prepare batches of several sequences, in the order of the requests.

    `prepare(recipe, step)` is a pure function, so their number does not change a result. They start
    with the first request and end with this process, or at the end of `ending_workers`.
    """

    def __init__(
        self, prepare: Callable[[Any, Step], Tensor], *, count: int, pin_memory: bool
    ) -> None:
        self.count = count
        self._prepare = prepare
        self._pinning = ThreadPoolExecutor(1) if pin_memory else None
        self.begin()
        _all.add(self)

    def begin(self) -> None:
        """Begin with processes that do not exist yet, in the place of those that there may be."""
        self._pool = ProcessPoolExecutor(
            self.count,
            # A forked worker shares the encoded images; a spawned worker gets its own copy.
            multiprocessing.get_context("fork" if sys.platform == "linux" else None),
            initializer=_begin,
            initargs=(self._prepare, os.getpid()),
        )
        self._started = 0

    def submit(self, recipe: Any, step: Step) -> Future[Tensor]:
        """Request a batch. With `pin_memory` it will be in memory from which CUDA copies freely."""
        with _blocked_signals():
            starting = self._started < self.count
            others = set(multiprocessing.active_children()) if starting else set()
            batch = self._pool.submit(_prepared, recipe, step)
            if starting:
                new = set(multiprocessing.active_children()) - others
                self._started += len(new)
                _all_processes.update(new)
            return self._pinning.submit(_pinned, batch) if self._pinning else batch

    def end(self) -> None:
        """Let each process end after the batch that it prepares."""
        self._pool.shutdown(wait=False, cancel_futures=True)


_all: WeakSet[Workers] = WeakSet()
_all_processes: WeakSet[BaseProcess] = WeakSet()
"""Those of collected workers too: multiprocessing keeps every process that has not ended."""


@contextmanager
def ending_workers() -> Iterator[None]:
    """End all workers at the end of the block, and kill those that do not end in time."""
    try:
        yield
    finally:
        for workers in list(_all):
            workers.end()
        _wait_or_kill(list(_all_processes))


def _wait_or_kill(processes: list[BaseProcess]) -> None:
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()


class Prefetch:
    """The batches of one recipe, prepared by `workers` while they are requested in sequence.

    `next_step` returns the next step in sequence. A request out of sequence starts a new sequence.
    """

    def __init__(self, workers: Workers, recipe: Any, next_step: Callable[[Step], Step]) -> None:
        self._workers = workers
        self._recipe = recipe
        self._next_step = next_step
        self._ahead: deque[tuple[Step, Future[Tensor]]] = deque()

    def at(self, step: Step) -> Tensor:
        """Return the batch of the step.

        Raise the `NasevalError` of its preparation, or one if a worker was killed.
        """
        try:
            if not self._ahead or self._ahead[0][0] != step:
                self._start(step)
            _, batch = self._ahead.popleft()
            self._request(self._next_step(self._ahead[-1][0]))
            return batch.result()
        except BrokenProcessPool as error:
            self._workers.begin()  # for another training of the job
            raise NasevalError(
                "a process that prepares images was killed, probably for lack of memory; raise "
                "resources.memory_mb, or lower resources.workers"
            ) from error

    def _start(self, step: Step) -> None:
        for _, batch in self._ahead:
            batch.cancel()
        self._ahead.clear()
        for _ in range(2 * self._workers.count):
            self._request(step)
            step = self._next_step(step)

    def _request(self, step: Step) -> None:
        self._ahead.append((step, self._workers.submit(self._recipe, step)))


_prepare: Callable[[Any, Step], Tensor]
"""What a worker does; set only in workers."""


def _begin(prepare: Callable[[Any, Step], Tensor], parent: int) -> None:
    global _prepare
    _prepare = prepare
    torch.set_num_threads(1)  # a forked process must not use its parent's threads
    Thread(target=_end_with_parent, args=(parent,), daemon=True).start()


def _prepared(recipe: Any, step: Step) -> Tensor:
    return _prepare(recipe, step)


def _pinned(batch: Future[Tensor]) -> Tensor:
    return batch.result().pin_memory()


# A scheduler signals every process of a job. The parent must be able to finish its epoch, for which
# it needs its workers. Therefore workers inherit blocked signals, in all their threads, and accept
# them only from the parent. On macOS the sender of a signal is not known.
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1} if sys.platform == "linux" else set()
PATIENCE = 5.0  # seconds that processes have to end
WATCH = 2.0  # seconds between two looks at the parent


@contextmanager
def _blocked_signals() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        while os.getppid() == parent:
            received = signal.sigtimedwait(ENDING, WATCH)
            if received and received.si_pid == parent:
                break
    elif process := multiprocessing.parent_process():
        process.join()
    os._exit(os.EX_OK)
