"""Batches for networks, each a pure function of seed, purpose, epoch and step."""

from dataclasses import dataclass

import torch
from torch import Tensor

from naseval.data.batch_order import BatchOrder
from naseval.data.images import ImageSet
from naseval.data.prefetch import Prefetch, Step
from naseval.data.transfer import to_device
from naseval.data.transforms import Transform


@dataclass(frozen=True, eq=False)
class _Preparation:
    """The part of the batch preparation that worker processes can do."""

    images: ImageSet
    order: BatchOrder
    transform: Transform

    def __call__(self, step: Step) -> Tensor:
        batch = self.order.at(*step)
        return self.transform.prepare(self.images.pixels(batch.positions), batch)

    def next_step(self, step: Step) -> Step:
        return self.order.next_step(*step)


class Batches:
    """The batches of an `ImageSet`. `len` is the number of steps per epoch.

    If the transform works image by image, `workers` processes prepare batches in advance (0: none).
    Other transforms are a few tensor operations on the images' device and use no workers. The
    number of workers does not change the results, and torch's global generators are not used.
    """

    def __init__(
        self,
        images: ImageSet,
        *,
        batch_size: int,
        transform: Transform,
        seed: int,
        purpose: str,
        shuffle: bool,
        workers: int = 0,
    ) -> None:
        def order(samples: Tensor) -> BatchOrder:
            return BatchOrder(
                samples,
                batch_size=batch_size,
                seed=seed,
                purpose=purpose,
                shuffle=shuffle,
                random=transform.random,
            )

        self._images = images
        self._transform = transform.to(images.device)
        self._order = order(images.samples)
        self._prepare = _Preparation(images, self._order, transform)
        self._prefetch: Prefetch | None = None
        if transform.each is not None:
            host = images.to(torch.device("cpu"))
            self._prepare = _Preparation(host, order(host.samples), transform)
            if workers:
                self._prefetch = Prefetch(
                    self._prepare,
                    self._prepare.next_step,
                    workers=workers,
                    pin_memory=images.device.type == "cuda",
                )

    def __len__(self) -> int:
        """Return the number of steps per epoch. The last batch may be incomplete."""
        return len(self._order)

    @property
    def images_count(self) -> int:
        """Number of images per epoch."""
        return len(self._images)

    def at(self, epoch: int, step: int) -> tuple[Tensor, Tensor]:
        """Return images, float32 (B, 3, S, S), and labels, int64 (B,), on the images' device.

        On the CPU, the images are in the memory format `torch.channels_last`.

        Any step may be requested; sequential access is fastest. Raise `IndexError` if the epoch has
        no such step.
        """
        batch = self._order.at(epoch, step)
        position = (self._order.canonical(epoch), step)
        prepare = self._prepare if self._prefetch is None else self._prefetch.at
        pixels = prepare(position)
        if pixels.device != self._images.device:
            pixels = to_device(pixels, self._images.device)
        labels = self._images.labels[batch.positions]
        finished = self._transform.finish(pixels, batch.uniform)
        return finished.contiguous(memory_format=_memory_format(finished.device)), labels


def _memory_format(device: torch.device) -> torch.memory_format:
    """Return the format in which convolutions of float32 are fastest. Networks keep it."""
    return torch.channels_last if device.type == "cpu" else torch.contiguous_format
