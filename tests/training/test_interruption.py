"""Signals and kills: what resumes equals what was never stopped."""

import json
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import torch

from naseval.errors import Interrupted, NasevalError
from naseval.training.augmentation import augment
from naseval.training.checkpoint import Checkpoint
from naseval.training.interruption import SIGNALS, interruptible
from naseval.training.loop import EpochLoop
from naseval.training.networks import initialised
from training_toy import ToyData, ToyNetwork, nothing, timeless, toy_protocol

PROCESSES = multiprocessing.get_context("forkserver")  # which imports torch once
PROCESSES.set_forkserver_preload(["naseval.training.augmentation"])


def train(checkpoint, hook=nothing):
    network = initialised(ToyNetwork, 5)
    rows = augment(network, ToyData(hook), toy_protocol(), seed=5, loop=EpochLoop(checkpoint))
    return rows, network


def job(parent: Connection, path: Path, rows: Path, kind: str, place: tuple[int, ...]) -> None:
    """Train; wait for a signal before the step `place`, or in saving after the epoch `place`."""

    def wait():
        parent.send("here")
        parent.recv()

    def hook(epoch, step):
        if kind == "step" and (epoch, step) == place:
            wait()
        if kind == "save" and (epoch, step) == (*place, 2):
            fsync = os.fsync
            os.fsync = lambda handle: (wait(), fsync(handle))

    try:
        found, _ = train(Checkpoint(path, "same"), hook)
    except NasevalError as error:
        parent.send(str(error))
        sys.exit(error.exit_code)
    rows.write_text(json.dumps(found), encoding="utf-8")


class Runner:
    """Starts the job time and again on the same checkpoint."""

    def __init__(self, folder: Path) -> None:
        self.checkpoint = folder / "run.pt"
        self.rows = folder / "rows.json"

    def run(self, number: int | None = None, kind: str = "", *place: int) -> tuple[int, str]:
        """Run the job, sending it a signal where it waits; return its exit code and error."""
        here, there = PROCESSES.Pipe()
        process = PROCESSES.Process(
            target=job, args=(there, self.checkpoint, self.rows, kind, place)
        )
        process.start()
        there.close()
        if number is not None:
            assert here.recv() == "here"
            os.kill(process.pid, number)
            if number != signal.SIGKILL:
                here.send("go on")
        process.join()
        return process.exitcode, here.recv() if process.exitcode > 0 else ""


def test_killed_again_and_again_it_ends_as_if_never_stopped(tmp_path):
    runner = Runner(tmp_path)
    assert runner.run(signal.SIGKILL, "step", 0, 1)[0] == -signal.SIGKILL
    assert not runner.checkpoint.exists()

    code, error = runner.run(signal.SIGTERM, "step", 1, 1)
    assert code == Interrupted.exit_code != 0
    assert "interrupted in epoch 2, after step 2 of 3; run again to resume" in error

    assert runner.run(signal.SIGKILL, "step", 2, 0)[0] == -signal.SIGKILL
    assert runner.run(signal.SIGKILL, "save", 2)[0] == -signal.SIGKILL
    assert len(list(tmp_path.glob(".run.pt.*"))) == 1  # half a checkpoint, which harms nobody
    assert len(Checkpoint(runner.checkpoint, "same").load()["rows"]) == 2

    assert runner.run() == (0, "")
    uninterrupted, _ = train(None)
    assert timeless(json.loads(runner.rows.read_text())) == timeless(uninterrupted)

    Checkpoint(runner.checkpoint, "same").delete()
    assert [path.name for path in tmp_path.iterdir()] == ["rows.json"]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("place", [(0, 0), (0, 2), (1, 1), (3, 2)])
def test_each_signal_saves_and_resumes_bit_by_bit(tmp_path, number, place):
    checkpoint = Checkpoint(tmp_path / "run.pt", "same")

    def hook(epoch, step):
        if (epoch, step) == place:
            os.kill(os.getpid(), number)

    with pytest.raises(Interrupted):
        train(checkpoint, hook)
    state = checkpoint.load()
    assert (state["epoch"], state["step"]) == (place[0], place[1] + 1)

    rows, network = train(checkpoint)
    expected_rows, expected = train(None)
    assert timeless(rows) == timeless(expected_rows)
    for name, value in network.state_dict().items():
        assert torch.equal(value, expected.state_dict()[name]), name


def test_a_signal_while_the_epoch_ends_stops_after_it(tmp_path):
    checkpoint = Checkpoint(tmp_path / "run.pt", "same")
    data = ToyData()
    data.test_hook = lambda *_: os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Interrupted, match="after epoch 1;"):
        network, loop = initialised(ToyNetwork, 5), EpochLoop(checkpoint)
        augment(network, data, toy_protocol(), seed=5, loop=loop)
    rows, _ = train(checkpoint)
    assert timeless(rows) == timeless(train(None)[0])


def test_without_a_checkpoint_signals_keep_their_effect():
    def hook(_epoch, _step):
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            train(None, hook)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_old_handlers_come_back():
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(KeyError), interruptible() as interruption:
        assert not interruption.requested
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.requested
        raise KeyError
    assert [signal.getsignal(number) for number in SIGNALS] == before
