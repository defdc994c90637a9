"""The loop's bookkeeping: stages, sums, seeds, and optimizers that resume bit by bit."""

import io
import logging
import os
import signal
import sys
import time

import pyarrow as pa
import pytest
import torch
from torch import nn

from naseval.errors import Diverged, Interrupted
from naseval.randomness import torch_seed
from naseval.settings.base import ArchitectureOptimizer, Optimizer
from naseval.training.checkpoint import Checkpoint, TensorState
from naseval.training.loop import EpochLoop, SavedStage
from naseval.training.optimizers import build_optimizer
from naseval.training.progress import progress_bar

WEIGHTS = Optimizer(name="sgd", learning_rate=0.1, learning_rate_min=0, weight_decay=1e-3)
ADAMAX = Optimizer(name="adamax", learning_rate=0.1, learning_rate_min=0, weight_decay=1e-3)
TOY_ROWS = pa.schema(
    [
        pa.field("epoch", pa.int64(), nullable=False),
        pa.field("seconds", pa.float64(), nullable=False),
        pa.field("train_loss", pa.float64()),
        pa.field("draw", pa.float64()),
    ]
)
ALPHAS = ArchitectureOptimizer(learning_rate=3e-3, weight_decay=1e-3)


class Bilevel:
    """A search in small: a weight matrix and alphas in turn, on random inputs."""

    def __init__(self, weights=WEIGHTS, stop_at=None):
        torch.manual_seed(1)
        self.network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
        self.alphas = torch.zeros(4, requires_grad=True)
        self.optimizers = [
            build_optimizer(self.network.parameters(), weights),
            build_optimizer([self.alphas], ALPHAS),
        ]
        self.stop_at = stop_at
        self.seen = []

    def parts(self):
        return {
            "network": self.network,
            "alphas": TensorState({"alphas": self.alphas}),
            "weights": self.optimizers[0],
            "architecture": self.optimizers[1],
        }

    def begin(self, epoch):
        self.scale = 1 + epoch
        with torch.no_grad():  # a change, and a draw, that resuming must not repeat
            self.alphas += 0.1 * torch.rand(4)

    def step(self, epoch, step):
        self.seen.append((epoch, step))
        if self.stop_at == (epoch, step):
            os.kill(os.getpid(), signal.SIGTERM)
        outputs = self.network(torch.randn(5, 3))
        loss = ((outputs * self.alphas.softmax(0)).sum(1) - self.scale).square().sum()
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
        return {"images": 5, "loss": loss}

    def end(self, epoch, totals):
        return {"epoch": epoch + 1, "train_loss": totals["loss"] / totals["images"]}


def run(task, checkpoint=None, **options):
    options = {"epochs": 3, "steps": 4, "stream_names": (7, "toy")} | options
    rows = EpochLoop(checkpoint).run(task, parts=task.parts(), schema=TOY_ROWS, **options)
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]


def leaves(value):
    """Return every tensor and number in nested states."""
    if isinstance(value, dict):
        return [leaf for entry in value.values() for leaf in leaves(entry)]
    if isinstance(value, list | tuple):
        return [leaf for entry in value for leaf in leaves(entry)]
    return [value.tolist() if isinstance(value, torch.Tensor) else value]


def states(task):
    return leaves({name: part.state_dict() for name, part in task.parts().items()})


@pytest.mark.parametrize("weights", [WEIGHTS, ADAMAX])
@pytest.mark.parametrize("place", [(0, 0), (1, 2), (2, 3)])
def test_networks_alphas_and_optimizers_resume_bit_by_bit(tmp_path, weights, place):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    stopped = Bilevel(weights, stop_at=place)
    with pytest.raises(Interrupted):
        run(stopped, checkpoint)
    resumed, straight = Bilevel(weights), Bilevel(weights)
    assert run(resumed, checkpoint) == run(straight)
    assert stopped.seen + resumed.seen == straight.seen
    assert states(resumed) == states(straight)
    assert any(isinstance(leaf, float) for leaf in states(straight))


def test_a_finished_loop_returns_its_rows_and_states_at_once(tmp_path):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    first, again = Bilevel(), Bilevel()
    assert run(first, checkpoint) == run(again, checkpoint)
    assert again.seen == []
    assert states(first) == states(again)


def staged(checkpoint, stop_in=None):
    """Search in three stages, each beginning with the alphas of the last."""
    loop = EpochLoop(checkpoint)
    stage, carried, rows = loop.saved_stage()
    while stage <= 3:
        task = Bilevel(stop_at=(1, 1) if stop_in == stage else None)
        if carried is not None:
            task.alphas.data.copy_(carried["alphas"])
        rows = loop.run(
            task,
            epochs=2,
            steps=3,
            parts=task.parts(),
            stream_names=(7, "toy"),
            stage=stage,
            carried_state=carried,
            rows=rows,
            schema=TOY_ROWS,
        )
        carried = {"alphas": task.alphas.detach().clone(), "name": "kept"}
        stage += 1
    return [row["train_loss"] for row in rows], carried["alphas"].tolist()


@pytest.mark.parametrize("stop_in", [1, 2, 3])
def test_stages_resume_where_they_were(tmp_path, stop_in):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    assert (
        EpochLoop(checkpoint).saved_stage() == SavedStage(1, None, []) == EpochLoop().saved_stage()
    )
    with pytest.raises(Interrupted):
        staged(checkpoint, stop_in)
    assert EpochLoop(checkpoint).saved_stage().stage == stop_in
    assert len(EpochLoop(checkpoint).saved_stage().rows) == 2 * (stop_in - 1) + 1
    straight = staged(None)
    assert staged(checkpoint) == straight
    assert staged(checkpoint) == straight  # all stages done: nothing trains again
    assert len(set(straight[0])) == 6  # every stage and epoch has its own random stream


def test_a_finished_stage_is_not_run_again(tmp_path):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    run(Bilevel(), checkpoint, stage=2)
    with pytest.raises(ValueError, match="stage 1 is finished"):
        run(Bilevel(), checkpoint, stage=1)


class Watched(Bilevel):
    """Keeps the totals, and takes its time."""

    def begin(self, _epoch):
        self.draw = torch.rand(1).item()

    def step(self, epoch, step):
        if self.stop_at == (epoch, step):
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        return {"tensor": torch.tensor(1 / (3 + step)), "count": torch.tensor(2), "number": 0.5}

    def end(self, epoch, totals):
        self.totals = totals
        time.sleep(0.05)
        return {"epoch": epoch + 1, "draw": self.draw}


def test_sums_and_seconds_add_up_over_interruptions(tmp_path):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    with pytest.raises(Interrupted):
        run(Watched(stop_at=(0, 1)), checkpoint, epochs=1)
    task = Watched()
    rows = EpochLoop(checkpoint).run(
        task, epochs=1, steps=4, parts=task.parts(), stream_names=(7, "toy"), schema=TOY_ROWS
    )
    assert task.totals["tensor"] == sum(torch.tensor(1 / n).item() for n in (3, 4, 5, 6))
    assert (task.totals["count"], task.totals["number"]) == (8, 2)
    assert 0.2 <= task.totals["seconds"] < rows[0]["seconds"] - 0.05 + 1e-3


def test_each_epoch_has_the_seed_of_its_names():
    rows = run(Watched(), epochs=2, steps=1, stage=3)
    for epoch, row in enumerate(rows):
        generator = torch.Generator().manual_seed(torch_seed(7, "toy", 3, epoch))
        assert row["draw"] == torch.rand(1, generator=generator).item()


def test_a_loss_that_is_not_finite_stops_with_a_hint(tmp_path):
    class Diverging(Watched):
        def step(self, epoch, step):
            return {"loss": float("nan") if (epoch, step) == (1, 2) else 1.0}

    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    with pytest.raises(Diverged, match="loss is nan in epoch 2; lower learning_rate"):
        run(Diverging(), checkpoint)
    assert checkpoint.load()["epoch"] == 1


def test_the_log_has_a_line_per_epoch_with_the_time_to_go(caplog):
    with caplog.at_level(logging.INFO):
        run(Bilevel())
    assert len(caplog.messages) == 3
    assert caplog.messages[0].startswith("epoch 1/3: train_loss ")
    assert caplog.messages[-1].endswith("0:00:00 to go")


@pytest.mark.parametrize("alone", [True, False])
def test_a_bar_is_on_a_terminal_that_no_other_training_shares(monkeypatch, alone):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    if not alone:
        monkeypatch.setattr("naseval.training.progress.parent_process", object)
    with progress_bar(1, 4, 3):
        assert ("epoch 2:  75%" in terminal.getvalue()) == alone
    if not alone:
        assert terminal.getvalue() == ""


def test_the_time_to_go_has_later_stages_and_what_the_job_does_then(monkeypatch):
    left = []
    monkeypatch.setattr(
        "naseval.training.loop.log_epoch",
        lambda _rows, epoch, epochs, later: left.append(epochs - epoch - 1 + later),
    )
    task = Bilevel()
    names = {"stream_names": (7, "toy"), "schema": TOY_ROWS}
    EpochLoop(ahead=10).run(task, epochs=2, steps=1, parts=task.parts(), later=3, **names)
    assert left == [14, 13]


def test_bare_tensors_refuse_other_shapes():
    state = TensorState({"alphas": torch.zeros(4)})
    with pytest.raises(ValueError, match="shapes"):
        state.load_state_dict({"alphas": torch.zeros(1)})
    with pytest.raises(ValueError, match="names"):
        state.load_state_dict({"betas": torch.zeros(4)})


class Diverging(Bilevel):
    """The second step of the second epoch has no finite loss, or the second row none."""

    def __init__(self, where="step"):
        super().__init__()
        self.where = where

    def step(self, epoch, step):
        metrics = super().step(epoch, step)
        bad = self.where == "step" and (epoch, step) == (1, 1)
        return metrics | {"loss": float("inf")} if bad else metrics

    def end(self, epoch, totals):
        bad = self.where == "end" and epoch == 1
        return super().end(epoch, totals) | ({"draw": float("nan")} if bad else {})


@pytest.mark.parametrize("where", ["step", "end"])
def test_a_training_that_diverges_keeps_its_rows_and_is_remembered(tmp_path, where):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    with pytest.raises(Diverged, match="in epoch 2") as first:
        run(Diverging(where), checkpoint)
    straight = run(Bilevel())
    assert [row["train_loss"] for row in first.value.rows] == [straight[0]["train_loss"]]
    assert first.value.seconds > 0
    again = Diverging(where)
    with pytest.raises(Diverged, match=f"in epoch 2; .*, or delete {checkpoint.path}") as second:
        run(again, checkpoint)
    assert again.seen == []
    assert second.value.rows == first.value.rows
    assert second.value.seconds == first.value.seconds
    checkpoint.delete()
    with pytest.raises(Diverged):
        run(Diverging(where), checkpoint)
    with pytest.raises(Diverged):  # without a checkpoint too
        run(Diverging(where))


def test_a_stage_after_one_that_diverged_is_run(tmp_path):
    checkpoint = Checkpoint(tmp_path / "toy.pt", "same")
    with pytest.raises(Diverged):
        run(Diverging(), checkpoint)
    assert run(Bilevel(), checkpoint, stage=2) == run(Bilevel(), stage=2)


class Killed(Exception):  # noqa: N818
    """Ends a loop that may not do anything any more."""


class KilledTask(Bilevel):
    """A search that is killed before a step."""

    def step(self, epoch, step):
        if self.stop_at == (epoch, step):
            raise Killed
        return super().step(epoch, step)


@pytest.mark.parametrize("place", [(0, 2), (1, 3)])
@pytest.mark.parametrize(("pause", "lost"), [(0.0, 0), (3600.0, None)])
def test_a_killed_loop_resumes_from_within_an_epoch(tmp_path, monkeypatch, place, pause, lost):
    monkeypatch.setattr("naseval.training.loop.SAVE_SHARE", float("inf"))  # whatever saving takes
    checkpoint, straight = Checkpoint(tmp_path / "toy.pt", "same"), Bilevel()
    options = {"epochs": 3, "steps": 4, "stream_names": (7, "toy"), "schema": TOY_ROWS}
    killed, resumed = KilledTask(stop_at=place), Bilevel()
    with pytest.raises(Killed):
        EpochLoop(checkpoint, pause).run(killed, parts=killed.parts(), **options)
    rows = EpochLoop(checkpoint, pause).run(resumed, parts=resumed.parts(), **options)
    expected = run(straight)
    assert [{k: v for k, v in row.items() if k != "seconds"} for row in rows] == expected
    assert states(resumed) == states(straight)
    repeated = len(killed.seen) + len(resumed.seen) - len(straight.seen)
    assert repeated == (place[1] if lost is None else lost)


def test_slow_saving_is_rare(tmp_path, monkeypatch):
    saved = []

    class SlowCheckpoint(Checkpoint):
        def save(self, state):
            saved.append(state["step"])
            time.sleep(0.02)

    monkeypatch.setattr("naseval.training.loop.SAVE_SHARE", 1e-6)
    task = Bilevel()
    options = {"epochs": 1, "steps": 6, "stream_names": (7, "toy"), "schema": TOY_ROWS}
    EpochLoop(SlowCheckpoint(tmp_path / "toy.pt", "same"), 0.0).run(
        task, parts=task.parts(), **options
    )
    assert saved == [0, 0]  # before the first step, and after the epoch
