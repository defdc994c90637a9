"""What the device is, and whether torch's build fits it."""

import platform

import torch
from benchmarks.bench.document import table
from benchmarks.bench.speed import machine

from naseval.training.builds import check_build

GIBIBYTE = 2**30


def facts_table(device: torch.device) -> str:
    """Return what is known; raise `NasevalError` if the build has no code for the GPU."""
    check_build(device)
    rows = [["system", platform.platform()], ["torch", machine()]]
    if device.type == "cuda":
        found = torch.cuda.get_device_properties(device)
        rows += [
            ["GPU", f"{found.name}, {found.total_memory / GIBIBYTE:.0f} GiB, "
                    f"compute capability {found.major}.{found.minor}"],
            ["CUDA, cuDNN", f"{torch.version.cuda}, {torch.backends.cudnn.version()}"],
            ["architectures of the build", ", ".join(torch.cuda.get_arch_list())],
        ]  # fmt: skip
    else:
        rows.append(["GPU", "none: what only a GPU shows is left out"])
    return table(("fact", "here"), rows)
