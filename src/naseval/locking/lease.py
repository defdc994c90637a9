"""Leases of devices on a machine with several trainings and no scheduler."""

import errno
import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

SLOTS = 16
"""Slots of a device. A lease that shares with no other holds all of them."""


@contextmanager
def leased(
    devices: Sequence[str], *, slots: int = 1, wanted: int = 1, pause: float = 1.0
) -> Iterator[int]:
    """Hold a part of the first device of `devices` that has it free, and yield its index.

    If none has, wait and check every `pause` seconds. `devices` are names that every process of the
    machine uses for the same device (UUIDs). `slots` trainings may share a device, of which this
    process has `wanted`; one slot is the whole device, whatever others count. The lock is the names
    of sockets in Linux's abstract namespace. Each has one holder per machine, among all users, and
    needs no file. The kernel frees it when the holder ends, for whatever reason.
    """
    with ExitStack() as held:
        place = _first_free(held, devices, slots, wanted)
        if place is None:
            log.warning(
                "all %d devices are taken; waiting for one (more jobs run at once than devices "
                "have places: lower --resources gpu=N, or raise resources.runs_at_once)",
                len(devices),
            )
        while place is None:
            time.sleep(pause)
            place = _first_free(held, devices, slots, wanted)
        yield place


def slots_taken(device: str) -> int:
    """Return how many slots of a device are held by any process of the machine."""
    lines = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()
    return len({line.split()[-1] for line in lines if f"@naseval/{device}/" in line})


def _first_free(held: ExitStack, devices: Sequence[str], slots: int, wanted: int) -> int | None:
    for place, device in enumerate(devices):
        with ExitStack() as attempt:
            if _take(attempt, device, slots, wanted):
                held.push(attempt.pop_all())
                return place
    return None


def _take(attempt: ExitStack, device: str, slots: int, wanted: int) -> bool:
    needed = SLOTS if slots == 1 else wanted
    for slot in range(SLOTS if slots == 1 else slots):
        needed -= _bind(attempt, f"\0naseval/{device}/{slot}")
        if needed == 0:
            return True
    return False


def _bind(attempt: ExitStack, name: str) -> bool:
    holder = attempt.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
    try:
        holder.bind(name)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True
