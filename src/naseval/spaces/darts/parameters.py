"""The number of parameters of a network of the DARTS space, without torch."""

from naseval.genotype import Genotype

PIXELS = 3 * 3 * 3
"""Inputs of the stem's 3×3 convolution of colour images."""


def count_parameters(genotype: Genotype, *, channels: int, cells: int, classes: int) -> int:
    """Return the number of trainable parameters of the evaluation network for small images.

    The auxiliary tower is not counted. It is what `naseval.networks.cost.parameters` counts in the
    network itself.

    Parameters
    ----------
    genotype : Genotype
        A genotype of the DARTS space.
    channels : int
        Initial channels; they double at each of the two reductions.
    cells : int
        Number of cells.
    classes : int
        Number of classes.

    """
    before = previous = stem = 3 * channels
    total = PIXELS * stem + _norm(stem)
    width = channels
    for index in range(cells):
        reduction = index in (cells // 3, 2 * cells // 3)
        width *= 1 + reduction
        total += _projection(before, width) + _projection(previous, width)
        cell = genotype.cell(reduction)
        total += sum(
            _operation(name, width, strided=reduction and source < 2)
            for node in cell.nodes
            for name, source in node
        )
        before, previous = previous, width * len(cell.concat)
    return total + (previous + 1) * classes


def _norm(channels: int) -> int:
    return 2 * channels  # a scale and an offset


def _projection(channels_in: int, channels_out: int) -> int:
    return channels_in * channels_out + _norm(channels_out)


def _operation(name: str, channels: int, strided: bool) -> int:
    kind, _, size = name.partition("_conv_")
    if size:
        kernel = int(size.partition("x")[0])
        separable = channels * kernel**2 + _projection(channels, channels)
        return separable * (2 if kind == "sep" else 1)
    if name == "skip_connect":
        return _projection(channels, channels) if strided else 0
    return 0 if name == "none" else _norm(channels)
