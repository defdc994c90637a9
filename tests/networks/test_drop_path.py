"""Drop path: its ramp against the published values, its draws against torchvision's."""

import json

import pytest
import torch
from torchvision.ops import stochastic_depth

from naseval.networks.drop_path import drop_samples, ramp
from paths import VECTORS as VECTOR_FILES

VECTORS = json.loads((VECTOR_FILES / "darts_space.json").read_text())


def test_drop_path_table():
    for epoch, probability in VECTORS["schedules"]["augment_drop_path_E600_p0.2"].items():
        assert ramp(int(epoch), 600, 0.2) == pytest.approx(probability, rel=0, abs=1e-15)


@pytest.mark.parametrize("probability", [0.0, 0.3, 0.9])
def test_samples_are_dropped_as_by_torchvision(probability):
    x = torch.randn(64, 3, 4, 4).to(memory_format=torch.channels_last)
    found = []
    for drop in (
        lambda: drop_samples(x, probability),
        lambda: stochastic_depth(x, probability, "row"),
    ):
        torch.manual_seed(1)
        found.append((drop(), torch.rand(1)))
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])
