"""One process per device, where a machine has several and no scheduler hands them out."""

import errno
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def leased(devices: Sequence[str], *, pause: float = 1.0) -> Iterator[int]:
    """Hold the first of `devices` that is free, and yield its place in the list.

    Where none is free, wait for one, looking every `pause` seconds. `devices` are names that
    every process of the machine uses for the same device (UUIDs). What is held is a socket's
    name in Linux's abstract namespace: one holder per machine, all users together, without a
    file to leave behind; the kernel frees it when the holder dies, however it dies.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as holder:
        place = _first_free(holder, devices)
        if place is None:
            log.info("all %d devices are taken; waiting for one", len(devices))
        while place is None:
            time.sleep(pause)
            place = _first_free(holder, devices)
        yield place


def _first_free(holder: socket.socket, devices: Sequence[str]) -> int | None:
    for place, device in enumerate(devices):
        try:
            holder.bind(f"\0naseval/{device}")
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return place
    return None
