"""Settings of NAO."""

from typing import Literal, Self

from pydantic import Field, model_validator

from naseval.settings.base import (
    BatchSize,
    Depth,
    Fraction,
    NonNegative,
    NonNegativeInt,
    Optimizer,
    Positive,
    PositiveFloat,
    Probability,
    SearchSettings,
    Strict,
    Width,
)


class Predictor(Strict):
    """The encoder, predictor and decoder of architectures, and their training."""

    token_embedding: Positive = Field(description="width of the encoder's token embedding")
    hidden: Positive = Field(description="units of the encoder's and of the decoder's LSTM")
    layers: Positive = Field(description="hidden layers of the predictor")
    width: Positive = Field(description="width of these layers")
    dropout: Probability = Field(description="dropout in these layers")
    initial_range: PositiveFloat = Field(description="weight matrices start uniform in ± this")
    epochs: Positive = Field(description="epochs of each fit")
    batch_size: Positive = Field(description="architectures per step")
    learning_rate: PositiveFloat = Field(description="learning rate of Adam, constant")
    weight_decay: NonNegative = Field(description="L2 penalty inside Adam")
    gradient_clip: PositiveFloat | None = Field(description="largest global gradient norm")
    trade_off: Fraction = Field(
        description="weight of the predictor's squared error; the rest is the decoder's"
    )


class Settings(SearchSettings):
    """NAO: gradient ascent in the embedding space of an autoencoder of architectures."""

    finds = "nao"
    shares_weights = True

    epochs: Positive = Field(description="epochs of the supernet, over all rounds")
    evaluate_every: Positive = Field(description="epochs of a round; divides `epochs`")
    batch_size: BatchSize = Field(description="images per training batch")
    evaluation_batch_size: Positive = Field(description="images per validation batch")
    evaluation_batches: Positive = Field(
        description="validation batches by which an architecture of the pool is ranked"
    )
    channels: Width = Field(description="initial channels of the supernet")
    cells: Depth = Field(description="cells of the supernet")
    weights: Optimizer = Field(description="optimizer of the shared weights")
    dropout: Probability = Field(description="dropout before the supernet's classifier")
    drop_path: Probability = Field(
        description="drop-path probability in the last cell at the last step"
    )
    sampling: Literal["parameters", "uniform"] = Field(
        description="how the pool is drawn from while training: in proportion to the number of "
        "parameters, or uniformly"
    )
    seed_pool: Positive = Field(description="random architectures at the start")
    new_per_round: Positive = Field(description="decoded architectures added after each round")
    random_per_round: NonNegativeInt = Field(description="random architectures added likewise")
    parents: Positive = Field(description="number of best architectures for the gradient ascent")
    first_step_size: Positive = Field(
        description="first step size of the ascent; each later one is larger by 1"
    )
    last_step_size: Positive = Field(
        description="last step size, if there are still too few new architectures"
    )
    predictor: Predictor = Field(description="encoder, predictor and decoder")

    @model_validator(mode="after")
    def _whole_rounds(self) -> Self:
        if self.epochs % self.evaluate_every:
            raise ValueError("evaluate_every must divide epochs")
        return self

    @model_validator(mode="after")
    def _steps_grow(self) -> Self:
        if self.last_step_size < self.first_step_size:
            raise ValueError("last_step_size is below first_step_size; raise it")
        return self

    def shortened_for_counting(self) -> tuple[Self, float]:
        """Return settings that draw uniformly from the pool.

        Drawing in proportion to parameters builds a network for each architecture of the pool.
        """
        return self.model_copy(update={"sampling": "uniform"}), 1.0
