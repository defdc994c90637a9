"""Whether a GPU was allotted, and whether torch's build has code for it, without a GPU."""

import pytest
import torch

from naseval.training.gpus import allotted, check_build, has_code

PINNED = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]


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
        {"SLURM_JOB_GPUS": "", "SLURM_GPUS_ON_NODE": "0", "SLURM_JOB_ID": "7"},
    ],
)
def test_signs_of_none(environment):
    assert allotted(environment) is None


@pytest.mark.parametrize("capability", [(7, 5), (8, 0), (8, 6), (8, 9), (9, 0), (10, 3), (12, 1)])
def test_the_pinned_build_has_code_for(capability):
    assert has_code(capability, PINNED)


@pytest.mark.parametrize("capability", [(6, 1), (7, 0), (7, 2), (11, 0), (13, 0)])
def test_the_pinned_build_has_no_code_for(capability):
    assert not has_code(capability, PINNED)


@pytest.mark.parametrize(
    ("architecture", "runs", "fails"),
    [
        ("sm_86", [(8, 6), (8, 9)], [(8, 0), (9, 0)]),
        ("compute_90", [(9, 0), (10, 0), (12, 1)], [(8, 9)]),
        ("sm_90a", [(9, 0)], [(9, 1), (10, 0)]),
        ("compute_90a", [(9, 0)], [(10, 0)]),
        ("sm_100f", [(10, 0), (10, 3)], [(11, 0)]),
        ("compute_100f", [(10, 0), (10, 3)], [(12, 0)]),
        ("gfx942", [], [(9, 4)]),
    ],
)
def test_code_of_an_architecture(architecture, runs, fails):
    assert all(has_code(capability, [architecture]) for capability in runs)
    assert not any(has_code(capability, [architecture]) for capability in fails)


def test_the_cpu_needs_no_code():
    check_build(torch.device("cpu"))


@pytest.mark.skipif(torch.version.cuda is None, reason="a build without CUDA")
def test_torch_names_architectures_in_the_form_that_is_read():
    assert has_code((9, 0), torch.cuda.get_arch_list())
