"""`make gpu-check` without a GPU: it leaves out what it cannot see, and sees what is wrong."""

import warnings

import pytest
import torch
from benchmarks.gpu_check import steps

from naseval.training import augmentation
from quick_benchmarks import quick


def test_gpu_check_ends_well_without_a_gpu():
    said = quick("gpu_check", "--device", "cpu")
    assert "left out" in said
    assert "All is as it should be." in said
    assert "NO" not in said


def test_another_device_is_a_fault(tmp_path, monkeypatch):
    trained = steps.run

    def elsewhere(_device, loop):
        return trained(torch.device("cpu"), loop)

    monkeypatch.setattr(steps, "run", elsewhere)
    row, faults = steps._checked("run", torch.device("meta"), tmp_path)
    assert faults == ["has its networks on cpu, not on meta alone"]
    assert row[-1] == "yes, after stops: 1"


def test_other_bits_after_a_stop_are_a_fault(tmp_path, monkeypatch):
    trained, count = steps.run, []

    def other(device, loop):
        rows = trained(device, loop, seed=len(count))
        count.append(rows)
        return rows

    monkeypatch.setattr(steps, "run", other)
    _, faults = steps._checked("run", torch.device("cpu"), tmp_path)
    assert faults == ["does not resume to the same bits"]


@pytest.mark.filterwarnings("ignore:called a synchronizing")
def test_waits_are_faults(tmp_path, monkeypatch):
    trained, train_batch = steps.run, augmentation.train_batch

    def waiting(*arguments):
        warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        return train_batch(*arguments)

    monkeypatch.setattr(augmentation, "train_batch", waiting)
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", lambda _mode: None)
    monkeypatch.setattr(steps, "run", lambda _, loop: trained(torch.device("cpu"), loop))
    row, (_, waits) = steps._checked("run", torch.device("cuda"), tmp_path)
    assert waits.startswith("waits for the GPU at training/augmentation.py: return train_batch(")
    assert row[3].endswith("(6×)")
