"""Every device has one process at a time, for all processes of the machine."""

import json
import logging
import signal
import subprocess
import sys
import threading
import time
import uuid
from itertools import pairwise

import pytest

from naseval.locking.lease import leased, slots_taken

HOLDER = """
import sys
from naseval.locking.lease import leased
with leased(sys.argv[1:], pause=0.05) as place:
    print(place, flush=True)
    sys.stdin.readline()
"""

WORKER = """
import json, sys, time
from naseval.locking.lease import leased
with leased(sys.argv[1:], pause=0.02) as place:
    start = time.monotonic()
    time.sleep(0.15)
    print(json.dumps([place, start, time.monotonic()]))
"""


@pytest.fixture
def devices():
    """Return the names of three devices that no other test uses."""
    return [f"GPU-{uuid.uuid4()}" for _ in range(3)]


@pytest.fixture
def start():
    """Return a function that starts a process which holds one of the devices."""
    started = []

    def run(devices, program=HOLDER):
        command, pipe = [sys.executable, "-c", program, *devices], subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_each_process_has_a_device_of_its_own(devices, start):
    holders = [start(devices) for _ in devices]
    assert sorted(int(holder.stdout.readline()) for holder in holders) == [0, 1, 2]


def test_the_first_free_one_is_taken(devices, start):
    assert start(devices[:1]).stdout.readline() == "0\n"
    with leased(devices) as place:
        assert place == 1
    with leased(devices[1:]) as place:  # another process may see other devices
        assert place == 0


@pytest.mark.parametrize("end", ["killed", "ended"])
def test_where_none_is_free_one_waits(devices, start, caplog, end):
    caplog.set_level(logging.INFO)
    holders = [start(devices[:2]) for _ in range(2)]
    places = [int(holder.stdout.readline()) for holder in holders]

    def free_the_second():
        if end == "killed":
            holders[1].send_signal(signal.SIGKILL)
        else:
            holders[1].communicate("\n")

    timer = threading.Timer(0.3, free_the_second)
    timer.start()
    before = time.monotonic()
    with leased(devices[:2], pause=0.05) as place:
        assert place == places[1]
        assert time.monotonic() - before >= 0.3
    timer.join()
    assert [text.partition(" (")[0] for text in caplog.messages] == [
        "all 2 devices are taken; waiting for one"
    ]
    assert "lower --resources gpu=N" in caplog.text


SHARER = """
import sys
from naseval.locking.lease import leased
slots, wanted, *devices = sys.argv[1:]
with leased(devices, slots=int(slots), wanted=int(wanted), pause=0.05) as place:
    print(place, flush=True)
    sys.stdin.readline()
"""


def test_so_many_share_a_device_and_are_counted(devices, start):
    first = devices[0]
    places = [start(["2", "1", *devices], SHARER).stdout.readline() for _ in range(3)]
    assert places == ["0\n", "0\n", "1\n"]
    assert [slots_taken(device) for device in devices] == [2, 1, 0]
    with leased(devices, slots=2, wanted=2) as place:
        assert place == 2  # the second device has one slot left
    with leased([first], slots=4, wanted=2) as place:
        assert slots_taken(first) == 4
    assert slots_taken(first) == 2


def test_one_that_shares_with_none_keeps_all_others_out(devices, start):
    assert start(["4", "1", devices[0]], SHARER).stdout.readline() == "0\n"
    with leased(devices) as place:  # the whole of the next
        assert place == 1
        with leased(devices[1:], slots=16) as other:
            assert other == 1
    assert [slots_taken(device) for device in devices] == [1, 0, 0]


def test_no_two_hold_one_device_at_once(devices, start):
    workers = [start(devices[:2], WORKER) for _ in range(8)]
    held = [json.loads(worker.communicate()[0]) for worker in workers]
    assert {place for place, _, _ in held} == {0, 1}
    for device in (0, 1):
        spans = sorted((begin, end) for place, begin, end in held if place == device)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_torch_is_not_needed_to_hold_one(devices):
    program = "import sys, naseval.locking.lease; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program, *devices], check=True)
