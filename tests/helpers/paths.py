"""Where the project and the tests' own data lie."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The project's folder."""

VECTORS = ROOT / "tests" / "vectors"
"""Exact numbers to test against; see README.md there."""

HELPERS = ROOT / "tests" / "helpers"
"""What tests share; on the path of imports."""
