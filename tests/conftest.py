"""Fixtures that many tests share."""

import copy
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).parent.parent


def _configuration(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "config" / name).read_text())
    return loaded


_PAPER = _configuration("config.yaml")


@pytest.fixture
def paper() -> dict[str, Any]:
    """Return the paper's configuration as read from YAML, to be changed at will."""
    return copy.deepcopy(_PAPER)
