"""Devices: found, refused, deterministic."""

import pytest
import torch

from naseval.errors import NasevalError
from naseval.training.device import (
    autocast,
    deterministic,
    held_device,
    peak_memory,
    resolve_device,
)


def test_devices_are_found():
    assert resolve_device("cpu") == torch.device("cpu")
    best = "cuda" if torch.cuda.is_available() else "cpu"
    best = "mps" if torch.backends.mps.is_available() else best
    assert resolve_device("auto").type == best


@pytest.mark.parametrize("name", ["gpu", "", "meta", "cuda:x", f"cuda:{torch.cuda.device_count()}"])
def test_what_is_not_here_is_refused(name):
    with pytest.raises(NasevalError, match=r"choose .*auto"):
        resolve_device(name)


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
    cpu = torch.device("cpu")
    before = peak_memory(cpu)
    assert 2**26 < before < 2**40
    torch.ones(before // 4 + 2**24)  # more than the peak so far
    assert peak_memory(cpu) >= before + 2**24


def test_precision_is_that_of_the_forward_pass():
    square = torch.ones(2, 2)
    for precision in ("float32", "bfloat16"):
        with autocast(torch.device("cpu"), precision):
            assert (square @ square).dtype == getattr(torch, precision)


def test_determinism_is_switched_on():
    before = torch.are_deterministic_algorithms_enabled()
    try:
        deterministic(torch.device("cpu"))
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert not torch.backends.cudnn.benchmark
    finally:
        torch.use_deterministic_algorithms(before)
