"""Several trainings at once on one device, as processes of their own.

They are forked, so that torch is imported once, and before anything touches CUDA.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType

from naseval.errors import Interrupted
from naseval.training.interruption import SIGNALS, Interruption, interruptible

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_AT_ONCE: ContextVar[Callable[[], int]] = ContextVar("at_once", default=lambda: 1)


def at_once() -> int:
    """Return how many trainings run on the device of this one now, itself included."""
    return _AT_ONCE.get()()


def side_by_side(
    tasks: Sequence[Callable[[], int]],
    limit: Callable[[], int],
    elsewhere: Callable[[], int] = lambda: 0,
) -> list[int]:
    """Run every task in a process of its own, and return their exit codes in order. Only Linux.

    Tasks start in order. A process ends with its parent, even a killed one. SIGTERM, SIGINT and
    SIGUSR1 are passed on, and then no further task starts.

    Parameters
    ----------
    tasks : sequence of callables
        Each returns its exit code.
    limit : callable
        Returns how many may run at once; it is called again whenever one has ended.
    elsewhere : callable, optional
        Returns how many trainings of other jobs the device has, for `at_once`.

    Raises
    ------
    Interrupted
        If a signal asked to stop, after all processes have ended.

    """
    fork = multiprocessing.get_context("fork")
    running = fork.RawValue("i", 0)
    children: dict[ForkProcess, int] = {}
    codes = [0] * len(tasks)
    started = 0
    with interruptible(_PassedOn(children)) as interruption:
        while True:
            while started < len(tasks) and len(children) < max(1, limit()):
                before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
                if not interruption.requested:
                    child = fork.Process(
                        target=_run,
                        args=(tasks[started], lambda: running.value + elsewhere(), os.getpid()),
                    )
                    running.value = len(children) + 1
                    child.start()
                    children[child] = started
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                if interruption.requested:
                    break
                started += 1
            if not children:
                break
            ended = wait([child.sentinel for child in children])
            for child in [child for child in children if child.sentinel in ended]:
                child.join()
                codes[children.pop(child)] = child.exitcode or 0
            running.value = len(children)
    if interruption.requested:
        raise Interrupted("interrupted; run again to resume")
    return codes


class _PassedOn(Interruption):
    """A flag whose signal goes on to the children that are running."""

    def __init__(self, children: dict[ForkProcess, int]) -> None:
        super().__init__()
        self.children = children

    def request(self, number: int, frame: FrameType | None) -> None:
        """Pass the first signal on."""
        if not self.requested:
            for child in self.children:
                if child.exitcode is None and child.pid:
                    os.kill(child.pid, number)
        super().request(number, frame)


def _run(task: Callable[[], int], sharers: Callable[[], int], parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(os.EX_TEMPFAIL)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    _AT_ONCE.set(sharers)
    sys.exit(task())
