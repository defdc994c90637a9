"""Whether torch's build has code for a GPU, without one."""

import pytest
import torch

from naseval.training.builds import check_build, has_code

PINNED = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]


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
