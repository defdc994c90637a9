"""Timed training steps of a few networks of several sizes on a device."""

import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import Optimizer

from naseval.budget.calibration import Probe
from naseval.budget.rehearsal import PLACEHOLDER_BATCH, Meter
from naseval.settings.dataset import ImageSettings
from naseval.spaces import sample
from naseval.training.networks import build_network, initialised
from naseval.training.optimizers import backward_and_step

CLASSES = 10
LONGEST = 0.5
"""Limit of a step's time, in seconds, beyond which larger batches are skipped."""
REPEATS = 3


class Net(NamedTuple):
    """A random network to time."""

    space: str
    images: Literal["small", "large"]
    image_size: int
    channels: int
    cells: int


NETS = (
    Net("darts", "small", 32, 4, 3),
    Net("darts", "small", 32, 16, 8),
    Net("darts", "small", 32, 36, 20),
    Net("nao", "small", 32, 20, 8),
    Net("enas", "small", 32, 8, 5),
    Net("darts", "large", 224, 36, 8),
)
"""Networks from launch-bound to the paper's size."""
BATCHES = (2, 8, 32, 96)


def probe(device: torch.device) -> list[Probe]:
    """Time training steps on `device`. This takes about a minute on a CPU, and seconds on a GPU."""
    return [timed for net in NETS for timed in _probe(net, device)]


def device_name(device: torch.device) -> str:
    """Return the name of the device."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{_processor()} ({torch.get_num_threads()} threads)" if device.type == "cpu" else "mps"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")  # on Linux
    lines = facts.read_text().splitlines() if facts.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _probe(net: Net, device: torch.device) -> Iterator[Probe]:
    network = initialised(lambda: _built(net), 0).to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9)
    _, work = Meter().measured(lambda: _train(network, optimizer, net, PLACEHOLDER_BATCH, device))
    for batch in BATCHES:
        _train(network, optimizer, net, batch, device)
        taken = min(_seconds(network, optimizer, net, batch, device) for _ in range(REPEATS))
        images = batch / PLACEHOLDER_BATCH
        yield Probe(work.calls, work.values * images, work.flops * images, taken)
        if taken > LONGEST:
            return


def _built(net: Net) -> nn.Module:
    return build_network(
        sample(net.space, 0),
        ImageSettings(images=net.images, image_size=net.image_size, classes=CLASSES),
        channels=net.channels,
        cells=net.cells,
        auxiliary=False,
    )


def _train(
    network: nn.Module, optimizer: Optimizer, net: Net, batch: int, device: torch.device
) -> float:
    """Train one step and return its loss. Reading the loss waits for the device."""
    images = torch.randn(batch, 3, net.image_size, net.image_size, device=device)
    labels = torch.arange(batch, device=device) % CLASSES
    logits, _ = network(images)
    loss = F.cross_entropy(logits, labels)
    backward_and_step(loss, optimizer, max_norm=None)
    return float(loss.detach())


def _seconds(
    network: nn.Module, optimizer: Optimizer, net: Net, batch: int, device: torch.device
) -> float:
    start = time.perf_counter()
    _train(network, optimizer, net, batch, device)
    if device.type == "cuda":  # the optimizer's step follows the loss
        torch.cuda.synchronize(device)
    return time.perf_counter() - start
