"""Handling of the signals that stop a job. The training loop polls a flag."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Interruption:
    """A flag that a stop signal sets."""

    def __init__(self) -> None:
        self.requested = False

    def request(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal. A second one has no effect, since Ctrl-C often comes with a SIGTERM."""
        self.requested = True


@contextmanager
def interruptible(interruption: Interruption | None = None) -> Iterator[Interruption]:
    """Yield a flag that SIGTERM, SIGINT and SIGUSR1 set. Afterwards restore the old handlers.

    Python can handle signals only in the main thread, so in other threads the flag is never set.
    """
    interruption = interruption or Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    handlers = {number: signal.signal(number, interruption.request) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
