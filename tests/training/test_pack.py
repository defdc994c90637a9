"""The trainings of a job: the same bits in turn and at once, on devices that are pretended."""

import json
import logging
import os
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from naseval import records, schemas
from naseval.errors import Interrupted, NasevalError
from naseval.locking.gpus import Gpu
from naseval.locking.lease import SLOTS, leased, slots_taken
from naseval.memory import ran_out_of_memory
from naseval.training import loop
from naseval.training.augmentation import augment
from naseval.training.device import held_gpu
from naseval.training.networks import initialised
from naseval.training.pack import (
    CONTEXT_BYTES,
    fitting,
    former_peak,
    limit_on,
    train_all,
)
from naseval.training.side_by_side import at_once
from training_toy import ToyData, ToyNetwork, nothing, timeless, toy_protocol

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="trains at once only on Linux")

GIBIBYTE = 2**30


def script(runs_at_once):
    resources = {"device": "cpu", "threads": 1, "runs_at_once": runs_at_once}
    resources["image_cache_mb"] = 0
    return SimpleNamespace(
        resources=resources,
        code={"digest": "same", "modules": []},
        check_code=lambda: None,
        is_orphan=lambda: False,
    )


@dataclass
class Toy:
    """A real training of the toy network; `hook` runs before each of its steps."""

    folder: Path
    seed: int
    hook: object = nothing
    settings: dict = field(init=False)
    inputs = ()
    epochs = 4

    def __post_init__(self):
        self.settings = {"checkpoint": str(self.folder / f"{self.seed}.pt"), "seed": self.seed}
        self.log = self.folder / f"{self.seed}.log"
        self.alike = self.folder

    @property
    def output(self):
        return self.folder / f"{self.seed}.json"

    def train(self, _script, device, training):
        network = initialised(ToyNetwork, self.seed).to(device)
        data = ToyData(self.hook)
        rows = augment(network, data, toy_protocol(), seed=self.seed, loop=training.loop)
        self.output.write_text(json.dumps(rows))


def toys(folder, hooks=(nothing,) * 4):
    folder.mkdir(exist_ok=True)
    return [Toy(folder, seed, hook) for seed, hook in enumerate(hooks)]


def rows(trainings):
    return [json.loads(one.output.read_text()) for one in trainings]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return the rows of each training by itself."""
    trainings = toys(tmp_path_factory.mktemp("alone"))
    for training in trainings:
        train_all(script(1), 1, [training])
    return [timeless(found) for found in rows(trainings)]


@pytest.mark.parametrize("runs_at_once", [1, 2, 4])
def test_the_same_bits_as_alone(tmp_path, alone, runs_at_once):
    trainings = toys(tmp_path)
    train_all(script(runs_at_once), runs_at_once, trainings)
    found = rows(trainings)
    assert [timeless(each) for each in found] == alone
    assert {row["at_once"] for each in found for row in each} <= set(range(1, runs_at_once + 1))
    assert not list(tmp_path.glob("*.pt*"))


@pytest.mark.parametrize(("runs_at_once", "ahead"), [(1, [12, 8, 4, 0]), (3, [4, 0, 0, 0])])
def test_the_time_to_go_is_that_of_the_job(tmp_path, monkeypatch, caplog, runs_at_once, ahead):
    """The log counts the epochs of the trainings that follow one in its place."""

    def note(_rows, epoch, epochs, later):
        logging.getLogger().info("%d to go", epochs - epoch - 1 + later)

    caplog.set_level(logging.INFO)
    monkeypatch.setattr(loop, "log_epoch", note)
    trainings = toys(tmp_path)
    train_all(script(runs_at_once), runs_at_once, trainings)
    for training, later in zip(trainings, ahead, strict=True):
        left = [int(found) for found in re.findall(r"(\d+) to go", training.log.read_text())]
        assert left == [3 + later, 2 + later, 1 + later, later]


def test_rows_say_how_many_shared_the_device(tmp_path):
    def meet(_epoch, _step):  # until all have begun
        tmp_path.joinpath(str(os.getpid())).touch()
        while len(list(tmp_path.glob("[0-9]*[0-9]"))) < 2:
            time.sleep(0.01)

    def meet_again(epoch, step):
        meet(epoch, step)
        if epoch == 3:  # until the other has ended
            while at_once() > 1:
                time.sleep(0.01)

    trainings = toys(tmp_path, (meet, meet_again))
    train_all(script(2), 2, trainings)
    first, last = rows(trainings)
    assert first[0]["at_once"] == 2
    assert [row["at_once"] for row in last][-1] == 1


def test_one_that_ran_out_of_memory_is_tried_again_alone(tmp_path, alone):
    def full(epoch, step):
        if (epoch, step) == (1, 1) and at_once() > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    def slow(_epoch, _step):
        time.sleep(0.1)

    trainings = toys(tmp_path, (full, slow, nothing, slow))
    train_all(script(4), 4, trainings)
    assert [timeless(each) for each in rows(trainings)] == alone


def test_one_that_runs_out_of_memory_alone_fails_in_a_sentence(tmp_path):
    def full(_epoch, _step):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    trainings = toys(tmp_path, (nothing, full))
    with pytest.raises(NasevalError, match=r"1 of 2 trainings failed: CUDA out of memory; choose"):
        train_all(script(2), 2, trainings)
    assert trainings[0].output.exists()
    assert not ran_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


@pytest.mark.parametrize("error", [NasevalError("the reason"), KeyError("the reason")])
def test_what_fails_costs_itself_alone_and_the_rest_is_kept(tmp_path, alone, error, caplog):
    caplog.set_level(logging.INFO)

    def fail(epoch, _step):
        if epoch == 2:
            raise error

    with pytest.raises(NasevalError, match=r"1 of 3 trainings failed: see .*1\.log"):
        train_all(script(2), 2, toys(tmp_path, (nothing, fail, nothing)))
    assert "the reason" in (tmp_path / "1.log").read_text()
    assert "epoch 4/4" in (tmp_path / "0.log").read_text()
    assert len(list(tmp_path.glob("*.pt"))) == 3

    again = toys(tmp_path)[:3]
    for training in again:
        training.log.unlink()
    train_all(script(2), 2, again)
    assert [timeless(each) for each in rows(again)] == alone[:3]
    trained = ["epoch 4/4" in one.log.read_text() for one in again]
    assert trained == [False, True, False]  # the others were read from their checkpoints


def test_what_nobody_foresaw_costs_itself_alone_in_turn_too(tmp_path, alone):
    def fail(_epoch, _step):
        raise KeyError("the reason")

    trainings = toys(tmp_path, (fail, nothing))
    with pytest.raises(NasevalError, match=r"1 of 2 trainings failed: see .*0\.log"):
        train_all(script(1), 1, trainings)
    assert "KeyError: 'the reason'" in trainings[0].log.read_text()
    assert timeless(json.loads(trainings[1].output.read_text())) == alone[1]


def test_what_the_kernel_kills_costs_itself_alone_and_is_said(tmp_path):
    def killed(epoch, _step):
        if epoch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(NasevalError, match=r"1 of 2 trainings failed: see .*1\.log"):
        train_all(script(2), 2, toys(tmp_path, (nothing, killed)))
    last = (tmp_path / "1.log").read_text().splitlines()[-1]
    assert "was killed by SIGKILL, perhaps by the kernel for want of memory; give the job" in last
    assert (tmp_path / "0.json").exists()


def test_a_signal_saves_all_that_run_and_they_resume_to_the_same_bits(tmp_path, alone):
    parent = os.getpid()

    def stop(epoch, step):
        if (epoch, step) == (2, 1):
            os.kill(parent, signal.SIGTERM)
            time.sleep(0.2)

    def slow(_epoch, _step):
        time.sleep(0.1)

    with pytest.raises(Interrupted):
        train_all(script(2), 2, toys(tmp_path, (slow, stop, nothing, nothing)))
    assert sorted(file.name for file in tmp_path.glob("*.pt")) == ["0.pt", "1.pt"]
    for seed in (0, 1):
        assert "run again to resume" in (tmp_path / f"{seed}.log").read_text()
    trainings = toys(tmp_path)
    train_all(script(2), 2, trainings)
    assert [timeless(each) for each in rows(trainings)] == alone


# Pretended devices


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Return a function that puts a program in the place of nvidia-smi."""
    for name in ("CUDA_VISIBLE_DEVICES", "SLURM_JOB_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)

    def answer(listing, state=""):
        program = tmp_path / "nvidia-smi"
        program.write_text(f'#!/bin/sh\n[ "$1" = -L ] && echo "{listing}" || echo "{state}"\n')
        program.chmod(0o755)

    return answer


@pytest.fixture
def divided(tmp_path):
    """Return the list of one GPU with two MIG instances, unlike that of any other test."""
    mark = f"{os.getpid()}-{tmp_path.name}"
    return (
        f"GPU 0: A100 (UUID: GPU-{mark})\n"
        f"  MIG 3g.20gb Device 0: (UUID: MIG-{mark}-0)\n"
        f"  MIG 1g.5gb  Device 1: (UUID: MIG-{mark}-1)"
    )


def test_each_instance_is_taken_once_and_alone_visible(pretend, divided):
    pretend(divided)
    with held_gpu("auto") as first:
        assert os.environ["CUDA_VISIBLE_DEVICES"] == first.uuid
        assert slots_taken(first.uuid) == SLOTS
        del os.environ["CUDA_VISIBLE_DEVICES"]  # as another process has it
        with held_gpu("auto", slots=3, wanted=2) as second:
            assert [first.uuid[-2:], second.uuid[-2:]] == ["-0", "-1"]
            assert os.environ["CUDA_VISIBLE_DEVICES"] == second.uuid
            assert slots_taken(second.uuid) == 2
        os.environ["CUDA_VISIBLE_DEVICES"] = first.uuid
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_named_allotted_and_other_devices_are_not_held(pretend, divided, monkeypatch):
    pretend(divided)
    with held_gpu("auto") as whole, held_gpu("cpu") as none, held_gpu("cuda") as named:
        assert none is None
        assert named == whole
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", whole.uuid)
    with leased([whole.uuid]), held_gpu("auto") as allotted:  # SLURM's shards share it
        assert allotted == whole
    pretend("")
    with held_gpu("auto") as nothing_there:
        assert nothing_there is None


def test_rows_count_the_trainings_that_other_jobs_have_on_the_gpu(pretend, tmp_path, monkeypatch):
    gpu = f"GPU-{os.getpid()}-{tmp_path.name}"
    pretend(f"GPU 0: A100 (UUID: {gpu})", "Default, 24576")
    monkeypatch.setattr("naseval.training.pack.current_device", lambda _name: torch.device("cpu"))
    job, trainings = script(8), toys(tmp_path / "runs", (nothing,) * 2)
    job.resources["device"] = "auto"
    with leased([gpu], slots=8, wanted=3):
        train_all(job, 2, trainings)
    assert {row["at_once"] for each in rows(trainings) for row in each} <= {3 + 1, 3 + 2}


def run_table(peak):
    row = dict.fromkeys(schemas.RUN.names, 1) | {"peak_memory": peak}
    return records.table(schemas.RUN, [row, row | {"epoch": 2, "peak_memory": peak // 2}])


def test_peaks_are_those_of_former_trainings_on_gpus(tmp_path):
    records.write(tmp_path / "a/seed-1.parquet", run_table(3 * GIBIBYTE), {"device": "cuda"})
    records.write(tmp_path / "b/seed-1.parquet", run_table(2 * GIBIBYTE), {"device": "cuda:0"})
    records.write(tmp_path / "b/seed-2.parquet", run_table(9 * GIBIBYTE), {"device": "cpu"})
    records.write(tmp_path / "b/seed-3.parquet", run_table(1).slice(0, 0), {"device": "cuda"})
    (tmp_path / "c.parquet").write_text("half a file")
    score = {"stage": 1, "epoch": 1, "genotype": "darts/random-000", "accuracy": 1.0}
    scores = records.table(schemas.SUPERNET_SCORES, [score])
    records.write(tmp_path / "scored/scores.parquet", scores, {"device": "cuda"})
    assert former_peak(tmp_path / "scored") == 0
    assert former_peak(tmp_path) == 3 * GIBIBYTE
    assert former_peak(tmp_path / "none") == 0


def test_as_many_run_as_fit():
    assert fitting(4, None, GIBIBYTE) == fitting(4, GIBIBYTE, 0) == 4
    assert fitting(4, 100 * GIBIBYTE, GIBIBYTE) == 4
    assert fitting(4, 2 * CONTEXT_BYTES + 23 * GIBIBYTE, 10 * GIBIBYTE) == 2
    assert fitting(4, 1, GIBIBYTE) == 1


def test_the_first_that_ends_limits_the_next(pretend, divided, tmp_path):
    pretend(divided, "Default, 24576")
    limit = limit_on(Gpu("GPU-a", "GPU-a", 0), 4, [tmp_path / "runs"])
    assert limit() == 4
    records.write(tmp_path / "runs/seed-1.parquet", run_table(10 * GIBIBYTE), {"device": "cuda"})
    assert limit() == 2
    assert limit_on(None, 4, [tmp_path / "runs"])() == 4


def test_an_exclusive_gpu_gets_one_at_a_time_and_a_sentence(pretend, divided, caplog, tmp_path):
    pretend(divided, "Exclusive_Process, 24576")
    gpu = Gpu("GPU-a", "GPU-a", 0)
    assert limit_on(gpu, 4, [tmp_path / "runs"])() == 1
    assert len(caplog.messages) == 1 and "nvidia-cuda-mps-control" in caplog.text
    (tmp_path / "control").touch()  # MPS runs
    assert limit_on(gpu, 4, [tmp_path / "runs"])() == 4


def test_checkpoints_are_resumed_in_a_renamed_folder(tmp_path, alone):
    begun = []

    def fail(epoch, _step):
        if epoch == 2:
            raise NasevalError("the reason")

    with pytest.raises(NasevalError, match="the reason"):
        train_all(script(1), 1, toys(tmp_path / "results", (fail,)))
    (tmp_path / "results").rename(tmp_path / "renamed")
    again = toys(tmp_path / "renamed", (lambda epoch, _step: begun.append(epoch),))
    train_all(script(1), 1, again)
    assert [timeless(each) for each in rows(again)] == alone[:1]
    assert set(begun) == {2, 3}


def test_a_job_whose_snakemake_was_killed_keeps_its_checkpoint_for_the_next(tmp_path):
    def trained(_epoch, _step):
        raise AssertionError("a finished training is read back")

    orphan, (first,) = script(1), toys(tmp_path, (nothing,))
    orphan.is_orphan = lambda: True
    train_all(orphan, 1, [first])
    assert Path(first.settings["checkpoint"]).exists()
    done = rows([first])
    first.output.unlink()
    (again,) = toys(tmp_path, (trained,))
    train_all(script(1), 1, [again])
    assert rows([again]) == done
    assert not Path(first.settings["checkpoint"]).exists()
