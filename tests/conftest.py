"""Fixtures that many tests share."""

import copy
import os
import shutil
import tempfile
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


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder in which all copies of the project remember what code they have digested."""
    if not hasattr(config, "workerinput"):
        os.environ["NASEVAL_TEST_DIGESTS"] = tempfile.mkdtemp(prefix="naseval-digests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["NASEVAL_TEST_DIGESTS"], ignore_errors=True)


@pytest.fixture
def paper() -> dict[str, Any]:
    """Return the paper's configuration as read from YAML, to be changed at will."""
    return copy.deepcopy(_PAPER)
