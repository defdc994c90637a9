"""Batches for networks, each a pure function of seed, purpose, epoch and step."""

from typing import Any

import torch
from torch import Tensor

from naseval.data.batch_order import Batch, BatchOrder
from naseval.data.images import ImageSet, LargeImages
from naseval.data.prefetch import Prefetch, Step, Workers
from naseval.data.transfer import to_device
from naseval.data.transforms import Transform


class Batches:
    """The batches of an `ImageSet`. `len` is the number of steps per epoch.

    If the transform works image by image, `workers` prepare batches in advance. They know these
    batches by `recipe`. Other transforms are a few tensor operations on the images' device and use
    no workers. Workers do not change the results, and torch's global generators are not used.

    If `only_first_steps` is true, batches are expected to be read in the order (0, 0), (1, 0), …,
    so each starts a new order of the images.
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
        only_first_steps: bool = False,
        workers: Workers | None = None,
        recipe: Any = None,
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
        self._only_first_steps = only_first_steps
        self._source, self._source_order = images, self._order
        self._prefetch: Prefetch | None = None
        if transform.each is not None:
            self._source = images.to(torch.device("cpu"))
            self._source_order = order(self._source.samples)
            if workers:
                self._prefetch = Prefetch(workers, recipe, self._next_step)

    def __len__(self) -> int:
        """Return the number of steps per epoch. The last batch may be incomplete."""
        return len(self._order)

    def at(self, epoch: int, step: int) -> tuple[Tensor, Tensor]:
        """Return images, float32 (B, 3, S, S), and labels, int64 (B,), on the images' device.

        On the CPU, the images are in the memory format `torch.channels_last`.

        Any step may be requested; sequential access is fastest. Raise `IndexError` if the epoch has
        no such step.
        """
        batch = self._order.at(epoch, step)
        position = (self._order.canonical(epoch), step)
        pixels = self.prepared(position) if self._prefetch is None else self._prefetch.at(position)
        if pixels.device != self._images.device:
            pixels = to_device(pixels, self._images.device)
        labels = self._images.labels[batch.positions]
        finished = self._transform.finish(pixels, batch.uniform)
        return finished.contiguous(memory_format=_memory_format(finished.device)), labels

    def prepared(self, step: Step) -> Tensor:
        """Return the pixels of a step as `Transform.prepare` does: the part that workers can do."""
        batch = self._source_order.at(*step)
        if isinstance(self._source, LargeImages) and not self._transform.random:
            return self._cropped(self._source, batch)
        return self._transform.prepare(self._source.pixels(batch.positions), batch)

    def _cropped(self, images: LargeImages, batch: Batch) -> Tensor:
        assert self._transform.each is not None
        return images.cropped(batch.positions, self._transform.each)

    def _next_step(self, step: Step) -> Step:
        if self._only_first_steps:
            return self._order.canonical(step[0] + 1), 0
        return self._order.next_step(*step)


def _memory_format(device: torch.device) -> torch.memory_format:
    """Return the format in which convolutions of float32 are fastest. Networks keep it."""
    return torch.channels_last if device.type == "cpu" else torch.contiguous_format
