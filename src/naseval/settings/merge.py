"""Layers of settings: a base, what it inherits, and per-dataset overrides."""

from collections.abc import Mapping
from typing import Any


def merged(base: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Lay `layer` over `base`; nested mappings are merged key by key, all else replaced."""
    result = dict(base)
    for key, value in layer.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result
