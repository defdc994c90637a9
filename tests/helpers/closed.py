"""Files and folders that this process may not read, even if it is root's."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CAPABILITIES_3 = 0x20080522
"""The version of the structures of Linux's `capset` (linux/capability.h)."""
PASSES_MODES = 1 << 1 | 1 << 2
"""The capabilities by which root reads what modes forbid, CAP_DAC_OVERRIDE and _READ_SEARCH."""


@contextmanager
def closed(place: Path) -> Iterator[None]:
    """Take all rights to a place from this process, and give them back at the end."""
    mode = place.stat().st_mode
    place.chmod(0)
    try:
        with _bound_by_modes():
            yield
    finally:
        place.chmod(mode)


@contextmanager
def _bound_by_modes() -> Iterator[None]:
    """Let modes bind root too. Unlike another user, it keeps what is its own."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("modes do not bind root")
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then those of higher bits
    assert libc.capget(header, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~PASSES_MODES
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        assert libc.capset(header, sets) == 0
