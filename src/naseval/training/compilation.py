"""Compilation of networks by `torch.compile`, an option of protocols."""

import torch
from torch import nn

from naseval.errors import NasevalError


def compile_network(network: nn.Module) -> None:
    """Let a network on its device compile itself at its first pass; parameters keep their names.

    A mode and a batch size of their own, such as that of an epoch's last batch, are compiled once
    each. Raise `NasevalError` if nothing can be compiled here.
    """
    torch.compiler.reset()  # torch counts compilations over all networks of a process, up to 8
    _check_compiler(next(network.parameters()).device)
    network.compile(dynamic=False)


def _check_compiler(device: torch.device) -> None:
    try:
        torch.compile(torch.sin)(torch.zeros(2, device=device))
    except RuntimeError as error:
        reason = str(error).strip().partition("\n")[0]
        raise NasevalError(
            f"torch.compile does not work here ({reason}); install a C++ compiler such as g++, or "
            "set the protocol's compile to false"
        ) from error
