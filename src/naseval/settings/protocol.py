"""Settings of an augmentation, the training of a genotype from scratch."""

from typing import Any

from pydantic import Field

from naseval.settings.base import (
    BatchSize,
    Depth,
    NonNegative,
    NonNegativeInt,
    Optimizer,
    Positive,
    Precision,
    Probability,
    Strict,
    Width,
)


class Protocol(Strict):
    """A training protocol with its values for one dataset."""

    epochs: Positive = Field(description="epochs of training")
    batch_size: BatchSize = Field(description="images per training step; the last may be smaller")
    test_batch_size: Positive = Field(description="images per test step")
    channels: Width = Field(description="initial channels")
    cells: Depth = Field(description="cells of the network")
    optimizer: Optimizer = Field(description="optimizer of the weights")
    auxiliary_weight: NonNegative = Field(
        description="weight of the auxiliary tower's loss; 0: no tower"
    )
    drop_path: Probability = Field(description="drop-path probability at the end of the ramp")
    cutout: NonNegativeInt = Field(description="side of the square cut out, in pixels; 0: none")
    autoaugment: bool = Field(description="AutoAugment's CIFAR-10 policy")
    label_smoothing: Probability = Field(description="share of the label spread over all classes")
    precision: Precision
    compile: bool = Field(
        False,
        description="torch.compile the network: it rounds in another way (docs/performance.md)",
    )
    network: dict[str, Any] = Field(
        default_factory=dict, description="options that only some spaces' networks have, see below"
    )
