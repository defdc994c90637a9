"""The paper's runs, counted: those that several studies need exist once."""

import pytest
import yaml

from naseval.config import load_config
from naseval.studies import labelled, members, unique_runs
from paths import ROOT

CONFIG = load_config(yaml.safe_load((ROOT / "config/config.yaml").read_text()))
OWN = {  # runs of each study; those that no study above it has
    "benchmark": (640, 640),
    "tricks": (248, 120),
    "baselines": (480, 360),
    "spaces": (56, 8),
    "protocols": (160, 144),
    "distribution": (214, 206),
    "operations": (270, 48),
    "cells": (112, 96),
    "seeds": (64, 32),
    "depth": (64, 16),
    "printed": (400, 312),
}


def test_shared_runs_are_planned_once():
    seen = set()
    found = {}
    for study in CONFIG.studies:
        runs = set(unique_runs(members(CONFIG, study)))
        found[study] = (len(runs), len(runs - seen))
        seen |= runs
    assert found == OWN
    assert len(seen) == 1982
    assert sum(runs for runs, _ in OWN.values()) == 2708


def runs(study, **where):
    return {
        row["path"]
        for row in labelled(CONFIG, study)
        if all(row[column] == value for column, value in where.items())
    }


@pytest.mark.parametrize(
    ("study", "where", "count"),
    [
        ("benchmark", {"dataset": "cifar10", "method": "darts", "origin": "random"}, 8),
        ("tricks", {"method": "darts", "origin": "random", "protocol": "cda"}, 8),
        ("protocols", {"protocol": "cda", "origin": "random"}, 8),
        ("operations", {"space": "darts"}, 214),
        ("cells", {"cells": 20}, 16),
        ("seeds", {"seed": 2}, 32),
        ("depth", {"cells": 20}, 32),
        ("printed", {"dataset": "cifar10", "space": "darts", "origin": "random"}, 32),
    ],
)
def test_the_first_random_architectures_serve_many_studies(study, where, count):
    found = runs(study, **where)
    assert len(found) == count
    assert found <= runs("distribution")


def test_the_shallow_runs_of_depth_are_partly_those_of_cells():
    assert len(runs("depth", cells=8) & runs("cells", cells=8)) == 16
