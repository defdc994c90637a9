"""What tests of several parts of a card begin with."""

import pytest

from card_results import configured, everything


@pytest.fixture
def whole(tmp_path, paper):
    """Three methods that have all been run: DARTS is best on average, NAO worst."""
    config = configured(paper, ["darts", "nao", "enas"])
    return everything(config, tmp_path / "results", darts=2.0, nao=-2.0)
