"""Settings of the authors' published statistics: file locations, and numbers that no file contains.

These numbers are only in the plotting notebook that the authors released, or are typed into it.
Each entry names its place. They are facts about the paper, not options.
"""

from pydantic import Field

from naseval.settings.base import NonNegative, Positive, PositiveFloat, Strict


class Summary(Strict):
    """Summary of a group of runs without known individual values. Accuracies in per cent."""

    runs: Positive = Field(description="number of runs summarised")
    mean: PositiveFloat = Field(description="mean accuracy, per cent")
    std: NonNegative = Field(description="standard deviation, per cent")
    min: PositiveFloat = Field(description="lowest accuracy, per cent")
    max: PositiveFloat = Field(description="highest accuracy, per cent")
    provenance: str = Field(description="source of the numbers")


class CostFigure(Strict):
    """Data of Fig. 2, by method key: accuracies in per cent, costs in GPU-days."""

    random: dict[str, list[PositiveFloat]] = Field(description="accuracies of random sampling")
    searched: dict[str, list[PositiveFloat]] = Field(description="accuracies of the searches")
    gpu_days: dict[str, PositiveFloat] = Field(description="cost of one search")
    provenance: str = Field(description="source of the numbers")


class Marker(Strict):
    """One accuracy, in per cent."""

    value: PositiveFloat = Field(description="per cent")
    provenance: str = Field(description="source of the number")


class Window(Strict):
    """Width of a moving average, in epochs."""

    epochs: Positive = Field(description="epochs averaged, up to and including the one named")
    provenance: str = Field(description="source of the number")


class SeedPairs(Strict):
    """Accuracies of architectures trained with two seeds each, in per cent."""

    pairs: list[tuple[PositiveFloat, PositiveFloat]] = Field(description="seed A, seed B")
    provenance: str = Field(description="source of the numbers")


class Published(Strict):
    """The authors' published statistics."""

    mirror: str | None = Field(
        None,
        description="folder with the authors' files, searched before downloading; the "
        "environment variable NASEVAL_PUBLISHED takes precedence",
    )
    stacnas_cifar100: Summary = Field(description="StacNAS's searches on CIFAR-100")
    cost_figure: CostFigure = Field(description="Fig. 2")
    best_darts: Marker = Field(description="the triangle of Fig. 3 and 10")
    smoothing: Window = Field(description="the moving average of Fig. 5")
    seed_pairs: SeedPairs = Field(description="the pairs of Fig. 8 that the raw file lacks")
