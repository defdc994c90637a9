"""Fixtures of the digest's tests."""

import pytest

from toy_package import Toy


@pytest.fixture
def toy(tmp_path) -> Toy:
    """Return an empty toy package."""
    return Toy(tmp_path).write()
