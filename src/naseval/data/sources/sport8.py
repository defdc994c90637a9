"""Sport-8: photographs of eight kinds of sports events in a RAR with one folder per class."""

from pathlib import Path
from typing import Literal

from naseval.data.facts import get_facts
from naseval.data.formats.pictures import read_pictures
from naseval.data.sources._source import Source, large_only


def read(archives: Path, image_size: int, images: Literal["small", "large"]) -> Source:  # noqa: ARG001 - of any size
    """Return the 1,579 encoded images."""
    large_only("sport8", images)
    facts = get_facts("sport8")
    return read_pictures(archives / "event_dataset.rar", facts.images, facts.classes)
