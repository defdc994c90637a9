"""The authors' real files, for tests that need them."""

import os
from pathlib import Path

import pytest
import yaml

from naseval.settings.published import Published
from paths import ROOT

CONFIG = ROOT / "config" / "config.yaml"

needs_files = pytest.mark.skipif(
    "NASEVAL_PUBLISHED" not in os.environ,
    reason="the environment variable NASEVAL_PUBLISHED names no folder with the authors' files",
)


def folder() -> Path:
    """Return the folder of the authors' files."""
    return Path(os.environ["NASEVAL_PUBLISHED"])


def constants() -> Published:
    """Return the constants of the authors' notebook."""
    return Published(**yaml.safe_load(CONFIG.read_text())["published"])
