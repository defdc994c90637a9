"""Devices: found, refused, deterministic."""

import os
from contextlib import suppress

import pytest
import torch

from naseval.errors import NasevalError
from naseval.locking.gpus import SIGNS
from naseval.training.device import (
    CLEAR_REFS,
    arithmetic,
    autocast,
    deterministic,
    held_device,
    peak_memory,
    reset_peak_memory,
    resolve_device,
)
from system_memory import take_memory

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _nothing_allotted(monkeypatch):
    if torch.cuda.device_count() == 0:
        for name in SIGNS:
            monkeypatch.delenv(name, raising=False)


def test_devices_are_found():
    assert resolve_device("cpu") == CPU
    best = "cuda" if torch.cuda.is_available() else "cpu"
    best = "mps" if torch.backends.mps.is_available() else best
    assert resolve_device("auto").type == best


@pytest.mark.parametrize("name", ["gpu", "", "meta", "cuda:x", f"cuda:{torch.cuda.device_count()}"])
def test_what_is_not_here_is_refused(name):
    with pytest.raises(NasevalError, match=r"choose .*auto"):
        resolve_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
@pytest.mark.parametrize(
    "sign", [("SLURM_JOB_GPUS", "3"), ("SLURM_GPUS_ON_NODE", "1"), ("CUDA_VISIBLE_DEVICES", "0")]
)
def test_the_cpu_is_refused_where_a_gpu_was_allotted(sign, monkeypatch):
    monkeypatch.setenv(*sign)
    with pytest.raises(NasevalError, match="=".join(sign)) as refused:
        resolve_device("auto")
    assert "set resources.device to cpu" in str(refused.value)
    assert resolve_device("cpu") == CPU


@pytest.mark.parametrize("name", ["auto", "cpu"])
def test_a_device_that_is_alone_is_not_waited_for(name):
    if torch.cuda.device_count() > 1:
        pytest.skip("there are several CUDA devices here")
    with held_device(name) as first, held_device(name) as second:
        assert first == second == resolve_device(name)


def test_what_is_not_here_cannot_be_held():
    with pytest.raises(NasevalError, match=r"choose .*auto"), held_device("gpu"):
        pass


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs several CUDA devices")
def test_several_cuda_devices_are_held_one_by_one():
    with held_device("auto") as first:
        assert torch.cuda.current_device() == first.index
        with held_device("auto") as second:
            assert second != first
            assert torch.cuda.current_device() == second.index


def test_peak_memory_is_in_bytes_and_grows():
    before = peak_memory(CPU)
    assert 2**26 < before < 2**40
    torch.ones(before // 4 + 2**24)  # more than the peak so far
    assert peak_memory(CPU) >= before + 2**24


@pytest.mark.skipif(not os.access(CLEAR_REFS, os.W_OK), reason="this system keeps the peak")
def test_peak_memory_starts_again():
    take_memory(2**29)
    high = peak_memory(CPU)
    reset_peak_memory()
    assert peak_memory(CPU) < high - 2**28


@pytest.mark.parametrize("used", [False, True])
def test_the_peak_of_a_gpu_starts_again_only_where_it_is_used(used, monkeypatch):
    """Else this would begin to use it."""
    again = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: used)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: again.append("peak"))
    reset_peak_memory()
    assert again == ["peak"] * used


def test_precision_is_that_of_the_forward_pass():
    square = torch.ones(2, 2)
    for precision, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        with autocast(CPU, precision):
            assert (square @ square).dtype == dtype


def test_tf32_is_used_only_where_it_was_chosen():
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    with arithmetic("float32"):
        assert (matmul.allow_tf32, cudnn.allow_tf32) == (False, False)
        with suppress(KeyError), arithmetic("tf32"):
            assert (matmul.allow_tf32, cudnn.allow_tf32) == (True, True)
            assert cudnn.conv.fp32_precision == cudnn.rnn.fp32_precision == "tf32"
            raise KeyError
        assert (matmul.allow_tf32, cudnn.allow_tf32) == (False, False)
        assert "tf32" not in (cudnn.conv.fp32_precision, cudnn.rnn.fp32_precision)
    assert cudnn.allow_tf32  # torch's default


def test_determinism_is_switched_on(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    before = torch.are_deterministic_algorithms_enabled()
    try:
        deterministic(CPU)
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert not torch.backends.cudnn.benchmark
        assert not torch.utils.deterministic.fill_uninitialized_memory
        assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
        deterministic(torch.device("cuda"))
        assert os.environ.pop("CUBLAS_WORKSPACE_CONFIG") == ":4096:8"
    finally:
        torch.use_deterministic_algorithms(before)
