"""Drop path: its ramp against the published values."""

import json

import pytest

from naseval.networks.drop_path import ramp
from paths import VECTORS as VECTOR_FILES

VECTORS = json.loads((VECTOR_FILES / "darts_space.json").read_text())


def test_drop_path_table():
    for epoch, probability in VECTORS["schedules"]["augment_drop_path_E600_p0.2"].items():
        assert ramp(int(epoch), 600, 0.2) == pytest.approx(probability, rel=0, abs=1e-15)
