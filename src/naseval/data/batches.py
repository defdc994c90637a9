"""Batches, ready for the network, each a pure function of seed, purpose, epoch and step."""

from dataclasses import dataclass

import torch
from torch import Tensor

from naseval.data.batch_order import Plan
from naseval.data.images import ImageSet
from naseval.data.prefetch import Prefetch, Step
from naseval.data.transforms import Transform


@dataclass(frozen=True, eq=False)
class _Preparation:
    """The part of a batch that workers may do."""

    images: ImageSet
    plan: Plan
    transform: Transform

    def __call__(self, step: Step) -> Tensor:
        batch = self.plan.at(*step)
        return self.transform.prepare(self.images.pixels(batch.positions), batch)

    def after(self, step: Step) -> Step:
        return self.plan.after(*step)


class Batches:
    """The batches of an `ImageSet`; `len` is the number of steps of an epoch.

    Where the transform works image by image, `workers` processes prepare batches ahead
    (0: none); other transforms are a few tensor operations on the images' device, without
    workers. No number of workers changes a result, and torch's global generators stay untouched.
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
        def plan(samples: Tensor) -> Plan:
            return Plan(
                samples,
                batch_size=batch_size,
                seed=seed,
                purpose=purpose,
                shuffle=shuffle,
                random=transform.random,
            )

        self._images = images
        self._transform = transform.to(images.device)
        self._plan = plan(images.samples)
        self._prepare = _Preparation(images, self._plan, transform)
        self._prefetch: Prefetch | None = None
        if transform.each is not None:
            host = images.to(torch.device("cpu"))
            self._prepare = _Preparation(host, plan(host.samples), transform)
            if workers:
                self._prefetch = Prefetch(
                    self._prepare,
                    self._prepare.after,
                    workers=workers,
                    pin_memory=images.device.type == "cuda",
                )

    def __len__(self) -> int:
        """Return the steps of an epoch; the last batch may be incomplete."""
        return len(self._plan)

    @property
    def images_count(self) -> int:
        """The number of images in an epoch."""
        return len(self._images)

    def at(self, epoch: int, step: int) -> tuple[Tensor, Tensor]:
        """Return images, float32 (B, 3, S, S), and labels, int64 (B,), on the images' device.

        Any step may be asked for; in sequence they come fastest. Raises `IndexError` where the
        epoch has no such step.
        """
        batch = self._plan.at(epoch, step)
        place = (self._plan.canonical(epoch), step)
        prepared = self._prepare(place) if self._prefetch is None else self._prefetch.at(place)
        pixels = prepared.to(self._images.device, non_blocking=True)
        labels = self._images.labels[batch.positions]
        return self._transform.finish(pixels, batch.uniform), labels
