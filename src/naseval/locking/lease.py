"""Exclusive use of devices on a machine with several devices and no scheduler."""

import errno
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

log = logging.getLogger(__name__)


@contextmanager
def leased(devices: Sequence[str], *, pause: float = 1.0) -> Iterator[int]:
    """Hold the first free device of `devices` and yield its index.

    If none is free, wait and check every `pause` seconds. `devices` are names that every process of
    the machine uses for the same device (UUIDs). The lock is the name of a socket in Linux's
    abstract namespace. It has one holder per machine, among all users, and needs no file. The
    kernel frees it when the holder ends, for whatever reason.
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
