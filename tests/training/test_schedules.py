"""Schedules against the published values."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naseval.settings.base import Optimizer, Restarts
from naseval.training.optimizers import cosine, cosine_restarts, learning_rate
from paths import VECTORS as VECTOR_FILES

VECTORS = json.loads((VECTOR_FILES / "darts_space.json").read_text())
COSINES = {  # name of the table: epochs, end
    "search_DARTS_MANAS_lr_E50": (50, 0.001),
    "search_StacNAS_lr_E100": (100, 0.001),
    "search_PDARTS_stage_lr_E25": (25, 0.0),
    "augment_lr_E600": (600, 0.0),
}
SGDR = {  # ENAS, 0.05 to 0.001, first cycle of 10 epochs, each twice as long as the last
    0: 0.05,
    1: 0.04880088464923127,
    5: 0.025500000000000002,
    9: 0.0021991153507687385,
    10: 0.05,
    15: 0.04282411613907042,
    29: 0.0013016356554191274,
    30: 0.05,
    50: 0.025500000000000002,
    69: 0.0010755253235383649,
    149: 0.001018888612102289,
    310: 0.05,
    500: 0.01838802540726567,
    629: 0.001001180680496464,
}


def exactly(value):
    return pytest.approx(value, rel=0, abs=1e-15)


@pytest.mark.parametrize("table", COSINES)
def test_cosine_tables(table):
    epochs, end = COSINES[table]
    settings = Optimizer(name="sgd", learning_rate=0.025, learning_rate_min=end, weight_decay=0)
    for epoch, rate in VECTORS["schedules"][table].items():
        assert learning_rate(settings, int(epoch), epochs) == exactly(rate)


@pytest.mark.parametrize("epoch", SGDR)
def test_warm_restarts(epoch):
    assert cosine_restarts(epoch, 10, 2, 0.05, 0.001) == exactly(SGDR[epoch])
    settings = Optimizer(
        name="sgd",
        learning_rate=0.05,
        learning_rate_min=0.001,
        restarts=Restarts(first=10, factor=2),
        weight_decay=0,
    )
    assert learning_rate(settings, epoch, 630) == exactly(SGDR[epoch])


@given(st.integers(1, 2000), st.floats(1e-4, 1), st.floats(0, 1e-4), st.data())
def test_cosine_falls_between_its_ends(epochs, start, end, data):
    epoch = data.draw(st.integers(0, epochs - 1))
    assert cosine(0, epochs, start, end) == pytest.approx(start)
    assert cosine(epochs, epochs, start, end) == pytest.approx(end, abs=1e-15)
    assert end <= cosine(epoch + 1, epochs, start, end) <= cosine(epoch, epochs, start, end)
    middle = cosine(epochs / 2, epochs, start, end)
    assert math.isclose(middle, (start + end) / 2)


@given(st.integers(0, 500), st.integers(1, 20), st.integers(1, 3))
def test_restarts_repeat_where_cycles_are_equally_long(epoch, first, factor):
    rate = cosine_restarts(epoch, first, factor, 1.0, 0.0)
    assert 0 <= rate <= 1
    if factor == 1:
        assert rate == cosine(epoch % first, first, 1.0, 0.0)
