"""Which GPUs torch's build has code for."""

import re
from collections.abc import Sequence

import torch

from naseval.errors import NasevalError


def check_build(device: torch.device) -> None:
    """Raise `NasevalError` if torch's build has no code for a CUDA device.

    Builds for AMD's GPUs, which name their architectures in another way, are not checked.
    """
    if device.type != "cuda" or torch.version.cuda is None:
        return
    capability, architectures = torch.cuda.get_device_capability(device), torch.cuda.get_arch_list()
    if not has_code(capability, architectures):
        major, minor = capability
        raise NasevalError(
            f"torch {torch.__version__} has no code for {torch.cuda.get_device_name(device)} of "
            f"compute capability {major}.{minor}, only for {', '.join(architectures)}; install "
            "another build of torch (docs/cluster.md, GPUs), or set resources.device to cpu"
        )


def has_code(capability: tuple[int, int], architectures: Sequence[str]) -> bool:
    """Tell whether a build for these architectures runs on a GPU of this compute capability.

    Code for sm_XY runs on GPUs of capability X.Y or higher within X. Code for compute_XY (PTX) is
    compiled by the driver for any GPU from X.Y. With the suffix `a`, both are only for X.Y itself,
    with `f` only for the family X (CUDA C++ Programming Guide, Compute Capabilities).
    """
    return any(_runs(capability, architecture) for architecture in architectures)


def _runs(capability: tuple[int, int], architecture: str) -> bool:
    parts = re.fullmatch(r"(sm|compute)_(\d+)(\d)([af]?)", architecture)
    if parts is None:
        return False
    kind, major, minor, suffix = parts.groups()
    built = int(major), int(minor)
    if suffix == "a":
        return capability == built
    within_family = capability[0] == built[0]
    return capability >= built and (within_family or (kind == "compute" and not suffix))
