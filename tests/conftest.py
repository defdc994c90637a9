"""Fixtures that many tests share."""

import copy
import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

# Without a deadline: a busy machine is no fault of the code.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")

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
