"""GPUs as nvidia-smi describes them; a program of that name answers in its place."""

import os

import pytest

from naseval.locking.gpus import (
    Gpu,
    State,
    allotted,
    mps_runs,
    parse_list,
    parse_state,
    refusal,
    state_of,
    visible,
    visible_gpus,
)

PLAIN = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa1111-0)
GPU 1: NVIDIA GeForce RTX 3090 (UUID: GPU-bbbb2222-1)
"""
# From NVIDIA's MIG user guide, with shorter UUIDs.
DIVIDED = """\
GPU 0: A100-SXM4-40GB (UUID: GPU-aaaa1111-0)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736)
  MIG 1g.5gb+me   Device  1: (UUID: MIG-d2b8a1c3)
GPU 1: A100-SXM4-40GB (UUID: GPU-bbbb2222-1)
"""
GIBIBYTE = 2**30
WHOLE = Gpu("GPU-bbbb2222-1", "GPU-bbbb2222-1", 1)
INSTANCES = [
    Gpu("MIG-c7384736", "GPU-aaaa1111-0", 0, 20 * GIBIBYTE),
    Gpu("MIG-d2b8a1c3", "GPU-aaaa1111-0", 0, 5 * GIBIBYTE),
]


def test_instances_stand_for_their_gpu():
    assert parse_list(PLAIN) == [Gpu("GPU-aaaa1111-0", "GPU-aaaa1111-0", 0), WHOLE]
    assert parse_list(DIVIDED) == [*INSTANCES, WHOLE]
    assert parse_list("") == parse_list("No devices were found\n") == []


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, [*INSTANCES, WHOLE]),
        ("", []),
        ("-1", []),
        ("1", [WHOLE]),
        ("1,0", [WHOLE, *INSTANCES]),
        ("0", INSTANCES),
        ("GPU-bbbb", [WHOLE]),
        ("MIG-d2b8a1c3, 1", [INSTANCES[1], WHOLE]),
        ("1,7,0", [WHOLE]),  # as in CUDA, the first that does not exist hides all after it
    ],
)
def test_only_what_cuda_would_show_is_seen(chosen, expected):
    assert visible(parse_list(DIVIDED), chosen) == expected


def test_state_is_that_of_the_gpu_save_the_memory_of_an_instance():
    assert parse_state("Default, 39000\n", WHOLE) == State("Default", 39000 * 2**20)
    assert parse_state("Default, [N/A]\n", WHOLE) == State("Default", None)
    assert parse_state("", WHOLE) == State("", None)
    assert parse_state("Default, 39000", INSTANCES[1]) == State("Default", 5 * GIBIBYTE)


def test_an_exclusive_gpu_is_shared_by_mps_alone():
    assert refusal(State("Default", None), mps=False) is None
    assert refusal(State("Exclusive_Process", None), mps=True) is None
    sentence = refusal(State("Exclusive_Process", None), mps=False)
    assert "Exclusive_Process" in sentence
    assert "resources.runs_at_once" in sentence


def test_nvidia_smi_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    program = tmp_path / "nvidia-smi"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = -L ] && echo "{DIVIDED}" && exit\n'
        '[ "$3" = --id=GPU-bbbb2222-1 ] && echo "Exclusive_Process, 1024"\n'
    )
    program.chmod(0o755)
    assert visible_gpus() == [*INSTANCES, WHOLE]
    assert state_of(WHOLE) == State("Exclusive_Process", GIBIBYTE)
    program.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'; exit 9\n")
    assert visible_gpus() == []
    assert state_of(WHOLE) == State("", None)
    monkeypatch.setenv("PATH", "")
    assert visible_gpus() == []


def test_mps_is_known_by_its_pipe(tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(tmp_path))
    assert not mps_runs()
    (tmp_path / "control").touch()
    assert mps_runs()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLURM_JOB_GPUS", "0"),
        ("SLURM_JOB_GPUS", "2,3"),
        ("SLURM_GPUS_ON_NODE", "1"),
        ("CUDA_VISIBLE_DEVICES", "0"),
        ("CUDA_VISIBLE_DEVICES", "0,-1"),
        ("CUDA_VISIBLE_DEVICES", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"),
        ("CUDA_VISIBLE_DEVICES", "MIG-8932f937-d72c-4106-c12f-20bd9faed9f6"),
    ],
)
def test_signs_of_a_gpu(name, value):
    assert allotted({name: value, "HOME": "/root"}) == f"{name}={value}"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"CUDA_VISIBLE_DEVICES": ""},
        {"CUDA_VISIBLE_DEVICES": "-1"},
        {"CUDA_VISIBLE_DEVICES": "-1,0"},
        {"CUDA_VISIBLE_DEVICES": "NoDevFiles"},
        {"CUDA_VISIBLE_DEVICES": "GPU-1", "NASEVAL_CHOSEN_GPU": "GPU-1"},
        {"SLURM_JOB_GPUS": "", "SLURM_GPUS_ON_NODE": "0", "SLURM_JOB_ID": "7"},
    ],
)
def test_signs_of_none(environment):
    assert allotted(environment) is None
