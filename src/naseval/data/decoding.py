"""Decoding of photographs."""

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from naseval.memory import ran_out_of_memory

PIXELS = 89_478_485
"""Most pixels of an image, a quarter of a GiB as RGB. Pillow only warns above this number."""


def decode(encoded: Any) -> Image.Image:
    """Return an encoded image (bytes or a buffer) as RGB. Of an animation it is the first frame.

    Raise `OSError` if it cannot be decoded, has more than `PIXELS` pixels, or has pixels of more
    than 8 bits, which Pillow cuts off instead of scaling. Raise `MemoryError` if memory runs out,
    which is no fault of the image.
    """
    try:
        image = Image.open(io.BytesIO(encoded))
        if image.width * image.height > PIXELS:
            raise OSError(f"it has {image.width}×{image.height} pixels, more than {PIXELS}")
        if image.mode == "F" or image.mode.startswith("I"):
            raise OSError("its pixels have more than 8 bits")
        image.load()
        return image if image.mode == "RGB" else image.convert("RGB")
    except UnidentifiedImageError as error:
        raise OSError("it is no image of a known format") from error
    except Exception as error:  # a damaged file can make Pillow's decoders raise anything
        if ran_out_of_memory(error):
            raise MemoryError(*error.args) from error
        if isinstance(error, OSError):
            raise
        raise OSError(one_line(error)) from error


def why_broken(encoded: bytes) -> str | None:
    """Return why an encoded image cannot be decoded, in one line, or None if it can."""
    try:
        decode(encoded)
    except OSError as error:
        return one_line(error)
    return None


def one_line(error: Exception) -> str:
    """Return the message of an error in one line."""
    return " ".join(str(error).split()) or type(error).__name__
