"""Settings of ENAS."""

from pydantic import Field

from naseval.settings.base import (
    ArchitectureOptimizer,
    BatchSize,
    Depth,
    NonNegative,
    Optimizer,
    Positive,
    PositiveFloat,
    Probability,
    SearchSettings,
    Strict,
    Width,
)

PerOperation = tuple[float, float, float, float, float]
"""One number per operation: sep 3x3, sep 5x5, average pool, max pool, identity."""


class ControllerOptimizer(ArchitectureOptimizer):
    """Adam for the controller's weights."""

    epsilon: PositiveFloat = Field(1e-8, description="Adam's epsilon")


class Controller(Strict):
    """The LSTM controller and its training."""

    hidden: Positive = Field(description="units of the LSTM")
    lstm_bias: bool = Field(
        description="biases in the LSTM: false in ENAS's own program, true in the PyTorch port"
    )
    initial_range: PositiveFloat = Field(description="weights start uniform in ± this")
    initial_bias: PerOperation = Field(description="start of the operations' trainable bias")
    normal_bonus: PerOperation = Field(
        description="constant added to the normal cell's operation logits"
    )
    temperature: PositiveFloat | None = Field(description="divides all logits; null: none")
    tanh_constant: PositiveFloat = Field(description="logits are this × tanh(logits)")
    operation_tanh_reduce: PositiveFloat = Field(
        description="divides the tanh constant of the operations' logits"
    )
    optimizer: ControllerOptimizer = Field(description="optimizer of the controller's weights")
    updates: Positive = Field(description="controller updates after each epoch of the weights")
    samples_per_update: Positive = Field(description="architectures averaged over in an update")
    entropy_weight: NonNegative = Field(
        description="weight of the sampled decisions' total entropy, in nats, in the reward, whose "
        "accuracy is from 0 to 1"
    )
    baseline_decay: Probability = Field(description="decay of the moving average of rewards")


class Settings(SearchSettings):
    """ENAS: a controller learns by REINFORCE which paths of a shared network are good."""

    finds = "enas"
    shares_weights = True

    epochs: Positive = Field(description="epochs of the search")
    batch_size: BatchSize = Field(description="images per training and reward batch")
    channels: Width = Field(description="initial channels of the supernet")
    cells: Depth = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the shared weights")
    dropout: Probability = Field(
        description="dropout before the supernet's classifier, in training"
    )
    auxiliary_weight: NonNegative = Field(
        description="weight of the supernet's auxiliary tower; 0: no tower"
    )
    controller: Controller = Field(description="the controller")
    final_samples: Positive = Field(description="architectures sampled after each epoch")
    final_batches: Positive = Field(
        description="validation batches that choose the best of them; that of the last epoch is "
        "the result"
    )
