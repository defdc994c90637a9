"""The search network of CNAS."""

from torch import nn

from naseval.methods._supernet.supernet import Supernet
from naseval.networks.stems import SmallStem, Stem
from naseval.spaces.cnas.network import CNAS_SEARCH_OPERATIONS, cnas_stem
from naseval.spaces.cnas.space import SPACE

SOURCES = tuple(source for node in range(SPACE.nodes) for source in range(2 + node))
"""The input state of each of the 27 edges, in node order."""


def _stem(images: str, channels: int) -> Stem:
    """Return the stem. For small images it has no learnt scale, as in the authors' program."""
    stem = cnas_stem(images, channels)
    if isinstance(stem, SmallStem):
        stem.layers[1] = nn.BatchNorm2d(stem.width, affine=False)
    return stem


class CnasSupernet(Supernet):
    """A `Supernet` with all CNAS operations on each edge."""

    build_stem = staticmethod(_stem)

    def __init__(self, *, images: str, classes: int, channels: int, cells: int) -> None:
        edges = [SPACE.operations] * len(SOURCES)
        super().__init__(
            {"normal": edges, "reduce": edges},
            images=images,
            classes=classes,
            channels=channels,
            cells=cells,
            table=CNAS_SEARCH_OPERATIONS,
        )
