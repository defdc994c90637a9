"""A twin is turned away; a dead owner's lock is free."""

import errno
import fcntl
import os
import signal
import subprocess
import sys

import pytest

from naseval.errors import NasevalError
from naseval.training.lock import lock

HOLDER = """
import sys
from naseval.training.lock import lock
with lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "run.pt")]
    environment = os.environ | {"SLURM_JOB_ID": "4711"}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_holder_is_told_who_the_first_is(tmp_path, holder):
    owner = rf"run\.pt\.lock is held by process {holder.pid} on .+, SLURM job 4711; wait"
    with pytest.raises(NasevalError, match=owner), lock(tmp_path / "run.pt"):
        pass
    holder.communicate("\n")
    with lock(tmp_path / "run.pt"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_killed_holder_is_free(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lock(tmp_path / "run.pt"):
        assert f"process {os.getpid()} " in (tmp_path / "run.pt.lock").read_text()


def test_the_same_process_cannot_hold_it_twice(tmp_path):
    with lock(tmp_path / "new" / "run.pt"):
        with pytest.raises(NasevalError, match="is held by"), lock(tmp_path / "new" / "run.pt"):
            pass
        with lock(tmp_path / "new" / "other.pt"):
            pass


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


def test_a_file_system_without_locks_is_logged(tmp_path, monkeypatch, caplog):
    def unsupported(_handle, _operation):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with lock(tmp_path / "run.pt"), lock(tmp_path / "run.pt"):
        assert len(caplog.messages) == 2
    assert "no locks here (Function not implemented)" in caplog.messages[0]
