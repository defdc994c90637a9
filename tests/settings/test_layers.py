"""Merged settings know where their values were written."""

import pytest

from naseval.errors import ConfigError
from naseval.settings.base import Optimizer
from naseval.settings.layers import Layers

WRITTEN = Layers(
    "protocols.cda",
    (
        ("protocols.base", {"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": 3}),
        ("protocols.base.overrides.large", {"epochs": 4}),
        ("protocols.cda", {"optimizer": {"learning_rate": -1, "learning_rate_min": 0}}),
    ),
)


def test_later_layers_take_precedence():
    assert WRITTEN.merged() == {
        "optimizer": {"name": "sgd", "learning_rate": -1, "learning_rate_min": 0},
        "epochs": 4,
    }


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("epochs",), "protocols.base.overrides.large.epochs"),
        (("optimizer", "name"), "protocols.base.optimizer.name"),
        (("optimizer", "learning_rate"), "protocols.cda.optimizer.learning_rate"),
        (("optimizer", "weight_decay"), "protocols.cda.optimizer.weight_decay"),
        (("cells",), "protocols.cda.cells"),
        ((), "protocols.cda"),
    ],
)
def test_a_fault_has_the_key_where_it_was_written(path, written):
    assert WRITTEN.written(path) == written


def test_the_sentence_names_the_layer_at_fault():
    with pytest.raises(ConfigError, match=r"^config key protocols\.cda\.optimizer\.learning_rate:"):
        Layers(
            "protocols.cda.optimizer",
            (*WRITTEN.below("optimizer").layers, ("more", {"weight_decay": 0})),
        ).validated(Optimizer, "cifar10")
