"""A twin is turned away; a dead owner's lock is free, soon on this machine, later on another."""

import errno
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from naseval.errors import NasevalError
from naseval.locking.lock import Owner, lock

EXPIRY = 1.2
HERE = Owner.here()
THERE = Owner("elsewhere", 4321, "4711")

HOLDER = """
import sys
from naseval.locking.lock import lock
from naseval.locking.lock import Owner
owner = Owner(sys.argv[2], 4321, "4711") if sys.argv[2] else None
with lock(sys.argv[1], expiry=float(sys.argv[3]), owner=owner):
    print("held", flush=True)
    sys.stdin.readline()
"""

WITHOUT_KERNEL = """
import errno, fcntl
def unsupported(handle, operation):
    raise OSError(errno.ENOSYS, "Function not implemented")
fcntl.flock = unsupported
"""


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a process which holds the lock until it reads a line."""
    started = []

    def run(host="", before="", *, wait=True):
        command = [sys.executable, "-c", before + HOLDER, tmp_path / "run.pt", host, str(EXPIRY)]
        pipe, environment = subprocess.PIPE, os.environ | {"SLURM_JOB_ID": "4711"}
        process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
        )
        started.append(process)
        if wait:
            assert process.stdout.readline() == "held\n", process.stderr.read()
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def no_kernel_locks(monkeypatch):
    def unsupported(_handle, _operation):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", unsupported)


def signed(tmp_path, owner):
    """Leave the lock of an owner that died."""
    (tmp_path / "run.pt.lock").write_bytes(owner.line())


def waited(tmp_path, caplog, **options):
    """Take the lock; return whether its last owner was given time to show that it lives."""
    caplog.set_level(logging.INFO)
    before = time.monotonic()
    with lock(tmp_path / "run.pt", expiry=EXPIRY, **options):
        taken = time.monotonic()
    asked = any("for a sign of life" in message for message in caplog.messages)
    assert not asked or taken - before >= EXPIRY
    return asked


def test_a_second_holder_is_told_who_the_first_is(tmp_path, start, caplog):
    holder = start()
    owner = rf"run\.pt\.lock is held by process {holder.pid} on .+, SLURM job 4711; wait"
    with pytest.raises(NasevalError, match=owner), lock(tmp_path / "run.pt"):
        pass
    holder.communicate("\n")
    assert not waited(tmp_path, caplog)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_killed_holder_on_this_machine_is_free_at_once(tmp_path, start, caplog):
    holder = start()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert Owner.of(tmp_path / "run.pt.lock").pid == holder.pid
    assert not waited(tmp_path, caplog)


def test_the_same_process_cannot_hold_it_twice(tmp_path):
    with lock(tmp_path / "new" / "run.pt"):
        with pytest.raises(NasevalError, match="is held by"), lock(tmp_path / "new" / "run.pt"):
            pass
        with lock(tmp_path / "new" / "other.pt"):
            pass


def test_a_living_owner_elsewhere_is_not_disturbed(tmp_path, start, caplog):
    # Another name for this machine, and no lock of the kernel: as if it ended at each machine.
    holder = start("elsewhere", WITHOUT_KERNEL)
    time.sleep(EXPIRY)  # longer than any silence that is forgiven
    for _ in range(2):
        with pytest.raises(NasevalError, match="held by process 4321 on elsewhere, SLURM job 4711"):
            waited(tmp_path, caplog)
    assert holder.poll() is None
    _, told = holder.communicate("\n")
    assert (holder.returncode, told) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_dead_owner_elsewhere_is_outlasted(tmp_path, start, caplog):
    holder = start("elsewhere", WITHOUT_KERNEL)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert waited(tmp_path, caplog)
    assert [message for message in caplog.messages if "process 4321 on elsewhere" in message]
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_removed_meanwhile_is_free(tmp_path):
    signed(tmp_path, THERE)
    remover = threading.Timer(0.3, (tmp_path / "run.pt.lock").unlink)
    remover.start()
    before = time.monotonic()
    with lock(tmp_path / "run.pt", expiry=6):
        assert 0.3 <= time.monotonic() - before < 6
    remover.join()


@pytest.mark.parametrize(
    ("owner", "waits"),
    [
        (Owner("here", 1, "4711", restarts=1), False),
        (Owner("elsewhere", 1, "4711", restarts=1), False),
        (Owner("here", 1, "4711"), True),  # a second process of the same allocation
        (Owner("here", 1, "4712", restarts=1), True),
        (Owner("here", 1), True),
    ],
)
def test_a_requeued_job_knows_its_own_lock(tmp_path, caplog, owner, waits):
    signed(tmp_path, THERE)
    assert waited(tmp_path, caplog, owner=owner) == waits


def test_no_job_is_no_requeued_job(tmp_path, caplog):
    signed(tmp_path, Owner("elsewhere", 1))
    assert waited(tmp_path, caplog, owner=Owner("here", 1, restarts=1))


def test_slurm_says_which_job_it_is(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    assert Owner.here() == Owner(HERE.host, os.getpid(), "12", 0)
    monkeypatch.setenv("SLURM_RESTART_COUNT", "3")
    assert Owner.here() == Owner(HERE.host, os.getpid(), "12", 3)


def test_an_owner_that_was_silent_too_long_stops(tmp_path, start):
    holder = start("elsewhere", WITHOUT_KERNEL)
    holder.send_signal(signal.SIGSTOP)
    with lock(tmp_path / "run.pt", expiry=EXPIRY):
        holder.send_signal(signal.SIGCONT)
        assert holder.wait(timeout=20) == -signal.SIGTERM
        assert f"was taken over by {HERE}; stopping" in holder.stderr.read()
        assert Owner.of(tmp_path / "run.pt.lock") == HERE


def test_of_twins_that_start_at_once_one_goes_on(start):
    twins = [start(name, WITHOUT_KERNEL, wait=False) for name in ("one", "two", "three")]
    end = time.monotonic() + 30
    while sum(twin.poll() is None for twin in twins) > 1 and time.monotonic() < end:
        time.sleep(0.05)
    alive = [twin for twin in twins if twin.poll() is None]
    assert len(alive) == 1
    time.sleep(EXPIRY)
    assert alive[0].communicate("\n")[0] == "held\n"
    assert alive[0].returncode == 0


@pytest.mark.usefixtures("no_kernel_locks")
def test_without_kernel_locks_a_twin_here_is_turned_away_too(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "run.pt"
    with (
        lock(path, expiry=EXPIRY),
        pytest.raises(NasevalError, match=f"held by process {os.getpid()} "),
        lock(path, expiry=EXPIRY),
    ):
        pass
    assert "the kernel has no locks here (Function not implemented)" in caplog.messages[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b'{"host": 1, "colour": 2}\n', b"\xff\n"])
def test_nobodys_name_is_nobodys_lock(tmp_path, caplog, content):
    (tmp_path / "run.pt.lock").write_bytes(content)
    assert not waited(tmp_path, caplog)


def test_the_rest_of_a_longer_signature_does_not_matter(tmp_path):
    signed(tmp_path, THERE)
    file = tmp_path / "run.pt.lock"
    file.write_bytes(file.read_bytes() + b'er"}\n')
    assert Owner.of(file) == THERE


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NasevalError, match="could not be opened"), lock(tmp_path / "file" / "x"):
        pass


def test_a_file_that_its_holder_just_removed_is_no_lock(tmp_path, monkeypatch):
    flock = fcntl.flock

    def removed_first(handle, operation):
        (tmp_path / "run.pt.lock").unlink()
        monkeypatch.undo()
        flock(handle, operation)

    path, owner = tmp_path / "run.pt", f"process {os.getpid()} "
    monkeypatch.setattr(fcntl, "flock", removed_first)
    with lock(path), pytest.raises(NasevalError, match=owner), lock(path):
        pass


def test_no_handle_is_left_open(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with lock(tmp_path / "run.pt"), pytest.raises(NasevalError), lock(tmp_path / "run.pt"):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before
