"""Networks without a genotype: one module per network, named like the network.

Each module has `build(dataset, *, channels, auxiliary, drop_path)`, which returns the network, and
a literal `TAKES`, the kinds of images that it takes and how often it halves them. `fixed_names`
lists the networks, and `check_fixed` compares images with `TAKES` without importing torch.
"""

import ast
from functools import cache
from pathlib import Path
from typing import TypedDict

from naseval.networks.shape import ShapeError, last_side
from naseval.plugins import plugin_names


class Takes(TypedDict):
    """What a fixed network takes."""

    images: tuple[str, ...]
    halvings: int


def fixed_names() -> list[str]:
    """Return the names of all fixed networks."""
    return plugin_names("naseval.networks.fixed")


def check_fixed(name: str, images: str, image_size: int) -> None:
    """Raise `ShapeError` if a fixed network cannot take such images."""
    takes = _takes(name)
    if images not in takes["images"]:
        raise ShapeError(
            "images",
            f"{name} is for {' or '.join(takes['images'])} images; "
            f"take it out of the study of {images} ones",
        )
    last_side(image_size, 1, takes["halvings"])


@cache
def _takes(name: str) -> Takes:
    module = ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="TAKES")], value=value):
                found: Takes = ast.literal_eval(value)
                return found
    raise ValueError(f"naseval.networks.fixed.{name} declares no TAKES")
