"""Errors of too little memory are known, as libraries really raise them, and said in a sentence."""

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch

from little_memory import KINDS
from naseval.memory import out_of_memory, ran_out_of_memory

TOO_MUCH = 2**60


def allocate_by_arrow():
    pa.allocate_buffer(TOO_MUCH)


def raised(action):
    with pytest.raises(Exception) as caught:
        action()
    return caught.value


@pytest.mark.parametrize(
    "action",
    [
        lambda: np.ones(TOO_MUCH // 8),
        lambda: torch.empty(TOO_MUCH // 4),
        lambda: bytearray(TOO_MUCH),
        allocate_by_arrow,
    ],
)
def test_what_libraries_raise_is_one_sentence(action):
    error = raised(action)
    assert ran_out_of_memory(error)
    sentence = str(out_of_memory(error))
    assert sentence.startswith("the machine's memory did not suffice")
    assert "resources.memory_mb" in sentence and "batch_size" in sentence
    assert "\n" not in sentence


def test_the_amount_is_named_if_it_is_known():
    sentence = str(out_of_memory(raised(lambda: torch.empty(TOO_MUCH // 4))))
    assert f"did not suffice to allocate {TOO_MUCH} bytes; give" in sentence


def test_a_gpus_memory_is_told_apart():
    error = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 1 GiB free")
    assert ran_out_of_memory(error)
    assert str(out_of_memory(error)).startswith("CUDA out of memory; choose a smaller batch, or a")


def test_what_else_goes_wrong_is_not_for_want_of_memory():
    assert ran_out_of_memory(OSError(errno.ENOMEM, "Cannot allocate memory"))
    assert ran_out_of_memory(ImportError("libtorch.so: failed to map segment from shared object"))
    for error in (OSError(errno.ENOSPC, "No space"), RuntimeError("shape"), KeyError("memory")):
        assert not ran_out_of_memory(error)


LIMITED = """
import resource, threading
from naseval.memory import out_of_memory, ran_out_of_memory
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used, used))
try:
    threading.Thread(target=print).start()
except Exception as error:
    assert ran_out_of_memory(error)
    print(out_of_memory(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_thread_needs_memory_too():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, check=False
    )
    assert "memory did not suffice (can't start new thread); give" in done.stdout, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
@pytest.mark.parametrize("kind", KINDS)
def test_too_little_memory_for_a_file_is_not_taken_for_damage(kind, tmp_path):
    program = Path(__file__).parent / "helpers/little_memory.py"
    done = subprocess.run(
        [sys.executable, program, kind, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1
