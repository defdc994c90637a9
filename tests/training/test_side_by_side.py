"""Trainings at once: so many and no more, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from naseval.errors import Interrupted
from naseval.training.interruption import SIGNALS, interruptible
from naseval.training.side_by_side import at_once, side_by_side

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="trains at once only on Linux")


def spans(folder):
    """Return the sorted (time, +1 or -1) of starts and ends that tasks wrote."""
    found = [map(float, file.read_text().split()) for file in folder.glob("*.span")]
    return sorted(event for start, end in found for event in ((start, 1), (end, -1)))


def most(events):
    running, highest = 0, 0
    for _, change in events:
        running += change
        highest = max(highest, running)
    return highest


def span(folder, number, others=1):
    """Write when this task ran: until so many had begun, itself included."""
    start = time.monotonic()
    folder.joinpath(f"{number}.began").touch()
    while len(list(folder.glob("*.began"))) < others:
        time.sleep(0.01)
    time.sleep(0.1)
    folder.joinpath(f"{number}.span").write_text(f"{start} {time.monotonic()}")
    return number


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_so_many_run_at_once_and_codes_come_in_order(tmp_path, limit):
    tasks = [partial(span, tmp_path, number, min(limit, 4)) for number in range(4)]
    assert side_by_side(tasks, lambda: limit) == [0, 1, 2, 3]
    assert most(spans(tmp_path)) == min(limit, 4)


def test_the_limit_may_change_but_one_always_runs(tmp_path):
    limits = iter([2, 2, *[0] * 20])
    tasks = [partial(span, tmp_path, number, 2) for number in range(4)]
    assert side_by_side(tasks, lambda: next(limits)) == [0, 1, 2, 3]
    events = spans(tmp_path)
    assert most(events) == 2
    assert most(events[4:]) == 1


def test_one_that_fails_or_is_killed_leaves_the_others(capfd):
    def fail():
        raise ValueError("a bug")

    tasks = [lambda: 0, lambda: os.kill(os.getpid(), signal.SIGKILL), fail, lambda: 3]
    assert side_by_side(tasks, lambda: 2) == [0, -signal.SIGKILL, 1, 3]
    assert "ValueError: a bug" in capfd.readouterr().err


def test_each_knows_how_many_there_are(tmp_path):
    def last_of(number):
        span(tmp_path, number, 3)  # until all have begun
        while at_once() > number:
            time.sleep(0.01)
        return at_once()

    assert at_once() == 1
    tasks = [partial(last_of, number) for number in (3, 2, 1)]
    assert side_by_side(tasks, lambda: 3) == [3, 2, 1]
    assert side_by_side([at_once], lambda: 3, lambda: 4) == [5]


def stop_at_a_signal(folder, number, begun=lambda: None):
    with interruptible() as interruption:
        folder.joinpath(f"{number}.began").touch()
        begun()
        while not interruption.requested:
            time.sleep(0.01)
    folder.joinpath(f"{number}.saved").touch()
    return Interrupted.exit_code


def signal_once_all_began(folder, number):
    while len(list(folder.glob("*.began"))) < 3:
        time.sleep(0.01)
    os.kill(os.getppid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_passed_on_and_waited_for(tmp_path, number):
    tasks = [
        partial(stop_at_a_signal, tmp_path, 0),
        partial(stop_at_a_signal, tmp_path, 1),
        partial(stop_at_a_signal, tmp_path, 2, partial(signal_once_all_began, tmp_path, number)),
        partial(span, tmp_path, 3),
    ]
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(Interrupted, match="run again to resume"):
        side_by_side(tasks, lambda: 3)
    assert len(list(tmp_path.glob("*.saved"))) == 3
    assert not spans(tmp_path)  # the last never started
    assert [signal.getsignal(number) for number in SIGNALS] == before
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())


PARENT = """
import os, time
from naseval.training.side_by_side import side_by_side

def task():
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(60)

side_by_side([task, task], lambda: 2)
"""


def test_none_outlives_a_killed_parent():
    command, pipe = [sys.executable, "-c", PARENT], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, text=True) as parent:
        children = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
        before = time.monotonic()
        assert parent.stdout.read() == ""  # ends only when every process has closed it
        assert time.monotonic() - before < 30
    assert len({parent.pid, *children}) == 3
