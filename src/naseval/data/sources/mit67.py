"""MIT-67: photographs of 67 kinds of indoor scenes in a tar with one folder per class."""

from pathlib import Path
from typing import Literal

from naseval.data.facts import get_facts
from naseval.data.formats.pictures import read_pictures
from naseval.data.sources._source import Source, large_only


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:  # noqa: ARG001 - of any size
    """Return the encoded images."""
    large_only("mit67", images)
    facts = get_facts("mit67")
    return read_pictures(archives / "indoorCVPR_09.tar", facts.images, facts.classes)
