"""Where a stack of cells reduces, and which image sizes it takes."""

from naseval.errors import NasevalError


def reductions(cells: int) -> tuple[int, ...]:
    """Return the 0-based positions of the reduction cells, at one and two thirds of the depth.

    So does the authors' program; a network of one cell reduces once.
    """
    return tuple(dict.fromkeys((cells // 3, 2 * cells // 3)))


def last_side(image_size: int, stem_stride: int, halvings: int) -> int:
    """Return the side of the last map, in pixels, of a network that halves its maps so often.

    Raises `NasevalError` where a map to be halved would have an odd side.
    """
    factor = stem_stride * 2**halvings
    if image_size < 1 or image_size % factor:
        raise NasevalError(
            f"image_size is {image_size}; this network divides it by {factor}, "
            f"so choose a multiple of {factor}"
        )
    return image_size // factor
