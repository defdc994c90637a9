"""The labels of datasets, methods, protocols and spaces in figures and tables.

The authors' data have the paper's labels. Those of this project's runs follow the configuration: a
label of a protocol says how many channels and epochs the runs of the study have.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from naseval.config import Config
from naseval.errors import NasevalError
from naseval.figures.letters import undrawable
from naseval.published import paper
from naseval.settings.protocol import Protocol

LETTERS = {"cutout": "C", "drop_path": "D", "auxiliary_weight": "A"}
"""The paper's letters for parts of a protocol, in its order (section 4)."""
ALONE = {"C": "cutout (C)", "D": "drop path (D)", "A": "auxiliary tower (A)"}
COUNTED = ("epochs", "channels", "cells")
"""Settings that a label names where they differ from those of the study's first protocol."""


def labels(source: str, config: Config, study: str = "") -> dict[str, dict[str, str]]:
    """Return the labels of a source, by the name of the argument that takes them.

    The labels of protocols are those of the study, if one is named. Raise `NasevalError` if no font
    can draw a configured label.
    """
    if source == "published":
        ours = {"dataset_labels": paper.DATASETS, "method_labels": paper.METHODS}
        return ours | {"protocol_labels": paper.PROTOCOLS, "space_labels": paper.SPACES}
    if source == "recorded":
        return _recorded_labels(config)
    _check("", {"datasets": config.datasets, "methods": config.methods})
    return {
        "dataset_labels": config.labels["datasets"],
        "method_labels": config.labels["methods"],
        "protocol_labels": protocol_labels(config, study),
        "space_labels": paper.SPACES,
    }


def _recorded_labels(config: Config) -> dict[str, dict[str, str]]:
    """Return the labels of recorded benchmarks, which take the place of datasets, and methods."""
    recorded = config.recorded
    benchmarks = recorded.benchmarks if recorded else {}
    methods = recorded.methods if recorded else {}
    _check("recorded.", {"benchmarks": benchmarks, "methods": methods})
    return {
        "dataset_labels": {name: one.label for name, one in benchmarks.items()},
        "method_labels": {name: one.label for name, one in methods.items()},
        "protocol_labels": paper.PROTOCOLS,
        "space_labels": paper.SPACES,
    }


def protocol_labels(config: Config, study: str) -> dict[str, str]:
    """Return labels for the paper's protocols, in the paper's order, as the study trains them.

    Other protocols have no label, so figures show their keys.
    """
    settings = config.studies.get(study)
    datasets = getattr(settings, "datasets", [])
    trained = [name for name in getattr(settings, "protocols", ()) if name in paper.PROTOCOLS]
    names = [name for name in paper.PROTOCOLS if name in (trained or config.protocols)]
    plain = trained[0] if trained else next(iter(names), "")
    found = {
        name: _described(
            [config.protocol(name, dataset) for dataset in datasets],
            [config.protocol(plain, dataset) for dataset in datasets],
        )
        or name
        for name in names
    }
    alike = [label for label in found.values() if list(found.values()).count(label) > 1]
    return {name: f"{label} ({name})" if label in alike else label for name, label in found.items()}


def _described(protocols: list[Protocol], plain: list[Protocol]) -> str:
    """Describe a protocol on some datasets, beside the plain protocol on the same datasets."""
    letters = [
        letter for key, letter in LETTERS.items() if any(getattr(one, key) for one in protocols)
    ]
    parts = [ALONE[letters[0]]] if len(letters) == 1 else ["+".join(letters)] if letters else []
    if any(one.autoaugment for one in protocols):
        parts.append("AutoAugment")
    for key in COUNTED:
        numbers = [getattr(one, key) for one in protocols]
        if numbers != [getattr(one, key) for one in plain]:
            parts.append(_number(numbers, key))
    return ", ".join(parts)


def _number(numbers: Iterable[int], noun: str) -> str:
    """Return e.g. `50 channels`, or `2 or 3 channels` where datasets differ."""
    distinct = sorted(set(numbers))
    noun = noun.removesuffix("s") if distinct == [1] else noun
    return f"{' or '.join(map(str, distinct))} {noun}"


def _check(key: str, kinds: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise `NasevalError` if no font can draw the label of an entry below `key`."""
    for kind, configured in kinds.items():
        for name, one in configured.items():
            if letter := undrawable(one.label):
                raise NasevalError(
                    f"config key {key}{kind}.{name}.label: no font of the figures has the letter "
                    f"{letter!r} (U+{ord(letter):04X}); write the label with other letters"
                )
