"""How far the fast form's numbers are from the plain form's, in float64."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from benchmarks.bench.cases import Case, Size, built
from benchmarks.bench.document import table
from torch import Tensor, nn
from torch.nn import functional as F

from naseval.methods._gradient.bilevel import BilevelTask, frozen_statistics
from naseval.methods._supernet.supernet import BankedSupernet, plain_state

CPU = torch.device("cpu")
HEADER = ("step", "outputs", "gradients of weights", "gradients of alphas", "running statistics")
NOTHING = 1e-6
"""A tensor is at least this of the largest one: some gradients are zero but for rounding."""
Found = dict[str, dict[str, Tensor]]


def exactness_table(cases: Sequence[Case], size: Size, device: torch.device = CPU) -> str:
    """Return the table of the largest differences, relative to each tensor's largest element."""
    rows = []
    for case in cases:
        truth, found = (results(case, plain, size, device) for plain in (True, False))
        rows.append([case.label, *(_difference(truth[key], found[key]) for key in HEADER[1:])])
    return table(HEADER, rows)


def results(case: Case, plain: bool, size: Size, device: torch.device) -> Found:
    """Return what a step computes, by the columns of the table and the plain form's names.

    The optimizers have momentum, from a step before. Both forms have the same random masks, whose
    order is that of the images' memory.
    """
    step = built(case, plain=plain, size=size, device=device, memory_format=torch.channels_last)
    task = step.task
    network, (images, labels) = task.network, task.training.at(0, 0)
    alphas = getattr(task, "alphas", None)
    task.begin(0)  # where the learning rate is largest, and with it the second order's own part
    torch.manual_seed(0)
    step.run()
    torch.manual_seed(0)
    of_alphas = _alpha_gradients(task) if alphas else []
    torch.manual_seed(0)
    outputs = network(images, *(alphas() if alphas else ()))
    names, weights = zip(*network.named_parameters(), strict=True)
    slopes = torch.autograd.grad(_loss(outputs, labels), weights, allow_unused=True)
    statistics = {
        name: value.clone() for name, value in _as_plain(network).items() if "running" in name
    }
    state = network.state_dict()
    with torch.no_grad():
        for name, slope in zip(names, slopes, strict=True):
            state[name].copy_(torch.zeros_like(state[name]) if slope is None else slope)
    own = {name for name in _as_plain(network) if "running" not in name}
    columns = (
        dict(enumerate(_tensors(outputs))),
        {name: value for name, value in _as_plain(network).items() if name in own},
        dict(enumerate(of_alphas)),
        statistics,
    )
    return dict(zip(HEADER[1:], columns, strict=True))  # type: ignore[arg-type]


def _alpha_gradients(task: Any) -> list[Tensor]:
    alphas = list(task.alphas.parameters())
    training = task.training.at(0, 0)
    if not isinstance(task, BilevelTask):
        return list(torch.autograd.grad(task._training_loss(training, task.alphas())[0], alphas))
    validation = task.validation.at(0, 0)
    with frozen_statistics(task.network):
        return task.architecture_gradient(
            lambda: task._loss(*training),
            lambda: task._loss(*validation),
            task.weight_optimizer,
            alphas,
        )


def _loss(outputs: Any, labels: Tensor) -> Tensor:
    return torch.stack([F.cross_entropy(each, labels) for each in _tensors(outputs)]).sum()


def _tensors(outputs: Any) -> list[Tensor]:
    several = outputs if isinstance(outputs, tuple) else (outputs,)
    return [each for each in several if each is not None]


def _as_plain(network: nn.Module) -> Mapping[str, Tensor]:
    if isinstance(network, BankedSupernet):
        return plain_state(network)
    return network.state_dict()


def _difference(truth: Mapping[Any, Tensor], found: Mapping[Any, Tensor]) -> str:
    """Return the largest difference; see `NOTHING`."""
    if truth.keys() != found.keys():
        raise ValueError("the forms do not have the same tensors")
    sizes = {key: _largest(value) for key, value in truth.items()}
    zero = NOTHING * max(sizes.values(), default=0.0)
    differences = [_largest(truth[key] - found[key]) / max(sizes[key], zero) for key in truth]
    return f"{max(differences):.0e}" if differences else "–"


def _largest(tensor: Tensor) -> float:
    return float(tensor.detach().abs().max())
