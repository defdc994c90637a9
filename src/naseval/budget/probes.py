"""Timed training steps of a few networks of several sizes on a device, and timed decoding."""

import io
import logging
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.optim import Optimizer

from naseval.budget.calibration import Probe
from naseval.budget.rehearsal import PLACEHOLDER_BATCH, Meter
from naseval.data.batches import Batches
from naseval.data.images import LargeImages
from naseval.data.transforms import training_transform
from naseval.randomness import stream
from naseval.settings.dataset import Channels, ImageSettings
from naseval.spaces import sample
from naseval.training.device import arithmetic, autocast
from naseval.training.networks import build_network, initialised
from naseval.training.optimizers import backward_and_step

log = logging.getLogger(__name__)

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
PHOTOGRAPH = (375, 500)
"""Rows and columns of the timed photograph, a usual size of digital pictures in data sets."""
PHOTOGRAPHS = 64


def probe(device: torch.device, precision: str) -> list[Probe]:
    """Time training steps on `device`. This takes about a minute on a CPU, and seconds on a GPU."""
    probes: list[Probe] = []
    with arithmetic(precision):
        for number, net in enumerate(NETS, start=1):
            probes += _probe(net, device, precision)
            log.info("%s: timed network %d of %d", precision, number, len(NETS))
    return probes


def photograph_seconds() -> float:
    """Return the CPU time in which a photograph is decoded and transformed at random."""
    dataset = ImageSettings(images="large", image_size=224, classes=CLASSES)
    keys = torch.arange(PHOTOGRAPHS)
    encoded = pa.chunked_array([[_photograph()] * PHOTOGRAPHS], pa.large_binary())
    batches = Batches(
        LargeImages(keys, keys, encoded, Path("no file")),
        batch_size=PHOTOGRAPHS,
        transform=training_transform(dataset, Channels(mean=(0.5,) * 3, std=(0.5,) * 3)),
        seed=0,
        purpose="probe",
        shuffle=False,
    )
    times = []
    for epoch in range(REPEATS):
        start = time.thread_time()
        batches.prepared((epoch, 0))
        times.append(time.thread_time() - start)
    return min(times) / PHOTOGRAPHS


def _photograph() -> bytes:
    """Return a JPEG of noise that is as smooth as a photograph: its amplitude falls as 1/f."""
    rows, columns = PHOTOGRAPH
    frequencies = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)) + 1 / columns
    white = stream("photograph").normal(size=(3, rows, columns))
    smooth = np.fft.irfft2(np.fft.rfft2(white) / frequencies, s=PHOTOGRAPH)
    pixels = np.clip(128 + 50 * smooth / smooth.std(), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels.transpose(1, 2, 0)).save(file, "JPEG", quality=90)
    return file.getvalue()


def device_name(device: torch.device) -> str:
    """Return the name of the device."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{_processor()} ({torch.get_num_threads()} threads)" if device.type == "cpu" else "mps"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")  # on Linux
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _probe(net: Net, device: torch.device, precision: str) -> Iterator[Probe]:
    network = initialised(lambda: _built(net), 0).to(device).train()
    optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9)

    def train(batch: int) -> float:
        return _train(network, optimizer, net, batch, device, precision)

    _, work = Meter().measured(lambda: train(PLACEHOLDER_BATCH))
    for batch in BATCHES:
        train(batch)
        taken = min(_seconds(partial(train, batch), device) for _ in range(REPEATS))
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
    network: nn.Module,
    optimizer: Optimizer,
    net: Net,
    batch: int,
    device: torch.device,
    precision: str,
) -> float:
    """Train one step and return its loss. Reading the loss waits for the device."""
    images = torch.randn(batch, 3, net.image_size, net.image_size, device=device)
    labels = torch.arange(batch, device=device) % CLASSES
    with autocast(device, precision):
        logits, _ = network(images)
    loss = F.cross_entropy(logits.float(), labels)
    backward_and_step(loss, optimizer, max_norm=None)
    return float(loss.detach())


def _seconds(train: Callable[[], float], device: torch.device) -> float:
    start = time.perf_counter()
    train()
    if device.type == "cuda":  # the optimizer's step follows the loss
        torch.cuda.synchronize(device)
    return time.perf_counter() - start
