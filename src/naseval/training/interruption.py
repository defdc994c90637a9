"""Signals that ask a job to stop, turned into a flag that the training loop polls."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Interruption:
    """Whether a signal has asked to stop."""

    def __init__(self) -> None:
        self.requested = False

    def request(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal. Repeats change nothing: Ctrl-C often arrives with a SIGTERM."""
        self.requested = True


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn SIGTERM, SIGINT and SIGUSR1 into a flag; afterwards the old handlers are back.

    Outside the main thread Python lets nobody handle signals, so the flag is never set there.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    handlers = {number: signal.signal(number, interruption.request) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
