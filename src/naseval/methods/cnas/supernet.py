"""The search network of CNAS."""

from naseval.methods._supernet.supernet import BankedSupernet, Supernet
from naseval.networks.normalisation import batch_norm
from naseval.networks.stems import SmallStem, Stem
from naseval.spaces.cnas.network import CNAS_SEARCH_OPERATIONS, cnas_stem
from naseval.spaces.cnas.space import SPACE

SOURCES = tuple(source for node in range(SPACE.nodes) for source in range(2 + node))
"""The input state of each of the 27 edges, in node order."""


def cnas_supernet(
    *,
    images: str,
    classes: int,
    channels: int,
    cells: int,
    kind: type[Supernet] = BankedSupernet,
) -> Supernet:
    """Return a supernet with all CNAS operations on each edge."""
    edges = [SPACE.operations] * len(SOURCES)
    return kind(
        {"normal": edges, "reduce": edges},
        images=images,
        classes=classes,
        channels=channels,
        cells=cells,
        table=CNAS_SEARCH_OPERATIONS,
        stem=_stem,
    )


def _stem(images: str, channels: int) -> Stem:
    """Return the stem. For small images it has no learnt scale, as in the authors' program."""
    stem = cnas_stem(images, channels)
    if isinstance(stem, SmallStem):
        stem.layers[1] = batch_norm(stem.width, affine=False)
    return stem
