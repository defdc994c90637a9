"""The plain form of a step: a module per operation, torch's own depthwise layers and optimizers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from torch import nn
from torch.optim import Optimizer

from naseval.methods._gradient.stages import new_supernet
from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.methods.cnas.supernet import cnas_supernet
from naseval.methods.stacnas import search as stacnas
from naseval.networks.depthwise import DepthwiseConv2d


@contextmanager
def plain_supernets() -> Iterator[None]:
    """Let searches that begin in the block have a `Supernet` in place of a `BankedSupernet`."""
    with (
        patch.dict(new_supernet.__kwdefaults__, kind=Supernet),
        patch.object(stacnas, "stage_task", partial(stacnas.stage_task, kind=Supernet)),
        patch.dict(cnas_supernet.__kwdefaults__, kind=Supernet),
    ):
        yield


def with_library_layers(task: Any) -> None:
    """Give a task torch's depthwise convolutions, and its default way to update parameters."""
    if isinstance(task.network, BankedSupernet):
        raise TypeError("the task has a BankedSupernet; build it within plain_supernets()")
    for module in task.network.modules():
        if isinstance(module, DepthwiseConv2d):
            module.__class__ = nn.Conv2d
    for optimizer in vars(task).values():
        if isinstance(optimizer, Optimizer):
            for group in optimizer.param_groups:
                group["foreach"] = None
